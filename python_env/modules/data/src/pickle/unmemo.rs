//! The unpickler's memo: objects by index.
//!
//! A list as far as the indices have no gaps, a dict for the others: a pickle may name any index, which must not cost memory.

use engine::prelude::*;

/// Native slot of an unpickler with the list.
pub const LIST: usize = 9;
/// Native slot of an unpickler with the dict.
pub const SPARSE: usize = 10;

/// What has been remembered.
pub struct Memo {
    list: Dense,
    sparse: Dict,
}

/// The objects whose indices have no gaps.
enum Dense {
    /// Of `loads` and `load`.
    Own(RootVec),
    /// Of an unpickler.
    Of(List),
}

impl Memo {
    /// An empty memo.
    pub fn new(cx: &Ctx) -> Memo {
        Memo { list: Dense::Own(RootVec::new(cx)), sparse: Dict::new(cx) }
    }

    /// That of an unpickler.
    pub fn of(cx: &Ctx, unpickler: Obj) -> Option<Memo> {
        let (list, sparse) = (unpickler.slot(cx, LIST), unpickler.slot(cx, SPARSE));
        Some(Memo { list: Dense::Of(List::of(list)?), sparse: Dict::of(sparse)? })
    }

    /// The object at an index.
    #[inline]
    pub fn get(&self, cx: &mut Ctx, index: usize) -> Res<Option<Value>> {
        let found = match &self.list {
            Dense::Own(items) => items.get(index).copied(),
            Dense::Of(list) => list.get(index),
        };
        match found {
            Some(v) => Ok(Some(v)),
            None => {
                let key = int::from_usize(cx, index);
                self.sparse.get(cx, key)
            }
        }
    }

    /// Keeps an object.
    #[inline]
    pub fn put(&mut self, cx: &mut Ctx, index: usize, v: Value) -> Res<()> {
        let next = self.sparse.len() == 0;
        match &mut self.list {
            Dense::Own(items) if index < items.len() => items.set(index, v),
            Dense::Own(items) if index == items.len() && next => items.push(v),
            Dense::Of(list) if index < list.len() && list.set(cx, index, v) => {}
            Dense::Of(list) if index == list.len() && next => list.push(cx, v),
            _ => {
                let key = int::from_usize(cx, index);
                self.sparse.set(cx, key, v)?;
            }
        }
        Ok(())
    }

    /// Number of objects: the index that follows, for pickles that count.
    #[inline]
    pub fn len(&self) -> usize {
        self.sparse.len()
            + match &self.list {
                Dense::Own(items) => items.len(),
                Dense::Of(list) => list.len(),
            }
    }
}

/// Gives an unpickler an empty memo. One that it has is emptied where it is: a run may be using it.
pub fn reset(cx: &Ctx, unpickler: Obj) {
    match (List::of(unpickler.slot(cx, LIST)), Dict::of(unpickler.slot(cx, SPARSE))) {
        (Some(list), Some(sparse)) => {
            list.clear(cx);
            sparse.clear(cx);
        }
        _ => {
            unpickler.set_slot(cx, LIST, List::new(cx).value());
            unpickler.set_slot(cx, SPARSE, Dict::new(cx).value());
        }
    }
}

/// The memo of an unpickler: `{index: object}`.
pub fn to_dict(cx: &Ctx, unpickler: Obj) -> Dict {
    let dict = Dict::of(unpickler.slot(cx, SPARSE)).map_or_else(|| Dict::new(cx), |d| d.copy(cx));
    if let Some(list) = List::of(unpickler.slot(cx, LIST)) {
        for (i, v) in list.items().enumerate() {
            dict.set_fast(cx, int::from_usize(cx, i), v);
        }
    }
    dict
}

/// Replaces the memo of an unpickler by the entries of a dict, which are checked.
pub fn replace(cx: &mut Ctx, unpickler: Obj, entries: Dict) -> Res<()> {
    let (list, sparse) = (List::new(cx), Dict::new(cx));
    let mut fresh = Memo { list: Dense::Of(list), sparse };
    let mut pos = 0;
    while let Some((next, key, v)) = entries.next_entry(pos) {
        pos = next;
        if !int::is(objects::base_value(cx, key)) {
            return Err(cx.type_error("memo key must be integers"));
        }
        let Ok(index) = usize::try_from(protocol::index(cx, key)?) else {
            return Err(cx.value_error("memo key must be positive integers."));
        };
        fresh.put(cx, index, v)?;
    }
    unpickler.set_slot(cx, LIST, list.value());
    unpickler.set_slot(cx, SPARSE, sparse.value());
    Ok(())
}
