// The controls: buttons, scrubber, speed and read-outs. They only call `actions`; the player decides.

import { el, svg } from "../shared/dom.js";
import { eventsAt, spokenTime, timeText } from "./time.js";

/** @import { Actions, EventData, PlayerData, PlayerState } from "./types.d.ts" */
/** @typedef {ReturnType<typeof makeControls>} Controls */

export const SPEEDS = [0.25, 0.5, 1, 2];
const EVENT_SECONDS = 0.4; // that the label of an event stays on show while the clip plays
const ICONS = {
  play: "M5 3.2v13.6L17 10z",
  pause: "M4.5 3.5h4v13h-4zM11.5 3.5h4v13h-4z",
  back: "M13.5 4v12L6.5 10zM4.5 4h2v12h-2z",
  forward: "M6.5 4v12l7-6zM13.5 4h2v12h-2z",
};

/** @param {keyof typeof ICONS} name */
function icon(name) {
  return svg(
    "svg",
    { viewBox: "0 0 20 20", width: 18, height: 18, "aria-hidden": "true" },
    svg("path", { d: ICONS[name], fill: "currentColor" }),
  );
}

/**
 * @param {string} name
 * @param {keyof typeof ICONS} picture
 * @param {string} label
 * @param {() => void} onclick
 */
function iconButton(name, picture, label, onclick) {
  return el("button", { type: "button", class: name, "aria-label": label, title: label, onclick }, icon(picture));
}

/** @param {Actions} actions */
export function makeControls(actions) {
  const toggle = iconButton("toggle", "play", "Play", actions.toggle);
  const back = iconButton("back", "back", "One frame back", () => actions.step(-1));
  const forward = iconButton("forward", "forward", "One frame forward", () => actions.step(1));
  const range = el("input", { type: "range", min: 0, step: 1, "aria-label": "Frame" });
  range.oninput = () => actions.scrub(Number(range.value));
  const speed = el("select", { "aria-label": "Speed" }, ...SPEEDS.map((s) => el("option", { value: s }, `${s}\u00d7`)));
  speed.onchange = () => actions.setSpeed(Number(speed.value));
  const ticks = el("div", { class: "ticks" });
  const seen = el("div", { class: "seen" });
  const played = el("div", { class: "played" });
  const now = el("span", { class: "now", "data-testid": "time" });
  const end = el("span", { class: "end" });
  const marks = el("button", { type: "button", class: "marks", onclick: actions.toggleMarks }, "Read-outs");
  const bar = el(
    "div",
    { class: "controls" },
    el("div", { class: "buttons" }, toggle, back, forward),
    el("span", { class: "time" }, now, el("span", { class: "quiet" }, " / "), end),
    el("div", { class: "scrubber" }, el("div", { class: "track" }, seen, played), range, ticks),
    el("div", { class: "options" }, speed, marks),
  );
  return { bar, toggle, range, ticks, seen, played, now, end, speed, marks };
}

/**
 * The thumb's centre does not reach the ends of the track, so positions are measured between its extreme centres.
 * @param {number} share
 */
function trackPosition(share) {
  return `calc(var(--thumb) / 2 + (100% - var(--thumb)) * ${share})`;
}

/**
 * Fits the controls to new data.
 * @param {Controls} controls
 * @param {PlayerData} data
 * @param {(frame: number) => void} seek
 */
export function loadControls(controls, data, seek) {
  const last = Math.max(data.frames - 1, 1);
  controls.range.max = String(data.frames - 1);
  controls.seen.style.width = data.context ? trackPosition((data.context - 1) / last) : "0";
  controls.end.textContent = timeText(data, data.frames - 1);
  controls.ticks.replaceChildren(...data.events.map((event) =>
    tick(event, data, () => {
      seek(event.frame);
      controls.range.focus({ preventScroll: true }); // so that the arrow keys go on from here
    })
  ));
  controls.bar.hidden = data.frames < 2;
  controls.marks.hidden = !data.tiles.some((tile) => tile.marks.length);
}

/**
 * Ticks are for the pointer; with the keyboard every frame is reachable, so they stay out of the tab order.
 * @param {EventData} event
 * @param {PlayerData} data
 * @param {() => void} onclick
 */
function tick(event, data, onclick) {
  const left = trackPosition(event.frame / Math.max(data.frames - 1, 1));
  const attributes = {
    type: "button",
    class: "tick",
    tabindex: -1,
    "data-frame": event.frame,
    style: `left: ${left}; --tick: var(--role-${event.role})`,
    "aria-label": `${event.label} at ${timeText(data, event.frame)}`,
    onclick,
  };
  return el("button", attributes, el("span", { class: "tip" }, event.label));
}

/**
 * @param {Controls} controls
 * @param {PlayerState} state
 */
export function updateControls(controls, state) {
  const { data, frame, playing } = state;
  const last = Math.max(data.frames - 1, 1);
  controls.range.value = String(frame);
  controls.range.setAttribute("aria-valuetext", [spokenTime(data, frame), ...eventsAt(data, frame)].join(", "));
  controls.played.style.width = trackPosition(frame / last);
  controls.now.textContent = timeText(data, frame);
  controls.speed.value = String(state.speed);
  controls.marks.setAttribute("aria-pressed", String(state.showMarks));
  updateToggle(controls.toggle, playing);
  updateTicks(controls.ticks, state);
}

/**
 * @param {HTMLElement} toggle
 * @param {boolean} playing
 */
function updateToggle(toggle, playing) {
  if (toggle.dataset.playing === String(playing)) return;
  toggle.dataset.playing = String(playing);
  toggle.replaceChildren(icon(playing ? "pause" : "play"));
  for (const name of ["aria-label", "title"]) toggle.setAttribute(name, playing ? "Pause" : "Play");
}

/**
 * An event keeps its label on show for a short while, so that it can be read while the clip plays. Only the newest
 * does: the labels of neighbours would lie over each other.
 * @param {HTMLElement} ticks
 * @param {PlayerState} state
 */
function updateTicks(ticks, { data, frame, playing }) {
  const linger = playing ? Math.ceil(data.fps * EVENT_SECONDS) : 0;
  const newest = Math.max(...data.events.map((event) => event.frame).filter((at) => at <= frame));
  Array.from(ticks.children).forEach((node, i) => {
    const at = data.events[i].frame;
    node.classList.toggle("active", at === newest && frame - newest <= linger);
  });
}
