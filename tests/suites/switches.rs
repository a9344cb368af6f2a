//! Every option letter, `-X` word and PYTHON* variable of CPython 3.14: each is obeyed or answered by a sentence.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::Duration;

use protopython_tests::process::{End, Outcome, run};
use protopython_tests::{binary, scripts};

/// What a switch is expected to do.
enum Does {
    /// The program prints this (from standard output).
    Prints(&'static str),
    /// As `Prints`, for text that standard error holds.
    Says(&'static str),
    /// The program runs; standard error has this note.
    Notes(&'static str),
    /// Nothing runs: exit code 1 and this sentence.
    Refuses(&'static str),
    /// Nothing runs: exit code 2 and this sentence.
    Usage(&'static str),
}
use Does::{Notes, Prints, Refuses, Says, Usage};

/// Arguments, variables, and what they do. `PROGRAM` in the arguments stands for `-c` and a program that prints `ran`.
type Row = (&'static str, &'static [&'static str], &'static [(&'static str, &'static str)], Does);

fn start(arguments: &[&str], variables: &[(&str, &str)], input: &str) -> Outcome {
    let mut command = Command::new(binary::protopython().expect("the interpreter builds"));
    scripts::isolate(&mut command, "0");
    command.env_remove("PYTHONDONTWRITEBYTECODE").args(arguments).envs(variables.iter().copied());
    run(&mut command, input.as_bytes(), Duration::from_secs(60)).expect("the interpreter starts")
}

fn check((name, arguments, variables, does): &Row) {
    let outcome = start(arguments, variables, "");
    let context = format!("{name}: {arguments:?} {variables:?}\n{}{}", outcome.stdout, outcome.stderr);
    match does {
        Prints(text) => {
            assert_eq!(outcome.stdout, format!("{text}\n"), "{context}");
            assert_eq!(outcome.end, End::Exited(0), "{context}");
        }
        Says(text) => assert!(outcome.stderr.contains(text), "{context}"),
        Notes(text) => {
            assert!(outcome.stderr.contains(text) && outcome.stderr.starts_with("protopython: "), "{context}");
            assert_eq!((outcome.stdout.as_str(), outcome.end), ("ran\n", End::Exited(0)), "{context}");
        }
        Refuses(text) => {
            assert!(outcome.stderr.starts_with("Fatal Python error: ") && outcome.stderr.contains(text), "{context}");
            assert_eq!((outcome.stdout.as_str(), outcome.end), ("", End::Exited(1)), "{context}");
        }
        Usage(text) => {
            assert!(outcome.stderr.starts_with(text), "{context}");
            assert_eq!((outcome.stdout.as_str(), outcome.end), ("", End::Exited(2)), "{context}");
        }
    }
}

const RUN: &str = "print('ran')";

/// The letters and long options.
const LETTERS: &[Row] = &[
    ("-b", &["-b", "-c", "str(b'x'); b'x' == 'x'; print('ran')"], &[], Says("BytesWarning: str() on a bytes instance")),
    ("-b", &["-b", "-c", "b'x' == 'x'"], &[], Says("BytesWarning: Comparison between bytes and string")),
    (
        "-b",
        &["-bb", "-c", "{1: 2}[b'x'] if b'x' == 1 else 0"],
        &[],
        Says("BytesWarning: Comparison between bytes and int"),
    ),
    ("-B", &["-B", "-c", "import sys; print(sys.dont_write_bytecode)"], &[], Prints("True")),
    ("-c", &["-c", "  if 1:\n    print('indented')\n  print('ran')"], &[], Prints("indented\nran")),
    ("-d", &["-d", "-c", RUN], &[], Notes("parser")),
    ("-E", &["-E", "-c", "import sys; print(sys.flags.optimize)"], &[("PYTHONOPTIMIZE", "1")], Prints("0")),
    (
        "-I",
        &["-I", "-c", "import sys; f = sys.flags; print(f.isolated, f.no_user_site, f.safe_path)"],
        &[],
        Prints("1 1 True"),
    ),
    ("-i", &["-i", "-q", "-c", RUN], &[], Says(">>> ")),
    ("-m", &["-m", "this_is_no_module"], &[], Says("No module named this_is_no_module")),
    ("-O", &["-O", "-c", "assert 0; print(__debug__)"], &[], Prints("False")),
    ("-OO", &["-OO", "-c", "def f(): 'doc'\nprint(f.__doc__)"], &[], Prints("None")),
    ("-P", &["-P", "-c", "import sys; print('' in sys.path)"], &[], Prints("False")),
    ("-q", &["-q", "-c", "import sys; print(sys.flags.quiet)"], &[], Prints("1")),
    ("-R", &["-R", "-c", "import sys; print(sys.flags.hash_randomization)"], &[("PYTHONHASHSEED", "0")], Prints("1")),
    ("-s", &["-s", "-c", "import site; print(site.ENABLE_USER_SITE)"], &[], Prints("False")),
    ("-S", &["-S", "-c", "import sys; print('site' in sys.modules)"], &[], Prints("False")),
    ("-u", &["-u", "-c", "import sys; print(sys.stdout.write_through)"], &[], Prints("True")),
    ("-v", &["-v", "-c", "import json"], &[], Says("import 'json' # ")),
    ("-v", &["-v", "-c", "import json"], &[], Says("import 'posix' # ")),
    ("-W", &["-W", "error::UserWarning", "-c", "import warnings; warnings.warn('x')"], &[], Says("UserWarning: x")),
    ("-W", &["-W", "nonsense", "-c", RUN], &[], Says("Invalid -W option ignored")),
    ("-x", &["-x", "-c", RUN], &[], Prints("ran")),
    ("-J", &["-J"], &[], Usage("Unknown option: -J")),
    ("-c", &["-c"], &[], Usage("Argument expected for the -c option")),
    ("-X", &["-X"], &[], Usage("Argument expected for the -X option")),
    (
        "--check-hash-based-pycs",
        &["--check-hash-based-pycs", "foo"],
        &[],
        Usage("--check-hash-based-pycs must be one of"),
    ),
    (
        "--check-hash-based-pycs",
        &["--check-hash-based-pycs", "never", "-c", "import _imp; print(_imp.check_hash_based_pycs)"],
        &[],
        Prints("never"),
    ),
    ("--help-nothing", &["--help-nothing"], &[], Usage("Unknown option: --help-nothing")),
];

/// The words of `-X`.
const WORDS: &[Row] = &[
    (
        "context_aware_warnings",
        &["-X", "context_aware_warnings=0", "-c", "import sys; print(sys.flags.context_aware_warnings)"],
        &[],
        Prints("0"),
    ),
    ("context_aware_warnings", &["-X", "context_aware_warnings", "-c", RUN], &[], Refuses("n is missing or invalid")),
    (
        "cpu_count",
        &["-X", "cpu_count=3", "-c", "import os; print(os.cpu_count(), os.process_cpu_count())"],
        &[],
        Prints("3 3"),
    ),
    (
        "cpu_count",
        &["-X", "cpu_count=default", "-c", "import os; print(os.cpu_count() > 0)"],
        &[("PYTHON_CPU_COUNT", "9999")],
        Prints("True"),
    ),
    ("cpu_count", &["-X", "cpu_count=0", "-c", RUN], &[], Refuses("n must be greater than 0")),
    (
        "memory",
        &[
            "-X",
            "memory=256M",
            "-c",
            "import protopython as p\ntry: x = list(range(10**8))\nexcept MemoryError: print(p.memory()['limit'])",
        ],
        &[],
        Prints("268435456"),
    ),
    ("memory", &["-X", "memory", "-c", RUN], &[], Refuses("not a number of bytes")),
    ("memory", &["-X", "memory=1.5G", "-c", RUN], &[], Refuses("not a number of bytes")),
    ("memory", &["-X", "memory=16M", "-c", RUN], &[], Refuses("64M or more")),
    (
        "dev",
        &["-X", "dev", "-c", "import sys, faulthandler; print(sys.flags.dev_mode, faulthandler.is_enabled())"],
        &[],
        Prints("True True"),
    ),
    (
        "disable-remote-debug",
        &["-X", "disable-remote-debug", "-c", "import sys; print(sys.is_remote_debug_enabled())"],
        &[],
        Prints("False"),
    ),
    (
        "faulthandler",
        &["-X", "faulthandler", "-c", "import faulthandler; print(faulthandler.is_enabled())"],
        &[],
        Prints("True"),
    ),
    ("frozen_modules", &["-X", "frozen_modules=on", "-c", RUN], &[], Prints("ran")),
    ("frozen_modules", &["-X", "frozen_modules=off", "-c", RUN], &[], Notes("part of the binary")),
    ("frozen_modules", &["-X", "frozen_modules=maybe", "-c", RUN], &[], Refuses("expected \"on\" or \"off\"")),
    ("gil", &["-X", "gil=0", "-c", RUN], &[], Prints("ran")),
    ("gil", &["-X", "gil=1", "-c", RUN], &[], Refuses("there is none")),
    ("gil", &["-X", "gil=2", "-c", RUN], &[], Refuses("must be \"0\" or \"1\"")),
    (
        "importtime",
        &["-X", "importtime", "-c", "import json"],
        &[],
        Says("import time: self [us] | cumulative | imported package\n"),
    ),
    ("importtime", &["-X", "importtime", "-c", "import json"], &[], Says("|   json.decoder\n")),
    (
        "importtime",
        &["-X", "importtime=2", "-c", "import sys"],
        &[],
        Says("import time: cached    | cached     | sys\n"),
    ),
    ("importtime", &["-X", "importtime=3", "-c", RUN], &[], Refuses("reserved for future use")),
    (
        "int_max_str_digits",
        &["-X", "int_max_str_digits=640", "-c", "import sys; print(sys.get_int_max_str_digits())"],
        &[],
        Prints("640"),
    ),
    ("int_max_str_digits", &["-X", "int_max_str_digits=5", "-c", RUN], &[], Refuses("invalid limit")),
    (
        "jit",
        &["-X", "jit=on", "-c", "import sys; print(sys._jit.is_enabled() == sys._jit.is_available())"],
        &[],
        Prints("True"),
    ),
    ("jit", &["-X", "jit=threshold=5", "-c", "print(sum(i * 2 for i in range(100)))"], &[], Prints("9900")),
    ("jit", &["-X", "jit=off", "-c", "import sys; print(sys._jit.is_enabled())"], &[], Prints("False")),
    ("jit", &["-c", "import sys; print(sys._jit.is_enabled())"], &[], Prints("False")),
    ("jit", &["-X", "jit=threshold=0", "-c", RUN], &[], Refuses("expected on, off or threshold=N")),
    ("jit", &["-X", "jit=fast", "-c", RUN], &[], Refuses("expected on, off or threshold=N")),
    (
        "no_debug_ranges",
        &["-X", "no_debug_ranges", "-c", "print(set(p[2:] for p in compile('a+b', '', 'eval').co_positions()))"],
        &[],
        Prints("{(None, None)}"),
    ),
    ("perf", &["-X", "perf", "-c", RUN], &[], Refuses("not supported")),
    ("perf_jit", &["-X", "perf_jit", "-c", RUN], &[], Refuses("not supported")),
    ("profile", &["-X", "profile", "-c", RUN], &[], Refuses("the file's name is missing")),
    (
        "profile",
        &["-X", "profile=/no/where/x.json", "-c", RUN],
        &[],
        Usage("protopython: cannot write '/no/where/x.json': "),
    ),
    ("profile", &["-X", "profile=/dev/null", "-c", RUN], &[], Prints("ran")),
    (
        "pycache_prefix",
        &["-X", "pycache_prefix=/no/where", "-c", "import sys; print(sys.pycache_prefix)"],
        &[],
        Prints("/no/where"),
    ),
    ("showrefcount", &["-X", "showrefcount", "-c", RUN], &[], Notes("no reference counts")),
    (
        "thread_inherit_context",
        &["-X", "thread_inherit_context=0", "-c", "import sys; print(sys.flags.thread_inherit_context)"],
        &[],
        Prints("0"),
    ),
    ("thread_inherit_context", &["-X", "thread_inherit_context=2", "-c", RUN], &[], Refuses("n is missing or invalid")),
    ("timeline", &["-X", "timeline=", "-c", RUN], &[], Refuses("the file's name is missing")),
    ("timeline", &["-X", "timeline=/no/where/x", "-c", RUN], &[], Usage("protopython: cannot write '/no/where/x': ")),
    ("timeline", &["-X", "timeline=/dev/null", "-c", RUN], &[], Prints("ran")),
    ("tlbc", &["-X", "tlbc=1", "-c", RUN], &[], Notes("same bytecode")),
    ("tracemalloc", &["-X", "tracemalloc", "-c", RUN], &[], Refuses("not supported")),
    ("tracemalloc", &["-X", "tracemalloc=x", "-c", RUN], &[], Refuses("invalid number of frames")),
    ("utf8", &["-X", "utf8=0", "-c", "import sys; print(sys.flags.utf8_mode)"], &[], Prints("0")),
    ("utf8", &["-X", "utf8=3", "-c", RUN], &[], Refuses("invalid -X utf8 option value")),
    (
        "warn_default_encoding",
        &["-X", "warn_default_encoding", "-c", "open('/dev/null')"],
        &[],
        Says("EncodingWarning"),
    ),
    // A word that is nobody's is for the program.
    (
        "of-the-program",
        &["-X", "of-the-program=1", "-c", "import sys; print(sys._xoptions)"],
        &[],
        Prints("{'of-the-program': '1'}"),
    ),
];

/// The variables.
const VARIABLES: &[Row] = &[
    (
        "PYTHONASYNCIODEBUG",
        &["-c", "import asyncio; print(asyncio.new_event_loop().get_debug())"],
        &[("PYTHONASYNCIODEBUG", "1")],
        Prints("True"),
    ),
    ("PYTHON_BASIC_REPL", &["-i", "-q", "-c", RUN], &[("PYTHON_BASIC_REPL", "1")], Says(">>> ")),
    ("PYTHONBREAKPOINT", &["-c", "breakpoint(); print('ran')"], &[("PYTHONBREAKPOINT", "0")], Prints("ran")),
    ("PYTHONCASEOK", &["-c", "import JSON"], &[("PYTHONCASEOK", "1")], Says("No module named 'JSON'")),
    ("PYTHONCOERCECLOCALE", &["-c", RUN], &[("PYTHONCOERCECLOCALE", "warn"), ("LC_ALL", "C")], Notes("not coerced")),
    (
        "PYTHON_COLORS",
        &["-c", "import _colorize; print(_colorize.can_colorize())"],
        &[("PYTHON_COLORS", "1")],
        Prints("True"),
    ),
    (
        "PYTHONHASHSEED",
        &["-c", "import sys; print(sys.flags.hash_randomization)"],
        &[("PYTHONHASHSEED", "0")],
        Prints("0"),
    ),
    ("PYTHONHASHSEED", &["-c", RUN], &[("PYTHONHASHSEED", "x")], Refuses("must be \"random\" or an integer")),
    (
        "PYTHON_HISTORY",
        &["-c", "import site; print(site.gethistoryfile())"],
        &[("PYTHON_HISTORY", "/no/file")],
        Prints("/no/file"),
    ),
    (
        "PYTHONHOME",
        &["-c", "import sys; print(sys.prefix, sys.exec_prefix)"],
        &[("PYTHONHOME", "/a:/b")],
        Prints("/a /b"),
    ),
    (
        "PYTHONIOENCODING",
        &["-c", "import sys; print(sys.stdout.encoding)"],
        &[("PYTHONIOENCODING", "latin-1")],
        Prints("iso8859-1"),
    ),
    ("PYTHONMALLOC", &["-c", RUN], &[("PYTHONMALLOC", "debug")], Notes("PYTHONMALLOC=debug has no effect")),
    ("PYTHONMALLOC", &["-c", RUN], &[("PYTHONMALLOC", "foo")], Refuses("unknown allocator")),
    ("PYTHONMALLOCSTATS", &["-c", RUN], &[("PYTHONMALLOCSTATS", "1")], Notes("PYTHONMALLOCSTATS has no effect")),
    ("PYTHONPATH", &["-c", "import sys; print(sys.path[1])"], &[("PYTHONPATH", "/one:/two")], Prints("/one")),
    (
        "PYTHONPLATLIBDIR",
        &["-c", "import sys; print(sys.platlibdir)"],
        &[("PYTHONPLATLIBDIR", "lib99")],
        Prints("lib99"),
    ),
    ("PYTHONSTARTUP", &["-i", "-q"], &[("PYTHONSTARTUP", "/no/file")], Says("Could not open PYTHONSTARTUP\n")),
    (
        "PYTHONUSERBASE",
        &["-c", "import site; print(site.getuserbase())"],
        &[("PYTHONUSERBASE", "/base")],
        Prints("/base"),
    ),
    (
        "PYTHON_CONTEXT_AWARE_WARNINGS",
        &["-c", "import sys; print(sys.flags.context_aware_warnings)"],
        &[("PYTHON_CONTEXT_AWARE_WARNINGS", "0")],
        Prints("0"),
    ),
    ("PYTHON_CPU_COUNT", &["-c", "import os; print(os.cpu_count())"], &[("PYTHON_CPU_COUNT", "5")], Prints("5")),
    ("PYTHONDEBUG", &["-c", RUN], &[("PYTHONDEBUG", "1")], Notes("parser")),
    ("PYTHONDEVMODE", &["-c", "import sys; print(sys.flags.dev_mode)"], &[("PYTHONDEVMODE", "1")], Prints("True")),
    (
        "PYTHON_DISABLE_REMOTE_DEBUG",
        &["-c", "import sys; print(sys.is_remote_debug_enabled())"],
        &[("PYTHON_DISABLE_REMOTE_DEBUG", "1")],
        Prints("False"),
    ),
    (
        "PYTHONDONTWRITEBYTECODE",
        &["-c", "import sys; print(sys.dont_write_bytecode)"],
        &[("PYTHONDONTWRITEBYTECODE", "1")],
        Prints("True"),
    ),
    (
        "PYTHONFAULTHANDLER",
        &["-c", "import faulthandler; print(faulthandler.is_enabled())"],
        &[("PYTHONFAULTHANDLER", "1")],
        Prints("True"),
    ),
    ("PYTHON_FROZEN_MODULES", &["-c", RUN], &[("PYTHON_FROZEN_MODULES", "off")], Notes("part of the binary")),
    ("PYTHON_GIL", &["-c", RUN], &[("PYTHON_GIL", "1")], Refuses("there is none")),
    (
        "PYTHONINSPECT",
        &["-c", "import sys; print(sys.flags.inspect, sys.flags.interactive)"],
        &[("PYTHONINSPECT", "1")],
        Prints("1 0"),
    ),
    (
        "PYTHON_JIT",
        &["-c", "import sys; print(sys._jit.is_enabled() == sys._jit.is_available())"],
        &[("PYTHON_JIT", "1")],
        Prints("True"),
    ),
    ("PYTHON_JIT", &["-c", RUN], &[("PYTHON_JIT", "maybe")], Refuses("PYTHON_JIT: expected on, off or threshold=N")),
    (
        "PYTHONINTMAXSTRDIGITS",
        &["-c", "import sys; print(sys.get_int_max_str_digits())"],
        &[("PYTHONINTMAXSTRDIGITS", "0")],
        Prints("0"),
    ),
    ("PYTHONINTMAXSTRDIGITS", &["-c", RUN], &[("PYTHONINTMAXSTRDIGITS", "7")], Refuses("invalid limit")),
    (
        "PYTHONNODEBUGRANGES",
        &["-c", "print(set(p[2:] for p in compile('a+b', '', 'eval').co_positions()))"],
        &[("PYTHONNODEBUGRANGES", "1")],
        Prints("{(None, None)}"),
    ),
    (
        "PYTHONNOUSERSITE",
        &["-c", "import site; print(site.ENABLE_USER_SITE)"],
        &[("PYTHONNOUSERSITE", "1")],
        Prints("False"),
    ),
    ("PYTHONOPTIMIZE", &["-c", "import sys; print(sys.flags.optimize)"], &[("PYTHONOPTIMIZE", "2")], Prints("2")),
    (
        "PROTOPYTHON_PROFILE",
        &["-c", RUN],
        &[("PROTOPYTHON_PROFILE", "/no/where/x")],
        Usage("protopython: cannot write '/no/where/x': "),
    ),
    (
        "PROTOPYTHON_TIMELINE",
        &["-c", RUN],
        &[("PROTOPYTHON_TIMELINE", "/no/where/x")],
        Usage("protopython: cannot write '/no/where/x': "),
    ),
    ("PROTOPYTHON_PROFILE", &["-E", "-c", RUN], &[("PROTOPYTHON_PROFILE", "/no/where/x")], Prints("ran")),
    ("PYTHON_PERF_JIT_SUPPORT", &["-c", RUN], &[("PYTHON_PERF_JIT_SUPPORT", "1")], Refuses("not supported")),
    ("PYTHONPERFSUPPORT", &["-c", RUN], &[("PYTHONPERFSUPPORT", "1")], Refuses("not supported")),
    ("PYTHONPROFILEIMPORTTIME", &["-c", RUN], &[("PYTHONPROFILEIMPORTTIME", "1")], Says("| site\n")),
    (
        "PYTHONPYCACHEPREFIX",
        &["-c", "import sys; print(sys.pycache_prefix)"],
        &[("PYTHONPYCACHEPREFIX", "/no/where")],
        Prints("/no/where"),
    ),
    ("PYTHONSAFEPATH", &["-c", "import sys; print(sys.flags.safe_path)"], &[("PYTHONSAFEPATH", "1")], Prints("True")),
    (
        "PYTHON_THREAD_INHERIT_CONTEXT",
        &["-c", "import sys; print(sys.flags.thread_inherit_context)"],
        &[("PYTHON_THREAD_INHERIT_CONTEXT", "0")],
        Prints("0"),
    ),
    ("PYTHON_TLBC", &["-c", RUN], &[("PYTHON_TLBC", "1")], Notes("same bytecode")),
    ("PYTHONTRACEMALLOC", &["-c", RUN], &[("PYTHONTRACEMALLOC", "3")], Refuses("not supported")),
    (
        "PYTHONUNBUFFERED",
        &["-c", "import sys; print(sys.stdout.write_through)"],
        &[("PYTHONUNBUFFERED", "1")],
        Prints("True"),
    ),
    ("PYTHONUTF8", &["-c", "import sys; print(sys.flags.utf8_mode)"], &[("PYTHONUTF8", "1")], Prints("1")),
    ("PYTHONVERBOSE", &["-c", "import json"], &[("PYTHONVERBOSE", "1")], Says("import 'json' # ")),
    (
        "PYTHONWARNDEFAULTENCODING",
        &["-c", "open('/dev/null')"],
        &[("PYTHONWARNDEFAULTENCODING", "1")],
        Says("EncodingWarning"),
    ),
    (
        "PYTHONWARNINGS",
        &["-c", "import warnings; warnings.warn('x')"],
        &[("PYTHONWARNINGS", "error")],
        Says("UserWarning: x"),
    ),
];

#[test]
fn letters() {
    LETTERS.iter().for_each(check);
}

#[test]
fn words() {
    WORDS.iter().for_each(check);
}

#[test]
fn variables() {
    VARIABLES.iter().for_each(check);
}

fn help(option: &str) -> String {
    let outcome = start(&[option], &[], "");
    assert_eq!(outcome.end, End::Exited(0), "{}", outcome.stderr);
    outcome.stdout
}

/// The names at the starts of lines, up to what ends a name.
fn names<'t>(text: &'t str, start: &str, ends: &[char]) -> BTreeSet<&'t str> {
    let lines = text.lines().filter_map(|line| line.strip_prefix(start));
    lines.filter_map(|line| line.split(ends).next()).filter(|name| !name.is_empty()).collect()
}

fn rows(table: &[Row]) -> BTreeSet<&'static str> {
    table.iter().map(|row| row.0).collect()
}

/// What CPython 3.14's help names.
#[test]
fn nothing_is_left_out() {
    let words = "context_aware_warnings cpu_count dev disable-remote-debug faulthandler frozen_modules importtime \
                 int_max_str_digits no_debug_ranges perf perf_jit pycache_prefix showrefcount thread_inherit_context \
                 tracemalloc utf8 warn_default_encoding";
    let variables = "PYTHONASYNCIODEBUG PYTHON_BASIC_REPL PYTHONBREAKPOINT PYTHONCASEOK PYTHONCOERCECLOCALE PYTHON_COLORS \
                     PYTHONHASHSEED PYTHON_HISTORY PYTHONHOME PYTHONIOENCODING PYTHONMALLOC PYTHONMALLOCSTATS PYTHONPATH \
                     PYTHONPLATLIBDIR PYTHONSTARTUP PYTHONUSERBASE PYTHON_CONTEXT_AWARE_WARNINGS PYTHON_CPU_COUNT PYTHONDEBUG \
                     PYTHONDEVMODE PYTHONDONTWRITEBYTECODE PYTHONFAULTHANDLER PYTHON_FROZEN_MODULES PYTHONINSPECT \
                     PYTHONINTMAXSTRDIGITS PYTHONNODEBUGRANGES PYTHONNOUSERSITE PYTHONOPTIMIZE PYTHON_PERF_JIT_SUPPORT \
                     PYTHONPERFSUPPORT PYTHONPROFILEIMPORTTIME PYTHONPYCACHEPREFIX PYTHONSAFEPATH \
                     PYTHON_THREAD_INHERIT_CONTEXT PYTHONTRACEMALLOC PYTHONUNBUFFERED PYTHONUTF8 PYTHONVERBOSE \
                     PYTHONWARNDEFAULTENCODING PYTHONWARNINGS";
    let told = help("--help-xoptions");
    let told = names(&told, "-X ", &['=', '[', ' ', ':', ',']);
    for word in words.split_whitespace() {
        assert!(rows(WORDS).contains(word) && (told.contains(word) || word == "perf_jit"), "{word}");
    }
    let text = help("--help-env");
    let told: BTreeSet<_> = names(&text, "", &[' ', ':']).into_iter().filter(|n| n.contains("PYTHON")).collect();
    for name in variables.split_whitespace() {
        assert!(rows(VARIABLES).contains(name) && told.contains(name), "{name}");
    }
    // And what we tell of ourselves is tested.
    assert_eq!(told.difference(&rows(VARIABLES)).collect::<Vec<_>>(), [] as [&&str; 0]);
    let text = help("-h");
    for letter in "bBcdEhiImOPqRsSuvVWxX".chars() {
        let option = format!("-{letter}");
        let own = ["-h", "-V"].contains(&option.as_str());
        assert!(
            text.contains(&format!("\n{option} ")) && (own || letter == 'X' || rows(LETTERS).contains(option.as_str())),
            "{option}"
        );
    }
    assert_eq!(help("-?"), text);
    assert_eq!(help("--help"), text);
    let all = help("--help-all");
    for part in [text, help("--help-env"), help("--help-xoptions")] {
        assert!(all.contains(&part), "{part}");
    }
    let (short, long) = (help("-V"), help("-VV"));
    assert!(short.starts_with("Python 3.14.") && long.len() > short.len() && help("--version") == short);
}
