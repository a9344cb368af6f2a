//! Statements, patterns and type parameters as Python nodes.

use engine::objects::List;
use engine::prelude::*;
use ruff_python_ast as ast;
use ruff_python_ast::{Pattern, Stmt, TypeParam};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::convert::Converter;
use super::expr::operator;

impl Converter<'_> {
    /// A list of statements.
    pub fn statements<'i>(&self, cx: &mut Ctx, body: impl IntoIterator<Item = &'i Stmt>) -> PyResult {
        self.list(cx, body, Self::stmt)
    }

    fn stmt(&self, cx: &mut Ctx, s: &Stmt) -> PyResult {
        self.enter(cx)?;
        let at = Some(s.range());
        match s {
            Stmt::FunctionDef(s) => self.function(cx, s),
            Stmt::ClassDef(s) => self.class(cx, s),
            Stmt::Return(s) => {
                let value = self.opt(cx, s.value.as_deref(), Self::expr)?;
                self.node(cx, "Return", at, &[("value", value)])
            }
            Stmt::Delete(s) => {
                let targets = self.list(cx, &s.targets, Self::expr)?;
                self.node(cx, "Delete", at, &[("targets", targets)])
            }
            Stmt::TypeAlias(s) => {
                let name = self.expr(cx, &s.name)?;
                let params = self.type_params(cx, s.type_params.as_deref())?;
                let value = self.expr(cx, &s.value)?;
                self.node(cx, "TypeAlias", at, &[("name", name), ("type_params", params), ("value", value)])
            }
            Stmt::Assign(s) => {
                let targets = self.list(cx, &s.targets, Self::expr)?;
                let value = self.expr(cx, &s.value)?;
                let comment = self.type_comment_behind(cx, s.range.end());
                self.node(cx, "Assign", at, &[("targets", targets), ("value", value), ("type_comment", comment)])
            }
            Stmt::AugAssign(s) => {
                let target = self.expr(cx, &s.target)?;
                let op = self.shared(cx, operator(s.op))?;
                let value = self.expr(cx, &s.value)?;
                self.node(cx, "AugAssign", at, &[("target", target), ("op", op), ("value", value)])
            }
            Stmt::AnnAssign(s) => {
                let target = self.expr(cx, &s.target)?;
                let annotation = self.expr(cx, &s.annotation)?;
                let value = self.opt(cx, s.value.as_deref(), Self::expr)?;
                let simple = Value::small(i32::from(s.simple));
                self.node(
                    cx,
                    "AnnAssign",
                    at,
                    &[("target", target), ("annotation", annotation), ("value", value), ("simple", simple)],
                )
            }
            Stmt::For(s) => {
                let target = self.expr(cx, &s.target)?;
                let iter = self.expr(cx, &s.iter)?;
                let body = self.statements(cx, &s.body)?;
                let orelse = self.statements(cx, &s.orelse)?;
                let comment = self.header_comment(cx, s.iter.range().end(), &s.body);
                let class = if s.is_async { "AsyncFor" } else { "For" };
                self.node(
                    cx,
                    class,
                    at,
                    &[
                        ("target", target),
                        ("iter", iter),
                        ("body", body),
                        ("orelse", orelse),
                        ("type_comment", comment),
                    ],
                )
            }
            Stmt::While(s) => {
                let test = self.expr(cx, &s.test)?;
                let body = self.statements(cx, &s.body)?;
                let orelse = self.statements(cx, &s.orelse)?;
                self.node(cx, "While", at, &[("test", test), ("body", body), ("orelse", orelse)])
            }
            Stmt::If(s) => {
                let test = self.expr(cx, &s.test)?;
                let body = self.statements(cx, &s.body)?;
                let orelse = self.elif(cx, &s.elif_else_clauses, s.range.end())?;
                self.node(cx, "If", at, &[("test", test), ("body", body), ("orelse", orelse)])
            }
            Stmt::With(s) => {
                let items = self.list(cx, &s.items, Self::with_item)?;
                let body = self.statements(cx, &s.body)?;
                let end = s.items.last().map_or(s.range.start(), |item| item.range().end());
                let comment = self.header_comment(cx, end, &s.body);
                let class = if s.is_async { "AsyncWith" } else { "With" };
                self.node(cx, class, at, &[("items", items), ("body", body), ("type_comment", comment)])
            }
            Stmt::Match(s) => {
                let subject = self.expr(cx, &s.subject)?;
                let cases = self.list(cx, &s.cases, Self::match_case)?;
                self.node(cx, "Match", at, &[("subject", subject), ("cases", cases)])
            }
            Stmt::Raise(s) => {
                let exc = self.opt(cx, s.exc.as_deref(), Self::expr)?;
                let cause = self.opt(cx, s.cause.as_deref(), Self::expr)?;
                self.node(cx, "Raise", at, &[("exc", exc), ("cause", cause)])
            }
            Stmt::Try(s) => {
                let body = self.statements(cx, &s.body)?;
                let handlers = self.list(cx, &s.handlers, Self::handler)?;
                let orelse = self.statements(cx, &s.orelse)?;
                let finalbody = self.statements(cx, &s.finalbody)?;
                let class = if s.is_star { "TryStar" } else { "Try" };
                self.node(
                    cx,
                    class,
                    at,
                    &[("body", body), ("handlers", handlers), ("orelse", orelse), ("finalbody", finalbody)],
                )
            }
            Stmt::Assert(s) => {
                let test = self.expr(cx, &s.test)?;
                let msg = self.opt(cx, s.msg.as_deref(), Self::expr)?;
                self.node(cx, "Assert", at, &[("test", test), ("msg", msg)])
            }
            Stmt::Import(s) => {
                let names = self.list(cx, &s.names, Self::alias)?;
                self.node(cx, "Import", at, &[("names", names)])
            }
            Stmt::ImportFrom(s) => {
                let module = self.opt_name(cx, s.module.as_ref());
                let names = self.list(cx, &s.names, Self::alias)?;
                let level = Value::from_usize(s.level as usize);
                self.node(cx, "ImportFrom", at, &[("module", module), ("names", names), ("level", level)])
            }
            Stmt::Global(s) => {
                let names = self.list(cx, &s.names, |t, cx, n| Ok(t.name(cx, n)))?;
                self.node(cx, "Global", at, &[("names", names)])
            }
            Stmt::Nonlocal(s) => {
                let names = self.list(cx, &s.names, |t, cx, n| Ok(t.name(cx, n)))?;
                self.node(cx, "Nonlocal", at, &[("names", names)])
            }
            Stmt::Expr(s) => {
                let value = self.expr(cx, &s.value)?;
                self.node(cx, "Expr", at, &[("value", value)])
            }
            Stmt::Break(_) => self.node(cx, "Break", at, &[]),
            Stmt::Continue(_) => self.node(cx, "Continue", at, &[]),
            Stmt::Pass(_) | Stmt::IpyEscapeCommand(_) => self.node(cx, "Pass", at, &[]),
        }
    }

    /// Where the definition itself starts: behind its decorators.
    fn after_decorators(&self, range: TextRange, decorators: &[ast::Decorator]) -> TextRange {
        let Some(last) = decorators.last() else { return range };
        let mut at = last.range().end().to_usize();
        let bytes = self.text.as_bytes();
        while let Some(&b) = bytes.get(at) {
            match b {
                b' ' | b'\t' | b'\n' | b'\x0c' | b'\\' => at += 1,
                b'#' => at += bytes[at..].iter().position(|&b| b == b'\n').unwrap_or(bytes.len() - at),
                _ => break,
            }
        }
        let start = TextSize::try_from(at).unwrap_or(range.start());
        if start < range.end() { TextRange::new(start, range.end()) } else { range }
    }

    fn decorators(&self, cx: &mut Ctx, all: &[ast::Decorator]) -> PyResult {
        self.list(cx, all, |t, cx, d| t.expr(cx, &d.expression))
    }

    /// The type that a comment between the head of a statement and its body says.
    fn header_comment(&self, cx: &mut Ctx, end: TextSize, body: &[Stmt]) -> Value {
        let to = body.first().map_or(end, |s| s.range().start());
        self.type_comment(cx, end, to)
    }

    fn function(&self, cx: &mut Ctx, s: &ast::StmtFunctionDef) -> PyResult {
        let name = self.name(cx, &s.name);
        let args = self.parameters(cx, Some(&s.parameters))?;
        let body = self.statements(cx, &s.body)?;
        let decorators = self.decorators(cx, &s.decorator_list)?;
        let returns = self.opt(cx, s.returns.as_deref(), Self::expr)?;
        let params = self.type_params(cx, s.type_params.as_deref())?;
        let end = s.returns.as_ref().map_or(s.parameters.range.end(), |r| r.range().end());
        let comment = self.header_comment(cx, end, &s.body);
        let class = if s.is_async { "AsyncFunctionDef" } else { "FunctionDef" };
        self.node(
            cx,
            class,
            Some(self.after_decorators(s.range, &s.decorator_list)),
            &[
                ("name", name),
                ("args", args),
                ("body", body),
                ("decorator_list", decorators),
                ("returns", returns),
                ("type_comment", comment),
                ("type_params", params),
            ],
        )
    }

    fn class(&self, cx: &mut Ctx, s: &ast::StmtClassDef) -> PyResult {
        let name = self.name(cx, &s.name);
        let given = s.arguments.as_deref();
        let bases = self.list(cx, given.map_or(&[][..], |a| &a.args), Self::expr)?;
        let keywords = self.list(cx, given.map_or(&[][..], |a| &a.keywords), Self::keyword)?;
        let body = self.statements(cx, &s.body)?;
        let decorators = self.decorators(cx, &s.decorator_list)?;
        let params = self.type_params(cx, s.type_params.as_deref())?;
        self.node(
            cx,
            "ClassDef",
            Some(self.after_decorators(s.range, &s.decorator_list)),
            &[
                ("name", name),
                ("bases", bases),
                ("keywords", keywords),
                ("body", body),
                ("decorator_list", decorators),
                ("type_params", params),
            ],
        )
    }

    /// The `orelse` of an `if`: each `elif` is an `If` of its own that reaches to the end of the statement.
    fn elif(&self, cx: &mut Ctx, clauses: &[ast::ElifElseClause], end: TextSize) -> PyResult {
        let Some((first, rest)) = clauses.split_first() else { return Ok(List::new(cx).value()) };
        let Some(test) = &first.test else { return self.statements(cx, &first.body) };
        self.enter(cx)?;
        let test = self.expr(cx, test)?;
        let body = self.statements(cx, &first.body)?;
        let orelse = self.elif(cx, rest, end)?;
        let range = TextRange::new(first.range.start(), end);
        let node = self.node(cx, "If", Some(range), &[("test", test), ("body", body), ("orelse", orelse)])?;
        Ok(List::from_slice(cx, &[node]).value())
    }

    fn with_item(&self, cx: &mut Ctx, i: &ast::WithItem) -> PyResult {
        let expr = self.expr(cx, &i.context_expr)?;
        let vars = self.opt(cx, i.optional_vars.as_deref(), Self::expr)?;
        self.node(cx, "withitem", None, &[("context_expr", expr), ("optional_vars", vars)])
    }

    fn handler(&self, cx: &mut Ctx, h: &ast::ExceptHandler) -> PyResult {
        let ast::ExceptHandler::ExceptHandler(h) = h;
        let kind = self.opt(cx, h.type_.as_deref(), Self::expr)?;
        let name = self.opt_name(cx, h.name.as_ref());
        let body = self.statements(cx, &h.body)?;
        self.node(cx, "ExceptHandler", Some(h.range), &[("type", kind), ("name", name), ("body", body)])
    }

    fn alias(&self, cx: &mut Ctx, a: &ast::Alias) -> PyResult {
        let name = self.name(cx, &a.name);
        let asname = self.opt_name(cx, a.asname.as_ref());
        self.node(cx, "alias", Some(a.range), &[("name", name), ("asname", asname)])
    }

    fn match_case(&self, cx: &mut Ctx, c: &ast::MatchCase) -> PyResult {
        let pattern = self.pattern(cx, &c.pattern)?;
        let guard = self.opt(cx, c.guard.as_deref(), Self::expr)?;
        let body = self.statements(cx, &c.body)?;
        self.node(cx, "match_case", None, &[("pattern", pattern), ("guard", guard), ("body", body)])
    }

    fn pattern(&self, cx: &mut Ctx, p: &Pattern) -> PyResult {
        self.enter(cx)?;
        let at = Some(p.range());
        match p {
            Pattern::MatchValue(p) => {
                let value = self.expr(cx, &p.value)?;
                self.node(cx, "MatchValue", at, &[("value", value)])
            }
            Pattern::MatchSingleton(p) => {
                let value = match p.value {
                    ast::Singleton::None => Value::NONE,
                    ast::Singleton::True => Value::TRUE,
                    ast::Singleton::False => Value::FALSE,
                };
                self.node(cx, "MatchSingleton", at, &[("value", value)])
            }
            Pattern::MatchSequence(p) => {
                let patterns = self.list(cx, &p.patterns, Self::pattern)?;
                self.node(cx, "MatchSequence", at, &[("patterns", patterns)])
            }
            Pattern::MatchMapping(p) => {
                let keys = self.list(cx, &p.keys, Self::expr)?;
                let patterns = self.list(cx, &p.patterns, Self::pattern)?;
                let rest = self.opt_name(cx, p.rest.as_ref());
                self.node(cx, "MatchMapping", at, &[("keys", keys), ("patterns", patterns), ("rest", rest)])
            }
            Pattern::MatchClass(p) => {
                let cls = self.expr(cx, &p.cls)?;
                let patterns = self.list(cx, &p.arguments.patterns, Self::pattern)?;
                let names = self.list(cx, &p.arguments.keywords, |t, cx, k| Ok(t.name(cx, &k.attr)))?;
                let values = self.list(cx, &p.arguments.keywords, |t, cx, k| t.pattern(cx, &k.pattern))?;
                self.node(
                    cx,
                    "MatchClass",
                    at,
                    &[("cls", cls), ("patterns", patterns), ("kwd_attrs", names), ("kwd_patterns", values)],
                )
            }
            Pattern::MatchStar(p) => {
                let name = self.opt_name(cx, p.name.as_ref());
                self.node(cx, "MatchStar", at, &[("name", name)])
            }
            Pattern::MatchAs(p) => {
                let pattern = self.opt(cx, p.pattern.as_deref(), Self::pattern)?;
                let name = self.opt_name(cx, p.name.as_ref());
                self.node(cx, "MatchAs", at, &[("pattern", pattern), ("name", name)])
            }
            Pattern::MatchOr(p) => {
                let patterns = self.list(cx, &p.patterns, Self::pattern)?;
                self.node(cx, "MatchOr", at, &[("patterns", patterns)])
            }
        }
    }

    fn type_params(&self, cx: &mut Ctx, params: Option<&ast::TypeParams>) -> PyResult {
        self.list(cx, params.map_or(&[][..], |p| &p.type_params), |t, cx, p| {
            let at = Some(p.range());
            match p {
                TypeParam::TypeVar(p) => {
                    let name = t.name(cx, &p.name);
                    let bound = t.opt(cx, p.bound.as_deref(), Self::expr)?;
                    let default = t.opt(cx, p.default.as_deref(), Self::expr)?;
                    t.node(cx, "TypeVar", at, &[("name", name), ("bound", bound), ("default_value", default)])
                }
                TypeParam::ParamSpec(p) => {
                    let name = t.name(cx, &p.name);
                    let default = t.opt(cx, p.default.as_deref(), Self::expr)?;
                    t.node(cx, "ParamSpec", at, &[("name", name), ("default_value", default)])
                }
                TypeParam::TypeVarTuple(p) => {
                    let name = t.name(cx, &p.name);
                    let default = t.opt(cx, p.default.as_deref(), Self::expr)?;
                    t.node(cx, "TypeVarTuple", at, &[("name", name), ("default_value", default)])
                }
            }
        })
    }
}
