// The player: one state, one clock. Streamlit calls the default export again for new data and for a new theme.

const instances = new WeakMap();
const END_REST = 0.8; // seconds that the last frame stays before the loop starts again

export default function (component) {
  const { data, parentElement } = component;
  const root = parentElement.querySelector(".player");
  let player = instances.get(parentElement);
  if (!player) instances.set(parentElement, (player = createPlayer(root)));
  if (data) player.show(data);
  return () => {
    player.dispose();
    instances.delete(parentElement);
  };
}

function createPlayer(root) {
  const state = { film: null, frame: 0, playing: false, speed: 1, showMarks: true, colors: null, once: false };
  const row = el("div", { class: "tiles" });
  const live = el("div", { class: "hidden-text", "aria-live": "polite" });
  let tiles = [];
  let clock = 0; // handle of the animation frame
  let elapsed = 0; // seconds of film time since the frame changed
  let touched = false; // autoplay must never overrule a person
  let wanted = ""; // digest of the newest film asked for

  const act = {
    toggle: () => play(!state.playing),
    step: (by) => { play(false); seek((state.frame + by + state.film.frames) % state.film.frames); },
    scrub: (frame) => { play(false); seek(frame); },
    speed: (value) => { touched = true; state.speed = value; render(); },
    marks: () => { touched = true; state.showMarks = !state.showMarks; render(); },
  };
  const controls = makeControls(act);
  const chart = makeChart(act);
  root.append(row, controls.bar, chart.card, live);
  fill(root, { tabindex: 0, role: "group",
    "aria-label": "Film player. Space plays, arrow keys step, M shows read-outs." }, []);
  root.onkeydown = (event) => handleKey(event, state, act);

  const sizes = new ResizeObserver(resize);
  const sight = new IntersectionObserver(autoplay, { threshold: 0.3 });

  async function show(bytes) {
    const { header, payload } = unpack(bytes);
    paint(header);
    if (header.id === wanted) return;
    wanted = header.id;
    const pictures = await Promise.all(header.tiles.map((tile) => decodeFrames(payload, tile.images)));
    if (wanted !== header.id) return closeAll(pictures); // a newer film overtook this one, or the player is gone
    load(header, pictures);
  }

  function paint(film) {
    const scheme = schemeOf(root);
    root.dataset.scheme = scheme;
    state.colors = film.colors[scheme];
    for (const [role, [line, text]] of Object.entries(state.colors)) {
      root.style.setProperty(`--role-${role}`, line);
      root.style.setProperty(`--text-${role}`, text);
    }
    if (state.film) render();
  }

  function load(film, pictures) {
    const first = state.film === null;
    if (first || state.film.frames !== film.frames) state.frame = Math.min(film.context, film.frames - 1);
    closeAll(tiles.map((tile) => tile.bitmaps));
    state.film = film;
    tiles = film.tiles.map((spec, i) => makeTile(spec, pictures[i], i, act.toggle));
    row.style.setProperty("--count", tiles.length);
    row.replaceChildren(...tiles.map((tile) => tile.card));
    root.dataset.frames = film.frames;
    root.dataset.values = film.tiles.some((tile) => tile.values || tile.marks.length);
    loadControls(controls, film, act.scrub);
    resize();
    sizes.observe(row);
    if (first) sight.observe(row);
  }

  function resize() {
    const ratio = window.devicePixelRatio || 1;
    for (const { canvas } of tiles) canvas.width = canvas.height = Math.max(1, Math.round(canvas.clientWidth * ratio));
    // A row that scrolls must be reachable with the keyboard.
    row.toggleAttribute("tabindex", false);
    if (row.scrollWidth > row.clientWidth + 1) row.setAttribute("tabindex", "0");
    drawChart(chart, state.film);
    render();
  }

  function render() {
    root.dataset.frame = state.frame;
    root.dataset.playing = state.playing;
    root.dataset.marks = state.showMarks;
    tiles.forEach((tile) => drawTile(tile, state));
    updateControls(controls, state);
    updateChart(chart, state);
    live.setAttribute("aria-live", state.playing ? "off" : "polite");
    if (!state.playing) live.textContent = spoken(state);
  }

  function seek(frame) {
    state.frame = clamp(frame, 0, state.film.frames - 1);
    elapsed = 0;
    render();
  }

  function play(on) {
    touched = true;
    state.once = false;
    run(on);
  }

  function run(on) {
    cancelAnimationFrame(clock);
    state.playing = on;
    elapsed = 0;
    if (on && state.frame === state.film.frames - 1) state.frame = 0;
    render();
    if (on) clock = requestAnimationFrame((now) => tick(now, now));
  }

  function tick(now, before) {
    const { film } = state;
    elapsed += Math.min((now - before) / 1000, 0.25) * state.speed; // a tab that slept does not jump
    const atEnd = state.frame === film.frames - 1;
    if (atEnd && state.once) return run(false);
    if (elapsed >= (atEnd ? END_REST : 1 / film.fps)) {
      const steps = atEnd ? 1 : Math.floor(elapsed * film.fps + 1e-6);
      elapsed = atEnd ? 0 : elapsed - steps / film.fps;
      state.frame = atEnd ? 0 : Math.min(state.frame + steps, film.frames - 1);
      render();
    }
    clock = requestAnimationFrame((next) => tick(next, now));
  }

  // Plays to the end once when first seen, unless a person was quicker or asks for less motion.
  function autoplay(entries) {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    sight.disconnect();
    if (touched || reducedMotion() || state.film.frames < 2) return;
    state.once = true;
    run(true);
  }

  function dispose() {
    wanted = "";
    touched = true;
    cancelAnimationFrame(clock);
    sizes.disconnect();
    sight.disconnect();
    closeAll(tiles.map((tile) => tile.bitmaps));
    root.replaceChildren();
  }

  return { show, dispose };
}

function closeAll(pictures) {
  for (const bitmap of pictures.flat()) bitmap.close();
}

function spoken({ film, frame }) {
  const values = film.tiles.filter((tile) => tile.values)
    .map((tile) => `${tile.title}: ${valueText(tile, frame, frame < film.context)}`);
  return [spokenTime(film, frame), ...eventsAt(film, frame), ...values].join(". ");
}

function handleKey(event, state, act) {
  if (!state.film || event.ctrlKey || event.metaKey || event.altKey) return;
  const tag = event.target.tagName;
  if (tag === "SELECT") return event.stopPropagation(); // its own keys, but not the app's shortcuts
  if (tag === "BUTTON" && event.key === " ") return event.stopPropagation();
  const faster = (by) => act.speed(SPEEDS[clamp(SPEEDS.indexOf(state.speed) + by, 0, SPEEDS.length - 1)]);
  const keys = {
    " ": act.toggle, k: act.toggle, m: act.marks,
    ArrowLeft: () => act.step(-1), ",": () => act.step(-1), ArrowRight: () => act.step(1), ".": () => act.step(1),
    Home: () => act.scrub(0), End: () => act.scrub(state.film.frames - 1),
    "+": () => faster(1), "=": () => faster(1), "-": () => faster(-1),
  };
  const handler = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!handler) return;
  event.preventDefault();
  event.stopPropagation();
  handler();
}
