// The rows under the graph: for each node that is acted on, the kind of intervention and what it is by.

import { el } from "../shared/dom.js";
import { short } from "../shared/numbers.js";
import { knobOf } from "./acts.js";

/** @import { Act, Kind, NodeData, SliderKind } from "./types.d.ts" */

/** @typedef {{ line: HTMLElement, update: (act: Act) => void }} Row */

/**
 * @typedef {object} RowActions
 * @property {(kind: Kind) => void} switchKind
 * @property {(kind: SliderKind, by: number) => void} slide
 * @property {(by: string) => void} type
 * @property {() => void} release
 */

/**
 * How each kind is offered, and how it is said when it is done.
 * @type {Record<Kind, { offer: string, done: string }>}
 */
export const KIND_TEXT = {
  do: { offer: "set to", done: "set to" },
  shift: { offer: "shift by", done: "shifted by" },
  chance: { offer: "draw at random", done: "chance of 1" },
  replace: { offer: "replace mechanism", done: "mechanism" },
};
const KINDS = /** @type {Kind[]} */ (Object.keys(KIND_TEXT));

/** @param {NodeData} node */
const kindsOf = (node) => KINDS.filter((kind) => kind in node.knobs || (kind === "replace" && node.mechanism !== null));

/**
 * @param {NodeData} node
 * @param {string[]} names Of all nodes, which a mechanism may read.
 * @param {RowActions} actions
 * @returns {Row}
 */
export function makeRow(node, names, actions) {
  const options = kindsOf(node).map((kind) => el("option", { value: kind }, KIND_TEXT[kind].offer));
  const select = el("select", { "aria-label": `Kind of intervention on ${node.label}` }, ...options);
  select.onchange = () => actions.switchKind(/** @type {Kind} */ (select.value));
  const by = el("span", { class: "by" });
  const label = `Leave ${node.label} to its causes`;
  const release = el("button", { type: "button", onclick: actions.release, "aria-label": label }, "✕");
  const line = el("div", { class: "knob" }, el("span", { class: "who" }, node.label), select, by, release);
  /** @type {Kind | null} */
  let shown = null;
  let follow = (/** @type {Act["by"]} */ _by) => {};

  /** @param {Act} act */
  function update(act) {
    if (act.kind !== shown) {
      shown = act.kind;
      select.value = act.kind;
      const control = act.kind === "replace" ? makeInput(node, names, actions) : makeSlider(node, act.kind, actions);
      by.replaceChildren(...control.nodes);
      follow = control.follow;
    }
    follow(act.by);
  }

  return { line, update };
}

/**
 * @param {NodeData} node
 * @param {SliderKind} kind
 * @param {RowActions} actions
 */
function makeSlider(node, kind, actions) {
  const { low, high, step } = knobOf(node, kind), value = el("output");
  const label = `${node.label}, ${KIND_TEXT[kind].done}`;
  const input = el("input", { type: "range", min: low, max: high, step, "aria-label": label });
  input.oninput = () => {
    value.textContent = short(input.valueAsNumber);
    actions.slide(kind, input.valueAsNumber);
  };
  /** @param {Act["by"]} by */
  function follow(by) {
    if (!input.matches(":focus")) input.value = String(by); // else a hand is on it
    value.textContent = short(input.valueAsNumber);
  }
  return { nodes: [input, value], follow };
}

/**
 * What is typed stays as it is until the page has read it: it may be refused, and can then be corrected.
 * @param {NodeData} node
 * @param {string[]} names
 * @param {RowActions} actions
 */
function makeInput(node, names, actions) {
  const title = `The nodes are ${names.join(", ")}. Press Enter to apply.`;
  const label = `${node.label}, ${KIND_TEXT.replace.done}`;
  const input = el("input", { type: "text", maxlength: 500, spellcheck: "false", title, "aria-label": label });
  input.onchange = () => actions.type(input.value);
  /** @type {Act["by"] | null} */
  let last = null;
  /** @param {Act["by"]} by */
  function follow(by) {
    if (by === last) return;
    last = by;
    input.value = String(by);
  }
  return { nodes: [input], follow };
}
