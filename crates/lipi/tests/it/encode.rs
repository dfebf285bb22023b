//! Unicode Devanagari as a typist of Kruti Dev 010 would key it: written from the glyph chart of the font, as an oracle.

/// How the typist has learnt it; both ways are found in records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// Ready-made conjunct glyphs (ä, ç, é).
    Glyphs,
    /// Conjuncts from half letters and hanging र (Dr, iz, Uu).
    Pieces,
}

const HALVES: &str = "क D ख [ ग X घ ? च P ज T झ ÷ ण . त R थ F ध / न U प I फ ¶ ब C भ H म E य ¸ ल Y व O श ' ष \" स L ह º";
const WHOLES: &str = "क d ख [k ग x घ ?k ङ ³ च p छ N ज t झ > ञ ¥ ट V ठ B ड M ढ < ण .k त r थ Fk द n ध /k न u प i फ Q ब c भ Hk \
                      म e य ; र j ल y ळ G व o श 'k ष \"k स l ह g";
const CONJUNCTS: &str = "क्क ô क्त ä क्र Ø क्ष {k छ्य Nî ज्ञ K ट्ट ê ट्ठ ë ट्य Vî ट्र Vª ठ्य Bî ड्ड ì ड्ढ ï ड्य Mî ड्र Mª ढ्य <î ढ्र <ª \
                         त्त Ùk त्र = द्द í द्ध ) द्य | द्र æ द्व } न्न é प्र ç फ्र Ý श्र J ह्न à ह्म ã ह्य á ह्र ºz छ्र Nª";
/// The typist of pieces still needs glyphs for what no pieces make.
const NEEDED: &str = "क्ष {k ज्ञ K त्र = द्ध ) द्य | द्र æ द्व } श्र J ट्र Vª ड्र Mª ट्ट ê ट्ठ ë ड्ड ì द्द í ह्म ã ह्य á ह्न à ह्र ºz \
                      छ्य Nî ट्य Vî ठ्य Bî ड्य Mî ढ्य <î त्त Ùk";
const HALF_CONJUNCTS: &str = "क्ष { त्त Ù त्र « न्न ™";
const VOWELS: &str = "अ v आ vk इ b ई bZ उ m ऊ Å ऋ _ ए , ऐ ,s ओ vks औ vkS ऑ vkW";
const SIGNS: &str = "ा k ी h ु q ू w ृ ` े s ै S ो ks ौ kS ॉ kW ॅ W";
const MARKS: &str = "ं a ँ ¡ ः %";
const OTHERS: &str = "। A , ] . - - & ? \\ / @ ; ( ( ¼ ) ½ ‘ ^ ’ * “ Þ ” ß ० å १ ƒ २ „ ३ … ४ † ५ ‡ ६ ˆ ७ ‰ ८ Š ९ ‹ = ¾ ऽ · ॰ Œ";

