// How many stops Tab has to make on a page: a group of radios is one.
() => {
  const all = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const stops = [...document.querySelectorAll(all)].filter((one) =>
    one.checkVisibility({ visibilityProperty: true }) && one.tabIndex >= 0 && !one.disabled);
  const others = stops.filter((one) => one.type !== "radio");
  return others.length + new Set(stops.filter((one) => one.type === "radio").map((one) => one.name)).size;
};
