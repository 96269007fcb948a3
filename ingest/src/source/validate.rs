//! source/validate: what in a mapping does not fit the contracts. Pure; a list of sentences, one per problem.

mod shape;

use beleidsinfo_warehouse::contract::{ColumnType, Contract, Visibility};
use beleidsinfo_warehouse::elsewhere::TABLE as ELSEWHERE;
use indexmap::IndexMap;

use crate::check::catalogue;
use crate::mapping::{Connector, Mapping, Rows, TableMapping, Take};
use crate::nearest::nearest;

pub(super) fn problems(mapping: &Mapping, contracts: &IndexMap<String, Contract>) -> Vec<String> {
    let mut found = Vec::new();
    if mapping.tables.is_empty() {
        found.push("the mapping fills no table: add [[tables]]".into());
    }
    for (at, table) in mapping.tables.iter().enumerate() {
        let Some(contract) = contracts.get(&table.name) else {
            let names = contracts
                .values()
                .filter(|c| !c.system)
                .map(|c| c.name.as_str());
            found.push(format!(
                "no table is called `{}`{}",
                table.name,
                meant(nearest(&table.name, names))
            ));
            continue;
        };
        if contract.system {
            found.push(format!(
                "table `{}` is written by the warehouse itself and cannot be mapped",
                table.name
            ));
        }
        // Else a file by any hand could call its figures certified.
        if table.name == ELSEWHERE && mapping.connector != Connector::Release {
            found.push(format!(
                "table `{ELSEWHERE}` is filled by connector = \"release\" alone, from what another installation published and signed"
            ));
        }
        if mapping.tables[..at].iter().any(|t| t.name == table.name) {
            found.push(format!(
                "table `{}` is mapped twice: use two sources, or one mapping with `map`",
                table.name
            ));
        }
        columns(mapping, table, contract, &mut found);
        if !mapping.identity && contract.tenant.is_some() && mapping.complete_until.is_none() {
            found.push(format!(
                "table `{}` needs `complete_until`: up to which day the delivery is complete (a day, or \"name\")",
                table.name
            ));
        }
    }
    shape::aliases(mapping, &mut found);
    shape::ignore(mapping, &mut found);
    shape::unpivot(mapping, &mut found);
    if mapping.retention.is_some() && personal(mapping, contracts).is_empty() {
        found.push(
            "`retention` is for sources with personal data; other landed files stay: add `personal = true` if the file has such data".into(),
        );
    }
    severities(mapping, contracts, &mut found);
    found
}

fn columns(mapping: &Mapping, table: &TableMapping, contract: &Contract, found: &mut Vec<String>) {
    let name = &table.name;
    for (target, column) in &table.columns {
        let Some(kind) = contract.columns.get(target).map(|c| c.kind) else {
            let near = nearest(target, contract.columns.keys().map(String::as_str));
            found.push(format!(
                "table `{name}` has no column `{target}`{}",
                meant(near)
            ));
            continue;
        };
        if column.format.is_some() && !matches!(kind, ColumnType::Date | ColumnType::Ts) {
            found.push(format!(
                "`{name}.{target}` is no date or moment: `format` does not go with it"
            ));
        }
        let personal = contract.columns[target.as_str()].visibility == Visibility::Personal;
        if personal
            && kind == ColumnType::Text
            && column.pseudonym.is_none()
            && !matches!(column.take, Take::Const(_))
        {
            found.push(format!(
                "`{name}.{target}` is personal, and no plain text may reach it: add `pseudonym`, as in {{ from = \"INSZ\", pseudonym = \"insz\" }}"
            ));
        }
        if column.pseudonym.is_some() && kind != ColumnType::Text {
            found.push(format!(
                "`{name}.{target}` is not text: `pseudonym` does not go with it"
            ));
        }
        match &column.take {
            Take::Pick { per: Some(per), .. } => {
                if table.rows != Rows::Event {
                    found.push(format!("`{name}.{target}`: `per` goes with rows = \"event\""));
                }
                if !table.columns.contains_key(per) {
                    let near = nearest(per, table.columns.keys().map(String::as_str));
                    found.push(format!("`{name}.{target}`: `per` names `{per}`, which is not mapped{}", meant(near)));
                } else if table.columns.get(per).is_some_and(|c| !matches!(c.take, Take::From(_) | Take::Coalesce(_))) {
                    found.push(format!("`{name}.{per}` groups the events, so it must be taken with from or coalesce"));
                }
                if table.per() != Some(per) {
                    found.push(format!("table `{name}` groups its events by more than one column"));
                }
            }
            Take::Pick { per: None, .. } if table.rows != Rows::Trace => found.push(format!(
                "`{name}.{target}`: first, last, min and max need rows = \"trace\", or rows = \"event\" with `per`"
            )),
            Take::Ordinal if table.rows == Rows::Trace => {
                found.push(format!("`{name}.{target}`: a row per trace has no number in its trace"));
            }
            _ => {}
        }
    }
    if table.needs_trace() && mapping.trace_column().is_none() {
        found.push(format!(
            "table `{name}` groups records: say by which column with `trace = \"…\"`"
        ));
    }
    for (target, column) in &contract.columns {
        let needed = column.required
            || contract.key.contains(target)
            || contract.tenant.as_ref() == Some(target);
        if needed && !table.columns.contains_key(target) && !derived(table, contract, target) {
            found.push(format!(
                "table `{name}` needs column `{target}`: {}",
                column.meaning.nl
            ));
        }
    }
}

