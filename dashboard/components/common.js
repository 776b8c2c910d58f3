// Shared by the components: reading the packed bytes, building elements, reading the theme.
// No innerHTML anywhere: titles and labels may come from people, so they only ever become text nodes.

function unpack(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  return { header, payload: bytes.subarray(4 + length) };
}

// One ImageBitmap for each frame of a run of pictures.
function decodeFrames(payload, { type, start, sizes }) {
  let at = start;
  return Promise.all(sizes.map((size) => {
    const blob = new Blob([payload.subarray(at, at + size)], { type });
    at += size;
    return createImageBitmap(blob);
  }));
}

// el("button", { class: "x", onclick: f, "aria-label": "y" }, "text", child)
function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node[name] = value;
    else if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

// Streamlit's theme arrives as CSS variables on the host; its background tells light from dark.
function schemeOf(host) {
  const probe = el("span", { style: "color: var(--st-background-color, #fff)" });
  host.append(probe);
  const [r, g, b] = getComputedStyle(probe).color.match(/[\d.]+/g).map(Number);
  probe.remove();
  return 0.2126 * r + 0.7152 * g + 0.0722 * b < 128 ? "dark" : "light";
}

// Does what is told for a key, a letter with and without Shift alike. The page has keys of its own, so it hears nothing of it.
function obey(event, deeds) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const deed = deeds[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!deed) return;
  event.preventDefault();
  event.stopPropagation();
  deed(event);
}

function download(name, blob) {
  const url = URL.createObjectURL(blob);
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

const reducedMotion = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
