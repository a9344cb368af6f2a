//! How the interpreter behaves on the command line: options, exit codes, streams, messages.
//!
//! `PROTOPYTHON_BIN=.../python3.14` runs the same tests on CPython.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use protopython_tests::process::{End, Outcome, run};
use protopython_tests::{binary, scripts};

const LIMIT: Duration = Duration::from_secs(60);

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(binary::protopython().expect("the interpreter builds"));
    command.args(arguments);
    scripts::isolate(&mut command, "0");
    command
}

fn start(command: &mut Command, input: &str) -> Outcome {
    run(command, input.as_bytes(), LIMIT).expect("the interpreter starts")
}

fn python(arguments: &[&str]) -> Outcome {
    start(&mut command(arguments), "")
}

/// Runs and expects exit code 0 and this output.
fn prints(arguments: &[&str], stdout: &str) {
    let outcome = python(arguments);
    assert_eq!((outcome.stdout.as_str(), outcome.end), (stdout, End::Exited(0)), "{}", outcome.stderr);
}

/// Runs and expects this exit code and these words in the standard error.
fn fails(arguments: &[&str], code: i32, words: &[&str]) {
    let outcome = python(arguments);
    assert_eq!(outcome.end, End::Exited(code), "{}{}", outcome.stdout, outcome.stderr);
    for word in words {
        assert!(outcome.stderr.contains(word), "no {word:?} in:\n{}", outcome.stderr);
    }
}

/// A folder of its own for each test, holding the given files.
fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("command_line").join(name);
    for (file, text) in files {
        let path = folder.join(file);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a temporary folder");
        std::fs::write(path, text).expect("a file");
    }
    folder
}

/// Runs in `folder`.
fn in_folder(folder: &PathBuf, arguments: &[&str]) -> Outcome {
    start(command(arguments).current_dir(folder).env("PWD", folder), "")
}

#[test]
fn command_option() {
    prints(&["-c", "print(1 + 1)"], "2\n");
    prints(&["-c", "import sys; print(sys.argv, __name__)", "a", "-b"], "['-c', 'a', '-b'] __main__\n");
    prints(&["-c", "import sys; print(repr(sys.path[0]))"], "''\n");
    prints(&["-c", "pass"], "");
    prints(&["-cprint('joined')"], "joined\n");
}

#[test]
fn version_option() {
    for option in ["-V", "--version"] {
        let outcome = python(&[option]);
        assert!(outcome.success() && outcome.stdout.contains("3.14"), "{}", outcome.stdout);
    }
}

#[test]
fn help_option() {
    let outcome = python(&["-h"]);
    assert!(outcome.success() && outcome.stdout.contains("usage:"), "{}", outcome.stdout);
}

#[test]
fn unknown_option() {
    fails(&["-Z"], 2, &["usage:"]);
    fails(&["--no-such-option"], 2, &["no-such-option"]);
    fails(&["-c"], 2, &["-c"]);
}

#[test]
fn script_with_arguments() {
    let text = "import sys\nprint(sys.argv, __name__, sys.path[0] == __file__.rpartition('/')[0])\n";
    let folder = folder("script", &[("prog.py", text)]);
    let outcome = in_folder(&folder, &["prog.py", "-x", "--", "y z"]);
    assert_eq!(outcome.stdout, "['prog.py', '-x', '--', 'y z'] __main__ True\n", "{}", outcome.stderr);
}

#[test]
fn script_beside_its_modules() {
    let folder =
        folder("beside", &[("sub/prog.py", "import helper\nprint(helper.x)\n"), ("sub/helper.py", "x = 'helped'\n")]);
    let outcome = in_folder(&folder, &["sub/prog.py"]);
    assert_eq!(outcome.stdout, "helped\n", "{}", outcome.stderr);
}

