//! Making classes: metaclass and base computation, `type.__new__`, and what the class statement does around it.

use super::declare::{add_subclass, alloc_type};
use super::{
    Layout, Type, TypeData, TypeFlags, descriptors, layout, lookup, mro, object_type, slots_update, type_name, type_of,
};
use crate::interp;
use crate::native::{CallArgs, NativeObj, with_words};
use crate::objects::{Cell, Dict, List, Str, Tuple, hashing};
use crate::{Ctx, PyResult, protocol};
use proto_core::{Kind, RootVec, ShapeId, Value};

/// The most derived metaclass of `meta` and the bases' types.
pub fn calculate_metaclass(cx: &mut Ctx, meta: Type, bases: Tuple) -> PyResult<Type> {
    let mut winner = meta;
    for base in bases.items() {
        let t = type_of(cx, base);
        if winner.is_subtype(t) {
            continue;
        }
        if t.is_subtype(winner) {
            winner = t;
            continue;
        }
        return Err(cx.type_error(
            "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases",
        ));
    }
    Ok(winner)
}

/// Whether instances of `t` are laid out in another way than those of its base.
fn adds_layout(t: Type) -> bool {
    match t.base() {
        None => true,
        Some(b) => {
            let (d, bd) = (t.data(), b.data());
            d.nfixed != bd.nfixed || d.layout != bd.layout
        }
    }
}

/// The nearest class, `t` included, that decides the layout of instances.
pub fn solid_base(t: Type) -> Type {
    let mut t = t;
    while !adds_layout(t) {
        match t.base() {
            Some(b) => t = b,
            None => break,
        }
    }
    t
}

/// Whether the layout of `t` extends that of the solid class `solid`.
pub fn extends_layout(t: Type, solid: Type) -> bool {
    let mut s = Some(t);
    while let Some(k) = s {
        if k == solid {
            return true;
        }
        s = k.base();
    }
    false
}

/// The base whose layout the new class extends.
pub fn best_base(cx: &mut Ctx, bases: Tuple) -> PyResult<Type> {
    let mut best: Option<(Type, Type)> = None;
    for b in bases.items() {
        let Some(base) = Type::of(b) else { return Err(cx.type_error("bases must be types")) };
        if !base.flags().has(TypeFlags::BASETYPE) {
            let name = base.full_name(cx);
            return Err(cx.type_error(format!("type '{name}' is not an acceptable base type")));
        }
        let candidate = solid_base(base);
        best = match best {
            None => Some((base, candidate)),
            Some((_, winner)) if extends_layout(winner, candidate) => best,
            Some((_, winner)) if extends_layout(candidate, winner) => Some((base, candidate)),
            Some(_) => return Err(cx.type_error("multiple bases have instance lay-out conflict")),
        };
    }
    match best {
        Some((base, _)) => Ok(base),
        None => Ok(cx.types.object),
    }
}

/// What `__slots__` asks for.
struct SlotNames {
    names: RootVec,
    dict: bool,
    weakref: bool,
}

