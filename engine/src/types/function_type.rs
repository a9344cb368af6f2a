//! The types of Python functions, bound methods and closure cells.

use super::slots::Slots;
use super::{TypeDef, TypeFlags, object_type, type_name, type_of};
use crate::native::{Args, CallArgs, GetSet, Member, NativeDef, with_prefix};
use crate::objects::{Cell, Dict, FnField, Function, Method, Str, Tuple, hash_pointer};
use crate::protocol::{CmpOp, audit};
use crate::{Ctx, PyResult, code_rt, interp, protocol};
use engine_code::CodeFlags;
use proto_core::Value;

/// `function`.
pub static FUNCTION: TypeDef = TypeDef {
    doc: "Create a function object.\n\n  code\n    a code object\n  globals\n    the globals dictionary\n  name\n    a string that overrides the name from the code object\n  argdefs\n    a tuple that specifies the default argument values\n  closure\n    a tuple that supplies the bindings for free variables\n  kwdefaults\n    a dictionary that specifies the default keyword argument values",
    flags: TypeFlags::HAS_WEAKREF.with(TypeFlags::METHOD_DESCRIPTOR).with(TypeFlags::HAS_DICT),
    new: Some(NativeDef::new(
        "__new__",
        "($type, code, globals, name=None, argdefs=None, closure=None, kwdefaults=None)",
        function_new,
        "",
    )),
    slots: Slots {
        repr: Some(function_repr),
        call: Some(interp::call_function),
        descr_get: Some(function_get),
        ..Slots::NONE
    },
    getsets: &[
        GetSet::rw("__code__", get_code, set_code, ""),
        GetSet::rw("__defaults__", get_defaults, set_defaults, ""),
        GetSet::rw("__kwdefaults__", get_kwdefaults, set_kwdefaults, ""),
        GetSet::rw("__name__", get_name, set_name, ""),
        GetSet::rw("__qualname__", get_qualname, set_qualname, ""),
        GetSet::rw("__module__", get_module, set_module, ""),
        GetSet::rw("__doc__", get_doc, set_doc, ""),
        GetSet::rw("__dict__", get_dict, set_dict, ""),
        GetSet::rw("__annotations__", get_annotations, set_annotations, ""),
        GetSet::rw("__annotate__", get_annotate, set_annotate, ""),
        GetSet::rw("__type_params__", get_type_params, set_type_params, ""),
    ],
    members: &[
        Member::computed("__globals__", get_globals, ""),
        Member::computed("__closure__", get_closure, ""),
        Member::computed("__builtins__", get_builtins, ""),
    ],
    ..TypeDef::new("builtins", "function")
};

/// `method`: a Python function bound to its receiver.
pub static METHOD: TypeDef = TypeDef {
    doc: "Create a bound instance method object.",
    flags: TypeFlags::HAS_WEAKREF,
    new: Some(NativeDef::new("__new__", "($type, function, instance, /)", method_new, "")),
    slots: Slots {
        repr: Some(method_repr),
        call: Some(method_call),
        getattr: Some(method_getattr),
        hash: Some(method_hash),
        richcmp: Some(method_cmp),
        descr_get: Some(|_, m, _, _| Ok(m)),
        ..Slots::NONE
    },
    members: &[
        Member::computed("__func__", get_func, "the function (or other callable) implementing a method"),
        Member::computed("__self__", get_self, "the instance to which a method is bound"),
    ],
    getsets: &[GetSet::ro("__doc__", get_method_doc, "")],
    methods: &[NativeDef::new("__reduce__", "($self, /)", method_reduce, "").hide_sig()],
    ..TypeDef::new("builtins", "method")
};

/// `cell`.
pub static CELL: TypeDef = TypeDef {
    doc: "Create a new cell object.\n\n  contents\n    the contents of the cell. If not specified, the cell will be empty,\n    and \n further attempts to access its cell_contents attribute will\n    raise a ValueError.",
    new: Some(NativeDef::new("__new__", "($type, contents=<unrepresentable>, /)", cell_new, "")),
    slots: Slots {
        repr: Some(cell_repr),
        richcmp: Some(cell_cmp),
        hash: Some(super::slots::hash_not_implemented),
        ..Slots::NONE
    },
    getsets: &[GetSet::rw("cell_contents", get_contents, set_contents, "")],
    ..TypeDef::new("builtins", "cell")
};

fn function(cx: &mut Ctx, v: Value) -> PyResult<Function> {
    Function::of(v).ok_or_else(|| cx.system_error("a function is needed"))
}

