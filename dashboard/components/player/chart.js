// The chart: lines over seconds ahead, drawn as SVG, on the same clock as the pictures.

import { el, svg } from "../shared/dom.js";
import { clamp } from "../shared/numbers.js";
import { axes, curveLine, endLabels, makeScale } from "./chart_drawing.js";
import { eventsAt, timeText, valueText } from "./time.js";

/** @import { Scale } from "./chart_drawing.js" */
/** @import { Actions, CurveData, PlayerData } from "./types.d.ts" */
/** @typedef {ReturnType<typeof makeChart>} Chart */

/** @param {Actions} actions */
export function makeChart(actions) {
  const title = el("h3");
  const unit = el("span", { class: "quiet" });
  const drawing = svg("svg", { class: "lines", role: "img" });
  const tip = el("div", { class: "values", hidden: "" });
  const plot = el("div", { class: "plot" }, drawing, tip);
  const card = el("section", { class: "chart", hidden: "" }, el("header", {}, title, unit), plot);
  const cursor = svg("g", { class: "cursor" });
  const ghost = svg("line", { class: "ghost" });
  const chart = {
    card,
    title,
    unit,
    drawing,
    plot,
    tip,
    cursor,
    ghost,
    scale: /** @type {Scale | null} */ (null),
    hover: /** @type {number | null} */ (null),
  };
  listenToPointer(chart, actions);
  return chart;
}

/**
 * @param {Chart} chart
 * @param {Actions} actions
 */
function listenToPointer(chart, actions) {
  /** @param {PointerEvent} event */
  const frameAt = (event) => {
    if (!chart.scale) return 0;
    const { box, data, first } = chart.scale;
    const share = (event.clientX - chart.drawing.getBoundingClientRect().left - box.left) / box.width;
    return clamp(Math.round(first + share * (data.frames - 1 - first)), first, data.frames - 1);
  };
  chart.drawing.onpointerdown = (event) => {
    chart.drawing.setPointerCapture(event.pointerId);
    actions.scrub(frameAt(event));
  };
  chart.drawing.onpointermove = (event) => {
    if (event.buttons) actions.scrub(frameAt(event));
    chart.hover = frameAt(event);
    updateHover(chart);
  };
  chart.drawing.onpointerleave = () => {
    chart.hover = null;
    updateHover(chart);
  };
}

/**
 * Draws everything that does not move. Called for new data and for a new width.
 * @param {Chart} chart
 * @param {PlayerData} data
 */
export function drawChart(chart, data) {
  chart.hover = null; // it may lie beyond the end of a shorter clip
  chart.card.hidden = data.curves.length === 0;
  chart.scale = null;
  if (chart.card.hidden) return;
  chart.title.textContent = data.curve_title;
  const time = data.context ? "by seconds ahead" : "by seconds";
  chart.unit.textContent = [data.curve_unit, time].filter(Boolean).join(", ");
  const width = chart.plot.clientWidth || 600;
  const height = width < 600 ? 220 : 260;
  const scale = makeScale(data, width, height);
  chart.scale = scale;
  chart.drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
  chart.drawing.setAttribute("height", String(height));
  chart.ghost.setAttribute("y1", String(scale.box.top));
  chart.ghost.setAttribute("y2", String(scale.box.top + scale.box.height));
  const lines = data.curves.map((curve) => curveLine(curve, scale));
  chart.drawing.replaceChildren(...axes(scale), ...lines, ...endLabels(scale), chart.ghost, chart.cursor);
  updateHover(chart);
}

/**
 * Moves the cursor to a frame.
 * @param {Chart} chart
 * @param {number} frame
 */
export function updateChart(chart, frame) {
  if (!chart.scale) return;
  const { data, box, first, x, y } = chart.scale;
  const at = x(Math.max(frame, first));
  const dots = valuesAt(data, frame).map(({ curve, value }) =>
    svg("circle", { cx: at, cy: y(value), r: 4, style: `fill: var(--role-${curve.role})` })
  );
  chart.cursor.replaceChildren(svg("line", { x1: at, x2: at, y1: box.top, y2: box.top + box.height }), ...dots);
  chart.cursor.classList.toggle("before", frame < first);
  chart.drawing.setAttribute("aria-label", `${data.curve_title}. ${chartText(data, frame)}`);
}

/**
 * The curves that have a value at a frame.
 * @param {PlayerData} data
 * @param {number} frame
 */
function valuesAt(data, frame) {
  return data.curves.flatMap((/** @type {CurveData} */ curve) => {
    const value = curve.values[frame];
    return value === null ? [] : [{ curve, value }];
  });
}

/**
 * @param {PlayerData} data
 * @param {number} frame
 */
function chartText(data, frame) {
  const known = valuesAt(data, frame);
  const values = known.map(({ curve, value }) => `${curve.label} ${valueText(value)}`).join(", ") || "no values";
  return `At ${timeText(data, frame)}: ${values}${known.length && data.curve_unit ? ` (${data.curve_unit})` : ""}`;
}

/** @param {Chart} chart */
function updateHover({ hover, tip, ghost, scale, drawing }) {
  const on = hover !== null && scale !== null;
  tip.hidden = !on;
  ghost.style.display = on ? "" : "none";
  if (!on) return;
  const { data, box, x } = scale;
  const at = x(hover);
  for (const side of ["x1", "x2"]) ghost.setAttribute(side, String(at));
  const rows = valuesAt(data, hover).sort((a, b) => b.value - a.value).map(({ curve, value }) => {
    const style = `color: var(--text-${curve.role})`;
    return el("div", { style }, el("span", {}, curve.label), el("b", {}, valueText(value)));
  });
  const title = [timeText(data, hover), ...eventsAt(data, hover)].join(" \u00b7 ");
  tip.replaceChildren(el("div", { class: "quiet" }, title), ...rows);
  const left = at < box.left + box.width / 2;
  tip.style.left = left ? `${at + 12}px` : "";
  tip.style.right = left ? "" : `${drawing.clientWidth - at + 12}px`;
}