#[test]
fn missing_script() {
    let folder = folder("missing", &[("x", "")]);
    let outcome = in_folder(&folder, &["nope.py"]);
    assert_eq!(outcome.end, End::Exited(2));
    assert!(outcome.stderr.contains("can't open file '"), "{}", outcome.stderr);
    assert!(outcome.stderr.trim_end().ends_with("nope.py': [Errno 2] No such file or directory"), "{}", outcome.stderr);
}

#[test]
fn folder_without_main() {
    let folder = folder("nomain", &[("dir/x", "")]);
    let outcome = in_folder(&folder, &["dir"]);
    assert_eq!(outcome.end, End::Exited(1));
    assert!(outcome.stderr.contains("can't find '__main__' module in"), "{}", outcome.stderr);
}

#[test]
fn folder_with_main() {
    let folder =
        folder("main", &[("app/__main__.py", "import other\nprint(__name__, other.v)\n"), ("app/other.py", "v = 7\n")]);
    let outcome = in_folder(&folder, &["app"]);
    assert_eq!(outcome.stdout, "__main__ 7\n", "{}", outcome.stderr);
}

#[test]
fn module_option() {
    let files = [
        ("mod.py", "import sys\nprint(__name__, sys.argv[1:], sys.argv[0].endswith('mod.py'))\n"),
        ("pkg/__init__.py", "print('init')\n"),
        ("pkg/__main__.py", "from . import part\nprint(__package__, part.v)\n"),
        ("pkg/part.py", "v = 3\n"),
    ];
    let folder = folder("module", &files);
    let outcome = in_folder(&folder, &["-m", "mod", "a"]);
    assert_eq!(outcome.stdout, "__main__ ['a'] True\n", "{}", outcome.stderr);
    let outcome = in_folder(&folder, &["-m", "pkg"]);
    assert_eq!(outcome.stdout, "init\npkg 3\n", "{}", outcome.stderr);
    let outcome = in_folder(&folder, &["-m", "pkg.part"]);
    assert_eq!((outcome.stdout.as_str(), outcome.end), ("init\n", End::Exited(0)), "{}", outcome.stderr);
}

#[test]
fn missing_module() {
    fails(&["-m", "no_such_module"], 1, &["No module named no_such_module"]);
    fails(&["-m", "json.nope"], 1, &["No module named json.nope"]);
}

#[test]
fn standard_input() {
    for arguments in [&["-"][..], &[][..]] {
        let outcome = start(&mut command(arguments), "import sys\nprint('from stdin', sys.argv)\n");
        let argv = if arguments.is_empty() { "['']" } else { "['-']" };
        assert_eq!(outcome.stdout, format!("from stdin {argv}\n"), "{}", outcome.stderr);
    }
    // It is a file of that name, whose loader is the one from before.
    let names = "print(sorted(globals()), __file__, __cached__, __loader__.__name__)\n";
    let outcome = start(&mut command(&["-"]), names);
    let all =
        "['__builtins__', '__cached__', '__doc__', '__file__', '__loader__', '__name__', '__package__', '__spec__']";
    assert_eq!(outcome.stdout, format!("{all} <stdin> None BuiltinImporter\n"), "{}", outcome.stderr);
    let outcome = start(&mut command(&["-", "x"]), "def f():\n    return 5\n\nprint(f())\n");
    assert_eq!(outcome.stdout, "5\n", "{}", outcome.stderr);
    let outcome = start(&mut command(&["-c", "print(input() + '|' + input())"]), "one\ntwo\n");
    assert_eq!(outcome.stdout, "one|two\n", "{}", outcome.stderr);
}

#[test]
fn folder_that_is_a_program_is_named_in_full() {
    let main = "import os, sys\nhere = os.getcwd()\nprint(sys.path[0] == here + '/app', sys.argv, __file__ == here + '/app/__main__.py')\n";
    let outcome = in_folder(&folder("named", &[("app/__main__.py", main)]), &["app"]);
    assert_eq!(outcome.stdout, "True ['app'] True\n", "{}", outcome.stderr);
}

