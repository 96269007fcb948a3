//! bucket: files from an object store, against a real server of the S3 protocol on this machine (moto, from PyPI), started and
//! stopped by the test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use object_store::aws::AmazonS3Builder;
use object_store::path::Path;
use object_store::{ObjectStoreExt, PutPayload};

use crate::project::{CASES, HEADER, Project};

const ROW: &str = "A1,12041,,Loket,02/01/2025,01/03/2025,10/02/2025\n";

struct Server {
    process: Child,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

impl Server {
    /// `None`, said aloud, where no server is installed.
    fn start() -> Option<Self> {
        let program = std::env::var("BELEIDSINFO_S3_SERVER").unwrap_or("moto_server".into());
        let port = free_port();
        let started = Command::new(&program)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let mut server = match started {
            Ok(process) => Server { process, port },
            Err(e) => return Self::absent(&format!("{program}: {e}")),
        };
        let until = Instant::now() + Duration::from_secs(60);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if let Ok(Some(status)) = server.process.try_wait() {
                return Self::absent(&format!("{program} ended: {status}"));
            }
            assert!(Instant::now() < until, "{program} does not answer");
            std::thread::sleep(Duration::from_millis(100));
        }
        Some(server)
    }

    fn absent(why: &str) -> Option<Self> {
        assert!(
            std::env::var_os("BELEIDSINFO_REQUIRE_S3").is_none(),
            "a server of the S3 protocol is required and not there: {why}"
        );
        eprintln!(
            "skipped: pip install 'moto[server]' gives the S3 server that this test needs ({why})"
        );
        None
    }

    fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn make_bucket(&self, name: &str) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("a connection");
        write!(
            stream,
            "PUT /{name} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            self.port
        )
        .expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    fn put(&self, bucket: &str, key: &str, bytes: Vec<u8>) {
        let store = AmazonS3Builder::new()
            .with_bucket_name(bucket)
            .with_endpoint(self.endpoint())
            .with_allow_http(true)
            .with_region("us-east-1")
            .with_access_key_id("id")
            .with_secret_access_key("secret")
            .build()
            .expect("a store");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let key = Path::parse(key).expect("a key");
        let put = store.put(&key, PutPayload::from(bytes));
        runtime.block_on(put).expect("an object");
    }
}

/// Passes on what is asked, and keeps the first line of each request.
struct Watched {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Watched {
    fn new(server: &Server) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (to, kept) = (server.port, asked.clone());
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let kept = kept.clone();
                std::thread::spawn(move || pass(client, to, &kept));
            }
        });
        Self { port, asked }
    }

    /// What was asked since the last time, without listings.
    fn objects(&self) -> Vec<String> {
        let mut asked = self.asked.lock().expect("a list");
        let all = std::mem::take(&mut *asked);
        all.into_iter()
            .filter(|line| !line.contains("list-type"))
            .collect()
    }
}

fn pass(client: TcpStream, to: u16, kept: &Mutex<Vec<String>>) -> Option<()> {
    let server = TcpStream::connect(("127.0.0.1", to)).ok()?;
    let (mut back, mut answers) = (client.try_clone().ok()?, server.try_clone().ok()?);
    std::thread::spawn(move || std::io::copy(&mut answers, &mut back));
    let mut server = server;
    let mut lines = BufReader::new(client);
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line.starts_with("GET ") {
            kept.lock().ok()?.push(line.trim().to_string());
        }
        server.write_all(line.as_bytes()).ok()?;
    }
}

fn project(location: &str) -> Project {
    let project = Project::new(true, "12041");
    project.write(
        "sources/cases.toml",
        &CASES.replace("raw/cases_*.csv", location),
    );
    project
}

fn run(project: &Project, endpoint: &str, args: &[&str]) -> Output {
    let mut command = project.command(args);
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        command.env_remove(name);
    }
    command
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("AWS_ACCESS_KEY_ID", "id")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .output()
        .expect("the program starts")
}

