//! `try`, `with`, and what jumps out of them have to do.
//!
//! A `finally` body is compiled once for the normal way, once for exceptions and once for each jump that leaves it.

use engine_code::opcodes::Special;
use engine_code::{Instruction as I, Intrinsic};
use ruff_python_ast::{self as ast, Stmt};
use ruff_text_size::{Ranged, TextRange};

use crate::codegen::Compiler;
use crate::errors::{Error, Result};
use crate::unit::{Block, Label, Reg, RegionId};

/// Handler state of one `try` or `with`: exception, saved handled exception, exception in the handler itself.
#[derive(Clone, Copy)]
struct Catch {
    exc: Reg,
    saved: Reg,
    second: Reg,
}

/// Whether a statement's last line to run may be another than its own.
fn is_compound(stmt: &Stmt) -> bool {
    matches!(stmt, Stmt::If(_) | Stmt::For(_) | Stmt::While(_) | Stmt::Try(_) | Stmt::With(_) | Stmt::Match(_))
}

impl<'a> Compiler<'a> {
    // ---- leaving blocks ----------------------------------------------------------------------------------------------

    /// Emits what a jump out of the blocks around must do: up to the innermost loop, or all of them. `keep` is a register
    /// whose value must survive. The regions left stay suspended until [`Compiler::resume_all`].
    pub fn unwind(&mut self, to_loop: bool, keep: Option<Reg>, range: TextRange) -> Result {
        let blocks = self.unit().blocks.clone();
        self.u().suspended.push(Vec::new());
        for i in (0..blocks.len()).rev() {
            match &blocks[i] {
                Block::Loop { .. } if to_loop => break,
                Block::Loop { iterator: Some(reg), .. } => {
                    self.range = range;
                    self.intrinsic(Intrinsic::LeaveIterator, *reg, *reg);
                }
                Block::Loop { .. } => {}
                Block::Try(region) => self.suspend(*region),
                Block::Finally { body, region } => {
                    self.suspend(*region);
                    self.u().blocks.truncate(i);
                    let mark = self.mark();
                    self.block(body)?;
                    self.free_to(mark);
                }
                Block::With { window, is_async, region, range } => {
                    self.suspend(*region);
                    self.u().blocks.truncate(i);
                    let saved = self.at(*range);
                    self.exit_normally(*window, *is_async, keep);
                    self.range = saved;
                }
                Block::Handler { saved, name, region } => {
                    self.suspend(*region);
                    self.range = range;
                    self.emit(I::PopExc, *saved);
                    if let Some(name) = name {
                        self.u().blocks.truncate(i);
                        self.unbind_name(name);
                    }
                }
                Block::StarHandler => {
                    let msg = "'break', 'continue' and 'return' cannot appear in an except* block";
                    return Err(Error::syntax(msg, range));
                }
            }
        }
        self.u().blocks = blocks;
        Ok(())
    }

    fn suspend(&mut self, region: RegionId) {
        let unit = self.u();
        if unit.regions[region].open.is_some() {
            unit.suspend_region(region);
            if let Some(list) = unit.suspended.last_mut() {
                list.push(region);
            }
        }
    }

    /// After the jump: the code that follows is inside the regions again.
    pub fn resume_all(&mut self) {
        let list = self.u().suspended.pop().unwrap_or_default();
        for region in list.into_iter().rev() {
            self.u().resume_region(region);
        }
    }

    // ---- try ---------------------------------------------------------------------------------------------------------

    /// A `try` statement.
    pub fn try_stmt(&mut self, s: &'a ast::StmtTry) -> Result {
        // The line of the word itself.
        self.emit(I::Nop, ());
        if s.finalbody.is_empty() {
            return self.try_except(s);
        }
        let end = self.label();
        let handler = self.label();
        let (region, exc) = self.guarded(handler);
        self.blocks().push(Block::Finally { body: &s.finalbody, region });
        if s.handlers.is_empty() {
            self.block(&s.body)?;
            self.block(&s.orelse)?;
        } else {
            self.try_except(s)?;
        }
        self.blocks().pop();
        self.u().suspend_region(region);
        self.block(&s.finalbody)?;
        let last = self.last_range(s.finalbody.last(), s.range);
        self.jump_at(end, last);

        let catch = self.catch(handler, exc);
        self.range = last;
        self.enter_handler(catch, |c, inner| {
            c.blocks().push(Block::Handler { saved: catch.saved, name: None, region: inner });
            c.block(&s.finalbody)?;
            c.blocks().pop();
            Ok(())
        })?;
        // The exception goes on from the last statement, if it is known which one that is.
        let known = s.finalbody.last().is_some_and(|last| !is_compound(last));
        self.range = if known { last } else { TextRange::default() };
        self.emit(I::PopExc, catch.saved);
        self.emit(I::Reraise, catch.exc);
        self.range = last;
        self.place(end);
        Ok(())
    }

