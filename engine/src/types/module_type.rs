//! Modules: objects whose `__dict__` is a real dict, used as the globals of their functions.

use super::slots::Slots;
use super::{TypeDef, TypeFlags, instance, object_type, type_name, type_of};
use crate::interp::shadow::{self, Facts};
use crate::native::declared_constant;
use crate::native::{Args, GetSet, ModuleDef, NativeDef, NativeObj};
use crate::objects::{Dict, Obj, Str};
use crate::{Ctx, PyResult, protocol};
use proto_core::Value;

/// `module`.
pub static MODULE: TypeDef = TypeDef {
    doc: "Create a module object.\n\nThe name must be a string; the optional docstring can have any type.",
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_DICT).with(TypeFlags::HAS_WEAKREF),
    new: Some(NativeDef::new("__new__", "($type, *args, **kwargs)", new, "")),
    init: Some(NativeDef::new("__init__", "($self, name, doc=None)", init, "")),
    slots: Slots { repr: Some(repr), getattr: Some(module_getattr), ..Slots::NONE },
    methods: &[NativeDef::new("__dir__", "($self, /)", dir, "__dir__() -> list\nspecialized dir() implementation")],
    getsets: &[
        GetSet::ro("__dict__", get_dict, ""),
        GetSet::rw("__annotations__", get_annotations, set_annotations, ""),
        GetSet::rw("__annotate__", get_annotate, set_annotate, ""),
    ],
    text_signature: "(name, doc=None)",
    ..TypeDef::new("builtins", "module")
};

/// The dict of a module, or of another object whose attributes are in one.
#[inline]
pub fn module_dict(v: Value) -> Option<Dict> {
    Obj::of(v)?.dict_if_any()
}

/// An empty module object.
pub fn alloc_module(cx: &mut Ctx, class: super::Type) -> Value {
    let v = instance::alloc_plain(cx, class);
    if let Some(obj) = Obj::of(v) {
        let dict = Dict::new(cx);
        obj.set_dict(cx, dict.value());
    }
    v
}

fn new(cx: &mut Ctx, args: Args) -> PyResult {
    match super::Type::of(args[0]) {
        Some(class) => Ok(alloc_module(cx, class)),
        None => Err(cx.type_error("module.__new__(X): X is not a type object")),
    }
}

/// The attributes that every module has.
fn set_basics(cx: &mut Ctx, module: Value, name: Value, doc: Value) {
    let names = cx.names;
    if let Some(dict) = module_dict(module) {
        dict.set_str(cx, names.__name__, name);
        dict.set_str(cx, names.__doc__, doc);
        for key in [names.__package__, names.__loader__, names.__spec__] {
            dict.set_str(cx, key, Value::NONE);
        }
    }
}

fn init(cx: &mut Ctx, args: Args) -> PyResult {
    let name = args.str(cx, 1)?;
    set_basics(cx, args[0], name.value(), args.or_none(2));
    Ok(Value::NONE)
}

fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    // The import system knows how to show a module.
    let name = cx.intern(b"_module_repr");
    let shower = crate::interp::import_machinery(cx).map(|machinery| protocol::getattr_opt(cx, machinery, name));
    match shower.transpose().map(Option::flatten) {
        Ok(Some(f)) => protocol::call(cx, f, &[v]),
        Ok(None) => {
            let name = module_name(cx, v).unwrap_or_else(|| "?".to_owned());
            Ok(Str::from_text(cx, &format!("<module '{name}'>")))
        }
        Err(raised) => Err(raised),
    }
}

fn module_name(cx: &Ctx, v: Value) -> Option<String> {
    let name = module_dict(v)?.get_str(cx.names.__name__)?;
    Str::of_sub(cx, name).map(|s| s.to_text().into_owned())
}

/// `module 'x' has no attribute 'y'`; None when `v` is no module.
pub fn missing_attribute(cx: &Ctx, v: Value, name: Value) -> Option<String> {
    if !type_of(cx, v).is_subtype(cx.types.module) {
        return None;
    }
    let text = protocol::text(cx, name);
    Some(match module_name(cx, v) {
        Some(module) => format!("module '{module}' has no attribute '{text}'"),
        None => format!("module has no attribute '{text}'"),
    })
}

