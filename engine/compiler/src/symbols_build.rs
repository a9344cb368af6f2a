//! First pass over the tree: creates the scopes and records how each of them uses each name.

use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use crate::errors::{Error, Result};
use crate::symtable::{Private, Role, Scope, ScopeId, ScopeKind, SymbolTable, Uses, mangle, node_key};

/// Nesting of the tree beyond which compilation gives up, as CPython does with a RecursionError.
pub const MAX_DEPTH: u32 = 6000;

/// Runs `f` with enough stack for one more level of recursion.
pub fn with_stack<T>(f: impl FnOnce() -> T) -> T {
    on_stack(96 * 1024, 4 * 1024 * 1024, f)
}

/// Runs `f` where `need` bytes of stack are left: on a new stack of `size` bytes if they are not. Where there are no addresses
/// for one, this one must do: who compiles has asked for room before.
pub fn on_stack<T>(need: usize, size: usize, f: impl FnOnce() -> T) -> T {
    const GUARD: usize = 64 << 10;
    if stacker::remaining_stack().is_none_or(|left| left >= need) {
        return f();
    }
    // The crate that maps stacks panics where it cannot.
    let mut probe: Vec<u8> = Vec::new();
    let mappable = probe.try_reserve_exact(size + GUARD).is_ok();
    std::hint::black_box(&probe);
    drop(probe);
    if mappable { stacker::grow(size, f) } else { f() }
}

/// Options of the pass.
#[derive(Clone, Copy, Default)]
pub struct Options {
    /// `await` is allowed at the top level.
    pub top_level_await: bool,
    /// `from __future__ import annotations` was inherited from the caller.
    pub future_annotations: bool,
}

/// Builds the table of a module.
pub fn build(body: &[Stmt], options: Options) -> Result<SymbolTable> {
    let mut builder = Builder::new(options);
    builder.future_imports(body)?;
    builder.stmts(body)?;
    builder.finish()
}

/// Builds the table of an expression (`eval`).
pub fn build_expression(expr: &Expr, options: Options) -> Result<SymbolTable> {
    let mut builder = Builder::new(options);
    builder.expr(expr)?;
    builder.finish()
}

/// What a jump statement may be in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Around {
    Loop,
    Finally,
}

pub(crate) struct Builder {
    pub(crate) table: SymbolTable,
    pub(crate) stack: Vec<ScopeId>,
    depth: u32,
    pub(crate) options: Options,
    /// Inside a compound statement of the current scope.
    conditional: bool,
    /// Inside the iterable of a comprehension.
    pub(crate) in_iterable: u32,
    /// Loops and `finally` bodies around, in the current function.
    around: Vec<Around>,
    /// Description of the construct in which `yield` and the like are not allowed.
    pub(crate) thunk: Vec<&'static str>,
}

impl Builder {
    fn new(options: Options) -> Builder {
        let mut builder = Builder {
            table: SymbolTable { future_annotations: options.future_annotations, ..SymbolTable::default() },
            stack: Vec::new(),
            depth: 0,
            options,
            conditional: false,
            in_iterable: 0,
            around: Vec::new(),
            thunk: Vec::new(),
        };
        builder.enter(ScopeKind::Module, Name::new_static("<module>"), None, TextRange::default());
        builder
    }

    fn finish(mut self) -> Result<SymbolTable> {
        crate::symbols_resolve::resolve(&mut self.table)?;
        Ok(self.table)
    }