fn pull(project: &Project, endpoint: &str) -> String {
    let output = run(project, endpoint, &["pull"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    said
}

fn fails(project: &Project, endpoint: &str, code: i32) -> String {
    let output = run(project, endpoint, &["pull"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{said}");
    said
}

fn landed(project: &Project) -> Vec<String> {
    let mut names =
        project.rows("select name from deliveries where source_id = 'cases' order by batch");
    names.dedup();
    names
}

#[test]
fn objects_land_once_and_are_fetched_again_only_when_they_changed() {
    let Some(server) = Server::start() else {
        return;
    };
    server.make_bucket("gemeente");
    let file = |id: &str| format!("{HEADER}{}", ROW.replace("A1", id)).into_bytes();
    server.put("gemeente", "levering/cases_2025-06-30.csv", file("A1"));
    server.put("gemeente", "levering/cases_2025-09-30.csv", file("A2"));
    server.put("gemeente", "levering/leesmij.txt", b"x".to_vec());
    server.put("gemeente", "levering/oud/cases_2024-06-30.csv", file("OUD"));
    // More than one part of a download, and of what is landed.
    let mut large = file("A3");
    for n in 0..250_000 {
        large.extend_from_slice(ROW.replace("A1", &format!("L{n}")).as_bytes());
    }
    assert!(large.len() > 9 << 20);
    server.put("gemeente", "levering/cases_2025-12-31.csv", large.clone());
    let watched = Watched::new(&server);
    let endpoint = format!("http://127.0.0.1:{}", watched.port);
    let project = project("s3://gemeente/levering/*.csv");

    let said = pull(&project, &endpoint);
    assert!(said.contains("8 files landed"), "{said}");
    assert_eq!(watched.objects().len(), 3, "each was fetched once");
    let raw = project.files("var/warehouse/raw/cases");
    let sizes = raw.iter().filter(|f| !f.ends_with(".json"));
    let sizes: Vec<u64> = sizes
        .map(|f| std::fs::metadata(project.path(f)).expect("a file").len())
        .collect();
    assert!(sizes.contains(&(large.len() as u64)), "{sizes:?}");

    let said = pull(&project, &endpoint);
    assert!(
        said.contains("0 files landed, 8 were here already"),
        "{said}"
    );
    assert_eq!(
        watched.objects(),
        Vec::<String>::new(),
        "nothing is fetched that did not change"
    );

    // Another content under the same name is another delivery; the same content put there anew is not, nor is it fetched.
    server.put("gemeente", "levering/cases_2025-09-30.csv", file("A9"));
    std::thread::sleep(Duration::from_millis(1100));
    server.put("gemeente", "levering/cases_2025-06-30.csv", file("A1"));
    let said = pull(&project, &endpoint);
    assert!(
        said.contains("1 file landed, 7 were here already"),
        "{said}"
    );
    let asked = watched.objects();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(asked[0].contains("cases_2025-09-30.csv"), "{asked:?}");

    // Under another name the same bytes are known by their SHA-256.
    server.put("gemeente", "levering/kopie_2025-06-30.csv", file("A1"));
    let said = pull(&project, &endpoint);
    assert!(
        said.contains("0 files landed, 9 were here already"),
        "{said}"
    );
}

#[test]
fn a_folder_an_object_and_a_deep_pattern_give_their_files_and_these_are_stored() {
    let Some(server) = Server::start() else {
        return;
    };
    server.make_bucket("gemeente");
    let file = |id: &str| format!("{HEADER}{}", ROW.replace("A1", id)).into_bytes();
    server.put("gemeente", "levering/2024/cases_2024-12-31.csv", file("A1"));
    server.put("gemeente", "levering/2025/cases_2025-12-31.csv", file("A2"));
    server.put("gemeente", "levering/2025/.half.csv", b"x".to_vec());
    for (location, expected) in [
        ("s3://gemeente/levering/2025/", &["A2"][..]),
        ("s3://gemeente/levering/2025", &["A2"]),
        ("s3://gemeente/levering/2024/cases_2024-12-31.csv", &["A1"]),
        ("s3://gemeente/levering/**/cases_*.csv", &["A1", "A2"]),
    ] {
        let project = project(location);
        pull(&project, &server.endpoint());
        project.ok(&["store"]);
        assert_eq!(
            project.rows("select case_id from cases order by 1"),
            expected,
            "{location}"
        );
        assert_eq!(landed(&project).len(), expected.len());
    }
}

#[test]
fn what_goes_wrong_is_told_with_what_to_do() {
    let Some(server) = Server::start() else {
        return;
    };
    server.make_bucket("gemeente");
    let said = fails(
        &project("s3://gemeente/levering/*.csv"),
        &server.endpoint(),
        8,
    );
    assert!(
        said.contains("no object matches s3://gemeente/levering/*.csv"),
        "{said}"
    );
    assert!(said.contains("mend `location`"), "{said}");
    let said = fails(
        &project("s3://nergens/levering/*.csv"),
        &server.endpoint(),
        8,
    );
    assert!(said.contains("has no bucket `nergens`"), "{said}");
    let said = fails(
        &project("s3://nergens/levering/a.csv"),
        &server.endpoint(),
        8,
    );
    assert!(
        said.contains("has no bucket `nergens`") || said.contains("no object matches"),
        "{said}"
    );
}

/// These need no server but one that says no, and none at all.
#[test]
fn a_refusal_a_silence_and_plain_http_are_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let mut request = [0; 4096];
            let _ = client.read(&mut request);
            let body = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>";
            let _ = write!(
                client,
                "HTTP/1.1 403 Forbidden\r\nContent-Type: application/xml\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    let project = project("s3://gemeente/levering/*.csv");
    let said = fails(&project, &format!("http://127.0.0.1:{port}"), 7);
    assert!(
        said.contains("denied access to bucket `gemeente`"),
        "{said}"
    );
    assert!(said.contains("ListBucket"), "{said}");
    assert!(!said.contains("secret"), "{said}");

    let silent = free_port();
    let said = fails(&project, &format!("http://127.0.0.1:{silent}"), 6);
    assert!(
        said.contains("cannot list s3://gemeente/levering"),
        "{said}"
    );
    assert!(said.contains("can this machine reach it?"), "{said}");
    assert_eq!(said.matches("cause:").count(), 1, "{said}");

    let said = fails(&project, "http://s3.example.org", 7);
    assert!(said.contains("without TLS"), "{said}");
    let output = project
        .command(&["pull"])
        .env_remove("AWS_ACCESS_KEY_ID")
        .output();
    let output = output.expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(7), "{said}");
    assert!(
        said.contains("the environment has no AWS_ACCESS_KEY_ID"),
        "{said}"
    );
}
