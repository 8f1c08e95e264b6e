//! The Japanese help. The English help is in the doc comments of the arguments.

use cli_kit::HelpTable;

/// Help texts by command and argument.
pub(super) const JAPANESE: HelpTable = HelpTable::of(&[
    ("", "電話が鳴ったオペレーターの画面に、発信者の顧客情報と履歴を表示します"),
    ("--lang", "メッセージ・表・ヘルプの言語(既定値: CHAKUDEN_LANG、なければ LANG、なければ日本語)"),
    ("--lang=ja", "日本語"),
    ("--lang=en", "英語"),
    ("--log-format", "ログの形式。ログは標準エラー出力に出ます(内容は CHAKUDEN_LOG で選択)"),
    ("--log-format=text", "人が読む形式"),
    ("--log-format=json", "1行に1つの JSON"),
    ("--store", "元データのファイル(analytics init で作成)"),
    ("--format", "出力の形式"),
    ("--format=table", "人が読む表"),
    ("--format=json", "他のプログラム用の JSON"),
    // serve
    ("serve", "PBX に接続し、オペレーターの画面を提供します"),
    ("serve --config", "設定ファイル(TOML)。同じ項目はオプションの指定が優先されます"),
    ("serve --listen", "待ち受けるアドレス。ポート 0 は空いているポートを使います"),
    ("serve --ami", "Asterisk のマネージャーインターフェース。PBX がなければ検索だけができます"),
    ("serve --ami-user", "マネージャーのユーザー名(パスワードは環境変数 CHAKUDEN_AMI_SECRET)"),
    ("serve --tls-cert", "サーバー証明書と中間証明書(PEM)。SIGHUP で読み直します"),
    ("serve --tls-key", "証明書の秘密鍵(PEM)"),
    (
        "serve --allow-plaintext-remote",
        "他のコンピューターから接続できるアドレスで、暗号化せずに待ち受けます",
    ),
    // doctor
    ("doctor", "すべての PBX に接続し、設定の変更が必要な点を表示します"),
    ("doctor --config", "PBX を書いた設定ファイル(TOML)。同じ項目はオプションの指定が優先されます"),
    ("doctor --ami", "Asterisk のマネージャーインターフェース"),
    ("doctor --ami-user", "マネージャーのユーザー名(パスワードは環境変数 CHAKUDEN_AMI_SECRET)"),
    (
        "doctor --watch",
        "サインイン後に監視する秒数。通話のイベントが届かないことは、通話がある間にだけ分かります",
    ),
    // lookup
    ("lookup", "電話番号または得意先コードで顧客を検索します"),
    ("lookup <subject>", "電話番号(書き方は自由)または得意先コード"),
    // agent
    ("agent", "オペレーターとトークン・パスワードの追加、一覧、失効"),
    ("agent add", "オペレーターを追加し、トークンだけを表示します(登録済みなら新しいトークンを発行)"),
    ("agent add --code", "オペレーターコード(重複不可。例: A201)"),
    ("agent add --name", "画面に表示する氏名"),
    ("agent add --extension", "内線番号。なければポップアップは表示されません"),
    ("agent add --role", "役割"),
    ("--role=agent", "電話に応答するオペレーター"),
    ("--role=supervisor", "オペレーターをまとめる管理者"),
    ("--role=admin", "システム管理者"),
    ("--role=integration", "外部システム"),
    ("--expires-in", "トークンの有効期間(例: 90d、12h)"),
    ("--expires", "トークンが有効な最後の日(日本時間。例: 2027-01-31)"),
    ("agent list", "オペレーターの一覧"),
    ("agent revoke", "オペレーターとそのトークンをすべて失効させます"),
    ("agent --code", "オペレーターコード"),
    ("agent token", "トークンの追加、一覧、失効"),
    ("agent token add", "オペレーターに新しいトークンを発行し、トークンだけを表示します"),
    (
        "agent token list",
        "トークンの一覧(サインイン中のものも含む)。トークン自体は保存されないため ID を表示します",
    ),
    ("agent token list --code", "このオペレーターのトークンだけを表示します"),
    ("agent token revoke", "トークンを1つ失効させ、接続中の画面を切断します"),
    ("agent token revoke --id", "一覧に表示されるトークンの ID"),
    ("agent phone", "オペレーターの2台目以降の電話機の追加、一覧、削除"),
    ("agent phone add", "電話機を追加します。どの電話機が鳴っても、そのオペレーターの通話になります"),
    ("agent phone list", "オペレーターの電話機の一覧"),
    ("agent phone remove", "追加した電話機を外します"),
    (
        "agent phone add --phone",
        "内線番号。設定ファイルで2番目以降の PBX の電話機は「PBX名/内線番号」(例: osaka/201)",
    ),
    ("agent phone remove --phone", "内線番号(追加したときの書き方)"),
    ("agent password", "オペレーターのパスワードを設定または削除します(端末または標準入力から読み取り)"),
    ("agent password <code>", "オペレーターコード"),
    ("agent password --remove", "パスワードを削除します。トークンとシングルサインオンは使えます"),
    ("agent --actor", "実行者の名前。監査ログに残ります [既定値: システムのユーザー]"),
    // audit
    ("audit", "監査ログ(誰がいつどの顧客を見たか、サインイン、拒否した操作)を表示します"),
    ("audit --since", "この日(日本時間)または日時以降(例: 2026-11-01、2026-11-01T09:00:00+09:00)"),
    ("audit --until", "この日まで、またはこの日時より前"),
    ("audit --actor", "このオペレーターの操作だけ"),
    ("audit --action", "この操作だけ。「customer.」のように末尾が「.」なら、それで始まる操作すべて"),
    ("audit --customer", "この得意先についての操作だけ"),
    ("audit --limit", "新しいものから N 件だけ"),
    ("audit --format=table", "人が読む表(日本時間)"),
    ("audit --format=csv", "表計算ソフト用の CSV(見出しあり)"),
    // master
    ("master", "後処理のコード(対応区分・対応結果・対応状況)と離席理由の一覧と変更"),
    ("master list", "コードの一覧(非表示のものも含む)"),
    ("master list --kind", "この種類だけを表示します"),
    ("--kind", "コードの種類"),
    ("--kind=category", "対応区分"),
    ("--kind=result", "対応結果"),
    ("--kind=status", "対応状況"),
    ("--kind=away_reason", "離席理由"),
    ("master set", "コードを追加するか、指定した項目を変更します"),
    ("master --code", "通話に記録されるコード"),
    ("master set --label", "名称(日本語)"),
    ("master set --label-en", "英語名(なければ日本語の名称)"),
    ("master set --position", "表示順。小さいものから並びます"),
    ("master hide", "コードを選べないようにします。記録済みの通話には残ります"),
    ("master hide --undo", "もう一度選べるようにします"),
    // events
    ("events", "他のシステムに届いていないイベントの一覧と再送"),
    ("events list", "届いていないイベントの一覧"),
    ("events list --given-up", "送信を中止したものだけ"),
    ("events retry", "送信を中止したイベントを再送します(送信回数は数え直します)"),
    ("events --actor", "実行者の名前。監査ログに残ります [既定値: システムのユーザー]"),
    ("events --id", "このイベントだけ"),
    ("events --endpoint", "この送信先(設定ファイルの名前)のイベントだけ"),
    // simulate, demo
    ("simulate", "シミュレーターの PBX(AMI サーバー)だけを動かします"),
    ("simulate --listen", "マネージャーインターフェースのアドレス。ポート 0 は空いているポートを使います"),
    ("simulate --user", "マネージャーのユーザー名(パスワードは環境変数 CHAKUDEN_AMI_SECRET)"),
    ("simulate --script", "順に再生する通話のファイル(TOML)。なければランダムな通話を続けます"),
    ("simulate --store", "ランダムな通話の発信者を選ぶ元データ。なければ未登録の番号から着信します"),
    ("--pace-ms", "着信の間隔(ミリ秒)"),
    ("--seed", "乱数のシード。同じ値なら同じ通話になります"),
    ("demo", "シミュレーターの PBX から着信が続くデモを動かします"),
    ("demo --listen", "画面のアドレス。ポート 0 は空いているポートを使います"),
    // prune
    ("prune", "設定した保存日数を過ぎたデータを削除します。--yes がなければ件数を数えるだけです"),
    ("prune --config", "[retention] を書いた設定ファイル(TOML)"),
    ("prune --yes", "実際に削除します"),
    ("prune --actor", "実行者の名前。監査ログに残ります [既定値: システムのユーザー]"),
    // verify
    ("verify", "すべての顧客カードを計算し直し、異なるものを報告します"),
]);

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::JAPANESE;
    use crate::cli::Cli;

    #[test]
    fn every_command_and_argument_has_help_in_both_languages() {
        assert_eq!(JAPANESE.gaps(&Cli::command()), Vec::<String>::new());
    }
}
