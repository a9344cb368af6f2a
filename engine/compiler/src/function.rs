//! Function definitions, lambdas and decorators.

use std::sync::Arc;

use engine_code::opcodes::func;
use engine_code::{Code, CodeFlags, Const, Instruction as I};
use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::codegen::Compiler;
use crate::errors::Result;
use crate::fold;
use crate::symbols_build::{has_defaults, has_kwdefaults};
use crate::symtable::{Role, ScopeKind, mangle};
use crate::unit::Reg;

/// Size of the window in which a function object is made: defaults, keyword defaults, annotations, closure.
pub const FUNCTION_WINDOW: u16 = 4;

/// Values that go through registers to a container; more are added one by one.
const MAX_GROUP: usize = 60;

/// Decorators that wait for what they decorate.
pub enum Decorators {
    /// Each at the start of a call window of its own.
    Windows(Vec<Reg>),
    /// Too many for that: in this list.
    List(Reg),
}

impl<'a> Compiler<'a> {
    /// A `def` statement.
    pub fn function_def(&mut self, s: &'a ast::StmtFunctionDef) -> Result {
        let statement = self.definition_range(s.range, &s.decorator_list, s.name.range, "def");
        let decorators = self.decorators(&s.decorator_list)?;
        let firstlineno = self.first_line(&s.decorator_list, statement);
        self.range = statement;
        let window = self.alloc();
        match &s.type_params {
            None => {
                self.reserve(FUNCTION_WINDOW - 1);
                let flags = self.defaults(&s.parameters, window)?;
                self.function_object(s, window, flags, firstlineno)?;
            }
            Some(params) => {
                // The function that makes the type parameters is called with the defaults.
                self.alloc();
                let mut args = Vec::new();
                let base = self.mark() as Reg;
                self.reserve(FUNCTION_WINDOW);
                let flags = self.defaults(&s.parameters, base)?;
                if flags & func::DEFAULTS != 0 {
                    args.push(base);
                }
                if flags & func::KWDEFAULTS != 0 {
                    args.push(base.wrapping_add(1));
                }
                let code = self.generic_function(s, params, flags, firstlineno)?;
                self.range = statement;
                if let [only] = args[..]
                    && only != base
                {
                    self.emit(I::MoveReg, (base, only));
                }
                let n = args.len() as u8;
                // The window of the function object lies above the arguments.
                self.call_fresh(code, window, n);
            }
        }
        let made = self.apply_decorators(&decorators, &s.decorator_list, window);
        self.range = statement;
        self.store_name(&s.name.id, made);
        Ok(())
    }

    /// `window = code's function(r[window+2 .. window+2+n))`
    pub fn call_fresh(&mut self, code: Arc<Code>, window: Reg, n: u8) {
        let mark = self.mark();
        let f = self.alloc();
        self.reserve(FUNCTION_WINDOW - 1);
        self.make_function(f, code, 0);
        self.emit(I::MoveReg, (window, f));
        self.free_to(mark);
        self.emit(I::Call, (window, n, window));
    }

    /// Evaluates decorators.
    pub fn decorators(&mut self, list: &'a [ast::Decorator]) -> Result<Decorators> {
        if list.len() > MAX_GROUP {
            let all = self.alloc();
            self.emit(I::BuildList, (all, all, 0));
            let mark = self.mark();
            for decorator in list {
                let r = self.operand(&decorator.expression, None, &[])?;
                self.emit(I::ListAppend, (all, r));
                self.free_to(mark);
            }
            return Ok(Decorators::List(all));
        }
        let mut windows = Vec::with_capacity(list.len());
        for decorator in list {
            windows.push(self.push(&decorator.expression)?);
            self.alloc();
        }
        Ok(Decorators::Windows(windows))
    }

