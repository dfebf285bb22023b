//! Many messages at once, and messages that come again: nothing half done, nothing past the checks and approvals.

use chrono::{DateTime, TimeDelta, Utc};
use social::DeskError;
use social::bulk::Report;
use social::message::{Kind, Message};
use store::social::{Account, SilenceRow};

use crate::office::{Office, now, refused, who};

struct Place {
    office: Office,
    account: Account,
    home: tempfile::TempDir,
}

async fn place() -> Place {
    let (office, home) = Office::fresh().await;
    office.desk.store.put_officer("writer", "THANA", "publisher").await.unwrap();
    let account = office.channel("@thana", "THANA", "http://127.0.0.1:1").await;
    Place { office, account, home }
}

fn ist(at: DateTime<Utc>) -> String {
    model::time::to_ist(at.timestamp_micros()).unwrap().format("%Y-%m-%d %H:%M").to_string()
}

const ROWS: usize = 5000;
const WRONG: usize = 37;

/// 5,000 rows; 37 of them, 135 apart, are wrong in eleven ways. With it, line and field and code of each.
fn file(when: DateTime<Utc>, spoilt: bool) -> (String, Vec<(u64, &'static str, &'static str)>) {
    let mut out = "unit,kind,hindi,english,at,channels,campaign\n".to_owned();
    let mut expected = Vec::new();
    for i in 0..ROWS {
        let at = ist(when + TimeDelta::minutes(i as i64));
        let good = format!("THANA,awareness,\"हेलमेट पहनें, संदेश {i}\",Wear a helmet: message {i},{at},@thana,\n");
        if i % 135 != 7 || expected.len() == WRONG {
            out.push_str(&good);
            continue;
        }
        let (row, field, code) = match expected.len() % 11 {
            0 => (good.replacen("THANA", "NOWHERE", 1), "unit", "unit"),
            1 => (good.replacen("awareness", "party", 1), "kind", "kind"),
            2 => (format!("THANA,awareness,,,{at},@thana,\n"), "hindi", "empty"),
            3 => (good.replace(&at, "soon"), "at", "time"),
            4 => (good.replace(&at, "2020-01-01 10:00"), "at", "past"),
            5 => (good.replace("@thana", "@nobody"), "channels", "channel"),
            6 => (good.replace("@thana", ""), "channels", "half"),
            7 => (format!("THANA,awareness,एक,one, two,{at},@thana,\n"), "", "cells"),
            8 => (format!("THANA,case,,Three culprits arrested ({i}).,{at},@thana,\n"), "english", "check"),
            9 => (good.replace("@thana,\n", "@thana,none\n"), "campaign", "campaign"),
            _ => (format!("HQ,notice,\"सूचना {i}\",,,,\n"), "unit", "role"),
        };
        expected.push((i as u64 + 2, field, code));
        if spoilt {
            out.push_str(&row);
        }
    }
    (out, expected)
}

