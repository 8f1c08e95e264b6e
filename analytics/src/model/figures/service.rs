//! The figures of inquiries, requests, contacts and calls.

use super::figures;
use crate::model::figure::{Expression as E, Figure};
use crate::model::tables::work::{CALL_ROWS, CONTACT_ROWS, INQUIRY_ROWS, VOICE_ROWS};

pub(super) static INQUIRIES: &[Figure] = figures! { &INQUIRY_ROWS;
    "inquiries" Count 0 ["問合せ件数" "Inquiries"] ["問合せ・クレーム・要望の件数" "Inquiries, complaints and requests"] E::Rows;
    "complaints" Count 0 ["クレーム" "Complaints"] ["クレームの件数" "Number of complaints"] E::RowsWhere("r.kind = 'complaint'");
    "requests" Count 5 ["要望" "Requests"] ["要望・意見の件数" "Number of requests and opinions"] E::RowsWhere("r.kind = 'request'");
    "open" Count 0 ["未完了" "Open"] ["基準日に完了していない件数" "Not done on the as-of date"] E::RowsWhere("r.is_open = 1");
    "open_complaints" Count 1 ["未完了クレーム" "Open complaints"] ["未完了のクレームの件数" "Complaints that are not done"]
        E::RowsWhere("r.is_open = 1 AND r.kind = 'complaint'");
    "open_over_7_days" Count 3 ["8日以上未完了" "Open over 7 days"] ["受付から8日以上たった未完了の件数" "Open for more than 7 days"]
        E::RowsWhere("r.is_open = 1 AND r.open_days > 7");
    "open_over_30_days" Count 4 ["31日以上未完了" "Open over 30 days"] ["受付から31日以上たった未完了の件数" "Open for more than 30 days"]
        E::RowsWhere("r.is_open = 1 AND r.open_days > 30");
    "oldest_open_days" Days 2 ["最長経過日数" "Oldest open"] ["未完了のうち最も古いものの経過日数" "Age of the oldest that is open"]
        E::Last("r.open_days");
    "closed" Count 6 ["完了" "Done"] ["基準日までに完了した件数" "Done by the as-of date"] E::RowsWhere("r.is_open = 0");
    "dated_closings" Count 9 ["完了日の分かる件数" "Dated closings"] ["完了日時の分かる件数" "Done at a known time"]
        E::RowsWhere("r.days_to_close >= 0");
    "days_to_close_sum" Days 9 ["完了までの日数の合計" "Days to close in all"] ["受付から完了までの日数の合計" "Days from receipt to completion, added up"]
        E::Sum("CASE WHEN r.days_to_close >= 0 THEN r.days_to_close END");
    "average_days_to_close" Days 2 ["平均完了日数" "Days to close"] ["受付から完了までの平均日数" "Average days from receipt to completion"]
        E::Mean("days_to_close_sum", "dated_closings", 1);
    "responded" Count 7 ["初回対応済" "Responded"]
        ["受付後に当社から連絡した、または完了した件数" "After which we got in touch with the customer, or which were done"]
        E::RowsWhere("r.response_seconds IS NOT NULL");
    "response_seconds" Seconds 9 ["初回対応時間の合計(秒)" "Response time in all (s)"]
        ["受付から初回対応までの時間の合計" "Time from receipt to the first response, added up"]
        E::Sum("CAST(r.response_seconds AS DECIMAL(18, 0))");
    "responded_hour_seconds" Number 9 ["初回対応あり × 3,600" "Responded times 3,600"]
        ["初回対応のあった件数 × 1時間の秒数(平均の計算用)" "Responded inquiries times the seconds of an hour, for the average"]
        E::Sum("CASE WHEN r.response_seconds IS NOT NULL THEN 3600 END");
    "average_response_hours" Hours 2 ["平均初回対応時間" "First response"]
        ["受付から初回対応(当社からの電話・メール・訪問など。それより早く完了したときは完了)までの平均時間"
         "Average hours from receipt to the first response: our call, mail, visit and so on, or the completion if that is earlier"]
        E::Mean("response_seconds", "responded_hour_seconds", 1);
};

