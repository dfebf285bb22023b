//! The desk's pages with made-up messages of made-up units.

use chrono::{DateTime, TimeZone, Utc};

use crate::desk::calendar::{Calendar, Day, Entry};
use crate::desk::composer::{Composer, FindingLine, KeptLine, OutLine, Preview, Saying, Signature, SimilarLine};
use crate::desk::queue::{Line as QueueLine, Queues};
use crate::desk::silence::{Line, Silences};
use crate::desk::stream::{Inbox, Item, ItemLine, Replies, ReplyLine, Saved};
use crate::desk::version::{Text, VersionLine, Versions};
use crate::desk::{
    ChannelLine, Channels, Choice, CopyLine, DeliveryLine, Ending, Library, MediaLine, Office, OrderLine, Orders, Outbox,
    PostLine, UnitLine,
};
use crate::shell::Island;
use crate::{Section, Shell};

fn at(hour: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 25, hour, 30, 0).single().unwrap_or_default()
}

pub(super) fn framed(mut shell: Shell, key: &str, path: &str) -> Shell {
    shell.section = Section::Desk;
    shell.title = shell.t(key);
    shell.path = path.to_owned();
    shell
}

pub(super) fn choices(list: &[(&str, &str)]) -> Vec<Choice> {
    list.iter().enumerate().map(|(i, (v, t))| Choice { value: (*v).into(), text: (*t).into(), chosen: i == 0 }).collect()
}

fn units() -> Vec<Choice> {
    choices(&[("T1", "थाना एक (T1)"), ("T2", "Thana Two (T2)")])
}

fn post(id: &str, words: &str, state: &str) -> PostLine {
    PostLine {
        id: id.into(),
        words: words.into(),
        unit: "T1".into(),
        kind: "awareness".into(),
        state: state.into(),
        author: "asha".into(),
        changed: at(4),
    }
}

fn delivery(id: &str, state: &str) -> DeliveryLine {
    DeliveryLine {
        id: id.into(),
        post: "p1".into(),
        words: "दोपहिया वाहन पर हेलमेट पहनें।".into(),
        network: "X".into(),
        handle: "@thana1".into(),
        part: "1/2".into(),
        state: state.into(),
        due: at(6),
        attempt: 1,
        reason: "503".into(),
        url: None,
        edit: false,
    }
}

pub(super) fn office(shell: Shell) -> Office {
    Office {
        shell: framed(shell, "desk-title", "/desk"),
        well: false,
        oldest_minutes: 7,
        counted: 10_000,
        human: 1,
        unanswered: 12,
        overdue: 2,
        orders: 1,
        posts: vec![post("p1", "दोपहिया वाहन पर हेलमेट पहनें।", "draft"), post("p2", "Traffic is diverted on Sunday.", "scheduled")],
        submitted: vec![post("p3", "बाल सुरक्षा सप्ताह", "submitted")],
        ending: vec![Ending { handle: "Thana One".into(), network: "Facebook".into(), days: 9 }],
        units_more: 3,
        sought: String::new(),
        units: vec![
            UnitLine {
                code: "HQ".into(), name: "मुख्यालय".into(), paused: None, own: false, minutes: "240".into()
            },
            UnitLine {
                code: "T1".into(),
                name: "थाना एक".into(),
                paused: Some("sp: शांति व्यवस्था".into()),
                own: true,
                minutes: String::new(),
            },
        ],
    }
}

