//! `OrderedDict`: a dict (which keeps insertion order anyway) with the methods that look at the order.

use engine::objects::{Dict, List, StrBuilder, Tuple, hashing, iter};
use engine::prelude::*;
use engine::protocol;

use super::ordered_update;

pub static ORDERED_DICT: TypeDef = TypeDef {
    doc: "Dictionary that remembers insertion order",
    bases: &[BaseRef::Core(|t| t.dict)],
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_DICT).with(TypeFlags::HAS_WEAKREF),
    slots: Slots {
        repr: Some(repr),
        richcmp: Some(richcmp),
        hash: Some(slots::hash_not_implemented),
        or: Some(or),
        ior: Some(ordered_update::ior),
        ..Slots::NONE
    },
    init: Some(
        NativeDef::new("__init__", "($self, /, *args, **kwargs)", ordered_update::init, "Initialize self.  See help(type(self)) for accurate signature."),
    ),
    methods: &[
        NativeDef::new(
            "move_to_end",
            "($self, /, key, last=True)",
            move_to_end,
            "Move an existing element to the end (or beginning if last is false).\n\nRaise KeyError if the element does not exist.",
        ),
        NativeDef::new(
            "popitem",
            "($self, /, last=True)",
            popitem,
            "Remove and return a (key, value) pair from the dictionary.\n\nPairs are returned in LIFO order if last is true or FIFO order if false.",
        ),
        NativeDef::new(
            "pop",
            "($self, /, key, default=<unrepresentable>)",
            pop,
            "od.pop(key[,default]) -> v, remove specified key and return the corresponding value.\n\nIf the key is not found, return the default if given; otherwise,\nraise a KeyError.",
        ),
        NativeDef::new(
            "setdefault",
            "($self, /, key, default=None)",
            ordered_update::setdefault,
            "Insert key with a value of default if key is not in the dictionary.\n\nReturn the value for key if key is in the dictionary, else default.",
        ),
        NativeDef::new(
            "update",
            "($self, /, *args, **kwargs)",
            ordered_update::update,
            "D.update([E, ]**F) -> None.  Update D from mapping/iterable E and F.\nIf E is present and has a .keys() method, then does:  for k in E.keys(): D[k] = E[k]\nIf E is present and lacks a .keys() method, then does:  for k, v in E: D[k] = v\nIn either case, this is followed by: for k in F:  D[k] = F[k]",
        )
        .hide_sig(),
        NativeDef::new("copy", "($self, /)", copy, "od.copy() -> a shallow copy of od"),
        NativeDef::new("__reversed__", "($self, /)", reversed, "od.__reversed__() <==> reversed(od)"),
        NativeDef::new("__reduce__", "($self, /)", reduce, "Return state information for pickling"),
    ],
    class_methods: &[NativeDef::new(
        "fromkeys",
        "($type, /, iterable, value=None)",
        fromkeys,
        "Create a new ordered dictionary with keys from iterable and values set to value.",
    )],
    ..TypeDef::new("collections", "OrderedDict")
};

pub(super) fn this(cx: &mut Ctx, v: Value) -> Res<Dict> {
    match Dict::of_sub(cx, v) {
        Some(d) => Ok(d),
        None => Err(cx.type_error("OrderedDict expected")),
    }
}

fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    let d = this(cx, v)?;
    let name = types::type_short_name(cx, v);
    if d.len() == 0 {
        return Ok(Str::from_text(cx, &format!("{name}()")));
    }
    if !protocol::repr_enter(cx, v) {
        return Ok(Str::new(cx, "..."));
    }
    let done = protocol::repr(cx, d.value());
    protocol::repr_leave(cx, v);
    let inner = done?;
    let mut out = StrBuilder::new();
    out.push_str(&name);
    out.push_str("(");
    if let Some(s) = Str::of(inner) {
        out.push(s);
    }
    out.push_str(")");
    out.wish(cx)
}

fn richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (Some(x), Some(y)) = (Dict::of_sub(cx, a), Dict::of_sub(cx, b)) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let mut same = protocol::eq(cx, x.value(), y.value())?;
    // Two ordered dicts must agree on the order too.
    if same && cx.is_def(a, &ORDERED_DICT) && cx.is_def(b, &ORDERED_DICT) {
        same = same_order(cx, x, y)?;
    }
    Ok(Value::bool(same == (op == CmpOp::Eq)))
}

/// The keys of a dict as they were, to see whether anything has changed since.
struct Moment {
    dict: Dict,
    keys: List,
}

impl Moment {
    fn of(cx: &Ctx, dict: Dict) -> Moment {
        Moment { dict, keys: dict.keys_list(cx) }
    }

