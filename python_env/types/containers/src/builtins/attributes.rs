//! Attributes, types and identity: `getattr`, `isinstance`, `callable`, `id`, `hash`, `dir`, `vars`, ...

use engine::interp;
use engine::objects::Dict;
use engine::prelude::*;
use engine::protocol;

use crate::leaf;

use crate::sequence::type_name;

pub const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new("callable", "($module, obj, /)", callable, "Return whether the object is callable (i.e., some kind of function).\n\nNote that classes are callable, as are instances of classes with a\n__call__() method."),
    NativeDef::new("delattr", "($module, obj, name, /)", delattr, "Deletes the named attribute from the given object.\n\ndelattr(x, 'y') is equivalent to ``del x.y``"),
    NativeDef::new("dir", "($module, object=<unrepresentable>, /)", dir, "If called without an argument, return the names in the current scope.\nElse, return an alphabetized list of names comprising (some of) the attributes\nof the given object, and of attributes reachable from it.").hide_sig(),
    NativeDef::new("getattr", "($module, object, name, default=<unrepresentable>, /)", getattr, "getattr(object, name[, default]) -> value\n\nGet a named attribute from an object; getattr(x, 'y') is equivalent to x.y.\nWhen a default argument is given, it is returned when the attribute doesn't\nexist; without it, an exception is raised in that case.").hide_sig().leaf(known),
    NativeDef::new("globals", "($module, /)", globals, "Return the dictionary containing the current scope's global variables."),
    NativeDef::new("hasattr", "($module, obj, name, /)", hasattr, "Return whether the object has an attribute with the given name.\n\nThis is done by calling getattr(obj, name) and catching AttributeError."),
    NativeDef::new("hash", "($module, obj, /)", hash, "Return the hash value for the given object.\n\nTwo objects that compare equal must also have the same hash value, but the\nreverse is not necessarily true.").leaf(leaf::hash),
    NativeDef::new("id", "($module, obj, /)", id, "Return the identity of an object.\n\nThis is guaranteed to be unique among simultaneously existing objects."),
    NativeDef::new("isinstance", "($module, obj, class_or_tuple, /)", isinstance, "Return whether an object is an instance of a class or of a subclass thereof.\n\nA tuple, as in ``isinstance(x, (A, B, ...))``, may be given as the target to\ncheck against. This is equivalent to ``isinstance(x, A) or isinstance(x, B)\nor ...`` etc.").leaf(leaf::isinstance),
    NativeDef::new("issubclass", "($module, cls, class_or_tuple, /)", issubclass, "Return whether 'cls' is derived from another class or is the same class.\n\nA tuple, as in ``issubclass(x, (A, B, ...))``, may be given as the target to\ncheck against. This is equivalent to ``issubclass(x, A) or issubclass(x, B)\nor ...``."),
    NativeDef::new("locals", "($module, /)", locals, "Return a dictionary containing the current scope's local variables."),
    NativeDef::new("setattr", "($module, obj, name, value, /)", setattr, "Sets the named attribute on the given object to the specified value.\n\nsetattr(x, 'y', v) is equivalent to ``x.y = v``"),
    NativeDef::new("vars", "($module, object=<unrepresentable>, /)", vars, "vars([object]) -> dictionary\n\nWithout arguments, equivalent to locals().\nWith an argument, equivalent to object.__dict__.").hide_sig(),
];

fn callable(cx: &mut Ctx, args: Args) -> PyResult {
    Ok(Value::bool(protocol::is_callable(cx, args[0])))
}

/// The interned name that `v` is.
fn attr_name(cx: &mut Ctx, v: Value) -> PyResult {
    match Str::of_sub(cx, v) {
        Some(s) => Ok(s.intern(cx)),
        None => {
            let name = type_name(cx, v);
            Err(cx.type_error(format!("attribute name must be string, not '{name}'")))
        }
    }
}

/// An attribute that is known of objects like this one.
fn known(cx: &Ctx, args: &[Value]) -> Value {
    match *args {
        [v, name] | [v, name, _] if Str::of(name).is_some() => interp::known_attr(cx, v, name),
        _ => Value::EMPTY,
    }
}

fn getattr(cx: &mut Ctx, args: Args) -> PyResult {
    let name = attr_name(cx, args[1])?;
    let found = match args.get(2) {
        None => protocol::getattr(cx, args[0], name)?,
        Some(default) => match protocol::getattr_opt(cx, args[0], name)? {
            Some(found) => found,
            None => return Ok(default),
        },
    };
    interp::learn_attr(cx, args[0], name);
    Ok(found)
}

fn hasattr(cx: &mut Ctx, args: Args) -> PyResult {
    let name = attr_name(cx, args[1])?;
    Ok(Value::bool(protocol::getattr_opt(cx, args[0], name)?.is_some()))
}

fn setattr(cx: &mut Ctx, args: Args) -> PyResult {
    let name = attr_name(cx, args[1])?;
    protocol::setattr(cx, args[0], name, args[2])?;
    Ok(Value::NONE)
}

fn delattr(cx: &mut Ctx, args: Args) -> PyResult {
    let name = attr_name(cx, args[1])?;
    protocol::delattr(cx, args[0], name)?;
    Ok(Value::NONE)
}

fn dir(cx: &mut Ctx, args: Args) -> PyResult {
    match args.get(0) {
        Some(obj) => protocol::dir(cx, obj),
        None => {
            let locals = interp::current_locals(cx)?;
            let keys = protocol::call_method(cx, locals, cx.names.keys, &[])?;
            let list = crate::list::collect(cx, keys)?;
            engine::objects::sort::sort(cx, list, Value::NONE, false)?;
            Ok(list.value())
        }
    }
}

fn vars(cx: &mut Ctx, args: Args) -> PyResult {
    match args.get(0) {
        None => interp::current_locals(cx),
        Some(obj) => match protocol::getattr_opt(cx, obj, cx.names.__dict__)? {
            Some(d) => Ok(d),
            None => Err(cx.type_error("vars() argument must have __dict__ attribute")),
        },
    }
}

fn globals(cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(interp::current_globals(cx).unwrap_or_else(|| Dict::new(cx).value()))
}

fn locals(cx: &mut Ctx, _args: Args) -> PyResult {
    interp::current_locals(cx)
}

fn hash(cx: &mut Ctx, args: Args) -> PyResult {
    let h = protocol::hash(cx, args[0])?;
    Ok(int::from_i64(cx, h))
}

fn id(cx: &mut Ctx, args: Args) -> PyResult {
    let id = protocol::id(cx, args[0]);
    audit::tell(cx, "builtins.id", &[id])?;
    Ok(id)
}

fn isinstance(cx: &mut Ctx, args: Args) -> PyResult {
    Ok(Value::bool(protocol::is_instance(cx, args[0], args[1])?))
}

fn issubclass(cx: &mut Ctx, args: Args) -> PyResult {
    Ok(Value::bool(protocol::is_subclass(cx, args[0], args[1])?))
}
