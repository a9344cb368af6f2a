//! `CFuncPtr`: the address of a C function, and how it is called.

use engine::prelude::*;

use crate::info::{self, Form, Info};
use crate::raw::{self, Arg, Type as CallType, Words};
use crate::{addresses, callback, codes, data, errno, library, param};

/// `_flags_`
pub const CDECL: i64 = 1;
pub const PYTHON_API: i64 = 4;
pub const USE_ERRNO: i64 = 8;
pub const USE_LAST_ERROR: i64 = 16;

/// As many arguments can be passed.
pub const MAX_ARGS: usize = 1024;

/// Native slots of what a function has of its own; EMPTY: as its class has it.
pub mod slot {
    /// What a closure calls.
    pub const CALLABLE: usize = 0;
    pub const ARGTYPES: usize = 1;
    pub const CONVERTERS: usize = 2;
    pub const RESTYPE: usize = 3;
    pub const CHECKER: usize = 4;
    pub const ERRCHECK: usize = 5;
    pub const PARAMFLAGS: usize = 6;
    pub const CLOSURE: usize = 7;
    pub const COUNT: u16 = 8;
}

/// What a function has besides its address.
pub static EXTRA: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW.with(TypeFlags::HAS_WEAKREF),
    nnative: slot::COUNT,
    ..TypeDef::new("_ctypes", "CThunkObject")
};

fn extra(cx: &mut Ctx, v: Value) -> Res<Obj> {
    if let Some(o) = Obj::of(v).filter(|_| data::is_data(cx, v)) {
        let found = o.slot(cx, data::slot::EXTRA);
        if let Some(e) = Obj::of(found) {
            return Ok(e);
        }
        let fresh = cx.new_object(&EXTRA, &[]);
        // Of two threads that make one, the one that is there counts.
        let _ = o.cas_slot(cx, data::slot::EXTRA, Value::EMPTY, fresh);
        if let Some(e) = Obj::of(o.slot(cx, data::slot::EXTRA)) {
            return Ok(e);
        }
    }
    Err(cx.type_error("a function is needed"))
}

fn own(cx: &mut Ctx, v: Value, slot: usize) -> Res<Option<Value>> {
    let e = extra(cx, v)?;
    Ok(e.slot(cx, slot).non_empty())
}

fn info_of(cx: &mut Ctx, v: Value) -> PyResult {
    let info = data::info_of(cx, v)?;
    if info::data(cx, info)?.form != Form::Function {
        return Err(cx.type_error("a function is needed"));
    }
    Ok(info)
}

/// The function's own value, or its class's; None if neither has one.
fn effective(cx: &mut Ctx, v: Value, own_slot: usize, class_slot: usize) -> Res<Option<Value>> {
    if let Some(own) = own(cx, v, own_slot)? {
        return Ok(Some(own));
    }
    let info = info_of(cx, v)?;
    Ok(Obj::of(info).and_then(|o| o.slot(cx, class_slot).non_empty()))
}

/// `argtypes`
pub fn argtypes(cx: &mut Ctx, v: Value) -> PyResult {
    Ok(effective(cx, v, slot::ARGTYPES, info::slot::ARGTYPES)?.unwrap_or(Value::NONE))
}

/// `argtypes = types`
pub fn set_argtypes(cx: &mut Ctx, v: Value, new: Value) -> Res<()> {
    let e = extra(cx, v)?;
    if new.is_empty() || new.is_none() {
        e.set_slot(cx, slot::CONVERTERS, Value::EMPTY);
        e.set_slot(cx, slot::ARGTYPES, Value::EMPTY);
        return Ok(());
    }
    let (types, converters) = converters_of(cx, new)?;
    let flags = e.slot(cx, slot::PARAMFLAGS);
    if let Some(types) = Tuple::of(types).filter(|_| !flags.is_empty()) {
        check_paramflags(cx, types, flags)?;
    }
    e.set_slot(cx, slot::CONVERTERS, converters);
    e.set_slot(cx, slot::ARGTYPES, types);
    Ok(())
}

/// The types as a tuple, and their `from_param` methods.
fn converters_of(cx: &mut Ctx, given: Value) -> Res<(Value, Value)> {
    let types = match protocol::iter::tuple_of(cx, given) {
        Ok(t) => t,
        Err(raised) => {
            cx.clear(raised);
            return Err(cx.type_error("_argtypes_ must be a sequence of types"));
        }
    };
    if types.len() > MAX_ARGS {
        let class = protocol::import_attr(cx, "_ctypes", "ArgumentError")?;
        let n = types.len();
        return Err(cx.raise_of(class, format!("_argtypes_ has too many arguments ({n}), maximum is {MAX_ARGS}")));
    }
    let name = cx.intern(b"from_param");
    let mut converters = RootVec::new(cx);
    for (i, t) in types.items().enumerate() {
        match protocol::getattr_opt(cx, t, name)? {
            Some(f) => converters.push(f),
            None => {
                return Err(cx.type_error(format!("item {} in _argtypes_ has no from_param method", i + 1)));
            }
        }
    }
    Ok((types.value(), Tuple::new(cx, &converters)))
}

