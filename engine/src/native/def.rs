//! Declarations: static tables from which functions, types and modules are made.

use super::args::Args;
use super::sig::{First, Sig};
use crate::exceptions::Exc;
use crate::types::slots::Slots;
use crate::types::{CoreTypes, Type};
use crate::{Ctx, PyResult};
use engine_code::Drain;
use proto_core::sync::{AtomicU32, Ordering};
use proto_core::{Heap, Value};

/// A function written in Rust. The binder delivers the arguments in declared order.
pub type NativeFn = fn(&mut Ctx, Args) -> PyResult;

/// The quick form of a native function, tried first in calls without keywords: gets the positional arguments, receiver included,
/// and gives EMPTY where the ordinary form must decide (unusual types, wrong number of arguments, errors). It sees the context
/// only through a shared reference: it cannot poll, raise or run Python code.
pub type Leaf = fn(&Ctx, &[Value]) -> Value;

/// What the interpreter knows of a native function.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Role {
    /// Nothing.
    Plain,
    /// `next(iterator, default)`: done without a call.
    Next,
    /// `generator.send(v)`: done without a call.
    Send,
    /// A call with a generator expression is a loop in line (`j_not_drain`).
    Drain(Drain),
    /// It may collect for what the program has dropped: what was called before leaves no traces on the native stack.
    Collects,
    /// The same, where a view of its receiver forbids a change of size.
    Resizes,
}

/// A native function: name, signature, implementation, documentation.
#[repr(align(8))]
pub struct NativeDef {
    /// The Python-visible name.
    pub name: &'static str,
    /// The parsed signature.
    pub sig: Sig,
    /// The implementation.
    pub func: NativeFn,
    /// The docstring (empty: none).
    pub doc: &'static str,
    /// Whether `__text_signature__` is None.
    pub hidden_sig: bool,
    /// Whether a wrong number of positional arguments is reported as `f expected 1 argument, got 2` in spite of keywords
    /// (functions that CPython counts by hand, and constructors with a vectorcall).
    pub counted: bool,
    /// Whether the receiver (`$self`, `$type`) is delivered as the first word.
    pub has_self: bool,
    /// The quick form, if there is one.
    pub leaf: Option<Leaf>,
    /// What the interpreter knows of it.
    pub role: Role,
}

impl NativeDef {
    /// Declares a function; `sig` in Argument-Clinic form.
    pub const fn new(name: &'static str, sig: &'static str, func: NativeFn, doc: &'static str) -> NativeDef {
        let sig = Sig::parse(sig);
        let has_self = matches!(sig.first, First::Receiver);
        NativeDef { name, sig, func, doc, hidden_sig: false, counted: false, has_self, leaf: None, role: Role::Plain }
    }

    /// The same with errors about the number of arguments as of positional-only functions.
    pub const fn counted(mut self) -> NativeDef {
        self.counted = true;
        self
    }

    /// The same with a quick form.
    pub const fn leaf(mut self, leaf: Leaf) -> NativeDef {
        self.leaf = Some(leaf);
        self
    }

    /// The same with a role.
    pub const fn role(mut self, role: Role) -> NativeDef {
        self.role = role;
        self
    }

    /// The same without a `__text_signature__`.
    pub const fn hide_sig(mut self) -> NativeDef {
        self.hidden_sig = true;
        self
    }
}

/// A computed attribute.
#[repr(align(8))]
pub struct GetSet {
    /// The attribute's name.
    pub name: &'static str,
    /// Reads it.
    pub get: fn(&mut Ctx, Value) -> PyResult,
    /// Writes it (EMPTY deletes); None: read-only.
    pub set: Option<fn(&mut Ctx, Value, Value) -> PyResult<()>>,
    /// The docstring (empty: none).
    pub doc: &'static str,
}

impl GetSet {
    /// A read-only attribute.
    pub const fn ro(name: &'static str, get: fn(&mut Ctx, Value) -> PyResult, doc: &'static str) -> GetSet {
        GetSet { name, get, set: None, doc }
    }

