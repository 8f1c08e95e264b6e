// The colours of ranks: what the company chose, readable by day and by night.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONTRAST_MIN, contrast, rankRules, readable } from '../../cti-bridge/web/ranks.js';

const PANELS = ['#ffffff', '#171c22'];

test('contrast is that of WCAG', () => {
  assert.equal(contrast('#000000', '#ffffff'), 21);
  assert.equal(contrast('#777777', '#777777'), 1);
  assert.ok(Math.abs(contrast('#777777', '#ffffff') - 4.48) < 0.01);
  assert.ok(Math.abs(contrast('#0000ff', '#ffffff') - 8.59) < 0.01);
});

test('every colour can be read on both panels, and a readable one stays as it is', () => {
  const steps = [0, 51, 102, 153, 204, 255].map((part) => part.toString(16).padStart(2, '0'));
  for (const red of steps)
    for (const green of steps)
      for (const blue of steps)
        for (const panel of PANELS) {
          const color = `#${red}${green}${blue}`;
          const shown = readable(color, panel);
          assert.ok(contrast(shown, panel) >= CONTRAST_MIN, `${color} on ${panel}: ${shown}`);
          if (contrast(color, panel) >= CONTRAST_MIN) assert.equal(shown, color);
        }
});

test('a rank without a colour has that of its place, a name cannot leave its rule', () => {
  const rules = rankRules([
    { rank: '特A', color: '#ffd700' },
    { rank: 'A', color: null },
    { rank: 'x"]{}\\', color: 'red;background:url(//evil)' },
    { rank: 'B', color: null },
    { rank: 'C', color: null },
  ]);
  assert.match(rules, /\[data-rank="特A"\]\{color:#[0-9a-f]{6}\}@media screen and \(prefers-color-scheme:dark\)/);
  assert.match(rules, /\[data-rank="特A"\]\{color:#ffd700\}\}/, 'bright enough by night');
  assert.match(rules, /\[data-rank="A"\]\{color:var\(--rank-a\)\}/);
  assert.match(rules, /\[data-rank="x\\22 \\5d \\7b \\7d \\5c "\]\{color:var\(--rank-b\)\}/);
  assert.ok(!rules.includes('evil'));
  assert.match(rules, /\[data-rank="B"\]\{color:var\(--rank-c\)\}/);
  assert.match(rules, /\[data-rank="C"\]\{color:var\(--rank-c\)\}/);
  assert.equal(rankRules([]), '');
});
