//! First pass, expressions and patterns: see [`crate::symbols_build`].

use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Expr, ExprContext};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::errors::{Error, Result};
use crate::symbols_build::Builder;
use crate::symtable::{Role, ScopeId, ScopeKind, Uses, node_key};

/// How deep a field may stand in format specifications.
const MAX_SPECIFICATIONS: usize = 2;

impl Builder {
    // ---- expressions -----------------------------------------------------------------------------------------------

    pub(crate) fn exprs(&mut self, exprs: &[Expr]) -> Result {
        exprs.iter().try_for_each(|e| self.expr(e))
    }

    pub(crate) fn expr(&mut self, expr: &Expr) -> Result {
        self.deeper(|b| b.expr_inner(expr))
    }

    fn expr_inner(&mut self, expr: &Expr) -> Result {
        match expr {
            Expr::BoolOp(e) => self.exprs(&e.values),
            Expr::Named(e) => self.named(e),
            Expr::BinOp(e) => {
                self.expr(&e.left)?;
                self.expr(&e.right)
            }
            Expr::UnaryOp(e) => self.expr(&e.operand),
            Expr::Lambda(e) => self.lambda(e),
            Expr::If(e) => {
                self.expr(&e.test)?;
                self.expr(&e.body)?;
                self.expr(&e.orelse)
            }
            Expr::Dict(e) => {
                for item in &e.items {
                    if let Some(key) = &item.key {
                        self.expr(key)?;
                    }
                    self.expr(&item.value)?;
                }
                Ok(())
            }
            Expr::Set(e) => self.exprs(&e.elts),
            Expr::ListComp(e) => {
                self.comprehension("<listcomp>", e, e.range, &e.generators, &[&e.elt], ScopeKind::Comprehension)
            }
            Expr::SetComp(e) => {
                self.comprehension("<setcomp>", e, e.range, &e.generators, &[&e.elt], ScopeKind::Comprehension)
            }
            Expr::DictComp(e) => {
                let mut elements: Vec<&Expr> = Vec::new();
                elements.extend(e.key.as_deref());
                elements.push(&e.value);
                self.comprehension("<dictcomp>", e, e.range, &e.generators, &elements, ScopeKind::Comprehension)
            }
            Expr::Generator(e) => {
                self.comprehension("<genexpr>", e, e.range, &e.generators, &[&e.elt], ScopeKind::Generator)
            }
            Expr::Await(e) => {
                self.check_allowed("await", e.range)?;
                self.check_await(e.range)?;
                let scope = self.current();
                scope.is_coroutine = true;
                self.expr(&e.value)
            }
            Expr::Yield(e) => {
                self.check_yield("yield", e.range)?;
                if let Some(value) = &e.value {
                    self.expr(value)?;
                }
                self.current().is_generator = true;
                Ok(())
            }
            Expr::YieldFrom(e) => {
                self.check_yield("yield from", e.range)?;
                if self.current().kind == ScopeKind::Function && self.current().is_coroutine {
                    return Err(Error::syntax("'yield from' inside async function", e.range));
                }
                self.expr(&e.value)?;
                self.current().is_generator = true;
                Ok(())
            }
            Expr::Compare(e) => {
                self.expr(&e.left)?;
                self.exprs(&e.comparators)
            }
            Expr::Call(e) => {
                self.expr(&e.func)?;
                self.exprs(&e.arguments.args)?;
                for (i, keyword) in e.arguments.keywords.iter().enumerate() {
                    if let Some(arg) = &keyword.arg {
                        if arg.as_str() == "__debug__" {
                            return Err(Error::syntax("cannot assign to __debug__", keyword.range));
                        }
                        let rest = &e.arguments.keywords[i + 1..];
                        if let Some(twice) = rest.iter().find(|k| k.arg.as_ref().is_some_and(|a| a.id == arg.id)) {
                            return Err(Error::syntax(format!("keyword argument repeated: {arg}"), twice.range));
                        }
                    }
                    self.expr(&keyword.value)?;
                }
                Ok(())
            }
            Expr::FString(e) => {
                for part in e.value.iter() {
                    if let ast::FStringPart::FString(f) = part {
                        self.interpolations(&f.elements)?;
                    }
                }
                Ok(())
            }
            Expr::TString(e) => e.value.iter().try_for_each(|t| self.interpolations(&t.elements)),
            Expr::NumberLiteral(n) => match &n.value {
                ast::Number::Int(i) => match crate::literal::too_many_digits(i) {
                    Some(digits) => {
                        let msg = format!(
                            "Exceeds the limit (4300 digits) for integer string conversion: value has {digits} digits; \
                             use sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge \
                             integer literals to avoid decimal conversion limits."
                        );
                        Err(Error::syntax(msg, n.range))
                    }
                    None => Ok(()),
                },
                _ => Ok(()),
            },
            Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_)
            | Expr::IpyEscapeCommand(_) => Ok(()),
            Expr::Attribute(e) => {
                if e.attr.as_str() == "__debug__" && e.ctx == ExprContext::Store {
                    return Err(Error::syntax("cannot assign to __debug__", e.range));
                }
                if e.attr.as_str() == "__debug__" && e.ctx == ExprContext::Del {
                    return Err(Error::syntax("cannot delete __debug__", e.range));
                }
                self.expr(&e.value)
            }
            Expr::Subscript(e) => {
                self.expr(&e.value)?;
                self.expr(&e.slice)
            }
            Expr::Starred(e) => self.expr(&e.value),
            Expr::Name(e) => self.name(e),
            Expr::List(e) => self.exprs(&e.elts),
            Expr::Tuple(e) => self.exprs(&e.elts),
            Expr::Slice(e) => [&e.lower, &e.upper, &e.step].into_iter().flatten().try_for_each(|e| self.expr(e)),
        }
    }

    fn name(&mut self, e: &ast::ExprName) -> Result {
        let debug = e.id.as_str() == "__debug__";
        match e.ctx {
            ExprContext::Store if debug => return Err(Error::syntax("cannot assign to __debug__", e.range)),
            ExprContext::Del if debug => return Err(Error::syntax("cannot delete __debug__", e.range)),
            ExprContext::Store => {
                self.add(&e.id, Uses::ASSIGNED);
            }
            ExprContext::Del => {
                self.add(&e.id, Uses(Uses::ASSIGNED.0 | Uses::DELETED.0));
            }
            ExprContext::Load | ExprContext::Invalid => {
                self.add(&e.id, Uses::READ);
                if e.id.as_str() == "super" && self.current().kind.is_function_like() {
                    self.add_raw(Name::new_static("__class__"), Uses::READ);
                }
            }
        }
        Ok(())
    }

    fn lambda(&mut self, e: &ast::ExprLambda) -> Result {
        if let Some(parameters) = &e.parameters {
            self.defaults(parameters)?;
        }
        self.enter(ScopeKind::Function, Name::new_static("<lambda>"), Some((node_key(e), Role::Body)), e.range);
        if let Some(parameters) = &e.parameters {
            self.parameters(parameters)?;
        }
        let thunk = std::mem::take(&mut self.thunk);
        self.expr(&e.body)?;
        self.thunk = thunk;
        self.leave();
        Ok(())
    }

    fn interpolations(&mut self, elements: &ast::InterpolatedStringElements) -> Result {
        self.fields(elements, 0)
    }

    /// The fields of a string, or of a format specification that stands in `depth` others.
    fn fields(&mut self, elements: &ast::InterpolatedStringElements, depth: usize) -> Result {
        for element in elements.interpolations() {
            if depth > MAX_SPECIFICATIONS {
                let at = element.range.start() - TextSize::new(1);
                return Err(Error::syntax("f-string: expressions nested too deeply", TextRange::empty(at)));
            }
            self.expr(&element.expression)?;
            if let Some(spec) = &element.format_spec {
                self.deeper(|b| b.fields(&spec.elements, depth + 1))?;
            }
        }
        Ok(())
    }

    fn comprehension<T>(
        &mut self,
        name: &'static str,
        node: &T,
        range: TextRange,
        generators: &[ast::Comprehension],
        elements: &[&Expr],
        kind: ScopeKind,
    ) -> Result {
        if let Some(first) = generators.first() {
            self.iterable(&first.iter)?;
        }
        let outer = self.stack[self.stack.len() - 1];
        let scope = self.enter(kind, Name::new_static(name), Some((node_key(node), Role::Body)), range);
        if kind == ScopeKind::Generator {
            self.add_raw(Name::new_static(".0"), Uses::PARAM);
            self.table.scopes[scope].is_generator = true;
        }
        for (i, generator) in generators.iter().enumerate() {
            self.iteration_target(&generator.target)?;
            if i > 0 {
                self.iterable(&generator.iter)?;
            }
            self.exprs(&generator.ifs)?;
            if generator.is_async {
                self.table.scopes[scope].is_coroutine = true;
            }
        }
        for element in elements {
            self.expr(element)?;
        }
        self.leave();
        if kind == ScopeKind::Comprehension && self.table.scopes[scope].is_coroutine {
            self.check_async_comprehension(outer, range)?;
        }
        Ok(())
    }

    fn check_async_comprehension(&mut self, outer: ScopeId, range: TextRange) -> Result {
        let scope = &mut self.table.scopes[outer];
        match scope.kind {
            ScopeKind::Function if scope.is_coroutine => Ok(()),
            ScopeKind::Comprehension | ScopeKind::Generator => {
                scope.is_coroutine = true;
                Ok(())
            }
            ScopeKind::Module if self.options.top_level_await => {
                scope.is_coroutine = true;
                Ok(())
            }
            _ => Err(Error::syntax("asynchronous comprehension outside of an asynchronous function", range)),
        }
    }

    fn iterable(&mut self, expr: &Expr) -> Result {
        self.in_iterable += 1;
        let result = self.expr(expr);
        self.in_iterable -= 1;
        result
    }

    fn iteration_target(&mut self, target: &Expr) -> Result {
        self.expr(target)?;
        fn mark(b: &mut Builder, target: &Expr) -> Result {
            match target {
                Expr::Name(name) => {
                    let mangled = b.mangled(&name.id);
                    if b.uses(&mangled).any(Uses(Uses::GLOBAL.0 | Uses::NONLOCAL.0)) {
                        let msg = format!(
                            "comprehension inner loop cannot rebind assignment expression target '{}'",
                            name.id
                        );
                        return Err(Error::syntax(msg, name.range));
                    }
                    b.add(&name.id, Uses::ITERATION);
                    Ok(())
                }
                Expr::Tuple(t) => t.elts.iter().try_for_each(|e| mark(b, e)),
                Expr::List(t) => t.elts.iter().try_for_each(|e| mark(b, e)),
                Expr::Starred(s) => mark(b, &s.value),
                _ => Ok(()),
            }
        }
        mark(self, target)
    }

    fn named(&mut self, e: &ast::ExprNamed) -> Result {
        self.check_allowed("named expression", e.range)?;
        let Expr::Name(target) = &*e.target else { return self.expr(&e.value) };
        if target.id.as_str() == "__debug__" {
            return Err(Error::syntax("cannot assign to __debug__", target.range));
        }
        if self.in_iterable > 0 {
            let msg = "assignment expression cannot be used in a comprehension iterable expression";
            return Err(Error::syntax(msg, e.range));
        }
        let name = self.mangled(&target.id);
        if matches!(self.current().kind, ScopeKind::Comprehension | ScopeKind::Generator) {
            self.walrus_in_comprehension(&name, target)?;
        } else {
            self.add_raw(name.clone(), Uses::ASSIGNED);
            self.current().walrus.insert(name);
        }
        self.expr(&e.value)
    }

    /// An assignment expression in a comprehension binds in the nearest function or module.
    fn walrus_in_comprehension(&mut self, name: &Name, target: &ast::ExprName) -> Result {
        let range = target.range;
        let mut inner = Vec::new();
        for i in (0..self.stack.len()).rev() {
            let id = self.stack[i];
            let uses = self.table.scopes[id].symbols.get(name).map_or(Uses::default(), |s| s.uses);
            match self.table.scopes[id].kind {
                ScopeKind::Comprehension | ScopeKind::Generator => {
                    if uses.any(Uses::ITERATION) {
                        let name = &target.id;
                        let msg =
                            format!("assignment expression cannot rebind comprehension iteration variable '{name}'");
                        return Err(Error::syntax(msg, range));
                    }
                    inner.push(id);
                }
                ScopeKind::Function => {
                    let kind = if uses.any(Uses::GLOBAL) { Uses::GLOBAL } else { Uses::NONLOCAL };
                    for id in inner {
                        self.add_to(id, name.clone(), kind);
                    }
                    self.add_to(id, name.clone(), Uses::ASSIGNED);
                    self.table.scopes[id].walrus.insert(name.clone());
                    return Ok(());
                }
                ScopeKind::Module => {
                    for id in inner {
                        self.add_to(id, name.clone(), Uses::GLOBAL);
                    }
                    self.add_to(id, name.clone(), Uses::ASSIGNED);
                    return Ok(());
                }
                ScopeKind::Class => {
                    let msg = "assignment expression within a comprehension cannot be used in a class body";
                    return Err(Error::syntax(msg, range));
                }
                ScopeKind::Annotations | ScopeKind::TypeParams | ScopeKind::TypeThunk => {
                    let msg = "assignment expression within a comprehension cannot be used within an annotation";
                    return Err(Error::syntax(msg, range));
                }
            }
        }
        Ok(())
    }

    // ---- checks ----------------------------------------------------------------------------------------------------

    fn check_allowed(&mut self, what: &str, range: TextRange) -> Result {
        // A comprehension is a scope of its own; where it stands is looked at when it ends.
        if matches!(self.current().kind, ScopeKind::Comprehension | ScopeKind::Generator) {
            return Ok(());
        }
        match self.thunk.last() {
            Some(&"an annotation") | None if self.thunk.is_empty() => Ok(()),
            Some(within) => {
                let what = match what {
                    "await" => "await expression",
                    "yield" | "yield from" => "yield expression",
                    other => other,
                };
                Err(Error::syntax(format!("{what} cannot be used within {within}"), range))
            }
            None => Ok(()),
        }
    }

    fn check_yield(&mut self, what: &str, range: TextRange) -> Result {
        self.check_allowed(what, range)?;
        let scope = self.current();
        match scope.kind {
            ScopeKind::Function => Ok(()),
            ScopeKind::Comprehension | ScopeKind::Generator => {
                let place = match scope.name.as_str() {
                    "<listcomp>" => "list comprehension",
                    "<setcomp>" => "set comprehension",
                    "<dictcomp>" => "dict comprehension",
                    _ => "generator expression",
                };
                Err(Error::syntax(format!("'yield' inside {place}"), range))
            }
            _ => Err(Error::syntax(format!("'{what}' outside function"), range)),
        }
    }

    fn check_await(&mut self, range: TextRange) -> Result {
        let top_level = self.options.top_level_await;
        let scope = self.current();
        match scope.kind {
            // A comprehension that awaits is itself checked at its end.
            ScopeKind::Comprehension | ScopeKind::Generator => Ok(()),
            ScopeKind::Function if scope.is_coroutine => Ok(()),
            ScopeKind::Function => Err(Error::syntax("'await' outside async function", range)),
            ScopeKind::Module if top_level => Ok(()),
            _ => Err(Error::syntax("'await' outside function", range)),
        }
    }

    // ---- patterns --------------------------------------------------------------------------------------------------

    pub(crate) fn pattern(&mut self, pattern: &ast::Pattern) -> Result {
        self.deeper(|b| b.pattern_inner(pattern))
    }

    fn pattern_inner(&mut self, pattern: &ast::Pattern) -> Result {
        use ast::Pattern;
        match pattern {
            Pattern::MatchValue(p) => self.expr(&p.value),
            Pattern::MatchSingleton(_) => Ok(()),
            Pattern::MatchSequence(p) => p.patterns.iter().try_for_each(|p| self.pattern(p)),
            Pattern::MatchMapping(p) => {
                self.exprs(&p.keys)?;
                p.patterns.iter().try_for_each(|p| self.pattern(p))?;
                p.rest.iter().try_for_each(|n| self.bind_at(n, Uses::ASSIGNED, p.range))
            }
            Pattern::MatchClass(p) => {
                self.expr(&p.cls)?;
                p.arguments.patterns.iter().try_for_each(|p| self.pattern(p))?;
                for (i, keyword) in p.arguments.keywords.iter().enumerate() {
                    if p.arguments.keywords[..i].iter().any(|k| k.attr.id == keyword.attr.id) {
                        let msg = format!("attribute name repeated in class pattern: {}", keyword.attr);
                        return Err(Error::syntax(msg, keyword.pattern.range()));
                    }
                    if keyword.attr.as_str() == "__debug__" {
                        return Err(Error::syntax("cannot assign to __debug__", keyword.pattern.range()));
                    }
                    self.pattern(&keyword.pattern)?;
                }
                Ok(())
            }
            Pattern::MatchStar(p) => p.name.iter().try_for_each(|n| self.bind_at(n, Uses::ASSIGNED, p.range)),
            Pattern::MatchAs(p) => {
                p.pattern.iter().try_for_each(|p| self.pattern(p))?;
                p.name.iter().try_for_each(|n| self.bind_at(n, Uses::ASSIGNED, p.range))
            }
            Pattern::MatchOr(p) => p.patterns.iter().try_for_each(|p| self.pattern(p)),
        }
    }
}
