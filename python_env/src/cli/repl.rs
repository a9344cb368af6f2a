//! The interactive prompt: with line editing and history on a terminal, plain otherwise.

use std::io::{BufRead, Write};

use engine::interp::{self, CompileMode};
use engine::prelude::*;
use engine_code::CodeFlags;
use engine_compiler::CompileFlags;
use modules_system::{hooks, import, sys};
use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;

use super::run::is_terminal;

/// What came from the user.
enum Line {
    Text(String),
    Interrupt,
    End,
}

/// Where lines come from.
enum Input {
    Editor(Box<DefaultEditor>, Option<std::path::PathBuf>),
    Plain,
}

impl Input {
    fn new() -> Input {
        if !(is_terminal(0) && is_terminal(1)) {
            return Input::Plain;
        }
        let Ok(mut editor) = DefaultEditor::new() else { return Input::Plain };
        let history = std::env::var_os("PYTHON_HISTORY").map(Into::into).or_else(|| {
            let home = std::env::var_os("HOME")?;
            Some(std::path::Path::new(&home).join(".protopython_history"))
        });
        if let Some(path) = &history {
            // A missing file is a first start.
            let _ = editor.load_history(path);
        }
        Input::Editor(Box::new(editor), history)
    }

    fn read(&mut self, cx: &mut Ctx, prompt: &str) -> Line {
        match self {
            Input::Editor(editor, history) => match cx.blocking(|| editor.readline(prompt)) {
                Ok(text) => {
                    let _ = editor.add_history_entry(&text);
                    if let Some(path) = history {
                        let _ = editor.save_history(path);
                    }
                    Line::Text(text + "\n")
                }
                Err(ReadlineError::Interrupted) => Line::Interrupt,
                Err(_) => Line::End,
            },
            Input::Plain => {
                let _ = write!(std::io::stderr(), "{prompt}");
                let mut text = String::new();
                match cx.blocking(|| std::io::stdin().lock().read_line(&mut text)) {
                    Ok(0) | Err(_) => Line::End,
                    Ok(_) => Line::Text(text),
                }
            }
        }
    }
}

fn prompt(cx: &mut Ctx, name: &str, default: &str) -> String {
    match hooks::sys_attr(cx, name) {
        Some(v) => protocol::str_lossy(cx, v),
        None => default.to_string(),
    }
}

/// Reads, runs and shows until the end of the input. `after`: a program ran before, so nothing is announced.
pub fn run(cx: &mut Ctx, after: bool) -> PyResult<i32> {
    let config = sys::config::get();
    if config.flags.quiet == 0 && !after {
        let version = sys::info::VERSION_TEXT;
        eprintln!(
            "Python {version} on {}\nType \"help\", \"copyright\", \"credits\" or \"license\" for more information.",
            sys::info::PLATFORM
        );
    }
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
    let mut input = Input::new();
    let mut source = String::new();
    // Future statements stay in force.
    let mut future = CodeFlags::default();
    loop {
        if hooks::flush(cx, "stdout").is_err() {
            cx.pending = Value::EMPTY;
        }
        let text = if source.is_empty() { prompt(cx, "ps1", ">>> ") } else { prompt(cx, "ps2", "... ") };
        match input.read(cx, &text) {
            Line::Text(line) => source.push_str(&line),
            Line::Interrupt => {
                hooks::write_stderr(cx, "\nKeyboardInterrupt\n");
                source.clear();
                continue;
            }
            Line::End if source.is_empty() => {
                if matches!(input, Input::Editor(..)) || is_terminal(0) {
                    eprintln!();
                }
                return Ok(0);
            }
            Line::End => source.push('\n'),
        }
        if !finished(&source, future) {
            continue;
        }
        let statement = std::mem::take(&mut source);
        if let Err(r) = execute(cx, &statement, globals, &mut future) {
            let exc = cx.take(r);
            if engine::exceptions::is_exc(cx, exc, Exc::SystemExit) {
                return Err(cx.restore(exc));
            }
            hooks::uncaught(cx, exc);
        }
    }
}

/// Whether the text is a whole statement: blocks end with an empty line.
fn finished(source: &str, future: CodeFlags) -> bool {
    let mut lines = source.lines();
    let first = lines.next().unwrap_or_default();
    let last = source.lines().last().unwrap_or_default();
    let flags = CompileFlags {
        future_annotations: future.has(CodeFlags::FUTURE_ANNOTATIONS),
        future_barry: future.has(CodeFlags::FUTURE_BARRY_AS_BDFL),
        ..CompileFlags::default()
    };
    match engine_compiler::is_complete(source, flags) {
        Ok(false) => last.trim().is_empty() && source.lines().count() > 1 && is_compound(first),
        Ok(true) => !is_compound(first) || last.trim().is_empty(),
        // A mistake is reported at once.
        Err(_) => true,
    }
}

/// Whether a first line opens a block.
fn is_compound(first: &str) -> bool {
    let code = first.split('#').next().unwrap_or_default().trim_end();
    code.ends_with(':') || code.starts_with('@')
}

fn execute(cx: &mut Ctx, source: &str, globals: Dict, future: &mut CodeFlags) -> Res<()> {
    let code = interp::compile_source(cx, source, "<stdin>", CompileMode::Single, future.0, false, -1)?;
    if let Some(code) = engine::code_rt::object::runtime_code(cx, code) {
        let kept = CodeFlags::FUTURE_ANNOTATIONS.0 | CodeFlags::FUTURE_BARRY_AS_BDFL.0;
        *future |= CodeFlags(code.code.flags.0 & kept);
    }
    // The traceback module finds the statement's lines.
    let register = protocol::import_attr(cx, "linecache", "_register_code")?;
    let (text, name) = (Str::new(cx, source), Str::new(cx, "<stdin>"));
    protocol::call(cx, register, &[code, text, name])?;
    interp::exec_code(cx, code, globals.value(), Value::EMPTY, Value::EMPTY)?;
    cx.poll()
}

#[cfg(test)]
mod tests {
    use engine_code::CodeFlags;

    fn finished(source: &str) -> bool {
        super::finished(source, CodeFlags::default())
    }

    #[test]
    fn blocks_end_with_an_empty_line() {
        assert!(finished("x = 1\n"));
        assert!(!finished("if x:\n"));
        assert!(!finished("if x:\n  y\n"));
        assert!(finished("if x:\n  y\n\n"));
        assert!(!finished("f(1,\n"));
        assert!(finished("f(1,\n2)\n"));
        assert!(finished("x ==== 2\n"));
        assert!(!finished("@d\n"));
    }
}