    /// A writable attribute; the setter gets EMPTY for a deletion.
    pub const fn rw(
        name: &'static str,
        get: fn(&mut Ctx, Value) -> PyResult,
        set: fn(&mut Ctx, Value, Value) -> PyResult<()>,
        doc: &'static str,
    ) -> GetSet {
        GetSet { name, get, set: Some(set), doc }
    }
}

/// What a [`Member`] does with an absent value.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum MemberKind {
    /// Absent reads as None; deletion makes it absent.
    OrNone,
    /// Absent raises AttributeError.
    OrRaise,
    /// Absent reads as None and only truth values may be stored.
    Bool,
}

/// An attribute that is one native slot of the instance.
#[repr(align(8))]
pub struct Member {
    /// The attribute's name.
    pub name: &'static str,
    /// The native slot's index.
    pub slot: u16,
    /// Whether Python may store to it.
    pub writable: bool,
    /// What absence means.
    pub kind: MemberKind,
    /// Reads it from elsewhere than a native slot (core layouts).
    pub get: Option<fn(&mut Ctx, Value) -> PyResult>,
    /// The docstring (empty: none).
    pub doc: &'static str,
}

impl Member {
    /// Read-only; None when absent.
    pub const fn ro(name: &'static str, slot: u16, doc: &'static str) -> Member {
        Member { name, slot, writable: false, kind: MemberKind::OrNone, get: None, doc }
    }

    /// Writable; None when absent.
    pub const fn rw(name: &'static str, slot: u16, doc: &'static str) -> Member {
        Member { name, slot, writable: true, kind: MemberKind::OrNone, get: None, doc }
    }

    /// Read-only, of an object that is no `Object`: the value comes from `get`.
    pub const fn computed(name: &'static str, get: fn(&mut Ctx, Value) -> PyResult, doc: &'static str) -> Member {
        Member { name, slot: 0, writable: false, kind: MemberKind::OrNone, get: Some(get), doc }
    }

    /// With another treatment of absence.
    pub const fn kind(mut self, kind: MemberKind) -> Member {
        self.kind = kind;
        self
    }
}

/// A constant of a class or module.
#[derive(Copy, Clone)]
pub enum Const {
    /// None.
    None,
    /// A truth value.
    Bool(bool),
    /// An int.
    Int(i64),
    /// An unsigned int.
    Uint(u64),
    /// A float.
    Float(f64),
    /// A string.
    Str(&'static str),
    /// A bytes object.
    Bytes(&'static [u8]),
    /// A tuple of strings.
    StrTuple(&'static [&'static str]),
}

/// A base class in a static declaration.
#[derive(Copy, Clone)]
pub enum BaseRef {
    /// A type of the engine: `BaseRef::Core(|t| t.int)`.
    Core(fn(&CoreTypes) -> Type),
    /// An exception of the built-in hierarchy.
    Exc(Exc),
    /// Another declared type.
    Def(&'static TypeDef),
}

/// Properties of a type, declared or computed.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct TypeFlags(pub u32);

impl TypeFlags {
    /// Nothing.
    pub const NONE: TypeFlags = TypeFlags(0);
    /// Python classes may derive from it.
    pub const BASETYPE: TypeFlags = TypeFlags(1);
    /// Instances have a `__dict__`.
    pub const HAS_DICT: TypeFlags = TypeFlags(1 << 1);
    /// Made by a class statement or `type(...)`: attributes may be set.
    pub const HEAP: TypeFlags = TypeFlags(1 << 2);
    /// Cannot be instantiated from Python.
    pub const NO_NEW: TypeFlags = TypeFlags(1 << 3);
    /// Attribute reads follow the generic algorithm, without `__getattr__`.
    pub const GENERIC_GETATTR: TypeFlags = TypeFlags(1 << 4);
    /// Attribute writes follow the generic algorithm.
    pub const GENERIC_SETATTR: TypeFlags = TypeFlags(1 << 5);
    /// Has abstract methods.
    pub const ABSTRACT: TypeFlags = TypeFlags(1 << 6);
    /// Instances can be referred to weakly.
    pub const HAS_WEAKREF: TypeFlags = TypeFlags(1 << 7);
    /// Instances are finalized by `__del__`.
    pub const HAS_DEL: TypeFlags = TypeFlags(1 << 8);
    /// Matches sequence patterns.
    pub const SEQUENCE: TypeFlags = TypeFlags(1 << 9);
    /// Matches mapping patterns.
    pub const MAPPING: TypeFlags = TypeFlags(1 << 10);
    /// A lookup through this type may sit in a cache.
    pub const SEEN_BY_CACHE: TypeFlags = TypeFlags(1 << 11);
    /// Attributes of a native type may be set nevertheless (types of native modules that CPython makes on its heap).
    pub const MUTABLE: TypeFlags = TypeFlags(1 << 12);
    /// The metaclass or a base customizes `mro()`.
    pub const CUSTOM_MRO: TypeFlags = TypeFlags(1 << 13);
    /// A class of which the instances behave like functions when looked up on a type (methods).
    pub const METHOD_DESCRIPTOR: TypeFlags = TypeFlags(1 << 14);
    /// A class pattern with one positional argument binds the subject itself (int, str, ...).
    pub const MATCH_SELF: TypeFlags = TypeFlags(1 << 15);

