// A causal graph to act on. Clicking a node, or Enter on it, sets it from outside: the arrows into it are cut. Under the
// graph, each node that is acted on has a row with the kind of intervention and what it is by.

import { defineComponent } from "../shared/component.js";
import { el, fill, svg } from "../shared/dom.js";
import { schemeOf } from "../shared/theme.js";
import { byText, canBeActedOn, isCut, startOf, steppedBy } from "./acts.js";
import { arrowOf, boxOf, NARROW, placesOf } from "./geometry.js";
import { KIND_TEXT, makeRow } from "./rows.js";
import { arrowPath, arrowTip, badge, nameLines, pill, shiftBelow } from "./shapes.js";

/** @import { Mount } from "../shared/component.js" */
/** @import { Row } from "./rows.js" */
/** @import { Act, GraphData, Kind, NodeData, Place, SliderKind } from "./types.d.ts" */
/** @typedef {{ group: SVGGElement, caption: SVGTextElement, description: SVGTitleElement }} NodeParts */
/** @typedef {{ node: string, kind: Kind | null, by: number | string | null }} Report */

const QUIET_MS = 90; // between two reports while a slider moves
const LABEL = "Causal graph. Tab to a node; Enter sets it or leaves it alone, arrow keys change its value.";

export default defineComponent(
  ".causes",
  createGraph,
  (graph, /** @type {Mount<GraphData>} */ { data, setTriggerValue }) => {
    graph.report = (report) => setTriggerValue("act", report);
    graph.show(data);
  },
);

