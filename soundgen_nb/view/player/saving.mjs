// Saving: a take's own bytes, for the browser to keep as a file.

import { SAVE, element } from "./elements.mjs";

// whatever comes first: a press, also for the menu of a link; the keys for either
const BEFORE_USE = ["pointerdown", "contextmenu", "click"];

/** A link that downloads a take; its bytes get an address only when it is about to be used. */
export function saveLink({ label, file, bytes }) {
  const names = { "aria-label": `Download ${label}`, title: `Download ${file}` };
  const link = element("a", { class: "sg-save", href: "#", download: file, html: SAVE, ...names });
  const fill = () => {
    if (link.protocol === "blob:") return;
    link.setAttribute("href", URL.createObjectURL(new Blob([bytes()])));
  };
  for (const name of BEFORE_USE) link.addEventListener(name, fill);
  return link;
}
