// The sign-in form.

import { el } from '../dom.js';

/** The form; `error` is a text or `null`, `waiting` says that the bridge has not answered yet. */
export function signinForm({ t, actions }, { error, waiting, retryIn }) {
  const input = el('input', {
    type: 'password', id: 'token', name: 'token', autocomplete: 'off', spellcheck: 'false', key: 'token',
    'aria-describedby': 'signin-note', 'aria-invalid': error ? 'true' : null,
  });
  const note = waiting
    ? retryIn !== null ? t('signin.unreachable', { n: retryIn }) : t('signin.waiting')
    : error ?? t('signin.lead');
  const submit = (event) => {
    event.preventDefault();
    actions.signIn(input.value.trim());
  };
  return el('form', { class: 'panel signin-form', on: { submit } },
    el('img', { src: 'icon.svg', alt: '', width: 48, height: 48 }),
    el('h1', {}, t('app.name')),
    el('p', { id: 'signin-note', class: error && !waiting ? 'form-error' : 'soft', role: error ? 'alert' : null }, note),
    el('label', { for: 'token' }, t('signin.token')),
    input,
    waiting
      ? el('button', { type: 'button', key: 'submit', on: { click: actions.signOut } }, t('signin.out'))
      : el('button', { type: 'submit', class: 'main', key: 'submit' }, t('signin.button')));
}
