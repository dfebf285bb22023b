//! Contracts drafted from a sample: by the form, by a program, and by whom.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use governance::Role;
use serde_json::{Value, json};

use crate::people::Browser;
use crate::site::{Answer, Site};

const SAMPLE: &str = "Complaint No,Mobile,Lost On,Amount\n\
    C1,7000000101,05/01/2026,120\nC2,7000000102,06/01/2026,80\nC3,7000000103,07/01/2026,90\nC3,7000000103,07/01/2026,90\n";
const FORM: &str = "application/x-www-form-urlencoded";

/// The sample as a browser sends it.
async fn give(site: &Site, name: &str, sample: Option<&str>) -> Answer {
    let mut body = format!("--cut\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\n{name}\r\n");
    if let Some(sample) = sample {
        body += &format!(
            "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"fraud.csv\"\r\nContent-Type: text/csv\r\n\r\n{sample}\r\n"
        );
    }
    site.post("/contracts/new?lang=en", "multipart/form-data; boundary=cut", &(body + "--cut--\r\n")).await
}

/// What the form of a draft would send, as a browser reads it off the page, with some fields changed.
fn fields(page: &str, changes: &[(&str, Option<&str>)]) -> String {
    let part = |tag: &str, name: &str| -> Option<String> {
        let rest = tag.split_once(&format!(" {name}=\""))?.1;
        Some(rest.split('"').next()?.replace("&quot;", "\"").replace("&#34;", "\"").replace("&#39;", "'").replace("&amp;", "&"))
    };
    let mut sent: Vec<(String, String)> = Vec::new();
    for tag in page.split('<') {
        if let Some(tag) = tag.strip_prefix("input ") {
            let (Some(name), value) = (part(tag, "name"), part(tag, "value")) else { continue };
            let ticked = !tag.contains("type=\"checkbox\"") || tag.contains(" checked");
            if ticked && !tag.contains("type=\"file\"") {
                sent.push((name, value.unwrap_or_default()));
            }
        } else if tag.starts_with("select ") {
            sent.push((part(tag, "name").unwrap(), String::new()));
        } else if tag.starts_with("option ") && tag.contains(" selected") {
            sent.last_mut().unwrap().1 = part(tag, "value").unwrap();
        } else if let Some((tag, text)) = tag.strip_prefix("textarea ").and_then(|t| t.split_once('>')) {
            sent.push((part(tag, "name").unwrap(), text.replace("&#34;", "\"").replace("&#39;", "'").replace('\n', "\r\n")));
        }
    }
    for (name, value) in changes {
        sent.retain(|(known, _)| known != name);
        sent.extend(value.map(|value| ((*name).to_owned(), value.to_owned())));
    }
    let code = |text: &str| -> String {
        let byte = |b: u8| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") };
        text.bytes().map(byte).collect()
    };
    sent.iter().map(|(name, value)| format!("{}={}", code(name), code(value))).collect::<Vec<_>>().join("&")
}

