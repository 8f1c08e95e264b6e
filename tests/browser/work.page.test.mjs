// What an agent does around a call, in a real browser against the stand-in bridge.

import assert from 'node:assert/strict';
import { AGENT, PERMISSIONS, TOKEN, ago, akagi, call, callback, candidate, chosen, colleagues, gigantic, known, missed, missedCall, nobody, shared, unidentified } from './fixtures.mjs';
import { onPage, received, text, tooFaint, tooWide, waitText } from './on-page.mjs';

const asked = (op, more = () => true) => (request) => request.op === op && more(request);
const note = '#wrap textarea';

/** A call of a known customer that this agent answered. */
async function talking(page, bridge, popup = known(akagi())) {
  const id = bridge.ring(popup);
  await page.waitForSelector('.callbar.ringing');
  bridge.answer(id);
  await page.waitForSelector(note);
  return id;
}

/** The same call, over, with its record and the work after it. */
async function afterwards(page, bridge, id, more = {}) {
  bridge.records = [{ call_id: id, direction: 'inbound', caller_kind: 'number', caller_e164: '+81312345678', caller_display: '03-1234-5678', customer_code: 'C00017', customer_name: '株式会社赤木電機', agent_code: 'A201', started_at: ago(2), answered_at: ago(1), ended_at: ago(0), outcome: 'completed', talk_seconds: 65, note: '', wrapped_at: null, ...more }];
  bridge.end(id);
  bridge.setPresence('after_call_work', { call_id: id, until: ago(-2) });
  await page.waitForSelector('.wrapup.unfolded');
}

// ---------------------------------------------------------------- who it is

onPage('candidates say why: the person, for what, the extension, the main number; the choice goes to the bridge', async (page, bridge) => {
  const [a, b] = [bridge.cards.get('C00020'), bridge.cards.get('C00021')];
  a.matched_contact = { contact_id: 4, person_name: '大野 進', purpose: 'sales', source: 'contact', extension: '12', level: 'person' };
  b.matched_contact = { contact_id: 5, person_name: null, purpose: null, source: 'customer', extension: null, level: 'company' };
  const id = bridge.ring(shared([a, b]));
  await waitText(page, '.chooser', '大野 進 様 · 営業担当の番号 · 内線 12');
  await waitText(page, '.chooser', '代表番号');
  assert.equal(await page.locator('.who').count(), 0, 'nothing is picked');
  await page.getByRole('button', { name: '大阪印刷㈱' }).click();
  const request = await received(page, bridge, asked('call.choose'));
  assert.deepEqual([request.call_id, request.customer_code, request.contact_id, request.remember], [id, 'C00021', 5, true]);
  await waitText(page, '.who h1', '大阪印刷㈱');
  await waitText(page, '[data-strip=chosen]', /前回選んだお客様.*佐藤 花子 が \d\d:\d\d に選択 · 候補 2件/s);
  await page.getByRole('button', { name: '選び直す' }).click();
  await waitText(page, '.chooser .chosen', '★ 前回選んだお客様');
  await page.getByLabel('この番号の選択を記憶する').uncheck();
  await page.getByRole('button', { name: '大阪商事㈱' }).click();
  assert.equal((await received(page, bridge, asked('call.choose', (one) => one.customer_code === 'C00020'))).remember, false);
  await waitText(page, '.who h1', '大阪商事㈱');
});

onPage('an earlier choice is shown with its mark, the others stay within reach, and it can be forgotten', async (page, bridge) => {
  const [a, b] = [bridge.cards.get('C00020'), bridge.cards.get('C00021')];
  const id = bridge.ring(chosen(b, shared([a, b]).candidates));
  await waitText(page, '.who h1', '大阪印刷㈱');
  await waitText(page, '[data-strip=chosen]', /★.*鈴木 一郎/s);
  await page.getByRole('button', { name: '選び直す' }).click();
  assert.equal(await page.locator('.chooser li').count(), 2);
  await page.getByRole('button', { name: 'カードに戻る' }).click();
  await waitText(page, '.who h1', '大阪印刷㈱');
  await page.getByRole('button', { name: '記憶を消す' }).click();
  assert.equal((await received(page, bridge, asked('call.forget'))).call_id, id);
  await waitText(page, '#popup h1', '2件のお客様がこの番号を使っています');
});

/** Two people and two sites of 株式会社赤木電機 behind one number. */
function ofAkagi() {
  const person = (contact_id, person_name, purpose) => ({ contact_id, person_name, purpose, extension: null, level: 'person', source: 'contact' });
  const main = { contact_id: null, person_name: null, purpose: null, extension: null, level: 'company', source: 'contact' };
  const popup = known({ ...akagi(), matched_contact: main });
  const parts = {
    people: [person(11, '赤木 一郎', 'sales'), person(12, '赤木 良子', 'billing')],
    sites: [{ name: '埼玉倉庫', kind: 'ship_to', prefecture: '埼玉県', city: 'さいたま市' }, { name: '大阪支店', kind: 'ship_to', prefecture: null, city: null }],
  };
  return { ...popup, candidates: [{ ...popup.candidates[0], ...parts }] };
}

onPage('of one customer the site that calls is chosen with the keyboard, with the reason, and stands on the card', async (page, bridge) => {
  const popup = ofAkagi();
  const id = bridge.ring(popup);
  await page.getByRole('button', { name: '担当者・拠点を選ぶ' }).press('Enter');
  await waitText(page, '#popup h1', 'どなたからのお電話ですか?');
  await waitText(page, '.parts', /赤木 一郎 様.*営業担当の番号.*赤木 良子 様.*請求担当の番号/s);
  await waitText(page, '.parts', /埼玉倉庫.*拠点 · 配送先 · 埼玉県さいたま市/s);
  await page.locator('[data-key="choose-C00017"]').focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.dataset.key), 'choose-C00017-site-埼玉倉庫');
  await page.keyboard.press('Enter');
  const request = await received(page, bridge, asked('call.choose'));
  delete request.id;
  assert.deepEqual(request, { op: 'call.choose', call_id: id, remember: true, customer_code: 'C00017', site: '埼玉倉庫' });
  await waitText(page, '.who', /埼玉倉庫\s*拠点/);
  assert.equal((await text(page, '.who')).includes('埼玉倉庫 様'), false, 'a site is nobody');
  await page.getByRole('button', { name: '選び直す' }).click();
  await waitText(page, '.parts .chosen', '埼玉倉庫');
  await page.getByRole('button', { name: '赤木 良子 様' }).click();
  assert.equal((await received(page, bridge, asked('call.choose', (one) => one.contact_id === 12))).site, undefined);
  await waitText(page, '.who', '赤木 良子 様');
});

onPage('a number that names the person offers no sites', async (page, bridge) => {
  bridge.ring(known(akagi()));
  await page.getByRole('button', { name: 'このお客様ではない' }).waitFor();
  assert.equal(await page.getByRole('button', { name: '担当者・拠点を選ぶ' }).count(), 0);
});

onPage('a choice that the bridge refuses is said, and the list stays', async (page, bridge) => {
  bridge.failing.set('call.choose', { code: 'forbidden', message: 'no' });
  bridge.ring(shared([bridge.cards.get('C00020'), bridge.cards.get('C00021')]));
  await page.getByRole('button', { name: '大阪印刷㈱' }).click();
  await waitText(page, '#toast', 'この操作をする権限がありません。');
  assert.ok(await page.locator('.chooser').isVisible());
});