#[test]
fn without_stderr_exceptions_are_silent() {
    let programs = [
        "import sys; sys.stderr = None; 1 / 0",
        "import sys; sys.stderr = None\nclass A:\n    def __del__(self): 1 / 0\na = A(); del a; import gc; gc.collect(); 1 / 0",
    ];
    for program in programs {
        let outcome = python(&["-c", program]);
        assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), ("", ""), "{program}");
        assert_eq!(outcome.end, End::Exited(1), "{program}");
    }
    // Where there is no such name, it has another place to go.
    let outcome = python(&["-c", "import sys; del sys.stderr; 1 / 0"]);
    assert_ne!(outcome.stderr, "");
}

#[test]
fn interactive_option() {
    let outcome = start(&mut command(&["-i", "-c", "x = 5"]), "print(x * 2)\nx + 1\n1 / 0\nprint('goes on')\n");
    assert!(outcome.stdout.contains("10\n") && outcome.stdout.contains('6'), "{}", outcome.stdout);
    assert!(outcome.stdout.contains("goes on"), "{}", outcome.stdout);
    assert!(outcome.stderr.contains("ZeroDivisionError: division by zero"), "{}", outcome.stderr);
}

#[test]
fn exit_codes() {
    for (code, expected) in [
        ("import sys; sys.exit()", 0),
        ("import sys; sys.exit(None)", 0),
        ("import sys; sys.exit(3)", 3),
        ("import sys; sys.exit(256 + 7)", 7),
        ("raise SystemExit(4)", 4),
        ("exit(5)", 5),
        ("quit()", 0),
        ("import os; os._exit(6)", 6),
        ("1 / 0", 1),
        ("x =", 1),
        ("import sys; sys.exit(True)", 1),
        ("import sys; sys.exit('message')", 1),
        ("import sys; sys.exit((1, 2))", 1),
        ("try:\n    raise SystemExit(9)\nfinally:\n    print('')", 9),
    ] {
        let outcome = python(&["-c", code]);
        assert_eq!(outcome.end, End::Exited(expected), "{code}\n{}", outcome.stderr);
    }
    fails(&["-c", "import sys; sys.exit('message')"], 1, &["message\n"]);
    assert_eq!(python(&["-c", "import sys; sys.exit((1, 2))"]).stderr, "(1, 2)\n");
}

#[test]
fn uncaught_exception() {
    let expected = "Traceback (most recent call last):\n  File \"<string>\", line 1, in <module>\n    1 / 0\n    ~~^~~\nZeroDivisionError: division by zero\n";
    let outcome = python(&["-c", "1 / 0"]);
    assert_eq!((outcome.stderr.as_str(), outcome.end), (expected, End::Exited(1)));
}

#[test]
fn syntax_error_of_a_script() {
    let folder = folder("syntax", &[("bad.py", "x = 1\nif x\n    pass\n")]);
    let outcome = in_folder(&folder, &["bad.py"]);
    assert_eq!(outcome.end, End::Exited(1));
    assert!(outcome.stderr.ends_with("line 2\n    if x\n        ^\nSyntaxError: expected ':'\n"), "{}", outcome.stderr);
}

#[test]
fn output_is_flushed_at_exit_and_before_an_error() {
    prints(&["-c", "import sys; sys.stdout.write('no newline')"], "no newline");
    let outcome = python(&["-c", "print('first'); raise ValueError('then')"]);
    assert_eq!(outcome.stdout, "first\n");
    prints(&["-c", "import os, sys; print('kept', flush=True); os._exit(0)"], "kept\n");
    let folder = folder("flush", &[("prog.py", "f = open('out.txt', 'w')\nf.write('unclosed')\n")]);
    let outcome = in_folder(&folder, &["prog.py"]);
    assert!(outcome.success(), "{}", outcome.stderr);
    assert_eq!(std::fs::read_to_string(folder.join("out.txt")).expect("the file"), "unclosed");
}

