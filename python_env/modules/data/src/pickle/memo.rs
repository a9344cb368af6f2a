//! The pickler's memo: which objects have been written, and under which index.
//!
//! Objects are found by identity. They are kept alive as long as the memo is, since an address may be used again.

use std::sync::{Mutex, MutexGuard, PoisonError};

use engine::prelude::*;

/// Native slot of a pickler with the list of objects that its memo keeps alive.
pub const OBJECTS: usize = 7;
/// Native slot of a pickler with its [`SharedTable`].
pub const TABLE: usize = 8;

/// A hash table from the words of values to indices: open addressing, at most half full.
#[derive(Default, Clone)]
pub struct Table {
    entries: Vec<(u64, u64)>,
    len: usize,
}

/// The word of an unused entry: no object's.
const UNUSED: u64 = Value::EMPTY.bits();
const SMALLEST: usize = 64;

/// Spreads the word of a value.
#[inline]
fn hash(word: u64) -> usize {
    (word.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize
}

impl Table {
    /// Number of entries.
    pub fn len(&self) -> usize {
        self.len
    }

    #[inline]
    fn place(&self, word: u64) -> usize {
        let mask = self.entries.len() - 1;
        let mut i = hash(word) & mask;
        while self.entries[i].0 != word && self.entries[i].0 != UNUSED {
            i = (i + 1) & mask;
        }
        i
    }

    /// The index of an object.
    #[inline]
    pub fn get(&self, v: Value) -> Option<u64> {
        if self.entries.is_empty() {
            return None;
        }
        let (word, index) = self.entries[self.place(v.bits())];
        (word != UNUSED).then_some(index)
    }

    /// Gives an object an index.
    #[inline]
    pub fn set(&mut self, v: Value, index: u64) {
        if self.entries.len() < 2 * (self.len + 1) {
            self.grow();
        }
        let i = self.place(v.bits());
        self.len += usize::from(self.entries[i].0 == UNUSED);
        self.entries[i] = (v.bits(), index);
    }

    #[cold]
    fn grow(&mut self) {
        let size = (self.entries.len() * 4).max(SMALLEST);
        let old = std::mem::replace(&mut self.entries, vec![(UNUSED, 0); size]);
        for (word, index) in old {
            if word != UNUSED {
                let i = self.place(word);
                self.entries[i] = (word, index);
            }
        }
    }
}

/// The memo of a pickler that Python sees, which other threads may ask for meanwhile.
#[derive(Default)]
pub struct SharedTable(Mutex<Table>);

impl SharedTable {
    fn lock(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The memo of `dumps` and `dump`, which nobody else sees: the objects in the order of their indices, and a hash table from
/// their words to these. A collection looks at new objects only.
pub struct Own {
    /// Indices of objects plus one, 0: unused. Open addressing, at most half full.
    places: Vec<u32>,
    /// EMPTY for objects without identity.
    objects: RootVec,
}

impl Own {
    /// The place of a word: where it is, or the unused one where it belongs.
    #[inline]
    fn place(&self, v: Value) -> usize {
        let mask = self.places.len() - 1;
        let mut i = hash(v.bits()) & mask;
        loop {
            match self.places[i] {
                0 => return i,
                n if self.objects[n as usize - 1] == v => return i,
                _ => i = (i + 1) & mask,
            }
        }
    }

    #[inline]
    fn get(&self, v: Value) -> Option<u64> {
        if self.places.is_empty() {
            return None;
        }
        match self.places[self.place(v)] {
            0 => None,
            n => Some(u64::from(n) - 1),
        }
    }

    #[inline]
    fn add(&mut self, v: Value) -> u64 {
        let n = self.objects.len() + 1;
        if self.places.len() < 2 * n {
            self.grow();
        }
        self.objects.push(v);
        if !v.is_empty() {
            let i = self.place(v);
            // 32 GiB of objects: memory ends before the numbers do.
            self.places[i] = n as u32;
        }
        n as u64 - 1
    }

    #[cold]
    fn grow(&mut self) {
        self.places = vec![0; (self.places.len() * 4).max(SMALLEST)];
        let mask = self.places.len() - 1;
        for (n, v) in self.objects.iter().enumerate().filter(|(_, v)| !v.is_empty()) {
            // No two objects have one word.
            let mut i = hash(v.bits()) & mask;
            while self.places[i] != 0 {
                i = (i + 1) & mask;
            }
            self.places[i] = n as u32 + 1;
        }
    }
}

/// The memo of one run.
pub enum Memo {
    /// Of `dumps` and `dump`.
    Own(Own),
    /// Of a pickler.
    Of(Obj),
}

impl Memo {
    /// An empty memo.
    pub fn new(cx: &Ctx) -> Memo {
        Memo::Own(Own { places: Vec::new(), objects: RootVec::new(cx) })
    }

    /// The index of an object.
    #[inline]
    pub fn get(&self, cx: &Ctx, v: Value) -> Option<u64> {
        match self {
            Memo::Own(own) => own.get(v),
            Memo::Of(pickler) => with_table(cx, *pickler, |table, _| table.get(v)),
        }
    }

    /// Gives an object the next index.
    #[inline]
    pub fn add(&mut self, cx: &Ctx, v: Value) -> u64 {
        match self {
            Memo::Own(own) => own.add(v),
            Memo::Of(pickler) => with_table(cx, *pickler, |table, objects| {
                let index = table.len() as u64;
                table.set(v, index);
                objects.push(cx, v);
                index
            }),
        }
    }

    /// Gives the next index to an object that has no identity; not in a memo that Python sees.
    #[inline]
    pub fn add_anonymous(&mut self) -> Option<u64> {
        match self {
            Memo::Own(own) => Some(own.add(Value::EMPTY)),
            Memo::Of(_) => None,
        }
    }
}

/// Runs `f` on a pickler's table and the list of its objects. `f` runs no Python code and waits for nothing.
fn with_table<R: Default>(cx: &Ctx, pickler: Obj, f: impl FnOnce(&mut Table, List) -> R) -> R {
    let Some(shared) = pickler.payload::<SharedTable>(cx, TABLE) else { return R::default() };
    let mut table = shared.lock();
    match List::of(pickler.slot(cx, OBJECTS)) {
        Some(objects) => f(&mut table, objects),
        None => R::default(),
    }
}

/// Gives a pickler an empty memo.
pub fn reset(cx: &Ctx, pickler: Obj) {
    if pickler.payload::<SharedTable>(cx, TABLE).is_none() {
        pickler.set_slot(cx, OBJECTS, List::new(cx).value());
        pickler.set_payload(cx, TABLE, SharedTable::default());
    }
    with_table(cx, pickler, |table, objects| {
        *table = Table::default();
        objects.clear(cx);
    });
}

/// The memo of a pickler: `{id: (index, object)}`.
pub fn to_dict(cx: &Ctx, pickler: Obj) -> Dict {
    let dict = Dict::new(cx);
    with_table(cx, pickler, |table, objects| {
        for v in objects.items() {
            if let Some(index) = table.get(v) {
                let id = protocol::id(cx, v);
                let pair = Tuple::new(cx, &[int::from_u64(cx, index), v]);
                dict.set_fast(cx, id, pair);
            }
        }
    });
    dict
}

/// Replaces the memo of a pickler by that of another.
pub fn copy(cx: &Ctx, to: Obj, from: Obj) {
    let (table, objects) = with_table(cx, from, |table, objects| (table.clone(), Some(objects.copy(cx))));
    let Some(objects) = objects else { return };
    reset(cx, to);
    with_table(cx, to, |now, list| {
        *now = table;
        list.extend_from_list(cx, objects);
    });
}

/// Adds an object with its index to the memo of a pickler.
pub fn insert(cx: &Ctx, pickler: Obj, v: Value, index: u64) {
    with_table(cx, pickler, |table, objects| {
        table.set(v, index);
        objects.push(cx, v);
    });
}
