//! Calls, and waiting for awaitables.

use engine_code::{Const, Drain, Instruction as I, Wtf8};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use crate::codegen::Compiler;
use crate::errors::Result;
use crate::expr::Display;
use crate::unit::{Place, Reg};

/// Arguments that go into registers; a call with more builds a list.
const MAX_ARGS: usize = 60;

/// How the callee stands in its window.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Callee {
    /// `r[a]` is the callable.
    Plain,
    /// `r[a]` and `r[a+2]` are as `load_method` left them.
    Method,
}

impl<'a> Compiler<'a> {
    /// A call expression.
    pub fn call(&mut self, e: &'a ast::ExprCall, dst: Reg) -> Result {
        self.check_caller(e);
        let args = &e.arguments;
        let spread = args.args.iter().any(Expr::is_starred_expr) || args.keywords.iter().any(|k| k.arg.is_none());
        let many = args.args.len() + args.keywords.len() > MAX_ARGS;
        let whole = e.range();
        if let Expr::Attribute(attribute) = &*e.func
            && !spread
            && !many
        {
            let window = self.load_method(attribute, dst)?;
            self.arguments(args)?;
            self.range = self.attribute_range(attribute, whole);
            self.emit_call(window, args, dst, Callee::Method);
            return Ok(());
        }
        let window = self.window(dst, 1);
        self.expr_to(&e.func, window)?;
        self.alloc();
        if let Some(drain) = self.drained(e) {
            return self.drain(e, drain, window, dst);
        }
        if let Expr::Attribute(attribute) = &*e.func {
            self.range = self.attribute_range(attribute, whole);
        }
        if spread || many {
            self.spread_call(window, &args.args, &args.keywords, dst)
        } else {
            self.arguments(args)?;
            self.emit_call(window, args, dst, Callee::Plain);
            Ok(())
        }
    }

    /// What the callee will be, if it is what its name says, where a call does nothing but run a generator expression.
    fn drained(&self, e: &'a ast::ExprCall) -> Option<Drain> {
        let Expr::Name(name) = &*e.func else { return None };
        let ([Expr::Generator(g)], []) = (&*e.arguments.args, &*e.arguments.keywords) else { return None };
        let global = matches!(self.lookup(&name.id), Place::Global | Place::Name);
        if global && !g.generators.iter().any(|part| part.is_async) { Drain::named(&name.id) } else { None }
    }

    /// Such a call: a loop over the generator if `r[window]` is that built-in, else the call.
    fn drain(&mut self, e: &'a ast::ExprCall, drain: Drain, window: Reg, dst: Reg) -> Result {
        self.arguments(&e.arguments)?;
        let (generator, mark) = (window + 2, self.mark());
        let (call, body, test, end) = (self.label(), self.label(), self.label(), self.label());
        self.emit_jump(I::JNotDrain, (window, drain as u8), call);
        let build: Option<fn(_) -> I> = match drain {
            Drain::Tuple | Drain::List => Some(I::BuildList),
            Drain::Set => Some(I::BuildSet),
            Drain::All | Drain::Any => None,
        };
        if let Some(build) = build {
            self.emit(build, (window, window, 0));
        }
        let (item, decided) = (self.alloc(), self.label());
        self.jump(test);
        self.place(body);
        match drain {
            Drain::Tuple | Drain::List => self.emit(I::ListAppend, (window, item)),
            Drain::Set => self.emit(I::SetAdd, (window, item)),
            Drain::All => self.emit_jump(I::JumpIfFalse, item, decided),
            Drain::Any => self.emit_jump(I::JumpIfTrue, item, decided),
        }
        self.place(test);
        self.emit_jump(I::ForIter, (item, generator), body);
        match drain {
            Drain::Tuple => self.emit(I::ListToTuple, (dst, window)),
            Drain::List | Drain::Set => self.mov(dst, window),
            Drain::All | Drain::Any => {
                self.load_const(dst, if drain == Drain::All { Const::True } else { Const::False });
                self.jump(end);
                self.place(decided);
                self.load_const(dst, if drain == Drain::Any { Const::True } else { Const::False });
            }
        }
        self.jump(end);
        self.place(call);
        self.emit_call(window, &e.arguments, dst, Callee::Plain);
        self.place(end);
        self.free_to(mark);
        Ok(())
    }

