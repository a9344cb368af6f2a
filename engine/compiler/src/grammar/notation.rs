//! Reads the notation of [`super::rules`].

use std::collections::HashMap;
use std::sync::OnceLock;

use super::rules::RULES;

/// A grammar.
pub struct Grammar {
    /// The rules, by number.
    pub rules: Vec<Rule>,
    names: HashMap<&'static str, usize>,
}

/// A rule.
pub struct Rule {
    /// Its alternatives, in order.
    pub alternatives: Vec<Alternative>,
    /// It explains mistakes: the second pass alone tries it.
    pub explains: bool,
    /// It begins with itself.
    pub recursive: bool,
    /// No explaining rule is tried inside.
    pub quiet: bool,
    /// Its memory is dropped when it has matched: nothing goes back behind it.
    pub forgets: bool,
    /// Its results are remembered across the places where explanations are looked for.
    pub shares: bool,
}

/// An alternative.
pub struct Alternative {
    pub items: Vec<Item>,
    pub action: Action,
}

/// What an alternative makes.
pub enum Action {
    /// Its only item, or a sequence.
    Plain,
    /// A node.
    Node(&'static str),
    /// An error: what finds its place, the names of the items for it, and the message.
    Explain(&'static str, Vec<&'static str>, &'static str),
}

/// Something with a name or a mark.
pub struct Item {
    pub name: Option<&'static str>,
    /// It is a child of the node.
    pub child: bool,
    pub what: What,
}

/// What is matched.
pub enum What {
    /// A keyword or an operator.
    Text(&'static str),
    /// A class of tokens.
    Class(&'static str),
    Rule(usize),
    Group(Vec<Alternative>),
    Optional(Box<What>),
    /// Repeated, at least so often.
    Repeat(Box<What>, usize),
    /// Separator and element.
    Gather(Box<What>, Box<What>),
    And(Box<What>),
    Not(Box<What>),
    /// Must follow.
    Forced(&'static str),
    /// Only since a version, said of something.
    Since(u32, &'static str),
    Cut,
}

/// Rules whose results CPython's parser remembers.
const SHARING: &[&str] = &[
    "expression",
    "star_expression",
    "disjunction",
    "conjunction",
    "inversion",
    "bitwise_or",
    "bitwise_xor",
    "bitwise_and",
    "shift_expr",
    "sum",
    "term",
    "factor",
    "await_primary",
    "primary",
    "arguments",
    "strings",
];

impl Grammar {
    /// The one grammar.
    pub fn get() -> &'static Grammar {
        static GRAMMAR: OnceLock<Grammar> = OnceLock::new();
        GRAMMAR.get_or_init(Grammar::read)
    }

    /// The number of a rule.
    pub fn rule(&self, name: &str) -> Option<usize> {
        self.names.get(name).copied()
    }

    fn read() -> Grammar {
        let mut texts: Vec<(&'static str, usize, usize)> = Vec::new();
        let mut at = 0;
        for line in RULES.split_inclusive('\n') {
            let end = at + line.len();
            match line.split_once(':') {
                Some((name, _)) if !line.starts_with(' ') => texts.push((name, at + name.len() + 1, end)),
                _ if line.starts_with(' ') => {
                    if let Some(last) = texts.last_mut() {
                        last.2 = end;
                    }
                }
                _ => {}
            }
            at = end;
        }
        let names: HashMap<_, _> = texts.iter().enumerate().map(|(i, (name, ..))| (*name, i)).collect();
        let mut rules = Vec::with_capacity(texts.len());
        for (i, (name, start, end)) in texts.iter().enumerate() {
            let mut reader = Reader { text: &RULES[*start..*end], names: &names };
            let alternatives = reader.alternatives();
            let itself = |a: &Alternative| matches!(a.items.first(), Some(Item { what: What::Rule(r), .. }) if *r == i);
            rules.push(Rule {
                recursive: alternatives.iter().any(itself),
                alternatives,
                explains: name.starts_with("bad_"),
                quiet: name.starts_with("quiet_"),
                forgets: *name == "statement",
                shares: SHARING.contains(name),
            });
        }
        Grammar { rules, names }
    }
}

struct Reader<'n> {
    text: &'static str,
    names: &'n HashMap<&'static str, usize>,
}

impl Reader<'_> {
    fn skip(&mut self) {
        self.text = self.text.trim_start();
    }

    fn take(&mut self, what: &str) -> bool {
        self.skip();
        match self.text.strip_prefix(what) {
            Some(rest) => {
                self.text = rest;
                true
            }
            None => false,
        }
    }

    fn word(&mut self) -> &'static str {
        self.skip();
        let end = self.text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(self.text.len());
        let (word, rest) = self.text.split_at(end);
        self.text = rest;
        word
    }

    /// What stands between the quote here and the next that no backslash precedes.
    fn quoted(&mut self, quote: char) -> &'static str {
        let body = &self.text[1..];
        let end = body
            .char_indices()
            .find(|(i, c)| *c == quote && !body[..*i].ends_with('\\'))
            .map_or(body.len(), |(i, _)| i);
        self.text = body.get(end + 1..).unwrap_or_default();
        &body[..end]
    }

    fn alternatives(&mut self) -> Vec<Alternative> {
        let mut found = vec![self.alternative()];
        while self.take("|") {
            found.push(self.alternative());
        }
        found
    }

    fn alternative(&mut self) -> Alternative {
        let mut items = Vec::new();
        loop {
            self.skip();
            if self.text.is_empty() || self.text.starts_with(['|', ')', ']']) || self.text.starts_with("=>") {
                break;
            }
            items.push(self.item());
        }
        let action = if self.take("=>") { self.action() } else { Action::Plain };
        Alternative { items, action }
    }

    fn action(&mut self) -> Action {
        let kind = self.word();
        if !self.take("(") {
            return Action::Node(kind);
        }
        let (mut names, mut message) = (Vec::new(), "");
        while !self.take(")") {
            if self.text.starts_with('"') {
                message = self.quoted('"');
            } else {
                names.push(self.word());
            }
            let _ = self.take(",");
        }
        Action::Explain(kind, names, message)
    }

    fn item(&mut self) -> Item {
        let child = self.take("@");
        let before = self.text;
        let word = self.word();
        let name = (!word.is_empty() && word.starts_with(|c: char| c.is_lowercase()) && self.text.starts_with(':'))
            .then_some(word);
        match name {
            Some(_) => self.text = &self.text[1..],
            None => self.text = before,
        }
        Item { name, child, what: self.what() }
    }

    fn what(&mut self) -> What {
        if self.take("&&") {
            self.skip();
            return What::Forced(self.quoted('\''));
        }
        if self.take("&") {
            return What::And(Box::new(self.what()));
        }
        if self.take("!") {
            return What::Not(Box::new(self.what()));
        }
        if self.take("^") {
            let minor = self.word().parse().unwrap_or(0);
            self.skip();
            return What::Since(minor, self.quoted('"'));
        }
        if self.take("~") {
            return What::Cut;
        }
        let atom = self.atom();
        if self.text.starts_with('.') {
            self.text = &self.text[1..];
            let element = self.atom();
            self.text = self.text.strip_prefix('+').unwrap_or(self.text);
            return What::Gather(Box::new(atom), Box::new(element));
        }
        if let Some(rest) = self.text.strip_prefix('*') {
            self.text = rest;
            return What::Repeat(Box::new(atom), 0);
        }
        if let Some(rest) = self.text.strip_prefix('+') {
            self.text = rest;
            return What::Repeat(Box::new(atom), 1);
        }
        atom
    }

    fn atom(&mut self) -> What {
        self.skip();
        if self.text.starts_with('\'') {
            return What::Text(self.quoted('\''));
        }
        if self.take("(") {
            let group = self.alternatives();
            let _ = self.take(")");
            return What::Group(group);
        }
        if self.take("[") {
            let group = self.alternatives();
            let _ = self.take("]");
            return What::Optional(Box::new(What::Group(group)));
        }
        let word = self.word();
        match self.names.get(word) {
            Some(&rule) => What::Rule(rule),
            None => What::Class(word),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(what: &What, found: &mut Vec<&'static str>) {
        match what {
            What::Class(name) => found.push(name),
            What::Group(alternatives) => {
                for item in alternatives.iter().flat_map(|a| &a.items) {
                    classes(&item.what, found);
                }
            }
            What::Optional(w) | What::Repeat(w, _) | What::And(w) | What::Not(w) => classes(w, found),
            What::Gather(a, b) => {
                classes(a, found);
                classes(b, found);
            }
            What::Text(_) | What::Rule(_) | What::Forced(_) | What::Since(..) | What::Cut => {}
        }
    }

    #[test]
    fn every_name_is_a_rule_or_a_class_of_tokens() {
        let grammar = Grammar::get();
        let mut found = Vec::new();
        for rule in &grammar.rules {
            assert!(!rule.alternatives.is_empty());
            for item in rule.alternatives.iter().flat_map(|a| &a.items) {
                classes(&item.what, &mut found);
            }
        }
        let known = [
            "NAME",
            "NUMBER",
            "STRING",
            "NEWLINE",
            "INDENT",
            "DEDENT",
            "EOF",
            "SOFT",
            "START",
            "TSTART",
            "MIDDLE",
            "END",
            "TYPE_COMMENT",
        ];
        let unknown: Vec<_> = found.iter().filter(|name| !known.contains(name)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}