fn function_new(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(code) = code_rt::object::runtime_code(cx, args[1]) else {
        return Err(crate::native::bad_argument_named(cx, "function", "argument 'code'", "code", args[1]));
    };
    let globals = args[2];
    if Dict::of_sub(cx, globals).is_none() {
        return Err(crate::native::bad_argument_named(cx, "function", "argument 'globals'", "dict", args[2]));
    }
    let name = args.some(3);
    if name.is_some_and(|n| Str::of_sub(cx, n).is_none()) {
        return Err(cx.type_error("arg 3 (name) must be None or string"));
    }
    let defaults = args.some(4);
    if defaults.is_some_and(|d| Tuple::of_sub(cx, d).is_none()) {
        return Err(cx.type_error("arg 4 (defaults) must be None or tuple"));
    }
    audit::tell(cx, "function.__new__", &[args[1]])?;
    let nfree = code.freevars.len();
    let closure = match args.some(5) {
        None if nfree > 0 => return Err(cx.type_error("arg 5 (closure) must be tuple")),
        None => None,
        Some(c) => match Tuple::of(c) {
            Some(t) => Some(t),
            None => return Err(cx.type_error("arg 5 (closure) must be None or tuple")),
        },
    };
    if args.some(6).is_some_and(|d| Dict::of_sub(cx, d).is_none()) {
        return Err(cx.type_error("arg 6 (kwdefaults) must be None or dict"));
    }
    let given = closure.map_or(0, |t| t.len());
    if given != nfree {
        let name = protocol::text(cx, code.name);
        return Err(cx.value_error(format!("{name} requires closure of length {nfree}, not {given}")));
    }
    if let Some(t) = closure
        && let Some(bad) = t.items().find(|&c| Cell::of(c).is_none())
    {
        let got = type_name(cx, bad);
        return Err(cx.type_error(format!("arg 5 (closure) expected cell, found {got}")));
    }
    let closure = closure.filter(|t| t.len() > 0).map_or(Value::EMPTY, |t| t.value());
    let v = Function::new(cx, code, globals, closure);
    let f = function(cx, v)?;
    let builtins = interp::builtins_of(cx, globals);
    f.set_builtins(cx, builtins);
    if let Some(n) = name {
        f.set_extra(cx, FnField::Name, n);
    }
    if let Some(d) = defaults {
        f.set_defaults(cx, d);
    }
    if let Some(d) = args.some(6) {
        f.set_kwdefaults(cx, d);
    }
    Ok(v)
}

fn function_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let name = get_qualname(cx, v)?;
    let text = format!("<function {} at {:#x}>", protocol::text(cx, name), protocol::id_of(v));
    Ok(Str::from_text(cx, &text))
}

/// Functions bind to the instance through which they are looked up.
fn function_get(cx: &mut Ctx, f: Value, obj: Value, _: Value) -> PyResult {
    if obj == Value::EMPTY || obj == Value::NONE && type_of(cx, obj) != cx.types.none_type {
        return Ok(f);
    }
    Ok(Method::new(cx, f, obj))
}

fn or_none(v: Value) -> Value {
    if v == Value::EMPTY { Value::NONE } else { v }
}

/// Tells audit hooks that what a call runs with is looked at.
fn read(cx: &mut Ctx, v: Value, name: &str) -> PyResult<()> {
    if audit::is_on() {
        let name = Str::new(cx, name);
        audit::tell(cx, "object.__getattr__", &[v, name])?;
    }
    Ok(())
}

/// Tells audit hooks that what a call runs with changes; EMPTY: it is deleted.
fn changed(cx: &mut Ctx, v: Value, name: &str, value: Value) -> PyResult<()> {
    if audit::is_on() {
        let name = Str::new(cx, name);
        match value {
            Value::EMPTY => audit::tell(cx, "object.__delattr__", &[v, name])?,
            value => audit::tell(cx, "object.__setattr__", &[v, name, value])?,
        }
    }
    Ok(())
}

fn get_code(cx: &mut Ctx, v: Value) -> PyResult {
    let f = function(cx, v)?;
    read(cx, v, "__code__")?;
    Ok(code_rt::object::of_function(cx, f))
}

