//! suggest/personal: columns that probably say who somebody is. Their values never leave this file.

use super::words::tokens;

/// Why a column is taken to be personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Personal {
    /// Numbers of the national register (INSZ): eleven digits with a right check number.
    NationalNumber,
    Email,
    /// By the column's name only.
    Name,
}

impl Personal {
    pub fn what(self) -> &'static str {
        match self {
            Personal::NationalNumber => "national register numbers (INSZ, right by modulo 97)",
            Personal::Email => "e-mail addresses",
            Personal::Name => "by its name: who somebody is, or where to find them",
        }
    }
}

/// Words in a column's name that are about persons, in Dutch and English.
const WORDS: [&str; 36] = [
    "naam",
    "voornaam",
    "achternaam",
    "familienaam",
    "initialen",
    "aanvrager",
    "indiener",
    "melder",
    "klager",
    "burger",
    "bewoner",
    "contactpersoon",
    "behandelaar",
    "dossierbehandelaar",
    "rijksregisternummer",
    "rrn",
    "insz",
    "geboortedatum",
    "telefoon",
    "telefoonnummer",
    "gsm",
    "email",
    "mail",
    "adres",
    "name",
    "firstname",
    "lastname",
    "surname",
    "applicant",
    "birthdate",
    "phone",
    "mobile",
    "address",
    "iban",
    "resource",
    "responsible",
];
/// With one of these the name is that of a thing or an organisation.
const THINGS: [&str; 29] = [
    // XES calls every name of a thing concept:name.
    "concept",
    "gemeente",
    "dienst",
    "product",
    "straat",
    "street",
    "project",
    "organisatie",
    "afdeling",
    "bestand",
    "file",
    "column",
    "field",
    "department",
    "municipality",
    "entity",
    "agency",
    "supplier",
    "school",
    "organisation",
    "organization",
    "bedrijf",
    "company",
    "arrondissement",
    "provincie",
    "province",
    "gewest",
    "regio",
    "region",
];

pub(super) fn personal(name: &str, values: &[(&str, usize)], dates: bool) -> Option<Personal> {
    let filled: usize = values.iter().map(|(_, n)| n).sum();
    let share = |is: fn(&str) -> bool| -> bool {
        let count: usize = values
            .iter()
            .filter(|(text, _)| is(text))
            .map(|(_, n)| n)
            .sum();
        filled > 0 && count * 10 >= filled * 7
    };
    if share(is_national_number) {
        return Some(Personal::NationalNumber);
    }
    if share(is_email) {
        return Some(Personal::Email);
    }
    let words = tokens(name);
    let about = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let joined = words.concat();
    let person = about(&WORDS) || (words.len() > 1 && WORDS.contains(&joined.as_str()));
    let birth = joined.contains("geboorte") || joined.contains("birth");
    // "Datum ontvangst aanvrager" is a day; a day of birth is not just any day.
    ((person && !about(&THINGS) && !dates) || (birth && dates)).then_some(Personal::Name)
}

/// Whether this one text says who somebody is, whatever the rest of its column holds.
pub(super) fn is_of_a_person(text: &str) -> bool {
    is_national_number(text) || is_email(text)
}

/// Eleven digits, perhaps with dots and dashes, of which the last two are 97 less the rest modulo 97; for those born from
/// 2000 on with a 2 in front. Source: the national register, structure of the identification number.
fn is_national_number(text: &str) -> bool {
    if !text
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b' '))
    {
        return false;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.len() != 11 {
        return false;
    }
    let (Ok(birth), Ok(check)) = (digits[..9].parse::<u64>(), digits[9..].parse::<u64>()) else {
        return false;
    };
    check > 0
        && [birth, 2_000_000_000 + birth]
            .iter()
            .any(|number| 97 - number % 97 == check)
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty() && host.contains('.') && !text.contains(' ') && !host.contains('@')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, values: &[&str]) -> Option<Personal> {
        let values: Vec<_> = values.iter().map(|v| (*v, 1)).collect();
        personal(name, &values, false)
    }

    #[test]
    fn by_value_and_by_name() {
        // Made up for this test: no such persons.
        assert_eq!(
            found("nr", &["85.07.30-001.60", "00010100105", "00010100105"]),
            Some(Personal::NationalNumber)
        );
        assert_eq!(found("nr", &["85073000161", "12345678901"]), None);
        assert_eq!(
            found("x", &["a@example.org", "b@example.org"]),
            Some(Personal::Email)
        );
        for name in [
            "Naam",
            "Naam aanvrager",
            "voornaam",
            "E-mail",
            "Dossierbehandelaar",
            "Last name",
            "Adres",
        ] {
            assert_eq!(found(name, &["x"]), Some(Personal::Name), "{name}");
        }
        for name in [
            "Gemeentenaam",
            "Naam gemeente",
            "Productnaam",
            "Kanaal",
            "Supplier Name",
            "Dossiernummer",
        ] {
            assert_eq!(found(name, &["x"]), None, "{name}");
        }
        assert_eq!(
            personal("Geboortedatum", &[("01/01/1980", 1)], true),
            Some(Personal::Name)
        );
    }
}
