//! From instructions with labels to a code object: unreachable code and needless checks go, jumps are resolved.

use std::sync::Arc;

use engine_code::effects::{Effect, Operands, RegSet, effects};
use engine_code::opcodes::Second;
use engine_code::{Code, CodeFlags, Flags, Handler, NO_CACHE, Op, Position, PositionTable, Role, Span, Word};
use ruff_python_ast::name::Name;

use crate::errors::{Error, Result};
use crate::expr::inverse;
use crate::source::Source;
use crate::symtable::SymbolTable;
use crate::unit::{AT_END, Ins, NO_LABEL, Unit};

/// Makes the code object of a finished unit.
pub fn assemble(mut unit: Unit<'_>, source: &Source<'_>, table: &SymbolTable) -> Result<Arc<Code>> {
    if unit.overflow {
        return Err(Error::too_big("too many registers, constants or names in one function"));
    }
    for label in &mut unit.labels {
        // A label that was never placed is never jumped to.
        if *label == NO_LABEL {
            *label = unit.code.len() as u32;
        }
    }
    thread_jumps(&mut unit);
    end_lines(&mut unit, source);
    let reachable = reachable(&unit);
    // The nop behind a `for_pair` is a position.
    let idle = |i: usize| unit.code[i].op == Op::Nop && (i == 0 || unit.code[i - 1].op != Op::ForPair);
    let mut keep: Vec<bool> = reachable.iter().enumerate().map(|(i, &r)| r && !idle(i)).collect();
    drop_checks(&unit, &reachable, &mut keep);
    let empty = drop_empty_jumps(&unit, &mut keep);
    keep_lines(&unit, source, &reachable, &mut keep);
    for i in empty {
        // What is kept for its line is nothing to run into.
        keep[i] = keep[i + 1..target(&unit, &unit.code[i])].contains(&true);
    }
    compact(&mut unit, &keep);
    let encoded = encode(&unit, source)?;
    build(unit, encoded, source, table)
}

/// A jump to an unconditional jump goes to the latter's target.
fn thread_jumps(unit: &mut Unit<'_>) {
    for i in 0..unit.code.len() {
        let ins = unit.code[i];
        if ins.label == NO_LABEL {
            continue;
        }
        let mut label = ins.label;
        let mut op = ins.op;
        for _ in 0..8 {
            let target = unit.labels[label as usize] as usize;
            let Some(next) = unit.code.get(target) else { break };
            match next.op {
                Op::Jump if next.label != label => label = next.label,
                // Going backward must poll, which only these two can.
                Op::LoopBack if matches!(op, Op::Jump | Op::LoopBack) && next.label != label => {
                    label = next.label;
                    op = Op::LoopBack;
                }
                _ => break,
            }
        }
        unit.code[i].label = label;
        unit.code[i].op = op;
    }
}

/// The line of an instruction; None if it has none of its own.
fn line(unit: &Unit<'_>, source: &Source<'_>, i: usize) -> Option<u32> {
    let range = unit.code.get(i)?.range;
    (!is_synthetic(range)).then(|| source.line(range.start()))
}

/// The return at the end belongs to the line from which it is reached: a copy for each.
fn end_lines(unit: &mut Unit<'_>, source: &Source<'_>) {
    let Some(end) = unit.end.filter(|&end| unit.code[end].op == Op::ReturnConst) else { return };
    let falls = end > 0 && !unit.code[end - 1].op.info().flags.has(Flags::END);
    let jumps: Vec<usize> = (0..unit.code.len())
        .filter(|&i| unit.code[i].label != NO_LABEL && target(unit, &unit.code[i]) == end)
        .collect();
    let first = if falls { Some(end - 1) } else { jumps.first().copied() };
    let Some(range) = first.map(|i| unit.code[i].range) else { return };
    unit.code[end].range = range;
    let mut copies: Vec<(Option<u32>, u32)> = vec![(line(unit, source, end), NO_LABEL)];
    for i in jumps {
        let at = line(unit, source, i);
        let label = match copies.iter().find(|(line, _)| *line == at) {
            Some(&(_, NO_LABEL)) => continue,
            Some(&(_, label)) => label,
            None => {
                let label = unit.labels.len() as u32;
                unit.labels.push(unit.code.len() as u32);
                let copy = Ins { range: unit.code[i].range, ..unit.code[end] };
                unit.code.push(copy);
                copies.push((at, label));
                label
            }
        };
        unit.code[i].label = label;
    }
}

