//! `_sre.SRE_Template`: a replacement text with groups. Native slot 0: a tuple of the literal before the first group, then
//! group number and literal in turn.

use super::drive::{Found, Subject};
use engine::objects::Bytes;
use engine::prelude::*;

/// `_sre.SRE_Template`.
pub static TEMPLATE: TypeDef = TypeDef { flags: TypeFlags::NO_NEW, nnative: 1, ..TypeDef::new("_sre", "SRE_Template") };

/// `_sre.template`
pub fn make(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(list) = List::of_sub(cx, args[1]) else { return Err(args.wrong(cx, 1, "list")) };
    let parts = list.to_tuple(cx);
    let Some(t) = Tuple::of(parts).filter(|t| t.len() % 2 == 1) else {
        return Err(cx.type_error("invalid template"));
    };
    for i in (1..t.len()).step_by(2) {
        if int::of_sub(cx, t.get(i)).is_none() || int::sign(t.get(i)) < 0 {
            return Err(cx.type_error("invalid template"));
        }
    }
    Ok(cx.new_object(&TEMPLATE, &[parts]))
}

fn parts(heap: &Heap, template: Value) -> Option<Tuple> {
    Tuple::of(Obj::of(template)?.slot(heap, 0))
}

/// The text of a template without groups.
pub fn literal(heap: &Heap, template: Value) -> Option<Value> {
    parts(heap, template).filter(|t| t.len() == 1).map(|t| t.get(0))
}

/// Appends the template with what `group` appends for each group.
pub fn expand_with(
    cx: &mut Ctx,
    template: Value,
    out: &mut Vec<u8>,
    mut group: impl FnMut(&mut Ctx, usize, &mut Vec<u8>),
) -> Res<()> {
    let Some(t) = parts(cx, template) else { return Ok(()) };
    for (i, v) in t.items().enumerate() {
        if i % 2 == 1 {
            group(cx, int::to_usize(v).unwrap_or(usize::MAX), out);
        } else if let Some(s) = Str::of_sub(cx, v) {
            out.extend_from_slice(s.as_bytes());
        } else if let Some(b) = Bytes::of_sub(cx, v) {
            out.extend_from_slice(b.as_slice());
        }
    }
    Ok(())
}

/// Appends the template filled from a match.
pub fn expand_into(cx: &mut Ctx, template: Value, subject: &Subject, found: &Found, out: &mut Vec<u8>) -> Res<()> {
    expand_with(cx, template, out, |_, i, out| {
        if let Some((a, b)) = found.group(i) {
            subject.push_to(out, a, b);
        }
    })
}
