//! columnar/arrow_ipc: the batches of an Arrow IPC file or stream.
//!
//! The messages are walked before they are read: a length that goes beyond the file, or compressed parts that say they are
//! larger than a file may be, would otherwise claim that memory first. On the way a slip of some writers is mended: Polars
//! puts one list of numbers in its messages at an address that the format does not allow, and the reader is strict.

use std::io::Cursor;

use arrow::ipc::reader::StreamReader;
use arrow::ipc::{Message, MessageHeader, RecordBatch as Layout, root_as_message};
use arrow::record_batch::RecordBatch;
use beleidsinfo_warehouse::error::Result;
use flatbuffers::InvalidFlatbuffer;

use super::{caught, damaged, gather};
use crate::limits::Limit;

const FORM: &str = "an Arrow IPC file";
/// A file begins with its name, padded; what follows is a stream.
const MAGIC: usize = 8;
const CONTINUES: [u8; 4] = [0xff; 4];

pub(super) fn batches(name: &str, bytes: &[u8]) -> Result<Vec<RecordBatch>> {
    let stream = if bytes.starts_with(b"ARROW1") {
        if !bytes.ends_with(b"ARROW1") {
            return Err(damaged(name, FORM, "it ends early: its end is not there"));
        }
        // Some writers pad it to 8 bytes, others to 64.
        let start = (MAGIC..=64).step_by(8).find(|at| {
            bytes
                .get(*at..)
                .is_some_and(|rest| rest.starts_with(&CONTINUES))
        });
        bytes.get(start.unwrap_or(MAGIC)..).unwrap_or_default()
    } else {
        bytes
    };
    let walked = walk(name, stream)?;
    caught(name, FORM, || {
        let reader = StreamReader::try_new(Cursor::new(walked), None)
            .map_err(|cause| damaged(name, FORM, cause))?;
        gather(name, FORM, reader)
    })
}

/// The messages of a stream, up to its end, each within the file and well aligned.
fn walk(name: &str, mut stream: &[u8]) -> Result<Vec<u8>> {
    let early = || damaged(name, FORM, "it ends early");
    let mut walked = Vec::with_capacity(stream.len());
    let mut swollen = 0u64;
    loop {
        if stream.starts_with(&CONTINUES) {
            stream = &stream[CONTINUES.len()..];
        }
        let Some((length, rest)) = stream.split_first_chunk::<4>() else {
            // A stream may just stop after a message; one without any is none.
            return if walked.is_empty() || !stream.is_empty() {
                Err(early())
            } else {
                Ok(walked)
            };
        };
        let length = usize::try_from(i32::from_le_bytes(*length)).map_err(|_| early())?;
        if length == 0 {
            return if walked.is_empty() {
                Err(early())
            } else {
                Ok(walked)
            };
        }
        let (head, rest) = rest.split_at_checked(length).ok_or_else(early)?;
        let head = aligned(head).map_err(|cause| damaged(name, FORM, cause.to_string()))?;
        let message =
            root_as_message(&head).map_err(|cause| damaged(name, FORM, cause.to_string()))?;
        let body = usize::try_from(message.bodyLength()).map_err(|_| early())?;
        let (body, rest) = rest.split_at_checked(body).ok_or_else(early)?;
        swollen = swollen.saturating_add(unpacked(message, body));
        if swollen > Limit::FileBytes.most() {
            return Err(Limit::FileBytes.refuse(name));
        }
        let padded = head.len().next_multiple_of(8);
        walked.extend(CONTINUES);
        walked.extend((padded as u32).to_le_bytes());
        walked.extend(&head);
        walked.resize(walked.len() + padded - head.len(), 0);
        walked.extend(body);
        stream = rest;
    }
}

/// How large the compressed parts of a message say they are.
fn unpacked(message: Message, body: &[u8]) -> u64 {
    let layout: Option<Layout> = match message.header_type() {
        MessageHeader::RecordBatch => message.header_as_record_batch(),
        MessageHeader::DictionaryBatch => {
            message.header_as_dictionary_batch().and_then(|d| d.data())
        }
        _ => None,
    };
    let Some(layout) = layout.filter(|layout| layout.compression().is_some()) else {
        return 0;
    };
    let said = |offset: i64| {
        let length = body
            .get(usize::try_from(offset).ok()?..)?
            .first_chunk::<8>()?;
        u64::try_from(i64::from_le_bytes(*length)).ok()
    };
    let parts = layout.buffers().into_iter().flatten();
    parts
        .filter_map(|part| said(part.offset()))
        .fold(0, u64::saturating_add)
}

/// The head of a message with every list of numbers on an address that is a multiple of their size: one that is not moves
/// to the end, and what pointed to it points there.
fn aligned(head: &[u8]) -> std::result::Result<Vec<u8>, InvalidFlatbuffer> {
    let mut head = head.to_vec();
    // A message has a handful of lists.
    for _ in 0..8 {
        let fault = root_as_message(&head).err();
        match fault {
            Some(InvalidFlatbuffer::Unaligned { position, .. })
                if moved(&mut head, position).is_some() => {}
            Some(fault) => return Err(fault),
            None => break,
        }
    }
    Ok(head)
}

/// `None` when it is no list of eight-byte numbers that something points to.
fn moved(head: &mut Vec<u8>, position: usize) -> Option<()> {
    let start = position.checked_sub(4)?;
    let word = |at: usize| {
        head.get(at..)?
            .first_chunk::<4>()
            .map(|w| u32::from_le_bytes(*w) as usize)
    };
    let bytes = word(start)?.checked_mul(8)?.checked_add(4)?;
    let list = head.get(start..start.checked_add(bytes)?)?.to_vec();
    let pointer = (0..start)
        .step_by(4)
        .find(|at| word(*at).is_some_and(|o| at + o == start))?;
    while head.len() % 8 != 4 {
        head.push(0);
    }
    let offset = u32::try_from(head.len() - pointer).ok()?;
    head[pointer..pointer + 4].copy_from_slice(&offset.to_le_bytes());
    head.extend(list);
    Some(())
}
