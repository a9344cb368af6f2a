//! Instances of ordinary classes: no `__reduce__`, no `__getstate__`, no slots, nothing native below `object`.
//!
//! What `object.__reduce_ex__` would say of them is written at once: the class, no arguments, the attributes as a dict. The
//! object's `__dict__` is not made for that, so its attributes stay in their slots. In the memo that dict has a number, but no
//! identity: nobody else can have seen it. One that has been asked for is written as the dict it is.

use engine::prelude::*;
use engine::types::{Layout, lookup::type_epoch, type_lookup};

use super::errors::{noted, noted_key};
use super::opcodes::*;
use super::save::Saver;

/// What was found out about the last classes. A verdict stands as long as no class changes.
#[derive(Default)]
pub struct PlainClasses {
    known: [Verdict; 4],
    next: usize,
}

#[derive(Copy, Clone, Default)]
struct Verdict {
    class: u32,
    epoch: u32,
    plain: bool,
}

impl PlainClasses {
    /// Whether instances of the class are plain.
    fn ask(&mut self, cx: &mut Ctx, ty: Type) -> bool {
        let (class, epoch) = (ty.data().id, type_epoch());
        if let Some(v) = self.known.iter().find(|v| v.class == class && v.epoch == epoch) {
            return v.plain;
        }
        let plain = is_plain(cx, ty);
        self.known[self.next] = Verdict { class, epoch, plain };
        self.next = (self.next + 1) % self.known.len();
        plain
    }
}

fn is_plain(cx: &mut Ctx, ty: Type) -> bool {
    let data = ty.data();
    let flags = TypeFlags::HAS_DICT.with(TypeFlags::GENERIC_GETATTR);
    if !ty.is_heap() || !ty.flags().has(flags) || data.nfixed > 0 || data.layout != Layout::Object {
        return false;
    }
    let object = cx.types.object;
    if ty.mro_types().any(|t| !t.is_heap() && t != object) {
        return false;
    }
    let names = cx.names;
    let of_object = [names.__reduce_ex__, names.__reduce__, names.__getstate__, names.__class__];
    let absent = [names.__getnewargs_ex__, names.__getnewargs__];
    of_object.into_iter().all(|name| type_lookup(cx, ty, name) == object.dict().get_str(name))
        && absent.into_iter().all(|name| type_lookup(cx, ty, name).is_none())
}

impl Saver {
    /// Writes `v`, if it is a plain instance; whether it is.
    pub(super) fn save_plain(&mut self, cx: &mut Ctx, v: Value) -> Res<bool> {
        let Some(obj) = Obj::of(v) else { return Ok(false) };
        if self.format.proto < 2 || self.format.fast {
            return Ok(false);
        }
        let ty = type_of(cx, v);
        if !self.plain.ask(cx, ty) {
            return Ok(false);
        }
        let names = cx.names;
        if [names.__reduce_ex__, names.__getstate__].into_iter().any(|name| obj.get_attr(cx, name).is_some()) {
            return Ok(false);
        }
        match self.write_plain(cx, obj, ty) {
            Ok(()) => Ok(true),
            Err(r) => Err(noted(cx, r, v, "object")),
        }
    }

    fn write_plain(&mut self, cx: &mut Ctx, obj: Obj, ty: Type) -> Res<()> {
        let v = obj.value();
        // The attributes first: they are those of this moment.
        let from = self.attributes.len();
        let attributes = &mut self.attributes;
        let dict = obj.each_attr(cx, |name, value| {
            attributes.push(name);
            attributes.push(value);
        });
        let to = self.attributes.len();
        if let Err(r) = self.save(cx, ty.value()) {
            return Err(noted(cx, r, v, "class"));
        }
        self.out.boundary(cx)?;
        self.out.put(&[EMPTY_TUPLE, NEWOBJ]);
        match self.memo.get(cx, v) {
            // Writing the class has written the object.
            Some(index) => {
                self.out.byte(POP);
                self.write_get(cx, index)?;
            }
            None => self.memoize(cx, v)?,
        }
        if let Some(dict) = dict.filter(|d| d.len() > 0) {
            if let Err(r) = self.save(cx, dict.value()) {
                return Err(noted(cx, r, v, "state"));
            }
            self.out.byte(BUILD);
        } else if to > from {
            let written = match self.memo.add_anonymous() {
                Some(index) => self.write_attributes(cx, from, to, index),
                None => self.save_attributes(cx, from, to),
            };
            if let Err(r) = written {
                return Err(noted(cx, r, v, "state"));
            }
            self.out.byte(BUILD);
        }
        self.attributes.truncate(from);
        Ok(())
    }

    /// The attributes in the buffer as a real dict, which the user's hooks and the visible memo get to see.
    fn save_attributes(&mut self, cx: &mut Ctx, from: usize, to: usize) -> Res<()> {
        let dict = Dict::with_capacity(cx, (to - from) / 2);
        for pair in self.attributes[from..to].chunks_exact(2) {
            dict.set_str(cx, pair[0], pair[1]);
        }
        self.save(cx, dict.value())
    }

    /// The attributes that lie in the buffer from `from` to `to`, as a dict without identity.
    fn write_attributes(&mut self, cx: &mut Ctx, from: usize, to: usize, index: u64) -> Res<()> {
        self.out.boundary(cx)?;
        self.out.byte(EMPTY_DICT);
        self.write_put(cx, index)?;
        let one = to - from == 2;
        if !one {
            self.out.byte(MARK);
        }
        for i in (from..to).step_by(2) {
            let (name, value) = (self.attributes[i], self.attributes[i + 1]);
            self.save(cx, name)?;
            if let Err(r) = self.save(cx, value) {
                let dict = Dict::new(cx).value();
                return Err(noted_key(cx, r, dict, name));
            }
            cx.poll()?;
        }
        self.out.byte(if one { SETITEM } else { SETITEMS });
        Ok(())
    }
}