/// `type.__new__(metatype, name, bases, dict, **kwargs)`.
pub fn type_new(cx: &mut Ctx, meta: Value, args: CallArgs) -> PyResult {
    let Some(meta) = Type::of(meta) else { return Err(cx.type_error("type.__new__(X): X is not a type object")) };
    let positional = args.positional();
    let [name, bases, namespace] = *positional else {
        return Err(cx.type_error(format!("type.__new__() takes exactly 3 arguments ({} given)", positional.len())));
    };
    let Some(name_text) = Str::of_sub(cx, name) else { return Err(bad(cx, 1, "str", name)) };
    let given = bases;
    let Some(bases) = Tuple::of_sub(cx, bases) else { return Err(bad(cx, 2, "tuple", bases)) };
    let Some(namespace) = Dict::of_sub(cx, namespace) else { return Err(bad(cx, 3, "dict", namespace)) };
    for b in bases.items() {
        let entries = cx.names.__mro_entries__;
        if Type::of(b).is_none() && protocol::getattr_opt(cx, b, entries)?.is_some() {
            return Err(cx.type_error("type() doesn't support MRO entry resolution; use types.new_class()"));
        }
    }
    let winner = calculate_metaclass(cx, meta, bases)?;
    if winner != meta
        && let Some(new) = winner.slots().new()
        && new.addr() != type_new as *const () as usize
    {
        return new.call(cx, winner.value(), args);
    }
    let bases = if bases.len() == 0 { Tuple::new(cx, &[cx.types.object.value()]) } else { bases.value() };
    let Some(bases) = Tuple::of(bases) else { return Err(cx.system_error("bases")) };
    let base = best_base(cx, bases)?;
    if name_text.as_bytes().contains(&0) {
        return Err(cx.value_error("type name must not contain null characters"));
    }
    super::type_attrs::check_utf8(cx, name_text.value())?;
    if let Some(doc) = namespace.get_str(cx.names.__doc__).filter(|&doc| Str::of(doc).is_some()) {
        super::type_attrs::check_utf8(cx, doc)?;
    }
    let ty = make_class(cx, winner, name_text, bases, base, namespace)?;
    // `__bases__` is what was given, also if its class is no more than derived from `tuple`.
    if given != bases.value() && Tuple::of_sub(cx, given).is_some_and(|t| t.value() == bases.value()) {
        ty.set_word(cx, layout::BASES, given);
    }
    set_names(cx, ty)?;
    init_subclass(cx, ty, args)?;
    Ok(ty.value())
}

#[cold]
fn bad(cx: &mut Ctx, position: usize, expected: &str, got: Value) -> crate::Raised {
    crate::native::bad_argument(cx, "type.__new__", position, expected, got)
}

/// A copy of the namespace whose string keys are interned.
fn copy_namespace(cx: &mut Ctx, from: Dict) -> PyResult<Dict> {
    let to = Dict::with_capacity(cx, from.len() + 2);
    let mut pos = 0;
    while let Some((next, key, value)) = from.next_entry(pos) {
        // Names of slots and caches are plain strings.
        match Str::of(key).or_else(|| hashing::wrapped_text(key)) {
            Some(s) => {
                let atom = s.intern(cx);
                to.set_str(cx, atom, value);
            }
            None => to.set(cx, key, value)?,
        }
        pos = next;
    }
    Ok(to)
}

