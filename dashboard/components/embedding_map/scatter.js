// Points on a canvas: drawn, zoomed, moved, turned and found. Knows nothing of clips or legends.

import { contextOf, el } from "../shared/dom.js";
import { clamp } from "../shared/numbers.js";
import { makeCloud } from "./cloud.js";
import { nearestTo, rowsInside } from "./geometry.js";
import { drawOverlay } from "./overlay.js";

/** @import { Actions, Point, Scene } from "./types.d.ts" */
/** @typedef {ReturnType<typeof makeScatter>} Scatter */

const REACH = 14; // px within which a point is found
const TURN = 0.008; // radians a px of dragging
const STILL = 4; // px that a pointer may move during a click
const MARGIN = 28; // px left free around all points at first

/** @param {Pick<Actions, "hover" | "choose" | "select">} actions */
export function makeScatter(actions) {
  const canvas = el("canvas", { class: "points" });
  const context = contextOf(canvas);
  const cloud = makeCloud();
  const view = { scale: 1, x: 0, y: 0 };
  const angles = { yaw: 0.6, pitch: 0.35 }; // from which three axes are seen
  /** @type {Scene | null} */
  let scene = null;
  /** @type {Point[] | null} */
  let lasso = null; // the line that is being drawn, in px; null while dragging moves the map
  /** @type {{ x: number, y: number, moved: boolean } | null} */
  let drag = null;
  let width = 0, height = 0;
  let drawing = 0; // handle of the animation frame
  let isCloudOld = true; // whether the points or the view are no longer those of the cloud

  /**
   * @param {Scene} next
   * @param {boolean} fit Whether to show all points.
   */
  function load(next, fit) {
    scene = next;
    turn(0, 0);
    if (fit) reset();
    redraw();
  }

  /**
   * @param {number} w
   * @param {number} h
   */
  function resize(w, h) {
    if (w === width && h === height) return;
    const isFirst = !width;
    const ratio = globalThis.devicePixelRatio || 1;
    [width, height] = [w, h];
    canvas.width = Math.round(w * ratio);
    canvas.height = Math.round(h * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (isFirst) reset();
    redraw();
  }

  function reset() {
    if (!scene || !width) return;
    const [left, right, bottom, top] = scene.plot.bounds;
    const free = [Math.max(1, width - 2 * MARGIN), Math.max(1, height - 2 * MARGIN)];
    view.scale = Math.min(free[0] / (right - left || 1), free[1] / (top - bottom || 1));
    view.x = width / 2 - view.scale * (left + right) / 2;
    view.y = height / 2 + view.scale * (bottom + top) / 2;
    redraw();
  }

  /**
   * Changes where a map of three axes is seen from: its points are laid flat anew.
   * @param {number} across In px of dragging.
   * @param {number} along
   */
  function turn(across, along) {
    if (!scene?.plot.solid) return;
    const { solid, points, rows } = scene.plot;
    angles.yaw += across * TURN;
    angles.pitch = clamp(angles.pitch + along * TURN, -Math.PI / 2, Math.PI / 2);
    const [c, s] = [Math.cos(angles.yaw), Math.sin(angles.yaw)];
    const [cp, sp] = [Math.cos(angles.pitch), Math.sin(angles.pitch)];
    for (let row = 0; row < rows; row++) {
      const [x, y, z] = [solid[3 * row], solid[3 * row + 1], solid[3 * row + 2]];
      points[2 * row] = c * x + s * z;
      points[2 * row + 1] = cp * y - sp * (c * z - s * x);
    }
  }

  /**
   * Where a row is on the canvas, in px.
   * @param {number} row
   * @returns {Point}
   */
  function place(row) {
    const points = scene?.plot.points ?? [];
    return [points[2 * row] * view.scale + view.x, view.y - points[2 * row + 1] * view.scale];
  }

  // For when what lies over the points has changed.
  function draw() {
    cancelAnimationFrame(drawing);
    drawing = requestAnimationFrame(drawNow);
  }

  // For when the points themselves have changed, or where they are seen from.
  function redraw() {
    isCloudOld = true;
    draw();
  }

  function drawNow() {
    context.clearRect(0, 0, width, height);
    if (!scene || !width) return;
    if (isCloudOld) cloud.draw(scene, view, width, height, canvas.width / width);
    isCloudOld = false;
    context.globalAlpha = scene.path.length ? 0.6 : 1;
    context.drawImage(cloud.canvas, 0, 0, width, height);
    context.globalAlpha = 1;
    drawOverlay(context, scene, place, lasso);
  }

  /**
   * The shown row under the pointer; -1 where there is none.
   * @param {MouseEvent} event
   */
  function find(event) {
    const [x, y] = positionOf(event);
    let found = -1, nearest = REACH * REACH;
    if (!scene) return { row: found, x, y };
    const { shown, plot: { points, rows } } = scene;
    for (let row = 0; row < rows; row++) {
      if (shown && !shown[row]) continue;
      const dx = points[2 * row] * view.scale + view.x - x, dy = view.y - points[2 * row + 1] * view.scale - y;
      const distance = dx * dx + dy * dy; // without `place`: this runs 100,000 times a move
      if (distance < nearest) [nearest, found] = [distance, row];
    }
    return { row: found, x, y };
  }

  // The shown row that is nearest to the middle; -1 where none is shown.
  function middleRow() {
    if (!scene) return -1;
    return nearestTo(scene.plot.rows, scene.shown, place, [width / 2, height / 2]);
  }

  /**
   * @param {MouseEvent} event
   * @returns {Point}
   */
  function positionOf(event) {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  /**
   * @param {number} factor
   * @param {Point} [centre] What stays where it is, in px.
   */
  function zoom(factor, [x, y] = [width / 2, height / 2]) {
    const by = clamp(view.scale * factor, 1e-6, 1e9) / view.scale;
    view.scale *= by;
    view.x = x + (view.x - x) * by;
    view.y = y + (view.y - y) * by;
    redraw();
  }

  canvas.onpointerdown = (event) => {
    canvas.setPointerCapture(event.pointerId);
    actions.hover({ row: -1, x: 0, y: 0 });
    drag = { x: event.clientX, y: event.clientY, moved: false };
  };
  canvas.onpointermove = (event) => {
    if (!drag) return actions.hover(find(event));
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.moved && Math.hypot(dx, dy) < STILL) return;
    drag.moved = true;
    if (lasso) {
      lasso.push(positionOf(event));
      return draw();
    }
    if (scene?.plot.solid && !event.shiftKey) {
      turn(dx, dy);
    } else {
      view.x += dx;
      view.y += dy;
    }
    [drag.x, drag.y] = [event.clientX, event.clientY];
    redraw();
  };
  canvas.onpointerup = (event) => {
    const isClick = drag && !drag.moved;
    drag = null;
    if (isClick) return actions.choose(find(event).row);
    if (!scene || !lasso?.length) return;
    actions.select(rowsInside(lasso, scene.plot.rows, place, scene.shown));
    lasso = [];
    draw();
  };
  canvas.onpointercancel = () => {
    drag = null;
  };
  canvas.onpointerleave = () => actions.hover({ row: -1, x: 0, y: 0 });
  canvas.ondblclick = reset;
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(Math.exp(-event.deltaY * 0.0015), positionOf(event));
  }, { passive: false });

  /** @param {boolean} on Whether dragging draws around points instead of moving the map. */
  function drawLasso(on) {
    lasso = on ? [] : null;
  }

  /** @returns {Point} */
  const size = () => [width, height];

  return { canvas, load, resize, reset, draw, zoom, drawLasso, middleRow, place, size };
}