    /// Opens the region of a `try` body. The handler's registers begin where the body's temporaries do: reserved during
    /// the body, they would keep what was in them alive.
    fn guarded(&mut self, handler: Label) -> (RegionId, Reg) {
        let exc = self.alloc();
        self.free_to(exc);
        (self.u().open_region(handler, exc), exc)
    }

    /// Places the handler of a region that [`Compiler::guarded`] opened.
    fn catch(&mut self, handler: Label, exc: Reg) -> Catch {
        self.place(handler);
        self.free_to(exc);
        Catch { exc: self.alloc(), saved: self.alloc(), second: self.alloc() }
    }

    /// Goes on with an exception after cleaning up, which has no line: the frame shows that of what raised.
    fn reraise_quietly(&mut self, exc: Reg) {
        let saved = self.at(TextRange::default());
        self.emit(I::Reraise, exc);
        self.range = saved;
    }

    /// Emits a handler's body between `push_exc` and a clean-up for exceptions raised in it. What it adds has no line.
    fn enter_handler(&mut self, catch: Catch, body: impl FnOnce(&mut Self, RegionId) -> Result) -> Result {
        let (cleanup, after) = (self.label(), self.label());
        self.emit(I::PushExc, (catch.exc, catch.saved));
        let region = self.u().open_region(cleanup, catch.second);
        body(self, region)?;
        self.u().suspend_region(region);
        let saved = self.at(TextRange::default());
        self.jump(after);
        self.place(cleanup);
        self.emit(I::PopExc, catch.saved);
        self.reraise_quietly(catch.second);
        self.place(after);
        self.range = saved;
        Ok(())
    }

    fn try_except(&mut self, s: &'a ast::StmtTry) -> Result {
        if s.is_star {
            return self.try_star(s);
        }
        let (end, handler) = (self.label(), self.label());
        let (region, exc) = self.guarded(handler);
        self.blocks().push(Block::Try(region));
        self.block(&s.body)?;
        self.blocks().pop();
        self.u().suspend_region(region);
        self.block(&s.orelse)?;
        let last = self.last_range(s.orelse.last().or(s.body.last()), s.range);
        self.jump_at(end, last);

        let catch = self.catch(handler, exc);
        self.range = s.handlers.first().map_or(s.range, Ranged::range);
        self.enter_handler(catch, |c, inner| {
            let count = s.handlers.len();
            for (i, h) in s.handlers.iter().enumerate() {
                let ast::ExceptHandler::ExceptHandler(h) = h;
                if h.type_.is_none() && i + 1 < count {
                    return Err(Error::syntax("default 'except:' must be last", h.range));
                }
                c.except_clause(h, catch, inner, end)?;
            }
            c.range = s.handlers.last().map_or(s.range, Ranged::range);
            c.emit(I::Reraise, catch.exc);
            Ok(())
        })?;
        self.place(end);
        Ok(())
    }

