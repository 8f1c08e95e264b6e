// What is announced, and what went wrong.

/** @import { Texts } from '../page' */

/** @type {Texts} */
export const MESSAGES = {
  'announce.ringing': ['着信 {name}', 'Ringing: {name}'],
  'announce.alert': ['注意 {text}', 'Alert: {text}'],
  'announce.dismissed': ['{name}: {reason}', '{name}: {reason}'],
  'hint.cleaned': [
    '入力できない文字(制御文字や文字の向きを変える記号)を取り除きました。',
    'Characters that cannot be entered (control characters, marks of direction) were left out.',
  ],
  'error.recordings': ['録音を開けませんでした。', 'The recording could not be opened.'],
  'error.lookup': [
    'カードを読み込めませんでした。もう一度お試しください。',
    'The card could not be loaded. Try again.',
  ],
  'error.not_found': ['この顧客は見つかりません。', 'There is no such customer.'],
  'error.busy': ['混み合っています。もう一度お試しください。', 'The server is busy. Try again.'],
  'error.history': ['履歴を読み込めませんでした。', 'The interactions could not be loaded.'],
  'error.presence': ['在席状況を変更できませんでした。', 'The presence could not be changed.'],
  'error.choose': ['選択を保存できませんでした。', 'The choice could not be saved.'],
  'error.register': ['登録できませんでした。', 'It could not be registered.'],
  'error.wrapup': [
    '保存できませんでした。入力は残っています。',
    'It could not be saved. What you wrote is still here.',
  ],
  'error.progress': ['変更できませんでした。', 'It could not be changed.'],
  'error.dial': ['発信できませんでした。', 'The call could not be placed.'],
  'error.nuisance': ['登録を変更できませんでした。', 'The mark could not be changed.'],
  'error.control': ['操作できませんでした。', 'The call could not be controlled.'],
  'error.missed': ['不在着信を更新できませんでした。', 'The missed call could not be changed.'],
  'error.callback': ['折り返しを更新できませんでした。', 'The callback could not be changed.'],
  'error.team': ['チームの状態を読み込めませんでした。', 'The team could not be loaded.'],
  'error.forbidden': ['この操作をする権限がありません。', 'You do not have permission to do this.'],
  'error.rate_limited': ['操作が多すぎます。少し待ってからお試しください。', 'Too many requests. Wait a moment.'],
  'error.conflict': ['先に他のオペレーターが変更しました。', 'A colleague changed it first.'],
  'error.refused': ['PBX が受け付けませんでした: {message}', 'The PBX refused: {message}'],
  'error.invalid_number': ['電話番号として正しくありません。', 'This is not a complete telephone number.'],
  'error.offline': ['接続が切れています。', 'Not connected.'],
  'error.timeout': ['応答がありませんでした。もう一度お試しください。', 'No answer came. Try again.'],
  'error.unknown_op': ['このサーバーではまだ使えません。', 'This server cannot do this yet.'],
  'error.search': ['検索できませんでした。', 'The search failed.'],
  'error.view': ['この部分を表示できません。', 'This part cannot be shown.'],
};
