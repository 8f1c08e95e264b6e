//! Columns with passwords, which are never imported.

use unicode_normalization::UnicodeNormalization;

use crate::text::search_key;

/// Words that name a password wherever they are in a header, as search keys.
const ANYWHERE: &[&str] = &[
    "PASSWORD",
    "PASSWD",
    "PASSCODE",
    "PASSPHRASE",
    "PASSKEY",
    "パスワード",
    "パスコード",
    "パスフレーズ",
    "パスキー",
    "暗証",
    "合言葉",
    "合イ言葉",
    "合コトバ",
    "アイコトバ",
];

/// Words that name a password when they stand by themselves: `login_pass`, `会員PW`, `userPwd`.
const WORDS: &[&str] = &["pass", "pwd", "pw", "pswd", "psw", "pwhash", "pin"];

/// Whether a header is that of a column with passwords.
pub(crate) fn is_secret(header: &str) -> bool {
    let key = search_key(header);
    if ANYWHERE.iter().any(|word| key.contains(word)) || key == "パス" || key.ends_with("ログインパス")
    {
        return true;
    }
    let narrow: String = header.nfkc().collect();
    words(&narrow).any(|word| WORDS.iter().any(|secret| secret.eq_ignore_ascii_case(word)))
}

/// The words of Latin letters in a header: parted by everything else, and by capitals behind small letters.
fn words(header: &str) -> impl Iterator<Item = &str> {
    let runs = header.split(|c: char| !c.is_ascii_alphabetic());
    runs.flat_map(|run| {
        let bytes = run.as_bytes();
        let begins =
            |at: &usize| *at == 0 || bytes[*at].is_ascii_uppercase() && bytes[*at - 1].is_ascii_lowercase();
        let starts: Vec<usize> = (0..run.len()).filter(begins).collect();
        let ends = starts.iter().copied().skip(1).chain([run.len()]).collect::<Vec<_>>();
        starts.into_iter().zip(ends).map(|(start, end)| &run[start..end])
    })
}

/// Whether a cell is a password as programs store it: the hash of one, with the name of its kind.
pub(crate) fn is_hash(cell: &str) -> bool {
    const KINDS: &[&str] = &[
        "$1$", "$2a$", "$2b$", "$2x$", "$2y$", "$5$", "$6$", "$7$", "$y$", "$argon2", "$scrypt$", "$pbkdf2",
        "$apr1$", "$P$", "$H$", "pbkdf2_", "bcrypt$", "argon2$", "scrypt:", "pbkdf2:", "{SHA", "{SSHA",
        "{CRYPT}", "{bcrypt}", "{PBKDF2",
    ];
    cell.len() >= 20 && cell.is_ascii() && KINDS.iter().any(|kind| cell.starts_with(kind))
}

#[cfg(test)]
mod tests {
    use super::{is_hash, is_secret};

    #[test]
    fn passwords_are_known_by_their_headers() {
        for header in [
            "パスワード",
            "ﾊﾟｽﾜｰﾄﾞ",
            "ログインパスワード",
            "password",
            "PassWord",
            "passwd",
            "pass",
            "PASS",
            "login_pass",
            "userPass",
            "pwd",
            "user-pwd",
            "PW",
            "ＰＷ",
            "会員PW",
            "PW(仮)",
            "WebPw",
            "暗証番号",
            "暗証コード",
            "PIN",
            "PIN番号",
            "パスコード",
            "パス",
            "ぱすわーど",
            "password_hash",
            "初期PW",
        ] {
            assert!(is_secret(header), "{header}");
        }
        for header in [
            "passport_no",
            "パスポート番号",
            "compass",
            "bypass",
            "ファイルパス",
            "パスタ",
            "pwr",
            "PWR",
            "spin",
            "pinned",
            "SPW型番",
            "バイパス",
            "顧客名",
            "",
            "passenger",
            "Passat",
            "出荷PWB",
        ] {
            assert!(!is_secret(header), "{header}");
        }
    }

    #[test]
    fn hashes_of_passwords_are_known_by_their_kind() {
        for cell in [
            "$2y$10$abcdefghijklmnopqrstuv",
            "$argon2id$v=19$m=65536,t=3,p=4$abc",
            "{SSHA}abcdefghijklmnopqrstuvw==",
            "pbkdf2_sha256$260000$abcdefgh$xyz=",
            "$6$saltsalt$abcdefghijklmnop",
        ] {
            assert!(is_hash(cell), "{cell}");
        }
        for cell in
            ["", "$1,200", "$2a$", "{\"a\": 1, \"b\": 2, \"c\": 3}", "5f4dcc3b5aa765d61d8327deb882cf99"]
        {
            assert!(!is_hash(cell), "{cell}");
        }
    }
}
