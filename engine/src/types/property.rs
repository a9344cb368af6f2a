//! `property`.

use super::slots::Slots;
use super::{TypeDef, TypeFlags, instance, type_name, type_of};
use crate::exceptions::Exc;
use crate::native::{Args, GetSet, Member, NativeDef};
use crate::objects::{Obj, Tuple};
use crate::{Ctx, PyResult, Raised, protocol};
use proto_core::{Kind, Value};

const FGET: usize = 0;
const FSET: usize = 1;
const FDEL: usize = 2;
const DOC: usize = 3;
const NAME: usize = 4;
/// TRUE when the documentation came from the getter.
const GETTER_DOC: usize = 5;

/// `property`.
pub static PROPERTY: TypeDef = TypeDef {
    doc: "Property attribute.\n\n  fget\n    function to be used for getting an attribute value\n  fset\n    function to be used for setting an attribute value\n  fdel\n    function to be used for del'ing an attribute\n  doc\n    docstring\n\nTypical use is to define a managed attribute x:\n\nclass C(object):\n    def getx(self): return self._x\n    def setx(self, value): self._x = value\n    def delx(self): del self._x\n    x = property(getx, setx, delx, \"I'm the 'x' property.\")\n\nDecorators make defining new properties or modifying existing ones easy:\n\nclass C(object):\n    @property\n    def x(self):\n        \"I am the 'x' property.\"\n        return self._x\n    @x.setter\n    def x(self, value):\n        self._x = value\n    @x.deleter\n    def x(self):\n        del self._x",
    flags: TypeFlags::BASETYPE,
    nnative: 6,
    new: Some(NativeDef::new("__new__", "($type, *args, **kwargs)", new, "")),
    init: Some(NativeDef::new("__init__", "($self, fget=None, fset=None, fdel=None, doc=None)", init, "")),
    slots: Slots { descr_get: Some(get), descr_set: Some(set), ..Slots::NONE },
    methods: &[
        NativeDef::new(
            "getter",
            "($self, object, /)",
            getter,
            "Descriptor to obtain a copy of the property with a different getter.",
        ),
        NativeDef::new(
            "setter",
            "($self, object, /)",
            setter,
            "Descriptor to obtain a copy of the property with a different setter.",
        ),
        NativeDef::new(
            "deleter",
            "($self, object, /)",
            deleter,
            "Descriptor to obtain a copy of the property with a different deleter.",
        ),
        NativeDef::new("__set_name__", "($self, *args)", set_name, "Method to set name of a property.").hide_sig(),
    ],
    members: &[
        Member::ro("fget", FGET as u16, ""),
        Member::ro("fset", FSET as u16, ""),
        Member::ro("fdel", FDEL as u16, ""),
    ],
    getsets: &[
        GetSet::rw("__doc__", get_doc, set_doc, ""),
        GetSet::rw("__name__", get_name, write_name, ""),
        GetSet::ro("__isabstractmethod__", get_abstract, ""),
    ],
    text_signature: "(fget=None, fset=None, fdel=None, doc=None)",
    ..TypeDef::new("builtins", "property")
};

fn field(cx: &Ctx, v: Value, i: usize) -> Option<Value> {
    instance::native_slot(cx, v, i).non_empty().filter(|&f| f != Value::NONE)
}

/// The getter of an exact property, when it is a plain function.
pub fn python_getter(cx: &Ctx, v: Value) -> Option<Value> {
    if type_of(cx, v) != cx.types.property {
        return None;
    }
    field(cx, v, FGET).filter(|f| f.is_kind(Kind::Function))
}

/// The setter of an exact property, when it is a plain function.
pub fn python_setter(cx: &Ctx, v: Value) -> Option<Value> {
    if type_of(cx, v) != cx.types.property {
        return None;
    }
    field(cx, v, FSET).filter(|f| f.is_kind(Kind::Function))
}

fn new(cx: &mut Ctx, args: Args) -> PyResult {
    Ok(cx.alloc_instance(args[0])?.value())
}

fn init(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(obj) = Obj::of(args[0]) else { return Ok(Value::NONE) };
    for i in 0..3 {
        let v = args.some(i + 1).unwrap_or(Value::EMPTY);
        obj.set_slot(cx, FGET + i, v);
    }
    obj.set_slot(cx, GETTER_DOC, Value::FALSE);
    let names = cx.names;
    let mut doc = args.some(4);
    if doc.is_none()
        && let Some(fget) = args.some(1)
        && let Some(d) = protocol::getattr_opt(cx, fget, names.__doc__)?
        && d != Value::NONE
    {
        doc = Some(d);
        obj.set_slot(cx, GETTER_DOC, Value::TRUE);
    }
    if type_of(cx, args[0]) == cx.types.property {
        obj.set_slot(cx, DOC, doc.unwrap_or(Value::NONE));
    } else {
        // A subclass has a class attribute `__doc__` that hides the getset: the instance needs its own. One that cannot
        // have any loses what it was given, but not what its getter says.
        let of_getter = instance::native_slot(cx, args[0], GETTER_DOC) == Value::TRUE;
        match protocol::setattr(cx, args[0], names.__doc__, doc.unwrap_or(Value::NONE)) {
            Err(r) if !of_getter && cx.matches(&r, Exc::AttributeError) => cx.clear(r),
            other => other?,
        }
    }
    Ok(Value::NONE)
}

