// The gallery: a radio group of cards. Clicks are numbered, so that an answer to an older click cannot undo a newer.

const instances = new WeakMap();
const FRAME_MS = 160;
const ARROW_WAIT_MS = 250; // holding an arrow key passes over cards without asking the server for each of them

export default function (component) {
  const { data, parentElement, setStateValue } = component;
  const root = parentElement.querySelector(".gallery");
  let gallery = instances.get(parentElement);
  if (!gallery) instances.set(parentElement, (gallery = createGallery(root)));
  gallery.report = (click) => setStateValue("choice", click);
  if (data) gallery.show(data);
  return () => {
    gallery.dispose();
    instances.delete(parentElement);
  };
}

function createGallery(root) {
  const gallery = { report: null, show, dispose };
  let cards = [];
  let content = ""; // what the cards show; unchanged cards keep their pictures and the focus
  let selected = "";
  let newest = 0; // number of the newest click
  let waiting = 0; // timer of an arrow key
  fill(root, { role: "radiogroup", "aria-label": "Choose a clip" }, []);
  root.onkeydown = handleKey;

  function show(bytes) {
    root.dataset.scheme = schemeOf(root);
    const { header, payload } = unpack(bytes);
    const next = JSON.stringify([header.items, payload.reduce((sum, byte) => (sum * 31 + byte) | 0, 7)]);
    if (next !== content) build(header.items, payload);
    content = next;
    if (header.used >= newest) mark(header.selected);
  }

  function build(items, payload) {
    cards.forEach((card) => card.dispose());
    cards = items.map((item) => makeCard(item, payload, () => choose(item.id)));
    root.replaceChildren(...cards.map((card) => card.node));
    mark(selected);
  }

  function mark(id) {
    selected = id;
    root.dataset.selected = id;
    const known = cards.some((card) => card.id === id);
    cards.forEach((card, i) => {
      const on = card.id === id;
      card.node.setAttribute("aria-checked", on);
      card.node.tabIndex = on || (!known && i === 0) ? 0 : -1;
      if (on) reveal(root, card.node);
    });
  }

  function choose(id) {
    clearTimeout(waiting);
    mark(id);
    // The clock makes numbers that grow even when the component is mounted anew.
    newest = Math.max(Date.now(), newest + 1);
    gallery.report({ id, n: newest });
  }

  function handleKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = cards.findIndex((card) => card.node === event.target);
    if (at < 0) return;
    const target = {
      ArrowLeft: at - 1, ArrowUp: at - 1, ArrowRight: at + 1, ArrowDown: at + 1,
      Home: 0, End: cards.length - 1, Enter: at, " ": at,
    }[event.key];
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

function makeCard(item, payload, onclick) {
  const picture = item.images ? el("canvas", { class: "thumb", "aria-hidden": "true" })
    : el("span", { class: "thumb plus", "aria-hidden": "true" }, "+");
  const node = el("div", { class: "card", role: "radio", "data-id": item.id, title: item.label, onclick }, picture,
    el("span", { class: "name" }, item.label));
  const stop = item.images ? animate(node, picture, decodeFrames(payload, item.images)) : () => {};
  return { id: item.id, node, dispose: stop };
}

// Shows the first picture at rest and plays the others while the pointer or the focus is on the card.
function animate(node, canvas, decoding) {
  let frames = [];
  let timer = 0;
  let at = 0;
  let gone = false;
  const draw = () => canvas.getContext("2d").drawImage(frames[at], 0, 0);
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

// Scrolls sideways only: scrollIntoView would also move the page.
function reveal(row, node) {
  const left = node.offsetLeft - 8; // the row is the offset parent
  const right = node.offsetLeft + node.offsetWidth + 8;
  if (left < row.scrollLeft) row.scrollLeft = left;
  else if (right > row.scrollLeft + row.clientWidth) row.scrollLeft = right - row.clientWidth;
}
