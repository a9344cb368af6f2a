//! The module `_abc`: what `abc.ABCMeta` is made of.
//!
//! Each abstract base class has an `_abc_data` object. Slots: 0 registry, 1 cache of subclasses, 2 the cache of classes known not
//! to be subclasses: a tuple of the registration counter that it is valid for and the cache. All three are dicts from a class's
//! identity to a weak reference, made at their first use, by whichever thread comes first.

use engine::objects::dict::Lookup;
use engine::objects::{Dict, Function, List, Obj, Set, Str, Tuple};
use engine::prelude::*;
use engine::protocol;

use crate::instances::{self, set_slot, slot};

const REGISTRY: usize = 0;
const CACHE: usize = 1;
const NEGATIVE: usize = 2;

/// A cache of this many classes is searched for dead ones when it grows.
const PURGE_FROM: usize = 64;

static ABC_DATA: TypeDef = TypeDef {
    doc: "Internal state held by ABC machinery.",
    nnative: 3,
    flags: TypeFlags::NO_NEW,
    ..TypeDef::new("_abc", "_abc_data")
};

pub static ABC: ModuleDef = ModuleDef {
    doc: "Module contains faster C implementation of abc.ABCMeta",
    functions: &[
        NativeDef::new(
            "get_cache_token",
            "($module, /)",
            |cx, _| Ok(token(cx)),
            "Returns the current ABC cache token.\n\nThe token is an opaque object (supporting equality testing) identifying the\ncurrent version of the ABC cache for virtual subclasses. The token changes\nwith every call to register() on any ABC.",
        ),
        NativeDef::new(
            "_abc_init",
            "($module, self, /)",
            init,
            "Internal ABC helper for class set-up. Should be never used outside abc module.",
        ),
        NativeDef::new(
            "_abc_register",
            "($module, self, subclass, /)",
            register,
            "Internal ABC helper for subclasss registration. Should be never used outside abc module.",
        ),
        NativeDef::new(
            "_abc_instancecheck",
            "($module, self, instance, /)",
            instancecheck,
            "Internal ABC helper for instance checks. Should be never used outside abc module.",
        ),
        NativeDef::new(
            "_abc_subclasscheck",
            "($module, self, subclass, /)",
            subclasscheck,
            "Internal ABC helper for subclasss checks. Should be never used outside abc module.",
        ),
        NativeDef::new(
            "_get_dump",
            "($module, self, /)",
            dump,
            "Internal ABC helper for cache and registry debugging.\n\nReturn shallow copies of registry, of both caches, and\nnegative cache version. Don't call this function directly,\ninstead use ABC._dump_registry() for a nice repr.",
        ),
        NativeDef::new(
            "_reset_registry",
            "($module, self, /)",
            |cx, a| reset(cx, a, &[REGISTRY]),
            "Internal ABC helper to reset registry of a given class.\n\nShould be only used by refleak.py",
        ),
        NativeDef::new(
            "_reset_caches",
            "($module, self, /)",
            |cx, a| reset(cx, a, &[CACHE, NEGATIVE]),
            "Internal ABC helper to reset both caches of a given class.\n\nShould be only used by refleak.py",
        ),
    ],
    ..ModuleDef::new("_abc")
};

fn token(heap: &Heap) -> Value {
    int::from_u64(heap, protocol::registrations())
}

fn data_of(cx: &mut Ctx, class: Value) -> PyResult {
    let name = cx.names._abc_impl;
    let data = protocol::getattr(cx, class, name)?;
    if !cx.is_def(data, &ABC_DATA) {
        return Err(cx.type_error("_abc_impl is set to a wrong type"));
    }
    Ok(data)
}

fn key_of(heap: &Heap, class: Value) -> Value {
    protocol::id(heap, class)
}

fn known(heap: &Heap, d: Option<Dict>, class: Value) -> bool {
    match d.map(|d| d.get_fast(key_of(heap, class))) {
        Some(Lookup::Found(weak)) => heap.weak_get(weak) == Some(class),
        _ => false,
    }
}

