//! What may be said of somebody whom no court has convicted.

use super::pattern::{first, near, pattern, sentences};
use super::{Level, Look, Rule, Setting};
use crate::message::{Message, Stage};

pub(super) const GUILT: Rule = Rule {
    id: "guilt",
    version: 1,
    level: Level::Block,
    law: "Constitution Art. 21, presumption of innocence; Supreme Court in PUCL v. State of Maharashtra (media briefing of police)",
    way_out: "Write accused or suspect. After a conviction, name the court and set the stage of the case to convicted.",
    way_out_hi: "‘आरोपी’ या ‘संदिग्ध’ लिखें। दोषसिद्धि के बाद न्यायालय का नाम लिखें और प्रकरण का चरण ‘दोषसिद्ध’ करें।",
    look: Look::Text(guilt),
};

pub(super) const CONFESSION: Rule = Rule {
    id: "confession",
    version: 1,
    level: Level::Block,
    law: "BSA 2023 s.23: a confession to police proves nothing; telling it prejudices the trial",
    way_out: "Leave out what the accused is said to have admitted; say what was recovered and under which section.",
    way_out_hi: "आरोपी ने क्या स्वीकार किया, यह न लिखें; बरामदगी और धारा बताएँ।",
    look: Look::Text(confession),
};

pub(super) const MOTIVE: Rule = Rule {
    id: "motive",
    version: 1,
    level: Level::Approval,
    law: "Supreme Court in PUCL v. State of Maharashtra: no opinion on motive or guilt while a matter is investigated",
    way_out: "Say that the matter is being investigated; leave the reason to the court.",
    way_out_hi: "लिखें कि अनुसंधान जारी है; कारण न्यायालय पर छोड़ें।",
    look: Look::Text(motive),
};

pub(super) const CASTE_RELIGION: Rule = Rule {
    id: "caste_religion",
    version: 1,
    level: Level::Block,
    law: "Constitution Art. 15; BNS 2023 s.196 (promoting enmity); Press Council norms on naming communities",
    way_out: "Leave out caste, community and religion of accused and victim. The name of a law (SC/ST Act) may stand.",
    way_out_hi: "आरोपी और पीड़ित की जाति, समुदाय और धर्म हटाएँ। कानून का नाम (एससी/एसटी अधिनियम) लिखा जा सकता है।",
    look: Look::Text(caste_religion),
};

pattern!(
    LABEL,
    r"अपराधी | मुजरिम | गुनहगार | गुनाहगार | हत्यारा | हत्यारे | हत्यारों | हत्यारिन | कातिल | बलात्कारी | दुष्कर्मी | दरिंद[ाे] | दरिंदों | \bचोर(?:ों)?\b | लुटेर[ाे] | लुटेरों | डकैत | ठग(?:ों)?\b | तस्कर(?:ों)?\b | बदमाश(?:ों)?\b | गुंड[ाे] | गुंडों | हैवान | दोषी
    | \bcriminals?\b | \bculprits?\b | \bmurderers?\b | \brapists?\b | \bkillers?\b | \bthie(?:f|ves)\b | \brobbers?\b | \bdacoits?\b | \bsmugglers?\b | \bfraudsters?\b | \bpeddlers?\b | \bgoons?\b | \bguilty\b | \bmonsters?\b | \bburglars?\b | \bsnatchers?\b | \bconmen\b | \bconman\b
    | \bapradhi | \bmujrim | \bgunah?gaar | \bgunahgar | \bhatyar[ae] | \bqatil\b | \bkatil\b | \bkaatil | \bbalatkari | \bdarind[ae] | \bchor(?:on)?\b | \bluter[ae] | \bdakait | \bthag(?:on)?\b | \btaskar(?:on)?\b | \bbadmash | \bgund[ae]\b | \bdoshi\b"
);
pattern!(
    CAUGHT,
    r"गिरफ्तार | दबोच | धर\s*दबोच | पकडा | पकडे | पकड\s+(?:लिया|लिए|में) | हत्थे\s+चढ | शिकंजे | सलाखों | जेल\s+भेज | तलाश | फरार | नामजद | हिरासत | ढेर | काबू | बेनकाब | पर्दाफाश
    | arrest | nabbed | caught | held\b | apprehend | captured | behind\s+bars | sent\s+to\s+jail | absconding | wanted | custody | on\s+the\s+run | busted | lodged\s+in\s+jail | cuffed
    | giraftar | giraftaar | daboch | pakda | pakde | pakad\s+liy | hatthe\s+chad | shikanje | salakhon | jail\s+bhej | talash | \bfarar | faraar | hirasat"
);
pattern!(
    CONVICTED,
    r"दोषसिद्ध | दोष\s*सिद्ध | सजा\s+(?:सुनाई|हुई|दी) | की\s+सजा | कारावास | न्यायालय\s+ने | अदालत\s+ने | कोर्ट\s+ने | दोषी\s+(?:करार|ठहरा|पाया)
    | convict | sentenced | \bcourt\s+(?:has\s+|had\s+)?(?:found|held|convicted|sentenced|awarded) | found\s+guilty\s+by | imprisonment | held\s+guilty
    | doshsiddh | dosh\s*siddh | saja\s+(?:sunai|hui) | saza | karavas | karawas | court\s+ne | adalat\s+ne | nyayalay\s+ne | doshi\s+(?:karar|thehra|paya)"
);
pattern!(ALLEGED, r"कथित | संदिग्ध | आरोपित | alleged | suspected | kathit | sandigdh");
// `apradh` the offence, helplines against thieves, advice: no person is called anything.
pattern!(
    ADVICE,
    r"सावधान | बचें | बचाव | सतर्क | सूचना\s+दें | रहें | बचने | beware | stay\s+safe | protect\s+yourself | be\s+alert | report\s+(?:it|any|them|such) | never\s+share | how\s+(?:to|criminals|fraudsters) | do\s+not | don't
    | savdhan | saavdhan | bachein | satark | soochna\s+dein | suchna\s+de"
);

