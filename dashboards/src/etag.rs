//! etag: a name for exactly this answer: definitions, run, cutoff, language, program, rights and address go into it.

use axum::http::HeaderMap;
use axum::http::header::IF_NONE_MATCH;
use beleidsinfo_warehouse::index::Run;
use beleidsinfo_warehouse::pack::sha256_hex;
use beleidsinfo_warehouse::principal::Principal;

use crate::statics;

/// `mark` names what else the pages show: boards and targets.
pub fn of_run(run: &Run, mark: &str, principal: &Principal, address: &str) -> String {
    let over = format!(
        "{}|{}|{}|{mark}",
        run.definitions_hash, run.run_id, run.cutoff_on
    );
    of(&over, principal, address)
}

/// `over` says what the answer was made from; `address` holds the language.
pub fn of(over: &str, principal: &Principal, address: &str) -> String {
    let parts = [
        over,
        address,
        env!("CARGO_PKG_VERSION"),
        &statics::addresses().style,
        &format!("{principal:?}"),
    ];
    format!("\"{}\"", &sha256_hex(parts.join("\n"))[..32])
}

/// Compression makes a tag weak on the way; what it names is the same.
pub fn known(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(','))
        .any(|t| t.trim() == "*" || t.trim().trim_start_matches("W/") == tag)
}