onPage('the one customer of a number may be the wrong one: another is found and gets the number', async (page, bridge) => {
  const id = bridge.ring(known(akagi()));
  await page.getByRole('button', { name: 'このお客様ではない' }).click();
  await waitText(page, '#popup h1', 'ほかのお客様');
  await page.keyboard.press('/');
  await page.keyboard.type('大阪印刷');
  await page.waitForSelector('#search-list [role=option]');
  await page.keyboard.press('Enter');
  await waitText(page, '[data-strip=offer]', '03-1234-5678 の通話のお客様ですか?');
  await page.getByRole('button', { name: 'この番号を登録する' }).click();
  assert.equal((await received(page, bridge, asked('contact.attach'))).call_id, id);
  await waitText(page, '.who h1', '大阪印刷㈱');
});

onPage('an unknown number is attached to a customer who is found, with the person and the purpose', async (page, bridge) => {
  const id = bridge.ring(nobody());
  await waitText(page, '.next-steps', /会社名とお名前を伺う.*検索して.*見込顧客として登録する/s);
  await page.getByRole('button', { name: '顧客を検索して結び付ける' }).click();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'search-input');
  await page.keyboard.type('大阪商事');
  await page.waitForSelector('#search-list [role=option]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-strip=offer]');
  await page.getByLabel('お名前(担当者)').fill('大野 進');
  await page.getByLabel('用途').selectOption('billing');
  await page.getByRole('button', { name: 'この番号を登録する' }).click();
  const request = await received(page, bridge, asked('contact.attach'));
  assert.deepEqual([request.call_id, request.customer_code, request.person_name, request.purpose], [id, 'C00020', '大野 進', 'billing']);
  await waitText(page, '.callbar.ringing', '090-1111-2222');
  await waitText(page, '.who h1', '大阪商事㈱');
  await waitText(page, '#toast', 'この番号を 大阪商事㈱ に登録しました。');
  assert.equal(await page.locator('.tab').count(), 1, 'the card that was opened by hand moved to the call');
});

onPage('an unknown number becomes a lead, and no push takes away what is typed', async (page, bridge) => {
  const popup = nobody();
  const id = bridge.ring(popup);
  await page.getByRole('button', { name: '見込顧客として登録' }).click();
  await page.getByLabel('会社名・お名前').fill('新規カフェ');
  await page.getByLabel('ご担当者').pressSequentially('三浦');
  bridge.update({ ...popup, call: { ...popup.call, queue: '注文' } });
  await waitText(page, '.callbar', '注文');
  assert.equal(await page.getByLabel('会社名・お名前').inputValue(), '新規カフェ');
  assert.equal(await page.evaluate(() => document.activeElement.name), 'person', 'the focus stayed');
  await page.keyboard.type(' 葵');
  await page.keyboard.press('Enter');
  const request = await received(page, bridge, asked('lead.create'));
  assert.deepEqual([request.call_id, request.company_name, request.person_name, request.phone], [id, '新規カフェ', '三浦 葵', undefined]);
  await waitText(page, '#toast', /見込顧客 L-\d+ を登録しました。/);
  assert.equal(await page.locator('.register').count(), 0);
});

onPage('a registration that fails keeps the form', async (page, bridge) => {
  bridge.failing.set('customer.create', { code: 'busy', message: 'busy' });
  bridge.ring(unidentified('withheld'));
  await page.getByRole('button', { name: '新しい顧客として登録' }).click();
  await page.getByLabel('会社名・お名前').fill('新しい店');
  await page.getByLabel('電話番号', { exact: true }).fill('03-9999-8888');
  await page.keyboard.press('Enter');
  assert.equal((await received(page, bridge, asked('customer.create'))).phone, '03-9999-8888');
  await waitText(page, '#toast', '混み合っています');
  assert.equal(await page.getByLabel('会社名・お名前').inputValue(), '新しい店');
  bridge.failing.clear();
  await page.getByRole('button', { name: '登録', exact: true }).click();
  await waitText(page, '.who h1', '大阪商事㈱');
});

for (const [kind, step] of [['withheld', '折り返し先の番号を伺う'], ['payphone', '折り返せない電話です'], ['out_of_area', '名乗りと国を伺う'], ['service_conflict', 'お客様が番号を隠したのではありません'], ['unknown', '折り返し先の番号を伺う']]) {
  onPage(`a missing number has its own pop-up with what to do next: ${kind}`, async (page, bridge) => {
    const id = bridge.ring(unidentified(kind));
    await waitText(page, `.unknown.is-${kind} .next-steps`, step);
    assert.equal(await page.locator('#popup .dial').count(), 0, 'there is nothing to call back');
    await page.keyboard.press('/');
    await page.keyboard.type('大阪印刷');
    await page.waitForSelector('#search-list [role=option]');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'この通話のお客様にする' }).click();
    const request = await received(page, bridge, asked('call.choose'));
    assert.deepEqual([request.call_id, request.customer_code, request.remember], [id, 'C00021', false]);
    await waitText(page, '.callbar.ringing', '');
    await waitText(page, '.who h1', '大阪印刷㈱');
  });
}

onPage('a customer number that was keyed in is said, also one that nobody has', async (page, bridge) => {
  bridge.ring({ ...known(akagi(), { customer_code: 'C00017' }), match_by: 'code' });
  await waitText(page, '[data-strip=code]', '自動音声で入力された顧客番号 C00017');
  const other = bridge.ring({ ...known(akagi(), { customer_code: '999' }), match_by: 'number' });
  await page.click(`[data-entry="${other}"]`);
  await waitText(page, '[data-strip=code-unknown]', '自動音声で入力された番号 999 の顧客はいません');
});

// ---------------------------------------------------------------- several calls

onPage('a second call overwrites nothing: each state is seen in its tab', async (page, bridge) => {
  const first = await talking(page, bridge);
  await page.fill(note, '一件目のメモ');
  const second = bridge.ring(nobody());
  await waitText(page, `.tab.ringing [data-entry="${second}"]`, '着信中');
  assert.ok((await text(page, '#popup')).includes('株式会社赤木電機'));
  bridge.hold(first);
  await waitText(page, `.tab.held [data-entry="${first}"]`, '保留中');
  await page.click(`[data-entry="${second}"]`);
  bridge.answer(second);
  await page.waitForSelector('.callbar.answered');
  assert.equal(await page.inputValue(note), '');
  await page.fill(note, '二件目のメモ');
  await page.click(`[data-entry="${first}"]`);
  await page.waitForFunction((field) => document.querySelector(field).value === '一件目のメモ', note);
  await waitText(page, '#calls .now.held', '保留中');
});

onPage('who is typing is not torn away: the call that rings waits in its tab until the typing stops', async (page, bridge) => {
  await page.clock.install();
  await page.goto(`${bridge.url}#token=${TOKEN}`);
  await page.waitForSelector('#link-state.good');
  const first = await talking(page, bridge);
  await afterwards(page, bridge, first);
  await page.locator(note).pressSequentially('まだ書い');
  const second = bridge.ring(nobody());
  await page.waitForSelector(`.tab.ringing [data-entry="${second}"]`);
  await page.keyboard.type('ている');
  assert.equal(await page.inputValue(note), 'まだ書いている');
  assert.equal(await page.getAttribute(`[data-entry="${first}"]`, 'aria-selected'), 'true');
  assert.match(await text(page, '#announce'), /着信 090-1111-2222/);
  await page.clock.fastForward(4_000);
  await waitText(page, '.callbar.ringing', '090-1111-2222');
  await page.click(`[data-entry="${first}"]`);
  assert.equal(await page.inputValue(note), 'まだ書いている');
}, { signIn: false });

onPage('a transferred call brings its note and the customer that was chosen', async (page, bridge) => {
  const [a, b] = [bridge.cards.get('C00020'), bridge.cards.get('C00021')];
  const popup = chosen(b, shared([a, b]).candidates);
  const id = bridge.ring({ ...popup, call: { ...popup.call, note: '納期の件。資料は送付済み', note_by: '鈴木 一郎' } });
  await waitText(page, '.handed', /引き継ぎメモ · 鈴木 一郎.*納期の件。資料は送付済み/s);
  await waitText(page, '.who h1', '大阪印刷㈱');
  bridge.answer(id);
  await page.waitForFunction((field) => document.querySelector(field)?.value === '納期の件。資料は送付済み', note);
});