    /// Instances are objects of kind `Native`.
    pub const NATIVE_KIND: TypeFlags = TypeFlags(1 << 16);

    /// Derives from BaseException.
    pub const EXCEPTION: TypeFlags = TypeFlags(1 << 17);

    /// Instances of this native type are not registered for `__del__` when they are made: they hold nothing that must be given back,
    /// or their makers know which of them do.
    pub const NO_DEL: TypeFlags = TypeFlags(1 << 18);
    /// Others may work through it: of what dies at once it is finalized after all that has none of these three flags.
    pub const DEL_SECOND: TypeFlags = TypeFlags(1 << 19);
    /// Those may work through it: it is finalized after them.
    pub const DEL_THIRD: TypeFlags = TypeFlags(1 << 20);
    /// All those may work through it: it is finalized last.
    pub const DEL_LAST: TypeFlags = TypeFlags(1 << 21);

    /// Instances wrap a value of a core type (a tuple, text, a number) and hash and compare as that does.
    pub const COMPARES_AS_BASE: TypeFlags = TypeFlags(1 << 22);

    /// A class whose instances compare and hash by identity, as `object` has it.
    pub const BY_IDENTITY: TypeFlags = TypeFlags(1 << 23);
    /// Instances may have been told that their class is so.
    pub const TOLD_IDENTITY: TypeFlags = TypeFlags(1 << 24);

    /// The native slots of instances are no state: copies and pickles do without.
    pub const NO_STATE: TypeFlags = TypeFlags(1 << 25);

    /// What a class has if its base has it.
    pub const INHERITED: TypeFlags = TypeFlags(
        Self::HAS_DICT.0
            | Self::HAS_WEAKREF.0
            | Self::SEQUENCE.0
            | Self::MAPPING.0
            | Self::MATCH_SELF.0
            | Self::EXCEPTION.0
            | Self::DEL_SECOND.0
            | Self::DEL_THIRD.0
            | Self::DEL_LAST.0,
    );

    /// Union.
    pub const fn with(self, other: TypeFlags) -> TypeFlags {
        TypeFlags(self.0 | other.0)
    }

    /// Difference.
    pub const fn without(self, other: TypeFlags) -> TypeFlags {
        TypeFlags(self.0 & !other.0)
    }

    /// Whether all of `other` is set.
    #[inline]
    pub const fn has(self, other: TypeFlags) -> bool {
        self.0 & other.0 == other.0
    }
}

/// A number that `add_type` gives to a declaration, so that its type is found by an index.
pub struct DefId(AtomicU32);

static NEXT_DEF: AtomicU32 = AtomicU32::new(1);

impl DefId {
    const fn unset() -> DefId {
        DefId(AtomicU32::new(0))
    }

    /// The declaration's number, given at the first call.
    #[inline]
    pub fn get(&self) -> usize {
        match self.0.load(Ordering::Acquire) {
            0 => self.give(),
            id => id as usize,
        }
    }

