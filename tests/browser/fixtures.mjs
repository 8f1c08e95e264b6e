// What the bridge sends (docs/protocol.md), made of one full customer.

export * from './fixtures/agent.mjs';
export * from './fixtures/akagi.mjs';
export * from './fixtures/cards.mjs';
export * from './fixtures/lists.mjs';
export * from './fixtures/popups.mjs';
export * from './fixtures/time.mjs';
