//! Calling a type: `__new__`, then `__init__`.

use super::slots::{CallFn, Slot};
use super::{Layout, Type, TypeFlags, type_lookup, type_name, type_of};
use crate::exceptions::base::{base_init, base_new};
use crate::native::bind::{Owner, call_def_named};
use crate::native::{CallArgs, Leaf, NativeDef, with_prefix};
use crate::objects::{Dict, List, Str};
use crate::{Ctx, PyResult, protocol};
use proto_core::{Kind, Value};

/// `type.__call__`: the `call` slot of types.
pub fn type_call(cx: &mut Ctx, class: Value, args: CallArgs) -> PyResult {
    let Some(ty) = Type::of(class) else { return Err(protocol::call::not_callable(cx, class)) };
    if ty == cx.types.type_ {
        if args.values.len() == 1 && args.nkw() == 0 {
            return Ok(type_of(cx, args.values[0]).value());
        }
        if args.values.len() == 1 + args.nkw() && args.nkw() > 0 {
            return Err(cx.type_error("type() takes no keyword arguments"));
        }
        if args.values.len() != 3 + args.nkw() {
            return Err(cx.type_error("type() takes 1 or 3 arguments"));
        }
    }
    if let Some(leaf) = new_leaf(ty)
        && args.kwnames == Value::EMPTY
        && args.values.len() < 4
    {
        let mut words = [class; 4];
        words[1..=args.values.len()].copy_from_slice(args.values);
        let made = leaf(cx, &words[..=args.values.len()]);
        if made != Value::EMPTY {
            return Ok(made);
        }
    }
    if let (&[only], Value::EMPTY) = (args.values, args.kwnames)
        && let Some(new) = ty.data().def().and_then(|def| def.new_of_one)
    {
        return new(cx, only);
    }
    if ty == cx.types.dict && args.nkw() > 0 && args.nkw() == args.values.len() {
        return dict_of_keywords(cx, args);
    }
    let Some(new) = ty.slots().new() else {
        let name = ty.full_name(cx);
        return Err(cx.type_error(format!("cannot create '{name}' instances")));
    };
    let obj = new.call(cx, class, args)?;
    let made = type_of(cx, obj);
    if made != ty && !made.is_subtype(ty) {
        return Ok(obj);
    }
    if let Some(init) = made.slots().init() {
        init.call(cx, obj, args)?;
    }
    Ok(obj)
}

/// `dict(a=1, b=2)`
fn dict_of_keywords(cx: &mut Ctx, args: CallArgs) -> PyResult {
    let dict = Dict::new(cx);
    for k in 0..args.nkw() {
        let (name, value) = args.keyword(k);
        dict.set(cx, name, value)?;
    }
    Ok(dict.value())
}

/// The quick form of the `__new__` that a native type declares itself: it makes finished instances of that very type.
#[inline]
pub fn new_leaf(ty: Type) -> Option<Leaf> {
    ty.data().def()?.new.as_ref()?.leaf
}

/// The `new` slot of classes whose nearest native base declares `__new__`.
pub fn native_new(cx: &mut Ctx, class: Value, args: CallArgs) -> PyResult {
    let Some(ty) = Type::of(class) else { return Err(cx.type_error("__new__ needs a type")) };
    for k in ty.mro_types() {
        if let Some(def) = k.data().def()
            && let Some(new) = &def.new
        {
            let inherited = ty.slots().init().map(|f| f.addr()) == k.slots().init().map(|f| f.addr());
            let args = own_part(new, args, inherited);
            return with_prefix(cx, class, args, |cx, args| call_def_named(cx, new, def.name, Owner::None, args));
        }
    }
    Err(cx.type_error("no __new__"))
}

/// The arguments that the `__new__` or `__init__` of a native class looks at: none by keyword where it takes none and a subclass
/// has its own form of the other of the two, whose keywords they are.
fn own_part<'a>(def: &NativeDef, args: CallArgs<'a>, other_inherited: bool) -> CallArgs<'a> {
    if other_inherited || args.nkw() == 0 || def.sig.takes_keywords() { args } else { CallArgs::pos(args.positional()) }
}

/// The `init` slot of classes whose nearest native base declares `__init__`.
pub fn native_init(cx: &mut Ctx, receiver: Value, args: CallArgs) -> PyResult<()> {
    let ty = type_of(cx, receiver);
    native_init_of(cx, ty, receiver, args)
}

