//! What the explaining rules say, and where.

use ruff_text_size::{TextRange, TextSize};

use super::matcher::{Matcher, NOTHING, Step, Stop};
use crate::errors::{Error, ErrorKind};
use crate::lexcheck::Kind;

/// What targets are for.
#[derive(Clone, Copy, PartialEq)]
enum Targets {
    Assigned,
    Deleted,
    Loop,
}

impl Matcher<'_> {
    /// Raises an error, unless `kind` finds none.
    pub fn explain_by(&mut self, kind: &str, places: &[usize], message: &str) -> Step<()> {
        let first = places.first().copied().unwrap_or(NOTHING);
        let last = places.last().copied().unwrap_or(NOTHING);
        match kind {
            "at" => self.raise_range(message, first, first, first),
            "range" => self.raise_range(message, first, last, first),
            "from" => self.raise_from(message, first),
            "last" => self.raise_last(ErrorKind::Syntax, &self.filled(message, first)),
            "next" | "soft_next" => {
                let token = self.token(self.mark)?;
                self.raise_token(ErrorKind::Syntax, &self.filled(message, first), token);
            }
            "indent" => self.raise_last(ErrorKind::Indentation, message),
            "indent_after" => {
                let line = self.tokens.get(self.nodes[first].start).map_or(0, |t| self.line(t.start));
                let text = format!("expected an indented block after {message} on line {line}");
                self.raise_last(ErrorKind::Indentation, &text);
            }
            "forgotten_comma" => {
                let level = self.mark.checked_sub(1).and_then(|i| self.tokens.get(i)).map_or(0, |t| t.level);
                if level == 0 || self.is_legacy(first) {
                    return Ok(());
                }
                self.raise_range("invalid syntax. Perhaps you forgot a comma?", first, last, first);
            }
            "legacy" => {
                if !self.is_legacy(first) {
                    return Ok(());
                }
                let name = self.node_text(first).to_owned();
                let text = format!("Missing parentheses in call to '{name}'. Did you mean {name}(...)?");
                self.raise_range(&text, first, last, first);
            }
            "invalid_target" => return self.raise_target(message, first, Targets::Assigned),
            "del_target" => return self.raise_target(message, first, Targets::Deleted),
            "for_target" => return self.raise_target(message, first, Targets::Loop),
            "bare_genexp" => {
                let args = self.arguments(first);
                if args.len() <= 1 {
                    return Ok(());
                }
                let end = self.last_of_clauses(last);
                self.raise_range("Generator expression must be parenthesized", args[args.len() - 1], end, first);
            }
            "clause_end" => {
                let end = self.last_of_clauses(last);
                self.raise_range(message, first, end, first);
            }
            "clause_target" => {
                let clause = self.nodes[last].kids.first().and_then(|&seq| self.nodes[seq].kids.last()).copied();
                let target = clause.and_then(|c| self.nodes[c].kids.first()).copied().unwrap_or(first);
                self.raise_range(message, first, target, first);
            }
            "argument_order" => {
                let unpacked = self.unpacks(first);
                let what = if unpacked { "keyword argument unpacking" } else { "keyword argument" };
                self.raise_last(ErrorKind::Syntax, &format!("positional argument follows {what}"));
            }
            "positional_pattern" => {
                let kids = &self.nodes[first].kids;
                let patterns = kids.first().map(|&seq| self.nodes[seq].kids.clone()).unwrap_or_default();
                let (a, b) = (patterns.first().copied().unwrap_or(first), patterns.last().copied().unwrap_or(first));
                self.raise_range(message, a, b, first);
            }
            "key_without_value" => {
                // Points at the last token of the key.
                let Some(token) = self.tokens.get(self.nodes[first].end.saturating_sub(1)).copied() else {
                    return Ok(());
                };
                let range = TextRange::empty(TextSize::new(token.end.saturating_sub(1) as u32));
                self.raise(Error::syntax(message, range));
            }
            "bound" => {
                let tuple = self.nodes[last].kind == "Tuple";
                let text = message.replace("{bound}", if tuple { "constraints" } else { "bound" });
                self.raise_range(&text, first, last, first);
            }
            "complex" => {
                let imaginary = |matcher: &Self, node: usize| {
                    let token = matcher.nodes[node].end.checked_sub(1).and_then(|i| matcher.tokens.get(i));
                    token.is_some_and(|&token| matcher.text(token).ends_with(['j', 'J']))
                };
                if imaginary(self, first) {
                    self.raise_range("real number required in complex literal", first, first, first);
                } else if !imaginary(self, last) {
                    self.raise_range("imaginary number required in complex literal", last, last, last);
                }
            }
            "field_range" => {
                if self.nodes[first].start > 0 && self.in_field(self.nodes[first].start) {
                    self.raise_range(message, first, last, first);
                }
            }
            "escapes" => self.check_escapes(first),
            "bytes" => {
                let text = self.node_text(first);
                let prefix = text.split(['\'', '"']).next().unwrap_or_default();
                if prefix.contains(['b', 'B']) && !text.is_ascii() {
                    self.raise_range("bytes can only contain ASCII literal characters", first, first, first);
                }
            }
            "conversion" => {
                let (mark, name) = (self.nodes[first].start, self.nodes[last].start);
                let f = self.string_around();
                if self.tokens[mark].end != self.tokens[name].start {
                    let text = format!("{f}: conversion type must come right after the exclamation mark");
                    self.raise_range(&text, first, last, first);
                } else if !matches!(self.node_text(last), "s" | "r" | "a") {
                    let text = format!(
                        "{f}: invalid conversion character '{}': expected 's', 'r', or 'a'",
                        self.node_text(last)
                    );
                    self.raise_range(&text, last, last, last);
                }
            }
            _ => return Ok(()),
        }
        if self.raised.is_some() { Err(Stop) } else { Ok(()) }
    }

    fn line(&self, at: usize) -> u32 {
        self.source.line(TextSize::new(at as u32))
    }

    /// A message with what it says of a node and of the string around.
    fn filled(&self, message: &str, node: usize) -> String {
        let mut text = message.replace("\\\"", "\"");
        if text.contains("{expr}") {
            text = text.replace("{expr}", self.name_of(node));
        }
        if text.contains("{token}") {
            text = text.replace("{token}", self.node_text(node));
        }
        if text.contains("{f}") {
            text = text.replace("{f}", self.string_around());
        }
        text
    }

    /// What the string is whose field is being read.
    fn string_around(&self) -> &'static str {
        let mut depth = 0;
        for token in self.tokens[..self.mark.min(self.tokens.len())].iter().rev() {
            match token.kind {
                Kind::End => depth += 1,
                Kind::Start(_) if depth > 0 => depth -= 1,
                Kind::Start(true) => return "t-string",
                Kind::Start(false) => return "f-string",
                _ => {}
            }
        }
        "f-string"
    }

    /// Whether a token begins the expression of a field.
    fn in_field(&self, token: usize) -> bool {
        let mut depth = 0;
        for (i, &t) in self.tokens[..token].iter().enumerate().rev() {
            if t.kind != Kind::Op {
                continue;
            }
            match self.text(t) {
                ")" | "]" | "}" => depth += 1,
                "(" | "[" | "{" if depth > 0 => depth -= 1,
                "{" => {
                    return matches!(
                        i.checked_sub(1).map(|i| self.tokens[i].kind),
                        Some(Kind::Start(_) | Kind::Middle)
                    );
                }
                "(" | "[" => return false,
                _ => {}
            }
        }
        false
    }

    /// The first escape sequence of a string with fields that cannot be decoded.
    fn check_escapes(&mut self, middle: usize) {
        let at = self.nodes[middle].start;
        let mut depth = 0;
        let start = self.tokens[..at].iter().rev().find(|t| {
            match t.kind {
                Kind::End => depth += 1,
                Kind::Start(_) if depth == 0 => return true,
                Kind::Start(_) => depth -= 1,
                _ => {}
            }
            false
        });
        let raw =
            start.is_some_and(|&t| self.text(t).split(['"', '\'']).next().is_some_and(|p| p.contains(['r', 'R'])));
        if raw {
            return;
        }
        if let Some(message) = crate::lexstrings::bad_escape(self.node_text(middle)) {
            self.raise_range(&message, middle, middle, middle);
        }
    }

    fn node_text(&self, node: usize) -> &str {
        let Some(&token) = self.nodes.get(node).and_then(|n| self.tokens.get(n.start)) else { return "" };
        self.text(token)
    }

    fn is_legacy(&self, node: usize) -> bool {
        let n = &self.nodes[node];
        matches!(n.kind, "Name" | "NAME") && n.end == n.start + 1 && matches!(self.node_text(node), "print" | "exec")
    }

    fn holds(&self, node: usize, kind: &str) -> bool {
        let n = &self.nodes[node];
        n.kind == kind || n.kids.iter().any(|&kid| self.holds(kid, kind))
    }

    /// Whether arguments unpack a mapping.
    fn unpacks(&self, node: usize) -> bool {
        let n = &self.nodes[node];
        n.kind == "DoubleStar"
            || matches!(n.kind, "" | "Args" | "Kwargs") && n.kids.iter().any(|&kid| self.unpacks(kid))
    }

    fn raise_range(&mut self, message: &str, from: usize, to: usize, named: usize) {
        let (Some(a), Some(b)) = (self.nodes.get(from), self.nodes.get(to)) else { return };
        let (Some(&first), Some(&last)) = (self.tokens.get(a.start), self.tokens.get(b.end.saturating_sub(1))) else {
            return;
        };
        let end = self.range_of(last).end();
        let start = TextSize::new(first.start as u32);
        let text = self.filled(message, named);
        self.raise(Error::syntax(text, TextRange::new(start, end.max(start))));
    }

    /// From a node to where the tokenizer is.
    fn raise_from(&mut self, message: &str, node: usize) {
        let Some(&first) = self.nodes.get(node).and_then(|n| self.tokens.get(n.start)) else { return };
        let read = self.fill.checked_sub(1).and_then(|i| self.tokens.get(i)).map_or(first.end, |t| t.read);
        let end = read.saturating_sub(1).max(first.start);
        let range = TextRange::new(TextSize::new(first.start as u32), TextSize::new(end as u32));
        let text = self.filled(message, node);
        self.raise(Error::syntax(text, range));
    }

    fn raise_target(&mut self, message: &str, node: usize, targets: Targets) -> Step<()> {
        match self.invalid_target(node, targets) {
            Some(bad) => {
                self.raise_range(message, bad, bad, bad);
                Err(Stop)
            }
            None => Ok(()),
        }
    }

    /// The first part of a target that cannot be one.
    fn invalid_target(&self, node: usize, targets: Targets) -> Option<usize> {
        let n = &self.nodes[node];
        match n.kind {
            "Tuple" | "List" => n.kids.iter().find_map(|&kid| self.invalid_part(kid, targets)),
            "Starred" if targets == Targets::Deleted => Some(node),
            "Starred" => self.invalid_target(*n.kids.first()?, targets),
            "Compare" if targets == Targets::Loop => {
                let first = n.kids.get(1).and_then(|&seq| self.nodes[seq].kids.first());
                let is_in = first.is_some_and(|&op| self.nodes[op].kind == "In");
                if is_in { self.invalid_target(n.kids[0], targets) } else { None }
            }
            "Name" | "NAME" | "Subscript" | "Attribute" => None,
            _ => Some(node),
        }
    }

    /// The same for what holds elements and separators.
    fn invalid_part(&self, node: usize, targets: Targets) -> Option<usize> {
        let n = &self.nodes[node];
        match n.kind {
            "" => n.kids.iter().find_map(|&kid| self.invalid_part(kid, targets)),
            "Token" | "Nothing" => None,
            _ => self.invalid_target(node, targets),
        }
    }

    /// The positional arguments of a call.
    fn arguments(&self, node: usize) -> Vec<usize> {
        let n = &self.nodes[node];
        if n.kind != "Args" {
            return Vec::new();
        }
        let mut found = n.kids.first().map(|&seq| self.nodes[seq].kids.clone()).unwrap_or_default();
        // Starred arguments among the keywords count as positional.
        for &kid in n.kids.iter().skip(1) {
            self.starred(kid, &mut found);
        }
        found
    }

    fn starred(&self, node: usize, found: &mut Vec<usize>) {
        let n = &self.nodes[node];
        match n.kind {
            "Starred" => found.push(node),
            "" => n.kids.iter().for_each(|&kid| self.starred(kid, found)),
            _ => {}
        }
    }

    /// The last condition of the last clause, or what it iterates over.
    fn last_of_clauses(&self, node: usize) -> usize {
        let clause = self.nodes[node].kids.first().and_then(|&seq| self.nodes[seq].kids.last()).copied();
        let Some(clause) = clause else { return node };
        let kids = &self.nodes[clause].kids;
        let condition = kids.last().and_then(|&seq| self.nodes[seq].kids.last()).copied();
        condition.or_else(|| kids.get(1).copied()).unwrap_or(clause)
    }

    /// What CPython calls an expression.
    fn name_of(&self, node: usize) -> &'static str {
        let n = &self.nodes[node];
        match n.kind {
            "Attribute" => "attribute",
            "Subscript" => "subscript",
            "Starred" => "starred",
            "Name" | "NAME" => "name",
            "List" => "list",
            "Tuple" => "tuple",
            "Lambda" => "lambda",
            "Call" => "function call",
            "BoolOp" | "BinOp" | "UnaryOp" => "expression",
            "GenExp" => "generator expression",
            "Yield" => "yield expression",
            "Await" => "await expression",
            "ListComp" => "list comprehension",
            "SetComp" => "set comprehension",
            "DictComp" => "dict comprehension",
            "Dict" => "dict literal",
            "Set" => "set display",
            "None" => "None",
            "False" => "False",
            "True" => "True",
            "Ellipsis" => "ellipsis",
            "Compare" => "comparison",
            "IfExp" => "conditional expression",
            "NamedExpr" => "named expression",
            "Strings" if self.holds(node, "TString") => "t-string expression",
            "Strings" if self.holds(node, "FString") => "f-string expression",
            _ => "literal",
        }
    }
}
