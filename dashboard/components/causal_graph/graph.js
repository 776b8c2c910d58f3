// A causal graph to act on. Clicking a node, or Enter on it, sets it from outside: the arrows into it are cut. Under the
// graph, each node that is acted on has a row with the kind of intervention and what it is by.

const instances = new WeakMap();
const QUIET_MS = 90; // between two reports while a slider moves
const KINDS = { set: ["set to", "set to"], shift: ["shift by", "shifted by"], chance: ["draw by chance", "chance of 1"], listen: ["listen to", "listens to"] };

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".causes");
  let graph = instances.get(parentElement);
  if (!graph) instances.set(parentElement, (graph = createGraph(root)));
  graph.report = (node, kind, by) => setTriggerValue("act", { node, kind, by });
  graph.show(data);
  return () => {
    graph.dispose();
    instances.delete(parentElement);
  };
}

function createGraph(root) {
  const picture = svg("svg", { role: "group", "aria-label": "Causal graph. Tab to a node; Enter sets it or leaves it alone, arrow keys change its value." });
  const knobs = el("div", { class: "knobs" });
  root.append(picture, knobs);
  let shown = null, narrow = null, places = null, parts = { nodes: new Map(), edges: new Map() }, waiting = null, latest = null;
  const added = svg("g", { class: "added" }), rows = new Map();
  const watcher = new ResizeObserver(() => shown && isNarrow() !== narrow && build());
  watcher.observe(root);
  const self = { report: null, show, dispose: () => watcher.disconnect() };
  const isNarrow = () => root.clientWidth > 0 && root.clientWidth < NARROW;

  function show(data) {
    const same = shown && shapeOf(data) === shapeOf(shown);
    root.dataset.scheme = schemeOf(root);
    shown = data;
    if (!same) build();
    else update();
  }

  const shapeOf = (data) => JSON.stringify([data.nodes.map((n) => [n.id, n.label, n.x, n.y, n.role, n.hidden]), data.edges]);

  function build() {
    narrow = isNarrow();
    places = placesOf(shown.nodes, narrow);
    const { left, top, width, height } = boxOf(places, shown.edges);
    picture.setAttribute("viewBox", `${left} ${top} ${width} ${height}`);
    picture.style.maxWidth = `${width * 1.15}px`;
    picture.style.minWidth = `${Math.min(width * 0.62, 900)}px`; // a large graph is scrolled, not shrunk
    parts = { nodes: new Map(), edges: new Map() };
    const arrows = shown.edges.map(([from, to]) => makeArrow(from, to));
    picture.replaceChildren(tip(), ...arrows, added, ...shown.nodes.map((node) => makeNode(node, places.get(node.id))));
    rows.clear();
    knobs.replaceChildren();
    update();
    root.dataset.ready = "1";
  }

  const tip = () => svg("defs", {}, svg("marker", { id: "tip", viewBox: "0 0 10 10", refX: 8, refY: 5, markerWidth: 7, markerHeight: 7, orient: "auto" },
    svg("path", { d: "M0,0 L10,5 L0,10 z", fill: "context-stroke" })));

  function makeArrow(from, to) {
    const { path, middle } = arrowOf(places.get(from), places.get(to), places);
    const scissors = svg("text", { class: "scissors", x: middle.x, y: middle.y + 6, "text-anchor": "middle", "aria-hidden": "true" }, "✂");
    const group = svg("g", { class: "arrow" }, svg("path", { d: path, "marker-end": "url(#tip)" }), scissors);
    parts.edges.set(`${from}\n${to}`, group);
    return group;
  }

  function makeNode(node, at) {
    const lines = linesOf(node.label), words = node.hidden ? "not measured" : node.role, middle = at.y + below(words);
    const name = lines.map((line, i) => svg("text", { class: "name", x: at.x, y: middle + (lines.length > 1 ? 15 * i - 10 : -3) }, line));
    const told = svg("text", { class: "told", x: at.x, y: middle + 19 }), spelled = svg("title");
    const box = svg("rect", { x: at.x - WIDE / 2, y: at.y - TALL / 2, width: WIDE, height: TALL, rx: 14 });
    const group = svg("g", { class: `node ${node.hidden ? "hidden" : ""} ${node.role}`, "data-node": node.id }, spelled, box, badgeOf(words, at), ...name, told);
    if (canBeActedOn(node)) fill(group, { role: "button", tabindex: 0, onclick: () => toggle(node.id), onkeydown: (event) => pressed(event, node.id) }, []);
    parts.nodes.set(node.id, { group, told, spelled });
    return group;
  }

  const nodeOf = (id) => shown.nodes.find((node) => node.id === id);
  const canBeActedOn = (node) => Object.keys(node.knobs).length > 0;
  const kindsOf = (node) => Object.keys(KINDS).filter((kind) => kind in node.knobs || (kind === "listen" && node.line !== null));
  const heardBy = (id) => shown.edges.filter(([, to]) => to === id).map(([from]) => from);

  // A shift cuts nothing; what listens to something else keeps the arrows from what it still hears.
  function isCut(from, act) {
    return act !== null && act.kind !== "shift" && !(act.kind === "listen" && act.heard.includes(from));
  }

  function update() {
    for (const node of shown.nodes) showNode(node, parts.nodes.get(node.id));
    for (const [from, to] of shown.edges) parts.edges.get(`${from}\n${to}`).classList.toggle("cut", isCut(from, nodeOf(to).act));
    const fresh = shown.nodes.flatMap(({ id, act }) => (act?.heard ?? []).filter((from) => !heardBy(id).includes(from)).map((from) => [from, id]));
    added.replaceChildren(...fresh.map(([from, to]) => svg("g", { class: "arrow fresh" },
      svg("path", { d: arrowOf(places.get(from), places.get(to), places).path, "marker-end": "url(#tip)" }))));
    for (const node of shown.nodes) placeRow(node);
    root.dataset.set = shown.nodes.filter(({ act }) => act).map(({ id, act }) => `${id}${act.kind === "set" ? "" : `:${act.kind}`}=${said(act.by)}`).join(" ");
  }

  function showNode(node, { group, told, spelled }) {
    const { act } = node, value = act?.kind === "set" ? `do(${number(act.by)})` : node.told;
    group.classList.toggle("set", act !== null);
    told.textContent = value;
    told.classList.toggle("changed", act === null && node.changed);
    spelled.textContent = node.spelled;
    if (!canBeActedOn(node)) return;
    const state = act === null ? "" : `${KINDS[act.kind][1]} ${said(act.by)}`, now = act?.kind === "set" ? "" : node.spelled || node.told;
    group.setAttribute("aria-pressed", String(act !== null));
    group.setAttribute("aria-label", `${node.label}${node.role ? `, ${node.role}` : ""}${node.hidden ? ", not measured" : ""}: ${[state, now].filter(Boolean).join(", ")}`);
  }

  function placeRow(node) {
    const { act } = node;
    if (act === null || !canBeActedOn(node)) {
      rows.get(node.id)?.line.remove();
      rows.delete(node.id);
      return;
    }
    if (!rows.has(node.id)) rows.set(node.id, makeRow(node));
    const row = rows.get(node.id);
    if (row.kind !== act.kind) {
      row.kind = row.how.value = act.kind;
      row.follow = act.kind === "listen" ? makeLine(row, node) : makeSlider(row, node);
    }
    row.follow(act.by);
  }

  function makeRow(node) {
    const how = el("select", { "aria-label": `How ${node.label} is acted on` }, ...kindsOf(node).map((kind) => el("option", { value: kind }, KINDS[kind][0])));
    how.onchange = () => act(node.id, startOf(nodeOf(node.id), how.value));
    const by = el("span", { class: "by" });
    const free = el("button", { type: "button", onclick: () => act(node.id, null), "aria-label": `Leave ${node.label} to its causes` }, "✕");
    const line = el("div", { class: "knob" }, el("span", { class: "who" }, node.label), how, by, free);
    knobs.append(line);
    return { line, how, by, kind: null, follow: null };
  }

  // What listens to something else starts from what it listens to by itself.
  const startOf = (node, kind) => (kind === "listen" ? { kind, by: node.line, heard: heardBy(node.id) } : { kind, by: node.knobs[kind].start, heard: [] });

  function makeSlider(row, node) {
    const { kind } = row, { low, high, step } = node.knobs[kind], value = el("output");
    const input = el("input", { type: "range", min: low, max: high, step, "aria-label": `${node.label}, ${KINDS[kind][1]}` });
    input.oninput = () => { value.textContent = number(input.valueAsNumber); change(node.id, kind, input.valueAsNumber); };
    row.by.replaceChildren(input, value);
    return (by) => {
      if (root.getRootNode().activeElement !== input) input.value = by; // else a hand is on it
      value.textContent = number(input.valueAsNumber);
    };
  }

  // What is typed is shown as it was until the page has read it: it may be refused, and stays to be mended.
  function makeLine(row, node) {
    const names = `Nodes are called ${shown.nodes.map(({ id }) => id).join(", ")}. Enter takes it.`;
    const input = el("input", { type: "text", maxlength: 500, spellcheck: "false", title: names, "aria-label": `${node.label}, ${KINDS.listen[1]}` });
    let last = null;
    input.onchange = () => self.report(node.id, "listen", input.value);
    row.by.replaceChildren(input);
    return (by) => {
      if (by !== last) input.value = last = by;
    };
  }

  function toggle(id) {
    const node = nodeOf(id);
    act(id, node.act === null ? startOf(node, "set") : null);
  }

  function pressed(event, id) {
    const node = nodeOf(id), turn = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1 }[event.key];
    const knob = node.knobs[node.act?.kind];
    if (event.key === "Enter" || event.key === " ") toggle(id);
    else if (turn && knob) act(id, { ...node.act, by: clamp(Math.round((node.act.by + turn * knob.step) / knob.step) * knob.step, knob.low, knob.high) });
    else return;
    event.preventDefault();
  }

  // The page is told at once, and shows what it makes of it a moment later.
  function act(id, to) {
    clearTimeout(waiting);
    waiting = null;
    nodeOf(id).act = to;
    update();
    self.report(id, to?.kind ?? null, to?.by ?? null);
  }

  function change(id, kind, by) {
    nodeOf(id).act = { kind, by, heard: [] };
    update();
    latest = [id, kind, by];
    waiting ??= setTimeout(() => { waiting = null; self.report(...latest); }, QUIET_MS); // while a hand moves, too
  }

  const said = (by) => (typeof by === "number" ? number(by) : by);
  const number = (value) => String(Number(value.toPrecision(3)));
  return self;
}