/// The `__init__` that a native declaration gives `class`, for `super().__init__` and the like: `receiver` may be an instance
/// of a subclass with a declared `__init__` of its own.
pub fn native_init_of(cx: &mut Ctx, class: Type, receiver: Value, args: CallArgs) -> PyResult<()> {
    for k in class.mro_types() {
        if let Some(def) = k.data().def()
            && let Some(init) = &def.init
        {
            // `super()` calls itself by another name than its class's.
            let name = if init.name.starts_with("__") { def.name } else { init.name };
            let made = type_of(cx, receiver).slots().new();
            // `set` alone takes no keywords of others.
            let inherited = made.map(|f| f.addr()) == k.slots().new().map(|f| f.addr()) || def.name == "set";
            let args = own_part(init, args, inherited);
            with_prefix(cx, receiver, args, |cx, args| call_def_named(cx, init, name, Owner::None, args))?;
            return Ok(());
        }
    }
    Ok(())
}

/// Calls the built-in `__new__` of `owner`: the first argument is the class.
pub fn call_new_function(cx: &mut Ctx, def: &'static NativeDef, owner: Option<Type>, args: CallArgs) -> PyResult {
    let Some(owner) = owner else { return Err(cx.system_error("__new__ without an owner")) };
    let name = owner.name_str();
    let Some(&class) = args.positional().first() else {
        return Err(cx.type_error(format!("{name}.__new__(): not enough arguments")));
    };
    let Some(class) = Type::of(class) else {
        let got = type_name(cx, class);
        return Err(cx.type_error(format!("{name}.__new__(X): X is not a type object ({got})")));
    };
    if !class.is_subtype(owner) {
        let sub = class.name_str();
        return Err(cx.type_error(format!("{name}.__new__({sub}): {sub} is not a subtype of {name}")));
    }
    // The nearest native class whose layout the instances have must not build them in another way.
    let mut native = class;
    while native.is_heap() {
        match native.base() {
            Some(b) => native = b,
            None => break,
        }
    }
    if native.slots().new().is_none() {
        let name = native.full_name(cx);
        return Err(cx.type_error(format!("cannot create '{name}' instances")));
    }
    let same = |a: Option<Slot<CallFn>>, b: Option<Slot<CallFn>>| a.map(|f| f.addr()) == b.map(|f| f.addr());
    let own_new = provider(native) == provider(owner);
    if !own_new || !same(native.slots().new(), owner.slots().new()) && native.slots().new().is_some() {
        let (sub, right) = (c_name(cx, class), c_name(cx, native));
        return Err(cx.type_error(format!("{name}.__new__({sub}) is not safe, use {right}.__new__()")));
    }
    match owner.data().def().and_then(|d| d.slots.new) {
        Some(new) => new(cx, class.value(), args.skip(1)),
        None => {
            let inherited = class.slots().init().map(|f| f.addr()) == owner.slots().init().map(|f| f.addr());
            call_def_named(cx, def, &name, Owner::None, own_part(def, args, inherited))
        }
    }
}

/// The name that CPython's C code has for a class: with the module for a native one.
fn c_name(cx: &Ctx, ty: Type) -> String {
    if ty.is_heap() { ty.name_str() } else { ty.full_name(cx) }
}

/// The native class of the MRO that declares `__new__`.
fn provider(ty: Type) -> Option<Type> {
    ty.mro_types().find(|k| k.data().def().is_some_and(|d| d.new.is_some() || d.slots.new.is_some()))
}

/// `object.__new__`.
pub fn object_new(cx: &mut Ctx, class: Value, args: CallArgs) -> PyResult {
    let Some(ty) = Type::of(class) else { return Err(cx.type_error("object.__new__(X): X is not a type object")) };
    if !args.is_empty() {
        let slots = ty.slots();
        if slots.new().is_some_and(|f| f.addr() != object_new as *const () as usize) {
            return Err(cx.type_error("object.__new__() takes exactly one argument (the type to instantiate)"));
        }
        if slots.init().is_some_and(|f| f.addr() == object_init as *const () as usize) {
            let name = ty.name_str();
            return Err(cx.type_error(format!("{name}() takes no arguments")));
        }
    }
    if ty.flags().has(TypeFlags::ABSTRACT) {
        return Err(abstract_error(cx, ty));
    }
    match ty.data().layout {
        Layout::Object => Ok(super::instance::alloc_plain(cx, ty)),
        _ => {
            let name = c_name(cx, ty);
            Err(cx.type_error(format!("object.__new__({name}) is not safe, use {name}.__new__()")))
        }
    }
}

