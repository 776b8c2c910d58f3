// A clip beside the maps of its patches, on one clock. Clicking a patch shows what is like it, in every frame.

import { defineComponent } from "../shared/component.js";
import { decodeFrames, unpack } from "../shared/container.js";
import { contextOf, el, fill } from "../shared/dom.js";
import { clamp } from "../shared/numbers.js";
import { runShortcut } from "../shared/shortcuts.js";
import { reducedMotion, schemeOf } from "../shared/theme.js";
import { savePng, saveSvg } from "./export.js";
import { card, drawTile, likenessTo, makeTile, outlineOf } from "./tile.js";

/** @import { Mount } from "../shared/component.js" */
/** @import { Bytes } from "../shared/container.js" */
/** @import { Tile } from "./tile.js" */
/** @import { Choice, Panel, PlotData } from "./types.d.ts" */

const KEYS = "Keys: ← → step, Space plays, Enter marks the patch in the middle, Shift + arrows move the mark, " +
  "Esc shows colours again.";
const HINT =
  "Colours: the three directions in which a model's patches differ most. Click a patch to find similar ones.";
const CLIP_TITLE = "the clip";

export default defineComponent(
  ".patches",
  createMaps,
  (maps, /** @type {Mount<Bytes | null>} */ { data }) => {
    if (data) maps.show(data);
  },
);

