//! Lookup of names on types: through the MRO, with a cache per context that stands while the epoch does (see
//! [`super::epoch`]).
//!
//! **Plain data.** An attribute that is neither a descriptor nor a function may be replaced by another such value without
//! a bump (`C.n += 1` is a store). Caches therefore hold functions, descriptors and absence; of plain data this cache
//! holds the class that has it.

use super::Type;
use super::epoch::Mutations;
use super::slots::SlotId;
use crate::native::def::TypeFlags;
use crate::objects::Method;
use crate::{Ctx, PyResult};
use proto_core::memory;
use proto_core::{Heap, Kind, Value};

/// The mutations of the process's types.
static MUTATIONS: Mutations = Mutations::new();

/// Runs `f`, which changes a class, under the type lock.
pub(crate) fn with_type_lock<R>(f: impl FnOnce() -> R) -> R {
    MUTATIONS.mutate(f)
}

/// Runs `f`, which derives a class's slots from its bases, under the type lock.
pub(crate) fn derive_class<R>(f: impl FnOnce() -> R) -> R {
    MUTATIONS.derive(f)
}

/// After a write to a type that `seen` says a cache may have looked at.
pub(crate) fn type_written(seen: impl FnOnce() -> bool) {
    MUTATIONS.written(seen);
}

/// Where the epoch stands, for machine code.
pub(crate) fn epoch_address() -> *const proto_core::sync::AtomicU32 {
    MUTATIONS.epoch_address()
}

/// The current epoch.
#[inline]
pub fn type_epoch() -> u32 {
    MUTATIONS.epoch()
}

/// Invalidates every cache of type lookups.
pub fn bump_epoch() {
    MUTATIONS.bump();
}

/// Whether the result of a lookup may be kept while the epoch stands.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Cacheable {
    /// Absent, a function or a descriptor: valid as long as the epoch.
    Yes,
    /// Plain data: may be re-assigned without a bump.
    No,
}

const ENTRIES: usize = 2048;
const FIRST: usize = 32;

#[derive(Copy, Clone)]
struct Entry {
    type_id: u32,
    epoch: u32,
    name: u64,
    /// The value found (EMPTY: absent), or the owning class when `plain`.
    value: u64,
    plain: bool,
}

// SAFETY: numbers and a bool, all of which may be zero.
unsafe impl memory::Zeroable for Entry {}

/// The lookup cache of a context. Its references are weak: a type's id is never reused, so a hit proves that the type (which
/// the caller holds) and with it the value live.
pub struct TypeCache {
    entries: memory::Growing<Entry, FIRST, ENTRIES>,
    /// Objects whose repr is under way (bits only: they are alive on the stack).
    pub(crate) repr_active: Vec<u64>,
    /// A message about a wrong argument that the binder completes.
    pub(crate) wrong_argument: Option<crate::native::args::WrongArgument>,
    /// A buffer for text under construction.
    pub(crate) scratch: std::cell::Cell<Vec<u8>>,
}

impl Default for TypeCache {
    fn default() -> Self {
        Self::new()
    }
}

impl TypeCache {
    /// An empty cache.
    pub fn new() -> TypeCache {
        TypeCache {
            entries: Default::default(),
            repr_active: Vec::new(),
            wrong_argument: None,
            scratch: std::cell::Cell::new(Vec::new()),
        }
    }

    #[inline(always)]
    fn at(&self, i: usize) -> &Entry {
        // SAFETY: only lookups write, through `&mut self`, and `forget`, while the owner is at a safepoint and holds no reference to
        // an entry.
        unsafe { &*self.entries.at(i) }
    }

    /// Empties the cache: names may have been freed. Its owner is stopped at a safepoint, or calls this. What has never been
    /// written is left alone, since it takes no memory.
    pub(crate) fn forget(&self) {
        // SAFETY: as in `at`.
        unsafe {
            self.entries.each(|e| {
                if e.epoch != 0 {
                    e.epoch = 0;
                }
            });
        }
    }

