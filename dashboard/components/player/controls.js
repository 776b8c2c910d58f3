// The controls: buttons, scrubber, speed and read-outs. They only call `act`; the player decides.

const SPEEDS = [0.25, 0.5, 1, 2];
const ICONS = {
  play: "M5 3.2v13.6L17 10z",
  pause: "M4.5 3.5h4v13h-4zM11.5 3.5h4v13h-4z",
  back: "M13.5 4v12L6.5 10zM4.5 4h2v12h-2z",
  forward: "M6.5 4v12l7-6zM13.5 4h2v12h-2z",
};

function icon(name) {
  return svg("svg", { viewBox: "0 0 20 20", width: 18, height: 18, "aria-hidden": "true" },
    svg("path", { d: ICONS[name], fill: "currentColor" }));
}

function makeControls(act) {
  const button = (name, label, onclick) => el("button", { type: "button", class: name, "aria-label": label,
    title: label, onclick }, icon(name === "toggle" ? "play" : name));
  const toggle = button("toggle", "Play", act.toggle);
  const range = el("input", { type: "range", min: 0, step: 1, "aria-label": "Frame",
    oninput: () => act.scrub(Number(range.value)) });
  const ticks = el("div", { class: "ticks" });
  const seen = el("div", { class: "seen" });
  const played = el("div", { class: "played" });
  const now = el("span", { class: "now", "data-testid": "time" });
  const end = el("span", { class: "end" });
  const speed = el("select", { "aria-label": "Speed", onchange: () => act.speed(Number(speed.value)) },
    ...SPEEDS.map((s) => el("option", { value: s }, `${s}\u00d7`)));
  const marks = el("button", { type: "button", class: "marks", onclick: act.marks }, "Read-outs");
  const bar = el("div", { class: "controls" },
    el("div", { class: "buttons" }, toggle, button("back", "One frame back", () => act.step(-1)),
      button("forward", "One frame forward", () => act.step(1))),
    el("span", { class: "time" }, now, el("span", { class: "quiet" }, " / "), end),
    el("div", { class: "scrubber" }, el("div", { class: "track" }, seen, played), range, ticks),
    el("div", { class: "options" }, speed, marks));
  return { bar, toggle, range, ticks, seen, played, now, end, speed, marks };
}

// The thumb's centre does not reach the ends of the track, so positions are measured between its extreme centres.
function place(share) {
  return `calc(var(--thumb) / 2 + (100% - var(--thumb)) * ${share})`;
}

function loadControls(controls, film, seek) {
  const last = Math.max(film.frames - 1, 1);
  controls.range.max = film.frames - 1;
  controls.seen.style.width = film.context ? place((film.context - 1) / last) : "0";
  controls.end.textContent = seconds(film, film.frames - 1);
  // Ticks are for the pointer; with the keyboard every frame is reachable, so they stay out of the tab order.
  controls.ticks.replaceChildren(...film.events.map((event) => el("button", {
    type: "button", class: "tick", tabindex: -1, "data-frame": event.frame,
    style: `left: ${place(event.frame / last)}; --tick: var(--role-${event.role})`,
    "aria-label": `${event.label} at ${seconds(film, event.frame)}`,
    onclick: () => {
      seek(event.frame);
      controls.range.focus({ preventScroll: true }); // so that the arrow keys go on from here
    },
  }, el("span", { class: "tip" }, event.label))));
  controls.bar.hidden = film.frames < 2;
  controls.marks.hidden = !film.tiles.some((tile) => tile.marks.length);
}

function updateControls(controls, state) {
  const { film, frame, playing } = state;
  const last = Math.max(film.frames - 1, 1);
  controls.range.value = frame;
  controls.range.setAttribute("aria-valuetext", [spokenTime(film, frame), ...eventsAt(film, frame)].join(", "));
  controls.played.style.width = place(frame / last);
  controls.now.textContent = seconds(film, frame);
  controls.speed.value = state.speed;
  controls.marks.setAttribute("aria-pressed", state.showMarks);
  if (controls.toggle.dataset.playing !== String(playing)) {
    controls.toggle.dataset.playing = playing;
    controls.toggle.replaceChildren(icon(playing ? "pause" : "play"));
    for (const name of ["aria-label", "title"]) controls.toggle.setAttribute(name, playing ? "Pause" : "Play");
  }
  // An event keeps its label on show for a short while, so that it can be read while the film runs.
  const linger = playing ? Math.ceil(film.fps * 0.4) : 0;
  // Only the newest: the labels of neighbours would lie over each other.
  const newest = Math.max(...film.events.map((event) => event.frame).filter((at) => at <= frame));
  for (const tick of controls.ticks.children) {
    tick.classList.toggle("active", Number(tick.dataset.frame) === newest && frame - newest <= linger);
  }
}

// Seconds ahead of the last frame that the models saw: negative inside the context.
function aheadOf(film, frame) {
  return (frame - Math.max(film.context - 1, 0)) / film.fps;
}

function seconds(film, frame) {
  const digits = film.fps > 20 ? 2 : 1;
  return `${aheadOf(film, frame).toFixed(digits).replace(/^-(0\.0+)$/, "$1").replace("-", "\u2212")} s`;
}

function spokenTime(film, frame) {
  if (frame < film.context) return `seen frame ${frame + 1} of ${film.context}`;
  return film.context ? `${seconds(film, frame)} ahead` : seconds(film, frame);
}

function eventsAt(film, frame) {
  return film.events.filter((event) => event.frame === frame).map((event) => event.label);
}
