//! Inline caches.
//!
//! An entry is five words: `w0 = id:32 | kind:8 | slot:16 | turn:8`, `w1 = epoch:32 | index:32`, two payload words and the
//! name that the site looks up. Reads of a field use `w0` alone; kinds with a payload read `w0`, the payload, `w0` again.
//! A writer clears `w0`, writes the payload and publishes a `w0` with another turn, so a reader never combines two
//! states. A site is filled a bounded number of times and then stays as it is.
//!
//! Entries hold references weakly. That is sound since an id (shape, class, version) means one thing only while an entry holds it:
//! a hit proves that what the payload refers to still lives. Shapes' ids are used again, and a collection that frees shapes makes
//! all entries forget theirs ([`CacheEntry::forget`]).

use proto_core::Value;
use proto_core::sync::{AtomicU64, Ordering, broken};

/// What an entry knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum CacheKind {
    /// Nothing yet.
    Empty = 0,
    /// Being written.
    Busy,
    /// Attribute in an inline slot: `id` shape, `slot`.
    Slot,
    /// Attribute in the overflow array: `id` shape, `slot` index into that array.
    Overflow,
    /// Store that replaces the value of an inline slot.
    StoreSlot,
    /// Store that adds an attribute in an inline slot: payload 1 = the next shape's id.
    StoreNew,
    /// As `StoreSlot`, in the overflow array: `slot` index into that array. Known to the context's table only.
    StoreOverflow,
    /// As `StoreNew`, in the overflow array, if that has room. Known to the context's table only.
    StoreNewOverflow,
    /// Store to a property with a Python setter: payload 1 = the setter.
    Setter,
    /// Function or other attribute found on the type, not overridden by the instance: `id` shape, epoch, payload 1.
    TypeValue,
    /// As `TypeValue`, and it is a plain function that binds its receiver.
    Function,
    /// The function of a classmethod of the type, through an instance: payload 1 = the function, which is passed the class.
    TypeMethod,
    /// A property with a Python getter: payload 1 = the getter.
    Property,
    /// Another data descriptor of the type: payload 1 = the descriptor, which is asked at each read.
    Descriptor,
    /// A plain value in a class's dict, through an instance: `id` shape, epoch, payload 1 = version of that dict's keys,
    /// payload 2 = the dict, `index`.
    TypePlain,
    /// An attribute of an object whose attributes are in a dict, found there: `id` shape, epoch, `index` where it stood in the dict.
    InDict,
    /// An attribute of such an object that is not in its dict: `slot` is the kind as which the type's was found, with that
    /// kind's payload.
    BehindDict,
    /// Store to the dict of such an object: `id` shape, epoch.
    StoreInDict,
    /// A class's attribute, through the class: `id` the class's id, epoch, payload 1.
    ClassValue,
    /// As `TypePlain`, through the class: `id` the class's id.
    ClassPlain,
    /// The function of a classmethod, through the class: `id` the class's id, epoch, payload 1.
    ClassMethod,
    /// As `Property`, of the metaclass: `id` the class's id.
    ClassGetter,
    /// As `Descriptor`, of the metaclass: `id` the class's id.
    ClassDescriptor,
    /// Attribute of a module: payload 1 = version of its dict's keys, `index`.
    Module,
    /// A global: `id` = version of the globals' keys, `slot` = index. One word says it all.
    Global,
    /// A global whose version or index is too large for that: payload 1, `index`.
    FarGlobal,
    /// Such a builtin: payload 1 = version of the globals' keys, payload 2 = version of the builtins' keys, `index`.
    FarBuiltin,
    /// A builtin: `id` = version of the globals' keys, `slot` = index, payload 1 = version of the builtins' keys.
    Builtin,
    /// Filled too often.
    Megamorphic,
}

/// Times that a site may be filled.
const MAX_FILLS: u8 = 24;

/// One inline cache.
#[repr(C)]
pub struct CacheEntry {
    w0: AtomicU64,
    w1: AtomicU64,
    w2: AtomicU64,
    w3: AtomicU64,
    name: Value,
}

/// The first word of an entry, as read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Tag(u64);

impl Tag {
    /// The id (a shape, usually).
    #[inline(always)]
    pub fn id(self) -> u32 {
        self.0 as u32
    }
    /// The kind, as a number to compare with `CacheKind::X as u8`.
    #[inline(always)]
    pub fn kind(self) -> u8 {
        (self.0 >> 32) as u8
    }
    /// Whether it is of this id and kind, in one comparison.
    #[inline(always)]
    pub fn is(self, id: u32, kind: CacheKind) -> bool {
        self.0 & 0xFF_FFFF_FFFF == (id as u64 | (kind as u64) << 32)
    }
    /// The slot.
    #[inline(always)]
    pub fn slot(self) -> usize {
        (self.0 >> 40) as u16 as usize
    }
    fn turn(self) -> u8 {
        (self.0 >> 56) as u8
    }
}

