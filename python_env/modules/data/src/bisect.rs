//! The module `_bisect`.

use engine::objects::List;
use engine::prelude::*;
use engine::protocol;

const DOC_SEARCH: &str = "Return the index where to insert item x in list a, assuming a is sorted.";
const DOC_INSERT: &str = "Insert item x in list a, and keep it sorted assuming a is sorted.";

pub static BISECT: ModuleDef = ModuleDef {
    doc: "Bisection algorithms.\n\nThis module provides support for maintaining a list in sorted order without\nhaving to sort the list after each insertion. For long lists of items with\nexpensive comparison operations, this can be an improvement over the more\ncommon approach.\n",
    functions: &[
        NativeDef::new(
            "bisect_right",
            "($module, /, a, x, lo=0, hi=None, *, key=None)",
            |cx, a| search(cx, a, true),
            DOC_SEARCH,
        ),
        NativeDef::new(
            "bisect_left",
            "($module, /, a, x, lo=0, hi=None, *, key=None)",
            |cx, a| search(cx, a, false),
            DOC_SEARCH,
        ),
        NativeDef::new(
            "insort_right",
            "($module, /, a, x, lo=0, hi=None, *, key=None)",
            |cx, a| insort(cx, a, true),
            DOC_INSERT,
        ),
        NativeDef::new(
            "insort_left",
            "($module, /, a, x, lo=0, hi=None, *, key=None)",
            |cx, a| insort(cx, a, false),
            DOC_INSERT,
        ),
    ],
    ..ModuleDef::new("_bisect")
};

fn search(cx: &mut Ctx, args: Args, right: bool) -> PyResult {
    let i = place(cx, args, args[1], right)?;
    Ok(int::from_i64(cx, i))
}

/// Where `x` (a key, if there is a key function) belongs.
fn place(cx: &mut Ctx, args: Args, x: Value, right: bool) -> Res<i64> {
    let a = args[0];
    let mut lo = args.index_or(cx, 2, 0)?;
    if lo < 0 {
        return Err(cx.value_error("lo must be non-negative"));
    }
    let mut hi = match args.some(3) {
        Some(v) => protocol::index(cx, v)?,
        None => protocol::length(cx, a)? as i64,
    };
    let key = args.some(4);
    while lo < hi {
        let mid = lo + (hi - lo) / 2;
        let item = match List::of(a).and_then(|l| l.get(mid as usize)) {
            Some(v) => v,
            None => {
                let i = int::from_i64(cx, mid);
                protocol::getitem(cx, a, i)?
            }
        };
        let item = match key {
            Some(f) => protocol::call(cx, f, &[item])?,
            None => item,
        };
        if right {
            if protocol::compare_bool(cx, x, item, CmpOp::Lt)? { hi = mid } else { lo = mid + 1 }
        } else if protocol::compare_bool(cx, item, x, CmpOp::Lt)? {
            lo = mid + 1;
        } else {
            hi = mid;
        }
        cx.poll()?;
    }
    Ok(lo)
}

fn insort(cx: &mut Ctx, args: Args, right: bool) -> PyResult {
    let x = match args.some(4) {
        Some(f) => protocol::call(cx, f, &[args[1]])?,
        None => args[1],
    };
    let i = place(cx, args, x, right)?;
    match List::of(args[0]) {
        Some(l) => l.insert(cx, i as usize, args[1]),
        None => {
            let name = cx.names.insert;
            let i = int::from_i64(cx, i);
            protocol::call_method(cx, args[0], name, &[i, args[1]])?;
        }
    }
    Ok(Value::NONE)
}