    #[inline]
    fn index(type_id: u32, name: Value) -> usize {
        let bits = name.bits();
        let h = (type_id as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (bits >> 5) ^ (bits >> 23);
        (h ^ (h >> 29)) as usize
    }

    fn fill(&mut self, name: Value, entry: Entry) {
        self.entries.set(TypeCache::index(entry.type_id, name), entry);
    }
}

/// Looks `name` up on the type's MRO; interned names are found faster.
#[inline]
pub fn type_lookup(cx: &mut Ctx, ty: Type, name: Value) -> Option<Value> {
    let id = ty.data().id;
    let e = cx.tcache.at(TypeCache::index(id, name));
    if e.type_id == id && e.name == name.bits() && e.epoch == type_epoch() && !e.plain {
        // SAFETY: what was found in this epoch is still in the class's dict, which holds it.
        let v = unsafe { Value::from_bits(e.value) };
        return (v != Value::EMPTY).then_some(v);
    }
    type_lookup_cacheable(cx, ty, name).0
}

/// Looks `name` up and says whether the result may be cached under the epoch that was current *before* the call.
pub fn type_lookup_cacheable(cx: &mut Ctx, ty: Type, name: Value) -> (Option<Value>, Cacheable) {
    let id = ty.data().id;
    let epoch = type_epoch();
    let e = *cx.tcache.at(TypeCache::index(id, name));
    if e.type_id == id && e.name == name.bits() && e.epoch == epoch {
        // SAFETY: as in `type_lookup`; for plain values it is the class in whose dict they are.
        let v = unsafe { Value::from_bits(e.value) };
        if !e.plain {
            return ((v != Value::EMPTY).then_some(v), Cacheable::Yes);
        }
        if let Some(v) = Type(v).dict().get_str(name) {
            let kind = if is_plain(cx, v) { Cacheable::No } else { Cacheable::Yes };
            return (Some(v), kind);
        }
    }
    mark_seen(ty);
    let found = lookup_uncached(ty, name);
    let (value, plain) = match found {
        None => (Value::EMPTY, false),
        Some((owner, v)) if is_plain(cx, v) => (owner.value(), true),
        Some((_, v)) => (v, false),
    };
    // Only an atom keeps its address: another string may lie there tomorrow, and would be taken for this name.
    if cx.is_interned(name) {
        cx.tcache.fill(name, Entry { type_id: id, epoch, name: name.bits(), value: value.bits(), plain });
    }
    (found.map(|f| f.1), if plain { Cacheable::No } else { Cacheable::Yes })
}

/// Looks `name` up on the MRO without a cache; gives the class that has it, too.
pub fn lookup_uncached(ty: Type, name: Value) -> Option<(Type, Value)> {
    ty.mro_types().find_map(|t| t.dict().get_str(name).map(|v| (t, v)))
}

/// Makes mutations of the type and of its bases bump the epoch from now on.
pub(crate) fn mark_seen(ty: Type) {
    MUTATIONS.watch(|| {
        for t in ty.mro_types() {
            if !t.flags().has(TypeFlags::SEEN_BY_CACHE) {
                t.data().add_flags(TypeFlags::SEEN_BY_CACHE);
            }
        }
    });
}

/// Neither a function nor a descriptor: may be replaced by its like without anybody noticing.
#[inline]
pub fn is_plain(heap: &Heap, v: Value) -> bool {
    if v.is_kind(Kind::Function) || v.is_kind(Kind::Native) {
        return false;
    }
    let slots = super::type_of(heap, v).slots();
    slots.descr_get().is_none() && slots.descr_set().is_none()
}

/// Binds `attr`, found on `ty`, for a call on `receiver`: `(function, true)` when the receiver is to be passed first.
pub fn lookup_method(cx: &mut Ctx, attr: Value, receiver: Value, ty: Type) -> PyResult<(Value, bool)> {
    if attr.is_kind(Kind::Function) {
        return Ok((attr, true));
    }
    if let Some(native) = crate::native::NativeObj::of(attr)
        && native.is_method_like()
    {
        return Ok((attr, true));
    }
    match super::type_of(cx, attr).slots().descr_get() {
        Some(get) => get.call(cx, attr, receiver, ty.value()).map(|f| (f, false)),
        None => Ok((attr, false)),
    }
}

/// The Python function behind a slot, when the slot is a Python-level one and the function a plain one that wants the
/// receiver first: the interpreter then pushes its frame inline. For slots of two dunders, `dunder` says which.
pub fn slot_python_fn(cx: &mut Ctx, ty: Type, slot: SlotId, dunder: Value) -> Option<Value> {
    if !(slot.info().is_python)(ty.slots()) {
        return None;
    }
    type_lookup(cx, ty, dunder).filter(|f| f.is_kind(Kind::Function))
}

/// A bound method.
pub fn bind_method(heap: &Heap, function: Value, receiver: Value) -> Value {
    Method::new(heap, function, receiver)
}
