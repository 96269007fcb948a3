//! watch: child processes that do the work, and the parent that sees how they fare.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::minimise::minimise;
use crate::run::Desk;
use crate::target::Target;

/// An input that takes longer hangs.
const LONGEST: Duration = Duration::from_secs(10);
/// What a child may take to read the built-in pack, on a machine that is busy.
const SETTING_UP: Duration = Duration::from_secs(120);
/// One that takes more memory above the baseline swells.
const MOST_MIB: u64 = 256;
/// Seeds per child; a new child begins with clean memory.
const BATCH: u64 = 2000;
/// How often a finding is tried smaller.
const TRIES: usize = 300;

/// The child: each seed is named before it runs, so that the parent knows it when nothing comes after.
pub fn work(target: &Target, from: u64, count: u64) -> anyhow::Result<()> {
    let said = Arc::new(Mutex::new(String::new()));
    let hook = said.clone();
    std::panic::set_hook(Box::new(move |info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let message = info.payload_as_str().unwrap_or("a panic").to_string();
        if let Ok(mut said) = hook.lock() {
            *said = format!("{place}: {message}").replace('\n', " ");
        }
    }));
    let desk = Desk::new()?;
    desk.check(target, &target.input(from));
    reset_peak();
    let baseline = peak_mib().unwrap_or(0);
    let mut out = std::io::stdout();
    for seed in from..from + count {
        writeln!(out, "seed {seed}")?;
        out.flush()?;
        let input = target.input(seed);
        let ended = catch_unwind(AssertUnwindSafe(|| desk.check(target, &input)));
        match ended {
            Ok(word) => writeln!(out, "{word}")?,
            Err(_) => writeln!(
                out,
                "panic {}",
                said.lock().map(|s| s.clone()).unwrap_or_default()
            )?,
        }
        if let Some(peak) = peak_mib().filter(|peak| *peak > baseline + MOST_MIB) {
            writeln!(out, "memory {} MiB above the baseline", peak - baseline)?;
            reset_peak();
        }
    }
    Ok(())
}

/// The most memory this process had, where the system tells (Linux).
fn peak_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024)
}

fn reset_peak() {
    // Where this is not possible, the peak of earlier inputs counts for later ones: a false alarm, never a missed one.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The parent: batches until the deadline. Answers how many different findings there were.
pub fn watch(
    target: &Target,
    from: u64,
    deadline: Instant,
    findings: &Path,
) -> anyhow::Result<usize> {
    let (mut seed, mut runs) = (from, 0u64);
    let mut known = BTreeSet::new();
    let mut words = std::collections::BTreeMap::<String, u64>::new();
    while Instant::now() < deadline {
        let mut child = command()?
            .args(["work", target.name, &seed.to_string(), &BATCH.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start a child process")?;
        let out = child.stdout.take().context("the child's output")?;
        let (send, receive) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        let mut current = seed;
        let mut fault = None;
        let mut longest = SETTING_UP;
        loop {
            let heard = receive.recv_timeout(longest);
            longest = LONGEST;
            match heard {
                Ok(line) => match line.split_once(' ') {
                    Some(("seed", number)) => {
                        if Instant::now() >= deadline {
                            break;
                        }
                        current = number.parse()?;
                        runs += 1;
                    }
                    Some((kind @ ("panic" | "memory"), what)) => {
                        report(target, current, kind, what, &mut known, findings)?;
                    }
                    _ => *words.entry(line).or_default() += 1,
                },
                Err(RecvTimeoutError::Timeout) => {
                    fault = Some(("hang", "no answer within ten seconds".to_string()));
                    break;
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let status = child.wait()?;
                    if !status.success() {
                        fault = Some(("crash", status.to_string()));
                    }
                    break;
                }
            }
        }
        let _ = child.kill();
        child.wait()?;
        if let Some((kind, what)) = fault {
            report(target, current, kind, &what, &mut known, findings)?;
        }
        seed = current + 1;
    }
    println!(
        "{}: seeds {from} to {seed}, {runs} runs, {} findings, {words:?}",
        target.name,
        known.len()
    );
    Ok(known.len())
}

/// Writes a finding of a new kind, as small as it gets.
fn report(
    target: &Target,
    seed: u64,
    kind: &str,
    what: &str,
    known: &mut BTreeSet<String>,
    findings: &Path,
) -> anyhow::Result<()> {
    // Two panics at one place are one finding; hangs and memory are told apart by the eye.
    let place = what.split(": ").next().unwrap_or(what).to_string();
    let name = if kind == "panic" {
        format!("{kind} {place}")
    } else {
        format!("{kind} {seed}")
    };
    if known.len() >= 50 || !known.insert(name) {
        return Ok(());
    }
    println!("{} seed {seed}: {kind}: {what}", target.name);
    std::fs::create_dir_all(findings)?;
    let path = findings.join(format!("{}-{kind}-{seed}", target.name));
    let input = target.input(seed);
    std::fs::write(&path, &input)?;
    if matches!(kind, "panic" | "crash") {
        let scratch = path.with_extension("try");
        let small = minimise(&input, TRIES, |bytes| {
            std::fs::write(&scratch, bytes).is_ok() && fails(target, &scratch, kind, &place)
        });
        let _ = std::fs::remove_file(&scratch);
        println!(
            "    from {} to {} bytes: {}",
            input.len(),
            small.len(),
            path.display()
        );
        std::fs::write(&path, small)?;
    }
    Ok(())
}

fn fails(target: &Target, file: &Path, kind: &str, place: &str) -> bool {
    let Ok(mut command) = command() else {
        return false;
    };
    let output = command.args(["one", target.name]).arg(file).output();
    output.is_ok_and(|output| {
        let same = kind != "panic" || String::from_utf8_lossy(&output.stderr).contains(place);
        !output.status.success() && same
    })
}

fn command() -> anyhow::Result<Command> {
    Ok(Command::new(std::env::current_exe()?))
}