#[test]
fn pythonpath() {
    let folder = folder("pythonpath", &[("one/a.py", "v = 1\n"), ("two/b.py", "v = 2\n")]);
    let path = format!("{0}/one:{0}/two", folder.display());
    let outcome = start(command(&["-c", "import a, b; print(a.v + b.v)"]).env("PYTHONPATH", &path), "");
    assert_eq!(outcome.stdout, "3\n", "{}", outcome.stderr);
    let outcome = start(command(&["-E", "-c", "import a"]).env("PYTHONPATH", &path), "");
    assert!(outcome.stderr.contains("ModuleNotFoundError: No module named 'a'"), "{}", outcome.stderr);
}

#[test]
fn isolated_option() {
    prints(&["-I", "-c", "import sys; print('' in sys.path, sys.flags.isolated)"], "False 1\n");
    prints(&["-P", "-c", "import sys; print('' in sys.path, sys.flags.safe_path)"], "False True\n");
}

#[test]
fn optimize_option() {
    prints(&["-O", "-c", "assert False; print(__debug__)"], "False\n");
    prints(&["-OO", "-c", "def f():\n    'doc'\nprint(f.__doc__)"], "None\n");
}

#[test]
fn warning_option() {
    let code = "import warnings; warnings.warn('careful', DeprecationWarning)";
    fails(&["-W", "error", "-c", code], 1, &["DeprecationWarning: careful"]);
    let outcome = python(&["-W", "ignore", "-c", code]);
    assert!(outcome.success() && outcome.stderr.is_empty(), "{}", outcome.stderr);
}

#[test]
fn unbuffered_option_is_accepted() {
    prints(&["-u", "-c", "print('u')"], "u\n");
    prints(&["-B", "-s", "-S", "-c", "print('flags')"], "flags\n");
    prints(&["-X", "utf8", "-c", "print('x option')"], "x option\n");
}

#[test]
fn verbose_streams_are_text_with_utf8() {
    prints(&["-c", "import sys; print(sys.stdout.encoding.lower(), 'é日🎉')"], "utf-8 é日🎉\n");
    let outcome = python(&["-c", "import sys; print('to err', file=sys.stderr)"]);
    assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), ("", "to err\n"));
}

#[test]
fn exception_in_a_thread_is_reported_and_the_rest_goes_on() {
    let code = "import threading\ndef f(): raise ValueError('in thread')\nt = threading.Thread(target=f, name='worker')\nt.start(); t.join()\nprint('main goes on')";
    let outcome = python(&["-c", code]);
    assert_eq!((outcome.stdout.as_str(), outcome.end), ("main goes on\n", End::Exited(0)));
    assert!(outcome.stderr.starts_with("Exception in thread worker:\nTraceback"), "{}", outcome.stderr);
    assert!(outcome.stderr.ends_with("ValueError: in thread\n"), "{}", outcome.stderr);
}

#[test]
fn exit_waits_for_threads_but_not_for_daemons() {
    let code = "import threading, time\ndef f():\n    threading.main_thread().join()\n    time.sleep(0.1)\n    print('waited for')\nthreading.Thread(target=f).start()\nprint('main ends')";
    prints(&["-c", code], "main ends\nwaited for\n");
    let code = "import threading, time\nthreading.Thread(target=time.sleep, args=(1000,), daemon=True).start()\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\nprint('done')";
    prints(&["-c", code], "done\n");
    let code = "import threading\ndef spin():\n    while True: pass\nthreading.Thread(target=spin, daemon=True).start()\nprint('done')";
    prints(&["-c", code], "done\n");
}