/// Keeps what does nothing where a line would be lost otherwise: tracers are told of lines by their instructions.
fn keep_lines(unit: &Unit<'_>, source: &Source<'_>, reachable: &[bool], keep: &mut [bool]) {
    let mut before = None;
    for i in 0..unit.code.len() {
        let ins = &unit.code[i];
        let idle = ins.op == Op::Nop && reachable[i] && !keep[i];
        if idle
            && let Some(own) = line(unit, source, i)
            && before.and_then(|b| line(unit, source, b)) != Some(own)
        {
            let next = (i + 1..keep.len()).find(|&j| keep[j] || reachable[j] && unit.code[j].op == Op::Nop);
            keep[i] = next.and_then(|j| line(unit, source, j)) != Some(own);
        }
        if keep[i] {
            before = (!ins.op.info().flags.has(Flags::END)).then_some(i);
        }
    }
}

fn target(unit: &Unit<'_>, ins: &Ins) -> usize {
    unit.labels[ins.label as usize] as usize
}

/// Instructions that can be executed.
fn reachable(unit: &Unit<'_>) -> Vec<bool> {
    let n = unit.code.len();
    let mut seen = vec![false; n];
    let mut work = vec![0usize];
    let mut handled = vec![false; unit.regions.len()];
    loop {
        while let Some(mut i) = work.pop() {
            while i < n && !seen[i] {
                seen[i] = true;
                let ins = &unit.code[i];
                if ins.label != NO_LABEL {
                    work.push(target(unit, ins));
                }
                if ins.op.info().flags.has(Flags::END) {
                    break;
                }
                i += 1;
            }
        }
        for (region, done) in unit.regions.iter().zip(&mut handled) {
            let live = |&(start, end): &(u32, u32)| seen[start as usize..end as usize].contains(&true);
            if !*done && region.ranges.iter().any(live) {
                *done = true;
                work.push(unit.labels[region.target.0 as usize] as usize);
            }
        }
        if work.is_empty() {
            return seen;
        }
    }
}

/// Drops `check_bound` where the local is certainly bound, and clearing of comprehension variables nobody checks.
fn drop_checks(unit: &Unit<'_>, reachable: &[bool], keep: &mut [bool]) {
    if !unit.code.iter().any(|i| i.op == Op::CheckBound) {
        drop_clears(unit, keep);
        return;
    }
    let n = unit.code.len();
    let mut at_label: Vec<Option<RegSet>> = vec![None; unit.labels.len()];
    let mut labels_at: Vec<Vec<u32>> = vec![Vec::new(); n + 1];
    for (label, &at) in unit.labels.iter().enumerate() {
        labels_at[at as usize].push(label as u32);
    }
    // Regions by start; those that are active are kept in a list.
    let mut starts: Vec<Vec<(usize, u32)>> = vec![Vec::new(); n + 1];
    for (r, region) in unit.regions.iter().enumerate() {
        for &(start, end) in &region.ranges {
            starts[start as usize].push((r, end));
        }
    }
    let arguments = unit.argcounts[0] as usize + unit.argcounts[2] as usize + extra_args(unit);
    let entry = RegSet::first(if unit.gathered > 0 { 0 } else { arguments as u16 });
    let mut before: Vec<Option<RegSet>> = vec![None; n];
    loop {
        let mut changed = false;
        let mut join = |slot: &mut Option<RegSet>, set: &RegSet| {
            let new = slot.map_or(*set, |old| old.meet(set));
            if *slot != Some(new) {
                *slot = Some(new);
                changed = true;
            }
        };
        let mut state = Some(entry);
        let mut active: Vec<(usize, u32)> = Vec::new();
        for i in 0..n {
            for &label in &labels_at[i] {
                if let Some(set) = &state {
                    join(&mut at_label[label as usize], set);
                }
                // Several labels may stand here; all of them end up with the same set.
                state = match (state, at_label[label as usize]) {
                    (Some(a), Some(b)) => Some(a.meet(&b)),
                    (a, b) => a.or(b),
                };
            }
            active.retain(|&(_, end)| end as usize > i);
            active.extend(&starts[i]);
            if !reachable[i] {
                continue;
            }
            let Some(mut set) = state else { continue };
            before[i] = Some(set);
            let ins = &unit.code[i];
            for &(r, _) in &active {
                join(&mut at_label[unit.regions[r].target.0 as usize], &set);
            }
            let mut jumped = RegSet::NONE;
            apply(ins, &mut set, &mut jumped);
            if ins.label != NO_LABEL {
                let mut taken = set;
                (0..256).filter(|&r| jumped.has(r)).for_each(|r| taken.insert(r));
                join(&mut at_label[ins.label as usize], &taken);
            }
            state = if ins.op.info().flags.has(Flags::END) { None } else { Some(set) };
        }
        if !changed {
            break;
        }
    }
    for (i, ins) in unit.code.iter().enumerate() {
        if ins.op == Op::CheckBound && before[i].is_some_and(|s| s.has(ins.a as u16)) {
            keep[i] = false;
        }
    }
    drop_clears(unit, keep);
}

