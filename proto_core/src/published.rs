//! A word that threads publish values in.
//!
//! Any thread may read or write it at any time; what a thread finds there was finished before it was put there. It is no root: who
//! owns it shows it to the collector, and the space hears of each change in case it is one of those that the space holds.

use crate::Value;
use crate::space::Space;
use crate::sync::{AtomicU64, Ordering};

/// A place for a value that is shared, or one whose owner alone looks at it.
pub struct Published(AtomicU64);

impl Published {
    /// A place that holds `v`.
    pub fn new(v: Value) -> Published {
        Published(AtomicU64::new(v.bits()))
    }

    /// What is there.
    #[inline]
    pub fn get(&self) -> Value {
        // Pairs with the release in `set` and `set_first`: what the value names is seen as whoever put it there saw it.
        Value::raw(self.0.load(Ordering::Acquire))
    }

    /// Puts a value there.
    pub fn set(&self, space: &Space, v: Value) {
        // Release pairs with the acquire in `get`.
        let old = self.0.swap(v.bits(), Ordering::Release);
        space.log_root(Value::raw(old));
        space.note_root();
    }

    /// Puts a value there if nothing (EMPTY) is; gives what is there then.
    pub fn set_first(&self, space: &Space, v: Value) -> Value {
        space.note_root();
        // Release pairs with the acquire in `get`; acquire, for the value that was first, with the release here.
        match self.0.compare_exchange(Value::EMPTY.bits(), v.bits(), Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => v,
            Err(first) => Value::raw(first),
        }
    }
}

impl Default for Published {
    fn default() -> Published {
        Published::new(Value::EMPTY)
    }
}