/// What to write into an entry.
#[derive(Clone, Copy)]
pub struct Fill {
    /// See [`CacheKind`].
    pub kind: CacheKind,
    /// Shape or other id.
    pub id: u32,
    /// Slot.
    pub slot: u16,
    /// Epoch of the types, read before the lookup.
    pub epoch: u32,
    /// Index of a dict entry.
    pub index: u32,
    /// First payload word.
    pub p1: u64,
    /// Second payload word.
    pub p2: u64,
}

impl Fill {
    /// A fill without payload.
    pub fn new(kind: CacheKind, id: u32, slot: u16) -> Fill {
        Fill { kind, id, slot, epoch: 0, index: 0, p1: 0, p2: 0 }
    }

    /// The same for an object whose dict comes first.
    pub fn behind_dict(self) -> Fill {
        Fill { kind: CacheKind::BehindDict, slot: self.kind as u16, ..self }
    }
}

impl CacheEntry {
    /// An empty entry of a site that looks up `name`.
    pub fn new(name: Value) -> CacheEntry {
        let zero = || AtomicU64::new(0);
        CacheEntry { w0: zero(), w1: zero(), w2: zero(), w3: zero(), name }
    }
    /// The name's atom.
    #[inline(always)]
    pub fn name(&self) -> Value {
        self.name
    }
    /// The first word. The load is an acquire: it pairs with the release in [`CacheEntry::fill`].
    #[inline(always)]
    pub fn tag(&self) -> Tag {
        Tag(self.w0.load(Ordering::Acquire))
    }
    /// The epoch of the types that the payload was looked up in.
    #[inline(always)]
    pub fn epoch(&self) -> u32 {
        self.w1.load(Ordering::Acquire) as u32
    }
    /// The index of a dict entry.
    #[inline(always)]
    pub fn index(&self) -> u32 {
        (self.w1.load(Ordering::Acquire) >> 32) as u32
    }
    /// First payload word.
    #[inline(always)]
    pub fn p1(&self) -> u64 {
        self.w2.load(Ordering::Acquire)
    }
    /// Second payload word.
    #[inline(always)]
    pub fn p2(&self) -> u64 {
        self.w3.load(Ordering::Acquire)
    }
    /// Whether the entry still is what `tag` said, after its payload was read.
    #[inline(always)]
    pub fn unchanged(&self, tag: Tag) -> bool {
        self.w0.load(Ordering::Relaxed) == tag.0 || broken("cache_unchanged")
    }

    /// Fills the entry, unless that happened too often or somebody else is writing.
    pub fn fill(&self, f: Fill) {
        let old = Tag(self.w0.load(Ordering::Relaxed));
        if old.kind() == CacheKind::Busy as u8 || old.kind() == CacheKind::Megamorphic as u8 {
            return;
        }
        let turn = old.turn().wrapping_add(1);
        let pack = |id: u32, kind: CacheKind, slot: u16| {
            id as u64 | (kind as u64) << 32 | (slot as u64) << 40 | (turn as u64) << 56
        };
        let busy = if broken("cache_busy") { old.0 } else { pack(0, CacheKind::Busy, 0) };
        if self.w0.compare_exchange(old.0, busy, Ordering::AcqRel, Ordering::Relaxed).is_err() {
            return;
        }
        if turn >= MAX_FILLS {
            self.w0.store(pack(0, CacheKind::Megamorphic, 0), Ordering::Release);
            return;
        }
        // The payload stores are releases so that a reader which sees one of them also sees `Busy` when it looks again.
        self.w1.store(f.epoch as u64 | (f.index as u64) << 32, Ordering::Release);
        self.w2.store(f.p1, Ordering::Release);
        self.w3.store(f.p2, Ordering::Release);
        self.w0.store(pack(f.id, f.kind, f.slot), Ordering::Release);
    }

    /// Empties the entry if it holds the id of a shape that does not live. The world is stopped.
    pub fn forget(&self, lives: impl Fn(u32) -> bool) {
        let tag = self.tag();
        let is = |kind: CacheKind| tag.kind() == kind as u8;
        let dead = tag.kind() > CacheKind::Busy as u8 && tag.kind() < CacheKind::ClassValue as u8 && !lives(tag.id());
        let next_dead = (is(CacheKind::StoreNew) || is(CacheKind::StoreNewOverflow)) && !lives(self.p1() as u32);
        if (dead || is(CacheKind::Module) && !lives(tag.id()) || next_dead) && !broken("cache_forget") {
            self.clear();
        }
    }

    /// Empties the entry.
    pub fn clear(&self) {
        self.w0.store(0, Ordering::Release);
    }
}
