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
    let counted = indicator.counted.get(language);
    let value = figure.value.map(|v| {
        format!(
            "{} {}",
            number(v, indicator.decimals(), language),
            unit(&indicator.unit, language)
        )
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
                format!("{n} {counted} liggen zeker hier; andere zijn geregistreerd bij {whole}, en zeggen niet in welk deel ze liggen. Een getal zou te klein zijn.")
            } else {
                format!("{n} {counted} surely lie here; others are recorded under {whole}, and do not say in which part they lie. A number would be too small.")
            }
        }
        (State::Missing, Kind::Rate) if figure.numerator.is_some() => {
            if nl {
                format!("er zijn {n} {counted}, maar het aantal inwoners van dit grondgebied op 1 januari is niet gekend.")
            } else {
                format!("there are {n} {counted}, but the population of this territory on 1 January is not known.")
            }
        }
        (State::Missing, _) if nl => "er zijn geen gegevens: geen enkele levering bevat iets over deze gemeente voor deze indicator.".into(),
        (State::Missing, _) => "there is no data: no delivery holds anything about this municipality for this indicator.".into(),
        (State::NotApplicable, Kind::Survival) if figure.n > 0 && nl => format!("van de {n} {counted} zijn er te weinig afgerond om dit te schatten."),
        (State::NotApplicable, Kind::Survival) if figure.n > 0 => format!("too few of the {n} {counted} have ended to estimate this."),
        (State::NotApplicable, _) if nl => format!("er zijn geen {counted} om te meten, dus is er niets te delen."),
        (State::NotApplicable, _) => format!("there are no {counted} to measure, so there is nothing to divide."),
        (State::Zero, _) if nl => format!("geen {counted}: dit is een gemeten nul."),
        (State::Zero, _) => format!("no {counted}: this is a measured zero."),
        (_, Kind::Share) if nl => format!("bij {numerator} van de {denominator} {counted} is dat zo: {numerator} / {denominator} = {value}."),
        (_, Kind::Share) => format!("it is so for {numerator} of {denominator} {counted}: {numerator} / {denominator} = {value}."),
        (_, Kind::Count) if nl => format!("{n} {counted} geteld."),
        (_, Kind::Count) => format!("{n} {counted} counted."),
        (_, Kind::Stock) if nl => format!("{n} {counted} op de laatste dag."),
        (_, Kind::Stock) => format!("{n} {counted} on the last day."),
        (_, Kind::Sum) if nl => format!("de som over {n} {counted} is {value}."),
        (_, Kind::Sum) => format!("the sum over {n} {counted} is {value}."),
        (_, Kind::Mean) if nl => format!("het gemiddelde over {n} {counted} is {value}."),
        (_, Kind::Mean) => format!("the mean over {n} {counted} is {value}."),
        (_, Kind::Quantile) => {
            let share = indicator.quantile.unwrap_or(0.5) * 100.0;
            match (nl, share == 50.0) {
                (true, true) => format!("de helft van de {n} {counted} duurde hoogstens {value}: dat is de mediaan."),
                (true, false) => format!("{} % van de {n} {counted} duurde hoogstens {value}.", number(share, 0, language)),
                (false, true) => format!("half of the {n} {counted} took at most {value}: that is the median."),
                (false, false) => format!("{} % of the {n} {counted} took at most {value}.", number(share, 0, language)),
            }
        }
        (_, Kind::Rate) if nl => format!("{numerator} {counted} op {denominator} inwoners: {numerator} / {denominator} × {} = {value}.", number(f64::from(indicator.per.unwrap_or(1)), 0, language)),
        (_, Kind::Rate) => format!("{numerator} {counted} on {denominator} inhabitants: {numerator} / {denominator} × {} = {value}.", number(f64::from(indicator.per.unwrap_or(1)), 0, language)),
        (_, Kind::Balance) if nl => format!("{numerator} erbij en {denominator} eraf: {numerator} − {denominator} = {value}."),
        (_, Kind::Balance) => format!("{numerator} came in and {denominator} went out: {numerator} − {denominator} = {value}."),
        (_, Kind::Survival) => {
            let share = number(indicator.quantile.unwrap_or(0.5) * 100.0, 0, language);
            if nl {
                format!("van de {n} {counted} zijn er {numerator} afgerond; geschat met de open {counted} erbij (Kaplan-Meier) is {share} % klaar na {value}.")
            } else {
                format!("of the {n} {counted}, {numerator} have ended; with the open ones counted in (Kaplan-Meier), {share} % are estimated to have ended after {value}.")
            }
        }
        (_, Kind::Ratio) => format!("{numerator} / {denominator} = {value}."),
    };
    format!("{region}, {period}: {body}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_each_language_writes_them() {
        assert_eq!(number(1234567.25, 1, Language::Nl), "1.234.567,2");
        assert_eq!(number(1234567.25, 1, Language::En), "1,234,567.2");
        assert_eq!(number(-0.04, 1, Language::Nl), "0,0");
        assert_eq!(number(-3.5, 1, Language::Nl), "−3,5");
        assert_eq!(number(999.0, 0, Language::Nl), "999");
    }
}
