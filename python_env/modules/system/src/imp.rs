//! The module `_imp`: built-in and frozen modules, the import lock, and the embedded library.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};

use engine::code_rt::{RuntimeCode, object};
use engine::prelude::*;

use crate::convert::type_name;
use crate::library;
use crate::os::signals::pthread_self;
use crate::sys::config;
use crate::thread::lock::Recursive;

static MODULES: OnceLock<Vec<&'static ModuleDef>> = OnceLock::new();

/// Declares the native modules of the program.
pub fn set_modules(tables: &[&[&'static ModuleDef]]) {
    let mut all: Vec<&'static ModuleDef> = tables.iter().flat_map(|t| t.iter().copied()).collect();
    all.sort_by_key(|d| d.name);
    let _ = MODULES.set(all);
}

/// The native modules, sorted by name.
pub fn modules() -> &'static [&'static ModuleDef] {
    MODULES.get().map_or(&[], Vec::as_slice)
}

fn find_builtin(name: &str) -> Option<&'static ModuleDef> {
    let all = modules();
    all.binary_search_by(|d| d.name.cmp(name)).ok().map(|i| all[i])
}

/// A frozen module: its name, that of the module whose code it has (`<` marks what a package is by another name), whether it is
/// a package.
type Frozen = (&'static str, &'static str, bool);

/// Modules that run before there is an importer, and that `find_frozen` therefore always finds.
const ESSENTIAL: &[Frozen] = &[
    ("_frozen_importlib", "importlib._bootstrap", false),
    ("_frozen_importlib_external", "importlib._bootstrap_external", false),
];

/// Modules that programs look at to see how freezing works.
const EXAMPLES: &[Frozen] = &[
    ("__hello__", "__hello__", false),
    ("__hello_alias__", "__hello__", false),
    ("__phello__", "__phello__", true),
    ("__phello__.__init__", "<__phello__", false),
    ("__phello__.ham", "__phello__.ham", true),
    ("__phello__.ham.__init__", "<__phello__.ham", false),
    ("__phello__.ham.eggs", "__phello__.ham.eggs", false),
    ("__phello__.spam", "__phello__.spam", false),
    ("__phello_alias__", "__hello__", true),
    ("__phello_alias__.spam", "__hello__", false),
];

/// What a test asked for: below zero only what is essential is frozen.
static FROZEN_OVERRIDE: AtomicI64 = AtomicI64::new(0);

fn frozen_modules() -> impl Iterator<Item = Frozen> {
    // Relaxed: nothing else is ordered by it.
    let examples = if FROZEN_OVERRIDE.load(Ordering::Relaxed) < 0 { &[][..] } else { EXAMPLES };
    ESSENTIAL.iter().chain(examples).copied()
}

fn frozen(name: &str) -> Option<Frozen> {
    frozen_modules().find(|known| known.0 == name)
}

fn override_frozen(cx: &mut Ctx, args: Args) -> PyResult {
    let wanted = protocol::index(cx, args[0])?;
    FROZEN_OVERRIDE.store(wanted, Ordering::Relaxed);
    Ok(Value::NONE)
}

/// The name of the module that a frozen one is by another name.
pub fn original_name(name: &str) -> &str {
    match ESSENTIAL.iter().chain(EXAMPLES).find(|known| known.0 == name) {
        Some((_, original, _)) => original.strip_prefix('<').unwrap_or(original),
        None => name,
    }
}

/// The code object of a module of the image.
pub fn frozen_code(cx: &mut Ctx, name: &str) -> PyResult {
    match library::get().and_then(|l| l.code(name)) {
        Some(Ok(code)) => {
            let code = RuntimeCode::load(cx, code);
            Ok(object::of(cx, code))
        }
        Some(Err(e)) => Err(cx.raise(Exc::ImportError, format!("the built-in library is damaged: {e}"))),
        None => {
            let text = no_such(cx, name);
            let name = cx.intern(name.as_bytes());
            Err(cx.import_error(text, name))
        }
    }
}

fn name_arg(cx: &mut Ctx, v: Value, function: &str) -> Res<String> {
    match Str::of_sub(cx, v) {
        Some(s) => Ok(s.to_string_lossy().into_owned()),
        None => {
            let ty = type_name(cx, v);
            Err(cx.type_error(format!("{function}() argument must be str, not {ty}")))
        }
    }
}

