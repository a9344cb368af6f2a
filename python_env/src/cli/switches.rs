//! The words of `-X` and the variables of the environment: each is obeyed, or answered by a sentence.
//!
//! What would make a program do something else than it was asked is refused; what only leaves out a report gets a note on
//! standard error, and the program runs.

use std::path::PathBuf;

use modules_system::sys::config::{self, Config, Flags};

/// An environment variable that is not empty, unless `-E` forbids.
pub fn variable(flags: &Flags, name: &str) -> Option<String> {
    if flags.ignore_environment != 0 {
        return None;
    }
    std::env::var(name).ok().filter(|v| !v.is_empty())
}

/// The last value given to a word of `-X`: `Some(None)` if it has none.
fn word<'c>(config: &'c Config, name: &str) -> Option<Option<&'c str>> {
    config.xoptions.iter().rev().find(|(word, _)| word == name).map(|(_, value)| value.as_deref())
}

/// A word without `=`, or any value of a variable.
fn is_set(config: &Config, name: &str, variable_name: &str) -> bool {
    word(config, name).is_some() || variable(&config.flags, variable_name).is_some()
}

type Step = Result<(), String>;

/// Applies all words and variables. `notes` takes what the user should know; an error is why the program cannot start.
pub fn apply(config: &mut Config, notes: &mut Vec<String>) -> Step {
    flags(config, notes);
    config.flags.utf8_mode = utf8_mode(config).map_err(|e| format!("preconfig_init_utf8_mode: {e}"))?;
    hash_seed(config)?;
    max_str_digits(config)?;
    import_time(config)?;
    cpu_count(config)?;
    config.flags.thread_inherit_context =
        zero_or_one(config, "thread_inherit_context", "PYTHON_THREAD_INHERIT_CONTEXT")?;
    config.flags.context_aware_warnings =
        zero_or_one(config, "context_aware_warnings", "PYTHON_CONTEXT_AWARE_WARNINGS")?;
    frozen_modules(config, notes)?;
    locks(config, notes)?;
    config.jit = jit(config)?;
    memory(config, notes)?;
    ceiling(config)?;
    config.profile = file_of(config, "profile", "PROTOPYTHON_PROFILE")?;
    config.timeline = file_of(config, "timeline", "PROTOPYTHON_TIMELINE")?;
    if is_set(config, "perf", "PYTHONPERFSUPPORT") || is_set(config, "perf_jit", "PYTHON_PERF_JIT_SUPPORT") {
        return Err(
            "config_init_perf_profiling: -X perf is not supported: Python functions have no machine code that a \
                    profiler could name"
                .into(),
        );
    }
    Ok(())
}

fn flags(config: &mut Config, notes: &mut Vec<String>) {
    let dev = is_set(config, "dev", "PYTHONDEVMODE");
    config.flags.dev_mode |= dev;
    config.faulthandler = dev || is_set(config, "faulthandler", "PYTHONFAULTHANDLER");
    if is_set(config, "warn_default_encoding", "PYTHONWARNDEFAULTENCODING") {
        config.flags.warn_default_encoding = 1;
    }
    config.no_debug_ranges = is_set(config, "no_debug_ranges", "PYTHONNODEBUGRANGES");
    config.platlibdir = variable(&config.flags, "PYTHONPLATLIBDIR");
    if config.flags.debug > 0 {
        notes.push("-d (PYTHONDEBUG) has no effect: the parser has no debugging output".into());
    }
    if word(config, "showrefcount").is_some() {
        notes.push("-X showrefcount has no effect: there are no reference counts".into());
    }
    if word(config, "presite").is_some() || variable(&config.flags, "PYTHON_PRESITE").is_some() {
        notes.push("-X presite has no effect: it belongs to CPython's debug builds".into());
    }
    if config::is_posix_locale() && variable(&config.flags, "PYTHONCOERCECLOCALE").as_deref() == Some("warn") {
        notes.push("the locale is not coerced: names of files are UTF-8 in every locale".into());
    }
}

/// Whether the UTF-8 mode is on: as `-X utf8` says, else PYTHONUTF8, else in the POSIX locale. Names of files and
/// what the system is told are UTF-8 in any case.
fn utf8_mode(config: &Config) -> Result<i64, &'static str> {
    match (word(config, "utf8"), variable(&config.flags, "PYTHONUTF8").as_deref()) {
        (Some(None | Some("1")), _) | (None, Some("1")) => Ok(1),
        (Some(Some("0")), _) | (None, Some("0")) => Ok(0),
        (Some(_), _) => Err("invalid -X utf8 option value"),
        (None, Some(_)) => Err("invalid PYTHONUTF8 environment variable value"),
        (None, None) => Ok(i64::from(config::is_posix_locale())),
    }
}