#[test]
fn interrupt_while_waiting() {
    let waits = [
        "import time; start(); time.sleep(100)",
        "import threading; start(); threading.Event().wait()",
        "import threading; l = threading.Lock(); l.acquire(); start(); l.acquire()",
        "import queue; start(); queue.Queue().get()",
        "import threading, time; t = threading.Thread(target=time.sleep, args=(100,), daemon=True); t.start(); start(); t.join()",
        "start()\nwhile True: pass",
        "start(); sum(iter(int, 1))",
        "import itertools; start(); any(itertools.repeat(0))",
        "import select; start(); select.select([], [], [])",
    ];
    for wait in waits {
        let prelude = "import os, signal, threading, time\ndef start():\n    threading.Thread(target=lambda: (time.sleep(0.2), os.kill(os.getpid(), signal.SIGINT)), daemon=True).start()\n";
        let body: String = wait.replace("; ", "\n").lines().map(|line| format!("    {line}\n")).collect();
        let code = format!("{prelude}try:\n{body}except KeyboardInterrupt:\n    print('interrupted')\n");
        let outcome = python(&["-c", &code]);
        assert_eq!(outcome.stdout, "interrupted\n", "{wait}: {}\n{}", outcome.end, outcome.stderr);
    }
}

#[test]
fn uncaught_interrupt_ends_the_process_by_the_signal() {
    let outcome = python(&["-c", "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nwhile True: pass"]);
    assert_eq!(outcome.end, End::Signalled(2), "{}", outcome.stderr);
    assert!(outcome.stderr.trim_end().ends_with("KeyboardInterrupt"), "{}", outcome.stderr);
}

#[test]
fn closed_output_is_no_crash() {
    let outcome = python(&["-c", "import sys; sys.stdout.close(); print('x')"]);
    assert_eq!(outcome.end, End::Exited(1));
    assert!(outcome.stderr.contains("ValueError: I/O operation on closed file"), "{}", outcome.stderr);
}

#[test]
fn bad_bytes_in_a_script() {
    let folder = folder("bytes", &[("x", "")]);
    std::fs::write(folder.join("bad.py"), b"x = '\xff'\n").expect("a file");
    let outcome = in_folder(&folder, &["bad.py"]);
    assert_eq!(outcome.end, End::Exited(1));
    assert!(
        outcome.stderr.contains("SyntaxError: (unicode error)") || outcome.stderr.contains("Non-UTF-8"),
        "{}",
        outcome.stderr
    );
    std::fs::write(folder.join("latin.py"), b"# coding: latin-1\nprint('\xe9')\n").expect("a file");
    assert_eq!(in_folder(&folder, &["latin.py"]).stdout, "é\n");
    std::fs::write(folder.join("bom.py"), b"\xef\xbb\xbfprint('bom')\n").expect("a file");
    assert_eq!(in_folder(&folder, &["bom.py"]).stdout, "bom\n");
    std::fs::write(folder.join("null.py"), b"x = 1\0\n").expect("a file");
    assert!(in_folder(&folder, &["null.py"]).stderr.contains("source code cannot contain null bytes"));
    std::fs::write(folder.join("crlf.py"), b"x = '''a\r\nb'''\r\nprint(repr(x))\r\n").expect("a file");
    assert_eq!(in_folder(&folder, &["crlf.py"]).stdout, "'a\\nb'\n");
    std::fs::write(folder.join("empty.py"), b"").expect("a file");
    assert!(in_folder(&folder, &["empty.py"]).success());
}

/// CPython hands any number to the C library, which follows it.
#[test]
fn identities_of_no_thread() {
    let code = "import signal, threading, time\n\
        t = threading.Thread(target=print, args=('ran',)); t.start(); t.join()\n\
        for ident in 1, -2**63, t.ident:\n\
        \x20   for ask in time.pthread_getcpuclockid, lambda i: signal.pthread_kill(i, 0):\n\
        \x20       try: ask(ident); print('found')\n\
        \x20       except ProcessLookupError as e: print(e)\n\
        print(time.clock_gettime(time.pthread_getcpuclockid(threading.get_ident())) > 0)\n\
        signal.pthread_kill(threading.main_thread().ident, 0)";
    prints(&["-c", code], &format!("ran\n{}True\n", "[Errno 3] No such process\n".repeat(6)));
}