onPage('who hands a call over keeps what was typed and not saved', async (page, bridge) => {
  const id = await talking(page, bridge);
  await page.fill(note, '転送します');
  bridge.dismiss(id, 'transferred');
  await waitText(page, '.callbar.ended', '通話終了 · 転送');
  assert.equal(await page.inputValue(note), '転送します');
  assert.equal((await received(page, bridge, asked('call.note'))).text, '転送します');
});

// ---------------------------------------------------------------- calling

onPage('numbers are called with one press: on the card, in the timeline, in the list, in the search', async (page, bridge) => {
  bridge.cards.get('C00017').interactions[0].body = '折り返しは 090-2222-3333 へ(伝票 2026-0001 の件)';
  await page.click('#calls [data-call="p-2"] .dial');
  assert.equal((await received(page, bridge, asked('call.dial'))).number, '+819011112222');
  await waitText(page, '#toast', '発信しています。お手元の電話が先に鳴ります。');
  await waitText(page, '.callbar.dialing', /発信中 0:0\d/);
  await page.keyboard.press('/');
  await page.keyboard.type('赤木');
  await page.waitForSelector('#search-list [role=option]');
  await page.keyboard.press('Enter');
  await page.click('.more-details summary');
  await page.getByRole('button', { name: '048-123-4567 に発信' }).click();
  await received(page, bridge, asked('call.dial', (one) => one.number === '048-123-4567'));
  await page.locator('[data-entry="card:C00017"]').click();
  assert.deepEqual(await page.locator('#timeline .dial').evaluateAll((nodes) => nodes.map((node) => node.dataset.dial)), ['090-2222-3333'], 'a slip’s number is no telephone number');
  await page.keyboard.press('/');
  await page.keyboard.type('03 5555 6666');
  await waitText(page, '#search-list', '03 5555 6666 に発信');
  await page.keyboard.press('Enter');
  assert.equal(bridge.requests.filter((one) => one.number === '0355556666').length, 0, 'Enter alone calls nobody');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await received(page, bridge, asked('call.dial', (one) => one.number === '0355556666'));
}, { setUp: (bridge) => { bridge.records = [{ call_id: 'p-2', direction: 'inbound', caller_kind: 'number', caller_e164: '+819011112222', agent_code: 'A201', started_at: ago(22), answered_at: null, outcome: 'no_answer' }]; } });

onPage('an outgoing call is followed: dialling, answered, ended; one that nobody answers can be wrapped up', async (page, bridge) => {
  const id = bridge.dialing(known(akagi()));
  await waitText(page, '.callbar.dialing', /発信中.*発信.*03-1234-5678/s);
  assert.equal(await page.title(), '着電', 'nothing rings');
  bridge.answer(id);
  await waitText(page, '.callbar.answered', '通話中');
  bridge.end(id);
  await waitText(page, '.callbar.ended', '通話終了');
  const second = bridge.dialing(nobody());
  await page.waitForSelector('.callbar.dialing');
  bridge.end(second, 'no_answer', null);
  await waitText(page, '.callbar.ended', '応答なし');
  await page.waitForSelector('.wrapup.unfolded');
});

onPage('what the telephone system refuses is said in its words', async (page, bridge) => {
  bridge.failing.set('call.dial', { code: 'refused', message: '内線 201 が話中です' });
  bridge.ring(known(akagi()));
  await page.click('.more-details summary');
  await page.getByRole('button', { name: '048-123-4567 に発信' }).click();
  await waitText(page, '#toast', '電話システムが受け付けませんでした: 内線 201 が話中です');
});

onPage('who may not call sees numbers, not buttons', async (page, bridge) => {
  bridge.ring(known(akagi()));
  await page.click('.more-details summary');
  await waitText(page, '.more-details', '048-123-4567');
  assert.equal(await page.locator('.dial').count(), 0);
}, { setUp: (bridge) => { bridge.permissions = PERMISSIONS.filter((one) => one !== 'calls.dial'); } });

// ---------------------------------------------------------------- presence

onPage('presence: away with a reason, on a call, the work after it with its time, and done', async (page, bridge) => {
  await page.getByRole('button', { name: '離席中' }).click();
  await page.getByLabel('離席の理由').selectOption('meeting');
  await received(page, bridge, asked('presence', (one) => one.state === 'away' && one.reason === 'meeting'));
  await waitText(page, '.presence-chip.is-away', /^0:0\d$/);
  await page.getByRole('button', { name: '受付可' }).click();
  bridge.setPresence('on_call', { call_id: 'c-0', since: ago(2) });
  await waitText(page, '.presence-chip.is-on_call', /通話中 2:0\d/);
  bridge.setPresence('after_call_work', { until: ago(-1), since: ago(0.5) });
  await waitText(page, '.presence-chip.is-after_call_work', /後処理中 0:3\d\s*残り (1:00|0:5\d)/);
  await page.getByRole('button', { name: '続ける' }).click();
  await received(page, bridge, asked('presence', (one) => one.state === 'after_call_work'));
  await waitText(page, '.presence-chip.is-after_call_work', /後処理中 0:0\d/);
  await page.getByRole('button', { name: '後処理を完了' }).click();
  await page.waitForSelector('.presence-ready[aria-pressed=true]');
  bridge.setPresence('after_call_work', { until: ago(0) });
  await page.waitForSelector('.presence-chip.is-after_call_work');
  bridge.setPresence('ready');
  await page.waitForSelector('.presence-chip.is-after_call_work', { state: 'detached' });
});

onPage('away for a reason in one’s own words, with the keyboard; it stays beside the fixed ones', async (page, bridge) => {
  await page.getByRole('button', { name: '離席中' }).press('Enter');
  const reasons = page.locator('select[data-key=presence-reason]');
  await reasons.selectOption({ label: '自由に入力…' });
  const own = page.locator('.reason-field input');
  await own.waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.dataset.key), 'presence-own');
  await page.keyboard.press('Enter');
  await page.keyboard.type('銀行へ');
  await page.keyboard.press('Escape');
  await reasons.waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.dataset.key), 'presence-reason', 'Escape gives it up');
  await reasons.selectOption({ label: '自由に入力…' });
  await own.pressSequentially('銀'.repeat(105));
  assert.equal((await own.inputValue()).length, 100, 'no more than the bridge takes');
  await own.fill(' 銀行へ ');
  await page.keyboard.press('Enter');
  await received(page, bridge, asked('presence', (one) => one.state === 'away' && one.reason === '銀行へ'));
  await reasons.waitFor();
  assert.equal(await reasons.inputValue(), '銀行へ');
  assert.equal(bridge.requests.filter(asked('presence')).length, 2, 'an empty reason was not sent');
  await reasons.selectOption('meeting');
  await received(page, bridge, asked('presence', (one) => one.reason === 'meeting'));
});

onPage('a reason in one’s own words that the bridge does not take stays in its field', async (page, bridge) => {
  await page.getByRole('button', { name: '離席中' }).click();
  await page.locator('select[data-key=presence-reason]').selectOption({ label: '自由に入力…' });
  bridge.failing.set('presence', { code: 'busy', message: 'busy' });
  await page.locator('.reason-field input').fill('銀行へ');
  await page.getByRole('button', { name: '設定' }).click();
  await waitText(page, '#toast', '混み合っています');
  assert.equal(await page.locator('.reason-field input').inputValue(), '銀行へ');
  bridge.failing.clear();
  await page.getByRole('button', { name: '受付可' }).click();
  await page.locator('.reason-field').waitFor({ state: 'detached' });
});

// ---------------------------------------------------------------- wrap-up