#[cold]
fn abstract_error(cx: &mut Ctx, ty: Type) -> crate::Raised {
    let name = cx.names.__abstractmethods__;
    let set = match type_lookup(cx, ty, name) {
        Some(v) => v,
        None => return cx.type_error("abstract class"),
    };
    let sorted = match protocol::list_of(cx, set) {
        Ok(list) => match crate::objects::sort::sort(cx, list, Value::EMPTY, false) {
            Ok(()) => list,
            Err(r) => return r,
        },
        Err(r) => return r,
    };
    let names: Box<[String]> = List::items(sorted)
        .map(|v| format!("'{}'", Str::of_sub(cx, v).map_or(String::new(), |s| s.to_text().into_owned())))
        .collect();
    let plural = if names.len() == 1 { "" } else { "s" };
    let class = ty.name_str();
    cx.type_error(format!(
        "Can't instantiate abstract class {class} without an implementation for abstract method{plural} {}",
        names.join(", ")
    ))
}

/// `object.__init__`.
pub fn object_init(cx: &mut Ctx, receiver: Value, args: CallArgs) -> PyResult<()> {
    if args.is_empty() {
        return Ok(());
    }
    let ty = type_of(cx, receiver);
    let slots = ty.slots();
    if slots.init().is_some_and(|f| f.addr() != object_init as *const () as usize) {
        return Err(cx.type_error("object.__init__() takes exactly one argument (the instance to initialize)"));
    }
    if slots.new().is_some_and(|f| f.addr() == object_new as *const () as usize) {
        let name = ty.name_str();
        return Err(cx.type_error(format!("{name}.__init__() takes exactly one argument (the instance to initialize)")));
    }
    Ok(())
}

/// What the interpreter needs to build an instance of a plain class without a native call.
#[derive(Copy, Clone)]
pub struct PlainNew {
    /// Root shape of the instance.
    pub shape: u32,
    /// Words of the object, header included.
    pub words: u16,
    /// The Python function `__init__`, or EMPTY when it is `object.__init__`.
    pub init: Value,
    /// Whether instances compare and hash by identity.
    pub by_identity: bool,
    /// Whether it is an exception, whose `__new__` keeps the arguments.
    pub exception: bool,
}

/// Says how to build an instance of `ty` inline, when nothing about it is special: the metaclass's `__call__` is `type`'s,
/// `__new__` is `object`'s, the class is not abstract and has no finalizer. Valid for the epoch.
pub fn plain_new(cx: &mut Ctx, ty: Type) -> Option<PlainNew> {
    let meta = type_of(cx, ty.value());
    if meta != cx.types.type_ && meta.slots().call().is_none_or(|f| f.addr() != type_call as *const () as usize) {
        return None;
    }
    let slots = ty.slots();
    let flags = ty.flags();
    let exception = slots.new().is_some_and(|f| f.addr() == base_new as *const () as usize);
    if !exception && slots.new().is_none_or(|f| f.addr() != object_new as *const () as usize)
        || flags.has(TypeFlags::ABSTRACT)
        || flags.has(TypeFlags::HAS_DEL)
        || !exception && !ty.is_heap() && ty != cx.types.object
        || ty.data().layout != Layout::Object
    {
        return None;
    }
    let default = if exception { base_init as *const () as usize } else { object_init as *const () as usize };
    let init = if slots.init().is_some_and(|f| f.addr() == default) {
        Value::EMPTY
    } else {
        let name = cx.names.__init__;
        super::type_lookup_cacheable(cx, ty, name).0.filter(|f| f.is_kind(Kind::Function))?
    };
    let id = ty.instance_shape(cx);
    let shape = cx.space().shape(id);
    (shape.nnative <= shape.inline_cap).then_some(PlainNew {
        shape: id.0,
        words: (shape.inline_cap + 2) as u16,
        init,
        by_identity: ty.tells_identity(),
        exception,
    })
}
