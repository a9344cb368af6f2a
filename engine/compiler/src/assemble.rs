//! From instructions with labels to a code object: unreachable code and needless checks go, jumps are resolved.

use std::sync::Arc;

use engine_code::effects::{Effect, RegSet, effects};
use engine_code::formats::{Gather, Jump};
use engine_code::{Code, CodeFlags, Flags, Handler, Instruction, Position, PositionTable};
use ruff_python_ast::name::Name;

use crate::errors::{Error, Result};
use crate::expr::inverse;
use crate::source::Source;
use crate::symtable::SymbolTable;
use crate::unit::{Ins, NO_LABEL, Unit};

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
    let of_pair = |i: usize| matches!(unit.code[i].instruction, Instruction::ForPair(_));
    let idle = |i: usize| is_nop(&unit.code[i]) && (i == 0 || !of_pair(i - 1));
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
        let (mut label, mut jump) = (ins.label, ins.instruction);
        for _ in 0..8 {
            let target = unit.labels[label as usize] as usize;
            let Some(next) = unit.code.get(target) else { break };
            match (next.instruction, jump) {
                (Instruction::Jump(_), _) if next.label != label => label = next.label,
                // Going backward must poll, which only these two can.
                (Instruction::LoopBack(to), Instruction::Jump(_) | Instruction::LoopBack(_)) if next.label != label => {
                    label = next.label;
                    jump = Instruction::LoopBack(to);
                }
                _ => break,
            }
        }
        unit.code[i].label = label;
        unit.code[i].instruction = jump;
    }
}

fn is_nop(ins: &Ins) -> bool {
    matches!(ins.instruction, Instruction::Nop(_))
}

fn ends(ins: &Ins) -> bool {
    ins.instruction.op().info().flags.has(Flags::END)
}

/// The line of an instruction; None if it has none of its own.
fn line(unit: &Unit<'_>, source: &Source<'_>, i: usize) -> Option<u32> {
    let range = unit.code.get(i)?.range;
    (!is_synthetic(range)).then(|| source.line(range.start()))
}

