//! Looks over the objects of a context's blocks, for tools: which there are, and which refer to given ones. Objects that
//! other contexts have made are not seen.

use std::collections::HashSet;

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

    /// The objects in this context's blocks that Python can see. Garbage that no collection has found yet is among them.
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