/// The words that a fatal signal leaves, before the part about the C stack.
fn dies(arguments: &[&str], variables: &[(&str, &str)], signal: i32) -> String {
    let outcome = start(command(arguments).envs(variables.iter().copied()), "");
    assert_eq!(outcome.end, End::Signalled(signal), "{}{}", outcome.stdout, outcome.stderr);
    outcome.stderr
}

#[test]
fn fatal_signals_tell_what_all_threads_do() {
    let code = "import faulthandler, sys, threading\n\
        def wait(gate):\n\
        \x20   gate.set()\n\
        \x20   threading.Event().wait()\n\
        gate = threading.Event()\n\
        threading.Thread(target=wait, args=(gate,), name='waiter', daemon=True).start()\n\
        gate.wait()\n\
        def lines(f):\n\
        \x20   while f: yield f.f_code.co_filename, f.f_lineno; f = f.f_back\n\
        while not any(('<string>', 4) in lines(f) for f in sys._current_frames().values()): pass\n\
        def die(how):\n\
        \x20   getattr(faulthandler, how)()\n";
    let cases = [
        ("_sigsegv", "Segmentation fault", 11),
        ("_sigabrt", "Aborted", 6),
        ("_sigfpe", "Floating-point exception", 8),
    ];
    for (how, name, signal) in cases {
        let program = format!("{code}faulthandler.enable()\ndie('{how}')\n");
        let text = dies(&["-c", &program], &[], signal);
        assert!(text.starts_with(&format!("Fatal Python error: {name}\n\nThread 0x")), "{text}");
        assert!(text.contains(" [waiter] (most recent call first):\n  File "), "{text}");
        assert!(text.contains("  File \"<string>\", line 4 in wait\n"), "{text}");
        let own = text.find("\nCurrent thread 0x").expect("the current thread");
        assert!(
            text[own..].contains("  File \"<string>\", line 12 in die\n  File \"<string>\", line 14 in <module>\n"),
            "{text}"
        );
    }
    let import = "import faulthandler\nfaulthandler._sigsegv()";
    for (arguments, variables) in [
        (vec!["-X", "faulthandler", "-c", import], vec![]),
        (vec!["-X", "dev", "-c", import], vec![]),
        (vec!["-c", import], vec![("PYTHONFAULTHANDLER", "1")]),
    ] {
        let text = dies(&arguments, &variables, 11);
        assert!(text.contains("line 2 in <module>"), "{text}");
    }
    assert_eq!(dies(&["-c", import], &[], 11), "");
    let off = "import faulthandler as f\nf.enable(); print(f.is_enabled(), f.disable(), f.is_enabled(), f.disable(), flush=True)\nf._sigabrt()";
    assert_eq!(dies(&["-c", off], &[], 6), "");
    // In a thread, and with its stack used up.
    let deep = "import faulthandler, threading\nfaulthandler.enable(all_threads=False)\n\
        t = threading.Thread(target=faulthandler._stack_overflow)\nt.start(); t.join()";
    let text = dies(&["-c", deep], &[], 11);
    assert!(
        text.starts_with("Fatal Python error: Segmentation fault\n\nStack (most recent call first):\n  File "),
        "{text}"
    );
}