/// The registry or the cache of subclasses, if it has been made.
fn existing(heap: &Heap, data: Value, which: usize) -> Option<Dict> {
    Dict::of(slot(heap, data, which))
}

/// The same, made now if need be. Of threads that make it at once all get the one that the first of them put there.
fn made(cx: &mut Ctx, data: Value, which: usize) -> Dict {
    if let Some(d) = existing(cx, data, which) {
        return d;
    }
    let fresh = Dict::new(cx);
    match Obj::of(data).map(|o| o.cas_slot(cx, which, Value::EMPTY, fresh.value())) {
        Some(Err(first)) => Dict::of(first).unwrap_or(fresh),
        _ => fresh,
    }
}

fn remember(cx: &mut Ctx, d: Dict, class: Value) -> Res<()> {
    if d.len() >= PURGE_FROM && d.len().is_power_of_two() {
        for entry in d.items_list(cx).items() {
            if let Some(t) = Tuple::of(entry)
                && cx.weak_get(t.get(1)).is_none()
            {
                // A class made at the same place may have been registered meanwhile: its entry stays.
                d.remove_seen(cx, t.get(0), t.get(1));
            }
        }
    }
    let key = key_of(cx, class);
    let weak = cx.new_weak(class, Value::EMPTY);
    d.set(cx, key, weak)
}

/// The living classes of a registry or cache.
fn classes(cx: &mut Ctx, d: Option<Dict>) -> List {
    let out = List::new(cx);
    if let Some(d) = d {
        let heap: &Heap = cx;
        d.for_each(|_, weak| {
            if let Some(class) = heap.weak_get(weak) {
                out.push(heap, class);
            }
        });
    }
    out
}

fn is_abstract(cx: &mut Ctx, v: Value) -> Res<bool> {
    let name = cx.names.__isabstractmethod__;
    match protocol::getattr_opt(cx, v, name)? {
        Some(flag) => protocol::truth(cx, flag),
        None => Ok(false),
    }
}

fn init(cx: &mut Ctx, args: Args) -> PyResult {
    let class = args[0];
    let abstracts = Set::new_frozen(cx);
    let name = cx.names.__dict__;
    let namespace = protocol::getattr(cx, class, name)?;
    let items = cx.names.items;
    let items = protocol::call_method(cx, namespace, items, &[])?;
    protocol::for_each(cx, items, |cx, pair| {
        if let Some(t) = Tuple::of(pair)
            && is_abstract(cx, t.get(1))?
        {
            abstracts.add(cx, t.get(0))?;
        }
        Ok(())
    })?;
    let name = cx.names.__bases__;
    let bases = protocol::getattr(cx, class, name)?;
    let inherited = cx.names.__abstractmethods__;
    for base in instances::varargs(cx, bases).items() {
        let Some(names) = protocol::getattr_opt(cx, base, inherited)? else { continue };
        protocol::for_each(cx, names, |cx, name| {
            if Str::of_sub(cx, name).is_none() {
                return Ok(());
            }
            if let Some(v) = protocol::getattr_opt(cx, class, name)?
                && is_abstract(cx, v)?
            {
                abstracts.add(cx, name)?;
            }
            Ok(())
        })?;
    }
    protocol::setattr(cx, class, inherited, abstracts.value())?;
    let data = cx.new_object(&ABC_DATA, &[Value::EMPTY; 3]);
    let name = cx.names._abc_impl;
    protocol::setattr(cx, class, name, data)?;
    collection_flags(cx, class)?;
    Ok(Value::NONE)
}

/// CPython's numbers of the flags by which classes match sequence and mapping patterns.
const SEQUENCE_FLAG: i64 = 1 << 5;
const MAPPING_FLAG: i64 = 1 << 6;

