//! The language of messages, from `Accept-Language` (RFC 9110 section 12.5.4).

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use shared::lang::Lang;

/// The language that the client prefers of ours; English for programs, which name none.
pub(super) fn of(headers: &HeaderMap) -> Lang {
    let header = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut best = None;
    for entry in header.split(',') {
        let (tag, parameters) = entry.split_once(';').unwrap_or((entry, ""));
        let Some(lang) = Lang::from_tag(tag.trim()) else { continue };
        let weight = parameters.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.parse::<f32>().ok());
        let Some(weight) = weight.filter(|weight| *weight > 0.0) else { continue };
        // Of equal ones the first counts.
        if best.is_none_or(|(_, heaviest)| weight > heaviest) {
            best = Some((lang, weight));
        }
    }
    best.map_or(Lang::En, |(lang, _)| lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_supported_language_is_chosen() {
        for (header, lang) in [
            ("ja", Lang::Ja),
            ("ja-JP,en-US;q=0.8", Lang::Ja),
            ("en-US,ja;q=0.9", Lang::En),
            ("fr, ja;q=0.3, en;q=0.7", Lang::En),
            ("en;q=0, ja;q=0.1", Lang::Ja),
            ("fr", Lang::En),
            ("ja;q=x", Lang::En),
            ("", Lang::En),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT_LANGUAGE, header.parse().unwrap())]);
            assert_eq!(of(&headers), lang, "{header}");
        }
        assert_eq!(of(&HeaderMap::new()), Lang::En);
    }
}
