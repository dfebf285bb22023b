//! The two languages and the Fluent catalogues behind them.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, langid, static_loader};

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "hi",
        // Isolation marks around placeables break copying numbers and text search; both scripts run left to right.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static HI: LanguageIdentifier = langid!("hi");
static EN: LanguageIdentifier = langid!("en");

/// A language of the interface. Hindi first, English equal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    #[default]
    Hi,
    En,
}

impl Lang {
    /// Both, in the order in which they are offered.
    pub const ALL: [Lang; 2] = [Lang::Hi, Lang::En];

    /// BCP 47 tag, as in `<html lang>`.
    pub fn tag(self) -> &'static str {
        match self {
            Lang::Hi => "hi",
            Lang::En => "en",
        }
    }

    /// The language's own name.
    pub fn name(self) -> &'static str {
        match self {
            Lang::Hi => "हिन्दी",
            Lang::En => "English",
        }
    }

    /// Reads a tag such as `hi`, `en-IN`; none for any other language.
    pub fn from_tag(tag: &str) -> Option<Lang> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Lang::ALL.into_iter().find(|lang| lang.tag().eq_ignore_ascii_case(primary))
    }

    /// The first of ours in an `Accept-Language` header, by weight, then by order.
    pub fn from_accept(header: &str) -> Option<Lang> {
        let mut best: Option<(f32, Lang)> = None;
        for part in header.split(',') {
            let mut pieces = part.split(';');
            let Some(lang) = pieces.next().and_then(Lang::from_tag) else { continue };
            let weight =
                pieces.find_map(|piece| piece.trim().strip_prefix("q=").and_then(|text| text.parse().ok())).unwrap_or(1.0);
            if best.is_none_or(|(held, _)| weight > held) {
                best = Some((weight, lang));
            }
        }
        best.map(|(_, lang)| lang)
    }

    /// The text of a catalogue key. A missing key shows itself in brackets, and a test fails on it.
    pub fn text(self, key: &str) -> String {
        LOCALES.try_lookup(self.id(), key).unwrap_or_else(|| format!("[{key}]"))
    }

    /// The text of a key, or none when the catalogue has no such key (for codes that come from data).
    pub fn known(self, key: &str) -> Option<String> {
        LOCALES.lookup_no_default_fallback::<&str>(self.id(), key, None)
    }

    /// The text of a key with named values.
    pub fn fill(self, key: &str, values: &[(&'static str, &str)]) -> String {
        let args: HashMap<Cow<'static, str>, FluentValue<'_>> =
            values.iter().map(|(name, value)| (Cow::Borrowed(*name), FluentValue::from(*value))).collect();
        self.with(key, &args)
    }

    /// The text of a key that speaks of a number: `$n` selects the plural, `$count` is written with lakh grouping.
    pub fn count(self, key: &str, n: u64) -> String {
        let mut args: HashMap<Cow<'static, str>, FluentValue<'_>> = HashMap::new();
        args.insert(Cow::Borrowed("n"), FluentValue::from(n));
        args.insert(Cow::Borrowed("count"), FluentValue::from(crate::show::count(n)));
        self.with(key, &args)
    }

    fn with(self, key: &str, args: &HashMap<Cow<'static, str>, FluentValue<'_>>) -> String {
        LOCALES.try_lookup_with_args(self.id(), key, args).unwrap_or_else(|| format!("[{key}]"))
    }

    fn id(self) -> &'static LanguageIdentifier {
        match self {
            Lang::Hi => &HI,
            Lang::En => &EN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lang;

    #[test]
    fn accept_language_is_read_by_weight_then_order() {
        assert_eq!(Lang::from_accept("en-IN,hi;q=0.9"), Some(Lang::En));
        assert_eq!(Lang::from_accept("fr, en;q=0.3, hi-IN;q=0.8"), Some(Lang::Hi));
        assert_eq!(Lang::from_accept("fr-FR,de"), None);
        assert_eq!(Lang::from_accept(""), None);
    }
}
