// The chart: lines over seconds ahead, drawn as SVG, on the same clock as the pictures.

const DASHES = { solid: null, dash: "7 5", dot: "1.5 4", dashdot: "7 4 1.5 4" };
const LABEL_GAP = 16;

function makeChart(act) {
  const title = el("h3", {});
  const unit = el("span", { class: "quiet" });
  const drawing = svg("svg", { class: "lines", role: "img" });
  const tip = el("div", { class: "values", hidden: "" });
  const card = el("section", { class: "chart", hidden: "" }, el("header", {}, title, unit),
    el("div", { class: "plot" }, drawing, tip));
  const chart = { card, title, unit, drawing, tip, hover: null };
  listenToPointer(chart, act);
  return chart;
}

function listenToPointer(chart, act) {
  const frameAt = (event) => {
    const { box, film, first } = chart.scale;
    const share = (event.clientX - chart.drawing.getBoundingClientRect().left - box.left) / box.width;
    return clamp(Math.round(first + share * (film.frames - 1 - first)), first, film.frames - 1);
  };
  chart.drawing.onpointerdown = (event) => {
    chart.drawing.setPointerCapture(event.pointerId);
    act.scrub(frameAt(event));
  };
  chart.drawing.onpointermove = (event) => {
    if (event.buttons) act.scrub(frameAt(event));
    chart.hover = frameAt(event);
    updateHover(chart);
  };
  chart.drawing.onpointerleave = () => {
    chart.hover = null;
    updateHover(chart);
  };
}

// Draws everything that does not move. Called for a new film and for a new width.
function drawChart(chart, film) {
  chart.hover = null; // it may lie beyond the end of a shorter film
  chart.card.hidden = film.curves.length === 0;
  if (chart.card.hidden) return;
  chart.title.textContent = film.curve_title;
  const time = film.context ? "by seconds ahead" : "by seconds";
  chart.unit.textContent = [film.curve_unit, time].filter(Boolean).join(", ");
  const width = chart.drawing.parentElement.clientWidth || 600;
  const height = width < 600 ? 220 : 260;
  const scale = chart.scale = makeScale(film, width, height);
  chart.drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
  chart.drawing.setAttribute("height", height);
  chart.cursor = svg("g", { class: "cursor" });
  chart.ghost = svg("line", { class: "ghost", y1: scale.box.top, y2: scale.box.top + scale.box.height });
  chart.drawing.replaceChildren(...axes(scale),
    ...film.curves.map((c) => line(c, scale)), ...endLabels(film, scale), chart.ghost, chart.cursor);
  updateHover(chart);
}

function makeScale(film, width, height) {
  const known = film.curves.flatMap((c) => c.values).filter((v) => v !== null);
  const [least, most] = [Math.min(0, ...known), Math.max(0, ...known)];
  const ticks = niceTicks(least, most > least ? most : 1, [1, 2, 2.5, 5, 10], 5);
  const starts = film.curves.map((c) => c.values.findIndex((v) => v !== null)).filter((i) => i >= 0);
  const first = Math.max(0, Math.min(...starts, film.frames - 2)); // nothing to see before the first value
  const longest = Math.max(...film.curves.map((c) => c.label.length));
  const right = Math.min(longest * 7.2 + 20, width * 0.42);
  const box = { left: 44, top: 10, width: width - 44 - right, height: height - 40 };
  const [low, high] = [ticks[0], ticks.at(-1)];
  return {
    film, first, box, ticks, right,
    x: (frame) => box.left + ((frame - first) / Math.max(film.frames - 1 - first, 1)) * box.width,
    y: (value) => box.top + (1 - (value - low) / (high - low)) * box.height,
  };
}

// Round numbers from below `low` to above `high`, about `count` steps.
function niceTicks(low, high, steps, count) {
  const raw = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * steps.find((m) => m * power >= raw * 0.999);
  const from = Math.floor(low / step);
  const length = Math.ceil(high / step - 1e-9) - from + 1;
  return Array.from({ length }, (_, i) => Number(((from + i) * step).toPrecision(12)));
}