    /// Calls the decorators, innermost first, on what is in `value`, the first register that was allocated after them. Where the result is.
    pub fn apply_decorators(&mut self, decorators: &Decorators, list: &'a [ast::Decorator], value: Reg) -> Reg {
        match decorators {
            Decorators::Windows(windows) => {
                debug_assert!(windows.last().is_none_or(|&w| w + 2 == value || self.unit().overflow));
                for (&window, decorator) in windows.iter().zip(list).rev() {
                    self.range = decorator.expression.range();
                    self.emit(I::Call, (window, 1, window));
                    // The result is the argument of the decorator before: its window's third register.
                }
                windows.first().copied().unwrap_or(value)
            }
            &Decorators::List(all) => {
                for (i, decorator) in list.iter().enumerate().rev() {
                    self.range = decorator.expression.range();
                    let mark = self.mark();
                    let window = self.alloc();
                    let (place, argument) = (self.alloc(), self.alloc());
                    self.load_const(place, Const::Int(i as i64));
                    self.emit(I::LoadSubscr, (window, all, place));
                    self.emit(I::MoveReg, (argument, value));
                    self.emit(I::Call, (window, 1, value));
                    self.free_to(mark);
                }
                value
            }
        }
    }

    /// The range of a definition without its decorators.
    pub fn definition_range(
        &self,
        range: TextRange,
        decorators: &[ast::Decorator],
        name: TextRange,
        keyword: &str,
    ) -> TextRange {
        // A tree says where the definition itself is.
        let Some(last) = decorators.last().filter(|_| self.source.tree.is_none()) else { return range };
        let from = last.range().end();
        let between = self.source.slice(TextRange::new(from, name.start()));
        let Some(mut at) = between.rfind(keyword) else { return range };
        if let Some(is_async) = between[..at].rfind("async")
            && between[is_async + 5..at].trim_matches([' ', '\t', '\\', '\n']).is_empty()
        {
            at = is_async;
        }
        TextRange::new(from + TextSize::new(at as u32), range.end())
    }

    /// The range of a body's last statement, without decorators; another one if there is none.
    pub fn last_range(&self, last: Option<&ast::Stmt>, otherwise: TextRange) -> TextRange {
        match last {
            Some(ast::Stmt::FunctionDef(s)) => self.definition_range(s.range, &s.decorator_list, s.name.range, "def"),
            Some(ast::Stmt::ClassDef(s)) => self.definition_range(s.range, &s.decorator_list, s.name.range, "class"),
            last => last.map_or(otherwise, Ranged::range),
        }
    }

    /// Line of the first decorator, or of the definition.
    pub fn first_line(&self, decorators: &[ast::Decorator], statement: TextRange) -> u32 {
        let start = decorators.first().map_or(statement.start(), |d| d.range().start());
        self.source.line(start)
    }

    /// Defaults into a function window.
    fn defaults(&mut self, parameters: &'a ast::Parameters, window: Reg) -> Result<u16> {
        let mut flags = 0;
        if has_defaults(parameters) {
            flags |= func::DEFAULTS;
            let values: Vec<&'a Expr> =
                parameters.posonlyargs.iter().chain(&parameters.args).filter_map(|p| p.default.as_deref()).collect();
            let constants: Option<Vec<Const>> = values.iter().map(|e| fold::constant(e, self)).collect();
            match constants {
                Some(values) => self.load_const(window, Const::Tuple(values.into())),
                None if values.len() > MAX_GROUP => {
                    self.emit(I::BuildList, (window, window, 0));
                    for value in &values {
                        let mark = self.mark();
                        let r = self.operand(value, None, &[])?;
                        self.emit(I::ListAppend, (window, r));
                        self.free_to(mark);
                    }
                    self.emit(I::ListToTuple, (window, window));
                }
                None => {
                    let base = self.mark() as Reg;
                    for value in &values {
                        self.push(value)?;
                    }
                    self.emit(I::BuildTuple, (window, base, values.len() as u8));
                    self.free_to(base);
                }
            }
        }
        if has_kwdefaults(parameters) {
            flags |= func::KWDEFAULTS;
            let dict = window.wrapping_add(1);
            let base = self.mark() as Reg;
            let mut pairs = 0usize;
            let many = parameters.kwonlyargs.len() > MAX_GROUP / 2;
            if many {
                self.emit(I::BuildMap, (dict, dict, 0));
            }
            for param in &parameters.kwonlyargs {
                let Some(default) = &param.default else { continue };
                let key = self.alloc();
                let name = self.mangled(&param.parameter.name.id);
                self.load_str(key, name.as_str());
                self.push(default)?;
                pairs += 1;
                if many {
                    self.emit(I::MapAdd, (dict, key, key.wrapping_add(1)));
                    self.free_to(base as u16);
                }
            }
            if !many {
                self.emit(I::BuildMap, (dict, base, pairs as u8));
            }
            self.free_to(base as u16);
        }
        Ok(flags)
    }

