//! The interactive prompt. On a terminal it is the library's own (`_pyrepl`), which edits blocks, completes, colours and keeps
//! a history; where there is none, or the terminal can do too little, the plain one here: `sys._baserepl`.

use std::ffi::OsStr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use engine::interp::{self, CompileMode};
use engine::prelude::*;
use engine_code::CodeFlags;
use engine_compiler::CompileFlags;
use modules_system::{convert, hooks, import, sys};

use super::run::{is_terminal, run_file};

/// Adds what the library's prompt falls back to.
pub fn register(cx: &mut Ctx) {
    static BASE: NativeDef =
        NativeDef::new("_baserepl", "($module, /)", base_prompt, "Private function for getting the base REPL");
    let Some(dict) = sys::dict(cx) else { return };
    let module = cx.names.sys;
    let f = cx.new_function(&BASE, module);
    dict.set_str(cx, cx.intern(b"_baserepl"), f);
}

/// A variable of the environment that the program may have changed since it started.
fn variable(name: &str) -> Option<Vec<u8>> {
    if sys::config::get().flags.ignore_environment != 0 {
        return None;
    }
    std::env::var_os(name).map(OsStringExt::into_vec).filter(|v| !v.is_empty())
}

/// Whether the program asked for a prompt at its end.
pub fn wanted_at_end() -> bool {
    variable("PYTHONINSPECT").is_some()
}

/// The prompt as the program itself: announced, after the start-up file.
pub fn run(cx: &mut Ctx) -> PyResult<i32> {
    let config = sys::config::get();
    if config.flags.quiet == 0 {
        announce(cx);
    }
    startup_file(cx)?;
    interactive_hook(cx);
    prompt(cx, false)
}

/// The prompt after a program.
pub fn run_after(cx: &mut Ctx) -> PyResult<i32> {
    interactive_hook(cx);
    prompt(cx, true)
}

/// The words with which the prompt begins.
pub fn announce(cx: &mut Ctx) {
    let flags = &sys::config::get().flags;
    let mut text = format!("Python {} on {}\n", sys::info::VERSION_TEXT, sys::info::PLATFORM);
    if flags.no_site == 0 {
        text.push_str("Type \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n");
    }
    hooks::write_stderr(cx, &text);
}

/// `after`: the library's prompt runs the start-up file itself.
fn prompt(cx: &mut Ctx, after: bool) -> PyResult<i32> {
    if !is_terminal(0) || variable("PYTHON_BASIC_REPL").is_some() {
        return base(cx);
    }
    let console = protocol::import_attr(cx, "_pyrepl.main", "interactive_console")?;
    let main = import::loaded(cx, "__main__").unwrap_or(Value::NONE);
    let keywords = [
        (cx.intern(b"mainmodule"), main),
        (cx.intern(b"pythonstartup"), Value::bool(after && sys::config::get().flags.ignore_environment == 0)),
    ];
    protocol::call_kw(cx, console, &[], &keywords)?;
    Ok(0)
}

/// Runs the file that PYTHONSTARTUP names. Its errors are shown and stop nothing but itself.
fn startup_file(cx: &mut Ctx) -> Res<()> {
    let Some(path) = variable("PYTHONSTARTUP") else { return Ok(()) };
    let main = import::loaded(cx, "__main__").unwrap_or(Value::NONE);
    let Some(globals) = module_dict(main) else { return Ok(()) };
    let shown = convert::fs_decode(cx, &path);
    audit::tell(cx, "cpython.run_startup", &[shown])?;
    let r = match std::fs::read(OsStr::from_bytes(&path)) {
        Ok(source) => run_file(cx, &source, &path, globals).map(|_| ()),
        Err(e) => {
            hooks::write_stderr(cx, "Could not open PYTHONSTARTUP\n");
            Err(cx.os_error(e.raw_os_error().unwrap_or(0), Some(shown)))
        }
    };
    for name in ["__file__", "__cached__"] {
        globals.remove_str(cx, cx.intern(name.as_bytes()));
    }
    show(cx, r)
}

/// Calls what `site` has set up for prompts: completion and history.
fn interactive_hook(cx: &mut Ctx) {
    let Some(hook) = hooks::sys_attr(cx, "__interactivehook__") else { return };
    let r = audit::tell(cx, "cpython.run_interactivehook", &[hook]).and_then(|()| protocol::call(cx, hook, &[]));
    if let Err(r) = r {
        let exc = cx.take(r);
        hooks::write_stderr(cx, "Failed calling sys.__interactivehook__\n");
        hooks::print_exception(cx, exc);
    }
}

