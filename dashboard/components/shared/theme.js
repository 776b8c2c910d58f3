// What the page and the visitor's system say about looks.

import { el } from "./dom.js";

/** @typedef {"light" | "dark"} Scheme */

/**
 * Streamlit's theme arrives as CSS variables on the host; its background tells light from dark.
 * @param {HTMLElement} host
 * @returns {Scheme}
 */
export function schemeOf(host) {
  const probe = el("span", { style: "color: var(--st-background-color, #fff)" });
  host.append(probe);
  const [r, g, b] = (getComputedStyle(probe).color.match(/[\d.]+/g) ?? []).map(Number);
  probe.remove();
  return 0.2126 * r + 0.7152 * g + 0.0722 * b < 128 ? "dark" : "light";
}

export const reducedMotion = () => globalThis.matchMedia("(prefers-reduced-motion: reduce)").matches;
