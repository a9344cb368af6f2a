//! Expressions: each is computed into a register that its user names, or is found in a local's register.
//!
//! `expr_to(e, dst)` writes `dst` only with its last instruction when `dst` is a named local, because an exception in
//! between must leave the local alone and because `e` may read it. Temporaries may hold intermediate results.

use engine_code::formats::{Assemble, JumpCompare, JumpCompareI};
use engine_code::{Const, Instruction as I};
use ruff_python_ast::{self as ast, BoolOp, CmpOp, Expr, Operator, UnaryOp};
use ruff_text_size::{Ranged, TextRange};

use crate::codegen::Compiler;
use crate::errors::{Error, Result};
use crate::fold;
use crate::unit::{Label, Place, Reg};

/// Elements of a display that are put into consecutive registers; the rest is appended.
const CHUNK: usize = 40;
/// Registers that a chain of comparisons may hold on to.
const LONG_CHAIN: u16 = 32;

impl<'a> Compiler<'a> {
    /// Computes an expression into `dst`.
    pub fn expr_to(&mut self, e: &'a Expr, dst: Reg) -> Result {
        if let Some(value) = fold::constant(e, self) {
            let saved = self.at(e.range());
            self.load_const(dst, value);
            self.range = saved;
            return Ok(());
        }
        let saved = self.at(e.range());
        let mark = self.mark();
        self.deeper(|c| c.expr_inner(e, dst))?;
        self.free_to(mark);
        self.range = saved;
        Ok(())
    }