onPage('the wrap-up needs no mouse, and everything it says arrives', async (page, bridge) => {
  const id = await talking(page, bridge);
  await page.keyboard.press('n');
  await page.keyboard.type('請求の件 11/25 に振込');
  await afterwards(page, bridge, id);
  assert.equal(await page.evaluate(() => document.activeElement.name), 'note', 'the focus stayed in the note');
  await page.locator('.is-category input').first().focus();
  await page.keyboard.press('7');
  await page.locator('.is-result input').first().focus();
  await page.keyboard.press('ArrowRight');
  await page.locator('.is-status input').first().focus();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('button', { name: '明日 10:00' }).press('Enter');
  await page.locator('summary[data-key^=extras-open]').press('Enter');
  await page.getByLabel('種類').selectOption('complaint');
  await page.getByLabel('件名').fill('請求書が届かない');
  await page.getByLabel('ToDo', { exact: true }).fill('請求書を再送');
  await page.getByLabel('期日').fill('2026-12-01');
  await page.keyboard.press('Control+Enter');
  const request = await received(page, bridge, asked('call.wrapup'));
  assert.match(request.follow_up_at, /^\d{4}-\d\d-\d\dT01:00:00\.000Z$/);
  delete request.id;
  delete request.follow_up_at;
  assert.deepEqual(request, {
    op: 'call.wrapup', call_id: id, note: '請求の件 11/25 に振込', category: 'billing', result: 'callback', status: 'in_progress', customer_code: 'C00017',
    inquiry: { kind: 'complaint', subject: '請求書が届かない' }, task: { title: '請求書を再送', due_on: '2026-12-01' }, done: true,
  });
  await waitText(page, '#toast', /保存しました · 問合せ #\d+ · ToDo #T-\d+ · 折り返し #\d+/);
  await page.waitForSelector('.idle');
  await page.waitForSelector('.presence-ready[aria-pressed=true]');
  await page.waitForFunction(() => sessionStorage.getItem('chakuden.drafts') === null); // Nothing of it stays in the browser.
});

onPage('a wrap-up that cannot be saved loses nothing', async (page, bridge) => {
  const id = await talking(page, bridge);
  await afterwards(page, bridge, id);
  bridge.failing.set('call.wrapup', { code: 'timeout', message: 'late' });
  await page.fill(note, '残る');
  await page.click('.is-category label >> nth=2');
  await page.keyboard.press('Control+Enter');
  await waitText(page, '#toast', '応答がありませんでした');
  assert.equal(await page.inputValue(note), '残る');
  assert.ok(await page.locator('.is-category input >> nth=2').isChecked());
  bridge.failing.clear();
  await page.getByRole('button', { name: '保存して完了' }).click();
  await page.waitForSelector('.idle');
});

onPage('saving while talking keeps the call, and the work after it still comes', async (page, bridge) => {
  const id = await talking(page, bridge);
  await page.fill(note, '途中で保存');
  await page.keyboard.press('Control+Enter');
  assert.equal((await received(page, bridge, asked('call.wrapup'))).done, false);
  await waitText(page, '.wrap-state', '保存しました');
  assert.ok(await page.locator('.callbar.answered').isVisible());
  await afterwards(page, bridge, id, { wrapped_at: ago(1) });
  assert.ok(await page.locator('.callbar.ended').isVisible());
});

onPage('the note is kept as it is typed; no push touches the field, the caret or the focus', async (page, bridge) => {
  const popup = known(akagi());
  const id = await talking(page, bridge, popup);
  await page.locator(note).pressSequentially('あいうえお');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await page.evaluate((field) => { document.querySelector(field).dataset.mark = 'same'; }, note);
  bridge.update({ ...popup, call: { ...popup.call, state: 'answered', answered_at: ago(0) }, alerts: [] });
  await page.waitForSelector('.alerts', { state: 'detached' });
  bridge.hold(id);
  await page.waitForSelector('.callbar.held');
  bridge.push('missed.changed', missedCall());
  bridge.setPresence('on_call', { call_id: id });
  await page.waitForSelector('.presence-chip.is-on_call');
  await page.keyboard.type('*');
  assert.equal(await page.inputValue(note), 'あいう*えお');
  assert.equal(await page.getAttribute(note, 'data-mark'), 'same');
  await received(page, bridge, asked('call.note', (one) => one.call_id === id && one.text === 'あいう*えお'));
  await waitText(page, '.wrap-state', 'メモは保存済み');
});

onPage('a word that an input method puts together survives whatever comes', async (page, bridge) => {
  const id = await talking(page, bridge);
  await page.focus(note);
  const input = await page.context().newCDPSession(page);
  await input.send('Input.imeSetComposition', { text: 'にほん', selectionStart: 3, selectionEnd: 3 });
  await afterwards(page, bridge, id).catch(() => {});
  assert.equal(await page.inputValue(note), 'にほん');
  await input.send('Input.insertText', { text: '日本' });
  await page.waitForSelector('.wrapup.unfolded');
  assert.equal(await page.inputValue(note), '日本');
});

onPage('a colleague’s note does not replace what is being typed; it waits beside it', async (page, bridge) => {
  const id = await talking(page, bridge);
  bridge.note(id, '前の担当のメモ');
  await page.waitForFunction((field) => document.querySelector(field).value === '前の担当のメモ', note);
  await page.locator(note).pressSequentially(' 続き');
  bridge.note(id, '別の内容');
  await waitText(page, '.theirs', '鈴木 一郎 の入力 別の内容');
  assert.equal(await page.inputValue(note), '前の担当のメモ 続き');
  await page.getByRole('button', { name: '下に加える' }).click();
  await page.waitForFunction((field) => document.querySelector(field).value === '前の担当のメモ 続き\n別の内容', note);
  await received(page, bridge, asked('call.note', (one) => one.text === '前の担当のメモ 続き\n別の内容'));
});

onPage('a reload in the middle of the wrap-up brings everything back', async (page, bridge) => {
  const id = await talking(page, bridge);
  await afterwards(page, bridge, id);
  await page.click('.is-category label >> nth=4');
  await page.locator(note).pressSequentially('書きかけ');
  await page.reload();
  await page.waitForSelector('.callbar.ended');
  await page.waitForFunction((field) => document.querySelector(field)?.value === '書きかけ', note);
  assert.ok(await page.locator('.is-category input >> nth=4').isChecked());
  await waitText(page, '.who h1', '株式会社赤木電機');
  await page.focus(note);
  await page.keyboard.press('Control+Enter');
  const request = await received(page, bridge, asked('call.wrapup'));
  assert.deepEqual([request.note, request.category, request.customer_code], ['書きかけ', 'delivery_change', 'C00017']);
});

onPage('a session that ends in the middle of the wrap-up loses nothing; leaving on purpose leaves nothing behind', async (page, bridge) => {
  const id = await talking(page, bridge);
  await afterwards(page, bridge, id);
  await page.click('.is-category label >> nth=4');
  await page.locator(note).pressSequentially('書きかけ');
  bridge.cut(4401);
  await page.fill('#token', TOKEN);
  await page.keyboard.press('Enter');
  await page.waitForFunction((field) => document.querySelector(field)?.value === '書きかけ', note);
  assert.ok(await page.locator('.is-category input >> nth=4').isChecked());
  await page.getByRole('button', { name: 'サインアウト' }).click();
  await page.waitForSelector('#token');
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
});

onPage('the work after a call comes up on another machine too', async (page, bridge) => {
  await waitText(page, '.callbar.ended', '通話終了');
  await page.waitForFunction((field) => document.querySelector(field)?.value === 'もう一台で書いたメモ', note);
}, {
  setUp: (bridge) => {
    bridge.records = [{ call_id: 'c-far', direction: 'inbound', caller_kind: 'number', caller_e164: '+81312345678', customer_code: 'C00017', agent_code: 'A201', started_at: ago(3), answered_at: ago(2), ended_at: ago(1), outcome: 'completed', talk_seconds: 60, note: 'もう一台で書いたメモ', wrapped_at: null }];
    bridge.presence = 'after_call_work';
  },
});

onPage('a wrap-up that was saved on another machine closes the tab here, not one with unsaved words', async (page, bridge) => {
  const id = await talking(page, bridge);
  await afterwards(page, bridge, id);
  bridge.records[0].wrapped_at = ago(0);
  bridge.setPresence('ready');
  await page.waitForSelector('.idle');
  const second = await talking(page, bridge, nobody());
  await afterwards(page, bridge, second);
  await page.fill(note, 'まだ保存していない');
  bridge.records[0].wrapped_at = ago(0);
  const calls = bridge.requests.filter(asked('calls')).length;
  bridge.setPresence('ready');
  await page.waitForSelector('.presence-ready[aria-pressed=true]');
  while (bridge.requests.filter(asked('calls')).length === calls) await page.evaluate(() => new Promise(requestAnimationFrame));
  assert.equal(await page.inputValue(note), 'まだ保存していない');
});

onPage('what is typed while the connection is lost goes out when it is back', async (page, bridge) => {
  const id = await talking(page, bridge);
  await bridge.stop();
  await page.waitForSelector('.callbar.stale');
  await page.fill(note, '切れている間のメモ');
  await waitText(page, '.wrap-state', '接続が戻りしだいメモを送ります');
  await bridge.start();
  assert.equal((await received(page, bridge, asked('call.note'))).call_id, id);
  await waitText(page, '.wrap-state', 'メモは保存済み');
  assert.equal(await page.inputValue(note), '切れている間のメモ');
}, { offline: true });

onPage('a call without its wrap-up is marked in the list and can be opened later', async (page, bridge) => {
  await page.getByRole('button', { name: '株式会社赤木電機 の後処理を開く' }).click();
  await page.waitForSelector('.wrapup.unfolded');
  await page.fill(note, '後から');
  await page.keyboard.press('Control+Enter');
  assert.equal((await received(page, bridge, asked('call.wrapup'))).call_id, 'p-1');
  await page.waitForSelector('.line-wrap', { state: 'detached' });
}, { setUp: (bridge) => { bridge.records = [{ call_id: 'p-1', direction: 'inbound', caller_kind: 'number', caller_e164: '+81312345678', customer_code: 'C00017', customer_name: '株式会社赤木電機', agent_code: 'A201', started_at: ago(30), answered_at: ago(29), ended_at: ago(28), outcome: 'completed', talk_seconds: 60, wrapped_at: null }]; } });

onPage('what an agent did for a customer is on every open card at once', async (page, bridge) => {
  await page.keyboard.press('/');
  await page.keyboard.type('赤木');
  await page.waitForSelector('#search-list [role=option]');
  await page.keyboard.press('Enter');
  await waitText(page, '.rows', '納期遅延');
  bridge.cards.get('C00017').open.tasks.push({ task_no: 'T-10', title: '請求書を再送', due_on: null, assignee: '鈴木 一郎' });
  bridge.push('customer.changed', { customer_code: 'C00017' });
  await waitText(page, '.rows', '請求書を再送');
});

onPage('a to-do is done and an inquiry gets further on the card', async (page, bridge) => {
  await page.keyboard.press('/');
  await page.keyboard.type('赤木');
  await page.waitForSelector('#search-list [role=option]');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: '納期の再回答 を完了にする' }).click();
  assert.equal((await received(page, bridge, asked('task.done'))).task_no, 'T-9');
  await page.locator('.rows').getByText('納期の再回答').waitFor({ state: 'detached' });
  await page.getByLabel('問合せ #332 の状況').selectOption('done');
  const { inquiry_no: no, status } = await received(page, bridge, asked('inquiry.update'));
  assert.deepEqual([no, status], ['332', 'done']);
  await page.getByLabel('問合せ #332 の状況').waitFor({ state: 'detached' });
});

