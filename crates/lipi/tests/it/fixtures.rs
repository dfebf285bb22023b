//! Known texts.

use lipi::{Verdict, convert, read, read_as_legacy, restore};

#[test]
fn known_words() {
    // The first three from a bilingual government document; the others by the glyph chart.
    for (typed, hindi) in [
        ("j?kqoj nkl", "रघुवर दास"),
        ("eq[;ea=kh", "मुख्यमंत्री"),
        ("nwjHkk’k", "दूरभाष"),
        ("ea=ky;", "मंत्रालय"),
        ("{ks=ksa", "क्षेत्रों"),
        ("f=kdks.k", "त्रिकोण"),
        ("fe=", "मित्र"),
        ("ek=kk", "मात्रा"),
        ("pkSdh", "चौकी"),
        ("pS=", "चैत्र"),
        ("/kkfeZd", "धार्मिक"),
        ("/kkÆed", "धार्मिक"),
        ("fLFkfr", "स्थिति"),
        ("LfFkfr", "स्थिति"),
        ("jk\"Vªh;", "राष्ट्रीय"),
        ("dk;Zokgh", "कार्यवाही"),
        ("iw.kk±d", "पूर्णांक"),
        ("Çddj", "किंकर"),
        ("ÅèoZ", "ऊर्ध्व"),
        ("izFke", "प्रथम"),
        ("çFke", "प्रथम"),
        ("iqfyl Fkkuk dksrokyh] t;iqj", "पुलिस थाना कोतवाली, जयपुर"),
        ("çkFkhZ us ¼?kj ij½ crk;kA", "प्रार्थी ने (घर पर) बताया।"),
        ("fnukad 12@05@2019", "दिनांक 12/05/2019"),
        ("MkW- Jherh", "डॉ. श्रीमती"),
        ("vkW[k", "ऑख"),
        ("ÞlgkjkÞ", "“सहारा“"),
    ] {
        assert_eq!(convert(typed), hindi, "{typed}");
    }
}

#[test]
fn rounded_quotes_are_the_sibilant_that_orthography_asks_for() {
    for (typed, hindi) in [
        ("izns’k", "प्रदेश"),
        ("fo’ks”k", "विशेष"),
        ("fo’ks’k", "विशेष"),
        ("iz’u", "प्रश्न"),
        ("’kklu", "शासन"),
        ("‘kklu", "शासन"),
        ("jk”Vªh;", "राष्ट्रीय"),
        ("jk’Vªh;", "राष्ट्रीय"),
        ("o”kZ", "वर्ष"),
        ("o’kZ", "वर्ष"),
        ("d`’.k", "कृष्ण"),
        ("fo’.kq", "विष्णु"),
        ("lqHkk’k", "सुभाष"),
        ("lUrks’k", "सन्तोष"),
        ("fo’o", "विश्व"),
        ("iq:’k", "पुरूष"),
        ("fo’k;", "विषय"),
    ] {
        assert_eq!(convert(typed), hindi, "{typed}");
    }
    // A mark that no letter follows is a quotation mark.
    assert_eq!(convert("jke’"), "राम’");
}

#[test]
fn codes_of_latin_1_are_those_of_windows() {
    assert_eq!(convert("\u{83}\u{84}"), "१२");
    assert_eq!(convert("\u{97}"), "कृ");
}

#[test]
fn what_cannot_be_is_kept() {
    // A sign on nothing, a half letter at the end, a code without a glyph: nothing is lost and nothing panics.
    assert_eq!(convert("qjke"), "ुराम");
    assert_eq!(convert("D"), "क्");
    assert_eq!(convert("€"), "€");
    assert_eq!(convert(""), "");
    assert_eq!(convert("f"), "ि");
}

#[test]
fn english_pushed_through_a_converter_comes_back() {
    assert_eq!(restore("ज्ूपजजमत/च्वसपबमत्ंरेंजींद").as_deref(), Some("Twitter/PoliceRajasthan"));
    assert_eq!(restore("थ्ंबमइववा/ च्वसपबमत्ंरेंजींद").as_deref(), Some("Facebook/ PoliceRajasthan"));
    for hindi in ["राजस्थान पुलिस", "मुख्यमंत्री", "क़ानून", "", "FIR 12", "हिंदी में लिखा"]
    {
        assert_eq!(restore(hindi), None, "{hindi}");
    }
}

#[test]
fn a_doubtful_word_is_kept_and_named() {
    let reading = read("nkl");
    assert_eq!(reading.text, "nkl");
    assert_eq!(reading.runs.iter().map(|r| (r.verdict, r.unicode.as_str())).collect::<Vec<_>>(), [(Verdict::Doubtful, "दास")]);
    assert!(reading.is_doubtful() && !reading.is_converted());
    // In a column known to be typed in the font there is no doubt.
    assert_eq!(read_as_legacy("nkl").text, "दास");
}
