//! The department's own posts, what people answered, and how often it was seen.

use crate::calendar::DAY;
use crate::cases::today;
use crate::draw::Domain;
use crate::mess::{self, Mess};
use crate::sheet::{Dataset, Form};
use crate::world::World;

const POSTS: u64 = 60;

fn account(world: &World, n: u64) -> (&'static str, String) {
    let station = &world.places.stations[n as usize % world.places.stations.len()];
    let platform = ["X", "Facebook", "Mastodon"][n as usize % 3];
    (platform, format!("@test_police_{}", station.district.code))
}

fn posted(n: u64) -> i64 {
    today() - (POSTS - n) as i64 * DAY + 10 * 3_600
}

const POST_COLUMNS: &[&str] = &["PLATFORM", "POST_ID", "ACCOUNT", "POSTED_AT", "TEXT", "LANGUAGE", "MEDIA_COUNT", "REMOVED_AT"];

pub(crate) const POST: Dataset = Dataset {
    contract: "social.post",
    files: &[("post.csv", Form::Csv)],
    columns: POST_COLUMNS,
    json: &[],
    mess: Mess {
        spoils: &[
            ("PLATFORM", "", "key_missing"),
            ("POST_ID", "1.0E+18", "scientific_notation"),
            ("ACCOUNT", "", "missing_value"),
        ],
        ..mess::NONE
    },
    subjects: |_| POSTS,
    fill: |world, n, sheet| {
        const TEXTS: [(&str, &str); 4] = [
            ("यातायात परामर्श: आज शाम मुख्य बाजार मार्ग पर भीड़ रहेगी, वैकल्पिक मार्ग का उपयोग करें।", "hi"),
            ("साइबर ठगी से बचें: किसी को ओटीपी न बतायें। शिकायत के लिये 1930 पर फोन करें।", "hi"),
            ("Please lock your vehicle and note down its number; report a theft at once.", "en"),
            ("हेलमेट पहनें, सुरक्षित रहें।", "hi"),
        ];
        let (platform, account) = account(world, n);
        let (text, language) = TEXTS[n as usize % TEXTS.len()];
        let row = sheet.begin();
        row.put("PLATFORM", platform)
            .put("POST_ID", "post")
            .number_more(n + 1)
            .put("ACCOUNT", &account)
            .moment("POSTED_AT", posted(n));
        row.put("TEXT", text).put("LANGUAGE", language).number("MEDIA_COUNT", n % 3);
        if n % 20 == 7 {
            row.moment("REMOVED_AT", posted(n) + DAY);
        }
        sheet.end();
    },
};

const INBOUND_COLUMNS: &[&str] =
    &["PLATFORM", "MESSAGE_ID", "ACCOUNT", "RECEIVED_AT", "AUTHOR", "TEXT", "KIND", "IN_REPLY_TO", "STATUS", "ANSWERED_AT"];

/// Three answers to each post.
pub(crate) const INBOUND: Dataset = Dataset {
    contract: "social.inbound",
    files: &[("inbound.csv", Form::Csv), ("inbound.ndjson", Form::Ndjson)],
    columns: INBOUND_COLUMNS,
    json: &[],
    mess: Mess {
        spoils: &[("MESSAGE_ID", "", "key_missing"), ("ACCOUNT", "", "missing_value"), ("RECEIVED_AT", "", "missing_value")],
        ..mess::NONE
    },
    subjects: |_| POSTS * 3,
    fill: |world, n, sheet| {
        const TEXTS: [&str; 5] = [
            "सड़क पर जाम है, कोई सिपाही नहीं",
            "धन्यवाद राजस्थान पुलिस",
            "When will the road be open again?",
            "मेरी शिकायत पर अभी तक कार्यवाही नहीं हुई",
            "रात में गश्त बढ़ाई जाये",
        ];
        let (post, random) = (n / 3, world.seed.at(Domain::Desk, n));
        let (platform, account) = account(world, post);
        let received = posted(post) + 600 + (random >> 8) as i64 % 40_000;
        let row = sheet.begin();
        row.put("PLATFORM", platform)
            .put("MESSAGE_ID", "m")
            .number_more(n + 1)
            .put("ACCOUNT", &account)
            .moment("RECEIVED_AT", received);
        row.put("AUTHOR", "@example_citizen").number_more(random % 300).put("TEXT", TEXTS[(random >> 20) as usize % TEXTS.len()]);
        row.put("KIND", ["Reply", "Mention", "Comment"][n as usize % 3]);
        if n % 3 == 0 {
            row.put("IN_REPLY_TO", "post").number_more(post + 1);
        }
        if random & 1 == 0 {
            row.put("STATUS", "answered").moment("ANSWERED_AT", received + 1_800);
        } else {
            row.put("STATUS", "open");
        }
        sheet.end();
    },
};

const METRIC_COLUMNS: &[&str] = &["PLATFORM", "ACCOUNT", "POST_ID", "MEASURED_ON", "MEASURE", "VALUE"];

pub(crate) const METRIC: Dataset = Dataset {
    contract: "social.metric",
    files: &[("metric.csv", Form::Csv)],
    columns: METRIC_COLUMNS,
    json: &[],
    mess: Mess {
        spoils: &[("VALUE", "-1", "out_of_range"), ("VALUE", "many", "bad_type"), ("ACCOUNT", "", "key_missing")],
        ..mess::NONE
    },
    subjects: |_| POSTS,
    fill: |world, n, sheet| {
        let (platform, account) = account(world, n);
        for measure in ["Impressions", "Likes"] {
            let random = world.seed.at2(Domain::Desk, 1 << 40 | n, measure.len() as u64);
            let row = sheet.begin();
            row.put("PLATFORM", platform).put("ACCOUNT", &account).put("POST_ID", "post").number_more(n + 1);
            row.day("MEASURED_ON", posted(n) + DAY)
                .put("MEASURE", measure)
                .number("VALUE", random % if measure == "Likes" { 400 } else { 30_000 });
            sheet.end();
        }
    },
};
