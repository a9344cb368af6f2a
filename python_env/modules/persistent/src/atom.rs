//! `Atom`: a cell that threads change by compare-and-swap. Native slots: 0 the value, 1 who watches (a tuple of functions), EMPTY if
//! nobody does.

use crate::host::wrong_self;
use engine::prelude::*;

const VALUE: usize = 0;
const WATCHERS: usize = 1;

pub static ATOM: TypeDef = TypeDef {
    doc: "Atom(value=None, /)\n\nA cell for one value, read and changed by any number of threads without a lock.",
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_WEAKREF),
    nnative: 2,
    new: Some(
        NativeDef::new(
            "__new__",
            "($type, value=None, /, *args, **kwargs)",
            |cx, args| {
                let o = cx.alloc_instance(args[0])?;
                o.set_slot(cx, VALUE, args.or_none(1));
                Ok(o.value())
            },
            "",
        )
        .hide_sig(),
    ),
    methods: &[
        NativeDef::new("get", "($self, /)", |cx, args| value(cx, args[0]), "The value."),
        NativeDef::new(
            "set",
            "($self, value, /)",
            |cx, args| {
                let new = args[1];
                change(cx, args[0], |_, _| Ok(new))?;
                Ok(new)
            },
            "Replace the value, whatever it is; return the new one.",
        ),
        NativeDef::new(
            "swap",
            "($self, function, /, *args)",
            |cx, args| {
                let f = args[1];
                let more = Tuple::of(args[2]);
                change(cx, args[0], |cx, old| {
                    let all = List::from_slice(cx, &[old]);
                    more.iter().flat_map(|t| t.items()).for_each(|v| all.push(cx, v));
                    let all = all.to_tuple(cx);
                    protocol::call_ex(cx, f, all, Value::EMPTY)
                })
            },
            "Replace the value by function(value, *args) and return it.\n\nThe function runs outside any lock, and again if another thread was faster: it should do nothing else.",
        ),
        NativeDef::new(
            "compare_and_set",
            "($self, expected, new, /)",
            |cx, args| {
                let o = this(cx, args[0])?;
                let done = exchange(cx, o, args[1], args[2]);
                if done {
                    tell(cx, args[0], args[1], args[2])?;
                }
                Ok(Value::bool(done))
            },
            "Replace the value if it is the expected object itself; whether it was.",
        ),
        NativeDef::new(
            "watch",
            "($self, function, /)",
            |cx, args| {
                change_watchers(cx, args[0], |cx, list| list.push(cx, args[1]))?;
                Ok(args[1])
            },
            "Call function(old, new) after each change, in the thread that made it; return the function.",
        ),
        NativeDef::new(
            "unwatch",
            "($self, function, /)",
            |cx, args| {
                change_watchers(cx, args[0], |cx, list| {
                    if let Some(at) = (0..list.len()).find(|&i| list.get(i) == Some(args[1])) {
                        list.remove_range(cx, at, at + 1);
                    }
                })?;
                Ok(Value::NONE)
            },
            "Call the function no longer.",
        ),
    ],
    class_methods: &[crate::host::CLASS_GETITEM],
    getsets: &[GetSet::ro("value", value, "The value.")],
    ..TypeDef::new("_protopython_data", "Atom")
};

fn this(cx: &mut Ctx, v: Value) -> Res<Obj> {
    match Obj::of(v).filter(|_| cx.is_def(v, &ATOM)) {
        Some(o) => Ok(o),
        None => Err(wrong_self(cx, "Atom", v)),
    }
}

fn value(cx: &mut Ctx, v: Value) -> PyResult {
    Ok(this(cx, v)?.slot(cx, VALUE))
}

/// Puts `new` there if `old` is. What a shared atom holds is shared first.
fn exchange(heap: &Heap, o: Obj, old: Value, new: Value) -> bool {
    o.cas_slot(heap, VALUE, old, new).is_ok()
}

/// Replaces the value by what `f` makes of it, again whenever another thread was faster.
fn change(cx: &mut Ctx, v: Value, mut f: impl FnMut(&mut Ctx, Value) -> PyResult) -> PyResult {
    let o = this(cx, v)?;
    loop {
        cx.poll()?;
        let old = o.slot(cx, VALUE);
        let new = f(cx, old)?;
        if exchange(cx, o, old, new) {
            tell(cx, v, old, new)?;
            return Ok(new);
        }
    }
}

fn tell(cx: &mut Ctx, v: Value, old: Value, new: Value) -> Res<()> {
    let o = this(cx, v)?;
    let Some(watchers) = Tuple::of(o.slot(cx, WATCHERS)) else { return Ok(()) };
    if old != new {
        for watcher in watchers.items() {
            protocol::call(cx, watcher, &[old, new])?;
        }
    }
    Ok(())
}

fn change_watchers(cx: &mut Ctx, v: Value, mut f: impl FnMut(&Heap, List)) -> Res<()> {
    let o = this(cx, v)?;
    loop {
        cx.poll()?;
        let old = o.slot(cx, WATCHERS);
        let list = Tuple::of(old).map_or_else(|| List::new(cx), |t| t.to_list(cx));
        f(cx, list);
        let new = if list.len() == 0 { Value::EMPTY } else { list.to_tuple(cx) };
        if o.cas_slot(cx, WATCHERS, old, new).is_ok() {
            return Ok(());
        }
    }
}
