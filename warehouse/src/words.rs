//! words: sentences made from numbers, by templates in both languages. Pure.

use crate::figure::{Figure, State};
use crate::indicator::{Indicator, Kind};
use crate::language::{Language, Text};
use crate::prove::decimal;

/// A number for people: `1.234,5` in Dutch, `1,234.5` in English; never `-0`.
pub fn number(value: f64, decimals: usize, language: Language) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let (thousands, point) = match language {
        Language::Nl => ('.', ','),
        Language::En => (',', '.'),
    };
    let mut out = String::new();
    if value < 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
        out.push('−');
    }
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push(thousands);
        }
        out.push(digit);
    }
    if !rest.is_empty() {
        out.push(point);
        out.push_str(rest);
    }
    out
}

/// The unit as a word after a number.
pub fn unit(unit: &str, language: Language) -> &str {
    match (unit, language) {
        ("days", Language::Nl) => "dagen",
        ("hours", Language::Nl) => "uren",
        ("months", Language::Nl) => "maanden",
        ("cases", Language::Nl) => "dossiers",
        ("eur", _) => "euro",
        ("per_1000", Language::Nl) => "per 1.000 inwoners",
        ("per_1000", Language::En) => "per 1,000 inhabitants",
        ("ratio" | "count", _) => "",
        (other, _) => other,
    }
}

/// The same after a number as it is written: `1 dag`.
fn unit_of<'a>(name: &'a str, number: &str, language: Language) -> &'a str {
    match (number, name, language) {
        ("1", "days", Language::Nl) => "dag",
        ("1", "days", Language::En) => "day",
        ("1", "hours", Language::Nl) => "uur",
        ("1", "hours", Language::En) => "hour",
        ("1", "months", Language::Nl) => "maand",
        ("1", "months", Language::En) => "month",
        ("1", "cases", Language::Nl) => "dossier",
        ("1", "cases", Language::En) => "case",
        _ => unit(name, language),
    }
}

/// How a figure came about, in one sentence.
///
/// `torn` is the name of the municipality that its ground is now part of, for a figure that cannot be split from it.
pub(crate) fn calculation(
    indicator: &Indicator,
    figure: &Figure,
    region: &str,
    torn: Option<&str>,
) -> Text {
    let sentence = |language| calculation_in(indicator, figure, region, torn, language);
    Text::new(sentence(Language::Nl), sentence(Language::En))
}

