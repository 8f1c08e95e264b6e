// Who calls: chosen, corrected, registered, in a real browser against the stand-in bridge.

import assert from 'node:assert/strict';
import { asked, lookedUp, ofAkagi } from './at-work.mjs';
import { akagi, chosen, known, nobody, shared, unidentified } from './fixtures.mjs';
import { onPage, received, text, waitText } from './on-page.mjs';

onPage(
  'candidates say why: the person, for what, the extension, the main number; the choice goes to the bridge',
  async (page, bridge) => {
    const [a, b] = [bridge.cards.get('C00020'), bridge.cards.get('C00021')];
    a.matched_contact = {
      contact_id: 4,
      person_name: '大野 進',
      purpose: 'sales',
      source: 'contact',
      extension: '12',
      level: 'person',
    };
    b.matched_contact = {
      contact_id: 5,
      person_name: null,
      purpose: null,
      source: 'contact',
      extension: null,
      level: 'company',
    };
    const id = bridge.ring(shared([a, b]));
    await waitText(page, '.chooser', '大野 進 様 · 営業担当の番号 · 内線 12');
    await waitText(page, '.chooser', '代表番号');
    assert.equal(await page.locator('.who').count(), 0, 'nothing is picked');
    await page.getByRole('button', { name: '大阪印刷㈱' }).click();
    const request = await received(page, bridge, asked('call.choose'));
    assert.deepEqual(
      [request.call_id, request.customer_code, request.contact_id, request.remember],
      [id, 'C00021', 5, true],
    );
    await waitText(page, '.who h1', '大阪印刷㈱');
    await waitText(page, '[data-strip=chosen]', /前回選んだお客様.*佐藤 花子 が \d\d:\d\d に選択 · 候補 2件/s);
    await page.getByRole('button', { name: '選び直す' }).click();
    await waitText(page, '.chooser .chosen', '★ 前回選んだお客様');
    await page.getByLabel('この番号の選択を記憶する').uncheck();
    await page.getByRole('button', { name: '大阪商事㈱' }).click();
    assert.equal(
      (
        await received(
          page,
          bridge,
          asked('call.choose', (one) => one.customer_code === 'C00020'),
        )
      ).remember,
      false,
    );
    await waitText(page, '.who h1', '大阪商事㈱');
  },
);

onPage(
  'an earlier choice is shown with its mark, the others stay within reach, and it can be forgotten',
  async (page, bridge) => {
    const [a, b] = [bridge.cards.get('C00020'), bridge.cards.get('C00021')];
    const id = bridge.ring(chosen(b, shared([a, b]).candidates));
    await waitText(page, '.who h1', '大阪印刷㈱');
    await waitText(page, '[data-strip=chosen]', /★.*鈴木 一郎/s);
    await page.getByRole('button', { name: '選び直す' }).click();
    assert.equal(await page.locator('.chooser li').count(), 2);
    await page.getByRole('button', { name: 'カードに戻る' }).click();
    await waitText(page, '.who h1', '大阪印刷㈱');
    await page.getByRole('button', { name: '記憶した選択を削除' }).click();
    assert.equal((await received(page, bridge, asked('call.forget'))).call_id, id);
    await waitText(page, '#popup h1', 'この番号には2件のお客様が登録されています');
  },
);

onPage(
  'of one customer the site that calls is chosen with the keyboard, with the reason, and stands on the card',
  async (page, bridge) => {
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
    delete request.key;
    assert.deepEqual(request, {
      op: 'call.choose',
      call_id: id,
      remember: true,
      customer_code: 'C00017',
      site: '埼玉倉庫',
    });
    await waitText(page, '.who', /埼玉倉庫\s*拠点/);
    assert.equal((await text(page, '.who')).includes('埼玉倉庫 様'), false, 'a site is nobody');
    await page.getByRole('button', { name: '選び直す' }).click();
    await waitText(page, '.parts .chosen', '埼玉倉庫');
    await page.getByRole('button', { name: '赤木 良子 様' }).click();
    assert.equal(
      (
        await received(
          page,
          bridge,
          asked('call.choose', (one) => one.contact_id === 12),
        )
      ).site,
      undefined,
    );
    await waitText(page, '.who', '赤木 良子 様');
  },
);

