// Building the page. Data reaches it as text nodes and attributes only, never as markup.

/** @import { Child, Props } from './page' */

const SVG = 'http://www.w3.org/2000/svg';

/**
 * Makes an element. `props`: `class`, `on` (listeners by event), `key` (keeps the focus when its region is
 * built anew), anything else is an attribute; `null`, `undefined` and `false` leave it out. Children are
 * nodes, text, numbers, or nested lists of them; empty ones are left out.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Props<HTMLElementTagNameMap[Tag]>} [props]
 * @param {Child[]} children
 */
export function el(tag, props = {}, ...children) {
  return build(document.createElement(tag), props, children);
}

/**
 * Makes an SVG element, in the same way.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Props<SVGElementTagNameMap[Tag]>} [props]
 * @param {Child[]} children
 */
export function svg(tag, props = {}, ...children) {
  return build(document.createElementNS(SVG, tag), props, children);
}

/**
 * @template {HTMLElement|SVGElement} Made
 * @param {Made} node
 * @param {Props<Made>} props
 * @param {Child[]} children
 */
function build(node, { on, key, class: classes, ...attributes }, children) {
  if (typeof classes === 'string') node.setAttribute('class', classes);
  if (typeof key === 'string') node.dataset.key = key;
  for (const [event, run] of Object.entries(on ?? {})) node.addEventListener(event, /** @type {EventListener} */ (run));
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...flat(children));
  return node;
}

/**
 * Children as nodes and texts, without the empty ones.
 * @param {Child} child
 * @returns {(Node|string)[]}
 */
function flat(child) {
  if (Array.isArray(child)) return child.flatMap(flat);
  if (child === null || child === undefined || child === false || child === '') return [];
  return [child instanceof Node ? child : String(child)];
}

/**
 * An element of index.html.
 * @param {string} id
 */
export function byId(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`index.html has no #${id}`);
  return node;
}

/**
 * Puts the focus on the first element that fits, if there is one.
 * @param {string} selector
 * @param {FocusOptions} [options]
 */
export function focusOn(selector, options) {
  const node = document.querySelector(selector);
  if (node instanceof HTMLElement) node.focus(options);
}

let composing = false;
/**
 * Where a button of the mouse is pressed: a click comes only if the same element is there at its release.
 * @type {Node|null}
 */
let pressed = null;
/**
 * What is drawn when an input method has finished a word, or a press has ended.
 * @type {Set<() => void>}
 */
const waiting = new Set();

function drawWaiting() {
  const draws = [...waiting];
  waiting.clear();
  for (const draw of draws) draw();
}

if (typeof document !== 'undefined') {
  document.addEventListener('compositionstart', () => {
    composing = true;
  });
  document.addEventListener('compositionend', () => {
    composing = false;
    queueMicrotask(drawWaiting);
  });
  const release = () => {
    if (pressed === null) return;
    pressed = null;
    // After the click, which follows the release at once.
    setTimeout(drawWaiting);
  };
  addEventListener('pointerdown', (event) => {
    pressed = event.target instanceof Node ? event.target : null;
  });
  for (const end of ['pointerup', 'pointercancel', 'blur']) addEventListener(end, release);
}

/**
 * Whether a text field within `root` has the focus.
 * @param {Element} root
 */
export function typesIn(root) {
  const at = document.activeElement;
  return at !== null && root.contains(at) && at.matches('input:not([type=radio], [type=checkbox]), textarea');
}

/**
 * A part of the page that is built anew only when its inputs change, so that reading, scrolling and opened
 * details elsewhere are left alone. The focus and the marked text stay on the element with the same `key`, and what
 * somebody typed into a field stays in the field with the same `key` (`data-own` says that its maker keeps it). While
 * an input method puts a word together in it, or a button of the mouse is pressed on it, the part waits.
 * @param {HTMLElement} root
 */
export function region(root) {
  /** @type {unknown[]|null} */
  let last = null;
  /** @type {[unknown[], () => Child]|null} */
  let latest = null;
  /**
   * @param {unknown[]} inputs
   * @param {() => Child} make
   */
  const draw = (inputs, make) => {
    const drawn = last;
    if (drawn && inputs.length === drawn.length && inputs.every((value, i) => Object.is(value, drawn[i]))) return;
    latest = [inputs, make];
    if ((composing && typesIn(root)) || (pressed && root.contains(pressed))) {
      waiting.add(again);
      return;
    }
    last = inputs;
    redraw(root, make);
  };
  const again = () => {
    if (latest) draw(...latest);
  };
  return draw;
}

/**
 * @param {HTMLElement} root
 * @param {() => Child} make
 */
function redraw(root, make) {
  const typed = new Map(
    fieldsOf(root)
      .filter((field) => field.value !== ('defaultValue' in field ? field.defaultValue : ''))
      .map((field) => [field.dataset.key, field.value]),
  );
  const opened = detailsOf(root)
    .filter((details) => details.open)
    .map((details) => details.dataset.key);
  const focus = markOf(root);
  root.replaceChildren(...flat(make()));
  for (const field of fieldsOf(root)) {
    const before = field.dataset.own === undefined ? typed.get(field.dataset.key) : undefined;
    if (before !== undefined) field.value = before;
  }
  for (const details of detailsOf(root)) if (opened.includes(details.dataset.key)) details.open = true;
  if (focus) restore(root, focus);
}

/**
 * The fields of text and the choices that have a key.
 * @param {HTMLElement} root
 * @returns {(HTMLInputElement|HTMLTextAreaElement|HTMLSelectElement)[]}
 */
function fieldsOf(root) {
  return [
    .../** @type {NodeListOf<HTMLInputElement>} */ (
      root.querySelectorAll('input[data-key]:not([type=radio], [type=checkbox])')
    ),
    .../** @type {NodeListOf<HTMLTextAreaElement>} */ (root.querySelectorAll('textarea[data-key]')),
    .../** @type {NodeListOf<HTMLSelectElement>} */ (root.querySelectorAll('select[data-key]')),
  ];
}

/** @param {HTMLElement} root */
function detailsOf(root) {
  return [...root.querySelectorAll('details')].filter((details) => details.dataset.key !== undefined);
}

/** @param {Element} node */
function isText(node) {
  return node instanceof HTMLInputElement || node instanceof HTMLTextAreaElement;
}

/**
 * Where the focus and the marked text are within `root`; `null` when they cannot be found again.
 * @param {HTMLElement} root
 */
function markOf(root) {
  const node = document.activeElement;
  if (!(node instanceof HTMLElement) || !root.contains(node) || node.dataset.key === undefined) return null;
  const [start, end] = isText(node) ? [node.selectionStart, node.selectionEnd] : [null, null];
  return { key: node.dataset.key, start, end, top: node.scrollTop };
}

/**
 * @param {HTMLElement} root
 * @param {{key: string, start: number|null, end: number|null, top: number}} mark
 */
function restore(root, { key, start, end, top }) {
  const node = root.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!(node instanceof HTMLElement)) return;
  node.focus({ preventScroll: true });
  if (start !== null && isText(node) && node.selectionStart !== null) node.setSelectionRange(start, end);
  node.scrollTop = top;
}
