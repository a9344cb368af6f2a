//! The constants of `sys`: versions, limits, flags, paths.

use engine::prelude::*;

use super::config;
use crate::convert::fs_decode;
use crate::structseq;
use crate::structseq::make;

/// Python's version: major, minor, micro.
pub const VERSION: [i64; 3] = [3, 14, 10];
/// `sys.version`.
pub const VERSION_TEXT: &str =
    concat!("3.14.10 free-threading build (ProtoPython ", env!("CARGO_PKG_VERSION"), ") [Rust]");
/// `sys.platform`
pub const PLATFORM: &str = std::env::consts::OS;

structseq!(Flags, FLAGS, "sys", "flags" = "sys.flags\n\nFlags provided through command line arguments or environment vars.", no_new, visible 18,
    all ["debug", "inspect", "interactive", "optimize", "dont_write_bytecode", "no_user_site", "no_site",
         "ignore_environment", "verbose", "bytes_warning", "quiet", "hash_randomization", "isolated", "dev_mode",
         "utf8_mode", "warn_default_encoding", "safe_path", "int_max_str_digits",
         "gil", "thread_inherit_context", "context_aware_warnings"],
    shown ["debug", "inspect", "interactive", "optimize", "dont_write_bytecode", "no_user_site", "no_site",
         "ignore_environment", "verbose", "bytes_warning", "quiet", "hash_randomization", "isolated", "dev_mode",
         "utf8_mode", "warn_default_encoding", "safe_path", "int_max_str_digits"],
    [0 "debug", 1 "inspect", 2 "interactive", 3 "optimize", 4 "dont_write_bytecode", 5 "no_user_site",
     6 "no_site", 7 "ignore_environment", 8 "verbose", 9 "bytes_warning", 10 "quiet", 11 "hash_randomization",
     12 "isolated", 13 "dev_mode", 14 "utf8_mode", 15 "warn_default_encoding", 16 "safe_path",
     17 "int_max_str_digits", 18 "gil", 19 "thread_inherit_context", 20 "context_aware_warnings"]);
structseq!(VersionInfo, VERSION_INFO, "sys", "version_info" = "sys.version_info\n\nVersion information as a named tuple.", no_new, visible 5,
    all ["major", "minor", "micro", "releaselevel", "serial"],
    shown ["major", "minor", "micro", "releaselevel", "serial"],
    [0 "major", 1 "minor", 2 "micro", 3 "releaselevel", 4 "serial"]);
structseq!(FloatInfo, FLOAT_INFO, "sys", "float_info" = "sys.float_info\n\nA named tuple holding information about the float type. It contains low level\ninformation about the precision and internal representation. Please study\nyour system's :file:`float.h` for more information.", new, visible 11,
    all ["max", "max_exp", "max_10_exp", "min", "min_exp", "min_10_exp", "dig", "mant_dig", "epsilon", "radix", "rounds"],
    shown ["max", "max_exp", "max_10_exp", "min", "min_exp", "min_10_exp", "dig", "mant_dig", "epsilon", "radix", "rounds"],
    [0 "max", 1 "max_exp", 2 "max_10_exp", 3 "min", 4 "min_exp", 5 "min_10_exp", 6 "dig", 7 "mant_dig",
     8 "epsilon", 9 "radix", 10 "rounds"]);
structseq!(IntInfo, INT_INFO, "sys", "int_info" = "sys.int_info\n\nA named tuple that holds information about Python's\ninternal representation of integers.  The attributes are read only.", new, visible 4,
    all ["bits_per_digit", "sizeof_digit", "default_max_str_digits", "str_digits_check_threshold"],
    shown ["bits_per_digit", "sizeof_digit", "default_max_str_digits", "str_digits_check_threshold"],
    [0 "bits_per_digit", 1 "sizeof_digit", 2 "default_max_str_digits", 3 "str_digits_check_threshold"]);
structseq!(HashInfo, HASH_INFO, "sys", "hash_info" = "hash_info\n\nA named tuple providing parameters used for computing\nhashes. The attributes are read only.", new, visible 9,
    all ["width", "modulus", "inf", "nan", "imag", "algorithm", "hash_bits", "seed_bits", "cutoff"],
    shown ["width", "modulus", "inf", "nan", "imag", "algorithm", "hash_bits", "seed_bits", "cutoff"],
    [0 "width", 1 "modulus", 2 "inf", 3 "nan", 4 "imag", 5 "algorithm", 6 "hash_bits", 7 "seed_bits", 8 "cutoff"]);
structseq!(ThreadInfo, THREAD_INFO, "sys", "thread_info" = "sys.thread_info\n\nA named tuple holding information about the thread implementation.", new, visible 3,
    all ["name", "lock", "version"], shown ["name", "lock", "version"], [0 "name", 1 "lock", 2 "version"]);
