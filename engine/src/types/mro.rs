//! Method resolution order: C3 linearization, and the metaclass's `mro()` hook.

use super::{Type, layout, type_of};
use crate::objects::Tuple;
use crate::{Ctx, PyResult, protocol};
use proto_core::{Heap, RootVec, Value};

/// The MRO of a native type. Its bases linearize by construction, so a conflict falls back to the first base's order.
pub(crate) fn linearize_native(heap: &Heap, ty: Type) -> Value {
    let out = match merge(heap, ty) {
        Ok(order) => order,
        Err(_) => {
            let mut order = RootVec::from_slice(heap, &[ty.value()]);
            if let Some(base) = ty.base() {
                for t in base.mro_types() {
                    order.push(t.value());
                }
            }
            order
        }
    };
    Tuple::new(heap, &out)
}

/// C3. On a conflict gives the heads that could not be ordered.
fn merge(heap: &Heap, ty: Type) -> Result<RootVec, RootVec> {
    let bases = ty.bases();
    let mut order = RootVec::from_slice(heap, &[ty.value()]);
    if bases.len() == 1 {
        if let Some(base) = Type::of(bases.get(0)) {
            for t in base.mro_types() {
                order.push(t.value());
            }
        }
        return Ok(order);
    }
    // Each sequence is a tuple with a position; the last one is the bases themselves.
    let mut sequences: Box<[(Tuple, usize)]> = bases
        .items()
        .filter_map(|b| Type::of(b).and_then(Type::mro))
        .map(|m| (m, 0))
        .chain(std::iter::once((bases, 0)))
        .collect();
    loop {
        let mut candidate = None;
        let mut pending = false;
        for &(seq, pos) in &sequences {
            if pos >= seq.len() {
                continue;
            }
            pending = true;
            let head = seq.get(pos);
            let in_tail = sequences.iter().any(|&(s, p)| (p + 1..s.len()).any(|i| s.get(i) == head));
            if !in_tail {
                candidate = Some(head);
                break;
            }
        }
        match candidate {
            Some(head) => {
                order.push(head);
                for (seq, pos) in &mut sequences {
                    if *pos < seq.len() && seq.get(*pos) == head {
                        *pos += 1;
                    }
                }
            }
            None if !pending => return Ok(order),
            None => {
                let mut heads = RootVec::new(heap);
                for &(seq, pos) in &sequences {
                    if pos < seq.len() && !heads.contains(&seq.get(pos)) {
                        heads.push(seq.get(pos));
                    }
                }
                return Err(heads);
            }
        }
    }
}

/// The C3 order of `ty` as a tuple, or TypeError.
pub fn linearize(cx: &mut Ctx, ty: Type) -> PyResult {
    let bases = ty.bases();
    for i in 0..bases.len() {
        if (i + 1..bases.len()).any(|j| bases.get(j) == bases.get(i)) {
            let name = Type::of(bases.get(i)).map_or(String::new(), Type::name_str);
            return Err(cx.type_error(format!("duplicate base class {name}")));
        }
    }
    match merge(cx, ty) {
        Ok(order) => Ok(Tuple::new(cx, &order)),
        Err(heads) => {
            let names: Box<[String]> = heads.iter().filter_map(|&h| Type::of(h)).map(Type::name_str).collect();
            Err(cx.type_error(format!(
                "Cannot create a consistent method resolution order (MRO) for bases {}",
                names.join(", ")
            )))
        }
    }
}

/// Computes and stores the MRO of `ty`, through the metaclass's `mro()` when it is overridden.
pub fn set_mro(cx: &mut Ctx, ty: Type) -> PyResult<()> {
    let meta = type_of(cx, ty.value());
    let order = if meta == cx.types.type_ {
        linearize(cx, ty)?
    } else {
        let name = cx.names.mro;
        let custom = match super::lookup::lookup_uncached(meta, name) {
            Some((owner, _)) => owner != cx.types.type_,
            None => false,
        };
        if custom { custom_mro(cx, ty)? } else { linearize(cx, ty)? }
    };
    ty.set_word(cx, layout::MRO, order);
    Ok(())
}

fn custom_mro(cx: &mut Ctx, ty: Type) -> PyResult {
    let name = cx.names.mro;
    let result = protocol::call_method(cx, ty.value(), name, &[])?;
    let list = protocol::list_of(cx, result)?;
    if list.len() == 0 {
        return Err(cx.type_error("type MRO must not be empty"));
    }
    for item in list.items() {
        match Type::of(item) {
            Some(t) => {
                if !compatible(ty, t) {
                    let name = t.name_str();
                    return Err(cx.type_error(format!("mro() returned base with unsuitable layout ('{name}')")));
                }
            }
            None => {
                let got = super::type_name(cx, item);
                return Err(cx.type_error(format!("mro() returned a non-class ('{got}')")));
            }
        }
    }
    ty.data().add_flags(super::TypeFlags::CUSTOM_MRO);
    Ok(list.to_tuple(cx))
}

fn compatible(ty: Type, t: Type) -> bool {
    let solid = super::build::solid_base(t);
    super::build::solid_base(ty) == solid || super::build::extends_layout(ty, solid)
}
