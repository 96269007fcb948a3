//! source/tables: the tables a source may fill, and the columns of one.

use beleidsinfo_ingest::tables::describe;
use beleidsinfo_warehouse::Error;
use beleidsinfo_warehouse::language::Language;
use beleidsinfo_warehouse::pack::{Pack, builtin_files};

use crate::context::At;
use crate::report::{Outcome, Problems};

/// Outside a project, those of the built-in pack.
pub fn run(at: &At, table: Option<&str>, language: Language) -> Result<Outcome, Problems> {
    let pack = match at.project() {
        Ok(project) => project.pack()?,
        Err(_) if !at.is_there() => Pack::parse(builtin_files())?,
        Err(e) => return Err(e.into()),
    };
    let Some(table) = table else {
        for contract in pack.canonical() {
            println!(
                "{:<22} {}",
                contract.name,
                contract.description.get(language)
            );
        }
        return Ok(Outcome::Done);
    };
    let contract = pack.canonical().find(|contract| contract.name == table);
    let contract = contract.ok_or_else(|| {
        Error::not_found(format!(
            "no table that a source may fill is called `{table}`"
        ))
        .hint("`beleidsinfo source tables` names them")
    })?;
    print!("{}", describe(language, contract));
    Ok(Outcome::Done)
}
