//! memory: the most memory the program had, for the log.

/// Says at the end how much it was: `BELEIDSINFO_LOG=memory=debug` shows it. Nothing where the system does not tell (Linux does).
pub fn tell() {
    if let Some(kib) = peak_kib() {
        tracing::debug!(target: "memory", "peak memory {kib} KiB");
    }
}

fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
