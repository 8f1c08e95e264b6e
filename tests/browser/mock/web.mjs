// What the stand-in bridge says over HTTP: the page's files, its health and signing in.

import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ago, TOKEN } from '../fixtures.mjs';

const WEB = fileURLToPath(new URL('../../../cti-bridge/web/', import.meta.url));
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

/** Answers a request that is not the socket's: the page's files, and the routes. */
export async function serve(bridge, request, response) {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (pathname === '/healthz') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ status: 'ok', source: bridge.source, store: 'ok' }));
    return undefined;
  }
  if (pathname.startsWith('/v1/')) return route(bridge, request, response, pathname);
  try {
    const file = normalize(join(WEB, pathname === '/' ? 'index.html' : decodeURIComponent(pathname)));
    if (!file.startsWith(WEB)) throw new Error('outside');
    const body = await readFile(file);
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': CSP,
      'cache-control': 'no-store',
    });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
}

async function route(bridge, request, response, pathname) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const body = text ? JSON.parse(text) : null;
  bridge.posts.push([request.method, pathname, request.headers, body]);
  const say = (status, data, headers = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(data));
  };
  if (pathname === '/v1/sign-in/options') return say(200, bridge.signIn);
  if (pathname === '/v1/oidc/start') {
    response.writeHead(302, { location: `/#token=${TOKEN}` }).end();
    return undefined;
  }
  if (pathname === '/v1/sign-out') return say(200, {});
  if (pathname !== '/v1/sign-in') return say(404, {});
  if (bridge.posts.filter(([, path]) => path === '/v1/sign-in').length > 3)
    return say(429, { error: { code: 'rate_limited' } }, { 'retry-after': '30' });
  if (body.password !== bridge.password || body.agent_code !== bridge.agent.agent_code)
    return say(401, { error: { code: 'unauthorized' } });
  return say(200, { token: TOKEN, expires_at: ago(-480) });
}