/// Number beside a word in the account of the preview.
fn figure(page: &str, kind: &str) -> u64 {
    let rest = page.split_once(&format!("sum-{kind}\"><dt>")).unwrap_or_else(|| panic!("no account in {page}")).1;
    rest.split_once("<dd>").unwrap().1.split('<').next().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_becomes_a_contract_by_the_form() {
    let site = Site::filled().await;
    for lang in ["hi", "en"] {
        assert_eq!(site.get(&format!("/contracts/new?lang={lang}")).await.status, StatusCode::OK);
    }
    for (name, sample, says) in [
        ("bank.fraud", None, "Choose a sample file"),
        ("Bank Fraud", Some(SAMPLE), "SYSTEM.DATASET"),
        ("bank.fraud", Some("words and words"), "no table was found"),
    ] {
        let refused = give(&site, name, sample).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains(says), "{says}: {}", refused.body);
    }
    let begun = give(&site, "bank.fraud", Some(SAMPLE)).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.body);
    let place = begun.location;
    let page = site.get(&place).await;
    for part in ["its values look like phone numbers", "<q>7000000101</q>", "4/4 rows have a value", "%d/%m/%Y", "bank.fraud"] {
        assert!(page.body.contains(part), "{part} is missing in {}", page.body);
    }
    assert!(site.get("/contracts/new").await.body.contains(&place), "the draft is listed");
    // Tried as it was guessed: no key, so the equal row is a repetition.
    let sent = fields(&page.body, &[("act", Some("preview"))]);
    let tried = site.post(&format!("{place}?lang=en"), FORM, &sent).await;
    assert_eq!((tried.status, tried.location.as_str()), (StatusCode::SEE_OTHER, place.as_str()), "{}", tried.body);
    let page = site.get(&place).await.body;
    assert_eq!((figure(&page, "in"), figure(&page, "ok"), figure(&page, "bad"), figure(&page, "same")), (4, 3, 0, 1));
    assert!(page.contains("<code>pole.object</code> 3"), "the mapping was run: {page}");
    // Another format of dates refuses all rows; the name of a column that is mapped changes, and the mapping with it.
    let changes =
        [("act", Some("preview")), ("c2_format", Some("%Y-%m-%d")), ("c1_name", Some("phone")), ("owner", Some("Cyber <cell>"))];
    site.post(&format!("{place}?lang=en"), FORM, &fields(&page, &changes)).await;
    let page = site.get(&place).await.body;
    assert_eq!((figure(&page, "in"), figure(&page, "ok"), figure(&page, "bad")), (4, 0, 4));
    assert!(page.contains("Cyber &#60;cell&#62;") || page.contains("Cyber &lt;cell&gt;"));
    assert!(page.contains("05/01/2026") && page.contains("Not in a known format"));
    // What does not hold is said beside the form, and what was typed stays.
    for (field, value, says) in [
        ("c1_name", "Mobile No", "is no name of a column"),
        ("every", "often", "span of time"),
        ("mapping", "INSERT INTO pole.nothing (_row) SELECT _row FROM source", "mapping"),
    ] {
        let wrong =
            site.post(&format!("{place}?lang=en"), FORM, &fields(&page, &[("act", Some("preview")), (field, Some(value))])).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert!(wrong.body.contains("error-summary") && wrong.body.contains(says), "{field}: {}", wrong.body);
    }
    let before = site.lake.home().list().unwrap();
    assert!(!before.iter().any(|t| t.name.contains("bank")), "nothing entered the lake: {before:?}");
    let changes = [
        ("act", Some("save")),
        ("c2_format", Some("%d/%m/%Y")),
        ("c0_key", Some("1")),
        ("c3_wanted", None),
        ("owner", Some("Cyber cell")),
    ];
    let saved = site.post(&format!("{place}?lang=en"), FORM, &fields(&page, &changes)).await;
    assert_eq!(
        (saved.status, saved.location.as_str()),
        (StatusCode::SEE_OTHER, "/upload?contract=bank.fraud&saved=1"),
        "{}",
        saved.body
    );
    assert!(site.get(&saved.location).await.body.contains("The contract is kept"));
    assert_eq!(site.get(&place).await.status, StatusCode::GONE);
    let contract = site.lake.contract("bank.fraud").unwrap();
    assert_eq!((contract.owner.as_str(), contract.key.as_slice()), ("Cyber cell", ["complaint_no".to_owned()].as_slice()));
    assert!(contract.column("amount").is_none() && contract.column("phone").is_some());
    assert!(contract.mapping_sql.contains("\"phone\"") && !contract.mapping_sql.contains("mobile"), "{}", contract.mapping_sql);
    // Another start of the program knows it, and its files go in.
    let again = lake::Lake::open(lake::Options::at(site.lake.home().root())).await.unwrap();
    assert_eq!(again.contract("bank.fraud").unwrap().yaml, contract.yaml);
    let file = site.lake.home().scratch().join("fraud.csv");
    std::fs::write(&file, SAMPLE).unwrap();
    crate::site::take(&site.lake, "bank.fraud", &file).await;
    let run = site.lake.store().last_done("bank.fraud").await.unwrap().unwrap();
    assert_eq!((run.input, run.accepted, run.duplicate), (4, 3, 1));
    let log = site.log();
    let changes: Vec<&str> =
        log.iter().filter(|e| e.record.action == "contract").map(|e| e.record.what["change"].as_str().unwrap()).collect();
    assert_eq!(changes, ["save", "preview", "preview", "draft"], "newest first; a refused form leaves none");
}

