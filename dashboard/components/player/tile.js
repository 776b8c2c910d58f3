// A tile: one card with a canvas for one moving picture, and the value below it.

import { contextOf, el } from "../shared/dom.js";
import { drawMarks, legendOf } from "./marks.js";
import { valueText } from "./time.js";

/** @import { PlayerState, TileData } from "./types.d.ts" */
/** @typedef {ReturnType<typeof makeTile>} Tile */

/**
 * @param {TileData} data
 * @param {ImageBitmap[]} bitmaps One for each frame.
 * @param {number} index
 * @param {() => void} onPress
 */
export function makeTile(data, bitmaps, index, onPress) {
  const canvas = el("canvas", { class: "picture", role: "img", onclick: onPress });
  const badge = el("span", { class: "badge" });
  const value = el("span", { class: "value", "data-testid": `tile-value-${index}` });
  const card = el(
    "article",
    { class: "tile", style: `--role: var(--text-${data.role})` },
    el("header", {}, el("h3", {}, data.title), el("span", { class: "quiet" }, data.subtitle)),
    el("div", { class: "frame" }, canvas, badge),
    el("footer", {}, value, legendOf(data.marks)),
  );
  return { data, bitmaps, canvas, badge, value, card };
}

/**
 * @param {Tile} tile
 * @param {PlayerState} state
 */
export function drawTile(tile, { data, frame, colors, showMarks }) {
  drawPicture(tile.canvas, tile.bitmaps[frame]);
  if (showMarks) drawMarks(tile.canvas, tile.data.marks, frame, colors);
  const inContext = frame < data.context;
  const badge = inContext ? "seen by the models" : tile.data.predicted ? "predicted" : "";
  const value = tileText(tile.data, frame, inContext);
  tile.badge.textContent = badge;
  tile.badge.dataset.kind = inContext ? "context" : "predicted";
  tile.value.textContent = value;
  tile.canvas.setAttribute("aria-label", [tile.data.title, badge, value.trim()].filter(Boolean).join(", "));
}

/**
 * The line below the picture.
 * @param {TileData} data
 * @param {number} frame
 * @param {boolean} inContext
 */
export function tileText(data, frame, inContext) {
  if (!data.values) return "\u00a0";
  if (inContext) return "context";
  const value = data.values[frame];
  if (value === null) return data.marks.length ? "no ball is at least half visible" : "no value here";
  const crosses = data.marks.filter((mark) => mark.kind === "cross");
  const isLost = crosses.length > 0 && crosses.every((mark) => mark.x[frame] === null);
  return `${valueText(value)} ${data.unit}${isLost ? " (no ball shown)" : ""}`;
}

/**
 * Small frames are enlarged smoothly: a staircase of big pixels beside a sharp picture would read as the model's error.
 * @param {HTMLCanvasElement} canvas
 * @param {ImageBitmap} bitmap
 */
function drawPicture(canvas, bitmap) {
  const context = contextOf(canvas);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
}
