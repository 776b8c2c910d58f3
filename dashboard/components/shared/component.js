// How a component of ours meets Streamlit, which calls the default export again for new data and for a new theme.

/**
 * What Streamlit passes to the default export of a component.
 * @template Data
 * @typedef {object} Mount
 * @property {Data} data
 * @property {ParentNode & Node} parentElement A shadow root.
 * @property {(name: string, value: unknown) => void} setStateValue Keeps a value and runs the page again.
 * @property {(name: string, value: unknown) => void} setTriggerValue Passes a value on for one run of the page.
 */

/**
 * A default export that creates an instance once for each place on the page and shows new data in it.
 *
 * @template Data
 * @template {{ dispose(): void }} Instance
 * @param {string} selector Finds the root element of the component.
 * @param {(root: HTMLElement) => Instance} create
 * @param {(instance: Instance, mount: Mount<Data>) => void} update Called after `create` and for every change.
 * @returns {(mount: Mount<Data>) => () => void}
 */
export function defineComponent(selector, create, update) {
  /** @type {WeakMap<Node, Instance>} */
  const instances = new WeakMap();
  return (mount) => {
    const { parentElement } = mount;
    let instance = instances.get(parentElement);
    if (!instance) {
      const root = parentElement.querySelector(selector);
      if (!(root instanceof HTMLElement)) throw new Error(`The component has no element ${selector}.`);
      instance = create(root);
      instances.set(parentElement, instance);
    }
    update(instance, mount);
    return () => {
      instances.get(parentElement)?.dispose();
      instances.delete(parentElement);
    };
  };
}