fn key(chart: &'static str, letter: &str) -> Option<&'static str> {
    let mut cells = chart.split_whitespace();
    while let (Some(name), Some(code)) = (cells.next(), cells.next()) {
        if name == letter {
            return Some(code);
        }
    }
    None
}

fn is_consonant(c: char) -> bool {
    ('क'..='ह').contains(&c) || ('\u{958}'..='\u{95f}').contains(&c)
}

fn is_sign(c: char) -> bool {
    ('\u{93e}'..='\u{94c}').contains(&c)
}

/// The key strokes; none where the font has no key for a sign of the text.
pub fn encode(text: &str, habit: Habit) -> Option<String> {
    let signs: Vec<char> = text.chars().collect();
    let (mut out, mut at) = (String::new(), 0);
    while let Some(&c) = signs.get(at) {
        let one = c.to_string();
        if is_consonant(c) {
            at = syllable(&signs, at, habit, &mut out)?;
        } else if let Some(code) = key(VOWELS, &one) {
            out.push_str(code);
            at += 1;
            if let Some(mark) = signs.get(at).and_then(|m| key(MARKS, &m.to_string())) {
                out.push_str(mark);
                at += 1;
            }
        } else if let Some(code) = key(OTHERS, &one) {
            out.push_str(code);
            at += 1;
        } else if c.is_whitespace() || c.is_ascii_digit() || c == '!' {
            out.push(c);
            at += 1;
        } else {
            return None;
        }
    }
    Some(out)
}

/// One syllable from its first consonant; gives the place behind it.
fn syllable(signs: &[char], mut at: usize, habit: Habit, out: &mut String) -> Option<usize> {
    let mut letters: Vec<String> = Vec::new();
    let ends_in_virama = loop {
        let mut letter = signs[at].to_string();
        at += 1;
        if signs.get(at) == Some(&'़') {
            letter.push('़');
            at += 1;
        }
        letters.push(letter);
        if signs.get(at) != Some(&'्') {
            break false;
        }
        at += 1;
        if !signs.get(at).is_some_and(|c| is_consonant(*c)) {
            break true;
        }
    };
    let sign = signs.get(at).copied().filter(|c| is_sign(*c));
    at += usize::from(sign.is_some());
    let mark = signs.get(at).and_then(|m| key(MARKS, &m.to_string()));
    at += usize::from(mark.is_some());

    let reph = letters.len() > 1 && letters[0] == "र";
    let letters = &letters[usize::from(reph)..];
    if sign == Some('ि') {
        out.push('f');
    }
    match (letters, sign) {
        ([r], Some('ु')) if r == "र" => out.push('#'),
        ([r], Some('ू')) if r == "र" => out.push(':'),
        ([h], Some('ृ')) if h == "ह" => out.push('â'),
        ([d], Some('ृ')) if d == "द" && habit == Habit::Glyphs => out.push('–'),
        ([k], Some('ृ')) if k == "क" && habit == Habit::Glyphs => out.push('—'),
        _ => {
            cluster(letters, ends_in_virama, habit, out)?;
            match sign {
                None | Some('ि') => {}
                Some(sign) => out.push_str(key(SIGNS, &sign.to_string())?),
            }
        }
    }
    if reph {
        out.push('Z');
    }
    out.push_str(mark.unwrap_or_default());
    Some(at)
}

fn cluster(letters: &[String], half: bool, habit: Habit, out: &mut String) -> Option<()> {
    let conjuncts = if habit == Habit::Glyphs { CONJUNCTS } else { NEEDED };
    let mut i = 0;
    while i < letters.len() {
        let pair = letters.get(i + 1).map(|second| format!("{}्{second}", letters[i])).unwrap_or_default();
        let (last, pair_last) = (i + 1 == letters.len(), i + 2 == letters.len());
        if pair_last
            && !half
            && let Some(code) = key(conjuncts, &pair)
        {
            out.push_str(code);
            i += 2;
        } else if i + 2 < letters.len()
            && let Some(code) = key(HALF_CONJUNCTS, &pair)
        {
            out.push_str(code);
            i += 2;
        } else if pair_last && !half && letters[i + 1] == "र" {
            out.push_str(&whole(&letters[i])?);
            out.push('z');
            i += 2;
        } else if last && !half {
            out.push_str(&whole(&letters[i])?);
            i += 1;
        } else if !last && let Some(code) = half_letter(&letters[i]) {
            out.push_str(&code);
            i += 1;
        } else {
            out.push_str(&whole(&letters[i])?);
            out.push('~');
            i += 1;
        }
    }
    Some(())
}

fn half_letter(letter: &str) -> Option<String> {
    match letter.strip_suffix('़') {
        Some(plain) => key(HALVES, plain).map(|code| format!("{code}+")),
        None => key(HALVES, letter).map(str::to_owned),
    }
}

fn whole(letter: &str) -> Option<String> {
    match letter.strip_suffix('़') {
        Some(plain) => key(WHOLES, plain).map(|code| format!("{code}+")),
        None => key(WHOLES, letter).map(str::to_owned),
    }
}
