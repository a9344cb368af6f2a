//! Looking for expressions in the tree that the parser recovered from source with errors.

use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, Mod};
use ruff_text_size::{Ranged, TextRange, TextSize};

/// The `for` of a comprehension.
pub struct FindFor {
    /// Where to start.
    pub from: TextSize,
    /// Where it is.
    pub found: Option<TextSize>,
}

impl FindFor {
    /// Looks through the tokens.
    pub fn search(&mut self, tokens: &Tokens) {
        let found = tokens.iter().find(|t| t.start() >= self.from && t.kind() == TokenKind::For);
        self.found = found.map(|t| t.start());
    }
}

/// CPython's name for a kind of expression.
pub fn kind_of(e: &Expr) -> &'static str {
    match e {
        Expr::Attribute(_) => "attribute",
        Expr::Subscript(_) => "subscript",
        Expr::Starred(_) => "starred",
        Expr::Name(_) => "name",
        Expr::List(_) => "list",
        Expr::Tuple(_) => "tuple",
        Expr::Lambda(_) => "lambda",
        Expr::Call(_) => "function call",
        Expr::BoolOp(_) | Expr::BinOp(_) | Expr::UnaryOp(_) => "expression",
        Expr::Generator(_) => "generator expression",
        Expr::Yield(_) | Expr::YieldFrom(_) => "yield expression",
        Expr::Await(_) => "await expression",
        Expr::ListComp(_) => "list comprehension",
        Expr::SetComp(_) => "set comprehension",
        Expr::DictComp(_) => "dict comprehension",
        Expr::Dict(_) => "dict literal",
        Expr::Set(_) => "set display",
        Expr::FString(_) => "f-string expression",
        Expr::TString(_) => "t-string expression",
        Expr::NoneLiteral(_) => "None",
        Expr::BooleanLiteral(b) => match b.value {
            true => "True",
            false => "False",
        },
        Expr::EllipsisLiteral(_) => "ellipsis",
        Expr::StringLiteral(_) | Expr::BytesLiteral(_) | Expr::NumberLiteral(_) => "literal",
        Expr::Compare(_) => "comparison",
        Expr::If(_) => "conditional expression",
        Expr::Named(_) => "named expression",
        Expr::Slice(_) | Expr::IpyEscapeCommand(_) => "expression",
    }
}

/// Visitors over the recovered tree that look for one expression.
pub trait Find<'p>: Visitor<'p> + Sized {
    /// Visits a whole tree.
    fn visit(&mut self, tree: &'p Mod) {
        match tree {
            Mod::Module(m) => self.visit_body(&m.body),
            Mod::Expression(e) => self.visit_expr(&e.body),
        }
    }
}

/// The expression with exactly this range.
pub struct FindExact<'p> {
    /// The range.
    pub range: TextRange,
    /// The expression.
    pub found: Option<&'p Expr>,
}

impl<'p> Find<'p> for FindExact<'p> {}

impl<'p> Visitor<'p> for FindExact<'p> {
    fn visit_expr(&mut self, e: &'p Expr) {
        if e.range() == self.range {
            self.found = Some(e);
        } else if e.range().contains_range(self.range) {
            crate::symbols_build::with_stack(|| walk_expr(self, e));
        }
    }
}

/// The largest expression that ends here.
pub struct FindEnding<'p> {
    /// The end, blanks before it not counted.
    pub end: TextSize,
    /// The source.
    pub text: &'p str,
    /// The expression.
    pub best: Option<&'p Expr>,
}

impl<'p> Find<'p> for FindEnding<'p> {}

impl<'p> Visitor<'p> for FindEnding<'p> {
    fn visit_expr(&mut self, e: &'p Expr) {
        // Parentheses around an expression are no part of its range.
        let gap = |e: &Expr| {
            e.end() <= self.end
                && self.text.get(e.end().to_usize()..self.end.to_usize()).is_some_and(|t| t.trim().is_empty())
        };
        let is_operand = !matches!(e, Expr::Generator(g) if !g.parenthesized) && !e.range().is_empty();
        if is_operand && gap(e) && self.best.is_none_or(|b| e.start() < b.start()) {
            self.best = Some(e);
        }
        if e.start() <= self.end {
            crate::symbols_build::with_stack(|| walk_expr(self, e));
        }
    }
}

/// The end of the largest expression that starts here.
pub struct FindStarting {
    /// The start.
    pub start: TextSize,
    /// The end.
    pub best: Option<TextSize>,
}

impl<'p> Find<'p> for FindStarting {}

impl<'p> Visitor<'p> for FindStarting {
    fn visit_expr(&mut self, e: &'p Expr) {
        if e.start() == self.start && !e.range().is_empty() && self.best.is_none_or(|b| e.end() > b) {
            self.best = Some(e.end());
        }
        if e.range().end() >= self.start {
            crate::symbols_build::with_stack(|| walk_expr(self, e));
        }
    }
}
