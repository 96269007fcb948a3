//! rules: what a rule of a contract is called. The general ones have texts here, the others their own meaning.

use beleidsinfo_warehouse::pack::Pack;

use crate::words::Words;

pub fn name(words: Words, pack: Option<&Pack>, rule: &str) -> String {
    let general = words.named("rule", rule);
    if general != rule {
        return general;
    }
    let mut all = pack.iter().flat_map(|p| p.contracts.values());
    all.find_map(|c| c.rules.iter().find(|r| r.id == rule))
        .map_or(general, |r| r.meaning.get(words.language).to_string())
}
