//! Positions of another text: a syntax tree is compiled by its unparsed text, and its nodes say where they really are.

use std::collections::BTreeMap;
use std::sync::Arc;

use engine_code::{Code, Const, Position};
use rustc_hash::FxHashMap;

/// A line (from 1) and a column in bytes.
type Point = (u32, u32);

/// Where the nodes of a text are in the text that they come from.
#[derive(Default, Debug)]
pub struct Places {
    exact: FxHashMap<(Point, Point), Position>,
    starts: BTreeMap<Point, Point>,
    ends: BTreeMap<Point, Point>,
    names: FxHashMap<String, String>,
}

impl Places {
    /// Says that the text writes the identifier `original`, which no text can hold, as `written`.
    pub fn rename(&mut self, written: String, original: String) {
        self.names.insert(written, original);
    }

    /// Gives code that was just made, and all in it, the names that the program knows.
    pub(crate) fn restore_names(&self, code: &mut Arc<Code>) {
        // Nobody else has it yet.
        let Some(code) = Arc::get_mut(code).filter(|_| !self.names.is_empty()) else { return };
        let restore = |name: &mut Arc<str>| {
            if let Some(original) = self.names.get(&**name) {
                *name = original.as_str().into();
            }
        };
        restore(&mut code.name);
        for names in [&mut code.varnames, &mut code.freevars, &mut code.big_locals, &mut code.names] {
            names.iter_mut().for_each(restore);
        }
        code.cellvars.iter_mut().for_each(|(name, _)| restore(name));
        code.qualname = code
            .qualname
            .split('.')
            .map(|part| self.names.get(part).map_or(part, String::as_str))
            .collect::<Vec<_>>()
            .join(".")
            .into();
        for constant in &mut code.consts {
            if let Const::Code(inner) = constant {
                self.restore_names(inner);
            }
        }
    }

    /// Adds a node. Of several that start at one place the outermost, which comes first, says where that is.
    pub fn add(&mut self, text: Position, original: Position) {
        let (start, end) = ((text.line, text.col), (text.end_line, text.end_col));
        self.exact.entry((start, end)).or_insert(original);
        self.starts.entry(start).or_insert((original.line, original.col));
        self.ends.entry(end).or_insert((original.end_line, original.end_col));
    }

    /// Adds a decorator's expression, whose statement begins at the `@` before it.
    pub fn add_decorator(&mut self, text: Position, original: Position) {
        let before = |p: Position| (p.line, p.col.saturating_sub(1));
        self.starts.entry(before(text)).or_insert(before(original));
    }

    /// The original place of a range of the text; ranges that are no node's go from the start of a node to the end of one.
    pub(crate) fn position(&self, text: Position) -> Position {
        let (start, end) = ((text.line, text.col), (text.end_line, text.end_col));
        if let Some(&original) = self.exact.get(&(start, end)) {
            return original;
        }
        let (line, col) = self.start(start);
        let (end_line, end_col) = match self.ends.range(..=end).next_back() {
            Some((_, &point)) if point >= (line, col) => point,
            _ => (line, col),
        };
        Position { line, col, end_line, end_col }
    }

    /// The original place of a point: that of the last node that starts there or before.
    pub(crate) fn start(&self, point: Point) -> Point {
        self.starts.range(..=point).next_back().map_or((1, 0), |(_, &start)| start)
    }
}