/// `__abc_tpflags__` of a class body makes the class match sequence or mapping patterns.
fn collection_flags(cx: &mut Ctx, class: Value) -> Res<()> {
    let Some(ty) = Type::of(class) else { return Ok(()) };
    let name = instances::name(cx, "__abc_tpflags__");
    let Some(flags) = ty.dict().get_str(name) else { return Ok(()) };
    // The type's dict holds values of plain attributes in cells.
    let flags = if flags.as_int().is_some() { flags } else { protocol::getattr(cx, class, name)? };
    let flags = flags.as_int().unwrap_or(0);
    let both = SEQUENCE_FLAG | MAPPING_FLAG;
    if flags & both == both {
        return Err(cx.type_error("__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING"));
    }
    if flags & SEQUENCE_FLAG != 0 {
        ty.data().add_flags(TypeFlags::SEQUENCE);
    }
    if flags & MAPPING_FLAG != 0 {
        ty.data().add_flags(TypeFlags::MAPPING);
    }
    protocol::delattr(cx, class, name)
}

fn register(cx: &mut Ctx, args: Args) -> PyResult {
    let (class, subclass) = (args[0], args[1]);
    if Type::of(subclass).is_none() {
        return Err(cx.type_error("Can only register classes"));
    }
    if protocol::is_subclass(cx, subclass, class)? {
        return Ok(subclass);
    }
    if protocol::is_subclass(cx, class, subclass)? {
        return Err(cx.runtime_error("Refusing to create an inheritance cycle"));
    }
    let data = data_of(cx, class)?;
    let registry = made(cx, data, REGISTRY);
    remember(cx, registry, subclass)?;
    protocol::count_registration();
    if let Some(ty) = Type::of(class) {
        for flag in [TypeFlags::SEQUENCE, TypeFlags::MAPPING] {
            if ty.flags().has(flag) {
                set_flag_below(cx, subclass, flag)?;
            }
        }
    }
    Ok(subclass)
}

fn set_flag_below(cx: &mut Ctx, class: Value, flag: TypeFlags) -> Res<()> {
    let Some(ty) = Type::of(class) else { return Ok(()) };
    // Built-in types say themselves what they are: `str` is registered as a sequence and matches no sequence pattern.
    if !ty.is_heap() || ty.flags().has(flag) {
        return Ok(());
    }
    ty.data().add_flags(flag);
    let all = subclasses(cx, class)?;
    for sub in all.items() {
        set_flag_below(cx, sub, flag)?;
    }
    Ok(())
}

fn subclasses(cx: &mut Ctx, class: Value) -> Res<List> {
    let name = cx.names.__subclasses__;
    let type_ = cx.types.type_.value();
    let f = protocol::getattr(cx, type_, name)?;
    let list = protocol::call(cx, f, &[class])?;
    protocol::list_of(cx, list)
}

/// The cache of classes that are no subclasses, unless there was a registration since it was begun.
fn valid_negative(heap: &Heap, data: Value) -> Option<Dict> {
    let t = Tuple::of(slot(heap, data, NEGATIVE))?;
    if t.get(0) == token(heap) { Dict::of(t.get(1)) } else { None }
}

/// The caches have answered: `isinstance` will do so itself if the class's metaclass would do nothing but ask them.
fn answered(cx: &mut Ctx, class: Value, v: Value, is: bool, epoch: u32, registrations: u64) -> PyResult {
    if let Some(class) = Type::of(class) {
        let (meta, name) = (types::type_of(cx, class.value()), cx.names.__instancecheck__);
        if let Some(f) = types::type_lookup(cx, meta, name).and_then(Function::of)
            && &*f.code().code.qualname == "ABCMeta.__instancecheck__"
            && Dict::of(f.globals())
                .and_then(|d| d.get_str(cx.names.__name__))
                .and_then(Str::of)
                .is_some_and(|s| s.as_str() == Some("abc"))
        {
            protocol::remember_cached(cx, v, class, is, epoch, registrations);
        }
    }
    Ok(Value::bool(is))
}

