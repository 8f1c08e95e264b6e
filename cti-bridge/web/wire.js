// What comes from outside, as what it should be: whatever is of another type becomes `null` or an empty list.

/**
 * @template T
 * @param {T|null|undefined} value
 */
export function object(value) {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : null;
}

/**
 * @template T
 * @param {T[]|null|undefined} value
 * @returns {T[]}
 */
export function list(value) {
  return Array.isArray(value) ? value : [];
}

/**
 * The objects of a list.
 * @template {object} T
 * @param {(T|null|undefined)[]|null|undefined} value
 * @returns {T[]}
 */
export function objects(value) {
  return list(value).flatMap((one) => object(one) ?? []);
}

/**
 * A text that is not empty.
 * @template {string} T
 * @param {T|null|undefined} value
 */
export function text(value) {
  return typeof value === 'string' && value !== '' ? value : null;
}
