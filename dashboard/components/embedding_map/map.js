// The embedding map: one state. Streamlit calls the default export again for new data and for a new theme.

const instances = new WeakMap();
const HINT = "Click a point: its clip plays here, and the point travels its path.";
const NO_FILMS = "Click a point: what is known of it stands here.";

export default function (component) {
  const { data, parentElement, setStateValue } = component;
  const root = parentElement.querySelector(".map");
  let map = instances.get(parentElement);
  if (!map) instances.set(parentElement, (map = createMap(root)));
  map.report = (choice) => setStateValue("choice", choice);
  if (data) map.show(data);
  return () => {
    map.dispose();
    instances.delete(parentElement);
  };
}

function createMap(root) {
  const state = { plot: null, payload: null, colorBy: "", solo: new Set(), taken: null, row: -1 };
  const act = { hover, choose, frame: follow, lassoed: take };
  const scatter = makeScatter(act);
  const clip = makeClip(act);
  const tip = el("div", { class: "tip", hidden: "" });
  const thumb = el("canvas", { width: 64, height: 64 });
  const words = el("span");
  tip.append(thumb, words);
  const axes = [el("span", { class: "axis x" }), el("span", { class: "axis y" })];
  const select = el("select", { "aria-label": "Colour by", onchange: () => recolor(select.value) });
  const legend = makeLegend(solo), taken = makeTaken(() => take(null));
  const lasso = el("button", { type: "button", "aria-label": "Draw around points", title: "Draw around points", "aria-pressed": "false", onclick: switchLasso }, "◌");
  const save = el("div", { class: "taken" },
    el("button", { type: "button", onclick: () => savePng(scatter, state.plot, columnOf(), paper()) }, "save as PNG"),
    el("button", { type: "button", onclick: () => saveSvg(scatter, state.plot, columnOf(), paper()) }, "as SVG"));
  const hint = () => (state.plot.films ? HINT : NO_FILMS);
  const columnOf = () => state.plot.columns.find((one) => one.name === state.colorBy); // by which the points are coloured
  const paper = () => `rgb(${bytesOf(getComputedStyle(stage).backgroundColor).slice(0, 3).join(", ")})`; // as every viewer of SVG reads it
  const buttons = el("div", { class: "zoom" }, lasso,
    ...[["+", "Zoom in", () => scatter.zoom(1.5)], ["−", "Zoom out", () => scatter.zoom(1 / 1.5)],
      ["⤢", "Show everything", () => scatter.reset()]]
      .map(([sign, name, onclick]) => el("button", { type: "button", "aria-label": name, title: name, onclick }, sign)));
  const stage = el("div", { class: "stage", tabindex: 0, role: "application",
    "aria-label": `Map of the embedding. ${KEYS}` },
    scatter.canvas, ...axes, buttons, tip);
  const live = el("div", { class: "hidden-text", "aria-live": "polite" });
  const side = el("div", { class: "side" }, clip.card, el("label", { class: "by" }, "colour by ", select), legend.node, taken.node, save);
  root.append(stage, side, el("p", { class: "keys" }, KEYS), live);
  stage.onkeydown = (event) => { if (event.target === stage) obey(event, deeds); };
  const sizes = new ResizeObserver(() => scatter.resize(stage.clientWidth, stage.clientHeight));
  sizes.observe(stage);
  const deeds = {
    Enter: () => choose(middle()), " ": () => clip.toggle(), Escape: () => { choose(-1); take(null); }, l: switchLasso,
    ArrowLeft: () => step(-1), ArrowRight: () => step(1), ArrowUp: () => another(-1), ArrowDown: () => another(1),
    "+": () => scatter.zoom(1.5), "-": () => scatter.zoom(1 / 1.5), 0: () => scatter.reset(),
  };
  const map = { report: () => {}, show, choose, describe, draw, dispose, showNear: (strip, data) => fillStrip(strip, data, map) };
  globalThis.worldscopeMap = map; // the strip of neighbours, a component of its own, is drawn by it

  function show(bytes) {
    const scheme = schemeOf(root);
    const { header, payload } = unpack(bytes);
    const fresh = !state.plot || state.plot.id !== header.id;
    root.dataset.scheme = scheme;
    if (fresh) load(header, payload);
    state.plot.ink = header.colors[scheme].truth;
    state.plot.rest = header.colors[scheme].baseline;
    state.plot.ramp = header.ramps[scheme];
    recolor(state.colorBy, fresh);
  }

  function load(header, payload) {
    const before = state.plot;
    const read = (kind, entry) => new kind(payload.slice(entry.start, entry.start + entry.sizes[0]).buffer);
    const given = read(Float32Array, header.points), solid = header.dims === 3;
    const points = solid ? new Float32Array(2 * header.rows) : given;
    state.payload = payload;
    state.plot = {
      ...header, points, solid: solid ? given : null, bounds: solid ? boundsOfSolid(given) : boundsOf(points), group: header.group && read(Int32Array, header.group),
      at: header.films && read(Int32Array, header.films.at),
      columns: header.columns.map((column) => ({ ...column, data: read(column.names ? Uint32Array : Float64Array, column.data) })),
      fileRow: header.fileRow && read(Int32Array, header.fileRow),
      path: [], current: -1, hovered: -1, shown: null,
    };
    const names = header.columns.map((column) => column.name);
    if (!names.includes(state.colorBy)) state.colorBy = header.colorBy;
    select.replaceChildren(...names.map((name) => el("option", { value: name }, name)));
    select.value = state.colorBy;
    const named = solid ? [`drag to turn, Shift to move; ${header.axes.join(", ")}`] : header.axes;
    axes.forEach((axis, i) => { axis.textContent = named[i] ?? ""; });
    root.dataset.dims = header.dims;
    root.dataset.films = header.films ? "1" : "0";
    root.dataset.rows = header.rows;
    if (before?.table === header.table) return keep(before);
    state.row = -1;
    root.dataset.row = -1;
    state.solo.clear();
    state.taken = null;
    clip.clear(hint());
  }

  // The same rows on another map: the chosen point stays chosen, and its clip plays on.
  function keep({ path, current, film, columns }) {
    const kindsIn = (all) => JSON.stringify(all.find((column) => column.name === state.colorBy)?.names);
    if (kindsIn(columns) !== kindsIn(state.plot.columns)) state.solo.clear(); // what was shown alone is another kind now
    Object.assign(state.plot, { path, current, film });
  }

  function recolor(name, fit = false) {
    const { plot } = state;
    if (name !== state.colorBy) state.solo.clear(); // what was drawn around stays taken
    state.colorBy = name;
    root.dataset.colorBy = name;
    const column = columnOf();
    const painted = paintBy(column, plot);
    Object.assign(plot, painted, { shown: visible(column) });
    legend.show(state.plot, column, state.solo);
    taken.show(state.plot, state.taken);
    root.dataset.taken = state.taken ? countOf(state.taken) : 0;
    scatter.load(plot, fit);
  }

  function visible(column) {
    const { solo, taken: inside } = state;
    if (!solo.size || !column?.names) return inside;
    return Uint8Array.from(column.data, (code, row) => (!inside || inside[row]) && solo.has(Math.min(code, column.listed)));
  }

  function switchLasso() {
    const on = lasso.getAttribute("aria-pressed") !== "true";
    lasso.setAttribute("aria-pressed", on);
    scatter.drawLasso(on);
  }

  // What was drawn around; null lets go.
  function take(mask) {
    state.taken = mask && countOf(mask) ? mask : null;
    recolor(state.colorBy);
  }

  function solo(code) {
    if (!state.solo.delete(code)) state.solo.add(code);
    recolor(state.colorBy);
  }

  function hover({ row, x, y }) {
    const { plot } = state;
    if (!plot || plot.hovered === row) return;
    plot.hovered = row;
    scatter.draw();
    tip.hidden = row < 0;
    if (row < 0) return;
    words.textContent = describe(row);
    const right = x > stage.clientWidth / 2;
    tip.style.left = right ? "" : `${x + 14}px`;
    tip.style.right = right ? `${stage.clientWidth - x + 14}px` : "";
    tip.style.top = `${Math.max(0, Math.min(y - 20, stage.clientHeight - 96))}px`;
    thumb.hidden = !draw(row, thumb, () => plot.hovered === row);
  }

  // Draws the picture of a row; false where there is none.
  function draw(row, canvas, wanted = () => true) {
    const { plot } = state;
    if (!plot?.films || row >= plot.rows) return false;
    picturesOf(plot.at[row], plot.at[row] + 1).then(([picture]) => {
      if (wanted()) canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      picture.close();
    });
    return true;
  }

  function choose(row) {
    const { plot } = state;
    if (!plot) return;
    state.row = plot.current = row;
    plot.path = row < 0 || !plot.group ? [] : pathOf(row);
    root.dataset.row = row;
    if (row < 0) clip.clear(hint());
    else if (plot.films) playFrom(row);
    else clip.clear(describe(row));
    scatter.draw();
    map.report({ row, table: plot.table });
    live.textContent = row < 0 ? "" : `Chosen: ${describe(row)}`;
  }

  function playFrom(row) {
    const { plot } = state;
    const next = plot.films.starts.findIndex((start) => start > plot.at[row]);
    const [start, end] = [plot.films.starts[next - 1], plot.films.starts[next]];
    plot.film = start;
    clip.say(describe(row)); // words need not wait for pictures
    clip.show(picturesOf(start, end), plot.films.fps, plot.at[row] - start);
  }

  // The clip has come to a frame: the point of its path that was made of it, or the last one before.
  function follow(frame) {
    const { plot } = state;
    if (plot.path.length) plot.current = plot.path.findLast((row) => plot.at[row] <= plot.film + frame) ?? plot.path[0];
    root.dataset.current = plot.current;
    clip.say(describe(plot.current));
    scatter.draw();
  }

  // The rows of a clip in the order of time; where a frame has several (patches), those of the same place.
  function pathOf(chosen) {
    const { group, at, rows } = state.plot;
    const own = [];
    for (let row = 0; row < rows; row++) if (group[row] === group[chosen]) own.push(row);
    if (!at) return own;
    const [cells, first] = [own.filter((row) => at[row] === at[own[0]]).length, own.indexOf(chosen)];
    return own.filter((_, i) => (i - first) % cells === 0);
  }

  function picturesOf(from, to) {
    const { type, start, sizes } = state.plot.films.pictures;
    let at = start;
    for (let i = 0; i < from; i++) at += sizes[i];
    return decodeFrames(state.payload, { type, start: at, sizes: sizes.slice(from, to) });
  }

  function describe(row) {
    if (row < 0 || row >= state.plot.rows) return "";
    return state.plot.columns.map((column) => {
      const value = column.data[row];
      if (column.names) return column.names[value];
      const [, name, unit] = column.name.match(/^(.*?)(?: \((.*)\))?$/);
      return `${name} ${short(value)}${unit ? ` ${unit}` : ""}`;
    }).join(" · ");
  }

  const middle = () => nearestTo(state.plot, scatter.place, scatter.size().map((length) => length / 2));
  const step = (by) => (state.row < 0 ? choose(middle()) : clip.step(by));

  // To the clip before or after, or, where nobody knows of clips, to the row.
  function another(by) {
    const { plot, row } = state;
    if (row < 0) return choose(middle());
    const clips = plot.group ? plot.group.reduce((most, one) => Math.max(most, one), 0) + 1 : plot.rows;
    const next = ((plot.group ? plot.group[row] : row) + by + clips) % clips;
    choose(plot.group ? plot.group.indexOf(next) : next);
  }

  function dispose() {
    if (globalThis.worldscopeMap === map) delete globalThis.worldscopeMap;
    sizes.disconnect();
    clip.dispose();
    root.replaceChildren();
  }

  return map;
}
