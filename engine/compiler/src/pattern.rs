//! The `match` statement.
//!
//! Captured values are held in temporaries until the whole pattern has matched, then stored, as CPython does.

use engine_code::{Const, Instruction as I};
use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Pattern};
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustc_hash::FxHashMap;

use crate::codegen::Compiler;
use crate::errors::{Error, Result};
use crate::fold;
use crate::unit::{Label, Reg};

/// Names captured so far in a pattern, with the temporaries that hold their values.
#[derive(Default)]
struct Captures {
    names: Vec<(Name, Reg)>,
}

impl<'a> Compiler<'a> {
    /// A `match` statement.
    pub fn match_stmt(&mut self, s: &'a ast::StmtMatch) -> Result {
        let end = self.label();
        let subject = self.alloc();
        self.expr_to(&s.subject, subject)?;
        let count = s.cases.len();
        for (i, case) in s.cases.iter().enumerate() {
            let next = self.label();
            let mark = self.mark();
            let last = i + 1 == count;
            if case.guard.is_none() && !last {
                check_irrefutable(&case.pattern)?;
            }
            self.range = case.pattern.range();
            // Registers for the captures come first, so that alternatives agree about them.
            let mut names = Vec::new();
            captured(&case.pattern, &mut names)?;
            let mut regs = FxHashMap::default();
            for name in &names {
                let r = self.alloc();
                regs.insert(name.clone(), r);
            }
            let mut captures = Captures::default();
            if is_wildcard(&case.pattern) {
                // The line of the pattern, which does nothing.
                self.emit(I::Nop, ());
            }
            self.pattern(&case.pattern, subject, next, &regs, &mut captures)?;
            self.range = case.pattern.range();
            for (name, r) in &captures.names {
                self.store_name(name, *r);
            }
            if let Some(guard) = &case.guard {
                self.jump_if(guard, false, next)?;
            }
            self.free_to(mark);
            self.block(&case.body)?;
            if !last {
                let range = self.last_range(case.body.last(), case.range);
                self.jump_at(end, range);
            }
            self.place(next);
            self.free_to(mark);
        }
        self.place(end);
        Ok(())
    }

    fn pattern(
        &mut self,
        p: &'a Pattern,
        subject: Reg,
        fail: Label,
        regs: &FxHashMap<Name, Reg>,
        captures: &mut Captures,
    ) -> Result {
        let saved = self.at(p.range());
        let mark = self.mark();
        self.deeper(|c| c.pattern_inner(p, subject, fail, regs, captures))?;
        self.free_to(mark);
        self.range = saved;
        Ok(())
    }

    fn pattern_inner(
        &mut self,
        p: &'a Pattern,
        subject: Reg,
        fail: Label,
        regs: &FxHashMap<Name, Reg>,
        captures: &mut Captures,
    ) -> Result {
        match p {
            Pattern::MatchValue(v) => self.value_pattern(v, subject, false, fail),
            Pattern::MatchSingleton(v) => {
                let value = match v.value {
                    ast::Singleton::None => {
                        self.emit_jump(I::JumpIfNotNone, subject, fail);
                        return Ok(());
                    }
                    ast::Singleton::True => Const::True,
                    ast::Singleton::False => Const::False,
                };
                let t = self.alloc();
                self.load_const(t, value);
                self.emit_jump(I::JNotIs, (subject, t), fail);
                Ok(())
            }
            Pattern::MatchSequence(s) => self.sequence_pattern(&s.patterns, s.range, subject, fail, regs, captures),
            Pattern::MatchMapping(m) => self.mapping_pattern(m, subject, fail, regs, captures),
            Pattern::MatchClass(c) => self.class_pattern(c, subject, fail, regs, captures),
            Pattern::MatchStar(s) => match &s.name {
                Some(name) => self.capture(name, subject, regs, captures),
                None => Ok(()),
            },
            Pattern::MatchAs(a) => {
                if let Some(inner) = &a.pattern {
                    self.pattern(inner, subject, fail, regs, captures)?;
                }
                match &a.name {
                    Some(name) => self.capture(name, subject, regs, captures),
                    None => Ok(()),
                }
            }
            Pattern::MatchOr(o) => self.or_pattern(o, subject, fail, regs, captures),
        }
    }

