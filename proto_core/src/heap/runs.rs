//! The free runs of blocks.
//!
//! A run that somebody had is *dirty*: it has kept its memory and holds anything. Any other reads as zero and takes no memory. The two
//! are kept apart, however they lie.

use super::block::BLOCK_SHIFT;
use std::collections::BTreeMap;

/// Blocks before and after each multiple of 4 GiB of addresses that nobody gets (but for runs longer than that): a word of a native
/// stack whose halves were written apart, a small number beside what an older pointer left, is an address there, and the
/// collector would take it for a reference.
const GAP: (usize, usize) = if cfg!(model) { (0, 0) } else { (1, 16) };

#[derive(Debug, Default)]
pub(super) struct Runs {
    /// Blocks from here on have never been used.
    pub fresh: usize,
    /// By first block. Neighbours differ in whether they are dirty.
    free: BTreeMap<usize, Free>,
    /// Dirty blocks.
    kept: usize,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
struct Free {
    len: usize,
    /// When a dirty one was last added to, in milliseconds.
    since: Option<u32>,
}

impl Runs {
    /// The gap that a run of `len` blocks from `at` on would touch, where the first block is at the address `base`.
    fn gap(base: usize, at: usize, len: usize) -> Option<(usize, usize)> {
        const FAR: usize = 1 << 32;
        if len > FAR >> BLOCK_SHIFT {
            return None;
        }
        let middle = base / FAR * FAR;
        let below = (base + (at << BLOCK_SHIFT)) / FAR * FAR;
        [below, below + FAR].into_iter().find_map(|edge| {
            // Relative to `base`, but for the multiple below it.
            let edge = ((edge - middle) >> BLOCK_SHIFT) as isize - ((base - middle) >> BLOCK_SHIFT) as isize;
            let (from, to) = (edge - GAP.0 as isize, edge + GAP.1 as isize);
            let touched = from < (at + len) as isize && at < to.max(0) as usize;
            touched.then_some((from.max(0) as usize, to as usize))
        })
    }

    /// Where `len` blocks begin that nobody has used, and which runs before them a gap leaves over.
    fn fresh(&self, base: usize, len: usize) -> (usize, [Option<(usize, usize)>; 2]) {
        let (mut at, mut skipped) = (self.fresh, [None; 2]);
        for skip in &mut skipped {
            let Some((from, to)) = Runs::gap(base, at, len) else { break };
            *skip = (from > at).then_some((at, from - at));
            at = to;
        }
        (at, skipped)
    }

    /// Whether there is a run of `len` blocks that ends before `end`.
    pub fn has_room(&self, base: usize, len: usize, end: usize) -> bool {
        self.fresh(base, len).0.saturating_add(len) <= end || self.find_mixed(len, end).is_some()
    }

    /// Takes `len` blocks that nobody has used and that end before `end`.
    pub fn take_fresh(&mut self, base: usize, len: usize, end: usize) -> Option<usize> {
        let (at, skipped) = self.fresh(base, len);
        if at.saturating_add(len) > end {
            return None;
        }
        for (at, len) in skipped.into_iter().flatten() {
            self.insert(at, len, None);
        }
        self.fresh = at + len;
        Some(at)
    }

    /// Dirty blocks.
    pub fn kept(&self) -> usize {
        self.kept
    }

    /// Takes the free runs at the end of what has been used for such as nobody has used. None may be dirty.
    #[cfg(not(model))]
    pub fn recede(&mut self) {
        while let Some((&at, &Free { len, since: None })) = self.free.last_key_value()
            && at + len == self.fresh
        {
            self.free.remove(&at);
            self.fresh = at;
        }
    }

    fn remove(&mut self, at: usize) -> Option<Free> {
        let run = self.free.remove(&at)?;
        self.kept -= if run.since.is_some() { run.len } else { 0 };
        Some(run)
    }

    /// Adds a free run, dirty since a time or not at all.
    pub fn insert(&mut self, first: usize, len: usize, since: Option<u32>) {
        let (mut at, mut run) = (first, Free { len, since });
        if let Some((&before, &old)) = self.free.range(..first).next_back()
            && before + old.len == first
            && old.since.is_some() == since.is_some()
        {
            self.remove(before);
            (at, run.len) = (before, old.len + len);
        }
        if let Some(&old) = self.free.get(&(first + len))
            && old.since.is_some() == since.is_some()
        {
            self.remove(first + len);
            run.len += old.len;
        }
        self.kept += if since.is_some() { run.len } else { 0 };
        self.free.insert(at, run);
    }

    /// Takes `len` blocks that end before `end` from one free run, a dirty one if there is any; whether they read as zero.
    pub fn take_free(&mut self, len: usize, end: usize) -> Option<(usize, bool)> {
        let fits = |at: usize, run: &Free| run.len >= len && at + len <= end;
        let mut clean = None;
        let mut dirty = None;
        for (&at, run) in self.free.iter().filter(|&(&at, run)| fits(at, run)) {
            if run.since.is_some() {
                dirty = Some(at);
                break;
            }
            clean = clean.or(Some(at));
            if self.kept < len {
                break;
            }
        }
        let at = dirty.or(clean)?;
        let run = self.remove(at)?;
        if run.len > len {
            self.insert(at + len, run.len - len, run.since);
        }
        Some((at, run.since.is_none()))
    }

    /// Where `len` blocks begin that end before `end` and lie in free runs side by side.
    fn find_mixed(&self, len: usize, end: usize) -> Option<usize> {
        let (mut from, mut to) = (0, 0);
        self.free.iter().find_map(|(&at, run)| {
            if at != to {
                from = at;
            }
            to = at + run.len;
            (to - from >= len && from + len <= end).then_some(from)
        })
    }