pub(super) fn composer(shell: Shell) -> Composer {
    let mut page = Composer::blank(framed(shell, "desk-message", "/desk/post/p1"));
    page.id = "p1".into();
    page.version = 2;
    page.state = "approved".into();
    page.author = "asha".into();
    page.unit = "T1".into();
    page.units = units();
    page.kinds = choices(&[("awareness", "जागरूकता")]);
    page.stages = choices(&[("", "—")]);
    page.facts = vec![Choice { value: "child".into(), text: "desk-fact-child".into(), chosen: false }];
    page.hindi = "दोपहिया वाहन पर हेलमेट पहनें।".into();
    page.english = "Wear a helmet on a two-wheeler.".into();
    page.media = media();
    page.previews = vec![
        Preview {
            network: "x".into(),
            title: "X".into(),
            own: String::new(),
            parts: vec!["दोपहिया वाहन पर हेलमेट पहनें।\n\nWear a helmet on a two-wheeler.".into()],
            used: 64,
            most: 280,
            fits: true,
            cost: Some("0.015".into()),
            problems: vec![],
        },
        Preview {
            network: "instagram".into(),
            title: "Instagram".into(),
            own: "हेलमेट!".into(),
            parts: vec!["हेलमेट!".into()],
            used: 7,
            most: 2200,
            fits: true,
            cost: None,
            problems: vec!["this network takes no post without a picture or film".into()],
        },
    ];
    page.findings = vec![FindingLine {
        rule: "alt_text".into(),
        level: "block".into(),
        place: "media 1".into(),
        found: "poster.png is not described".into(),
        law: "Rights of Persons with Disabilities Act 2016 s.42".into(),
        way_out: "चित्र में क्या है, शब्दों में लिखें।".into(),
        overruled: None,
    }];
    page.signatures = vec![Signature { who: "sp".into(), role: "approver".into(), at: at(5) }];
    page.missing = vec!["law".into()];
    page.versions = vec![Saying { who: "asha".into(), text: "0f3a9b1c22de".into(), at: at(4) }];
    page.notes = vec![Saying { who: "sp".into(), text: "नंबर जाँच लें।".into(), at: at(5) }];
    page.deliveries = vec![delivery("d0", "cancelled")];
    page.kept_before = vec![
        KeptLine {
            id: "k1".into(), at: at(5), words: "रविवार को स्टेशन रोड पर यातायात बदला रहेगा।".into()
        },
        KeptLine { id: "k2".into(), at: at(4), words: "The camp is on Monday.".into() },
    ];
    page.twins = vec![KeptLine { id: "k3".into(), at: at(6), words: String::new() }];
    page.channels = choices(&[("a1", "X @thana1 (T1)")]);
    page
}

/// A message that is out, with an edit that waits.
pub(super) fn revised(shell: Shell) -> Composer {
    let mut page = composer(shell);
    page.deliveries = vec![delivery("d1", "live"), DeliveryLine { edit: true, ..delivery("d2", "human") }];
    page.revisable = true;
    page.why = "तारीख गलत थी।".into();
    page.copies = [("Facebook", "Thana One", ""), ("X", "@thana1", "network")]
        .iter()
        .map(|(network, handle, stays)| OutLine {
            network: (*network).into(),
            handle: (*handle).into(),
            url: Some("https://example.org/1".into()),
            stays: (*stays).into(),
        })
        .collect();
    page.writing = vec!["ravi".into()];
    page.similar = vec![SimilarLine {
        post: "p9".into(),
        unit: "T2".into(),
        handle: "@thana2".into(),
        due: at(9),
        words: "हेलमेट पहनें।".into(),
    }];
    page.kept_now = Some(at(6));
    (page.kept_before, page.twins) = (Vec::new(), Vec::new());
    page
}

pub(super) fn blank(shell: Shell) -> Composer {
    let mut page = Composer::blank(framed(shell, "desk-new", "/desk/new"));
    page.units = units();
    page.kinds = choices(&[("awareness", "जागरूकता")]);
    page.stages = choices(&[("", "—")]);
    page
}

pub(super) fn calendar(shell: Shell) -> Calendar {
    let day = |n: u32| Day {
        date: format!("2026-11-{n:02}"),
        text: n.to_string(),
        today: n == 25,
        outside: false,
        entries: if n == 26 {
            let entry = Entry {
                post: "p1".into(),
                time: "18:30".into(),
                network: "X".into(),
                words: "हेलमेट".into(),
                state: "queued".into(),
                moves: true,
            };
            vec![entry]
        } else {
            vec![]
        },
        more: if n == 26 { 3 } else { 0 },
    };
    let mut shell = framed(shell, "desk-calendar", "/desk/calendar");
    shell.island = Some(Island::Calendar);
    Calendar {
        view: "month".into(),
        heading: "Nov 2026".into(),
        unit: String::new(),
        units: units(),
        at: "2026-11-25".into(),
        before: "2026-10-25".into(),
        after: "2026-12-25".into(),
        weekdays: ["desk-mon", "desk-tue", "desk-wed", "desk-thu", "desk-fri", "desk-sat", "desk-sun"]
            .iter()
            .map(|k| shell.t(k))
            .collect(),
        weeks: vec![(23..30).map(day).collect()],
        lines: vec![],
        movable: choices(&[("p1", "2026-11-26 18:30 X हेलमेट")]),
        shell,
    }
}

