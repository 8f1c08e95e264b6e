// Building the page. Data reaches it as text nodes and attributes only, never as markup.

const SVG = 'http://www.w3.org/2000/svg';

/**
 * Makes an element. `props`: `class`, `on` (listeners by event), `key` (keeps the focus when its region is
 * built anew), anything else is an attribute; `null`, `undefined` and `false` leave it out. Children are
 * nodes, text, numbers, or nested lists of them; empty ones are left out.
 */
export function el(tag, props = {}, ...children) {
  return build(document.createElement(tag), props, children);
}

/** Makes an SVG element, in the same way. */
export function svg(tag, props = {}, ...children) {
  return build(document.createElementNS(SVG, tag), props, children);
}

function build(node, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'class') node.setAttribute('class', value);
    else if (name === 'key') node.dataset.key = value;
    else if (name === 'on') for (const [event, run] of Object.entries(value)) node.addEventListener(event, run);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  append(node, children);
  return node;
}

function append(node, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false || child === '') continue;
    if (Array.isArray(child)) append(node, child);
    else node.append(child instanceof Node ? child : String(child));
  }
}

/**
 * A part of the page that is built anew only when its inputs change, so that reading, scrolling and opened
 * details elsewhere are left alone. The focus stays on the element with the same `key`.
 */
export function region(root) {
  let last = null;
  return (inputs, make) => {
    if (last && inputs.length === last.length && inputs.every((value, i) => Object.is(value, last[i]))) return;
    last = inputs;
    const focused = root.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
    const fresh = [];
    for (const node of [make()].flat(Infinity)) if (node instanceof Node) fresh.push(node);
    root.replaceChildren(...fresh);
    if (focused !== undefined) root.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  };
}