/// `converters(types)`, for the metaclass.
pub fn converters(cx: &mut Ctx, a: Args) -> PyResult {
    converters_of(cx, a[0]).map(|(_, c)| c)
}

/// `restype`
pub fn restype(cx: &mut Ctx, v: Value) -> PyResult {
    Ok(effective(cx, v, slot::RESTYPE, info::slot::RESTYPE)?.unwrap_or(Value::NONE))
}

/// `restype = type`
pub fn set_restype(cx: &mut Ctx, v: Value, new: Value) -> Res<()> {
    let e = extra(cx, v)?;
    if new.is_empty() {
        e.set_slot(cx, slot::RESTYPE, Value::EMPTY);
        e.set_slot(cx, slot::CHECKER, Value::EMPTY);
        return Ok(());
    }
    if !new.is_none() && info::of_class(cx, new).is_none() && !protocol::is_callable(cx, new) {
        return Err(cx.type_error("restype must be a type, a callable, or None"));
    }
    let name = cx.intern(b"_check_retval_");
    let checker = protocol::getattr_opt(cx, new, name)?.unwrap_or(Value::EMPTY);
    e.set_slot(cx, slot::CHECKER, checker);
    e.set_slot(cx, slot::RESTYPE, new);
    Ok(())
}

/// `errcheck`
pub fn errcheck(cx: &mut Ctx, v: Value) -> PyResult {
    Ok(own(cx, v, slot::ERRCHECK)?.unwrap_or(Value::NONE))
}

/// `errcheck = callable`
pub fn set_errcheck(cx: &mut Ctx, v: Value, new: Value) -> Res<()> {
    let e = extra(cx, v)?;
    if !new.is_empty() && !protocol::is_callable(cx, new) {
        return Err(cx.type_error("the errcheck attribute must be callable"));
    }
    e.set_slot(cx, slot::ERRCHECK, new);
    Ok(())
}

/// `__repr__`
pub fn repr(cx: &mut Ctx, a: Args) -> PyResult {
    let (name, id) = (types::type_name(cx, a[0]), protocol::id_of(a[0]));
    Ok(Str::new(cx, &format!("<{name} object at {id:#x}>")))
}

// --- making one ---

/// `__init__`: from nothing, an address, a callable, or a library's symbol.
pub fn init(cx: &mut Ctx, a: Args) -> PyResult {
    let v = a[0];
    let info = info_of(cx, v)?;
    let Some(given) = Tuple::of(a[1]) else { return Ok(Value::NONE) };
    let addr = data::addr(cx, v)?;
    let store = |addr: usize, word: usize| codes::store_int(addr, 8, word as u64, false);
    if given.len() == 0 {
        return Ok(Value::NONE);
    }
    let first = given.get(0);
    if let Some(spec) = Tuple::of_sub(cx, first) {
        if given.len() > 2 {
            return Err(cx.type_error(format!("function takes at most 2 arguments ({} given)", given.len())));
        }
        if spec.len() != 2 {
            return Err(cx.type_error("illegal func_spec argument"));
        }
        let flags = info::data(cx, info)?.flags;
        let (word, dll) = library::function(cx, spec.get(0), spec.get(1), flags)?;

        let flags = if given.len() > 1 { given.get(1) } else { Value::NONE };
        set_paramflags(cx, v, info, flags)?;
        store(addr, word);
        data::keep(cx, v, 0, dll)?;
        return Ok(Value::NONE);
    }
    if given.len() == 1 && int::is_sub(cx, first) {
        let word = codes::low_bits(cx, first)?;
        store(addr, word as usize);
        return Ok(Value::NONE);
    }
    if !protocol::is_callable(cx, first) {
        return Err(cx.type_error("argument must be callable or integer function address"));
    }
    if info::part(cx, info, info::slot::ARGTYPES).is_none() {
        return Err(cx.type_error("cannot construct instance of this class: no argtypes"));
    }
    let e = extra(cx, v)?;
    e.set_slot(cx, slot::CALLABLE, first);
    let closure = callback::closure(cx, e.value(), info)?;
    store(addr, closure.addr());
    e.set_payload(cx, slot::CLOSURE, closure);
    data::keep(cx, v, 0, e.value())?;
    Ok(Value::NONE)
}

