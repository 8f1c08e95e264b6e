// An agent at work, for the tests of the page.

import { ago, akagi, known, talked } from './fixtures.mjs';

export const asked =
  (op, more = () => true) =>
  (request) =>
    request.op === op && more(request);
export const note = '#wrap textarea';

/** A call of a known customer that this agent answered. */
export async function talking(page, bridge, popup = known(akagi())) {
  const id = bridge.ring(popup);
  await page.waitForSelector('.callbar.ringing');
  bridge.answer(id);
  await page.waitForSelector(note);
  return id;
}

/** The same call, over, with its record and the work after it. */
export async function afterwards(page, bridge, id, more = {}) {
  end(bridge, id, more);
  await page.waitForSelector('.wrapup.unfolded');
}

/** What the bridge tells when a call is over and the work after it begins. */
export function end(bridge, id, more = {}) {
  bridge.records = [talked({ call_id: id, started_at: ago(2), answered_at: ago(1), ended_at: ago(0), ...more })];
  bridge.end(id);
  bridge.setPresence('after_call_work', { call_id: id, until: ago(-2) });
}

/** Two people and two sites of 株式会社赤木電機 behind one number. */
export function ofAkagi() {
  const person = (contact_id, person_name, purpose) => ({
    contact_id,
    person_name,
    purpose,
    extension: null,
    level: 'person',
    source: 'contact',
  });
  const main = {
    contact_id: null,
    person_name: null,
    purpose: null,
    extension: null,
    level: 'company',
    source: 'contact',
  };
  const popup = known({ ...akagi(), matched_contact: main });
  const parts = {
    people: [person(11, '赤木 一郎', 'sales'), person(12, '赤木 良子', 'billing')],
    sites: [
      { name: '埼玉倉庫', kind: 'ship_to', prefecture: '埼玉県', city: 'さいたま市' },
      { name: '大阪支店', kind: 'ship_to', prefecture: null, city: null },
    ],
  };
  return { ...popup, candidates: [{ ...popup.candidates[0], ...parts }] };
}

/** The card of a customer who was searched for. */
export async function lookedUp(page, name = '赤木') {
  await page.locator('#search-input').focus();
  await page.keyboard.type(name);
  await page.waitForSelector('#search-list [role=option]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.callbar.card-only');
}
