// Building elements. No innerHTML anywhere: titles and labels may come from people, so they only ever become text nodes.

/**
 * Attributes by name; a name that begins with "on" is an event handler, and null or undefined is left out.
 * @typedef {Partial<GlobalEventHandlers> & Record<string, unknown>} Attributes
 */

/**
 * el("button", { class: "x", onclick: f, "aria-label": "y" }, "text", child)
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes]
 * @param {...(Node | string)} children
 */
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/**
 * The same for SVG.
 *
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes]
 * @param {...(Node | string)} children
 */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/**
 * Sets attributes and appends children.
 *
 * @template {Element} Node
 * @param {Node} node
 * @param {Attributes} attributes
 * @param {(globalThis.Node | string)[]} [children]
 */
export function fill(node, attributes, children = []) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) Reflect.set(node, name, value);
    else if (value !== null && value !== undefined) node.setAttribute(name, String(value));
  }
  node.append(...children);
  return node;
}

/**
 * The 2-D context of a canvas.
 * @param {HTMLCanvasElement} canvas
 * @param {CanvasRenderingContext2DSettings} [settings]
 */
export function contextOf(canvas, settings) {
  const context = canvas.getContext("2d", settings);
  if (!context) throw new Error("This browser cannot draw on a canvas.");
  return context;
}

/**
 * Saves a file on the visitor's machine.
 * @param {string} name
 * @param {Blob | null} blob
 */
export function download(name, blob) {
  if (!blob) return;
  const url = URL.createObjectURL(blob);
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