    pub(crate) fn enter(
        &mut self,
        kind: ScopeKind,
        name: Name,
        key: Option<(usize, Role)>,
        range: TextRange,
    ) -> ScopeId {
        let parent = self.stack.last().copied();
        let nested =
            parent.is_some_and(|p| self.table.scopes[p].nested || self.table.scopes[p].kind.is_function_like());
        let private = parent.and_then(|p| self.table.scopes[p].private.clone());
        let sees_class = parent.is_some_and(|p| match kind {
            ScopeKind::Annotations | ScopeKind::TypeParams | ScopeKind::TypeThunk => {
                self.table.scopes[p].kind == ScopeKind::Class || self.table.scopes[p].sees_class
            }
            // Comprehensions do not see the class, not even inside of a scope that does.
            _ => false,
        });
        let id = self.table.scopes.len();
        self.table.scopes.push(Scope {
            kind,
            name,
            children: Vec::new(),
            symbols: Default::default(),
            order: Vec::new(),
            declared: Vec::new(),
            nested,
            is_generator: false,
            is_coroutine: false,
            walrus: Default::default(),
            needs_class_cell: false,
            needs_classdict: false,
            sees_class,
            annotations: None,
            conditional_annotations: false,
            private,
            range,
        });
        if let Some(parent) = parent {
            self.table.scopes[parent].children.push(id);
        }
        if let Some(key) = key {
            self.table.by_node.insert(key, id);
        }
        self.stack.push(id);
        if sees_class {
            self.add_raw(Name::new_static("__classdict__"), Uses::READ);
        }
        id
    }

    pub(crate) fn leave(&mut self) {
        self.stack.pop();
    }

    pub(crate) fn current(&mut self) -> &mut Scope {
        let id = self.stack[self.stack.len() - 1];
        &mut self.table.scopes[id]
    }

    pub(crate) fn add_raw(&mut self, name: Name, uses: Uses) {
        let id = self.stack[self.stack.len() - 1];
        self.add_to(id, name, uses);
    }

    pub(crate) fn add_to(&mut self, id: ScopeId, name: Name, uses: Uses) {
        let scope = &mut self.table.scopes[id];
        match scope.symbols.get_mut(&name) {
            Some(symbol) => symbol.uses.add(uses),
            None => {
                scope.order.push(name.clone());
                scope.symbols.insert(name, crate::symtable::Symbol { uses, ..Default::default() });
            }
        }
    }

    pub(crate) fn uses(&mut self, name: &Name) -> Uses {
        self.current().symbols.get(name).map_or(Uses::default(), |s| s.uses)
    }

    pub(crate) fn mangled(&mut self, name: &Name) -> Name {
        mangle(self.current().private.clone().as_ref(), name)
    }

    /// Records a use of a name as written.
    pub(crate) fn add(&mut self, name: &Name, uses: Uses) -> Name {
        let name = self.mangled(name);
        self.add_raw(name.clone(), uses);
        name
    }

    pub(crate) fn bind(&mut self, name: &ast::Identifier, uses: Uses) -> Result {
        self.bind_at(name, uses, name.range)
    }

    /// The same for what shows another place when the name cannot be bound.
    pub(crate) fn bind_at(&mut self, name: &ast::Identifier, uses: Uses, range: TextRange) -> Result {
        if name.as_str() == "__debug__" {
            return Err(Error::syntax("cannot assign to __debug__", range));
        }
        self.add(&name.id, uses);
        Ok(())
    }

    /// A statement that awaits makes a coroutine of a module that may await.
    fn top_level_coroutine(&mut self, is_async: bool) {
        let allowed = self.options.top_level_await;
        let scope = self.current();
        scope.is_coroutine |= is_async && allowed && scope.kind == ScopeKind::Module;
    }

