//! What the compiler may ask about the running program: globals, attributes, addresses. All of it is true when asked, and guarded
//! by the code that is made of it.

use proto_core::{Kind, Value, header};

use crate::code_rt::RuntimeCode;
use crate::code_rt::cache::{CacheEntry, CacheKind};
use crate::code_rt::mega::Use;
use crate::ctx::Ctx;
use crate::interp::dispatch::hook_places;
use crate::objects::{Dict, Function};
use crate::types::type_epoch;

/// Addresses of what machine code reads and writes in a context, and of what all contexts have in common.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)] // fields of `Jit` and of the context by their names
pub struct Addresses {
    pub context: u64,
    pub exit_pc: u64,
    pub exit_base: u64,
    pub exit: u64,
    pub soft_limit: u64,
    pub poll: u64,
    pub epoch: u64,
    /// The places that hooked windows return to, and how many bytes they take.
    pub hooks: (u64, u64),
}

/// The addresses for code of this context.
pub fn addresses(cx: &Ctx) -> Addresses {
    let at = |p: *const u8| p as u64;
    let (jit, hooks) = (&cx.run.jit, hook_places());
    Addresses {
        context: at(std::ptr::from_ref(cx).cast()),
        exit_pc: at((&raw const jit.exit_pc).cast()),
        exit_base: at((&raw const jit.exit_base).cast()),
        exit: at((&raw const jit.exit).cast()),
        soft_limit: at((&raw const cx.run.soft_limit).cast()),
        poll: at(cx.poll_address().cast()),
        epoch: at(crate::types::lookup::epoch_address().cast()),
        hooks: (hooks.0 as u64, hooks.1 as u64),
    }
}

/// Displacement from the word of a reference to an object of this kind to word `i` of the object.
pub fn word_at(kind: Kind, i: usize) -> i32 {
    8 * i as i32 - tag(kind) as i32
}

/// The low bits of references to objects of this kind.
pub fn tag(kind: Kind) -> u64 {
    (kind as u64) << 2 | 1
}

/// Displacement from such a word to the byte of flags, of which [`header::SHARED`] and [`header::OLD`] ask for a barrier.
pub fn flags_at(kind: Kind) -> i32 {
    header::FLAGS_OFFSET as i32 - tag(kind) as i32
}

/// What a site of a global name reads.
#[derive(Clone, Copy, Debug)]
pub struct Global {
    /// The version of the globals' keys.
    pub version: u64,
    /// That of the dict which holds it: the same, or the builtins'.
    pub holder_version: u64,
    /// The word of the value in that table.
    pub word: usize,
    /// The value now.
    pub now: Value,
    /// Whether it is a builtin.
    pub builtin: bool,
}

/// What a global's site knows, for code of such a function.
pub fn global(function: Value, entry: &CacheEntry) -> Option<Global> {
    let f = Function::of(function)?;
    let globals = Dict::of(f.globals())?;
    let tag = entry.tag();
    let kind = tag.kind();
    let (index, version) = (tag.slot(), tag.id() as u64);
    if globals.version_now() != version {
        return None;
    }
    if kind == CacheKind::Global as u8 {
        let now = globals.value_in(version, index as u32)?;
        let word = Dict::value_word(index);
        return Some(Global { version, holder_version: version, word, now, builtin: false });
    }
    if kind != CacheKind::Builtin as u8 {
        return None;
    }
    let builtins = Dict::of(f.builtins())?;
    let holder_version = entry.p1();
    let now = builtins.value_in(holder_version, index as u32)?;
    Some(Global { version, holder_version, word: Dict::value_word(index), now, builtin: true })
}

/// The word of a dict that refers to its table, and that of a table which holds its version.
pub const DICT_TABLE: usize = 1;
/// See above.
pub const TABLE_VERSION: usize = 3;

/// Globals, code and built-ins of a function.
pub fn function_parts(function: Value) -> Option<(&'static RuntimeCode, Value, Value)> {
    let f = Function::of(function)?;
    Some((f.code(), f.globals(), f.builtins()))
}

