//! The words of reports and commands in Japanese and English.

use shared::dataset::by_name_or_title;
use shared::message;
use shared::message::Message;

pub use shared::message::Label;

macro_rules! labels {
    ($($(#[$meta:meta])* $name:ident = $ja:literal, $en:literal;)+) => {
        $(
            #[doc = $en]
            $(#[$meta])*
            pub const $name: Label = Label::new($ja, $en);
        )+
    };
}

labels! {
    ABANDON_RATE = "放棄率", "Abandoned %";
    AGENT = "オペレーター", "Agent";
    ACHIEVEMENT_RATE = "達成率", "Achieved";
    CALLS_IN = "着信数", "Incoming calls";
    CUMULATIVE_RATE = "累計達成率", "Achieved to date";
    CUMULATIVE_SALES = "累計売上", "Sales to date";
    CUMULATIVE_TARGET = "累計目標", "Target to date";
    GAP_AMOUNT = "目標差額", "Gap";
    KPI = "指標", "Figure";
    EXPECTED_THIS_MONTH = "今月の見込案件", "Expected this month";
    KPI_AREA = "分野", "Area";
    LOST_CUSTOMERS = "離脱顧客数", "Lost customers";
    NEW_CUSTOMERS = "新規顧客数", "New customers";
    SERVICE_LEVEL_20 = "20秒以内応答率", "Within 20 s";
    TARGET_AMOUNT = "目標金額", "Target";
    TARGET_LEVEL = "目標区分", "Targets of";
    THIS_PERIOD = "今期間", "This period";
    TOP_GAIN = "増加商品", "Grew most";
    TOP_LOSS = "減少商品", "Fell most";
    ACW_SECONDS = "後処理時間(秒)", "ACW total (s)";
    ANSWERED_IN_TIME = "時間内応答", "In time";
    HOLD_SECONDS = "保留時間(秒)", "Hold total (s)";
    REPEATED_CALLS = "再入電", "Repeated";
    REPEATED_CALL_RATE = "再入電率", "Repeated %";
    SERVICE_LEVEL = "時間内応答率", "Service level";
    TALK_SECONDS = "通話時間(秒)", "Talk total (s)";
    ANSWER_RATE = "応答率", "Answered %";
    AVERAGE_ACW = "平均後処理時間(秒)", "ACW (s)";
    AVERAGE_HANDLING = "平均処理時間(AHT・秒)", "AHT (s)";
    AVERAGE_HOLD = "平均保留時間(秒)", "Hold (s)";
    AVERAGE_TALK = "平均通話時間(ATT・秒)", "ATT (s)";
    AVERAGE_WAIT = "平均応答待ち時間(ASA・秒)", "ASA (s)";
    CALLS = "件数", "Calls";
    CALLS_ABANDONED = "放棄呼", "Abandoned";
    CALLS_ANSWERED = "応答数", "Answered";
    CALLS_MISSED = "不在着信", "Missed";
    CALL_REPORT = "通話実績", "Calls";
    CATEGORY = "対応区分", "Category";
    DAY = "日", "Day";
    DIRECTION = "通話種別", "Direction";
    FIRST_RESPONSE = "平均折り返し時間(秒)", "First response (s)";
    HALF_HOUR = "時間帯", "Half hour";
    OUTCOME = "通話結果", "Outcome";
    QUEUE = "着信グループ", "Queue";
    RESPONDED = "折り返し済み", "Responded";
    UNCERTAIN_CALLS = "一部不明の通話", "Calls seen only in part";
    WEEKDAY = "曜日", "Weekday";
    ACTIVE_CUSTOMERS = "購入顧客数", "Active customers";
    AMOUNT_UNIT = "金額の単位", "Amounts in";
    ACTOR = "実行者", "By";
    AS_OF = "基準日", "As of";
    AVG_PER_CUSTOMER = "顧客単価", "Per customer";
    AVG_PER_SLIP = "伝票単価", "Per slip";
    BUYERS = "購入顧客数", "Buyers";
    CHANGE = "増減", "Change";
    CHANGE_RATE = "増減率", "Change %";
    CHANGED = "変更", "Changed";
    CHECKED = "確認のみ(登録していません)", "Checked, nothing written";
    ACCEPTED = "登録", "Imported";
    ATTRIBUTE = "項目", "Attribute";
    CODE = "コード", "Code";
    COMMAND_NAME = "名前", "Name";
    COUNTED_ROWS = "対象", "Rows of";
    EVERY_DATE = "すべて", "all dates";
    FIGURE = "集計値", "Figure";
    UNIT = "単位", "Unit";
    COLUMN = "列", "Column";
    COMPARED_PERIOD = "比較期間", "Compared with";
    CONTROL = "照合", "Control";
    COST = "原価", "Cost";
    CUSTOMERS = "顧客数", "Customers";
    CUSTOMER_CODE = "得意先コード", "Customer code";
    CUSTOMER_NAME = "顧客名", "Name";
    CONTROL_TOTALS = "金額の照合(読込 = 登録 + 取込エラー + 対象外)", "Control totals (read = imported + refused + skipped)";
    DATASET = "データ種別", "Data set";
    DIFFERENCE = "差異", "Difference";
    EXPORTED = "書き出し結果", "Exported";
    FILE = "ファイル", "File";
    FILES_LINKED = "変更なし", "Unchanged files";
    FILES_WRITTEN = "書き込み", "Files written";
    FILTERS = "絞り込み", "Filters";
    FIRST_SOLD_ON = "初回売上日", "First sale";
    FORMULA = "計算式", "Formula";
    GROSS_MARGIN_RATE = "粗利率", "Margin";
    GROSS_PROFIT = "粗利", "Gross profit";
    HEADERS = "見出し", "Headers";
    KIND = "種類", "Kind";
    MEANING = "説明", "Meaning";
    NEEDED = "必須", "Required";
    SKIPPED = "対象外", "Skipped";
    SOURCE = "元の列", "Source";
    IMPORTED = "取込結果", "Import";
    IN_STORE = "登録件数", "In store";
    STORE_TOTAL = "元データの合計", "Total in store";
    GENERATING = "作成中", "Generating";
    IMPORTING = "取込中", "Importing";
    LAST_SOLD_ON = "最終売上日", "Last sale";
    LTV = "LTV", "LTV";
    LTV_AVERAGE = "顧客あたりLTV", "LTV per customer";
    LTV_REPORT = "LTV(顧客生涯価値)", "Lifetime value";
    LTV_FORMULA = "LTV = 初回取引から基準日までの Σ(売上金額 − 原価) [実績粗利。原価のない明細は含まない]", "LTV = sum of (sales - cost) from the first sale to the as-of date [historical gross profit; lines without a cost are left out]";
    MONTH = "月", "Month";
    NEW = "新規", "New";
    NO_FILTER = "なし", "none";
    NOTHING_IN_PERIOD = "注意: この期間と条件に該当するデータはありません", "Note: there is nothing in this period under these conditions";
    NOT_COUNTED = "集計対象外の明細", "Lines not counted as sales";
    PERIOD = "期間", "Period";
    PREVIOUS_PERIOD = "前年同期", "Year before";
    PREVIOUS_SALES = "前年同期売上金額", "Year before";
    REBUILDING_CARDS = "更新した顧客カード", "Cards rebuilt";
    REPEAT_RATE = "リピート率", "Repeat";
    PUBLISHING = "指標を更新中", "Publishing";
    PUBLISHED = "指標を更新した顧客", "Customers with new figures";
    REPORT = "帳票", "Report";
    RANGE_TO = "〜", " – ";
    READ = "読込", "Read";
    REFUSED = "取込エラー", "Refused";
    ROWS = "件数", "Rows";
    ROWS_WRITTEN = "書き込んだ行", "Rows written";
    SALES_AMOUNT = "売上金額", "Sales";
    SEGMENT_REPORT = "セグメント別売上", "Sales by segment";
    SHARE = "構成比", "Share";
    SHARE_BAR = "構成", "Share";
    SLIPS = "伝票数", "Slips";
    SOURCE_ROWS = "対象明細", "Source rows";
    STALE_MIRROR = "注意: 前回の sync の後に元データが変わっています(analytics sync で更新してください)", "Note: the store has changed since the last sync (run: analytics sync)";
    STORE = "元データ", "Store";
    STORE_ID = "元データの番号", "Store number";
    BACKUP = "バックアップ", "Backup";
    BYTES = "バイト", "Bytes";
    LEFT_OUT = "含まれないもの(別に保管してください)", "Not in it (keep these too)";
    FILE_BEFORE = "以前のファイル", "File before";
    PROBLEM = "問題", "Problem";
    UNDAMAGED = "壊れていません", "undamaged";
    SYNC = "集計用データ", "Mirror";
    SYNCING = "集計用データを更新中", "Syncing";
    TABLE = "表", "Table";
    TENURE_YEARS = "取引年数", "Years of trade";
    TOTAL = "合計", "Total";
    UNCOSTED = "原価なし明細", "Lines without a cost";
    UNCHANGED = "変更なし", "Unchanged";
    UNKNOWN = "不明", "unknown";
    UNKNOWN_CUSTOMER = "未登録の得意先コード", "unknown customer code";
    WARNING = "注意", "Warning";
    VERSION = "版", "Version";
}

/// What people call a data set; an unknown name as it is.
pub fn dataset(name: &str) -> Message {
    by_name_or_title(name)
        .map_or_else(|| message!("{name}", "{name}", name = name), |dataset| dataset.label().into())
}