structseq!(AsyncgenHooks, ASYNCGEN_HOOKS, "sys", "asyncgen_hooks" = "asyncgen_hooks\n\nA named tuple providing information about asynchronous\ngenerators hooks.  The attributes are read only.", new, visible 2,
    all ["firstiter", "finalizer"], shown ["firstiter", "finalizer"], [0 "firstiter", 1 "finalizer"]);

fn version_info(cx: &mut Ctx) -> Value {
    let level = Str::new(cx, "final");
    let [major, minor, micro] = VERSION.map(|n| Value::small(n as i32));
    make::<VersionInfo>(cx, &[major, minor, micro, level, Value::small(0)])
}

const HEXVERSION: i64 = VERSION[0] << 24 | VERSION[1] << 16 | VERSION[2] << 8 | 0xF0;

fn float_info(cx: &mut Ctx) -> Value {
    let fields = [
        float::new(cx, f64::MAX),
        Value::small(1024),
        Value::small(308),
        float::new(cx, f64::MIN_POSITIVE),
        Value::small(-1021),
        Value::small(-307),
        Value::small(15),
        Value::small(53),
        float::new(cx, f64::EPSILON),
        Value::small(2),
        Value::small(1),
    ];
    make::<FloatInfo>(cx, &fields)
}

fn hash_info(cx: &mut Ctx) -> Value {
    let fields = [
        Value::small(64),
        int::from_i64(cx, (1 << 61) - 1),
        Value::small(314_159),
        Value::small(0),
        Value::small(1_000_003),
        Str::new(cx, "siphash13"),
        Value::small(64),
        Value::small(128),
        Value::small(0),
    ];
    make::<HashInfo>(cx, &fields)
}

fn flags(cx: &mut Ctx) -> Value {
    let f = &config::get().flags;
    let n = |n: i64| Value::small(n as i32);
    let fields = [
        n(f.debug),
        n(f.inspect),
        n(f.interactive),
        n(f.optimize),
        n(f.dont_write_bytecode),
        n(f.no_user_site),
        n(f.no_site),
        n(f.ignore_environment),
        n(f.verbose),
        n(f.bytes_warning),
        n(f.quiet),
        n(f.hash_randomization),
        n(f.isolated),
        Value::bool(f.dev_mode),
        n(f.utf8_mode),
        n(f.warn_default_encoding),
        Value::bool(f.safe_path),
        n(f.int_max_str_digits),
        // There is no lock.
        n(0),
        n(f.thread_inherit_context),
        n(f.context_aware_warnings),
    ];
    make::<Flags>(cx, &fields)
}

fn implementation(cx: &mut Ctx, version: Value) -> PyResult {
    let dict = Dict::new(cx);
    let items = [
        ("name", Str::new(cx, "protopython")),
        ("cache_tag", Str::new(cx, "protopython-314")),
        ("version", version),
        ("hexversion", int::from_i64(cx, HEXVERSION)),
        ("_multiarch", Str::new(cx, &format!("{}-linux-gnu", std::env::consts::ARCH))),
        ("supports_isolated_interpreters", Value::FALSE),
    ];
    for (name, v) in items {
        dict.set_str(cx, cx.intern(name.as_bytes()), v);
    }
    types::simple_namespace::new_namespace(cx, dict)
}

fn path_list(cx: &mut Ctx, items: &[Vec<u8>]) -> Value {
    let list = List::new(cx);
    for item in items {
        let item = fs_decode(cx, item);
        list.push(cx, item);
    }
    list.value()
}

/// Arguments of the command line. In the POSIX locale without the UTF-8 mode they are ASCII and other bytes escaped.
fn argument_list(cx: &mut Ctx, items: &[Vec<u8>]) -> Value {
    let posix = config::is_posix_locale() && std::env::var_os("LC_ALL").is_some_and(|v| !v.is_empty());
    if config::get().flags.utf8_mode != 0 || !posix {
        return path_list(cx, items);
    }
    let list = List::new(cx);
    for item in items {
        let mut text = Vec::with_capacity(item.len());
        for &byte in item {
            pytext::wtf8::push(&mut text, if byte < 0x80 { u32::from(byte) } else { 0xDC00 + u32::from(byte) });
        }
        let item = Str::from_wtf8(cx, &text);
        list.push(cx, item);
    }
    list.value()
}

