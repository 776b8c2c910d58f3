// The maps as they are seen, saved as a picture.

import { contextOf, download, el, svg } from "../shared/dom.js";

/** @import { Panel } from "./types.d.ts" */
/** @typedef {{ back: string, ink: string }} Colors Of the ground and of the words. */

const SIDE = 320, GAP = 12, TITLE = 30; // px
const SMOOTH_FROM = 32; // px of a canvas; on a smaller one a patch stays a square
const MARK = "#D55E00";

/** @param {Panel[]} panels */
function layout(panels) {
  const width = GAP + panels.length * (SIDE + GAP);
  return { width, height: SIDE + TITLE + 2 * GAP, lefts: panels.map((_, i) => GAP + i * (SIDE + GAP)) };
}

/**
 * @param {Panel[]} panels
 * @param {Colors} colors
 */
export function savePng(panels, { back, ink }) {
  const { width, height, lefts } = layout(panels);
  const whole = el("canvas", { width: 2 * width, height: 2 * height });
  const context = contextOf(whole);
  context.scale(2, 2);
  context.fillStyle = back;
  context.fillRect(0, 0, width, height);
  context.font = "600 15px system-ui, sans-serif";
  panels.forEach(({ title, canvas, mark }, i) => {
    context.imageSmoothingEnabled = canvas.width > SMOOTH_FROM;
    context.drawImage(canvas, lefts[i], GAP, SIDE, SIDE);
    context.fillStyle = ink;
    context.fillText(title, lefts[i], GAP + SIDE + 20);
    if (!mark) return;
    context.strokeStyle = MARK;
    context.lineWidth = 3;
    context.strokeRect(lefts[i] + mark.x * SIDE, GAP + mark.y * SIDE, mark.size * SIDE, mark.size * SIDE);
  });
  whole.toBlob((blob) => download("patches.png", blob));
}

/**
 * @param {Panel[]} panels
 * @param {Colors} colors
 */
export function saveSvg(panels, { back, ink }) {
  const { width, height, lefts } = layout(panels);
  const size = { width, height, viewBox: `0 0 ${width} ${height}` };
  const ground = svg("rect", { width: "100%", height: "100%", fill: back });
  const parts = panels.flatMap((panel, i) => panelParts(panel, lefts[i], ink));
  const drawing = svg("svg", { xmlns: "http://www.w3.org/2000/svg", ...size }, ground, ...parts);
  const text = new XMLSerializer().serializeToString(drawing);
  download("patches.svg", new Blob([text, "\n"], { type: "image/svg+xml" }));
}

/**
 * @param {Panel} panel
 * @param {number} left
 * @param {string} ink
 */
function panelParts({ title, canvas, mark }, left, ink) {
  const style = canvas.width > SMOOTH_FROM ? null : "image-rendering: pixelated";
  const font = { "font-family": "system-ui, sans-serif", "font-size": 15, "font-weight": 600 };
  /** @type {SVGElement[]} */
  const parts = [
    svg("image", { href: canvas.toDataURL(), x: left, y: GAP, width: SIDE, height: SIDE, style }),
    svg("text", { x: left, y: GAP + SIDE + 20, fill: ink, ...font }, title),
  ];
  if (!mark) return parts;
  const place = { x: left + mark.x * SIDE, y: GAP + mark.y * SIDE, width: mark.size * SIDE, height: mark.size * SIDE };
  return [...parts, svg("rect", { ...place, fill: "none", stroke: MARK, "stroke-width": 3 })];
}
