//! Objects of kind `Native`: built-in functions, slot wrappers and the descriptors of native types.
//!
//! Layout (all words are values, the raw ones int-tagged): w1 the declaration, w2 the receiver, w3 the module's name,
//! w4 the owning type, w5 the variant, w6 a name (of a slot) or the declaration once more, if it has a quick form, w7 an index.

use super::args::{CallArgs, with_prefix};
use super::bind::{Owner, call_def};
use super::def::{GetSet, Leaf, Member, NativeDef, Role};
use crate::types::slots::Dunder;
use crate::types::{self, Type};
use crate::{Ctx, PyResult};
use proto_core::{Heap, Kind, ShapeId, Value};

const DEF: usize = 1;
const SELF: usize = 2;
const MODULE: usize = 3;
const OWNER: usize = 4;
const VARIANT: usize = 5;
const NAME: usize = 6;
const INDEX: usize = 7;
const WORDS: usize = 8;

/// What a native object is, with its declaration.
#[derive(Copy, Clone)]
pub enum Native {
    /// `builtin_function_or_method`: a function, or a method bound to its receiver.
    Function(&'static NativeDef),
    /// `method_descriptor`.
    Method(&'static NativeDef),
    /// `classmethod_descriptor`.
    ClassMethod(&'static NativeDef),
    /// `wrapper_descriptor`: a type slot as a method.
    SlotWrapper(&'static Dunder),
    /// `method-wrapper`: a slot wrapper bound to its receiver.
    MethodWrapper(&'static Dunder),
    /// `getset_descriptor`.
    GetSet(&'static GetSet),
    /// `member_descriptor` of a native type.
    Member(&'static Member),
    /// `member_descriptor` made from `__slots__`: the slot's index.
    Slot(usize),
    /// The `__new__` of a native type, bound to it: called with the class as first argument.
    New(&'static NativeDef),
}

/// A native object.
#[derive(Copy, Clone, PartialEq, Eq)]
pub struct NativeObj(Value);

fn raw<T>(reference: &'static T) -> Value {
    const { assert!(align_of::<T>() >= 4) };
    Value::address(reference)
}

impl NativeObj {
    /// The handle of `v`, if it is a native object.
    #[inline]
    pub fn of(v: Value) -> Option<NativeObj> {
        v.is_kind(Kind::Native).then_some(NativeObj(v))
    }

    /// The object.
    #[inline]
    pub fn value(self) -> Value {
        self.0
    }

    fn word(self, index: usize) -> Value {
        // SAFETY: a native object has WORDS words, all of them values; `index` is one of the constants above.
        unsafe { self.0.load(index) }
    }

    fn make(heap: &Heap, shape: ShapeId, variant: i32, words: [(usize, Value); 5]) -> NativeObj {
        let v = heap.alloc(Kind::Native, shape, WORDS);
        // SAFETY: the object is fresh and local; the indices are below WORDS.
        unsafe {
            heap.store_init(v, VARIANT, Value::small(variant));
            for (index, word) in words {
                heap.store_init(v, index, word);
            }
        }
        NativeObj(v)
    }

    /// A built-in function of module `module` (a str or EMPTY), or a method bound to `receiver` when that is not EMPTY.
    pub fn function(
        heap: &Heap,
        shape: ShapeId,
        def: &'static NativeDef,
        receiver: Value,
        module: Value,
        owner: Value,
    ) -> NativeObj {
        Self::make(
            heap,
            shape,
            0,
            [(DEF, raw(def)), (SELF, receiver), (MODULE, module), (OWNER, owner), (NAME, quick_form(heap, def))],
        )
    }

    /// A `__new__` function of `owner`.
    pub fn new_function(heap: &Heap, shape: ShapeId, def: &'static NativeDef, owner: Type) -> NativeObj {
        Self::make(
            heap,
            shape,
            8,
            [
                (DEF, raw(def)),
                (SELF, owner.value()),
                (MODULE, Value::EMPTY),
                (OWNER, owner.value()),
                (NAME, Value::EMPTY),
            ],
        )
    }

    /// A method descriptor (or class method descriptor) of `owner`.
    pub fn method(heap: &Heap, shape: ShapeId, def: &'static NativeDef, owner: Type, class_method: bool) -> NativeObj {
        let variant = if class_method { 2 } else { 1 };
        Self::make(
            heap,
            shape,
            variant,
            [
                (DEF, raw(def)),
                (SELF, Value::EMPTY),
                (MODULE, Value::EMPTY),
                (OWNER, owner.value()),
                (NAME, quick_form(heap, def)),
            ],
        )
    }

    /// A slot wrapper of `owner`, bound to `receiver` unless that is EMPTY.
    pub fn wrapper(heap: &Heap, shape: ShapeId, dunder: &'static Dunder, owner: Type, receiver: Value) -> NativeObj {
        let variant = if receiver == Value::EMPTY { 3 } else { 4 };
        Self::make(
            heap,
            shape,
            variant,
            [
                (DEF, raw(dunder)),
                (SELF, receiver),
                (MODULE, Value::EMPTY),
                (OWNER, owner.value()),
                (NAME, Value::EMPTY),
            ],
        )
    }

    /// A getset descriptor of `owner`.
    pub fn getset(heap: &Heap, shape: ShapeId, def: &'static GetSet, owner: Type) -> NativeObj {
        Self::make(
            heap,
            shape,
            5,
            [
                (DEF, raw(def)),
                (SELF, Value::EMPTY),
                (MODULE, Value::EMPTY),
                (OWNER, owner.value()),
                (NAME, Value::EMPTY),
            ],
        )
    }

    /// A member descriptor of a native type.
    pub fn member(heap: &Heap, shape: ShapeId, def: &'static Member, owner: Type) -> NativeObj {
        Self::make(
            heap,
            shape,
            6,
            [
                (DEF, raw(def)),
                (SELF, Value::EMPTY),
                (MODULE, Value::EMPTY),
                (OWNER, owner.value()),
                (NAME, Value::EMPTY),
            ],
        )
    }

    /// A member descriptor made from an entry of `__slots__`.
    pub fn slot_member(heap: &Heap, shape: ShapeId, name: Value, index: usize, owner: Type) -> NativeObj {
        Self::make(
            heap,
            shape,
            7,
            [
                (DEF, Value::EMPTY),
                (OWNER, owner.value()),
                (NAME, name),
                (INDEX, Value::small(index as i32)),
                (SELF, Value::EMPTY),
            ],
        )
    }

    /// What this object is.
    #[inline]
    pub fn native(self) -> Native {
        let word = self.word(DEF).bits();
        /// # Safety
        /// `word` came from [`raw`] with the same type.
        #[inline]
        unsafe fn back<T>(word: u64) -> &'static T {
            // SAFETY: by the caller's promise.
            unsafe { &*(word as *const T) }
        }
        // SAFETY: `make` pairs each variant with the type of its declaration, and neither word changes.
        unsafe {
            match self.word(VARIANT).as_int() {
                Some(0) => Native::Function(back(word)),
                Some(1) => Native::Method(back(word)),
                Some(2) => Native::ClassMethod(back(word)),
                Some(3) => Native::SlotWrapper(back(word)),
                Some(4) => Native::MethodWrapper(back(word)),
                Some(5) => Native::GetSet(back(word)),
                Some(6) => Native::Member(back(word)),
                Some(8) => Native::New(back(word)),
                _ => Native::Slot(self.word(INDEX).as_int().unwrap_or(0) as usize),
            }
        }
    }

    /// The receiver of a bound method (EMPTY: none).
    #[inline]
    pub fn receiver(self) -> Value {
        self.word(SELF)
    }

    /// The module's name (EMPTY: none).
    pub fn module(self) -> Value {
        self.word(MODULE)
    }

    /// Sets the module's name.
    pub fn set_module(self, heap: &Heap, module: Value) {
        // SAFETY: MODULE is a value word of every native object.
        unsafe { heap.store(self.0, MODULE, module) }
    }

    /// The owning type, for descriptors and bound methods.
    #[inline]
    pub fn owner(self) -> Option<Type> {
        Type::of(self.word(OWNER))
    }

    /// The Python-visible name.
    pub fn name(self, heap: &Heap) -> Value {
        match self.declared_name() {
            Some(text) => heap.intern(text.as_bytes()),
            None => self.word(NAME),
        }
    }

    /// The name in its declaration; None for what `__slots__` made.
    pub fn declared_name(self) -> Option<&'static str> {
        match self.native() {
            Native::Function(d) | Native::Method(d) | Native::ClassMethod(d) | Native::New(d) => Some(d.name),
            Native::SlotWrapper(d) | Native::MethodWrapper(d) => Some(d.name),
            Native::GetSet(d) => Some(d.name),
            Native::Member(d) => Some(d.name),
            Native::Slot(_) => None,
        }
    }

    /// The documentation (empty: none).
    pub fn doc(self) -> &'static str {
        match self.native() {
            Native::New(d) if d.doc.is_empty() => {
                "Create and return a new object.  See help(type) for accurate signature."
            }
            Native::Function(d) | Native::Method(d) | Native::ClassMethod(d) | Native::New(d) => d.doc,
            Native::SlotWrapper(d) | Native::MethodWrapper(d) => d.doc,
            Native::GetSet(d) => d.doc,
            Native::Member(d) => d.doc,
            Native::Slot(_) => "",
        }
    }

    /// The text signature, if it has one.
    pub fn text_signature(self) -> Option<&'static str> {
        match self.native() {
            Native::New(_) => Some("($type, *args, **kwargs)"),
            Native::Function(d) | Native::Method(d) | Native::ClassMethod(d) => (!d.hidden_sig).then(|| d.sig.text()),
            Native::SlotWrapper(d) | Native::MethodWrapper(d) => (!d.sig.is_empty()).then_some(d.sig),
            _ => None,
        }
    }

    /// Whether calling this with an instance first is the same as calling it bound to the instance (so that a method call
    /// need not make a bound object).
    #[inline]
    pub fn is_method_like(self) -> bool {
        matches!(self.native(), Native::Method(_) | Native::SlotWrapper(_))
    }
}

/// What word NAME of a function or method holds: the declaration, if it has a quick form, else EMPTY. Quick forms do not say
/// where they are called, so there are none when stores are to be reported.
fn quick_form(heap: &Heap, def: &'static NativeDef) -> Value {
    let config = heap.space().config();
    let reports = config.report_locks || config.report_promotions;
    if def.leaf.is_some() && !reports { raw(def) } else { Value::EMPTY }
}

/// Whether a native object has a quick form.
pub(crate) fn has_leaf(callee: Value) -> bool {
    if !callee.is_kind(Kind::Native) {
        return false;
    }
    // SAFETY: as in `try_leaf`.
    unsafe {
        let word = callee.load(NAME);
        word.is_int() && (*(word.bits() as *const NativeDef)).leaf.is_some()
    }
}

/// Tries the quick form of a native object; EMPTY if there is none or it leaves the call to the ordinary one.
///
/// # Safety
/// `callee` is an object of kind `Native`.
#[inline(always)]
pub unsafe fn try_leaf(cx: &Ctx, callee: Value, args: &[Value]) -> Value {
    // SAFETY: by the caller; NAME is a word of every native object.
    let word = unsafe { callee.load(NAME) };
    // A slot's name is a string: never an int word.
    if !word.is_int() {
        return Value::EMPTY;
    }
    // SAFETY: `quick_form` put the declaration there.
    let def = unsafe { &*(word.bits() as *const NativeDef) };
    let Some(leaf) = def.leaf else { return Value::EMPTY };
    // Leaves allocate without asking: where memory is short, the general form asks.
    if cx.is_memory_short() {
        return Value::EMPTY;
    }
    // SAFETY: SELF is a word of every native object.
    if def.has_self && !unsafe { callee.load(SELF) }.is_empty() {
        return leaf_bound(cx, leaf, callee, args);
    }
    leaf(cx, args)
}

/// As [`try_leaf`] for a method that is bound to its receiver.
#[inline(never)]
fn leaf_bound(cx: &Ctx, leaf: Leaf, callee: Value, args: &[Value]) -> Value {
    let receiver = NativeObj(callee).receiver();
    match *args {
        [] => leaf(cx, &[receiver]),
        [v] => leaf(cx, &[receiver, v]),
        [v, w] => leaf(cx, &[receiver, v, w]),
        _ => Value::EMPTY,
    }
}

/// The role of a native function or method.
#[inline]
pub fn role_of(callee: Value) -> Role {
    match NativeObj::of(callee).map(NativeObj::native) {
        Some(Native::Function(def) | Native::Method(def)) => def.role,
        _ => Role::Plain,
    }
}

/// Calls a native object.
#[inline]
pub fn call_native(cx: &mut Ctx, callee: Value, args: CallArgs) -> PyResult {
    let object = NativeObj(callee);
    if args.kwnames == Value::EMPTY {
        // SAFETY: callers pass an object of kind `Native`.
        let r = unsafe { try_leaf(cx, callee, args.values) };
        if !r.is_empty() {
            return Ok(r);
        }
    }
    match object.native() {
        Native::Function(def) => {
            let receiver = object.receiver();
            if def.has_self {
                let owner = bound_owner(cx, object);
                with_prefix(cx, receiver, args, |cx, args| call_def(cx, def, owner, args))
            } else {
                call_def(cx, def, Owner::Value(object.module()), args)
            }
        }
        Native::Method(def) => {
            check_receiver(cx, object, def.name, args)?;
            call_def(cx, def, owner_of(object), args)
        }
        _ => call_rare(cx, object, args),
    }
}

/// Calls a native object with positional arguments of which its quick form, if it has one, has made nothing.
#[inline]
pub fn call_positional(cx: &mut Ctx, callee: Value, values: &[Value]) -> PyResult {
    let object = NativeObj(callee);
    let args = CallArgs { values, kwnames: Value::EMPTY };
    match object.native() {
        Native::Function(def) if !def.has_self => call_def(cx, def, Owner::Value(object.module()), args),
        Native::Method(def) => {
            let exact = values.first().is_some_and(|&v| types::type_of(cx, v).value() == object.word(OWNER));
            if !exact {
                check_receiver(cx, object, def.name, args)?;
            }
            call_def(cx, def, owner_of(object), args)
        }
        _ => call_native(cx, callee, args),
    }
}

/// The class that names a bound method: the receiver, if it is a class, or its type.
fn bound_owner(cx: &Ctx, object: NativeObj) -> Owner {
    let receiver = object.receiver();
    match Type::of(receiver) {
        Some(t) => Owner::Value(t.value()),
        None => Owner::Value(types::type_of(cx, receiver).value()),
    }
}

fn owner_of(object: NativeObj) -> Owner {
    Owner::Value(object.owner().map_or(object.module(), Type::value))
}

#[inline]
fn check_receiver(cx: &mut Ctx, object: NativeObj, name: &str, args: CallArgs) -> PyResult<()> {
    if let (Some(&receiver), Some(owner)) = (args.values.first(), object.owner())
        && args.values.len() > args.nkw()
        && types::type_of(cx, receiver).is_subtype(owner)
    {
        return Ok(());
    }
    receiver_error(cx, object, name, args)
}

#[cold]
fn receiver_error(cx: &mut Ctx, object: NativeObj, name: &str, args: CallArgs) -> PyResult<()> {
    let owner = object.owner().map_or(String::new(), |t| t.message_name());
    Err(match args.positional().first() {
        None => match object.native() {
            Native::SlotWrapper(_) => {
                cx.type_error(format!("descriptor '{name}' of '{owner}' object needs an argument"))
            }
            _ => cx.type_error(format!("unbound method {owner}.{name}() needs an argument")),
        },
        Some(&v) => {
            let got = types::type_name(cx, v);
            match object.native() {
                Native::SlotWrapper(_) => {
                    cx.type_error(format!("descriptor '{name}' requires a '{owner}' object but received a '{got}'"))
                }
                _ => cx
                    .type_error(format!("descriptor '{name}' for '{owner}' objects doesn't apply to a '{got}' object")),
            }
        }
    })
}

#[inline(never)]
fn call_rare(cx: &mut Ctx, object: NativeObj, args: CallArgs) -> PyResult {
    match object.native() {
        Native::SlotWrapper(dunder) => {
            check_receiver(cx, object, dunder.name, args)?;
            let Some(owner) = object.owner() else { return Ok(Value::NONE) };
            dunder.call(cx, owner, args.values[0], args.skip(1))
        }
        Native::MethodWrapper(dunder) => {
            let Some(owner) = object.owner() else { return Ok(Value::NONE) };
            dunder.call(cx, owner, object.receiver(), args)
        }
        Native::New(def) => types::construct::call_new_function(cx, def, object.owner(), args),
        Native::ClassMethod(def) => {
            let owner = object.owner();
            let name = owner.map_or(String::new(), |t| t.message_name());
            let Some(&class) = args.positional().first() else {
                return Err(cx.type_error(format!("descriptor '{}' of '{name}' object needs an argument", def.name)));
            };
            match (Type::of(class), owner) {
                (Some(class), Some(owner)) if class.is_subtype(owner) => {}
                (Some(class), _) => {
                    let got = class.message_name();
                    return Err(cx.type_error(format!(
                        "descriptor '{}' requires a subtype of '{name}' but received '{got}'",
                        def.name
                    )));
                }
                (None, _) => {
                    let got = types::type_name(cx, class);
                    return Err(cx.type_error(format!(
                        "descriptor '{}' requires a type but received a '{got}' instance",
                        def.name
                    )));
                }
            }
            call_def(cx, def, owner_of(object), args)
        }
        _ => {
            let name = types::type_name(cx, object.value());
            Err(cx.type_error(format!("'{name}' object is not callable")))
        }
    }
}