    fn capture(
        &mut self,
        name: &ast::Identifier,
        value: Reg,
        regs: &FxHashMap<Name, Reg>,
        captures: &mut Captures,
    ) -> Result {
        if captures.names.iter().any(|(n, _)| *n == name.id) {
            return Err(Error::syntax(format!("multiple assignments to name '{name}' in pattern"), self.range));
        }
        let Some(&reg) = regs.get(&name.id) else { return Err(Error::internal("capture")) };
        self.mov(reg, value);
        captures.names.push((name.id.clone(), reg));
        Ok(())
    }

    fn or_pattern(
        &mut self,
        o: &'a ast::PatternMatchOr,
        subject: Reg,
        fail: Label,
        regs: &FxHashMap<Name, Reg>,
        captures: &mut Captures,
    ) -> Result {
        let matched = self.label();
        let mut bound: Option<Vec<Name>> = None;
        let count = o.patterns.len();
        o.patterns[..count.saturating_sub(1)].iter().try_for_each(check_irrefutable)?;
        for (i, alternative) in o.patterns.iter().enumerate() {
            if let Pattern::MatchValue(v) = alternative
                && i + 1 < count
                && bound.as_ref().is_none_or(Vec::is_empty)
            {
                bound = Some(Vec::new());
                let mark = self.mark();
                self.value_pattern(v, subject, true, matched)?;
                self.free_to(mark);
                continue;
            }
            let next = if i + 1 == count { fail } else { self.label() };
            let mut own = Captures { names: captures.names.clone() };
            let before = own.names.len();
            self.pattern(alternative, subject, next, regs, &mut own)?;
            let mut names: Vec<Name> = own.names[before..].iter().map(|(n, _)| n.clone()).collect();
            names.sort();
            match &bound {
                None => bound = Some(names),
                Some(first) if *first != names => {
                    return Err(Error::syntax("alternative patterns bind different names", o.range));
                }
                Some(_) => {}
            }
            if i + 1 == count {
                captures.names = own.names;
            } else {
                self.jump(matched);
                self.place(next);
            }
        }
        self.place(matched);
        Ok(())
    }

    /// Numbers in patterns have a sign and an imaginary part at most.
    fn check_number(&self, e: &ast::Expr) -> Result {
        match e {
            ast::Expr::UnaryOp(u) => self.check_number(&u.operand),
            ast::Expr::BinOp(b) if !matches!(b.op, ast::Operator::Add | ast::Operator::Sub) => {
                let between = TextRange::new(b.left.end(), b.right.start());
                let text = self.source.slice(between);
                let blanks = text.len() - text.trim_start().len();
                let at = b.left.end() + TextSize::new(blanks as u32);
                Err(Error::syntax("invalid syntax", TextRange::at(at, TextSize::of(text.trim()))))
            }
            _ => Ok(()),
        }
    }

    /// Jumps to `target` if whether the subject equals the value is `wanted`.
    fn value_pattern(&mut self, v: &'a ast::PatternMatchValue, subject: Reg, wanted: bool, target: Label) -> Result {
        self.check_number(&v.value)?;
        if has_fields(&v.value) {
            return Err(Error::syntax("patterns may only match literals and attribute lookups", v.range));
        }
        if let Some(Const::Int(n)) = fold::constant(&v.value, self)
            && let Ok(n) = i8::try_from(n)
        {
            self.range = v.range;
            self.emit_jump(if wanted { I::JEqI } else { I::JNotEqI }, (subject, n), target);
            return Ok(());
        }
        let r = self.operand(&v.value, None, &[])?;
        self.range = v.range;
        self.emit_jump(if wanted { I::JEq } else { I::JNotEq }, (subject, r), target);
        Ok(())
    }

