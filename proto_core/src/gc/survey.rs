//! Looks over the objects of a context's blocks, for tools: which there are, and which refer to given ones. Objects that
//! other contexts have made are not seen.

use std::collections::{HashSet, VecDeque};

use crate::heap::Heap;
use crate::roots::RootVec;
use crate::value::{Kind, Value};

impl Heap {
    /// The objects that an object holds, itself or through its internal buffers and tables; what needs no memory of its
    /// own (small integers, short strings) is not told.
    pub fn referents(&self, of: Value) -> RootVec {
        let mut found = RootVec::new(self);
        let mut open: Vec<u64> = of.kind().map(|_| of.bits()).into_iter().collect();
        let mut seen = HashSet::new();
        while let Some(bits) = open.pop() {
            let holder = Value::raw(bits);
            self.for_each_child(holder, |_, child| match child.kind() {
                None => {}
                Some(Kind::Internal) => open.extend(seen.insert(child.bits()).then_some(child.bits())),
                Some(_) => {
                    found.push(child);
                }
            });
        }
        found
    }

    /// Whether `done` says so of one of the objects that `roots` lead to. It is told of the nearer first, of `most` at most
    /// and of a few only that one large object holds, so a no means nothing.
    pub fn soon_leads_to(&self, roots: &[Value], most: usize, mut done: impl FnMut(Value) -> bool) -> bool {
        /// So many of what one object holds.
        const OF_ONE: usize = 1000;
        let mut seen = HashSet::new();
        let mut open: VecDeque<u64> = VecDeque::new();
        let mut add = |open: &mut VecDeque<u64>, v: Value| {
            if v.kind().is_some() && seen.len() < most && seen.insert(v.bits()) {
                open.push_back(v.bits());
            }
        };
        roots.iter().for_each(|&v| add(&mut open, v));
        while let Some(bits) = open.pop_front() {
            let holder = Value::raw(bits);
            if done(holder) {
                return true;
            }
            let mut told = 0;
            self.for_each_child(holder, |_, child| {
                told += 1;
                if told <= OF_ONE {
                    add(&mut open, child);
                }
            });
        }
        false
    }

    /// The objects in this context's blocks that programs can see. Garbage that no collection has found yet is among them.
    pub fn survey(&self) -> RootVec {
        self.close_windows();
        let mut found = RootVec::new(self);
        self.for_each_object(|v, _| {
            if v.kind() != Some(Kind::Internal) {
                found.push(v);
            }
        });
        found
    }

    /// The objects in this context's blocks that hold one of `targets`, themselves or through their internal buffers
    /// and tables. Takes one walk over the heap, and one more for each level of internal objects.
    pub fn referrers(&self, targets: &[Value]) -> RootVec {
        self.close_windows();
        let mut found = RootVec::new(self);
        let mut seen = HashSet::new();
        let mut wanted: HashSet<u64> = targets.iter().map(|v| v.bits()).collect();
        while !wanted.is_empty() {
            let mut holders = HashSet::new();
            self.for_each_object(|v, _| {
                let mut holds = false;
                self.for_each_child(v, |_, child| holds |= wanted.contains(&child.bits()));
                if !holds || !seen.insert(v.bits()) {
                    return;
                }
                if v.kind() == Some(Kind::Internal) {
                    holders.insert(v.bits());
                } else {
                    found.push(v);
                }
            });
            wanted = holders;
        }
        found
    }
}