pub(super) static VOICE: &[Figure] = figures! { &VOICE_ROWS;
    "requests" Count 0 ["要望・意見" "Requests"]
        ["要望の問合せと、対応区分が要望・意見の通話の件数。同じ顧客の同じ日の通話は問合せに含めます"
         "Inquiries that are requests, and calls whose wrap-up is a request; a call on the day of its customer's request is that request"]
        E::Rows;
    "customers" Count 1 ["顧客数" "Customers"] ["要望・意見のあった顧客の数" "Customers who had a request"] E::Distinct("r.customer_code");
    "open" Count 2 ["未完了" "Open"] ["完了していない要望の件数" "Requests that are not done"]
        E::RowsWhere("r.status IN ('open', 'in_progress')");
    "last_heard_on" Date 3 ["最新" "Latest"] ["最も新しい要望の日" "Day of the latest request"] E::Last("r.heard_on");
};

pub(super) static CONTACTS: &[Figure] = figures! { &CONTACT_ROWS;
    "contacts" Count 0 ["接触件数" "Contacts"]
        ["対応履歴・通話・取引サイトの操作の件数" "Activities, calls and what customers did in the shop"] E::Rows;
    "contacted_customers" Count 1 ["接触顧客数" "Customers"] ["接触のあった顧客の数" "Customers with at least one contact"]
        E::Distinct("r.customer_code");
    "contacts_per_customer" Number 2 ["顧客あたり接触" "Per customer"] ["接触件数 ÷ 接触顧客数" "Contacts divided by customers"]
        E::Mean("contacts", "contacted_customers", 2);
    "contact_days" Count 3 ["接触日数" "Contact days"] ["顧客ごとの接触した日の数" "Days on which a customer was in touch, for each customer"]
        E::Distinct("r.customer_code || '/' || CAST(r.contacted_on AS VARCHAR)");
    "phone_in" Count 4 ["電話(受信)" "Calls in"] ["受けた電話" "Calls from customers that were answered"] E::RowsWhere("r.channel = 'phone_in'");
    "phone_out" Count 4 ["電話(発信)" "Calls out"] ["かけた電話" "Calls to customers"] E::RowsWhere("r.channel = 'phone_out'");
    "phone_missed" Count 6 ["電話(不在)" "Missed calls"] ["つながらなかった電話" "Calls without an answer"] E::RowsWhere("r.channel = 'phone_missed'");
    "visits" Count 4 ["訪問・来店" "Visits"] ["訪問と来店の件数" "Our visits, and theirs"] E::RowsWhere("r.channel IN ('visit', 'store_visit')");
    "mails" Count 5 ["メール・FAX" "Mail and fax"] ["メールとFAXの件数" "E-mails and faxes"] E::RowsWhere("r.channel IN ('email', 'fax')");
    "online" Count 6 ["オンライン" "Online"] ["オンライン会議・LINE・チャット・取引サイトの件数" "Video meetings, LINE, chats and the shop"]
        E::RowsWhere("r.channel IN ('online_meeting', 'line', 'chat', 'portal')");
    "last_contact_on" Date 2 ["最終接触日" "Last contact"] ["最後に接触した日" "Day of the last contact"] E::Last("r.contacted_on");
    "days_since_contact" Days 3 ["経過日数" "Days since"] ["最終接触日から基準日までの日数" "Days from the last contact to the as-of date"]
        E::First("{as_of} - r.contacted_on");
};

pub(super) static CALLS: &[Figure] = figures! { &CALL_ROWS;
    "calls" Count 0 ["通話数" "Calls"] ["通話の件数" "Number of calls"] E::Rows;
    "answered" Count 1 ["応答数" "Answered"] ["応答のあった通話の件数" "Calls that were answered"] E::RowsWhere("r.answered_at IS NOT NULL");
    "answer_rate" Rate 0 ["応答率" "Answer rate"] ["応答数 ÷ 通話数" "Answered divided by calls"] E::Ratio("answered", "calls");
    "abandoned" Count 2 ["放棄呼" "Abandoned"] ["待っている間に切られた件数" "Calls whose caller hung up while waiting"]
        E::RowsWhere("r.answered_at IS NULL AND r.outcome = 'abandoned'");
    "talk_seconds" Seconds 7 ["通話時間" "Talk"] ["通話時間の合計(秒)" "Talk time in seconds"]
        E::Sum("CASE WHEN r.answered_at IS NOT NULL AND r.talk_seconds > 0 THEN r.talk_seconds END");
    "average_talk_seconds" Seconds 3 ["平均通話時間" "Average talk"] ["通話時間 ÷ 応答数" "Talk time divided by answered calls"]
        E::Mean("talk_seconds", "answered", 1);
};
