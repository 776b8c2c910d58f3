// The strip of neighbours: pictures that the map already has, so only row numbers travel. The strip is a component of
// its own; the map that is on the page registers itself here.

import { el } from "../shared/dom.js";

/**
 * What the strip needs of a map.
 * @typedef {object} Neighbourhood
 * @property {(row: number) => string} describe
 * @property {(row: number, canvas: HTMLCanvasElement) => boolean} draw Whether there is a picture.
 * @property {(row: number) => void} choose
 */

/** @typedef {{ rows: number[], distances: number[] }} Neighbours */

/** @type {Neighbourhood | null} */
let current = null;
/** @type {{ root: HTMLElement, neighbours: Neighbours } | null} */
let waiting = null; // a strip that was there before the map

/** @param {Neighbourhood} map A map with points in it. */
export function registerMap(map) {
  current = map;
  if (waiting) fillStrip(waiting.root, waiting.neighbours);
}

/** @param {Neighbourhood} map */
export function unregisterMap(map) {
  if (current === map) current = null;
}

/**
 * @param {HTMLElement} root
 * @param {Neighbours} neighbours
 */
export function fillStrip(root, neighbours) {
  const map = current;
  waiting = map ? null : { root, neighbours };
  if (!map) return;
  const { rows, distances } = neighbours;
  root.replaceChildren(...rows.map((row, i) => {
    const canvas = el("canvas", { width: 64, height: 64, "aria-hidden": "true" });
    canvas.hidden = !map.draw(row, canvas);
    const description = map.describe(row);
    const label = `Neighbour ${i + 1}: ${description}`;
    return el(
      "button",
      { type: "button", title: description, "aria-label": label, onclick: () => map.choose(row) },
      canvas,
      el("span", { class: "known" }, canvas.hidden ? description || `row ${row}` : ""),
      el("span", {}, distances[i].toPrecision(3)),
    );
  }));
}
