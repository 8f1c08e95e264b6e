import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as f from '../../cti-bridge/web/format.js';

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
