// Every text of a page that somebody reads or hears, but for what users have typed. Evaluated by tests/browser/looking.py.
() => {
  const found = new Set([document.title]);
  const apart = "script, style, code, .vrs-address, datalist, [lang]:not(html), .vrs-code, .vrs-typed, textarea";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    if (!walker.currentNode.parentElement.closest(apart)) found.add(walker.currentNode.data);
  }
  for (const name of ["aria-label", "title", "alt", "placeholder", "data-label"]) {
    for (const one of document.querySelectorAll(`[${name}]`)) found.add(one.getAttribute(name));
  }
  return [...found].map((text) => text.replace(/\s+/g, " ").trim()).filter((text) => /\p{L}{3}/u.test(text));
};
