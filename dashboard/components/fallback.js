// Loads modules whose text was passed on, where no route of ours serves them. Python appends the default export to this text.

const KEY = Symbol.for("worldscope.modules");

/**
 * Addresses of modules by name and version. Each component has a copy of this text, so they are kept on the page: a
 * module that several components import must exist once.
 * @returns {Map<string, string>}
 */
function addresses() {
  return Reflect.get(globalThis, KEY) ?? keep(new Map());
}

/** @param {Map<string, string>} made */
function keep(made) {
  Reflect.set(globalThis, KEY, made);
  return made;
}

/**
 * The address of a module.
 * @param {string} version
 * @param {Record<string, { text: string, imports: Record<string, string> }>} modules Each after those that it imports;
 *   `imports` says which module a specifier means.
 * @param {string} name
 */
export function addressOf(version, modules, name) {
  const known = addresses();
  for (const [one, { text, imports }] of Object.entries(modules)) {
    if (known.has(`${version}/${one}`)) continue;
    const resolved = text.replace(/^(import\b.*|\}) from "(\.[^"]+)"/gm, (_, head, specifier) => {
      return `${head} from "${known.get(`${version}/${imports[specifier]}`)}"`;
    });
    const blob = new Blob([resolved], { type: "text/javascript" });
    known.set(`${version}/${one}`, URL.createObjectURL(blob));
  }
  return known.get(`${version}/${name}`) ?? "";
}