    /// Takes `len` blocks that end before `end` from free runs side by side; with the dirty ones among them.
    pub fn take_mixed(&mut self, len: usize, end: usize) -> Option<(usize, Vec<(usize, usize)>)> {
        let first = self.find_mixed(len, end)?;
        let (mut at, mut dirty) = (first, Vec::new());
        while at < first + len {
            let run = self.remove(at)?;
            let taken = run.len.min(first + len - at);
            if run.since.is_some() {
                dirty.push((at, taken));
            }
            if taken < run.len {
                self.insert(at + taken, run.len - taken, run.since);
            }
            at += taken;
        }
        Some((first, dirty))
    }

    /// Takes dirty runs: those that were dirty for `ms` or longer at the time `now`, and of the others the oldest, so that no more than
    /// `most` blocks are left.
    pub fn take_dirty(&mut self, most: usize, now: u32, ms: u32) -> Vec<(usize, usize)> {
        let mut dirty: Vec<(u32, usize, usize)> = self
            .free
            .iter()
            .filter_map(|(&at, run)| run.since.map(|since| (now.wrapping_sub(since), at, run.len)))
            .collect();
        dirty.sort_unstable_by(|a, b| b.cmp(a));
        let mut left = self.kept;
        dirty.retain(|&(age, at, len)| {
            let back = age >= ms || left > most;
            if back {
                left -= len;
                self.remove(at);
            }
            back
        });
        dirty.into_iter().map(|(_, at, len)| (at, len)).collect()
    }
}

#[cfg(all(test, not(model)))]
mod tests {
    use super::super::block::BLOCK;
    use super::*;

    const FAR: usize = (1 << 32) / BLOCK;

    /// All that can be had in pieces of `len` blocks.
    fn all(base: usize, len: usize, end: usize) -> (Vec<usize>, Runs) {
        let mut runs = Runs::default();
        let mut got = Vec::new();
        loop {
            let room = runs.fresh(base, len).0 + len <= end;
            let Some(at) = runs.take_fresh(base, len, end) else { break };
            assert!(room, "what is said to have no room is refused");
            got.push(at);
        }
        assert!(runs.fresh(base, len).0 + len > end, "what is said to have room is granted");
        (got, runs)
    }

    #[test]
    fn nobody_gets_what_a_small_number_beside_half_a_pointer_means() {
        for before in [0, 1, 5, 16, 17, 100, FAR - 20, FAR - 1] {
            let base = (7 << 32) + before * BLOCK;
            for len in [1, 3, 40, 1000] {
                let (got, runs) = all(base, len, 3 * FAR);
                let free = runs.free.iter().flat_map(|(&at, run)| at..at + run.len);
                let mut blocks: Vec<usize> = got.iter().flat_map(|&at| at..at + len).chain(free).collect();
                blocks.sort_unstable();
                assert!(blocks.windows(2).all(|w| w[0] < w[1]), "no block twice");
                let means = |at: usize| ((base + at * BLOCK) / BLOCK) % FAR;
                assert!(blocks.iter().all(|&at| means(at) >= GAP.1 && means(at) < FAR - GAP.0));
                let lost = (0..3 * FAR).filter(|&at| means(at) < GAP.1 || means(at) >= FAR - GAP.0).count();
                // Before the last gap and after it there may be too little for one more.
                assert!(blocks.len() + lost + 2 * len > 3 * FAR, "nothing else is lost: {before} {len}");
            }
        }
    }

    #[test]
    fn what_is_longer_than_the_distance_of_gaps_is_still_granted() {
        assert_eq!(all(FAR * BLOCK, 2 * FAR, 5 * FAR).0.len(), 2);
    }

    #[test]
    fn dirty_runs_are_handed_out_first_and_returned_by_age() {
        let mut runs = Runs::default();
        assert_eq!(runs.take_fresh(0, 100, 1000), Some(16));
        runs.insert(16, 10, None);
        runs.insert(30, 10, Some(5));
        runs.insert(50, 20, Some(1));
        assert_eq!((runs.kept(), runs.take_free(10, 1000), runs.kept()), (30, Some((30, false)), 20));
        assert_eq!(runs.take_free(10, 1000), Some((50, false)));
        runs.insert(30, 10, Some(7));
        assert_eq!(runs.take_dirty(usize::MAX, 11, 10), [(60, 10)], "the older one");
        assert_eq!((runs.kept(), runs.take_dirty(10, 11, 10).len()), (10, 0));
        assert_eq!((runs.take_dirty(9, 11, 10), runs.kept()), (vec![(30, 10)], 0));
        assert_eq!(runs.take_free(10, 1000), Some((16, true)));
        assert_eq!(runs.take_free(1, 1000), None);
    }

    #[test]
    fn neighbours_of_both_kinds_make_one_run() {
        let mut runs = Runs::default();
        runs.take_fresh(0, 100, 1000);
        runs.insert(16, 4, None);
        runs.insert(20, 4, Some(1));
        runs.insert(24, 8, None);
        runs.insert(32, 4, Some(1));
        runs.insert(36, 4, Some(2));
        assert!(runs.has_room(0, 24, 100) && !runs.has_room(0, 25, 100));
        assert_eq!(runs.take_free(9, 1000), None);
        assert_eq!(runs.take_mixed(17, 32), None);
        assert_eq!(runs.take_mixed(17, 33), Some((16, vec![(20, 4), (32, 1)])));
        assert_eq!((runs.kept(), runs.take_free(7, 1000)), (7, Some((33, false))));
        assert_eq!(runs.take_mixed(1, 1000), None);
    }
}