/// What is known of an attribute of objects of a shape, under the epoch at hand.
#[derive(Clone, Copy, Debug)]
pub enum Attr {
    /// It stands in this word.
    Slot(usize),
    /// The class has this plain value.
    Value(Value),
    /// The class has this function or native method.
    Function(Value),
    /// The class has a property with this getter.
    Getter(Value),
    /// A store adds it in this word and makes the shape the other one.
    New(usize, u32),
}

/// What a site or the context's table knows of an attribute.
pub fn attr(cx: &Ctx, entry: &CacheEntry, shape: u32, store: bool) -> Option<Attr> {
    use crate::objects::layout::OBJECT_SLOTS;
    let tag = entry.tag();
    let (mut kind, mut slot, mut p1) = (tag.kind(), tag.slot(), entry.p1());
    if tag.id() != shape || entry.epoch() != type_epoch() || !entry.unchanged(tag) || !is_one(kind, store) {
        let what = if store { Use::Store } else { Use::Load };
        let e = cx.run.mega.get(shape, entry.name(), what, type_epoch());
        if e.is_null() {
            return None;
        }
        // SAFETY: the table's entry is read before anything can change it.
        unsafe { (kind, slot, p1) = ((*e).kind as u8, (*e).slot as usize, (*e).p1) };
    }
    let is = |k: CacheKind| kind == k as u8;
    // SAFETY: for these kinds the payload is a value.
    let value = || unsafe { Value::from_bits(p1) };
    if is(CacheKind::Slot) && !store || is(CacheKind::StoreSlot) && store {
        Some(Attr::Slot(OBJECT_SLOTS + slot))
    } else if is(CacheKind::StoreNew) && store {
        Some(Attr::New(OBJECT_SLOTS + slot, p1 as u32))
    } else if store {
        None
    } else if is(CacheKind::TypeValue) {
        Some(Attr::Value(value()))
    } else if is(CacheKind::Function) {
        Some(Attr::Function(value()))
    } else if is(CacheKind::Property) {
        Some(Attr::Getter(value()))
    } else {
        None
    }
}

/// Whether an entry of this kind is about reads or stores of values by shape.
fn is_one(kind: u8, store: bool) -> bool {
    let stores = [CacheKind::StoreSlot, CacheKind::StoreNew];
    let loads = [CacheKind::Slot, CacheKind::TypeValue, CacheKind::Function, CacheKind::Property];
    if store { stores.iter().any(|&k| k as u8 == kind) } else { loads.iter().any(|&k| k as u8 == kind) }
}

/// The inline cache of the instruction at a word of running code.
pub fn site(code: &'static RuntimeCode, at: u32) -> Option<&'static CacheEntry> {
    let instr = engine_code::instruction::Instruction::decode(&code.code.instrs, at as usize).ok()?;
    let operand = instr.op().info().operand(engine_code::Role::Site)?;
    debug_assert!(operand.place == engine_code::Place::X);
    // SAFETY: in running code the second word of such an instruction is the distance to its entry, which lives as the code does.
    unsafe {
        let pc = code.entry().add(at as usize);
        Some(&*pc.byte_offset(*pc.cast::<i32>().add(1) as isize).cast())
    }
}

/// The register that takes the result of the call at a word of code.
pub fn call_result(code: &RuntimeCode, at: u32) -> Option<usize> {
    use engine_code::{Place, Role};
    let word = *code.code.instrs.get(at as usize)?;
    let info = engine_code::Op::from_u8(word as u8)?.info();
    (info.c == Role::D).then(|| Place::C.read([word, 0]) as usize)
}

/// Whether a native function has a quick form.
pub fn has_leaf(f: Value) -> bool {
    crate::native::object::has_leaf(f)
}

/// What keeps the code alive: its code object.
pub fn code_object(cx: &mut Ctx, code: &'static RuntimeCode) -> Value {
    code.code_object(cx)
}

/// What a report calls the unit that begins there.
pub(super) fn name(target: *const u32, function: Value) -> String {
    let Some(f) = Function::of(function) else { return String::new() };
    let code = f.code();
    let what = if target == code.entry() { "function" } else { "loop" };
    format!("{} {} ({}:{})", what, code.code.qualname, code.code.filename, code.line_at(target).unwrap_or(0))
}
