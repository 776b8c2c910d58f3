// One click, one entry in the browser's history. Streamlit writes the address once for each setting and again when a
// page opens, and adds an entry each time, so that Back would stop at views that nobody has seen. Here only the first
// address after a click or a key adds an entry; each later one corrects that entry. This runs before Streamlit does.

const { pushState, replaceState } = history;
let hasActed = false; // the visitor, since the address was last written

/** @param {Event} event */
function noteAct(event) {
  if (event.type !== "click" || /** @type {MouseEvent} */ (event).detail === 0) hasActed = true; // a click without a pointer
}

/** @type {typeof history.pushState} */
function write(state, unused, url) {
  if (url && new URL(url, location.href).href === location.href) return;
  (hasActed ? pushState : replaceState).call(history, state, unused, url);
  hasActed = false;
}

for (const kind of ["pointerdown", "keydown", "click"]) {
  addEventListener(kind, noteAct, { capture: true, passive: true });
}
addEventListener("popstate", () => hasActed = false, { capture: true });
history.pushState = write;
history.replaceState = write;
