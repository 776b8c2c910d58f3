// The marks drawn over a picture, such as a probe's read-out, and the legend that names them.

import { contextOf, el, svg } from "../shared/dom.js";
import { rgbOf } from "../shared/numbers.js";

/** @import { Mark, RoleColors } from "./types.d.ts" */
/** @typedef {[number, number]} Point In pixels of the canvas. */

/**
 * What the marks mean, each named once.
 * @param {Mark[]} marks
 */
export function legendOf(marks) {
  const legend = el("span", { class: "legend" });
  const seen = new Set();
  for (const { kind, role, label } of marks) {
    const name = [kind, role, label].join();
    if (!label || seen.has(name)) continue;
    seen.add(name);
    legend.append(el("span", { class: "entry" }, glyph(kind, role), label));
  }
  return legend;
}

/**
 * @param {Mark["kind"]} kind
 * @param {string} role
 */
function glyph(kind, role) {
  const stroke = `var(--role-${role})`;
  const shape = {
    ring: () => svg("circle", { cx: 6, cy: 6, r: 4.2, fill: "none", stroke, "stroke-width": 1.6 }),
    cross: () => svg("path", { d: "M2 2 10 10 M10 2 2 10", stroke, "stroke-width": 1.8 }),
    trail: () => svg("path", { d: "M1 9 Q5 1 11 4", fill: "none", stroke, "stroke-width": 1.8 }),
  }[kind]();
  return svg("svg", { viewBox: "0 0 12 12", width: 12, height: 12, "aria-hidden": "true" }, shape);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Mark[]} marks
 * @param {number} frame
 * @param {RoleColors} colors
 */
export function drawMarks(canvas, marks, frame, colors) {
  const context = contextOf(canvas);
  const size = canvas.width;
  context.save();
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const mark of marks) {
    const points = pointsOf(mark, size);
    const color = colors[mark.role][0];
    const point = points[frame];
    if (mark.kind === "trail") {
      strokeTwice(context, trailPath(points.slice(0, frame + 1)), color, Math.max(size * 0.005, 1.6));
    } else if (point) {
      strokeTwice(context, markPath(mark.kind, point, size), color, size * 0.007);
    }
  }
  context.restore();
}

/**
 * Where a mark is on the canvas, frame by frame; y grows upwards in the data and downwards on a canvas.
 * @param {Mark} mark
 * @param {number} size
 * @returns {(Point | null)[]}
 */
function pointsOf(mark, size) {
  return mark.x.map((x, i) => {
    const y = mark.y[i];
    return x === null || y === null ? null : [x * size, (1 - y) * size];
  });
}

/** @param {(Point | null)[]} points */
function trailPath(points) {
  const path = new Path2D();
  let open = false;
  for (const point of points) {
    if (point && open) path.lineTo(...point);
    else if (point) path.moveTo(...point);
    open = point !== null;
  }
  return path;
}

/**
 * @param {"ring" | "cross"} kind
 * @param {Point} point
 * @param {number} size
 */
function markPath(kind, [x, y], size) {
  const path = new Path2D();
  const r = size * { ring: 0.03, cross: 0.018 }[kind];
  if (kind === "ring") {
    path.arc(x, y, r, 0, 2 * Math.PI);
    return path;
  }
  for (const [dx, dy] of [[r, r], [r, -r]]) {
    path.moveTo(x - dx, y - dy);
    path.lineTo(x + dx, y + dy);
  }
  return path;
}

/**
 * A halo first: a mark must stand out from sky and floor alike, in both themes.
 * @param {CanvasRenderingContext2D} context
 * @param {Path2D} path
 * @param {string} color
 * @param {number} width
 */
function strokeTwice(context, path, color, width) {
  context.strokeStyle = luminance(color) > 0.6 ? "rgba(15, 17, 21, .6)" : "rgba(255, 255, 255, .85)";
  context.lineWidth = width * 2.2;
  context.stroke(path);
  context.strokeStyle = color;
  context.lineWidth = width;
  context.stroke(path);
}

/** @param {string} hex */
function luminance(hex) {
  const [r, g, b] = rgbOf(hex).map((channel) => channel / 255);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
