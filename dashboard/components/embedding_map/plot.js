// The points of a map and what is known of them, read from the container.

import { arrayBuffer, decodeFrames } from "../shared/container.js";
import { contextOf } from "../shared/dom.js";
import { short } from "../shared/numbers.js";
import { isCategory } from "./coloring.js";
import { boundsOf, boundsOfSolid } from "./geometry.js";

/** @import { Bytes } from "../shared/container.js" */
/** @import { Scheme } from "../shared/theme.js" */
/** @import { Clips, Column, Looks, MapHeader, PackedColumn, Plot, Scene } from "./types.d.ts" */

/**
 * @param {MapHeader} header
 * @param {Bytes} payload
 * @returns {Plot}
 */
export function readPlot(header, payload) {
  const points = new Float32Array(arrayBuffer(payload, header.points)), isSolid = header.dims === 3;
  return {
    id: header.id,
    table: header.table,
    rows: header.rows,
    points: isSolid ? new Float32Array(2 * header.rows) : points,
    solid: isSolid ? points : null,
    bounds: isSolid ? boundsOfSolid(points) : boundsOf(points),
    axes: header.axes,
    group: header.group && new Int32Array(arrayBuffer(payload, header.group)),
    fileRow: header.fileRow && new Int32Array(arrayBuffer(payload, header.fileRow)),
    columns: header.columns.map((column) => readColumn(column, payload)),
    categories: header.categories,
    clips: header.clips && { ...header.clips, at: new Int32Array(arrayBuffer(payload, header.clips.at)) },
    payload,
  };
}

/**
 * @param {PackedColumn} column
 * @param {Bytes} payload
 * @returns {Column}
 */
function readColumn(column, payload) {
  const buffer = arrayBuffer(payload, column.data);
  if ("names" in column) return { ...column, data: new Uint32Array(buffer) };
  return { ...column, data: new Float64Array(buffer) };
}

/**
 * @param {MapHeader} header
 * @param {Scheme} scheme
 * @returns {Looks}
 */
export function looksOf({ colors, ramps }, scheme) {
  return { ink: colors[scheme].truth, rest: colors[scheme].baseline, ramp: ramps[scheme] };
}

/**
 * A scene in which nothing is chosen, and no point has a colour yet.
 * @param {Plot} plot
 * @param {Looks} looks
 * @returns {Scene}
 */
export function makeScene(plot, looks) {
  const colors = new Uint16Array(plot.rows);
  return { plot, ...looks, palette: [], colors, shown: null, path: [], current: -1, hovered: -1 };
}

/**
 * What is known of a row, in words.
 * @param {Plot} plot
 * @param {number} row
 */
export function describeRow(plot, row) {
  if (row < 0 || row >= plot.rows) return "";
  return plot.columns.map((column) => {
    if (isCategory(column)) return column.names[column.data[row]];
    const [, name, unit] = column.name.match(/^(.*?)(?: \((.*)\))?$/) ?? [];
    return `${name} ${short(column.data[row])}${unit ? ` ${unit}` : ""}`;
  }).join(" · ");
}

/**
 * The rows of the clip of a row, in the order of time; where a frame has several (patches), those of the same place.
 * @param {Plot} plot
 * @param {number} chosen
 */
export function pathOf({ group, clips, rows }, chosen) {
  if (!group || chosen < 0) return [];
  /** @type {number[]} */
  const own = [];
  for (let row = 0; row < rows; row++) if (group[row] === group[chosen]) own.push(row);
  if (!clips) return own;
  const { at } = clips;
  const [cells, first] = [own.filter((row) => at[row] === at[own[0]]).length, own.indexOf(chosen)];
  return own.filter((_, i) => (i - first) % cells === 0);
}

/**
 * The row to go to from another: the first of the clip that is `by` clips away, or, where nobody knows of clips, the
 * row that is `by` rows away.
 * @param {Plot} plot
 * @param {number} row
 * @param {1 | -1} by
 */
export function rowBeside({ group, rows }, row, by) {
  if (!group) return (row + by + rows) % rows;
  const clips = group.reduce((most, one) => Math.max(most, one), 0) + 1;
  return group.indexOf((group[row] + by + clips) % clips);
}

/**
 * The pictures from one number to before another.
 * @param {Plot} plot
 * @param {number} from
 * @param {number} to
 */
export function decodePictures({ clips, payload }, from, to) {
  if (!clips) return Promise.resolve([]);
  const { type, start, sizes } = clips.pictures;
  const skipped = sizes.slice(0, from).reduce((sum, size) => sum + size, 0);
  return decodeFrames(payload, { type, start: start + skipped, sizes: sizes.slice(from, to) });
}

/**
 * Draws the picture of a row, unless it is no longer wanted when it is decoded.
 * @param {Plot} plot
 * @param {number} row
 * @param {HTMLCanvasElement} canvas
 * @param {() => boolean} isWanted
 * @returns {boolean} Whether there is a picture.
 */
export function drawRow(plot, row, canvas, isWanted) {
  if (!plot.clips || row >= plot.rows) return false;
  const at = plot.clips.at[row];
  decodePictures(plot, at, at + 1).then(([picture]) => {
    if (isWanted()) contextOf(canvas).drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
  });
  return true;
}

/**
 * The clip of a row: its first picture, the one after its last, and the frame of the row in it.
 * @param {Clips} clips
 * @param {number} row
 */
export function clipOf({ starts, at }, row) {
  const next = starts.findIndex((start) => start > at[row]), start = starts[next - 1];
  return { start, end: starts[next], frame: at[row] - start };
}