fn set_paramflags(cx: &mut Ctx, v: Value, info: Value, given: Value) -> Res<()> {
    let types = info::part(cx, info, info::slot::ARGTYPES);
    let Some(types) = Tuple::of(types).filter(|_| !given.is_none()) else { return Ok(()) };
    let flags = check_paramflags(cx, types, given)?;
    extra(cx, v)?.set_slot(cx, slot::PARAMFLAGS, flags.value());
    Ok(())
}

fn check_paramflags(cx: &mut Ctx, types: Tuple, given: Value) -> Res<Tuple> {
    let Some(flags) = Tuple::of_sub(cx, given) else {
        return Err(cx.type_error("paramflags must be a tuple or None"));
    };
    if flags.len() != types.len() {
        return Err(cx.value_error("paramflags must have the same length as argtypes"));
    }
    for (i, (item, ty)) in flags.items().zip(types.items()).enumerate() {
        let parts = Tuple::of_sub(cx, item).filter(|t| (1..=3).contains(&t.len()));
        let flag = parts.filter(|t| int::is_sub(cx, t.get(0))).map(|t| t.get(0));
        let named = parts.is_some_and(|t| t.len() < 2 || t.get(1).is_none() || Str::of_sub(cx, t.get(1)).is_some());
        let (Some(flag), true) = (flag, named) else {
            return Err(cx.type_error("paramflags must be a sequence of (int [,string [,value]]) tuples"));
        };
        match protocol::index(cx, flag)? & (FLAG_IN | FLAG_OUT | FLAG_LCID) {
            0 | FLAG_IN | FLAG_LCID | IN_LCID | IN_OUT => {}
            FLAG_OUT => {
                let form = info::of_class(cx, ty).and_then(|i| info::peek(cx, i)).map(|i| i.form);
                if !matches!(form, Some(Form::Pointer | Form::Array | Form::Simple(b'P' | b'z' | b'Z'))) {
                    let name = Type::of(ty).map_or_else(|| types::type_name(cx, ty), Type::name_str);
                    return Err(cx.type_error(format!("'out' parameter {} must be a pointer type, not {name}", i + 1)));
                }
            }
            other => return Err(cx.type_error(format!("paramflag value {other} not supported"))),
        }
    }
    Ok(flags)
}

const FLAG_IN: i64 = 1;
const FLAG_OUT: i64 = 2;
const FLAG_LCID: i64 = 4;
const IN_OUT: i64 = FLAG_IN | FLAG_OUT;
const IN_LCID: i64 = FLAG_IN | FLAG_LCID;

// --- calling one ---

/// Which arguments come back.
#[derive(Default)]
struct Outs {
    /// Places of those made here, of which the value is given.
    out: Vec<usize>,
    /// Places of those that the caller gave.
    inout: Vec<usize>,
}

/// `__call__`
pub fn call(cx: &mut Ctx, a: Args) -> PyResult {
    let v = a[0];
    let info = info_of(cx, v)?;
    let flags = info::data(cx, info)?.flags;
    let addr = data::addr(cx, v)?;
    let target = raw::read_word(addr) as usize;
    let Some(given) = Tuple::of(a[1]) else { return Err(cx.system_error("arguments")) };
    let types = effective(cx, v, slot::ARGTYPES, info::slot::ARGTYPES)?.and_then(Tuple::of);
    let converters = effective(cx, v, slot::CONVERTERS, info::slot::CONVERTERS)?.and_then(Tuple::of);
    let restype = effective(cx, v, slot::RESTYPE, info::slot::RESTYPE)?;
    let checker = match own(cx, v, slot::RESTYPE)? {
        Some(_) => own(cx, v, slot::CHECKER)?,
        None => Obj::of(info).and_then(|o| o.slot(cx, info::slot::CHECKER).non_empty()),
    };
    let paramflags = own(cx, v, slot::PARAMFLAGS)?.and_then(Tuple::of);
    let mut outs = Outs::default();
    let args = match (paramflags, types) {
        (Some(flags), Some(types)) if types.len() > 0 => {
            let mut args = RootVec::new(cx);
            arranged(cx, types, flags, given, a[2], &mut args, &mut outs)?;
            args
        }
        _ => RootVec::from_slice(cx, given.as_slice()),
    };
    if let Some(c) = converters {
        let (need, got) = (c.len(), args.len());
        let plural = if need == 1 { "" } else { "s" };
        if flags & CDECL != 0 {
            if need > got {
                return Err(
                    cx.type_error(format!("this function takes at least {need} argument{plural} ({got} given)"))
                );
            }
        } else if need != got {
            return Err(cx.type_error(format!("this function takes {need} argument{plural} ({got} given)")));
        }
    }
    let result = call_at(cx, target, &args, flags, converters, restype, checker)?;
    if let Some(check) = own(cx, v, slot::ERRCHECK)? {
        let all = Tuple::new(cx, &args);
        let checked = protocol::call(cx, check, &[result, v, all])?;
        if checked != all {
            return Ok(checked);
        }
    }
    given_back(cx, result, &args, &outs)
}