/// Reports an exception at the prompt. SystemExit goes on.
fn show(cx: &mut Ctx, r: Res<()>) -> Res<()> {
    let Err(r) = r else { return Ok(()) };
    let exc = cx.take(r);
    if engine::exceptions::is_exc(cx, exc, Exc::SystemExit) {
        return Err(cx.restore(exc));
    }
    hooks::uncaught(cx, exc);
    Ok(())
}

fn base_prompt(cx: &mut Ctx, _args: Args) -> PyResult {
    let status = base(cx)?;
    Ok(Value::small(status))
}

/// What came from the user.
enum Line {
    Text(Vec<u8>),
    Interrupt,
    End,
}

/// Standard input by lines. It has a buffer of its own, like that of the C library beside `sys.stdin`'s.
#[derive(Default)]
struct Input {
    rest: Vec<u8>,
    ended: bool,
}

impl Input {
    fn line(&mut self, cx: &mut Ctx) -> PyResult<Line> {
        loop {
            if let Some(end) = self.rest.iter().position(|&b| b == b'\n') {
                return Ok(Line::Text(self.rest.drain(..=end).collect()));
            }
            if self.ended {
                let last = std::mem::take(&mut self.rest);
                return Ok(if last.is_empty() { Line::End } else { Line::Text(last) });
            }
            // A signal that has come already does not wake who begins to wait.
            if let Err(r) = cx.poll() {
                return interrupted(cx, r);
            }
            let mut buf = [0; 4096];
            match cx.blocking(|| rustix::io::read(rustix::stdio::stdin(), &mut buf)) {
                // A terminal can end a line of input and go on.
                Ok(0) if is_terminal(0) && self.rest.is_empty() => return Ok(Line::End),
                Ok(0) => self.ended = true,
                Ok(n) => self.rest.extend_from_slice(&buf[..n]),
                Err(rustix::io::Errno::INTR) => {
                    if let Err(r) = cx.poll() {
                        self.rest.clear();
                        return interrupted(cx, r);
                    }
                }
                Err(_) => return Ok(Line::End),
            }
        }
    }
}

/// Ctrl-C gives up the statement; what else a signal's handler raises ends the prompt.
fn interrupted(cx: &mut Ctx, r: Raised) -> PyResult<Line> {
    if !cx.matches(&r, Exc::KeyboardInterrupt) {
        return Err(r);
    }
    cx.clear(r);
    Ok(Line::Interrupt)
}

/// `sys.ps1` or `sys.ps2`, which may be objects with a `__str__` of their own.
fn prompt_text(cx: &mut Ctx, name: &str) -> String {
    let Some(v) = hooks::sys_attr(cx, name) else { return String::new() };
    match protocol::str(cx, v) {
        Ok(text) => protocol::text(cx, text).to_string(),
        Err(r) => {
            cx.clear(r);
            String::new()
        }
    }
}

/// Reads, runs and shows until the end of the input.
fn base(cx: &mut Ctx) -> PyResult<i32> {
    if let Some(dict) = sys::dict(cx) {
        for (name, text) in [("ps1", ">>> "), ("ps2", "... ")] {
            let key = cx.intern(name.as_bytes());
            if dict.get_str(key).is_none() {
                let text = Str::new(cx, text);
                dict.set_str(cx, key, text);
            }
        }
    }
    let main = import::loaded(cx, "__main__").unwrap_or(Value::NONE);
    let Some(globals) = module_dict(main) else { return Ok(1) };
    let mut input = Input::default();
    let mut source = Vec::new();
    // Future statements stay in force.
    let mut future = CodeFlags::default();
    loop {
        if let Err(r) = hooks::flush(cx, "stdout") {
            cx.clear(r);
        }
        let text = prompt_text(cx, if source.is_empty() { "ps1" } else { "ps2" });
        hooks::write_stderr(cx, &text);
        // A prompt has no end of line that would make the stream write it.
        if let Err(r) = hooks::flush(cx, "stderr") {
            cx.clear(r);
        }
        match input.line(cx)? {
            Line::Text(line) => source.extend_from_slice(&line),
            Line::Interrupt => {
                hooks::write_stderr(cx, "\nKeyboardInterrupt\n");
                source.clear();
                continue;
            }
            Line::End if source.is_empty() => {
                hooks::write_stderr(cx, "\n");
                return Ok(0);
            }
            Line::End => {
                hooks::write_stderr(cx, "\n");
                let statement = std::mem::take(&mut source);
                let r = execute(cx, &statement, globals, &mut future);
                show(cx, r)?;
                continue;
            }
        }
        if is_blank(&source) {
            source.clear();
            continue;
        }
        // The end of the input is asked for where the last line has no end.
        if !source.ends_with(b"\n") || !finished(&source, future) {
            continue;
        }
        let statement = std::mem::take(&mut source);
        let r = execute(cx, &statement, globals, &mut future);
        show(cx, r)?;
    }
}

