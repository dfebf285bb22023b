//! Several messages signed on one page: each as if it were alone.

use chrono::TimeDelta;
use social::desk::SIGNED_AT_ONCE;
use social::message::{Kind, Message};
use store::social::SilenceRow;

use crate::office::{Office, now, refused, who};

async fn submitted(office: &Office, writer: &str, kind: Kind, english: &str) -> String {
    let message = Message { kind, english: english.into(), ..Message::default() };
    let post = office.desk.draft(&who(writer), "THANA", &message, None, now()).await.unwrap();
    office.desk.submit(&who(writer), &post.id, &[], now().timestamp_micros(), now()).await.unwrap();
    post.id
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_hold_is_left_out_and_said_and_the_others_are_signed() {
    let (office, _home) = Office::fresh().await;
    let (desk, at) = (&office.desk, now());
    let good = submitted(&office, "writer", Kind::Notice, "The road is closed on Sunday.").await;
    let own = submitted(&office, "both", Kind::Notice, "The camp opens at ten on Monday.").await;
    let edited = submitted(&office, "writer", Kind::Notice, "The counter opens at nine.").await;
    let praise = submitted(&office, "writer", Kind::Achievement, "Forty stolen phones were returned to their owners.").await;
    let message = Message { kind: Kind::Notice, english: "The counter opens at eight.".into(), ..Message::default() };
    desk.edit(&who("writer"), &edited, 1, &message, at).await.unwrap();
    desk.submit(&who("writer"), &edited, &[], at.timestamp_micros(), at).await.unwrap();
    // An election is announced after the praise was handed in.
    let silence = SilenceRow {
        id: String::new(),
        constituency: "AC-46".into(),
        from_at: (at - TimeDelta::hours(1)).timestamp_micros(),
        until_at: (at + TimeDelta::days(30)).timestamp_micros(),
        reference: "ECI/1".into(),
        principal: "igp".into(),
        at: 0,
    };
    desk.store.put_silence(silence, at).await.unwrap();

    let seen = desk.to_sign(&who("both"), 50).await.unwrap();
    let ids: Vec<&str> = seen.iter().map(|s| s.standing.post.id.as_str()).collect();
    assert!(!ids.contains(&own.as_str()) && ids.contains(&good.as_str()), "nobody is offered what he wrote: {ids:?}");
    assert!(desk.to_sign(&who("writer"), 50).await.unwrap().is_empty(), "a writer signs nothing");

    let chosen: Vec<(String, i64)> = [(&good, 1), (&own, 1), (&edited, 1), (&praise, 1), (&good, 1), (&"gone".to_owned(), 1)]
        .map(|(id, v)| (id.clone(), v))
        .to_vec();
    let done = desk.approve_many(&who("both"), &chosen, Some("read"), at).await.unwrap();
    let told: Vec<(&str, Option<&str>)> = done.iter().map(|d| (d.post.as_str(), d.refused.as_deref())).collect();
    assert_eq!(told.len(), 5, "the same message twice is one");
    assert_eq!(told[0], (good.as_str(), None));
    assert!(told[1].1.unwrap().contains("wrote this message"), "{told:?}");
    assert!(told[2].1.unwrap().contains("read it again"), "an edit voids what was read: {told:?}");
    assert!(told[3].1.unwrap().contains("model_code"), "checked once more: {told:?}");
    assert!(told[4].1.is_some());
    for (post, state) in [(&good, "approved"), (&own, "submitted"), (&edited, "submitted"), (&praise, "submitted")] {
        assert_eq!(desk.store.post(post).await.unwrap().state, state, "{post}");
    }
    assert_eq!(desk.store.approvals(&good, 1).await.unwrap()[0].note.as_deref(), Some("read"));

    // Signed or not, an edit voids it.
    let message = Message { kind: Kind::Notice, english: "The road is closed on Monday.".into(), ..Message::default() };
    desk.edit(&who("writer"), &good, 1, &message, at).await.unwrap();
    assert!(desk.standing(&good).await.unwrap().approvals.is_empty());
    let many: Vec<(String, i64)> = (0..=SIGNED_AT_ONCE).map(|n| (n.to_string(), 1)).collect();
    assert!(refused(desk.approve_many(&who("sp"), &many, None, at).await).contains("more than one can have read"));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_steps_are_two_people_also_by_the_dozen() {
    let (office, _home) = Office::fresh().await;
    let (desk, at) = (&office.desk, now());
    desk.store.put_chain("HQ", "*", r#"["approver","approver"]"#).await.unwrap();
    let mut chosen = Vec::new();
    for n in 0..12 {
        chosen.push((submitted(&office, "writer", Kind::Notice, &format!("Notice number {n} of the day.")).await, 1));
    }
    let first = desk.approve_many(&who("sp"), &chosen, None, at).await.unwrap();
    assert!(first.iter().all(|d| d.refused.is_none() && d.missing == ["approver"]), "{first:?}");
    let again = desk.approve_many(&who("sp"), &chosen, None, at).await.unwrap();
    assert!(again.iter().all(|d| d.refused.as_deref().is_some_and(|why| why.contains("another person"))), "{again:?}");
    assert_eq!(desk.to_sign(&who("igp"), 50).await.unwrap().len(), 12);
    let second = desk.approve_many(&who("igp"), &chosen, None, at).await.unwrap();
    assert!(second.iter().all(|d| d.refused.is_none() && d.missing.is_empty()));
    assert_eq!(desk.store.posts_in(None, "approved", 50).await.unwrap().len(), 12);
}
