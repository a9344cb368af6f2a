//! The type `sqlite3.Row`: a tuple whose items have names.

use engine::prelude::*;

use crate::cursor::{self, CURSOR};

const DATA: usize = 0;
const DESCRIPTION: usize = 1;

/// `sqlite3.Row`
pub static ROW: TypeDef = TypeDef {
    flags: TypeFlags::BASETYPE.with(TypeFlags::NO_DEL),
    nnative: 2,
    new: Some(NativeDef::new("__new__", "($type, cursor, data, /)", new, "").hide_sig()),
    slots: Slots {
        len: Some(|cx, v| Ok(data(cx, v).len())),
        getitem: Some(getitem),
        iter: Some(|cx, v| {
            let data = data(cx, v);
            protocol::iter(cx, data.value())
        }),
        hash: Some(|cx, v| {
            let (description, data) = (description(cx, v), data(cx, v));
            Ok(protocol::hash(cx, description)? ^ protocol::hash(cx, data.value())?)
        }),
        richcmp: Some(compare),
        ..Slots::NONE
    },
    methods: &[NativeDef::new(
        "keys",
        "($self, /)",
        |cx, a| {
            let list = List::new(cx);
            if let Some(columns) = Tuple::of(description(cx, a[0])) {
                for column in columns.items() {
                    list.push(cx, Tuple::of(column).map_or(Value::NONE, |c| c.get(0)));
                }
            }
            Ok(list.value())
        },
        "Returns the keys of the row.",
    )],
    ..TypeDef::new("sqlite3", "Row")
};

fn new(cx: &mut Ctx, args: Args) -> PyResult {
    let class = cx.type_of_def(&CURSOR);
    if !types::type_of(cx, args[1]).is_subtype(class) {
        let got = if args[1].is_none() { "None".to_owned() } else { types::type_name(cx, args[1]) };
        return Err(cx.type_error(format!("Row() argument 1 must be sqlite3.Cursor, not {got}")));
    }
    let Some(data) = Tuple::of_sub(cx, args[2]) else {
        let got = if args[2].is_none() { "None".to_owned() } else { types::type_name(cx, args[2]) };
        return Err(cx.type_error(format!("Row() argument 2 must be tuple, not {got}")));
    };
    let o = cx.alloc_instance(args[0])?;
    let description = Obj::of(args[1]).map_or(Value::NONE, |c| c.slot(cx, cursor::slot::DESCRIPTION));
    o.set_slot(cx, DATA, data.value());
    o.set_slot(cx, DESCRIPTION, description);
    Ok(o.value())
}

/// A row of a cursor.
pub fn fresh(cx: &mut Ctx, cursor: Obj, data: Value) -> PyResult {
    let description = cursor.slot(cx, cursor::slot::DESCRIPTION);
    Ok(cx.new_object(&ROW, &[data, description]))
}

fn data(cx: &Ctx, v: Value) -> Tuple {
    let data = Obj::of(v).and_then(|o| Tuple::of_sub(cx, o.slot(cx, DATA)));
    data.or_else(|| Tuple::of(Tuple::empty(cx))).unwrap_or_else(|| unreachable!("the empty tuple is one"))
}

fn description(cx: &Ctx, v: Value) -> Value {
    Obj::of(v).and_then(|o| o.slot(cx, DESCRIPTION).non_empty()).unwrap_or(Value::NONE)
}

fn getitem(cx: &mut Ctx, v: Value, key: Value) -> PyResult {
    let data = data(cx, v);
    if int::is_sub(cx, key) {
        let n = protocol::index_value(cx, key)?;
        let Some(n) = int::to_i64(n) else {
            return Err(cx.raise(Exc::IndexError, "cannot fit 'int' into an index-sized integer"));
        };
        let len = data.len() as i64;
        let at = if n < 0 { n + len } else { n };
        return match usize::try_from(at) {
            Ok(at) if at < data.len() => Ok(data.get(at)),
            _ => Err(cx.raise(Exc::IndexError, "tuple index out of range")),
        };
    }
    if let Some(name) = Str::of_sub(cx, key) {
        let Some(columns) = Tuple::of(description(cx, v)) else {
            let shown = protocol::repr_lossy(cx, key);
            return Err(cx.raise(Exc::IndexError, format!("No item with key {shown}")));
        };
        for (i, column) in columns.items().enumerate().take(data.len()) {
            let known = Tuple::of(column).and_then(|c| Str::of(c.get(0)));
            if known.is_some_and(|known| same_name(known, name)) {
                return Ok(data.get(i));
            }
        }
        return Err(cx.raise(Exc::IndexError, "No item with that key"));
    }
    if objects::slice::Slice::of(key).is_some() {
        return protocol::getitem(cx, data.value(), key);
    }
    Err(cx.raise(Exc::IndexError, "Index must be int or string"))
}

/// Whether the names are the same but for the case of ASCII letters.
fn same_name(a: Str, b: Str) -> bool {
    a.as_bytes().eq_ignore_ascii_case(b.as_bytes())
}

fn compare(cx: &mut Ctx, v: Value, other: Value, op: CmpOp) -> PyResult {
    let class = cx.type_of_def(&ROW);
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) || !types::type_of(cx, other).is_subtype(class) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (a, b) = (description(cx, v), description(cx, other));
    if protocol::compare_bool(cx, a, b, CmpOp::Eq)? {
        let (a, b) = (data(cx, v), data(cx, other));
        return protocol::compare(cx, a.value(), b.value(), op);
    }
    Ok(Value::bool(op == CmpOp::Ne))
}
