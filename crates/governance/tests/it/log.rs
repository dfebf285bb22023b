use std::collections::BTreeMap;

use governance::audit::merkle::{Tree, leaf, root_of};
use governance::audit::note::{Checkpoint, Signer};
use governance::audit::proof::{Proof, consistency, consistent, included, inclusion};
use governance::audit::tile::{Tiles, View, WIDTH, bundle_path, frame};
use governance::audit::verify::{Flaw, ROTATION, verify};
use proptest::prelude::*;

use crate::reference::{hex, mth, path, proof};

#[derive(Clone, Default)]
struct Memory(BTreeMap<String, Vec<u8>>);

impl Tiles for Memory {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(self.0.get(path).cloned())
    }
}

fn entries(n: usize) -> Vec<Vec<u8>> {
    (0..n).map(|i| format!("{{\"n\":{i},\"pad\":\"{}\"}}", "x".repeat(i % 7)).into_bytes()).collect()
}

fn signer() -> Signer {
    Signer::new("lake.example/log", [1; 32])
}

/// The files of a log with these entries and a signed head.
fn log(entries: &[Vec<u8>], signer: &Signer) -> Memory {
    let mut files = Memory::default();
    let mut tree = Tree::default();
    for entry in entries {
        files.0.extend(tree.push(leaf(entry)));
    }
    files.0.extend(tree.partial());
    for (i, chunk) in entries.chunks(WIDTH as usize).enumerate() {
        let mut bundle = Vec::new();
        chunk.iter().for_each(|e| frame(e, &mut bundle).expect("small"));
        files.0.insert(bundle_path(i as u64, chunk.len() as u64), bundle);
    }
    files.0.insert("checkpoint".into(), head(&tree, signer).into_bytes());
    files
}

fn head(tree: &Tree, signer: &Signer) -> String {
    signer.sign(&Checkpoint { origin: "lake.example/log".into(), size: tree.size(), root: tree.root() }.text())
}

fn check(files: &Memory, earlier: &[String]) -> Result<u64, Flaw> {
    verify(files, &[signer().public().clone()], earlier, &mut |_| {}).map(|v| v.head.size)
}

/// Leaves and roots that Certificate Transparency's own implementations test themselves with.
#[test]
fn roots_are_those_certificate_transparency_publishes() {
    let leaves: Vec<Vec<u8>> =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"].map(hex).to_vec();
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut tree = Tree::default();
    for (i, (entry, root)) in leaves.iter().zip(roots).enumerate() {
        tree.push(leaf(entry));
        assert_eq!(tree.root().to_vec(), hex(root), "{} leaves", i + 1);
    }
    assert_eq!(Tree::default().root().to_vec(), hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
}

#[test]
fn tiles_hold_what_the_specification_says() {
    // The specification's own example: 70,000 entries.
    let mut tree = Tree::default();
    let mut full: Vec<String> = Vec::new();
    for i in 0..70_000u32 {
        full.extend(tree.push(leaf(&i.to_be_bytes())).into_iter().map(|(path, bytes)| {
            assert_eq!(bytes.len(), 8192);
            path
        }));
    }
    assert_eq!(full.iter().filter(|p| p.starts_with("tile/0/")).count(), 273);
    assert_eq!(full.iter().filter(|p| p.starts_with("tile/1/")).collect::<Vec<_>>(), ["tile/1/000"]);
    let partial: Vec<String> = tree.partial().into_iter().map(|(path, _)| path).collect();
    assert_eq!(partial, ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]);
}

