//! Differences between two versions of a collection, as Python sees them.

use crate::host::{Py, equal_values};
use crate::map::Map;
use crate::set::Set;
use engine::prelude::*;
use proto_core::persistent::trie::Change;

/// A list of `(kind, key, old, new)`.
pub fn of_maps(cx: &mut Ctx, a: Map, b: Map) -> PyResult {
    let out = List::new(cx);
    a.trie.diff(&mut Py(cx), b.trie, &mut equal_values, &mut |host, change| {
        let Change { key, old, new } = change;
        let kind = kind(host.0, old, new);
        let none = |v: Value| v.non_empty().unwrap_or(Value::NONE);
        let row = Tuple::new(host.0, &[kind, key, none(old), none(new)]);
        out.push(host.0, row);
        Ok(())
    })?;
    Ok(out.value())
}

fn kind(heap: &Heap, old: Value, new: Value) -> Value {
    heap.intern(match (old.is_empty(), new.is_empty()) {
        (true, _) => b"added",
        (_, true) => b"removed",
        _ => b"changed",
    })
}

/// A list of `(kind, item)`.
pub fn of_sets(cx: &mut Ctx, a: Set, b: Set) -> PyResult {
    let out = List::new(cx);
    let gone = |cx: &mut Ctx, from: Set, other: Set, kind: &[u8]| -> Res<()> {
        let plan = proto_core::persistent::trie::Plan::DIFFERENCE;
        let (only, _) = from.trie.combine(&mut Py(cx), from.len, other.trie, plan)?;
        let kind = cx.intern(kind);
        only.for_each(|e| {
            cx.poll()?;
            let row = Tuple::new(cx, &[kind, e.key]);
            out.push(cx, row);
            Ok(())
        })
    };
    gone(cx, a, b, b"removed")?;
    gone(cx, b, a, b"added")?;
    Ok(out.value())
}
