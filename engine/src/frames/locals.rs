//! The locals of a frame by name, wherever they are: in the window, in a suspended generator, in the frame object.

use engine_code::CodeFlags;
use proto_core::Value;

use super::{View, frame, others, proxy};
use crate::code_rt::RuntimeCode;
use crate::ctx::{Ctx, PyResult};
use crate::objects::instance::{array_get, array_set};
use crate::objects::{Cell, Dict, Function, Generator, List, Str, Tuple};
use crate::protocol;

/// Where registers are.
#[derive(Clone, Copy)]
pub(super) enum Registers {
    Window(*mut Value),
    Suspended(Generator),
    Kept(Value),
    Gone,
}

impl Registers {
    fn get(self, i: usize) -> Value {
        match self {
            // SAFETY: a live window has its code's locals; `i` is one of them.
            Registers::Window(base) => unsafe { *base.add(i) },
            Registers::Suspended(g) => g.reg(i),
            Registers::Kept(array) => array_get(array, i),
            Registers::Gone => Value::EMPTY,
        }
    }

    fn set(self, cx: &Ctx, i: usize, v: Value) {
        match self {
            // SAFETY: as in `get`.
            Registers::Window(base) => unsafe {
                *base.add(i) = v;
                cx.run.jit.note_rewrite();
            },
            Registers::Suspended(g) => g.set_reg(cx, i, v),
            Registers::Kept(array) => array_set(cx, array, i, v),
            Registers::Gone => {}
        }
    }
}

/// The registers of a frame object; of one that runs in another thread, a copy of what they are now.
fn registers(cx: &mut Ctx, object: Value) -> Registers {
    if let Some(base) = frame::live_base(cx, object) {
        return Registers::Window(base);
    }
    if let Some(base) = frame::foreign_base(cx, object)
        && let Some(copy) = others::registers(cx, base, frame::function(object))
    {
        return Registers::Kept(copy);
    }
    if let Some(array) = frame::kept_registers(object) {
        return Registers::Kept(array);
    }
    match frame::generator(object) {
        Some(g) => Registers::Suspended(g),
        None => Registers::Gone,
    }
}

/// A named variable: where it stands.
#[derive(Clone, Copy)]
enum Place {
    Register(usize),
    Big(usize),
    Free(usize),
}

/// Calls `f` with each variable of a comprehension that runs in a frame with a namespace and looks variables up by name.
fn each_in_namespace(code: &RuntimeCode, mut f: impl FnMut(Value, Place)) {
    let shown = (code.code.hidden_from as usize).min(code.varnames.len());
    // Register 0 is the namespace; cells of the class's own have such names.
    let own = |name: Value| Str::of(name).is_some_and(|s| s.as_bytes().starts_with(b"__"));
    for (i, &name) in code.varnames[..shown].iter().enumerate().skip(1) {
        if !own(name) {
            f(name, Place::Register(i));
        }
    }
}

/// Calls `f` with each variable that `locals()` shows. A name may come twice: what is bound and comes last counts.
fn each(code: &RuntimeCode, mut f: impl FnMut(Value, Place)) {
    if !code.code.flags.has(CodeFlags::OPTIMIZED) {
        return each_in_namespace(code, f);
    }
    let hidden = (code.code.hidden_from as usize).min(code.varnames.len());
    for (i, &name) in code.varnames[..hidden].iter().enumerate() {
        if code.big_locals.is_empty() || i != code.code.big_register as usize {
            f(name, Place::Register(i));
        }
    }
    // Cell variables beyond the named locals, if any.
    for (&name, (_, register)) in code.cellvars.iter().zip(&code.code.cellvars) {
        if *register as usize >= hidden && *register >= code.nlocals {
            f(name, Place::Register(*register as usize));
        }
    }
    for (i, &name) in code.freevars.iter().enumerate() {
        f(name, Place::Free(i));
    }
}

fn closure_cell(function: Value, i: usize) -> Option<Cell> {
    Cell::of(Tuple::of(Function::of(function)?.closure())?.get(i))
}

fn is_cell_register(code: &RuntimeCode, i: usize) -> bool {
    code.code.cellvars.iter().any(|c| c.1 as usize == i)
}

fn read(code: &RuntimeCode, function: Value, registers: Registers, place: Place) -> Value {
    match place {
        Place::Register(i) => {
            let v = registers.get(i);
            match Cell::of(v) {
                Some(cell) if is_cell_register(code, i) => cell.get(),
                _ => v,
            }
        }
        Place::Big(i) => {
            let v = array_get(registers.get(code.code.big_register as usize), i);
            Cell::of(v).map_or(v, |cell| cell.get())
        }
        Place::Free(i) => closure_cell(function, i).map_or(Value::EMPTY, |c| c.get()),
    }
}

fn write(cx: &Ctx, code: &RuntimeCode, function: Value, registers: Registers, place: Place, v: Value) {
    match place {
        Place::Register(i) => match Cell::of(registers.get(i)) {
            Some(cell) if is_cell_register(code, i) => cell.set(cx, v),
            _ => registers.set(cx, i, v),
        },
        Place::Big(i) => {
            let array = registers.get(code.code.big_register as usize);
            match Cell::of(array_get(array, i)) {
                Some(cell) => cell.set(cx, v),
                None => {
                    array_set(cx, array, i, v);
                }
            }
        }
        Place::Free(i) => {
            if let Some(cell) = closure_cell(function, i) {
                cell.set(cx, v);
            }
        }
    }
}