fn guilt(text: &str, message: &Message, _: &Setting) -> Option<String> {
    if message.facts.stage == Some(Stage::Convicted) {
        return None;
    }
    let open = sentences(text).into_iter().filter(|s| !CONVICTED.is_match(s) && !ALLEGED.is_match(s) && !ADVICE.is_match(s));
    open.into_iter().find_map(|s| near(s, &LABEL, &CAUGHT, 80, None))
}

pattern!(
    ADMITTED,
    r"(?:जुर्म|अपराध|गुनाह|वारदात|हत्या|चोरी|आरोप|घटना|लूट|करना|करने\s+की\s+बात)\S*\s+(?:\S+\s+){0,4}?(?:कबूल|कुबूल|स्वीकार|इकबाल|माना\b|मान\s+लिय) | (?:कबूल|कुबूल|स्वीकार)\S*\s+(?:किया|की|कर\s+लिय[ाे]|करते)\s+(?:कि|है\s+कि|हुए) | इकबालिया | कबूलनाम[ाे] | (?:ने|में)\s+(?:कबूल|कुबूल)\S* | जुर्म\s+कबूल | उगल | राज\s+खोल | माना\s+कि | बताया\s+कि\s+उसी?\s*ने
    | \bconfess(?:ed|es|ion|ing)?\b | \badmitt(?:ed|ing)\b | \badmits\b | \bowned\s+up | \bcame\s+clean | spilled\s+the\s+beans
    | (?:jurm|gunah|apradh|hatya|chori|vardaat|vardat|loot)\s+(?:\w+\s+){0,3}?(?:kabool|kabul|qubool|qabool|sweekar|swikar|iqbal) | \b(?:kabool|kabul|qubool|qabool)\w*\s+(?:kiya|ki|kar) | sweekar\s+kiya\s+ki | maan\s+liya\s+ki"
);
pattern!(
    NOT_ADMITTED,
    r"आवेदन | प्रार्थना\s*पत्र | चुनौती | न्यायालय\s+(?:में|के\s+समक्ष) | साक्ष्य\s+नहीं | मान्य\s+नहीं | जिम्मेदारी\s+स्वीकार | गलती\s+स्वीकार
    | admitted\s+(?:to|in|at)\s+(?:the\s+)?(?:\w+\s+)?(?:hospital|college|school|course|academy|trauma|icu) | pleaded | before\s+the\s+(?:court|magistrate) | not\s+admissible | inadmissible | no\s+evidence | applications? | under\s+duress | forced\s+confession | extort\w*\s+(?:a\s+)?confession | we\s+admit | in\s+court
    | aavedan | avedan | bharti"
);

