// The labels of the page.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { LABELS, labels, languageOf } from '../../cti-bridge/web/labels.js';

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
  assert.equal(labels('ja').or('reason.never_heard_of', 'raw'), 'raw');
  assert.equal(labels('ja').or('constructor', 'raw'), 'raw');
});

test('values are put in as they are, and words agree with their number', () => {
  const late = (values) => labels('en')('alert.overdue_text', values);
  assert.equal(late({ ref: '{days}', days: 3 }), 'invoice {days} is 3 days late');
  assert.equal(late({ ref: 'R1', days: 1 }), 'invoice R1 is 1 day late');
});

test('every label is used', async () => {
  const web = new URL('../../cti-bridge/web/', import.meta.url);
  const files = (await readdir(web, { recursive: true })).filter(
    (path) => /\.js$/.test(path) && !path.startsWith('labels'),
  );
  const source = (await Promise.all(files.map((path) => readFile(new URL(path, web), 'utf8')))).join('\n');
  const made = [...source.matchAll(/`([a-z_]+\.[^`\s]*\$\{[^`]*)`/g)].map(
    ([, key]) => new RegExp(`^${key.replace('.', '\\.').replace(/\$\{[^}]*\}/g, '\\w+')}$`),
  );
  // The prefixes of an entry's status, by its kind (timeline.js).
  made.push(/^(outcome|result|progress|move|dispatch)\.\w+$/);
  const unused = Object.keys(LABELS).filter(
    (key) => !source.includes(`'${key}'`) && !made.some((pattern) => pattern.test(key)),
  );
  assert.deepEqual(unused, []);
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
  ['AddressKind', 'address'],
  ['ActivityResult', 'result'],
  ['InquiryKind', 'open'],
  ['InquiryKind', 'channel'],
  ['MissedStatus', 'missed_status'],
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
