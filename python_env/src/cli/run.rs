//! Running a program in `__main__`, and the end of the process.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use engine::exceptions::syntax;
use engine::interp::{self, CompileMode};
use engine::prelude::*;
use modules_system::{atexit, convert, hooks, import, lifecycle, os::signals, sys};

use super::args::{Options, Program};
use super::repl;
use crate::boot;

/// The signal of Ctrl-C.
const SIGINT: i32 = 2;

/// How a run ended.
enum End {
    Status(i32),
    /// By Ctrl-C: the process is to die by the signal, so that a shell sees it.
    Interrupted,
}

/// Runs the program and gives its exit status.
pub fn run(options: Options) -> i32 {
    let (mut cx, started) = boot::boot(options.config.clone());
    if let Some(word) = &cx.rt.space.config().unknown_word {
        eprintln!(
            "protopython: PROTOPYTHON_DEBUG has the word '{word}', which means nothing (README.md and CONTRIBUTING.md list the words)"
        );
        return 2;
    }
    let cx = &mut *cx;
    let r = started.and_then(|()| program(cx, &options));
    let mut end = ended(cx, r);
    if repl_follows(&options) {
        let r = repl::run_after(cx);
        end = ended(cx, r);
    }
    end = finish(cx, end);
    match end {
        End::Status(status) => status,
        End::Interrupted => signals::die_by(SIGINT),
    }
}

/// Whether a prompt follows the program, as `-i` or a variable that the program itself may have set demands.
fn repl_follows(options: &Options) -> bool {
    let is_prompt = matches!(options.program, Program::Stdin) && (options.interactive || is_terminal(0));
    !is_prompt && (options.interactive || (repl::wanted_at_end() && is_terminal(0)))
}

/// The status that a result means; an exception is reported.
fn ended(cx: &mut Ctx, r: PyResult<i32>) -> End {
    match r {
        Ok(status) => End::Status(status),
        Err(r) => {
            let exc = cx.take(r);
            report(cx, exc)
        }
    }
}

/// Reports an exception that ended a program.
fn report(cx: &mut Ctx, exc: Value) -> End {
    if engine::exceptions::is_exc(cx, exc, Exc::SystemExit) {
        return End::Status(exit_status(cx, exc));
    }
    hooks::uncaught(cx, exc);
    if engine::exceptions::is_exc(cx, exc, Exc::KeyboardInterrupt) { End::Interrupted } else { End::Status(1) }
}

/// The status of a SystemExit; a message goes to standard error.
pub fn exit_status(cx: &mut Ctx, exc: Value) -> i32 {
    let code = match protocol::getattr_opt(cx, exc, cx.names.code) {
        Ok(v) => v.unwrap_or(Value::NONE),
        Err(r) => {
            cx.clear(r);
            Value::NONE
        }
    };
    if code == Value::NONE {
        return 0;
    }
    if int::is_sub(cx, code) {
        let n = objects::base_value(cx, code);
        return int::to_i64(n).map_or(-1, |n| n as i32);
    }
    let _ = hooks::flush(cx, "stdout").map_err(|r| cx.clear(r));
    match protocol::str(cx, code) {
        // As it is: what text cannot be encoded as is the stream's to say.
        Ok(text) => hooks::write_stderr_value(cx, text),
        Err(r) => cx.clear(r),
    }
    hooks::write_stderr(cx, "\n");
    1
}