#[test]
fn the_tree_goes_on_from_its_tiles() {
    let all = entries(1024 + 77);
    let files = log(&all, &signer());
    for full in [0, 256, 512, 1024] {
        let mut again = View::new(&files, full).tree().unwrap();
        all[full as usize..].iter().for_each(|e| drop(again.push(leaf(e))));
        assert_eq!(again.root(), mth(&all), "from {full}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn proofs_are_those_of_the_plain_reference(n in 1usize..700, a in 0usize..700, b in 0usize..700) {
        let (all, m, old) = (entries(n), a % n, b % (n + 1));
        let files = log(&all, &signer());
        let view = View::new(&files, n as u64);
        let root = mth(&all);
        prop_assert_eq!(view.range(0, n as u64).unwrap(), root);
        let p = inclusion(&view, m as u64).unwrap();
        prop_assert_eq!(&p, &path(m, &all));
        prop_assert!(included(leaf(&all[m]), m as u64, n as u64, &p, &root));
        prop_assert!(!included(leaf(b"other"), m as u64, n as u64, &p, &root));
        prop_assert!(n == 1 || !included(leaf(&all[m]), (m as u64 + 1) % n as u64, n as u64, &p, &root));
        let c = consistency(&view, old as u64).unwrap();
        prop_assert_eq!(&c, &if old == 0 { vec![] } else { proof(old, &all) });
        let (before, now) = (mth(&all[..old]), (n as u64, &root));
        prop_assert!(consistent((old as u64, &before), now, &c));
        if old > 0 && old < n {
            let other = mth(&entries(n + 1)[1..=old]);
            prop_assert!(!consistent((old as u64, &other), now, &c));
            prop_assert!(!consistent((old as u64, &before), now, &c[1..]));
        }
    }

    #[test]
    fn any_hash_in_a_proof_matters(n in 2usize..300, a in 0usize..300, which in any::<u8>(), bit in 0usize..256) {
        let all = entries(n);
        let m = a % n;
        let mut p = path(m, &all);
        let i = which as usize % p.len();
        p[i][bit / 8] ^= 1 << (bit % 8);
        prop_assert!(!included(leaf(&all[m]), m as u64, n as u64, &p, &mth(&all)));
    }
}

#[test]
fn every_changed_byte_is_found() {
    let files = log(&entries(300), &signer());
    assert_eq!(check(&files, &[]), Ok(300));
    let mut tried = 0;
    for (path, bytes) in &files.0 {
        // Every byte of the small files, every 331st of the large ones; every bit position is met.
        for at in (0..bytes.len()).step_by(if bytes.len() > 600 { 331 } else { 1 }) {
            let mut changed = files.clone();
            changed.0.get_mut(path).unwrap()[at] ^= 1 << (at % 8);
            assert!(check(&changed, &[]).is_err(), "{path}, byte {at}");
            tried += 1;
        }
        let mut gone = files.clone();
        gone.0.remove(path);
        assert!(check(&gone, &[]).is_err(), "{path} removed");
        let mut longer = files.clone();
        longer.0.get_mut(path).unwrap().push(0);
        assert!(check(&longer, &[]).is_err(), "{path} lengthened");
    }
    assert!(tried > 250);
}

#[test]
fn a_cut_tail_and_a_fork_are_found_by_whoever_kept_a_head() {
    let all = entries(600);
    let at = |n: usize| {
        let mut tree = Tree::default();
        all[..n].iter().for_each(|e| drop(tree.push(leaf(e))));
        head(&tree, &signer())
    };
    let kept = [at(0), at(1), at(256), at(500)];
    assert_eq!(check(&log(&all, &signer()), &kept), Ok(600));
    // Cut short and signed anew with the real key.
    assert_eq!(check(&log(&all[..499], &signer()), &kept), Err(Flaw::Shortened { found: 499, signed: 500 }));
    // Record 10 rewritten, everything recomputed and signed with the real key.
    let mut other = all.clone();
    other[10] = b"{\"nothing\":\"happened\"}".to_vec();
    assert_eq!(check(&log(&other, &signer()), &[]), Ok(600));
    assert_eq!(check(&log(&other, &signer()), &kept), Err(Flaw::Forked { size: 256 }));
    // Another key.
    let stranger = Signer::new("lake.example/log", [2; 32]);
    assert!(matches!(check(&log(&all, &stranger), &[]), Err(Flaw::Note { .. })));
    // Another log's head.
    let theirs = signer().sign(&Checkpoint { origin: "other/log".into(), size: 1, root: [0; 32] }.text());
    assert!(matches!(check(&log(&all, &signer()), &[theirs]), Err(Flaw::Other { .. })));
}

#[test]
fn trust_passes_to_a_key_the_old_one_names_and_to_no_other() {
    let (old, new) = (signer(), Signer::new("lake.example/log", [3; 32]));
    let mut files = log(&entries(5), &new);
    assert!(check(&files, &[]).is_err());
    let says = |by: &Signer| by.sign(&format!("{ROTATION}\nlake.example/log\n{}\n3\n", new.public())).into_bytes();
    files.0.insert("rotation/001".into(), says(&new));
    assert!(check(&files, &[]).is_err(), "a key cannot vouch for itself");
    files.0.insert("rotation/001".into(), says(&old));
    assert_eq!(check(&files, &[]), Ok(5));
}

#[test]
fn a_proof_survives_its_text() {
    let all = entries(400);
    let files = log(&all, &signer());
    let note = String::from_utf8(files.0["checkpoint"].clone()).unwrap();
    let made = Proof { index: 17, hashes: inclusion(&View::new(&files, 400), 17).unwrap(), checkpoint: note };
    let read = Proof::parse(&made.to_string()).unwrap();
    assert_eq!(read, made);
    let (head, _) = Checkpoint::open(&read.checkpoint, &[signer().public().clone()]).unwrap();
    assert!(read.holds(&all[17], head.size, &head.root));
    assert!(!read.holds(&all[18], head.size, &head.root));
    for bad in ["", "c2sp.org/tlog-proof@v1\n\nx", "c2sp.org/tlog-proof@v1\nindex 1\nnothash\n\nx", "other\nindex 1\n\nx"] {
        assert!(Proof::parse(bad).is_err(), "{bad:?}");
    }
    assert!(inclusion(&View::new(&files, 400), 400).is_err());
    assert!(consistency(&View::new(&files, 400), 401).is_err());
}

#[test]
fn equal_subtrees_make_the_same_root_as_their_leaves() {
    let leaves: Vec<_> = entries(13).iter().map(|e| leaf(e)).collect();
    assert_eq!(root_of(&leaves), mth(&entries(13)));
}