fn set_code(cx: &mut Ctx, v: Value, value: Value) -> PyResult<()> {
    let f = function(cx, v)?;
    let Some(code) = (if value == Value::EMPTY { None } else { code_rt::object::runtime_code(cx, value) }) else {
        return Err(cx.type_error("__code__ must be set to a code object"));
    };
    let (have, need) = (Tuple::of(f.closure()).map_or(0, |t| t.len()), code.freevars.len());
    if have != need {
        let name = get_name(cx, v)?;
        let name = protocol::text(cx, name);
        return Err(cx.value_error(format!("{name}() requires a code object with {have} free vars, not {need}")));
    }
    let sort =
        |flags: CodeFlags| flags.0 & (CodeFlags::GENERATOR.0 | CodeFlags::COROUTINE.0 | CodeFlags::ASYNC_GENERATOR.0);
    if sort(f.callee().code().code.flags) != sort(code.code.flags) {
        let text =
            "Assigning a code object of non-matching type is deprecated (e.g., from a generator to a plain function)";
        crate::exceptions::warn(cx, crate::exceptions::Exc::DeprecationWarning, text, 1)?;
    }
    changed(cx, v, "__code__", value)?;
    f.set_code(cx, code);
    super::lookup::bump_epoch();
    Ok(())
}

fn get_defaults(cx: &mut Ctx, v: Value) -> PyResult {
    let f = function(cx, v)?;
    read(cx, v, "__defaults__")?;
    Ok(or_none(f.defaults()))
}

fn set_defaults(cx: &mut Ctx, v: Value, value: Value) -> PyResult<()> {
    let f = function(cx, v)?;
    let value = if value == Value::NONE { Value::EMPTY } else { value };
    if value != Value::EMPTY && Tuple::of_sub(cx, value).is_none() {
        return Err(cx.type_error("__defaults__ must be set to a tuple object"));
    }
    changed(cx, v, "__defaults__", value)?;
    f.set_defaults(cx, value);
    Ok(())
}

fn get_kwdefaults(cx: &mut Ctx, v: Value) -> PyResult {
    let f = function(cx, v)?;
    read(cx, v, "__kwdefaults__")?;
    Ok(or_none(f.kwdefaults()))
}

fn set_kwdefaults(cx: &mut Ctx, v: Value, value: Value) -> PyResult<()> {
    let f = function(cx, v)?;
    let value = if value == Value::NONE { Value::EMPTY } else { value };
    if value != Value::EMPTY && Dict::of_sub(cx, value).is_none() {
        return Err(cx.type_error("__kwdefaults__ must be set to a dict object"));
    }
    changed(cx, v, "__kwdefaults__", value)?;
    f.set_kwdefaults(cx, value);
    Ok(())
}

fn get_name(cx: &mut Ctx, v: Value) -> PyResult {
    let f = function(cx, v)?;
    Ok(f.extra(FnField::Name).non_empty().unwrap_or(f.code().name))
}

fn set_text(cx: &mut Ctx, v: Value, value: Value, field: FnField, name: &str) -> PyResult<()> {
    let f = function(cx, v)?;
    if value == Value::EMPTY || Str::of_sub(cx, value).is_none() {
        return Err(cx.type_error(format!("{name} must be set to a string object")));
    }
    f.set_extra(cx, field, value);
    Ok(())
}

fn set_name(cx: &mut Ctx, v: Value, value: Value) -> PyResult<()> {
    set_text(cx, v, value, FnField::Name, "__name__")
}

/// The qualified name of a function.
pub fn get_qualname(cx: &mut Ctx, v: Value) -> PyResult {
    let f = function(cx, v)?;
    Ok(f.extra(FnField::Qualname).non_empty().unwrap_or(f.code().qualname))
}

fn set_qualname(cx: &mut Ctx, v: Value, value: Value) -> PyResult<()> {
    set_text(cx, v, value, FnField::Qualname, "__qualname__")
}

fn get_module(cx: &mut Ctx, v: Value) -> PyResult {
    let f = function(cx, v)?;
    let own = f.extra(FnField::Module);
    if own != Value::EMPTY {
        return Ok(own);
    }
    let name = cx.names.__name__;
    Ok(Dict::of_sub(cx, f.globals()).and_then(|d| d.get_str(name)).unwrap_or(Value::NONE))
}

fn set_module(cx: &mut Ctx, v: Value, value: Value) -> PyResult<()> {
    let f = function(cx, v)?;
    f.set_extra(cx, FnField::Module, or_none(value));
    Ok(())
}

fn get_doc(cx: &mut Ctx, v: Value) -> PyResult {
    let f = function(cx, v)?;
    let own = f.extra(FnField::Doc);
    if own != Value::EMPTY {
        return Ok(own);
    }
    let code = f.code();
    Ok(if code.code.flags.has(CodeFlags::HAS_DOCSTRING) { code.constant(0) } else { Value::NONE })
}