    /// Computes an expression into some register: a local's own if the expression is one, else `hint` or a new
    /// temporary. `later` are the expressions evaluated before the value is used: they may rebind the local.
    pub fn operand(&mut self, e: &'a Expr, hint: Option<Reg>, later: &[&'a Expr]) -> Result<Reg> {
        match e {
            Expr::Name(name) if !self.rebinds(later, &name.id) => {
                let saved = self.at(e.range());
                let reg = self.name_register(&name.id);
                self.range = saved;
                if let Some(reg) = reg {
                    return Ok(reg);
                }
            }
            Expr::Named(named) => {
                if let Expr::Name(name) = &*named.target
                    && let Some(reg) = self.target_register(&name.id)
                    && self.unit().kind.is_function_like()
                    && !self.rebinds(later, &name.id)
                {
                    self.expr_to(&named.value, reg)?;
                    return Ok(reg);
                }
            }
            _ => {}
        }
        let dst = match hint {
            Some(reg) => reg,
            None => self.alloc(),
        };
        self.expr_to(e, dst)?;
        Ok(dst)
    }

    /// Computes an expression into a new temporary at the top.
    pub fn push(&mut self, e: &'a Expr) -> Result<Reg> {
        let dst = self.alloc();
        self.expr_to(e, dst)?;
        Ok(dst)
    }

    /// Whether one of the expressions holds an assignment expression to this name.
    fn rebinds(&self, later: &[&'a Expr], name: &str) -> bool {
        !later.is_empty()
            && !self.table.scopes[self.unit().scope].walrus.is_empty()
            && later.iter().any(|e| {
                ast::helpers::any_over_expr(e, |e: &Expr| match e {
                    Expr::Named(named) => named.target.as_name_expr().is_some_and(|n| n.id.as_str() == name),
                    _ => false,
                })
            })
    }

    /// Evaluates an expression for its effects.
    pub fn discard(&mut self, e: &'a Expr) -> Result {
        if fold::constant(e, self).is_some() {
            return Ok(());
        }
        let mark = self.mark();
        self.operand(e, None, &[])?;
        self.free_to(mark);
        Ok(())
    }

    fn expr_inner(&mut self, e: &'a Expr, dst: Reg) -> Result {
        match e {
            Expr::BoolOp(e) => self.bool_op(e, dst),
            Expr::Named(e) => self.named(e, dst),
            Expr::BinOp(e) => self.bin_op(e, dst),
            Expr::UnaryOp(e) => {
                let hint = self.hint(dst);
                let r = self.operand(&e.operand, hint, &[])?;
                let op = match e.op {
                    UnaryOp::Invert => I::Invert,
                    UnaryOp::Not => I::Not,
                    UnaryOp::UAdd => I::Pos,
                    UnaryOp::USub => I::Neg,
                };
                self.emit(op, (dst, r));
                Ok(())
            }
            Expr::Lambda(e) => self.lambda(e, dst),
            Expr::If(e) => self.conditional(e, dst),
            Expr::Dict(e) => self.dict(e, dst),
            Expr::Set(e) => self.sequence(&e.elts, dst, Display::Set),
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) => self.comprehension(e, dst),
            Expr::Generator(e) => self.generator_expression(e, dst),
            Expr::Await(e) => self.await_expr(e, dst),
            Expr::Yield(e) => {
                let mark = self.mark();
                let r = match &e.value {
                    Some(value) => {
                        let hint = self.hint(dst);
                        self.operand(value, hint, &[])?
                    }
                    None => {
                        let t = self.alloc();
                        self.load_none(t);
                        t
                    }
                };
                self.free_to(mark);
                self.emit(I::YieldValue, (dst, r));
                Ok(())
            }
            Expr::YieldFrom(e) => {
                let r = self.operand(&e.value, None, &[])?;
                let (value, iter) = self.send_registers(dst);
                self.emit(I::GetYieldFromIter, (iter, r));
                self.send_loop(iter, value);
                self.mov(dst, value);
                Ok(())
            }
            Expr::Compare(e) => self.compare(e, dst),
            Expr::Call(e) => self.call(e, dst),
            Expr::FString(e) => self.fstring(e, dst),
            Expr::TString(e) => self.tstring(e, dst),
            Expr::Attribute(e) => self.attribute(e, dst),
            Expr::Subscript(e) => self.subscript(e, dst),
            Expr::Starred(e) => Err(Error::syntax("can't use starred expression here", e.range)),
            Expr::Name(e) => {
                self.load_name(&e.id, dst);
                Ok(())
            }
            Expr::List(e) => self.sequence(&e.elts, dst, Display::List),
            Expr::Tuple(e) => self.sequence(&e.elts, dst, Display::Tuple),
            Expr::Slice(e) => {
                let base = self.slice_parts(e, true)?;
                let n = if e.step.is_some() { 3 } else { 2 };
                self.emit(I::BuildSlice, (dst, base, n));
                Ok(())
            }
            // Literals are folded before.
            Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_) => Err(Error::internal("literal not folded")),
            Expr::IpyEscapeCommand(e) => Err(Error::syntax("invalid syntax", e.range)),
        }
    }

    // ---- operators ---------------------------------------------------------------------------------------------------

    fn bin_op(&mut self, e: &'a ast::ExprBinOp, dst: Reg) -> Result {
        let hint = self.hint(dst);
        let left = self.operand(&e.left, hint, &[&e.right])?;
        self.binary(e.op, dst, left, &e.right, false)
    }

    /// `dst = left op right`; `left` may be `dst`.
    pub fn binary(&mut self, op: Operator, dst: Reg, left: Reg, right: &'a Expr, in_place: bool) -> Result {
        let immediate: Option<fn(_) -> I> = match op {
            Operator::Add => Some(I::AddI),
            Operator::Sub => Some(I::SubI),
            Operator::Mult => Some(I::MulI),
            Operator::FloorDiv => Some(I::FloorDivI),
            Operator::Mod => Some(I::ModI),
            Operator::BitAnd => Some(I::BitAndI),
            Operator::LShift => Some(I::LShiftI),
            Operator::RShift => Some(I::RShiftI),
            _ => None,
        };
        if let Some(op) = immediate
            && let Some(n) = fold::small_int(right, self)
        {
            self.emit(op, (dst, left, n, in_place));
            return Ok(());
        }
        let hint = self.hint(dst).filter(|&h| h != left);
        let right = self.operand(right, hint, &[])?;
        let op = match op {
            Operator::Add => I::Add,
            Operator::Sub => I::Sub,
            Operator::Mult => I::Mul,
            Operator::MatMult => I::MatMul,
            Operator::Div => I::TrueDiv,
            Operator::Mod => I::Mod,
            Operator::Pow => I::Pow,
            Operator::LShift => I::LShift,
            Operator::RShift => I::RShift,
            Operator::BitOr => I::BitOr,
            Operator::BitXor => I::BitXor,
            Operator::BitAnd => I::BitAnd,
            Operator::FloorDiv => I::FloorDiv,
        };
        self.emit(op, (dst, left, right, in_place));
        Ok(())
    }

    fn bool_op(&mut self, e: &'a ast::ExprBoolOp, dst: Reg) -> Result {
        let jump = if e.op == BoolOp::Or { I::JumpIfTrue } else { I::JumpIfFalse };
        let Some((last, init)) = e.values.split_last() else { return Err(Error::internal("empty bool op")) };
        // A local must not be written before the end, unless nothing that follows can raise or read it.
        let t = if self.unit().is_temp(dst) { dst } else { self.alloc() };
        let end = self.label();
        for value in init {
            match fold::constant(value, self).map(|v| fold::truth(&v)) {
                Some(truth) if truth == (e.op == BoolOp::Or) => {
                    // Decided: what follows is never evaluated.
                    self.expr_to(value, t)?;
                    self.place(end);
                    self.mov(dst, t);
                    return Ok(());
                }
                Some(_) => continue,
                None => {}
            }
            // `(a and b) or c` and the like: the inner value is tested where it is made.
            self.expr_to(value, t)?;
            self.emit_jump(jump, t, end);
        }
        self.expr_to(last, t)?;
        self.place(end);
        self.mov(dst, t);
        Ok(())
    }

    fn named(&mut self, e: &'a ast::ExprNamed, dst: Reg) -> Result {
        let Expr::Name(name) = &*e.target else { return Err(Error::internal("walrus target")) };
        if let Some(reg) = self.target_register(&name.id) {
            self.expr_to(&e.value, reg)?;
            self.mov(dst, reg);
            return Ok(());
        }
        let t = if self.unit().is_temp(dst) { dst } else { self.alloc() };
        self.expr_to(&e.value, t)?;
        self.store_name(&name.id, t);
        self.mov(dst, t);
        Ok(())
    }

    fn conditional(&mut self, e: &'a ast::ExprIf, dst: Reg) -> Result {
        match fold::constant(&e.test, self).map(|v| fold::truth(&v)) {
            Some(true) => return self.expr_to(&e.body, dst),
            Some(false) => return self.expr_to(&e.orelse, dst),
            None => {}
        }
        let other = self.label();
        let end = self.label();
        self.jump_if(&e.test, false, other)?;
        self.expr_to(&e.body, dst)?;
        self.jump(end);
        self.place(other);
        self.expr_to(&e.orelse, dst)?;
        self.place(end);
        Ok(())
    }

    // ---- comparisons -------------------------------------------------------------------------------------------------

    fn compare(&mut self, e: &'a ast::ExprCompare, dst: Reg) -> Result {
        self.check_is_literal(e);
        let hint = self.hint(dst);
        if let ([op], [right]) = (&*e.ops, &*e.comparators) {
            let left = self.operand(&e.left, hint, &[right])?;
            let hint = hint.filter(|&h| h != left);
            let right = self.comparator(*op, right, hint)?;
            self.emit_compare(*op, dst, left, right);
            return Ok(());
        }
        let result = if self.unit().is_temp(dst) { dst } else { self.alloc() };
        let end = self.label();
        let rest: Vec<&'a Expr> = e.comparators.iter().collect();
        let floor = self.mark();
        let mut left = self.operand(&e.left, None, &rest)?;
        for (i, (op, right)) in e.ops.iter().zip(&e.comparators).enumerate() {
            let right = if i + 1 < e.ops.len() {
                self.operand(right, None, &rest[i + 1..])?
            } else {
                self.comparator(*op, right, None)?
            };
            self.emit_compare(*op, result, left, right);
            if i + 1 < e.ops.len() {
                self.emit_jump(I::JumpIfFalse, result, end);
            }
            left = right;
            // Of a long chain only the last operand is still needed.
            if self.mark() > floor + LONG_CHAIN && self.unit().is_temp(left) {
                self.free_to(floor);
                let lowest = self.alloc();
                self.mov(lowest, left);
                left = lowest;
            }
        }
        self.place(end);
        self.mov(dst, result);
        Ok(())
    }

    /// The right operand of a comparison: displays of constants on the right of `in` become constants.
    fn comparator(&mut self, op: CmpOp, e: &'a Expr, hint: Option<Reg>) -> Result<Reg> {
        if matches!(op, CmpOp::In | CmpOp::NotIn)
            && let Some(value) = fold::membership(e, self)
        {
            let t = match hint {
                Some(t) => t,
                None => self.alloc(),
            };
            let saved = self.at(e.range());
            self.load_const(t, value);
            self.range = saved;
            return Ok(t);
        }
        self.operand(e, hint, &[])
    }

    fn emit_compare(&mut self, op: CmpOp, dst: Reg, left: Reg, right: Reg) {
        let op = match op {
            CmpOp::Eq => I::Eq,
            CmpOp::NotEq => I::Ne,
            CmpOp::Lt => I::Lt,
            CmpOp::LtE => I::Le,
            CmpOp::Gt => I::Gt,
            CmpOp::GtE => I::Ge,
            CmpOp::Is => return self.emit(I::Is, (dst, left, right)),
            CmpOp::IsNot => return self.emit(I::IsNot, (dst, left, right)),
            CmpOp::In => I::Contains,
            CmpOp::NotIn => I::NotContains,
        };
        self.emit(op, (dst, left, right));
    }

    fn check_is_literal(&mut self, e: &'a ast::ExprCompare) {
        let mut left = &*e.left;
        for (op, right) in e.ops.iter().zip(&e.comparators) {
            if matches!(op, CmpOp::Is | CmpOp::IsNot) {
                let literal = |e: &Expr| match e {
                    Expr::StringLiteral(_) => Some("str"),
                    Expr::BytesLiteral(_) => Some("bytes"),
                    Expr::Tuple(_) => Some("tuple"),
                    Expr::NumberLiteral(n) => Some(match n.value {
                        ast::Number::Int(_) => "int",
                        ast::Number::Float(_) => "float",
                        ast::Number::Complex { .. } => "complex",
                    }),
                    _ => None,
                };
                if let Some(kind) = literal(left).or_else(|| literal(right)) {
                    let (word, better) = if *op == CmpOp::Is { ("is", "==") } else { ("is not", "!=") };
                    let msg = format!("\"{word}\" with '{kind}' literal. Did you mean \"{better}\"?");
                    self.warn(msg, e.range);
                }
            }
            left = right;
        }
    }

    // ---- conditions --------------------------------------------------------------------------------------------------

    /// Jumps to `target` if the truth of `e` is `when`; falls through otherwise.
    pub fn jump_if(&mut self, e: &'a Expr, when: bool, target: Label) -> Result {
        if let Some(value) = fold::constant(e, self) {
            if fold::truth(&value) == when {
                let saved = self.at(e.range());
                self.jump(target);
                self.range = saved;
            }
            return Ok(());
        }
        let saved = self.at(e.range());
        let mark = self.mark();
        self.deeper(|c| c.jump_if_inner(e, when, target))?;
        self.free_to(mark);
        self.range = saved;
        Ok(())
    }

    fn jump_if_inner(&mut self, e: &'a Expr, when: bool, target: Label) -> Result {
        match e {
            Expr::UnaryOp(ast::ExprUnaryOp { op: UnaryOp::Not, operand, .. }) => self.jump_if(operand, !when, target),
            Expr::BoolOp(b) => {
                let Some((last, init)) = b.values.split_last() else { return Ok(()) };
                if (b.op == BoolOp::Or) == when {
                    for value in init {
                        self.jump_if(value, when, target)?;
                    }
                    self.jump_if(last, when, target)
                } else {
                    let skip = self.label();
                    for value in init {
                        self.jump_if(value, !when, skip)?;
                    }
                    self.jump_if(last, when, target)?;
                    self.place(skip);
                    Ok(())
                }
            }
            Expr::Compare(c) => {
                self.check_is_literal(c);
                let rest: Vec<&'a Expr> = c.comparators.iter().collect();
                if let ([op], [right]) = (&*c.ops, &*c.comparators) {
                    return self.jump_compare(*op, &c.left, right, when, target);
                }
                let skip = self.label();
                let mut left = self.operand(&c.left, None, &rest)?;
                for (i, (op, right)) in c.ops.iter().zip(&c.comparators).enumerate() {
                    let last = i + 1 == c.ops.len();
                    let right = if last {
                        self.comparator(*op, right, None)?
                    } else {
                        self.operand(right, None, &rest[i + 1..])?
                    };
                    if last {
                        self.fused(*op, left, right, when, target);
                    } else {
                        self.fused(*op, left, right, false, if when { skip } else { target });
                    }
                    left = right;
                }
                self.place(skip);
                Ok(())
            }
            Expr::If(i) => {
                let other = self.label();
                let end = self.label();
                self.jump_if(&i.test, false, other)?;
                self.jump_if(&i.body, when, target)?;
                self.jump(end);
                self.place(other);
                self.jump_if(&i.orelse, when, target)?;
                self.place(end);
                Ok(())
            }
            _ => {
                let r = self.operand(e, None, &[])?;
                self.branch(if when { I::JumpIfTrue } else { I::JumpIfFalse }, r, target);
                Ok(())
            }
        }
    }

    fn jump_compare(&mut self, op: CmpOp, left: &'a Expr, right: &'a Expr, when: bool, target: Label) -> Result {
        let none = matches!(right, Expr::NoneLiteral(_));
        if none && matches!(op, CmpOp::Is | CmpOp::IsNot) {
            let r = self.operand(left, None, &[])?;
            let jump = if (op == CmpOp::Is) == when { I::JumpIfNone } else { I::JumpIfNotNone };
            self.branch(jump, r, target);
            return Ok(());
        }
        let l = self.operand(left, None, &[right])?;
        if let Some(n) = fold::small_int(right, self) {
            let pair: Option<Pair<JumpCompareI>> = match op {
                CmpOp::Lt => Some((I::JLtI, I::JNotLtI)),
                CmpOp::LtE => Some((I::JLeI, I::JNotLeI)),
                CmpOp::Gt => Some((I::JGtI, I::JNotGtI)),
                CmpOp::GtE => Some((I::JGeI, I::JNotGeI)),
                CmpOp::Eq => Some((I::JEqI, I::JNotEqI)),
                CmpOp::NotEq => Some((I::JNeI, I::JNotNeI)),
                _ => None,
            };
            if let Some((yes, no)) = pair {
                self.branch(if when { yes } else { no }, (l, n), target);
                return Ok(());
            }
        }
        let r = self.comparator(op, right, None)?;
        self.fused(op, l, r, when, target);
        Ok(())
    }

    fn fused(&mut self, op: CmpOp, left: Reg, right: Reg, when: bool, target: Label) {
        let (yes, no): Pair<JumpCompare> = match op {
            CmpOp::Eq => (I::JEq, I::JNotEq),
            CmpOp::NotEq => (I::JNe, I::JNotNe),
            CmpOp::Lt => (I::JLt, I::JNotLt),
            CmpOp::LtE => (I::JLe, I::JNotLe),
            CmpOp::Gt => (I::JGt, I::JNotGt),
            CmpOp::GtE => (I::JGe, I::JNotGe),
            CmpOp::Is => (I::JIs, I::JNotIs),
            CmpOp::IsNot => (I::JNotIs, I::JIs),
            CmpOp::In => (I::JIn, I::JNotIn),
            CmpOp::NotIn => (I::JNotIn, I::JIn),
        };
        self.branch(if when { yes } else { no }, (left, right), target);
    }

    /// A conditional jump that may be backward although its opcode cannot: then around a polling jump.
    pub fn branch<F: Assemble>(&mut self, op: fn(F) -> I, operands: F::Given, target: Label) {
        let jump = op(F::assemble(operands));
        if self.u().is_placed(target)
            && !jump.op().info().flags.has(engine_code::Flags::BACK)
            && let Some(inverse) = inverse(jump)
        {
            let skip = self.label();
            self.put(inverse, skip.0);
            self.jump(target);
            self.place(skip);
        } else {
            self.put(jump, target.0);
        }
    }

    // ---- displays ----------------------------------------------------------------------------------------------------

    fn sequence(&mut self, elts: &'a [Expr], dst: Reg, kind: Display) -> Result {
        let build = match kind {
            Display::Tuple => I::BuildTuple,
            Display::List => I::BuildList,
            Display::Set => I::BuildSet,
        };
        // A long display of constants is one constant.
        if elts.len() >= 3
            && kind != Display::Tuple
            && let Some(values) = elts.iter().map(|e| fold::constant(e, self)).collect::<Option<Vec<_>>>()
        {
            let acc = if self.unit().is_temp(dst) { dst } else { self.alloc() };
            self.emit(build, (acc, acc, 0));
            let t = self.alloc();
            match kind {
                Display::Set => {
                    self.load_const(t, Const::FrozenSet(values.into()));
                    self.emit(I::SetUpdate, (acc, t));
                }
                _ => {
                    self.load_const(t, Const::Tuple(values.into()));
                    self.emit(I::ListExtend, (acc, t, 0));
                }
            }
            self.mov(dst, acc);
            return Ok(());
        }
        let starred = elts.iter().any(Expr::is_starred_expr);
        if !starred && elts.len() <= CHUNK {
            let base = self.mark() as Reg;
            for e in elts {
                self.push(e)?;
            }
            self.emit(build, (dst, base, elts.len() as u8));
            return Ok(());
        }
        let acc = if self.unit().is_temp(dst) { dst } else { self.alloc() };
        self.collect(elts, acc, if kind == Display::Set { Display::Set } else { Display::List })?;
        if kind == Display::Tuple {
            self.emit(I::ListToTuple, (dst, acc));
        } else {
            self.mov(dst, acc);
        }
        Ok(())
    }

    /// Builds a list or set of elements, starred ones among them, in the temporary `acc`.
    pub fn collect(&mut self, elts: &'a [Expr], acc: Reg, kind: Display) -> Result {
        let (build, add): (fn(_) -> I, fn(_) -> I) = match kind {
            Display::Set => (I::BuildSet, I::SetAdd),
            _ => (I::BuildList, I::ListAppend),
        };
        let mark = self.mark();
        let lead = elts.iter().take_while(|e| !e.is_starred_expr()).count().min(CHUNK);
        let base = self.mark() as Reg;
        for e in &elts[..lead] {
            self.push(e)?;
        }
        self.emit(build, (acc, base, lead as u8));
        self.free_to(mark);
        for e in &elts[lead..] {
            match e {
                Expr::Starred(s) => {
                    let r = self.operand(&s.value, None, &[])?;
                    match kind {
                        Display::Set => self.emit(I::SetUpdate, (acc, r)),
                        _ => self.emit(I::ListExtend, (acc, r, 1)),
                    }
                }
                e => {
                    let r = self.operand(e, None, &[])?;
                    self.emit(add, (acc, r));
                }
            }
            self.free_to(mark);
        }
        Ok(())
    }

    fn dict(&mut self, e: &'a ast::ExprDict, dst: Reg) -> Result {
        let lead = e.items.iter().take_while(|i| i.key.is_some()).count().min(CHUNK / 2);
        let acc = if lead == e.items.len() || self.unit().is_temp(dst) { dst } else { self.alloc() };
        let mark = self.mark();
        let base = self.mark() as Reg;
        for item in &e.items[..lead] {
            if let Some(key) = &item.key {
                self.push(key)?;
            }
            self.push(&item.value)?;
        }
        self.emit(I::BuildMap, (acc, base, lead as u8));
        self.free_to(mark);
        for item in &e.items[lead..] {
            match &item.key {
                Some(key) => {
                    let k = self.operand(key, None, &[&item.value])?;
                    let v = self.operand(&item.value, None, &[])?;
                    self.emit(I::MapAdd, (acc, k, v));
                }
                None => {
                    let r = self.operand(&item.value, None, &[])?;
                    self.emit(I::DictUpdate, (acc, r));
                }
            }
            self.free_to(mark);
        }
        self.mov(dst, acc);
        Ok(())
    }

    // ---- attributes and subscripts -----------------------------------------------------------------------------------

    /// Position of an attribute's operation: from the attribute's name on if it is on a later line than the object.
    pub fn attribute_range(&self, e: &ast::ExprAttribute, whole: TextRange) -> TextRange {
        if self.source.line(whole.start()) != self.source.line(e.attr.range.end()) {
            crate::source::Source::between(e.attr.range.start(), whole.end())
        } else {
            whole
        }
    }

    fn attribute(&mut self, e: &'a ast::ExprAttribute, dst: Reg) -> Result {
        let name = self.mangled(&e.attr.id);
        if let Some((window, n)) = self.super_window(e, dst)? {
            let x = self.u().name_index(&name);
            self.emit(I::LoadSuperAttr, (window, n, x));
            self.mov(dst, window);
            return Ok(());
        }
        let hint = self.hint(dst);
        let r = self.operand(&e.value, hint, &[])?;
        self.range = self.attribute_range(e, e.range);
        self.emit_name(I::LoadAttr, &name, |name| (dst, r, name));
        Ok(())
    }

    /// For `super().name` and `super(C, self).name` with the global `super`: loads its three inputs.
    pub fn super_window(&mut self, e: &'a ast::ExprAttribute, dst: Reg) -> Result<Option<(Reg, u8)>> {
        let Expr::Call(call) = &*e.value else { return Ok(None) };
        let Expr::Name(func) = &*call.func else { return Ok(None) };
        let args = &call.arguments.args;
        if func.id.as_str() != "super"
            || !call.arguments.keywords.is_empty()
            || args.iter().any(Expr::is_starred_expr)
            || !self.unit().comps.is_empty()
            || self.unit().kind != crate::symtable::ScopeKind::Function
            || self.lookup(&func.id) != Place::Global
        {
            return Ok(None);
        }
        let class = ast::name::Name::new_static("__class__");
        let window = match args.len() {
            2 => {
                let window = self.window(dst, 1);
                self.expr_to(&call.func, window)?;
                self.push(&args[0])?;
                self.push(&args[1])?;
                window
            }
            0 if self.unit().argcounts[0] > 0 && matches!(self.lookup(&class), Place::Free(_)) => {
                let window = self.window(dst, 3);
                self.expr_to(&call.func, window)?;
                let saved = self.at(call.range());
                self.load_name(&class, window.wrapping_add(1));
                let unit = self.unit();
                let first = if unit.gathered > 0 { unit.big_names[0].clone() } else { unit.varnames[0].clone() };
                match self.lookup(&first) {
                    Place::Reg(reg, uncertain) => {
                        if uncertain {
                            self.emit(I::CheckBound, reg);
                        }
                        self.emit(I::MoveReg, (window.wrapping_add(2), reg));
                    }
                    Place::Cell(reg) => self.emit(I::LoadCell, (window.wrapping_add(2), reg)),
                    // A mangled name again is itself.
                    Place::Big(_) | Place::BigCell(_) => self.load_name(&first, window.wrapping_add(2)),
                    _ => return Err(Error::internal("first argument")),
                }
                self.range = saved;
                window
            }
            _ => return Ok(None),
        };
        Ok(Some((window, args.len() as u8)))
    }

    fn subscript(&mut self, e: &'a ast::ExprSubscript, dst: Reg) -> Result {
        self.check_subscript(e);
        let hint = self.hint(dst);
        let base = self.operand(&e.value, hint, &[&e.slice])?;
        if let Expr::Slice(s) = &*e.slice
            && s.step.is_none()
            && fold::constant(&e.slice, self).is_none()
        {
            let parts = self.slice_parts(s, false)?;
            self.emit(I::LoadSlice, (dst, base, parts));
            return Ok(());
        }
        if let Some(n) = fold::small_int(&e.slice, self) {
            self.emit(I::LoadSubscrI, (dst, base, n));
            return Ok(());
        }
        if let Some(value) = fold::constant(&e.slice, self) {
            let i = self.u().constant(value);
            if let Ok(i) = u16::try_from(i) {
                self.emit(I::LoadSubscrK, (dst, base, i));
                return Ok(());
            }
        }
        let hint = hint.filter(|&h| h != base);
        let index = self.operand(&e.slice, hint, &[])?;
        self.emit(I::LoadSubscr, (dst, base, index));
        Ok(())
    }

    /// Lower and upper bound (and step) in consecutive new temporaries.
    pub fn slice_parts(&mut self, s: &'a ast::ExprSlice, step: bool) -> Result<Reg> {
        let base = self.mark() as Reg;
        for part in [&s.lower, &s.upper] {
            self.optional(part.as_deref())?;
        }
        if step && s.step.is_some() {
            self.optional(s.step.as_deref())?;
        }
        Ok(base)
    }

    fn optional(&mut self, e: Option<&'a Expr>) -> Result {
        match e {
            Some(e) => self.push(e).map(|_| ()),
            None => {
                let t = self.alloc();
                self.load_none(t);
                Ok(())
            }
        }
    }

    fn check_subscript(&mut self, e: &'a ast::ExprSubscript) {
        let kind = match &*e.value {
            Expr::Set(_) | Expr::SetComp(_) => "set",
            Expr::Generator(_) => "generator",
            Expr::NumberLiteral(n) => match n.value {
                ast::Number::Int(_) => "int",
                ast::Number::Float(_) => "float",
                ast::Number::Complex { .. } => "complex",
            },
            Expr::BooleanLiteral(_) => "bool",
            Expr::NoneLiteral(_) => "NoneType",
            Expr::EllipsisLiteral(_) => "ellipsis",
            Expr::Lambda(_) => "function",
            Expr::TString(_) => "string.templatelib.Template",
            Expr::StringLiteral(_)
            | Expr::FString(_)
            | Expr::BytesLiteral(_)
            | Expr::List(_)
            | Expr::ListComp(_)
            | Expr::Tuple(_) => {
                let kind = match &*e.value {
                    Expr::StringLiteral(_) | Expr::FString(_) => "str",
                    Expr::BytesLiteral(_) => "bytes",
                    Expr::List(_) | Expr::ListComp(_) => "list",
                    _ => "tuple",
                };
                let index = match fold::constant(&e.slice, self) {
                    Some(Const::Str(_)) => "str",
                    Some(Const::Tuple(_)) => "tuple",
                    Some(Const::Float(_)) => "float",
                    Some(Const::None) => "NoneType",
                    None => match &*e.slice {
                        Expr::Tuple(_) => "tuple",
                        Expr::List(_) | Expr::ListComp(_) => "list",
                        Expr::Dict(_) | Expr::DictComp(_) => "dict",
                        Expr::Set(_) | Expr::SetComp(_) => "set",
                        Expr::Generator(_) => "generator",
                        Expr::Lambda(_) => "function",
                        Expr::FString(_) => "str",
                        Expr::TString(_) => "string.templatelib.Template",
                        _ => return,
                    },
                    Some(Const::Bytes(_)) => "bytes",
                    Some(Const::Complex(..)) => "complex",
                    Some(Const::Ellipsis) => "ellipsis",
                    _ => return,
                };
                let msg =
                    format!("{kind} indices must be integers or slices, not {index}; perhaps you missed a comma?");
                self.warn(msg, e.range);
                return;
            }
            _ => return,
        };
        self.warn(format!("'{kind}' object is not subscriptable; perhaps you missed a comma?"), e.range);
    }
}