fn make_class(cx: &mut Ctx, meta: Type, name: Str, bases: Tuple, base: Type, namespace: Dict) -> PyResult<Type> {
    let names = cx.names;
    let dict = copy_namespace(cx, namespace)?;
    let layout_ = base.data().layout;
    let mut flags = TypeFlags::HEAP.with(TypeFlags::BASETYPE);
    // The layout's base alone decides whether there is a place for weak references and for a dict; other bases ask for one.
    let (mut asks_dict, mut asks_weakref) = (false, false);
    for b in bases.items().filter_map(Type::of) {
        // The first base that is a sequence or a mapping says which of them the class is.
        let known = flags.has(TypeFlags::SEQUENCE) || flags.has(TypeFlags::MAPPING);
        let own = TypeFlags(b.flags().0 & TypeFlags::INHERITED.0);
        flags = flags.with(if known { own.without(TypeFlags::SEQUENCE.with(TypeFlags::MAPPING)) } else { own });
        asks_dict |= b.flags().has(TypeFlags::HAS_DICT);
        asks_weakref |= b.flags().has(TypeFlags::HAS_WEAKREF);
    }
    let own = base.flags();
    flags = flags.without(TypeFlags::HAS_DICT.with(TypeFlags::HAS_WEAKREF));
    flags = flags.with(TypeFlags(own.0 & TypeFlags::HAS_DICT.with(TypeFlags::HAS_WEAKREF).0));
    let may_add_dict = !own.has(TypeFlags::HAS_DICT);
    let may_add_weakref = !own.has(TypeFlags::HAS_WEAKREF) && !is_variable(base);
    let slots = match dict.get_str(names.__slots__) {
        Some(v) => Some(read_slots(cx, v, base, flags, name, dict)?),
        None => None,
    };
    let (adds_dict, adds_weakref) = match &slots {
        Some(s) => (s.dict || asks_dict && may_add_dict, s.weakref || asks_weakref && may_add_weakref),
        None => (may_add_dict, may_add_weakref),
    };
    if matches!(layout_, Layout::Type) {
        flags = flags.with(TypeFlags::HAS_DICT);
    }
    if adds_dict {
        flags = flags.with(TypeFlags::HAS_DICT);
    }
    if adds_weakref {
        flags = flags.with(TypeFlags::HAS_WEAKREF);
    }
    let nslots = slots.as_ref().map_or(0, |s| s.names.len());
    let nfixed = base.data().nfixed as usize + nslots;
    if nfixed > u16::MAX as usize {
        return Err(cx.type_error("too many __slots__"));
    }
    let qualname = match dict.remove_str(cx, names.__qualname__) {
        Some(q) if q.is_str() || Str::of_sub(cx, q).is_some() => q,
        Some(q) => {
            let got = type_name(cx, q);
            return Err(cx.type_error(format!("type __qualname__ must be a str, not {got}")));
        }
        None => name.value(),
    };
    let data = TypeData::new(cx, None, base.slots().record(), flags, nfixed as u16, layout_);
    let shape = if meta == cx.types.type_ { crate::objects::shapes::TYPE } else { meta.instance_shape(cx) };
    let ty = alloc_type(cx, ShapeId(shape.0), data, name.value(), qualname, bases.value(), dict);
    ty.set_word(cx, layout::BASE, base.value());
    fill_class_dict(cx, ty, dict, &slots, adds_dict, adds_weakref)?;
    mro::set_mro(cx, ty)?;
    for b in bases.items() {
        if let Some(b) = Type::of(b) {
            add_subclass(cx, b, ty);
        }
    }
    if dict.get_str(names.__eq__).is_some() && dict.get_str(names.__hash__).is_none() {
        dict.set_str(cx, names.__hash__, Value::NONE);
    }
    let heap: &proto_core::Heap = cx;
    lookup::derive_class(|| slots_update::refresh(heap, names, ty));
    let mut odd = false;
    dict.for_each(|key, _| odd |= !key.is_str() && Str::of(key).is_none());
    if odd {
        let text = format!("non-string key in the __dict__ of class {}", ty.name_str());
        crate::exceptions::warn(cx, crate::exceptions::Exc::RuntimeWarning, &text, 1)?;
    }
    Ok(ty)
}

/// The implied contents of a class dictionary.
fn fill_class_dict(
    cx: &mut Ctx,
    ty: Type,
    dict: Dict,
    slots: &Option<SlotNames>,
    adds_dict: bool,
    adds_weakref: bool,
) -> PyResult<()> {
    let names = cx.names;
    if dict.get_str(names.__module__).is_none() {
        let module = interp::caller_module_name(cx);
        if module != Value::EMPTY {
            dict.set_str(cx, names.__module__, module);
        }
    }
    if dict.get_str(names.__doc__).is_none() {
        dict.set_str(cx, names.__doc__, Value::NONE);
    }
    if let Some(f) = dict.get_str(names.__new__).filter(|f| f.is_kind(Kind::Function)) {
        let f = descriptors::new_staticmethod(cx, cx.types, f);
        dict.set_str(cx, names.__new__, f);
    }
    for name in [names.__init_subclass__, names.__class_getitem__] {
        if let Some(f) = dict.get_str(name).filter(|f| f.is_kind(Kind::Function)) {
            let f = descriptors::new_classmethod(cx, cx.types, f);
            dict.set_str(cx, name, f);
        }
    }
    if let Some(cell) = dict.remove_str(cx, names.__classcell__) {
        match Cell::of(cell) {
            Some(c) => c.set(cx, ty.value()),
            None => {
                let got = type_name(cx, cell);
                return Err(cx.type_error(format!("__classcell__ must be a nonlocal cell, not <class '{got}'>")));
            }
        }
    }
    if let Some(cell) = dict.remove_str(cx, names.__classdictcell__) {
        match Cell::of(cell) {
            Some(c) => c.set(cx, dict.value()),
            None => {
                let got = type_name(cx, cell);
                return Err(cx.type_error(format!("__classdictcell__ must be a nonlocal cell, not <class '{got}'>")));
            }
        }
    }
    if let Some(slots) = slots {
        let shape = cx.types.member_descriptor.instance_shape(cx);
        let first = ty.data().nfixed as usize - slots.names.len();
        for (i, &name) in slots.names.iter().enumerate() {
            let member = NativeObj::slot_member(cx, shape, name, first + i, ty);
            dict.set_str(cx, name, member.value());
        }
    }
    let shape = cx.types.getset_descriptor.instance_shape(cx);
    if adds_dict && !matches!(ty.data().layout, Layout::Type) && dict.get_str(names.__dict__).is_none() {
        let getset = NativeObj::getset(cx, shape, &object_type::DICT_GETSET, ty);
        dict.set_str(cx, names.__dict__, getset.value());
    }
    if adds_weakref && dict.get_str(names.__weakref__).is_none() {
        let getset = NativeObj::getset(cx, shape, &object_type::WEAKREF_GETSET, ty);
        dict.set_str(cx, names.__weakref__, getset.value());
    }
    Ok(())
}

