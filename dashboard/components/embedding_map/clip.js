// The clip behind the chosen point: its picture, a scrubber and a play button on one clock.

function makeClip(act) {
  const canvas = el("canvas", { class: "picture", width: 64, height: 64, "aria-hidden": "true" });
  const told = el("p", { class: "told" });
  const toggle = el("button", { class: "toggle", type: "button", "aria-label": "Play", onclick: () => play(!playing) }, "▶");
  const scrubber = el("input", { type: "range", min: 0, value: 0, step: 1, "aria-label": "Frame of the clip" });
  const bar = el("div", { class: "bar" }, toggle, scrubber);
  const card = el("div", { class: "clip" }, canvas, bar, told);
  let film = null; // { pictures: ImageBitmap[], fps }
  let playing = false, at = 0, clock = 0, before = 0, wanted = 0;
  scrubber.oninput = () => { play(false); seek(Number(scrubber.value)); };
  bar.hidden = true;

  async function show(decoding, fps, start) {
    const mine = ++wanted;
    const pictures = await decoding;
    if (mine !== wanted) return pictures.forEach((picture) => picture.close());
    close();
    film = { pictures, fps };
    [canvas.width, canvas.height] = [pictures[0].width, pictures[0].height];
    scrubber.max = pictures.length - 1;
    bar.hidden = pictures.length < 2;
    canvas.dataset.ready = "1";
    seek(start);
    play(pictures.length > 1 && !reducedMotion());
  }

  function seek(frame) {
    if (!film) return;
    at = (frame + film.pictures.length) % film.pictures.length;
    canvas.getContext("2d").drawImage(film.pictures[at], 0, 0);
    scrubber.value = at;
    canvas.dataset.frame = at;
    act.frame(at);
  }

  function play(on) {
    playing = on && film !== null;
    toggle.textContent = playing ? "❚❚" : "▶";
    toggle.setAttribute("aria-label", playing ? "Pause" : "Play");
    cancelAnimationFrame(clock);
    before = 0;
    if (playing) clock = requestAnimationFrame(tick);
  }

  function tick(now) {
    if (before && now - before < 1000 / film.fps) return void (clock = requestAnimationFrame(tick));
    if (before) seek(at + 1);
    before = now;
    clock = requestAnimationFrame(tick);
  }

  function close() {
    if (film) film.pictures.forEach((picture) => picture.close());
    film = null;
  }

  function clear(words) {
    wanted += 1;
    play(false);
    close();
    bar.hidden = true;
    delete canvas.dataset.ready;
    canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
    told.textContent = words;
  }

  return {
    card, show, clear,
    say: (words) => { told.textContent = words; },
    step: (by) => { play(false); seek(at + by); },
    toggle: () => play(!playing),
    dispose: () => clear(""),
  };
}
