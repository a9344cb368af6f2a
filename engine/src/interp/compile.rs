//! From source text to code objects.

use std::borrow::Cow;

use engine_code::CodeFlags;
pub use engine_compiler::symbols_view::ScopeView;
use engine_compiler::tree::{Node, TreeError};
use engine_compiler::{CompileFlags, ErrorKind, Mode, SyntaxError, Warning};
use proto_core::sync::lock;
use proto_core::{Lives, Value, memory};
use rustc_hash::FxHashMap;

use crate::code_rt::{RuntimeCode, object};
use crate::ctx::{Ctx, PyResult, Raised};
use crate::exceptions::syntax::{Place, new_syntax_error, set_metadata};
use crate::exceptions::{self, Exc};
use crate::frames;
use crate::objects::{Str, Tuple};

pub use engine_compiler::Mode as CompileMode;

/// Flag of `compile()`: only the syntax tree is wanted.
pub const ONLY_AST: u32 = 0x400;
/// Flag of `compile()`: `await` at the top level.
pub const ALLOW_TOP_LEVEL_AWAIT: u32 = 0x2000;
/// `<>` is written for `!=` from the start (`__future__.barry_as_FLUFL`'s flag).
pub const FUTURE_BARRY: u32 = CodeFlags::FUTURE_BARRY_AS_BDFL.0;
/// Flag of `compile()`: the end of interactive source does not end a block.
pub const DONT_IMPLY_DEDENT: u32 = 0x200;
/// Flag of `compile()`: source that is not finished is told apart from wrong source.
pub const ALLOW_INCOMPLETE_INPUT: u32 = 0x4000;

/// Flag of our own: the source is what the program's file holds, where tracebacks read it again.
pub const FROM_FILE: u32 = 1 << 31;

/// `sys.flags.optimize`, for compilations that do not say otherwise.
static OPTIMIZE: proto_core::sync::AtomicU32 = proto_core::sync::AtomicU32::new(0);

/// Sets what `compile(optimize=-1)` means.
pub fn set_optimize(level: u32) {
    OPTIMIZE.store(level, proto_core::sync::Ordering::Relaxed);
}

/// Compiles source text to a code object. `inherit`: future statements of the running code apply. Raises SyntaxError with its
/// place.
pub fn compile_source(
    cx: &mut Ctx,
    source: &str,
    filename: &str,
    mode: Mode,
    flags: u32,
    inherit: bool,
    optimize: i32,
) -> PyResult {
    room_for_source(cx, source)?;
    let options = options(cx, flags, inherit, optimize);
    match engine_compiler::compile_with_warnings(source, filename, mode, options) {
        Ok((code, warnings)) => {
            issue(cx, filename, source, &warnings)?;
            let code = RuntimeCode::load(cx, code);
            Ok(object::of(cx, code))
        }
        Err(error) => {
            issue(cx, filename, source, &error.warnings)?;
            let exception = syntax_error(cx, filename, source, &error, flags & ALLOW_INCOMPLETE_INPUT != 0);
            let shown = if flags & FROM_FILE != 0 { None } else { Some(source) };
            add_metadata(cx, &exception, &error, shown, mode);
            Err(exception)
        }
    }
}

/// Room for the tree and the code of a source text. What parses and compiles cannot be refused memory, so it is asked for
/// before: what a token takes at most, times the places where one may begin.
///
/// # Errors
/// MemoryError.
pub fn room_for_source(cx: &mut Ctx, source: &str) -> PyResult<()> {
    const SMALL: usize = 32 << 10;
    const TREE: usize = 140;
    const CONSTANT: usize = 40;
    /// Deep nesting goes on on stacks of its own.
    const STACK: usize = 24 << 20;
    if memory::address_limit().is_some() {
        cx.make_room_beside(STACK)?;
    }
    if source.len() < SMALL {
        return Ok(());
    }
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b >= 0x80;
    let (mut starts, mut before) = (0, b' ');
    for &b in source.as_bytes() {
        starts += usize::from(b != b' ' && !(is_word(b) && is_word(before)));
        before = b;
    }
    cx.make_room_for(starts, CONSTANT)?;
    cx.make_room_beside(starts.saturating_mul(TREE).saturating_add(source.len().saturating_mul(4)))
}

/// The text given to `eval` or `exec`. Many programs evaluate the same texts again and again: the code of the last ones is found
/// again, until a global collection finds that nothing else uses it.
pub fn compile_text(cx: &mut Ctx, source: &str, mode: Mode) -> PyResult {
    let options = options(cx, 0, true, -1);
    let key = (mode as u8, options.optimize, options.future_annotations, options.future_barry);
    let known = lock(&cx.rt.texts).get(key, source);
    if let Some(code) = known {
        return Ok(object::of(cx, code));
    }
    room_for_source(cx, source)?;
    let filename = "<string>";
    match engine_compiler::compile_with_warnings(source, filename, mode, options) {
        Ok((code, warnings)) => {
            issue(cx, filename, source, &warnings)?;
            let code = RuntimeCode::load(cx, code);
            if warnings.is_empty() {
                lock(&cx.rt.texts).put(key, source, code);
            }
            Ok(object::of(cx, code))
        }
        Err(error) => {
            issue(cx, filename, source, &error.warnings)?;
            let exception = syntax_error(cx, filename, source, &error, false);
            add_metadata(cx, &exception, &error, Some(source), mode);
            Err(exception)
        }
    }
}

