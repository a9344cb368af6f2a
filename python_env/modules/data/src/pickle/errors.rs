//! The exceptions of the module, and the notes that say where in an object one happened.

use engine::prelude::*;

const FLAGS: TypeFlags =
    TypeFlags::BASETYPE.with(TypeFlags::HAS_DICT).with(TypeFlags::HAS_WEAKREF).with(TypeFlags::MUTABLE);

/// `PickleError`
pub static PICKLE_ERROR: TypeDef =
    TypeDef { bases: &[BaseRef::Exc(Exc::Exception)], flags: FLAGS, ..TypeDef::new("_pickle", "PickleError") };

/// `PicklingError`
pub static PICKLING_ERROR: TypeDef =
    TypeDef { bases: &[BaseRef::Def(&PICKLE_ERROR)], flags: FLAGS, ..TypeDef::new("_pickle", "PicklingError") };

/// `UnpicklingError`
pub static UNPICKLING_ERROR: TypeDef =
    TypeDef { bases: &[BaseRef::Def(&PICKLE_ERROR)], flags: FLAGS, ..TypeDef::new("_pickle", "UnpicklingError") };

/// Raises PicklingError.
#[cold]
pub fn pickling(cx: &mut Ctx, message: impl AsRef<str>) -> Raised {
    let class = cx.type_of_def(&PICKLING_ERROR).value();
    cx.raise_of(class, message.as_ref())
}

/// Raises UnpicklingError.
#[cold]
pub fn unpickling(cx: &mut Ctx, message: impl AsRef<str>) -> Raised {
    let class = cx.type_of_def(&UNPICKLING_ERROR).value();
    cx.raise_of(class, message.as_ref())
}

/// Raises PicklingError while `r` is being handled, so that `r` becomes its context.
#[cold]
pub fn pickling_from(cx: &mut Ctx, r: Raised, message: impl FnOnce(&mut Ctx, Value) -> String) -> Raised {
    let cause = cx.take(r);
    let text = message(cx, cause);
    let class = cx.type_of_def(&PICKLING_ERROR).value();
    let raised = cx.raise_of(class, text);
    let exc = cx.take(raised);
    engine::exceptions::raise::set_context(cx, exc, cause);
    cx.restore(exc)
}

/// The class of `v` as messages name it.
#[cold]
pub fn class_name(cx: &Ctx, v: Value) -> String {
    let name = types::type_full_name(cx, v);
    match name.strip_prefix("__main__.") {
        Some(rest) => rest.to_owned(),
        None => name,
    }
}

/// Adds `when serializing NAME WHAT` to the exception that `r` stands for.
#[cold]
pub fn noted(cx: &mut Ctx, r: Raised, v: Value, what: &str) -> Raised {
    let exc = cx.take(r);
    let note = format!("when serializing {} {what}", class_name(cx, v));
    // Without stack for a note the exception goes on as it is.
    if let Err(r) = engine::exceptions::base::add_note_text(cx, exc, &note) {
        cx.clear(r);
    }
    cx.restore(exc)
}

/// [`noted`] for the value of a dict's key.
#[cold]
pub fn noted_key(cx: &mut Ctx, r: Raised, v: Value, key: Value) -> Raised {
    let exc = cx.take(r);
    let shown = protocol::repr_lossy(cx, key);
    let r = cx.restore(exc);
    noted(cx, r, v, &format!("item {shown}"))
}
