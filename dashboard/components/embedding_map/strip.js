// The neighbours of the chosen point, drawn by the map on the page. This text travels with every click, so it is short.

export default ({ data, parentElement }) => globalThis.worldscopeMap?.showNear(parentElement.querySelector(".strip"), data);