/// Sets up `__main__` and runs what the options say.
fn program(cx: &mut Ctx, options: &Options) -> PyResult<i32> {
    let main = cx.new_empty_module("__main__", "");
    import::add(cx, "__main__", main);
    let Some(globals) = module_dict(main) else { return Ok(1) };
    if let Some(builtins) = import::loaded(cx, "builtins") {
        // Other modules have the namespace alone.
        globals.set_str(cx, cx.names.__builtins__, builtins);
    }
    types_text::codec::check_names(options.config.flags.dev_mode);
    set_loader(cx, globals, "", None)?;
    if options.config.faulthandler {
        let enable = protocol::import_attr(cx, "faulthandler", "enable")?;
        protocol::call(cx, enable, &[])?;
    }
    if options.config.flags.no_site == 0 {
        import::import(cx, "site")?;
    }
    if !sys::config::get().warnoptions.is_empty() {
        import::import(cx, "warnings")?;
    }
    let safe = options.config.flags.safe_path;
    match &options.program {
        Program::Command(source) => {
            add_path(cx, b"", safe);
            command(cx, source, globals)
        }
        Program::Module(name) => {
            if !safe {
                let cwd = std::env::current_dir().map(|d| d.as_os_str().as_bytes().to_vec()).unwrap_or_default();
                add_path(cx, &cwd, false);
            }
            module(cx, name, true)
        }
        Program::File(name) => file(cx, name, options, globals),
        Program::Stdin => {
            add_path(cx, b"", safe);
            if options.interactive || is_terminal(0) {
                return repl::run(cx);
            }
            let mut source = Vec::new();
            if let Err(e) = std::io::Read::read_to_end(&mut std::io::stdin(), &mut source) {
                return Err(convert::io_error(cx, &e));
            }
            // The loader stays: no file can be asked again.
            let name = Str::new(cx, "<stdin>");
            globals.set_str(cx, cx.names.__file__, name);
            globals.set_str(cx, cx.names.__cached__, Value::NONE);
            exec_source(cx, &source, "<stdin>", globals)
        }
    }
}

/// Whether a descriptor is a terminal.
pub fn is_terminal(fd: i32) -> bool {
    use std::io::IsTerminal;
    match fd {
        0 => std::io::stdin().is_terminal(),
        1 => std::io::stdout().is_terminal(),
        _ => std::io::stderr().is_terminal(),
    }
}

/// `__main__.__loader__`: that of built-in modules, or an instance of `class` for the file.
fn set_loader(cx: &mut Ctx, globals: Dict, class: &str, file: Option<Value>) -> PyResult {
    let loader = match file {
        None => {
            let bootstrap = import::loaded(cx, "_frozen_importlib").unwrap_or(Value::NONE);
            protocol::getattr(cx, bootstrap, cx.intern(b"BuiltinImporter"))?
        }
        Some(path) => {
            let external = import::loaded(cx, "_frozen_importlib_external").unwrap_or(Value::NONE);
            let class = protocol::getattr(cx, external, cx.intern(class.as_bytes()))?;
            let name = cx.names.__main__;
            protocol::call(cx, class, &[name, path])?
        }
    };
    globals.set_str(cx, cx.names.__loader__, loader);
    Ok(loader)
}

/// Puts a directory in front of `sys.path`.
fn add_path(cx: &mut Ctx, dir: &[u8], safe: bool) {
    if safe {
        return;
    }
    interp::shadow::set_first_path(Path::new(OsStr::from_bytes(dir)));
    if let Some(list) = hooks::sys_attr(cx, "path").and_then(List::of) {
        let dir = convert::fs_decode(cx, dir);
        list.insert(cx, 0, dir);
    }
}

fn command(cx: &mut Ctx, source: &[u8], globals: Dict) -> PyResult<i32> {
    let text = interp::decode_source(cx, source, "<string>")?;
    let text = dedented(&text);
    let code = interp::compile_source(cx, &text, "<string>", CompileMode::Exec, 0, false, -1)?;
    // Tracebacks show its lines (see `hooks::print_exception`).
    let text = Str::new(cx, &text);
    lifecycle::set(cx, "command source", text);
    lifecycle::set(cx, "command code", code);
    interp::exec_code(cx, code, globals.value(), Value::EMPTY, Value::EMPTY)?;
    Ok(0)
}

