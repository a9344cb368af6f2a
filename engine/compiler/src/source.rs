//! Source text: line index and positions.

use engine_code::Position;
use ruff_text_size::{TextRange, TextSize};

use crate::places::Places;

/// The text being compiled and the starts of its lines.
pub struct Source<'s> {
    /// The text, newlines normalized to `\n`.
    pub text: &'s str,
    /// The file name for messages and code objects.
    pub filename: std::sync::Arc<str>,
    starts: Vec<u32>,
    /// Where the code's positions are, if not in this text.
    places: Option<&'s Places>,
}

impl<'s> Source<'s> {
    /// Indexes the lines of a text.
    pub fn new(text: &'s str, filename: &str) -> Source<'s> {
        let mut starts = vec![0];
        starts.extend(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i as u32 + 1));
        Source { text, filename: filename.into(), starts, places: None }
    }

    /// The same, for a text whose nodes have their positions elsewhere.
    pub fn with_places(mut self, places: Option<&'s Places>) -> Source<'s> {
        self.places = places;
        self
    }

    /// Line (from 1) and column in bytes (from 0).
    pub fn line_col(&self, offset: TextSize) -> (u32, u32) {
        let offset = offset.to_u32();
        let line = self.starts.partition_point(|&start| start <= offset);
        (line as u32, offset - self.starts[line - 1])
    }

    /// Line (from 1).
    pub fn line(&self, offset: TextSize) -> u32 {
        let point = self.line_col(offset);
        self.places.map_or(point, |p| p.start(point)).0
    }

    /// Text of a line (from 1), newline included if there is one.
    pub fn line_text(&self, line: u32) -> &'s str {
        let Some(&start) = self.starts.get((line as usize).wrapping_sub(1)) else { return "" };
        let end = self.starts.get(line as usize).map_or(self.text.len(), |&e| e as usize);
        &self.text[start as usize..end]
    }

    /// The position of a range.
    pub fn position(&self, range: TextRange) -> Position {
        let (line, col) = self.line_col(range.start());
        let (end_line, end_col) = self.line_col(range.end());
        let position = Position { line, end_line, col, end_col };
        self.places.map_or(position, |p| p.position(position))
    }

    /// The text of a range.
    pub fn slice(&self, range: TextRange) -> &'s str {
        self.text.get(range.start().to_usize()..range.end().to_usize()).unwrap_or("")
    }
}