fn property_text(cx: &mut Ctx, d: Value, obj: Value, what: &str) -> Raised {
    let class = type_of(cx, obj).qualname_str();
    let message = match name_of(cx, d) {
        Ok(Some(n)) => {
            let n = protocol::repr_lossy(cx, n);
            format!("property {n} of '{class}' object has no {what}")
        }
        Ok(None) => format!("property of '{class}' object has no {what}"),
        Err(r) => return r,
    };
    cx.raise(Exc::AttributeError, message)
}

fn get(cx: &mut Ctx, d: Value, obj: Value, _: Value) -> PyResult {
    if obj == Value::EMPTY || obj == Value::NONE {
        return Ok(d);
    }
    match field(cx, d, FGET) {
        Some(f) => protocol::call(cx, f, &[obj]),
        None => Err(property_text(cx, d, obj, "getter")),
    }
}

fn set(cx: &mut Ctx, d: Value, obj: Value, v: Value) -> PyResult<()> {
    let (index, what) = if v == Value::EMPTY { (FDEL, "deleter") } else { (FSET, "setter") };
    match field(cx, d, index) {
        Some(f) if v == Value::EMPTY => protocol::call(cx, f, &[obj])?,
        Some(f) => protocol::call(cx, f, &[obj, v])?,
        None => return Err(property_text(cx, d, obj, what)),
    };
    Ok(())
}

fn copy(cx: &mut Ctx, old: Value, index: usize, f: Value) -> PyResult {
    let mut parts = [Value::NONE; 4];
    for (i, p) in parts.iter_mut().take(3).enumerate() {
        *p = field(cx, old, i).unwrap_or(Value::NONE);
    }
    if f != Value::NONE {
        parts[index] = f;
    }
    let from_getter = instance::native_slot(cx, old, GETTER_DOC) == Value::TRUE && parts[FGET] != Value::NONE;
    if !from_getter {
        parts[3] = get_doc(cx, old)?;
    }
    let class = type_of(cx, old).value();
    let fresh = protocol::call(cx, class, &parts)?;
    let name = instance::native_slot(cx, old, NAME);
    if name != Value::EMPTY
        && let Some(o) = Obj::of(fresh)
        && type_of(cx, fresh).is_subtype(cx.types.property)
    {
        o.set_slot(cx, NAME, name);
    }
    Ok(fresh)
}

fn getter(cx: &mut Ctx, args: Args) -> PyResult {
    copy(cx, args[0], FGET, args[1])
}

fn setter(cx: &mut Ctx, args: Args) -> PyResult {
    copy(cx, args[0], FSET, args[1])
}

fn deleter(cx: &mut Ctx, args: Args) -> PyResult {
    copy(cx, args[0], FDEL, args[1])
}

fn set_name(cx: &mut Ctx, args: Args) -> PyResult {
    let given = Tuple::of(args[1]);
    let Some(given) = given.filter(|t| t.len() == 2) else {
        let n = given.map_or(0, |t| t.len());
        return Err(cx.type_error(format!("__set_name__() takes 2 positional arguments but {n} were given")));
    };
    if let Some(o) = Obj::of(args[0]) {
        o.set_slot(cx, NAME, given.get(1));
    }
    Ok(Value::NONE)
}

fn get_doc(cx: &mut Ctx, d: Value) -> PyResult {
    Ok(instance::native_slot(cx, d, DOC).non_empty().unwrap_or(Value::NONE))
}

fn set_doc(cx: &mut Ctx, d: Value, v: Value) -> PyResult<()> {
    if let Some(o) = Obj::of(d) {
        o.set_slot(cx, DOC, v);
    }
    Ok(())
}

fn name_of(cx: &mut Ctx, d: Value) -> PyResult<Option<Value>> {
    let own = instance::native_slot(cx, d, NAME);
    if own != Value::EMPTY {
        return Ok(Some(own));
    }
    match field(cx, d, FGET) {
        Some(f) => {
            let name = cx.names.__name__;
            protocol::getattr_opt(cx, f, name)
        }
        None => Ok(None),
    }
}

fn get_name(cx: &mut Ctx, d: Value) -> PyResult {
    match name_of(cx, d)? {
        Some(n) => Ok(n),
        None => {
            let (name, class) = (cx.names.__name__, type_name(cx, d));
            Err(cx.attribute_error_with(format!("'{class}' object has no attribute '__name__'"), d, name))
        }
    }
}

fn write_name(cx: &mut Ctx, d: Value, v: Value) -> PyResult<()> {
    if let Some(o) = Obj::of(d) {
        o.set_slot(cx, NAME, v);
    }
    Ok(())
}

fn get_abstract(cx: &mut Ctx, d: Value) -> PyResult {
    let name = cx.names.__isabstractmethod__;
    for i in [FGET, FSET, FDEL] {
        if let Some(f) = field(cx, d, i)
            && let Some(a) = protocol::getattr_opt(cx, f, name)?
            && protocol::truth(cx, a)?
        {
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}