    fn except_clause(
        &mut self,
        h: &'a ast::ExceptHandlerExceptHandler,
        catch: Catch,
        region: RegionId,
        end: Label,
    ) -> Result {
        let next = self.label();
        let mark = self.mark();
        self.range = h.range;
        if let Some(t) = &h.type_ {
            let r = self.operand(t, None, &[])?;
            self.range = t.range();
            self.emit_jump(I::JumpIfNoMatch, (catch.exc, r), next);
            self.free_to(mark);
        }
        let block = |name| Block::Handler { saved: catch.saved, name, region };
        match &h.name {
            None => {
                self.blocks().push(block(None));
                self.block(&h.body)?;
                self.blocks().pop();
                self.u().suspend_region(region);
                self.range = TextRange::default();
                self.emit(I::PopExc, catch.saved);
                // The register is free from here on, but a frame's registers are roots: the traceback would live on.
                self.emit(I::LoadNones, (catch.exc, 1));
                self.jump(end);
                self.u().resume_region(region);
            }
            Some(name) => {
                // The name goes away however the clause is left.
                let cleanup = self.label();
                self.range = h.range;
                self.store_name(&name.id, catch.exc);
                self.u().suspend_region(region);
                let named = self.u().open_region(cleanup, catch.second);
                self.blocks().push(Block::Handler { saved: catch.saved, name: Some(name.id.clone()), region: named });
                self.block(&h.body)?;
                self.blocks().pop();
                self.u().suspend_region(named);
                self.range = TextRange::default();
                self.emit(I::PopExc, catch.saved);
                // The register is free from here on, but a frame's registers are roots: the traceback would live on.
                self.emit(I::LoadNones, (catch.exc, 1));
                self.unbind_name(&name.id);
                self.jump(end);
                self.place(cleanup);
                self.emit(I::PopExc, catch.saved);
                self.unbind_name(&name.id);
                self.reraise_quietly(catch.second);
                self.u().resume_region(region);
            }
        }
        self.place(next);
        self.free_to(mark);
        Ok(())
    }

    // ---- except* -----------------------------------------------------------------------------------------------------

    /// Each clause takes its part of the group; what clauses raise and what is left over is raised together at the end.
    fn try_star(&mut self, s: &'a ast::StmtTry) -> Result {
        let (end, handler) = (self.label(), self.label());
        let (region, exc) = self.guarded(handler);
        self.blocks().push(Block::Try(region));
        self.block(&s.body)?;
        self.blocks().pop();
        self.u().suspend_region(region);
        self.block(&s.orelse)?;
        let last = self.last_range(s.orelse.last().or(s.body.last()), s.range);
        self.jump_at(end, last);

        let catch = self.catch(handler, exc);
        let (rest, raised) = (self.alloc(), self.alloc());
        self.range = s.handlers.first().map_or(s.range, Ranged::range);
        self.enter_handler(catch, |c, _| {
            c.emit(I::BuildList, (raised, raised, 0));
            c.emit(I::MoveReg, (rest, catch.exc));
            for h in &s.handlers {
                let ast::ExceptHandler::ExceptHandler(h) = h;
                c.star_clause(h, rest, raised)?;
            }
            c.range = TextRange::default();
            c.emit(I::ListAppend, (raised, rest));
            let t = c.alloc();
            c.emit(I::PrepReraiseStar, (t, catch.exc, raised));
            let none = c.label();
            c.emit_jump(I::JumpIfNone, t, none);
            c.emit(I::Reraise, t);
            c.place(none);
            Ok(())
        })?;
        self.range = TextRange::default();
        self.emit(I::PopExc, catch.saved);
        self.place(end);
        Ok(())
    }

    fn star_clause(&mut self, h: &'a ast::ExceptHandlerExceptHandler, rest: Reg, raised: Reg) -> Result {
        let mark = self.mark();
        let (next, failed) = (self.label(), self.label());
        self.range = h.range;
        // Once everything is taken, the remaining clauses still evaluate their types.
        let part = self.alloc();
        let exc = self.alloc();
        let Some(t) = &h.type_ else { return Err(Error::syntax("expected one or more exception types", h.range)) };
        self.expr_to(t, part)?;
        self.range = h.range;
        self.emit_jump(I::JumpIfNone, rest, next);
        self.emit(I::CheckEgMatch, (rest, part));
        self.emit_jump(I::JumpIfNone, part, next);
        let saved = self.alloc();
        self.emit(I::PushExc, (part, saved));
        self.range = h.range;
        if let Some(name) = &h.name {
            self.store_name(&name.id, part);
        }
        let region = self.u().open_region(failed, exc);
        self.blocks().push(Block::StarHandler);
        self.block(&h.body)?;
        self.blocks().pop();
        self.u().suspend_region(region);
        self.range = TextRange::default();
        let done = |c: &mut Self| {
            c.emit(I::PopExc, saved);
            if let Some(name) = &h.name {
                c.unbind_name(&name.id);
            }
        };
        done(self);
        self.jump(next);
        self.place(failed);
        done(self);
        self.emit(I::ListAppend, (raised, exc));
        self.place(next);
        self.free_to(mark);
        Ok(())
    }

