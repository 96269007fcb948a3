//! bad: the rows that are wrong on purpose, each with its why. They are spread over the files in turn, and made from a
//! good row under a case number of their own, so that no good case is lost.

/// One bad row.
pub struct Bad {
    /// Its kind; rows of one kind differ in value.
    #[cfg_attr(
        not(test),
        expect(
            dead_code,
            reason = "for people, and for the test that counts the kinds"
        )
    )]
    pub kind: &'static str,
    pub spoil: Spoil,
    #[cfg_attr(not(test), expect(dead_code, reason = "for people"))]
    pub why: &'static str,
}

pub enum Spoil {
    /// This column or attribute gets this value; `{y}` is the year of the file.
    Set(&'static str, &'static str),
    /// The attribute is left out.
    Remove(&'static str),
    /// One field fewer: everything after it shifts left.
    DropField(&'static str),
    /// One field more: everything after it shifts right.
    AddField(&'static str),
    /// The same case number again, with another channel or municipality.
    Again(&'static str, &'static str),
}

use Spoil::{AddField, Again, DropField, Remove, Set};

const fn bad(kind: &'static str, spoil: Spoil, why: &'static str) -> Bad {
    Bad { kind, spoil, why }
}

/// Rows of the CSV files; the first goes into the first file, the second into the second, and so on round.
#[rustfmt::skip]
pub const ROWS: [Bad; 36] = [
    bad("impossible date", Set("Datum indiening", "31/02/{y} 10:15:00"), "February has no 31st: somebody typed it"),
    bad("day and month swapped", Set("Datum indiening", "03/25/{y} 09:00:00"), "an American export: there is no month 25"),
    bad("code dissolved", Set("NIS-code", "44036"), "Lovendegem went into Lievegem (44085) in 2019"),
    bad("field missing", DropField("Deelgemeente NIS"), "an empty field was dropped: every later column shifts left"),
    bad("field too many", AddField("Dienst"), "an unquoted `;` inside a name: every later column shifts right"),
    bad("closed before received", Set("Datum afsluiting", "04/01/2021 11:00:00"), "the end of another case was pasted"),

    bad("unknown channel", Set("Kanaal", "Fax"), "a channel the mapping does not know"),
    bad("required field empty", Set("Datum indiening", ""), "a case without a day of submission counts nowhere"),
    bad("case number twice", Again("Kanaal", "Post"), "the same number again in one file, with another channel"),
    bad("negative term", Set("Termijn (dagen)", "-15"), "a term cannot be negative"),
    bad("text in a number", Set("Termijn (dagen)", "vijftien"), "words where a number belongs"),
    bad("thousands separators", Set("Aantal aanvullingen", "1.00.0,5"), "separators in the wrong places: no number at all"),

    bad("unknown product", Set("Product", "Huwelijksaangifte"), "a product the catalogue of this project does not have"),
    bad("unknown code", Set("NIS-code", "99999"), "not a code of any municipality"),
    bad("impossible date", Set("Datum afsluiting", "30/02/{y} 16:00:00"), "February has no 30th"),
    bad("date outside the files", Set("Datum indiening", "01/01/1900 00:00:00"), "the default of an empty date in an old system"),
    bad("code dissolved", Set("NIS-code", "12030"), "Puurs went into Puurs-Sint-Amands (12041) in 2019"),
    bad("required field empty", Set("Dossiernummer", ""), "without a number a row cannot be matched with itself later"),

    bad("absurd term", Set("Termijn (dagen)", "99999999999"), "larger than any term, and than the column"),
    bad("impossible time", Set("Datum indiening", "14/03/{y} 25:61:00"), "no such hour, no such minute"),
    bad("unknown yes or no", Set("Heropend", "misschien"), "neither J nor N"),
    bad("spreadsheet date", Set("Datum indiening", "45292"), "a spreadsheet's day number instead of a date"),
    bad("leading zero lost", Set("NIS-code", "1101"), "a spreadsheet cut a code of five digits"),
    bad("text in a number", Set("Aantal aanvullingen", "twee"), "words where a number belongs"),

    bad("two-digit year", Set("Datum indiening", "14/03/24 10:00:00"), "year 24 is not 2024"),
    bad("closed before received", Set("Datum afsluiting", "15/06/2020 11:00:00"), "the year was typed wrong"),
    bad("unknown code", Set("NIS-code", "BE23444021"), "the European code instead of the Belgian"),
    bad("unknown channel", Set("Kanaal", "Postduif"), "a joke in the test environment that went live"),
    bad("case number twice", Again("Kanaal", "Telefoon"), "the same number again in one file, with another channel"),
    bad("field too many", AddField("Product"), "an unquoted `;` inside a product name"),

    bad("code dissolved", Set("NIS-code", "44072"), "Waarschoot went into Lievegem (44085) in 2019"),
    bad("required field empty", Set("NIS-code", "n.v.t."), "a placeholder where a code must stand"),
    bad("field missing", DropField("Start termijn"), "a column forgotten in one row"),
    bad("day and month swapped", Set("Uiterste datum", "12/31/{y}"), "an American date: there is no month 31"),
    bad("unknown product", Set("Product", "Attest van w??nst"), "the encoding was lost on the way"),
    bad("negative term", Set("Aantal aanvullingen", "-1"), "fewer than no supplements"),
];

/// Traces of the event logs, in turn.
#[rustfmt::skip]
pub const TRACES: [Bad; 12] = [
    bad("required field empty", Remove("concept:name"), "a trace without a case number"),
    bad("unknown code", Set("gemeente_nis", "00000"), "the code of nobody"),
    bad("code dissolved", Set("gemeente_nis", "44036"), "Lovendegem went into Lievegem (44085) in 2019"),

    bad("impossible date", Set("datum_indiening", "{y}-02-31T10:00:00.000+01:00"), "February has no 31st"),
    bad("unknown channel", Set("kanaal", "Duif"), "a channel the mapping does not know"),
    bad("negative term", Set("termijn_dagen", "-60"), "a term cannot be negative"),

    bad("closed before received", Set("datum_afsluiting", "2019-05-02T10:00:00.000+02:00"), "the end of another case"),
    bad("text in a number", Set("termijn_dagen", "zestig"), "words where a number belongs"),
    bad("unknown procedure", Set("procedure", "uitgebreid"), "a procedure no municipality has"),

    bad("required field empty", Remove("datum_indiening"), "a case without a day of submission counts nowhere"),
    bad("case number twice", Again("kanaal", "Analoog (post)"), "the same trace again in one log, with another channel"),
    bad("impossible date", Set("uiterste_datum", "{y}-13-01"), "there is no month 13"),
];

/// A good CSV line, spoiled. `line` ends with CRLF and holds no quotes; `number` is the case number to give it.
pub fn row(bad: &Bad, line: &[u8], header: &[&str], number: &str, year: i32) -> Vec<u8> {
    let text = line.strip_suffix(b"\r\n").unwrap_or(line);
    let mut fields: Vec<Vec<u8>> = text
        .split(|byte| *byte == b';')
        .map(<[u8]>::to_vec)
        .collect();
    let at = |column: &str| header.iter().position(|name| *name == column).unwrap_or(0);
    if !matches!(bad.spoil, Again(..)) {
        fields[0] = number.as_bytes().to_vec();
    }
    match bad.spoil {
        Set(column, value) => {
            fields[at(column)] = value.replace("{y}", &year.to_string()).into_bytes()
        }
        Again(column, value) => fields[at(column)] = value.as_bytes().to_vec(),
        DropField(column) => drop(fields.remove(at(column))),
        AddField(column) => fields.insert(at(column), b"extra".to_vec()),
        Remove(column) => fields[at(column)].clear(),
    }
    [fields.join(&b';'), b"\r\n".to_vec()].concat()
}

/// A good trace, spoiled.
pub fn trace(bad: &Bad, trace: &str, number: &str, year: i32) -> String {
    let numbered = if matches!(bad.spoil, Again(..)) {
        trace.to_string()
    } else {
        set(trace, "concept:name", number)
    };
    match bad.spoil {
        Set(key, value) => set(&numbered, key, &value.replace("{y}", &year.to_string())),
        Again(key, value) => set(&numbered, key, value),
        Remove(key) | DropField(key) | AddField(key) => match element(&numbered, key) {
            Some((start, _, _)) => {
                let end = numbered[start..]
                    .find('\n')
                    .map_or(numbered.len(), |end| start + end + 1);
                [&numbered[..start], &numbered[end..]].concat()
            }
            None => numbered,
        },
    }
}

/// The first attribute with this key gets this value; one that is not there is added before the events.
fn set(trace: &str, key: &str, value: &str) -> String {
    match element(trace, key) {
        Some((_, from, until)) => [&trace[..from], value, &trace[until..]].concat(),
        None => trace.replacen(
            "  <event>",
            &format!("  <string key=\"{key}\" value=\"{value}\"/>\n  <event>"),
            1,
        ),
    }
}

/// Start of the line, and start and end of the value, of the first attribute with this key.
fn element(trace: &str, key: &str) -> Option<(usize, usize, usize)> {
    let mark = format!("key=\"{key}\" value=\"");
    let found = trace.find(&mark)?;
    let start = trace[..found].rfind('\n').map_or(0, |end| end + 1);
    let from = found + mark.len();
    Some((start, from, from + trace[from..].find('"')?))
}
