// Elements: pieces of HTML that the player is made of.

const svg = (path) => `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="${path}"/></svg>`;

export const PLAY =
  `<i class="sg-if-still">${svg("M4 2l10 6-10 6z")}</i>` +
  `<i class="sg-if-on">${svg("M3 2h4v12H3zM9 2h4v12H9z")}</i>`;
export const SAVE = svg("M7 1h2v6h3l-4 4-4-4h3zM2 13h12v2H2z");
export const SPEAKER = svg("M2 6h3l4-4v12l-4-4H2zM11 5c2 1.500 2 4.500 0 6z");

/** An element with attributes, of which `html` is what is in it, and children. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "html") made.innerHTML = value;
    else if (value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

export const button = (name, attributes, html) =>
  element("button", { type: "button", class: `sg-${name}`, html, ...attributes });

/** Elements that belong together, and are read out as one thing with a name. */
export const group = (name, label, ...children) =>
  element("div", { class: `sg-${name}`, role: "group", "aria-label": label }, ...children);

/** A slider from nothing to `max`. */
export const slider = (name, label, max, step) => {
  const kind = { type: "range", class: `sg-${name}`, "aria-label": label };
  return element("input", { ...kind, min: 0, max, step });
};

/** Marks of an axis; "sg-decade" are those that small pictures show. */
export function ticksHtml(ticks, edge) {
  const nameAt = (place) => (edge === "left" && place > 0.96 ? "sg-end" : "sg-decade");
  const html = ([text, place]) =>
    `<span class="${nameAt(place)}" style="${edge}:${100 * place}%">${text}</span>`;
  return ticks.map(html).join(" ");
}
