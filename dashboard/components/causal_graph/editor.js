// A causal graph to draw: nodes are moved, joined, marked and taken out by mouse or by keyboard.

const instances = new WeakMap();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".causes");
  let editor = instances.get(parentElement);
  if (!editor) instances.set(parentElement, (editor = createEditor(root)));
  editor.report = (graph) => setTriggerValue("drawn", graph);
  editor.show(data);
  return () => instances.delete(parentElement);
}

function createEditor(root) {
  const name = el("input", { type: "text", placeholder: "name of a node", "aria-label": "Name of a new node", maxlength: 40 });
  const add = el("button", { type: "button", onclick: addNode }, "add node");
  const undo = el("button", { type: "button", onclick: takeBack, "aria-label": "Undo" }, "undo");
  const marks = el("span", { class: "marks" });
  const picture = svg("svg", { role: "group", "aria-label": "Graph to draw. Tab to a node; A starts an arrow and Enter on another node ends it, Delete removes." });
  const told = el("p", { class: "hint", "aria-live": "polite" });
  root.append(el("div", { class: "tools" }, name, add, undo, marks), picture, told);
  name.onkeydown = (event) => { if (event.key === "Enter") addNode(); };
  let graph = { nodes: [], edges: [] }, given = "", refused = 0, history = [], chosen = null, from = null, drag = null, hint = "";
  const self = { report: null, show };

  function show(data) {
    root.dataset.scheme = schemeOf(root);
    const text = JSON.stringify({ nodes: data.nodes, edges: data.edges });
    if (text !== given || data.refused !== refused) { // what was refused is taken back
      if (data.refused !== refused) history.pop();
      [given, refused] = [text, data.refused];
      graph = JSON.parse(text);
      if (chosen && !exists(chosen)) chosen = null;
    }
    draw();
    root.dataset.ready = "1";
  }

  const nodeOf = (id) => graph.nodes.find((node) => node.id === id);
  const exists = (what) => (what.node ? Boolean(nodeOf(what.node)) : graph.edges.some(([a, b]) => a === what.edge[0] && b === what.edge[1]));
  const at = (node) => ({ x: node.x * COLUMN + WIDE / 2 + 10, y: node.y * ROW + TALL / 2 + 14 });

  function draw() {
    const places = new Map(graph.nodes.map((node) => [node.id, at(node)]));
    if (!drag) { // while a hand moves a node, the ground stands still
      const box = graph.nodes.length ? boxOf(places, graph.edges) : { left: 0, top: 0, width: 400, height: 120 };
      picture.setAttribute("viewBox", `${box.left} ${box.top} ${Math.max(box.width + 20, 480)} ${Math.max(box.height + 10, 170)}`);
      picture.style.minWidth = `${Math.min(box.width * 0.62, 900)}px`;
    }
    const { node: focused, edge: held } = root.getRootNode().activeElement?.dataset ?? {};
    picture.replaceChildren(tipMark(), ...graph.edges.map((edge) => arrow(edge, places)), ...graph.nodes.map((node) => pill(node, places.get(node.id))));
    if (focused) picture.querySelector(`[data-node="${CSS.escape(focused)}"]`)?.focus();
    if (held) picture.querySelector(`[data-edge="${CSS.escape(held)}"]`)?.focus();
    undo.disabled = !history.length;
    marks.replaceChildren(...buttons());
    told.textContent = from ? `Arrow from ${from}: click the node that listens to it, or Escape.`
      : hint || (graph.nodes.length ? "Drag a node to move it, drag from its dot to another node to draw an arrow; click a node or an arrow to change it." : "Name a node and add it.");
    hint = "";
    root.dataset.edges = graph.edges.map((edge) => edge.join("->")).join(" ");
  }

  const tipMark = () => svg("defs", {}, svg("marker", { id: "tip", viewBox: "0 0 10 10", refX: 8, refY: 5, markerWidth: 7, markerHeight: 7, orient: "auto" },
    svg("path", { d: "M0,0 L10,5 L0,10 z", fill: "context-stroke" })));

  function arrow(edge, places) {
    const { path } = arrowOf(places.get(edge[0]), places.get(edge[1]), places);
    const here = chosen?.edge && chosen.edge[0] === edge[0] && chosen.edge[1] === edge[1];
    return svg("g", { class: `arrow ${here ? "chosen" : ""}`, tabindex: 0, "data-edge": edge.join("->"), role: "button", "aria-label": `arrow from ${edge[0]} to ${edge[1]}`,
      onclick: () => choose({ edge }), onkeydown: (event) => onKey(event, { edge }) },
    svg("path", { class: "grip", d: path }), svg("path", { d: path, "marker-end": "url(#tip)" }));
  }

  function pill(node, place) {
    const lines = linesOf(node.label);
    const badge = [node.role, node.hidden ? "not measured" : ""].filter(Boolean).join(", ");
    const group = svg("g", { class: `node ${node.hidden ? "hidden" : ""} ${node.role} ${chosen?.node === node.id ? "set" : ""}`, "data-node": node.id,
      role: "button", tabindex: 0, "aria-label": `${node.label}${badge ? `, ${badge}` : ""}`, onkeydown: (event) => onKey(event, { node: node.id }) },
    svg("rect", { x: place.x - WIDE / 2, y: place.y - TALL / 2, width: WIDE, height: TALL, rx: 14 }),
    badgeOf(badge, place),
    ...lines.map((line, i) => svg("text", { class: "name", x: place.x, y: place.y + 5 + below(badge) + (lines.length > 1 ? 16 * i - 8 : 0) }, line)));
    const dot = svg("circle", { class: "dot", cx: place.x + WIDE / 2, cy: place.y, r: 7 });
    group.append(dot);
    group.onpointerdown = (event) => begin(event, node, event.target === dot);
    return group;
  }

  // A point of the drawing under the pointer.
  function pointOf(event) {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse());
    return { x: point.x, y: point.y };
  }

  const under = (point) => graph.nodes.find((node) => Math.abs(at(node).x - point.x) < WIDE / 2 && Math.abs(at(node).y - point.y) < TALL / 2);

  function begin(event, node, joining) {
    event.preventDefault();
    if (from && from !== node.id) return join(from, node.id);
    picture.querySelector(`[data-node="${CSS.escape(node.id)}"]`)?.focus();
    const start = pointOf(event);
    drag = { node, joining, start, was: { x: node.x, y: node.y }, moved: false };
    picture.setPointerCapture(event.pointerId);
    picture.onpointermove = moveOn;
    picture.onpointerup = end;
  }

  function moveOn(event) {
    const point = pointOf(event);
    drag.moved ||= Math.hypot(point.x - drag.start.x, point.y - drag.start.y) > 4;
    if (!drag.moved) return;
    if (drag.joining) {
      picture.querySelector(".pull")?.remove();
      const here = at(drag.node);
      picture.append(svg("path", { class: "pull", d: `M${here.x + WIDE / 2},${here.y} L${point.x},${point.y}` }));
    } else {
      const node = nodeOf(drag.node.id);
      node.x = Math.max(0, drag.was.x + (point.x - drag.start.x) / COLUMN);
      node.y = Math.max(0, drag.was.y + (point.y - drag.start.y) / ROW);
      draw();
    }
  }

  function end(event) {
    picture.onpointermove = picture.onpointerup = null;
    const { node, joining, moved, was } = drag, target = under(pointOf(event));
    drag = null;
    if (joining && moved && target && target.id !== node.id) return join(node.id, target.id);
    if (joining && moved) return draw();
    if (!moved) return choose({ node: node.id });
    const moving = nodeOf(node.id), now = { x: moving.x, y: moving.y };
    Object.assign(moving, was); // so that undo knows where it was
    change(() => Object.assign(nodeOf(node.id), now));
  }

  function onKey(event, what) {
    if (event.key === "Enter" || event.key === " ") {
      if (from && what.node && what.node !== from) join(from, what.node);
      else choose(what);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      chosen = what;
      remove();
    } else if (event.key.toLowerCase() === "a" && what.node) {
      from = what.node;
      draw();
    } else if (event.key === "Escape") {
      [from, chosen] = [null, null];
      draw();
    } else return;
    event.preventDefault();
  }

  function choose(what) {
    chosen = what;
    from = null;
    draw();
  }

  function buttons() {
    if (!chosen || !exists(chosen)) return [];
    const button = (label, act) => el("button", { type: "button", onclick: act }, label);
    if (chosen.edge) return [button("turn round", turn), button("remove arrow", remove)];
    const node = nodeOf(chosen.node);
    const mark = (role) => () => change(() => graph.nodes.forEach((one) => {
      if (one.id === chosen.node) one.role = one.role === role ? "" : role;
      else if (one.role === role) one.role = "";
    }));
    return [button("arrow to…", () => { from = chosen.node; draw(); }), button(node.hidden ? "measured" : "not measured", () => change(() => { nodeOf(chosen.node).hidden = !node.hidden; })),
      button("exposure", mark("exposure")), button("outcome", mark("outcome")), button("remove", remove)];
  }

  // Every change can be undone, and is told.
  function change(act) {
    history.push(JSON.stringify(graph));
    act();
    tell();
  }

  function tell() {
    draw();
    given = JSON.stringify(graph);
    self.report(graph);
  }

  function takeBack() {
    graph = JSON.parse(history.pop());
    tell();
  }

  function addNode() {
    const label = name.value.trim();
    if (!label || graph.nodes.some((node) => node.id === label)) {
      hint = label ? `There is a node called ${label} already.` : "Write a name first.";
      draw();
      return name.focus();
    }
    change(() => graph.nodes.push({ id: label, label, x: (graph.nodes.length % 3), y: Math.max(-1, ...graph.nodes.map((node) => Math.ceil(node.y))) + 1, hidden: false, role: "" }));
    name.value = "";
  }

  function join(a, b) {
    from = null;
    if (graph.edges.some(([one, other]) => one === a && other === b)) return draw();
    change(() => graph.edges.push([a, b]));
  }

  const turn = () => change(() => {
    const [a, b] = chosen.edge;
    graph.edges = graph.edges.map((edge) => (edge[0] === a && edge[1] === b ? [b, a] : edge));
    chosen = { edge: [b, a] };
  });

  const remove = () => change(() => {
    if (chosen.edge) graph.edges = graph.edges.filter(([a, b]) => a !== chosen.edge[0] || b !== chosen.edge[1]);
    else {
      graph.nodes = graph.nodes.filter((node) => node.id !== chosen.node);
      graph.edges = graph.edges.filter((edge) => !edge.includes(chosen.node));
    }
    chosen = null;
  });

  return self;
}