/// Kinds of display.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Display {
    /// `( )`
    Tuple,
    /// `[ ]`
    List,
    /// `{ }`
    Set,
}

/// The opcodes of a jump and its inverse.
type Pair<F> = (fn(F) -> I, fn(F) -> I);

/// The jump that is taken when this one is not. None for those without.
pub fn inverse(jump: I) -> Option<I> {
    use I::*;
    Some(match jump {
        JumpIfTrue(i) => JumpIfFalse(i),
        JumpIfFalse(i) => JumpIfTrue(i),
        JumpIfNone(i) => JumpIfNotNone(i),
        JumpIfNotNone(i) => JumpIfNone(i),
        JLt(i) => JNotLt(i),
        JLe(i) => JNotLe(i),
        JGt(i) => JNotGt(i),
        JGe(i) => JNotGe(i),
        JEq(i) => JNotEq(i),
        JNe(i) => JNotNe(i),
        JNotLt(i) => JLt(i),
        JNotLe(i) => JLe(i),
        JNotGt(i) => JGt(i),
        JNotGe(i) => JGe(i),
        JNotEq(i) => JEq(i),
        JNotNe(i) => JNe(i),
        JLtI(i) => JNotLtI(i),
        JLeI(i) => JNotLeI(i),
        JGtI(i) => JNotGtI(i),
        JGeI(i) => JNotGeI(i),
        JEqI(i) => JNotEqI(i),
        JNeI(i) => JNotNeI(i),
        JNotLtI(i) => JLtI(i),
        JNotLeI(i) => JLeI(i),
        JNotGtI(i) => JGtI(i),
        JNotGeI(i) => JGeI(i),
        JNotEqI(i) => JEqI(i),
        JNotNeI(i) => JNeI(i),
        JIs(i) => JNotIs(i),
        JNotIs(i) => JIs(i),
        JIn(i) => JNotIn(i),
        JNotIn(i) => JIn(i),
        _ => return None,
    })
}