// ---------------------------------------------------------------- missed calls and callbacks

const withMissed = { setUp: (bridge) => { bridge.missed = missed(); } };
const row = (name) => `.missed-row:has-text("${name}")`;

onPage('missed calls: rank first, who waits longest; claimed, closed with a note, closed by a call', async (page, bridge) => {
  await waitText(page, '[data-key=view-missed] .badge', '3');
  await page.click('[data-key=view-missed]');
  await page.waitForSelector('.missed-row');
  assert.deepEqual(await page.locator('.missed-row .missed-who > :first-child').allInnerTexts(), ['大阪印刷㈱', '株式会社赤木電機', '未登録', '大阪商事㈱']);
  await waitText(page, row('赤木'), /3回 最初 \d\d:\d\d · 最後 \d\d:\d\d.*放棄 · サポート窓口.*までに/s);
  await waitText(page, row('大阪印刷'), '期限超過');
  await waitText(page, row('大阪商事'), '鈴木 一郎 が対応中');
  assert.equal(await page.locator(row('大阪商事')).getByRole('button', { name: '対応する' }).count(), 0);
  await page.locator(row('赤木')).getByRole('button', { name: '対応する' }).click();
  await waitText(page, row('赤木'), '自分が対応中');
  await page.locator(row('赤木')).getByLabel('完了のメモ').pressSequentially('折り返し');
  bridge.changeMissed(bridge.missed[2].missed_no, { count: 5 });
  await waitText(page, row('未登録'), '5回');
  await page.keyboard.type('済み');
  await page.locator(row('赤木')).getByRole('button', { name: '完了' }).click();
  const request = await received(page, bridge, asked('missed.close'));
  assert.deepEqual([request.result, request.note], ['done', '折り返し済み']);
  await page.waitForSelector(row('赤木'), { state: 'detached' });
  bridge.changeMissed(bridge.missed[1].missed_no, { status: 'done', closed_by_call: 'c-9', closed_at: ago(0) });
  await page.waitForSelector(row('大阪印刷'), { state: 'detached' });
  await waitText(page, '[data-key=view-missed] .badge', '1');
  await page.getByLabel('完了したものも表示').check();
  await waitText(page, row('大阪印刷'), '完了 · 通話で完了');
}, withMissed);

onPage('a colleague was first: it is said, and the list shows who', async (page, bridge) => {
  await page.click('[data-key=view-missed]');
  bridge.failing.set('missed.claim', { code: 'conflict', message: 'claimed' });
  Object.assign(bridge.missed[0], { status: 'in_progress', assignee: 'A203', assignee_name: '鈴木 一郎' });
  await page.locator(row('赤木')).getByRole('button', { name: '対応する' }).click();
  await waitText(page, '#toast', '先に他の担当者が対応を始めました。');
  await waitText(page, row('赤木'), '鈴木 一郎 が対応中');
}, withMissed);

onPage('who leads may take a missed call away from a colleague', async (page, bridge) => {
  await page.click('[data-key=view-missed]');
  await page.locator(row('大阪商事')).getByRole('button', { name: '手放す' }).click();
  await received(page, bridge, asked('missed.release'));
  await page.locator(row('大阪商事')).getByRole('button', { name: '対応する' }).waitFor();
}, { setUp: (bridge) => { bridge.missed = missed(); bridge.permissions = [...PERMISSIONS, 'missed.assign']; } });

onPage('a missed caller is called back from the list, and a call that rings takes the stage from it', async (page, bridge) => {
  await page.click('[data-key=view-missed]');
  await page.locator(row('大阪印刷')).locator('.dial').click();
  assert.equal((await received(page, bridge, asked('call.dial'))).number, '+81663000000');
  await page.waitForSelector('.callbar.dialing');
  assert.ok(await page.locator('#missed').isHidden());
}, withMissed);

