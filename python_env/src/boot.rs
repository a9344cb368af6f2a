//! From nothing to a runtime that can import: types, `builtins`, `sys`, the import system, the standard streams.

use engine::interp::jit;
use engine::prelude::*;
use modules_system::{imp, import, library, lifecycle, signal, sys};
use proto_core::Config;

static LIBRARY_IMAGE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/library.image"));
static LIBRARY_SOURCES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/library.sources"));

static BUILTINS: ModuleDef =
    ModuleDef { doc: "Built-in functions, types, exceptions, and other objects.", ..ModuleDef::new("builtins") };

/// Makes the runtime with its first context, which belongs to the calling thread. An error is an exception that the
/// context holds.
pub fn boot(config: sys::config::Config) -> (Box<Ctx>, Res<()>) {
    set_hash_seed(&config);
    pynumeric::limits::set_max_str_digits(usize::try_from(config.flags.int_max_str_digits).unwrap_or(0));
    engine::interp::set_optimize(config.flags.optimize.clamp(0, 2) as u32);
    if config.flags.bytes_warning > 0 {
        engine::exceptions::set_bytes_warning();
    }
    if config.flags.warn_default_encoding != 0 {
        modules_io::set_warn_default_encoding();
    }
    if config.no_debug_ranges {
        engine::code_rt::set_no_debug_ranges();
    }
    let files = (config.profile.clone(), config.timeline.clone());
    sys::config::set(config);
    engine::exceptions::set_report(modules_system::hooks::unraisable);
    types_containers::builtins::set_trees(types_containers::builtins::Trees {
        parse: modules_data::ast::parse_to_ast,
        is_node: modules_data::ast::is_node,
        compile: modules_data::ast::compile_tree,
    });
    imp::set_modules(&[
        modules_system::MODULES,
        modules_data::MODULES,
        modules_asyncio::MODULES,
        modules_io::MODULES,
        modules_math::MODULES,
        modules_net::MODULES,
        #[cfg(feature = "ctypes")]
        modules_ctypes::MODULES,
        #[cfg(feature = "sqlite")]
        modules_sqlite::MODULES,
        modules_cjk::MODULES,
        modules_compress::MODULES,
        modules_decimal::MODULES,
        modules_persistent::MODULES,
        modules_xml::MODULES,
        modules_datetime::MODULES,
        #[cfg(feature = "tls")]
        modules_ssl::MODULES,
        #[cfg(feature = "zstd")]
        modules_zstd::MODULES,
    ]);
    #[cfg(feature = "jit")]
    jit::provide(engine_jit::compile);
    let mut cx = Ctx::create(Config { record_pauses: files.1.is_some(), ..Config::from_env() });
    if let Err(text) = engine::watch::start(&mut cx, files.0.as_deref(), files.1.as_deref()) {
        eprintln!("protopython: {text}");
        std::process::exit(2);
    }
    if cx.rt.space.config().races {
        let all = cx.rt.space.config().all_races;
        engine::races::start(&mut cx, all);
    }
    compile(&mut cx);
    let r = start(&mut cx);
    (cx, r)
}

/// Switches the compiler to machine code on, if `-X jit` says so.
fn compile(cx: &mut Ctx) {
    let Some(threshold) = sys::config::get().jit else { return };
    let config = cx.rt.space.config();
    let exit_stress = config.exit_stress.then_some(config.seed);
    if !jit::enable(cx, jit::Settings { threshold, exit_stress }) {
        eprintln!("protopython: -X jit has no effect: this build has no compiler for this processor");
    }
}

fn set_hash_seed(config: &sys::config::Config) {
    let seed = match config.hash_seed {
        Some(n) => n,
        None => {
            let mut bytes = [0; 8];
            let _ = std::fs::File::open("/dev/urandom").and_then(|mut f| std::io::Read::read_exact(&mut f, &mut bytes));
            u64::from_ne_bytes(bytes)
        }
    };
    objects::set_hash_seed(seed);
}

fn start(cx: &mut Ctx) -> Res<()> {
    builtins(cx)?;
    modules_system::register(cx)?;
    modules_data::register(cx)?;
    modules_persistent::register(cx)?;
    modules_io::register(cx)?;
    modules_math::register(cx)?;
    lifecycle::set_before_look(modules_io::flush_dirty);
    lifecycle::set_before_leaving(modules_io::before_leaving);
    if let Err(e) = library::install(LIBRARY_IMAGE, LIBRARY_SOURCES) {
        return Err(cx.runtime_error(format!("the built-in library cannot be read: {e}")));
    }
    sys::start(cx)?;
    signal::start(cx)?;
    import::start(cx)?;
    streams(cx)?;
    import::time_imports(cx)?;
    crate::cli::repl::register(cx);
    Ok(())
}

