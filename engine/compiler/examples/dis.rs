//! Prints the bytecode of Python files, or checks that they compile (`--check`).

use std::process::ExitCode;

use engine_compiler::{CompileFlags, Mode, compile_with_warnings};

fn main() -> ExitCode {
    let mut check = false;
    let mut failed = false;
    for path in std::env::args().skip(1) {
        if path == "--check" {
            check = true;
            continue;
        }
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(e) => {
                eprintln!("{path}: {e}");
                failed = true;
                continue;
            }
        };
        let text = String::from_utf8_lossy(&bytes);
        match compile_with_warnings(&text, &path, Mode::Exec, CompileFlags::default()) {
            Err(e) => {
                failed = true;
                println!("{path}:{}:{}: {:?}: {} {:?}", e.line, e.col, e.kind, e.msg, e.text);
            }
            Ok((code, warnings)) => {
                for w in warnings {
                    println!("{path}:{}: SyntaxWarning: {}", w.line, w.message);
                }
                if !check {
                    print!("{}", engine_code::dis(&code));
                }
                if let Err(e) = engine_code::verify(&code) {
                    failed = true;
                    println!("{path}: {e}");
                }
            }
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