fn is_identifier(s: &str) -> bool {
    let mut chars = s.chars();
    chars.next().is_some_and(|c| c == '_' || c.is_alphabetic()) && chars.all(|c| c == '_' || c.is_alphanumeric())
}

/// `__private` inside class `C` is `_C__private`.
pub fn mangle(cx: &mut Ctx, class: Str, name: Str) -> Value {
    let (class, text) = (class.to_text(), name.to_text());
    let class = class.trim_start_matches('_');
    if !text.starts_with("__") || text.ends_with("__") || text.contains('.') || class.is_empty() {
        return name.intern(cx);
    }
    cx.intern(format!("_{class}{text}").as_bytes())
}

/// Whether instances have items inline, and so no place for more behind them.
fn is_variable(base: Type) -> bool {
    matches!(base.data().layout, Layout::Type | Layout::Core(Kind::BigInt | Kind::Bytes | Kind::Tuple, _))
}

fn read_slots(cx: &mut Ctx, value: Value, base: Type, flags: TypeFlags, class: Str, dict: Dict) -> PyResult<SlotNames> {
    let names = cx.names;
    let mut out = SlotNames { names: RootVec::new(cx), dict: false, weakref: false };
    let mut items = RootVec::new(cx);
    if Str::of_sub(cx, value).is_some() {
        items.push(value);
    } else {
        protocol::for_each(cx, value, |_, v| {
            items.push(v);
            Ok(())
        })?;
    }
    if !items.is_empty() && is_variable(base) {
        let name = base.name_str();
        return Err(cx.type_error(format!("nonempty __slots__ not supported for subtype of '{name}'")));
    }
    for i in 0..items.len() {
        let item = items[i];
        let Some(s) = Str::of_sub(cx, item) else {
            let got = type_name(cx, item);
            return Err(cx.type_error(format!("__slots__ items must be strings, not '{got}'")));
        };
        if !s.as_str().is_some_and(is_identifier) {
            return Err(cx.type_error("__slots__ must be identifiers"));
        }
        let atom = s.intern(cx);
        if atom == names.__dict__ {
            if flags.has(TypeFlags::HAS_DICT) || out.dict {
                return Err(cx.type_error("__dict__ slot disallowed: we already got one"));
            }
            out.dict = true;
            continue;
        }
        if atom == names.__weakref__ {
            if flags.has(TypeFlags::HAS_WEAKREF) || out.weakref {
                return Err(cx.type_error("__weakref__ slot disallowed: we already got one"));
            }
            out.weakref = true;
            continue;
        }
        let mangled = mangle(cx, class, s);
        if mangled != names.__qualname__
            && mangled != names.__classcell__
            && mangled != names.__classdictcell__
            && dict.get_str(mangled).is_some()
        {
            let text = s.to_text();
            return Err(cx.value_error(format!("'{text}' in __slots__ conflicts with class variable")));
        }
        out.names.push(mangled);
    }
    // Classes with the same slots have the same layout, in whatever order they were named.
    out.names.as_mut_slice().sort_by(|a, b| match (Str::of(*a), Str::of(*b)) {
        (Some(a), Some(b)) => a.as_bytes().cmp(b.as_bytes()),
        _ => std::cmp::Ordering::Equal,
    });
    Ok(out)
}

