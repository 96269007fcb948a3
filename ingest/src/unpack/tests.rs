use std::io::Write;

use beleidsinfo_warehouse::error::Kind;
use zip::write::SimpleFileOptions;

use super::*;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn whole(bytes: &[u8], member: Option<&str>) -> (String, Vec<u8>) {
    let unpacked = unpack("a", bytes, member).unwrap();
    (unpacked.name, unpacked.bytes.into_owned())
}

fn fails(bytes: &[u8], member: Option<&str>) -> Error {
    unpack("a", bytes, member).err().expect("a refusal")
}

const TEXT: &[u8] = "één;twee\n".as_bytes();

#[test]
fn reads_through_packing_and_leaves_plain_bytes() {
    assert_eq!(whole(&gzip(TEXT), None), ("a".into(), TEXT.to_vec()));
    let zstd = zstd::encode_all(TEXT, 3).unwrap();
    assert_eq!(whole(&zstd, None).1, TEXT);
    let twice = |packed: Vec<u8>| whole(&[packed.clone(), packed].concat(), None).1;
    assert_eq!(
        twice(gzip(TEXT)),
        [TEXT, TEXT].concat(),
        "more than one member"
    );
    assert_eq!(twice(zstd), [TEXT, TEXT].concat(), "more than one frame");
    let zipped = zip(&[
        ("map/", b""),
        ("__MACOSX/map/._b.csv", b"x"),
        ("map/b.csv", TEXT),
    ]);
    assert_eq!(whole(&zipped, None), ("a/map/b.csv".into(), TEXT.to_vec()));
    assert!(matches!(
        unpack("a.csv", TEXT, None).unwrap().bytes,
        Cow::Borrowed(TEXT)
    ));
}

#[test]
fn half_a_file_is_an_error_that_says_so() {
    let text = "dossier;datum\n".repeat(500);
    let packed = gzip(text.as_bytes());
    for cut in [3, packed.len() / 2, packed.len() - 1] {
        let error = fails(&packed[..cut], None);
        assert_eq!(error.to_string(), "gzip file a ends early");
        assert!(error.hint_text().unwrap().contains("fetch the file again"));
    }
    let mut damaged = packed.clone();
    let last = damaged.len() - 8;
    damaged[last] ^= 0xff;
    assert_eq!(fails(&damaged, None).to_string(), "gzip file a is damaged");

    let packed = zstd::encode_all(text.as_bytes(), 3).unwrap();
    assert!(
        fails(&packed[..packed.len() / 2], None)
            .to_string()
            .starts_with("zstd file a ")
    );
    let packed = zip(&[("b.csv", text.as_bytes())]);
    assert_eq!(
        fails(&packed[..packed.len() / 2], None).to_string(),
        "zip archive a is damaged"
    );
    let mut damaged = packed.clone();
    damaged[60] ^= 0xff;
    assert!(fails(&damaged, None).to_string().contains("damaged"));
}

#[test]
fn the_member_of_an_archive_is_named_or_the_only_one() {
    let zipped = zip(&[
        ("2024/zaken.csv", b"z"),
        ("2024/adviezen.csv", b"v"),
        ("lees.txt", b"t"),
    ]);
    assert_eq!(
        whole(&zipped, Some("zaken*.csv")).1,
        b"z",
        "by its name alone"
    );
    assert_eq!(whole(&zipped, Some("2024/adv*")).1, b"v", "by its path");
    for (member, says) in [
        (None, "a holds 3 files: `2024/zaken.csv`"),
        (Some("*.csv"), "a holds 2 files that fit `*.csv`"),
        (
            Some("*.xml"),
            "a holds no file that fits `*.xml`: it holds `2024/zaken.csv`",
        ),
    ] {
        let error = fails(&zipped, member);
        assert!(error.to_string().starts_with(says), "{error}");
        assert!(error.hint_text().unwrap().contains("member"));
    }
    assert_eq!(fails(&zip(&[]), None).to_string(), "a holds no file");
}

#[test]
fn a_name_that_leads_out_and_packing_within_packing_are_refused() {
    for name in [
        "../../etc/passwd",
        "/etc/passwd",
        "a\\..\\..\\b.csv",
        "C:\\b.csv",
    ] {
        let error = fails(&zip(&[(name, b"x")]), None);
        assert!(
            error.to_string().contains("leads out of the archive"),
            "{name}: {error}"
        );
        assert_eq!(error.kind(), Kind::Refused);
    }
    for nested in [
        gzip(&gzip(TEXT)),
        zip(&[("b.gz", &gzip(TEXT))]),
        zip(&[("b.zip", &zip(&[("c.csv", TEXT)]))]),
        gzip(&zip(&[("c.csv", TEXT)])),
    ] {
        assert!(
            fails(&nested, None)
                .to_string()
                .contains("packing within packing")
        );
    }
}

#[test]
fn a_member_with_a_password_is_refused() {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer
        .start_file("b.csv", SimpleFileOptions::default())
        .unwrap();
    writer.write_all(TEXT).unwrap();
    let mut packed = writer.finish().unwrap().into_inner();
    // The flag that says so, in the member's own header and in the directory.
    packed[6] |= 1;
    let directory = packed
        .windows(4)
        .position(|four| four == b"PK\x01\x02")
        .unwrap();
    packed[directory + 8] |= 1;
    assert_eq!(fails(&packed, None).to_string(), "a/b.csv is encrypted");
}

#[test]
fn bombs_are_refused_while_they_swell() {
    let zeros = vec![0u8; 40 * 1024 * 1024];
    let zipped = zip(&[("b.csv", &zeros)]);
    for bomb in [
        gzip(&zeros),
        zstd::encode_all(&zeros[..], 3).unwrap(),
        zipped.clone(),
    ] {
        assert!(bomb.len() < 100_000);
        let error = fails(&bomb, None);
        assert_eq!(error.kind(), Kind::Refused);
        assert!(error.to_string().contains("times its size"), "{error}");
    }
    // A directory that says the member is small is not believed.
    let mut lying = zipped;
    let directory = lying
        .windows(4)
        .position(|four| four == b"PK\x01\x02")
        .unwrap();
    lying[directory + 24..directory + 28].copy_from_slice(&10u32.to_le_bytes());
    assert!(unpack("a", &lying, None).is_err());
}

#[test]
fn members_that_share_their_bytes_are_refused() {
    // Two members in the directory, one kernel: the second record points at the first member's bytes.
    let mut packed = zip(&[("b.csv", TEXT), ("c.csv", TEXT)]);
    let records: Vec<usize> = (0..packed.len() - 4)
        .filter(|&at| &packed[at..at + 4] == b"PK\x01\x02")
        .collect();
    let second = records[1] + 42;
    packed[second..second + 4].copy_from_slice(&0u32.to_le_bytes());
    let error = fails(&packed, Some("b.csv"));
    assert!(error.to_string().contains("share their bytes"), "{error}");
}