/// The text without the indentation that all its lines share. Lines of blanks do not count, and lose them.
fn dedented(text: &str) -> String {
    let mut shared: Option<&str> = None;
    for line in text.split('\n').filter(|line| !line.trim_matches([' ', '\t']).is_empty()) {
        let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
        shared = Some(match shared {
            None => indent,
            Some(s) => &s[..s.bytes().zip(indent.bytes()).take_while(|(a, b)| a == b).count()],
        });
    }
    let cut = shared.map_or(0, str::len);
    if cut == 0 {
        return text.to_owned();
    }
    let lines = text.split('\n').map(|l| if l.trim_matches([' ', '\t']).is_empty() { "" } else { &l[cut..] });
    lines.collect::<Vec<_>>().join("\n")
}

/// `runpy._run_module_as_main`.
fn module(cx: &mut Ctx, name: &[u8], set_argv: bool) -> PyResult<i32> {
    let run = protocol::import_attr(cx, "runpy", "_run_module_as_main")?;
    let name = convert::fs_decode(cx, name);
    protocol::call(cx, run, &[name, Value::bool(set_argv)])?;
    Ok(0)
}

fn file(cx: &mut Ctx, name: &[u8], options: &Options, globals: Dict) -> PyResult<i32> {
    let path = Path::new(OsStr::from_bytes(name));
    if path.is_dir() || leads_into_archive(path) {
        let absolute = below_current(path);
        add_path(cx, absolute.as_os_str().as_bytes(), false);
        return module(cx, b"__main__", false);
    }
    let read = std::fs::read(path).or_else(|e| modules_system::library_files::read(name).ok_or(e));
    let mut source = match read {
        Ok(source) => source,
        Err(e) => {
            let absolute = below_current(path);
            let program = options.config.orig_argv.first().cloned().unwrap_or_default();
            let errno = e.raw_os_error().unwrap_or(0);
            let text = format!(
                "{}: can't open file '{}': [Errno {errno}] {}\n",
                String::from_utf8_lossy(&program),
                absolute.display(),
                modules_system::os::user::strerror(errno)
            );
            hooks::write_stderr(cx, &text);
            return Ok(2);
        }
    };
    if options.skip_first_line {
        let end = source.iter().position(|&b| b == b'\n').unwrap_or(source.len());
        source.drain(..end);
    }
    // The script's own directory, behind symbolic links.
    let real = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let dir = real.parent().map(|d| d.as_os_str().as_bytes().to_vec()).unwrap_or_default();
    add_path(cx, &dir, options.config.flags.safe_path);
    let absolute = below_current(path);
    let name = absolute.as_os_str().as_bytes();
    let shown = convert::fs_decode(cx, name);
    globals.set_str(cx, cx.names.__file__, shown);
    globals.set_str(cx, cx.names.__cached__, Value::NONE);
    if name.ends_with(b".pyc") {
        let loader = set_loader(cx, globals, "SourcelessFileLoader", Some(shown))?;
        let main = cx.names.__main__;
        let code = protocol::call_method(cx, loader, cx.intern(b"get_code"), &[main])?;
        interp::exec_code(cx, code, globals.value(), Value::EMPTY, Value::EMPTY)?;
        return Ok(0);
    }
    set_loader(cx, globals, "SourceFileLoader", Some(shown))?;
    exec_source(cx, &source, &String::from_utf8_lossy(name), globals)
}

/// The path below the current folder, its parts as they were written.
fn below_current(path: &Path) -> PathBuf {
    match std::env::current_dir() {
        Ok(dir) if path == Path::new(".") && path.as_os_str().len() == 1 => dir,
        Ok(dir) => dir.join(path),
        Err(_) => path.to_path_buf(),
    }
}

/// Whether a path is an archive, or a folder in one (`pip.whl/pip`).
fn leads_into_archive(path: &Path) -> bool {
    path.ancestors().find(|p| p.symlink_metadata().is_ok()).is_some_and(is_archive)
}

/// Runs a file's text in `__main__`, as that file.
pub fn run_file(cx: &mut Ctx, source: &[u8], name: &[u8], globals: Dict) -> PyResult<i32> {
    let shown = convert::fs_decode(cx, name);
    globals.set_str(cx, cx.names.__file__, shown);
    set_loader(cx, globals, "SourceFileLoader", Some(shown))?;
    exec_source(cx, source, &String::from_utf8_lossy(name), globals)
}