fn confession(text: &str, _: &Message, _: &Setting) -> Option<String> {
    sentences(text).into_iter().filter(|s| !NOT_ADMITTED.is_match(s)).find_map(|s| first(s, &ADMITTED))
}

pattern!(
    REASON,
    r"मकसद | मंशा\s+से | इरादे\s+से | रंजिश | बदला\s+लेने | बदले\s+की | प्रेम\s+प्रसंग | प्रेम\s+संबंध | अवैध\s+संबंध | एकतरफा\s+प्यार | के\s+शक\s+में | के\s+चक्कर\s+में | के\s+लालच\s+में | विवाद\s+(?:के\s+चलते|के\s+कारण|में|को\s+लेकर) | पुराने\s+विवाद | कहासुनी | (?:की|का)\s+(?:वजह|कारण)\s+से?\s* | नशे\s+की\s+लत | गुस्से\s+में | कर्ज\s+(?:चुकाने|में) | जमीन\s+को\s+लेकर
    | \bmotive\b | out\s+of\s+(?:jealousy|anger|revenge|greed|spite) | \brevenge\b | \bover\s+(?:a\s+|an\s+|the\s+)?(?:\w+\s+)?(?:dispute|land|property|money|affair|quarrel|debt|dowry|parking|argument) | love\s+affair | illicit\s+relation | one-?\s*sided\s+love | old\s+(?:enmity|rivalry) | personal\s+enmity | because\s+(?:of|he|she|they|the) | to\s+(?:repay|settle|clear)\s+(?:\w+\s+){0,3}(?:debt|loan|score)s?\b | \bangry\s+(?:at|over|with) | \bin\s+(?:a\s+fit\s+of\s+)?(?:anger|rage) | for\s+the\s+sake\s+of | suspicion\s+of | suspected\s+(?:his|her)\s+\w+\s+of | \benraged\s+(?:by|over|at) | \bgreed\b
    | ranjish | badla\s+lene | badle\s+ki | prem\s+prasang | avaidh\s+sambandh | ektarfa\s+pyar | ke\s+shak\s+me(?:in)? | ke\s+chakkar\s+me(?:in)? | ke\s+lalach\s+me(?:in)? | vivad\s+(?:ke\s+chalte|ke\s+karan|me(?:in)?|ko\s+lekar) | \bmaqsad | \bmakasad | (?:ki\s+wajah|ke\s+karan)\s+(?:se\s+)? | karz\s+chukane | zameen\s+ko\s+lekar | kahasuni"
);
pattern!(
    DEED,
    r"हत्या | हमला | मारपीट | जानलेवा | चाकू | गोली | आग\s+लगा | अपहरण | मार\s+(?:डाला|दिया|दी) | वारदात | जहर | लूट | चोरी\s+की | तेजाब
    | \bmurder | \bkill | \battack | \bassault | \bstabb | \bshot\b | \bshoot | \bset\s+fire | \bkidnap | \babduct | \bpoison | \brobbed | \bstole | \bbeat(?:en)?\b | \bhacked | \bstrangl | \bacid\b | committed\s+the
    | \bhatya | \bhamla | marpit | maarpeet | maar\s+(?:dala|diya) | \bchaku | \bgoli\b | \baag\s+laga | apaharan | vardaat | vardat | \bloot\b | chori\s+ki"
);
pattern!(
    UNKNOWN_REASON,
    r"जांच\s+(?:जारी|की\s+जा) | अनुसंधान\s+जारी | कारणों\s+(?:की|का)\s+(?:जांच|पता) | कारण\s+(?:अज्ञात|स्पष्ट\s+नहीं) | न्यायालय\s+ने | दुर्घटना | आत्महत्या\s+समाधान
    | being\s+investigated | under\s+investigation | not\s+(?:yet\s+)?known | yet\s+to\s+be | ascertain | do\s+not\s+speculate | will\s+be\s+investigated | court\s+(?:found|held) | accident
    | jaanch\s+jari | janch\s+jari | anusandhan\s+jari | pata\s+lagaya | court\s+ne"
);