    /// Compiles the body and makes the function in its window, where the defaults are already.
    pub fn function_object(
        &mut self,
        s: &'a ast::StmtFunctionDef,
        window: Reg,
        mut flags: u16,
        firstlineno: u32,
    ) -> Result {
        let statement = self.range;
        flags |= self.function_annotations(s, window.wrapping_add(2))?;
        let scope = self.scope_of(s, Role::Body)?;
        let qualname = self.qualname(s.name.as_str());
        let params = self.param_names(&s.parameters);
        let mut code_flags = self.param_flags(&s.parameters);
        if self.in_class() {
            code_flags |= CodeFlags::METHOD;
        }
        self.enter(scope, qualname, &params, code_flags, firstlineno);
        self.set_counts(&s.parameters);
        let mut body = &s.body[..];
        if let Some((doc, rest)) = crate::literal::split_docstring(self.source, body) {
            body = rest;
            if self.flags.optimize < 2 {
                self.u().constant(Const::Str(doc.0));
                self.u().flags |= CodeFlags::HAS_DOCSTRING;
            }
        }
        self.range = statement;
        self.stmts(body)?;
        self.range = self.last_range(body.last(), statement);
        self.return_at_end();
        let code = self.leave()?;
        self.range = statement;
        self.make_function(window, code, flags);
        Ok(())
    }

    /// Whether a function made here is a method for the introspection flags: directly in a class body.
    pub fn in_class(&self) -> bool {
        self.unit().kind == ScopeKind::Class && self.unit().comps.is_empty()
    }

    fn param_names(&self, parameters: &ast::Parameters) -> Vec<Name> {
        let private = self.unit().private.as_ref();
        let regular = parameters.posonlyargs.iter().chain(&parameters.args).chain(&parameters.kwonlyargs);
        regular
            .map(|p| &p.parameter)
            .chain(parameters.vararg.as_deref())
            .chain(parameters.kwarg.as_deref())
            .map(|p| mangle(private, &p.name.id))
            .collect()
    }

    fn param_flags(&self, parameters: &ast::Parameters) -> CodeFlags {
        let mut flags = CodeFlags::default();
        if parameters.vararg.is_some() {
            flags |= CodeFlags::VARARGS;
        }
        if parameters.kwarg.is_some() {
            flags |= CodeFlags::VARKEYWORDS;
        }
        flags
    }

    fn set_counts(&mut self, parameters: &ast::Parameters) {
        let positional = parameters.posonlyargs.len() + parameters.args.len();
        self.u().argcounts =
            [positional as u16, parameters.posonlyargs.len() as u16, parameters.kwonlyargs.len() as u16];
    }

    /// A lambda expression.
    pub fn lambda(&mut self, e: &'a ast::ExprLambda, dst: Reg) -> Result {
        let window = self.window(dst, FUNCTION_WINDOW);
        let range = self.range;
        let empty = ast::Parameters::default();
        let mut flags = 0;
        if let Some(parameters) = &e.parameters {
            flags = self.defaults(parameters, window)?;
        }
        let parameters = e.parameters.as_deref().unwrap_or(&empty);
        let scope = self.scope_of(e, Role::Body)?;
        let qualname = self.qualname("<lambda>");
        let params = self.param_names(parameters);
        let mut code_flags = self.param_flags(parameters);
        if self.in_class() {
            code_flags |= CodeFlags::METHOD;
        }
        let line = self.source.line(e.range.start());
        self.enter(scope, qualname, &params, code_flags, line);
        self.set_counts(parameters);
        let r = self.operand(&e.body, None, &[])?;
        self.range = e.body.range();
        self.emit(I::ReturnValue, r);
        let code = self.leave()?;
        self.range = range;
        self.make_function(window, code, flags);
        self.mov(dst, window);
        Ok(())
    }
}
