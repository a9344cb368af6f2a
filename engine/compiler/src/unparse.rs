//! Expressions back to text, for annotations under `from __future__ import annotations`: CPython's format.

use engine_code::Wtf8;
use ruff_python_ast::{self as ast, BoolOp, ConversionFlag, Expr, InterpolatedStringElement, Operator, UnaryOp};

use crate::literal;
use crate::source::Source;
use crate::symbols_build::with_stack;

/// Text of an expression.
pub fn unparse(e: &Expr, source: &Source<'_>) -> String {
    let mut writer = Writer { out: String::new(), source };
    writer.expr(e, TEST);
    writer.out
}

// Binding strengths, weakest first.
const TUPLE: u8 = 0;
const NAMED: u8 = 1;
const TEST: u8 = 2;
const OR: u8 = 3;
const AND: u8 = 4;
const NOT: u8 = 5;
const CMP: u8 = 6;
const BIT_OR: u8 = 7;
const BIT_XOR: u8 = 8;
const BIT_AND: u8 = 9;
const SHIFT: u8 = 10;
const ARITH: u8 = 11;
const TERM: u8 = 12;
const FACTOR: u8 = 13;
const POWER: u8 = 14;
const AWAIT: u8 = 15;
const ATOM: u8 = 16;

struct Writer<'s> {
    out: String,
    source: &'s Source<'s>,
}

