use std::io::Cursor;
use std::sync::Arc;

use sources::{Contract, Detection, builtin, detect, embedded};

use super::support::{contract, yaml};

#[test]
fn every_embedded_contract_parses() {
    for (folder, parsed) in embedded() {
        parsed.unwrap_or_else(|e| panic!("{folder}: {e}"));
    }
    assert_eq!(builtin().len(), embedded().len());
}

fn what(name: &str, text: &str, contracts: &[Arc<Contract>]) -> Detection {
    detect(name, &mut Cursor::new(text.as_bytes().to_vec()), contracts).unwrap()
}

#[test]
fn detection_says_one_several_or_none() {
    let a = contract("{kind: csv}", &["id|string|required: true", "name|string|required: true"]);
    let mut twin = yaml("{kind: csv}", &["id|string|required: true", "name|string|required: true"]);
    twin = twin.replace("test.rows", "test.twin");
    let twin = Arc::new(Contract::parse(&twin, "").unwrap());
    let other =
        yaml("{kind: csv}", &["id|string|required: true", "weight|string|required: true"]).replace("test.rows", "test.other");
    let other = Arc::new(Contract::parse(&other, "").unwrap());
    let text = "Report\n\nid,name\n1,a\n";
    match what("t.csv", text, &[a.clone(), other.clone()]) {
        Detection::One(found) => {
            assert_eq!(found.contract.name, "test.rows");
            assert!(found.reasons[0].contains("all 2 columns"), "{:?}", found.reasons);
        }
        other => panic!("{other:?}"),
    }
    match what("t.csv", text, &[a.clone(), twin]) {
        Detection::Ambiguous(found) => assert_eq!(found.len(), 2),
        other => panic!("{other:?}"),
    }
    match what("t.csv", "x,weight\n1,2\n", &[a, other]) {
        Detection::None { closest } => {
            assert_eq!(closest[0].contract.name, "test.other");
            assert!(closest[0].reasons[0].contains("missing: id"), "{:?}", closest[0].reasons);
        }
        other => panic!("{other:?}"),
    }
}