onPage('a callback is reminded of when it is due: seen and said, in nobody’s way', async (page, bridge) => {
  await page.focus('#search-input');
  const one = callback();
  bridge.push('callback.due', one);
  await waitText(page, '.reminder', /折り返しの時刻です.*大阪商事㈱.*06-6300-0000.*見積の件/s);
  await waitText(page, '#announce-later', /折り返し \d\d:\d\d 大阪商事㈱/);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'search-input', 'the focus stays');
  await page.waitForFunction(() => document.title.startsWith('⏰'));
  await page.getByRole('button', { name: '10分後' }).click();
  await page.waitForSelector('.reminder', { state: 'detached' });
  bridge.push('callback.due', callback({ customer_name: '株式会社赤木電機' }));
  await page.locator('.reminder .dial').click();
  await received(page, bridge, asked('call.dial'));
  await page.locator('.reminder').getByRole('button', { name: '完了' }).click();
  await received(page, bridge, asked('callback.done'));
  await page.waitForSelector('.reminder', { state: 'detached' });
  await page.waitForFunction(() => document.title === '着電');
});

onPage('a callback becomes due while the page is open, without a push', async (page, bridge) => {
  await page.clock.install();
  await page.goto(`${bridge.url}#token=${TOKEN}`);
  await page.waitForSelector('#link-state.good');
  await page.click('[data-key=view-missed]');
  await waitText(page, '.callback-row', '大阪商事㈱');
  assert.equal(await page.locator('.reminder').count(), 0);
  bridge.stuck = true;
  await page.clock.fastForward(6_000);
  await page.waitForSelector('.reminder');
  bridge.stuck = false;
}, { signIn: false, setUp: (bridge) => { bridge.callbacks = [callback({ due_at: new Date(Date.now() + 5_000).toISOString() })]; } });

// ---------------------------------------------------------------- several tabs and machines

/** Another tab of the same browser. */
async function another(profile, bridge) {
  const tab = await profile.newPage();
  await tab.goto(`${bridge.url}#token=${TOKEN}`);
  await tab.waitForSelector('#link-state.good');
  return tab;
}

const flashes = (page) => page.waitForFunction(() => /^[☎●]/.test(document.title));

onPage('of several tabs all show the call and one is heard', async (page, bridge, { profile }) => {
  const second = await another(profile, bridge);
  bridge.ring(known(akagi()));
  await Promise.all([page, second].map((one) => one.waitForSelector('.callbar.ringing')));
  await flashes(page);
  assert.equal(await second.title(), '着電');
  await page.close();
  await flashes(second);
});

onPage('a tab that is stuck while it should be heard is replaced by another', async (page, bridge, { profile }) => {
  const stuck = await profile.newPage();
  await stuck.goto(`${bridge.url}icon.svg`);
  await stuck.evaluate(() => new Promise((held) => { navigator.locks.request('chakuden.rings.A201', { steal: true }, () => { held(); return new Promise(() => {}); }); }));
  bridge.ring(known(akagi()));
  await page.waitForSelector('.callbar.ringing');
  await flashes(page);
});

onPage('across machines the one that was used last rings; the others say so', async (page, bridge) => {
  bridge.ringAt(99);
  await waitText(page, '#ring-elsewhere', '別の端末で鳴ります');
  bridge.ring(known(akagi()));
  await page.waitForSelector('.callbar.ringing');
  assert.equal(await page.title(), '着電');
  await page.mouse.click(700, 500);
  await received(page, bridge, asked('ring.here'));
  await page.waitForSelector('#ring-elsewhere', { state: 'detached' });
  await flashes(page);
});

onPage('the tone is off until somebody wants it, and stops with the ringing', async (page, bridge) => {
  await page.addInitScript(() => {
    window.tones = 0;
    window.AudioContext = class {
      currentTime = 0;
      destination = {};
      resume() { return Promise.resolve(); }
      createOscillator() { return { frequency: {}, connect: (to) => to, start() { window.tones += 1; }, stop() {} }; }
      createGain() { return { gain: { setValueAtTime() {}, exponentialRampToValueAtTime() {} }, connect: (to) => to }; }
    };
  });
  await page.reload();
  await page.waitForSelector('#link-state.good');
  const first = bridge.ring(known(akagi()));
  await flashes(page);
  assert.equal(await page.evaluate(() => window.tones), 0);
  bridge.dismiss(first, 'no_answer');
  await page.getByRole('button', { name: '着信音' }).click();
  const second = bridge.ring(known(akagi()));
  await page.waitForFunction(() => window.tones === 2);
  bridge.answer(second);
  await page.waitForSelector('.callbar.answered');
  await page.reload();
  assert.equal(await page.getAttribute('[data-key=sound]', 'aria-pressed'), 'true', 'the browser remembers');
});

onPage('a callback that is done in one tab leaves the others', async (page, bridge, { profile }) => {
  bridge.callbacks = [callback()];
  const second = await another(profile, bridge);
  bridge.push('callback.due', bridge.callbacks[0]);
  await Promise.all([page, second].map((one) => one.waitForSelector('.reminder')));
  await page.locator('.reminder').getByRole('button', { name: '完了' }).click();
  await second.waitForSelector('.reminder', { state: 'detached' });
});

// ---------------------------------------------------------------- who leads, who signs in

onPage('a supervisor sees who does what since when, live', async (page, bridge) => {
  await page.click('[data-key=view-team]');
  await waitText(page, '[data-agent=A202]', /高橋 次郎.*通話中\s*2:0\d/s);
  await waitText(page, '[data-agent=A204]', '離席中 · 休憩');
  await waitText(page, '[data-agent=A205]', '未接続');
  await waitText(page, '[data-live=c-x1]', /通話中.*03-1234-5678.*株式会社赤木電機.*高橋 次郎/s);
  await waitText(page, '[data-live=c-x2]', /着信中.*非通知.*佐藤 花子, 鈴木 一郎/s);
  assert.equal(await page.locator('[data-agent]').first().getAttribute('data-agent'), 'A202', 'those on a call come first');
  bridge.push('agents.changed', { agent_code: 'A202', presence: 'ready', reason: null, since: ago(0) });
  await waitText(page, '[data-agent=A202]', /受付可\s*0:0\d/);
}, { setUp: (bridge) => { bridge.agent = { ...AGENT, role: 'supervisor' }; bridge.permissions = [...PERMISSIONS, 'presence.all']; bridge.team = colleagues(); } });

onPage('an agent does not see the team', async (page) => {
  await page.waitForSelector('[data-key=view-missed]');
  assert.equal(await page.locator('[data-key=view-team]').count(), 0);
});

const passwords = { signIn: false, offline: true, setUp: (bridge) => { bridge.signIn = { token: true, password: true, oidc: { name: '社内アカウント', url: '/v1/oidc/start' } }; } };

onPage('code and password: wrong, right, and given back on leaving', async (page, bridge) => {
  await page.goto(bridge.url);
  await page.getByLabel('担当者コード').fill('A201');
  await page.getByLabel('パスワード').fill('wrong');
  await page.keyboard.press('Enter');
  await waitText(page, '.form-error', '担当者コードまたはパスワードが違います。');
  assert.equal(await page.getByLabel('担当者コード').inputValue(), 'A201');
  await page.getByLabel('パスワード').fill('correct horse');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#link-state.good');
  assert.ok(!(await page.content()).includes('correct horse'));
  assert.equal(await page.locator('input[type=password]').count(), 0, 'the password is nowhere in the page');
  await page.getByRole('button', { name: 'サインアウト' }).click();
  await page.waitForSelector('#password-form');
  const [, , headers] = bridge.posts.find(([method, path]) => method === 'POST' && path === '/v1/sign-out');
  assert.equal(headers.authorization, `Bearer ${TOKEN}`);
}, passwords);

