// Memory: what a listener chose, kept by the browser from page to page.

export function remembered(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(`soundgen_nb.${name}`)) ?? otherwise;
  } catch {
    // there is no storage in a sandboxed frame
    return otherwise;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(`soundgen_nb.${name}`, JSON.stringify(value));
  } catch {
    // it is remembered as long as the page is open
  }
}
