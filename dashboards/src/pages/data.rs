//! data: the releases, at addresses that stay.

use askama::Template;
use beleidsinfo_warehouse::release::Release;

use crate::number;
use crate::page::Page;
use crate::trouble::Outcome;

pub struct File {
    pub name: String,
    pub href: String,
    pub size: String,
    pub short: String,
    pub hash: String,
}

pub struct Version {
    pub version: String,
    pub published: String,
    pub cutoff: String,
    pub span: String,
    pub rows: String,
    pub synthetic: bool,
    pub files: Vec<File>,
}

pub struct Dataset {
    pub id: String,
    pub title: String,
    pub definition: String,
    pub method: String,
    pub newest: String,
    pub licence: String,
    pub publisher: String,
    pub contact: String,
    pub contact_href: String,
    pub first: Version,
    pub older: Vec<Version>,
}

#[derive(Template)]
#[template(path = "data.html")]
struct Data {
    page: Page,
    datasets: Vec<Dataset>,
}

/// `releases` newest first.
pub fn render(mut page: Page, releases: &[Release]) -> Outcome<String> {
    page.synthetic |= releases.iter().any(|r| r.synthetic);
    let mut ids: Vec<&str> = releases.iter().map(|r| r.dataset.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let datasets = ids
        .into_iter()
        .filter_map(|id| {
            let mut of = releases.iter().filter(|r| r.dataset == id);
            let first = of.next()?;
            Some(Dataset {
                id: id.to_string(),
                title: first.title.get(page.words.language).to_string(),
                definition: first.definition.get(page.words.language).to_string(),
                method: first
                    .method
                    .as_ref()
                    .map_or_else(String::new, |m| m.get(page.words.language).to_string()),
                newest: format!("/data/{id}"),
                licence: first.licence.clone(),
                publisher: first.publisher.clone(),
                contact: first.contact.clone(),
                contact_href: if first.contact.contains('@') && !first.contact.contains(':') {
                    format!("mailto:{}", first.contact)
                } else {
                    String::new()
                },
                first: version(&page, first),
                older: of.map(|r| version(&page, r)).collect(),
            })
        })
        .collect();
    Ok(Data { page, datasets }.render()?)
}

fn version(page: &Page, release: &Release) -> Version {
    let language = page.words.language;
    let last = release.period_end.pred_opt().unwrap_or(release.period_end);
    let whole = |n: u64| number::whole(i64::try_from(n).unwrap_or(i64::MAX), language);
    Version {
        version: release.version.clone(),
        published: number::date(release.published_at.date_naive(), language),
        cutoff: number::date(release.cutoff_on, language),
        span: format!(
            "{} – {}",
            number::short_date(release.period_start, language),
            number::short_date(last, language)
        ),
        rows: page.words.with(
            "release-rows",
            &[
                ("rows", &whole(release.rows)),
                ("hidden", &whole(release.suppressed)),
                ("group", &whole(release.minimum_group.into())),
            ],
        ),
        synthetic: release.synthetic,
        files: release
            .files
            .iter()
            .map(|f| File {
                name: f.name.clone(),
                href: format!("/data/{}/{}/{}", release.dataset, release.version, f.name),
                size: number::bytes(f.bytes, language),
                short: f.sha256.chars().take(12).collect(),
                hash: f.sha256.clone(),
            })
            .collect(),
    }
}
