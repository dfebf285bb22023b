//! The embedded default.

use store::{ObjectFilter, Page, Store, StoreError};

use crate::behaviour::{self, noon, object};

#[tokio::test(flavor = "multi_thread")]
async fn keeps_every_promise() {
    let home = tempfile::tempdir().unwrap();
    let store = Store::open_in(&home.path().join("new/folder"), noon()).await.unwrap();
    behaviour::all(&store).await;
    store.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_kept_is_there_after_reopening_without_closing() {
    let home = tempfile::tempdir().unwrap();
    let first = Store::open_in(home.path(), noon()).await.unwrap();
    first.put_object(&object('a')).await.unwrap();
    let second = Store::open_in(home.path(), noon()).await.unwrap();
    assert_eq!(second.objects(&ObjectFilter::default(), Page::default()).await.unwrap().total, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_programs_may_open_a_fresh_store_at_once() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().to_owned();
    let opened: Vec<_> = (0..8)
        .map(|_| {
            tokio::spawn({
                let path = path.clone();
                async move { Store::open_in(&path, noon()).await }
            })
        })
        .collect();
    for store in opened {
        store.await.unwrap().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forgotten_names_leave_no_byte_behind() {
    let home = tempfile::tempdir().unwrap();
    let store = Store::open_in(home.path(), noon()).await.unwrap();
    let secret = "Zyxwvut-of-Village-Qwerty.csv";
    for fill in ['1', '2', '3'] {
        store.put_object(&store::Object { original_name: secret.into(), ..object(fill) }).await.unwrap();
    }
    assert!(occurs(home.path(), secret), "the test can see it before");
    for fill in ['1', '2', '3'] {
        store.forget_object(&fill.to_string().repeat(64)).await.unwrap();
    }
    store.scrub().await.unwrap();
    assert!(!occurs(home.path(), secret));
}

fn occurs(folder: &std::path::Path, text: &str) -> bool {
    std::fs::read_dir(folder).unwrap().any(|file| {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

#[tokio::test]
async fn an_address_of_another_kind_is_refused_without_its_password() {
    let error = Store::open("mysql://root:secret@db/x", noon()).await.unwrap_err();
    assert!(matches!(error, StoreError::Address { .. }), "{error}");
    assert!(!error.to_string().contains("secret"), "{error}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.sqlite");
    let text = "this is a letter, not a database. ".repeat(200);
    std::fs::write(&path, &text).unwrap();
    assert!(Store::open_in(home.path(), noon()).await.is_err());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("file"), "").unwrap();
    let error = Store::open_in(&home.path().join("file/below"), noon()).await.unwrap_err();
    assert!(matches!(&error, StoreError::Folder { path, .. } if path.ends_with("file/below")), "{error}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_without_its_password() {
    let error = Store::open("postgres://lake:secret@127.0.0.1:1/x?sslmode=disable", noon()).await.unwrap_err();
    assert!(matches!(error, StoreError::Open { .. }), "{error}");
    assert!(!error.to_string().contains("secret"), "{error}");
}
