// A causal graph to draw: nodes are moved, joined, marked and removed by mouse or by keyboard.

import { defineComponent } from "../shared/component.js";
import { el, svg } from "../shared/dom.js";
import { schemeOf } from "../shared/theme.js";
import { targetButtons } from "./buttons.js";
import { makeDrag } from "./drag.js";
import { arrowOf, boxOf, COLUMN, ROW, TALL, WIDE } from "./geometry.js";
import { GraphHistory } from "./history.js";
import { arrowPath, arrowTip, badge, nameLines, pill, shiftBelow } from "./shapes.js";

/** @import { Mount } from "../shared/component.js" */
/** @import { DrawnGraph, Target } from "./history.js" */
/** @import { Edge, GraphData, NodeData, Place } from "./types.d.ts" */

const LABEL = "Graph to draw. Tab to a node; A starts an arrow and Enter on another node ends it, Delete removes.";
const HINT =
  "Drag a node to move it, drag from its dot to another node to draw an arrow; click a node or an arrow to " +
  "change it.";

export default defineComponent(
  ".causes",
  createEditor,
  (editor, /** @type {Mount<GraphData>} */ { data, setTriggerValue }) => {
    editor.report = (graph) => setTriggerValue("drawn", graph);
    editor.show(data);
  },
);