fn hash_seed(config: &mut Config) -> Step {
    // `-R` overrides the variable.
    if config.random_hashes {
        return Ok(());
    }
    match variable(&config.flags, "PYTHONHASHSEED").as_deref() {
        None | Some("random") => Ok(()),
        Some(text) => match text.parse::<u32>() {
            Ok(seed) => {
                config.hash_seed = Some(seed.into());
                config.flags.hash_randomization = i64::from(seed != 0);
                Ok(())
            }
            Err(_) => Err("config_init_hash_seed: PYTHONHASHSEED must be \"random\" or an integer in range [0; \
                           4294967295]"
                .into()),
        },
    }
}

fn max_str_digits(config: &mut Config) -> Step {
    let valid = |text: Option<&str>| text.and_then(|t| t.parse::<i32>().ok()).filter(|&n| n == 0 || n >= 640);
    let fault = |what: &str| {
        format!("config_init_int_max_str_digits: {what}: invalid limit; must be >= 640 or 0 for unlimited.")
    };
    if let Some(text) = variable(&config.flags, "PYTHONINTMAXSTRDIGITS") {
        let n = valid(Some(&text)).ok_or_else(|| fault("PYTHONINTMAXSTRDIGITS"))?;
        config.flags.int_max_str_digits = n.into();
    }
    if let Some(value) = word(config, "int_max_str_digits") {
        let n = valid(value).ok_or_else(|| fault("-X int_max_str_digits"))?;
        config.flags.int_max_str_digits = n.into();
    }
    Ok(())
}

fn import_time(config: &mut Config) -> Step {
    config.import_time = match (word(config, "importtime"), variable(&config.flags, "PYTHONPROFILEIMPORTTIME")) {
        (Some(None | Some("1")), _) => 1,
        (Some(Some("2")), _) => 2,
        (Some(_), _) => {
            return Err(
                "config_init_import_time: -X importtime: values other than 1 and 2 are reserved for future use.".into(),
            );
        }
        (None, None) => 0,
        (None, Some(text)) => match text.parse::<i64>() {
            Ok(2) => 2,
            // What is no number is a yes.
            Ok(1) | Err(_) => 1,
            Ok(0) => 0,
            Ok(_) => {
                return Err("config_init_import_time: PYTHONPROFILEIMPORTTIME: numeric values other than 1 and 2 are \
                            reserved for future use."
                    .into());
            }
        },
    };
    Ok(())
}

/// A file to write to.
fn file_of(config: &Config, name: &str, variable_name: &str) -> Result<Option<PathBuf>, String> {
    match word(config, name) {
        Some(None | Some("")) => Err(format!("config_init_{name}: -X {name}=FILE: the file's name is missing")),
        Some(Some(file)) => Ok(Some(file.into())),
        None => Ok(variable(&config.flags, variable_name).map(PathBuf::from)),
    }
}

fn cpu_count(config: &mut Config) -> Step {
    let fault =
        "config_init_cpu_count: -X cpu_count=n option: n is missing or an invalid number, n must be greater than 0";
    let from_environment = variable(&config.flags, "PYTHON_CPU_COUNT");
    let value = match word(config, "cpu_count") {
        Some(value) => value.unwrap_or_default().to_owned(),
        None => match from_environment {
            Some(value) => value,
            None => return Ok(()),
        },
    };
    if value != "default" {
        config.cpu_count = Some(value.parse().ok().filter(|&n: &i32| n > 0).ok_or(fault)?);
    }
    Ok(())
}

/// A switch that is on unless it is set to 0.
fn zero_or_one(config: &Config, name: &str, variable_name: &str) -> Result<i64, String> {
    let read = |text: Option<&str>, fault: String| match text {
        Some("0") => Ok(0),
        Some("1") => Ok(1),
        _ => Err(format!("config_init_{name}: {fault}")),
    };
    if let Some(value) = word(config, name) {
        return read(value, format!("-X {name}=n: n is missing or invalid"));
    }
    match variable(&config.flags, variable_name) {
        Some(text) => read(Some(&text), format!("{variable_name}=N: N is missing or invalid")),
        None => Ok(1),
    }
}

fn frozen_modules(config: &Config, notes: &mut Vec<String>) -> Step {
    let from_environment = variable(&config.flags, "PYTHON_FROZEN_MODULES");
    let (value, what) = match word(config, "frozen_modules") {
        Some(value) => (value.unwrap_or("on"), "option -X frozen_modules"),
        None => (from_environment.as_deref().unwrap_or("on"), "PYTHON_FROZEN_MODULES"),
    };
    match value {
        "on" => {}
        "off" => notes.push("frozen_modules=off has no effect: the library is part of the binary".into()),
        _ => return Err(format!("bad value for {what} (expected \"on\" or \"off\")")),
    }
    Ok(())
}