pub(super) fn queues(shell: Shell) -> Queues {
    let line = |id: &str, times: &[&str]| QueueLine {
        id: id.into(),
        unit: "T1".into(),
        network: "X".into(),
        handle: "@thana1".into(),
        times: times.iter().map(|t| (*t).to_owned()).collect(),
        next: (!times.is_empty()).then(|| at(13)),
    };
    Queues {
        shell: framed(shell, "desk-queue", "/desk/queue"),
        lines: vec![line("a1", &["MO 18:30", "TH 18:30"]), line("a2", &[])],
    }
}

pub(super) fn outbox(shell: Shell) -> Outbox {
    Outbox {
        shell: framed(shell, "desk-outbox", "/desk/outbox"),
        well: true,
        oldest_minutes: 0,
        counts: vec![("live".into(), 128_400), ("queued".into(), 312), ("human".into(), 1)],
        waiting: vec![delivery("d2", "human")],
    }
}

fn line(id: &str, late: bool) -> ItemLine {
    ItemLine {
        id: id.into(),
        kind: "comment".into(),
        network: "Facebook".into(),
        handle: "a citizen".into(),
        text: "यह रास्ता कब खुलेगा?".into(),
        url: Some("https://example.org/c/1".into()),
        unit: "T1".into(),
        state: "new".into(),
        assigned: String::new(),
        escalated: if late { "D1".into() } else { String::new() },
        answering: late.then(|| "asha".to_owned()),
        written: at(3),
        due: at(7),
        late,
        answerable: true,
        until: None,
    }
}

/// A message to the account alone.
fn letter() -> ItemLine {
    let text = "मेरा फ़ोन चोरी हुआ, क्या करूँ?".into();
    ItemLine { kind: "message".into(), handle: String::new(), text, until: Some(at(12)), ..line("i3", false) }
}

pub(super) fn message(shell: Shell) -> Item {
    let page = item(shell);
    Item { item: letter(), shell: framed(page.shell, "desk-item-message", "/desk/item/i3"), ..page }
}

pub(super) fn inbox(shell: Shell) -> Inbox {
    Inbox {
        unit: String::new(),
        units: units(),
        states: choices(&[("", "—"), ("answered", "✓")]),
        items: vec![line("i1", true), line("i2", false), letter()],
        next: Some("/desk/inbox?after=1-i2".into()),
        shell: framed(shell, "desk-inbox", "/desk/inbox"),
    }
}

pub(super) fn item(shell: Shell) -> Item {
    Item {
        item: line("i1", true),
        answer: None,
        sends: false,
        reason: None,
        units: units(),
        writes: true,
        text: "रास्ता सोमवार से खुलेगा।".into(),
        refused: None,
        saved: vec![Saved {
            id: "r1".into(),
            name: "Route".into(),
            hindi: "रास्ता सोमवार से खुलेगा।".into(),
            english: "The road opens on Monday.".into(),
        }],
        rules: choices(&[("abuse", "अपशब्द")]),
        record: vec![("asha".into(), "answer drafted".into(), at(4))],
        shell: framed(shell, "desk-item-comment", "/desk/item/i1"),
    }
}

pub(super) fn orders(shell: Shell) -> Orders {
    let copy = |network: &str, state: &str| CopyLine {
        id: format!("d-{network}"),
        link: true,
        retries: true,
        hand: String::new(),
        network: network.into(),
        url: "https://example.org/1".into(),
        state: state.into(),
        proof: "404 not found".into(),
        at: at(6),
    };
    let order = |id: &str, left: Option<i64>| OrderLine {
        id: id.into(),
        reference: "SBCWP 1/2026".into(),
        court: "Rajasthan High Court".into(),
        own: false,
        post: "p1".into(),
        received: at(1),
        due: at(2),
        minutes_left: left,
        complied: left.is_none(),
        copies: vec![copy("X", "removed"), copy("Facebook", "human")],
        statement: "आदेश / Order: SBCWP 1/2026".into(),
    };
    Orders {
        orders: vec![order("o1", Some(751)), order("o2", None)],
        post: String::new(),
        channels: choices(&[("a1", "X @thana1 (T1)")]),
        shell: framed(shell, "desk-orders", "/desk/orders"),
    }
}