onPage('too many attempts are said with the time to wait', async (page, bridge) => {
  await page.goto(bridge.url);
  for (let i = 0; i < 4; i++) {
    await page.getByLabel('担当者コード').fill('A201');
    await page.getByLabel('パスワード').fill(`wrong ${i}`);
    const answered = page.waitForResponse('**/v1/sign-in');
    await page.keyboard.press('Enter');
    await answered;
  }
  await waitText(page, '.form-error', '試行が多すぎます。30秒後');
}, passwords);

onPage('single sign-on leaves and comes back with a token for this session', async (page, bridge) => {
  await page.goto(bridge.url);
  await page.getByRole('button', { name: '社内アカウント でサインイン' }).click();
  await page.waitForSelector('#link-state.good');
  assert.ok(!page.url().includes('token'));
  await page.getByRole('button', { name: 'サインアウト' }).click();
  await page.waitForSelector('#password-form');
  assert.ok(bridge.posts.some(([, path]) => path === '/v1/sign-out'));
}, passwords);

onPage('a token that an administrator gave is not given back by signing out', async (page, bridge) => {
  await page.getByRole('button', { name: 'サインアウト' }).click();
  await page.waitForSelector('#token');
  assert.deepEqual(bridge.posts.filter(([, path]) => path === '/v1/sign-out'), []);
});

onPage('of several telephone systems the one that is down is named', async (page, bridge) => {
  await waitText(page, '#source-state.good', '電話 接続');
  bridge.push('source.state', { up: false, source: 'osaka', source_up: false });
  await waitText(page, '#source-state.bad', '電話 切断: osaka');
  bridge.push('source.state', { up: true, source: 'osaka', source_up: true });
  await waitText(page, '#source-state.good', '電話 接続');
}, { setUp: (bridge) => { bridge.sources = [{ name: 'tokyo', up: true }, { name: 'osaka', up: true }]; } });

// ---------------------------------------------------------------- for everybody

const EVIL = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';

onPage('the newer data is text too, never markup', async (page, bridge) => {
  const popup = chosen(bridge.cards.get('C00021'), shared([bridge.cards.get('C00020'), bridge.cards.get('C00021')]).candidates, EVIL);
  const id = bridge.ring({ ...popup, match_by: 'code', call: { ...popup.call, customer_code: EVIL, note: EVIL, note_by: EVIL } });
  await waitText(page, '.handed', EVIL);
  await waitText(page, '[data-strip=code]', EVIL);
  bridge.answer(id);
  await page.waitForSelector(note);
  await page.locator(note).pressSequentially('x');
  bridge.note(id, `${EVIL}!`, EVIL);
  await waitText(page, '.theirs', EVIL);
  bridge.push('callback.due', callback({ customer_name: EVIL, note: EVIL, display: EVIL }));
  await waitText(page, '.reminder', EVIL);
  await page.click('[data-key=view-missed]');
  await waitText(page, '.missed-row', EVIL);
  await page.click('[data-key=view-team]');
  await waitText(page, '.board', EVIL);
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  assert.equal(await page.locator('#desk img[onerror], body script, [onerror]').count(), 0);
}, {
  setUp: (bridge) => {
    bridge.permissions = [...PERMISSIONS, 'presence.all'];
    bridge.missed = [missedCall({ customer_name: EVIL, queue: EVIL, reason: EVIL, rank: EVIL, caller: { kind: EVIL, number: EVIL, display: EVIL, area: EVIL } })];
    bridge.team = { agents: [{ agent_code: EVIL, agent_name: EVIL, extension: EVIL, presence: EVIL, reason: EVIL, since: EVIL, sockets: 1 }], calls: [{ call_id: EVIL, state: EVIL, caller: EVIL, customer_name: EVIL, queue: EVIL, agents: [{ agent_code: EVIL }] }] };
  },
});

// ---------------------------------------------------------------- without a call

/** The card of a customer who was searched for. */
async function lookedUp(page, name = '赤木') {
  await page.locator('#search-input').focus();
  await page.keyboard.type(name);
  await page.waitForSelector('#search-list [role=option]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.callbar.card-only');
}

