//! What a bounded cache of results keeps, and in which order it was used: one protocol over a dict and a list of links.
//!
//! A *generation* is a dict of keys to links, the links' order of use, and how many places of the cache are taken. Clearing a
//! cache gives its wrapper a new generation; whoever is in the middle of a call goes on with the one that it began with, so that
//! nothing that was computed before the clearing is found after it, and dict and order never disagree for longer than a call.
//!
//! A place is taken before its key goes into the dict and given back after the key has left it, so that the dict never holds more
//! than the cache may. The order changes only under the generation's lock, in which no Python code runs; the dict is asked
//! outside of it, since keys may have an `__eq__` of their own. A link may therefore leave the order while somebody holds it: its
//! slot `LISTED` tells.
//!
//! `loom_tests` checks this file as it is.

use engine::objects::{Dict, Obj, int};
use engine::{Ctx, Raised};
use proto_core::sync::broken;
use proto_core::{Heap, Value};

/// Slots of a generation.
const DICT: usize = 0;
const NEWEST: usize = 1;
const OLDEST: usize = 2;
const TAKEN: usize = 3;

/// Slots of a link.
const NEWER: usize = 0;
const OLDER: usize = 1;
const KEY: usize = 2;
const RESULT: usize = 3;
const LISTED: usize = 4;
const HASH: usize = 5;

/// What the slots of a new generation hold, its dict first.
pub const fn generation(dict: Value) -> [Value; 4] {
    [dict, Value::EMPTY, Value::EMPTY, Value::small(0)]
}

/// What the slots of a new link hold.
pub fn link(heap: &Heap, key: Value, hash: i64, result: Value) -> [Value; 6] {
    [Value::EMPTY, Value::EMPTY, key, result, Value::FALSE, int::from_i64(heap, hash)]
}

/// A generation of a cache.
#[derive(Copy, Clone)]
pub struct Generation(Obj);

impl Generation {
    /// The one that is in slot `slot` of its wrapper.
    pub fn of(heap: &Heap, wrapper: Obj, slot: usize) -> Option<Generation> {
        Obj::of(wrapper.slot(heap, slot)).map(Generation)
    }

    /// Makes a new generation the wrapper's.
    pub fn replace(heap: &Heap, wrapper: Obj, slot: usize, new: Obj) {
        if heap.is_shared(wrapper.value()) {
            heap.promote(new.value());
        }
        heap.lock(wrapper.value(), |heap| wrapper.set_slot(heap, slot, new.value()));
    }

    /// The object that it is.
    pub fn object(self) -> Obj {
        self.0
    }

    /// Keys to links; of an unbounded cache, keys to results.
    pub fn dict(self, heap: &Heap) -> Option<Dict> {
        Dict::of(self.0.slot(heap, DICT))
    }

    /// The result for the key, which becomes the last one used.
    pub fn find(self, cx: &mut Ctx, key: Value, hash: i64) -> Result<Option<Value>, Raised> {
        let Some(dict) = self.dict(cx) else { return Ok(None) };
        let Some(link) = dict.get_hashed(cx, key, hash)?.and_then(Obj::of) else { return Ok(None) };
        self.touch(cx, link);
        Ok(Some(link.slot(cx, RESULT)))
    }

    /// Makes `link` the newest, unless it has left the order.
    fn touch(self, heap: &Heap, link: Obj) {
        if self.0.slot(heap, NEWEST) == link.value() {
            return;
        }
        heap.lock(self.0.value(), |heap| {
            let listed = link.slot(heap, LISTED) == Value::TRUE || broken("lru_asks_whether_listed");
            if listed && self.0.slot(heap, NEWEST) != link.value() {
                self.unlink(heap, link);
                self.push_newest(heap, link);
            }
        });
    }

