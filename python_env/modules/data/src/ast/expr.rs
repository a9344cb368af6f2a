//! Expressions as Python nodes.

use engine::interp;
use engine::objects::{Bytes, List, Str};
use engine::prelude::*;
use engine::protocol;
use ruff_python_ast as ast;
use ruff_python_ast::{Expr, FStringPart, InterpolatedStringElement, Number};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::convert::Converter;
use crate::instances;

/// The class of a binary operator.
pub fn operator(op: ast::Operator) -> &'static str {
    match op {
        ast::Operator::Add => "Add",
        ast::Operator::Sub => "Sub",
        ast::Operator::Mult => "Mult",
        ast::Operator::MatMult => "MatMult",
        ast::Operator::Div => "Div",
        ast::Operator::Mod => "Mod",
        ast::Operator::Pow => "Pow",
        ast::Operator::LShift => "LShift",
        ast::Operator::RShift => "RShift",
        ast::Operator::BitOr => "BitOr",
        ast::Operator::BitXor => "BitXor",
        ast::Operator::BitAnd => "BitAnd",
        ast::Operator::FloorDiv => "FloorDiv",
    }
}

fn comparison(op: ast::CmpOp) -> &'static str {
    match op {
        ast::CmpOp::Eq => "Eq",
        ast::CmpOp::NotEq => "NotEq",
        ast::CmpOp::Lt => "Lt",
        ast::CmpOp::LtE => "LtE",
        ast::CmpOp::Gt => "Gt",
        ast::CmpOp::GtE => "GtE",
        ast::CmpOp::Is => "Is",
        ast::CmpOp::IsNot => "IsNot",
        ast::CmpOp::In => "In",
        ast::CmpOp::NotIn => "NotIn",
    }
}

