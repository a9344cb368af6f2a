//! The interactive prompt, on a pseudo terminal and on pipes.
//!
//! `PROTOPYTHON_BIN=.../python3.14` runs the same tests on CPython.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use protopython_tests::process::{End, Outcome, run};
use protopython_tests::terminal::Terminal;
use protopython_tests::{binary, scripts};

const UP: &str = "\x1bOA";
const LEFT: &str = "\x1bOD";

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(binary::protopython().expect("the interpreter builds"));
    command.args(arguments);
    scripts::isolate(&mut command, "0");
    command.env("TERM", "xterm").env_remove("PYTHON_BASIC_REPL").env_remove("PYTHONINSPECT");
    command
}

/// A folder of its own for each test.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("prompt").join(name);
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    folder
}

/// A prompt with a history of its own, ready for keys.
fn prompt(name: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Terminal {
    let history = folder(name).join("history");
    let _ = std::fs::remove_file(&history);
    let mut command = command(&[&["-q"], arguments].concat());
    command.env("PYTHON_HISTORY", &history).env("HOME", folder(name));
    for (name, value) in variables {
        match *value {
            "" => command.env_remove(name),
            value => command.env(name, value),
        };
    }
    let mut terminal = Terminal::start(&mut command).expect("a terminal");
    terminal.expect(">>> ");
    terminal
}

/// Ends a prompt with Ctrl-D.
fn leave(mut terminal: Terminal) -> String {
    terminal.settle("> ");
    terminal.send("\x04");
    let (code, text) = terminal.finish();
    assert_eq!(code, Some(0), "{text}");
    text
}

fn piped(arguments: &[&str], input: &str) -> Outcome {
    run(&mut command(arguments), input.as_bytes(), Duration::from_secs(60)).expect("the interpreter starts")
}

#[test]
fn blanks_and_comments_are_nothing() {
    let mut t = prompt("blanks", &[], &[]);
    for line in ["\r", "   \r", "# comment\r", "x = 3 # comment\r"] {
        t.type_and_expect(line, ">>> ");
    }
    t.type_and_expect("x * 14\r", "\n42\n");
    assert!(!leave(t).contains("Error"));
}

#[test]
fn blocks_are_indented_and_come_back_whole() {
    let mut t = prompt("blocks", &[], &[]);
    t.type_and_expect("def f(x):\r", "...     ");
    t.type_and_expect("if x:\r", "...         ");
    t.type_and_expect("return 'yes'\r\r\r", ">>> ");
    t.type_and_expect("f(1)\r", "'yes'\n>>> ");
    // Two lines up is the whole definition.
    t.send(UP);
    t.send(UP);
    t.expect("return 'yes'");
    t.type_and_expect("\r\r\r", ">>> ");
    t.type_and_expect("print(f.__name__ * 3)\r", "\nfff\n");
    leave(t);
}

#[test]
fn pasted_statements_run_one_after_the_other() {
    let mut t = prompt("paste", &[], &[]);
    t.send("\x1b[200~a = 20\rfor i in range(3):\r    a += i\r\r    a += i\rprint('sum', a)\r\x1b[201~");
    t.expect("print('sum', a)");
    t.type_and_expect("\r", "\nsum 26\n");
    leave(t);
}

#[test]
fn tab_completes() {
    let mut t = prompt("completion", &[], &[]);
    t.type_and_expect("import sys\r", ">>> ");
    t.type_and_expect("sys.getrecursionl\t", "sys.getrecursionlimit(");
    t.type_and_expect(" > 3\r", "True");
    t.type_and_expect("import collec\t", "collections");
    t.type_and_expect("\r", ">>> ");
    t.type_and_expect("collections.__name__\r", "'collections'");
    leave(t);
}

#[test]
fn lines_are_edited() {
    let mut t = prompt("editing", &[], &[]);
    t.type_and_expect("12", "12");
    t.type_and_expect(&format!("{LEFT}3 + 1000 * \r"), "\n2013\n");
    t.type_and_expect("_ + 1\r", "\n2014\n");
    leave(t);
}

#[test]
fn history_is_kept_in_a_file() {
    let mut t = prompt("history", &[], &[]);
    t.type_and_expect("remembered = 1\r", ">>> ");
    t.type_and_expect("if 1:\r", "... ");
    t.type_and_expect("2 + 2\r\r", "\n4\n");
    leave(t);
    let file = folder("history").join("history");
    let text = std::fs::read_to_string(&file).expect("a history");
    assert!(text.contains("remembered = 1\n") && text.contains("if 1:\r\n    2 + 2\r\n"), "{text:?}");
}

#[test]
fn bare_words_work() {
    // Not the machine's pager, which may wait for a key.
    let mut t = prompt("words", &[], &[("MANPAGER", "cat")]);
    t.type_and_expect("copyright\r", "Copyright");
    t.expect(">>> ");
    t.send("exit\r");
    let (code, text) = t.finish();
    assert_eq!(code, Some(0), "{text}");
    let mut t = prompt("words", &[], &[]);
    t.send("raise SystemExit(7)\r");
    assert_eq!(t.finish().0, Some(7));
}

#[test]
fn ctrl_c_gives_up_a_line_and_stops_a_loop() {
    let mut t = prompt("interrupt", &[], &[]);
    t.type_and_expect("1 +", "1 +");
    t.type_and_expect("\x03", "KeyboardInterrupt");
    t.expect(">>> ");
    t.type_and_expect("while True: pass\r\r", "\n");
    t.type_and_expect("import time; print('st' + 'ill')\r", "");
    std::thread::sleep(Duration::from_millis(300));
    t.type_and_expect("\x03", "KeyboardInterrupt");
    t.expect(">>> ");
    t.type_and_expect("print('al' + 'ive')\r", "alive");
    leave(t);
}

#[test]
fn colours_come_and_go() {
    let t = prompt("colours", &[], &[("NO_COLOR", "")]);
    assert!(t.raw().contains("\x1b[1;35m>>> "), "{:?}", t.raw());
    leave(t);
    let t = prompt("colours", &[], &[]);
    assert!(!t.raw().contains("[1;35m"), "{:?}", t.raw());
    leave(t);
    let mut t = prompt("colours", &[], &[("NO_COLOR", "")]);
    t.type_and_expect("1/0\r", "ZeroDivisionError");
    assert!(t.raw().contains("\x1b[1;35mZeroDivisionError\x1b[0m"), "{:?}", t.raw());
    leave(t);
}

#[test]
fn the_window_changes_its_size() {
    let mut t = prompt("size", &[], &[]);
    t.type_and_expect("import os\r", ">>> ");
    t.resize(30, 120).expect("another size");
    t.type_and_expect("os.get_terminal_size()\r", "columns=120, lines=30");
    leave(t);
}

#[test]
fn prompts_are_objects() {
    let mut t = prompt("objects", &[], &[]);
    t.type_and_expect("import sys\r", ">>> ");
    t.type_and_expect("class P:\r", "... ");
    t.type_and_expect("n = 0\r", "... ");
    t.type_and_expect("def __str__(self): P.n += 1; return f'<{P.n}> '\r\r\r", ">>> ");
    t.type_and_expect("sys.ps1 = P()\r", "<1> ");
    t.type_and_expect("1\r", "<2> ");
    leave(t);
}

#[test]
fn hooks_show_what_they_like() {
    let mut t = prompt("hooks", &[], &[]);
    t.type_and_expect("import sys\r", ">>> ");
    t.type_and_expect("sys.displayhook = lambda v: print('shown', v)\r", ">>> ");
    t.type_and_expect("6 * 7\r", "shown 42");
    t.type_and_expect("sys.excepthook = lambda t, v, tb: print('hook', t.__name__)\r", ">>> ");
    t.type_and_expect("1/0\r", "hook ZeroDivisionError");
    leave(t);
}

#[test]
fn a_startup_file_runs_first() {
    let file = folder("startup").join("start.py");
    std::fs::write(&file, "greeting = 'from the file'\nprint('started')\n").expect("a file");
    let file = file.to_str().expect("a plain path");
    let mut t = prompt("startup", &[], &[("PYTHONSTARTUP", file)]);
    assert!(t.text().contains("started"), "{}", t.text());
    t.type_and_expect("greeting\r", "'from the file'");
    t.type_and_expect("'__file__' in globals()\r", "False");
    leave(t);
    let t = prompt("startup", &["-E"], &[("PYTHONSTARTUP", file)]);
    assert!(!t.text().contains("started"), "{}", t.text());
}

#[test]
fn a_prompt_follows_a_program() {
    let mut t = prompt("after", &["-i", "-c", "left = 'over'; 1/0"], &[]);
    assert!(t.text().contains("ZeroDivisionError"), "{}", t.text());
    t.type_and_expect("left\r", "'over'");
    leave(t);
    let asked = "import os; os.environ['PYTHONINSPECT'] = '1'; kept = 'here'";
    let mut t = prompt("after", &["-c", asked], &[]);
    t.type_and_expect("kept\r", "'here'");
    leave(t);
}

#[test]
fn poor_terminals_get_the_plain_prompt() {
    for (variables, warned) in [([("TERM", "dumb")], true), ([("PYTHON_BASIC_REPL", "1")], false)] {
        let mut t = prompt("plain", &[], &variables);
        t.type_and_expect("\r", ">>> ");
        t.type_and_expect("if 1: print('once')\r", "... ");
        t.type_and_expect("\r", "once");
        t.expect(">>> ");
        t.type_and_expect("1 +\x03", "KeyboardInterrupt");
        t.expect(">>> ");
        t.type_and_expect("6 * 7\r", "42");
        t.send("exit()\r");
        let (code, text) = t.finish();
        assert_eq!((code, text.contains("can't use pyrepl")), (Some(0), warned), "{text}");
    }
}

#[test]
fn asyncio_has_a_prompt() {
    let mut t = prompt("asyncio", &["-m", "asyncio"], &[]);
    t.expect(">>> ");
    t.type_and_expect("await asyncio.sleep(0, 'slept')\r", "'slept'");
    t.expect(">>> ");
    t.type_and_expect("async def f(): return 6 * 7\r\r", ">>> ");
    t.type_and_expect("await f()\r", "\n42\n");
    leave(t);
}

#[test]
fn code_has_a_prompt() {
    let mut t = prompt("code", &["-m", "code"], &[]);
    t.type_and_expect("6 * 7\r", "42");
    leave(t);
}

#[test]
fn input_is_edited_once_readline_is_imported() {
    let program = "import readline\nprint('>>> ')\nprint(repr(input('name? ')))\n";
    let mut t = prompt("input", &["-c", program], &[]);
    t.expect("name? ");
    t.type_and_expect(&format!("abd{LEFT}c\r"), "'abcd'");
    assert_eq!(t.finish().0, Some(0));
}

/// Programs that drive others look for the prompt once, for what they typed as they typed it, and for lines of output.
#[test]
fn edited_lines_read_like_text() {
    let program = "import readline\nprint('>>> ')\nprint('got', repr(input('name? ')))\nprint('next')\n";
    let mut t = prompt("transcript", &["-c", program], &[]);
    t.expect("name? ");
    for key in ["h", "e", "l", "l", "o"] {
        t.send(key);
    }
    t.settle("hello");
    t.type_and_expect("\r", "next");
    let code = t.raw();
    assert_eq!(t.finish().0, Some(0));
    assert_eq!(code.matches("name? ").count(), 1, "{code:?}");
    assert!(code.contains("\r\ngot 'hello'\r\n"), "{code:?}");
}

/// The terminal makes a zero byte of an end of file that it has got before keys are read one by one.
#[test]
fn early_end_of_input_ends_it() {
    let program = "import readline, time\nprint('>>> ', flush=True)\ntime.sleep(1)\n\
                   try: input('? ')\nexcept EOFError: print('ended')\n";
    let mut t = prompt("early", &["-c", program], &[]);
    t.send("\x04");
    t.expect("ended");
    assert_eq!(t.finish().0, Some(0));
}

#[test]
fn readline_has_a_history_and_completes() {
    let file = folder("readline").join("lines");
    let program = format!(
        "import readline, os\n\
         for line in ['first', 'second']: readline.add_history(line)\n\
         print(readline.get_current_history_length(), readline.get_history_item(1))\n\
         readline.remove_history_item(0)\n\
         readline.write_history_file({0:?})\n\
         readline.append_history_file(1, {0:?})\n\
         print(open({0:?}).read().split())\n\
         readline.clear_history(); readline.read_history_file({0:?})\n\
         print(readline.get_current_history_length())\n\
         readline.set_completer(lambda text, n: [text + 'pleted'][n] if n < 1 else None)\n\
         readline.parse_and_bind('tab: complete')\n\
         print('>>> ')\n\
         print(repr(input('? ')))\n",
        file.to_str().expect("a plain path")
    );
    let mut t = prompt("readline", &["-c", &program], &[]);
    let before = "2 first\n['second', 'second']\n2\n";
    assert!(t.text().contains(before), "{}", t.text());
    t.expect("? ");
    t.type_and_expect("com\t", "completed");
    t.type_and_expect("\r", "'completed");
    assert_eq!(t.finish().0, Some(0));
}

#[test]
fn the_debugger_edits_lines() {
    let program = "def f(x):\n    breakpoint()\n    return x\nprint('>>> ')\nf(41)\n";
    let file = folder("pdb").join("prog.py");
    std::fs::write(&file, program).expect("a file");
    let mut t = prompt("pdb", &[file.to_str().expect("a plain path")], &[]);
    t.expect("(Pdb) ");
    t.type_and_expect(&format!("p x + 2{LEFT}\x7f1\r"), "53");
    t.type_and_expect("c\r", "");
    assert_eq!(t.finish().0, Some(0));
}

#[test]
fn pipes_get_the_plain_prompt() {
    let lines =
        "x = 1\nif x:\n  print('in', x)\n\n# comment\n\nclass A: pass\n\nA.__name__\n1/0\nx = '''\ntext'''\nx\n";
    let outcome = piped(&["-i", "-q"], lines);
    assert_eq!(outcome.stdout, "in 1\n'A'\n'\\ntext'\n", "{}", outcome.stderr);
    assert!(outcome.stderr.starts_with(">>> >>> ... ... >>> >>> >>> ... >>> >>> Traceback"), "{}", outcome.stderr);
    assert!(outcome.stderr.ends_with(">>> ... >>> >>> \n"), "{}", outcome.stderr);
    assert_eq!(outcome.end, End::Exited(0));
}

#[test]
fn pipes_end_in_the_middle() {
    let outcome = piped(&["-i", "-q"], "for i in 1, 2:\n  i");
    assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), ("1\n2\n", ">>> ... ... \n>>> \n"));
    let outcome = piped(&["-i", "-q"], "x ==== 2\n1\n");
    assert_eq!(outcome.stdout, "1\n");
    assert!(outcome.stderr.contains("SyntaxError: invalid syntax"), "{}", outcome.stderr);
    assert_eq!(piped(&["-i", "-q"], "import sys\nsys.exit(3)\n1\n").end, End::Exited(3));
}

#[test]
fn what_is_announced() {
    let outcome = piped(&["-i"], "");
    assert!(
        outcome.stderr.starts_with("Python 3.14") && outcome.stderr.contains("Type \"help\""),
        "{}",
        outcome.stderr
    );
    assert_eq!(piped(&["-i", "-q"], "").stderr, ">>> \n");
    assert!(!piped(&["-i", "-S"], "").stderr.contains("Type \"help\""));
    // A future statement stays in force.
    let outcome = piped(&["-i", "-q"], "from __future__ import barry_as_FLUFL\n1 <> 2\n");
    assert_eq!(outcome.stdout, "True\n", "{}", outcome.stderr);
}
