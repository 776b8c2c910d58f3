// The map of one model: a canvas with one pixel for each patch.

import { arrayBuffer } from "../shared/container.js";
import { contextOf, el } from "../shared/dom.js";
import { clamp, mix } from "../shared/numbers.js";

/** @import { Bytes } from "../shared/container.js" */
/** @import { Choice, Outline, TileData } from "./types.d.ts" */
/** @typedef {ReturnType<typeof makeTile>} Tile */

const LENGTH = 127; // of a direction

/**
 * @param {TileData} data
 * @param {Bytes} payload
 */
export function makeTile(data, payload) {
  const canvas = el("canvas", { class: "map", width: data.side, height: data.side });
  const note = `these colours show ${Math.round(100 * data.explained)} % of the variance`;
  return {
    data,
    canvas,
    card: card(data.title, note, canvas),
    colors: new Uint8Array(arrayBuffer(payload, data.colors)),
    directions: new Int8Array(arrayBuffer(payload, data.directions)),
    likeness: /** @type {Float32Array | null} */ (null), // of each patch to the chosen one
  };
}

/**
 * A picture under its title.
 * @param {string} title
 * @param {string} note
 * @param {HTMLCanvasElement} canvas
 */
export function card(title, note, canvas) {
  const picture = el("div", { class: "picture" }, canvas, el("span", { class: "mark", hidden: "" }));
  const caption = el("figcaption", {}, el("b", {}, title), el("span", { class: "note" }, note));
  return el("figure", {}, picture, caption);
}

/**
 * @param {TileData} data
 * @param {number} frame
 */
const stepOf = (data, frame) => Math.min(data.steps - 1, Math.floor(frame / data.every));

/**
 * Cosine of the chosen patch with every other, [steps * side * side].
 * @param {Tile} tile
 * @param {Choice} choice
 */
export function likenessTo({ data, directions }, choice) {
  const { side, dim } = data;
  const patch = Math.floor(choice.y * side) * side + Math.floor(choice.x * side);
  const start = (stepOf(data, choice.frame) * side * side + patch) * dim;
  const chosen = directions.subarray(start, start + dim);
  return Float32Array.from({ length: directions.length / dim }, (_, i) => {
    let sum = 0;
    for (let d = 0; d < dim; d++) sum += chosen[d] * directions[i * dim + d];
    return sum / (LENGTH * LENGTH);
  });
}

/**
 * @param {Tile} tile
 * @param {number} frame
 * @param {string[]} ramp Of likeness, from 0 and below to 1.
 */
export function drawTile({ data, canvas, colors, likeness }, frame, ramp) {
  const context = contextOf(canvas);
  const image = context.createImageData(data.side, data.side);
  const cells = data.side * data.side, start = stepOf(data, frame) * cells;
  for (let i = 0; i < cells; i++) {
    const at = start + i;
    const color = likeness ? mix(ramp, clamp(likeness[at], 0, 1)) : colors.subarray(3 * at, 3 * at + 3);
    image.data.set([...color, 255], 4 * i);
  }
  context.putImageData(image, 0, 0);
}

/**
 * @param {Choice} choice
 * @param {number} side
 * @returns {Outline}
 */
export const outlineOf = (choice, side) => ({
  x: Math.floor(choice.x * side) / side,
  y: Math.floor(choice.y * side) / side,
  size: 1 / side,
});
