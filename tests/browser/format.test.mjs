import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import * as f from '../../cti-bridge/web/format.js';
import { LABELS, labels, languageOf } from '../../cti-bridge/web/labels.js';

test('amounts are grouped without ever becoming a float', () => {
  assert.equal(f.yen('184800'), '¥184,800');
  assert.equal(f.yen('-5400'), '−¥5,400');
  assert.equal(f.yen('123456789012345678901.5000'), '¥123,456,789,012,345,678,901.5');
  assert.equal(f.yen('0'), '¥0');
  assert.equal(f.yen('-0.0000'), '¥0');
  assert.equal(f.yen('0012'), '¥12');
  assert.equal(f.yen(null), '—');
  assert.equal(f.yen('N/A'), 'N/A');
  assert.equal(f.decimal('6.5'), '6.5');
  assert.equal(f.decimal('999'), '999');
  assert.equal(f.decimal('1000'), '1,000');
});

test('a change needs a base above zero', () => {
  assert.equal(f.change('2400000', '2222222').text, '+8%');
  assert.equal(f.change('50', '100').text, '−50%');
  assert.equal(f.change('100', '100').text, '±0%');
  assert.equal(f.change('100', '0'), null);
  assert.equal(f.change('100', '-1'), null);
  assert.equal(f.change('100', undefined), null);
});

test('days are Japanese days and are counted exactly', () => {
  assert.equal(f.dayOf(Date.parse('2026-10-31T14:59:59Z')), '2026-10-31');
  assert.equal(f.dayOf(Date.parse('2026-10-31T15:00:00Z')), '2026-11-01');
  assert.equal(f.daysBetween('2026-10-19', '2026-10-31'), 12);
  assert.equal(f.daysBetween('2024-02-28', '2024-03-01'), 2);
  assert.equal(f.daysBetween('2026-11-01', '2026-10-31'), -1);
  assert.equal(f.daysBetween('soon', '2026-10-31'), null);
});

test('years count on the anniversary', () => {
  assert.equal(f.yearsBetween('2012-04-01', '2026-03-31'), 13);
  assert.equal(f.yearsBetween('2012-04-01', '2026-04-01'), 14);
  assert.equal(f.yearsBetween(null, '2026-04-01'), null);
});

test('dates leave out the running year, instants leave out today', () => {
  assert.equal(f.date('2026-11-02', '2026-11-20'), '11/02');
  assert.equal(f.date('2025-11-02', '2026-11-20'), '2025/11/02');
  assert.equal(f.date('2025-11-02', '2026-11-20', 'en'), '2 Nov 2025');
  assert.equal(f.date(null, '2026-11-20'), '—');
  assert.equal(f.moment('2026-11-20T01:12:00Z', '2026-11-20'), '10:12');
  assert.equal(f.moment('2026-11-18T01:12:00Z', '2026-11-20'), '11/18 10:12');
  assert.equal(f.moment('?', '2026-11-20'), '?');
});

test('durations never go below zero', () => {
  assert.equal(f.elapsed(-3), '0:00');
  assert.equal(f.elapsed(59.9), '0:59');
  assert.equal(f.elapsed(60), '1:00');
  assert.equal(f.elapsed(3723), '1:02:03');
});

test('a number gets hyphens only where the split is certain', () => {
  assert.equal(f.phone('+819011112222'), '090-1111-2222');
  assert.equal(f.phone('+81312345678'), '03-1234-5678');
  assert.equal(f.phone('+81120111111'), '0120-111-111');
  assert.equal(f.phone('+818001234567'), '0800-123-4567');
  assert.equal(f.phone('+81451112222'), '0451112222');
  assert.equal(f.phone('+12025550123'), '+12025550123');
  assert.equal(f.phone(null), '—');
});

test('every label has both languages and the same values in them', () => {
  const names = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
  for (const [key, texts] of Object.entries(LABELS)) {
    assert.equal(texts.length, 2, key);
    assert.ok(
      texts.every((text) => text.length > 0),
      key,
    );
    assert.deepEqual(names(texts[0]), names(texts[1]), key);
  }
});

test('the language: the address wins, Japanese is the default', () => {
  assert.equal(languageOf('?lang=en', 'ja'), 'en');
  assert.equal(languageOf('?lang=ja', 'en-GB'), 'ja');
  assert.equal(languageOf('', 'en-US'), 'en');
  assert.equal(languageOf('', 'fr'), 'ja');
  assert.equal(languageOf('', undefined), 'ja');
  assert.equal(labels('en')('alert.overdue_text', { ref: '{days}', days: 3 }), 'invoice {days} is 3 days late');
  assert.equal(labels('ja').or('reason.never_heard_of', 'raw'), 'raw');
  assert.equal(labels('ja').or('constructor', 'raw'), 'raw');
});

// Where a card shows a value of a fixed list: the list's name in `shared`, and the labels' prefix.
const LISTS = [
  ['CustomerType', 'type'],
  ['SuspendedReason', 'suspended'],
  ['ContactPurpose', 'purpose'],
  ['PaymentMethod', 'method'],
  ['InteractionChannel', 'channel'],
  ['InquiryStatus', 'progress'],
  ['DealStage', 'stage'],
  ['QuoteStatus', 'quote'],
  ['OrderStatus', 'order'],
  ['RankDirection', 'move'],
  ['addresses.rs KINDS', 'address'],
  ['activities.rs RESULTS', 'result'],
  ['inquiries.rs KINDS', 'open'],
  ['inquiries.rs KINDS', 'channel'],
];

test('every value that the store knows has a label', async () => {
  const known = await listsOfShared(new URL('../../shared/src/', import.meta.url));
  for (const [name, prefix] of LISTS) {
    const codes = known.get(name);
    assert.ok(codes?.length > 0, `${name} is no longer in shared/src`);
    for (const code of codes) assert.ok(Object.hasOwn(LABELS, `${prefix}.${code}`), `${prefix}.${code} (${name})`);
  }
});

/** The codes of every labelled enum, by its name, and of every list of choices, by its file and name. */
async function listsOfShared(folder) {
  const known = new Map();
  for (const path of await readdir(folder, { recursive: true })) {
    if (!path.endsWith('.rs')) continue;
    const source = await readFile(new URL(path, folder), 'utf8');
    for (const [, name, body] of source.matchAll(/pub enum (\w+) \{([\s\S]*?)\n {4}\}/g)) {
      known.set(
        name,
        [...body.matchAll(/\w+ = "([a-z_]+)", "/g)].map((match) => match[1]),
      );
    }
    for (const [, name, body] of source.matchAll(/const (\w+): Choices =\s*&\[([\s\S]*?)\];\n/g)) {
      known.set(
        `${path.split('/').at(-1)} ${name}`,
        [...body.matchAll(/\("([a-z_]+)", &\[/g)].map((match) => match[1]),
      );
    }
  }
  return known;
}
