// The elements of the map: the stage with the points, and beside it the clip, the legend and what can be saved.

import { el, fill } from "../shared/dom.js";

/** @import { Plot } from "./types.d.ts" */

/**
 * @typedef {object} Handlers
 * @property {(name: string) => void} colorBy
 * @property {() => void} switchLasso
 * @property {(factor: number) => void} zoom
 * @property {() => void} reset
 * @property {() => void} savePng
 * @property {() => void} saveSvg
 */

/** @typedef {{ points: HTMLCanvasElement, clip: HTMLElement, legend: HTMLElement, selection: HTMLElement }} Parts */

export const ZOOM = 1.5; // factor of a click or a key
const KEYS =
  "Keys: Enter selects the point in the middle, ← → step through its clip, ↑ ↓ go to another clip, Space plays, " +
  "L selects with a lasso, + − 0 zoom, Esc clears the selection.";

/**
 * @param {HTMLElement} root
 * @param {Parts} parts
 * @param {Handlers} handlers
 */
export function makeLayout(root, parts, handlers) {
  const thumb = el("canvas", { width: 64, height: 64 });
  const words = el("span");
  const tip = el("div", { class: "tip", hidden: "" }, thumb, words);
  const axes = [el("span", { class: "axis x" }), el("span", { class: "axis y" })];
  const lasso = signButton("◌", "Select with a lasso", handlers.switchLasso);
  lasso.setAttribute("aria-pressed", "false");
  const buttons = el(
    "div",
    { class: "zoom" },
    lasso,
    signButton("+", "Zoom in", () => handlers.zoom(ZOOM)),
    signButton("−", "Zoom out", () => handlers.zoom(1 / ZOOM)),
    signButton("⤢", "Show everything", handlers.reset),
  );
  const role = { tabindex: 0, role: "application", "aria-label": `Map of the embedding. ${KEYS}` };
  const stage = el("div", { class: "stage", ...role }, parts.points, ...axes, buttons, tip);
  const select = el("select", { "aria-label": "Colour by" });
  select.onchange = () => handlers.colorBy(select.value);
  const save = el(
    "div",
    { class: "selection" },
    el("button", { type: "button", onclick: handlers.savePng }, "save as PNG"),
    el("button", { type: "button", onclick: handlers.saveSvg }, "as SVG"),
  );
  const by = el("label", { class: "by" }, "colour by ", select);
  const side = el("div", { class: "side" }, parts.clip, by, parts.legend, parts.selection, save);
  const live = el("div", { class: "hidden-text", "aria-live": "polite" });
  fill(root, {}, [stage, side, el("p", { class: "keys" }, KEYS), live]);
  return { stage, axes, lasso, select, live, tip, thumb, words };
}

/**
 * Names the columns to colour by, and the axes.
 * @param {ReturnType<typeof makeLayout>} layout
 * @param {Plot} plot
 * @param {string} column That is chosen.
 */
export function labelLayout({ select, axes }, plot, column) {
  select.replaceChildren(...plot.columns.map(({ name }) => el("option", { value: name }, name)));
  select.value = column;
  const names = plot.solid ? [`drag to rotate, Shift + drag to pan; ${plot.axes.join(", ")}`] : plot.axes;
  axes.forEach((axis, i) => {
    axis.textContent = names[i] ?? "";
  });
}

/**
 * Puts the tip beside a place on the stage, on the side where there is room.
 * @param {ReturnType<typeof makeLayout>} layout
 * @param {number} x
 * @param {number} y
 */
export function placeTip({ tip, stage }, x, y) {
  const right = x > stage.clientWidth / 2;
  tip.style.left = right ? "" : `${x + 14}px`;
  tip.style.right = right ? `${stage.clientWidth - x + 14}px` : "";
  tip.style.top = `${Math.max(0, Math.min(y - 20, stage.clientHeight - 96))}px`;
}

/**
 * @param {string} sign
 * @param {string} name
 * @param {() => void} onclick
 */
function signButton(sign, name, onclick) {
  return el("button", { type: "button", "aria-label": name, title: name, onclick }, sign);
}
