// Charts and maps: drawn from specifications of our own server. Without scripts the tables beside them say the same.
// Expressions are interpreted (ast), never evaluated: the page's policy allows no other way.
// Figures are grouped as the tables beside group them: 5 445 in French.
const french = { decimal: ",", thousands: "\u202f", grouping: [3], currency: ["", ""] };
const quiet = {
  ast: true, actions: false, defaultStyle: false, renderer: "canvas", mode: "vega-lite",
  ...(document.documentElement.lang === "fr" && { formatLocale: french }),
};
const look = { disableDefaultStyle: true, theme: "vrs" };

// Maps are laid out for their width by the server; charts fit themselves.
const fetched = async (figure, width) => {
  const answer = await fetch(`${figure.dataset.chart}&width=${Math.floor(width)}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`chart: ${answer.status}`);
  return answer.json();
};

const draw = async (figure) => {
  const view = figure.querySelector(".vrs-chart__view");
  const width = view.clientWidth;
  const spec = await fetched(figure, width - 2);
  if (spec.usermeta.empty) return figure.remove();
  await vegaEmbed(view, spec, { ...quiet, tooltip: look });
  figure.dataset.drawn = width;
  if (!figure.querySelector("[data-save][hidden]")) return;
  for (const button of figure.querySelectorAll("[data-save]")) {
    button.hidden = false;
    button.addEventListener("click", () => save(figure, button.dataset.save));
  }
};

// A picture to take away is wide, and has its title and what must be known about it in it.
const save = async (figure, kind) => {
  const spec = await fetched(figure, 900);
  const { title, notes } = spec.usermeta;
  const whole = {
    ...spec,
    width: typeof spec.width === "number" ? spec.width : 860,
    title: { text: wrapped(title, 90), subtitle: notes.flatMap((note) => wrapped(note, 120)) },
    padding: 16,
  };
  const apart = document.createElement("div");
  apart.className = "vrs-chart__apart";
  document.body.append(apart);
  try {
    const { view, finalize } = await vegaEmbed(apart, whole, { ...quiet, tooltip: false });
    const link = document.createElement("a");
    link.href = await view.toImageURL(kind, kind === "png" ? 2 : 1);
    link.download = `${figure.dataset.name}.${kind}`;
    link.click();
    finalize();
  } finally {
    apart.remove();
  }
};

const wrapped = (text, width) => {
  const lines = [""];
  for (const word of text.split(" ")) {
    if (lines.at(-1) && `${lines.at(-1)} ${word}`.length > width) lines.push("");
    lines[lines.length - 1] += (lines.at(-1) ? " " : "") + word;
  }
  return lines;
};

// One after the other: several at once would hold up the page that is being read.
const shown = async (figures) => {
  for (const figure of figures) {
    try {
      await draw(figure);
    } catch (error) {
      figure.querySelector(".vrs-chart__failed").hidden = false;
      console.warn(error);
    }
  }
};
// A telephone that is turned gets its pictures anew, laid out for their new width.
const turned = (figure) => Math.abs(figure.querySelector(".vrs-chart__view").clientWidth - figure.dataset.drawn) > 20;
let drawing = shown(document.querySelectorAll("[data-chart]"));
addEventListener("resize", () => {
  drawing = drawing.then(() => shown([...document.querySelectorAll("[data-drawn]")].filter(turned)));
});