/// Other threads' frames are told by the identities that `threading` knows, and by their names.
#[test]
fn threads_are_told_by_their_own_identities() {
    let code = "import faulthandler, sys, threading\n\
        gate, done = threading.Event(), threading.Event()\n\
        def wait():\n\
        \x20   try: 1 / 0\n\
        \x20   except ZeroDivisionError:\n\
        \x20       gate.set()\n\
        \x20       done.wait()\n\
        t = threading.Thread(target=wait, name='some thread')\n\
        t.start(); gate.wait()\n\
        both = {t.ident, threading.get_ident()}\n\
        print(set(sys._current_frames()) == both, set(sys._current_exceptions()) == both)\n\
        frame = sys._current_frames()[t.ident]\n\
        while frame.f_code is not wait.__code__: frame = frame.f_back\n\
        print(frame.f_lineno, repr(sys._current_exceptions()[t.ident]))\n\
        faulthandler.dump_traceback()\n\
        done.set(); t.join()";
    let outcome = python(&["-c", code]);
    assert_eq!(outcome.stdout, "True True\n7 ZeroDivisionError('division by zero')\n", "{}", outcome.stderr);
    assert!(
        outcome.stderr.starts_with("Thread 0x") && outcome.stderr.contains(" [some thread] "),
        "{}",
        outcome.stderr
    );
    assert!(outcome.stderr.contains("\n\nCurrent thread 0x"), "{}", outcome.stderr);
}

/// Runs without PYTHONDONTWRITEBYTECODE.
fn caching(folder: &PathBuf, arguments: &[&str], variables: &[(&str, &str)]) -> Outcome {
    let mut command = command(arguments);
    command.current_dir(folder).env("PWD", folder).env_remove("PYTHONDONTWRITEBYTECODE");
    start(command.envs(variables.iter().copied()), "")
}

#[test]
fn switches_of_the_code_cache() {
    let main =
        "import sys, m, os\nprint(os.path.exists(m.__cached__), m.__cached__.count('opt'), sys.pycache_prefix)\n";
    let folder = folder("code_cache", &[("main.py", main), ("m.py", "assert True\n")]);
    let clear = || {
        let _ = std::fs::remove_dir_all(folder.join("__pycache__"));
        let _ = std::fs::remove_dir_all(folder.join("elsewhere"));
    };
    let run = |options: &[&str], variables: &[(&str, &str)]| {
        clear();
        let arguments: Vec<&str> = options.iter().copied().chain(["main.py"]).collect();
        let outcome = caching(&folder, &arguments, variables);
        assert_eq!(outcome.end, End::Exited(0), "{}", outcome.stderr);
        (outcome.stdout, folder.join("__pycache__").exists())
    };
    assert_eq!(run(&[], &[]), ("True 0 None\n".into(), true));
    assert_eq!(run(&["-O"], &[]), ("True 1 None\n".into(), true));
    assert_eq!(run(&["-OO"], &[]), ("True 1 None\n".into(), true));
    assert_eq!(run(&["-B"], &[]), ("False 0 None\n".into(), false));
    assert_eq!(run(&[], &[("PYTHONDONTWRITEBYTECODE", "1")]), ("False 0 None\n".into(), false));
    assert_eq!(run(&["-E"], &[("PYTHONDONTWRITEBYTECODE", "1")]), ("True 0 None\n".into(), true));
    let prefix = ("PYTHONPYCACHEPREFIX", "elsewhere");
    assert_eq!(run(&[], &[prefix]), ("True 0 elsewhere\n".into(), false));
    assert!(folder.join("elsewhere").exists());
    assert_eq!(run(&["-X", "pycache_prefix=there"], &[prefix]), ("True 0 there\n".into(), false));
    assert_eq!(run(&["-X", "pycache_prefix="], &[prefix]), ("True 0 None\n".into(), true));
}