fn instancecheck(cx: &mut Ctx, args: Args) -> PyResult {
    let (class, v) = (args[0], args[1]);
    let (epoch, registrations) = (types::type_epoch(), protocol::registrations());
    let data = data_of(cx, class)?;
    let name = cx.names.__class__;
    // An object that hides its class has its type.
    let claimed = match protocol::getattr_opt(cx, v, name)? {
        Some(claimed) => claimed,
        None => instances::class_of(cx, v),
    };
    let real = instances::class_of(cx, v);
    if known(cx, existing(cx, data, CACHE), claimed) {
        return if real == claimed { answered(cx, class, v, true, epoch, registrations) } else { Ok(Value::TRUE) };
    }
    let check = cx.names.__subclasscheck__;
    if real == claimed {
        if known(cx, valid_negative(cx, data), claimed) {
            return answered(cx, class, v, false, epoch, registrations);
        }
        return protocol::call_method(cx, class, check, &[claimed]);
    }
    let r = protocol::call_method(cx, class, check, &[claimed])?;
    if protocol::truth(cx, r)? {
        return Ok(r);
    }
    protocol::call_method(cx, class, check, &[real])
}

fn subclasscheck(cx: &mut Ctx, args: Args) -> PyResult {
    let (class, sub) = (args[0], args[1]);
    if Type::of(sub).is_none() {
        return Err(cx.type_error("issubclass() arg 1 must be a class"));
    }
    let data = data_of(cx, class)?;
    if known(cx, existing(cx, data, CACHE), sub) {
        return Ok(Value::TRUE);
    }
    // A "no" goes where it is valid by the number that was read before it was decided: outdated by a registration meanwhile,
    // it never stands under that registration's number.
    let negative = match valid_negative(cx, data) {
        Some(d) if known(cx, Some(d), sub) => return Ok(Value::FALSE),
        Some(d) => d,
        None => {
            let now = token(cx);
            let fresh = Dict::new(cx);
            let pair = Tuple::new(cx, &[now, fresh.value()]);
            set_slot(cx, data, NEGATIVE, pair);
            fresh
        }
    };
    let verdict = decide(cx, data, class, sub)?;
    let cache = if verdict { made(cx, data, CACHE) } else { negative };
    remember(cx, cache, sub)?;
    Ok(Value::bool(verdict))
}

fn decide(cx: &mut Ctx, data: Value, class: Value, sub: Value) -> Res<bool> {
    let hook = cx.names.__subclasshook__;
    let ok = protocol::call_method(cx, class, hook, &[sub])?;
    if ok == Value::TRUE || ok == Value::FALSE {
        return Ok(ok == Value::TRUE);
    }
    if ok != Value::NOT_IMPLEMENTED {
        return Err(cx.raise(Exc::AssertionError, "__subclasshook__ must return either False, True, or NotImplemented"));
    }
    if let (Some(sub), Some(class)) = (Type::of(sub), Type::of(class))
        && sub.is_subtype(class)
    {
        return Ok(true);
    }
    for registered in classes(cx, existing(cx, data, REGISTRY)).items() {
        if protocol::is_subclass(cx, sub, registered)? {
            return Ok(true);
        }
    }
    let below = cx.names.__subclasses__;
    let below = protocol::call_method(cx, class, below, &[])?;
    let Some(below) = List::of(below) else { return Err(cx.type_error("__subclasses__() must return a list")) };
    for derived in below.items() {
        if protocol::is_subclass(cx, sub, derived)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn dump(cx: &mut Ctx, args: Args) -> PyResult {
    let data = data_of(cx, args[0])?;
    let reference = protocol::import_attr(cx, "_weakref", "ref")?;
    let out = List::new(cx);
    let version = Tuple::of(slot(cx, data, NEGATIVE)).map_or_else(|| token(cx), |t| t.get(0));
    let negative = Tuple::of(slot(cx, data, NEGATIVE)).and_then(|t| Dict::of(t.get(1)));
    for dict in [existing(cx, data, REGISTRY), existing(cx, data, CACHE), negative] {
        let set = Set::new(cx);
        for class in classes(cx, dict).items() {
            let r = protocol::call(cx, reference, &[class])?;
            set.add(cx, r)?;
        }
        out.push(cx, set.value());
    }
    out.push(cx, version);
    out.wish_tuple(cx)
}

fn reset(cx: &mut Ctx, args: Args, which: &[usize]) -> PyResult {
    let data = data_of(cx, args[0])?;
    for &i in which {
        set_slot(cx, data, i, Value::EMPTY);
    }
    // Verdicts that contexts remember came from there.
    protocol::count_registration();
    Ok(Value::NONE)
}
