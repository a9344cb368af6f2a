//! Lazily evaluated things: annotations (PEP 649), type parameters (PEP 695, 696), type aliases.

use std::sync::Arc;

use engine_code::opcodes::func;
use engine_code::{Code, CodeFlags, Const, Instruction as I, Intrinsic};
use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use crate::codegen::Compiler;
use crate::errors::{Error, Result};
use crate::function::FUNCTION_WINDOW;
use crate::symtable::{Role, ScopeId, ScopeKind, node_key};
use crate::unit::{Deferred, Reg};

const CONDITIONAL: &str = "__conditional_annotations__";

/// A definition with type parameters, of which some function-like code makes the rest.
type Rest<'c, 'a> = &'c mut dyn FnMut(&mut Compiler<'a>, Reg) -> Result<Reg>;

impl<'a> Compiler<'a> {
    // ---- annotations of functions ------------------------------------------------------------------------------------

    /// Puts what `make_function` wants for the annotations into `dst`; returns the flag for it.
    pub fn function_annotations(&mut self, s: &'a ast::StmtFunctionDef, dst: Reg) -> Result<u16> {
        let annotated: Vec<(Name, &'a Expr)> = annotated_params(&s.parameters)
            .map(|p| (self.mangled(&p.0.id), p.1))
            .chain(s.returns.iter().map(|r| (Name::new_static("return"), &**r)))
            .collect();
        if annotated.is_empty() {
            return Ok(0);
        }
        let scope = self.scope_of(s, Role::Annotations)?;
        let range = self.range;
        // Its qualified name is that of the function.
        let qualname = format!("{}.__annotate__", self.qualname(s.name.as_str()));
        self.enter_thunk(scope, qualname, range);
        let dict = self.alloc();
        let base = self.mark() as Reg;
        let n = annotated.len().min(20);
        for (name, e) in &annotated[..n] {
            self.annotation_pair(name, e)?;
        }
        self.emit(I::BuildMap, (dict, base, n as u8));
        self.free_to(base);
        for (name, e) in &annotated[n..] {
            let key = self.annotation_pair(name, e)?;
            self.emit(I::MapAdd, (dict, key, key.wrapping_add(1)));
            self.free_to(base);
        }
        self.emit(I::ReturnValue, dict);
        let code = self.leave_annotate()?;
        self.range = range;
        self.function_at(dst, code);
        Ok(func::ANNOTATE)
    }

    /// Ends an annotate function; its signature shows the parameter as `format`.
    fn leave_annotate(&mut self) -> Result<Arc<Code>> {
        if let Some(param) = self.u().varnames.first_mut() {
            *param = Name::new_static("format");
        }
        self.leave()
    }

    fn annotation_pair(&mut self, name: &Name, e: &'a Expr) -> Result<Reg> {
        let key = self.alloc();
        self.load_str(key, name.as_str());
        let value = self.alloc();
        match e {
            e if self.table.future_annotations => {
                let text = crate::unparse::unparse(e, self.source);
                self.load_str(value, &text);
            }
            // `*args: *Ts`
            Expr::Starred(s) => {
                let r = self.operand(&s.value, Some(value), &[])?;
                self.emit(I::UnpackSequence, (value, r, 1));
            }
            e => self.expr_to(e, value)?,
        }
        Ok(key)
    }

    /// `dst` = function of the code, made in a window above.
    fn function_at(&mut self, dst: Reg, code: Arc<Code>) {
        let mark = self.mark();
        let window = self.alloc();
        self.reserve(FUNCTION_WINDOW - 1);
        self.make_function(window, code, 0);
        self.mov(dst, window);
        self.free_to(mark);
    }

    /// Starts a function with one parameter, the format, which it checks. No annotation can name it.
    fn enter_thunk(&mut self, scope: ScopeId, qualname: String, range: TextRange) {
        let param = ".format";
        let line = self.source.line(range.start());
        self.enter(scope, qualname, &[Name::new_static(param)], CodeFlags::default(), line);
        self.u().argcounts = [1, 1, 0];
        self.range = range;
        let t = self.alloc();
        self.load_name(&Name::new_static(param), t);
        self.intrinsic(Intrinsic::CheckAnnotateFormat, t, t);
        self.free_to(t);
    }

    // ---- annotations of modules and classes --------------------------------------------------------------------------

    /// Before a module's body: its annotate function, so that it is there even while the module runs.
    pub fn scope_annotations_prologue(&mut self, body: &'a [Stmt]) -> Result {
        self.scope_annotations(body)?;
        self.annotate_function("__annotate__")?;
        self.conditional_set();
        Ok(())
    }

    /// Collects the annotations of a module or class body.
    pub fn scope_annotations(&mut self, body: &'a [Stmt]) -> Result {
        let mut found = Vec::new();
        collect(body, false, &mut found);
        if found.is_empty() {
            return Ok(());
        }
        if self.table.future_annotations {
            self.emit(I::SetupAnnotations, ());
            return Ok(());
        }
        let module = self.unit().kind == ScopeKind::Module;
        let mut count = 0;
        for (stmt, conditional) in found {
            let Expr::Name(name) = &*stmt.target else { continue };
            let name = self.mangled(&name.id);
            let index = (conditional || module).then(|| {
                count += 1;
                count - 1
            });
            self.u().deferred.push(Deferred { stmt, name, index });
        }
        self.u().conditional_count = count;
        Ok(())
    }

    /// Makes the set that records which conditional annotations were executed.
    pub fn conditional_set(&mut self) {
        if self.unit().conditional_count == 0 {
            return;
        }
        let t = self.alloc();
        self.emit(I::BuildSet, (t, t, 0));
        match self.class_cell(CONDITIONAL) {
            Some(cell) => self.emit(I::StoreCell, (cell, t)),
            None => self.emit_name(I::StoreName, &Name::new_static(CONDITIONAL), |name| (t, name)),
        }
        self.free_to(t);
    }

    /// Makes and stores the annotate function of a module or class, if it has annotations.
    pub fn annotate_function(&mut self, name: &'static str) -> Result {
        let Some(scope) = self.table.scopes[self.unit().scope].annotations else { return Ok(()) };
        let deferred = self.unit().deferred.clone();
        let range = self.range;
        let module = self.unit().kind == ScopeKind::Module;
        let qualname = match module {
            true => "__annotate__".to_string(),
            false => format!("{}.__annotate__", self.unit().qualname),
        };
        let line = self.unit().firstlineno;
        self.enter_thunk(scope, qualname, range);
        self.u().firstlineno = line;
        let dict = self.alloc();
        self.emit(I::BuildMap, (dict, dict, 0));
        for item in &deferred {
            let mark = self.mark();
            let skip = self.label();
            if let Some(index) = item.index {
                let i = self.alloc();
                let set = self.alloc();
                self.load_const(i, Const::Int(index as i64));
                self.load_name(&Name::new_static(CONDITIONAL), set);
                self.emit_jump(I::JNotIn, (i, set), skip);
                self.free_to(mark);
            }
            let key = self.alloc();
            let value = self.operand(&item.stmt.annotation, None, &[])?;
            self.load_str(key, item.name.as_str());
            self.emit(I::MapAdd, (dict, key, value));
            self.place(skip);
            self.free_to(mark);
        }
        self.emit(I::ReturnValue, dict);
        let code = self.leave_annotate()?;
        self.range = range;
        let t = self.alloc();
        self.function_at(t, code);
        self.emit_name(I::StoreName, &Name::new_static(name), |name| (t, name));
        self.free_to(t);
        Ok(())
    }

    /// The number of a conditional annotation. Statements come in the order in which they were collected, but for bodies
    /// that are compiled twice: the search begins where the last one ended.
    fn deferred_index(&mut self, s: &'a ast::StmtAnnAssign) -> Option<u32> {
        let unit = self.unit();
        let n = unit.deferred.len();
        let at =
            (0..n).map(|i| (unit.deferred_at + i) % n).find(|&i| node_key(unit.deferred[i].stmt) == node_key(s))?;
        let index = unit.deferred[at].index;
        self.u().deferred_at = at + 1;
        index
    }

    /// An annotated assignment.
    pub fn ann_assign(&mut self, s: &'a ast::StmtAnnAssign) -> Result {
        if let Some(value) = &s.value {
            let r = match &*s.target {
                Expr::Name(name) if self.target_register(&name.id).is_some() && self.unit().kind.is_function_like() => {
                    let reg = self.target_register(&name.id).unwrap_or_default();
                    self.expr_to(value, reg)?;
                    None
                }
                _ => Some(self.operand(value, None, &[])?),
            };
            if let Some(r) = r {
                self.store(&s.target, r)?;
            }
        }
        match &*s.target {
            Expr::Name(name) => {
                if !s.simple || self.unit().kind.is_function_like() {
                    return Ok(());
                }
                if self.table.future_annotations {
                    let dict = self.alloc();
                    self.emit_name(I::LoadName, &Name::new_static("__annotations__"), |name| (dict, name));
                    let (key, value) = (self.alloc(), self.alloc());
                    let text = crate::unparse::unparse(&s.annotation, self.source);
                    self.load_str(value, &text);
                    let name = self.mangled(&name.id);
                    self.load_str(key, name.as_str());
                    self.emit(I::StoreSubscr, (dict, key, value));
                    return Ok(());
                }
                let index = self.deferred_index(s);
                if let Some(index) = index {
                    let set = self.alloc();
                    match self.class_cell(CONDITIONAL) {
                        Some(cell) => self.emit(I::LoadCell, (set, cell)),
                        None => self.emit_name(I::LoadName, &Name::new_static(CONDITIONAL), |name| (set, name)),
                    }
                    let i = self.alloc();
                    self.load_const(i, Const::Int(index as i64));
                    self.emit(I::SetAdd, (set, i));
                }
            }
            Expr::Attribute(a) if s.value.is_none() => self.discard(&a.value)?,
            Expr::Subscript(sub) if s.value.is_none() => {
                self.discard(&sub.value)?;
                self.discard(&sub.slice)?;
            }
            _ => {}
        }
        Ok(())
    }

    // ---- type parameters ---------------------------------------------------------------------------------------------

    /// Code of the function that makes type parameters and then, by `rest`, what they belong to. `rest` gets the register
    /// of the tuple of parameters and returns that of the result.
    fn generic(
        &mut self,
        scope: ScopeId,
        name: &str,
        params: &'a ast::TypeParams,
        args: &[Name],
        line: u32,
        rest: Rest<'_, 'a>,
    ) -> Result<Arc<Code>> {
        let range = self.range;
        let label = format!("<generic parameters of {name}>");
        let qualname = self.qualname(&label);
        self.enter(scope, qualname, args, CodeFlags::default(), line);
        self.u().name = Name::new(label);
        self.u().argcounts = [args.len() as u16, 0, 0];
        self.range = range;
        let tuple = self.alloc();
        let base = self.mark() as Reg;
        for param in &params.type_params {
            self.type_param(param)?;
        }
        if params.type_params.len() > 100 {
            return Err(Error::too_big("too many type parameters"));
        }
        self.range = range;
        self.emit(I::BuildTuple, (tuple, base, params.type_params.len() as u8));
        self.free_to(base);
        let result = rest(self, tuple)?;
        self.emit(I::ReturnValue, result);
        let code = self.leave()?;
        self.range = range;
        Ok(code)
    }

    fn type_param(&mut self, param: &'a ast::TypeParam) -> Result {
        let saved = self.at(param.range());
        let t = self.alloc();
        let name = param.name().as_str();
        self.load_str(t, name);
        let (plain, bound) = match param {
            ast::TypeParam::TypeVar(v) => (Intrinsic::TypeVar, v.bound.as_deref()),
            ast::TypeParam::TypeVarTuple(_) => (Intrinsic::TypeVarTuple, None),
            ast::TypeParam::ParamSpec(_) => (Intrinsic::ParamSpec, None),
        };
        match bound {
            None => self.intrinsic(plain, t, t),
            Some(bound) => {
                let which = match bound {
                    Expr::Tuple(_) => Intrinsic::TypeVarWithConstraints,
                    _ => Intrinsic::TypeVarWithBound,
                };
                let f = self.alloc();
                self.thunk(param, Role::Bound, name, bound, f)?;
                self.intrinsic(which, t, t);
                self.free_to(f);
            }
        }
        if let Some(default) = param.default() {
            let f = self.alloc();
            self.thunk(param, Role::Default, name, default, f)?;
            self.intrinsic(Intrinsic::SetTypeParamDefault, t, t);
            self.free_to(f);
        }
        self.store_name(&param.name().id, t);
        self.range = saved;
        Ok(())
    }

    /// `dst` = the function that computes `value` on demand.
    fn thunk<T>(&mut self, node: &T, role: Role, name: &str, value: &'a Expr, dst: Reg) -> Result {
        let scope = self.scope_of(node, role)?;
        let saved = self.at(value.range());
        let range = self.range;
        let qualname = self.qualname(name);
        self.enter_thunk(scope, qualname, range);
        let r = match value {
            Expr::Starred(s) => {
                let t = self.alloc();
                let r = self.operand(&s.value, Some(t), &[])?;
                self.emit(I::UnpackSequence, (t, r, 1));
                t
            }
            value => self.operand(value, None, &[])?,
        };
        self.range = range;
        self.emit(I::ReturnValue, r);
        let code = self.leave()?;
        self.range = range;
        let mark = self.mark();
        let window = self.alloc();
        self.reserve(FUNCTION_WINDOW - 1);
        self.load_const(window, Const::Tuple([Const::Int(1)].into()));
        self.make_function(window, code, func::DEFAULTS);
        self.mov(dst, window);
        self.free_to(mark);
        self.range = saved;
        Ok(())
    }

    /// Code of the function around a generic function.
    pub fn generic_function(
        &mut self,
        s: &'a ast::StmtFunctionDef,
        params: &'a ast::TypeParams,
        flags: u16,
        line: u32,
    ) -> Result<Arc<Code>> {
        let scope = self.scope_of(s, Role::TypeParams)?;
        let mut args = Vec::new();
        if flags & func::DEFAULTS != 0 {
            args.push(Name::new_static(".defaults"));
        }
        if flags & func::KWDEFAULTS != 0 {
            args.push(Name::new_static(".kwdefaults"));
        }
        let names = args.clone();
        self.generic(scope, s.name.as_str(), params, &args, line, &mut |c, tuple| {
            // The function and its type parameters must be adjacent.
            let pair = c.alloc();
            let second = c.alloc();
            let window = c.alloc();
            c.reserve(FUNCTION_WINDOW - 1);
            for name in &names {
                let at = if name.as_str() == ".defaults" { window } else { window.wrapping_add(1) };
                c.load_name(name, at);
            }
            c.function_object(s, window, flags, line)?;
            c.mov(pair, window);
            c.mov(second, tuple);
            c.intrinsic(Intrinsic::SetFunctionTypeParams, pair, pair);
            Ok(pair)
        })
    }

    /// Code of the function around a generic class.
    pub fn generic_class(
        &mut self,
        s: &'a ast::StmtClassDef,
        params: &'a ast::TypeParams,
        line: u32,
        statement: TextRange,
    ) -> Result<Arc<Code>> {
        let scope = self.scope_of(s, Role::TypeParams)?;
        self.generic(scope, s.name.as_str(), params, &[], line, &mut |c, tuple| {
            c.store_name(&Name::new_static(".type_params"), tuple);
            let window = c.alloc();
            c.build_class(s, window, line, statement)?;
            Ok(window)
        })
    }

    /// A `type` statement.
    pub fn type_alias(&mut self, s: &'a ast::StmtTypeAlias) -> Result {
        let Expr::Name(name) = &*s.name else { return Err(Error::syntax("invalid syntax", s.range)) };
        let window = self.alloc();
        match &s.type_params {
            None => {
                self.alias(s, name, None, window)?;
            }
            Some(params) => {
                self.alloc();
                let scope = self.scope_of(s, Role::TypeParams)?;
                let line = self.source.line(s.range.start());
                let code = self.generic(scope, name.id.as_str(), params, &[], line, &mut |c, tuple| {
                    let dst = c.alloc();
                    c.alias(s, name, Some(tuple), dst)?;
                    Ok(dst)
                })?;
                self.call_fresh(code, window, 0);
            }
        }
        self.store_name(&name.id, window);
        Ok(())
    }

    fn alias(&mut self, s: &'a ast::StmtTypeAlias, name: &'a ast::ExprName, params: Option<Reg>, dst: Reg) -> Result {
        let base = self.alloc();
        let (second, third) = (self.alloc(), self.alloc());
        self.load_str(base, name.id.as_str());
        match params {
            Some(tuple) => self.mov(second, tuple),
            None => self.load_none(second),
        }
        self.thunk(s, Role::Body, name.id.as_str(), &s.value, third)?;
        self.emit(I::BuildTuple, (base, base, 3));
        self.intrinsic(Intrinsic::TypeAlias, dst, base);
        Ok(())
    }
}

/// Annotated parameters in CPython's order: positional-only, positional, `*args`, keyword-only, `**kwargs`.
fn annotated_params(p: &ast::Parameters) -> impl Iterator<Item = (&ast::Identifier, &Expr)> {
    p.posonlyargs
        .iter()
        .chain(&p.args)
        .map(|p| &p.parameter)
        .chain(p.vararg.as_deref())
        .chain(p.kwonlyargs.iter().map(|p| &p.parameter))
        .chain(p.kwarg.as_deref())
        .filter_map(|p| p.annotation.as_deref().map(|a| (&p.name, a)))
}

/// Annotations of simple names in a module or class body, with whether they are inside a compound statement.
fn collect<'a>(body: &'a [Stmt], conditional: bool, out: &mut Vec<(&'a ast::StmtAnnAssign, bool)>) {
    for stmt in body {
        match stmt {
            Stmt::AnnAssign(s) if s.simple => out.push((s, conditional)),
            Stmt::For(s) => {
                collect(&s.body, true, out);
                collect(&s.orelse, true, out);
            }
            Stmt::While(s) => {
                collect(&s.body, true, out);
                collect(&s.orelse, true, out);
            }
            Stmt::If(s) => {
                collect(&s.body, true, out);
                s.elif_else_clauses.iter().for_each(|c| collect(&c.body, true, out));
            }
            Stmt::With(s) => collect(&s.body, true, out),
            Stmt::Match(s) => s.cases.iter().for_each(|c| collect(&c.body, true, out)),
            Stmt::Try(s) => {
                collect(&s.body, true, out);
                for ast::ExceptHandler::ExceptHandler(h) in &s.handlers {
                    collect(&h.body, true, out);
                }
                collect(&s.orelse, true, out);
                collect(&s.finalbody, true, out);
            }
            _ => {}
        }
    }
}