function axes({ film, first, box, ticks, x, y }) {
  const parts = ticks.flatMap((v) => [
    svg("line", { class: "grid", x1: box.left, x2: box.left + box.width, y1: y(v), y2: y(v) }),
    svg("text", { class: "axis", x: box.left - 8, y: y(v) + 4, "text-anchor": "end" },
      String(v).replace("-", "\u2212")),
  ]);
  if (first < film.context - 1) {
    const edge = x(film.context - 1);
    const area = { x: box.left, y: box.top, width: edge - box.left, height: box.height };
    parts.unshift(svg("rect", { class: "context", ...area }));
  }
  const from = aheadOf(film, first);
  const span = aheadOf(film, film.frames - 1) - from;
  const bottom = box.top + box.height + 20;
  for (const t of niceTicks(from, from + span, [1, 2, 5, 10], box.width < 320 ? 4 : 8)) {
    if (t < from - 1e-9 || t > from + span + 1e-9) continue;
    const at = box.left + ((t - from) / (span || 1)) * box.width;
    const text = `${t} s`.replace("-", "\u2212");
    parts.push(svg("text", { class: "axis", x: at, y: bottom, "text-anchor": "middle" }, text));
  }
  return parts;
}

function runs(values) {
  const found = [];
  values.forEach((v, i) => {
    if (v === null) return;
    if (i > 0 && values[i - 1] !== null) found.at(-1).push(i);
    else found.push([i]);
  });
  return found;
}

function line(curve, { x, y }) {
  const d = runs(curve.values).map((run) => `M${run.map((i) => `${x(i)} ${y(curve.values[i])}`).join("L")}`).join("");
  const style = `stroke: var(--role-${curve.role})`;
  return svg("path", { class: "line", d, style, "stroke-dasharray": DASHES[curve.dash] });
}

// Labels stand at the ends of their lines and are pushed apart where they would overlap.
function endLabels(film, { box, x, y, right }) {
  const labels = film.curves.map((curve) => ({ curve, end: curve.values.findLastIndex((v) => v !== null) }))
    .filter(({ end }) => end >= 0).map(({ curve, end }) => ({ curve, wish: y(curve.values[end]), from: x(end) }))
    .sort((a, b) => a.wish - b.wish);
  spread(labels, box.top + 4, box.top + box.height);
  const at = box.left + box.width + 14;
  const room = Math.floor((right - 16) / 7);
  return labels.flatMap(({ curve: { label, role }, wish, from, at: height }) => [
    svg("path", { class: "leader", d: `M${from + 3} ${wish}L${at - 3} ${height}`,
      style: `stroke: var(--role-${role})` }),
    svg("text", { class: "label", x: at, y: height + 4, style: `fill: var(--text-${role})` },
      label.length > room ? `${label.slice(0, room - 1)}\u2026` : label),
  ]);
}

function spread(labels, top, bottom) {
  labels.forEach((label, i) => {
    label.at = Math.max(label.wish, i ? labels[i - 1].at + LABEL_GAP : top);
  });
  let limit = bottom;
  for (const label of [...labels].reverse()) {
    label.at = Math.min(label.at, limit);
    limit = label.at - LABEL_GAP;
  }
}

function updateChart(chart, state) {
  if (chart.card.hidden) return;
  const { film, box, first, x, y } = chart.scale;
  const at = x(Math.max(state.frame, first));
  const dots = film.curves.filter((c) => c.values[state.frame] !== null).map((c) => svg("circle", {
    cx: at, cy: y(c.values[state.frame]), r: 4, style: `fill: var(--role-${c.role})` }));
  chart.cursor.replaceChildren(svg("line", { x1: at, x2: at, y1: box.top, y2: box.top + box.height }), ...dots);
  chart.cursor.classList.toggle("before", state.frame < first);
  chart.drawing.setAttribute("aria-label", `${film.curve_title}. ${chartText(film, state.frame)}`);
}

function chartText(film, frame) {
  const known = film.curves.filter((c) => c.values[frame] !== null);
  const values = known.map((c) => `${c.label} ${formatValue(c.values[frame])}`).join(", ") || "no values";
  return `At ${seconds(film, frame)}: ${values}${known.length && film.curve_unit ? ` (${film.curve_unit})` : ""}`;
}

function updateHover(chart) {
  const { hover, tip, ghost } = chart;
  tip.hidden = hover === null;
  ghost.style.display = hover === null ? "none" : "";
  if (hover === null) return;
  const { film, box, x } = chart.scale;
  const at = x(hover);
  for (const side of ["x1", "x2"]) ghost.setAttribute(side, at);
  const rows = film.curves.filter((c) => c.values[hover] !== null).sort((a, b) => b.values[hover] - a.values[hover])
    .map((c) => el("div", { style: `color: var(--text-${c.role})` }, el("span", {}, c.label),
      el("b", {}, formatValue(c.values[hover]))));
  const title = [seconds(film, hover), ...eventsAt(film, hover)].join(" \u00b7 ");
  tip.replaceChildren(el("div", { class: "quiet" }, title), ...rows);
  const left = at < box.left + box.width / 2;
  tip.style.left = left ? `${at + 12}px` : "";
  tip.style.right = left ? "" : `${chart.drawing.clientWidth - at + 12}px`;
}
