//! What the parser makes of a text, with what it is wrong about mended.
//!
//! It refuses a bare `raise` before a semicolon. Such a text is read again with `break` in that place, which becomes `raise` in the tree.

use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_ast::visitor::transformer::{Transformer, walk_stmt};
use ruff_python_ast::{AtomicNodeIndex, Mod, Stmt, StmtRaise};
use ruff_python_parser::{ParseError, ParseOptions, UnsupportedSyntaxError, parse_unchecked};
use ruff_text_size::{Ranged, TextRange};

/// A tree, its tokens, and what is wrong with them.
pub struct Parsed {
    tree: ruff_python_parser::Parsed<Mod>,
    mended: Option<Mended>,
}

struct Mended {
    syntax: Mod,
    /// As the text has them.
    tokens: Tokens,
}

const RAISE: &str = "raise";
const STAND_IN: &str = "break";
const _: () = assert!(RAISE.len() == STAND_IN.len());

impl Parsed {
    /// Reads a text. Its nesting has been checked.
    pub fn read(text: &str, options: ParseOptions) -> Parsed {
        let tree = parse_unchecked(text, options.clone());
        let places = if tree.errors().is_empty() { Vec::new() } else { bare_raises(&tree) };
        // A tree that is too deep to be compiled is too deep to be copied or dropped.
        if places.is_empty() || crate::is_deep(tree.syntax()) {
            return Parsed { tree, mended: None };
        }
        let tokens = tree.tokens().clone();
        let mut stand_in = text.to_string();
        for range in &places {
            stand_in.replace_range(range.to_std_range(), STAND_IN);
        }
        let tree = parse_unchecked(&stand_in, options);
        let mut syntax = tree.syntax().clone();
        let raiser = Raiser { places };
        if let Mod::Module(module) = &mut syntax {
            raiser.visit_body(&mut module.body);
        }
        Parsed { tree, mended: Some(Mended { syntax, tokens }) }
    }

    /// The tree.
    pub fn syntax(&self) -> &Mod {
        self.mended.as_ref().map_or_else(|| self.tree.syntax(), |m| &m.syntax)
    }

    /// The tokens of the text.
    pub fn tokens(&self) -> &Tokens {
        self.mended.as_ref().map_or_else(|| self.tree.tokens(), |m| &m.tokens)
    }

    /// What does not fit the grammar.
    pub fn errors(&self) -> &[ParseError] {
        self.tree.errors()
    }

    /// What fits that of another version.
    pub fn unsupported_syntax_errors(&self) -> &[UnsupportedSyntaxError] {
        self.tree.unsupported_syntax_errors()
    }
}

/// Where a `raise` stands right before a semicolon at which the parser finds fault.
fn bare_raises(tree: &ruff_python_parser::Parsed<Mod>) -> Vec<TextRange> {
    let pairs = tree.tokens().windows(2);
    pairs
        .filter(|w| {
            w[0].kind() == TokenKind::Raise
                && w[1].kind() == TokenKind::Semi
                && tree.errors().iter().any(|e| e.location.start() == w[1].start())
        })
        .map(|w| w[0].range())
        .collect()
}

struct Raiser {
    /// In ascending order.
    places: Vec<TextRange>,
}

impl Transformer for Raiser {
    fn visit_stmt(&self, stmt: &mut Stmt) {
        let range = stmt.range();
        if stmt.is_break_stmt() && self.places.binary_search_by_key(&range.start(), |r| r.start()).is_ok() {
            *stmt = Stmt::Raise(StmtRaise { node_index: AtomicNodeIndex::NONE, range, exc: None, cause: None });
        } else {
            walk_stmt(self, stmt);
        }
    }
}