/** @param {HTMLElement} root */
function createGraph(root) {
  const picture = svg("svg", { role: "group", "aria-label": LABEL });
  const knobs = el("div", { class: "knobs" });
  const added = svg("g", { class: "added" }); // arrows that an intervention adds
  root.append(picture, knobs);
  /** @type {GraphData} */
  let data = { nodes: [], edges: [], refused: 0 };
  let shape = ""; // of the graph that is drawn
  let isNarrow = false;
  /** @type {Map<string, Place>} */
  let places = new Map();
  /** @type {Map<string, NodeParts>} */
  const nodeParts = new Map();
  /** @type {Map<string, SVGGElement>} */
  const arrows = new Map();
  /** @type {Map<string, Row>} */
  const rows = new Map();
  let timer = 0; // of a report while a slider moves
  /** @type {Report | null} */
  let latest = null;
  const watcher = new ResizeObserver(() => {
    if (shape && isNarrowNow() !== isNarrow) build();
  });
  watcher.observe(root);
  const graph = { report: (/** @type {Report} */ _report) => {}, show, dispose };
  const isNarrowNow = () => root.clientWidth > 0 && root.clientWidth < NARROW;

  /** @param {GraphData} next */
  function show(next) {
    const nextShape = shapeOf(next);
    root.dataset.scheme = schemeOf(root);
    data = next;
    if (nextShape === shape) return update();
    shape = nextShape;
    build();
  }

  function build() {
    isNarrow = isNarrowNow();
    places = placesOf(data.nodes, isNarrow);
    const { left, top, width, height } = boxOf(places, data.edges);
    picture.setAttribute("viewBox", `${left} ${top} ${width} ${height}`);
    picture.style.maxWidth = `${width * 1.15}px`;
    picture.style.minWidth = `${Math.min(width * 0.62, 900)}px`; // a large graph is scrolled, not shrunk
    nodeParts.clear();
    arrows.clear();
    const drawn = data.edges.map(([from, to]) => makeArrow(from, to));
    picture.replaceChildren(arrowTip(), ...drawn, added, ...data.nodes.map(makeNode));
    rows.clear();
    knobs.replaceChildren();
    update();
    root.dataset.ready = "1";
  }

  /**
   * @param {string} from
   * @param {string} to
   */
  function makeArrow(from, to) {
    const { path, middle } = arrowOf(from, to, places);
    const place = { x: middle.x, y: middle.y + 6, "text-anchor": "middle" };
    const scissors = svg("text", { class: "scissors", "aria-hidden": "true", ...place }, "✂");
    const group = svg("g", { class: "arrow" }, arrowPath(path), scissors);
    arrows.set(`${from}\n${to}`, group);
    return group;
  }

  /** @param {NodeData} node */
  function makeNode(node) {
    const at = places.get(node.id) ?? { x: 0, y: 0 };
    const badgeText = node.hidden ? "not measured" : node.role;
    const middle = { x: at.x, y: at.y + shiftBelow(badgeText) };
    const name = nameLines(node.label, middle, { single: -3, double: -10, pitch: 15 });
    const caption = svg("text", { class: "caption", x: at.x, y: middle.y + 19 });
    const description = svg("title");
    const attributes = { class: `node ${node.hidden ? "hidden" : ""} ${node.role}`, "data-node": node.id };
    const group = svg("g", attributes, description, pill(at), badge(badgeText, at), ...name, caption);
    if (canBeActedOn(node)) {
      const onclick = () => toggle(node.id);
      const onkeydown = (/** @type {KeyboardEvent} */ event) => handleKey(event, node.id);
      fill(group, { role: "button", tabindex: 0, onclick, onkeydown });
    }
    nodeParts.set(node.id, { group, caption, description });
    return group;
  }

  /** @param {string} id */
  function nodeOf(id) {
    const node = data.nodes.find((one) => one.id === id);
    if (!node) throw new Error(`There is no node ${id}.`);
    return node;
  }

  /** @param {string} id */
  const causesOf = (id) => data.edges.filter(([, to]) => to === id).map(([from]) => from);

  function update() {
    data.nodes.forEach(updateNode);
    for (const [from, to] of data.edges) {
      arrows.get(`${from}\n${to}`)?.classList.toggle("cut", isCut(from, nodeOf(to).act));
    }
    added.replaceChildren(
      ...addedEdges().map(([from, to]) =>
        svg("g", { class: "arrow fresh" }, arrowPath(arrowOf(from, to, places).path))
      ),
    );
    data.nodes.forEach(updateRow);
    root.dataset.set = data.nodes.flatMap(({ id, act }) => {
      if (!act) return [];
      return `${id}${act.kind === "do" ? "" : `:${act.kind}`}=${byText(act.by)}`;
    }).join(" ");
  }

  // Arrows from what a replaced mechanism reads, where there is no arrow yet.
  const addedEdges = () =>
    data.nodes.flatMap(({ id, act }) => {
      const causes = causesOf(id);
      return (act?.heard ?? []).filter((from) => !causes.includes(from)).map((from) => [from, id]);
    });

  /** @param {NodeData} node */
  function updateNode(node) {
    const parts = nodeParts.get(node.id);
    if (!parts) return;
    const { act } = node, isSet = act?.kind === "do";
    parts.group.classList.toggle("set", act !== null);
    parts.caption.textContent = isSet ? `do(${byText(act.by)})` : node.caption;
    parts.caption.classList.toggle("changed", act === null && node.changed);
    parts.description.textContent = node.description;
    if (!canBeActedOn(node)) return;
    const state = act === null ? "" : `${KIND_TEXT[act.kind].done} ${byText(act.by)}`;
    const value = isSet ? "" : node.description || node.caption;
    const name = [node.label, node.role, node.hidden ? "not measured" : ""].filter(Boolean).join(", ");
    parts.group.setAttribute("aria-pressed", String(act !== null));
    parts.group.setAttribute("aria-label", `${name}: ${[state, value].filter(Boolean).join(", ")}`);
  }

  /** @param {NodeData} node */
  function updateRow(node) {
    const { act } = node, row = rows.get(node.id);
    if (act === null || !canBeActedOn(node)) {
      row?.line.remove();
      rows.delete(node.id);
    } else if (row) {
      row.update(act);
    } else {
      const made = makeRow(node, data.nodes.map(({ id }) => id), {
        switchKind: (kind) => setAct(node.id, startOf(nodeOf(node.id), kind, causesOf(node.id))),
        slide: (kind, by) => slide(node.id, kind, by),
        type: (by) => graph.report({ node: node.id, kind: "replace", by }),
        release: () => setAct(node.id, null),
      });
      rows.set(node.id, made);
      knobs.append(made.line);
      made.update(act);
    }
  }

  /** @param {string} id */
  function toggle(id) {
    const node = nodeOf(id);
    setAct(id, node.act === null ? startOf(node, "do", causesOf(id)) : null);
  }

  /**
   * @param {KeyboardEvent} event
   * @param {string} id
   */
  function handleKey(event, id) {
    const { act, knobs } = nodeOf(id), knob = act && knobs[act.kind];
    const by = act && knob && steppedBy(event.key, act.by, knob);
    if (event.key === "Enter" || event.key === " ") toggle(id);
    else if (act && typeof by === "number") setAct(id, { ...act, by });
    else return;
    event.preventDefault();
  }

  /**
   * The graph shows it at once, and the page what comes of it a moment later.
   * @param {string} id
   * @param {Act | null} act
   */
  function setAct(id, act) {
    clearTimeout(timer);
    timer = 0;
    nodeOf(id).act = act;
    update();
    graph.report({ node: id, kind: act?.kind ?? null, by: act?.by ?? null });
  }

  /**
   * @param {string} id
   * @param {SliderKind} kind
   * @param {number} by
   */
  function slide(id, kind, by) {
    nodeOf(id).act = { kind, by, heard: [] };
    update();
    latest = { node: id, kind, by };
    timer ||= setTimeout(() => { // while a hand moves, too
      timer = 0;
      if (latest) graph.report(latest);
    }, QUIET_MS);
  }

  function dispose() {
    watcher.disconnect();
    root.replaceChildren();
  }

  return graph;
}

/** @param {GraphData} data */
function shapeOf({ nodes, edges }) {
  return JSON.stringify([nodes.map(({ id, label, x, y, role, hidden }) => [id, label, x, y, role, hidden]), edges]);
}