/// The return at the end belongs to the line from which it is reached: a copy for each.
fn end_lines(unit: &mut Unit<'_>, source: &Source<'_>) {
    let Some(end) = unit.end.filter(|&end| matches!(unit.code[end].instruction, Instruction::ReturnConst(_))) else {
        return;
    };
    let falls = end > 0 && !ends(&unit.code[end - 1]);
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
        let idle = is_nop(ins) && reachable[i] && !keep[i];
        if idle
            && let Some(own) = line(unit, source, i)
            && before.and_then(|b| line(unit, source, b)) != Some(own)
        {
            let next = (i + 1..keep.len()).find(|&j| keep[j] || reachable[j] && is_nop(&unit.code[j]));
            keep[i] = next.and_then(|j| line(unit, source, j)) != Some(own);
        }
        if keep[i] {
            before = (!ends(ins)).then_some(i);
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
                if ends(ins) {
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
    if !unit.code.iter().any(|i| matches!(i.instruction, Instruction::CheckBound(_))) {
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
            state = if ends(ins) { None } else { Some(set) };
        }
        if !changed {
            break;
        }
    }
    for (i, ins) in unit.code.iter().enumerate() {
        if let Instruction::CheckBound(check) = ins.instruction
            && before[i].is_some_and(|s| s.has(check.local as u16))
        {
            keep[i] = false;
        }
    }
    drop_clears(unit, keep);
}

/// The start of a comprehension clears its variables for the sake of checks; without checks it need not.
fn drop_clears(unit: &Unit<'_>, keep: &mut [bool]) {
    let mut checked = RegSet::NONE;
    for (n, ins) in unit.code.iter().enumerate() {
        match ins.instruction {
            Instruction::CheckBound(i) | Instruction::DeleteLocal(i) if keep[n] => checked.insert(i.local as u16),
            Instruction::MakeCell(i) if keep[n] => checked.insert(i.cell as u16),
            _ => {}
        }
    }
    for (i, ins) in unit.code.iter().enumerate() {
        if let Instruction::Clear(clear) = ins.instruction
            && !ins.stays
            && (unit.hidden_from..unit.nlocals()).contains(&(clear.dst as u16))
        {
            keep[i] &= checked.has(clear.dst as u16);
        }
    }
}

fn extra_args(unit: &Unit<'_>) -> usize {
    unit.flags.has(CodeFlags::VARARGS) as usize + unit.flags.has(CodeFlags::VARKEYWORDS) as usize
}

/// Effect of an instruction on the set of registers that hold values.
fn apply(ins: &Ins, set: &mut RegSet, jumped: &mut RegSet) {
    effects(ins.instruction.operands(), |effect| match effect {
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
        if matches!(ins.instruction, Instruction::Jump(_)) && keep[i] {
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
            at += (ins.instruction.words() + if long[i] { long_extra(ins.instruction) } else { 0 }) as u32;
        }
        offsets[n] = at;
        let mut changed = false;
        for (i, ins) in unit.code.iter().enumerate() {
            if ins.label == NO_LABEL || long[i] || is_plain_jump(ins) {
                continue;
            }
            let next = offsets[i] as i64 + ins.instruction.words() as i64;
            if ins.instruction.encode_jump(offsets[target(unit, ins)] as i64 - next).is_none() {
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
    let mut runs = Vec::with_capacity(n);
    let mut last = None;
    let entered = entered(unit);
    for (i, ins) in unit.code.iter().enumerate() {
        let start = words.len();
        let to = if ins.label == NO_LABEL { 0 } else { offsets[target(unit, ins)] as i64 };
        encode_one(ins, to, long[i], &mut words)?;
        let position = match last {
            Some((range, position)) if range == ins.range => position,
            // The return at the end belongs to the statement before it, if that alone leads there.
            Some((_, position)) if is_synthetic(ins.range) && is_return(ins) && !entered[i] => position,
            // An empty module.
            None if matches!(ins.instruction, Instruction::ReturnConst(_)) => source.position(ins.range),
            _ if is_synthetic(ins.range) => Position::default(),
            _ => source.position(ins.range),
        };
        last = Some((ins.range, position));
        runs.push(((words.len() - start) as u32, position));
    }
    Ok(Encoded { words, offsets, positions: PositionTable::encode(runs) })
}

fn is_return(ins: &Ins) -> bool {
    matches!(ins.instruction, Instruction::ReturnConst(_) | Instruction::ReturnValue(_))
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
        if ends(ins)
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

/// Whether it can go anywhere in a function.
fn is_plain_jump(ins: &Ins) -> bool {
    matches!(ins.instruction, Instruction::Jump(_) | Instruction::LoopBack(_))
}

/// Words that a jump too far for its operand takes in addition.
fn long_extra(jump: Instruction) -> usize {
    if inverse(jump).is_none() { 2 } else { 1 }
}

/// Encodes one instruction; a jump too far for its operand becomes an inverted jump over a long one, or, where there is no
/// inverse, a jump to a long one.
fn encode_one(ins: &Ins, to: i64, long: bool, words: &mut Vec<u32>) -> Result {
    let put = |words: &mut Vec<u32>, i: Instruction, to: i64| {
        let length = i.words();
        let next = words.len() as i64 + length as i64;
        let encoded = i.encode_jump(to - next).ok_or_else(|| Error::too_big("function too long"))?;
        words.extend(&encoded[..length]);
        Ok(())
    };
    if !long {
        return put(words, not_beyond(ins.instruction), to);
    }
    let over = |jump: Instruction, words: &[u32], n: usize| (words.len() + jump.words() + n) as i64;
    match inverse(ins.instruction) {
        Some(other) => {
            let behind = over(other, words, 1);
            put(words, other, behind)?;
        }
        None => {
            // To the jump behind the next, which leads over it.
            let taken = over(ins.instruction, words, 1);
            put(words, ins.instruction, taken)?;
            let behind = words.len() as i64 + 2;
            put(words, Instruction::Jump(Jump { target: 0 }), behind)?;
        }
    }
    let jump = Jump { target: 0 };
    let backward = to <= words.len() as i64;
    put(words, if backward { Instruction::LoopBack(jump) } else { Instruction::Jump(jump) }, to)
}

/// An empty group of registers has no first one; one that exists is named.
fn not_beyond(i: Instruction) -> Instruction {
    use Instruction::*;
    match i {
        BuildTuple(g) if g.count == 0 => BuildTuple(Gather { first: g.dst, ..g }),
        BuildList(g) if g.count == 0 => BuildList(Gather { first: g.dst, ..g }),
        BuildSet(g) if g.count == 0 => BuildSet(Gather { first: g.dst, ..g }),
        BuildMap(g) if g.count == 0 => BuildMap(Gather { first: g.dst, ..g }),
        BuildString(g) if g.count == 0 => BuildString(Gather { first: g.dst, ..g }),
        other => other,
    }
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
    let mut cellvars: Vec<(Arc<str>, u16)> = unit.own_cells(scope).map(|(n, r)| (arc(n), r as u16)).collect();
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
        exceptions: handlers.into_iter().map(|(_, h)| h).collect(),
        positions: encoded.positions,
    }))
}
