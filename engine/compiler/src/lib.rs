//! The compiler: Python 3.14 source text to [`engine_code::Code`].
//!
//! ruff's parser makes the tree; [`symbols_build`] and [`symbols_resolve`] find out what each name means; the code generator
//! ([`codegen`] and the modules named after what they compile) emits instructions with labels; [`assemble`] makes the code
//! object. Nothing here knows the heap, so build scripts can use it.

#![forbid(unsafe_code)]

mod annotations;
mod assemble;
mod call;
mod checks;
mod class;
mod codegen;
mod comprehension;
mod errors;
mod expr;
pub mod extras;
mod field_errors;
pub mod flufl;
mod fold;
mod fstring;
mod function;
mod grammar;
mod lexcheck;
mod lexstrings;
mod literal;
mod parse_errors;
mod parsed;
mod pattern;
mod source;
mod stmt;
mod symbols_build;
mod symbols_expr;
mod symbols_resolve;
pub mod symbols_view;
mod symtable;
pub mod tree;
mod tree_find;
mod try_with;
mod unit;
mod unparse;

use std::sync::Arc;

use engine_code::Code;
use ruff_python_ast::{Mod, PythonVersion, Stmt};
use ruff_python_parser::ParseOptions;

pub use errors::ErrorKind;
pub use parsed::Parsed;
use source::Source;

/// What this build's compiler and instruction set are, as a number: another one means that code compiled by another build
/// may differ in form or meaning.
pub const FINGERPRINT: u64 = number(env!("PROTOPYTHON_CODE_FINGERPRINT").as_bytes());

const fn number(digits: &[u8]) -> u64 {
    let (mut n, mut i) = (0u64, 0);
    while i < digits.len() {
        n = n.wrapping_mul(10).wrapping_add((digits[i] - b'0') as u64);
        i += 1;
    }
    n
}

/// What kind of source is compiled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Statements of a module.
    Exec,
    /// One expression; running the code returns its value.
    Eval,
    /// One interactive statement; values of expression statements are displayed.
    Single,
}

/// Options of a compilation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct CompileFlags {
    /// `-O` level: 1 drops assertions, 2 docstrings as well.
    pub optimize: u8,
    /// `from __future__ import annotations` is in force from the start.
    pub future_annotations: bool,
    /// `from __future__ import barry_as_FLUFL` is in force from the start.
    pub future_barry: bool,
    /// `await` is allowed at the top level (`ast.PyCF_ALLOW_TOP_LEVEL_AWAIT`).
    pub top_level_await: bool,
    /// The end of interactive input does not end a block (`codeop.PyCF_DONT_IMPLY_DEDENT`).
    pub dont_imply_dedent: bool,
}

/// Why source could not be compiled.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SyntaxError {
    /// The exception's class.
    pub kind: ErrorKind,
    /// CPython's message.
    pub msg: String,
    /// Line, from 1; 0 if there is no position.
    pub line: u32,
    /// Column in characters, from 1.
    pub col: u32,
    /// Last line.
    pub end_line: u32,
    /// Column after the last character; 0 or -1 where CPython gives those (the end is unknown).
    pub end_col: i32,
    /// The source line, for errors found while parsing.
    pub text: Option<String>,
    /// More input could make the source valid (interactive prompt).
    pub incomplete: bool,
    /// Warnings about what stands before the error.
    pub warnings: Vec<Warning>,
    /// Of errors of the grammar: line and column in bytes of the last compound statement before, zeros if there is none.
    pub statement: Option<(u32, u32)>,
}

/// A `SyntaxWarning`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Warning {
    /// CPython's message.
    pub message: String,
    /// Line, from 1.
    pub line: u32,
    /// What is raised when warnings are errors.
    pub as_error: SyntaxError,
}

impl Warning {
    /// A warning about `range`. Those of the tokenizer show their line when they become errors.
    fn new(source: &Source<'_>, message: String, range: ruff_text_size::TextRange, of_tokenizer: bool) -> Warning {
        let text = message.replace(" Such sequences will not work in the future.", "");
        let error = errors::Error::syntax(text, range);
        let mut as_error =
            if of_tokenizer { parse_errors::locate_chars(source, error) } else { parse_errors::locate(source, error) };
        if of_tokenizer {
            as_error.text = Some(format!("{}\n", source.line_text(as_error.line).trim_end_matches('\n')));
        }
        Warning { message, line: as_error.line, as_error }
    }
}

/// Compiles source text. The caller has decoded it; a byte order mark is gone.
pub fn compile(source: &str, filename: &str, mode: Mode, flags: CompileFlags) -> Result<Arc<Code>, SyntaxError> {
    compile_with_warnings(source, filename, mode, flags).map(|(code, _)| code)
}