/// The module `builtins`.
fn builtins(cx: &mut Ctx) -> Res<()> {
    let module = cx.new_module(&BUILTINS)?;
    let Some(dict) = module_dict(module) else { return Ok(()) };
    cx.rt.set_builtins_dict(cx, dict.value());
    types_numbers::register(cx)?;
    types_text::register(cx)?;
    types_containers::register(cx)?;
    let module_name = cx.names.builtins;
    for def in types_containers::builtins::FUNCTIONS.iter().flat_map(|table| table.iter()) {
        let f = cx.new_function(def, module_name);
        dict.set_str(cx, cx.intern(def.name.as_bytes()), f);
    }
    for def in types_containers::BUILTIN_TYPES.iter().chain(types_text::BUILTIN_TYPES) {
        let ty = cx.add_type(def);
        dict.set_str(cx, ty.name(), ty.value());
    }
    let t = cx.types;
    for ty in [
        t.object,
        t.type_,
        t.int,
        t.bool,
        t.float,
        t.complex,
        t.str,
        t.bytes,
        t.list,
        t.tuple,
        t.dict,
        t.set,
        t.frozenset,
        t.range,
        t.slice,
        t.property,
        t.classmethod,
        t.staticmethod,
        t.super_,
    ] {
        dict.set_str(cx, ty.name(), ty.value());
    }
    for row in engine::exceptions::EXCEPTIONS {
        let ty = t.exc(row.exc);
        dict.set_str(cx, ty.name(), ty.value());
    }
    let os_error = t.exc(Exc::OSError).value();
    for (name, v) in [
        ("EnvironmentError", os_error),
        ("IOError", os_error),
        ("None", Value::NONE),
        ("True", Value::TRUE),
        ("False", Value::FALSE),
        ("Ellipsis", Value::ELLIPSIS),
        ("NotImplemented", Value::NOT_IMPLEMENTED),
        ("__debug__", Value::bool(sys::config::get().flags.optimize == 0)),
    ] {
        dict.set_str(cx, cx.intern(name.as_bytes()), v);
    }
    lifecycle::set(cx, "module builtins", module);
    import::add(cx, "builtins", module);
    Ok(())
}

/// `sys.stdin`, `sys.stdout`, `sys.stderr`.
fn streams(cx: &mut Ctx) -> Res<()> {
    let io = import::import(cx, "_io")?;
    let open = protocol::getattr(cx, io, cx.names.open)?;
    cx.builtins_dict().set_str(cx, cx.names.open, open);
    let unbuffered = sys::config::get().flags.unbuffered;
    for (fd, name, mode) in [(0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")] {
        let stream =
            if modules_system::posix::fd::is_open(fd) { stream(cx, fd, mode, unbuffered)? } else { Value::NONE };
        if let Some(dict) = sys::dict(cx) {
            for key in [name.to_string(), format!("__{name}__")] {
                dict.set_str(cx, cx.intern(key.as_bytes()), stream);
            }
        }
    }
    Ok(())
}

fn stream(cx: &mut Ctx, fd: i32, mode: &str, unbuffered: bool) -> PyResult {
    let io = import::import(cx, "_io")?;
    let get = |cx: &mut Ctx, name: &[u8]| protocol::getattr(cx, io, cx.intern(name));
    let file_io = get(cx, b"FileIO")?;
    let mode_value = Str::new(cx, mode);
    let raw = protocol::call(cx, file_io, &[Value::small(fd), mode_value, Value::FALSE])?;
    let name = Str::new(cx, ["<stdin>", "<stdout>", "<stderr>"][fd as usize]);
    protocol::setattr(cx, raw, cx.names.name, name)?;
    let is_tty = protocol::call_method(cx, raw, cx.names.isatty, &[])? == Value::TRUE;
    let write_through = unbuffered && fd > 0;
    let buffer = if write_through {
        raw
    } else {
        let class = get(cx, if fd == 0 { b"BufferedReader" } else { b"BufferedWriter" })?;
        protocol::call(cx, class, &[raw])?
    };
    let class = get(cx, b"TextIOWrapper")?;
    let (encoding, errors) = encoding(cx, fd)?;
    let keywords = [
        (cx.names.encoding, Str::new(cx, &encoding)),
        (cx.intern(b"errors"), Str::new(cx, &errors)),
        (cx.names.newline, if fd == 0 { Value::NONE } else { Str::new(cx, "\n") }),
        (cx.intern(b"line_buffering"), Value::bool(is_tty || fd == 2)),
        (cx.intern(b"write_through"), Value::bool(write_through)),
    ];
    let text = protocol::call_kw(cx, class, &[buffer], &keywords)?;
    protocol::setattr(cx, text, cx.names.mode, mode_value)?;
    Ok(text)
}

/// Encoding and error handler of a standard stream: PYTHONIOENCODING, else the locale's.
fn encoding(cx: &mut Ctx, fd: i32) -> Res<(String, String)> {
    let config = sys::config::get();
    let wish = std::env::var("PYTHONIOENCODING").ok().filter(|_| config.flags.ignore_environment == 0);
    let wish = wish.unwrap_or_default();
    let (encoding, errors) = wish.split_once(':').unwrap_or((&wish, ""));
    // The locales that stand in for the POSIX locale are lenient as well.
    let lenient = config.flags.utf8_mode != 0
        || sys::config::is_posix_locale()
        || sys::config::locale().is_some_and(|l| ["C.UTF-8", "C.utf8", "UTF-8"].contains(&l.as_str()));
    let default = if lenient && encoding.is_empty() { "surrogateescape" } else { "strict" };
    let errors = match fd {
        2 => "backslashreplace",
        _ if errors.is_empty() => default,
        _ => errors,
    };
    let encoding = match encoding {
        "" if sys::config::text_encoding().eq_ignore_ascii_case("utf-8") => "utf-8".to_owned(),
        "" => canonical(cx, sys::config::text_encoding())?,
        encoding => canonical(cx, encoding)?,
    };
    Ok((encoding, errors.to_owned()))
}

/// The name that an encoding gives itself.
fn canonical(cx: &mut Ctx, encoding: &str) -> Res<String> {
    let lookup = protocol::import_attr(cx, "codecs", "lookup")?;
    let name = cx.str_value(encoding);
    let info = protocol::call(cx, lookup, &[name])?;
    let name = protocol::getattr(cx, info, cx.names.name)?;
    Ok(protocol::text(cx, name).to_string())
}