/// The arguments as the parameters' flags arrange them.
fn arranged(
    cx: &mut Ctx,
    types: Tuple,
    flags: Tuple,
    given: Tuple,
    keywords: Value,
    args: &mut RootVec,
    outs: &mut Outs,
) -> Res<()> {
    let keywords = Dict::of(keywords);
    let mut next = 0;
    for (i, ty) in types.items().enumerate() {
        let Some(item) = Tuple::of_sub(cx, flags.get(i)) else { return Err(cx.system_error("paramflags")) };
        let flag = protocol::index(cx, item.get(0))?;
        let name = if item.len() > 1 { item.get(1) } else { Value::NONE };
        let default = (item.len() > 2).then(|| item.get(2));
        match flag & (FLAG_IN | FLAG_OUT | FLAG_LCID) {
            IN_LCID => args.push(default.unwrap_or(Value::small(0))),
            0 | FLAG_IN => {
                let v = argument(cx, &mut next, name, default, given, keywords)?;
                args.push(v);
            }
            IN_OUT => {
                let v = argument(cx, &mut next, name, default, given, keywords)?;
                outs.inout.push(args.len());
                args.push(v);
            }
            FLAG_OUT => {
                let place = args.len();
                if let Some(default) = default {
                    outs.out.push(place);
                    args.push(default);
                    continue;
                }
                let Some(info) = info::of_class(cx, ty) else { return Err(cx.type_error("abstract class")) };
                let form = info::data(cx, info)?.form;
                let made = match form {
                    Form::Array => ty,
                    Form::Simple(_) => {
                        let name = data::class_name(ty);
                        return Err(cx.type_error(format!("{name} 'out' parameter must be passed as default value")));
                    }
                    _ => info::part(cx, info, info::slot::PROTO),
                };
                let v = protocol::call(cx, made, &[])?;
                outs.out.push(place);
                args.push(v);
            }
            other => return Err(cx.value_error(format!("paramflag {other} not yet implemented"))),
        }
    }
    let actual = given.len() + keywords.map_or(0, Dict::len);
    if actual != next {
        return Err(cx.type_error(format!("call takes exactly {next} arguments ({actual} given)")));
    }
    Ok(())
}

/// The next argument: by place, by name, or the default.
fn argument(
    cx: &mut Ctx,
    next: &mut usize,
    name: Value,
    default: Option<Value>,
    given: Tuple,
    keywords: Option<Dict>,
) -> PyResult {
    if *next < given.len() {
        *next += 1;
        return Ok(given.get(*next - 1));
    }
    if let Some(k) = keywords
        && !name.is_none()
        && let Some(v) = k.get(cx, name)?
    {
        *next += 1;
        return Ok(v);
    }
    match default {
        Some(v) => Ok(v),
        None if name.is_none() => Err(cx.type_error("not enough arguments")),
        None => {
            let name = protocol::str_lossy(cx, name);
            Err(cx.type_error(format!("required argument '{name}' missing")))
        }
    }
}

/// The result of a call, or the values of its output parameters.
fn given_back(cx: &mut Ctx, result: Value, args: &RootVec, outs: &Outs) -> PyResult {
    if outs.out.is_empty() && outs.inout.is_empty() {
        return Ok(result);
    }
    let name = cx.intern(b"__ctypes_from_outparam__");
    let mut all = RootVec::new(cx);
    for i in 0..args.len() {
        if outs.inout.contains(&i) {
            all.push(args[i]);
        } else if outs.out.contains(&i) {
            let v = protocol::call_method(cx, args[i], name, &[])?;
            all.push(v);
        }
    }
    Ok(if all.len() == 1 { all[0] } else { Tuple::new(cx, &all) })
}

/// What went wrong with an argument, as an `ArgumentError` that says with which.
fn argument_error(cx: &mut Ctx, raised: Raised, place: usize) -> Raised {
    let exc = cx.take(raised);
    let (kind, text) = (types::type_name(cx, exc), protocol::str_lossy(cx, exc));
    match protocol::import_attr(cx, "_ctypes", "ArgumentError") {
        Ok(class) => cx.raise_of(class, format!("argument {place}: {kind}: {text}")),
        Err(raised) => raised,
    }
}

