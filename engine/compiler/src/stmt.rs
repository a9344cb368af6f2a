//! Statements other than definitions, `try`, `with` and `match`.

use engine_code::{Const, Instruction as I, Intrinsic};
use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use crate::codegen::Compiler;
use crate::errors::{Error, Result};
use crate::fold;
use crate::symtable::ScopeKind;
use crate::unit::{Block, Label, Place, Reg};

impl<'a> Compiler<'a> {
    /// Statements.
    pub fn stmts(&mut self, body: &'a [Stmt]) -> Result {
        body.iter().try_for_each(|s| self.stmt(s))
    }

    /// Body of a compound statement.
    pub fn block(&mut self, body: &'a [Stmt]) -> Result {
        let saved = std::mem::replace(&mut self.u().conditional, true);
        let result = self.stmts(body);
        self.u().conditional = saved;
        result
    }

    /// Body of a compound statement that is never executed: checked, its code dropped.
    fn dead_block(&mut self, body: &'a [Stmt]) -> Result {
        let after = self.label();
        self.jump(after);
        self.block(body)?;
        self.place(after);
        Ok(())
    }

    fn stmt(&mut self, stmt: &'a Stmt) -> Result {
        let saved = self.at(stmt.range());
        let mark = self.mark();
        self.deeper(|c| c.stmt_inner(stmt))?;
        self.free_to(mark);
        self.range = saved;
        Ok(())
    }

    fn stmt_inner(&mut self, stmt: &'a Stmt) -> Result {
        match stmt {
            Stmt::FunctionDef(s) => self.function_def(s),
            Stmt::ClassDef(s) => self.class_def(s),
            Stmt::Return(s) => self.return_stmt(s),
            Stmt::Delete(s) => s.targets.iter().try_for_each(|t| self.delete(t)),
            Stmt::TypeAlias(s) => self.type_alias(s),
            Stmt::Assign(s) => self.assign(&s.targets, &s.value),
            Stmt::AugAssign(s) => self.aug_assign(s),
            Stmt::AnnAssign(s) => self.ann_assign(s),
            Stmt::For(s) => self.for_stmt(s),
            Stmt::While(s) => self.while_stmt(s),
            Stmt::If(s) => self.if_stmt(s),
            Stmt::With(s) => self.with_stmt(s),
            Stmt::Match(s) => self.match_stmt(s),
            Stmt::Raise(s) => self.raise_stmt(s),
            Stmt::Try(s) => self.try_stmt(s),
            Stmt::Assert(s) => self.assert_stmt(s),
            Stmt::Import(s) => self.import_stmt(s),
            Stmt::ImportFrom(s) => self.import_from(s),
            Stmt::Expr(s) => self.expr_stmt(s),
            Stmt::Break(s) => self.leave_loop(s.range, true),
            Stmt::Continue(s) => self.leave_loop(s.range, false),
            Stmt::Global(_) | Stmt::Nonlocal(_) => Ok(()),
            Stmt::Pass(_) => {
                self.emit(I::Nop, ());
                Ok(())
            }
            Stmt::IpyEscapeCommand(s) => Err(Error::syntax("invalid syntax", s.range)),
        }
    }

    fn expr_stmt(&mut self, s: &'a ast::StmtExpr) -> Result {
        if self.interactive && self.units.len() == 1 {
            let t = self.push(&s.value)?;
            self.intrinsic(Intrinsic::Print, t, t);
            return Ok(());
        }
        if fold::constant(&s.value, self).is_some() {
            self.emit(I::Nop, ());
            return Ok(());
        }
        self.discard(&s.value)
    }