    /// Prepares a method call; the receiver's register is the top one afterwards.
    fn load_method(&mut self, e: &'a ast::ExprAttribute, dst: Reg) -> Result<Reg> {
        let name = self.mangled(&e.attr.id);
        if let Some((window, n)) = self.super_window(e, dst)? {
            self.range = self.attribute_range(e, e.range);
            let x = self.u().name_index(&name);
            self.emit(I::LoadSuperMethod, (window, n, x));
            return Ok(window);
        }
        let window = self.window(dst, 1);
        let receiver = self.operand(&e.value, Some(window), &[])?;
        let saved = self.range;
        self.range = self.attribute_range(e, e.range);
        self.emit_name(I::LoadMethod, &name, |name| (window, receiver, name));
        self.range = saved;
        self.alloc();
        self.alloc();
        Ok(window)
    }

    fn arguments(&mut self, args: &'a ast::Arguments) -> Result {
        if let ([Expr::Generator(g)], []) = (&*args.args, &*args.keywords)
            && !g.parenthesized
        {
            // The call's parentheses are the generator expression's.
            let dst = self.alloc();
            let saved = self.at(args.range);
            self.generator_expression(g, dst)?;
            self.free_to(dst as u16 + 1);
            self.range = saved;
            return Ok(());
        }
        for arg in &args.args {
            self.push(arg)?;
        }
        for keyword in &args.keywords {
            self.push(&keyword.value)?;
        }
        Ok(())
    }

    fn emit_call(&mut self, window: Reg, args: &ast::Arguments, dst: Reg, callee: Callee) {
        let receiver = (callee == Callee::Method) as usize;
        let n = (args.args.len() + args.keywords.len() + receiver) as u8;
        if args.keywords.is_empty() {
            self.emit(if receiver == 1 { I::CallMethod } else { I::Call }, (window, n, dst));
            return;
        }
        let names: Vec<Const> = args
            .keywords
            .iter()
            .filter_map(|k| k.arg.as_ref())
            .map(|name| Const::Str(Wtf8::from(name.as_str())))
            .collect();
        let x = self.u().constant16(Const::Tuple(names.into()));
        self.emit(if receiver == 1 { I::CallMethodKw } else { I::CallKw }, (window, n, dst, x));
    }

    /// Calls `r[window]` with starred arguments. The window's first two registers are taken.
    pub fn spread_call(&mut self, window: Reg, args: &'a [Expr], keywords: &'a [ast::Keyword], dst: Reg) -> Result {
        let positional = self.alloc();
        let named = self.alloc();
        let mut unchecked = false;
        match args {
            [Expr::Starred(only)] => {
                self.expr_to(&only.value, positional)?;
                unchecked = true;
            }
            [] => self.load_const(positional, Const::Tuple([].into())),
            _ => self.collect(args, positional, Display::List)?,
        }
        self.keyword_dict(keywords, named, window)?;
        self.emit(I::CallEx, (window, dst, unchecked));
        Ok(())
    }

