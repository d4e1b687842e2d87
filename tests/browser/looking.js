// What can be seen to be wrong with a page as it stands, as sentences. Evaluated in the page by tests/browser/looking.py.
() => {
  const wrong = [];
  const root = document.documentElement;
  const shown = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getBoundingClientRect().width > 1;
  const named = (one) => `<${one.tagName.toLowerCase()}> “${(one.innerText || one.value || one.id || "").trim().slice(0, 60)}”`;

  const wide = root.scrollWidth - root.clientWidth;
  if (wide > 0) wrong.push(`the page is ${wide} px too wide`);
  const titles = document.querySelectorAll("h1");
  if (titles.length !== 1) wrong.push(`${titles.length} h1`);
  if (/^\s*–/.test(document.title)) wrong.push("a title that says nothing");

  // Text that sticks out of its box is cut off or lies over its neighbour. (A button's own edge sticks out by two.)
  for (const one of document.querySelectorAll("h1, h2, h3, p, li, dt, dd, td, th, label, legend, button, summary, a.govuk-button, .vrs-state")) {
    const style = getComputedStyle(one);
    if (!shown(one) || style.display.startsWith("inline") && style.display === "inline" || one.clientWidth < 2) continue;
    if (/auto|scroll/.test(style.overflowX)) continue;
    const over = one.scrollWidth - one.clientWidth;
    if (over > 2) wrong.push(`${named(one)} sticks out by ${over} px`);
  }

  // A word breaks after its own hyphen, or where it is longer than the line; else the line ends before it.
  const part = document.createRange();
  const letters = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (letters.nextNode()) {
    const text = letters.currentNode;
    part.selectNodeContents(text);
    if (part.getClientRects().length < 2 || !shown(text.parentElement) || text.parentElement.closest("script, style, select, textarea")) continue;
    for (const word of text.data.matchAll(/[^\s\u200b\-–—/?]+[\-–—/?]*/g)) {
      part.setStart(text, word.index);
      part.setEnd(text, word.index + word[0].length);
      const pieces = [...part.getClientRects()].filter((one) => one.width > 0);
      if (new Set(pieces.map((one) => Math.round(one.top))).size < 2) continue;
      let holder = text.parentElement;
      while (getComputedStyle(holder).display === "inline") holder = holder.parentElement;
      const style = getComputedStyle(holder);
      const room = holder.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
      if (pieces.reduce((sum, one) => sum + one.width, 0) <= room) wrong.push(`“${word[0]}” breaks, and a line has room for it`);
    }
  }
  // The same for the headings that stand in cards, which are no text of the page.
  const pen = document.createElement("canvas").getContext("2d");
  for (const cell of document.querySelectorAll("[data-label]")) {
    const before = getComputedStyle(cell, "::before");
    if (!shown(cell) || before.content === "none" || before.width === "auto") continue;
    pen.font = before.font;
    for (const word of cell.dataset.label.match(/[^\s\u200b\-–—/?]+[\-–—/?]*/g) ?? [])
      if (pen.measureText(word).width > parseFloat(before.width) + 1) wrong.push(`the heading “${cell.dataset.label}” breaks within a word`);
  }

  // What is clicked lies over nothing else that is clicked.
  const boxes = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
    .filter((one) => shown(one) && !one.closest(".govuk-skip-link, .vrs-menu__entries"))
    .map((one) => [one, one.getBoundingClientRect()]);
  for (const [place, [one, box]] of boxes.entries()) {
    for (const [other, its] of boxes.slice(place + 1, place + 12)) {
      if (one.contains(other) || other.contains(one)) continue;
      const across = Math.min(box.right, its.right) - Math.max(box.left, its.left);
      const down = Math.min(box.bottom, its.bottom) - Math.max(box.top, its.top);
      if (across > 2 && down > 2 && getComputedStyle(one).display !== "inline" && getComputedStyle(other).display !== "inline")
        wrong.push(`${named(one)} lies over ${named(other)}`);
    }
  }

  // Names are shown, never codes; dates are written out; nothing was forgotten to be filled in.
  const raw = [/\b[a-z]{2,}(?:[._][a-z]+)*_[a-z]+\b/, /\b\d{4}-\d{2}-\d{2}\b/, /%\(\w+\)/, /\{\w+\}/, /\bundefined\b/, /\bNone,|: None\b/];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const holder = walker.currentNode.parentElement;
    const text = walker.currentNode.data;
    if (!raw.some((one) => one.test(text))) continue;
    if (holder.closest("script, style, noscript, code, datalist, .vrs-code, .vrs-typed, textarea") || !shown(holder)) continue;
    wrong.push(`a raw text: “${text.trim().slice(0, 80)}”`);
  }
  return wrong;
};