    /// After code that may have changed the dict. A change of as many keys as before shows at the end.
    fn check(&self, cx: &mut Ctx, at_end: bool) -> Res<()> {
        let changed =
            self.dict.len() != self.keys.len() || at_end && !self.dict.keys_list(cx).items().eq(self.keys.items());
        if changed { Err(cx.raise(Exc::RuntimeError, "OrderedDict mutated during iteration")) } else { Ok(()) }
    }
}

/// Whether the keys of two dicts are equal one by one, as they were at one moment. Only where comparisons may have run code
/// is it an error that they have changed: other threads are not to be seen.
fn same_order(cx: &mut Ctx, x: Dict, y: Dict) -> Res<bool> {
    let moments = [Moment::of(cx, x), Moment::of(cx, y)];
    let unchanged = |cx: &mut Ctx, at_end| moments.iter().try_for_each(|m| m.check(cx, at_end));
    let (mut i, mut called) = (0, false);
    while let (Some(k), Some(l)) = (moments[0].keys.get(i), moments[1].keys.get(i)) {
        let same = match hashing::simple_eq(k, l) {
            Some(same) => same,
            None => {
                called = true;
                let same = protocol::eq(cx, k, l)?;
                unchanged(cx, !same)?;
                same
            }
        };
        if !same {
            return Ok(false);
        }
        cx.poll()?;
        i += 1;
    }
    if called {
        unchanged(cx, true)?;
    }
    Ok(moments[0].keys.len() == moments[1].keys.len())
}

fn or(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    if Dict::of_sub(cx, a).is_none() || Dict::of_sub(cx, b).is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let like = if cx.is_def(a, &ORDERED_DICT) { a } else { b };
    let class = types::type_of(cx, like).value();
    let out = protocol::call(cx, class, &[a])?;
    ordered_update::update_from(cx, out, b)?;
    Ok(out)
}

fn move_to_end(cx: &mut Ctx, args: Args) -> PyResult {
    let d = this(cx, args[0])?;
    let last = args.truth_or(cx, 2, true)?;
    if d.move_to_end(cx, args[1], last)? { Ok(Value::NONE) } else { Err(cx.key_error(args[1])) }
}

fn popitem(cx: &mut Ctx, args: Args) -> PyResult {
    let d = this(cx, args[0])?;
    let last = args.truth_or(cx, 1, true)?;
    let entry = if last { d.pop_item(cx) } else { d.pop_first(cx) };
    match entry {
        Some((k, v)) => Ok(Tuple::new(cx, &[k, v])),
        None => {
            let text = Str::new(cx, "dictionary is empty");
            Err(cx.key_error(text))
        }
    }
}

fn pop(cx: &mut Ctx, args: Args) -> PyResult {
    let d = this(cx, args[0])?;
    if let Some(v) = d.remove(cx, args[1])? {
        return Ok(v);
    }
    match args.get(2) {
        Some(default) => Ok(default),
        None => Err(cx.key_error(args[1])),
    }
}

fn copy(cx: &mut Ctx, args: Args) -> PyResult {
    let (od, ty) = (this(cx, args[0])?, types::type_of(cx, args[0]));
    let made = protocol::call(cx, ty.value(), &[])?;
    // Of one moment, whatever other threads do; a class that gives items its own way is asked for each.
    let seen = od.wish_copy(cx)?;
    let native = cx.type_of_def(&ORDERED_DICT).slots().getitem().map(|f| f.addr());
    let asked = ty.slots().getitem().map(|f| f.addr()) != native;
    let moment = Moment::of(cx, od);
    let (mut at, mut called) = (0, asked);
    while let Some((next, key, mut v)) = seen.next_entry(at) {
        if asked {
            v = protocol::getitem(cx, args[0], key)?;
            moment.check(cx, false)?;
        }
        protocol::setitem(cx, made, key, v)?;
        // A key that compares in Python may have changed it.
        if hashing::fast_hash(key).is_none() {
            called = true;
            moment.check(cx, false)?;
        }
        cx.poll()?;
        at = next;
    }
    if called {
        moment.check(cx, true)?;
    }
    Ok(made)
}

fn reversed(cx: &mut Ctx, args: Args) -> PyResult {
    let d = this(cx, args[0])?;
    Ok(iter::dict_rev_key_iter(cx, d))
}

fn reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let get_state = cx.names.__getstate__;
    let state = protocol::call_method(cx, args[0], get_state, &[])?;
    let items = cx.names.items;
    let items = protocol::call_method(cx, args[0], items, &[])?;
    let items = protocol::iter(cx, items)?;
    let class = types::type_of(cx, args[0]).value();
    let none = Tuple::empty(cx);
    Ok(Tuple::new(cx, &[class, none, state, Value::NONE, items]))
}

fn fromkeys(cx: &mut Ctx, args: Args) -> PyResult {
    let out = protocol::call(cx, args[0], &[])?;
    let value = args.or(2, Value::NONE);
    protocol::for_each(cx, args[1], |cx, k| protocol::setitem(cx, out, k, value))?;
    Ok(out)
}