    fn sequence_pattern(
        &mut self,
        patterns: &'a [Pattern],
        range: TextRange,
        subject: Reg,
        fail: Label,
        regs: &FxHashMap<Name, Reg>,
        captures: &mut Captures,
    ) -> Result {
        let floor = self.mark() as Reg;
        let star = patterns.iter().position(|p| matches!(p, Pattern::MatchStar(_)));
        if let Some(star) = star
            && patterns[star + 1..].iter().any(|p| matches!(p, Pattern::MatchStar(_)))
        {
            return Err(Error::syntax("multiple starred names in sequence pattern", range));
        }
        let t = self.alloc();
        self.emit(I::MatchSequence, (t, subject));
        self.emit_jump(I::JumpIfFalse, t, fail);
        let n = patterns.len();
        let fixed = n - star.is_some() as usize;
        if star.is_none() || fixed > 0 {
            self.emit(I::GetLen, (t, subject));
            let wanted = self.alloc();
            match i8::try_from(fixed) {
                Ok(fixed) => {
                    let op = if star.is_some() { I::JNotGeI } else { I::JNotEqI };
                    self.emit_jump(op, (t, fixed), fail);
                }
                Err(_) => {
                    self.load_const(wanted, Const::Int(fixed as i64));
                    let op = if star.is_some() { I::JNotGe } else { I::JNotEq };
                    self.emit_jump(op, (t, wanted), fail);
                }
            }
        }
        if patterns.iter().all(is_wildcard) {
            return Ok(());
        }
        if n > 100 {
            return Err(Error::too_big("sequence pattern too long"));
        }
        // With a nameless star only the other items are fetched.
        let nameless = star.is_some_and(|s| is_wildcard(&patterns[s]));
        if nameless {
            for (i, p) in patterns.iter().enumerate() {
                if is_wildcard(p) {
                    continue;
                }
                let from_start = star.is_some_and(|s| i < s);
                if from_start {
                    self.emit(I::LoadSubscrI, (t, subject, i as i8));
                } else {
                    // Counted from the end by the length: what is matched need not know negative indices.
                    self.emit(I::GetLen, (t, subject));
                    self.emit(I::SubI, (t, t, (n - i) as i8, false));
                    self.emit(I::LoadSubscr, (t, subject, t));
                }
                self.pattern(p, t, fail, regs, captures)?;
            }
            return Ok(());
        }
        let base = self.mark() as Reg;
        for _ in patterns {
            self.alloc();
        }
        match star {
            Some(s) => self.emit(I::UnpackEx, (base, subject, s as u8, (n - s - 1) as u16)),
            None => self.emit(I::UnpackSequence, (base, subject, n as u8)),
        }
        for (i, p) in patterns.iter().enumerate() {
            let item = base.wrapping_add(i as u8);
            let item = if i + 1 == n { self.last_part(floor, item) } else { item };
            self.pattern(p, item, fail, regs, captures)?;
        }
        Ok(())
    }

    fn mapping_pattern(
        &mut self,
        m: &'a ast::PatternMatchMapping,
        subject: Reg,
        fail: Label,
        regs: &FxHashMap<Name, Reg>,
        captures: &mut Captures,
    ) -> Result {
        let floor = self.mark() as Reg;
        let t = self.alloc();
        self.emit(I::MatchMapping, (t, subject));
        self.emit_jump(I::JumpIfFalse, t, fail);
        let n = m.keys.len();
        if n == 0 && m.rest.is_none() {
            return Ok(());
        }
        if n > 100 {
            return Err(Error::too_big("mapping pattern too long"));
        }
        let keys = self.alloc();
        if n > 0 {
            self.emit(I::GetLen, (t, subject));
            self.emit_jump(I::JNotGeI, (t, n as i8), fail);
            let mut seen: Vec<Const> = Vec::new();
            for key in &m.keys {
                if has_fields(key) {
                    let msg = "mapping pattern keys may only match literals and attribute lookups";
                    return Err(Error::syntax(msg, m.range));
                }
                if let Some(value) = fold::constant(key, self) {
                    if seen.iter().any(|known| fold::equal(known, &value)) {
                        let text = fold::repr(&value).unwrap_or_else(|| crate::unparse::unparse(key, self.source));
                        let msg = format!("mapping pattern checks duplicate key ({text})");
                        return Err(Error::syntax(msg, m.range));
                    }
                    seen.push(value);
                }
            }
            if seen.len() == n {
                self.load_const(keys, Const::Tuple(seen.into()));
            } else {
                let base = self.mark() as Reg;
                for key in &m.keys {
                    self.push(key)?;
                }
                self.emit(I::BuildTuple, (keys, base, n as u8));
                self.free_to(base);
            }
            let values = self.alloc();
            self.emit(I::MatchKeys, (values, subject, keys));
            self.emit_jump(I::JumpIfNone, values, fail);
            let items = self.mark() as Reg;
            for _ in 0..n {
                self.alloc();
            }
            self.emit(I::UnpackSequence, (items, values, n as u8));
            for (i, p) in m.patterns.iter().enumerate() {
                let item = items.wrapping_add(i as u8);
                let item = if i + 1 == n && m.rest.is_none() { self.last_part(floor, item) } else { item };
                self.pattern(p, item, fail, regs, captures)?;
            }
        }
        if let Some(rest) = &m.rest {
            // A copy without the keys matched.
            let dict = self.alloc();
            self.emit(I::BuildMap, (dict, dict, 0));
            self.emit(I::DictUpdate, (dict, subject));
            for i in 0..n {
                let mark = self.mark();
                let key = self.alloc();
                self.emit(I::LoadSubscrI, (key, keys, i as i8));
                self.emit(I::DeleteSubscr, (dict, key));
                self.free_to(mark);
            }
            self.capture(rest, dict, regs, captures)?;
        }
        Ok(())
    }

