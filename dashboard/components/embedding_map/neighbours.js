// The neighbours of the chosen point: pictures that the map already has, so only row numbers travel.

function fillStrip(root, { rows, distances }, map) {
  root.replaceChildren(...rows.map((row, i) => {
    const picture = el("canvas", { width: 64, height: 64, "aria-hidden": "true" });
    picture.hidden = !map.draw(row, picture);
    const told = map.describe(row);
    return el("button", { type: "button", title: told, "aria-label": `Neighbour ${i + 1}: ${told}`, onclick: () => map.choose(row) },
      picture, el("span", { class: "known" }, picture.hidden ? told || `row ${row}` : ""), el("span", {}, distances[i].toPrecision(3)));
  }));
}
