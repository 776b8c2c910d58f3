// What lies over the points: the path of the chosen clip, the chosen and the hovered point, and the lasso.

/** @import { Point, Scene } from "./types.d.ts" */

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene
 * @param {(row: number) => Point} place
 * @param {Point[] | null} lasso
 */
export function drawOverlay(context, scene, place, lasso) {
  const { path, current, hovered, palette, colors, ink } = scene;
  context.strokeStyle = ink;
  if (path.length) drawPath(context, path.map(place), ink);
  /** @param {number} row */
  const colorOf = (row) => palette[colors[row]];
  if (current >= 0) drawRing(context, place(current), { color: colorOf(current), radius: 7, line: 2.5 });
  if (hovered >= 0 && hovered !== current) {
    drawRing(context, place(hovered), { color: colorOf(hovered), radius: 6, line: 1.5 });
  }
  if (lasso?.length) drawLasso(context, lasso);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Point[]} points
 */
function trace(context, points) {
  context.beginPath();
  points.forEach(([x, y], i) => i ? context.lineTo(x, y) : context.moveTo(x, y));
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Point} centre
 * @param {number} radius
 */
function disc(context, [x, y], radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Point[]} points
 * @param {string} ink
 */
function drawPath(context, points, ink) {
  context.lineWidth = 1.5;
  trace(context, points);
  context.stroke();
  context.fillStyle = ink;
  for (const point of points) disc(context, point, 2.4);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Point} centre
 * @param {{ color: string, radius: number, line: number }} look
 */
function drawRing(context, centre, { color, radius, line }) {
  context.fillStyle = color;
  disc(context, centre, radius);
  context.lineWidth = line;
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Point[]} lasso
 */
function drawLasso(context, lasso) {
  context.lineWidth = 1.5;
  context.setLineDash([5, 4]);
  trace(context, lasso);
  context.closePath();
  context.stroke();
  context.setLineDash([]);
}
