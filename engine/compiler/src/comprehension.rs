//! Comprehensions, compiled in line (PEP 709), and generator expressions.

use engine_code::{CodeFlags, Instruction as I};
use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;
use rustc_hash::FxHashMap;

use crate::codegen::Compiler;
use crate::errors::Result;
use crate::function::FUNCTION_WINDOW;
use crate::stmt::{Step, StepKind};
use crate::symtable::{Meaning, Role, ScopeId};
use crate::unit::{ActiveComprehension, Label, Reg};

/// What a comprehension does with its elements.
#[derive(Clone, Copy)]
enum Sink<'a> {
    /// `r[acc].append(element)`
    List(Reg, &'a Expr),
    /// `r[acc].add(element)`
    Set(Reg, &'a Expr),
    /// `r[acc][key] = value`
    Dict(Reg, &'a Expr, &'a Expr),
    /// `yield element`
    Yield(&'a Expr),
}

impl<'a> Compiler<'a> {
    /// A list, set or dict comprehension.
    pub fn comprehension(&mut self, e: &'a Expr, dst: Reg) -> Result {
        let acc = if self.unit().is_temp(dst) { dst } else { self.alloc() };
        let build: fn(_) -> I;
        let (scope, generators, sink) = match e {
            Expr::ListComp(c) => {
                build = I::BuildList;
                (self.scope_of(c, Role::Body)?, &c.generators, Sink::List(acc, &c.elt))
            }
            Expr::SetComp(c) => {
                build = I::BuildSet;
                (self.scope_of(c, Role::Body)?, &c.generators, Sink::Set(acc, &c.elt))
            }
            Expr::DictComp(c) => {
                build = I::BuildMap;
                let key = c.key.as_deref().unwrap_or(&c.value);
                (self.scope_of(c, Role::Body)?, &c.generators, Sink::Dict(acc, key, &c.value))
            }
            _ => return Err(crate::errors::Error::internal("not a comprehension")),
        };
        let range = self.range;
        let Some(first) = generators.first() else { return Ok(()) };
        // Nothing can tell that the container is made before the first iterable, which belongs to the scope around.
        self.emit(build, (acc, acc, 0));
        let test = self.label();
        let start = self.start_generator(first, test, Some(scope))?;
        self.range = range;
        self.generator_loop(generators, 0, Some((start, test)), sink)?;
        self.deactivate();
        self.mov(dst, acc);
        Ok(())
    }

    /// Evaluates a generator's iterable, then activates `scope`. For plain loops this ends in the jump to the loop's test.
    fn start_generator(
        &mut self,
        generator: &'a ast::Comprehension,
        test: Label,
        scope: Option<ScopeId>,
    ) -> Result<Step> {
        let prepare = move |c: &mut Self| {
            if let Some(scope) = scope {
                c.activate(scope);
            }
        };
        if generator.is_async {
            let iter = self.alloc();
            self.range = generator.iter.range();
            let r = self.operand(&generator.iter, Some(iter), &[])?;
            prepare(self);
            self.emit(I::GetAIter, (iter, r));
            return Ok(Step { kind: StepKind::Async, reg: iter, made_here: false });
        }
        self.loop_start(&generator.iter, test, prepare)
    }

    /// Brings a comprehension's variables into scope: they start unbound, captured ones in a fresh cell.
    fn activate(&mut self, scope: ScopeId) {
        let active: Vec<ScopeId> = self.unit().comps.iter().map(|c| c.scope).collect();
        let mut regs = FxHashMap::default();
        let s = &self.table.scopes[scope];
        for name in &s.order {
            let meaning = s.symbols[name].meaning;
            if !matches!(meaning, Meaning::Local | Meaning::Cell) {
                continue;
            }
            let level = crate::unit::hidden_level(self.table, &active, name);
            let Some(&reg) = self.unit().hidden.get(&(name.clone(), level)) else { continue };
            regs.insert(name.clone(), reg);
            self.emit(I::Clear, reg);
            if meaning == Meaning::Cell {
                self.emit(I::MakeCell, reg);
                self.u().hidden_cells.push((name.clone(), reg));
            }
        }
        self.u().comps.push(ActiveComprehension { scope, regs });
    }

    /// The end of a comprehension: its variables go, so that they keep nothing alive and nobody finds them.
    fn deactivate(&mut self) {
        let Some(ended) = self.u().comps.pop() else { return };
        let mut regs: Vec<_> = ended.regs.values().copied().collect();
        regs.sort_unstable();
        for reg in regs {
            self.emit(I::Clear, reg);
            if let Some(clear) = self.u().code.last_mut() {
                clear.stays = true;
            }
        }
    }

    fn generator_loop(
        &mut self,
        generators: &'a [ast::Comprehension],
        index: usize,
        started: Option<(Step, Label)>,
        sink: Sink<'a>,
    ) -> Result {
        let Some(generator) = generators.get(index) else { return self.element(sink) };
        let mark = self.mark();
        let (step, test) = match started {
            Some(started) => started,
            None => {
                let test = self.label();
                (self.start_generator(generator, test, None)?, test)
            }
        };
        if generator.is_async {
            let (again, exhausted) = (self.label(), self.label());
            let exc = self.alloc();
            self.place(again);
            self.range = generator.iter.range();
            self.async_step(step.reg, exc, exhausted, &generator.target)?;
            for condition in &generator.ifs {
                self.jump_if(condition, false, again)?;
            }
            self.generator_loop(generators, index + 1, None, sink)?;
            self.range = generator.iter.range();
            self.jump(again);
            self.place(exhausted);
            self.emit(I::EndAsyncFor, exc);
            self.place(test);
            self.free_to(mark);
            return Ok(());
        }
        let body = self.label();
        self.place(body);
        let items = self.loop_target(step, &generator.target)?;
        for condition in &generator.ifs {
            self.jump_if(condition, false, test)?;
        }
        self.generator_loop(generators, index + 1, None, sink)?;
        self.place(test);
        self.loop_step(step, &generator.iter, &generator.target, items, body);
        self.free_to(mark);
        Ok(())
    }

    fn element(&mut self, sink: Sink<'a>) -> Result {
        let mark = self.mark();
        match sink {
            Sink::List(acc, e) => {
                let r = self.operand(e, None, &[])?;
                self.range = e.range();
                self.emit(I::ListAppend, (acc, r));
            }
            Sink::Set(acc, e) => {
                let r = self.operand(e, None, &[])?;
                self.range = e.range();
                self.emit(I::SetAdd, (acc, r));
            }
            Sink::Dict(acc, key, value) => {
                let k = self.operand(key, None, &[value])?;
                let v = self.operand(value, None, &[])?;
                self.range = crate::source::Source::between(key.start(), value.end());
                self.emit(I::MapAdd, (acc, k, v));
            }
            Sink::Yield(e) => {
                let r = self.operand(e, None, &[])?;
                self.range = e.range();
                let t = self.alloc();
                self.emit(I::YieldValue, (t, r));
            }
        }
        self.free_to(mark);
        Ok(())
    }

    /// A generator expression: a function called with the first iterator.
    pub fn generator_expression(&mut self, e: &'a ast::ExprGenerator, dst: Reg) -> Result {
        let range = self.range;
        let scope = self.scope_of(e, Role::Body)?;
        let Some(first) = e.generators.first() else { return Ok(()) };
        let qualname = self.qualname("<genexpr>");
        let line = self.source.line(range.start());
        let flags = if self.in_class() { CodeFlags::METHOD } else { CodeFlags::default() };
        self.enter(scope, qualname, &[Name::new_static(".0")], flags, line);
        self.u().argcounts = [1, 0, 0];
        let test = self.label();
        let kind = if first.is_async { StepKind::Async } else { StepKind::Iter };
        self.range = first.iter.range();
        if !first.is_async {
            self.jump(test);
        }
        let step = Step { kind, reg: 0, made_here: false };
        self.generator_loop(&e.generators, 0, Some((step, test)), Sink::Yield(&e.elt))?;
        self.range = range;
        self.return_none();
        let code = self.leave()?;
        self.range = range;
        let window = self.window(dst, 2);
        let arg = self.alloc();
        let f = self.alloc();
        self.reserve(FUNCTION_WINDOW - 1);
        self.make_function(f, code, 0);
        self.emit(I::MoveReg, (window, f));
        self.free_to(f);
        let r = self.operand(&first.iter, Some(arg), &[])?;
        self.range = first.iter.range();
        match first.is_async {
            true => self.emit(I::GetAIter, (arg, r)),
            false => self.emit(I::GetIter, (arg, r, 0)),
        }
        self.range = range;
        self.emit(I::Call, (window, 1, dst));
        Ok(())
    }
}