/** @param {HTMLElement} root */
function createEditor(root) {
  const name = el("input", {
    type: "text",
    placeholder: "name of a node",
    "aria-label": "Name of a new node",
    maxlength: 40,
  });
  const add = el("button", { type: "button", onclick: addNode }, "add node");
  const undo = el("button", { type: "button", onclick: () => changed(graph.undo()), "aria-label": "Undo" }, "undo");
  const marks = el("span", { class: "marks" });
  const picture = svg("svg", { role: "group", "aria-label": LABEL });
  const hint = el("p", { class: "hint", "aria-live": "polite" });
  root.append(el("div", { class: "tools" }, name, add, undo, marks), picture, hint);
  name.onkeydown = (event) => {
    if (event.key === "Enter") addNode();
  };
  const graph = new GraphHistory();
  /** @type {Target | null} */
  let chosen = null;
  /** @type {string | null} */
  let from = null; // the node that an arrow starts at
  let problem = ""; // what is wrong with the name that was typed
  const drag = makeDrag(picture, { graph, centreOf, draw, choose, join, changed });
  const editor = { report: (/** @type {DrawnGraph} */ _graph) => {}, show, dispose };

  /** @param {GraphData} data */
  function show(data) {
    root.dataset.scheme = schemeOf(root);
    graph.take(data);
    if (chosen && !graph.has(chosen)) chosen = null;
    draw();
    root.dataset.ready = "1";
  }

  /**
   * @param {NodeData} node
   * @returns {Place}
   */
  function centreOf(node) {
    return { x: node.x * COLUMN + WIDE / 2 + 10, y: node.y * ROW + TALL / 2 + 14 };
  }

  function draw() {
    const { nodes, edges } = graph.now;
    const places = new Map(nodes.map((node) => [node.id, centreOf(node)]));
    if (!drag.isActive()) fitPicture(places, edges); // while a hand moves a node, the ground stands still
    const focused = picture.querySelector(":focus");
    const [node, edge] = [focused?.getAttribute("data-node"), focused?.getAttribute("data-edge")];
    picture.replaceChildren(
      arrowTip(),
      ...edges.map((one) => makeArrow(one, places)),
      ...nodes.map((one) => makeNode(one, places.get(one.id) ?? { x: 0, y: 0 })),
    );
    if (node) focusOn(`[data-node="${CSS.escape(node)}"]`);
    if (edge) focusOn(`[data-edge="${CSS.escape(edge)}"]`);
    undo.disabled = !graph.canUndo;
    marks.replaceChildren(...targetButtons(graph, chosen, { startArrow, remove, choose, changed }));
    hint.textContent = hintText();
    problem = "";
    root.dataset.edges = edges.map((one) => one.join("->")).join(" ");
  }

  /**
   * @param {Map<string, Place>} places
   * @param {Edge[]} edges
   */
  function fitPicture(places, edges) {
    const box = places.size ? boxOf(places, edges) : { left: 0, top: 0, width: 400, height: 120 };
    const [width, height] = [Math.max(box.width + 20, 480), Math.max(box.height + 10, 170)];
    picture.setAttribute("viewBox", `${box.left} ${box.top} ${width} ${height}`);
    picture.style.minWidth = `${Math.min(box.width * 0.62, 900)}px`;
  }

  /** @param {string} selector */
  function focusOn(selector) {
    const found = picture.querySelector(selector);
    if (found instanceof SVGElement) found.focus();
  }

  function hintText() {
    if (from) return `Arrow from ${from}: click the node that it points to, or press Escape.`;
    return problem || (graph.now.nodes.length ? HINT : "Name a node and add it.");
  }

  /**
   * @param {Edge} edge
   * @param {Map<string, Place>} places
   */
  function makeArrow(edge, places) {
    const { path } = arrowOf(edge[0], edge[1], places);
    const isChosen = chosen !== null && "edge" in chosen && chosen.edge.join() === edge.join();
    return svg(
      "g",
      {
        class: `arrow ${isChosen ? "chosen" : ""}`,
        tabindex: 0,
        "data-edge": edge.join("->"),
        role: "button",
        "aria-label": `arrow from ${edge[0]} to ${edge[1]}`,
        onclick: () => choose({ edge }),
        onkeydown: (event) => handleKey(event, { edge }),
      },
      svg("path", { class: "grip", d: path }),
      arrowPath(path),
    );
  }

  /**
   * @param {NodeData} node
   * @param {Place} at
   */
  function makeNode(node, at) {
    const badgeText = [node.role, node.hidden ? "not measured" : ""].filter(Boolean).join(", ");
    const isChosen = chosen !== null && "node" in chosen && chosen.node === node.id;
    const name = { x: at.x, y: at.y + shiftBelow(badgeText) };
    const dot = svg("circle", { class: "dot", cx: at.x + WIDE / 2, cy: at.y, r: 7 });
    const group = svg(
      "g",
      {
        class: `node ${node.hidden ? "hidden" : ""} ${node.role} ${isChosen ? "set" : ""}`,
        "data-node": node.id,
        role: "button",
        tabindex: 0,
        "aria-label": `${node.label}${badgeText ? `, ${badgeText}` : ""}`,
        onkeydown: (event) => handleKey(event, { node: node.id }),
      },
      pill(at),
      badge(badgeText, at),
      ...nameLines(node.label, name, { single: 5, double: -3, pitch: 16 }),
      dot,
    );
    group.onpointerdown = (event) => {
      event.preventDefault();
      if (from && from !== node.id) return join(from, node.id);
      focusOn(`[data-node="${CSS.escape(node.id)}"]`);
      drag.begin(event, node, event.target === dot);
    };
    return group;
  }

  /**
   * @param {KeyboardEvent} event
   * @param {Target} target
   */
  function handleKey(event, target) {
    const node = "node" in target ? target.node : null;
    if (event.key === "Enter" || event.key === " ") {
      if (from && node && node !== from) join(from, node);
      else choose(target);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      remove(target);
    } else if (event.key.toLowerCase() === "a" && node) {
      startArrow(node);
    } else if (event.key === "Escape") {
      choose(null);
    } else return;
    event.preventDefault();
  }

  /** @param {Target | null} target */
  function choose(target) {
    chosen = target;
    from = null;
    draw();
  }

  /** @param {string} node */
  function startArrow(node) {
    from = node;
    draw();
  }

  /** @param {Target} target */
  function remove(target) {
    chosen = null;
    changed(graph.remove(target));
  }

  /** @param {DrawnGraph} now The graph as it is after a change. */
  function changed(now) {
    draw();
    editor.report(now);
  }

  function addNode() {
    const label = name.value.trim();
    if (label && !graph.has({ node: label })) {
      name.value = "";
      return changed(graph.add(label));
    }
    problem = label ? `There is already a node called ${label}.` : "Write a name first.";
    draw();
    name.focus();
  }

  /**
   * @param {string} cause
   * @param {string} effect
   */
  function join(cause, effect) {
    from = null;
    if (graph.has({ edge: [cause, effect] })) draw();
    else changed(graph.join(cause, effect));
  }

  function dispose() {
    root.replaceChildren();
  }

  return editor;
}
