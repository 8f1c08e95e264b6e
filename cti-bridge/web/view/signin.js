// The sign-in forms: by code and password, by single sign-on, by a token, whichever the bridge offers.

import { el } from '../dom.js';

/** @import { Context, Props, SignInOptions } from '../page' */

/**
 * The forms; `waiting`: the bridge has not answered yet.
 * @param {Context} context
 * @param {{error: string|null, waiting: boolean, retryIn: number|null, options: SignInOptions}} props
 */
export function signinForm(context, { error, waiting, retryIn, options }) {
  const { t, actions } = context;
  const { oidc } = options;
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
          oidc && [
            options.password && el('p', { class: 'signin-or soft small' }, t('signin.or')),
            el(
              'button',
              {
                type: 'button',
                class: options.password ? null : 'main',
                key: 'sso',
                on: { click: () => actions.singleSignOn(oidc.url) },
              },
              oidc.name ? t('signin.sso', { name: oidc.name }) : t('signin.sso_plain'),
            ),
          ],
          options.token &&
            (options.password || oidc
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

/**
 * @param {Context} context
 * @param {string|null} error
 */
function passwordForm({ t, actions }, error) {
  /**
   * @param {string} name
   * @param {Props<HTMLInputElement>} props
   */
  const field = (name, props) =>
    el('input', {
      id: name,
      name,
      key: name,
      required: true,
      spellcheck: 'false',
      'aria-describedby': 'signin-note',
      'aria-invalid': error ? 'true' : null,
      ...props,
    });
  const code = field('agent_code', { autocomplete: 'username', maxlength: 64 });
  const password = field('password', { type: 'password', autocomplete: 'current-password', maxlength: 1024 });
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    event.preventDefault();
    actions.signInWith(code.value.trim(), password.value);
  };
  return el(
    'form',
    { class: 'signin-fields', id: 'password-form', on: { submit } },
    el('label', { for: code.id }, t('signin.code')),
    code,
    el('label', { for: password.id }, t('signin.password')),
    password,
    el('button', { type: 'submit', class: 'main', key: 'submit' }, t('signin.button')),
  );
}

/**
 * @param {Context} context
 * @param {string|null} error
 * @param {boolean} main it is the only way
 */
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
  /** @param {SubmitEvent} event */
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