/// Mode, level of optimization, future annotations, future inequality.
type TextKey = (u8, u8, bool, bool);

/// Code of source texts that were evaluated, which this does not keep alive.
#[derive(Default)]
pub struct Texts(FxHashMap<TextKey, FxHashMap<Box<str>, &'static RuntimeCode>>);

impl Texts {
    const LONGEST: usize = 4096;
    const MOST: usize = 1024;

    fn get(&self, key: TextKey, source: &str) -> Option<&'static RuntimeCode> {
        self.0.get(&key)?.get(source).copied()
    }

    /// Forgets code that has died.
    pub(crate) fn retain(&mut self, lives: &Lives) {
        for known in self.0.values_mut() {
            known.retain(|_, code| lives.record(std::ptr::from_ref(*code) as usize));
        }
    }

    fn put(&mut self, key: TextKey, source: &str, code: &'static RuntimeCode) {
        if source.len() > Self::LONGEST {
            return;
        }
        let known = self.0.entry(key).or_default();
        if known.len() >= Self::MOST {
            known.clear();
        }
        known.insert(source.into(), code);
    }
}

/// What `optimize` means: -1 is the program's level.
pub fn optimize_level(optimize: i32) -> u8 {
    if optimize < 0 { OPTIMIZE.load(proto_core::sync::Ordering::Relaxed) as u8 } else { optimize.min(2) as u8 }
}

fn options(cx: &Ctx, flags: u32, inherit: bool, optimize: i32) -> CompileFlags {
    let mut future = CodeFlags(flags);
    if inherit && let Some(frame) = frames::innermost(cx) {
        future |= frame.code().code.flags;
    }
    CompileFlags {
        optimize: optimize_level(optimize),
        future_annotations: future.has(CodeFlags::FUTURE_ANNOTATIONS),
        future_barry: future.has(CodeFlags::FUTURE_BARRY_AS_BDFL),
        top_level_await: flags & ALLOW_TOP_LEVEL_AWAIT != 0,
        dont_imply_dedent: flags & DONT_IMPLY_DEDENT != 0,
    }
}

/// The same for a syntax tree.
pub fn compile_tree(
    cx: &mut Ctx,
    tree: Node,
    filename: &str,
    mode: Mode,
    flags: u32,
    inherit: bool,
    optimize: i32,
) -> PyResult {
    let options = options(cx, flags, inherit, optimize);
    // The file, if the tree has one, shows the line of an error.
    let file = || std::fs::read(filename).map(|text| String::from_utf8_lossy(&text).into_owned()).unwrap_or_default();
    match engine_compiler::tree::compile_tree(tree, filename, mode, options) {
        Ok((code, warnings)) => {
            if !warnings.is_empty() {
                issue(cx, filename, &file(), &warnings)?;
            }
            let code = RuntimeCode::load(cx, code);
            Ok(object::of(cx, code))
        }
        Err(TreeError::Type(text)) => Err(cx.type_error(text)),
        Err(TreeError::Value(text)) => Err(cx.value_error(text)),
        Err(TreeError::System(text)) => Err(cx.raise(Exc::SystemError, text)),
        Err(TreeError::Recursion) => {
            Err(cx.raise(Exc::RecursionError, "maximum recursion depth exceeded during compilation"))
        }
        Err(TreeError::Syntax(error)) => Err(syntax_error(cx, filename, &file(), &error, false)),
    }
}

/// The scopes of a source text with their names. Raises SyntaxError with its place.
pub fn symbols(cx: &mut Ctx, source: &str, filename: &str, mode: Mode) -> PyResult<ScopeView> {
    // The scopes come on top of the tree.
    room_for_source(cx, source)?;
    cx.make_room_beside(source.len().saturating_mul(100))?;
    engine_compiler::symbols_view::symbols(source, filename, mode)
        .map_err(|error| syntax_error(cx, filename, source, &error, false))
}

/// Issues the compiler's warnings through `warnings.warn_explicit`.
pub fn issue(cx: &mut Ctx, filename: &str, source: &str, warnings: &[Warning]) -> PyResult<()> {
    if warnings.is_empty() {
        return Ok(());
    }
    let f = match crate::protocol::import_attr(cx, "warnings", "warn_explicit") {
        Ok(f) => f,
        Err(raised) => {
            cx.clear(raised);
            return Ok(());
        }
    };
    for warning in warnings {
        let message = Str::new(cx, &warning.message);
        let name = Str::from_text(cx, filename);
        let category = cx.types.exc(Exc::SyntaxWarning).value();
        let line = Value::from_usize(warning.line as usize);
        match crate::protocol::call(cx, f, &[message, category, name, line]) {
            Ok(_) => {}
            Err(raised) if cx.matches(&raised, Exc::SyntaxWarning) => {
                cx.clear(raised);
                return Err(syntax_error(cx, filename, source, &warning.as_error, false));
            }
            Err(raised) => return Err(raised),
        }
    }
    Ok(())
}