fn motive(text: &str, message: &Message, _: &Setting) -> Option<String> {
    if message.facts.stage == Some(Stage::Convicted) {
        return None;
    }
    sentences(text).into_iter().filter(|s| !UNKNOWN_REASON.is_match(s)).find_map(|s| near(s, &REASON, &DEED, 70, None))
}

pattern!(
    COMMUNITY,
    r"\S+\s+(?:जाति|समाज|समुदाय|बिरादरी|धर्म|संप्रदाय|सम्प्रदाय|मजहब)\s*(?:का|की|के|से|विशेष|के\s+युवक)? | मुस्लिम\b | मुसलमान | हिंदू\b | हिन्दू\b | ईसाई\b | सिख\b | दलित\b | सवर्ण\b | आदिवासी\b | अल्पसंख्यक\b | मुसलिम | पिछडी\s+जाति | ऊंची\s+जाति | निचली\s+जाति
    | \bmuslims?\b | \bhindus?\b | \bchristians?\b | \bsikhs?\b | \bdalits?\b | \bupper[\s-]caste | \blower[\s-]caste | \btribal\b | \b\w+\s+(?:caste|community|religion|faith)\b | \bby\s+(?:caste|religion)\b | \bcaste\s*: | \breligion\s*: | \bminority\b
    | \bmusalman | \bmuslim | \bhindu\b | \b\w+\s+(?:jati|jaati|samaj|samuday|biradari|dharm|dharam|mazhab)\b | \bdalit\b | \badivasi\b | \bswarn\b | \bsavarn"
);
pattern!(
    PARTY,
    r"आरोपी | अभियुक्त | मुलजिम | पीडित | पीडिता | गिरफ्तार | संदिग्ध | मृतक | हमलावर | युवक\b | युवकों | बदमाश | चोर\b | फरियादी | परिवादी | गैंग | गिरोह
    | \baccused | \bvictims?\b | \bsuspects?\b | \barrested\b | \bdeceased\b | \bassailants?\b | \bculprits?\b | \bgang\b | \bcomplainant | \bdetained\b | \bheld\b | \byouths?\b | \bmen\b
    | \baaropi | \baropi | \babhiyukt | \bpeedit | \bpidit | \bgiraftar | \bsandigdh | \bmritak | \bhamlavar | \byuvak | \bgirah?oh | \bmulzim"
);
pattern!(
    LAWFUL_NAME,
    r"अनुसूचित\s+जाति | अत्याचार\s+निवारण | एससी\s*/?\s*एसटी | अधिनियम | सामुदायिक | समुदाय\s+(?:पुलिस|के\s+साथ\s+मिल) | सद्भाव | भाईचार | शांति\s+समिति | सभी\s+(?:धर्म|समुदाय|समाज|जाति) | दोनों\s+(?:पक्ष|समुदाय) | अफवाह | त्योहार | जुलूस | महिला\s+समाज | सभ्य\s+समाज | सर्व\s+समाज | किसी\s+भी\s+(?:जाति|धर्म|समुदाय) | जाति\s+या\s+धर्म | जाति,?\s*धर्म
    | sc\s*/?\s*st | scheduled\s+caste | prevention\s+of\s+atrocit | community\s+(?:policing|liaison|group|meeting|service|outreach|support|leader) | \bharmony\b | peace\s+committee | all\s+(?:communities|faiths|religions) | any\s+(?:caste|community|religion) | irrespective | regardless | local\s+community | whole\s+community | business\s+community | farming\s+community | rumou?rs? | festival
    | sadbhav | bhaichar | shanti\s+samiti | sabhi\s+(?:dharm|samaj|samuday) | kisi\s+bhi\s+(?:jati|dharm) | tyohar | afwah"
);

fn caste_religion(text: &str, _: &Message, _: &Setting) -> Option<String> {
    sentences(text).into_iter().filter(|s| !LAWFUL_NAME.is_match(s)).find_map(|s| near(s, &COMMUNITY, &PARTY, 40, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_conviction_the_word_may_stand() {
        let text = "murderer arrested";
        let of = |stage| {
            let mut message = Message::default();
            message.facts.stage = stage;
            guilt(text, &message, &Setting::default())
        };
        assert!(of(None).is_some() && of(Some(Stage::Trial)).is_some());
        assert!(of(Some(Stage::Convicted)).is_none());
    }
}
