// The stage: one card with a canvas for each tile, and the marks drawn over the picture.

function formatValue(value) {
  if (value < 0) return `\u2212${formatValue(-value)}`;
  if (value >= 100) return value.toFixed(0);
  if (value >= 10) return value.toFixed(1);
  if (value >= 0.01 || value === 0) return value.toFixed(2);
  return String(Number(value.toPrecision(1)));
}

function makeTile(spec, bitmaps, index, onPress) {
  const canvas = el("canvas", { class: "picture", role: "img", onclick: onPress });
  const badge = el("span", { class: "badge" });
  const value = el("span", { class: "value", "data-testid": `tile-value-${index}` });
  const card = el("article", { class: "tile", style: `--role: var(--text-${spec.role})` },
    el("header", {}, el("h3", {}, spec.title), el("span", { class: "quiet" }, spec.subtitle)),
    el("div", { class: "frame" }, canvas, badge),
    el("footer", {}, value, legendOf(spec.marks)));
  return { spec, bitmaps, canvas, badge, value, card };
}

// What the marks mean, each named once.
function legendOf(marks) {
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

function glyph(kind, role) {
  const paint = `var(--role-${role})`;
  const shape = {
    ring: () => svg("circle", { cx: 6, cy: 6, r: 4.2, fill: "none", stroke: paint, "stroke-width": 1.6 }),
    cross: () => svg("path", { d: "M2 2 10 10 M10 2 2 10", stroke: paint, "stroke-width": 1.8 }),
    trail: () => svg("path", { d: "M1 9 Q5 1 11 4", fill: "none", stroke: paint, "stroke-width": 1.8 }),
  }[kind]();
  return svg("svg", { viewBox: "0 0 12 12", width: 12, height: 12, "aria-hidden": "true" }, shape);
}

function drawTile(tile, state) {
  const { frame, film, colors } = state;
  const { spec } = tile;
  drawPicture(tile.canvas, tile.bitmaps[frame]);
  if (state.showMarks) drawMarks(tile.canvas, spec.marks, frame, colors);
  const inContext = frame < film.context;
  tile.badge.textContent = inContext ? "seen by the models" : spec.predicted ? "predicted" : "";
  tile.badge.dataset.kind = inContext ? "context" : "predicted";
  tile.value.textContent = valueText(spec, frame, inContext);
  tile.canvas.setAttribute("aria-label", [spec.title, tile.badge.textContent, tile.value.textContent.trim()]
    .filter(Boolean).join(", "));
}

function valueText(spec, frame, inContext) {
  if (!spec.values) return "\u00a0";
  if (inContext) return "context";
  const value = spec.values[frame];
  if (value === null) return spec.marks.length ? "no ball half in sight" : "no value here";
  const crosses = spec.marks.filter((mark) => mark.kind === "cross");
  const lost = crosses.length > 0 && crosses.every((mark) => mark.x[frame] === null);
  return `${formatValue(value)} ${spec.unit}${lost ? " (no ball shown)" : ""}`;
}

// Small frames are enlarged smoothly: a staircase of big pixels beside a sharp picture would read as the model's error.
function drawPicture(canvas, bitmap) {
  const pen = canvas.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
}

function drawMarks(canvas, marks, frame, colors) {
  const pen = canvas.getContext("2d");
  const size = canvas.width;
  pen.save();
  pen.lineCap = "round";
  pen.lineJoin = "round";
  for (const mark of marks) {
    // y grows upwards in the data and downwards on a canvas.
    const known = (i) => mark.x[i] !== null && mark.y[i] !== null;
    const points = mark.x.map((x, i) => (known(i) ? [x * size, (1 - mark.y[i]) * size] : null));
    const paint = colors[mark.role][0];
    if (mark.kind === "trail") {
      strokeTwice(pen, trailPath(points.slice(0, frame + 1)), paint, Math.max(size * 0.005, 1.6));
    } else if (points[frame]) {
      drawMark(pen, mark.kind, points[frame], paint, size);
    }
  }
  pen.restore();
}

function trailPath(points) {
  const path = new Path2D();
  let open = false;
  for (const point of points) {
    if (point) open ? path.lineTo(...point) : path.moveTo(...point);
    open = Boolean(point);
  }
  return path;
}

function drawMark(pen, kind, [x, y], paint, size) {
  const path = new Path2D();
  const r = size * { ring: 0.03, cross: 0.018 }[kind];
  if (kind === "cross") {
    for (const [dx, dy] of [[r, r], [r, -r]]) {
      path.moveTo(x - dx, y - dy);
      path.lineTo(x + dx, y + dy);
    }
  } else {
    path.arc(x, y, r, 0, 2 * Math.PI);
  }
  strokeTwice(pen, path, paint, size * 0.007);
}

// A halo first: a mark must stand out from sky and floor alike, in both themes.
function strokeTwice(pen, path, paint, width) {
  pen.strokeStyle = luminance(paint) > 0.6 ? "rgba(15, 17, 21, .6)" : "rgba(255, 255, 255, .85)";
  pen.lineWidth = width * 2.2;
  pen.stroke(path);
  pen.strokeStyle = paint;
  pen.lineWidth = width;
  pen.stroke(path);
}

function luminance(hex) {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
