//! How the program was started: what the command line and the environment say, for `sys` to show.

use std::path::PathBuf;
use std::sync::OnceLock;

/// The settings, fixed before the runtime starts.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// `sys.argv`, in the system's encoding.
    pub argv: Vec<Vec<u8>>,
    /// `sys.orig_argv`.
    pub orig_argv: Vec<Vec<u8>>,
    /// `sys.executable`.
    pub executable: Vec<u8>,
    /// `sys._base_executable`.
    pub base_executable: Vec<u8>,
    /// `sys.prefix` and `sys.exec_prefix`.
    pub prefix: [Vec<u8>; 2],
    /// `sys.base_prefix` and `sys.base_exec_prefix`.
    pub base_prefix: [Vec<u8>; 2],
    /// `sys.path` without its first entry.
    pub path: Vec<Vec<u8>>,
    /// `-W` options and PYTHONWARNINGS.
    pub warnoptions: Vec<String>,
    /// `-X` options: name and value (absent: true).
    pub xoptions: Vec<(String, Option<String>)>,
    /// `sys.pycache_prefix`, in the system's encoding.
    pub pycache_prefix: Option<Vec<u8>>,
    /// `--check-hash-based-pycs`, unless it is "default".
    pub check_hash_pycs: Option<&'static str>,
    /// `-R`
    pub random_hashes: bool,
    /// `-X jit`: how often code runs before it is compiled; None: it never is.
    pub jit: Option<u32>,
    /// `-X no_debug_ranges`
    pub no_debug_ranges: bool,
    /// PYTHONHASHSEED, if it is a number.
    pub hash_seed: Option<u64>,
    /// `-X cpu_count`
    pub cpu_count: Option<i32>,
    /// `-X importtime`: 1 tells of modules that are loaded, 2 of all imports.
    pub import_time: u8,
    /// `-X profile` and `-X timeline`: the files.
    pub profile: Option<PathBuf>,
    /// See above.
    pub timeline: Option<PathBuf>,
    /// `-X faulthandler`
    pub faulthandler: bool,
    /// `sys.platlibdir`, if it is not the usual one.
    pub platlibdir: Option<String>,
    /// The flags.
    pub flags: Flags,
}

/// `sys.flags`.
#[derive(Clone, Debug)]
pub struct Flags {
    /// `-d`
    pub debug: i64,
    /// `-i`
    pub inspect: i64,
    /// `-i`
    pub interactive: i64,
    /// `-O`
    pub optimize: i64,
    /// `-B`
    pub dont_write_bytecode: i64,
    /// `-s`
    pub no_user_site: i64,
    /// `-S`
    pub no_site: i64,
    /// `-E`
    pub ignore_environment: i64,
    /// `-v`
    pub verbose: i64,
    /// `-b`
    pub bytes_warning: i64,
    /// `-q`
    pub quiet: i64,
    /// PYTHONHASHSEED
    pub hash_randomization: i64,
    /// `-I`
    pub isolated: i64,
    /// `-X dev`
    pub dev_mode: bool,
    /// `-X utf8`
    pub utf8_mode: i64,
    /// `-X warn_default_encoding`
    pub warn_default_encoding: i64,
    /// `-P`
    pub safe_path: bool,
    /// `-X int_max_str_digits`
    pub int_max_str_digits: i64,
    /// `-u`
    pub unbuffered: bool,
    /// `-X thread_inherit_context`
    pub thread_inherit_context: i64,
    /// `-X context_aware_warnings`
    pub context_aware_warnings: i64,
}

impl Default for Flags {
    fn default() -> Self {
        Flags {
            debug: 0,
            inspect: 0,
            interactive: 0,
            optimize: 0,
            dont_write_bytecode: 0,
            no_user_site: 0,
            no_site: 0,
            ignore_environment: 0,
            verbose: 0,
            bytes_warning: 0,
            quiet: 0,
            hash_randomization: 1,
            isolated: 0,
            dev_mode: false,
            utf8_mode: 1,
            warn_default_encoding: 0,
            safe_path: false,
            int_max_str_digits: 4300,
            unbuffered: false,
            // What CPython's free-threaded build has: threads inherit their starter's context.
            thread_inherit_context: 1,
            context_aware_warnings: 1,
        }
    }
}

/// The name of the locale of characters, as the environment has it.
pub fn locale() -> Option<String> {
    ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|v| std::env::var(v).ok().filter(|s| !s.is_empty()))
}

/// Whether the environment asks for no locale of its own.
pub fn is_posix_locale() -> bool {
    locale().is_none_or(|name| name == "C" || name == "POSIX")
}

/// What the locale of the environment calls its encoding. A POSIX locale that nobody insists on counts as `C.UTF-8`, to
/// which CPython coerces it.
pub fn locale_encoding() -> &'static str {
    let set = |name| std::env::var_os(name).is_some_and(|v| !v.is_empty());
    let left_alone =
        || get().flags.ignore_environment == 0 && std::env::var("PYTHONCOERCECLOCALE").as_deref() == Ok("0");
    if is_posix_locale() && (set("LC_ALL") || left_alone()) { "ANSI_X3.4-1968" } else { "UTF-8" }
}

/// The encoding of text whose encoding nobody names.
pub fn text_encoding() -> &'static str {
    if get().flags.utf8_mode != 0 { "utf-8" } else { locale_encoding() }
}

static CONFIG: OnceLock<Config> = OnceLock::new();

/// Fixes the settings; the first call counts.
pub fn set(config: Config) {
    let _ = CONFIG.set(config);
}

/// The settings.
pub fn get() -> &'static Config {
    CONFIG.get_or_init(Config::default)
}
