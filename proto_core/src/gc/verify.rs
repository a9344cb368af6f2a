//! The heap verifier: walks everything that a context owns and checks what the rest relies on. It ends the process at the
//! first violation.
//!
//! After each collection and at the transition to sharing ([`Heap::verify`]):
//! - each pointer lands on the start of a live object of the kind it says; weak references, too;
//! - no shared object points at a local one, and no local one at another thread's;
//! - bitmaps agree with headers, and nothing is marked, shared or to be dropped that does not live;
//! - an object has room for the slots of its shape;
//! - blocks belong to their owner, once, and their counts add up to what the heap says lives (after a collection).
//!
//! After a global collection that found records dead ([`verify_records`]): no word of an object names one.
//!
//! Before a minor collection ([`Heap::verify_barrier`]): each old object that points at a young one is remembered.

use crate::cell::header::{self, OLD, REMEMBERED, SHARED};
use crate::cell::layout::{for_each_value_word, load_value, sub};
use crate::context::Context;
use crate::heap::Heap;
use crate::heap::arena::Arena;
use crate::heap::block::{GROUPS, LARGE};
use crate::space::records::Dead;
use crate::space::{ShapeId, ShapeMode, Space};
use crate::sync::Ordering;
use crate::value::{Kind, Value};
use std::collections::HashSet;

/// First slot of an [`Kind::Object`], behind the header and the word for what does not fit.
const OBJECT_SLOTS: usize = 2;

/// When a heap is verified.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// Right after a collection: marks and counts are those of now.
    Collected,
    /// At any other moment at which the context is stopped.
    Between,
}

impl Heap {
    /// Calls `f` with each live object of the context's blocks, and whether it is marked. Windows must be closed.
    pub(crate) fn for_each_object(&self, mut f: impl FnMut(Value, bool)) {
        let (larges, blocks, touched) = (self.larges.borrow(), self.blocks.borrow(), self.touched.borrow());
        let young = touched.iter().filter(|&&b| self.arena.meta(b).class.get() == LARGE);
        for &block in blocks.iter().chain(larges.iter()).chain(young) {
            for_each_in_block(self.space(), block, &mut f);
        }
    }

    pub(crate) fn for_each_child(&self, v: Value, f: impl FnMut(usize, Value)) {
        for_each_child(self.space(), v, f);
    }

    /// Checks all that is listed at the head of this file.
    pub(crate) fn verify(&self, when: When) {
        if when == When::Between {
            self.close_windows();
        }
        debug_assert!(self.cursors.iter().all(|c| c.at.get() >= c.end.get()), "windows are open");
        if let Err(what) = self.check_blocks(when) {
            crate::corrupted(&what);
        }
        self.for_each_object(|v, marked| {
            if let Err(what) = check_object(self.space(), v, Some((self.id.get(), marked, when))) {
                crate::corrupted(&what);
            }
        });
    }

    /// Blocks: owned, listed once, their bitmaps within what lives, their counts right.
    fn check_blocks(&self, when: When) -> Result<(), String> {
        let (larges, blocks, touched) = (self.larges.borrow(), self.blocks.borrow(), self.touched.borrow());
        let (mut seen, mut bytes) = (HashSet::new(), 0);
        let young = touched.iter().filter(|&&b| self.arena.meta(b).class.get() == LARGE);
        for &block in blocks.iter().chain(larges.iter()).chain(young) {
            let meta = self.arena.meta(block);
            let at = || format!("block {block} at {:#x}", self.arena.block_addr(block));
            if !seen.insert(block) {
                return Err(format!("{} is listed twice", at()));
            }
            let owner = meta.owner.load(Ordering::Acquire);
            if owner != self.id.get() {
                return Err(format!("{} is listed by context {} and belongs to {owner}", at(), self.id.get()));
            }
            let live = check_bitmaps(self.arena, block)?;
            if when == When::Collected {
                if meta.live_count.get() != live {
                    return Err(format!("{}: {live} objects live, {} are counted", at(), meta.live_count.get()));
                }
                bytes += live as usize * words_each(self.arena, block) * 8;
            }
        }
        if let Some(b) = self.free_blocks.borrow().iter().find(|&&b| check_bitmaps(self.arena, b) != Ok(0)) {
            return Err(format!("block {b} counts as free and has objects"));
        }
        let counted = self.gc.live_bytes.get();
        if when == When::Collected && bytes != counted {
            return Err(format!("{bytes} bytes live, {counted} are counted"));
        }
        Ok(())
    }

    /// Before a minor collection: each old object that points at a young one is remembered.
    pub(crate) fn verify_barrier(&self) {
        if let Some((parent, i, child)) = self.find_barrier_violation() {
            crate::corrupted(&format!("{parent:?} word {i} -> {child:?}: old to young, not remembered"));
        }
    }

