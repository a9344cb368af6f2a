//! From the parser's tree to Python's: entry point and what all nodes need.

use engine::interp::{CompileMode, TreeWish};
use engine::objects::{Dict, List, Obj, Str};
use engine::prelude::*;
use engine::{interp, protocol};
use engine_compiler::extras::{self, Entry, TypeComments};
use ruff_python_ast as ast;
use ruff_python_ast::Mod;
use ruff_python_parser::{Mode, ParseOptions};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::instances;

/// The syntax tree of `source`, as `compile(..., PyCF_ONLY_AST)` gives it.
///
/// # Errors
/// SyntaxError and what memory or recursion limits raise.
pub fn parse_to_ast(cx: &mut Ctx, source: &str, filename: &str, wish: TreeWish) -> PyResult {
    interp::room_for_source(cx, source)?;
    let mode = wish.mode;
    let text = source.replace("\r\n", "\n").replace('\r', "\n");
    if wish.function_type {
        return function_type(cx, &text, filename, wish);
    }
    let options = match mode {
        CompileMode::Eval => ParseOptions::from(Mode::Expression),
        _ => ParseOptions::from(Mode::Module),
    };
    if engine_compiler::check_nesting(&text, filename).is_err() {
        // The compiler words the error.
        interp::compile_source(cx, source, filename, mode, wish.flags, false, -1)?;
    }
    let always = wish.flags & interp::FUTURE_BARRY != 0;
    // Places stay, so the nodes still speak of `text`.
    let read = engine_compiler::flufl::translate((&text).into(), filename, always)
        .map_err(|e| interp::raise_syntax_error(cx, filename, source, &e))?;
    let parsed = engine_compiler::parse_tree(&read, options.with_target_version(ast::PythonVersion::PY314));
    let made = convert(cx, source, &text, filename, wish, &parsed);
    // What could be converted can be dropped: that takes less stack.
    if made.is_err() {
        engine_compiler::discard(parsed);
    }
    made
}

fn convert(
    cx: &mut Ctx,
    source: &str,
    text: &str,
    filename: &str,
    wish: TreeWish,
    parsed: &engine_compiler::Parsed,
) -> PyResult {
    let mode = wish.mode;
    if !parsed.errors().is_empty() || !parsed.unsupported_syntax_errors().is_empty() {
        // The compiler words the error; what it accepts nevertheless is a tree.
        interp::compile_source(cx, source, filename, mode, wish.flags, false, -1)?;
    }
    interp::issue_warnings(cx, filename, source, &engine_compiler::token_warnings(text, filename, parsed))?;
    let comments = match (wish.type_comments, wish.minor) {
        (false, None) => TypeComments::default(),
        (types, minor) => {
            let entry = match mode {
                CompileMode::Exec => Entry::File,
                CompileMode::Eval => Entry::Eval,
                CompileMode::Single => Entry::Interactive,
            };
            extras::check(text, filename, entry, types, minor.unwrap_or(u32::MAX))
                .map_err(|e| interp::raise_syntax_error(cx, filename, source, &e))?
        }
    };
    let tree = Converter::new(cx, text, comments, wish.optimize)?;
    match parsed.syntax() {
        Mod::Module(module) => {
            let body = tree.statements(cx, &module.body)?;
            if matches!(mode, CompileMode::Single) {
                return tree.node(cx, "Interactive", None, &[("body", body)]);
            }
            let ignores = List::new(cx);
            for (line, tag) in &tree.comments.ignored {
                let (line, tag) = (Value::from_usize(*line as usize), Str::new(cx, tag));
                let ignore = tree.node(cx, "TypeIgnore", None, &[("lineno", line), ("tag", tag)])?;
                ignores.push(cx, ignore);
            }
            tree.node(cx, "Module", None, &[("body", body), ("type_ignores", ignores.value())])
        }
        Mod::Expression(e) => {
            let body = tree.expr(cx, &e.body)?;
            tree.node(cx, "Expression", None, &[("body", body)])
        }
    }
}

/// The tree of `(int, *str) -> bool`.
fn function_type(cx: &mut Ctx, text: &str, filename: &str, wish: TreeWish) -> PyResult {
    let (parameters, result) = extras::function_type(text, filename, wish.minor.unwrap_or(u32::MAX))
        .map_err(|e| interp::raise_syntax_error(cx, filename, text, &e))?;
    let tree = Converter::new(cx, text, TypeComments::default(), wish.optimize)?;
    let types = List::new(cx);
    for range in parameters {
        let v = tree.part(cx, filename, range)?;
        types.push(cx, v);
    }
    let returns = tree.part(cx, filename, result)?;
    tree.node(cx, "FunctionType", None, &[("argtypes", types.value()), ("returns", returns)])
}