    fn return_stmt(&mut self, s: &'a ast::StmtReturn) -> Result {
        if !matches!(self.unit().kind, ScopeKind::Function) {
            return Err(Error::syntax("'return' outside function", s.range));
        }
        let is_async_gen = self.unit().flags.has(engine_code::CodeFlags::ASYNC_GENERATOR);
        if is_async_gen && s.value.is_some() {
            return Err(Error::syntax("'return' with value in async generator", s.range));
        }
        let Some(value) = &s.value else {
            let range = self.leaving(false, s.range);
            self.unwind(false, None, s.range)?;
            self.range = range;
            self.return_none();
            self.resume_all();
            return Ok(());
        };
        if let Some(value) = fold::constant(value, self) {
            let range = self.leaving(false, s.range);
            self.unwind(false, None, s.range)?;
            self.range = range;
            self.return_const(value);
            self.resume_all();
            return Ok(());
        }
        // What runs on the way out may rebind a local whose value is returned.
        let runs_code = self
            .unit()
            .blocks
            .iter()
            .any(|b| matches!(b, Block::Finally { .. } | Block::Handler { name: Some(_), .. }));
        let range = self.leaving(false, s.range);
        let r = if runs_code { self.push(value)? } else { self.operand(value, None, &[])? };
        self.unwind(false, Some(r), s.range)?;
        self.range = range;
        self.emit(I::ReturnValue, r);
        self.resume_all();
        Ok(())
    }

    /// Before a jump out of blocks whose code runs on the way: the jump's line comes first, and the jump itself has none (the
    /// result), so that it belongs to what ran last.
    fn leaving(&mut self, to_loop: bool, range: TextRange) -> TextRange {
        let left = self.unit().blocks.iter().rev().take_while(|b| !(to_loop && matches!(b, Block::Loop { .. })));
        if !left.into_iter().any(|b| matches!(b, Block::Finally { .. } | Block::With { .. })) {
            return range;
        }
        self.emit(I::Nop, ());
        TextRange::default()
    }

    fn leave_loop(&mut self, range: TextRange, is_break: bool) -> Result {
        let target = self.unit().blocks.iter().rev().find_map(|b| match b {
            Block::Loop { break_to, iterator, .. } if is_break => Some((*break_to, *iterator)),
            Block::Loop { continue_to, .. } => Some((*continue_to, None)),
            _ => None,
        });
        let Some((target, iterator)) = target else {
            if self.unit().blocks.iter().any(|b| matches!(b, Block::StarHandler)) {
                return self.unwind(true, None, range);
            }
            let msg = if is_break { "'break' outside loop" } else { "'continue' not properly in loop" };
            return Err(Error::syntax(msg, range));
        };
        let after = self.leaving(true, range);
        self.unwind(true, None, range)?;
        self.range = after;
        if let Some(reg) = iterator {
            self.intrinsic(Intrinsic::LeaveIterator, reg, reg);
        }
        // Jumps to here do not pass its line by.
        self.emit(I::Nop, ());
        self.jump(target);
        self.resume_all();
        Ok(())
    }

    // ---- assignment --------------------------------------------------------------------------------------------------