    #[cold]
    #[inline(never)]
    fn give(&self) -> usize {
        let fresh = NEXT_DEF.fetch_add(1, Ordering::Relaxed);
        match self.0.compare_exchange(0, fresh, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => fresh as usize,
            Err(other) => other as usize,
        }
    }
}

/// A native type. Write `..TypeDef::new("module", "Name")` for what is not given.
pub struct TypeDef {
    /// `__name__`.
    pub name: &'static str,
    /// `__module__`.
    pub module: &'static str,
    /// `__doc__` (empty: None).
    pub doc: &'static str,
    /// The bases; empty: `object`.
    pub bases: &'static [BaseRef],
    /// Declared properties.
    pub flags: TypeFlags,
    /// Number of native slots of an instance beyond those of the base.
    pub nnative: u16,
    /// `__new__`; args[0] is the class. None: inherited (see `TypeFlags::NO_NEW`).
    pub new: Option<NativeDef>,
    /// `__init__`; args[0] is the instance, the result is ignored.
    pub init: Option<NativeDef>,
    /// Type slots.
    pub slots: Slots,
    /// Methods.
    pub methods: &'static [NativeDef],
    /// Class methods.
    pub class_methods: &'static [NativeDef],
    /// Static methods.
    pub static_methods: &'static [NativeDef],
    /// Computed attributes.
    pub getsets: &'static [GetSet],
    /// Native slots visible as attributes.
    pub members: &'static [Member],
    /// Further class attributes.
    pub attrs: &'static [(&'static str, Const)],
    /// The text signature of the constructor, shown by `inspect.signature` (empty: none).
    pub text_signature: &'static str,
    /// Quick forms of item access.
    pub quick: Option<&'static QuickItems>,
    /// What a call of the class itself with one positional argument gives: `__new__` and `__init__` in one.
    pub new_of_one: Option<fn(&mut Ctx, Value) -> PyResult>,
    /// The quick form of `next` of an exact instance.
    pub step: Option<StepFn>,
    /// The quick form of a call of an exact instance with positional arguments: gets the instance and them.
    pub quick_call: Option<Leaf>,
    /// The declaration's number.
    pub id: DefId,
}

/// A quick form of an iterator's step: the next item, EMPTY at the end, None where the ordinary slot must decide; nothing was done
/// then. As in a [`Leaf`], the shared reference says that there are no polls, no errors, no Python code.
pub type StepFn = fn(&Ctx, Value) -> Option<Value>;

/// What a sequence type does at an int index, for exact instances: no polls, no errors, no Python code. What these decline, the
/// ordinary slots do.
pub struct QuickItems {
    /// The item, or EMPTY.
    pub get: fn(&Heap, Value, i64) -> Value,
    /// Replaces the item; whether it did.
    pub set: fn(&Heap, Value, i64, Value) -> bool,
    /// The number of items.
    pub len: fn(&Heap, Value) -> Option<usize>,
}

impl TypeDef {
    /// A type with nothing but names.
    pub const fn new(module: &'static str, name: &'static str) -> TypeDef {
        TypeDef {
            name,
            module,
            doc: "",
            bases: &[],
            flags: TypeFlags::NONE,
            nnative: 0,
            new: None,
            init: None,
            slots: Slots::NONE,
            methods: &[],
            class_methods: &[],
            static_methods: &[],
            getsets: &[],
            members: &[],
            attrs: &[],
            text_signature: "",
            quick: None,
            quick_call: None,
            new_of_one: None,
            step: None,
            id: DefId::unset(),
        }
    }
}

/// A native module. Write `..ModuleDef::new("name")` for what is not given.
pub struct ModuleDef {
    /// `__name__`.
    pub name: &'static str,
    /// `__doc__` (empty: None).
    pub doc: &'static str,
    /// Its functions.
    pub functions: &'static [NativeDef],
    /// Its constants.
    pub constants: &'static [(&'static str, Const)],
    /// Types that it shows under their names.
    pub types: &'static [&'static TypeDef],
    /// Runs last, on the fresh module.
    pub init: Option<fn(&mut Ctx, Value) -> PyResult<()>>,
}

impl ModuleDef {
    /// An empty module.
    pub const fn new(name: &'static str) -> ModuleDef {
        ModuleDef { name, doc: "", functions: &[], constants: &[], types: &[], init: None }
    }
}