fn set_doc(cx: &mut Ctx, v: Value, value: Value) -> PyResult<()> {
    let f = function(cx, v)?;
    f.set_extra(cx, FnField::Doc, or_none(value));
    Ok(())
}

fn get_dict(cx: &mut Ctx, v: Value) -> PyResult {
    let f = function(cx, v)?;
    Ok(f.dict(cx))
}

fn set_dict(cx: &mut Ctx, v: Value, value: Value) -> PyResult<()> {
    let f = function(cx, v)?;
    if value == Value::EMPTY {
        return Err(cx.type_error("cannot delete __dict__"));
    }
    match Dict::of_sub(cx, value) {
        Some(_) => {
            f.set_extra(cx, FnField::Dict, value);
            Ok(())
        }
        None => {
            let got = type_name(cx, value);
            Err(cx.type_error(format!("__dict__ must be set to a dictionary, not a '{got}'")))
        }
    }
}

fn get_annotations(cx: &mut Ctx, v: Value) -> PyResult {
    let f = function(cx, v)?;
    let own = f.extra(FnField::Annotations);
    if own != Value::EMPTY && own != Value::NONE {
        return Ok(own);
    }
    let annotate = f.extra(FnField::Annotate);
    let annotations = if annotate != Value::EMPTY && protocol::is_callable(cx, annotate) {
        let a = protocol::call(cx, annotate, &[Value::small(1)])?;
        if Dict::of_sub(cx, a).is_none() {
            let got = type_name(cx, a);
            return Err(cx.type_error(format!("__annotate__ returned non-dict of type '{got}'")));
        }
        a
    } else {
        Dict::new(cx).value()
    };
    f.set_extra(cx, FnField::Annotations, annotations);
    Ok(annotations)
}

fn set_annotations(cx: &mut Ctx, v: Value, value: Value) -> PyResult<()> {
    let f = function(cx, v)?;
    let value = if value == Value::NONE { Value::EMPTY } else { value };
    if value != Value::EMPTY && Dict::of_sub(cx, value).is_none() {
        return Err(cx.type_error("__annotations__ must be set to a dict object"));
    }
    f.set_extra(cx, FnField::Annotations, value);
    f.set_extra(cx, FnField::Annotate, Value::EMPTY);
    Ok(())
}

fn get_annotate(cx: &mut Ctx, v: Value) -> PyResult {
    function(cx, v).map(|f| or_none(f.extra(FnField::Annotate)))
}

fn set_annotate(cx: &mut Ctx, v: Value, value: Value) -> PyResult<()> {
    let f = function(cx, v)?;
    match value {
        Value::EMPTY => Err(cx.type_error("__annotate__ cannot be deleted")),
        Value::NONE => {
            f.set_extra(cx, FnField::Annotate, Value::NONE);
            Ok(())
        }
        _ if protocol::is_callable(cx, value) => {
            f.set_extra(cx, FnField::Annotate, value);
            f.set_extra(cx, FnField::Annotations, Value::EMPTY);
            Ok(())
        }
        _ => Err(cx.type_error("__annotate__ must be callable or None")),
    }
}

fn get_type_params(cx: &mut Ctx, v: Value) -> PyResult {
    let f = function(cx, v)?;
    match f.extra(FnField::TypeParams) {
        Value::EMPTY => Ok(Tuple::empty(cx)),
        t => Ok(t),
    }
}

fn set_type_params(cx: &mut Ctx, v: Value, value: Value) -> PyResult<()> {
    let f = function(cx, v)?;
    if value == Value::EMPTY || Tuple::of_sub(cx, value).is_none() {
        return Err(cx.type_error("__type_params__ must be set to a tuple"));
    }
    f.set_extra(cx, FnField::TypeParams, value);
    Ok(())
}

fn get_globals(cx: &mut Ctx, v: Value) -> PyResult {
    function(cx, v).map(|f| f.globals())
}

fn get_closure(cx: &mut Ctx, v: Value) -> PyResult {
    function(cx, v).map(|f| or_none(f.closure()))
}

fn get_builtins(cx: &mut Ctx, v: Value) -> PyResult {
    let f = function(cx, v)?;
    Ok(match f.builtins() {
        Value::EMPTY | Value::NONE => cx.builtins_dict().value(),
        b => b,
    })
}

fn method(cx: &mut Ctx, v: Value) -> PyResult<Method> {
    Method::of(v).ok_or_else(|| cx.system_error("a method is needed"))
}