    /// An old object that points at a young one without being remembered.
    pub(crate) fn find_barrier_violation(&self) -> Option<(Value, usize, Value)> {
        let slots = self.gc.remembered_slots.borrow();
        let mut found = None;
        self.for_each_object(|v, marked| {
            // SAFETY: a live object.
            let flags = unsafe { header::flags(v.addr()) }.load(Ordering::Relaxed);
            if !marked || flags & (SHARED | REMEMBERED) != 0 || found.is_some() {
                return;
            }
            self.for_each_child(v, |i, child| {
                if !child.is_ptr() {
                    return;
                }
                let (meta, cell) = self.arena.locate(child.addr());
                let group = &meta.groups[cell >> 6];
                let kept = group.mark.get() | group.shared.load(Ordering::Relaxed);
                if kept >> (cell & 63) & 1 == 0 && !slots.contains(&(v.addr() + i * 8)) {
                    found = Some((v, i, child));
                }
            });
        });
        found
    }
}

impl Space {
    /// With the world stopped and once there is sharing: what the space refers to is shared and lives, and so is what the
    /// objects of finished threads refer to.
    pub(crate) fn verify(&'static self) {
        self.visit_space_roots(&mut |v| {
            if v.is_ptr()
                && let Err(what) = check_reference(self, v, None)
            {
                crate::corrupted(&format!("a root of the space, {v:?}: {what}"));
            }
        });
        let orphans = self.orphans();
        for &block in &orphans {
            if let Err(what) = check_bitmaps(self.arena, block) {
                crate::corrupted(&what);
            }
            for_each_in_block(self, block, &mut |v, _| {
                if let Err(what) = check_object(self, v, None) {
                    crate::corrupted(&format!("of a finished thread: {what}"));
                }
            });
        }
    }
}

/// Checks that nothing that survived a global collection names a record that did not, whose memory is about to go; and that what
/// records, shapes and the table of atoms refer to has survived.
pub(crate) fn verify_records(space: &Space, contexts: &[&Context], dead: &Dead) {
    // While nothing is shared, types are the only context's.
    let only = contexts.first().filter(|_| !space.is_sharing()).map(|cx| cx.heap().id.get());
    let held = |by: &str, v: Value| {
        if v.is_ptr()
            && let Err(what) = check_reference(space, v, only)
        {
            crate::corrupted(&format!("held by {by}, {v:?}: {what}"));
        }
        if !v.is_ptr() && dead.named_by(v.bits()) {
            crate::corrupted(&format!("{v:?}, held by {by}, names a record that was found dead"));
        }
    };
    space.visit_records(&mut |v| held("a record", v));
    space.visit_shapes(&mut |v| held("a shape", v));
    space.atoms().visit(&mut |v| held("the table of atoms", v));
    if dead.is_empty() {
        return;
    }
    let check = |v: Value, _: bool| {
        for_each_child(space, v, |i, word| {
            if !word.is_ptr() && dead.named_by(word.bits()) {
                crate::corrupted(&format!("word {i} of {v:?} names a record that was found dead"));
            }
        });
    };
    for cx in contexts {
        cx.heap().for_each_object(check);
    }
    for block in space.orphans() {
        for_each_in_block(space, block, &mut &check);
    }
}

pub(crate) fn for_each_in_block(space: &Space, block: u32, f: &mut impl FnMut(Value, bool)) {
    let meta = space.arena.meta(block);
    for g in 0..GROUPS {
        let group = &meta.groups[g];
        let mut live = group.live.get();
        while live != 0 {
            let bit = live.trailing_zeros() as usize;
            live &= live - 1;
            let addr = space.arena.block_addr(block) + (g * 64 + bit) * 64;
            // SAFETY: a live object.
            let shape = unsafe { header::shape(addr) }.load(Ordering::Acquire);
            let Some(shape) = space.try_shape(ShapeId(shape)) else {
                crate::corrupted(&format!("object at {addr:#x} has no shape ({shape})"));
            };
            f(Value::cell_at(addr, shape.kind), group.mark.get() >> bit & 1 != 0);
        }
    }
}

fn for_each_child(space: &Space, v: Value, mut f: impl FnMut(usize, Value)) {
    let words = crate::heap::alloc::words_at(space.arena, v.addr());
    // SAFETY: a live object of this kind.
    unsafe {
        for_each_value_word(space.layouts(), v.addr(), v.kind_unchecked(), words, |i| f(i, load_value(v.addr(), i)));
    }
}

/// Words of each object of a block.
fn words_each(arena: &Arena, block: u32) -> usize {
    crate::heap::alloc::words_at(arena, arena.block_addr(block))
}

/// Whether everything that is marked, shared or to be dropped lives; the number of objects.
fn check_bitmaps(arena: &Arena, block: u32) -> Result<u32, String> {
    let meta = arena.meta(block);
    let mut count = 0;
    for (g, group) in meta.groups.iter().enumerate() {
        let live = group.live.get();
        for (what, bits) in [
            ("marked", group.mark.get()),
            ("shared", group.shared.load(Ordering::Relaxed)),
            ("to be dropped", meta.drop[g].get()),
        ] {
            if bits & !live != 0 {
                return Err(format!("block {block} group {g}: {what} {bits:#x} beyond live {live:#x}"));
            }
        }
        if group.gmark.load(Ordering::Relaxed) != 0 {
            return Err(format!("block {block} group {g}: marks of a global collection are left"));
        }
        count += live.count_ones();
    }
    Ok(count)
}