onPage('a number that names the person offers no sites', async (page, bridge) => {
  bridge.ring(known(akagi()));
  await page.getByRole('button', { name: 'このお客様ではない' }).waitFor();
  assert.equal(await page.getByRole('button', { name: '担当者・拠点を選ぶ' }).count(), 0);
});

onPage('a refused choice is reported, and the list stays', async (page, bridge) => {
  bridge.failing.set('call.choose', { code: 'forbidden', message: 'no' });
  bridge.ring(shared([bridge.cards.get('C00020'), bridge.cards.get('C00021')]));
  await page.getByRole('button', { name: '大阪印刷㈱' }).click();
  await waitText(page, '#toast', 'この操作をする権限がありません。');
  assert.ok(await page.locator('.chooser').isVisible());
});

onPage(
  'the one customer of a number may be the wrong one: another is found and gets the number',
  async (page, bridge) => {
    const id = bridge.ring(known(akagi()));
    await page.getByRole('button', { name: 'このお客様ではない' }).click();
    await waitText(page, '#popup h1', 'ほかのお客様');
    await lookedUp(page, '大阪印刷');
    await waitText(page, '[data-strip=offer]', '03-1234-5678 の通話のお客様ですか?');
    await page.getByRole('button', { name: 'この番号を登録する' }).click();
    assert.equal((await received(page, bridge, asked('contact.attach'))).call_id, id);
    await waitText(page, '.who h1', '大阪印刷㈱');
  },
);

onPage(
  'an unknown number is attached to a customer who is found, with the person and the purpose',
  async (page, bridge) => {
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
    assert.deepEqual(
      [request.call_id, request.customer_code, request.person_name, request.purpose],
      [id, 'C00020', '大野 進', 'billing'],
    );
    await waitText(page, '.callbar.ringing', '090-1111-2222');
    await waitText(page, '.who h1', '大阪商事㈱');
    await waitText(page, '#toast', 'この番号を 大阪商事㈱ に登録しました。');
    assert.equal(await page.locator('.tab').count(), 1, 'the card that was opened by hand moved to the call');
  },
);

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
  assert.deepEqual(
    [request.call_id, request.company_name, request.person_name, request.phone],
    [id, '新規カフェ', '三浦 葵', undefined],
  );
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

for (const [kind, step] of [
  ['withheld', '折り返し先の番号を伺う'],
  ['payphone', '折り返せない電話です'],
  ['out_of_area', 'お名前と国を伺う'],
  ['service_conflict', 'お客様が番号を隠したのではありません'],
  ['unknown', '折り返し先の番号を伺う'],
]) {
  onPage(`a missing number has its own pop-up with what to do next: ${kind}`, async (page, bridge) => {
    const id = bridge.ring(unidentified(kind));
    await waitText(page, `.unknown.is-${kind} .next-steps`, step);
    assert.equal(await page.locator('#popup .dial').count(), 0, 'there is nothing to call back');
    await lookedUp(page, '大阪印刷');
    await page.getByRole('button', { name: 'この通話のお客様にする' }).click();
    const request = await received(page, bridge, asked('call.choose'));
    assert.deepEqual([request.call_id, request.customer_code, request.remember], [id, 'C00021', false]);
    await waitText(page, '.callbar.ringing', '');
    await waitText(page, '.who h1', '大阪印刷㈱');
  });
}

onPage('a customer number that was keyed in is shown, also one that nobody has', async (page, bridge) => {
  bridge.ring({ ...known(akagi(), { customer_code: 'C00017' }), match_by: 'code' });
  await waitText(page, '[data-strip=code]', '自動音声で入力された顧客番号 C00017');
  const other = bridge.ring({ ...known(akagi(), { customer_code: '999' }), match_by: 'number' });
  await page.click(`[data-entry="${other}"]`);
  await waitText(page, '[data-strip=code-unknown]', '自動音声で入力された番号 999 の顧客はいません');
});