/// Fills the module with everything that is no function.
pub fn fill(cx: &mut Ctx, sys: Value) -> Res<()> {
    let config = config::get();
    let version = version_info(cx);
    let implementation = implementation(cx, version)?;
    let int_info = [30, 4, 4300, 640].map(Value::small);
    let prefix = config.prefix.each_ref().map(|p| fs_decode(cx, p));
    let base_prefix = config.base_prefix.each_ref().map(|p| fs_decode(cx, p));
    let executable = fs_decode(cx, &config.executable);
    let base_executable = fs_decode(cx, &config.base_executable);
    let pycache_prefix = config.pycache_prefix.as_ref().map_or(Value::NONE, |folder| fs_decode(cx, folder));
    let items = [
        ("version", Str::new(cx, VERSION_TEXT)),
        ("version_info", version),
        ("hexversion", int::from_i64(cx, HEXVERSION)),
        ("implementation", implementation),
        ("api_version", Value::small(1013)),
        (
            "copyright",
            Str::new(
                cx,
                "Copyright (c) the authors of ProtoPython.\nThe embedded library: Copyright (c) 2001 Python Software Foundation. All Rights Reserved.",
            ),
        ),
        ("platform", Str::new(cx, PLATFORM)),
        ("byteorder", Str::new(cx, if cfg!(target_endian = "little") { "little" } else { "big" })),
        ("maxsize", int::from_i64(cx, i64::MAX)),
        ("maxunicode", Value::small(0x10FFFF)),
        ("float_info", float_info(cx)),
        ("float_repr_style", Str::new(cx, "short")),
        ("int_info", make::<IntInfo>(cx, &int_info)),
        ("hash_info", hash_info(cx)),
        ("thread_info", {
            let fields = [Str::new(cx, "pthread"), Str::new(cx, "mutex+cond"), Value::NONE];
            make::<ThreadInfo>(cx, &fields)
        }),
        ("flags", flags(cx)),
        ("abiflags", Str::new(cx, "t")),
        ("executable", executable),
        ("_base_executable", base_executable),
        ("prefix", prefix[0]),
        ("exec_prefix", prefix[1]),
        ("base_prefix", base_prefix[0]),
        ("base_exec_prefix", base_prefix[1]),
        ("platlibdir", Str::new(cx, config.platlibdir.as_deref().unwrap_or("lib"))),
        ("_stdlib_dir", Str::new(cx, crate::library::ROOT)),
        ("_home", Value::NONE),
        ("_framework", Str::new(cx, "")),
        ("_git", {
            let fields = [Str::new(cx, "ProtoPython"), Str::new(cx, ""), Str::new(cx, "")];
            Tuple::new(cx, &fields)
        }),
        ("pycache_prefix", pycache_prefix),
        ("dont_write_bytecode", Value::bool(config.flags.dont_write_bytecode != 0)),
        ("argv", argument_list(cx, &config.argv)),
        ("orig_argv", argument_list(cx, &config.orig_argv)),
        ("path", path_list(cx, &config.path)),
        ("path_hooks", List::new(cx).value()),
        ("path_importer_cache", Dict::new(cx).value()),
        ("meta_path", List::new(cx).value()),
    ];
    for (name, v) in items {
        cx.set_module_attr(sys, name, v);
    }
    let warnoptions = List::new(cx);
    for option in &config.warnoptions {
        let option = Str::new(cx, option);
        warnoptions.push(cx, option);
    }
    cx.set_module_attr(sys, "warnoptions", warnoptions.value());
    let xoptions = Dict::new(cx);
    for (name, value) in &config.xoptions {
        let value = value.as_deref().map_or(Value::TRUE, |v| Str::new(cx, v));
        xoptions.set_str(cx, cx.intern(name.as_bytes()), value);
    }
    cx.set_module_attr(sys, "_xoptions", xoptions.value());
    module_names(cx, sys)
}

fn module_names(cx: &mut Ctx, sys: Value) -> Res<()> {
    let builtin = crate::imp::modules();
    let mut names: Vec<&str> = builtin.iter().map(|d| d.name).chain(["sys", "builtins"]).collect();
    names.sort_unstable();
    names.dedup();
    let list = List::with_capacity(cx, names.len());
    for name in &names {
        let name = cx.intern(name.as_bytes());
        list.push(cx, name);
    }
    let tuple = list.to_tuple(cx);
    cx.set_module_attr(sys, "builtin_module_names", tuple);
    Ok(())
}

/// `sys.stdlib_module_names`, made when it is first asked for.
pub fn stdlib_module_names(cx: &mut Ctx) -> PyResult {
    let set = objects::Set::new_frozen(cx);
    let builtin = crate::imp::modules().iter().map(|d| d.name).chain(["sys", "builtins"]);
    let library = crate::library::get().into_iter().flat_map(|l| l.modules()).map(|(n, _)| n);
    for name in builtin.chain(library).filter(|n| !n.contains('.') && *n != "_image_importer") {
        let name = cx.intern(name.as_bytes());
        set.add(cx, name)?;
    }
    Ok(set.value())
}