/// Compiles source text; also returns the `SyntaxWarning`s to be issued, in order.
pub fn compile_with_warnings(
    source: &str,
    filename: &str,
    mode: Mode,
    flags: CompileFlags,
) -> Result<(Arc<Code>, Vec<Warning>), SyntaxError> {
    // Small stacks (threads) get a larger one for the passes' own recursion.
    crate::symbols_build::on_stack(512 * 1024, 8 * 1024 * 1024, || {
        let text = flufl::translate(normalize(source)?, filename, flags.future_barry)?;
        let compiled = compile_text(&text, filename, mode, flags);
        if mode == Mode::Exec { compiled } else { compiled.map_err(|e| as_no_module(e, &text)) }
    })
}

/// An error in what is no module.
fn as_no_module(error: SyntaxError, text: &str) -> SyntaxError {
    match parse_errors::nothing_there(text) {
        Some(found) => SyntaxError { statement: error.statement, ..found },
        None => parse_errors::without_added_end(error, text),
    }
}

/// Whether interactive input is finished: `Ok(true)` if it compiles, `Ok(false)` if more lines are needed (an open
/// bracket, string or block), else the error.
pub fn is_complete(source: &str, flags: CompileFlags) -> Result<bool, SyntaxError> {
    match compile(source, "<stdin>", Mode::Single, flags) {
        Ok(_) => Ok(!block_is_open(source)),
        Err(e) if e.incomplete => Ok(false),
        Err(e) => Err(e),
    }
}

/// A compound statement at the prompt ends with an empty line.
fn block_is_open(source: &str) -> bool {
    let body = source.strip_suffix('\n').unwrap_or(source);
    match body.rsplit_once('\n') {
        Some((_, last)) => last.starts_with([' ', '\t']) && !last.trim().is_empty(),
        None => false,
    }
}

/// A compound statement at the prompt that the end of the text ends instead of a line.
fn open_at_end(text: &str, tree: &Mod, flags: CompileFlags) -> Option<SyntaxError> {
    let Mod::Module(module) = tree else { return None };
    let compound = is_compound(module.body.last()?);
    let last = text.lines().last()?;
    let indented = last.starts_with([' ', '\t']);
    if !compound || text.ends_with('\n') || (indented && !flags.dont_imply_dedent) {
        return None;
    }
    let line = text.lines().count() as u32;
    Some(SyntaxError {
        kind: ErrorKind::Syntax,
        msg: "invalid syntax".into(),
        line,
        col: 0,
        end_line: line,
        end_col: 0,
        text: Some(last.into()),
        incomplete: true,
        warnings: Vec::new(),
        statement: None,
    })
}

fn is_compound(statement: &Stmt) -> bool {
    matches!(
        statement,
        Stmt::FunctionDef(_)
            | Stmt::ClassDef(_)
            | Stmt::If(_)
            | Stmt::For(_)
            | Stmt::While(_)
            | Stmt::With(_)
            | Stmt::Try(_)
            | Stmt::Match(_)
    )
}

/// `single` reads one line of simple statements and looks at what follows only to refuse it.
fn more_than_single(source: &Source<'_>) -> Option<SyntaxError> {
    let (error, end) = parse_errors::after_single(source)?;
    let first = Source::new(source.text.get(..end)?, &source.filename);
    let parsed = parse(&first, Mode::Single).ok()?;
    let Mod::Module(module) = parsed.syntax() else { return None };
    let simple = module.body.last().is_some_and(|statement| !is_compound(statement));
    simple.then_some(error)
}

fn normalize(source: &str) -> Result<std::borrow::Cow<'_, str>, SyntaxError> {
    if source.contains('\0') {
        return Err(SyntaxError {
            kind: ErrorKind::Syntax,
            msg: "source code string cannot contain null bytes".into(),
            line: 0,
            col: 0,
            end_line: 0,
            end_col: 0,
            text: None,
            incomplete: false,
            warnings: Vec::new(),
            statement: None,
        });
    }
    if source.contains('\r') {
        return Ok(source.replace("\r\n", "\n").replace('\r', "\n").into());
    }
    Ok(source.into())
}

/// Parses, with CPython's errors.
pub(crate) fn parse(source: &Source<'_>, mode: Mode) -> Result<Parsed, SyntaxError> {
    if let Some(error) = parse_errors::check_tokens(source) {
        return Err(error);
    }
    let options = match mode {
        Mode::Eval => ParseOptions::from(ruff_python_parser::Mode::Expression),
        _ => ParseOptions::from(ruff_python_parser::Mode::Module),
    }
    .with_target_version(PythonVersion::PY314);
    // Leading blanks do not matter to `eval`.
    let parsed = parse_tree(source.text, options);
    if let Some(mut error) = parse_errors::translate(source, &parsed) {
        error.warnings = checks::token_warnings(source, parsed.tokens());
        let place = (error.line, error.col);
        error.warnings.retain(|w| (w.line, w.as_error.col) < place);
        forget_if_deep(parsed);
        return Err(error);
    }
    Ok(parsed)
}