#[test]
fn hash_based_code_files_are_checked_as_asked() {
    let main = "import sys, m\nprint(m.x)\n";
    let folder = folder("hashed_code", &[("main.py", main), ("m.py", "x = 1\n")]);
    let compile = |mode: &str| {
        std::fs::write(folder.join("m.py"), "x = 1\n").expect("a file");
        let command =
            format!("import py_compile as p; p.compile('m.py', invalidation_mode=p.PycInvalidationMode.{mode})");
        let outcome = caching(&folder, &["-c", &command], &[]);
        assert_eq!(outcome.end, End::Exited(0), "{}", outcome.stderr);
        std::fs::write(folder.join("m.py"), "x = 2\n").expect("a file");
    };
    for (mode, check, sees) in [
        ("CHECKED_HASH", "default", "2\n"),
        ("UNCHECKED_HASH", "default", "1\n"),
        ("CHECKED_HASH", "never", "1\n"),
        ("UNCHECKED_HASH", "always", "2\n"),
    ] {
        compile(mode);
        let outcome = caching(&folder, &["-B", "--check-hash-based-pycs", check, "main.py"], &[]);
        assert_eq!(outcome.stdout, sees, "{mode} {check} {}", outcome.stderr);
    }
    fails(&["--check-hash-based-pycs", "often"], 2, &["must be one of 'default', 'always', or 'never'"]);
    fails(&["--check-hash-based-pycs"], 2, &["Argument expected for the --check-hash-based-pycs option"]);
}

/// Whatever byte of the code is wrong, wherever it ends: the source is compiled again. CPython trusts its files.
#[test]
fn damaged_code_files_are_made_anew() {
    let main = r#"import sys, marshal, importlib
import m
with open(m.__cached__, 'rb') as f:
    good = f.read()
count = 0
def check(bad):
    global count
    with open(m.__cached__, 'wb') as f:
        f.write(bad)
    del sys.modules['m']
    new = importlib.import_module('m')
    assert (new.f(2), new.C.y) == ([3, 'q', 2.5], 10**30), bad
    with open(m.__cached__, 'rb') as f:
        assert f.read() == good
    count += 1
for i in range(17, len(good)):
    check(good[:i] + bytes([good[i] ^ 0x41]) + good[i + 1:])
    if i % 7 == 0:
        check(good[:i])
# Another build's code, in a file that looks right.
assert good[16] & 0x7f == ord('c')
check(good[:21] + bytes(8) + good[29:])
print(count > 300)
"#;
    let module = "def f(a, *, b=(1, 'q', 2.5)):\n    return [a + 1, *(x for x in b[1:])]\nclass C:\n    y = 10**30\n";
    let folder = folder("damaged_code", &[("main.py", main), ("m.py", module)]);
    let outcome = caching(&folder, &["main.py"], &[]);
    assert_eq!((outcome.stdout.as_str(), outcome.end), ("True\n", End::Exited(0)), "{}", outcome.stderr);
}

/// A close that asks what is below, which asks what is below, ... aborted at the end of the native stack. (CPython takes minutes.)
/// Daemon threads that write into full pipes hold their streams for ever.
#[test]
fn streams_that_daemon_threads_hold_do_not_hold_up_the_end() {
    let program = r#"
import os, threading, time
def fill(f):
    f.write(bytes(1 << 20))
kept = []
for _ in range(20):
    r, w = os.pipe()
    kept.append((r, open(w, "wb")))
    threading.Thread(target=fill, args=(kept[-1][1],), daemon=True).start()
time.sleep(0.2)
print("end")
"#;
    prints(&["-c", program], "end\n");
}

#[test]
fn streams_over_streams_end_in_recursion_errors() {
    let program = r#"
import io, sys, threading
sys.unraisablehook = lambda u: None
threading.stack_size(128 * 1024)
def work(kind, make):
    stream, n = io.BytesIO(b"x"), 0
    try:
        while n < 5000:
            stream, n = make(stream), n + 1
    except RecursionError:
        pass
    ended = []
    for method in ("fileno", "flush", "close"):
        try:
            getattr(stream, method)()
        except RecursionError:
            ended.append(method)
        except OSError:
            pass
    print(kind, n < 5000, "close" in ended)
for kind, make in [("TextIOWrapper", lambda b: io.TextIOWrapper(b, "utf-8")), ("BufferedWriter", io.BufferedWriter)]:
    t = threading.Thread(target=work, args=(kind, make))
    t.start()
    t.join()
"#;
    prints(&["-c", program], "TextIOWrapper True True\nBufferedWriter True True\n");
}
