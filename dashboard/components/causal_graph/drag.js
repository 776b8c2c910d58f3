// Dragging in the editor: a node to another place, or an arrow from its dot to another node.

import { svg } from "../shared/dom.js";
import { COLUMN, ROW, TALL, WIDE } from "./geometry.js";

/** @import { DrawnGraph, GraphHistory, Target } from "./history.js" */
/** @import { NodeData, Place } from "./types.d.ts" */

/**
 * @typedef {object} DragActions
 * @property {GraphHistory} graph
 * @property {(node: NodeData) => Place} centreOf
 * @property {() => void} draw
 * @property {(target: Target) => void} choose
 * @property {(cause: string, effect: string) => void} join
 * @property {(now: DrawnGraph) => void} changed
 */

/** @typedef {{ node: NodeData, joining: boolean, start: Place, was: Place, moved: boolean }} Drag */

const STILL = 4; // units that a pointer may move during a click

/**
 * @param {SVGSVGElement} picture
 * @param {DragActions} actions
 */
export function makeDrag(picture, { graph, centreOf, draw, choose, join, changed }) {
  /** @type {Drag | null} */
  let drag = null;

  /**
   * @param {PointerEvent} event
   * @param {NodeData} node
   * @param {boolean} joining Whether an arrow is drawn, not the node moved.
   */
  function begin(event, node, joining) {
    drag = { node, joining, start: pointOf(event), was: { x: node.x, y: node.y }, moved: false };
    picture.setPointerCapture(event.pointerId);
    picture.onpointermove = move;
    picture.onpointerup = end;
  }

  /**
   * A point of the drawing under the pointer.
   * @param {PointerEvent} event
   * @returns {Place}
   */
  function pointOf(event) {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM()?.inverse());
    return { x: point.x, y: point.y };
  }

  /** @param {PointerEvent} event */
  function move(event) {
    if (!drag) return;
    const point = pointOf(event), { start, was } = drag;
    drag.moved ||= Math.hypot(point.x - start.x, point.y - start.y) > STILL;
    if (!drag.moved) return;
    const node = graph.node(drag.node.id);
    if (drag.joining) return drawPull(centreOf(node), point);
    node.x = Math.max(0, was.x + (point.x - start.x) / COLUMN);
    node.y = Math.max(0, was.y + (point.y - start.y) / ROW);
    draw();
  }

  /**
   * The line from a node to the pointer.
   * @param {Place} centre
   * @param {Place} point
   */
  function drawPull(centre, point) {
    picture.querySelector(".pull")?.remove();
    picture.append(svg("path", { class: "pull", d: `M${centre.x + WIDE / 2},${centre.y} L${point.x},${point.y}` }));
  }

  /** @param {PointerEvent} event */
  function end(event) {
    picture.onpointermove = picture.onpointerup = null;
    if (!drag) return;
    const { node, joining, moved, was } = drag;
    drag = null;
    if (!moved) return choose({ node: node.id });
    if (joining) {
      const target = nodeAt(pointOf(event));
      return target && target.id !== node.id ? join(node.id, target.id) : draw();
    }
    const now = graph.node(node.id), { x, y } = now;
    Object.assign(now, was); // so that undo knows where it was
    changed(graph.move(node.id, x, y));
  }

  /** @param {Place} point */
  function nodeAt(point) {
    return graph.now.nodes.find((node) => {
      const centre = centreOf(node);
      return Math.abs(centre.x - point.x) < WIDE / 2 && Math.abs(centre.y - point.y) < TALL / 2;
    });
  }

  return { begin, isActive: () => drag !== null };
}