fn compile_text(
    text: &str,
    filename: &str,
    mode: Mode,
    flags: CompileFlags,
) -> Result<(Arc<Code>, Vec<Warning>), SyntaxError> {
    let source = Source::new(text, filename);
    if mode == Mode::Single
        && let Some(error) = more_than_single(&source)
    {
        return Err(error);
    }
    let parsed = parse(&source, mode)?;
    if mode == Mode::Eval
        && let Some(error) = parse_errors::indented_end(&source)
    {
        return Err(error);
    }
    if mode == Mode::Single
        && let Some(error) = open_at_end(text, parsed.syntax(), flags)
    {
        return Err(error);
    }
    let mut warnings = checks::token_warnings(&source, parsed.tokens());
    let result = compile_tree(&source, parsed.syntax(), mode, flags);
    match result {
        Ok((code, more)) => {
            for warning in more {
                // Bodies of `finally` are compiled more than once.
                if !warnings.contains(&warning) {
                    warnings.push(warning);
                }
            }
            Ok((code, warnings))
        }
        Err(e) => {
            if e.kind == ErrorKind::Recursion {
                // Dropping a tree this deep could exhaust the stack.
                std::mem::forget(parsed);
            }
            if mode == Mode::Single && e.msg == "invalid syntax" {
                return Err(parse_errors::located_with_text(&source, e, false));
            }
            Err(parse_errors::locate(&source, e))
        }
    }
}

/// What the tokens of a text that parses are warned of.
pub fn token_warnings(text: &str, filename: &str, parsed: &Parsed) -> Vec<Warning> {
    checks::token_warnings(&Source::new(text, filename), parsed.tokens())
}

/// What CPython's tokenizer refuses though it could be parsed: nesting beyond its limits, which keep the parser's stack small.
pub fn check_nesting(text: &str, filename: &str) -> Result<(), SyntaxError> {
    parse_errors::check_tokens(&Source::new(text, filename)).map_or(Ok(()), Err)
}

/// ruff's tree, errors included. Its nesting has been checked.
pub fn parse_tree(text: &str, options: ParseOptions) -> Parsed {
    /// Native stack for one `lambda` in the default value of another, where the parser does not see to its stack itself.
    const LAMBDA: usize = 8 << 10;
    let lambdas = memchr::memmem::find_iter(text.as_bytes(), b"lambda").count();
    if lambdas < 100 {
        return Parsed::read(text, options);
    }
    crate::symbols_build::on_stack(lambdas * LAMBDA, lambdas * LAMBDA, || Parsed::read(text, options))
}

/// Drops a tree that was not compiled, which may be of any depth; dropping it recurses.
pub fn discard(parsed: Parsed) {
    crate::symbols_build::on_stack(8 << 20, 16 << 20, || forget_if_deep(parsed));
}

fn forget_if_deep(parsed: Parsed) {
    if is_deep(parsed.syntax()) {
        std::mem::forget(parsed);
    }
}

/// Whether a tree is nested deeper than is compiled.
pub(crate) fn is_deep(tree: &Mod) -> bool {
    let symbols = match tree {
        Mod::Module(m) => symbols_build::build(&m.body, symbols_build::Options::default()),
        Mod::Expression(e) => symbols_build::build_expression(&e.body, symbols_build::Options::default()),
    };
    symbols.is_err_and(|e| e.kind == ErrorKind::Recursion)
}

fn compile_tree(
    source: &Source<'_>,
    tree: &Mod,
    mode: Mode,
    flags: CompileFlags,
) -> errors::Result<(Arc<Code>, Vec<Warning>)> {
    let options =
        symbols_build::Options { top_level_await: flags.top_level_await, future_annotations: flags.future_annotations };
    match tree {
        Mod::Module(module) => {
            if mode == Mode::Single && source.tree.is_none() {
                checks::check_single(source, &module.body)?;
            }
            let table = symbols_build::build(&module.body, options)?;
            let mut compiler = codegen::Compiler::new(source, &table, flags, mode);
            for (message, range) in &table.warnings {
                compiler.warn(message.as_str(), *range);
            }
            let code = compiler.module(&module.body)?;
            Ok((code, std::mem::take(&mut compiler.warnings)))
        }
        Mod::Expression(expression) => {
            let table = symbols_build::build_expression(&expression.body, options)?;
            let mut compiler = codegen::Compiler::new(source, &table, flags, mode);
            let code = compiler.expression(&expression.body)?;
            Ok((code, std::mem::take(&mut compiler.warnings)))
        }
    }
}