/// A date that check takes from its moment, `x_on` from `x_at`, or works out by an `equals_sum` rule that is mapped whole.
fn derived(table: &TableMapping, contract: &Contract, target: &str) -> bool {
    let from_moment = target
        .strip_suffix("_on")
        .is_some_and(|m| table.columns.contains_key(&format!("{m}_at")));
    let from_sum = contract
        .rules
        .iter()
        .filter(|r| r.column == target)
        .filter_map(|r| r.equals_sum.as_ref());
    from_moment
        || from_sum
            .into_iter()
            .any(|terms| terms.iter().all(|t| table.columns.contains_key(t)))
}

fn severities(mapping: &Mapping, contracts: &IndexMap<String, Contract>, found: &mut Vec<String>) {
    let filled = || mapping.tables.iter().filter_map(|t| contracts.get(&t.name));
    let own = catalogue::ALL.iter().filter(|k| k.changeable).map(|k| k.id);
    let known: Vec<&str> = filled()
        .flat_map(|c| &c.rules)
        .map(|r| r.id.as_str())
        .chain(filled().flat_map(|c| &c.references).map(|r| r.id.as_str()))
        .chain(own)
        .collect();
    for id in mapping.severity.keys() {
        if catalogue::find(id).is_some_and(|k| !k.changeable) {
            found.push(format!(
                "[severity] cannot change rule `{id}`: readers of the tables rely on it"
            ));
        } else if !known.contains(&id.as_str()) {
            found.push(format!(
                "[severity] names rule `{id}`, which these tables do not have{}",
                meant(nearest(id, known.iter().copied()))
            ));
        }
    }
}

/// Why a source is personal: the mapping says so, or it fills a column that is, or makes pseudonyms. Empty: it is not.
pub(super) fn personal(mapping: &Mapping, contracts: &IndexMap<String, Contract>) -> Vec<String> {
    let mut found = Vec::new();
    if mapping.personal {
        found.push("its mapping says `personal = true`".into());
    }
    if mapping.connector == Connector::Kbo {
        found.push("a KBO extract names natural persons".into());
    }
    for table in &mapping.tables {
        let contract = contracts.get(&table.name);
        for (target, column) in &table.columns {
            let promised = contract.and_then(|c| c.columns.get(target));
            if promised.is_some_and(|c| c.visibility == Visibility::Personal) {
                found.push(format!("`{}.{target}` is personal", table.name));
            } else if column.pseudonym.is_some() {
                found.push(format!("`{}.{target}` is a pseudonym", table.name));
            }
        }
    }
    found
}

fn meant(near: Option<&str>) -> String {
    near.map(|name| format!("; did you mean `{name}`?"))
        .unwrap_or_default()
}