    // ---- with --------------------------------------------------------------------------------------------------------

    /// A `with` or `async with` statement.
    pub fn with_stmt(&mut self, s: &'a ast::StmtWith) -> Result {
        if s.is_async && !self.in_async() {
            return Err(Error::syntax("'async with' outside async function", s.range));
        }
        self.with_items(&s.items, &s.body, s.is_async)
    }

    fn with_items(&mut self, items: &'a [ast::WithItem], body: &'a [Stmt], is_async: bool) -> Result {
        let Some((item, rest)) = items.split_first() else { return self.block(body) };
        let mark = self.mark();
        let range = item.context_expr.range();
        let (end, handler, swallowed) = (self.label(), self.label(), self.label());
        let catch = Catch { exc: self.alloc(), saved: self.alloc(), second: 0 };
        // The window stays reserved during the body: callee, return address, receiver.
        let window = self.alloc();
        let (_, receiver) = (self.alloc(), self.alloc());
        let catch = Catch { second: window, ..catch };
        let manager = self.operand(&item.context_expr, None, &[])?;
        self.range = range;
        // What earlier statements left there would live as long as the body runs.
        self.emit(I::LoadNones, (catch.exc, 4));
        let (enter, exit) = if is_async { (Special::AEnter, Special::AExit) } else { (Special::Enter, Special::Exit) };
        self.emit(I::LoadSpecial, (window, manager, exit as u8));
        let call = self.alloc();
        self.alloc();
        self.alloc();
        self.emit(I::LoadSpecial, (call, manager, enter as u8));
        // The value goes straight to a local.
        let local = match item.optional_vars.as_deref() {
            Some(ast::Expr::Name(name)) => self.target_register(&name.id),
            _ => None,
        };
        let entered = local.unwrap_or(call);
        if is_async {
            self.emit(I::CallMethod, (call, 1, call));
            self.await_register(call, entered, 1);
        } else {
            self.emit(I::CallMethod, (call, 1, entered));
        }
        let region = self.u().open_region(handler, catch.exc);
        self.blocks().push(Block::With { window, is_async, region, range });
        if let (Some(vars), None) = (&item.optional_vars, local) {
            self.store(vars, call)?;
        }
        self.free_to(receiver as u16 + 1);
        self.deeper(|c| c.with_items(rest, body, is_async))?;
        self.blocks().pop();
        self.u().suspend_region(region);
        self.range = range;
        self.exit_normally(window, is_async, None);
        self.jump(end);

        self.place(handler);
        self.free_to(receiver as u16 + 1);
        // If the exit method raises, its window is gone: the exception can go there.
        self.enter_handler(catch, |c, _| {
            let args = c.alloc();
            c.alloc();
            c.alloc();
            c.emit(I::ExcInfo, (args, catch.exc));
            c.emit(I::CallMethod, (window, 4, window));
            if is_async {
                c.await_register(window, window, 2);
            }
            c.emit_jump(I::JumpIfTrue, window, swallowed);
            c.reraise_quietly(catch.exc);
            Ok(())
        })?;
        self.place(swallowed);
        self.emit(I::PopExc, catch.saved);
        self.place(end);
        self.free_to(mark);
        Ok(())
    }

    /// Calls the exit method without an exception. If a register above the window must survive, in a window of its own.
    fn exit_normally(&mut self, window: Reg, is_async: bool, keep: Option<Reg>) {
        let mark = self.mark();
        let w = match keep {
            Some(keep) if keep >= window => {
                let w = self.alloc();
                self.alloc();
                let receiver = self.alloc();
                self.emit(I::MoveReg, (w, window));
                self.emit(I::MoveAny, (receiver, window.wrapping_add(2)));
                w
            }
            _ => {
                self.free_to(window as u16 + 3);
                window
            }
        };
        let args = self.alloc();
        self.alloc();
        self.alloc();
        self.emit(I::LoadNones, (args, 3));
        self.emit(I::CallMethod, (w, 4, w));
        if is_async {
            self.await_register(w, w, 2);
        }
        self.free_to(mark);
    }
}
