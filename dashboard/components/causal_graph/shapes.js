// The SVG shapes that the graph and its editor share.

import { svg } from "../shared/dom.js";
import { linesOf, TALL, WIDE } from "./geometry.js";

/** @import { Place } from "./types.d.ts" */

// The tip that arrows end in.
export function arrowTip() {
  const size = { refX: 8, refY: 5, markerWidth: 7, markerHeight: 7 };
  const shape = svg("path", { d: "M0,0 L10,5 L0,10 z", fill: "context-stroke" });
  return svg("defs", {}, svg("marker", { id: "tip", viewBox: "0 0 10 10", orient: "auto", ...size }, shape));
}

/** @param {string} d */
export const arrowPath = (d) => svg("path", { d, "marker-end": "url(#tip)" });

/** @param {Place} at */
export function pill(at) {
  return svg("rect", { x: at.x - WIDE / 2, y: at.y - TALL / 2, width: WIDE, height: TALL, rx: 14 });
}

/**
 * What a node is in the question; it stands inside the node, where no arrow runs over it.
 * @param {string} text
 * @param {Place} at
 */
export function badge(text, at) {
  return svg("text", { class: "badge", x: at.x, y: at.y - TALL / 2 + 14 }, text);
}

/**
 * The name of a node in one or two lines, a little lower under a badge.
 * @param {string} label
 * @param {Place} at
 * @param {{ single: number, double: number, pitch: number }} offsets Of a single line, of the first of two, and from
 *   line to line.
 */
export function nameLines(label, at, { single, double, pitch }) {
  const lines = linesOf(label);
  return lines.map((line, i) => {
    const y = at.y + (lines.length > 1 ? double + pitch * i : single);
    return svg("text", { class: "name", x: at.x, y }, line);
  });
}

/** @param {string} badgeText How far a badge moves what stands below it. */
export const shiftBelow = (badgeText) => badgeText ? 6 : 0;
