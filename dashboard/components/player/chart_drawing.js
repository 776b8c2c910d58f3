// What the chart is made of: its scale, axes, lines and the labels at their ends.

import { svg } from "../shared/dom.js";
import { secondsAhead } from "./time.js";

/** @import { CurveData, PlayerData, Values } from "./types.d.ts" */
/** @typedef {{ left: number, top: number, width: number, height: number }} Box */

/**
 * @typedef {object} Scale
 * @property {PlayerData} data
 * @property {number} first First frame that is shown.
 * @property {Box} box Of the lines, in px.
 * @property {number[]} ticks Of the vertical axis.
 * @property {number} right Room for the labels, in px.
 * @property {(frame: number) => number} x
 * @property {(value: number) => number} y
 */

/** @typedef {{ curve: CurveData, end: { x: number, y: number }, at: number }} EndLabel */

const DASHES = { solid: null, dash: "7 5", dot: "1.5 4", dashdot: "7 4 1.5 4" };
const LABEL_GAP = 16;

/** @param {number} value */
const withMinus = (value) => String(value).replace("-", "\u2212");

/**
 * @param {PlayerData} data
 * @param {number} width
 * @param {number} height
 * @returns {Scale}
 */
export function makeScale(data, width, height) {
  const known = data.curves.flatMap((curve) => curve.values).filter((value) => value !== null);
  const [least, most] = [Math.min(0, ...known), Math.max(0, ...known)];
  const ticks = niceTicks(least, most > least ? most : 1, [1, 2, 2.5, 5, 10], 5);
  const starts = data.curves.map((curve) => curve.values.findIndex((value) => value !== null)).filter((i) => i >= 0);
  const first = Math.max(0, Math.min(...starts, data.frames - 2)); // nothing to see before the first value
  const longest = Math.max(...data.curves.map((curve) => curve.label.length));
  const right = Math.min(longest * 7.2 + 20, width * 0.42);
  const box = { left: 44, top: 10, width: width - 44 - right, height: height - 40 };
  const [low, high] = [ticks[0], ticks[ticks.length - 1]];
  return {
    data,
    first,
    box,
    ticks,
    right,
    x: (frame) => box.left + ((frame - first) / Math.max(data.frames - 1 - first, 1)) * box.width,
    y: (value) => box.top + (1 - (value - low) / (high - low)) * box.height,
  };
}

/**
 * Round numbers from below `low` to above `high`, in about `count` steps.
 * @param {number} low
 * @param {number} high
 * @param {number[]} multiples Of a power of ten that a step may be.
 * @param {number} count
 */
function niceTicks(low, high, multiples, count) {
  const raw = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * (multiples.find((multiple) => multiple * power >= raw * 0.999) ?? 10);
  const from = Math.floor(low / step);
  const length = Math.ceil(high / step - 1e-9) - from + 1;
  return Array.from({ length }, (_, i) => Number(((from + i) * step).toPrecision(12)));
}

/**
 * Grid lines, the shaded context and the words of both axes.
 * @param {Scale} scale
 */
export function axes({ data, first, box, ticks, x, y }) {
  /** @type {SVGElement[]} */
  const parts = ticks.flatMap((value) => [
    svg("line", { class: "grid", x1: box.left, x2: box.left + box.width, y1: y(value), y2: y(value) }),
    svg("text", { class: "axis", x: box.left - 8, y: y(value) + 4, "text-anchor": "end" }, withMinus(value)),
  ]);
  if (first < data.context - 1) {
    const area = { x: box.left, y: box.top, width: x(data.context - 1) - box.left, height: box.height };
    parts.unshift(svg("rect", { class: "context", ...area }));
  }
  const from = secondsAhead(data, first);
  const span = secondsAhead(data, data.frames - 1) - from;
  const bottom = box.top + box.height + 20;
  for (const time of niceTicks(from, from + span, [1, 2, 5, 10], box.width < 320 ? 4 : 8)) {
    if (time < from - 1e-9 || time > from + span + 1e-9) continue;
    const at = box.left + ((time - from) / (span || 1)) * box.width;
    parts.push(svg("text", { class: "axis", x: at, y: bottom, "text-anchor": "middle" }, `${withMinus(time)} s`));
  }
  return parts;
}

/**
 * The frames of each stretch of known values.
 * @param {Values} values
 */
function stretches(values) {
  /** @type {number[][]} */
  const found = [];
  values.forEach((value, i) => {
    if (value === null) return;
    if (i > 0 && values[i - 1] !== null) found[found.length - 1].push(i);
    else found.push([i]);
  });
  return found;
}

/**
 * @param {CurveData} curve
 * @param {Scale} scale
 */
export function curveLine(curve, { x, y }) {
  /** @param {number} i */
  const point = (i) => `${x(i)} ${y(curve.values[i] ?? 0)}`;
  const d = stretches(curve.values).map((frames) => `M${frames.map(point).join("L")}`).join("");
  const style = `stroke: var(--role-${curve.role})`;
  return svg("path", { class: "line", d, style, "stroke-dasharray": DASHES[curve.dash] });
}

/**
 * Labels stand at the ends of their lines and are moved where they would overlap.
 * @param {Scale} scale
 */
export function endLabels({ data, box, x, y, right }) {
  const labels = data.curves.flatMap((curve) => {
    const last = curve.values.findLastIndex((value) => value !== null);
    const value = curve.values[last];
    return last < 0 || value === null ? [] : [{ curve, end: { x: x(last), y: y(value) }, at: 0 }];
  }).sort((a, b) => a.end.y - b.end.y);
  spread(labels, box.top + 4, box.top + box.height);
  const left = box.left + box.width + 14;
  const room = Math.floor((right - 16) / 7);
  return labels.flatMap(({ curve: { label, role }, end, at }) => {
    const text = label.length > room ? `${label.slice(0, room - 1)}\u2026` : label;
    const leader = `M${end.x + 3} ${end.y}L${left - 3} ${at}`;
    return [
      svg("path", { class: "leader", d: leader, style: `stroke: var(--role-${role})` }),
      svg("text", { class: "label", x: left, y: at + 4, style: `fill: var(--text-${role})` }, text),
    ];
  });
}

/**
 * Sets `at` of each label: as near to the end of its line as the others allow.
 * @param {EndLabel[]} labels From the top to the bottom.
 * @param {number} top
 * @param {number} bottom
 */
function spread(labels, top, bottom) {
  labels.forEach((label, i) => {
    label.at = Math.max(label.end.y, i ? labels[i - 1].at + LABEL_GAP : top);
  });
  let limit = bottom;
  for (const label of [...labels].reverse()) {
    label.at = Math.min(label.at, limit);
    limit = label.at - LABEL_GAP;
  }
}
