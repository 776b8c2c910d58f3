// The gallery: a radio group of cards. Clicks are numbered, so that an answer to an older click cannot undo a newer one.

import { defineComponent } from "../shared/component.js";
import { decodeFrames, unpack } from "../shared/container.js";
import { contextOf, el, fill } from "../shared/dom.js";
import { reducedMotion, schemeOf } from "../shared/theme.js";

/** @import { Mount } from "../shared/component.js" */
/** @import { Bytes, Entry } from "../shared/container.js" */
/** @typedef {{ id: string, label: string, images: Entry | null }} Item */
/** @typedef {{ selected: string, used: number, items: Item[] }} Header */
/** @typedef {{ id: string, node: HTMLElement, dispose: () => void }} Card */
/** @typedef {{ id: string, n: number }} Click */

const FRAME_MS = 160;
const ARROW_WAIT_MS = 250; // holding an arrow key passes over cards without asking the server for each of them

export default defineComponent(
  ".gallery",
  createGallery,
  (gallery, /** @type {Mount<Bytes | null>} */ { data, setStateValue }) => {
    gallery.report = (click) => setStateValue("choice", click);
    if (data) gallery.show(data);
  },
);

/** @param {HTMLElement} root */
function createGallery(root) {
  const gallery = { report: (/** @type {Click} */ _click) => {}, show, dispose };
  /** @type {Card[]} */
  let cards = [];
  let content = ""; // what the cards show; unchanged cards keep their pictures and the focus
  let selected = "";
  let newest = 0; // number of the newest click
  let waiting = 0; // timer of an arrow key
  fill(root, { role: "radiogroup", "aria-label": "Choose a clip" });
  root.onkeydown = handleKey;

  /** @param {Bytes} bytes */
  function show(bytes) {
    root.dataset.scheme = schemeOf(root);
    /** @type {{ header: Header, payload: Bytes }} */
    const { header, payload } = unpack(bytes);
    const next = JSON.stringify([header.items, payload.reduce((sum, byte) => (sum * 31 + byte) | 0, 7)]);
    if (next !== content) build(header.items, payload);
    content = next;
    if (header.used >= newest) mark(header.selected);
  }

  /**
   * @param {Item[]} items
   * @param {Bytes} payload
   */
  function build(items, payload) {
    cards.forEach((card) => card.dispose());
    cards = items.map((item) => makeCard(item, payload, () => choose(item.id)));
    root.replaceChildren(...cards.map((card) => card.node));
    mark(selected);
  }

  /** @param {string} id */
  function mark(id) {
    selected = id;
    root.dataset.selected = id;
    const known = cards.some((card) => card.id === id);
    cards.forEach((card, i) => {
      const on = card.id === id;
      card.node.setAttribute("aria-checked", String(on));
      card.node.tabIndex = on || (!known && i === 0) ? 0 : -1;
      if (on) reveal(root, card.node);
    });
  }

  /** @param {string} id */
  function choose(id) {
    clearTimeout(waiting);
    mark(id);
    // The clock makes numbers that grow even when the component is mounted anew.
    newest = Math.max(Date.now(), newest + 1);
    gallery.report({ id, n: newest });
  }

  /** @param {KeyboardEvent} event */
  function handleKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = cards.findIndex((card) => card.node === event.target);
    if (at < 0) return;
    /** @type {Record<string, number>} */
    const targets = {
      ArrowLeft: at - 1,
      ArrowUp: at - 1,
      ArrowRight: at + 1,
      ArrowDown: at + 1,
      Home: 0,
      End: cards.length - 1,
      Enter: at,
      " ": at,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const card = cards[(target + cards.length) % cards.length];
    if (target === at) return choose(card.id);
    mark(card.id);
    newest = Math.max(Date.now(), newest + 1); // an answer on its way must not pull the mark back
    card.node.focus();
    clearTimeout(waiting);
    waiting = setTimeout(() => choose(card.id), ARROW_WAIT_MS);
  }

  function dispose() {
    clearTimeout(waiting);
    cards.forEach((card) => card.dispose());
    root.replaceChildren();
  }

  return gallery;
}

/**
 * @param {Item} item
 * @param {Bytes} payload
 * @param {() => void} onclick
 * @returns {Card}
 */
function makeCard(item, payload, onclick) {
  const attributes = { class: "card", role: "radio", "data-id": item.id, title: item.label, onclick };
  const name = el("span", { class: "name" }, item.label);
  if (!item.images) {
    const plus = el("span", { class: "thumb plus", "aria-hidden": "true" }, "+");
    return { id: item.id, node: el("div", attributes, plus, name), dispose: () => {} };
  }
  const canvas = el("canvas", { class: "thumb", "aria-hidden": "true" });
  const node = el("div", attributes, canvas, name);
  return { id: item.id, node, dispose: animate(node, canvas, decodeFrames(payload, item.images)) };
}

/**
 * Shows the first picture at rest and plays the others while the pointer or the focus is on the card.
 * @param {HTMLElement} node
 * @param {HTMLCanvasElement} canvas
 * @param {Promise<ImageBitmap[]>} decoding
 */
function animate(node, canvas, decoding) {
  /** @type {ImageBitmap[]} */
  let frames = [];
  let timer = 0;
  let at = 0;
  let gone = false;
  const draw = () => contextOf(canvas).drawImage(frames[at], 0, 0);
  const rest = () => {
    clearInterval(timer);
    timer = at = 0;
    if (frames.length) draw();
  };
  const play = () => {
    if (timer || frames.length < 2 || reducedMotion()) return;
    timer = setInterval(() => {
      at = (at + 1) % frames.length;
      draw();
    }, FRAME_MS);
  };
  Object.assign(node, { onpointerenter: play, onfocus: play, onpointerleave: rest, onblur: rest });
  const close = () => frames.forEach((frame) => frame.close());
  decoding.then((decoded) => {
    frames = decoded;
    if (gone) return close();
    canvas.width = frames[0].width;
    canvas.height = frames[0].height;
    draw();
  });
  return () => {
    gone = true;
    clearInterval(timer);
    close();
  };
}

/**
 * Scrolls sideways only: scrollIntoView would also move the page.
 * @param {HTMLElement} row
 * @param {HTMLElement} node
 */
function reveal(row, node) {
  const left = node.offsetLeft - 8; // the row is the offset parent
  const right = node.offsetLeft + node.offsetWidth + 8;
  if (left < row.scrollLeft) row.scrollLeft = left;
  else if (right > row.scrollLeft + row.clientWidth) row.scrollLeft = right - row.clientWidth;
}