/// Nothing but blanks or a comment.
fn is_blank(line: &[u8]) -> bool {
    let code = line.trim_ascii();
    code.is_empty() || code.starts_with(b"#")
}

/// Whether the lines are a whole statement, which a block is after an empty line. A mistake is one, to be reported.
fn finished(source: &[u8], future: CodeFlags) -> bool {
    let text = String::from_utf8_lossy(source);
    let body = text.strip_suffix('\n').unwrap_or(&text);
    let flags = CompileFlags {
        future_annotations: future.has(CodeFlags::FUTURE_ANNOTATIONS),
        future_barry: future.has(CodeFlags::FUTURE_BARRY_AS_BDFL),
        dont_imply_dedent: true,
        ..CompileFlags::default()
    };
    let compiles = |text: &str| engine_compiler::compile(text, "<stdin>", CompileMode::Single, flags).map(|_| ());
    match compiles(body) {
        Ok(()) => true,
        Err(e) if e.incomplete => false,
        // What one more line would mend is not finished.
        Err(_) => compiles(&format!("{body}\n")).is_err_and(|e| !e.incomplete),
    }
}

fn execute(cx: &mut Ctx, source: &[u8], globals: Dict, future: &mut CodeFlags) -> Res<()> {
    let text = interp::decode_source(cx, source, "<stdin>")?;
    let code = match interp::compile_source(cx, &text, "<stdin>", CompileMode::Single, future.0, false, -1) {
        Ok(code) => code,
        Err(r) => {
            if cx.matches(&r, Exc::SyntaxError) {
                let exception = cx.peek(&r);
                engine::exceptions::syntax::add_text(cx, exception, &text);
            }
            return Err(r);
        }
    };
    if let Some(code) = engine::code_rt::object::runtime_code(cx, code) {
        let kept = CodeFlags::FUTURE_ANNOTATIONS.0 | CodeFlags::FUTURE_BARRY_AS_BDFL.0;
        *future |= CodeFlags(code.code.flags.0 & kept);
    }
    // The traceback module finds the statement's lines.
    let register = protocol::import_attr(cx, "linecache", "_register_code")?;
    let (text, name) = (Str::new(cx, &text), Str::new(cx, "<stdin>"));
    protocol::call(cx, register, &[code, text, name])?;
    interp::exec_code(cx, code, globals.value(), Value::EMPTY, Value::EMPTY)?;
    cx.poll()
}

#[cfg(test)]
mod tests {
    use engine_code::CodeFlags;

    fn finished(source: &str) -> bool {
        super::finished(source.as_bytes(), CodeFlags::default())
    }

    #[test]
    fn blocks_end_with_an_empty_line() {
        assert!(finished("x = 1\n"));
        assert!(!finished("if x:\n"));
        assert!(!finished("if x:\n  y\n"));
        assert!(finished("if x:\n  y\n\n"));
        assert!(!finished("if x: y\n"));
        assert!(!finished("class A: pass\n"));
        assert!(finished("class A: pass\n\n"));
        assert!(!finished("f(1,\n"));
        assert!(finished("f(1,\n2)\n"));
        assert!(finished("x ==== 2\n"));
        assert!(!finished("@d\n"));
        assert!(!finished("x = \"\"\"\n"));
        assert!(finished("x = \"\"\"\n\"\"\"\n"));
    }

    #[test]
    fn blanks_and_comments_are_nothing() {
        assert!(super::is_blank(b"\n") && super::is_blank(b"  # x\n") && !super::is_blank(b"x # y\n"));
    }
}