/// Tells the attributes of a new class their names.
fn set_names(cx: &mut Ctx, ty: Type) -> PyResult<()> {
    let name = cx.names.__set_name__;
    let dict = ty.dict();
    // The hooks may change the dictionary: go through a copy when there is any hook to call.
    let mut hooks = RootVec::new(cx);
    let mut pos = 0;
    while let Some((next, key, value)) = dict.next_entry(pos) {
        pos = next;
        // Functions are the bulk of a class's attributes and have no hook.
        if value.is_ptr() && !value.is_kind(Kind::Function) && !value.is_kind(Kind::Native) {
            hooks.push(key);
            hooks.push(value);
        }
    }
    let mut i = 0;
    while i < hooks.len() {
        let (key, value) = (hooks[i], hooks[i + 1]);
        i += 2;
        let owner = type_of(cx, value);
        let Some(hook) = lookup::type_lookup(cx, owner, name) else { continue };
        let result = match lookup::lookup_method(cx, hook, value, owner)? {
            (f, true) => protocol::call(cx, f, &[value, ty.value(), key]),
            (f, false) => protocol::call(cx, f, &[ty.value(), key]),
        };
        if let Err(raised) = result {
            let exc = cx.take(raised);
            let key = protocol::repr_lossy(cx, key);
            let note =
                format!("Error calling __set_name__ on '{}' instance {key} in '{}'", owner.name_str(), ty.name_str());
            crate::exceptions::base::add_note_text(cx, exc, &note)?;
            return Err(cx.restore(exc));
        }
    }
    Ok(())
}

/// Calls the parent's `__init_subclass__` with the keywords of the class statement.
fn init_subclass(cx: &mut Ctx, ty: Type, args: CallArgs) -> PyResult<()> {
    let name = cx.names.__init_subclass__;
    let found = ty.mro_types().skip(1).find_map(|k| k.dict().get_str(name).map(|v| (k, v)));
    let Some((owner, hook)) = found else { return Ok(()) };
    if owner == cx.types.object && args.nkw() == 0 {
        return Ok(());
    }
    let bound = match type_of(cx, hook).slots().descr_get() {
        Some(get) => get.call(cx, hook, Value::EMPTY, ty.value())?,
        None => hook,
    };
    let keywords = CallArgs { values: &args.values[args.positional().len()..], kwnames: args.kwnames };
    protocol::call_args(cx, bound, keywords)?;
    Ok(())
}

/// Replaces bases that are no types by what their `__mro_entries__` says.
pub fn resolve_bases(cx: &mut Ctx, bases: Tuple) -> PyResult<Tuple> {
    let name = cx.names.__mro_entries__;
    let mut changed = false;
    let mut out = RootVec::new(cx);
    for base in bases.items() {
        if Type::of(base).is_some() {
            out.push(base);
            continue;
        }
        let Some(entries) = protocol::getattr_opt(cx, base, name)? else {
            out.push(base);
            continue;
        };
        let replaced = protocol::call(cx, entries, &[bases.value()])?;
        let Some(replaced) = Tuple::of_sub(cx, replaced) else {
            return Err(cx.type_error("__mro_entries__ must return a tuple"));
        };
        changed = true;
        for b in replaced.items() {
            out.push(b);
        }
    }
    if !changed {
        return Ok(bases);
    }
    let tuple = Tuple::new(cx, &out);
    Tuple::of(tuple).ok_or_else(|| cx.system_error("bases"))
}

