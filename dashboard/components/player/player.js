// The player: one state, one clock.

import { defineComponent } from "../shared/component.js";
import { decodeFrames, unpack } from "../shared/container.js";
import { el, fill } from "../shared/dom.js";
import { clamp } from "../shared/numbers.js";
import { reducedMotion, schemeOf } from "../shared/theme.js";
import { drawChart, makeChart, updateChart } from "./chart.js";
import { loadControls, makeControls, updateControls } from "./controls.js";
import { handleKey } from "./keys.js";
import { drawTile, makeTile, tileText } from "./tile.js";
import { eventsAt, spokenTime } from "./time.js";

/** @import { Mount } from "../shared/component.js" */
/** @import { Bytes } from "../shared/container.js" */
/** @import { Tile } from "./tile.js" */
/** @import { Actions, PlayerData, PlayerState } from "./types.d.ts" */

const END_REST = 0.8; // seconds that the last frame stays before the loop starts again
const LONGEST_GAP = 0.25; // seconds between two frames of the browser; a tab that slept does not jump

export default defineComponent(
  ".player",
  createPlayer,
  (player, /** @type {Mount<Bytes | null>} */ { data }) => {
    if (data) player.show(data);
  },
);

/** @param {HTMLElement} root */
function createPlayer(root) {
  const row = el("div", { class: "tiles" });
  const live = el("div", { class: "hidden-text", "aria-live": "polite" });
  /** @type {PlayerState | null} */
  let state = null; // null until the first pictures are decoded
  /** @type {Tile[]} */
  let tiles = [];
  let clock = 0; // handle of the animation frame
  let elapsed = 0; // seconds of the clip since the frame changed
  let playOnce = false; // stop at the end instead of starting again
  let touched = false; // autoplay must never overrule a person
  let wanted = ""; // digest of the newest data

  /** @type {Actions} */
  const actions = {
    toggle: () => state && play(!state.playing),
    step: (by) => {
      if (!state) return;
      play(false);
      seek((state.frame + by + state.data.frames) % state.data.frames);
    },
    scrub: (frame) => {
      play(false);
      seek(frame);
    },
    setSpeed: (speed) => change({ speed }),
    toggleMarks: () => state && change({ showMarks: !state.showMarks }),
  };
  const controls = makeControls(actions);
  const chart = makeChart(actions);
  const label = "Video player. Space plays, arrow keys step, M shows read-outs.";
  fill(root, { tabindex: 0, role: "group", "aria-label": label }, [row, controls.bar, chart.card, live]);
  root.onkeydown = (event) => state && handleKey(event, state, actions);

  const sizes = new ResizeObserver(resize);
  const sight = new IntersectionObserver(autoplay, { threshold: 0.3 });

  /** @param {Bytes} bytes */
  async function show(bytes) {
    /** @type {{ header: PlayerData, payload: Bytes }} */
    const { header, payload } = unpack(bytes);
    applyTheme(header);
    if (header.id === wanted) return;
    wanted = header.id;
    const pictures = await Promise.all(header.tiles.map((tile) => decodeFrames(payload, tile.images)));
    if (wanted !== header.id) return closeAll(pictures); // newer data overtook these, or the player is gone
    load(header, pictures);
  }

  /** @param {PlayerData} data */
  function applyTheme(data) {
    const scheme = schemeOf(root);
    root.dataset.scheme = scheme;
    for (const [role, [line, text]] of Object.entries(data.colors[scheme])) {
      root.style.setProperty(`--role-${role}`, line);
      root.style.setProperty(`--text-${role}`, text);
    }
    if (!state) return;
    state.colors = data.colors[scheme];
    render();
  }

  /**
   * @param {PlayerData} data
   * @param {ImageBitmap[][]} pictures
   */
  function load(data, pictures) {
    const before = state;
    closeAll(tiles.map((tile) => tile.bitmaps));
    state = {
      playing: before?.playing ?? false,
      speed: before?.speed ?? 1,
      showMarks: before?.showMarks ?? true,
      colors: data.colors[schemeOf(root)],
      frame: before?.data.frames === data.frames ? before.frame : Math.min(data.context, data.frames - 1),
      data,
    };
    tiles = data.tiles.map((tile, i) => makeTile(tile, pictures[i], i, actions.toggle));
    row.style.setProperty("--count", String(tiles.length));
    row.replaceChildren(...tiles.map((tile) => tile.card));
    root.dataset.frames = String(data.frames);
    root.dataset.values = String(data.tiles.some((tile) => tile.values || tile.marks.length));
    loadControls(controls, data, actions.scrub);
    resize();
    sizes.observe(row);
    if (!before) sight.observe(row);
  }

  function resize() {
    if (!state) return;
    const ratio = globalThis.devicePixelRatio || 1;
    for (const { canvas } of tiles) canvas.width = canvas.height = Math.max(1, Math.round(canvas.clientWidth * ratio));
    // A row that scrolls must be reachable with the keyboard.
    row.toggleAttribute("tabindex", false);
    if (row.scrollWidth > row.clientWidth + 1) row.setAttribute("tabindex", "0");
    drawChart(chart, state.data);
    render();
  }

  function render() {
    const now = state;
    if (!now) return;
    root.dataset.frame = String(now.frame);
    root.dataset.playing = String(now.playing);
    root.dataset.marks = String(now.showMarks);
    tiles.forEach((tile) => drawTile(tile, now));
    updateControls(controls, now);
    updateChart(chart, now.frame);
    live.setAttribute("aria-live", now.playing ? "off" : "polite");
    if (!now.playing) live.textContent = spoken(now);
  }

  /** @param {Partial<PlayerState>} changes */
  function change(changes) {
    if (!state) return;
    touched = true;
    Object.assign(state, changes);
    render();
  }

  /** @param {number} frame */
  function seek(frame) {
    if (!state) return;
    state.frame = clamp(frame, 0, state.data.frames - 1);
    elapsed = 0;
    render();
  }

  /** @param {boolean} on */
  function play(on) {
    touched = true;
    playOnce = false;
    run(on);
  }

  /** @param {boolean} on */
  function run(on) {
    if (!state) return;
    cancelAnimationFrame(clock);
    state.playing = on;
    elapsed = 0;
    if (on && state.frame === state.data.frames - 1) state.frame = 0;
    render();
    if (on) clock = requestAnimationFrame((now) => tick(now, now));
  }

  /**
   * @param {number} now
   * @param {number} before
   */
  function tick(now, before) {
    if (!state) return;
    const { data } = state;
    elapsed += Math.min((now - before) / 1000, LONGEST_GAP) * state.speed;
    const atEnd = state.frame === data.frames - 1;
    if (atEnd && playOnce) return run(false);
    if (elapsed >= (atEnd ? END_REST : 1 / data.fps)) {
      const steps = atEnd ? 1 : Math.floor(elapsed * data.fps + 1e-6);
      elapsed = atEnd ? 0 : elapsed - steps / data.fps;
      state.frame = atEnd ? 0 : Math.min(state.frame + steps, data.frames - 1);
      render();
    }
    clock = requestAnimationFrame((next) => tick(next, now));
  }

  /**
   * Plays to the end once when first seen, unless a person was quicker or asks for less motion.
   * @param {IntersectionObserverEntry[]} entries
   */
  function autoplay(entries) {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    sight.disconnect();
    if (!state || touched || reducedMotion() || state.data.frames < 2) return;
    playOnce = true;
    run(true);
  }

  function dispose() {
    wanted = "";
    touched = true;
    cancelAnimationFrame(clock);
    sizes.disconnect();
    sight.disconnect();
    closeAll(tiles.map((tile) => tile.bitmaps));
    root.replaceChildren();
  }

  return { show, dispose };
}

/** @param {ImageBitmap[][]} pictures */
function closeAll(pictures) {
  for (const bitmap of pictures.flat()) bitmap.close();
}

/** @param {PlayerState} state */
function spoken({ data, frame }) {
  const values = data.tiles.filter((tile) => tile.values)
    .map((tile) => `${tile.title}: ${tileText(tile, frame, frame < data.context)}`);
  return [spokenTime(data, frame), ...eventsAt(data, frame), ...values].join(". ");
}