pub(super) fn channels(shell: Shell) -> Channels {
    let channel = |id: &str, network: &str, state: &str| ChannelLine {
        id: id.into(),
        unit: "T1".into(),
        network: network.into(),
        handle: "@thana1".into(),
        state: state.into(),
        note: String::new(),
        connected_by: "sp".into(),
        confirmed_by: "igp".into(),
        proposed_by: if state == "reconnect" { "sp".into() } else { String::new() },
        expires: Some(at(9)),
        probed: None,
    };
    Channels {
        channels: vec![
            channel("a1", "X", "connected"),
            channel("a2", "Facebook", "proposed"),
            channel("a3", "YouTube", "reconnect"),
        ],
        units: units(),
        apps: choices(&[("x|https://api.x.com", "X (https://api.x.com)")]),
        made: vec!["@thana1".into()],
        left_out: vec!["Page without a task".into()],
        consent: Some("https://example.org/consent".into()),
        shell: framed(shell, "desk-channels", "/desk/channels"),
    }
}

fn media() -> Vec<MediaLine> {
    vec![MediaLine {
        key: "0f3a".into(),
        flags: choices(&[("shows_child", "बच्चा"), ("blurred", "धुंधला")]),
        sha256: "0f3a".into(),
        name: "poster.png".into(),
        alt: "हेलमेट का पोस्टर".into(),
        mime: "image/png".into(),
        bytes: 120_000,
        size: "1200 × 800".into(),
        chosen: true,
    }]
}

pub(super) fn library(shell: Shell) -> Library {
    Library {
        units: units(),
        media: media(),
        find: String::new(),
        page: 1,
        more: true,
        shell: framed(shell, "desk-media", "/desk/media"),
    }
}

pub(super) fn silences(shell: Shell) -> Silences {
    let line = |id: &str, over: bool| Line {
        id: id.into(),
        constituency: "AC-46".into(),
        from: at(1),
        until: at(9),
        from_text: "2026-11-25 07:00".into(),
        until_text: "2026-11-25 15:00".into(),
        reference: "ECI/PN/2026/1".into(),
        principal: "igp".into(),
        holds: !over,
        over,
    };
    Silences { lines: vec![line("s1", false), line("s2", true)], shell: framed(shell, "desk-silences", "/desk/silences") }
}

pub(super) fn replies(shell: Shell) -> Replies {
    let reply = ReplyLine {
        id: "r1".into(),
        unit: "T1".into(),
        name: "Route".into(),
        hindi: "रास्ता सोमवार से खुलेगा।".into(),
        english: "The road opens on Monday.".into(),
    };
    Replies { replies: vec![reply], units: units(), shell: framed(shell, "desk-saved", "/desk/replies") }
}

pub(super) fn versions(shell: Shell) -> Versions {
    let text = |stretches: &[(&'static str, &str)]| Text {
        place: "English".into(),
        changed: stretches.len() > 1,
        stretches: stretches.iter().map(|(kind, words)| (*kind, (*words).to_owned())).collect(),
    };
    let line = |version: i64, texts: Vec<Text>| VersionLine {
        version,
        who: "asha".into(),
        at: at(4),
        sha256: "0f3a9b1c22de".into(),
        texts,
        public_until: (version < 3).then(|| at(6)),
        withheld: (version == 1).then(|| "a private telephone number stood in it".into()),
        rule: None,
        older: version < 3,
    };
    let changed = text(&[("same", "The road opens on "), ("gone", "Monday"), ("came", "Tuesday"), ("same", ".")]);
    Versions {
        public: true,
        versions: vec![
            line(3, vec![changed.clone()]),
            line(2, vec![changed]),
            line(1, vec![text(&[("same", "The road opens on Monday.")])]),
        ],
        id: "p1".into(),
        shell: framed(shell, "desk-versions", "/desk/post/p1/versions"),
    }
}
