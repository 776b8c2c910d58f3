// Points on a canvas: drawn, zoomed, moved and found. Knows nothing of clips or legends.

const REACH = 14; // px within which a point is found
const TURN = 0.008; // radians a px of dragging
const MARGIN = 28; // px left free around all points at first

function makeScatter(act) {
  const canvas = el("canvas", { class: "points" });
  const context = canvas.getContext("2d");
  const cloud = makeCloud();
  const view = { scale: 1, x: 0, y: 0 }; // screen = point * scale + offset, y downwards
  let plot = null; // { rows, points, colors: Uint16Array into palette, palette, shown: Uint8Array|null, path, ink }
  const turned = { yaw: 0.6, pitch: 0.35 };
  let lasso = null; // the line that is being drawn, in px; null while dragging moves the map
  let width = 0, height = 0, drag = null, drawn = 0;
  let moved = true; // whether the points or the view are no longer those of the cloud

  function load(next, fit) {
    plot = next;
    turn();
    if (fit) reset();
    redraw();
  }

  function resize(w, h) {
    const first = !width;
    const ratio = window.devicePixelRatio || 1;
    if (w === width && h === height) return;
    [width, height] = [w, h];
    canvas.width = Math.round(w * ratio);
    canvas.height = Math.round(h * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (plot && first) reset();
    redraw();
  }

  function reset() {
    if (!plot || !width) return;
    const [left, right, bottom, top] = plot.bounds;
    const free = [Math.max(1, width - 2 * MARGIN), Math.max(1, height - 2 * MARGIN)];
    view.scale = Math.min(free[0] / (right - left || 1), free[1] / (top - bottom || 1));
    view.x = width / 2 - view.scale * (left + right) / 2;
    view.y = height / 2 + view.scale * (bottom + top) / 2;
    redraw();
  }

  // Where a map of three axes is seen from: its points are laid flat anew.
  function turn(across = 0, along = 0) {
    if (!plot?.solid) return;
    turned.yaw += across * TURN;
    turned.pitch = clamp(turned.pitch + along * TURN, -Math.PI / 2, Math.PI / 2);
    const [c, s, cp, sp] = [Math.cos(turned.yaw), Math.sin(turned.yaw), Math.cos(turned.pitch), Math.sin(turned.pitch)];
    for (let row = 0; row < plot.rows; row++) {
      const [x, y, z] = [plot.solid[3 * row], plot.solid[3 * row + 1], plot.solid[3 * row + 2]];
      plot.points[2 * row] = c * x + s * z;
      plot.points[2 * row + 1] = cp * y - sp * (c * z - s * x);
    }
  }

  const place = (row) => [plot.points[2 * row] * view.scale + view.x, view.y - plot.points[2 * row + 1] * view.scale];

  // What lies over the points has changed.
  function draw() {
    cancelAnimationFrame(drawn);
    drawn = requestAnimationFrame(paint);
  }

  // The points themselves have, or where they are seen from.
  function redraw() {
    moved = true;
    draw();
  }

  function paint() {
    context.clearRect(0, 0, width, height);
    if (!plot || !width) return;
    if (moved) cloud.paint(plot, view, width, height, canvas.width / width);
    moved = false;
    context.globalAlpha = plot.path.length ? 0.6 : 1;
    context.drawImage(cloud.canvas, 0, 0, width, height);
    context.globalAlpha = 1;
    if (plot.path.length) paintPath();
    if (plot.current >= 0) ring(plot.current, 7, 2.5);
    if (plot.hovered >= 0 && plot.hovered !== plot.current) ring(plot.hovered, 6, 1.5);
    if (lasso?.length) paintLasso();
  }

  function paintLasso() {
    context.strokeStyle = plot.ink;
    context.lineWidth = 1.5;
    context.setLineDash([5, 4]);
    context.beginPath();
    lasso.forEach((corner, i) => context[i ? "lineTo" : "moveTo"](...corner));
    context.closePath();
    context.stroke();
    context.setLineDash([]);
  }

  function disc(x, y, radius) {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
  }

  function paintPath() {
    context.strokeStyle = plot.ink;
    context.lineWidth = 1.5;
    context.beginPath();
    plot.path.forEach((row, i) => context[i ? "lineTo" : "moveTo"](...place(row)));
    context.stroke();
    context.fillStyle = plot.ink;
    for (const row of plot.path) disc(...place(row), 2.4);
  }

  function ring(row, radius, line) {
    const [x, y] = place(row);
    context.fillStyle = plot.palette[plot.colors[row]];
    disc(x, y, radius);
    context.lineWidth = line;
    context.strokeStyle = plot.ink;
    context.stroke();
  }

  function find(event) {
    const box = canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let found = -1, nearest = REACH * REACH;
    for (let row = 0; plot && row < plot.rows; row++) {
      if (plot.shown && !plot.shown[row]) continue;
      const dx = plot.points[2 * row] * view.scale + view.x - x, dy = view.y - plot.points[2 * row + 1] * view.scale - y;
      const distance = dx * dx + dy * dy; // not by `place`: it is asked 100,000 times a move
      if (distance < nearest) [nearest, found] = [distance, row];
    }
    return { row: found, x, y };
  }

  function zoom(factor, x = width / 2, y = height / 2) {
    factor = clamp(view.scale * factor, 1e-6, 1e9) / view.scale;
    view.scale *= factor;
    view.x = x + (view.x - x) * factor;
    view.y = y + (view.y - y) * factor;
    redraw();
  }

  canvas.onpointerdown = (event) => {
    canvas.setPointerCapture(event.pointerId);
    act.hover({ row: -1, x: 0, y: 0 });
    drag = { x: event.clientX, y: event.clientY, moved: false };
  };
  canvas.onpointermove = (event) => {
    if (!drag) return act.hover(find(event));
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.moved && Math.hypot(dx, dy) < 4) return;
    if (lasso) {
      const box = canvas.getBoundingClientRect();
      drag.moved = true;
      lasso.push([event.clientX - box.left, event.clientY - box.top]);
    } else if (plot?.solid && !event.shiftKey) {
      turn(dx, dy);
    } else {
      view.x += dx;
      view.y += dy;
    }
    if (lasso) return draw();
    drag = { x: event.clientX, y: event.clientY, moved: true };
    redraw();
  };
  canvas.onpointerup = (event) => {
    const still = drag && !drag.moved;
    drag = null;
    if (still) return act.choose(find(event).row);
    if (!lasso?.length) return;
    act.lassoed(rowsInside(lasso, plot.rows, place, plot.shown));
    lasso = [];
    draw();
  };
  canvas.onpointercancel = () => { drag = null; };
  canvas.onpointerleave = () => act.hover({ row: -1, x: 0, y: 0 });
  canvas.ondblclick = reset;
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const box = canvas.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY * 0.0015), event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });

  const drawLasso = (on) => { lasso = on ? [] : null; };

  return { canvas, load, resize, reset, draw, zoom, drawLasso, place, size: () => [width, height] };
}

// The same for three axes about 0, from wherever they are seen.
function boundsOfSolid(points) {
  let most = 0;
  for (let i = 0; i < points.length; i += 3) most = Math.max(most, Math.hypot(points[i], points[i + 1], points[i + 2]));
  return [-most, most, -most, most];
}

// Least and greatest of both axes; of all points, so that one colour or clip alone does not move the map.
function boundsOf(points) {
  const bounds = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 2) {
    bounds[0] = Math.min(bounds[0], points[i]);
    bounds[1] = Math.max(bounds[1], points[i]);
    bounds[2] = Math.min(bounds[2], points[i + 1]);
    bounds[3] = Math.max(bounds[3], points[i + 1]);
  }
  return bounds;
}
