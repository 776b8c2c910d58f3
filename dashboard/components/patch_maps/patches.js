// A clip beside the maps of its patches, on one clock. Clicking a patch shows what is like it, in every frame.

const instances = new WeakMap();
const KEYS = "Keys: ← → step, Space plays, Enter marks the patch in the middle, Shift + arrows move the mark, Esc shows colours again.";
const HINT = "Colours: the three directions in which a model's patches differ most. Click a patch to see what is like it.";

export default function (component) {
  const { data, parentElement } = component;
  const root = parentElement.querySelector(".patches");
  let maps = instances.get(parentElement);
  if (!maps) instances.set(parentElement, (maps = createMaps(root)));
  if (data) maps.show(data);
  return () => {
    maps.dispose();
    instances.delete(parentElement);
  };
}

function createMaps(root) {
  const film = el("canvas", { class: "film" });
  const row = el("div", { class: "row" });
  const toggle = el("button", { type: "button", "aria-label": "Play", onclick: () => play(!playing) }, "▶");
  const scrubber = el("input", { type: "range", min: 0, value: 0, step: 1, "aria-label": "Frame of the clip" });
  const time = el("span", { class: "time" });
  const back = el("button", { type: "button", onclick: () => choose(null), hidden: "" }, "show colours again");
  const told = el("p", { class: "told", "aria-live": "polite" });
  const save = el("div", { class: "save" },
    el("button", { type: "button", onclick: () => savePatchesPng(seen(), paper()) }, "save as PNG"),
    el("button", { type: "button", onclick: () => savePatchesSvg(seen(), paper()) }, "as SVG"));
  const paper = () => { const { backgroundColor, color } = getComputedStyle(row.querySelector("figure")); return { back: backgroundColor, ink: color }; };
  root.append(row, el("div", { class: "bar" }, toggle, scrubber, time, back, save), told, el("p", { class: "told" }, KEYS));
  scrubber.oninput = () => { play(false); seek(Number(scrubber.value)); };
  root.tabIndex = 0;
  root.setAttribute("role", "application");
  root.setAttribute("aria-label", `Patch maps. ${KEYS}`);
  root.onkeydown = (event) => { if (event.target === root) obey(event, deeds); };
  const arrow = (x, y) => (event) => (event.shiftKey ? move(x, y) : x && go(x));
  const deeds = {
    ArrowLeft: arrow(-1, 0), ArrowRight: arrow(1, 0), ArrowUp: arrow(0, -1), ArrowDown: arrow(0, 1),
    Enter: () => mark(0.5, 0.5), " ": () => play(!playing), Escape: () => choose(null),
  };
  let plot = null, pictures = [], tiles = [], chosen = null; // chosen: { frame, x, y }, x and y from 0 to 1
  let at = 0, playing = false, clock = 0, before = 0, wanted = 0;

  async function show(bytes) {
    const { header, payload } = unpack(bytes);
    root.dataset.scheme = schemeOf(root);
    if (plot?.id === header.id) return draw();
    const mine = ++wanted;
    const decoded = await decodeFrames(payload, header.pictures);
    if (mine !== wanted) return decoded.forEach((picture) => picture.close());
    pictures.forEach((picture) => picture.close());
    [plot, pictures, chosen] = [header, decoded, null];
    [film.width, film.height] = [pictures[0].width, pictures[0].height];
    tiles = header.tiles.map((tile) => makeTile(tile, payload));
    row.replaceChildren(card("what is there", "", film), ...tiles.map((tile) => tile.card));
    film.onclick = (event) => pick(event, film);
    scrubber.max = pictures.length - 1;
    choose(null);
    root.dataset.ready = "1";
    play(!reducedMotion());
  }

  function makeTile(tile, payload) {
    const canvas = el("canvas", { class: "map", width: tile.side, height: tile.side });
    canvas.onclick = (event) => pick(event, canvas);
    const bytes = (kind, entry) => new kind(payload.slice(entry.start, entry.start + entry.sizes[0]).buffer);
    const note = `these colours show ${Math.round(100 * tile.explained)} % of what differs`;
    return { ...tile, canvas, card: card(tile.title, note, canvas),
      colors: bytes(Uint8Array, tile.colors), directions: bytes(Int8Array, tile.directions), like: null };
  }

  const card = (title, note, canvas) => el("figure", {}, el("div", { class: "picture" }, canvas, el("span", { class: "mark", hidden: "" })),
    el("figcaption", {}, el("b", {}, title), el("span", { class: "note" }, note)));

  const stepOf = (tile, frame) => Math.min(tile.steps - 1, Math.floor(frame / tile.every));

  function pick(event, canvas) {
    const box = canvas.getBoundingClientRect();
    mark((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  }

  const mark = (x, y) => choose({ frame: at, x: clamp(x, 0, 0.999), y: clamp(y, 0, 0.999) });

  function choose(choice) {
    chosen = choice;
    back.hidden = !choice;
    tiles.forEach((tile) => { tile.like = choice && similarity(tile); });
    root.dataset.chosen = choice ? `${choice.frame}` : "";
    told.textContent = choice
      ? `Brighter is more like the marked patch at ${(choice.frame / plot.fps).toFixed(1)} s (cosine about the clip's mean; yellow 1, blue 0 and below).`
      : HINT;
    draw();
  }

  // Cosine of the chosen patch with every other, [steps * side * side]; directions have length 127.
  function similarity(tile) {
    const { side, dim, directions } = tile;
    const patch = Math.floor(chosen.y * side) * side + Math.floor(chosen.x * side);
    const mine = directions.subarray((stepOf(tile, chosen.frame) * side * side + patch) * dim).subarray(0, dim);
    return Float32Array.from({ length: directions.length / dim }, (_, i) => {
      let sum = 0;
      for (let d = 0; d < dim; d++) sum += mine[d] * directions[i * dim + d];
      return sum / 16129;
    });
  }

  function seek(frame) {
    if (!pictures.length) return;
    at = (frame + pictures.length) % pictures.length;
    scrubber.value = at;
    draw();
  }

  function draw() {
    if (!pictures.length) return;
    root.dataset.frame = at;
    time.textContent = `${(at / plot.fps).toFixed(1)} s`;
    film.getContext("2d").drawImage(pictures[at], 0, 0);
    tiles.forEach(drawTile);
    if (tiles.length) root.querySelectorAll(".mark").forEach((node) => place(node, tiles[0].side));
  }

  function drawTile(tile) {
    const paint = tile.canvas.getContext("2d");
    const image = paint.createImageData(tile.side, tile.side);
    const cells = tile.side * tile.side, start = stepOf(tile, at) * cells;
    for (let i = 0; i < cells; i++) {
      const color = tile.like ? rampAt(tile.like[start + i]) : tile.colors.subarray(3 * (start + i), 3 * (start + i) + 3);
      image.data.set([...color, 255], 4 * i);
    }
    paint.putImageData(image, 0, 0);
  }

  function rampAt(value) {
    const stops = plot.ramp.length - 1, place = clamp(value, 0, 1) * stops, low = Math.min(stops - 1, Math.floor(place));
    const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
    const [a, b] = [rgb(plot.ramp[low]), rgb(plot.ramp[low + 1])];
    return a.map((value, i) => Math.round(value + (b[i] - value) * (place - low)));
  }

  // The outline of the chosen patch, in the frame that it was chosen in.
  function place(node, side) {
    node.hidden = !chosen || chosen.frame !== at;
    if (node.hidden) return;
    const { x, y, size } = outline(side);
    node.style = `left: ${100 * x}%; top: ${100 * y}%; width: ${100 * size}%; height: ${100 * size}%`;
  }

  // Left, top and length of the chosen patch, as shares of the picture.
  const outline = (side) => ({ x: Math.floor(chosen.x * side) / side, y: Math.floor(chosen.y * side) / side, size: 1 / side });

  function play(on) {
    playing = on && pictures.length > 1;
    toggle.textContent = playing ? "❚❚" : "▶";
    toggle.setAttribute("aria-label", playing ? "Pause" : "Play");
    cancelAnimationFrame(clock);
    before = 0;
    if (playing) clock = requestAnimationFrame(tick);
  }

  function tick(now) {
    if (!before || now - before >= 1000 / plot.fps) {
      if (before) seek(at + 1);
      before = now;
    }
    clock = requestAnimationFrame(tick);
  }

  function go(by) {
    play(false);
    seek(at + by);
  }

  // By a patch of the first map, in the frame that is shown; without a mark, to the middle.
  function move(x, y) {
    if (!chosen) return mark(0.5, 0.5);
    mark(chosen.x + x / tiles[0].side, chosen.y + y / tiles[0].side);
  }

  // What a picture of the maps shows: each panel with its title, and the outline on it.
  const seen = () => [["what is there", film], ...tiles.map((tile) => [tile.title, tile.canvas])]
    .map(([title, canvas]) => ({ title, canvas, mark: chosen?.frame === at ? outline(tiles[0].side) : null }));

  function dispose() {
    wanted += 1;
    play(false);
    pictures.forEach((picture) => picture.close());
    pictures = [];
  }

  return { show, dispose };
}