fn is_builtin(cx: &mut Ctx, args: Args) -> PyResult {
    let name = name_arg(cx, args[0], "is_builtin")?;
    let n = match name.as_str() {
        // They cannot be made a second time.
        "sys" | "builtins" => -1,
        _ => i32::from(find_builtin(&name).is_some()),
    };
    Ok(Value::small(n))
}

fn create_builtin(cx: &mut Ctx, args: Args) -> PyResult {
    let name = protocol::getattr(cx, args[0], cx.names.name)?;
    let name = name_arg(cx, name, "create_builtin")?;
    if matches!(name.as_str(), "sys" | "builtins") {
        return Ok(crate::lifecycle::get(cx, &format!("module {name}")).unwrap_or(Value::NONE));
    }
    match find_builtin(&name) {
        Some(def) => cx.new_module(def),
        None => Ok(Value::NONE),
    }
}

fn zero(_cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(Value::small(0))
}

fn is_frozen(cx: &mut Ctx, args: Args) -> PyResult {
    let name = name_arg(cx, args[0], "is_frozen")?;
    Ok(Value::bool(frozen(&name).is_some()))
}

fn is_frozen_package(cx: &mut Ctx, args: Args) -> PyResult {
    let name = name_arg(cx, args[0], "is_frozen_package")?;
    if let Some((_, _, package)) = frozen(&name) {
        return Ok(Value::bool(package));
    }
    let text = no_such(cx, &name);
    Err(cx.import_error(text, args[0]))
}

fn find_frozen(cx: &mut Ctx, args: Args) -> PyResult {
    let name = name_arg(cx, args[0], "find_frozen")?;
    let Some((_, original, package)) = frozen(&name) else { return Ok(Value::NONE) };
    let original = Str::new(cx, original);
    Ok(Tuple::new(cx, &[Value::NONE, Value::bool(package), original]))
}

fn no_such(cx: &mut Ctx, name: &str) -> String {
    let name = Str::new(cx, name);
    format!("No such frozen object named {}", protocol::repr_lossy(cx, name))
}

/// The code that frozen data hold.
fn from_data(cx: &mut Ctx, name: Value, data: Value) -> PyResult {
    let loads = protocol::import_attr(cx, "marshal", "loads")?;
    match protocol::call(cx, loads, &[data]) {
        Ok(code) if object::runtime_code(cx, code).is_some() => return Ok(code),
        Ok(_) => {}
        Err(raised) => cx.clear(raised),
    }
    let text = format!("Frozen object named {} is invalid", protocol::repr_lossy(cx, name));
    Err(cx.import_error(text, name))
}

fn get_frozen_object(cx: &mut Ctx, args: Args) -> PyResult {
    let name = name_arg(cx, args[0], "get_frozen_object")?;
    let data = args.or(1, Value::NONE);
    if !data.is_none() {
        return from_data(cx, args[0], data);
    }
    if frozen(&name).is_none() {
        let text = no_such(cx, &name);
        return Err(cx.import_error(text, args[0]));
    }
    // The essential ones are in the image by their own names.
    let essential = ESSENTIAL.iter().any(|known| known.0 == name);
    frozen_code(cx, if essential { &name } else { original_name(&name) })
}

fn frozen_module_names(cx: &mut Ctx, _args: Args) -> PyResult {
    let list = List::new(cx);
    for (name, ..) in frozen_modules() {
        let name = cx.intern(name.as_bytes());
        list.push(cx, name);
    }
    Ok(list.value())
}

static LOCK: OnceLock<Recursive> = OnceLock::new();

fn acquire_lock(cx: &mut Ctx, _args: Args) -> PyResult {
    LOCK.get_or_init(Recursive::default).take(cx)?;
    Ok(Value::NONE)
}

/// Before a fork: no other thread is in the middle of finding a module.
pub fn before_fork(cx: &mut Ctx) -> Res<()> {
    LOCK.get_or_init(Recursive::default).take(cx)
}

