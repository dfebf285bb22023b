use sources::{Contract, ContractError};

use super::support::yaml;

const CSV: &str = "{kind: csv}";

fn fails(text: &str) -> String {
    Contract::parse(text, "").err().unwrap().to_string()
}

#[test]
fn every_mistake_names_its_place_and_the_remedy() {
    let custom = |text: &str| yaml(CSV, &["id"]).replace("customProperties:\n", &format!("customProperties:\n  - {text}\n"));
    for (text, expected) in [
        (yaml(CSV, &["id|texte"]), "column `id`: `texte` is not a known physicalType; use one of string, int32"),
        (
            yaml(CSV, &["id|string|customProperties: [{property: clean, value: [fone]}]"]),
            "column `id`: `fone` is not a known cleaning step",
        ),
        (
            yaml(CSV, &["id|string|quality: [{type: custom, engine: sarovar, implementation: 'unik'}]"]),
            "column `id`: `unik` is not a known quality rule",
        ),
        (
            yaml(CSV, &["id|date|quality: [{type: custom, engine: sarovar, implementation: 'not_after idd'}]"]),
            "no column `idd` (did you mean `id`?)",
        ),
        (yaml(CSV, &["id|string|logicalTypeOptions: {pattern: '('}"]), "column `id`: the regular expression `(` is wrong"),
        (yaml(CSV, &["id|string|customProperties: [{property: format, value: '%d'}]"]), "belongs to date"),
        (yaml(CSV, &["id|date|customProperties: [{property: format, value: '%Q'}]"]), "`%Q` is not a specifier"),
        (yaml(CSV, &["id", "id"]), "`id` stands twice"),
        (yaml(CSV, &["_id"]), "leading underscore"),
        (yaml(CSV, &["id|decimal(50,2)"]), "precision 1..38"),
        (yaml("{kind: pdf}", &["id"]), "formats[0]: `pdf` is not a known kind"),
        (yaml("{kind: json}", &["id"]), "formats[0]: `rows` is missing"),
        (yaml("{kind: csv, delimeter: ','}", &["id"]), "`delimeter` is not a known format field"),
        (yaml("{kind: csv, encoding: klingon}", &["id"]), "`klingon` is not an encoding"),
        (yaml("{kind: csv, footer: ['[']}", &["id"]), "formats[0].footer: the regular expression"),
        (custom("{property: order, value: [[nope]]}"), "order: there is no column `nope`"),
        (custom("{property: version, value: nope}"), "version: there is no column `nope`"),
        (custom("{property: withdrawal, value: {column: id}}"), "withdrawal: `values` is missing"),
        (custom("{property: ordre, value: []}"), "`ordre` is not a known custom property"),
        (yaml(CSV, &["id"]).replace("classification: open", "classification: secret"), "`secret` is not a known classification"),
        (yaml(CSV, &["id"]).replace("        classification: open\n", ""), "column `id`: `classification` is missing"),
        (yaml(CSV, &["id"]).replace("name: test.rows", "name: Rows"), "name: `Rows` is not SYSTEM.DATASET"),
        (yaml(CSV, &["id"]).replace("kind: DataContract", "kind: Thing"), "`Thing` is not a known kind"),
        ("a: [".to_owned(), "contract.yaml cannot be read"),
    ] {
        let message = fails(&text);
        assert!(message.contains(expected), "{message}\nlacks\n{expected}");
    }
}

#[test]
fn mapping_statements_are_checked() {
    let parse = |sql: &str| Contract::parse(&yaml(CSV, &["id"]), sql);
    let good = "-- phones; one each\nINSERT INTO pole.object (kind, key, _row)\nSELECT 'phone', id || ';', MIN(_row) AS _row FROM source GROUP BY id;";
    let c = parse(good).unwrap();
    assert_eq!((c.mapping.len(), c.mapping[0].table.as_str()), (1, "object"));
    assert_eq!(c.mapping[0].columns, ["kind", "key", "_row"]);
    for (sql, expected) in [
        ("INSERT INTO pole.object (kind, key) SELECT 1, 2", "lack `_row`"),
        ("INSERT INTO pole.objet (key, _row) SELECT 1, 2", "no table pole.objet"),
        ("INSERT INTO pole.object (kee, _row) SELECT 1, 2", "no column `kee`; did you mean `key`?"),
        ("INSERT INTO pole.object (key, key, _row) SELECT 1, 2", "stands twice"),
        ("SELECT 1", "write `INSERT INTO"),
        ("INSERT INTO pole.object (key, _row) DELETE", "write `INSERT INTO"),
    ] {
        let error = parse(sql).err().unwrap();
        assert!(matches!(error, ContractError::Mapping { statement: 1, .. }));
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn views_of_a_mapping_are_checked() {
    let parse = |sql: &str| Contract::parse(&yaml(CSV, &["id"]), sql);
    let insert = "INSERT INTO pole.object (kind, key, _row) SELECT 'phone', id, first FROM once;";
    let c =
        parse(&format!("create temporary view once AS SELECT id, min(_row) AS first FROM source GROUP BY id; {insert}")).unwrap();
    assert_eq!((c.views.len(), c.views[0].name.as_str(), c.mapping.len()), (1, "once", 1));
    assert_eq!(c.views[0].select, "SELECT id, min(_row) AS first FROM source GROUP BY id");
    let once = "CREATE TEMPORARY VIEW once AS SELECT 1;";
    for (sql, at, expected) in [
        ("CREATE VIEW once AS SELECT 1".to_owned(), 1, "write `CREATE TEMPORARY VIEW"),
        ("CREATE TEMPORARY VIEW once".to_owned(), 1, "write `CREATE TEMPORARY VIEW"),
        ("CREATE TEMPORARY VIEW once AS DROP TABLE x".to_owned(), 1, "write `CREATE TEMPORARY VIEW"),
        ("CREATE TEMPORARY VIEW pole.once AS SELECT 1".to_owned(), 1, "small letters"),
        ("CREATE TEMPORARY VIEW source AS SELECT 1".to_owned(), 1, "there is a `source` already"),
        (format!("{once}{once}"), 2, "there is a `once` already"),
        (format!("{insert}{once}"), 2, "views come first"),
    ] {
        let error = parse(&sql).err().unwrap();
        assert!(matches!(error, ContractError::Mapping { statement, .. } if statement == at), "{sql}: {error}");
        assert!(error.to_string().contains(expected), "{sql}: {error}");
    }
}
