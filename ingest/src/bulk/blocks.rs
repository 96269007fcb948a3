//! bulk/blocks: a delivered file as it is read: unpacked, decoded, and cut into blocks that end where a record does.

use std::io::{BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use encoding_rs::{Encoding, UTF_8};
use flate2::bufread::MultiGzDecoder;
use memchr::memchr_iter;

use super::fields::{Signs, lone_return};
use super::{Ended, Stop};
use crate::form::Form;
use crate::limits::{Limit, RATIO_FROM_BYTES};

/// Bytes of a block, about: its columns stay near the processor while they are read, checked and counted. A record that is longer is for the ordinary lane, which has a limit and a sentence for it.
const BLOCK: usize = 1 << 20;
/// More out of a packed file is for the ordinary lane, which refuses it.
const UNPACKED: u64 = Limit::FileBytes.most();

/// Some records of the file.
pub(super) struct Block {
    /// 0-based.
    pub number: usize,
    pub text: String,
    /// 1-based line of the decoded file on which it starts.
    pub line: u64,
}

pub(super) struct Blocks<R> {
    from: Unpacked<R>,
    signs: Signs,
    encoding: &'static Encoding,
    /// Read and not yet given.
    rest: Vec<u8>,
    ended: bool,
    number: usize,
    line: u64,
    /// A file in a one-byte encoding that could as well be UTF-8 is probably that.
    ascii: bool,
    plainly_utf_8: bool,
    /// Bytes of the landed file, and what came out of them.
    read: Arc<AtomicU64>,
    unpacked: u64,
}

/// Counts what is read.
struct Counted<R> {
    from: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let length = self.from.read(into)?;
        self.read.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}

type Whole<R> = std::io::Chain<std::io::Cursor<Vec<u8>>, Counted<R>>;

enum Unpacked<R> {
    Plain(Whole<R>),
    Gzip(Box<MultiGzDecoder<BufReader<Whole<R>>>>),
    Zstd(Box<zstd::stream::read::Decoder<'static, BufReader<Whole<R>>>>),
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Unpacked::Plain(from) => from.read(into),
            Unpacked::Gzip(from) => from.read(into),
            Unpacked::Zstd(from) => from.read(into),
        }
    }
}

impl<R: Read> Blocks<R> {
    /// Opens a file that is plain text, gzip or zstd; any other archive is for the ordinary lane.
    pub fn open(mut from: R, signs: Signs, declared: &'static Encoding) -> Ended<Self> {
        // Enough to know a binary form by.
        let mut start = vec![0; 512];
        let mut length = 0;
        let read = Arc::new(AtomicU64::new(0));
        while length < start.len() {
            match from.read(&mut start[length..])? {
                0 => break,
                more => length += more,
            }
        }
        start.truncate(length);
        read.store(length as u64, Ordering::Relaxed);
        let form = Form::of(&start);
        let whole = std::io::Cursor::new(start).chain(Counted {
            from,
            read: read.clone(),
        });
        let from = match form {
            None => Unpacked::Plain(whole),
            Some(Form::Gzip) => {
                let packed = BufReader::with_capacity(1 << 18, whole);
                Unpacked::Gzip(Box::new(MultiGzDecoder::new(packed)))
            }
            Some(Form::Zstd) => {
                let packed = BufReader::with_capacity(1 << 18, whole);
                Unpacked::Zstd(Box::new(zstd::stream::read::Decoder::with_buffer(packed)?))
            }
            Some(_) => return Err(Stop::Ordinary),
        };
        let mut blocks = Self {
            from,
            signs,
            encoding: declared,
            rest: Vec::new(),
            ended: false,
            number: 0,
            line: 1,
            ascii: true,
            plainly_utf_8: true,
            read,
            unpacked: 0,
        };
        blocks.fill(BLOCK)?;
        if form.is_some() && Form::of(&blocks.rest).is_some() {
            return Err(Stop::Ordinary);
        }
        match Encoding::for_bom(&blocks.rest) {
            Some((marked, length)) if marked == UTF_8 => {
                blocks.encoding = UTF_8;
                blocks.rest.drain(..length);
            }
            Some(_) => return Err(Stop::Ordinary),
            None => {}
        }
        Ok(blocks)
    }

    /// Reads until `rest` holds that many bytes, or the file ends.
    fn fill(&mut self, length: usize) -> Ended<()> {
        if self.ended || self.rest.len() >= length {
            return Ok(());
        }
        self.rest.reserve_exact(length - self.rest.len() + 1);
        let more = (length - self.rest.len()) as u64;
        let read = self.from.by_ref().take(more).read_to_end(&mut self.rest);
        match read {
            Ok(read) => {
                self.ended = (read as u64) < more;
                self.unpacked += read as u64;
            }
            // What is wrong with a packed file is told by the ordinary lane; damage to a landed file is an error of its own.
            Err(error) if matches!(self.from, Unpacked::Plain(_)) => return Err(error.into()),
            Err(error) => return Err(Stop::packed(error)),
        }
        // A packed file that swells without end is refused by the ordinary lane.
        if !matches!(self.from, Unpacked::Plain(_)) {
            let ratio = self.unpacked / self.read.load(Ordering::Relaxed).max(1);
            let bomb = self.unpacked > RATIO_FROM_BYTES && ratio > Limit::Ratio.most();
            if bomb || self.unpacked > UNPACKED {
                return Err(Stop::Ordinary);
            }
        }
        Ok(())
    }

    /// The header as it stands in the file, decoded, with its line end and any blank lines before it.
    pub fn header(&mut self) -> Ended<String> {
        let length = self.signs.first(&self.rest)?;
        if length == self.rest.len() && !self.ended {
            return Err(Stop::Ordinary);
        }
        let bytes: Vec<u8> = self.rest.drain(..length).collect();
        let lines = memchr_iter(b'\n', &bytes).count() as u64;
        let header = self.decode(bytes)?;
        self.line += lines;
        Ok(header)
    }

    pub fn next(&mut self) -> Ended<Option<Block>> {
        self.fill(BLOCK)?;
        let cut = match self.ended {
            true => self.rest.len(),
            false => self.signs.last_end(&self.rest)?.ok_or(Stop::Ordinary)?,
        };
        if cut == 0 {
            // The end. A file that is not ASCII and could be UTF-8 all through was declared wrongly.
            let wrong = self.encoding != UTF_8 && !self.ascii && self.plainly_utf_8;
            return if wrong { Err(Stop::Ordinary) } else { Ok(None) };
        }
        let after = self.rest.split_off(cut);
        let bytes = std::mem::replace(&mut self.rest, after);
        let (number, line) = (self.number, self.line);
        self.number += 1;
        self.line += memchr_iter(b'\n', &bytes).count() as u64;
        let text = self.decode(bytes)?;
        Ok(Some(Block { number, text, line }))
    }

    fn decode(&mut self, bytes: Vec<u8>) -> Ended<String> {
        if lone_return(&bytes) {
            return Err(Stop::Ordinary);
        }
        if self.encoding == UTF_8 {
            return String::from_utf8(bytes).map_err(|_| Stop::Ordinary);
        }
        if bytes.is_ascii() {
            return String::from_utf8(bytes).map_err(|_| Stop::Ordinary);
        }
        self.ascii = false;
        self.plainly_utf_8 &= std::str::from_utf8(&bytes).is_ok();
        self.encoding
            .decode_without_bom_handling_and_without_replacement(&bytes)
            .map(std::borrow::Cow::into_owned)
            .ok_or(Stop::Ordinary)
    }
}
