//! similar: which municipalities are most alike: features standardised over all that have every one, and the distance in
//! them. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Error, Result};

/// One thing municipalities are compared by: a number for each, in any unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    pub name: String,
    pub values: BTreeMap<String, f64>,
}

/// Features made comparable: of each the mean is 0 and the standard deviation 1 over the municipalities that have them all.
#[derive(Debug, Clone, PartialEq)]
pub struct Standardised {
    pub features: Vec<Scale>,
    /// Per municipality its z-scores, in the order of the features.
    pub scores: BTreeMap<String, Vec<f64>>,
    /// Of those left out: the features they lack.
    pub lacking: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    pub name: String,
    pub mean: f64,
    /// Of the whole population (divided by n, not n − 1): the municipalities are all there are.
    pub deviation: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Near {
    pub code: String,
    /// Euclidean, in standard deviations.
    pub distance: f64,
}

/// Standardises features over all municipalities that have every one.
///
/// Errors: no features; two of one name; a feature nobody has; fewer than two municipalities with all; a feature that is the
/// same everywhere.
pub fn standardise(features: &[Feature]) -> Result<Standardised> {
    let doing = || Error::input("cannot compare municipalities by these features");
    if features.is_empty() {
        return Err(doing().because("there are none").hint(
            "name features in the file, such as [[features]] with population = \"2025-01-01\"",
        ));
    }
    let mut names = BTreeSet::new();
    for feature in features {
        if !names.insert(&feature.name) {
            return Err(doing().because(format!("`{}` is there twice", feature.name)));
        }
        if let Some((code, _)) = feature.values.iter().find(|(_, v)| !v.is_finite()) {
            return Err(doing().because(format!("`{}` of {code} is no number", feature.name)));
        }
    }
    let absent: Vec<&str> = features
        .iter()
        .filter(|f| f.values.is_empty())
        .map(|f| f.name.as_str())
        .collect();
    if !absent.is_empty() {
        return Err(doing()
            .because(format!("no municipality has {}", absent.join(", ")))
            .hint("look at the period, the day and the territory: the figures must stand there"));
    }
    let all: BTreeSet<&String> = features.iter().flat_map(|f| f.values.keys()).collect();
    let (mut whole, mut lacking) = (Vec::new(), BTreeMap::new());
    for code in all {
        let lacks: Vec<String> = features
            .iter()
            .filter(|f| !f.values.contains_key(code))
            .map(|f| f.name.clone())
            .collect();
        match lacks.is_empty() {
            true => whole.push(code),
            false => drop(lacking.insert(code.clone(), lacks)),
        }
    }
    if whole.len() < 2 {
        return Err(doing().because(format!(
            "{} municipalities have all of them; {} lack one or more",
            whole.len(),
            lacking.len()
        )));
    }
    let count = whole.len() as f64;
    let mut scales = Vec::new();
    for feature in features {
        let values = || whole.iter().map(|code| feature.values[*code]);
        let mean = values().sum::<f64>() / count;
        let deviation = (values().map(|v| (v - mean).powi(2)).sum::<f64>() / count).sqrt();
        if values().all(|v| v == feature.values[whole[0]]) {
            return Err(doing()
                .because(format!("`{}` is the same everywhere", feature.name))
                .hint("leave it out: it tells no municipality from another"));
        }
        scales.push(Scale {
            name: feature.name.clone(),
            mean,
            deviation,
        });
    }
    let score = |code: &String| {
        let each = features.iter().zip(&scales);
        each.map(|(f, s)| (f.values[code] - s.mean) / s.deviation)
            .collect()
    };
    let scores = whole.iter().map(|code| ((*code).clone(), score(code)));
    Ok(Standardised {
        scores: scores.collect(),
        features: scales,
        lacking,
    })
}

impl Standardised {
    /// The `most` that are nearest to `code`, itself left out; of two as near the lower code first. `None`: it was left out.
    pub fn nearest(&self, code: &str, most: usize) -> Option<Vec<Near>> {
        let own = self.scores.get(code)?;
        let others = self.scores.iter().filter(|(other, _)| *other != code);
        let mut near: Vec<Near> = others
            .map(|(other, scores)| {
                let squares = own.iter().zip(scores).map(|(a, b)| (a - b).powi(2));
                Near {
                    code: other.clone(),
                    distance: squares.sum::<f64>().sqrt(),
                }
            })
            .collect();
        near.sort_by(|a, b| {
            let order = a.distance.total_cmp(&b.distance);
            order.then_with(|| a.code.cmp(&b.code))
        });
        near.truncate(most);
        Some(near)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feature(name: &str, values: &[(&str, f64)]) -> Feature {
        Feature {
            name: name.into(),
            values: values.iter().map(|(c, v)| (c.to_string(), *v)).collect(),
        }
    }

    /// Worked by hand. x: 2 4 4 6, mean 4, deviations −2 0 0 2, variance (4+0+0+4)/4 = 2, deviation √2: z = −√2 0 0 √2.
    /// y: 1 1 3 3, mean 2, variance 1: z = −1 −1 1 1. From a: to b √(2+0) = 1.414214, to c √(2+4) = 2.449490, to d
    /// √(8+4) = 3.464102. From b: to a √2, to c 2, to d √(2+4).
    #[test]
    fn distances_worked_by_hand() {
        let features = [
            feature(
                "x",
                &[("a", 2.0), ("b", 4.0), ("c", 4.0), ("d", 6.0), ("e", 9.0)],
            ),
            feature("y", &[("a", 1.0), ("b", 1.0), ("c", 3.0), ("d", 3.0)]),
        ];
        let all = standardise(&features).expect("features");
        // e lacks y: it is left out of means and deviations too.
        assert_eq!(
            all.lacking,
            BTreeMap::from([("e".into(), vec!["y".into()])])
        );
        assert_eq!((all.features[0].mean, all.features[1].mean), (4.0, 2.0));
        assert!((all.features[0].deviation - 2f64.sqrt()).abs() < 1e-12);
        assert_eq!(all.features[1].deviation, 1.0);
        let told = |code| {
            let near = all.nearest(code, 10).expect("a municipality with all");
            let told = near.iter().map(|n| format!("{} {:.6}", n.code, n.distance));
            told.collect::<Vec<_>>().join(", ")
        };
        assert_eq!(told("a"), "b 1.414214, c 2.449490, d 3.464102");
        assert_eq!(told("b"), "a 1.414214, c 2.000000, d 2.449490");
        assert_eq!(all.nearest("a", 2).map(|n| n.len()), Some(2));
        assert_eq!(all.nearest("e", 10), None);
    }

    #[test]
    fn of_two_as_near_the_lower_code_comes_first() {
        let features = [feature("x", &[("m", 0.0), ("z", 1.0), ("b", -1.0)])];
        let near = standardise(&features)
            .and_then(|s| s.nearest("m", 10).ok_or_else(|| Error::not_found("m")));
        let codes: Vec<String> = near
            .expect("features")
            .into_iter()
            .map(|n| n.code)
            .collect();
        assert_eq!(codes, ["b", "z"]);
    }

    #[test]
    fn units_do_not_matter() {
        let small = [("a", 1.0), ("b", 2.0), ("c", 4.0), ("d", 9.0)];
        let large = small.map(|(c, v)| (c, v * 1000.0 + 7.0));
        let one = standardise(&[feature("x", &small)]).expect("features");
        let other = standardise(&[feature("x", &large)]).expect("features");
        for code in ["a", "b", "c", "d"] {
            let (one, other) = (one.nearest(code, 9), other.nearest(code, 9));
            for (a, b) in one.into_iter().flatten().zip(other.into_iter().flatten()) {
                assert_eq!(a.code, b.code);
                assert!((a.distance - b.distance).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn what_cannot_tell_municipalities_apart_is_refused() {
        let told = |features: &[Feature]| {
            let error = standardise(features).expect_err("refused");
            let cause = std::error::Error::source(&error);
            cause.map(|c| c.to_string()).unwrap_or_default()
        };
        let x = feature("x", &[("a", 1.0), ("b", 2.0)]);
        assert!(told(&[]).contains("there are none"));
        assert!(told(&[x.clone(), x.clone()]).contains("`x` is there twice"));
        assert!(told(&[x.clone(), feature("y", &[])]).contains("no municipality has y"));
        let same = feature("y", &[("a", 3.0), ("b", 3.0)]);
        assert!(told(&[x.clone(), same]).contains("`y` is the same everywhere"));
        let apart = feature("y", &[("c", 3.0), ("b", 3.0)]);
        assert!(told(&[x, apart]).contains("1 municipalities have all of them; 2 lack"));
    }
}
