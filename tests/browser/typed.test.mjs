import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterable } from '../../cti-bridge/web/typed.js';

test('what the bridge refuses is taken out, and nothing else', () => {
  const refused = '\u0000\u0007\u001b\u007f\u0085\u009f\u061c\u200e\u200f\u202a\u202e\u2066\u2069';
  for (const one of refused) {
    assert.equal(enterable(`赤木${one}電機`, false), '赤木電機');
    assert.equal(enterable(`赤木${one}電機`, true), '赤木電機');
  }
  for (const one of '\n\r\t\u2028\u2029') {
    assert.equal(enterable(`赤木${one}電機`, false), '赤木 電機');
    assert.equal(enterable(`赤木${one}電機`, true), `赤木${one}電機`);
  }
  for (const one of ['株式会社 赤木電機', '髙橋(㈱)', 'e\u0301', '👩\u200d🏭', 'אב', '']) {
    assert.equal(enterable(one, false), one);
  }
});
