//! sink: one gzip file being written on a thread of its own, fed in blocks, so that memory stays flat however many cases.
//! No clock: the time in the gzip header is zero.

use std::io::{Error, Result, Write};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use flate2::{Compression, GzBuilder};

const BLOCK: usize = 128 * 1024;
/// Blocks waiting per file.
const AHEAD: usize = 4;

pub struct Sink<W> {
    block: Vec<u8>,
    blocks: SyncSender<Vec<u8>>,
    thread: JoinHandle<Result<W>>,
}

impl<W: Write + Send + 'static> Sink<W> {
    pub fn new(target: W) -> Self {
        let (blocks, coming) = sync_channel::<Vec<u8>>(AHEAD);
        let thread = std::thread::spawn(move || {
            let mut gzip = GzBuilder::new().mtime(0).write(target, Compression::fast());
            for block in coming {
                gzip.write_all(&block)?;
            }
            let mut target = gzip.finish()?;
            target.flush()?;
            Ok(target)
        });
        Self {
            block: Vec::with_capacity(BLOCK + 8 * 1024),
            blocks,
            thread,
        }
    }

    /// Room to append to.
    pub fn room(&mut self) -> &mut Vec<u8> {
        &mut self.block
    }

    /// Hands the block over when it is full. False: the thread stopped; `finish` says why.
    pub fn flow(&mut self) -> bool {
        self.block.len() < BLOCK || self.hand_over()
    }

    fn hand_over(&mut self) -> bool {
        let full = std::mem::replace(&mut self.block, Vec::with_capacity(BLOCK + 8 * 1024));
        self.blocks.send(full).is_ok()
    }

    pub fn finish(mut self) -> Result<W> {
        self.hand_over();
        drop(self.blocks);
        self.thread
            .join()
            .map_err(|_| Error::other("the thread that compresses a file stopped"))?
    }
}
