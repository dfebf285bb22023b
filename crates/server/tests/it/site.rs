//! A lake in a scratch folder, and a browser without a browser.

use std::path::Path;
use std::sync::Arc;

use accounts::Accounts;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use governance::audit::Entry;
use lake::{Lake, Options, Progress};
use tower::ServiceExt;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

const SAMPLES: &[&str] = &[
    "cctns/fir/sample.csv",
    "cctns/person/sample.csv",
    "cctns/arrest/sample.csv",
    "transport/vehicle/sample.csv",
    "anpr/read/sample.csv",
    "telecom/cdr/sample_airtel.csv",
];

/// Two persons of one phone; one has a name that would be a script, were it not escaped.
pub const HOSTILE: &str = "PERSON_ID,FIR_REG_NUM,PS_CD,FIR_NO,FIR_YEAR,ROLE,NAME,NAME_HI,ALIAS,RELATION,RELATIVE_NAME,RELATIVE_NAME_HI,SEX,DATE_OF_BIRTH,YEAR_OF_BIRTH,AGE,NATIONALITY,OCCUPATION,MOBILE,VILLAGE,VILLAGE_HI,THANA,DISTRICT,FIR_DATE,ID_TYPE,ID_NUMBER,ACT_SECTION,IDENTITY_PROTECTED\n\
275410012025000901,2754100120250001,27541001,0001,2025,witness,<script>alert(1)</script>,,\"=cmd|' /C calc'!A0\",,,,M,,,30,INDIA,\"\"\"><img src=x onerror=alert(2)>\",7000000909,Testpura,,ALWAR GATE,AJMER,10/03/2025 16:10,,,BNS 303(2),N\n\
275410012025000902,2754100120250001,27541001,0001,2025,witness,Nirdosh Kumar,,,,,,M,,,31,INDIA,,7000000909,Testpura,,ALWAR GATE,AJMER,10/03/2025 16:10,,,BNS 303(2),N\n";

pub struct Site {
    pub lake: Lake,
    pub accounts: Accounts,
    pub routes: Router,
    _dir: tempfile::TempDir,
}

pub struct Answer {
    pub status: StatusCode,
    pub body: String,
    pub location: String,
}

impl Site {
    pub async fn filled() -> Site {
        let dir = tempfile::tempdir().unwrap();
        let lake = Lake::open(Options::at(&dir.path().join("lake"))).await.unwrap();
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sources/contracts");
        for sample in SAMPLES {
            let contract = sample.split('/').take(2).collect::<Vec<_>>().join(".");
            take(&lake, &contract, &samples.join(sample)).await;
        }
        let hostile = dir.path().join("hostile.csv");
        std::fs::write(&hostile, HOSTILE).unwrap();
        take(&lake, "cctns.person", &hostile).await;
        let accounts = Accounts::of(lake.store().clone(), lake.home().root()).unwrap();
        let routes = server::routes(lake.clone(), accounts.clone(), server::Site::default());
        Site { routes, accounts, lake, _dir: dir }
    }

    /// A unit of the department.
    pub async fn unit(&self, code: &str, parent: Option<&str>, kind: &str) {
        let unit = store::social::Unit {
            code: code.into(),
            parent: parent.map(str::to_owned),
            name_en: format!("Unit {code}"),
            name_hi: format!("इकाई {code}"),
            kind: kind.into(),
            ..store::social::Unit::default()
        };
        self.lake.store().put_unit(&unit).await.unwrap();
    }

    /// The same lake reached another way.
    pub fn at(self, site: server::Site) -> Site {
        Site { routes: server::routes(self.lake.clone(), self.accounts.clone(), site), ..self }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).header(header::ACCEPT_LANGUAGE, "en").body(Body::empty()).unwrap()).await
    }

    /// A form as one of our own pages sends it.
    pub async fn post(&self, path: &str, kind: &str, body: &str) -> Answer {
        let request = Request::post(path)
            .header(header::COOKIE, format!("sarovar_token={TOKEN}"))
            .header("x-form-token", TOKEN)
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(body.to_owned()))
            .unwrap();
        self.send(request).await
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.routes.clone().oneshot(request).await.unwrap();
        let text = |name| response.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let (status, location) = (response.status(), text(header::LOCATION));
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Answer { status, location, body: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// Records in the access log, newest first; aside what came of queries, which follows their own records, and what the search index took in,
    /// which happens behind the reader's back.
    pub fn log(&self) -> Vec<Entry> {
        let mut all = self.lake.audit().find(&ledger::Filter::default(), None, usize::MAX).unwrap().entries;
        all.retain(|entry| !matches!(entry.record.action.as_str(), "answer" | "index"));
        all
    }

    /// SHA-256 of the sample of a source.
    pub async fn object(&self, name: &str) -> String {
        let all = self.lake.store().objects(&store::ObjectFilter::default(), store::Page::first(100)).await.unwrap().rows;
        all.into_iter().find(|o| o.original_name == name).unwrap().sha256
    }
}

pub async fn take(lake: &Lake, contract: &str, file: &Path) {
    let request = lake::Request {
        contract: Some(lake.contract(contract).unwrap()),
        authority: Some("TEST/1".into()),
        received_by: "test".into(),
        ..lake::Request::default()
    };
    lake.ingest_path(file, request, &Arc::new(Progress::default())).await.unwrap();
}