impl Converter<'_> {
    /// One expression.
    pub fn expr(&self, cx: &mut Ctx, e: &Expr) -> PyResult {
        self.enter(cx)?;
        let at = Some(e.range());
        match e {
            Expr::BoolOp(e) => {
                let op = self.shared(cx, if e.op == ast::BoolOp::And { "And" } else { "Or" })?;
                let values = self.list(cx, &e.values, Self::expr)?;
                self.node(cx, "BoolOp", at, &[("op", op), ("values", values)])
            }
            Expr::Named(e) => {
                let target = self.expr(cx, &e.target)?;
                let value = self.expr(cx, &e.value)?;
                self.node(cx, "NamedExpr", at, &[("target", target), ("value", value)])
            }
            Expr::BinOp(e) => {
                let left = self.expr(cx, &e.left)?;
                let op = self.shared(cx, operator(e.op))?;
                let right = self.expr(cx, &e.right)?;
                self.node(cx, "BinOp", at, &[("left", left), ("op", op), ("right", right)])
            }
            Expr::UnaryOp(e) => {
                let op = match e.op {
                    ast::UnaryOp::Invert => "Invert",
                    ast::UnaryOp::Not => "Not",
                    ast::UnaryOp::UAdd => "UAdd",
                    ast::UnaryOp::USub => "USub",
                };
                let op = self.shared(cx, op)?;
                let operand = self.expr(cx, &e.operand)?;
                self.node(cx, "UnaryOp", at, &[("op", op), ("operand", operand)])
            }
            Expr::Lambda(e) => {
                let args = self.parameters(cx, e.parameters.as_deref())?;
                let body = self.expr(cx, &e.body)?;
                self.node(cx, "Lambda", at, &[("args", args), ("body", body)])
            }
            Expr::If(e) => {
                let test = self.expr(cx, &e.test)?;
                let body = self.expr(cx, &e.body)?;
                let orelse = self.expr(cx, &e.orelse)?;
                self.node(cx, "IfExp", at, &[("test", test), ("body", body), ("orelse", orelse)])
            }
            Expr::Dict(e) => {
                let keys = self.list(cx, &e.items, |t, cx, i| t.opt(cx, i.key.as_ref(), Self::expr))?;
                let values = self.list(cx, &e.items, |t, cx, i| t.expr(cx, &i.value))?;
                self.node(cx, "Dict", at, &[("keys", keys), ("values", values)])
            }
            Expr::Set(e) => {
                let elts = self.list(cx, &e.elts, Self::expr)?;
                self.node(cx, "Set", at, &[("elts", elts)])
            }
            Expr::ListComp(e) => self.comprehension(cx, "ListComp", at, &e.elt, &e.generators),
            Expr::SetComp(e) => self.comprehension(cx, "SetComp", at, &e.elt, &e.generators),
            Expr::Generator(e) => self.comprehension(cx, "GeneratorExp", at, &e.elt, &e.generators),
            Expr::DictComp(e) => {
                let key = self.opt(cx, e.key.as_deref(), Self::expr)?;
                let value = self.expr(cx, &e.value)?;
                let generators = self.list(cx, &e.generators, Self::generator)?;
                self.node(cx, "DictComp", at, &[("key", key), ("value", value), ("generators", generators)])
            }
            Expr::Await(e) => {
                let value = self.expr(cx, &e.value)?;
                self.node(cx, "Await", at, &[("value", value)])
            }
            Expr::Yield(e) => {
                let value = self.opt(cx, e.value.as_deref(), Self::expr)?;
                self.node(cx, "Yield", at, &[("value", value)])
            }
            Expr::YieldFrom(e) => {
                let value = self.expr(cx, &e.value)?;
                self.node(cx, "YieldFrom", at, &[("value", value)])
            }
            Expr::Compare(e) => {
                let left = self.expr(cx, &e.left)?;
                let ops = self.list(cx, e.ops.iter(), |t, cx, op| t.shared(cx, comparison(*op)))?;
                let comparators = self.list(cx, e.comparators.iter(), Self::expr)?;
                self.node(cx, "Compare", at, &[("left", left), ("ops", ops), ("comparators", comparators)])
            }
            Expr::Call(e) => self.call(cx, e),
            Expr::FString(e) => self.fstring(cx, e),
            Expr::TString(e) => self.tstring(cx, e),
            Expr::StringLiteral(e) => {
                let value = self.string(cx, e.value.to_str(), e.range)?;
                let kind = if e.value.first_literal_flags().prefix().is_unicode() {
                    instances::text(cx, "u")
                } else {
                    Value::NONE
                };
                self.node(cx, "Constant", at, &[("value", value), ("kind", kind)])
            }
            Expr::BytesLiteral(e) => {
                let bytes: Vec<u8> = e.value.bytes().collect();
                let value = Bytes::wish(cx, &bytes)?;
                self.constant(cx, at, value)
            }
            Expr::NumberLiteral(e) => {
                let value = match &e.value {
                    Number::Int(n) => match n.as_i64() {
                        Some(n) => int::from_i64(cx, n),
                        None => self.evaluate(cx, e.range)?,
                    },
                    Number::Float(f) => float::new(cx, *f),
                    Number::Complex { real, imag } => types::complex_value(cx, *real, *imag),
                };
                self.constant(cx, at, value)
            }
            Expr::BooleanLiteral(e) => self.constant(cx, at, Value::bool(e.value)),
            Expr::NoneLiteral(_) | Expr::IpyEscapeCommand(_) => self.constant(cx, at, Value::NONE),
            Expr::EllipsisLiteral(_) => self.constant(cx, at, Value::ELLIPSIS),
            Expr::Attribute(e) => {
                let value = self.expr(cx, &e.value)?;
                let attr = self.name(cx, &e.attr);
                let ctx = self.context(cx, e.ctx)?;
                self.node(cx, "Attribute", at, &[("value", value), ("attr", attr), ("ctx", ctx)])
            }
            Expr::Subscript(e) => {
                let value = self.expr(cx, &e.value)?;
                let slice = self.expr(cx, &e.slice)?;
                let ctx = self.context(cx, e.ctx)?;
                self.node(cx, "Subscript", at, &[("value", value), ("slice", slice), ("ctx", ctx)])
            }
            Expr::Starred(e) => {
                let value = self.expr(cx, &e.value)?;
                let ctx = self.context(cx, e.ctx)?;
                self.node(cx, "Starred", at, &[("value", value), ("ctx", ctx)])
            }
            Expr::Name(e) if e.id.as_str() == "__debug__" && self.optimize.is_some() => {
                self.constant(cx, at, Value::bool(self.optimize == Some(0)))
            }
            Expr::Name(e) => {
                let id = instances::name(cx, e.id.as_str());
                let ctx = self.context(cx, e.ctx)?;
                self.node(cx, "Name", at, &[("id", id), ("ctx", ctx)])
            }
            Expr::List(e) => {
                let elts = self.list(cx, &e.elts, Self::expr)?;
                let ctx = self.context(cx, e.ctx)?;
                self.node(cx, "List", at, &[("elts", elts), ("ctx", ctx)])
            }
            Expr::Tuple(e) => {
                let elts = self.list(cx, &e.elts, Self::expr)?;
                let ctx = self.context(cx, e.ctx)?;
                self.node(cx, "Tuple", at, &[("elts", elts), ("ctx", ctx)])
            }
            Expr::Slice(e) => {
                let lower = self.opt(cx, e.lower.as_deref(), Self::expr)?;
                let upper = self.opt(cx, e.upper.as_deref(), Self::expr)?;
                let step = self.opt(cx, e.step.as_deref(), Self::expr)?;
                self.node(cx, "Slice", at, &[("lower", lower), ("upper", upper), ("step", step)])
            }
        }
    }

    fn constant(&self, cx: &mut Ctx, at: Option<TextRange>, value: Value) -> PyResult {
        self.node(cx, "Constant", at, &[("value", value), ("kind", Value::NONE)])
    }

    fn comprehension(
        &self,
        cx: &mut Ctx,
        class: &str,
        at: Option<TextRange>,
        elt: &Expr,
        generators: &[ast::Comprehension],
    ) -> PyResult {
        let elt = self.expr(cx, elt)?;
        let generators = self.list(cx, generators, Self::generator)?;
        self.node(cx, class, at, &[("elt", elt), ("generators", generators)])
    }

    fn generator(&self, cx: &mut Ctx, g: &ast::Comprehension) -> PyResult {
        let target = self.expr(cx, &g.target)?;
        let iter = self.expr(cx, &g.iter)?;
        let ifs = self.list(cx, &g.ifs, Self::expr)?;
        let is_async = Value::small(i32::from(g.is_async));
        self.node(
            cx,
            "comprehension",
            None,
            &[("target", target), ("iter", iter), ("ifs", ifs), ("is_async", is_async)],
        )
    }

    fn call(&self, cx: &mut Ctx, e: &ast::ExprCall) -> PyResult {
        let func = self.expr(cx, &e.func)?;
        let args = List::new(cx);
        for arg in &e.arguments.args {
            let v = match arg {
                // A generator expression that is the only argument has the call's parentheses for its own.
                Expr::Generator(g) if !g.parenthesized => {
                    self.comprehension(cx, "GeneratorExp", Some(e.arguments.range), &g.elt, &g.generators)?
                }
                arg => self.expr(cx, arg)?,
            };
            args.push(cx, v);
        }
        let keywords = self.list(cx, &e.arguments.keywords, Self::keyword)?;
        self.node(cx, "Call", Some(e.range()), &[("func", func), ("args", args.value()), ("keywords", keywords)])
    }

    fn fstring(&self, cx: &mut Ctx, e: &ast::ExprFString) -> PyResult {
        let mut parts = Parts::new(cx);
        for part in e.value.iter() {
            match part {
                FStringPart::Literal(literal) => {
                    let v = self.string(cx, &literal.value, literal.range)?;
                    parts.text(cx, self, v, literal.range)?;
                }
                FStringPart::FString(f) => self.elements(cx, &mut parts, f.elements.iter(), false)?,
            }
        }
        let values = parts.finish(cx, self)?;
        self.node(cx, "JoinedStr", Some(e.range), &[("values", values)])
    }

    fn tstring(&self, cx: &mut Ctx, e: &ast::ExprTString) -> PyResult {
        let mut parts = Parts::new(cx);
        for t in e.value.iter() {
            self.elements(cx, &mut parts, t.elements.iter(), true)?;
        }
        let values = parts.finish(cx, self)?;
        self.node(cx, "TemplateStr", Some(e.range), &[("values", values)])
    }

    fn elements<'i>(
        &self,
        cx: &mut Ctx,
        parts: &mut Parts,
        elements: impl Iterator<Item = &'i InterpolatedStringElement>,
        template: bool,
    ) -> Res<()> {
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(literal) => {
                    let v = self.text_element(cx, literal)?;
                    parts.text(cx, self, v, literal.range)?;
                }
                InterpolatedStringElement::Interpolation(i) => self.interpolation(cx, parts, i, template)?,
            }
        }
        Ok(())
    }

    /// A piece of text. The parser shows lone surrogates as U+FFFD: such text is evaluated again as a plain string.
    fn text_element(&self, cx: &mut Ctx, literal: &ast::InterpolatedStringLiteralElement) -> PyResult {
        let source = self.source(literal.range);
        if !literal.value.contains('\u{fffd}') || !source.contains('\\') {
            return Ok(Str::new(cx, &literal.value));
        }
        let quotes = if source.contains("\"\"\"") || source.ends_with('"') { "\'\'\'" } else { "\"\"\"" };
        let text = source.replace("{{", "{").replace("}}", "}");
        self.evaluate_text(cx, &format!("{quotes}{text}{quotes}"))
    }

    fn interpolation(&self, cx: &mut Ctx, parts: &mut Parts, i: &ast::InterpolatedElement, template: bool) -> Res<()> {
        let mut conversion = i.conversion.to_byte().map_or(-1, i32::from);
        if let Some(debug) = &i.debug_text {
            let v = Str::new(cx, &interp::tree::debug_text(debug));
            let start = i.range.start() + TextSize::from(1);
            let len = TextSize::try_from(debug.as_str().len()).unwrap_or_default();
            parts.text(cx, self, v, TextRange::at(start, len))?;
            if conversion == -1 && i.format_spec.is_none() {
                conversion = i32::from(b'r');
            }
        }
        let value = self.expr(cx, &i.expression)?;
        let spec = match i.format_spec.as_deref() {
            None => Value::NONE,
            Some(spec) => {
                let mut inner = Parts::new(cx);
                self.elements(cx, &mut inner, spec.elements.iter(), false)?;
                let values = inner.finish(cx, self)?;
                // The colon belongs to the place.
                let range = TextRange::new(spec.range.start() - TextSize::from(1), spec.range.end());
                self.node(cx, "JoinedStr", Some(range), &[("values", values)])?
            }
        };
        let conversion = ("conversion", Value::small(conversion));
        let node = if template {
            let text = Str::new(cx, &interp::tree::interpolation_text(self.text, i));
            self.node(
                cx,
                "Interpolation",
                Some(i.range),
                &[("value", value), ("str", text), conversion, ("format_spec", spec)],
            )?
        } else {
            self.node(cx, "FormattedValue", Some(i.range), &[("value", value), conversion, ("format_spec", spec)])?
        };
        parts.node(cx, self, node)
    }
}

