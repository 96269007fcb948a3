//! progress: a bar per step on a terminal; a line per step otherwise.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// One step of the flow.
pub struct Step {
    name: &'static str,
    bar: ProgressBar,
    started: Instant,
}

impl Step {
    pub fn start(name: &'static str, length: u64) -> Self {
        let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
        if let Ok(style) =
            ProgressStyle::with_template("{prefix:>8} {bar:28.cyan/dim} {pos}/{len} {wide_msg}")
        {
            bar.set_style(style);
        }
        bar.set_prefix(name);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self {
            name,
            bar,
            started: Instant::now(),
        }
    }

    pub fn tick(&self, what: &str) {
        self.bar.set_message(what.to_string());
        self.bar.inc(1);
    }

    /// Ends the bar and leaves one line that says what was done.
    pub fn end(self, what: &str) {
        self.bar.finish_and_clear();
        let seconds = self.started.elapsed().as_secs_f64();
        if std::io::stderr().is_terminal() {
            eprintln!("{:>8} {what} \u{1b}[2m({seconds:.1} s)\u{1b}[0m", self.name);
        } else {
            eprintln!("{:>8} {what} ({seconds:.1} s)", self.name);
        }
    }
}