impl Writer<'_> {
    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn grouped(&mut self, group: bool, f: impl FnOnce(&mut Self)) {
        if group {
            self.put("(");
        }
        f(self);
        if group {
            self.put(")");
        }
    }

    fn list<T>(&mut self, items: &[T], mut f: impl FnMut(&mut Self, &T)) {
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                self.put(", ");
            }
            f(self, item);
        }
    }

    fn exprs(&mut self, items: &[Expr]) {
        self.list(items, |w, e| w.expr(e, TEST));
    }

    fn expr(&mut self, e: &Expr, level: u8) {
        with_stack(|| self.expr_inner(e, level));
    }

    fn expr_inner(&mut self, e: &Expr, level: u8) {
        match e {
            Expr::BoolOp(b) => {
                let (word, own) = if b.op == BoolOp::Or { (" or ", OR) } else { (" and ", AND) };
                self.grouped(level > own, |w| {
                    for (i, value) in b.values.iter().enumerate() {
                        if i > 0 {
                            w.put(word);
                        }
                        w.expr(value, own + 1);
                    }
                });
            }
            Expr::Named(n) => self.grouped(level > NAMED, |w| {
                w.expr(&n.target, ATOM);
                w.put(" := ");
                w.expr(&n.value, ATOM);
            }),
            Expr::BinOp(b) => {
                let own = match b.op {
                    Operator::BitOr => BIT_OR,
                    Operator::BitXor => BIT_XOR,
                    Operator::BitAnd => BIT_AND,
                    Operator::LShift | Operator::RShift => SHIFT,
                    Operator::Add | Operator::Sub => ARITH,
                    Operator::Mult | Operator::MatMult | Operator::Div | Operator::Mod | Operator::FloorDiv => TERM,
                    Operator::Pow => POWER,
                };
                let right = (b.op == Operator::Pow) as u8;
                self.grouped(level > own, |w| {
                    w.expr(&b.left, own + right);
                    w.put(" ");
                    w.put(b.op.as_str());
                    w.put(" ");
                    w.expr(&b.right, own + 1 - right);
                });
            }
            Expr::UnaryOp(u) => {
                let (word, own) = match u.op {
                    UnaryOp::Not => ("not ", NOT),
                    UnaryOp::Invert => ("~", FACTOR),
                    UnaryOp::UAdd => ("+", FACTOR),
                    UnaryOp::USub => ("-", FACTOR),
                };
                self.grouped(level > own, |w| {
                    w.put(word);
                    w.expr(&u.operand, own);
                });
            }
            Expr::Lambda(l) => self.grouped(level > TEST, |w| {
                w.put("lambda");
                if let Some(parameters) = &l.parameters {
                    if !parameters.posonlyargs.is_empty() || !parameters.args.is_empty() {
                        w.put(" ");
                    }
                    w.parameters(parameters);
                }
                w.put(": ");
                w.expr(&l.body, TEST);
            }),
            Expr::If(i) => self.grouped(level > TEST, |w| {
                w.expr(&i.body, TEST + 1);
                w.put(" if ");
                w.expr(&i.test, TEST + 1);
                w.put(" else ");
                w.expr(&i.orelse, TEST);
            }),
            Expr::Dict(d) => {
                self.put("{");
                self.list(&d.items, |w, item| match &item.key {
                    Some(key) => {
                        w.expr(key, TEST);
                        w.put(": ");
                        w.expr(&item.value, TEST);
                    }
                    None => {
                        w.put("**");
                        w.expr(&item.value, BIT_OR);
                    }
                });
                self.put("}");
            }
            Expr::Set(s) => {
                self.put("{");
                self.exprs(&s.elts);
                self.put("}");
            }
            Expr::ListComp(c) => self.comprehension("[", "]", &c.generators, |w| w.expr(&c.elt, TEST)),
            Expr::SetComp(c) => self.comprehension("{", "}", &c.generators, |w| w.expr(&c.elt, TEST)),
            Expr::Generator(c) => self.comprehension("(", ")", &c.generators, |w| w.expr(&c.elt, TEST)),
            Expr::DictComp(c) => self.comprehension("{", "}", &c.generators, |w| {
                match &c.key {
                    Some(key) => {
                        w.expr(key, TEST);
                        w.put(": ");
                    }
                    None => w.put("**"),
                }
                w.expr(&c.value, TEST);
            }),
            Expr::Await(a) => self.grouped(level > AWAIT, |w| {
                w.put("await ");
                w.expr(&a.value, ATOM);
            }),
            Expr::Yield(y) => match &y.value {
                Some(value) => {
                    self.put("(yield ");
                    self.expr(value, TEST);
                    self.put(")");
                }
                None => self.put("(yield)"),
            },
            Expr::YieldFrom(y) => {
                self.put("(yield from ");
                self.expr(&y.value, TEST);
                self.put(")");
            }
            Expr::Compare(c) => self.grouped(level > CMP, |w| {
                w.expr(&c.left, CMP + 1);
                for (op, right) in c.ops.iter().zip(&c.comparators) {
                    w.put(" ");
                    w.put(op.as_str());
                    w.put(" ");
                    w.expr(right, CMP + 1);
                }
            }),
            Expr::Call(c) => self.call(c),
            Expr::FString(f) => {
                let mut text = Vec::new();
                for part in f.value.iter() {
                    match part {
                        ast::FStringPart::Literal(s) => {
                            escape_braces(&literal::string_part(self.source, s).0, &mut text)
                        }
                        ast::FStringPart::FString(f) => {
                            self.elements(&f.elements, (f.flags.prefix().is_raw(), false), &mut text)
                        }
                    }
                }
                self.put("f");
                self.put(&repr_str(&text));
            }
            Expr::TString(t) => {
                let mut text = Vec::new();
                for part in t.value.iter() {
                    self.elements(&part.elements, (part.flags.prefix().is_raw(), true), &mut text);
                }
                self.put("t");
                self.put(&repr_str(&text));
            }
            Expr::StringLiteral(s) => {
                if s.value.is_unicode() {
                    self.put("u");
                }
                let Wtf8(bytes) = literal::string(self.source, &s.value);
                self.put(&repr_str(&bytes));
            }
            Expr::BytesLiteral(b) => {
                let bytes: Vec<u8> = b.value.bytes().collect();
                self.put(&repr_bytes(&bytes));
            }
            Expr::NumberLiteral(n) => self.number(&n.value),
            Expr::BooleanLiteral(b) => self.put(if b.value { "True" } else { "False" }),
            Expr::NoneLiteral(_) => self.put("None"),
            Expr::EllipsisLiteral(_) => self.put("..."),
            Expr::Attribute(a) => {
                self.expr(&a.value, ATOM);
                // `1.real` would be a float.
                let int = matches!(&*a.value, Expr::NumberLiteral(n) if matches!(n.value, ast::Number::Int(_)));
                self.put(if int { " ." } else { "." });
                self.put(a.attr.as_str());
            }
            Expr::Subscript(s) => {
                self.expr(&s.value, ATOM);
                self.put("[");
                self.expr(&s.slice, TUPLE);
                self.put("]");
            }
            Expr::Starred(s) => {
                self.put("*");
                self.expr(&s.value, BIT_OR);
            }
            Expr::Name(n) => self.put(n.id.as_str()),
            Expr::List(l) => {
                self.put("[");
                self.exprs(&l.elts);
                self.put("]");
            }
            Expr::Tuple(t) => self.grouped(level > TUPLE || t.elts.is_empty(), |w| {
                w.exprs(&t.elts);
                if t.elts.len() == 1 {
                    w.put(",");
                }
            }),
            Expr::Slice(s) => {
                if let Some(e) = &s.lower {
                    self.expr(e, TEST);
                }
                self.put(":");
                if let Some(e) = &s.upper {
                    self.expr(e, TEST);
                }
                if let Some(e) = &s.step {
                    self.put(":");
                    self.expr(e, TEST);
                }
            }
            Expr::IpyEscapeCommand(_) => {}
        }
    }

    fn call(&mut self, c: &ast::ExprCall) {
        self.expr(&c.func, ATOM);
        if let ([Expr::Generator(_)], []) = (&*c.arguments.args, &*c.arguments.keywords) {
            self.expr(&c.arguments.args[0], TEST);
            return;
        }
        self.put("(");
        self.exprs(&c.arguments.args);
        for (i, keyword) in c.arguments.keywords.iter().enumerate() {
            if i > 0 || !c.arguments.args.is_empty() {
                self.put(", ");
            }
            match &keyword.arg {
                Some(name) => {
                    self.put(name.as_str());
                    self.put("=");
                }
                None => self.put("**"),
            }
            self.expr(&keyword.value, TEST);
        }
        self.put(")");
    }

    fn comprehension(&mut self, open: &str, close: &str, generators: &[ast::Comprehension], f: impl FnOnce(&mut Self)) {
        self.put(open);
        f(self);
        for g in generators {
            self.put(if g.is_async { " async for " } else { " for " });
            self.expr(&g.target, TUPLE);
            self.put(" in ");
            self.expr(&g.iter, TEST + 1);
            for condition in &g.ifs {
                self.put(" if ");
                self.expr(condition, TEST + 1);
            }
        }
        self.put(close);
    }

    fn parameters(&mut self, p: &ast::Parameters) {
        let mut first = true;
        let mut comma = |w: &mut Self| {
            if !std::mem::take(&mut first) {
                w.put(", ");
            }
        };
        let with_default = |w: &mut Self, p: &ast::ParameterWithDefault| {
            w.put(p.parameter.name.as_str());
            if let Some(default) = &p.default {
                w.put("=");
                w.expr(default, TEST);
            }
        };
        for (i, param) in p.posonlyargs.iter().enumerate() {
            comma(self);
            with_default(self, param);
            if i + 1 == p.posonlyargs.len() {
                self.put(", /");
            }
        }
        for param in &p.args {
            comma(self);
            with_default(self, param);
        }
        if p.vararg.is_some() || !p.kwonlyargs.is_empty() {
            comma(self);
            self.put("*");
            if let Some(vararg) = &p.vararg {
                self.put(vararg.name.as_str());
            }
        }
        for param in &p.kwonlyargs {
            comma(self);
            with_default(self, param);
        }
        if let Some(kwarg) = &p.kwarg {
            comma(self);
            self.put("**");
            self.put(kwarg.name.as_str());
        }
    }

    fn elements(&mut self, elements: &ast::InterpolatedStringElements, flags: (bool, bool), out: &mut Vec<u8>) {
        let (raw, template) = flags;
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(s) => {
                    escape_braces(&literal::interpolated_part(self.source, s, raw).0, out);
                }
                InterpolatedStringElement::Interpolation(i) => {
                    if let Some(debug) = &i.debug_text {
                        escape_braces(debug.as_str().as_bytes(), out);
                    }
                    let mut inner = Writer { out: String::new(), source: self.source };
                    if template {
                        // A template keeps the text of its expressions.
                        inner.out.push_str(&crate::fstring::expression_text(self.source, i));
                    } else {
                        inner.expr(&i.expression, TEST + 1);
                    }
                    out.extend_from_slice(if inner.out.starts_with('{') { b"{ " } else { b"{" });
                    out.extend_from_slice(inner.out.as_bytes());
                    match i.conversion {
                        ConversionFlag::None if i.debug_text.is_some() && i.format_spec.is_none() => {
                            out.extend_from_slice(b"!r");
                        }
                        ConversionFlag::None => {}
                        ConversionFlag::Str => out.extend_from_slice(b"!s"),
                        ConversionFlag::Repr => out.extend_from_slice(b"!r"),
                        ConversionFlag::Ascii => out.extend_from_slice(b"!a"),
                    }
                    if let Some(spec) = &i.format_spec {
                        out.push(b':');
                        self.elements(&spec.elements, (false, template), out);
                    }
                    out.push(b'}');
                }
            }
        }
    }

    fn number(&mut self, n: &ast::Number) {
        match n {
            ast::Number::Int(i) => match i.as_u64() {
                Some(n) => self.put(&n.to_string()),
                None => match literal::int(i) {
                    engine_code::Const::BigInt { magnitude, .. } => {
                        self.put(&num_bigint::BigUint::from_bytes_le(&magnitude).to_string());
                    }
                    _ => self.put(&i.to_string()),
                },
            },
            ast::Number::Float(x) => self.put(&repr_float(*x)),
            ast::Number::Complex { imag, .. } => {
                let text = repr_float(*imag);
                self.put(text.strip_suffix(".0").unwrap_or(&text));
                self.put("j");
            }
        }
    }
}