/// The values of a formatted string: adjacent texts are one constant.
struct Parts {
    values: List,
    /// Text that no constant was made of yet, with its place.
    pending: List,
    range: Option<TextRange>,
}

impl Parts {
    fn new(heap: &Heap) -> Parts {
        Parts { values: List::new(heap), pending: List::new(heap), range: None }
    }

    fn text(&mut self, cx: &mut Ctx, _: &Converter, v: Value, range: TextRange) -> Res<()> {
        self.pending.push(cx, v);
        self.range = Some(self.range.map_or(range, |r| TextRange::new(r.start(), range.end())));
        Ok(())
    }

    fn flush(&mut self, cx: &mut Ctx, tree: &Converter) -> Res<()> {
        let texts = self.pending.take(cx);
        let Some(range) = self.range.take() else { return Ok(()) };
        let mut all = instances::text(cx, "");
        for t in texts.items() {
            all = protocol::add(cx, all, t)?;
        }
        if Str::of(all).is_some_and(|s| !s.is_empty()) {
            let node = tree.constant(cx, Some(range), all)?;
            self.values.push(cx, node);
        }
        Ok(())
    }

    fn node(&mut self, cx: &mut Ctx, tree: &Converter, v: Value) -> Res<()> {
        self.flush(cx, tree)?;
        self.values.push(cx, v);
        Ok(())
    }

    fn finish(mut self, cx: &mut Ctx, tree: &Converter) -> PyResult {
        self.flush(cx, tree)?;
        Ok(self.values.value())
    }
}