/// Whether a file can be imported from, like a zip archive: then its `__main__` is run.
fn is_archive(path: &Path) -> bool {
    use std::io::{Read, Seek, SeekFrom};
    let Ok(mut file) = std::fs::File::open(path) else { return false };
    // The end record is 22 bytes and a comment of at most 64 KiB.
    let length = file.metadata().map_or(0, |m| if m.is_file() { m.len() } else { 0 });
    if length < 22 {
        return false;
    }
    let mut head = [0; 4];
    if file.read_exact(&mut head).is_ok() && head == *b"PK\x03\x04" {
        return true;
    }
    let tail = length.min(22 + 65_535);
    let mut data = Vec::new();
    let found = file.seek(SeekFrom::End(-(tail as i64))).and_then(|_| file.read_to_end(&mut data)).is_ok();
    found && data.windows(4).any(|w| w == b"PK\x05\x06")
}

fn exec_source(cx: &mut Ctx, source: &[u8], filename: &str, globals: Dict) -> PyResult<i32> {
    if source.contains(&0) {
        // The line is shown as far as it is text.
        let end = source.iter().position(|&b| b == 0).unwrap_or(0);
        let line = source[..end].iter().filter(|&&b| b == b'\n').count();
        let start = source[..end].iter().rposition(|&b| b == b'\n').map_or(0, |i| i + 1);
        let text = Str::new(cx, &String::from_utf8_lossy(&source[start..end]));
        let place = syntax::Place {
            filename: Str::from_text(cx, filename),
            lineno: Value::from_usize(line + 1),
            offset: Value::small(0),
            text,
            end_lineno: Value::EMPTY,
            end_offset: Value::EMPTY,
        };
        let e = syntax::new_syntax_error(cx, Exc::SyntaxError, "source code cannot contain null bytes", &place);
        return Err(cx.restore(e));
    }
    let text = interp::decode_source(cx, source, filename)?;
    let code = interp::compile_source(cx, &text, filename, CompileMode::Exec, interp::FROM_FILE, false, -1)?;
    interp::exec_code(cx, code, globals.value(), Value::EMPTY, Value::EMPTY)?;
    Ok(0)
}

/// The end: waits for threads, calls the exit functions, flushes.
fn finish(cx: &mut Ctx, end: End) -> End {
    let mut end = end;
    if let Some(threading) = import::loaded(cx, "threading") {
        let shutdown = cx.intern(b"_shutdown");
        if let Err(r) = protocol::call_method(cx, threading, shutdown, &[]) {
            let exc = cx.take(r);
            if engine::exceptions::is_exc(cx, exc, Exc::KeyboardInterrupt) {
                end = End::Interrupted;
            }
            hooks::unraisable(cx, exc, "Exception ignored on threading shutdown", threading);
        }
    } else {
        // Threads of `_thread` alone are all daemons, but joinable ones may exist.
        let _ = modules_system::thread::handle::wait_for_all(cx).map_err(|r| cx.clear(r));
    }
    atexit::run(cx);
    for text in engine::watch::finish(cx) {
        hooks::write_stderr(cx, &format!("protopython: {text}\n"));
    }
    modules_system::gc::report(cx);
    modules_system::gc::report_jit(cx);
    let reports = cx.rt.space.reports() + &engine::waits::report() + &engine::races::report();
    if !reports.is_empty() {
        hooks::write_stderr(cx, &reports);
    }
    lifecycle::set_finalizing();
    lifecycle::finalize_all(cx);
    modules_io::flush_dirty(cx);
    if let Err(r) = hooks::flush(cx, "stdout") {
        let exc = cx.take(r);
        hooks::unraisable(cx, exc, "Exception ignored while flushing sys.stdout", Value::NONE);
        end = match end {
            End::Status(0) => End::Status(120),
            other => other,
        };
    }
    if let Err(r) = hooks::flush(cx, "stderr") {
        cx.clear(r);
    }
    end
}