    /// The keyword arguments as a dict in `dict` (EMPTY if there are none) for a call of `r[callee]`.
    fn keyword_dict(&mut self, keywords: &'a [ast::Keyword], dict: Reg, callee: Reg) -> Result {
        if keywords.is_empty() {
            self.emit(I::Clear, dict);
            return Ok(());
        }
        if let [only] = keywords
            && only.arg.is_none()
        {
            // The call reads it and copies.
            return self.expr_to(&only.value, dict);
        }
        let mark = self.mark();
        self.emit(I::BuildMap, (dict, dict, 0));
        let mut i = 0;
        while i < keywords.len() {
            if keywords[i].arg.is_none() {
                let r = self.operand(&keywords[i].value, None, &[])?;
                self.emit(I::DictMerge, (dict, r, callee));
                self.free_to(mark);
                i += 1;
                continue;
            }
            // A run of plain keywords: directly while nothing was merged before, else checked for duplicates.
            let start = i;
            while i < keywords.len() && keywords[i].arg.is_some() {
                i += 1;
            }
            let target = if start == 0 { dict } else { self.alloc() };
            if start != 0 {
                self.emit(I::BuildMap, (target, target, 0));
            }
            for keyword in &keywords[start..i] {
                let Some(name) = &keyword.arg else { continue };
                let inner = self.mark();
                let k = self.alloc();
                self.load_str(k, name.as_str());
                let v = self.operand(&keyword.value, None, &[])?;
                self.emit(I::MapAdd, (target, k, v));
                self.free_to(inner);
            }
            if start != 0 {
                self.emit(I::DictMerge, (dict, target, callee));
            }
            self.free_to(mark);
        }
        Ok(())
    }

    fn check_caller(&mut self, e: &ast::ExprCall) {
        let kind = match &*e.func {
            Expr::NumberLiteral(n) => match n.value {
                ast::Number::Int(_) => "int",
                ast::Number::Float(_) => "float",
                ast::Number::Complex { .. } => "complex",
            },
            Expr::StringLiteral(_) | Expr::FString(_) => "str",
            Expr::TString(_) => "string.templatelib.Template",
            Expr::BytesLiteral(_) => "bytes",
            Expr::BooleanLiteral(_) => "bool",
            Expr::NoneLiteral(_) => "NoneType",
            Expr::EllipsisLiteral(_) => "ellipsis",
            Expr::Tuple(_) => "tuple",
            Expr::List(_) | Expr::ListComp(_) => "list",
            Expr::Dict(_) | Expr::DictComp(_) => "dict",
            Expr::Set(_) | Expr::SetComp(_) => "set",
            Expr::Generator(_) => "generator",
            _ => return,
        };
        self.warn(format!("'{kind}' object is not callable; perhaps you missed a comma?"), e.range());
    }

    // ---- awaiting ----------------------------------------------------------------------------------------------------

    /// `await value`
    pub fn await_expr(&mut self, e: &'a ast::ExprAwait, dst: Reg) -> Result {
        let r = self.operand(&e.value, None, &[])?;
        self.await_register(r, dst, 0);
        Ok(())
    }

    /// `dst = await r[r]`; `kind` as in `get_awaitable`.
    pub fn await_register(&mut self, r: Reg, dst: Reg, kind: u8) {
        let (value, iter) = self.send_registers(dst);
        self.emit(I::GetAwaitable, (iter, r, kind));
        self.send_loop(iter, value);
        self.mov(dst, value);
    }

    /// Registers of a send loop: value (`dst` if a temporary) and iterator.
    pub fn send_registers(&mut self, dst: Reg) -> (Reg, Reg) {
        let value = if self.u().is_temp(dst) { dst } else { self.alloc() };
        (value, self.alloc())
    }

    /// Drives `r[iter]` to its end, passing what it yields to the caller; its result goes to `r[value]`.
    pub fn send_loop(&mut self, iter: Reg, value: Reg) {
        let (again, done, handler) = (self.label(), self.label(), self.label());
        let exc = self.alloc();
        self.load_none(value);
        self.place(again);
        self.emit_jump(I::Send, (iter, value), done);
        let region = self.u().open_region(handler, exc);
        self.emit(I::YieldDelegate, (iter, value));
        self.u().suspend_region(region);
        self.jump(again);
        self.place(handler);
        self.emit(I::CleanupThrow, (exc, value));
        self.place(done);
    }

    /// Emits a jump that keeps the position of something else.
    pub fn jump_at(&mut self, label: crate::unit::Label, range: TextRange) {
        let saved = self.at(range);
        self.jump(label);
        self.range = saved;
    }
}