/// Raises a compiler's error.
fn syntax_error(cx: &mut Ctx, filename: &str, source: &str, error: &SyntaxError, incomplete: bool) -> Raised {
    let class = match error.kind {
        ErrorKind::Syntax | ErrorKind::Indentation if incomplete && error.incomplete => Exc::_IncompleteInputError,
        ErrorKind::Syntax => Exc::SyntaxError,
        ErrorKind::Indentation => Exc::IndentationError,
        ErrorKind::Tab => Exc::TabError,
        ErrorKind::Recursion => return cx.raise(Exc::RecursionError, error.msg.as_str()),
        ErrorKind::Memory => {
            // What the parser used up is free again.
            cx.core().shortage_is_told();
            return cx.raise(Exc::MemoryError, error.msg.as_str());
        }
        ErrorKind::Internal => return cx.raise(Exc::SystemError, error.msg.as_str()),
    };
    let number = |n: u32| if error.line == 0 { Value::EMPTY } else { Value::from_usize(n as usize) };
    let (mut msg, mut line, mut col, mut end_col) = (error.msg.as_str(), error.line, error.col, error.end_col);
    let (mut end_line, mut shown) = (error.end_line, error.text.as_deref().map(Cow::Borrowed));
    if class == Exc::_IncompleteInputError {
        if !msg.starts_with("unterminated") && msg != "unexpected EOF while parsing" {
            // The end of the input is what is wrong.
            line = source.lines().count() as u32;
            end_line = line;
            col = source.split_inclusive('\n').next_back().map_or(0, |last| last.chars().count() as u32);
        }
        shown = source.split_inclusive('\n').nth((line as usize).saturating_sub(1)).map(Cow::Borrowed);
        (msg, end_col) = ("incomplete input", -1);
    }
    if msg == "unexpected EOF while parsing"
        && shown.as_deref() == Some("\\\n")
        && std::path::Path::new(filename).is_file()
    {
        // A file ends behind this line for CPython.
        col = 0;
    }
    let text = match shown {
        Some(text) => Some(text),
        // Errors found after parsing show the line only if it can be read from a file.
        None if error.line > 0 && std::path::Path::new(filename).is_file() => {
            source.lines().nth(error.line as usize - 1).map(|l| Cow::Owned(format!("{l}\n")))
        }
        None => None,
    };
    let place = Place {
        filename: Str::from_text(cx, filename),
        lineno: number(line),
        offset: number(col),
        text: text.map_or(Value::EMPTY, |t| Str::new(cx, &t)),
        end_lineno: number(end_line),
        end_offset: if error.line == 0 { Value::EMPTY } else { Value::small(end_col) },
    };
    let exception = new_syntax_error(cx, class, msg, &place);
    cx.raise_exc(exception)
}

/// Where and in what an error of the grammar was found: tracebacks look there for keywords that were mistyped.
fn add_metadata(cx: &mut Ctx, raised: &Raised, error: &SyntaxError, source: Option<&str>, mode: Mode) {
    let Some((line, column)) = error.statement else { return };
    if !cx.matches(raised, Exc::SyntaxError) {
        return;
    }
    let exception = cx.peek(raised);
    let source = match source {
        Some(text) if mode == Mode::Exec && !text.ends_with('\n') => Str::new(cx, &format!("{text}\n")),
        Some(text) => Str::new(cx, text),
        None => Value::NONE,
    };
    let fields = [Value::from_usize(line as usize), Value::from_usize(column as usize), source];
    let metadata = Tuple::new(cx, &fields);
    set_metadata(cx, exception, metadata);
}

/// How a tree is wanted.
#[derive(Clone, Copy, Debug)]
pub struct TreeWish {
    /// What the text is.
    pub mode: Mode,
    /// The text is the type of a function.
    pub function_type: bool,
    /// Comments that say types are wanted.
    pub type_comments: bool,
    /// The second number of the version whose rules hold, if it is not this one's.
    pub minor: Option<u32>,
    /// The level of an optimized tree.
    pub optimize: Option<u8>,
    /// Flags of `compile()` that say how mistakes are reported.
    pub flags: u32,
}

/// Raises what is wrong with a text of which a tree was wanted.
pub fn raise_syntax_error(cx: &mut Ctx, filename: &str, source: &str, error: &SyntaxError) -> Raised {
    syntax_error(cx, filename, source, error, false)
}

/// Whether `v` is an exception of the given built-in class, for callers outside.
pub fn is_incomplete_input(cx: &Ctx, exception: Value) -> bool {
    exceptions::is_exception(cx, exception) && super::exc::is_exc(cx, exception, Exc::_IncompleteInputError)
}
