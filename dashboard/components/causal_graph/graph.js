// A causal graph to act on. Clicking a node, or Enter on it, sets it from outside: the arrows into it are cut.

const instances = new WeakMap();
const QUIET_MS = 90; // between two reports while a slider moves

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".causes");
  let graph = instances.get(parentElement);
  if (!graph) instances.set(parentElement, (graph = createGraph(root)));
  graph.report = (node, value) => setTriggerValue("act", { node, value });
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
  let shown = null, narrow = null, parts = { nodes: new Map(), edges: new Map() }, waiting = null, latest = null;
  const sliders = new Map();
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
    const places = placesOf(shown.nodes, narrow), { left, top, width, height } = boxOf(places, shown.edges);
    picture.setAttribute("viewBox", `${left} ${top} ${width} ${height}`);
    picture.style.maxWidth = `${width * 1.15}px`;
    picture.style.minWidth = `${Math.min(width * 0.62, 900)}px`; // a large graph is scrolled, not shrunk
    parts = { nodes: new Map(), edges: new Map() };
    const arrows = shown.edges.map(([from, to]) => makeArrow(from, to, places));
    picture.replaceChildren(tip(), ...arrows, ...shown.nodes.map((node) => makeNode(node, places.get(node.id))));
    sliders.clear();
    knobs.replaceChildren();
    update();
    root.dataset.ready = "1";
  }

  const tip = () => svg("defs", {}, svg("marker", { id: "tip", viewBox: "0 0 10 10", refX: 8, refY: 5, markerWidth: 7, markerHeight: 7, orient: "auto" },
    svg("path", { d: "M0,0 L10,5 L0,10 z", fill: "context-stroke" })));

  function makeArrow(from, to, places) {
    const { path, middle } = arrowOf(places.get(from), places.get(to), places);
    const scissors = svg("text", { class: "scissors", x: middle.x, y: middle.y + 6, "text-anchor": "middle", "aria-hidden": "true" }, "✂");
    const group = svg("g", { class: "arrow" }, svg("path", { d: path, "marker-end": "url(#tip)" }), scissors);
    parts.edges.set(`${from}\n${to}`, group);
    return group;
  }

  function makeNode(node, at) {
    const lines = linesOf(node.label), words = node.hidden ? "not measured" : node.role, middle = at.y + below(words);
    const name = lines.map((line, i) => svg("text", { class: "name", x: at.x, y: middle + (lines.length > 1 ? 15 * i - 10 : -3) }, line));
    const told = svg("text", { class: "told", x: at.x, y: middle + 19 });
    const box = svg("rect", { x: at.x - WIDE / 2, y: at.y - TALL / 2, width: WIDE, height: TALL, rx: 14 });
    const group = svg("g", { class: `node ${node.hidden ? "hidden" : ""} ${node.role}`, "data-node": node.id }, box, badgeOf(words, at), ...name, told);
    if (node.knob) fill(group, { role: "button", tabindex: 0, onclick: () => toggle(node.id), onkeydown: (event) => pressed(event, node.id) }, []);
    parts.nodes.set(node.id, { group, told });
    return group;
  }

  const nodeOf = (id) => shown.nodes.find((node) => node.id === id);

  function update() {
    for (const node of shown.nodes) {
      const { group, told } = parts.nodes.get(node.id), set = node.set !== null;
      group.classList.toggle("set", set);
      told.textContent = set ? `do(${number(node.set)})` : node.told;
      told.classList.toggle("changed", !set && node.changed);
      if (!node.knob) continue;
      group.setAttribute("aria-pressed", String(set));
      group.setAttribute("aria-label", `${node.label}${node.role ? `, ${node.role}` : ""}${node.hidden ? ", not measured" : ""}: ${set ? `set to ${number(node.set)}` : node.told}`);
    }
    for (const [from, to] of shown.edges) parts.edges.get(`${from}\n${to}`).classList.toggle("cut", nodeOf(to).set !== null);
    for (const node of shown.nodes) placeSlider(node);
    root.dataset.set = shown.nodes.filter((node) => node.set !== null).map((node) => `${node.id}=${number(node.set)}`).join(" ");
  }

  function placeSlider(node) {
    const have = sliders.get(node.id);
    if (node.set === null || !node.knob) {
      have?.line.remove();
      sliders.delete(node.id);
      return;
    }
    if (have) {
      if (root.getRootNode().activeElement !== have.input) have.input.value = node.set; // else a hand is on it
      have.value.textContent = number(have.input.valueAsNumber);
      return;
    }
    const value = el("output", {}, number(node.set));
    const { low, high, step } = node.knob;
    const input = el("input", { type: "range", min: low, max: high, step, "aria-label": `${node.label}, set to` });
    input.value = node.set;
    input.oninput = () => { value.textContent = number(input.valueAsNumber); change(node.id, input.valueAsNumber); };
    const free = el("button", { type: "button", onclick: () => toggle(node.id), "aria-label": `Leave ${node.label} to its causes` }, "✕");
    const line = el("label", { class: "knob" }, el("span", {}, `do(${node.label})`), input, value, free);
    knobs.append(line);
    sliders.set(node.id, { line, input, value });
  }

  function toggle(id) {
    const node = nodeOf(id);
    act(id, node.set === null ? node.knob.start : null);
  }

  function pressed(event, id) {
    const node = nodeOf(id), turn = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1 }[event.key];
    if (event.key === "Enter" || event.key === " ") toggle(id);
    else if (turn && node.set !== null) {
      const { low, high, step } = node.knob;
      act(id, clamp(Math.round((node.set + turn * step) / step) * step, low, high));
    } else return;
    event.preventDefault();
  }

  // The page is told at once, and shows what it makes of it a moment later.
  function act(id, value) {
    clearTimeout(waiting);
    waiting = null;
    nodeOf(id).set = value;
    update();
    self.report(id, value);
  }

  function change(id, value) {
    nodeOf(id).set = value;
    update();
    latest = [id, value];
    waiting ??= setTimeout(() => { waiting = null; self.report(...latest); }, QUIET_MS); // while a hand moves, too
  }

  const number = (value) => String(Number(value.toPrecision(3)));
  return self;
}
