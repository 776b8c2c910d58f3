// The graph that a person draws, and what it was before each change.

/** @import { Edge, GraphData, NodeData } from "./types.d.ts" */
/** @typedef {{ nodes: NodeData[], edges: Edge[] }} DrawnGraph */
/** @typedef {{ node: string } | { edge: Edge }} Target */

/** Every change returns the graph as it is then, and can be undone. */
export class GraphHistory {
  /** @type {DrawnGraph} */
  now = { nodes: [], edges: [] };
  #given = ""; // the last graph that the page sent or received
  #refused = 0;
  /** @type {string[]} */
  #before = [];

  /**
   * Takes the graph that the page gives. A change that it refused is taken back.
   * @param {GraphData} data
   */
  take({ nodes, edges, refused }) {
    const given = JSON.stringify({ nodes, edges });
    if (given === this.#given && refused === this.#refused) return;
    if (refused !== this.#refused) this.#before.pop();
    [this.#given, this.#refused] = [given, refused];
    this.now = JSON.parse(given);
  }

  get canUndo() {
    return this.#before.length > 0;
  }

  undo() {
    this.now = JSON.parse(this.#before.pop() ?? this.#given);
    return this.#tell();
  }

  /** @param {string} id */
  node(id) {
    const found = this.now.nodes.find((node) => node.id === id);
    if (!found) throw new Error(`There is no node ${id}.`);
    return found;
  }

  /** @param {Target} target */
  has(target) {
    if ("node" in target) return this.now.nodes.some((node) => node.id === target.node);
    return this.now.edges.some((edge) => isSame(edge, target.edge));
  }

  /** @param {string} label */
  add(label) {
    return this.#change(({ nodes }) => {
      const y = Math.max(-1, ...nodes.map((node) => Math.ceil(node.y))) + 1;
      nodes.push(newNode(label, nodes.length % 3, y));
    });
  }

  /**
   * @param {string} id
   * @param {number} x In columns.
   * @param {number} y In rows.
   */
  move(id, x, y) {
    return this.#change(() => Object.assign(this.node(id), { x, y }));
  }

  /**
   * @param {string} cause
   * @param {string} effect
   */
  join(cause, effect) {
    return this.#change(({ edges }) => edges.push([cause, effect]));
  }

  /** @param {Edge} edge */
  reverse(edge) {
    return this.#change((graph) => {
      graph.edges = graph.edges.map((one) => isSame(one, edge) ? [one[1], one[0]] : one);
    });
  }

  /** @param {string} id */
  toggleHidden(id) {
    return this.#change(() => {
      const node = this.node(id);
      node.hidden = !node.hidden;
    });
  }

  /**
   * @param {string} id
   * @param {"exposure" | "outcome"} role One node at most has it.
   */
  toggleRole(id, role) {
    return this.#change(({ nodes }) => {
      for (const node of nodes) {
        if (node.id === id) node.role = node.role === role ? "" : role;
        else if (node.role === role) node.role = "";
      }
    });
  }

  /** @param {Target} target */
  remove(target) {
    return this.#change((graph) => {
      if ("edge" in target) {
        graph.edges = graph.edges.filter((edge) => !isSame(edge, target.edge));
        return;
      }
      graph.nodes = graph.nodes.filter((node) => node.id !== target.node);
      graph.edges = graph.edges.filter((edge) => !edge.includes(target.node));
    });
  }

  /** @param {(graph: DrawnGraph) => void} change */
  #change(change) {
    this.#before.push(JSON.stringify(this.now));
    change(this.now);
    return this.#tell();
  }

  #tell() {
    this.#given = JSON.stringify(this.now);
    return this.now;
  }
}

/**
 * @param {Edge} one
 * @param {Edge} other
 */
const isSame = (one, other) => one[0] === other[0] && one[1] === other[1];

/**
 * @param {string} label
 * @param {number} x
 * @param {number} y
 * @returns {NodeData}
 */
function newNode(label, x, y) {
  const looks = { mechanism: null, act: null, caption: "", description: "", changed: false, adjusted: false };
  return { id: label, label, x, y, hidden: false, role: "", knobs: {}, ...looks };
}
