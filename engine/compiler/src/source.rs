//! Source text: line index and positions.

use engine_code::Position;
use ruff_text_size::{TextRange, TextSize};

use crate::tree::Tree;

/// The text being compiled and the starts of its lines; or a tree without a text.
pub struct Source<'s> {
    /// The text, newlines normalized to `\n`.
    pub text: &'s str,
    /// The file name for messages and code objects.
    pub filename: std::sync::Arc<str>,
    starts: Vec<u32>,
    /// What stands for the text of a tree that has none.
    pub tree: Option<&'s Tree>,
}

impl<'s> Source<'s> {
    /// Indexes the lines of a text.
    pub fn new(text: &'s str, filename: &str) -> Source<'s> {
        let mut starts = vec![0];
        starts.extend(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i as u32 + 1));
        Source { text, filename: filename.into(), starts, tree: None }
    }

    /// No text: what the ranges of a tree mean says the tree.
    pub fn of_tree(tree: &'s Tree, filename: &str) -> Source<'s> {
        Source { text: "", filename: filename.into(), starts: vec![0], tree: Some(tree) }
    }

    /// Line (from 1) and column in bytes (from 0).
    pub fn line_col(&self, offset: TextSize) -> (u32, u32) {
        if let Some(tree) = self.tree {
            return tree.line_col(offset);
        }
        let offset = offset.to_u32();
        let line = self.starts.partition_point(|&start| start <= offset);
        (line as u32, offset - self.starts[line - 1])
    }

    /// Line (from 1).
    pub fn line(&self, offset: TextSize) -> u32 {
        self.line_col(offset).0
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
        Position { line, end_line, col, end_col }
    }

    /// The range between two points, in whatever order a tree has them.
    pub fn between(start: TextSize, end: TextSize) -> TextRange {
        TextRange::new(start, end.max(start))
    }

    /// The text of a range.
    pub fn slice(&self, range: TextRange) -> &'s str {
        self.text.get(range.start().to_usize()..range.end().to_usize()).unwrap_or("")
    }
}
