// Checks frames against docs/protocol.schema.json, which is generated from the types of the bridge.

import { readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';

const schema = JSON.parse(readFileSync(new URL('../../docs/protocol.schema.json', import.meta.url), 'utf8'));
// The sizes of integers (`uint64` …) are the bridge's own concern.
const sizes = Object.fromEntries(['uint', 'uint32', 'uint64', 'int64'].map((name) => [name, true]));
const days = { date: /^\d{4}-\d\d-\d\d$/, 'date-time': (text) => !Number.isNaN(Date.parse(text)) };
const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { ...sizes, ...days } });
ajv.addSchema(schema, 'protocol');
const compiled = new Map();

/** What is wrong with a frame by the schema of this name; `null` when nothing is. */
function fault(name, frame) {
  if (!compiled.has(name)) {
    const known = schema.$defs[name];
    compiled.set(name, known ? ajv.compile({ $ref: `protocol#/$defs/${encodeURIComponent(name)}` }) : null);
  }
  const valid = compiled.get(name);
  if (!valid) return `${name}: the protocol has no such frame`;
  return valid(frame) ? null : `${name}: ${ajv.errorsText(valid.errors, { dataVar: 'frame' })}`;
}

/** What is wrong with a request of the page. */
export const requestFault = (frame) => fault(`request:${frame.op}`, frame);

/** What is wrong with an answer to a request of this operation. */
export const answerFault = (op, frame) => fault(frame.ok ? `answer:${op}` : 'Refused', frame);

/** What is wrong with a push. */
export const pushFault = (frame) => fault(`push:${frame.ev}`, frame);
