// The neighbours of the chosen point: pictures that the map on the page already has, so only row numbers travel.

export default function (component) {
  const { data, parentElement } = component;
  const root = parentElement.querySelector(".strip");
  root.dataset.scheme = schemeOf(root);
  const map = globalThis.worldscopeMap;
  if (!data || !map) return;
  root.replaceChildren(...data.rows.map((row, i) => {
    const picture = el("canvas", { width: 64, height: 64, "aria-hidden": "true" });
    picture.hidden = !map.draw(row, picture);
    const told = map.describe(row);
    return el("button", { type: "button", title: told, "aria-label": `Neighbour ${i + 1}: ${told}`, onclick: () => map.choose(row) },
      picture, el("span", {}, data.distances[i].toPrecision(3)));
  }));
}