/// The `getattr` slot of modules: attribute lookup, then their `__getattr__` function.
pub fn module_getattr(cx: &mut Ctx, v: Value, name: Value) -> PyResult {
    if let Some(found) = module_getattr_opt(cx, v, name)? {
        return Ok(found);
    }
    let message = missing_message(cx, v, name)?;
    Err(cx.attribute_error_with(message, v, name))
}

/// As [`module_getattr`]; None for what is missing, of which nothing need be found out then.
pub fn module_getattr_opt(cx: &mut Ctx, v: Value, name: Value) -> PyResult<Option<Value>> {
    if let Some(found) = object_type::generic_getattr_opt(cx, v, name)? {
        return Ok(Some(found));
    }
    let hook = cx.names.__getattr__;
    match module_dict(v).and_then(|d| d.get_str(hook)) {
        Some(f) => protocol::call(cx, f, &[name]).map(Some),
        None => Ok(None),
    }
}

/// Whether the module with these attributes is still being imported.
fn is_initializing(cx: &mut Ctx, dict: Dict) -> PyResult<bool> {
    let names = cx.names;
    let Some(spec) = dict.get_str(names.__spec__).filter(|&s| s != Value::NONE) else { return Ok(false) };
    match protocol::getattr_opt(cx, spec, names._initializing)? {
        Some(flag) => protocol::truth(cx, flag),
        None => Ok(false),
    }
}

fn missing_message(cx: &mut Ctx, v: Value, name: Value) -> PyResult<String> {
    let text = protocol::text(cx, name);
    let Some(module) = module_name(cx, v) else { return Ok(format!("module has no attribute '{text}'")) };
    let names = cx.names;
    let dict = module_dict(v);
    let spec = dict.and_then(|d| d.get_str(names.__spec__));
    let facts = Facts::of(cx, spec, dict.and_then(|d| d.get_str(names.__name__)))?;
    if let Some(advice) = facts.advice(&module) {
        return Ok(format!("module '{module}' has no attribute '{text}' ({advice})"));
    }
    // A module that is still being imported: probably a circular import.
    const CIRCULAR: &str = "(most likely due to a circular import)";
    if facts.initializing {
        let from = facts.origin.map_or(String::new(), |origin| format!(" from '{origin}'"));
        return Ok(format!("partially initialized module '{module}'{from} has no attribute '{text}' {CIRCULAR}"));
    }
    if shadow::uninitialized_submodule(cx, spec, name)? {
        return Ok(format!("cannot access submodule '{text}' of module '{module}' {CIRCULAR}"));
    }
    Ok(format!("module '{module}' has no attribute '{text}'"))
}

fn dir(cx: &mut Ctx, args: Args) -> PyResult {
    let name = cx.names.__dict__;
    let found = protocol::getattr(cx, args[0], name)?;
    let Some(dict) = Dict::of_sub(cx, found) else {
        return Err(cx.type_error("<module>.__dict__ is not a dictionary"));
    };
    let hook = cx.names.__dir__;
    if let Some(f) = dict.get_str(hook) {
        return protocol::call(cx, f, &[]);
    }
    Ok(dict.keys_list(cx).value())
}

fn get_dict(cx: &mut Ctx, v: Value) -> PyResult {
    match module_dict(v) {
        Some(d) => Ok(d.value()),
        None => object_type::get_dict(cx, v),
    }
}

fn dict_of(cx: &mut Ctx, v: Value) -> PyResult<Dict> {
    module_dict(v).ok_or_else(|| cx.type_error("<module>.__dict__ is not a dictionary"))
}

fn get_annotations(cx: &mut Ctx, v: Value) -> PyResult {
    let names = cx.names;
    let dict = dict_of(cx, v)?;
    if let Some(a) = dict.get_str(names.__annotations__) {
        return Ok(a);
    }
    let annotate = dict.get_str(names.__annotate__).filter(|&f| f != Value::NONE);
    let annotations = match annotate {
        Some(f) => {
            let a = protocol::call(cx, f, &[Value::small(1)])?;
            if Dict::of_sub(cx, a).is_none() {
                let got = type_name(cx, a);
                return Err(cx.type_error(format!("__annotate__ returned non-dict of type '{got}'")));
            }
            a
        }
        None => Dict::new(cx).value(),
    };
    // While its body runs, more of them come.
    if !is_initializing(cx, dict)? {
        dict.set_str(cx, names.__annotations__, annotations);
    }
    Ok(annotations)
}

