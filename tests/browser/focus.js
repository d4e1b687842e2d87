// Where the keyboard's focus is and whether it can be seen; null on no element. Evaluated by test_browser_keyboard.py.
() => {
  const one = document.activeElement;
  if (one === document.body) return null;
  const parts = (style) => ["outlineStyle", "outlineWidth", "outlineColor", "boxShadow", "backgroundColor", "borderColor", "borderWidth"].map((name) => style[name]).join("|");
  // A checkbox or radio shows its focus on the box that is drawn beside it.
  const drawn = () => one.matches(".govuk-checkboxes__input, .govuk-radios__input")
    ? parts(getComputedStyle(one.nextElementSibling, "::before")) : parts(getComputedStyle(one));
  const box = one.getBoundingClientRect();
  const focused = drawn();
  one.blur();
  const plain = drawn();
  one.focus({ preventScroll: true });
  return { place: [...document.querySelectorAll("*")].indexOf(one), top: box.top, bottom: box.bottom,
           seen: focused !== plain, name: one.outerHTML.slice(0, 120) };
};
