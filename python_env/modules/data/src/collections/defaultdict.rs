//! `defaultdict`: a dict whose native slot 1 (slot 0 is the dict itself) holds the factory.

use engine::objects::{Dict, Obj, Tuple};
use engine::prelude::*;
use engine::protocol;

/// The native slot after the dict.
const FACTORY: usize = 1;

pub static DEFAULTDICT: TypeDef = TypeDef {
    doc: "defaultdict(default_factory=None, /, [...]) --> dict with default factory\n\nThe default factory is called without arguments to produce\na new value when a key is not present, in __getitem__ only.\nA defaultdict compares equal to a dict with the same items.\nAll remaining arguments are treated the same as if they were\npassed to the dict constructor, including keyword arguments.",
    bases: &[BaseRef::Core(|t| t.dict)],
    flags: TypeFlags::BASETYPE,
    nnative: 1,
    init: Some(NativeDef::new("__init__", "($self, *args, **kwargs)", defaultdict_init, "Initialize self.").hide_sig()),
    slots: Slots { repr: Some(defaultdict_repr), or: Some(defaultdict_or), ..Slots::NONE },
    methods: &[
        NativeDef::new(
            "__missing__",
            "($self, key, /)",
            missing,
            "__missing__(key) # Called by __getitem__ for missing key; pseudo-code:\n  if self.default_factory is None: raise KeyError((key,))\n  self[key] = value = self.default_factory()\n  return value\n",
        ),
        NativeDef::new("copy", "($self, /)", copy, "D.copy() -> a shallow copy of D."),
        NativeDef::new("__copy__", "($self, /)", copy, "D.copy() -> a shallow copy of D."),
        NativeDef::new("__reduce__", "($self, /)", reduce, "Return state information for pickling."),
    ],
    class_methods: &[NativeDef::new("__class_getitem__", "($type, object, /)", native::class_getitem, "See PEP 585")],
    getsets: &[GetSet::rw(
        "default_factory",
        |cx, v| Ok(factory(cx, v)),
        set_factory,
        "Factory for default value called by __missing__().",
    )],
    ..TypeDef::new("collections", "defaultdict")
};

fn factory(cx: &Ctx, v: Value) -> Value {
    match Obj::of(v).map(|o| o.slot(cx, FACTORY)) {
        None | Some(Value::EMPTY) => Value::NONE,
        Some(f) => f,
    }
}

fn set_factory(cx: &mut Ctx, v: Value, f: Value) -> Res<()> {
    if let Some(o) = Obj::of(v) {
        o.set_slot(cx, FACTORY, if f == Value::EMPTY { Value::NONE } else { f });
    }
    Ok(())
}

fn defaultdict_init(cx: &mut Ctx, args: Args) -> PyResult {
    let given = Tuple::of(args[1]);
    let first = given.filter(|t| t.len() > 0).map_or(Value::NONE, |t| t.get(0));
    if first != Value::NONE && !protocol::is_callable(cx, first) {
        return Err(cx.type_error("first argument must be callable or None"));
    }
    set_factory(cx, args[0], first)?;
    let rest = match given {
        Some(t) if t.len() > 1 => t.slice(cx, 1, t.len()),
        _ => Tuple::empty(cx),
    };
    let name = cx.names.__init__;
    let dict_init = protocol::getattr(cx, cx.types.dict.value(), name)?;
    let own = Tuple::new(cx, &[args[0]]);
    let all = match (Tuple::of(own), Tuple::of(rest)) {
        (Some(a), Some(b)) => a.concat(cx, b),
        _ => own,
    };
    protocol::call_ex(cx, dict_init, all, args.or(2, Value::EMPTY))
}

fn missing(cx: &mut Ctx, args: Args) -> PyResult {
    let f = factory(cx, args[0]);
    if f == Value::NONE {
        return Err(cx.key_error(args[1]));
    }
    let v = protocol::call(cx, f, &[])?;
    // Several threads may miss the same key: all must get the value that stays.
    if let Some(d) = Dict::of_sub(cx, args[0]) {
        return d.set_default(cx, args[1], v);
    }
    Ok(v)
}

fn defaultdict_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let f = factory(cx, v);
    let name = types::type_short_name(cx, v);
    let shown = if protocol::repr_enter(cx, f) {
        let r = protocol::repr(cx, f);
        protocol::repr_leave(cx, f);
        let r = r?;
        protocol::text(cx, r)
    } else {
        "...".to_owned()
    };
    let inner = match Dict::of_sub(cx, v) {
        Some(d) => protocol::repr(cx, d.value())?,
        None => Str::new(cx, "{}"),
    };
    let inner = protocol::text(cx, inner);
    Ok(Str::from_text(cx, &format!("{name}({shown}, {inner})")))
}

/// A new object of the same class with the same factory and the entries of `source`.
fn rebuilt(cx: &mut Ctx, like: Value, source: Value) -> PyResult {
    let class = types::type_of(cx, like).value();
    let f = factory(cx, like);
    protocol::call(cx, class, &[f, source])
}

fn copy(cx: &mut Ctx, args: Args) -> PyResult {
    rebuilt(cx, args[0], args[0])
}

fn defaultdict_or(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let (like, other) = if cx.is_def(a, &DEFAULTDICT) { (a, b) } else { (b, a) };
    if Dict::of_sub(cx, other).is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let out = rebuilt(cx, like, a)?;
    if let (Some(d), Some(more)) = (Dict::of_sub(cx, out), Dict::of_sub(cx, b)) {
        d.update_from(cx, more)?;
    }
    Ok(out)
}

fn reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let f = factory(cx, args[0]);
    let inner = if f == Value::NONE { Tuple::empty(cx) } else { Tuple::new(cx, &[f]) };
    let items = cx.names.items;
    let items = protocol::call_method(cx, args[0], items, &[])?;
    let items = protocol::iter(cx, items)?;
    let class = types::type_of(cx, args[0]).value();
    Ok(Tuple::new(cx, &[class, inner, Value::NONE, Value::NONE, items]))
}
