// What can be done to a node, and what comes of it.

import { clamp, short } from "../shared/numbers.js";

/** @import { Act, Kind, Knob, NodeData, SliderKind } from "./types.d.ts" */

/** @param {NodeData} node */
export const canBeActedOn = (node) => Object.keys(node.knobs).length > 0;

/**
 * Whether an intervention cuts an arrow into its node. A shift cuts nothing; a replaced mechanism keeps the arrows from
 * what it still reads.
 * @param {string} from
 * @param {Act | null} act
 */
export function isCut(from, act) {
  return act !== null && act.kind !== "shift" && !(act.kind === "replace" && act.heard.includes(from));
}

/** @param {number | string} by */
export const byText = (by) => typeof by === "number" ? short(by) : by;

/**
 * What a kind of intervention starts from; a replaced mechanism from the node's own.
 * @param {NodeData} node
 * @param {Kind} kind
 * @param {string[]} causes
 * @returns {Act}
 */
export function startOf(node, kind, causes) {
  if (kind === "replace") return { kind, by: node.mechanism ?? "", heard: causes };
  return { kind, by: knobOf(node, kind).start, heard: [] };
}

/**
 * @param {NodeData} node
 * @param {SliderKind} kind
 * @returns {Knob}
 */
export function knobOf(node, kind) {
  const knob = node.knobs[kind];
  if (!knob) throw new Error(`The node ${node.id} does not take the intervention ${kind}.`);
  return knob;
}

/** @type {Record<string, number>} */
const ARROW_STEPS = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1 };

/**
 * The value that an arrow key changes another to; null for other keys, and for what is no number.
 * @param {string} key
 * @param {Act["by"]} by
 * @param {Knob} knob
 */
export function steppedBy(key, by, { low, high, step }) {
  const steps = ARROW_STEPS[key];
  if (!steps || typeof by !== "number") return null;
  return clamp(Math.round((by + steps * step) / step) * step, low, high);
}