/// The start of a comprehension clears its variables for the sake of checks; without checks it need not.
fn drop_clears(unit: &Unit<'_>, keep: &mut [bool]) {
    let mut checked = RegSet::NONE;
    for (i, ins) in unit.code.iter().enumerate() {
        if keep[i] && matches!(ins.op, Op::CheckBound | Op::MakeCell | Op::DeleteLocal) {
            checked.insert(ins.a as u16);
        }
    }
    for (i, ins) in unit.code.iter().enumerate() {
        if ins.op == Op::Clear && ins.x != AT_END && ins.a as u16 >= unit.hidden_from && (ins.a as u16) < unit.nlocals()
        {
            keep[i] &= checked.has(ins.a as u16);
        }
    }
}

fn extra_args(unit: &Unit<'_>) -> usize {
    unit.flags.has(CodeFlags::VARARGS) as usize + unit.flags.has(CodeFlags::VARKEYWORDS) as usize
}

/// Effect of an instruction on the set of registers that hold values.
fn apply(ins: &Ins, set: &mut RegSet, jumped: &mut RegSet) {
    let operands = Operands { op: ins.op, a: ins.a, b: ins.b, c: ins.c, x: ins.x as u16 };
    effects(operands, |effect| match effect {
        Effect::Read(_) | Effect::ReadMaybe(_) => {}
        Effect::Bound(r) | Effect::Write(r) => set.insert(r),
        Effect::WriteMaybe(r) | Effect::Clear(r) | Effect::Kill(r) => set.remove(r),
        Effect::KillFrom(r) => set.remove_from(r),
        Effect::JumpWrite(r) => jumped.insert(r),
    });
}

/// Drops jumps to the next instruction.
fn drop_empty_jumps(unit: &Unit<'_>, keep: &mut [bool]) -> Vec<usize> {
    let mut dropped = Vec::new();
    for (i, ins) in unit.code.iter().enumerate() {
        if ins.op == Op::Jump && keep[i] {
            let to = target(unit, ins);
            if to > i && !keep[i + 1..to].contains(&true) {
                keep[i] = false;
                dropped.push(i);
            }
        }
    }
    dropped
}

/// Removes instructions, moving labels and regions.
fn compact(unit: &mut Unit<'_>, keep: &[bool]) {
    let mut index = Vec::with_capacity(keep.len() + 1);
    let mut n = 0u32;
    for &k in keep {
        index.push(n);
        n += k as u32;
    }
    index.push(n);
    for label in &mut unit.labels {
        *label = index[*label as usize];
    }
    for region in &mut unit.regions {
        for (start, end) in &mut region.ranges {
            (*start, *end) = (index[*start as usize], index[*end as usize]);
        }
        region.ranges.retain(|(start, end)| start < end);
    }
    let mut flags = keep.iter();
    unit.code.retain(|_| flags.next().copied().unwrap_or(false));
}