impl Place {
    async fn bulk(&self, text: &str, take: bool, at: DateTime<Utc>) -> Result<Report, DeskError> {
        self.office.desk.bulk(&who("writer"), "week.csv", text.as_bytes(), take, at).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_five_thousand_rows_the_wrong_ones_are_named_and_nothing_is_half_done() {
    let p = place().await;
    let (at, store) = (now(), &p.office.desk.store);
    let (text, expected) = file(at + TimeDelta::days(2), true);
    assert_eq!((text.lines().count() - 1, expected.len()), (ROWS, WRONG));
    let report = p.bulk(&text, true, at).await.unwrap();
    assert_eq!((report.rows, report.wrong_rows, report.made), (ROWS, WRONG, 0));
    let found: Vec<(u64, &str, &str)> = report.problems.iter().map(|p| (p.line, p.field.as_str(), p.code)).collect();
    assert_eq!(found, expected, "each wrong row, its field and its reason, and no other");
    assert!(report.problems.iter().all(|p| !p.way_out.is_empty() && !p.way_out_hi.is_empty()));
    assert!(store.posts(None, 10).await.unwrap().is_empty() && store.imports().await.unwrap().is_empty(), "nothing is half done");

    let (text, _) = file(at + TimeDelta::days(2), false);
    let dry = p.bulk(&text, false, at).await.unwrap();
    assert_eq!((dry.wrong_rows, dry.made), (0, 0), "a dry run makes nothing");
    assert!(store.posts(None, 10).await.unwrap().is_empty());
    let taken = p.bulk(&text, true, at).await.unwrap();
    assert_eq!((taken.made, taken.already), (ROWS - WRONG, false));
    let posts = store.posts(None, 10_000).await.unwrap();
    assert_eq!(posts.len(), ROWS - WRONG);
    assert!(posts.iter().all(|p| p.author == "writer" && p.state == "submitted"), "they wait for somebody else's signature");
    assert_eq!(store.plans_of(&taken.sha256).await.unwrap().len(), ROWS - WRONG);
    let again = p.bulk(&text, true, at).await.unwrap();
    assert!(again.already && again.made == 0 && store.posts(None, 10_000).await.unwrap().len() == ROWS - WRONG);
    assert!(store.due_count(None, 0, i64::MAX).await.unwrap() == 0, "nothing is scheduled before it is approved");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planned_message_is_scheduled_when_it_is_approved_and_missed_when_that_was_too_late() {
    let p = place().await;
    let (desk, at) = (&p.office.desk, now());
    let due = at + TimeDelta::days(1);
    let text = format!(
        "unit,kind,english,at,channels\nTHANA,notice,Road closed today.,{},@thana\nTHANA,notice,Road closed tomorrow.,{},@thana\n",
        ist(due),
        ist(due)
    );
    assert_eq!(p.bulk(&text, true, at).await.unwrap().made, 2);
    let posts = desk.store.posts(None, 10).await.unwrap();
    assert_eq!(desk.carry_out(at).await.unwrap().scheduled, 0, "not before it is approved");
    desk.approve(&who("sp"), &posts[0].id, 1, None, at).await.unwrap();
    assert_eq!(desk.carry_out(at).await.unwrap().scheduled, 1);
    let d = &desk.store.deliveries(&posts[0].id).await.unwrap()[0];
    assert_eq!((ist(DateTime::from_timestamp_micros(d.due_at).unwrap()), d.state.as_str()), (ist(due), "queued"));
    desk.approve(&who("sp"), &posts[1].id, 1, None, at).await.unwrap();
    let late = desk.carry_out(at + TimeDelta::days(2)).await.unwrap();
    assert_eq!((late.missed, late.scheduled), (1, 0));
    let plan = desk.store.plan(&posts[1].id).await.unwrap().unwrap();
    assert!(plan.state == "missed" && plan.reason.unwrap().contains("after its time"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_comes_again_at_its_indian_hour_and_each_time_is_approved() {
    let p = place().await;
    let (desk, at) = (&p.office.desk, now());
    let accounts = std::slice::from_ref(&p.account);
    let message =
        Message { hindi: "हेलमेट पहनें।".into(), english: "Wear a helmet.".into(), ..Message::default() };
    let first = at + TimeDelta::days(3);
    let at_of = |t: DateTime<Utc>| t.timestamp_micros();
    let recur =
        async |rule: &str, first: i64| desk.recur(&who("writer"), "THANA", &message, rule, first, accounts, None, at).await;
    assert!(refused(recur("FREQ=WEEKLY", at_of(at - TimeDelta::days(1))).await).contains("in the past"));
    assert!(refused(recur("FREQ=HOURLY", at_of(first)).await).contains("FREQ=HOURLY"));
    assert!(
        refused(desk.recur(&who("both"), "THANA", &message, "FREQ=DAILY", at_of(first), accounts, None, at).await)
            .contains("not publisher")
    );
    let alert = Message { kind: Kind::Alert, ..message.clone() };
    assert!(
        refused(desk.recur(&who("writer"), "THANA", &alert, "FREQ=DAILY", at_of(first), accounts, None, at).await)
            .contains("does not come again")
    );
    assert!(
        refused(desk.recur(&who("writer"), "THANA", &message, "FREQ=DAILY", at_of(first), &[], None, at).await)
            .contains("channel")
    );
    let r = recur("FREQ=WEEKLY", at_of(first)).await.unwrap();

    let (a, b) = tokio::join!(desk.carry_out(at), desk.carry_out(at));
    assert_eq!(a.unwrap().made + b.unwrap().made, 1, "two workers make one message, a week ahead and no further");
    let made = desk.store.occurrences(&r.id).await.unwrap();
    let post = made[0].post.clone().unwrap();
    assert_eq!((made.len(), desk.store.post(&post).await.unwrap().state), (1, "submitted".to_owned()));
    assert!(
        refused(
            desk.approve(&who("both"), &post, 1, None, at)
                .await
                .map(|s| s.post.state)
                .and_then(|s| { if s == "approved" { Err(DeskError::Refused("approved by another".into())) } else { Ok(s) } })
        )
        .contains("approved by another"),
        "whoever did not write it approves it"
    );
    desk.carry_out(at).await.unwrap();
    let d = &desk.store.deliveries(&post).await.unwrap()[0];
    assert_eq!(d.due_at, at_of(first), "to the microsecond");

    let next = desk.carry_out(at + TimeDelta::days(5)).await.unwrap();
    assert_eq!(next.made, 1);
    let all = desk.store.occurrences(&r.id).await.unwrap();
    assert_eq!(all[0].due_at - all[1].due_at, 7 * 86_400_000_000, "the same hour a week later");
    desk.stop_recurring(&who("writer"), &r.id, "over", at).await.unwrap();
    assert!(refused(desk.stop_recurring(&who("writer"), &r.id, "over", at).await).contains("any more"));
    assert_eq!(desk.carry_out(at + TimeDelta::days(30)).await.unwrap().made, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_and_an_election_stop_what_comes_again() {
    let p = place().await;
    let (desk, at) = (&p.office.desk, now());
    let accounts = std::slice::from_ref(&p.account);
    let praise = Message { kind: Kind::Achievement, english: "Our dog squad won a medal.".into(), ..Message::default() };
    let first = (at + TimeDelta::days(2)).timestamp_micros();
    let r = desk.recur(&who("writer"), "THANA", &praise, "FREQ=DAILY;COUNT=20", first, accounts, None, at).await.unwrap();
    desk.pause(&who("igp"), "HQ", "a riot", at).await.unwrap();
    assert_eq!(desk.carry_out(at).await.unwrap().made, 0, "a pause of headquarters reaches it");
    let later = at + TimeDelta::days(4);
    let done = desk.carry_out(later).await.unwrap();
    assert_eq!((done.made, done.skipped), (0, 3), "what passed during the pause is left out, with the reason");
    assert!(desk.store.occurrences(&r.id).await.unwrap().iter().all(|o| o.reason.as_deref() == Some("the unit was paused")));
    desk.resume(&who("igp"), "HQ", later).await.unwrap();
    let silence = SilenceRow {
        id: String::new(),
        constituency: "AC-46".into(),
        from_at: (later + TimeDelta::days(3)).timestamp_micros(),
        until_at: (later + TimeDelta::days(60)).timestamp_micros(),
        reference: "ECI/PN/2026/1".into(),
        principal: "igp".into(),
        at: 0,
    };
    desk.store.put_silence(silence, later).await.unwrap();
    let done = desk.carry_out(later).await.unwrap();
    assert_eq!((done.made, done.skipped), (2, 5), "up to the announcement it comes, then not");
    let reasons = desk.store.occurrences(&r.id).await.unwrap();
    assert!(
        reasons[0]
            .reason
            .as_deref()
            .is_some_and(|why| why.contains("model code") || why.contains("Model Code") || why.contains("ECI")),
        "{reasons:?}"
    );
    drop(p.home);
}

/// A picture as small as one can be, with what a camera writes into it.
fn png(mark: u8) -> Vec<u8> {
    let chunk = |kind: &[u8; 4], body: &[u8]| [&(body.len() as u32).to_be_bytes(), kind.as_slice(), body, &[0; 4]].concat();
    let head = [8_u32.to_be_bytes(), 8_u32.to_be_bytes()].concat();
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &head),
        chunk(b"eXIf", b"GPS 26.9"),
        chunk(b"IDAT", &[mark]),
        chunk(b"IEND", b""),
    ]
    .concat()
}

fn packed(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_come_with_the_file_or_from_the_library_and_none_without_words() {
    let p = place().await;
    let (at, folder) = (now(), p.home.path().join("desk-media"));
    let desk = p.office.desk.clone().with_media(folder.clone());
    let kept = social::media::clean(png(9)).unwrap();
    desk.keep_file(&kept).await.unwrap();
    let row = social::desk::media_row(&kept, "THANA", "old.png", "An old poster", &who("writer"), at);
    desk.add_media(&who("writer"), &row, at).await.unwrap();
    let csv = |lines: &str| format!("unit,kind,english,pictures,alt,shows\n{lines}").into_bytes();

    let wrong = csv(&format!(
        "THANA,notice,One,none.png,A map,\nTHANA,notice,Two,a.png,,\nTHANA,notice,Three,broken.png,A map,\nTHANA,notice,Four,a.png,A map of it,sunshine\n\
        THANA,case,Five,a.png,A man in a van,arrested\nTHANA,notice,Six,{},,\nTHANA,notice,Seven,a.png|{},A map|,\n",
        &kept.sha256[..6],
        &kept.sha256[..12]
    ));
    let file = packed(&[("week.csv", wrong), ("a.png", png(1)), ("broken.png", b"GIF89a".to_vec())]);
    let report = desk.bulk(&who("writer"), "week.zip", &file, true, at).await.unwrap();
    let found: Vec<(u64, &str, &str)> = report.problems.iter().map(|p| (p.line, p.field.as_str(), p.code)).collect();
    assert_eq!(
        found,
        [
            (2, "pictures", "picture"),
            (3, "alt", "alt"),
            (4, "pictures", "unreadable"),
            (5, "shows", "shows"),
            (6, "media 1", "check"),
            (7, "pictures", "picture"),
        ],
        "six letters of an id are too few; the seventh line is right"
    );
    assert!(!folder.join(&social::media::clean(png(1)).unwrap().sha256).exists(), "a file with anything wrong brings nothing");

    let right = csv(&format!("THANA,notice,A map of the new route.,a.png|{},A map|,\n", &kept.sha256[..12]));
    let file = packed(&[("week.csv", right.clone()), ("a.png", png(1)), ("unused.png", png(2))]);
    assert_eq!(desk.bulk(&who("writer"), "week.zip", &file, true, at).await.unwrap().made, 1);
    let post = desk.store.posts(None, 5).await.unwrap().remove(0);
    let media = desk.message(&post.id, 1).await.unwrap().media;
    let told: Vec<(&str, &str)> = media.iter().map(|m| (m.alt.as_str(), m.mime.as_str())).collect();
    assert_eq!(told, [("A map", "image/png"), ("An old poster", "image/png")]);
    let bytes = std::fs::read(&media[0].file).unwrap();
    assert!(!bytes.windows(3).any(|w| w == b"GPS"), "where it was taken is gone");
    assert_eq!(social::bulk::digest(&bytes), media[0].sha256);
    assert_eq!(desk.store.media_of(Some("THANA"), 10).await.unwrap().len(), 2, "what no line names is not kept");
    let again = packed(&[("a.png", png(1)), ("unused.png", png(2)), ("other-name.csv", right)]);
    assert!(desk.bulk(&who("writer"), "again.zip", &again, true, at).await.unwrap().already, "packed anew it is the same file");
    assert!(
        refused(
            p.office
                .desk
                .bulk(
                    &who("writer"),
                    "w",
                    &packed(&[("a.csv", csv("THANA,notice,One,a.png,A map,\n")), ("a.png", png(1))]),
                    true,
                    at
                )
                .await
        )
        .contains("no folder")
    );
}