/// What converting a tree needs.
pub struct Converter<'a> {
    /// The source.
    pub text: &'a str,
    /// Where lines start.
    pub starts: Vec<usize>,
    /// The node classes.
    pub classes: Dict,
    /// Comments that say types.
    comments: TypeComments,
    /// The level of optimization, if the tree is to be optimized.
    pub optimize: Option<u8>,
}

impl<'a> Converter<'a> {
    fn new(cx: &mut Ctx, text: &'a str, comments: TypeComments, optimize: Option<u8>) -> PyResult<Converter<'a>> {
        let classes = super::classes(cx)?;
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(i, _)| i + 1)).collect();
        Ok(Converter { text, starts, classes, comments, optimize })
    }
}

impl Converter<'_> {
    /// The tree of an expression within the text.
    fn part(&self, cx: &mut Ctx, filename: &str, range: TextRange) -> PyResult {
        // In parentheses, where it stands: lines may end in it.
        let (start, end) = (range.start().to_usize(), range.end().to_usize());
        let text = format!("({}{})", " ".repeat(start.saturating_sub(1)), self.text.get(start..end).unwrap_or(""));
        let options = ParseOptions::from(Mode::Expression).with_target_version(ast::PythonVersion::PY314);
        let parsed = engine_compiler::parse_tree(&text, options);
        let made = match parsed.syntax() {
            Mod::Expression(e) if parsed.errors().is_empty() => self.expr(cx, &e.body),
            _ => interp::compile_source(cx, &text, filename, CompileMode::Eval, 0, false, -1),
        };
        if made.is_err() {
            engine_compiler::discard(parsed);
        }
        made
    }

    /// The type that a comment between two places says.
    pub fn type_comment(&self, cx: &mut Ctx, from: TextSize, to: TextSize) -> Value {
        let (from, to) = (from.to_usize(), to.to_usize());
        let found = self.comments.types.iter().find(|(at, _)| (from..to).contains(at));
        found.map_or(Value::NONE, |(_, text)| Str::new(cx, text))
    }

    /// The same behind a statement, in its line.
    pub fn type_comment_behind(&self, cx: &mut Ctx, end: TextSize) -> Value {
        let rest = self.text.get(end.to_usize()..).unwrap_or("");
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t', '\x0C']).len();
        let at = end + TextSize::new(blanks as u32);
        self.type_comment(cx, at, at + TextSize::new(1))
    }

    /// Makes a node.
    pub fn node(&self, cx: &mut Ctx, class: &str, place: Option<TextRange>, fields: &[(&str, Value)]) -> PyResult {
        let name = instances::name(cx, class);
        let class = self.classes.get_str(name).unwrap_or(Value::NONE);
        // A tree has as many nodes as its source is long.
        cx.poll()?;
        let o = cx.alloc_instance(class)?;
        for &(name, v) in fields {
            set(cx, o, name, v);
        }
        if let Some(range) = place {
            let (line, column) = self.place(range.start());
            let (end_line, end_column) = self.place(range.end());
            set(cx, o, "lineno", Value::from_usize(line));
            set(cx, o, "col_offset", Value::from_usize(column));
            set(cx, o, "end_lineno", Value::from_usize(end_line));
            set(cx, o, "end_col_offset", Value::from_usize(end_column));
        }
        Ok(o.value())
    }

    /// Line (from 1) and byte column of an offset.
    fn place(&self, at: TextSize) -> (usize, usize) {
        let at = at.to_usize();
        let line = self.starts.partition_point(|&s| s <= at);
        (line, at - self.starts.get(line.wrapping_sub(1)).copied().unwrap_or(0))
    }

    /// The source of a range.
    pub fn source(&self, range: TextRange) -> &str {
        self.text.get(range.start().to_usize()..range.end().to_usize()).unwrap_or("")
    }

    /// A node without fields, of which parsed trees share one.
    pub fn shared(&self, cx: &mut Ctx, class: &str) -> PyResult {
        super::shared_node(cx, class)
    }

    /// An identifier.
    pub fn name(&self, cx: &mut Ctx, name: &ast::Identifier) -> Value {
        identifier(cx, name.as_str())
    }

    /// An identifier or None.
    pub fn opt_name(&self, cx: &mut Ctx, name: Option<&ast::Identifier>) -> Value {
        name.map_or(Value::NONE, |n| identifier(cx, n.as_str()))
    }

    /// A list of what `f` makes of each item.
    pub fn list<'i, T: 'i>(
        &self,
        cx: &mut Ctx,
        items: impl IntoIterator<Item = &'i T>,
        f: impl Fn(&Self, &mut Ctx, &T) -> PyResult,
    ) -> PyResult {
        let out = List::new(cx);
        for item in items {
            let v = f(self, cx, item)?;
            out.push(cx, v);
        }
        Ok(out.value())
    }

    /// What `f` makes of the item, None when there is none.
    pub fn opt<T>(&self, cx: &mut Ctx, item: Option<&T>, f: impl Fn(&Self, &mut Ctx, &T) -> PyResult) -> PyResult {
        match item {
            Some(item) => f(self, cx, item),
            None => Ok(Value::NONE),
        }
    }

    /// Evaluates the literal at `range`, for what the parser's own value cannot express.
    pub fn evaluate(&self, cx: &mut Ctx, range: TextRange) -> PyResult {
        let source = format!("({})", self.source(range));
        self.evaluate_text(cx, &source)
    }

    /// Evaluates the text of a literal.
    pub fn evaluate_text(&self, cx: &mut Ctx, source: &str) -> PyResult {
        let code = interp::compile_source(cx, source, "<unknown>", CompileMode::Eval, 0, false, -1)?;
        let globals = Dict::new(cx);
        interp::ensure_builtins(cx, globals);
        interp::exec_code(cx, code, globals.value(), globals.value(), Value::EMPTY)
    }

    /// A string that the parser decoded: lone surrogates show in it as U+FFFD.
    pub fn string(&self, cx: &mut Ctx, decoded: &str, range: TextRange) -> PyResult {
        if decoded.contains('\u{fffd}') && self.source(range).contains('\\') {
            return self.evaluate(cx, range);
        }
        Ok(Str::new(cx, decoded))
    }

    /// `Load`, `Store` or `Del`.
    pub fn context(&self, cx: &mut Ctx, context: ast::ExprContext) -> PyResult {
        self.shared(
            cx,
            match context {
                ast::ExprContext::Store => "Store",
                ast::ExprContext::Del => "Del",
                _ => "Load",
            },
        )
    }

    /// `arguments`.
    pub fn parameters(&self, cx: &mut Ctx, parameters: Option<&ast::Parameters>) -> PyResult {
        let (posonly, args, kwonly) = (List::new(cx), List::new(cx), List::new(cx));
        let (defaults, kw_defaults) = (List::new(cx), List::new(cx));
        let (mut vararg, mut kwarg) = (Value::NONE, Value::NONE);
        if let Some(p) = parameters {
            let starts: Vec<TextSize> = p.iter().map(|p| p.as_parameter().name.range().start()).collect();
            let parameter = |tree: &Self, cx: &mut Ctx, one: &ast::Parameter| {
                let start = one.name.range().start();
                let next = starts.iter().copied().filter(|&s| s > start).min().unwrap_or(p.range.end());
                tree.parameter(cx, one, next)
            };
            for (from, into) in [(&p.posonlyargs, posonly), (&p.args, args)] {
                for one in from {
                    let v = parameter(self, cx, &one.parameter)?;
                    into.push(cx, v);
                    if let Some(default) = &one.default {
                        let v = self.expr(cx, default)?;
                        defaults.push(cx, v);
                    }
                }
            }
            for one in &p.kwonlyargs {
                let v = parameter(self, cx, &one.parameter)?;
                kwonly.push(cx, v);
                let default = self.opt(cx, one.default.as_deref(), Self::expr)?;
                kw_defaults.push(cx, default);
            }
            vararg = self.opt(cx, p.vararg.as_deref(), parameter)?;
            kwarg = self.opt(cx, p.kwarg.as_deref(), parameter)?;
        }
        self.node(
            cx,
            "arguments",
            None,
            &[
                ("posonlyargs", posonly.value()),
                ("args", args.value()),
                ("vararg", vararg),
                ("kwonlyargs", kwonly.value()),
                ("kw_defaults", kw_defaults.value()),
                ("kwarg", kwarg),
                ("defaults", defaults.value()),
            ],
        )
    }

    /// `next`: where the next one begins.
    fn parameter(&self, cx: &mut Ctx, p: &ast::Parameter, next: TextSize) -> PyResult {
        let comment = self.type_comment(cx, p.range().end(), next);
        let name = self.name(cx, &p.name);
        let annotation = self.opt(cx, p.annotation.as_deref(), Self::expr)?;
        // The stars of `*args` and `**kwargs` are not part of the parameter.
        let range = TextRange::new(p.name.range().start(), p.range().end());
        self.node(cx, "arg", Some(range), &[("arg", name), ("annotation", annotation), ("type_comment", comment)])
    }

    /// `keyword`.
    pub fn keyword(&self, cx: &mut Ctx, k: &ast::Keyword) -> PyResult {
        let arg = self.opt_name(cx, k.arg.as_ref());
        let value = self.expr(cx, &k.value)?;
        self.node(cx, "keyword", Some(k.range), &[("arg", arg), ("value", value)])
    }

    /// Checks the native stack before descending.
    pub fn enter(&self, cx: &mut Ctx) -> Res<()> {
        protocol::guard(cx, " during ast construction")
    }
}

/// An interned name, normalized as the language asks.
fn identifier(cx: &mut Ctx, name: &str) -> Value {
    instances::name(cx, name)
}

fn set(cx: &mut Ctx, o: Obj, name: &str, v: Value) {
    let name = instances::name(cx, name);
    o.set_attr(cx, name, v);
}