/// A dict of the locals that are bound.
fn snapshot(cx: &Ctx, code: &RuntimeCode, function: Value, registers: Registers) -> Dict {
    let d = Dict::new(cx);
    let mut add = |name: Value, place| {
        let v = read(code, function, registers, place);
        if !v.is_empty() {
            d.set_str(cx, name, v);
        }
    };
    each(code, &mut add);
    for (i, &name) in code.big_locals.iter().enumerate() {
        add(name, Place::Big(i));
    }
    d
}

/// What `locals()` gives for a running frame: a fresh dict in functions, else the namespace itself.
pub fn snapshot_live(cx: &mut Ctx, view: &View) -> PyResult {
    let code = view.code();
    if is_namespace(code, view.function(), Registers::Window(view.base)) {
        return Ok(namespace(view.function(), Registers::Window(view.base)));
    }
    let dict = snapshot(cx, code, view.function(), Registers::Window(view.base));
    // Names that were added through `f_locals`.
    if let Some(object) = super::existing_object(cx, view)
        && let Some(extra) = Dict::of(frame::extra(cx, object))
    {
        dict.update_from(cx, extra)?;
    }
    Ok(dict.value())
}

/// Whether the locals are a namespace: not in functions, nor while a comprehension that looks variables up by name has some.
fn is_namespace(code: &RuntimeCode, function: Value, registers: Registers) -> bool {
    let mut is = !code.code.flags.has(CodeFlags::OPTIMIZED);
    if is {
        each_in_namespace(code, |_, place| is &= read(code, function, registers, place).is_empty());
    }
    is
}

/// The namespace of a frame that is not a function's.
fn namespace(function: Value, registers: Registers) -> Value {
    match registers.get(0).non_empty() {
        Some(v) => v,
        None => Function::of(function).map_or(Value::NONE, |f| f.globals()),
    }
}

/// `f_locals`: the namespace, or a write-through proxy for functions.
pub(super) fn mapping(cx: &mut Ctx, object: Value) -> PyResult {
    let Some(code) = frame::code(object) else { return Ok(Value::NONE) };
    let registers = registers(cx, object);
    if is_namespace(code, frame::function(object), registers) {
        return Ok(namespace(frame::function(object), registers));
    }
    Ok(proxy::new(cx, object))
}

/// All bound locals of a frame object, with the names added through its proxy.
pub(super) fn snapshot_of(cx: &mut Ctx, object: Value) -> PyResult<Dict> {
    let Some(code) = frame::code(object) else { return Ok(Dict::new(cx)) };
    let registers = registers(cx, object);
    let dict = snapshot(cx, code, function_of(cx, object), registers);
    if let Some(extra) = Dict::of(frame::extra(cx, object)) {
        dict.update_from(cx, extra)?;
    }
    Ok(dict)
}

fn find(code: &RuntimeCode, function: Value, registers: Registers, name: Value) -> Option<Place> {
    let mut found = None;
    each(code, |n, place| {
        if n == name && (found.is_none() || !read(code, function, registers, place).is_empty()) {
            found = Some(place);
        }
    });
    found.or_else(|| code.big_locals.iter().position(|&n| n == name).map(Place::Big))
}

/// The function whose closure a frame's locals are in; EMPTY after `clear`.
fn function_of(cx: &Ctx, object: Value) -> Value {
    if frame::is_cleared(cx, object) { Value::EMPTY } else { frame::function(object) }
}

/// The local that a key of any type is: what hashes like a name and equals it, as in a dict.
pub(super) fn name_for(cx: &mut Ctx, object: Value, key: Value) -> PyResult<Option<Value>> {
    let hash = protocol::hash(cx, key)?;
    let Some(code) = frame::code(object) else { return Ok(None) };
    let names = List::new(cx);
    each(code, |name, _| names.push(cx, name));
    for &name in code.big_locals.iter() {
        names.push(cx, name);
    }
    let mut i = 0;
    while let Some(name) = names.get(i) {
        if protocol::hash(cx, name)? == hash && protocol::eq(cx, key, name)? {
            return Ok(Some(name));
        }
        i += 1;
    }
    Ok(None)
}

/// A local by name (an atom). None: no such variable; EMPTY: unbound.
pub(super) fn get(cx: &mut Ctx, object: Value, name: Value) -> Option<Value> {
    let code = frame::code(object)?;
    let registers = registers(cx, object);
    let function = function_of(cx, object);
    let place = find(code, function, registers, name)?;
    Some(read(code, function, registers, place))
}

/// Sets a local. False: no such variable.
pub(super) fn set(cx: &mut Ctx, object: Value, name: Value, v: Value) -> bool {
    let Some(code) = frame::code(object) else { return false };
    let registers = registers(cx, object);
    let function = function_of(cx, object);
    let Some(place) = find(code, function, registers, name) else { return false };
    if let Place::Register(i) = place
        && !(is_cell_register(code, i) && Cell::of(registers.get(i)).is_some())
        && let Some(base) = frame::foreign_base(cx, object)
        && others::set_register(cx, base, frame::function(object), i, v)
    {
        return true;
    }
    write(cx, code, function, registers, place, v);
    true
}
