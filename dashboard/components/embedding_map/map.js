// The embedding map: one state that the scatter, the clip, the legend and the selection show.

import { defineComponent } from "../shared/component.js";
import { unpack } from "../shared/container.js";
import { schemeOf } from "../shared/theme.js";
import { makeClip } from "./clip.js";
import { bytesOf } from "./cloud.js";
import { colorBy, isCategory, shownRows } from "./coloring.js";
import { savePng, saveSvg } from "./export.js";
import { labelLayout, makeLayout, placeTip } from "./layout.js";
import { makeLegend } from "./legend.js";
import { listenToKeys } from "./keys.js";
import { registerMap, unregisterMap } from "./neighbours.js";
import {
  clipOf,
  decodePictures,
  describeRow,
  drawRow,
  looksOf,
  makeScene,
  pathOf,
  readPlot,
  rowBeside,
} from "./plot.js";
import { makeScatter } from "./scatter.js";
import { countOf, makeSelectionPanel } from "./selection.js";

/** @import { Mount } from "../shared/component.js" */
/** @import { Bytes } from "../shared/container.js" */
/** @import { Clips, Hover, Looks, MapHeader, Plot, Scene } from "./types.d.ts" */
/** @typedef {{ row: number, table: string }} MapChoice */

const HINT = "Click a point to play its clip here; the point moves along its path.";
const HINT_WITHOUT_CLIPS = "Click a point to see its details here.";

export default defineComponent(
  ".map",
  createMap,
  (map, /** @type {Mount<Bytes | null>} */ { data, setStateValue }) => {
    map.report = (choice) => setStateValue("choice", choice);
    if (data) map.show(data);
  },
);