struct Encoded {
    words: Vec<u32>,
    caches: u16,
    /// Word index per instruction, and of the end.
    offsets: Vec<u32>,
    positions: PositionTable,
}

fn encode(unit: &Unit<'_>, source: &Source<'_>) -> Result<Encoded> {
    let n = unit.code.len();
    let mut long = vec![false; n];
    let mut offsets = vec![0u32; n + 1];
    loop {
        let mut at = 0u32;
        for (i, ins) in unit.code.iter().enumerate() {
            offsets[i] = at;
            at += ins.op.words() as u32 + if long[i] { long_extra(ins.op) } else { 0 };
        }
        offsets[n] = at;
        let mut changed = false;
        for (i, ins) in unit.code.iter().enumerate() {
            if ins.label == NO_LABEL || long[i] || ins.op.info().a == Role::Jump24 {
                continue;
            }
            let distance = offsets[target(unit, ins)] as i64 - offsets[i] as i64 - ins.op.words() as i64;
            if i16::try_from(distance).is_err() {
                long[i] = true;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    if offsets[n] >= 1 << 23 {
        return Err(Error::too_big("function too long"));
    }
    let mut words = Vec::with_capacity(offsets[n] as usize);
    let mut caches = 0u16;
    let mut runs = Vec::with_capacity(n);
    let mut last = None;
    let entered = entered(unit);
    for (i, ins) in unit.code.iter().enumerate() {
        let start = words.len();
        let to = if ins.label == NO_LABEL { 0 } else { offsets[target(unit, ins)] as i64 };
        encode_one(ins, to, long[i], &mut words, &mut caches)?;
        let position = match last {
            Some((range, position)) if range == ins.range => position,
            // The return at the end belongs to the statement before it, if that alone leads there.
            Some((_, position)) if is_synthetic(ins.range) && is_return(ins) && !entered[i] => position,
            // An empty module.
            None if ins.op == Op::ReturnConst => source.position(ins.range),
            _ if is_synthetic(ins.range) => Position::default(),
            _ => source.position(ins.range),
        };
        last = Some((ins.range, position));
        runs.push(((words.len() - start) as u32, position));
    }
    Ok(Encoded { words, caches, offsets, positions: PositionTable::encode(runs) })
}

fn is_return(ins: &Ins) -> bool {
    matches!(ins.op, Op::ReturnConst | Op::ReturnValue)
}

/// The instructions that something else than the one before them leads to.
fn entered(unit: &Unit<'_>) -> Vec<bool> {
    let mut entered = vec![false; unit.code.len()];
    for (i, ins) in unit.code.iter().enumerate() {
        if ins.label != NO_LABEL
            && let Some(e) = entered.get_mut(target(unit, ins))
        {
            *e = true;
        }
        if ins.op.info().flags.has(Flags::END)
            && let Some(e) = entered.get_mut(i + 1)
        {
            *e = true;
        }
    }
    entered
}

/// Whether an instruction stands for nothing in the source.
fn is_synthetic(range: ruff_text_size::TextRange) -> bool {
    range.is_empty() && range.start().to_u32() == 0
}

/// Words that a jump too far for its operand takes in addition.
fn long_extra(op: Op) -> u32 {
    if inverse(op) == op { 2 } else { 1 }
}

/// Encodes one instruction; a jump too far for its operand becomes an inverted jump over a long one, or, where there is no
/// inverse, a jump to a long one.
fn encode_one(ins: &Ins, to: i64, long: bool, words: &mut Vec<u32>, caches: &mut u16) -> Result {
    let info = ins.op.info();
    let mut op = ins.op;
    let length = op.words() as i64;
    let here = words.len() as i64;
    let mut distance = to - here - length;
    if long {
        op = inverse(op);
        distance = 1;
    }
    if info.a == Role::Jump24 {
        words.push(Word::jump24(op, distance as i32).0);
        return Ok(());
    }
    if info.b == Role::Jump16 {
        words.push(Word::wide(op, ins.a, distance as i16 as u16).0);
    } else {
        // An empty group of registers has no first one; name one that exists.
        let empty = ins.c == 0 && matches!(info.span, Span::List | Span::Pairs);
        words.push(Word::abc(op, ins.a, if empty { ins.a } else { ins.b }, ins.c).0);
    }
    let mut x = ins.x;
    match info.second {
        Second::No => {}
        Second::ConstWide => words.push(x),
        second => {
            if matches!(second, Second::JumpCache | Second::Jump) {
                x = distance as i16 as u16 as u32;
            }
            let Ok(x) = u16::try_from(x) else { return Err(Error::too_big("too many names")) };
            let mut cache = NO_CACHE;
            if second.has_cache() && *caches < NO_CACHE - 1 {
                cache = *caches;
                *caches += 1;
            }
            words.push(Word::second(x, cache).0);
        }
    }
    if long {
        if op == ins.op {
            words.push(Word::jump24(Op::Jump, 1).0);
        }
        let distance = to - words.len() as i64 - 1;
        let op = if distance < 0 { Op::LoopBack } else { Op::Jump };
        words.push(Word::jump24(op, distance as i32).0);
    }
    Ok(())
}

fn build(unit: Unit<'_>, encoded: Encoded, source: &Source<'_>, table: &SymbolTable) -> Result<Arc<Code>> {
    let arc = |n: &Name| -> Arc<str> { Arc::from(n.as_str()) };
    let mut handlers: Vec<(u32, Handler)> = Vec::new();
    for region in &unit.regions {
        for &(start, end) in &region.ranges {
            handlers.push((
                region.depth,
                Handler {
                    start: encoded.offsets[start as usize],
                    end: encoded.offsets[end as usize],
                    target: encoded.offsets[unit.labels[region.target.0 as usize] as usize],
                    reg: region.reg as u16,
                },
            ));
        }
    }
    handlers.sort_by_key(|(depth, h)| (std::cmp::Reverse(*depth), h.start));
    let scope = &table.scopes[unit.scope];
    let mut cellvars: Vec<(Arc<str>, u16)> = unit
        .varnames
        .iter()
        .filter(|n| scope.has_cell(n.as_str()))
        .filter_map(|n| unit.regs.get(n).map(|&r| (arc(n), r as u16)))
        .collect();
    for (name, reg) in &unit.hidden_cells {
        if !cellvars.iter().any(|(_, r)| *r == *reg as u16) {
            cellvars.push((arc(name), *reg as u16));
        }
    }
    let [argcount, posonlyargcount, kwonlyargcount] = unit.argcounts;
    // One that has not started keeps a note of its maker in the first registers after its locals.
    let note = if unit.flags.has(CodeFlags::COROUTINE) && unit.nlocals() <= 254 { unit.nlocals() + 2 } else { 1 };
    Ok(Arc::new(Code {
        name: arc(&unit.name),
        qualname: unit.qualname.as_str().into(),
        filename: source.filename.clone(),
        firstlineno: unit.firstlineno,
        flags: unit.flags,
        argcount,
        posonlyargcount,
        kwonlyargcount,
        nlocals: unit.nlocals(),
        hidden_from: unit.hidden_from,
        nregs: unit.max.max(note),
        varnames: unit.varnames.iter().map(arc).collect(),
        cellvars: cellvars.into(),
        freevars: unit.freevars.iter().map(arc).collect(),
        big_locals: unit.big_names.iter().map(arc).collect(),
        big_register: unit.big_reg as u16,
        consts: unit.consts.into(),
        names: unit.names.iter().map(arc).collect(),
        instrs: encoded.words.into(),
        ncaches: encoded.caches,
        exceptions: handlers.into_iter().map(|(_, h)| h).collect(),
        positions: encoded.positions,
    }))
}
