//! lock: one run at a time changes a warehouse. The operating system frees the lock when its holder dies.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};

use crate::error::{Doing, Error, Result};
use crate::location::Storage;

/// Held while a verb writes. Tells whether the last holder died without letting go.
#[derive(Debug)]
pub struct Lock {
    file: Option<File>,
    /// The last holder never finished: what it left must be swept before anything is written.
    pub crashed: bool,
}

impl Lock {
    /// Takes the lock or says at once who holds it.
    pub fn take(storage: &Storage, verb: &str, now: chrono::DateTime<chrono::Utc>) -> Result<Self> {
        let Some(folder) = storage.folder() else {
            return Ok(Self {
                file: None,
                crashed: false,
            });
        };
        let path = folder.join("lock");
        let doing = || format!("cannot lock the warehouse at {}", folder.display());
        let mut file = OpenOptions::new()
            .create(true)
            .read(true)
            .write(true)
            .truncate(false)
            .open(&path)
            .storing(doing)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.read_to_string(&mut holder);
                return Err(Error::busy(format!("cannot {verb}: another run holds the warehouse at {}", folder.display()))
                    .because(if holder.is_empty() { "it has just started".to_string() } else { holder.trim().to_string() })
                    .hint("wait for it to end, then run this again: see docs/operations.md#two-runs-at-once"));
            }
            Err(TryLockError::Error(e)) => return Err(Error::storage(doing()).because(e)),
        }
        let mut before = String::new();
        file.read_to_string(&mut before).storing(doing)?;
        let mark = format!(
            "held by `{verb}`, process {}, since {}\n",
            std::process::id(),
            now.format("%Y-%m-%d %H:%M:%S UTC")
        );
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(mark.as_bytes()))
            .and_then(|()| file.sync_data())
            .storing(doing)?;
        Ok(Self {
            file: Some(file),
            crashed: !before.is_empty(),
        })
    }
}

impl Lock {
    /// Lets go in good order. A lock merely dropped (an error, a kill) makes the next holder sweep first.
    pub fn done(self) {
        if let Some(file) = &self.file {
            let _ = file.set_len(0);
        }
    }
}