fn method_new(cx: &mut Ctx, args: Args) -> PyResult {
    if !protocol::is_callable(cx, args[1]) {
        return Err(cx.type_error("first argument must be callable"));
    }
    if args[2] == Value::NONE {
        return Err(cx.type_error("instance must not be None"));
    }
    Ok(Method::new(cx, args[1], args[2]))
}

fn method_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let m = method(cx, v)?;
    let names = cx.names;
    let name = match protocol::getattr_opt(cx, m.func(), names.__qualname__)? {
        Some(n) => Some(n),
        None => protocol::getattr_opt(cx, m.func(), names.__name__)?,
    };
    let name = name.filter(|&n| Str::of_sub(cx, n).is_some()).map_or("?".to_owned(), |n| protocol::text(cx, n));
    let receiver = protocol::repr(cx, m.self_())?;
    let text = format!("<bound method {name} of {}>", protocol::text(cx, receiver));
    Ok(Str::from_text(cx, &text))
}

fn method_call(cx: &mut Ctx, v: Value, args: CallArgs) -> PyResult {
    let m = method(cx, v)?;
    with_prefix(cx, m.self_(), args, |cx, args| protocol::call_args(cx, m.func(), args))
}

/// A method shows the attributes of its function besides its own.
fn method_getattr(cx: &mut Ctx, v: Value, name: Value) -> PyResult {
    let ty = type_of(cx, v);
    if super::type_lookup(cx, ty, name).is_some() {
        return object_type::generic_getattr(cx, v, name);
    }
    let m = method(cx, v)?;
    protocol::getattr(cx, m.func(), name)
}

fn method_hash(cx: &mut Ctx, v: Value) -> PyResult<i64> {
    let m = method(cx, v)?;
    let h = hash_pointer(m.self_()) ^ protocol::hash(cx, m.func())?;
    Ok(if h == -1 { -2 } else { h })
}

fn method_cmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    let (Some(x), Some(y)) = (Method::of(a), Method::of(b)) else { return Ok(Value::NOT_IMPLEMENTED) };
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let same = x.self_() == y.self_() && protocol::eq(cx, x.func(), y.func())?;
    Ok(Value::bool(same == (op == CmpOp::Eq)))
}

fn get_func(cx: &mut Ctx, v: Value) -> PyResult {
    method(cx, v).map(|m| m.func())
}

fn get_self(cx: &mut Ctx, v: Value) -> PyResult {
    method(cx, v).map(|m| m.self_())
}

fn get_method_doc(cx: &mut Ctx, v: Value) -> PyResult {
    let m = method(cx, v)?;
    let name = cx.names.__doc__;
    protocol::getattr(cx, m.func(), name)
}

fn method_reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let m = method(cx, args[0])?;
    let name = cx.names.__name__;
    let name = protocol::getattr(cx, m.func(), name)?;
    super::native_types::reduce_getattr(cx, m.self_(), name)
}

fn cell_new(cx: &mut Ctx, args: Args) -> PyResult {
    let v = args.or(1, Value::EMPTY);
    Ok(Cell::new(cx, v))
}

fn cell_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let content = Cell::of(v).map_or(Value::EMPTY, Cell::get);
    let id = protocol::id_of(v);
    let text = match content {
        Value::EMPTY => format!("<cell at {id:#x}: empty>"),
        c => format!("<cell at {id:#x}: {} object at {:#x}>", type_name(cx, c), protocol::id_of(c)),
    };
    Ok(Str::from_text(cx, &text))
}

fn cell_cmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    let (Some(x), Some(y)) = (Cell::of(a), Cell::of(b)) else { return Ok(Value::NOT_IMPLEMENTED) };
    match (x.get(), y.get()) {
        // An empty cell is less than any other.
        (Value::EMPTY, _) | (_, Value::EMPTY) => {
            let ordering = (x.get() != Value::EMPTY).cmp(&(y.get() != Value::EMPTY));
            Ok(Value::bool(op.test(ordering)))
        }
        (p, q) => protocol::compare(cx, p, q, op),
    }
}

fn get_contents(cx: &mut Ctx, v: Value) -> PyResult {
    match Cell::of(v).map_or(Value::EMPTY, Cell::get) {
        Value::EMPTY => Err(cx.value_error("Cell is empty")),
        c => Ok(c),
    }
}

fn set_contents(cx: &mut Ctx, v: Value, value: Value) -> PyResult<()> {
    if let Some(c) = Cell::of(v) {
        c.set(cx, value);
    }
    Ok(())
}
