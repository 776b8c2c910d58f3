// The buttons for what is chosen in the editor.

import { el } from "../shared/dom.js";

/** @import { DrawnGraph, GraphHistory, Target } from "./history.js" */

/**
 * @typedef {object} ButtonActions
 * @property {(node: string) => void} startArrow
 * @property {(target: Target) => void} remove
 * @property {(target: Target) => void} choose
 * @property {(now: DrawnGraph) => void} changed
 */

/**
 * @param {GraphHistory} graph
 * @param {Target | null} target
 * @param {ButtonActions} actions
 */
export function targetButtons(graph, target, { startArrow, remove, choose, changed }) {
  if (!target || !graph.has(target)) return [];
  if ("edge" in target) {
    const [cause, effect] = target.edge;
    const reverse = () => {
      const now = graph.reverse(target.edge);
      choose({ edge: [effect, cause] });
      changed(now);
    };
    return [button("reverse arrow", reverse), button("remove arrow", () => remove(target))];
  }
  const { node } = target;
  return [
    button("arrow to…", () => startArrow(node)),
    button(graph.node(node).hidden ? "measured" : "not measured", () => changed(graph.toggleHidden(node))),
    button("exposure", () => changed(graph.toggleRole(node, "exposure"))),
    button("outcome", () => changed(graph.toggleRole(node, "outcome"))),
    button("remove", () => remove(target)),
  ];
}

/**
 * @param {string} label
 * @param {() => void} onclick
 */
const button = (label, onclick) => el("button", { type: "button", onclick }, label);