fn escape_braces(text: &[u8], out: &mut Vec<u8>) {
    for &b in text {
        out.push(b);
        if b == b'{' || b == b'}' {
            out.push(b);
        }
    }
}

/// `repr` of a finite float literal; an infinite one is written as a literal that overflows.
pub fn repr_float(x: f64) -> String {
    if x.is_infinite() {
        return "1e309".to_string();
    }
    let text = format!("{x:e}");
    let Some((digits, exponent)) = text.split_once('e') else { return text };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let plain = format!("{x}");
        return if plain.contains('.') { plain } else { plain + ".0" };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

/// `repr` of generalized UTF-8.
pub fn repr_str(bytes: &[u8]) -> String {
    let quote = quote_for(bytes);
    let mut out = String::from(quote);
    let mut rest = bytes;
    while !rest.is_empty() {
        let (valid, after) = match std::str::from_utf8(rest) {
            Ok(text) => (text, &[][..]),
            Err(e) => {
                let (valid, bad) = rest.split_at(e.valid_up_to());
                (std::str::from_utf8(valid).unwrap_or_default(), bad)
            }
        };
        for c in valid.chars() {
            match c {
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                '\\' => out.push_str("\\\\"),
                c if c == quote => {
                    out.push('\\');
                    out.push(c);
                }
                c if (c as u32) < 0x20 || (0x7F..0xA1).contains(&(c as u32)) || c == '\u{AD}' => {
                    out.push_str(&format!("\\x{:02x}", c as u32));
                }
                c => out.push(c),
            }
        }
        rest = after;
        if let [a, b, c, tail @ ..] = rest {
            let n = (*a as u32 & 0xF) << 12 | (*b as u32 & 0x3F) << 6 | (*c as u32 & 0x3F);
            out.push_str(&format!("\\u{n:04x}"));
            rest = tail;
        } else {
            break;
        }
    }
    out.push(quote);
    out
}

fn quote_for(bytes: &[u8]) -> char {
    if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' }
}

fn repr_bytes(bytes: &[u8]) -> String {
    let quote = quote_for(bytes);
    let mut out = format!("b{quote}");
    for &b in bytes {
        match b {
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b'\\' => out.push_str("\\\\"),
            b if b as char == quote => {
                out.push('\\');
                out.push(quote);
            }
            0x20..=0x7E => out.push(b as char),
            b => out.push_str(&format!("\\x{b:02x}")),
        }
    }
    out.push(quote);
    out
}