/** @param {HTMLElement} root */
function createMaps(root) {
  const clip = el("canvas", { class: "clip" });
  const row = el("div", { class: "row" });
  const toggle = el("button", { type: "button", "aria-label": "Play", onclick: () => play(!playing) }, "▶");
  const scrubber = el("input", { type: "range", min: 0, value: 0, step: 1, "aria-label": "Frame of the clip" });
  const time = el("span", { class: "time" });
  const back = el("button", { type: "button", onclick: () => choose(null), hidden: "" }, "show colours again");
  const explanation = el("p", { class: "explanation", "aria-live": "polite" });
  const save = el(
    "div",
    { class: "save" },
    el("button", { type: "button", onclick: () => savePng(panels(), cardColors()) }, "save as PNG"),
    el("button", { type: "button", onclick: () => saveSvg(panels(), cardColors()) }, "as SVG"),
  );
  const bar = el("div", { class: "bar" }, toggle, scrubber, time, back, save);
  const keys = el("p", { class: "explanation" }, KEYS);
  const role = { tabindex: 0, role: "application", "aria-label": `Patch maps. ${KEYS}` };
  fill(root, role, [row, bar, explanation, keys]);
  scrubber.oninput = () => {
    play(false);
    seek(Number(scrubber.value));
  };
  clip.onclick = (event) => markUnder(event, clip);

  /**
   * A plain arrow steps through the clip, with Shift it moves the mark.
   * @param {number} x
   * @param {number} y
   */
  const arrow = (x, y) => (/** @type {KeyboardEvent} */ event) => {
    if (event.shiftKey) moveMark(x, y);
    else if (x) step(x);
  };
  const shortcuts = {
    ArrowLeft: arrow(-1, 0),
    ArrowRight: arrow(1, 0),
    ArrowUp: arrow(0, -1),
    ArrowDown: arrow(0, 1),
    Enter: () => mark(0.5, 0.5),
    " ": () => play(!playing),
    Escape: () => choose(null),
  };
  root.onkeydown = (event) => {
    if (event.target === root) runShortcut(event, shortcuts);
  };

  /** @type {PlotData | null} */
  let plot = null;
  /** @type {ImageBitmap[]} */
  let pictures = [];
  /** @type {Tile[]} */
  let tiles = [];
  /** @type {Choice | null} */
  let chosen = null;
  let frame = 0, playing = false, clock = 0, before = 0;
  let wanted = 0; // number of the newest data

  /** @param {Bytes} bytes */
  async function show(bytes) {
    /** @type {{ header: PlotData, payload: Bytes }} */
    const { header, payload } = unpack(bytes);
    root.dataset.scheme = schemeOf(root);
    if (plot?.id === header.id) return draw();
    const mine = ++wanted;
    const decoded = await decodeFrames(payload, header.pictures);
    if (mine !== wanted) return decoded.forEach((picture) => picture.close());
    pictures.forEach((picture) => picture.close());
    [plot, pictures, chosen] = [header, decoded, null];
    [clip.width, clip.height] = [pictures[0].width, pictures[0].height];
    tiles = header.tiles.map((tile) => makeTile(tile, payload));
    for (const { canvas } of tiles) canvas.onclick = (event) => markUnder(event, canvas);
    row.replaceChildren(card(CLIP_TITLE, "", clip), ...tiles.map((tile) => tile.card));
    scrubber.max = String(pictures.length - 1);
    choose(null);
    root.dataset.ready = "1";
    play(!reducedMotion());
  }

  /**
   * @param {MouseEvent} event
   * @param {HTMLCanvasElement} canvas
   */
  function markUnder(event, canvas) {
    const box = canvas.getBoundingClientRect();
    mark((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  const mark = (x, y) => choose({ frame, x: clamp(x, 0, 0.999), y: clamp(y, 0, 0.999) });

  /** @param {Choice | null} choice */
  function choose(choice) {
    chosen = choice;
    back.hidden = !choice;
    for (const tile of tiles) tile.likeness = choice && likenessTo(tile, choice);
    root.dataset.chosen = choice ? `${choice.frame}` : "";
    const at = choice && plot ? (choice.frame / plot.fps).toFixed(1) : "";
    explanation.textContent = choice
      ? `Brighter patches are more similar to the marked one at ${at} s (cosine about the clip's mean: yellow 1, blue 0 or less).`
      : HINT;
    draw();
  }

  /** @param {number} to */
  function seek(to) {
    if (!pictures.length) return;
    frame = (to + pictures.length) % pictures.length;
    scrubber.value = String(frame);
    draw();
  }

  function draw() {
    const data = plot;
    if (!data || !pictures.length) return;
    root.dataset.frame = String(frame);
    time.textContent = `${(frame / data.fps).toFixed(1)} s`;
    contextOf(clip).drawImage(pictures[frame], 0, 0);
    tiles.forEach((tile) => drawTile(tile, frame, data.ramp));
    const outline = shownOutline();
    for (const node of root.querySelectorAll(".mark")) {
      if (!(node instanceof HTMLElement)) continue;
      node.hidden = !outline;
      if (!outline) continue;
      node.style.left = `${100 * outline.x}%`;
      node.style.top = `${100 * outline.y}%`;
      node.style.width = node.style.height = `${100 * outline.size}%`;
    }
  }

  // The outline of the chosen patch, in the frame that it was chosen in.
  const shownOutline = () => tiles.length && chosen?.frame === frame ? outlineOf(chosen, tiles[0].data.side) : null;

  /** @param {boolean} on */
  function play(on) {
    playing = on && pictures.length > 1;
    toggle.textContent = playing ? "❚❚" : "▶";
    toggle.setAttribute("aria-label", playing ? "Pause" : "Play");
    cancelAnimationFrame(clock);
    before = 0;
    if (playing) clock = requestAnimationFrame(tick);
  }

  /** @param {number} now */
  function tick(now) {
    if (!before || !plot || now - before >= 1000 / plot.fps) {
      if (before) seek(frame + 1);
      before = now;
    }
    clock = requestAnimationFrame(tick);
  }

  /** @param {number} by */
  function step(by) {
    play(false);
    seek(frame + by);
  }

  /**
   * Moves the mark by patches of the first map, in the frame that is shown; without a mark, to the middle.
   * @param {number} x
   * @param {number} y
   */
  function moveMark(x, y) {
    if (!chosen || !tiles.length) return mark(0.5, 0.5);
    const { side } = tiles[0].data;
    mark(chosen.x + x / side, chosen.y + y / side);
  }

  /**
   * What a saved picture shows.
   * @returns {Panel[]}
   */
  const panels = () =>
    [{ title: CLIP_TITLE, canvas: clip }, ...tiles.map(({ data, canvas }) => ({ title: data.title, canvas }))]
      .map((panel) => ({ ...panel, mark: shownOutline() }));

  function cardColors() {
    const { backgroundColor, color } = getComputedStyle(row.querySelector("figure") ?? root);
    return { back: backgroundColor, ink: color };
  }

  function dispose() {
    wanted += 1;
    play(false);
    pictures.forEach((picture) => picture.close());
    pictures = [];
    root.replaceChildren();
  }

  return { show, dispose };
}