fn post(path: &str, body: &Value) -> Request<Body> {
    Request::post(path).header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string())).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_drafts_tries_and_keeps() {
    let site = Site::filled().await;
    let (draft, keep) = ("/api/v1/contracts/draft", "/api/v1/contracts");
    let asked = json!({ "name": "bank.fraud", "file": "fraud.csv", "sample": SAMPLE, "preview": true });
    let told: Value = serde_json::from_str(&site.send(post(draft, &asked)).await.body).unwrap();
    assert_eq!(told["draft"]["columns"][1]["why"], "values_phone", "{told}");
    assert_eq!(told["draft"]["looks"], json!({ "kind": "csv", "delimiter": ",", "encoding": "auto", "rows": "", "sheets": "" }));
    let seen = &told["preview"];
    assert_eq!(
        (&seen["in"], &seen["accepted"], &seen["duplicate"], &seen["repeated"]),
        (&4.into(), &3.into(), &1.into(), &json!([5]))
    );
    assert_eq!((&seen["drawn"]["object"], &seen["whole"]), (&3.into(), &true.into()));
    // The draft, gone over, and tried again.
    let mut changed = told["draft"].clone();
    changed["columns"][2]["format"] = "%Y/%m/%d".into();
    let coded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, SAMPLE);
    let again = json!({ "file": "fraud.csv", "sample_base64": coded, "draft": changed, "preview": true });
    let told: Value = serde_json::from_str(&site.send(post(draft, &again)).await.body).unwrap();
    let refused = &told["preview"]["refused"][0];
    assert_eq!(
        (&told["preview"]["rejected"], &refused["row"], &refused["column"]),
        (&4.into(), &2.into(), &"lost_on".into()),
        "{told}"
    );
    changed["columns"][2]["format"] = "%d/%m/%Y".into();
    let kept = site.send(post(keep, &json!({ "draft": changed }))).await;
    assert_eq!(kept.status, StatusCode::CREATED, "{}", kept.body);
    let kept: Value = serde_json::from_str(&kept.body).unwrap();
    assert_eq!(kept, json!({ "contract": "bank.fraud", "version": "0.1.0", "table": "clean.bank_fraud", "replaced": null }));
    // Nothing is written over by accident.
    let text = site.lake.contract("bank.fraud").unwrap().yaml.clone();
    let taken = site.send(post(keep, &json!({ "yaml": text }))).await;
    assert_eq!(taken.status, StatusCode::CONFLICT);
    let same = site.send(post(keep, &json!({ "yaml": text, "replace": true }))).await;
    assert!(same.status == StatusCode::CONFLICT && same.body.contains("give the new one another"), "{}", same.body);
    let shipped = site.lake.contract("cctns.fir").unwrap();
    let shipped = json!({ "yaml": shipped.yaml, "mapping": shipped.mapping_sql, "replace": true });
    assert_eq!(site.send(post(keep, &shipped)).await.status, StatusCode::CONFLICT);
    // Two names of one table.
    let shipped = site.lake.contracts().into_iter().find(|c| c.dataset.contains('_')).unwrap();
    let (first, rest) = shipped.dataset.split_once('_').unwrap();
    let alike = text.replace("bank.fraud", &format!("{}_{first}.{rest}", shipped.system));
    let taken = site.send(post(keep, &json!({ "yaml": alike }))).await;
    assert!(taken.status == StatusCode::CONFLICT && taken.body.contains(&shipped.name), "{}", taken.body);
    let newer = text.replace("version: \"0.1.0\"", "version: \"0.2.0\"");
    let replaced: Value =
        serde_json::from_str(&site.send(post(keep, &json!({ "yaml": newer, "replace": true }))).await.body).unwrap();
    assert_eq!((&replaced["version"], &replaced["replaced"]), (&"0.2.0".into(), &"0.1.0".into()));
    // What is no contract, no sample, no base64.
    for wrong in [json!({ "yaml": "kind: nothing" }), json!({ "draft": { "name": "a.b", "every": "1 d", "keep": "1 y" } })] {
        assert_eq!(site.send(post(keep, &wrong)).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    for wrong in [json!({ "name": "a.b", "sample": "words" }), json!({ "name": "a.b", "sample_base64": "!" })] {
        assert_eq!(site.send(post(draft, &wrong)).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn contracts_are_drafted_by_data_engineers_alone_and_each_sees_his_own() {
    let site = Site::filled().await;
    site.person("boss", &[Role::Administrator]).await;
    site.person("one.engineer", &[Role::DataEngineer]).await;
    site.person("two.engineer", &[Role::DataEngineer]).await;
    site.person("state.analyst", &[Role::StateAnalyst]).await;
    let mut program = Browser::new(&site);
    let asked = json!({ "name": "bank.fraud", "file": "x.csv", "sample": SAMPLE }).to_string();
    for (login, scope, status) in [
        ("one.engineer", accounts::Scope::Intake, StatusCode::OK),
        ("one.engineer", accounts::Scope::Lake, StatusCode::FORBIDDEN),
        ("state.analyst", accounts::Scope::Lake, StatusCode::FORBIDDEN),
    ] {
        let token = site.accounts.issue(login, "tool", &[scope], 9, site.lake.now()).await.unwrap();
        let bearer = format!("Bearer {}", token.text);
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let answer = program.send(Method::POST, "/api/v1/contracts/draft", &headers, &asked).await;
        assert_eq!(answer.status, status, "{login}: {}", answer.body);
    }
    // A draft of one is not there for another.
    let token = |login: &'static str| {
        let site = &site;
        async move { site.accounts.issue(login, "page", &[accounts::Scope::Intake], 9, site.lake.now()).await.unwrap().text }
    };
    let (one, two) = (format!("Bearer {}", token("one.engineer").await), format!("Bearer {}", token("two.engineer").await));
    let body = format!(
        "--cut\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nbank.fraud\r\n--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\n\r\n{SAMPLE}\r\n--cut--\r\n"
    );
    let kind = "multipart/form-data; boundary=cut";
    let begun = program.send(Method::POST, "/contracts/new", &[("authorization", &one), ("content-type", kind)], &body).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.body);
    let place = begun.to().to_owned();
    assert_eq!(program.send(Method::GET, &place, &[("authorization", &one)], "").await.status, StatusCode::OK);
    assert_eq!(program.send(Method::GET, &place, &[("authorization", &two)], "").await.status, StatusCode::GONE);
}
