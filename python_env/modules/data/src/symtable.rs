//! The module `_symtable`: the compiler's tables of symbols.

use engine::interp::{self, CompileMode, ScopeView};
use engine::prelude::*;

macro_rules! ints {
    ($($name:literal = $value:expr),* $(,)?) => { &[$(($name, Const::Int($value))),*] };
}

pub static SYMTABLE: ModuleDef = ModuleDef {
    functions: &[NativeDef::new(
        "symtable",
        "($module, source, filename, startstr, /)",
        symtable,
        "Return symbol and scope dictionaries used internally by compiler.",
    )],
    constants: ints! {
        "USE" = 16, "DEF_GLOBAL" = 1, "DEF_NONLOCAL" = 8, "DEF_LOCAL" = 2, "DEF_PARAM" = 4, "DEF_TYPE_PARAM" = 1024,
        "DEF_FREE_CLASS" = 64, "DEF_IMPORT" = 128, "DEF_BOUND" = 134, "DEF_ANNOT" = 256, "DEF_COMP_ITER" = 512,
        "DEF_COMP_CELL" = 2048, "TYPE_FUNCTION" = 0, "TYPE_CLASS" = 1, "TYPE_MODULE" = 2, "TYPE_ANNOTATION" = 3,
        "TYPE_TYPE_ALIAS" = 4, "TYPE_TYPE_PARAMETERS" = 5, "TYPE_TYPE_VARIABLE" = 6, "LOCAL" = 1, "GLOBAL_EXPLICIT" = 2,
        "GLOBAL_IMPLICIT" = 3, "FREE" = 4, "CELL" = 5, "SCOPE_OFF" = 12, "SCOPE_MASK" = 15,
    },
    ..ModuleDef::new("_symtable")
};

/// A scope. Native slots as [`Slot`] numbers them.
static ENTRY: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    nnative: 8,
    slots: Slots { repr: Some(entry_repr), ..Slots::NONE },
    members: &[
        Member::ro("id", Slot::Id as u16, ""),
        Member::ro("name", Slot::Name as u16, ""),
        Member::ro("symbols", Slot::Symbols as u16, ""),
        Member::ro("varnames", Slot::Varnames as u16, ""),
        Member::ro("children", Slot::Children as u16, ""),
        Member::ro("nested", Slot::Nested as u16, ""),
        Member::ro("type", Slot::Type as u16, ""),
        Member::ro("lineno", Slot::Line as u16, ""),
    ],
    ..TypeDef::new("builtins", "symtable entry")
};

#[derive(Clone, Copy)]
enum Slot {
    Id,
    Name,
    Symbols,
    Varnames,
    Children,
    Nested,
    Type,
    Line,
}

fn symtable(cx: &mut Ctx, args: Args) -> PyResult {
    let text = if let Some(s) = Str::of_sub(cx, args[0]) {
        s.to_string_lossy().into_owned()
    } else if let Some(bytes) = protocol::buffer_bytes(cx, args[0])? {
        interp::decode_source(cx, &bytes, "<string>")?
    } else {
        return Err(cx.type_error("symtable() arg 1 must be a string or bytes object"));
    };
    if text.contains('\0') {
        let message = Str::new(cx, "source code string cannot contain null bytes");
        let class = cx.types.exc(Exc::SyntaxError).value();
        return Err(cx.raise_call(class, &[message]));
    }
    let filename = protocol::fs_path_text(cx, args[1])?;
    let mode = match args.str(cx, 2)?.as_bytes() {
        b"exec" => CompileMode::Exec,
        b"eval" => CompileMode::Eval,
        b"single" => CompileMode::Single,
        _ => return Err(cx.value_error("symtable() arg 3 must be 'exec' or 'eval' or 'single'")),
    };
    let top = interp::symbols(cx, &text, &filename, mode)?;
    entry(cx, &top)
}

fn entry(cx: &mut Ctx, scope: &ScopeView) -> PyResult {
    protocol::guard(cx, " during compilation")?;
    let symbols = Dict::new(cx);
    for (name, flags) in &scope.symbols {
        symbols.set_str(cx, cx.intern(name.as_bytes()), Value::from_usize(*flags as usize));
    }
    let params = List::new(cx);
    for name in &scope.params {
        params.push(cx, cx.intern(name.as_bytes()));
    }
    let children = List::new(cx);
    for child in &scope.children {
        let child = entry(cx, child)?;
        children.push(cx, child);
    }
    let name = Str::new(cx, &scope.name);
    let v = cx.new_object(&ENTRY, &[]);
    if let Some(o) = Obj::of(v) {
        let id = int::from_i64(cx, protocol::id_of(v) as i64);
        o.set_slot(cx, Slot::Id as usize, id);
        o.set_slot(cx, Slot::Name as usize, name);
        o.set_slot(cx, Slot::Symbols as usize, symbols.value());
        o.set_slot(cx, Slot::Varnames as usize, params.value());
        o.set_slot(cx, Slot::Children as usize, children.value());
        o.set_slot(cx, Slot::Nested as usize, Value::small(i32::from(scope.nested)));
        o.set_slot(cx, Slot::Type as usize, Value::small(i32::from(scope.kind)));
        o.set_slot(cx, Slot::Line as usize, Value::from_usize(scope.line as usize));
    }
    Ok(v)
}

fn entry_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let Some(o) = Obj::of(v) else { return Ok(Value::NONE) };
    let (name, line) = (o.slot(cx, Slot::Name as usize), o.slot_int(cx, Slot::Line as usize));
    let (name, id) = (protocol::str_lossy(cx, name), protocol::id_of(v));
    Ok(Str::from_text(cx, &format!("<symtable entry {name}({id}), line {line}>")))
}
