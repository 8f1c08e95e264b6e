// Amounts, dates and durations as people read them. Pure: the time and the language come in.

/** @import { Label } from './page' */

/** Business dates are Japanese ones, wherever the browser runs. */
export const TIME_ZONE = 'Asia/Tokyo';

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const DAY_MS = 86_400_000;

/**
 * `"1234567.5000"` → `1,234,567.5`; text that is no decimal stays as it is, nothing is `—`.
 * @param {string|null|undefined} value
 */
export function decimal(value) {
  if (value === null || value === undefined || value === '') return '—';
  const match = DECIMAL.exec(String(value));
  if (!match) return String(value);
  const whole = match[2].replace(/^0+(?=\d)/, '').replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  const part = (match[3] ?? '').replace(/0+$/, '');
  const text = part ? `${whole}.${part}` : whole;
  return match[1] === '-' && /[1-9]/.test(text) ? `−${text}` : text;
}

/**
 * `"184800"` → `¥184,800`, `"-500"` → `−¥500`.
 * @param {string|null|undefined} value
 */
export function yen(value) {
  const text = decimal(value);
  if (!/\d/.test(text) || !DECIMAL.test(String(value))) return text;
  return text.startsWith('−') ? `−¥${text.slice(1)}` : `¥${text}`;
}

/**
 * Whether a decimal string is below, at or above zero; 0 for no number.
 * @param {string|null|undefined} value
 */
export function sign(value) {
  const number = Number(value);
  return Number.isFinite(number) ? Math.sign(number) : 0;
}

/**
 * The change from `before` to `now` in whole per cent with its sign; `null` when there is no base.
 * @param {string|null|undefined} now
 * @param {string|null|undefined} before
 */
export function change(now, before) {
  const [to, from] = [Number(now), Number(before)];
  if (!Number.isFinite(to) || !Number.isFinite(from) || from <= 0) return null;
  const percent = Math.round(((to - from) / from) * 100);
  return { percent, text: percent > 0 ? `+${percent}%` : percent < 0 ? `−${-percent}%` : '±0%' };
}

/**
 * The Japanese calendar day of an instant (milliseconds), `YYYY-MM-DD`.
 * @param {number} ms
 */
export function dayOf(ms) {
  const parts = partsOf(ms);
  return `${parts.year}-${parts.month}-${parts.day}`;
}

/**
 * Whole days from one `YYYY-MM-DD` to another; `null` when one of them is none.
 * @param {string|null|undefined} from
 * @param {string|null|undefined} to
 */
export function daysBetween(from, to) {
  const [a, b] = [dayNumber(from), dayNumber(to)];
  return a === null || b === null ? null : b - a;
}

/** @param {string|null|undefined} date */
function dayNumber(date) {
  const match = DATE.exec(date ?? '');
  return match ? Math.round(Date.UTC(+match[1], +match[2] - 1, +match[3]) / DAY_MS) : null;
}

/**
 * Whole years from a date to another, as people count them: the anniversary counts.
 * @param {string|null|undefined} from
 * @param {string|null|undefined} to
 */
export function yearsBetween(from, to) {
  if (!from || !to || !DATE.test(from) || !DATE.test(to)) return null;
  const years = Number(to.slice(0, 4)) - Number(from.slice(0, 4));
  return to.slice(5) < from.slice(5) ? years - 1 : years;
}

/**
 * `2026-11-02` → `11/02` within this year, else `2025/11/02`; English `2 Nov`, `2 Nov 2025`.
 * @param {string|null|undefined} value
 * @param {string|null|undefined} today
 * @param {Label['lang']} [lang]
 */
export function date(value, today, lang = 'ja') {
  const match = DATE.exec(value ?? '');
  if (!match) return value ? String(value) : '—';
  const [, year, month, day] = match;
  const same = year === (today ?? '').slice(0, 4);
  if (lang === 'en') return `${+day} ${MONTHS[+month - 1] ?? month}${same ? '' : ` ${year}`}`;
  return same ? `${month}/${day}` : `${year}/${month}/${day}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * An instant as its day and minute; only the minute when it is today.
 * @param {string|null|undefined} instant
 * @param {string} today
 * @param {Label['lang']} [lang]
 */
export function moment(instant, today, lang = 'ja') {
  const ms = Date.parse(instant ?? '');
  if (Number.isNaN(ms)) return instant ? String(instant) : '—';
  const day = dayOf(ms);
  return day === today ? clock(ms) : `${date(day, today, lang)} ${clock(ms)}`;
}

/**
 * The calendar day of an RFC 3339 instant, or `null`.
 * @param {string|null|undefined} instant
 */
export function dayOfInstant(instant) {
  const ms = Date.parse(instant ?? '');
  return Number.isNaN(ms) ? null : dayOf(ms);
}

/**
 * The instant of a Japanese day and minute (`2026-11-25`, `10:00`), or `null` when there is no day.
 * @param {string} day
 * @param {string} time
 */
export function instantOf(day, time) {
  if (!DATE.test(day ?? '')) return null;
  const ms = Date.parse(`${day}T${/^\d{2}:\d{2}$/.test(time ?? '') ? time : '10:00'}:00+09:00`);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

/**
 * `14:02`, or `14:02:11` with seconds.
 * @param {number} ms
 */
export function clock(ms, seconds = false) {
  const parts = partsOf(ms);
  return seconds ? `${parts.hour}:${parts.minute}:${parts.second}` : `${parts.hour}:${parts.minute}`;
}

/**
 * Seconds as `0:04`, `12:30`, `1:02:03`; never below zero.
 * @param {number} seconds
 */
export function elapsed(seconds) {
  const total = Math.max(0, Math.floor(Number(seconds) || 0));
  const [hours, minutes, rest] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  /** @param {number} n */
  const two = (n) => String(n).padStart(2, '0');
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/**
 * A Japanese E.164 number as it is dialled here. Hyphens only where the split is certain without a table of
 * area codes (mobile, toll-free, Tokyo, Osaka): a wrong split would be worse than none.
 * @param {string|null|undefined} e164
 */
export function phone(e164) {
  if (!e164) return '—';
  const match = /^\+81(\d{9,10})$/.exec(e164);
  if (!match) return String(e164);
  const national = `0${match[1]}`;
  return national
    .replace(/^(0120|0570|0990)(\d{3})(\d{3})$/, '$1-$2-$3')
    .replace(/^(0800)(\d{3})(\d{4})$/, '$1-$2-$3')
    .replace(/^(0[5-9]0)(\d{4})(\d{4})$/, '$1-$2-$3')
    .replace(/^(0[36])(\d{4})(\d{4})$/, '$1-$2-$3');
}

const FORMATTER = new Intl.DateTimeFormat('en-GB', {
  timeZone: TIME_ZONE,
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** @param {number} ms */
function partsOf(ms) {
  /** @type {Partial<Record<Intl.DateTimeFormatPartTypes, string>>} */
  const parts = {};
  for (const { type, value } of FORMATTER.formatToParts(new Date(ms))) parts[type] = value;
  return parts;
}
