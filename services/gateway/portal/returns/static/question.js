// Additions to a question's page: the sum of the rows and the route as text, while they are typed.
const language = document.documentElement.lang;
const figure = (text) => {
  const flat = text.replace(/(\d)[  \u202f,'’](?=\d{3}(\D|$))/g, "$1").trim();
  return /^\d{1,15}$/.test(flat) ? Number(flat) : 0;
};
for (const whole of document.querySelectorAll("[data-sum]")) {
  const shown = whole.querySelector("[data-sum-figure]");
  if (!shown) continue;
  const box = shown.closest(".vrs-sum");
  const tell = () => {
    const sum = [...whole.querySelectorAll(".vrs-input--figure")].reduce((so_far, one) => so_far + figure(one.value), 0);
    shown.textContent = sum.toLocaleString(language === "fr" ? "fr-FR" : "en-GB");
    if (whole.dataset.of === "") return;
    const stated = Number(whole.dataset.of);
    box.classList.toggle("vrs-sum--over", sum > stated || (whole.dataset.complete === "yes" && sum !== stated));
  };
  whole.addEventListener("input", tell);
  tell(); // also of what was typed before this was loaded
}
for (const route of document.querySelectorAll("[data-route]")) {
  const text = route.querySelector("[data-route-text]");
  const tell = () => {
    const named = [...route.querySelectorAll("input[name$=-country]")].map((one) => one.value.trim()).filter(Boolean);
    if (named.length) text.textContent = named.join(" > ");
  };
  route.addEventListener("input", tell);
  tell();
}
// A finding's link leads into a folded remark: open it, so that its field can be seen.
const unfold = () => {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  const folded = target.closest("details");
  if (folded) folded.open = true;
  if (target.matches("input, select, textarea")) target.focus();
};
addEventListener("hashchange", unfold);
unfold();
