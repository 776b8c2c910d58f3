// Points in the plane: their bounds, the nearest one, and those inside a polygon.

/** @import { Plot, Point } from "./types.d.ts" */

/**
 * The rows inside a polygon, by the even-odd rule: 1 for each; null if the polygon is no area.
 * @param {Point[]} polygon
 * @param {number} rows
 * @param {(row: number) => Point} place
 * @param {Uint8Array | null} shown Rows that count; null for all.
 */
export function rowsInside(polygon, rows, place, shown) {
  if (polygon.length < 3) return null;
  const inside = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    if (shown && !shown[row]) continue;
    const [x, y] = place(row);
    let odd = false;
    for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
      const [[ax, ay], [bx, by]] = [polygon[i], polygon[j]];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
    }
    inside[row] = odd ? 1 : 0;
  }
  return inside;
}

/**
 * The shown row that is nearest to a place on the screen; -1 where none is shown.
 * @param {number} rows
 * @param {Uint8Array | null} shown
 * @param {(row: number) => Point} place
 * @param {Point} target
 */
export function nearestTo(rows, shown, place, [x, y]) {
  let found = -1, nearest = Infinity;
  for (let row = 0; row < rows; row++) {
    if (shown && !shown[row]) continue;
    const [px, py] = place(row), distance = (px - x) ** 2 + (py - y) ** 2;
    if (distance < nearest) [nearest, found] = [distance, row];
  }
  return found;
}

/**
 * Bounds of points with three numbers each about 0, from wherever they are seen.
 * @param {Float32Array} points
 * @returns {Plot["bounds"]}
 */
export function boundsOfSolid(points) {
  let most = 0;
  for (let i = 0; i < points.length; i += 3) {
    most = Math.max(most, Math.hypot(points[i], points[i + 1], points[i + 2]));
  }
  return [-most, most, -most, most];
}

/**
 * Bounds of all points with two numbers each, so that one colour or clip alone does not move the map.
 * @param {Float32Array} points
 * @returns {Plot["bounds"]}
 */
export function boundsOf(points) {
  /** @type {Plot["bounds"]} */
  const bounds = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 2) {
    bounds[0] = Math.min(bounds[0], points[i]);
    bounds[1] = Math.max(bounds[1], points[i]);
    bounds[2] = Math.min(bounds[2], points[i + 1]);
    bounds[3] = Math.max(bounds[3], points[i + 1]);
  }
  return bounds;
}