/// After a fork. In the child, which lacks the threads that wait for the lock, it begins anew, held as often as before.
pub fn after_fork(cx: &mut Ctx, in_child: bool) -> Res<()> {
    let lock = LOCK.get_or_init(Recursive::default);
    if in_child {
        let depth = lock.depth(pthread_self());
        lock.reinit();
        for _ in 1..depth {
            lock.take(cx)?;
        }
    } else {
        lock.leave(pthread_self());
    }
    Ok(())
}

fn release_lock(cx: &mut Ctx, _args: Args) -> PyResult {
    if LOCK.get_or_init(Recursive::default).leave(pthread_self()) {
        Ok(Value::NONE)
    } else {
        Err(cx.runtime_error("not holding the import lock"))
    }
}

fn lock_held(_cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(Value::bool(LOCK.get().is_some_and(Recursive::is_held)))
}

/// No extension modules can be loaded: there is no C API.
fn extension_suffixes(cx: &mut Ctx, _args: Args) -> PyResult {
    Ok(List::new(cx).value())
}

fn create_dynamic(cx: &mut Ctx, args: Args) -> PyResult {
    let name = protocol::getattr(cx, args[0], cx.names.name)?;
    Err(cx.import_error("dynamic modules are not supported", name))
}

/// Gives code another file name, its own and that of the code inside that has the same.
fn fix_co_filename(cx: &mut Ctx, args: Args) -> PyResult {
    if !object::is_code(cx, args[0]) {
        let ty = type_name(cx, args[0]);
        return Err(cx.type_error(format!("_fix_co_filename() argument 1 must be code, not {ty}")));
    }
    let path = name_arg(cx, args[1], "_fix_co_filename")?;
    object::rename(cx, args[0], &path);
    Ok(Value::NONE)
}

fn init(cx: &mut Ctx, module: Value) -> PyResult<()> {
    let check = Str::new(cx, config::get().check_hash_pycs.unwrap_or("default"));
    cx.set_module_attr(module, "check_hash_based_pycs", check);
    Ok(())
}

fn source_hash(cx: &mut Ctx, args: Args) -> PyResult {
    let key = protocol::index(cx, args[0])? as u64;
    let data = crate::convert::bytes_like(cx, args[1])?;
    Bytes::wish(cx, &siphash13(key, 0, &data).to_le_bytes())
}

