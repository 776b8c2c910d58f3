// The points inside a line drawn by hand: how many there are, and a table of them to save.

import { download, el } from "../shared/dom.js";
import { isCategory } from "./coloring.js";

/** @import { Column, Plot } from "./types.d.ts" */

/** @param {Uint8Array} mask */
export const countOf = (mask) => mask.reduce((sum, one) => sum + one, 0);

/** @param {() => void} onClear */
export function makeSelectionPanel(onClear) {
  const node = el("div", { class: "selection", hidden: "" });

  /**
   * @param {Plot} plot
   * @param {Uint8Array | null} mask
   */
  function show(plot, mask) {
    node.hidden = !mask;
    if (!mask) return;
    const save = () => download("points.csv", new Blob([csvOf(plot, mask)], { type: "text/csv" }));
    node.replaceChildren(
      el("span", {}, `${countOf(mask)} of ${plot.rows} selected`),
      el("button", { type: "button", onclick: save }, "save as CSV"),
      el("button", { type: "button", onclick: onClear }, "clear"),
    );
  }

  return { node, show };
}

/**
 * The selected rows as CSV, in the order of the file they are from (else of the map), with what is known of them.
 * @param {Plot} plot
 * @param {Uint8Array} mask
 */
function csvOf(plot, mask) {
  /** @param {number} row */
  const numberOf = (row) => plot.fileRow ? plot.fileRow[row] : row;
  const selected = [...mask.keys()].filter((row) => mask[row]).sort((a, b) => numberOf(a) - numberOf(b));
  const head = ["row", ...plot.columns.map((column) => column.name)];
  const lines = selected.map((row) => [String(numberOf(row)), ...plot.columns.map((column) => cellOf(column, row))]);
  return [head, ...lines].map((cells) => cells.map(quoted).join(",")).join("\n") + "\n";
}

/**
 * @param {Column} column
 * @param {number} row
 */
const cellOf = (column, row) => isCategory(column) ? column.names[column.data[row]] : String(column.data[row]);

/** @param {string} text */
const quoted = (text) => /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