onPage('a complaint and a to-do are opened from a card that was looked up, without a call and without a mouse', async (page, bridge) => {
  await lookedUp(page);
  await page.locator('summary[data-key^=extras-open]').press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  await page.keyboard.type('納品書の誤り');
  await page.keyboard.press('Tab');
  await page.keyboard.type('数量が違う');
  await page.getByLabel('ToDo', { exact: true }).fill('納品書を再発行');
  await page.getByLabel('期日').fill('2026-12-01');
  await page.keyboard.press('Control+Enter');
  const inquiry = await received(page, bridge, asked('inquiry.create'));
  delete inquiry.id;
  assert.deepEqual(inquiry, { op: 'inquiry.create', customer_code: 'C00017', kind: 'complaint', subject: '納品書の誤り', body: '数量が違う' });
  const task = await received(page, bridge, asked('task.create'));
  delete task.id;
  assert.deepEqual(task, { op: 'task.create', customer_code: 'C00017', title: '納品書を再発行', due_on: '2026-12-01' });
  await waitText(page, '#toast', /保存しました · 問合せ #\d+ · ToDo #T-\d+/);
  await waitText(page, '.boxes', '納品書の誤り');
  await waitText(page, '.boxes', '納品書を再発行');
  assert.equal(await page.getByLabel('件名').inputValue(), '', 'nothing is sent twice');
  await page.keyboard.press('Control+Enter');
  await waitText(page, '#toast', '件名か ToDo を入力してください。');
  assert.equal(bridge.requests.filter(asked('inquiry.create')).length, 1);
});

onPage('what could not be opened from a card stays in its field, also beside a call that rings', async (page, bridge) => {
  bridge.failing.set('task.create', { code: 'busy', message: 'busy' });
  await lookedUp(page);
  await page.locator('summary[data-key^=extras-open]').press('Enter');
  await page.getByLabel('件名').fill('カタログ希望');
  await page.getByLabel('ToDo', { exact: true }).fill('カタログを送る');
  await page.getByRole('button', { name: '作成' }).click();
  await waitText(page, '#toast', /問合せ #\d+/);
  assert.deepEqual([await page.getByLabel('件名').inputValue(), await page.getByLabel('ToDo', { exact: true }).inputValue()], ['', 'カタログを送る']);
  const id = bridge.ring(known(gigantic()));
  await page.locator(`[data-entry="${id}"]`).click();
  await page.locator('[data-entry="card:C00017"]').click();
  assert.equal(await page.getByLabel('ToDo', { exact: true }).inputValue(), 'カタログを送る');
  bridge.failing.clear();
  await page.getByRole('button', { name: '作成' }).click();
  await waitText(page, '.boxes', 'カタログを送る');
  assert.equal(bridge.requests.filter(asked('inquiry.create')).length, 1, 'the inquiry is not opened again');
});

onPage('who may not work on calls opens nothing', async (page) => {
  await lookedUp(page);
  await waitText(page, '.who h1', '株式会社赤木電機');
  assert.equal(await page.locator('.create').count(), 0);
}, { setUp: (bridge) => { bridge.permissions = PERMISSIONS.filter((one) => one !== 'calls.work'); } });

onPage('a callback and a to-do are given to a colleague, with the keyboard; a reload keeps whom', async (page, bridge) => {
  const id = await talking(page, bridge);
  await afterwards(page, bridge, id);
  await page.getByRole('button', { name: '明日 10:00' }).press('Enter');
  const callsBack = page.getByLabel('折り返す担当者');
  assert.deepEqual(await callsBack.locator('option').allInnerTexts(), ['自分', '高橋 次郎', '鈴木 一郎', '田中 三郎', '伊藤 四葉'], 'oneself is there once');
  await callsBack.focus();
  await page.keyboard.press('ArrowDown');
  await page.locator('summary[data-key^=extras-open]').press('Enter');
  await page.getByLabel('ToDo', { exact: true }).fill('見積を送る');
  await page.getByLabel('ToDo の担当者').selectOption('鈴木 一郎');
  await page.reload();
  await page.waitForSelector('.wrapup.unfolded');
  assert.equal(await page.getByLabel('ToDo の担当者').inputValue(), '鈴木 一郎');
  await page.locator(note).focus();
  await page.keyboard.press('Control+Enter');
  const request = await received(page, bridge, asked('call.wrapup'));
  assert.deepEqual([request.follow_up_by, request.task], ['A202', { title: '見積を送る', assignee: '鈴木 一郎' }]);
});

onPage('a to-do from a card is given to a colleague; where nobody can be listed it is one’s own', async (page, bridge) => {
  await lookedUp(page);
  await page.locator('summary[data-key^=extras-open]').press('Enter');
  await page.getByLabel('ToDo', { exact: true }).fill('訪問');
  await page.getByLabel('ToDo の担当者').selectOption('伊藤 四葉');
  await page.keyboard.press('Control+Enter');
  assert.equal((await received(page, bridge, asked('task.create'))).assignee, '伊藤 四葉');
  await waitText(page, '.boxes', '訪問 · 伊藤 四葉');
  bridge.failing.set('colleagues', { code: 'unknown_op', message: 'no' });
  await page.reload();
  await page.waitForSelector('#link-state.good');
  await lookedUp(page);
  assert.equal(await page.getByLabel('ToDo の担当者').count(), 0);
});

onPage('nonsense in the newer pushes and lists does no harm', async (page, bridge) => {
  for (const [ev, data] of [['missed.changed', {}], ['missed.changed', { missed_no: 'x' }], ['callback.due', { callback_no: null }], ['agents.changed', {}], ['call.note', {}], ['call.note', { call_id: 'c-none', text: 5 }],
    ['presence.changed', {}], ['ring.moved', {}], ['customer.changed', {}], ['call.dialing', {}], ['source.state', { up: 'x', source: 5 }]]) bridge.push(ev, data);
  bridge.push('missed.changed', { missed_no: 1, status: 'open' });
  bridge.push('callback.due', { callback_no: 1, due_at: 'x', status: 'open' });
  await page.waitForSelector('.reminder');
  await page.click('[data-key=view-missed]');
  await waitText(page, '.missed-row', '未登録');
  bridge.ring(known(akagi()));
  await page.waitForSelector('.callbar.ringing');
  assert.equal(await page.getByText('この部分を表示できません').count(), 0);
});

/** Controls that a screen reader has no name for (in the page). */
function nameless() {
  return [...document.querySelectorAll('button, input, select, textarea')].filter((node) => node.checkVisibility())
    .filter((node) => !(node.getAttribute('aria-label') || node.labels?.length || node.textContent.trim())).map((node) => node.outerHTML.slice(0, 80));
}

for (const colorScheme of ['light', 'dark']) {
  for (const width of [360, 420, 1360]) {
    onPage(`the work around a call fits, can be read and has names: ${colorScheme}, ${width} px`, async (page, bridge) => {
      const look = async (what) => {
        assert.deepEqual(await page.evaluate(tooWide), [], what);
        assert.deepEqual(await page.evaluate(tooFaint), [], what);
        assert.deepEqual(await page.evaluate(nameless), [], what);
      };
      const [a, b] = [bridge.cards.get('C00020'), gigantic()];
      for (const popup of [chosen(b, [candidate(a), candidate(b)]), ...['withheld', 'payphone', 'out_of_area', 'service_conflict'].map(unidentified)]) {
        const id = bridge.ring({ ...popup, call: { ...popup.call, customer_code: 'C0', note: '引き継ぎの長いメモ。'.repeat(20), note_by: '長宗我部 清右衛門' }, match_by: 'code' });
        await page.waitForSelector('.handed');
        if (popup.match === 'unidentified') await page.getByRole('button', { name: '新しい顧客として登録' }).click();
        await look(popup.call.caller.kind);
        bridge.dismiss(id, 'no_answer');
        await page.waitForSelector('.idle');
      }
      await page.getByRole('button', { name: '離席中' }).click();
      await page.locator('select[data-key=presence-reason]').selectOption({ label: '自由に入力…' });
      await page.waitForSelector('.reason-field');
      await look('a reason in own words');
      await page.locator('.reason-field input').fill('とても長い理由です。'.repeat(10));
      await page.keyboard.press('Enter');
      await page.waitForSelector('.reason-field', { state: 'detached' });
      await look('a long reason');
      const main = bridge.ring(ofAkagi());
      await page.getByRole('button', { name: '担当者・拠点を選ぶ' }).click();
      await page.waitForSelector('.parts');
      await look('who calls');
      bridge.dismiss(main, 'no_answer');
      await page.waitForSelector('.idle');
      bridge.push('callback.due', callback({ note: 'とても長いメモです。'.repeat(10) }));
      await page.waitForSelector('.reminder');
      const id = await talking(page, bridge);
      await look('talking');
      await page.locator(note).pressSequentially('書いた');
      bridge.note(id, '別の内容'.repeat(30));
      await page.waitForSelector('.theirs');
      await afterwards(page, bridge, id);
      await page.click('.is-category label');
      await page.evaluate(() => document.querySelectorAll('details').forEach((node) => { node.open = true; }));
      await look('wrap-up');
      await lookedUp(page);
      await page.evaluate(() => document.querySelectorAll('details').forEach((node) => { node.open = true; }));
      await look('create');
      await page.click('[data-key=view-missed]');
      await page.waitForSelector('.missed-row');
      await page.locator('[data-key^=claim]').first().click();
      await page.waitForSelector('[data-key^=missed-note]');
      await look('missed');
      await page.click('[data-key=view-team]');
      await page.waitForSelector('.board');
      // A table scrolls within its own frame.
      assert.deepEqual((await page.evaluate(tooWide)).filter((found) => !/^(T|SPAN)/.test(found)), [], 'team');
      assert.deepEqual(await page.evaluate(tooFaint), [], 'team');
    }, {
      context: { colorScheme, viewport: { width, height: 800 } },
      setUp: (bridge) => { bridge.permissions = [...PERMISSIONS, 'presence.all']; bridge.missed = missed(); bridge.team = colleagues(); },
    });
  }
}

onPage('English throughout', async (page, bridge) => {
  const id = await talking(page, bridge);
  await afterwards(page, bridge, id);
  await waitText(page, '.is-category', 'Billing');
  await waitText(page, '.wrapup', 'Save and finish');
  await page.click('[data-key=view-missed]');
  await waitText(page, '#missed', 'Missed calls');
  assert.deepEqual(await page.evaluate(() => [...document.querySelectorAll('#top *, #missed *, #wrap *')].filter((node) => [...node.childNodes].some((child) => child.nodeType === 3 && /[ぁ-ん]/.test(child.data))).map((node) => node.textContent)), []);
}, { path: '?lang=en' });

onPage('the work after a call is reached with the keyboard, and the focus is seen', async (page, bridge) => {
  const id = await talking(page, bridge);
  await afterwards(page, bridge, id);
  await page.locator('.wrap-head button').focus();
  const reached = [];
  for (let i = 0; i < 24; i++) {
    await page.keyboard.press('Tab');
    reached.push(await page.evaluate(() => document.activeElement.dataset.key ?? document.activeElement.tagName));
  }
  const order = ['category-', 'result-', 'status-', 'follow_day-', 'follow_time-', 'wrap.in_hour-', 'extras-open-', 'note-', 'save-'];
  const places = order.map((start) => reached.findIndex((key) => key.startsWith(start)));
  assert.ok(places.every((at) => at >= 0), reached.join());
  assert.deepEqual(places, [...places].sort((a, b) => a - b));
});
