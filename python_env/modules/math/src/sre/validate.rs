//! Checks compiled code before the engine runs it: every jump lands inside, every operand is in range. The compiler in the
//! library makes valid code; anything else could lead the engine astray.

use rustpython_sre_engine::{SreAtCode, SreCatCode, SreOpcode as Op};

/// Nesting beyond this is no pattern that the library's parser could produce.
const MAX_DEPTH: usize = 2000;

/// Whether `code` is the code of a pattern with `groups` groups.
pub fn valid(code: &[u32], groups: usize) -> bool {
    match code.split_last() {
        Some((&last, body)) => last == Op::SUCCESS as u32 && (Checker { groups }).body(body, 0).is_some(),
        None => false,
    }
}

struct Checker {
    groups: usize,
}

fn op(code: &[u32], i: usize) -> Option<Op> {
    Op::try_from(*code.get(i)?).ok()
}

fn word(code: &[u32], i: usize) -> Option<usize> {
    code.get(i).map(|&w| w as usize)
}

fn ensure(ok: bool) -> Option<()> {
    ok.then_some(())
}

impl Checker {
    /// Checks a sequence of operations that fills `code`.
    fn body(&self, code: &[u32], depth: usize) -> Option<()> {
        ensure(depth < MAX_DEPTH)?;
        let mut i = 0;
        while i < code.len() {
            i = self.operation(code, i, depth)?;
        }
        Some(())
    }

    /// Where the skip word at `at` leads; it lies inside.
    fn target(&self, code: &[u32], at: usize) -> Option<usize> {
        let to = at.checked_add(word(code, at)?)?;
        (to <= code.len()).then_some(to)
    }

    /// A body that starts at `from` and ends with `last` just before `to`.
    fn block(&self, code: &[u32], from: usize, to: usize, last: &[Op], depth: usize) -> Option<()> {
        let end = to.checked_sub(1).filter(|&end| end >= from)?;
        ensure(last.contains(&op(code, end)?))?;
        self.body(&code[from..end], depth + 1)
    }

    /// Checks the operation at `i`: the place of the next one.
    fn operation(&self, code: &[u32], i: usize, depth: usize) -> Option<usize> {
        match op(code, i)? {
            Op::SUCCESS | Op::FAILURE | Op::ANY | Op::ANY_ALL => Some(i + 1),
            Op::MARK => (word(code, i + 1)? < 2 * self.groups).then_some(i + 2),
            Op::LITERAL
            | Op::NOT_LITERAL
            | Op::LITERAL_IGNORE
            | Op::NOT_LITERAL_IGNORE
            | Op::LITERAL_UNI_IGNORE
            | Op::NOT_LITERAL_UNI_IGNORE
            | Op::LITERAL_LOC_IGNORE
            | Op::NOT_LITERAL_LOC_IGNORE => word(code, i + 1).map(|_| i + 2),
            Op::AT => SreAtCode::try_from(*code.get(i + 1)?).ok().map(|_| i + 2),
            Op::CATEGORY => SreCatCode::try_from(*code.get(i + 1)?).ok().map(|_| i + 2),
            Op::IN | Op::IN_IGNORE | Op::IN_UNI_IGNORE | Op::IN_LOC_IGNORE => {
                let to = self.target(code, i + 1)?;
                self.charset(code.get(i + 2..to)?)?;
                Some(to)
            }
            Op::INFO => self.info(code, i),
            Op::BRANCH => self.branch(code, i, depth),
            Op::REPEAT_ONE | Op::MIN_REPEAT_ONE | Op::POSSESSIVE_REPEAT_ONE => {
                let to = self.target(code, i + 1)?;
                ensure(word(code, i + 2)? <= word(code, i + 3)?)?;
                self.block(code, i + 4, to, &[Op::SUCCESS], depth)?;
                // The engine looks at what follows.
                Some(to)
            }
            Op::REPEAT => {
                let to = self.target(code, i + 1)?;
                ensure(word(code, i + 2)? <= word(code, i + 3)?)?;
                self.body(code.get(i + 4..to)?, depth + 1)?;
                ensure(matches!(op(code, to)?, Op::MAX_UNTIL | Op::MIN_UNTIL))?;
                Some(to + 1)
            }
            Op::POSSESSIVE_REPEAT => {
                let to = self.target(code, i + 1)?;
                ensure(word(code, i + 2)? <= word(code, i + 3)?)?;
                self.body(code.get(i + 4..to)?, depth + 1)?;
                ensure(op(code, to)? == Op::SUCCESS)?;
                Some(to + 1)
            }
            Op::ATOMIC_GROUP => {
                let to = self.target(code, i + 1)?;
                self.block(code, i + 2, to, &[Op::SUCCESS], depth)?;
                Some(to)
            }
            Op::GROUPREF | Op::GROUPREF_IGNORE | Op::GROUPREF_UNI_IGNORE | Op::GROUPREF_LOC_IGNORE => {
                (word(code, i + 1)? < self.groups).then_some(i + 2)
            }
            Op::GROUPREF_EXISTS => self.conditional(code, i, depth),
            Op::ASSERT | Op::ASSERT_NOT => {
                let to = self.target(code, i + 1)?;
                word(code, i + 2)?;
                self.block(code, i + 3, to, &[Op::SUCCESS], depth)?;
                Some(to)
            }
            _ => None,
        }
    }

