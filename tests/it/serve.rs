//! serve: every page answers, in both languages; elsewhere than this machine only what is published.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use crate::project::{HEADER, Project};

pub struct Server {
    child: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn serve(project: &Project, more: &[&str]) -> Server {
    let mut args = vec!["serve", "--port", "0"];
    args.extend(more);
    let mut command = project.command(&args);
    command.stderr(Stdio::null());
    start(command)
}

pub(crate) fn start(mut command: Command) -> Server {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("stdout"))
        .read_line(&mut line)
        .expect("an address");
    let address = line
        .trim()
        .trim_start_matches("http://")
        .trim_end_matches('/')
        .to_string();
    Server { child, address }
}

impl Server {
    /// Status, headers and body.
    fn get_with(&self, path: &str, header: &str) -> (u16, String, String) {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{header}\r\n",
            self.address
        )
        .expect("a request");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        let text = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").expect("headers");
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|s| s.parse().ok())
            .expect("a status");
        (status, head.to_lowercase(), body.to_string())
    }
    pub fn get(&self, path: &str) -> (u16, String) {
        let (status, _, body) = self.get_with(path, "");
        (status, body)
    }
}

fn project() -> Project {
    let project = Project::small("12041");
    let mut rows = String::new();
    for i in 0..40 {
        rows.push_str(&format!(
            "A{i},12041,,{},{:02}/0{}/2025,01/11/2025,10/10/2025\n",
            ["E-loket", "Loket"][i % 2],
            i % 27 + 1,
            i % 6 + 1
        ));
    }
    rows.push_str("X,99999,,Loket,02/02/2025,,\n");
    project.write("raw/cases_2025-12-31.csv", &format!("{HEADER}{rows}"));
    project.write(
        "boards/dienstverlening.toml",
        include_str!("../../data-samples/boards/dienstverlening.toml"),
    );
    project.flow();
    project.ok(&["publish"]);
    project
}

#[test]
fn every_page_answers_in_both_languages() {
    let project = project();
    let server = serve(&project, &[]);
    let address = "zaak_digitaal/1.0.0/2025-Q2/2025-01-01/12041";
    for language in ["nl", "en"] {
        for (page, word) in [
            ("/", "Puurs-Sint-Amands"),
            ("/boards/dienstverlening", "2025"),
            ("/indicators", "zaak_digitaal"),
            ("/indicators/zaak_digitaal?region=12041", "svg"),
            (&format!("/figures/{address}"), "select"),
            ("/quality", "cases_2025-12-31.csv"),
            ("/data", "zaak_digitaal"),
            ("/about", "MijnBeleidsinfo"),
        ] {
            let (status, body) = server.get(&format!("/{language}{page}"));
            assert_eq!(status, 200, "/{language}{page}");
            assert!(
                body.contains(word),
                "/{language}{page} does not hold {word}"
            );
            assert!(
                body.contains(&format!("<html lang=\"{language}\"")),
                "/{language}{page} has another language"
            );
            assert!(
                body.contains(if language == "nl" {
                    "verzonnen"
                } else {
                    "invented"
                }),
                "/{language}{page} does not say that the data is invented"
            );
        }
    }
    let (_, body) =
        server.get("/nl/indicators/zaak_digitaal?region=12041&kind=quarter&period=2025-Q2");
    assert!(body.contains("31 december 2025"), "the cutoff is not shown");

    let (status, head, _) = server.get_with("/nl/indicators/zaak_digitaal", "");
    let tag = head
        .lines()
        .find_map(|l| l.strip_prefix("etag: "))
        .expect("an ETag")
        .to_string();
    assert_eq!(status, 200);
    assert_eq!(
        server
            .get_with(
                "/nl/indicators/zaak_digitaal",
                &format!("If-None-Match: {tag}\r\n")
            )
            .0,
        304
    );
    let (_, english, _) = server.get_with("/en/indicators/zaak_digitaal", "");
    assert_ne!(
        english.lines().find_map(|l| l.strip_prefix("etag: ")),
        Some(tag.as_str())
    );

    for missing in [
        "/nl/indicators/nothing",
        "/nl/boards/nothing",
        "/nl/figures/zaak_digitaal/1.0.0/2025-Q2/2025-01-01/99999",
        "/xx/",
        "/data/nothing",
    ] {
        assert_eq!(server.get(missing).0, 404, "{missing}");
    }
    let release = server.get("/nl/data").1;
    let file = release
        .split("href=\"")
        .filter_map(|p| p.split('"').next())
        .find(|h| h.ends_with("zaak_digitaal.csv"))
        .expect("a download")
        .to_string();
    let (status, csv) = server.get(&file);
    assert!(
        status == 200 && csv.starts_with("indicator,version,"),
        "{file}: {status}"
    );
}

#[test]
fn elsewhere_only_what_is_published() {
    let project = project();
    assert!(
        project
            .fails(&["serve", "--port", "0", "--listen", "0.0.0.0"], 7)
            .contains("--public")
    );
    let server = serve(&project, &["--public"]);
    assert_eq!(server.get("/nl/data").0, 200);
    for internal in [
        "/nl/boards/dienstverlening",
        "/nl/indicators",
        "/nl/quality",
        "/nl/figures/zaak_digitaal/1.0.0/2025-Q2/2025-01-01/12041",
        "/api/figures/zaak_digitaal/1.0.0/2025-Q2/2025-01-01/12041",
    ] {
        assert_eq!(
            server.get(internal).0,
            404,
            "{internal} is served to the public"
        );
    }
}

/// The pages in a real browser: nothing scrolls sideways on a phone, and the browser reports no refused content.
#[test]
fn a_browser_shows_the_pages() {
    let Some(chromium) = ["/usr/bin/chromium", "/usr/bin/chromium-browser"]
        .into_iter()
        .find(|p| std::path::Path::new(p).exists())
    else {
        assert!(
            std::env::var_os("BELEIDSINFO_REQUIRE_CHROMIUM").is_none(),
            "chromium is required and not there"
        );
        eprintln!("skipped: there is no chromium");
        return;
    };
    let project = project();
    let server = serve(&project, &[]);
    let profile = tempfile::TempDir::new().expect("a folder");
    for page in [
        "/nl/",
        "/nl/boards/dienstverlening",
        "/nl/indicators/zaak_digitaal?region=12041",
    ] {
        let picture = project.path("page.png");
        let output = std::process::Command::new(chromium)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .args(["--window-size=390,900", "--enable-logging=stderr"])
            .arg(format!("--screenshot={}", picture.display()))
            .arg(format!("http://{}{page}", server.address))
            .output()
            .expect("chromium starts");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!told.contains("Content Security Policy"), "{page}: {told}");
        let bytes = std::fs::metadata(&picture).expect("a picture").len();
        assert!(
            bytes > 20_000,
            "{page} is an empty picture of {bytes} bytes"
        );
        std::fs::remove_file(&picture).expect("a removed picture");
    }
}
