//! The cases of `match` in a syntax tree.

use engine_code::Const;
use ruff_python_ast as ast;
use ruff_python_ast::{AtomicNodeIndex, ExprContext, Pattern};
use ruff_text_size::{Ranged, TextRange};

use super::build::{Builder, Built, Fields, forbidden, value};
use super::{Class, Field, Node};

impl Builder {
    pub(super) fn cases(&mut self, all: Vec<Field>, whole: TextRange) -> Built<Vec<ast::MatchCase>> {
        let mut out = Vec::with_capacity(all.len());
        for field in all {
            let Field::Node(node) = field else { return value("None disallowed in match_case list") };
            let mut f = Fields::new(*node);
            let pattern = self.pattern(f.node()?, false)?;
            let guard = f.opt_node()?;
            let guard = self.opt_expr(guard)?;
            let body = self.stmts(f.filled("body")?)?;
            let node_index = AtomicNodeIndex::NONE;
            let range = TextRange::empty(pattern.range().start().max(whole.start()));
            out.push(ast::MatchCase { pattern, guard, body, range, node_index });
        }
        Ok(out)
    }

    fn patterns<C: FromIterator<Pattern>>(&mut self, all: Vec<Field>, star_ok: bool) -> Built<C> {
        all.into_iter()
            .map(|f| match f {
                Field::Node(node) => self.pattern(*node, star_ok),
                _ => value("None disallowed in pattern list"),
            })
            .collect()
    }

    fn pattern(&mut self, node: Node, star_ok: bool) -> Built<Pattern> {
        self.deeper(|b| b.pattern_here(node, star_ok))
    }

    fn pattern_here(&mut self, node: Node, star_ok: bool) -> Built<Pattern> {
        let range = self.range(node.place)?;
        let node_index = AtomicNodeIndex::NONE;
        let mut f = Fields::new(node);
        Ok(match f.class {
            Class::MatchValue => {
                let node = f.node()?;
                check_value(&node)?;
                Pattern::MatchValue(ast::PatternMatchValue { value: self.boxed(node)?, range, node_index })
            }
            Class::MatchSingleton => {
                let value = match f.constant()? {
                    Const::None => ast::Singleton::None,
                    Const::True => ast::Singleton::True,
                    Const::False => ast::Singleton::False,
                    _ => return value("MatchSingleton can only contain True, False and None"),
                };
                Pattern::MatchSingleton(ast::PatternMatchSingleton { value, range, node_index })
            }
            Class::MatchSequence => {
                let patterns = self.patterns(f.list()?, true)?;
                Pattern::MatchSequence(ast::PatternMatchSequence { patterns, range, node_index })
            }
            Class::MatchMapping => {
                let (keys, patterns) = (f.list()?, f.list()?);
                if keys.len() != patterns.len() {
                    return value("MatchMapping doesn't have the same number of keys as patterns");
                }
                let rest = self.capture(&mut f, range)?;
                for key in &keys {
                    let Field::Node(key) = key else { return value("None disallowed in expression list") };
                    let literal =
                        matches!(key.fields.first(), Some(Field::Constant(Const::None | Const::True | Const::False)));
                    if key.class != Class::Constant || !literal {
                        check_value(key)?;
                    }
                }
                let keys = self.exprs(keys, ExprContext::Load)?;
                let patterns = self.patterns(patterns, false)?;
                Pattern::MatchMapping(ast::PatternMatchMapping { keys, patterns, rest, range, node_index })
            }
            Class::MatchClass => {
                let (cls, patterns) = (f.node()?, f.list()?);
                let (attributes, keyword_patterns) = (f.list()?, f.list()?);
                if attributes.len() != keyword_patterns.len() {
                    return value("MatchClass doesn't have the same number of keyword attributes as patterns");
                }
                if !is_dotted(&cls) {
                    return value("MatchClass cls field can only contain Name or Attribute nodes.");
                }
                let cls = self.boxed(cls)?;
                let patterns = self.patterns(patterns, false)?;
                let mut keywords = Vec::with_capacity(attributes.len());
                for (attribute, pattern) in attributes.into_iter().zip(keyword_patterns) {
                    let Field::Name(name) = attribute else { return value("None disallowed in identifier list") };
                    forbidden(&name)?;
                    let Field::Node(pattern) = pattern else { return value("None disallowed in pattern list") };
                    let attr = ast::Identifier::new(name, range);
                    let pattern = self.pattern(*pattern, false)?;
                    keywords.push(ast::PatternKeyword { attr, pattern, range, node_index: AtomicNodeIndex::NONE });
                }
                let arguments = ast::PatternArguments { patterns, keywords, range, node_index: AtomicNodeIndex::NONE };
                Pattern::MatchClass(ast::PatternMatchClass { cls, arguments, range, node_index })
            }
            Class::MatchStar => {
                if !star_ok {
                    return value("can't use MatchStar here");
                }
                let name = self.capture(&mut f, range)?;
                Pattern::MatchStar(ast::PatternMatchStar { name, range, node_index })
            }
            Class::MatchAs => {
                let pattern = f.opt_node()?;
                let name = self.capture(&mut f, range)?;
                if pattern.is_some() && name.is_none() {
                    return value("MatchAs must specify a target name if a pattern is given");
                }
                let pattern = pattern.map(|node| self.pattern(node, false).map(Box::new)).transpose()?;
                Pattern::MatchAs(ast::PatternMatchAs { pattern, name, range, node_index })
            }
            _ => {
                let all = f.list()?;
                if all.len() < 2 {
                    return value("MatchOr requires at least 2 patterns");
                }
                Pattern::MatchOr(ast::PatternMatchOr { patterns: self.patterns(all, false)?, range, node_index })
            }
        })
    }

