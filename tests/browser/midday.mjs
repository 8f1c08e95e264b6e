// The tests of the page work at noon, whatever the hour: "42 minutes ago" is then the same Japanese day, and the page
// shows a time where a test expects one, not a date.

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const JAPAN_MS = 9 * HOUR_MS;

/** What has to be added to an instant to get noon of the same day in Japan, in milliseconds. */
export function toNoon(now) {
  return DAY_MS / 2 - ((now + JAPAN_MS) % DAY_MS);
}

/** Moves what `Date` takes for now. Uses nothing outside itself, because its source also runs in the page. */
export function shiftDate(ms) {
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...given) {
      if (given.length) super(...given);
      else super(Real.now() + ms);
    }
    static now() {
      return Real.now() + ms;
    }
  };
}