    pub(crate) fn deeper<T>(&mut self, f: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Error::recursion());
        }
        let result = with_stack(|| f(self));
        self.depth -= 1;
        result
    }

    // ---- statements ------------------------------------------------------------------------------------------------

    fn future_imports(&mut self, body: &[Stmt]) -> Result {
        let mut allowed = true;
        for (i, stmt) in body.iter().enumerate() {
            match stmt {
                Stmt::ImportFrom(import)
                    if import.level == 0 && import.module.as_ref().is_some_and(|m| m.as_str() == "__future__") =>
                {
                    if !allowed {
                        let msg = "from __future__ imports must occur at the beginning of the file";
                        return Err(Error::syntax(msg, import.range));
                    }
                    for alias in &import.names {
                        match alias.name.as_str() {
                            "annotations" => self.table.future_annotations = true,
                            "barry_as_FLUFL" => {
                                self.table.future_flags |= engine_code::CodeFlags::FUTURE_BARRY_AS_BDFL.0;
                            }
                            "nested_scopes" | "generators" | "generator_stop" | "division" | "absolute_import"
                            | "with_statement" | "print_function" | "unicode_literals" => {}
                            "braces" => return Err(Error::syntax("not a chance", alias.range)),
                            other => {
                                let msg = format!("future feature {other} is not defined");
                                return Err(Error::syntax(msg, alias.range));
                            }
                        }
                    }
                }
                Stmt::Expr(e) if i == 0 && e.value.is_string_literal_expr() => {}
                _ => allowed = false,
            }
        }
        Ok(())
    }

    fn stmts(&mut self, body: &[Stmt]) -> Result {
        body.iter().try_for_each(|s| self.stmt(s))
    }

    /// Statements of a compound statement: annotations in them are conditional.
    fn block(&mut self, body: &[Stmt]) -> Result {
        let saved = std::mem::replace(&mut self.conditional, true);
        let result = self.stmts(body);
        self.conditional = saved;
        result
    }

    fn within(&mut self, around: Around, body: &[Stmt]) -> Result {
        self.around.push(around);
        let result = self.block(body);
        self.around.pop();
        result
    }

    fn warn_finally(&mut self, word: &str, range: TextRange) {
        self.table.warnings.push((format!("'{word}' in a 'finally' block"), range));
    }

    fn stmt(&mut self, stmt: &Stmt) -> Result {
        self.deeper(|b| b.stmt_inner(stmt))
    }

    fn stmt_inner(&mut self, stmt: &Stmt) -> Result {
        match stmt {
            Stmt::FunctionDef(def) => self.function(def),
            Stmt::ClassDef(def) => self.class(def),
            Stmt::Return(ret) => {
                if self.around.contains(&Around::Finally) {
                    self.warn_finally("return", ret.range);
                }
                if let Some(value) = &ret.value {
                    self.expr(value)?;
                }
                Ok(())
            }
            Stmt::Delete(del) => {
                for target in &del.targets {
                    self.expr(target)?;
                }
                Ok(())
            }
            Stmt::TypeAlias(alias) => self.type_alias(alias),
            Stmt::Assign(assign) => {
                self.exprs(&assign.targets)?;
                self.expr(&assign.value)
            }
            Stmt::AugAssign(assign) => {
                if let Expr::Name(name) = &*assign.target {
                    self.add(&name.id, Uses::READ);
                }
                self.expr(&assign.target)?;
                self.expr(&assign.value)
            }
            Stmt::AnnAssign(assign) => self.annotated_assignment(assign),
            Stmt::For(stmt) => {
                self.top_level_coroutine(stmt.is_async);
                self.expr(&stmt.target)?;
                self.expr(&stmt.iter)?;
                self.within(Around::Loop, &stmt.body)?;
                self.block(&stmt.orelse)
            }
            Stmt::While(stmt) => {
                self.expr(&stmt.test)?;
                self.within(Around::Loop, &stmt.body)?;
                self.block(&stmt.orelse)
            }
            Stmt::If(stmt) => {
                self.expr(&stmt.test)?;
                self.block(&stmt.body)?;
                for clause in &stmt.elif_else_clauses {
                    if let Some(test) = &clause.test {
                        self.expr(test)?;
                    }
                    self.block(&clause.body)?;
                }
                Ok(())
            }
            Stmt::With(stmt) => {
                self.top_level_coroutine(stmt.is_async);
                for item in &stmt.items {
                    self.expr(&item.context_expr)?;
                    if let Some(vars) = &item.optional_vars {
                        self.expr(vars)?;
                    }
                }
                self.block(&stmt.body)
            }
            Stmt::Match(stmt) => {
                self.expr(&stmt.subject)?;
                for case in &stmt.cases {
                    self.pattern(&case.pattern)?;
                    if let Some(guard) = &case.guard {
                        self.expr(guard)?;
                    }
                    self.block(&case.body)?;
                }
                Ok(())
            }
            Stmt::Raise(raise) => {
                for e in raise.exc.iter().chain(&raise.cause) {
                    self.expr(e)?;
                }
                Ok(())
            }
            Stmt::Try(stmt) => {
                self.block(&stmt.body)?;
                for handler in &stmt.handlers {
                    let ast::ExceptHandler::ExceptHandler(handler) = handler;
                    if let Some(t) = &handler.type_ {
                        self.expr(t)?;
                    }
                    if let Some(name) = &handler.name {
                        self.bind(name, Uses(Uses::ASSIGNED.0 | Uses::DELETED.0))?;
                    }
                    self.block(&handler.body)?;
                }
                self.block(&stmt.orelse)?;
                self.within(Around::Finally, &stmt.finalbody)
            }
            Stmt::Assert(assert) => {
                self.expr(&assert.test)?;
                if let Some(msg) = &assert.msg {
                    self.expr(msg)?;
                }
                Ok(())
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    match &alias.asname {
                        Some(name) => self.bind(name, Uses(Uses::ASSIGNED.0 | Uses::IMPORTED.0))?,
                        None => {
                            let first = alias.name.as_str().split('.').next().unwrap_or_default();
                            if first == "__debug__" {
                                return Err(Error::syntax("cannot assign to __debug__", alias.range));
                            }
                            self.add(&Name::new(first), Uses(Uses::ASSIGNED.0 | Uses::IMPORTED.0));
                        }
                    }
                }
                Ok(())
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    if alias.name.as_str() == "*" {
                        if self.current().kind != ScopeKind::Module {
                            return Err(Error::syntax("import * only allowed at module level", alias.range));
                        }
                    } else {
                        let name = alias.asname.as_ref().unwrap_or(&alias.name);
                        self.bind(name, Uses(Uses::ASSIGNED.0 | Uses::IMPORTED.0))?;
                    }
                }
                Ok(())
            }
            Stmt::Global(stmt) => self.declare(&stmt.names, stmt.range, Uses::GLOBAL),
            Stmt::Nonlocal(stmt) => self.declare(&stmt.names, stmt.range, Uses::NONLOCAL),
            Stmt::Expr(stmt) => self.expr(&stmt.value),
            Stmt::Break(s) => {
                if self.around.last() == Some(&Around::Finally) {
                    self.warn_finally("break", s.range);
                }
                Ok(())
            }
            Stmt::Continue(s) => {
                if self.around.last() == Some(&Around::Finally) {
                    self.warn_finally("continue", s.range);
                }
                Ok(())
            }
            Stmt::Pass(_) | Stmt::IpyEscapeCommand(_) => Ok(()),
        }
    }

    fn declare(&mut self, names: &[ast::Identifier], range: TextRange, kind: Uses) -> Result {
        let word = if kind == Uses::GLOBAL { "global" } else { "nonlocal" };
        if kind == Uses::NONLOCAL && self.current().kind == ScopeKind::Module {
            return Err(Error::syntax("nonlocal declaration not allowed at module level", range));
        }
        for ident in names {
            let name = self.mangled(&ident.id);
            let uses = self.uses(&name);
            if uses.any(Uses(Uses::PARAM.0 | Uses::ASSIGNED.0 | Uses::READ.0 | Uses::ANNOTATED.0)) {
                let msg = if uses.any(Uses::PARAM) {
                    format!("name '{name}' is parameter and {word}")
                } else if uses.any(Uses::READ) {
                    format!("name '{name}' is used prior to {word} declaration")
                } else if uses.any(Uses::ANNOTATED) {
                    format!("annotated name '{name}' can't be {word}")
                } else {
                    format!("name '{name}' is assigned to before {word} declaration")
                };
                return Err(Error::syntax(msg, range));
            }
            self.add_raw(name.clone(), kind);
            if kind == Uses::GLOBAL {
                // The module's code stores it in the globals, too, even where its namespace is another.
                self.add_to(0, name.clone(), Uses::GLOBAL);
            }
            self.current().declared.push((name, range));
        }
        Ok(())
    }

    fn annotated_assignment(&mut self, assign: &ast::StmtAnnAssign) -> Result {
        if let Expr::Name(target) = &*assign.target {
            let name = self.mangled(&target.id);
            let uses = self.uses(&name);
            let is_module = self.current().kind == ScopeKind::Module;
            if uses.any(Uses(Uses::GLOBAL.0 | Uses::NONLOCAL.0)) && !is_module && assign.simple {
                let word = if uses.any(Uses::GLOBAL) { "global" } else { "nonlocal" };
                return Err(Error::syntax(format!("annotated name '{name}' can't be {word}"), assign.range));
            }
            if assign.simple {
                self.add_raw(name, Uses(Uses::ANNOTATED.0 | Uses::ASSIGNED.0));
            } else if assign.value.is_some() {
                self.add_raw(name, Uses::ASSIGNED);
            }
            if target.id.as_str() == "__debug__" {
                return Err(Error::syntax("cannot assign to __debug__", assign.range));
            }
        } else {
            self.expr(&assign.target)?;
        }
        let function_like = self.current().kind.is_function_like();
        if self.table.future_annotations || function_like {
            self.check_annotation(&assign.annotation)?;
        }
        if !self.table.future_annotations && !function_like {
            if assign.simple {
                self.deferred_annotation(&assign.annotation)?;
            } else {
                self.forbidding("an annotation", |b| b.expr(&assign.annotation))?;
            }
        } else if self.table.future_annotations && assign.simple && !function_like {
            // The statement-level annotations become strings; nothing is looked up.
            self.add_raw(Name::new_static("__annotations__"), Uses::READ);
        }
        if let Some(value) = &assign.value {
            self.expr(value)?;
        }
        Ok(())
    }

    /// Checks an annotation that is never evaluated.
    fn check_annotation(&mut self, annotation: &Expr) -> Result {
        let key = (node_key(annotation), Role::Annotations);
        self.enter(ScopeKind::Annotations, Name::new_static("__annotate__"), Some(key), annotation.range());
        self.forbidding("an annotation", |b| b.expr(annotation))?;
        self.leave();
        // No code belongs to the scope.
        self.current().children.pop();
        Ok(())
    }

    /// An annotation of a module or class variable, evaluated by the scope's `__annotate__`.
    fn deferred_annotation(&mut self, annotation: &Expr) -> Result {
        let conditional = self.conditional || self.current().kind == ScopeKind::Module;
        let owner = self.stack[self.stack.len() - 1];
        if conditional {
            self.table.scopes[owner].conditional_annotations = true;
            if self.table.scopes[owner].kind == ScopeKind::Class {
                self.add_raw(Name::new_static("__conditional_annotations__"), Uses::READ);
            }
        }
        let scope = match self.table.scopes[owner].annotations {
            Some(scope) => {
                self.stack.push(scope);
                scope
            }
            None => {
                let range = self.table.scopes[owner].range;
                let scope = self.enter(ScopeKind::Annotations, Name::new_static("__annotate__"), None, range);
                self.add_raw(Name::new_static(".format"), Uses::PARAM);
                self.table.scopes[owner].annotations = Some(scope);
                scope
            }
        };
        debug_assert_eq!(self.stack.last(), Some(&scope));
        if conditional {
            self.add_raw(Name::new_static("__conditional_annotations__"), Uses::READ);
        }
        self.forbidding("an annotation", |b| b.expr(annotation))?;
        self.leave();
        Ok(())
    }

    fn forbidding<T>(&mut self, what: &'static str, f: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.thunk.push(what);
        let result = f(self);
        self.thunk.pop();
        result
    }

    // ---- functions and classes -------------------------------------------------------------------------------------

    fn function(&mut self, def: &ast::StmtFunctionDef) -> Result {
        self.bind(&def.name, Uses::ASSIGNED)?;
        for decorator in &def.decorator_list {
            self.expr(&decorator.expression)?;
        }
        self.defaults(&def.parameters)?;
        if let Some(params) = &def.type_params {
            self.enter(ScopeKind::TypeParams, def.name.id.clone(), Some((node_key(def), Role::TypeParams)), def.range);
            if has_defaults(&def.parameters) {
                self.add_raw(Name::new_static(".defaults"), Uses::PARAM);
            }
            if has_kwdefaults(&def.parameters) {
                self.add_raw(Name::new_static(".kwdefaults"), Uses::PARAM);
            }
            self.type_params(params)?;
        }
        self.function_annotations(def)?;
        let scope = self.enter(ScopeKind::Function, def.name.id.clone(), Some((node_key(def), Role::Body)), def.range);
        self.table.scopes[scope].is_coroutine = def.is_async;
        self.parameters(&def.parameters)?;
        let conditional = std::mem::replace(&mut self.conditional, false);
        let around = std::mem::take(&mut self.around);
        let thunk = std::mem::take(&mut self.thunk);
        let iterable = std::mem::take(&mut self.in_iterable);
        self.stmts(&def.body)?;
        self.thunk = thunk;
        self.in_iterable = iterable;
        self.around = around;
        self.conditional = conditional;
        self.leave();
        if def.type_params.is_some() {
            self.leave();
        }
        Ok(())
    }

    fn function_annotations(&mut self, def: &ast::StmtFunctionDef) -> Result {
        let any = def.returns.is_some() || def.parameters.iter().any(|p| p.annotation().is_some());
        if !any {
            return Ok(());
        }
        let key = (node_key(def), Role::Annotations);
        self.enter(ScopeKind::Annotations, Name::new_static("__annotate__"), Some(key), def.range);
        self.add_raw(Name::new_static(".format"), Uses::PARAM);
        if self.table.future_annotations {
            // Only strings; nothing is looked up.
            self.leave();
            for annotation in def.parameters.iter().filter_map(|p| p.annotation()).chain(def.returns.as_deref()) {
                self.check_annotation(annotation)?;
            }
            return Ok(());
        }
        self.forbidding("an annotation", |b| {
            for param in def.parameters.iter_source_order() {
                if let Some(annotation) = param.annotation() {
                    b.expr(annotation)?;
                }
            }
            def.returns.iter().try_for_each(|e| b.expr(e))
        })?;
        self.leave();
        Ok(())
    }

    pub(crate) fn defaults(&mut self, parameters: &ast::Parameters) -> Result {
        for param in parameters.iter_non_variadic_params() {
            if let Some(default) = &param.default {
                self.expr(default)?;
            }
        }
        Ok(())
    }

    pub(crate) fn parameters(&mut self, parameters: &ast::Parameters) -> Result {
        let regular = parameters.posonlyargs.iter().chain(&parameters.args).chain(&parameters.kwonlyargs);
        let all = regular.map(|p| &p.parameter).chain(parameters.vararg.as_deref()).chain(parameters.kwarg.as_deref());
        for param in all {
            let name = self.mangled(&param.name.id);
            if self.uses(&name).any(Uses::PARAM) {
                let msg = format!("duplicate argument '{}' in function definition", param.name);
                return Err(Error::syntax(msg, param.range));
            }
            if name.as_str() == "__debug__" {
                return Err(Error::syntax("cannot assign to __debug__", param.range));
            }
            self.add_raw(name, Uses::PARAM);
        }
        Ok(())
    }

    fn class(&mut self, def: &ast::StmtClassDef) -> Result {
        self.bind(&def.name, Uses::ASSIGNED)?;
        for decorator in &def.decorator_list {
            self.expr(&decorator.expression)?;
        }
        if let Some(params) = &def.type_params {
            self.enter(ScopeKind::TypeParams, def.name.id.clone(), Some((node_key(def), Role::TypeParams)), def.range);
            let names = params.iter().map(|p| p.name().id.clone()).collect();
            self.current().private = Some(Private { class: def.name.id.clone(), only: Some(names) });
            self.add_raw(Name::new_static(".type_params"), Uses(Uses::ASSIGNED.0 | Uses::READ.0));
            self.add_raw(Name::new_static(".generic_base"), Uses(Uses::ASSIGNED.0 | Uses::READ.0));
            self.type_params(params)?;
        }
        if let Some(arguments) = &def.arguments {
            let generic = def.type_params.is_some();
            if generic {
                self.thunk.push("the definition of a generic");
            }
            self.exprs(&arguments.args)?;
            for (i, keyword) in arguments.keywords.iter().enumerate() {
                if let Some(arg) = &keyword.arg
                    && let Some(twice) =
                        arguments.keywords[i + 1..].iter().find(|k| k.arg.as_ref().is_some_and(|a| a.id == arg.id))
                {
                    return Err(Error::syntax(format!("keyword argument repeated: {arg}"), twice.range));
                }
                if keyword.arg.as_ref().is_some_and(|a| a.as_str() == "__debug__") {
                    return Err(Error::syntax("cannot assign to __debug__", keyword.range));
                }
                self.expr(&keyword.value)?;
            }
            if generic {
                self.thunk.pop();
            }
        }
        let scope = self.enter(ScopeKind::Class, def.name.id.clone(), Some((node_key(def), Role::Body)), def.range);
        self.table.scopes[scope].private = Some(Private { class: def.name.id.clone(), only: None });
        if def.type_params.is_some() {
            self.add_raw(Name::new_static("__type_params__"), Uses::ASSIGNED);
            self.add_raw(Name::new_static(".type_params"), Uses::READ);
        }
        let conditional = std::mem::replace(&mut self.conditional, false);
        let around = std::mem::take(&mut self.around);
        let thunk = std::mem::take(&mut self.thunk);
        let iterable = std::mem::take(&mut self.in_iterable);
        self.stmts(&def.body)?;
        self.thunk = thunk;
        self.in_iterable = iterable;
        self.around = around;
        self.conditional = conditional;
        self.leave();
        if def.type_params.is_some() {
            self.leave();
        }
        Ok(())
    }

    fn type_alias(&mut self, alias: &ast::StmtTypeAlias) -> Result {
        self.expr(&alias.name)?;
        let name = match &*alias.name {
            Expr::Name(name) => name.id.clone(),
            _ => Name::new_static("<type alias>"),
        };
        if let Some(params) = &alias.type_params {
            let key = (node_key(alias), Role::TypeParams);
            self.enter(ScopeKind::TypeParams, name.clone(), Some(key), alias.range);
            self.type_params(params)?;
        }
        self.thunk_scope(name, alias, Role::Body, "a type alias", &alias.value)?;
        if alias.type_params.is_some() {
            self.leave();
        }
        Ok(())
    }

    fn thunk_scope<T>(&mut self, name: Name, node: &T, role: Role, what: &'static str, value: &Expr) -> Result {
        self.enter(ScopeKind::TypeThunk, name, Some((node_key(node), role)), value.range());
        self.add_raw(Name::new_static(".format"), Uses::PARAM);
        self.forbidding(what, |b| b.expr(value))?;
        self.leave();
        Ok(())
    }

    fn type_params(&mut self, params: &ast::TypeParams) -> Result {
        let mut seen_default = false;
        for param in &params.type_params {
            let name = param.name();
            if name.as_str() == "__debug__" {
                return Err(Error::syntax("cannot assign to __debug__", param.range()));
            }
            let mangled = self.mangled(&name.id);
            if self.uses(&mangled).any(Uses::TYPE_PARAM) {
                return Err(Error::syntax(format!("duplicate type parameter '{name}'"), param.range()));
            }
            self.add_raw(mangled, Uses(Uses::TYPE_PARAM.0 | Uses::ASSIGNED.0));
            let (bound, kind, default_kind) = match param {
                ast::TypeParam::TypeVar(v) => (v.bound.as_deref(), "a TypeVar bound", "a TypeVar default"),
                ast::TypeParam::TypeVarTuple(_) => (None, "", "a TypeVarTuple default"),
                ast::TypeParam::ParamSpec(_) => (None, "", "a ParamSpec default"),
            };
            if let Some(bound) = bound {
                let kind = if bound.is_tuple_expr() { "a TypeVar constraint" } else { kind };
                self.thunk_scope(name.id.clone(), param, Role::Bound, kind, bound)?;
            }
            match param.default() {
                Some(default) => {
                    seen_default = true;
                    self.thunk_scope(name.id.clone(), param, Role::Default, default_kind, default)?;
                }
                None if seen_default => {
                    let msg = format!("non-default type parameter '{name}' follows default type parameter");
                    return Err(Error::syntax(msg, param.range()));
                }
                None => {}
            }
        }
        Ok(())
    }
}

/// Whether a positional parameter has a default.
pub fn has_defaults(parameters: &ast::Parameters) -> bool {
    parameters.posonlyargs.iter().chain(&parameters.args).any(|p| p.default.is_some())
}

/// Whether a keyword-only parameter has a default.
pub fn has_kwdefaults(parameters: &ast::Parameters) -> bool {
    parameters.kwonlyargs.iter().any(|p| p.default.is_some())
}
