// Enhancements of every page. All of them are additions: each page works without.
import { initAll } from "./vendor/govuk-frontend.js";

initAll();

// The menus: one open at a time, closed by Escape and by a click elsewhere.
const menus = [...document.querySelectorAll(".vrs-menu__group")];
for (const menu of menus) {
  menu.addEventListener("toggle", () => {
    if (menu.open) menus.filter((other) => other !== menu).forEach((other) => (other.open = false));
  });
}
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && menus.find((menu) => menu.open);
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  menus.filter((menu) => menu.open && !menu.contains(event.target)).forEach((menu) => (menu.open = false));
});

// A second click on the same button does not send a second time.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.hasAttribute("hx-post") || form.hasAttribute("hx-get")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 10_000);
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

// htmx parts that have components in them.
document.addEventListener("htmx:load", (event) => initAll({ scope: event.detail.elt }));
