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

let composing = false;
/** What is to be done when an input method has finished a word. */
const afterComposing = new Set();

if (typeof document !== 'undefined') {
  document.addEventListener('compositionstart', () => {
    composing = true;
  });
  document.addEventListener('compositionend', () => {
    composing = false;
    for (const run of afterComposing) queueMicrotask(run);
    afterComposing.clear();
  });
}

/** Whether a text field within `root` has the focus. */
export function typesIn(root) {
  const at = document.activeElement;
  return at !== null && root.contains(at) && at.matches('input:not([type=radio], [type=checkbox]), textarea');
}

/**
 * A part of the page that is built anew only when its inputs change, so that reading, scrolling and opened
 * details elsewhere are left alone. The focus and the marked text stay on the element with the same `key`, and what
 * somebody typed into a field stays in the field with the same `key` (`data-own` says that its maker keeps it). While
 * an input method puts a word together in it, the part waits.
 */
export function region(root) {
  let last = null;
  let latest = null;
  const draw = (inputs, make) => {
    if (last && inputs.length === last.length && inputs.every((value, i) => Object.is(value, last[i]))) return;
    latest = [inputs, make];
    if (composing && typesIn(root)) {
      afterComposing.add(again);
      return;
    }
    last = inputs;
    const before = fieldsOf(root);
    const opened = [...root.querySelectorAll('details[data-key][open]')].map((node) => node.dataset.key);
    const focus = root.contains(document.activeElement) ? markOf(document.activeElement) : null;
    const fresh = [];
    for (const node of [make()].flat(Infinity)) if (node instanceof Node) fresh.push(node);
    root.replaceChildren(...fresh);
    for (const node of root.querySelectorAll(FIELDS)) {
      const typed = node.dataset.own === undefined ? before.get(node.dataset.key) : undefined;
      if (typed !== undefined) node.value = typed;
    }
    for (const node of root.querySelectorAll('details[data-key]'))
      if (opened.includes(node.dataset.key)) node.open = true;
    if (focus?.key !== undefined) restore(root.querySelector(`[data-key="${CSS.escape(focus.key)}"]`), focus);
  };
  const again = () => latest && draw(...latest);
  return draw;
}

const FIELDS = 'input[data-key]:not([type=radio], [type=checkbox]), textarea[data-key], select[data-key]';

function fieldsOf(root) {
  return new Map(
    [...root.querySelectorAll(FIELDS)]
      .filter((node) => node.value !== (node.defaultValue ?? ''))
      .map((node) => [node.dataset.key, node.value]),
  );
}

function markOf(node) {
  const marks = typeof node.selectionStart === 'number';
  return { key: node.dataset.key, marks: marks ? [node.selectionStart, node.selectionEnd] : null, top: node.scrollTop };
}

function restore(node, { marks, top }) {
  if (!node) return;
  node.focus({ preventScroll: true });
  if (marks && typeof node.selectionStart === 'number') node.setSelectionRange(...marks);
  node.scrollTop = top;
}