fn calculation_in(
    indicator: &Indicator,
    figure: &Figure,
    region: &str,
    torn: Option<&str>,
    language: Language,
) -> String {
    let period = figure.address.period.label(language);
    let n = number(figure.n as f64, 0, language);
    // `1 dossier`, `12 dossiers`, and in Dutch `van 1 dossier`, `van de 12 dossiers`.
    let many = |number: &str| format!("{number} {}", indicator.counted(number, language));
    let of = |number: &str| match number {
        "1" => format!("van {}", many(number)),
        _ => format!("van de {}", many(number)),
    };
    let one = figure.n == 1;
    let facts = many(&n);
    let counted = indicator.counted.get(language);
    let value = figure.value.map(|v| {
        let text = number(v, indicator.decimals(), language);
        format!("{text} {}", unit_of(&indicator.unit, &text, language))
    });
    let value = value.as_deref().unwrap_or_default().trim();
    let part = |x: Option<i128>| {
        x.map_or_else(String::new, |x| {
            number(decimal(x).parse().unwrap_or(0.0), 0, language)
        })
    };
    let (numerator, denominator) = (part(figure.numerator), part(figure.denominator));
    let nl = language == Language::Nl;
    let torn = torn.filter(|_| indicator.is_torn(figure));
    let body = match (figure.state, indicator.kind) {
        (State::NotApplicable, _) if let Some(whole) = torn => {
            if nl {
                format!("{facts} {} zeker hier; andere zijn geregistreerd bij {whole}, en zeggen niet in welk deel ze liggen. Een getal zou te klein zijn.", if one { "ligt" } else { "liggen" })
            } else {
                format!("{facts} surely {} here; others are recorded under {whole}, and do not say in which part they lie. A number would be too small.", if one { "lies" } else { "lie" })
            }
        }
        (State::Missing, Kind::Rate) if figure.numerator.is_some() => {
            if nl {
                format!("{} {}, maar het aantal inwoners van dit grondgebied op 1 januari is niet gekend.", if numerator == "1" { "er is" } else { "er zijn" }, many(&numerator))
            } else {
                format!("{} {}, but the population of this territory on 1 January is not known.", if numerator == "1" { "there is" } else { "there are" }, many(&numerator))
            }
        }
        (State::Missing, _) if nl => "er zijn geen gegevens: geen enkele levering bevat iets over deze gemeente voor deze indicator.".into(),
        (State::Missing, _) => "there is no data: no delivery holds anything about this municipality for this indicator.".into(),
        (State::NotApplicable, Kind::Survival) if figure.n > 0 && nl => format!("{} zijn er te weinig afgerond om dit te schatten.", of(&n)),
        (State::NotApplicable, Kind::Survival) if figure.n > 0 => format!("too few of the {facts} have ended to estimate this."),
        (State::NotApplicable, _) if nl => format!("er zijn geen {counted} om te meten, dus is er niets te delen."),
        (State::NotApplicable, _) => format!("there are no {counted} to measure, so there is nothing to divide."),
        (State::Zero, _) if nl => format!("geen {counted}: dit is een gemeten nul."),
        (State::Zero, _) => format!("no {counted}: this is a measured zero."),
        (_, Kind::Share) if nl => format!("bij {numerator} {} is dat zo: {numerator} / {denominator} = {value}.", of(&denominator)),
        (_, Kind::Share) => format!("it is so for {numerator} of {}: {numerator} / {denominator} = {value}.", many(&denominator)),
        (_, Kind::Count) if nl => format!("{facts} geteld."),
        (_, Kind::Count) => format!("{facts} counted."),
        (_, Kind::Stock) if nl => format!("{facts} op de laatste dag."),
        (_, Kind::Stock) => format!("{facts} on the last day."),
        (_, Kind::Sum) if nl => format!("de som over {facts} is {value}."),
        (_, Kind::Sum) => format!("the sum over {facts} is {value}."),
        (_, Kind::Mean) if nl => format!("het gemiddelde over {facts} is {value}."),
        (_, Kind::Mean) => format!("the mean over {facts} is {value}."),
        (_, Kind::Quantile) if one && nl => format!("{facts} duurde {value}."),
        (_, Kind::Quantile) if one => format!("{facts} took {value}."),
        (_, Kind::Quantile) => {
            let share = indicator.quantile.unwrap_or(0.5) * 100.0;
            match (nl, share == 50.0) {
                (true, true) => format!("de helft van de {facts} duurde hoogstens {value}: dat is de mediaan."),
                (true, false) => format!("{} % van de {facts} duurde hoogstens {value}.", number(share, 0, language)),
                (false, true) => format!("half of the {facts} took at most {value}: that is the median."),
                (false, false) => format!("{} % of the {facts} took at most {value}.", number(share, 0, language)),
            }
        }
        (_, Kind::Rate) if nl => format!("{} op {denominator} inwoners: {numerator} / {denominator} × {} = {value}.", many(&numerator), number(f64::from(indicator.per.unwrap_or(1)), 0, language)),
        (_, Kind::Rate) => format!("{} on {denominator} inhabitants: {numerator} / {denominator} × {} = {value}.", many(&numerator), number(f64::from(indicator.per.unwrap_or(1)), 0, language)),
        (_, Kind::Balance) if nl => format!("{numerator} erbij en {denominator} eraf: {numerator} − {denominator} = {value}."),
        (_, Kind::Balance) => format!("{numerator} came in and {denominator} went out: {numerator} − {denominator} = {value}."),
        (_, Kind::Survival) => {
            let share = number(indicator.quantile.unwrap_or(0.5) * 100.0, 0, language);
            if nl {
                format!("{} zijn er {numerator} afgerond; geschat met de open {counted} erbij (Kaplan-Meier) is {share} % klaar na {value}.", of(&n))
            } else {
                format!("of the {facts}, {numerator} have ended; with the open ones counted in (Kaplan-Meier), {share} % are estimated to have ended after {value}.")
            }
        }
        (_, Kind::Ratio) => format!("{numerator} / {denominator} = {value}."),
    };
    format!("{region}, {period}: {body}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::{Address, Status};

    #[test]
    fn numbers_read_as_each_language_writes_them() {
        assert_eq!(number(1234567.25, 1, Language::Nl), "1.234.567,2");
        assert_eq!(number(1234567.25, 1, Language::En), "1,234,567.2");
        assert_eq!(number(-0.04, 1, Language::Nl), "0,0");
        assert_eq!(number(-3.5, 1, Language::Nl), "−3,5");
        assert_eq!(number(999.0, 0, Language::Nl), "999");
    }

    /// What is said of so many facts, without the place and period before it.
    fn told(kind: &str, n: i64, of: [i128; 2], value: f64) -> [String; 2] {
        let toml = format!(
            "version = \"1.0.0\"\ntitle = {{ nl = \"x\", en = \"x\" }}\nquestion = {{ nl = \"x\", en = \"x\" }}\n\
             definition = {{ nl = \"x\", en = \"x\" }}\ncounted = {{ nl = \"dossiers\", en = \"cases\" }}\n\
             counted_one = {{ nl = \"dossier\", en = \"case\" }}\n{kind}\nslices = [[]]\nperiods = [\"year\"]\n\
             direction = \"neutral\"\nfinal_after = \"P30D\"\nminimum_group = 5\nowner = \"x\"\nreviewed_on = 2026-01-01\n"
        );
        let indicator = Indicator::parse("t", "i", "i", &toml, "").expect("an indicator");
        let figure = Figure {
            address: Address::parse("i/1.0.0/2025/2025-01-01/12041").expect("an address"),
            run_from: 1,
            run_until: None,
            n,
            numerator: Some(of[0] * 1_000_000),
            denominator: Some(of[1] * 1_000_000),
            value: Some(value),
            state: State::Value,
            status: Status::Final,
            completeness: None,
            cutoff_on: chrono::NaiveDate::default(),
        };
        Language::ALL.map(|language| {
            let told = calculation_in(&indicator, &figure, "Puurs", None, language);
            told.replace("Puurs, 2025: ", "")
        })
    }

    #[test]
    fn one_is_said_in_the_singular() {
        let share = "kind = \"share\"\nunit = \"%\"\ndecimals = 0";
        assert_eq!(
            told(share, 1, [1, 1], 100.0),
            [
                "bij 1 van 1 dossier is dat zo: 1 / 1 = 100 %.",
                "it is so for 1 of 1 case: 1 / 1 = 100 %."
            ]
        );
        assert_eq!(
            told(share, 4, [1, 4], 25.0)[0],
            "bij 1 van de 4 dossiers is dat zo: 1 / 4 = 25 %."
        );
        let count = "kind = \"count\"\nunit = \"cases\"";
        assert_eq!(told(count, 1, [1, 1], 1.0)[0], "1 dossier geteld.");
        assert_eq!(told(count, 2, [2, 1], 2.0)[1], "2 cases counted.");
        let median = "kind = \"quantile\"\nquantile = 0.5\nunit = \"days\"\ndecimals = 0";
        assert_eq!(
            told(median, 1, [1, 1], 1.0),
            ["1 dossier duurde 1 dag.", "1 case took 1 day."]
        );
        // What a rate adds up, and not how many rows say it.
        let rate = "kind = \"rate\"\ndenominator = \"population\"\nper = 1000\nunit = \"per_1000\"\ndecimals = 1";
        assert_eq!(
            told(rate, 1, [416, 87_927], 4.7)[0],
            "416 dossiers op 87.927 inwoners: 416 / 87.927 × 1.000 = 4,7 per 1.000 inwoners."
        );
    }
}
