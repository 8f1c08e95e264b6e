// What is pasted may hold characters that act on the text around them: control characters and marks of direction. The
// bridge refuses them, so they are taken out where they come in, and the page says so.

/** Marks of direction. */
const MARKS = [0x61c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069];
const BREAKS = '\n\r\t\u2028\u2029';
const FIELDS = 'input:not([type]), input[type=text], input[type=search], input[type=tel], input[type=email], textarea';

/** @param {string} text */
function acts(text) {
  const code = text.codePointAt(0) ?? 0;
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || MARKS.includes(code);
}

/**
 * A text as it may be entered, in a field of one line or several.
 * @param {string} text
 * @param {boolean} lines
 */
export function enterable(text, lines) {
  let out = '';
  for (const one of text) {
    if (BREAKS.includes(one)) out += lines ? one : ' ';
    else if (!acts(one)) out += one;
  }
  return out;
}

/**
 * Cleans every field of the page as it is typed or pasted into, before anybody reads it.
 * @param {() => void} cleaned
 */
export function keepEnterable(cleaned) {
  document.addEventListener(
    'input',
    (event) => {
      const field = event.target;
      if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) || !field.matches(FIELDS))
        return;
      const lines = field instanceof HTMLTextAreaElement;
      const clean = enterable(field.value, lines);
      if (clean === field.value) return;
      const caret = enterable(field.value.slice(0, field.selectionStart ?? undefined), lines).length;
      field.value = clean;
      // A field for mail addresses has no caret that a page may move.
      if (field.selectionStart !== null) field.setSelectionRange(caret, caret);
      cleaned();
    },
    true,
  );
}