    /// The register of the last part of a pattern. Where patterns are nested deep, it moves down to `floor`, for nothing that
    /// the others needed is needed any more.
    fn last_part(&mut self, floor: Reg, item: Reg) -> Reg {
        const DEEP: u16 = 64;
        if self.mark() < DEEP || floor == item {
            return item;
        }
        self.mov(floor, item);
        self.free_to(floor as u16 + 1);
        floor
    }

    fn class_pattern(
        &mut self,
        c: &'a ast::PatternMatchClass,
        subject: Reg,
        fail: Label,
        regs: &FxHashMap<Name, Reg>,
        captures: &mut Captures,
    ) -> Result {
        let positional = &c.arguments.patterns;
        let keywords = &c.arguments.keywords;
        let n = positional.len() + keywords.len();
        if n > 100 {
            return Err(Error::too_big("class pattern too long"));
        }
        let base = self.alloc();
        self.emit(I::MoveReg, (base, subject));
        self.push(&c.cls)?;
        let names = self.alloc();
        let attributes: Vec<Const> = keywords.iter().map(|k| Const::Str(k.attr.as_str().into())).collect();
        self.load_const(names, Const::Tuple(attributes.into()));
        self.range = c.range;
        self.emit(I::MatchClass, (base, base, positional.len() as u8));
        self.emit_jump(I::JumpIfNone, base, fail);
        self.free_to(base as u16 + 1);
        if n == 0 {
            return Ok(());
        }
        let items = self.mark() as Reg;
        for _ in 0..n {
            self.alloc();
        }
        self.emit(I::UnpackSequence, (items, base, n as u8));
        let all = positional.iter().chain(keywords.iter().map(|k| &k.pattern));
        for (i, p) in all.enumerate() {
            if !is_wildcard(p) {
                self.pattern(p, items.wrapping_add(i as u8), fail, regs, captures)?;
            }
        }
        Ok(())
    }
}

/// Strings with fields are no literals.
fn has_fields(e: &ast::Expr) -> bool {
    matches!(e, ast::Expr::FString(_) | ast::Expr::TString(_))
}

fn is_wildcard(p: &Pattern) -> bool {
    match p {
        Pattern::MatchAs(a) => a.pattern.is_none() && a.name.is_none(),
        Pattern::MatchStar(s) => s.name.is_none(),
        _ => false,
    }
}

/// All names that a pattern captures, once each.
fn captured(p: &Pattern, out: &mut Vec<Name>) -> Result {
    let mut add = |name: &Option<ast::Identifier>| {
        if let Some(name) = name
            && !out.contains(&name.id)
        {
            out.push(name.id.clone());
        }
    };
    match p {
        Pattern::MatchValue(_) | Pattern::MatchSingleton(_) => {}
        Pattern::MatchStar(s) => add(&s.name),
        Pattern::MatchAs(a) => {
            add(&a.name);
            if let Some(inner) = &a.pattern {
                captured(inner, out)?;
            }
        }
        Pattern::MatchMapping(m) => {
            add(&m.rest);
            m.patterns.iter().try_for_each(|p| captured(p, out))?;
        }
        Pattern::MatchSequence(s) => s.patterns.iter().try_for_each(|p| captured(p, out))?,
        Pattern::MatchOr(o) => o.patterns.iter().try_for_each(|p| captured(p, out))?,
        Pattern::MatchClass(c) => {
            c.arguments.patterns.iter().try_for_each(|p| captured(p, out))?;
            c.arguments.keywords.iter().try_for_each(|k| captured(&k.pattern, out))?;
        }
    }
    Ok(())
}

/// A pattern that always matches may only come last.
fn check_irrefutable(p: &Pattern) -> Result {
    match p {
        Pattern::MatchAs(a) => match (&a.pattern, &a.name) {
            (None, Some(name)) => {
                let msg = format!("name capture '{name}' makes remaining patterns unreachable");
                Err(Error::syntax(msg, p.range()))
            }
            (None, None) => Err(Error::syntax("wildcard makes remaining patterns unreachable", p.range())),
            (Some(inner), _) => check_irrefutable(inner),
        },
        Pattern::MatchOr(o) => o.patterns.last().map_or(Ok(()), check_irrefutable),
        _ => Ok(()),
    }
}
