//! progress: a bar per step on a terminal; JSON lines otherwise, one object a line on stderr:
//! `{"time", "step", "event": "start" | "tick" | "end", "done", "total", "seconds", "message"}`.

use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{SecondsFormat, Utc};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

/// One step of the flow.
pub struct Step {
    name: &'static str,
    total: u64,
    started: Instant,
    shown: Shown,
}

enum Shown {
    Bar(ProgressBar),
    Lines(Mutex<Told>),
}

#[derive(Default)]
struct Told {
    done: u64,
    last: Option<Instant>,
}

/// A machine that reads along wants to see life, not every file.
const BETWEEN: Duration = Duration::from_secs(1);

impl Step {
    pub fn start(name: &'static str, total: u64) -> Self {
        let shown = match std::io::stderr().is_terminal() {
            true => Shown::Bar(bar(name, total)),
            false => Shown::Lines(Mutex::default()),
        };
        let step = Self {
            name,
            total,
            started: Instant::now(),
            shown,
        };
        step.line("start", 0, "");
        step
    }

    pub fn tick(&self, what: &str) {
        match &self.shown {
            Shown::Bar(bar) => {
                bar.set_message(what.to_string());
                bar.inc(1);
            }
            Shown::Lines(told) => {
                let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
                told.done += 1;
                if told.last.is_none_or(|at| at.elapsed() >= BETWEEN) {
                    told.last = Some(Instant::now());
                    self.line("tick", told.done, what);
                }
            }
        }
    }

    /// Ends the bar and leaves one line that says what was done.
    pub fn end(self, what: &str) {
        match &self.shown {
            Shown::Bar(bar) => {
                bar.finish_and_clear();
                let seconds = self.started.elapsed().as_secs_f64();
                eprintln!("{:>8} {what} \u{1b}[2m({seconds:.1} s)\u{1b}[0m", self.name);
            }
            Shown::Lines(told) => {
                let done = told.lock().unwrap_or_else(PoisonError::into_inner).done;
                self.line("end", done, what);
            }
        }
    }

    fn line(&self, event: &str, done: u64, message: &str) {
        if matches!(self.shown, Shown::Bar(_)) {
            return;
        }
        let seconds = (self.started.elapsed().as_secs_f64() * 1e3).round() / 1e3;
        let line = json!({
            "time": Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true),
            "step": self.name,
            "event": event,
            "done": done,
            "total": self.total,
            "seconds": seconds,
            "message": message,
        });
        eprintln!("{line}");
    }
}

fn bar(name: &'static str, total: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
    if let Ok(style) =
        ProgressStyle::with_template("{prefix:>8} {bar:28.cyan/dim} {pos}/{len} {wide_msg}")
    {
        bar.set_style(style);
    }
    bar.set_prefix(name);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