/// The class statement: `__build_class__(body, name, *bases, metaclass=..., **keywords)`.
pub fn build_class(cx: &mut Ctx, body: Value, name: Value, args: CallArgs) -> PyResult {
    let names = cx.names;
    let original = Tuple::new(cx, args.positional());
    let Some(original) = Tuple::of(original) else { return Err(cx.system_error("bases")) };
    let bases = resolve_bases(cx, original)?;
    // The keywords without `metaclass`.
    let mut explicit = None;
    let mut values = RootVec::new(cx);
    let mut keys = RootVec::new(cx);
    for i in 0..args.nkw() {
        let (key, value) = args.keyword(i);
        if Str::of(key).is_some_and(|k| k.as_bytes() == b"metaclass") {
            explicit = Some(value);
        } else {
            keys.push(key);
            values.push(value);
        }
    }
    let kwnames = if keys.is_empty() { Value::EMPTY } else { Tuple::new(cx, &keys) };
    let first = match explicit {
        Some(m) => m,
        None if bases.len() == 0 => cx.types.type_.value(),
        None => type_of(cx, bases.get(0)).value(),
    };
    let meta = match Type::of(first) {
        Some(m) => calculate_metaclass(cx, m, bases)?.value(),
        None => first,
    };
    let namespace = match protocol::getattr_opt(cx, meta, names.__prepare__)? {
        None => Dict::new(cx).value(),
        Some(f) if is_default_prepare(cx, f) => Dict::new(cx).value(),
        Some(prepare) => {
            let n = values.len();
            let ns = with_words(cx, n + 2, |cx, words| {
                words[0] = name;
                words[1] = bases.value();
                words[2..].copy_from_slice(&values);
                protocol::call_args(cx, prepare, CallArgs::with_names(words, kwnames))
            })?;
            if !protocol::is_mapping(cx, ns) {
                let meta_name = Type::of(meta).map_or("<metaclass>".to_owned(), Type::name_str);
                let got = type_name(cx, ns);
                return Err(cx.type_error(format!("{meta_name}.__prepare__() must return a mapping, not {got}")));
            }
            ns
        }
    };
    let cell = interp::run_class_body(cx, body, namespace)?;
    if bases.value() != original.value() {
        protocol::setitem(cx, namespace, names.__orig_bases__, original.value())?;
    }
    let class = with_words(cx, values.len() + 3, |cx, words| {
        words[0] = name;
        words[1] = bases.value();
        words[2] = namespace;
        words[3..].copy_from_slice(&values);
        protocol::call_args(cx, meta, CallArgs::with_names(words, kwnames))
    })?;
    if let (Some(cell), Some(_)) = (Cell::of(cell), Type::of(class)) {
        let content = cell.get();
        if content == Value::EMPTY {
            let text = protocol::repr_lossy(cx, class);
            let short = Str::of(name).map_or(String::new(), |s| s.to_text().into_owned());
            return Err(cx.runtime_error(format!(
                "__class__ not set defining '{short}' as {text}. Was __classcell__ propagated to type.__new__?"
            )));
        }
        if content != class {
            let (a, b) = (protocol::repr_lossy(cx, class), protocol::repr_lossy(cx, content));
            let short = Str::of(name).map_or(String::new(), |s| s.to_text().into_owned());
            return Err(cx.type_error(format!("__class__ set to {b} defining '{short}' as {a}")));
        }
    }
    Ok(class)
}

/// The class statement with bases in a tuple and keywords in a dict (EMPTY: none).
pub fn build_class_with(cx: &mut Ctx, body: Value, name: Value, bases: Value, kwargs: Value) -> PyResult {
    if crate::objects::Function::of(body).is_none() {
        return Err(cx.type_error("__build_class__: func must be a function"));
    }
    if Str::of_sub(cx, name).is_none() {
        return Err(cx.type_error("__build_class__: name is not a string"));
    }
    let mut values = RootVec::new(cx);
    let mut keys = RootVec::new(cx);
    if let Some(t) = Tuple::of(bases) {
        for b in t.items() {
            values.push(b);
        }
    }
    if let Some(d) = Dict::of(kwargs) {
        let mut pos = 0;
        while let Some((next, key, value)) = d.next_entry(pos) {
            keys.push(key);
            values.push(value);
            pos = next;
        }
    }
    let kwnames = if keys.is_empty() { Value::EMPTY } else { Tuple::new(cx, &keys) };
    build_class(cx, body, name, CallArgs::with_names(&values, kwnames))
}

/// Whether a looked-up `__prepare__` is `type.__prepare__`.
fn is_default_prepare(cx: &Ctx, f: Value) -> bool {
    NativeObj::of(f).and_then(|n| n.owner()) == Some(cx.types.type_)
}