/// SipHash with one compression and three finalization rounds.
pub fn siphash13(k0: u64, k1: u64, data: &[u8]) -> u64 {
    fn round(v: &mut [u64; 4]) {
        v[0] = v[0].wrapping_add(v[1]);
        v[1] = v[1].rotate_left(13) ^ v[0];
        v[0] = v[0].rotate_left(32);
        v[2] = v[2].wrapping_add(v[3]);
        v[3] = v[3].rotate_left(16) ^ v[2];
        v[0] = v[0].wrapping_add(v[3]);
        v[3] = v[3].rotate_left(21) ^ v[0];
        v[2] = v[2].wrapping_add(v[1]);
        v[1] = v[1].rotate_left(17) ^ v[2];
        v[2] = v[2].rotate_left(32);
    }
    let mut v = [
        k0 ^ 0x736f_6d65_7073_6575,
        k1 ^ 0x646f_7261_6e64_6f6d,
        k0 ^ 0x6c79_6765_6e65_7261,
        k1 ^ 0x7465_6462_7974_6573,
    ];
    let mut chunks = data.chunks_exact(8);
    for chunk in &mut chunks {
        let m = chunk.iter().rev().fold(0u64, |m, &b| m << 8 | u64::from(b));
        v[3] ^= m;
        round(&mut v);
        v[0] ^= m;
    }
    let tail = chunks.remainder().iter().rev().fold(0u64, |m, &b| m << 8 | u64::from(b));
    let last = (data.len() as u64) << 56 | tail;
    v[3] ^= last;
    round(&mut v);
    v[0] ^= last;
    v[2] ^= 0xff;
    for _ in 0..3 {
        round(&mut v);
    }
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

fn image_find(cx: &mut Ctx, args: Args) -> PyResult {
    let name = name_arg(cx, args[0], "_image_find")?;
    Ok(library::get().and_then(|l| l.find(&name)).map_or(Value::NONE, Value::bool))
}

fn image_code(cx: &mut Ctx, args: Args) -> PyResult {
    let name = name_arg(cx, args[0], "_image_code")?;
    frozen_code(cx, &name)
}

fn image_source(cx: &mut Ctx, args: Args) -> PyResult {
    let name = name_arg(cx, args[0], "_image_source")?;
    let source = library::get().and_then(|l| l.source(&name));
    Ok(crate::convert::opt_str(cx, source.as_deref()))
}

/// The bytes of a file of the library that is no module, or None.
fn image_data(cx: &mut Ctx, args: Args) -> PyResult {
    let name = name_arg(cx, args[0], "_image_data")?;
    let data = library::get().filter(|_| name.contains('/')).and_then(|l| l.data(&name));
    Ok(data.map_or(Value::NONE, |d| Bytes::new(cx, &d)))
}

/// The names of the files that are no modules.
fn image_data_names(cx: &mut Ctx, _args: Args) -> PyResult {
    let list = List::new(cx);
    for name in library::get().into_iter().flat_map(|l| l.data_names()) {
        let name = Str::new(cx, name);
        list.push(cx, name);
    }
    Ok(list.value())
}

fn image_modules(cx: &mut Ctx, _args: Args) -> PyResult {
    let list = List::new(cx);
    for (name, is_package) in library::get().into_iter().flat_map(|l| l.modules()) {
        if !ESSENTIAL.iter().any(|known| known.0 == name) {
            let name = Str::new(cx, name);
            let item = Tuple::new(cx, &[name, Value::bool(is_package)]);
            list.push(cx, item);
        }
    }
    Ok(list.value())
}

const fn def(name: &'static str, sig: &'static str, f: NativeFn) -> NativeDef {
    NativeDef::new(name, sig, f, "")
}

/// `_imp`
pub static IMP: ModuleDef = ModuleDef {
    doc: "Low-level parts of the import machinery.",
    functions: &[
        def("is_builtin", "($module, name, /)", is_builtin),
        def("create_builtin", "($module, spec, /)", create_builtin),
        def("exec_builtin", "($module, mod, /)", zero),
        def("is_frozen", "($module, name, /)", is_frozen),
        def("is_frozen_package", "($module, name, /)", is_frozen_package),
        def("find_frozen", "($module, name, /, *, withdata=False)", find_frozen),
        def("get_frozen_object", "($module, name, data=None, /)", get_frozen_object),
        def("_frozen_module_names", "($module, /)", frozen_module_names),
        def("acquire_lock", "($module, /)", acquire_lock),
        def("release_lock", "($module, /)", release_lock),
        def("lock_held", "($module, /)", lock_held),
        def("extension_suffixes", "($module, /)", extension_suffixes),
        def("create_dynamic", "($module, spec, file=<unrepresentable>, /)", create_dynamic),
        def("exec_dynamic", "($module, mod, /)", zero),
        def("_fix_co_filename", "($module, code, path, /)", fix_co_filename),
        def("source_hash", "($module, /, key, source)", source_hash),
        def("_override_frozen_modules_for_tests", "($module, override, /)", override_frozen),
        def("_override_multi_interp_extensions_check", "($module, override, /)", zero),
        def("_image_find", "($module, name, /)", image_find),
        def("_image_code", "($module, name, /)", image_code),
        def("_image_source", "($module, name, /)", image_source),
        def("_image_data", "($module, name, /)", image_data),
        def("_image_data_names", "($module, /)", image_data_names),
        def("_image_modules", "($module, /)", image_modules),
    ],
    constants: &[
        // CPython's form: two bytes and a line's end, which a transfer as text would change.
        ("pyc_magic_number_token", Const::Int(0x0A0D_0000 | (engine_compiler::FINGERPRINT & 0xFFFF) as i64)),
        ("_image_root", Const::Str(library::ROOT)),
    ],
    init: Some(init),
    ..ModuleDef::new("_imp")
};

#[cfg(test)]
mod tests {
    use super::siphash13;

    #[test]
    fn the_empty_message_hashes_as_published() {
        assert_eq!(siphash13(0, 0, b""), 0xd1fb_a762_150c_532c);
    }
}