/** @param {HTMLElement} root */
function createMap(root) {
  /** @type {Scene | null} */
  let scene = null;
  let column = ""; // by which the points are coloured
  let chosen = -1; // row that was clicked
  let clipStart = 0; // first picture of the clip that plays
  /** @type {Uint8Array | null} */
  let selection = null; // rows inside the lasso
  /** @type {Set<number>} */
  const alone = new Set(); // categories that are shown alone

  const scatter = makeScatter({ hover, choose, select });
  const clip = makeClip(followFrame);
  const legend = makeLegend(toggleCategory);
  const panel = makeSelectionPanel(() => select(null));
  const parts = { points: scatter.canvas, clip: clip.card, legend: legend.node, selection: panel.node };
  const view = { switchLasso, zoom: scatter.zoom, reset: scatter.reset };
  const layout = makeLayout(root, parts, {
    ...view,
    colorBy: recolor,
    savePng: () => scene && savePng(scatter, scene, columnOf(scene), groundColor()),
    saveSvg: () => scene && saveSvg(scatter, scene, columnOf(scene), groundColor()),
  });
  const { stage } = layout;
  const sizes = new ResizeObserver(() => scatter.resize(stage.clientWidth, stage.clientHeight));
  sizes.observe(stage);

  listenToKeys(stage, {
    ...view,
    choose,
    chooseMiddle: () => choose(scatter.middleRow()),
    chooseBeside,
    step,
    toggle: clip.toggle,
    clearSelection: () => select(null),
  });
  const map = {
    report: (/** @type {MapChoice} */ _choice) => {},
    show,
    choose,
    describe,
    draw: (/** @type {number} */ row, /** @type {HTMLCanvasElement} */ canvas) =>
      scene !== null && drawRow(scene.plot, row, canvas, () => true),
    dispose,
  };

  /** @param {Scene} shown */
  const columnOf = (shown) => shown.plot.columns.find((one) => one.name === column);
  // As every viewer of SVG reads a colour.
  const groundColor = () => `rgb(${bytesOf(getComputedStyle(stage).backgroundColor).slice(0, 3).join(", ")})`;
  const hint = () => scene?.plot.clips ? HINT : HINT_WITHOUT_CLIPS;

  /** @param {number} row */
  function describe(row) {
    return scene ? describeRow(scene.plot, row) : "";
  }

  /** @param {Bytes} bytes */
  function show(bytes) {
    const scheme = schemeOf(root);
    /** @type {{ header: MapHeader, payload: Bytes }} */
    const data = unpack(bytes), { header } = data;
    root.dataset.scheme = scheme;
    const looks = looksOf(header, scheme);
    const isNew = scene?.plot.id !== header.id;
    if (isNew) load(header, data.payload, looks);
    else if (scene) Object.assign(scene, looks);
    recolor(column, isNew);
    registerMap(map);
  }

  /**
   * @param {MapHeader} header
   * @param {Bytes} bytes
   * @param {Looks} looks
   */
  function load(header, bytes, looks) {
    const before = scene, plot = readPlot(header, bytes);
    scene = makeScene(plot, looks);
    if (!columnOf(scene)) column = header.colorBy;
    labelLayout(layout, plot, column);
    root.dataset.dims = String(header.dims);
    root.dataset.films = plot.clips ? "1" : "0";
    root.dataset.rows = String(plot.rows);
    if (before?.plot.table === plot.table) return keepChoice(before, scene);
    chosen = -1;
    root.dataset.row = "-1";
    alone.clear();
    selection = null;
    clip.clear(hint());
  }

  /**
   * The same rows on another map: the chosen point stays chosen, and its clip plays on.
   * @param {Scene} before
   * @param {Scene} now
   */
  function keepChoice(before, now) {
    const [one, other] = [columnOf(before), columnOf(now)].map((found) => found && isCategory(found) && found.names);
    if (JSON.stringify(one) !== JSON.stringify(other)) alone.clear(); // they are other categories now
    Object.assign(now, { path: before.path, current: before.current });
  }

  /**
   * @param {string} name Of a column.
   * @param {boolean} fit Whether to show all points.
   */
  function recolor(name, fit = false) {
    if (!scene) return;
    if (name !== column) alone.clear(); // what was drawn around stays selected
    column = name;
    root.dataset.colorBy = name;
    const found = columnOf(scene);
    Object.assign(scene, colorBy(found, scene.plot, scene.ramp, scene.rest), {
      shown: shownRows(found, alone, selection),
    });
    legend.show(scene, found, alone);
    panel.show(scene.plot, selection);
    root.dataset.taken = String(selection ? countOf(selection) : 0);
    scatter.load(scene, fit);
  }

  function switchLasso() {
    const on = layout.lasso.getAttribute("aria-pressed") !== "true";
    layout.lasso.setAttribute("aria-pressed", String(on));
    scatter.drawLasso(on);
  }

  /** @param {Uint8Array | null} mask Rows inside the lasso; null clears the selection. */
  function select(mask) {
    selection = mask && countOf(mask) ? mask : null;
    recolor(column);
  }

  /** @param {number} code */
  function toggleCategory(code) {
    if (!alone.delete(code)) alone.add(code);
    recolor(column);
  }

  /** @param {Hover} hover */
  function hover({ row, x, y }) {
    if (!scene || scene.hovered === row) return;
    scene.hovered = row;
    scatter.draw();
    layout.tip.hidden = row < 0;
    if (row < 0) return;
    layout.words.textContent = describe(row);
    placeTip(layout, x, y);
    layout.thumb.hidden = !drawRow(scene.plot, row, layout.thumb, () => scene?.hovered === row);
  }

  /** @param {number} row Or -1 for none. */
  function choose(row) {
    if (!scene) return;
    const { plot } = scene;
    chosen = scene.current = row;
    scene.path = pathOf(plot, row);
    root.dataset.row = String(row);
    if (row < 0) clip.clear(hint());
    else if (plot.clips) playFrom(plot, plot.clips, row);
    else clip.clear(describe(row));
    scatter.draw();
    map.report({ row, table: plot.table });
    layout.live.textContent = row < 0 ? "" : `Selected: ${describe(row)}`;
  }

  /**
   * @param {Plot} plot
   * @param {Clips} clips
   * @param {number} row
   */
  function playFrom(plot, clips, row) {
    const { start, end, frame } = clipOf(clips, row);
    clipStart = start;
    clip.describe(describe(row)); // words need not wait for pictures
    clip.show(decodePictures(plot, start, end), clips.fps, frame);
  }

  /**
   * The clip has come to a frame: the point of its path that was made of it, or the last one before.
   * @param {number} frame
   */
  function followFrame(frame) {
    const at = scene?.plot.clips?.at;
    if (!scene || !at) return;
    const { path } = scene;
    if (path.length) scene.current = path.findLast((row) => at[row] <= clipStart + frame) ?? path[0];
    root.dataset.current = String(scene.current);
    clip.describe(describe(scene.current));
    scatter.draw();
  }

  /** @param {number} by */
  function step(by) {
    if (chosen < 0) choose(scatter.middleRow());
    else clip.step(by);
  }

  /** @param {1 | -1} by */
  function chooseBeside(by) {
    if (!scene) return;
    choose(chosen < 0 ? scatter.middleRow() : rowBeside(scene.plot, chosen, by));
  }

  function dispose() {
    unregisterMap(map);
    sizes.disconnect();
    clip.dispose();
    root.replaceChildren();
  }

  return map;
}