/// What is wrong with an object, if anything. `owner`: its context, whether it is marked, and when; None for an object of a
/// finished thread, which is shared.
fn check_object(space: &Space, v: Value, owner: Option<(u32, bool, When)>) -> Result<(), String> {
    let (meta, cell) = space.arena.locate(v.addr());
    let shared_bit = meta.groups[cell >> 6].shared.load(Ordering::Relaxed) >> (cell & 63) & 1 != 0;
    // SAFETY: a live object.
    let flags = unsafe { header::flags(v.addr()) }.load(Ordering::Relaxed);
    let shared = flags & SHARED != 0;
    if shared != shared_bit {
        return Err(format!("{v:?}: SHARED flag and bitmap disagree"));
    }
    match owner {
        None if !shared => return Err(format!("{v:?} is local and its thread is gone")),
        Some((_, marked, When::Collected)) if !shared => {
            if flags & REMEMBERED != 0 {
                return Err(format!("{v:?} is remembered after a collection"));
            }
            if flags & OLD != 0 && !marked {
                return Err(format!("{v:?} is OLD and not marked"));
            }
        }
        _ => {}
    }
    let id = owner.filter(|_| !shared).map(|o| o.0);
    check_slots(space, v)?;
    // SAFETY: a live object; a WEAK cell's w1 and w2 hold values.
    let weak =
        v.kind_unchecked() == Kind::Internal && unsafe { header::aux(v.addr()) }.load(Ordering::Relaxed) == sub::WEAK;
    let mut wrong = None;
    let mut check = |i: usize, child: Value| {
        if child.is_ptr()
            && wrong.is_none()
            && let Err(what) = check_reference(space, child, id)
        {
            wrong = Some(format!("{v:?} word {i} -> {child:?}: {what}"));
        }
    };
    if weak {
        // SAFETY: as above.
        unsafe { [1, 2].into_iter().for_each(|i| check(i, load_value(v.addr(), i))) };
    } else {
        for_each_child(space, v, check);
    }
    wrong.map_or(Ok(()), Err)
}

/// Whether an object has the words that its shape speaks of.
fn check_slots(space: &Space, v: Value) -> Result<(), String> {
    if v.kind_unchecked() != Kind::Object {
        return Ok(());
    }
    let words = crate::heap::alloc::words_at(space.arena, v.addr());
    // SAFETY: a live object.
    let shape = unsafe { header::shape(v.addr()) }.load(Ordering::Acquire);
    let Some(shape) = space.try_shape(ShapeId(shape)) else { return Err(format!("{v:?} has no shape")) };
    let inline = shape.inline_cap as usize;
    if words < OBJECT_SLOTS + inline {
        return Err(format!("{v:?} has {words} words and a shape with {inline} slots inline"));
    }
    let beyond = (shape.nslots as usize).saturating_sub(inline);
    if beyond == 0 || shape.mode == ShapeMode::DictMode {
        return Ok(());
    }
    // SAFETY: word 1 of an object is a value.
    let extra = unsafe { load_value(v.addr(), 1) };
    if extra.is_ptr()
        && extra.kind_unchecked() == Kind::Internal
        && crate::heap::alloc::words_at(space.arena, extra.addr()) > beyond
    {
        return Ok(());
    }
    Err(format!("{v:?} has a shape with {beyond} slots beyond its own, and {extra:?} for them"))
}

/// What is wrong with a reference, if anything. `local_to`: the context that a local object may belong to.
fn check_reference(space: &Space, child: Value, local_to: Option<u32>) -> Result<(), &'static str> {
    let addr = child.addr();
    if !space.arena.contains(addr) {
        return Err("points outside the heap");
    }
    let (meta, cell) = space.arena.locate(addr);
    if meta.space.load(Ordering::Acquire) != space.id {
        return Err("points into another space");
    }
    if !addr.is_multiple_of(header::CELL) || meta.start_of(cell) != Some(cell) {
        return Err("points into the middle of an object");
    }
    // The owner of a shared object may be running: its allocator changes other bits of the word, never this one.
    if !meta.is_live(cell) {
        return Err("points at a dead object");
    }
    let shared = meta.groups[cell >> 6].shared.load(Ordering::Acquire) >> (cell & 63) & 1 != 0;
    match local_to {
        _ if shared => {}
        None => return Err("a shared object points at a local one"),
        Some(id) if meta.owner.load(Ordering::Acquire) != id => return Err("points at another thread's local object"),
        Some(_) => {}
    }
    // SAFETY: the object lives.
    let shape = unsafe { header::shape(addr) }.load(Ordering::Acquire);
    match space.try_shape(ShapeId(shape)) {
        Some(s) if s.kind == child.kind_unchecked() => Ok(()),
        Some(_) => Err("pointer and object differ in kind"),
        None => Err("no such shape"),
    }
}