    /// A name that is bound.
    fn capture(&mut self, f: &mut Fields, range: TextRange) -> Built<Option<ast::Identifier>> {
        let Some(name) = f.opt_name()? else { return Ok(None) };
        if name == "_" {
            return value("can't capture name '_' in patterns");
        }
        forbidden(&name)?;
        Ok(Some(ast::Identifier::new(name, range)))
    }
}

/// A value pattern is a literal, perhaps with a sign or an imaginary part, or a dotted name.
fn check_value(node: &Node) -> Built {
    let number = |field: Option<&Field>| match field {
        Some(Field::Node(n)) => matches!(
            n.fields.first(),
            Some(Field::Constant(Const::Int(_) | Const::BigInt { .. } | Const::Float(_) | Const::Complex(..)))
                if n.class == Class::Constant
        ),
        _ => false,
    };
    let fine = match node.class {
        Class::Constant => match node.fields.first() {
            Some(Field::Constant(Const::None | Const::True | Const::False | Const::Ellipsis | Const::Tuple(_)))
            | None => {
                return value("unexpected constant inside of a literal pattern");
            }
            _ => true,
        },
        Class::Attribute => is_dotted(node),
        Class::UnaryOp => {
            matches!(node.fields.first(), Some(Field::Node(n)) if n.class == Class::USub) && number(node.fields.get(1))
        }
        Class::BinOp => {
            let negative = |field: Option<&Field>| match field {
                Some(Field::Node(n)) => n.class == Class::UnaryOp && number(n.fields.get(1)),
                _ => false,
            };
            let left = node.fields.first();
            (number(left) || negative(left)) && number(node.fields.get(2))
        }
        Class::JoinedStr | Class::TemplateStr => true,
        _ => false,
    };
    if fine { Ok(()) } else { value("patterns may only match literals and attribute lookups") }
}

fn is_dotted(node: &Node) -> bool {
    let mut node = node;
    loop {
        match (node.class, node.fields.first()) {
            (Class::Name, _) => return true,
            (Class::Attribute, Some(Field::Node(inner))) => node = inner,
            _ => return false,
        }
    }
}