/// How often code runs before it is compiled to machine code, unless something else is asked for.
const THRESHOLD: u32 = 1000;

/// The compiler to machine code: off, unless it is asked for.
fn jit(config: &Config) -> Result<Option<u32>, String> {
    let (value, what) = match word(config, "jit") {
        Some(value) => (value.unwrap_or("on").to_owned(), "-X jit"),
        None => match variable(&config.flags, "PYTHON_JIT") {
            Some(text) => (text, "PYTHON_JIT"),
            None => return Ok(None),
        },
    };
    match value.as_str() {
        "off" | "0" => Ok(None),
        "on" | "1" => Ok(Some(THRESHOLD)),
        other => match other.strip_prefix("threshold=").and_then(|n| n.parse().ok()) {
            Some(n @ 1..) => Ok(Some(n)),
            _ => Err(format!("config_init_jit: {what}: expected on, off or threshold=N with N from 1")),
        },
    }
}

/// The locks of CPython's free-threaded build.
fn locks(config: &Config, notes: &mut Vec<String>) -> Step {
    let value = |name: &str, variable_name: &str| match word(config, name) {
        Some(value) => Some(value.unwrap_or_default().to_owned()),
        None => variable(&config.flags, variable_name),
    };
    match value("gil", "PYTHON_GIL").as_deref() {
        None | Some("0") => {}
        Some("1") => return Err("config_read_gil: Enabling the GIL is not supported: there is none".into()),
        Some(_) => return Err("config_read_gil: PYTHON_GIL / -X gil must be \"0\" or \"1\"".into()),
    }
    match value("tlbc", "PYTHON_TLBC").as_deref() {
        None | Some("0") => {}
        Some("1") => notes.push("-X tlbc=1 has no effect: all threads run the same bytecode".into()),
        Some(_) => return Err("config_init_tlbc: PYTHON_TLBC / -X tlbc must be \"0\" or \"1\"".into()),
    }
    Ok(())
}

/// Bytes of a size as people write it: a number, and K, M, G or T for powers of 1024.
fn size(text: &str) -> Option<usize> {
    let (digits, shift) = match text.trim_end_matches(['k', 'K', 'm', 'M', 'g', 'G', 't', 'T']) {
        digits if digits.len() == text.len() => (digits, 0),
        digits => (
            digits,
            match &text[digits.len()..] {
                "k" | "K" => 10,
                "m" | "M" => 20,
                "g" | "G" => 30,
                "t" | "T" => 40,
                _ => return None,
            },
        ),
    };
    // `parse` would take a sign.
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse::<usize>().ok()?.checked_mul(1 << shift)
}

/// What the interpreter needs itself, and some room.
const LEAST_MEMORY: usize = 64 << 20;

fn ceiling(config: &Config) -> Step {
    let Some(value) = word(config, "memory") else { return Ok(()) };
    let bytes =
        value.and_then(size).ok_or("config_init_memory: -X memory=SIZE: not a number of bytes, K, M, G or T")?;
    if bytes < LEAST_MEMORY {
        return Err("config_init_memory: -X memory=SIZE: must be 64M or more".into());
    }
    proto_core::memory::set_ceiling(bytes);
    Ok(())
}

fn memory(config: &Config, notes: &mut Vec<String>) -> Step {
    const ALLOCATORS: [&str; 8] =
        ["default", "debug", "malloc", "malloc_debug", "pymalloc", "pymalloc_debug", "mimalloc", "mimalloc_debug"];
    match variable(&config.flags, "PYTHONMALLOC").as_deref() {
        None | Some("default") => {}
        Some(name) if ALLOCATORS.contains(&name) => {
            notes.push(format!("PYTHONMALLOC={name} has no effect: objects live in a heap of their own"));
        }
        Some(_) => return Err("preconfig_init_allocator: PYTHONMALLOC: unknown allocator".into()),
    }
    if variable(&config.flags, "PYTHONMALLOCSTATS").is_some() {
        notes.push("PYTHONMALLOCSTATS has no effect: PROTOPYTHON_DEBUG=gc reports on memory".into());
    }
    let frames = |text: &str| text.parse::<u32>().ok().filter(|&n| n <= i32::MAX as u32);
    let from_environment = variable(&config.flags, "PYTHONTRACEMALLOC");
    let (asked, what) = match word(config, "tracemalloc") {
        Some(value) => (frames(value.unwrap_or("1")), "-X tracemalloc=NFRAME"),
        None => (frames(from_environment.as_deref().unwrap_or("0")), "PYTHONTRACEMALLOC"),
    };
    match asked {
        Some(0) => Ok(()),
        Some(_) => Err("config_init_tracemalloc: -X tracemalloc is not supported: allocations are not traced".into()),
        None => Err(format!("config_init_tracemalloc: {what}: invalid number of frames")),
    }
}
