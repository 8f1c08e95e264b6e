// The colours of the company's ranks: as the rank master has them, made readable on the page's panels. Pure.

/** @import { RankEntry } from './protocol' */

/** What ranks stand on: `--panel` of base.css, by day and by night. */
const PANELS = { light: '#ffffff', dark: '#171c22' };

/** The least contrast of a text (WCAG 2.2, 1.4.3). */
export const CONTRAST_MIN = 4.5;

/** Steps from a colour to black or white. */
const STEPS = 20;

/** The page's own colours, for ranks without one: the first three places, and all others. */
const PLACES = ['--rank-s', '--rank-a', '--rank-b', '--rank-c'];

/**
 * Rules for the ranks, by which `data-rank` has the colour of its rank.
 * @param {RankEntry[]} ranks the best first
 */
export function rankRules(ranks) {
  return ranks
    .map(({ rank, color }, place) => {
      const name = `[data-rank="${escaped(rank)}"]`;
      const rules = isColor(color)
        ? `${name}{color:${readable(color, PANELS.light)}}` +
          `@media screen and (prefers-color-scheme:dark){${name}{color:${readable(color, PANELS.dark)}}}`
        : `${name}{color:var(${PLACES[Math.min(place, PLACES.length - 1)]})}`;
      const best = `background:${place === 0 ? 'color-mix(in srgb,currentcolor 14%,transparent)' : 'none'}`;
      return `${rules}.rank${name}{${best}}`;
    })
    .join('');
}

/**
 * A colour that can be read on this background: the colour itself, or the first one on its way to black or white.
 * @param {string} color
 * @param {string} background
 */
export function readable(color, background) {
  const [from, behind] = [parts(color), parts(background)];
  const to = luminance(behind) > 0.18 ? 0 : 255;
  for (let step = 0; step < STEPS; step += 1) {
    const mixed = from.map((part) => Math.round(part + ((to - part) * step) / STEPS));
    if (ratio(luminance(mixed), luminance(behind)) >= CONTRAST_MIN) return hex(mixed);
  }
  return hex([to, to, to]);
}

/**
 * The contrast of two colours, 1 to 21.
 * @param {string} one
 * @param {string} other
 */
export function contrast(one, other) {
  return ratio(luminance(parts(one)), luminance(parts(other)));
}

/**
 * @param {number} one
 * @param {number} other
 */
function ratio(one, other) {
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

/** @param {number[]} color */
function luminance(color) {
  const [red = 0, green = 0, blue = 0] = color.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param {string} color */
function parts(color) {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
}

/** @param {number[]} color */
function hex(color) {
  return `#${color.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/**
 * @param {unknown} color
 * @returns {color is string}
 */
function isColor(color) {
  return typeof color === 'string' && /^#[0-9a-f]{6}$/.test(color);
}

/**
 * A name within quotes of a rule.
 * @param {string} name
 */
function escaped(name) {
  return [...name].map((c) => (/[\p{L}\p{N}]/u.test(c) ? c : `\\${c.codePointAt(0)?.toString(16)} `)).join('');
}
