//! board: a list of tiles, read from a project's or a pack's `boards/*.toml`.

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::language::Text;
use crate::period::PeriodKind;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Board {
    /// The file's name.
    #[serde(skip)]
    pub id: String,
    pub title: Text,
    /// The question the board answers.
    pub question: Text,
    /// The theme it belongs to.
    pub theme: String,
    pub tiles: Vec<Tile>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tile {
    pub indicator: String,
    pub period: PeriodKind,
    /// A slice such as `channel=digital`; empty is the total.
    #[serde(default)]
    pub slice: String,
}

impl Board {
    pub fn parse(id: &str, path: &str, text: &str) -> Result<Self> {
        let mut board: Board = toml::from_str(text)
            .map_err(|e| Error::input(format!("cannot read board {path}")).because(e))?;
        board.id = id.to_string();
        Ok(board)
    }
}