/// Calls the function at an address.
pub fn call_at(
    cx: &mut Ctx,
    target: usize,
    given: &[Value],
    flags: i64,
    converters: Option<Tuple>,
    restype: Option<Value>,
    checker: Option<Value>,
) -> PyResult {
    if given.len() > MAX_ARGS {
        let class = protocol::import_attr(cx, "_ctypes", "ArgumentError")?;
        let n = given.len();
        return Err(cx.raise_of(class, format!("too many arguments ({n}), maximum is {MAX_ARGS}")));
    }
    let mut values = RootVec::with_capacity(cx, given.len());
    for (i, &v) in given.iter().enumerate() {
        let converted = match converters.filter(|c| i < c.len()) {
            Some(c) => match protocol::call(cx, c.get(i), &[v]) {
                Ok(v) => v,
                Err(raised) => return Err(argument_error(cx, raised, i + 1)),
            },
            None => v,
        };
        values.push(converted);
    }
    if let Some(known) = addresses::which(target) {
        return addresses::call(cx, known, &values);
    }
    let mut keep = RootVec::new(cx);
    let mut args: Vec<Arg> = Vec::with_capacity(values.len());
    for i in 0..values.len() {
        match param::convert(cx, values[i], i + 1, &mut keep) {
            Ok(arg) => args.push(arg),
            Err(raised) => return Err(argument_error(cx, raised, i + 1)),
        }
    }
    if target == 0 {
        return Err(cx.value_error("NULL pointer access"));
    }
    let ret = result_type(cx, restype)?;
    let fixed = converters.map(|c| c.len()).filter(|&n| n > 0 && n < args.len());
    let out = cx.outside(|outside| {
        raw::with_outside(outside, || {
            errno::exchanged(flags & USE_ERRNO != 0, || raw::call(target, fixed, &mut args, &ret))
        })
    });
    cx.poll()?;
    let Some(out) = out else {
        return Err(cx.runtime_error(if fixed.is_some() { "ffi_prep_cif_var failed" } else { "ffi_prep_cif failed" }));
    };
    let result = result(cx, restype, &out)?;
    drop(keep);
    match checker {
        Some(check) => protocol::call(cx, check, &[result]),
        None => Ok(result),
    }
}

fn result_type(cx: &mut Ctx, restype: Option<Value>) -> Res<CallType> {
    let Some(class) = restype else { return Ok(CallType::S32) };
    if class.is_none() {
        return Ok(CallType::Void);
    }
    match info::of_class(cx, class) {
        Some(info) => Ok(info::data(cx, info)?.call.clone()),
        None => Ok(CallType::S32),
    }
}

fn result(cx: &mut Ctx, restype: Option<Value>, out: &Words) -> PyResult {
    let bytes = out.bytes();
    let number = i64::from(i32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
    let Some(class) = restype else { return Ok(int::from_i64(cx, number)) };
    if class.is_none() {
        return Ok(Value::NONE);
    }
    let Some(info) = info::of_class(cx, class) else {
        let n = int::from_i64(cx, number);
        return protocol::call(cx, class, &[n]);
    };
    let (direct, size) = match *info::data(cx, info)? {
        Info { form: Form::Simple(code), direct: true, swapped, size, .. } => (Some((code, swapped)), size),
        Info { size, .. } => (None, size),
    };
    if let Some((code, swapped)) = direct {
        let mut loaded = Ok(Value::NONE);
        raw::with_scratch(|at| {
            raw::write(at, &bytes[..size.min(32)]);
            loaded = codes::load(cx, code, at, swapped);
        });
        return loaded;
    }
    let v = data::fresh(cx, class)?;
    let at = data::addr(cx, v)?;
    raw::write(at, &bytes[..size.min(bytes.len())]);
    Ok(v)
}

/// `call_function(address, arguments)`, `call_cdeclfunction(address, arguments)`
pub fn call_function(cx: &mut Ctx, a: Args) -> PyResult {
    let addr = codes::low_bits(cx, a[0])? as usize;
    let Some(args) = Tuple::of_sub(cx, a[1]) else { return Err(a.wrong(cx, 1, "tuple")) };
    audit::tell(cx, "ctypes.call_function", &[a[0], a[1]])?;
    let args = RootVec::from_slice(cx, args.as_slice());
    call_at(cx, addr, &args, CDECL, None, None, None)
}