    fn assign(&mut self, targets: &'a [Expr], value: &'a Expr) -> Result {
        if let [target] = targets {
            match target {
                Expr::Name(name) => {
                    if let Some(reg) = self.target_register(&name.id)
                        && self.unit().kind.is_function_like()
                    {
                        return self.expr_to(value, reg);
                    }
                }
                Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. })
                    if self.parallel(elts, value)? =>
                {
                    return Ok(());
                }
                _ => {}
            }
        }
        let constant = fold::constant(value, self).is_some();
        if constant && targets.iter().all(|t| self.local_target(t).is_some()) {
            return targets.iter().try_for_each(|t| self.store_constant(t, value));
        }
        let r = self.operand(value, None, &[])?;
        for target in targets {
            self.store(target, r)?;
        }
        Ok(())
    }

    /// The register of a target that is a local of a function.
    fn local_target(&self, target: &Expr) -> Option<Reg> {
        match target {
            Expr::Name(name) if self.unit().kind.is_function_like() => self.target_register(&name.id),
            _ => None,
        }
    }

    /// Assigns a constant, to a local directly.
    fn store_constant(&mut self, target: &'a Expr, value: &'a Expr) -> Result {
        if let Some(reg) = self.local_target(target) {
            return self.expr_to(value, reg);
        }
        let mark = self.mark();
        let t = self.push(value)?;
        self.store(target, t)?;
        self.free_to(mark);
        Ok(())
    }

    /// `a, b = x, y` without building the tuple. False if the form is another one.
    fn parallel(&mut self, targets: &'a [Expr], value: &'a Expr) -> Result<bool> {
        let values: &'a [Expr] = match value {
            Expr::Tuple(t) => &t.elts,
            Expr::List(t) => &t.elts,
            _ => return Ok(false),
        };
        let starred = |es: &[Expr]| es.iter().any(Expr::is_starred_expr);
        if values.len() != targets.len()
            || values.len() > 16
            || values.is_empty()
            || starred(values)
            || starred(targets)
        {
            return Ok(false);
        }
        // Registers that a store overwrites before a later value is stored.
        let stored: Vec<Option<Reg>> = targets
            .iter()
            .map(|t| match t {
                Expr::Name(n) => self.target_register(&n.id),
                _ => None,
            })
            .collect();
        let simple = targets.iter().all(Expr::is_name_expr);
        let rest: Vec<&'a Expr> = values.iter().collect();
        let mut regs = Vec::with_capacity(values.len());
        for (i, v) in values.iter().enumerate() {
            if fold::constant(v, self).is_some() {
                // Made when it is stored.
                regs.push(None);
                continue;
            }
            let r = self.operand(v, None, &rest[i + 1..])?;
            let overwritten = stored[..i].contains(&Some(r)) || (!simple && !self.unit().is_temp(r));
            if overwritten {
                let t = self.alloc();
                self.emit(I::MoveReg, (t, r));
                regs.push(Some(t));
            } else {
                regs.push(Some(r));
            }
        }
        for ((target, r), value) in targets.iter().zip(regs).zip(values) {
            match r {
                Some(r) => self.store(target, r)?,
                None => self.store_constant(target, value)?,
            }
        }
        Ok(true)
    }

    /// Assigns a register's value to a target.
    pub fn store(&mut self, target: &'a Expr, src: Reg) -> Result {
        let saved = self.at(target.range());
        let mark = self.mark();
        match target {
            Expr::Name(name) => self.store_name(&name.id, src),
            Expr::Attribute(a) => {
                self.note_self_attribute(a);
                let obj = self.operand(&a.value, None, &[])?;
                let name = self.mangled(&a.attr.id);
                self.range = self.attribute_range(a, a.range);
                self.emit_name(I::StoreAttr, &name, |name| (obj, src, name));
            }
            Expr::Subscript(s) => self.store_subscript(s, src)?,
            Expr::Tuple(t) => self.unpack(&t.elts, src, t.range)?,
            Expr::List(t) => self.unpack(&t.elts, src, t.range)?,
            Expr::Starred(s) => {
                return Err(Error::syntax("starred assignment target must be in a list or tuple", s.range));
            }
            other => return Err(Error::syntax("cannot assign to expression", other.range())),
        }
        self.free_to(mark);
        self.range = saved;
        Ok(())
    }

    fn store_subscript(&mut self, s: &'a ast::ExprSubscript, src: Reg) -> Result {
        let base = self.operand(&s.value, None, &[&s.slice])?;
        if let Expr::Slice(slice) = &*s.slice
            && slice.step.is_none()
        {
            let parts = self.slice_parts(slice, false)?;
            self.emit(I::StoreSlice, (base, parts, src));
        } else if let Some(n) = fold::small_int(&s.slice, self) {
            self.emit(I::StoreSubscrI, (base, n, src));
        } else {
            let index = self.operand(&s.slice, None, &[])?;
            self.emit(I::StoreSubscr, (base, index, src));
        }
        Ok(())
    }

    fn unpack(&mut self, elts: &'a [Expr], src: Reg, range: TextRange) -> Result {
        let star = elts.iter().position(Expr::is_starred_expr);
        if let Some(first) = star
            && elts[first + 1..].iter().any(Expr::is_starred_expr)
        {
            return Err(Error::syntax("multiple starred expressions in assignment", range));
        }
        if star.is_some_and(|before| before >= 1 << 8) {
            return Err(Error::syntax("too many expressions in star-unpacking assignment", range));
        }
        if elts.len() > 120 {
            return self.unpack_long(elts, star, src);
        }
        // Adjacent registers of locals can be written at once.
        let direct = match elts.first() {
            Some(Expr::Name(n)) if star.is_none() && self.unit().kind.is_function_like() => self.target_register(&n.id),
            _ => None,
        };
        if let Some(base) = direct {
            let consecutive = elts.iter().enumerate().all(|(i, e)| match e {
                Expr::Name(n) => self.target_register(&n.id) == Some(base.wrapping_add(i as u8)),
                _ => false,
            });
            if consecutive {
                self.emit(I::UnpackSequence, (base, src, elts.len() as u8));
                return Ok(());
            }
        }
        let base = self.mark() as Reg;
        for _ in elts {
            self.alloc();
        }
        match star {
            Some(before) => {
                let after = elts.len() - before - 1;
                self.emit(I::UnpackEx, (base, src, before as u8, after as u16));
            }
            None => self.emit(I::UnpackSequence, (base, src, elts.len() as u8)),
        }
        for (i, e) in elts.iter().enumerate() {
            let r = base.wrapping_add(i as u8);
            match e {
                Expr::Starred(s) => self.store(&s.value, r)?,
                e => self.store(e, r)?,
            }
        }
        Ok(())
    }

    /// More targets than registers: through a list.
    fn unpack_long(&mut self, elts: &'a [Expr], star: Option<usize>, src: Reg) -> Result {
        let list = self.alloc();
        let t = self.alloc();
        self.emit(I::UnpackEx, (list, src, 0, 0));
        let n = self.alloc();
        self.emit(I::GetLen, (n, list));
        let min = elts.len() - star.is_some() as usize;
        let wanted = self.alloc();
        self.load_const(wanted, Const::Int(min as i64));
        let ok = self.label();
        self.emit_jump(if star.is_some() { I::JGe } else { I::JEq }, (n, wanted), ok);
        self.wrong_count(n, wanted, min, star.is_some());
        self.place(ok);
        let index = wanted;
        for (i, e) in elts.iter().enumerate() {
            let after = elts.len() - 1 - i;
            match e {
                Expr::Starred(s) => {
                    self.range = s.range;
                    let stop = self.alloc();
                    self.load_const(index, Const::Int(i as i64));
                    let end = if after == 0 { Const::None } else { Const::Int(-(after as i64)) };
                    self.load_const(stop, end);
                    self.emit(I::LoadSlice, (t, list, index));
                    self.store(&s.value, t)?;
                }
                e => {
                    self.range = e.range();
                    let late = star.is_some_and(|s| i > s);
                    let at = if late { -(after as i64) - 1 } else { i as i64 };
                    self.load_const(index, Const::Int(at));
                    self.emit(I::LoadSubscr, (t, list, index));
                    self.store(e, t)?;
                }
            }
        }
        Ok(())
    }

    /// Raises the ValueError of an unpacking of `r[n]` values to `min` targets.
    fn wrong_count(&mut self, n: Reg, wanted: Reg, min: usize, star: bool) {
        let mark = self.mark();
        let window = self.alloc();
        self.alloc();
        let text = self.alloc();
        self.emit_name(I::LoadGlobal, &Name::new_static("ValueError"), |name| (window, name));
        let (few, ready) = (self.label(), self.label());
        self.emit_jump(I::JLt, (n, wanted), few);
        self.load_str(text, &format!("too many values to unpack (expected {min}, got "));
        self.jump(ready);
        self.place(few);
        let least = if star { "at least " } else { "" };
        self.load_str(text, &format!("not enough values to unpack (expected {least}{min}, got "));
        self.place(ready);
        let number = self.alloc();
        self.emit(I::FormatValue, (number, n, 0));
        let close = self.alloc();
        self.load_str(close, ")");
        self.emit(I::BuildString, (text, text, 3));
        self.emit(I::Call, (window, 1, window));
        self.emit(I::RaiseValue, window);
        self.free_to(mark);
    }

    fn aug_assign(&mut self, s: &'a ast::StmtAugAssign) -> Result {
        match &*s.target {
            Expr::Name(name) => {
                let saved = self.at(name.range);
                if let Some(reg) = self.name_register(&name.id) {
                    let rebound = ast::helpers::any_over_expr(&s.value, |e: &Expr| e.is_named_expr());
                    let left = if rebound { self.alloc() } else { reg };
                    self.mov(left, reg);
                    self.range = saved;
                    return self.binary(s.op, reg, left, &s.value, true);
                }
                let t = self.alloc();
                self.load_name(&name.id, t);
                self.range = saved;
                self.binary(s.op, t, t, &s.value, true)?;
                self.range = name.range;
                self.store_name(&name.id, t);
                self.range = saved;
            }
            Expr::Attribute(a) => {
                self.note_self_attribute(a);
                let obj = self.operand(&a.value, None, &[&s.value])?;
                let name = self.mangled(&a.attr.id);
                let t = self.alloc();
                let saved = self.range;
                self.range = self.attribute_range(a, a.range);
                self.emit_name(I::LoadAttr, &name, |name| (t, obj, name));
                self.range = saved;
                self.binary(s.op, t, t, &s.value, true)?;
                self.range = self.attribute_range(a, a.range);
                self.emit_name(I::StoreAttr, &name, |name| (obj, t, name));
                self.range = saved;
            }
            Expr::Subscript(sub) => {
                let base = self.operand(&sub.value, None, &[&sub.slice, &s.value])?;
                let saved = self.range;
                if let Expr::Slice(slice) = &*sub.slice
                    && slice.step.is_none()
                {
                    let parts = self.slice_parts(slice, false)?;
                    let t = self.alloc();
                    self.range = sub.range;
                    self.emit(I::LoadSlice, (t, base, parts));
                    self.range = saved;
                    self.binary(s.op, t, t, &s.value, true)?;
                    self.range = sub.range;
                    self.emit(I::StoreSlice, (base, parts, t));
                } else if let Some(n) = fold::small_int(&sub.slice, self) {
                    let t = self.alloc();
                    self.range = sub.range;
                    self.emit(I::LoadSubscrI, (t, base, n));
                    self.range = saved;
                    self.binary(s.op, t, t, &s.value, true)?;
                    self.range = sub.range;
                    self.emit(I::StoreSubscrI, (base, n, t));
                } else {
                    let index = self.operand(&sub.slice, None, &[&s.value])?;
                    let t = self.alloc();
                    self.range = sub.range;
                    self.emit(I::LoadSubscr, (t, base, index));
                    self.range = saved;
                    self.binary(s.op, t, t, &s.value, true)?;
                    self.range = sub.range;
                    self.emit(I::StoreSubscr, (base, index, t));
                }
                self.range = saved;
            }
            other => return Err(Error::syntax("illegal expression for augmented assignment", other.range())),
        }
        Ok(())
    }

    fn delete(&mut self, target: &'a Expr) -> Result {
        let saved = self.at(target.range());
        let mark = self.mark();
        match target {
            Expr::Name(name) => self.delete_name(&name.id),
            Expr::Attribute(a) => {
                let obj = self.operand(&a.value, None, &[])?;
                let name = self.mangled(&a.attr.id);
                self.emit_name(I::DeleteAttr, &name, |name| (obj, name));
            }
            Expr::Subscript(s) => {
                let base = self.operand(&s.value, None, &[&s.slice])?;
                let index = self.operand(&s.slice, None, &[])?;
                self.emit(I::DeleteSubscr, (base, index));
            }
            Expr::Tuple(t) => t.elts.iter().try_for_each(|e| self.delete(e))?,
            Expr::List(t) => t.elts.iter().try_for_each(|e| self.delete(e))?,
            other => return Err(Error::syntax("cannot delete expression", other.range())),
        }
        self.free_to(mark);
        self.range = saved;
        Ok(())
    }

    /// Remembers `self.x = ...` for the class's `__static_attributes__`.
    fn note_self_attribute(&mut self, a: &ast::ExprAttribute) {
        if a.value.as_name_expr().is_none_or(|n| n.id.as_str() != "self") {
            return;
        }
        let name = a.attr.to_string();
        if let Some(class) = self.units.iter_mut().rev().find(|u| u.kind == ScopeKind::Class) {
            class.static_attributes.insert(name);
        }
    }

    // ---- loops and branches ------------------------------------------------------------------------------------------

    fn if_stmt(&mut self, s: &'a ast::StmtIf) -> Result {
        let end = self.label();
        let mut test = Some(&*s.test);
        let mut body = &s.body[..];
        let mut clauses = s.elif_else_clauses.iter();
        loop {
            let next = clauses.next();
            match test {
                None => {
                    self.block(body)?;
                    break;
                }
                Some(e) => match fold::constant(e, self).map(|v| fold::truth(&v)) {
                    Some(true) => {
                        self.emit(I::Nop, ());
                        self.block(body)?;
                        for clause in next.into_iter().chain(clauses) {
                            if clause.test.is_some() || !clause.body.is_empty() {
                                self.dead_block(&clause.body)?;
                            }
                        }
                        break;
                    }
                    Some(false) => {
                        self.emit(I::Nop, ());
                        self.dead_block(body)?;
                    }
                    None => {
                        let other = self.label();
                        self.jump_if(e, false, other)?;
                        self.block(body)?;
                        if next.is_some() {
                            let last = self.last_range(body.last(), s.range);
                            self.jump_at(end, last);
                        }
                        self.place(other);
                    }
                },
            }
            match next {
                Some(clause) => {
                    test = clause.test.as_ref();
                    body = &clause.body;
                }
                None => break,
            }
        }
        self.place(end);
        Ok(())
    }

    fn while_stmt(&mut self, s: &'a ast::StmtWhile) -> Result {
        let (body, test, other, end) = (self.label(), self.label(), self.label(), self.label());
        let constant = fold::constant(&s.test, self).map(|v| fold::truth(&v));
        if constant == Some(false) {
            self.emit(I::Nop, ());
            self.blocks().push(Block::Loop { break_to: end, continue_to: end, iterator: None });
            self.dead_block(&s.body)?;
            self.blocks().pop();
            self.block(&s.orelse)?;
            self.place(end);
            return Ok(());
        }
        if constant == Some(true) {
            self.emit(I::Nop, ());
        } else {
            self.jump_at(test, s.test.range());
        }
        self.place(body);
        self.blocks().push(Block::Loop { break_to: end, continue_to: test, iterator: None });
        self.block(&s.body)?;
        self.blocks().pop();
        self.place(test);
        if constant == Some(true) {
            // Each round begins with the line of the test.
            self.jump_at(body, s.test.range());
        } else {
            self.jump_if(&s.test, true, body)?;
        }
        self.place(other);
        self.block(&s.orelse)?;
        self.place(end);
        Ok(())
    }

    fn for_stmt(&mut self, s: &'a ast::StmtFor) -> Result {
        if s.is_async {
            return self.async_for(s);
        }
        let (body, test, end) = (self.label(), self.label(), self.label());
        let step = self.loop_start(&s.iter, test, |_| {})?;
        self.place(body);
        let items = self.loop_target(step, &s.target)?;
        let iterator = step.made_here.then_some(step.reg);
        self.blocks().push(Block::Loop { break_to: end, continue_to: test, iterator });
        self.block(&s.body)?;
        self.blocks().pop();
        self.place(test);
        self.loop_step(step, &s.iter, &s.target, items, body);
        self.block(&s.orelse)?;
        self.place(end);
        Ok(())
    }

    /// Evaluates a loop's iterable, runs `prepare`, and jumps to the loop's test.
    pub fn loop_start(&mut self, iter: &'a Expr, test: Label, prepare: impl FnOnce(&mut Self)) -> Result<Step> {
        let saved = self.at(iter.range());
        if let Some(args) = self.range_call(iter) {
            let base = self.alloc();
            if let Expr::Call(call) = iter {
                self.expr_to(&call.func, base)?;
            }
            let (b1, b2) = (self.alloc(), self.alloc());
            self.free_to(b2);
            for arg in args {
                self.push(arg)?;
            }
            prepare(self);
            let n = args.len() as u8;
            self.emit_jump(I::RangePrep, (base, n), test);
            self.emit(I::Call, (base, n, base));
            self.emit(I::GetIter, (base, base, 0));
            self.load_const(b1, Const::Int(0));
            self.load_const(b2, Const::Int(0));
            self.jump(test);
            self.free_to(b2 as u16 + 1);
            self.range = saved;
            return Ok(Step { kind: StepKind::Range, reg: base, made_here: false });
        }
        let reg = self.alloc();
        let r = self.operand(iter, Some(reg), &[])?;
        prepare(self);
        let made_here = iter.is_call_expr() && r == reg;
        self.emit(I::GetIter, (reg, r, made_here.into()));
        self.jump(test);
        self.range = saved;
        Ok(Step { kind: StepKind::Iter, reg, made_here })
    }

    /// The arguments if the expression calls the name `range` as the built-in is called.
    fn range_call(&self, iter: &'a Expr) -> Option<&'a [Expr]> {
        let Expr::Call(call) = iter else { return None };
        let Expr::Name(name) = &*call.func else { return None };
        let args = &call.arguments;
        let plain = name.id.as_str() == "range"
            && (1..=3).contains(&args.args.len())
            && args.keywords.is_empty()
            && !args.args.iter().any(Expr::is_starred_expr)
            && matches!(self.lookup(&name.id), Place::Global | Place::Name);
        plain.then_some(&args.args[..])
    }

    /// At the start of a loop body: the registers that the item, or both of its items, come in, stored to the target.
    pub fn loop_target(&mut self, step: Step, target: &'a Expr) -> Result<(Reg, Option<Reg>)> {
        if step.kind == StepKind::Iter
            && let Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) = target
            && let [first, second] = &elts[..]
            && !first.is_starred_expr()
            && !second.is_starred_expr()
        {
            return self.pair_target(first, second);
        }
        if let Some(reg) = self.register_of(target) {
            return Ok((reg, None));
        }
        let t = self.alloc();
        self.store(target, t)?;
        Ok((t, None))
    }

    /// The register of a target that is a local variable in one.
    fn register_of(&self, target: &'a Expr) -> Option<Reg> {
        match target {
            Expr::Name(name) => self.target_register(&name.id),
            _ => None,
        }
    }

    fn pair_target(&mut self, first: &'a Expr, second: &'a Expr) -> Result<(Reg, Option<Reg>)> {
        // The second target's register may be written before the first target's store only if that does not look at it.
        let early = first.is_name_expr().then(|| self.register_of(second)).flatten();
        let (r1, r2) = (self.register_of(first), early);
        let (t1, t2) = (r1.unwrap_or_else(|| self.alloc()), r2.unwrap_or_else(|| self.alloc()));
        if r1.is_none() {
            self.store(first, t1)?;
        }
        if r2.is_none() {
            self.store(second, t2)?;
        }
        Ok((t1, Some(t2)))
    }

    /// The step at the end of a loop over `iter`: to `body` with the next item in the registers of [`Self::loop_target`].
    pub fn loop_step(&mut self, step: Step, iter: &'a Expr, target: &'a Expr, items: (Reg, Option<Reg>), body: Label) {
        self.range = iter.range();
        let (first, second) = match (items, step.kind) {
            ((first, Some(second)), _) => (first, second),
            ((item, None), StepKind::Range) => return self.emit_jump(I::ForRange, (item, step.reg), body),
            ((item, None), _) => return self.emit_jump(I::ForIter, (item, step.reg), body),
        };
        self.emit_jump(I::ForPair, (first, step.reg, second), body);
        self.range = target.range();
        self.emit(I::Nop, ());
        self.range = iter.range();
    }

    fn async_for(&mut self, s: &'a ast::StmtFor) -> Result {
        if !self.in_async() {
            return Err(Error::syntax("'async for' outside async function", s.range));
        }
        let (again, end, exhausted) = (self.label(), self.label(), self.label());
        let iter = self.alloc();
        self.range = s.iter.range();
        let r = self.operand(&s.iter, Some(iter), &[])?;
        self.emit(I::GetAIter, (iter, r));
        let exc = self.alloc();
        self.place(again);
        self.async_step(iter, exc, exhausted, &s.target)?;
        self.blocks().push(Block::Loop { break_to: end, continue_to: again, iterator: None });
        self.block(&s.body)?;
        self.blocks().pop();
        let last = self.last_range(s.body.last(), s.range);
        self.jump_at(again, last);
        self.range = s.iter.range();
        self.place(exhausted);
        self.emit(I::EndAsyncFor, exc);
        self.block(&s.orelse)?;
        self.place(end);
        Ok(())
    }

    /// One step of an asynchronous loop: the next item to the target; at the end the exception goes to `exhausted`.
    pub fn async_step(&mut self, iter: Reg, exc: Reg, exhausted: Label, target: &'a Expr) -> Result {
        let mark = self.mark();
        let value = self.alloc();
        let step = self.alloc();
        let region = self.u().open_region(exhausted, exc);
        self.emit(I::GetANext, (step, iter));
        self.send_loop(step, value);
        self.u().suspend_region(region);
        self.store(target, value)?;
        self.free_to(mark);
        Ok(())
    }

    // ---- the rest ----------------------------------------------------------------------------------------------------

    fn raise_stmt(&mut self, s: &'a ast::StmtRaise) -> Result {
        match (&s.exc, &s.cause) {
            (None, _) => self.emit(I::ReraiseCurrent, ()),
            (Some(exc), None) => {
                let r = self.operand(exc, None, &[])?;
                self.emit(I::RaiseValue, r);
            }
            (Some(exc), Some(cause)) => {
                let r = self.operand(exc, None, &[cause])?;
                let from = self.operand(cause, None, &[])?;
                self.emit(I::RaiseFrom, (r, from));
            }
        }
        Ok(())
    }

    fn assert_stmt(&mut self, s: &'a ast::StmtAssert) -> Result {
        if let Expr::Tuple(t) = &*s.test
            && !t.elts.is_empty()
        {
            self.warn("assertion is always true, perhaps remove parentheses?", s.range);
        }
        if self.flags.optimize > 0 {
            return Ok(());
        }
        let ok = self.label();
        self.jump_if(&s.test, true, ok)?;
        let window = self.alloc();
        self.range = s.test.range();
        self.emit(I::LoadAssertionError, window);
        if let Some(msg) = &s.msg {
            self.alloc();
            self.push(msg)?;
            self.emit(I::Call, (window, 1, window));
        }
        self.emit(I::RaiseValue, window);
        self.place(ok);
        Ok(())
    }

    fn import_stmt(&mut self, s: &'a ast::StmtImport) -> Result {
        for alias in &s.names {
            let mark = self.mark();
            let t = self.alloc();
            let none = self.alloc();
            self.load_none(none);
            let name = alias.name.as_str();
            self.emit_import(t, none, 0, &alias.name.id);
            match &alias.asname {
                None => {
                    let first = Name::new(name.split('.').next().unwrap_or_default());
                    self.store_name(&first, t);
                }
                Some(asname) => {
                    for part in name.split('.').skip(1) {
                        self.emit_name(I::ImportFrom, &Name::new(part), |name| (t, t, name));
                    }
                    self.store_name(&asname.id, t);
                }
            }
            self.free_to(mark);
        }
        Ok(())
    }

    fn emit_import(&mut self, dst: Reg, fromlist: Reg, level: u32, name: &Name) {
        let x = self.u().name_index(name);
        self.emit(I::ImportName, (dst, fromlist, level.min(255) as u8, x));
    }

    fn import_from(&mut self, s: &'a ast::StmtImportFrom) -> Result {
        let module = s.module.as_ref().map_or(Name::new_static(""), |m| m.id.clone());
        let t = self.alloc();
        let fromlist = self.alloc();
        let names: Vec<Const> = s.names.iter().map(|a| Const::Str(a.name.as_str().into())).collect();
        self.load_const(fromlist, Const::Tuple(names.into()));
        self.emit_import(t, fromlist, s.level, &module);
        self.free_to(fromlist);
        for alias in &s.names {
            if alias.name.as_str() == "*" {
                self.emit(I::ImportStar, t);
                continue;
            }
            let target = alias.asname.as_ref().unwrap_or(&alias.name);
            if let Some(reg) = self.target_register(&target.id)
                && self.unit().kind.is_function_like()
            {
                self.emit_name(I::ImportFrom, &alias.name.id, |name| (reg, t, name));
                continue;
            }
            let v = self.alloc();
            self.emit_name(I::ImportFrom, &alias.name.id, |name| (v, t, name));
            self.store_name(&target.id, v);
            self.free_to(v);
        }
        Ok(())
    }
}

/// What a loop asks for its next item.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    /// An iterator.
    Iter,
    /// A range, counted in three registers.
    Range,
    /// An asynchronous iterator.
    Async,
}

/// How a loop gets its next item: the kind and the register of the iterator.
#[derive(Clone, Copy)]
pub struct Step {
    /// How the next item is found.
    pub kind: StepKind,
    /// The iterator, or the first of three state registers.
    pub reg: Reg,
    /// Whether a call in the loop's header made what is iterated over.
    pub made_here: bool,
}
