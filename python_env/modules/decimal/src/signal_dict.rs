//! The mappings `Context.flags` and `Context.traps`: signals to truth values, kept in the context itself.

use crate::context::{self, singleton};
use crate::core::number::Status;
use crate::signals::{self, SIGNALS};
use engine::objects::{Dict, Tuple};
use engine::prelude::*;

/// Which mapping of a context.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Side {
    /// `flags`
    Flags,
    /// `traps`
    Traps,
}

/// The base of `SignalDict`. Native slots: 0 the context, 1 the number of its slot.
pub static MIXIN: TypeDef = TypeDef {
    flags: TypeFlags::BASETYPE,
    nnative: 2,
    init: Some(NativeDef::new("__init__", "($self, /, *args, **kwargs)", |_, _| Ok(Value::NONE), "").hide_sig()),
    slots: Slots {
        repr: Some(repr),
        hash: Some(slots::hash_not_implemented),
        richcmp: Some(richcmp),
        len: Some(|cx, v| {
            place(cx, v)?;
            Ok(SIGNALS.len())
        }),
        iter: Some(|cx, v| {
            place(cx, v)?;
            let keys = Tuple::build_of_signals(cx);
            protocol::iter(cx, keys)
        }),
        getitem: Some(|cx, v, key| {
            let (context, slot) = place(cx, v)?;
            match signals::bits_of(cx, key) {
                Some(bits) => Ok(Value::bool(context::bits(context, slot) & bits != 0)),
                None => Err(bad_key(cx)),
            }
        }),
        setitem: Some(|cx, v, key, to| {
            let (context, slot) = place(cx, v)?;
            if to.is_empty() {
                return Err(cx.value_error("signal keys cannot be deleted"));
            }
            let Some(bits) = signals::bits_of(cx, key) else { return Err(bad_key(cx)) };
            let on = protocol::truth(cx, to)?;
            context::change_bits(cx, context, slot, |old| if on { old | bits } else { old & !bits });
            Ok(())
        }),
        ..Slots::NONE
    },
    methods: &[NativeDef::new(
        "copy",
        "($self, /)",
        |cx, args| {
            let (context, slot) = place(cx, args[0])?;
            as_dict(cx, context::bits(context, slot))
        },
        "",
    )],
    ..TypeDef::new("decimal", "SignalDictMixin")
};

trait Signals {
    fn build_of_signals(cx: &mut Ctx) -> Value;
}

impl Signals for Tuple {
    fn build_of_signals(cx: &mut Ctx) -> Value {
        let mut classes = [Value::EMPTY; SIGNALS.len()];
        for (slot, s) in classes.iter_mut().zip(&SIGNALS) {
            *slot = cx.type_of_def(s.def).value();
        }
        Tuple::new(cx, &classes)
    }
}

/// `KeyError`: no signal.
#[cold]
pub fn bad_key(cx: &mut Ctx) -> Raised {
    let text = "valid values for signals are:\n  [InvalidOperation, FloatOperation, DivisionByZero,\n   Overflow, Underflow, Subnormal, Inexact, Rounded,\n   Clamped]";
    let text = Str::new(cx, text);
    cx.key_error(text)
}

/// The context and its slot.
fn place(cx: &mut Ctx, v: Value) -> PyResult<(Value, usize)> {
    let context = types::instance::native_slot(cx, v, 0);
    let slot = types::instance::native_slot(cx, v, 1).as_int();
    match slot {
        Some(slot) if !context.is_empty() => Ok((context, slot as usize)),
        _ => Err(cx.value_error("invalid signal dict")),
    }
}

/// The class `SignalDict`, which also derives from `MutableMapping`.
pub fn class(cx: &mut Ctx) -> PyResult {
    singleton(cx, "decimal.SignalDict", |cx| {
        let mapping = protocol::import_attr(cx, "collections.abc", "MutableMapping")?;
        let mixin = cx.type_of_def(&MIXIN).value();
        let bases = Tuple::new(cx, &[mixin, mapping]);
        let (name, dict) = (Str::new(cx, "SignalDict"), Dict::new(cx).value());
        let meta = types::type_of(cx, mapping).value();
        protocol::call(cx, meta, &[name, bases, dict])
    })
}

/// The mapping of a context.
pub fn new(cx: &mut Ctx, context: Value, side: Side) -> PyResult {
    let class = class(cx)?;
    let slot = if side == Side::Flags { context::FLAGS } else { context::TRAPS };
    let o = cx.alloc_instance(class)?;
    o.set_slot(cx, 0, context);
    o.set_slot(cx, 1, Value::small(slot as i32));
    Ok(o.value())
}

fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    let (context, slot) = place(cx, v)?;
    let bits = context::bits(context, slot);
    let items: Vec<String> = SIGNALS
        .iter()
        .map(|s| format!("<class 'decimal.{}'>:{}", s.def.name, if bits & s.bits != 0 { "True" } else { "False" }))
        .collect();
    Ok(Str::from_text(cx, &format!("{{{}}}", items.join(", "))))
}

fn as_dict(cx: &mut Ctx, bits: Status) -> PyResult {
    let dict = Dict::new(cx);
    for s in &SIGNALS {
        let class = cx.type_of_def(s.def).value();
        dict.set(cx, class, Value::bool(bits & s.bits != 0))?;
    }
    Ok(dict.value())
}

fn richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (context, slot) = place(cx, a)?;
    let mine = context::bits(context, slot);
    let theirs = if cx.is_def(b, &MIXIN) {
        let (context, slot) = place(cx, b)?;
        context::bits(context, slot)
    } else if Dict::of_sub(cx, b).is_some() {
        match bits_of_dict(cx, b)? {
            Some(bits) => bits,
            None => return Ok(Value::NOT_IMPLEMENTED),
        }
    } else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    Ok(Value::bool((mine == theirs) == (op == CmpOp::Eq)))
}

/// The bits that a mapping of all signals to truth values says.
pub fn bits_of_mapping(cx: &mut Ctx, v: Value) -> PyResult<Status> {
    if cx.is_def(v, &MIXIN) {
        let (context, slot) = place(cx, v)?;
        return Ok(context::bits(context, slot));
    }
    if Dict::of_sub(cx, v).is_none() {
        return Err(cx.type_error("argument must be a signal dict"));
    }
    match bits_of_dict(cx, v)? {
        Some(bits) => Ok(bits),
        None => {
            let text = Str::new(cx, "invalid signal dict");
            Err(cx.key_error(text))
        }
    }
}

/// The bits that a dict says, if its keys are all signals and nothing else.
fn bits_of_dict(cx: &mut Ctx, v: Value) -> PyResult<Option<Status>> {
    let Some(dict) = Dict::of_sub(cx, v).filter(|d| d.len() == SIGNALS.len()) else { return Ok(None) };
    let mut bits = 0;
    for s in &SIGNALS {
        let class = cx.type_of_def(s.def).value();
        match dict.get(cx, class)? {
            Some(v) if protocol::truth(cx, v)? => bits |= s.bits,
            Some(_) => {}
            None => return Ok(None),
        }
    }
    Ok(Some(bits))
}