    /// Keeps the result of a new link, in the place of the one that was used longest ago if there are `max`. It is not kept if
    /// somebody else has stored the key meanwhile, or while others are about to store in all places that there are.
    pub fn keep(self, cx: &mut Ctx, link: Obj, max: i64) -> Result<(), Raised> {
        let Some(dict) = self.dict(cx) else { return Ok(()) };
        let (key, hash) = (link.slot(cx, KEY), hash_of(cx, link));
        if dict.get_hashed(cx, key, hash)?.is_some() {
            return Ok(());
        }
        match self.take_place(cx, max) {
            Place::Free => {}
            Place::None => return Ok(()),
            Place::Of(oldest) => {
                let (old_key, old_hash) = (oldest.slot(cx, KEY), hash_of(cx, oldest));
                if let Err(e) = dict.remove_entry_hashed(cx, old_key, old_hash) {
                    // An `__eq__` has raised: it stays, as the oldest.
                    cx.lock(self.0.value(), |heap| self.push_oldest(heap, oldest));
                    return Err(e);
                }
            }
        }
        let stored = dict.set_default_hashed(cx, key, hash, link.value());
        cx.lock(self.0.value(), |heap| match stored {
            Ok(v) if v == link.value() => self.push_newest(heap, link),
            // Somebody else was faster, or the key could not be compared.
            _ => self.count(heap, -1),
        });
        stored.map(drop)
    }

    fn count(self, heap: &Heap, change: i64) {
        let taken = self.0.slot_int(heap, TAKEN) + change;
        self.0.set_slot(heap, TAKEN, Value::from_usize(usize::try_from(taken).unwrap_or(0)));
    }

    /// Takes a place for a new link. The oldest link leaves the order for it if there is no free one.
    fn take_place(self, heap: &Heap, max: i64) -> Place {
        heap.lock(self.0.value(), |heap| {
            if self.0.slot_int(heap, TAKEN) < max || broken("lru_takes_its_place") {
                self.count(heap, 1);
                return Place::Free;
            }
            match Obj::of(self.0.slot(heap, OLDEST)) {
                Some(oldest) => {
                    self.unlink(heap, oldest);
                    Place::Of(oldest)
                }
                None => Place::None,
            }
        })
    }

    /// Takes `link` out of the order. The generation is locked.
    fn unlink(self, heap: &Heap, link: Obj) {
        let (newer, older) = (link.slot(heap, NEWER), link.slot(heap, OLDER));
        match Obj::of(newer) {
            Some(n) => n.set_slot(heap, OLDER, older),
            None => self.0.set_slot(heap, NEWEST, older),
        }
        match Obj::of(older) {
            Some(n) => n.set_slot(heap, NEWER, newer),
            None => self.0.set_slot(heap, OLDEST, newer),
        }
        // An old link that has left would keep all that came after it alive until a full collection.
        link.set_slot(heap, NEWER, Value::EMPTY);
        link.set_slot(heap, OLDER, Value::EMPTY);
        link.set_slot(heap, LISTED, Value::FALSE);
    }

    /// Puts `link` at the newest end. The generation is locked.
    fn push_newest(self, heap: &Heap, link: Obj) {
        let newest = self.0.slot(heap, NEWEST);
        link.set_slot(heap, NEWER, Value::EMPTY);
        link.set_slot(heap, OLDER, newest);
        match Obj::of(newest) {
            Some(n) => n.set_slot(heap, NEWER, link.value()),
            None => self.0.set_slot(heap, OLDEST, link.value()),
        }
        self.0.set_slot(heap, NEWEST, link.value());
        link.set_slot(heap, LISTED, Value::TRUE);
    }

    /// Puts `link` at the oldest end. The generation is locked.
    fn push_oldest(self, heap: &Heap, link: Obj) {
        let oldest = self.0.slot(heap, OLDEST);
        link.set_slot(heap, OLDER, Value::EMPTY);
        link.set_slot(heap, NEWER, oldest);
        match Obj::of(oldest) {
            Some(n) => n.set_slot(heap, OLDER, link.value()),
            None => self.0.set_slot(heap, NEWEST, link.value()),
        }
        self.0.set_slot(heap, OLDEST, link.value());
        link.set_slot(heap, LISTED, Value::TRUE);
    }

    /// How many links are in the order, counted from both ends: equal if it is whole.
    #[cfg(model)]
    pub fn listed(self, heap: &Heap) -> (usize, usize) {
        let walk = |from: usize, next: usize| {
            std::iter::successors(Obj::of(self.0.slot(heap, from)), |l| Obj::of(l.slot(heap, next))).take(9).count()
        };
        (walk(NEWEST, OLDER), walk(OLDEST, NEWER))
    }
}

/// The hash of a link's key.
fn hash_of(heap: &Heap, link: Obj) -> i64 {
    int::to_i64(link.slot(heap, HASH)).unwrap_or(0)
}

/// Where a new link may go.
enum Place {
    Free,
    /// Where this one was, which has to leave the dict.
    Of(Obj),
    None,
}