    /// `BRANCH <skip> alternative JUMP <to the end> <skip> ... 0`
    fn branch(&self, code: &[u32], i: usize, depth: usize) -> Option<usize> {
        let mut at = i + 1;
        let mut end = None;
        loop {
            if word(code, at)? == 0 {
                // An empty branch list cannot be.
                return end.filter(|&end| end == at + 1);
            }
            let to = self.target(code, at)?;
            let jump = to.checked_sub(2).filter(|&jump| jump > at)?;
            ensure(op(code, jump)? == Op::JUMP)?;
            self.body(&code[at + 1..jump], depth + 1)?;
            let lands = self.target(code, jump + 1)?;
            ensure(*end.get_or_insert(lands) == lands)?;
            at = to;
        }
    }

    /// `GROUPREF_EXISTS <group> <skip> yes [JUMP <skip> no]`
    fn conditional(&self, code: &[u32], i: usize, depth: usize) -> Option<usize> {
        ensure(word(code, i + 1)? < self.groups)?;
        // This skip counts from the word before it.
        let to = (i + 1).checked_add(word(code, i + 2)?)?;
        let yes = i + 3;
        ensure(to >= yes && to <= code.len())?;
        // With an alternative the first part ends in a jump over the second.
        if let Some(jump) = to.checked_sub(2).filter(|&jump| jump >= yes)
            && op(code, jump) == Some(Op::JUMP)
            && let Some(end) = self.target(code, jump + 1)
            && end >= to
            && self.body(&code[yes..jump], depth + 1).is_some()
        {
            self.body(&code[to..end], depth + 1)?;
            return Some(end);
        }
        self.body(&code[yes..to], depth + 1)?;
        Some(to)
    }

    /// `INFO <skip> <flags> <min> <max> [<length> <skip> prefix overlap | charset]`
    fn info(&self, code: &[u32], i: usize) -> Option<usize> {
        let to = self.target(code, i + 1)?;
        let flags = word(code, i + 2)?;
        ensure(i + 5 <= to && flags & !7 == 0)?;
        let has_prefix = flags & 1 != 0;
        let has_charset = flags & 4 != 0;
        ensure(!(has_prefix && has_charset) && (has_prefix || flags & 2 == 0))?;
        if has_prefix {
            let (length, skip) = (word(code, i + 5)?, word(code, i + 6)?);
            ensure(length > 0 && skip <= length && i + 7 + 2 * length == to)?;
            ensure(code[i + 7 + length..to].iter().all(|&w| (w as usize) < length))?;
            // The engine goes on behind the skipped literals.
            ensure(to + 2 * skip <= code.len())?;
            for n in 0..skip {
                ensure(op(code, to + 2 * n)? == Op::LITERAL)?;
            }
        }
        if has_charset {
            self.charset(code.get(i + 5..to)?)?;
        }
        Some(to)
    }

    /// A set, ended by FAILURE.
    fn charset(&self, set: &[u32]) -> Option<()> {
        let mut i = 0;
        loop {
            i = match op(set, i)? {
                Op::FAILURE => return ensure(i + 1 == set.len()),
                Op::NEGATE => i + 1,
                Op::LITERAL => i + 2,
                Op::RANGE | Op::RANGE_UNI_IGNORE => i + 3,
                Op::CATEGORY => SreCatCode::try_from(*set.get(i + 1)?).ok().map(|_| i + 2)?,
                Op::CHARSET => i + 1 + 8,
                Op::BIGCHARSET => {
                    let blocks = word(set, i + 1)?;
                    let indices = set.get(i + 2..i + 2 + 64)?;
                    ensure(indices.iter().flat_map(|w| w.to_ne_bytes()).all(|b| usize::from(b) < blocks))?;
                    (i + 2 + 64).checked_add(blocks.checked_mul(8)?)?
                }
                _ => return None,
            };
            ensure(i < set.len())?;
        }
    }
}