fn set_annotations(cx: &mut Ctx, v: Value, value: Value) -> PyResult<()> {
    let names = cx.names;
    let dict = dict_of(cx, v)?;
    if value == Value::EMPTY {
        if dict.remove_str(cx, names.__annotations__).is_none() {
            return Err(cx.attribute_error(v, names.__annotations__));
        }
    } else {
        dict.set_str(cx, names.__annotations__, value);
    }
    dict.remove_str(cx, names.__annotate__);
    Ok(())
}

fn get_annotate(cx: &mut Ctx, v: Value) -> PyResult {
    let names = cx.names;
    let dict = dict_of(cx, v)?;
    match dict.get_str(names.__annotate__) {
        Some(f) => Ok(f),
        None => {
            dict.set_str(cx, names.__annotate__, Value::NONE);
            Ok(Value::NONE)
        }
    }
}

fn set_annotate(cx: &mut Ctx, v: Value, value: Value) -> PyResult<()> {
    if value == Value::EMPTY {
        return Err(cx.type_error("cannot delete __annotate__ attribute"));
    }
    if value != Value::NONE && !protocol::is_callable(cx, value) {
        return Err(cx.type_error("__annotate__ must be callable or None"));
    }
    let names = cx.names;
    let dict = dict_of(cx, v)?;
    dict.set_str(cx, names.__annotate__, value);
    if value != Value::NONE {
        dict.remove_str(cx, names.__annotations__);
    }
    Ok(())
}

impl Ctx {
    /// A fresh module object with the usual attributes.
    pub fn new_empty_module(&mut self, name: &str, doc: &str) -> Value {
        let class = self.types.module;
        let module = alloc_module(self, class);
        let name = self.intern(name.as_bytes());
        let doc = if doc.is_empty() { Value::NONE } else { Str::new(self, doc) };
        set_basics(self, module, name, doc);
        module
    }

    /// A fresh module object of a declaration.
    pub fn new_module(&mut self, def: &'static ModuleDef) -> PyResult {
        let module = self.new_empty_module(def.name, def.doc);
        let name = self.intern(def.name.as_bytes());
        let Some(dict) = module_dict(module) else { return Err(self.system_error("module")) };
        for f in def.functions {
            let function = self.new_function(f, name);
            let key = self.intern(f.name.as_bytes());
            dict.set_str(self, key, function);
        }
        for (key, c) in def.constants {
            let key = self.intern(key.as_bytes());
            let v = declared_constant(self, c);
            dict.set_str(self, key, v);
        }
        for ty in def.types {
            let key = self.intern(ty.name.as_bytes());
            let ty = self.add_type(ty);
            dict.set_str(self, key, ty.value());
        }
        if let Some(init) = def.init {
            init(self, module)?;
        }
        Ok(module)
    }

    /// A built-in function of module `module` (a str value, or EMPTY).
    pub fn new_function(&mut self, def: &'static NativeDef, module: Value) -> Value {
        let shape = self.types.builtin_function.instance_shape(self);
        NativeObj::function(self, shape, def, Value::EMPTY, module, Value::EMPTY).value()
    }

    /// A built-in method bound to `receiver`, which the function gets as its first argument (declare it with `$self`).
    pub fn new_bound_function(&mut self, def: &'static NativeDef, receiver: Value) -> Value {
        let shape = self.types.builtin_function.instance_shape(self);
        NativeObj::function(self, shape, def, receiver, Value::EMPTY, Value::EMPTY).value()
    }

    /// Sets an attribute of a module.
    pub fn set_module_attr(&mut self, module: Value, name: &str, v: Value) {
        let key = self.intern(name.as_bytes());
        if let Some(dict) = module_dict(module) {
            dict.set_str(self, key, v);
        }
    }
}
