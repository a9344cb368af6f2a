//! What `ctypes` is made of: C memory as objects, foreign calls, callbacks, over libffi.
//!
//! The classes and metaclasses of the module `_ctypes` are in Python (`python_env/lib/_ctypes.py`) and take their methods from here. All
//! `unsafe` of this crate is in [`raw`], which says what it relies on.
#![deny(unsafe_code)]

mod addresses;
mod array;
mod callback;
mod codes;
mod data;
mod errno;
mod field;
mod function;
mod info;
mod library;
mod objects;
mod param;
mod pointer;
#[allow(unsafe_code)]
mod raw;
mod simple;

use engine::prelude::*;

/// The native modules of this crate.
pub const MODULES: &[&ModuleDef] = &[&CTYPES];

/// `sizeof(obj_or_type)`
fn sizeof(cx: &mut Ctx, a: Args) -> PyResult {
    if let Some(info) = info::of_class(cx, a[0]) {
        let n = info::data(cx, info)?.size;
        return Ok(int::from_usize(cx, n));
    }
    if data::is_data(cx, a[0]) {
        let n = data::memory(cx, a[0])?.size();
        return Ok(int::from_usize(cx, n));
    }
    Err(cx.type_error("this type has no size"))
}

/// `alignment(obj_or_type)`
fn alignment(cx: &mut Ctx, a: Args) -> PyResult {
    let info = match info::of_class(cx, a[0]) {
        Some(info) => Some(info),
        None if data::is_data(cx, a[0]) => info::of_instance(cx, a[0]),
        None => None,
    };
    match info {
        Some(info) => {
            let n = info::data(cx, info)?.align;
            Ok(int::from_usize(cx, n))
        }
        None => Err(cx.type_error("no alignment info")),
    }
}

/// `buffer_info(obj_or_type)`: format, dimensions, lengths.
fn buffer_info(cx: &mut Ctx, a: Args) -> PyResult {
    let info = match info::of_class(cx, a[0]) {
        Some(info) => info,
        None if data::is_data(cx, a[0]) => data::info_of(cx, a[0])?,
        None => return Err(cx.type_error("not a ctypes type or object")),
    };
    let (format, shape) = (info::part(cx, info, info::slot::FORMAT), info::part(cx, info, info::slot::SHAPE));
    let shape = if shape.is_none() { Tuple::empty(cx) } else { shape };
    let n = Value::small(Tuple::of(shape).map_or(0, Tuple::len) as i32);
    Ok(Tuple::new(cx, &[format, n, shape]))
}

fn init(cx: &mut Ctx, module: Value) -> Res<()> {
    let places = [
        ("_cast_addr", addresses::addr(addresses::Known::Cast)),
        ("_string_at_addr", addresses::addr(addresses::Known::StringAt)),
        ("_wstring_at_addr", addresses::addr(addresses::Known::WideStringAt)),
        ("_memoryview_at_addr", addresses::addr(addresses::Known::MemoryviewAt)),
        ("_memmove_addr", raw::memmove_addr()),
        ("_memset_addr", raw::memset_addr()),
    ];
    for (name, addr) in places {
        let addr = int::from_usize(cx, addr);
        cx.set_module_attr(module, name, addr);
    }
    Ok(())
}

static CTYPES: ModuleDef = ModuleDef {
    types: &[&data::CDATA, &field::FIELD, &info::INFO, &param::PARAM],
    functions: &[
        NativeDef::new("simple_info", "($module, code, swapped, direct, /)", info::simple_info, ""),
        NativeDef::new(
            "new_info",
            "($module, form, size, align, length, flags=0, pointers=False, parts=None, /)",
            info::new_info,
            "",
        ),
        NativeDef::new("moved", "($module, field, offset, index, /)", field::moved, ""),
        NativeDef::new("converters", "($module, types, /)", function::converters, ""),
        NativeDef::new("from_buffer", "($module, cls, source, offset=0, /)", data::from_buffer, ""),
        NativeDef::new("from_buffer_copy", "($module, cls, source, offset=0, /)", data::from_buffer_copy, ""),
        NativeDef::new("from_address", "($module, cls, address, /)", data::from_address, ""),
        NativeDef::new("in_dll", "($module, cls, dll, name, /)", library::in_dll, ""),
        NativeDef::new("data_from_param", "($module, cls, value, /)", param::data_from_param, ""),
        NativeDef::new("pointer_from_param", "($module, cls, value, /)", param::pointer_from_param, ""),
        NativeDef::new("simple_from_param", "($module, cls, value, /)", param::simple_from_param, ""),
        NativeDef::new("sizeof", "($module, obj_or_type, /)", sizeof, "Return the size in bytes of a C instance."),
        NativeDef::new(
            "alignment",
            "($module, obj_or_type, /)",
            alignment,
            "Return the alignment requirements of a C instance.",
        ),
        NativeDef::new("buffer_info", "($module, obj_or_type, /)", buffer_info, "Return buffer interface information"),
        NativeDef::new(
            "byref",
            "($module, obj, offset=0, /)",
            param::byref,
            "Return a pointer lookalike to a C instance, only usable as function argument.",
        ),
        NativeDef::new(
            "addressof",
            "($module, obj, /)",
            param::addressof,
            "Return the address of the C instance internal buffer",
        ),
        NativeDef::new(
            "resize",
            "($module, obj, size, /)",
            data::resize,
            "Resize the memory buffer of a ctypes instance",
        ),
        NativeDef::new("get_errno", "($module, /)", errno::get, ""),
        NativeDef::new("set_errno", "($module, value, /)", errno::set, ""),
        NativeDef::new(
            "dlopen",
            "($module, name, flag=RTLD_NOW, /)",
            library::open,
            "dlopen(name, flag={RTLD_GLOBAL|RTLD_LOCAL}) open a shared library",
        )
        .hide_sig(),
        NativeDef::new("dlclose", "($module, handle, /)", library::close, "dlclose a library"),
        NativeDef::new("dlsym", "($module, handle, name, /)", library::symbol, "find symbol in shared library"),
        NativeDef::new(
            "dllist",
            "($module, /)",
            library::list,
            "Return a list of loaded shared libraries in the current process.",
        ),
        NativeDef::new("call_function", "($module, address, arguments, /)", function::call_function, ""),
        NativeDef::new("call_cdeclfunction", "($module, address, arguments, /)", function::call_function, ""),
    ],
    constants: &[
        ("RTLD_LOCAL", Const::Int(libc::RTLD_LOCAL as i64)),
        ("RTLD_GLOBAL", Const::Int(libc::RTLD_GLOBAL as i64)),
        ("FUNCFLAG_CDECL", Const::Int(function::CDECL)),
        ("FUNCFLAG_PYTHONAPI", Const::Int(function::PYTHON_API)),
        ("FUNCFLAG_USE_ERRNO", Const::Int(function::USE_ERRNO)),
        ("FUNCFLAG_USE_LASTERROR", Const::Int(function::USE_LAST_ERROR)),
        ("CTYPES_MAX_ARGCOUNT", Const::Int(function::MAX_ARGS as i64)),
        ("SIZEOF_TIME_T", Const::Int(size_of::<libc::time_t>() as i64)),
    ],
    init: Some(init),
    ..ModuleDef::new("_ctypes_core")
};
