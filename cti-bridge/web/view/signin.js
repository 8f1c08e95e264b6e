// The sign-in forms: by code and password, by single sign-on, by a token, whichever the bridge offers.

import { el } from '../dom.js';

/** The forms; `error` is a text or `null`, `waiting` says that the bridge has not answered yet. */
export function signinForm(context, { error, waiting, retryIn, options }) {
  const { t, actions } = context;
  const note = waiting
    ? retryIn !== null
      ? t('signin.unreachable', { n: retryIn })
      : t('signin.waiting')
    : (error ?? t(options.password ? 'signin.lead_password' : 'signin.lead'));
  return el(
    'div',
    { class: 'panel signin-form' },
    el('img', { src: 'icon.svg', alt: '', width: 48, height: 48 }),
    el('h1', {}, t('app.name')),
    el(
      'p',
      { id: 'signin-note', class: error && !waiting ? 'form-error' : 'soft', role: error ? 'alert' : null },
      note,
    ),
    waiting
      ? el('button', { type: 'button', key: 'submit', on: { click: actions.signOut } }, t('signin.out'))
      : [
          options.password && passwordForm(context, error),
          options.oidc && [
            options.password && el('p', { class: 'signin-or soft small' }, t('signin.or')),
            el(
              'button',
              {
                type: 'button',
                class: options.password ? null : 'main',
                key: 'sso',
                on: { click: () => actions.singleSignOn(options.oidc.url) },
              },
              options.oidc.name ? t('signin.sso', { name: options.oidc.name }) : t('signin.sso_plain'),
            ),
          ],
          options.token &&
            (options.password || options.oidc
              ? el(
                  'details',
                  { key: 'with-token', class: 'small' },
                  el('summary', {}, t('signin.with_token')),
                  tokenForm(context, error, false),
                )
              : tokenForm(context, error, true)),
        ],
  );
}

function passwordForm({ t, actions }, error) {
  const submit = (event) => {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    actions.signInWith(String(values.get('agent_code') ?? '').trim(), String(values.get('password') ?? ''));
  };
  const field = (name, label, props) => [
    el('label', { for: name }, t(label)),
    el('input', {
      id: name,
      name,
      key: name,
      required: true,
      spellcheck: 'false',
      'aria-describedby': 'signin-note',
      'aria-invalid': error ? 'true' : null,
      ...props,
    }),
  ];
  return el(
    'form',
    { class: 'signin-fields', id: 'password-form', on: { submit } },
    field('agent_code', 'signin.code', { autocomplete: 'username', maxlength: 64 }),
    field('password', 'signin.password', { type: 'password', autocomplete: 'current-password', maxlength: 1024 }),
    el('button', { type: 'submit', class: 'main', key: 'submit' }, t('signin.button')),
  );
}

function tokenForm({ t, actions }, error, main) {
  const input = el('input', {
    type: 'password',
    id: 'token',
    name: 'token',
    autocomplete: 'off',
    spellcheck: 'false',
    key: 'token',
    'aria-describedby': 'signin-note',
    'aria-invalid': error ? 'true' : null,
  });
  const submit = (event) => {
    event.preventDefault();
    actions.signIn(input.value.trim());
  };
  return el(
    'form',
    { class: 'signin-fields', on: { submit } },
    el('label', { for: 'token' }, t('signin.token')),
    input,
    el(
      'button',
      { type: 'submit', class: main ? 'main' : null, key: main ? 'submit' : 'submit-token' },
      t('signin.button'),
    ),
  );
}
