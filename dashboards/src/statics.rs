//! statics: the files pages need, carried in the program; their names hold their hash, so they may be kept for ever.

use std::sync::LazyLock;

use beleidsinfo_warehouse::pack::sha256_hex;

const STYLE: &str = include_str!("../static/style.css");
const SCRIPT: &str = include_str!("../static/choose.js");
const FONT: &[u8] = include_bytes!("../static/inter.woff2");
const LICENCE: &str = include_str!("../static/inter.LICENSE.txt");
const ICON: &str = include_str!("../static/icon.svg");

pub struct Addresses {
    pub style: String,
    pub script: String,
    pub font: String,
    style_text: String,
}

static ADDRESSES: LazyLock<Addresses> = LazyLock::new(|| {
    let short = |bytes: &[u8]| sha256_hex(bytes)[..12].to_string();
    let font = format!("/static/inter-{}.woff2", short(FONT));
    let style_text = STYLE.replace("/static/inter.woff2", &font);
    Addresses {
        style: format!("/static/style-{}.css", short(style_text.as_bytes())),
        script: format!("/static/choose-{}.js", short(SCRIPT.as_bytes())),
        font,
        style_text,
    }
});

pub fn addresses() -> &'static Addresses {
    &ADDRESSES
}

/// Media type and bytes of a static file.
pub fn find(path: &str) -> Option<(&'static str, &'static [u8])> {
    let at = addresses();
    Some(match path {
        p if p == at.style => ("text/css; charset=utf-8", at.style_text.as_bytes()),
        p if p == at.script => ("text/javascript; charset=utf-8", SCRIPT.as_bytes()),
        p if p == at.font => ("font/woff2", FONT),
        "/static/inter.LICENSE.txt" => ("text/plain; charset=utf-8", LICENCE.as_bytes()),
        "/static/icon.svg" => ("image/svg+xml", ICON.as_bytes()),
        _ => return None,
    })
}
