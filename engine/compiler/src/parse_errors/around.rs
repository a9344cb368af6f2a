//! What stands around a place in the source: tokens before it, brackets, headers, expressions.

use ruff_python_ast::Expr;
use ruff_python_ast::token::{Token, TokenKind};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::{Context, span};
use crate::tree_find::{Find, FindEnding, FindExact, FindStarting, kind_of};

impl<'p> Context<'p> {
    /// Offset of the bracket that closes the call around.
    pub(super) fn call_end(&self, from: TextSize) -> Option<TextSize> {
        let mut depth = 0;
        for t in self.tokens.iter().filter(|t| t.start() >= from) {
            match t.kind() {
                TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => depth += 1,
                TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace if depth == 0 => return Some(t.start()),
                TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => depth -= 1,
                _ => {}
            }
        }
        None
    }

    pub(super) fn matching_close(&self, open: TextSize) -> Option<TextSize> {
        self.call_end(open + TextSize::new(1)).map(|at| at + TextSize::new(1))
    }

    /// The innermost bracket around an offset.
    pub(super) fn bracket_around(&self, at: TextSize) -> Option<&'p Token> {
        let mut open: Vec<&Token> = Vec::new();
        for t in self.tokens.iter().take_while(|t| t.start() < at) {
            match t.kind() {
                TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => open.push(t),
                TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                    open.pop();
                }
                _ => {}
            }
        }
        open.last().copied()
    }

    pub(super) fn in_brackets(&self, at: TextSize) -> bool {
        self.bracket_around(at).is_some()
    }

    pub(super) fn in_parameters(&self, at: TextSize) -> bool {
        let Some(open) = self.bracket_around(at) else { return false };
        let Some(name) = self.token_before(open.start()) else { return false };
        self.token_before(name.start()).is_some_and(|t| t.kind() == TokenKind::Def)
    }

    /// The tokens of the parameter that ends at an offset.
    pub(super) fn parameter_before(&self, at: TextSize) -> &'p [Token] {
        let end = self.tokens.partition_point(|t| t.end() <= at);
        let mut depth = 0;
        let from = self.tokens[..end].iter().rposition(|t| match t.kind() {
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                depth += 1;
                false
            }
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace if depth > 0 => {
                depth -= 1;
                false
            }
            TokenKind::Lpar | TokenKind::Comma | TokenKind::Lambda => depth == 0,
            _ => false,
        });
        &self.tokens[from.map_or(0, |i| i + 1)..end]
    }

    pub(super) fn in_class_header(&self, at: TextSize) -> bool {
        let Some(open) = self.bracket_around(at + TextSize::new(1)) else { return false };
        let Some(name) = self.token_before(open.start()) else { return false };
        self.token_before(name.start()).is_some_and(|t| t.kind() == TokenKind::Class)
    }

    /// Statements whose colon CPython's grammar insists on.
    pub(super) fn colon_is_forced(&self, at: TextSize) -> bool {
        let before = self.token_before(at).map(|t| t.kind());
        if matches!(before, Some(TokenKind::Else | TokenKind::Try | TokenKind::Finally)) {
            return true;
        }
        if self.in_brackets(at) {
            return false;
        }
        let first = self.first_of_line(at);
        matches!(first, Some(TokenKind::Def)) || (first == Some(TokenKind::Async) && before == Some(TokenKind::Rpar))
    }

    pub(super) fn ternary_at(&self, at: TextSize) -> Option<TextRange> {
        let condition = self.expr_ending(at)?;
        if let Expr::If(e) = condition {
            return Some(span(e.body.start(), e.test.end()));
        }
        let word = self.token_before(condition.start())?;
        if word.kind() != TokenKind::If {
            return None;
        }
        let mut find = FindEnding { end: word.start(), text: self.source.text, best: None };
        find.visit(self.tree);
        let start =
            find.best.map_or_else(|| self.token_before(word.start()).map(|t| t.start()), |e| Some(e.start()))?;
        Some(span(start, condition.end()))
    }

    pub(super) fn is_chained(&self, start: TextSize) -> bool {
        self.token_before(start).is_some_and(|t| t.kind() == TokenKind::Equal)
    }

    /// Whether the statement has one more `=`.
    pub(super) fn another_equal(&self, from: TextSize) -> bool {
        self.tokens
            .iter()
            .filter(|t| t.start() >= from)
            .take_while(|t| !matches!(t.kind(), TokenKind::Newline | TokenKind::Semi))
            .any(|t| t.kind() == TokenKind::Equal)
    }

    pub(super) fn kind_at(&self, location: TextRange) -> &'static str {
        self.expr_at(location).map_or("expression", kind_of)
    }

    /// The expression with exactly this range.
    pub(super) fn expr_at(&self, range: TextRange) -> Option<&'p Expr> {
        let mut find = FindExact { range, found: None };
        find.visit(self.tree);
        find.found
    }

    /// The largest operand that ends before an offset with only blanks in between.
    pub(super) fn expr_ending(&self, at: TextSize) -> Option<&'p Expr> {
        let end = self.token_before(at)?.end();
        let mut find = FindEnding { end, text: self.source.text, best: None };
        find.visit(self.tree);
        find.best
    }

    /// End of the expression that starts at an offset, or of the token there.
    pub(super) fn expr_starting(&self, at: TextSize) -> Option<TextSize> {
        let mut find = FindStarting { start: at, best: None };
        find.visit(self.tree);
        if let Some(end) = find.best {
            return Some(end);
        }
        let token = self.token(at)?;
        let operand = matches!(
            token.kind(),
            TokenKind::Name
                | TokenKind::Int
                | TokenKind::Float
                | TokenKind::Complex
                | TokenKind::String
                | TokenKind::True
                | TokenKind::False
                | TokenKind::None
        );
        operand.then(|| token.end())
    }
}