/// `__bases__ = ...`.
pub fn set_bases(cx: &mut Ctx, ty: Type, value: Value) -> PyResult<()> {
    let name = ty.name_str();
    if !ty.is_heap() {
        return Err(cx.type_error(format!("cannot set '__bases__' attribute of immutable type '{name}'")));
    }
    let Some(bases) = Tuple::of_sub(cx, value) else {
        let got = type_name(cx, value);
        return Err(cx.type_error(format!("can only assign tuple to {name}.__bases__, not {got}")));
    };
    if bases.len() == 0 {
        return Err(cx.type_error(format!("can only assign non-empty tuple to {name}.__bases__, not ()")));
    }
    for b in bases.items() {
        match Type::of(b) {
            Some(t) if t == ty || t.is_subtype(ty) || derives_by_base(t, ty) => {
                return Err(cx.type_error("a __bases__ item causes an inheritance cycle"));
            }
            Some(_) => {}
            None => {
                let got = type_name(cx, b);
                return Err(cx.type_error(format!("{name}.__bases__ must be tuple of classes, not '{got}'")));
            }
        }
    }
    let base = best_base(cx, bases)?;
    let old_base = ty.base().unwrap_or(cx.types.object);
    if solid_base(base) != solid_base(old_base) {
        let (a, b) = (base.name_str(), old_base.name_str());
        return Err(cx.type_error(format!("__bases__ assignment: '{a}' object layout differs from '{b}'")));
    }
    let (old, old_value) = (ty.bases(), ty.word(layout::BASES));
    ty.set_word(cx, layout::BASES, value);
    ty.set_word(cx, layout::BASE, base.value());
    let mut before = RootVec::new(cx);
    if let Err(raised) = refresh_mros(cx, ty, &mut before) {
        // A user's `mro` may have assigned the bases anew; that assignment looked after itself.
        if ty.bases().value() == bases.value() {
            ty.set_word(cx, layout::BASES, old_value);
            ty.set_word(cx, layout::BASE, old_base.value());
            // As they were: asking `mro` again would be the same again.
            for i in (0..before.len()).step_by(2).rev() {
                if let Some(t) = Type::of(before[i]) {
                    t.set_word(cx, layout::MRO, before[i + 1]);
                }
            }
        }
        return Err(raised);
    }
    if ty.bases().value() != bases.value() {
        return Ok(());
    }
    for b in old.items().filter_map(Type::of) {
        super::declare::remove_subclass(cx, b, ty);
    }
    for b in bases.items().filter_map(Type::of) {
        add_subclass(cx, b, ty);
    }
    let names = cx.names;
    let heap: &proto_core::Heap = cx;
    lookup::derive_class(|| slots_update::refresh_tree(heap, names, ty));
    lookup::bump_epoch();
    Ok(())
}

/// Whether `ty` is in the chain of first bases of `t`: it may be there before any `mro` shows it.
fn derives_by_base(t: Type, ty: Type) -> bool {
    std::iter::successors(t.base(), |b| b.base()).any(|b| b == ty)
}

/// Computes the orders of a class and all below it; `before` gets each class with the order that it had.
fn refresh_mros(cx: &mut Ctx, ty: Type, before: &mut RootVec) -> PyResult<()> {
    protocol::guard(cx, " while calling a Python object")?;
    let old = ty.word(layout::MRO);
    mro::set_mro(cx, ty)?;
    before.push(ty.value());
    before.push(old);
    let mut subs = RootVec::new(cx);
    for s in super::declare::subclasses(cx, ty) {
        subs.push(s.value());
    }
    for &s in subs.iter() {
        if let Some(s) = Type::of(s) {
            refresh_mros(cx, s, before)?;
        }
    }
    Ok(())
}

/// Removes the descriptors of `__dict__` and `__weakref__` from a class whose dictionary is about to be copied into
/// another one (`sys._clear_type_descriptors`).
pub fn clear_type_descriptors(cx: &mut Ctx, ty: Type) {
    let names = cx.names;
    for name in [names.__dict__, names.__weakref__] {
        if ty.dict().get_str(name).is_some_and(|v| NativeObj::of(v).is_some()) {
            ty.dict().remove_str(cx, name);
        }
    }
    lookup::bump_epoch();
}

/// A new list of the direct subclasses.
pub fn subclasses_list(cx: &mut Ctx, ty: Type) -> List {
    let list = List::new(cx);
    for s in super::declare::subclasses(cx, ty) {
        list.push(cx, s.value());
    }
    list
}
