// The token: from the address once, then in this tab's memory until the agent signs out.

const KEY = 'chakuden.token';

/** The token of `#token=…`, which leaves the address bar and the history at once; `null` when there is none. */
export function tokenFromAddress() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) return null;
  history.replaceState(null, '', location.pathname + location.search);
  return token || null;
}

/** The token of this tab, so that a reload stays signed in. */
export function remembered() {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** Keeps the token for this tab. A browser that forbids it signs out on a reload, no more. */
export function remember(token) {
  try {
    sessionStorage.setItem(KEY, token);
  } catch {
    // Nothing to do: the token stays in memory.
  }
}

/** Forgets the token. */
export function forget() {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // There was nothing to forget.
  }
}
