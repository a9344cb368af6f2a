//! Code objects: what the compiler makes and the interpreter runs. Heap-free and immutable, so any thread may share them.

use std::fmt;
use std::sync::Arc;

/// A set of `CO_*` bits with CPython's values.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct CodeFlags(pub u32);

impl CodeFlags {
    /// Locals live in registers (function-like code); otherwise register 0 is the namespace.
    pub const OPTIMIZED: CodeFlags = CodeFlags(0x1);
    /// A call makes new locals.
    pub const NEWLOCALS: CodeFlags = CodeFlags(0x2);
    /// Has `*args`.
    pub const VARARGS: CodeFlags = CodeFlags(0x4);
    /// Has `**kwargs`.
    pub const VARKEYWORDS: CodeFlags = CodeFlags(0x8);
    /// Defined inside a function.
    pub const NESTED: CodeFlags = CodeFlags(0x10);
    /// A generator.
    pub const GENERATOR: CodeFlags = CodeFlags(0x20);
    /// A coroutine.
    pub const COROUTINE: CodeFlags = CodeFlags(0x80);
    /// A generator marked by `types.coroutine`.
    pub const ITERABLE_COROUTINE: CodeFlags = CodeFlags(0x100);
    /// An async generator.
    pub const ASYNC_GENERATOR: CodeFlags = CodeFlags(0x200);
    /// `from __future__ import barry_as_FLUFL`.
    pub const FUTURE_BARRY_AS_BDFL: CodeFlags = CodeFlags(0x40_0000);
    /// `from __future__ import generator_stop`.
    pub const FUTURE_GENERATOR_STOP: CodeFlags = CodeFlags(0x80_0000);
    /// `from __future__ import annotations`.
    pub const FUTURE_ANNOTATIONS: CodeFlags = CodeFlags(0x100_0000);
    /// `consts[0]` is the docstring.
    pub const HAS_DOCSTRING: CodeFlags = CodeFlags(0x400_0000);
    /// Defined in a class body.
    pub const METHOD: CodeFlags = CodeFlags(0x800_0000);

    /// Whether all bits of `other` are set.
    pub const fn has(self, other: CodeFlags) -> bool {
        self.0 & other.0 == other.0
    }
    /// Union.
    pub const fn or(self, other: CodeFlags) -> CodeFlags {
        CodeFlags(self.0 | other.0)
    }
    /// Whether calling it makes a generator, coroutine or async generator.
    pub const fn is_generator_like(self) -> bool {
        self.0 & (Self::GENERATOR.0 | Self::COROUTINE.0 | Self::ASYNC_GENERATOR.0) != 0
    }
}

impl std::ops::BitOr for CodeFlags {
    type Output = CodeFlags;
    fn bitor(self, other: CodeFlags) -> CodeFlags {
        self.or(other)
    }
}

impl std::ops::BitOrAssign for CodeFlags {
    fn bitor_assign(&mut self, other: CodeFlags) {
        *self = self.or(other);
    }
}

/// A constant string: generalized UTF-8, which may encode lone surrogates.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Wtf8(pub Arc<[u8]>);

impl Wtf8 {
    /// The text, unless it holds lone surrogates.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }
    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<&str> for Wtf8 {
    fn from(text: &str) -> Wtf8 {
        Wtf8(Arc::from(text.as_bytes()))
    }
}

impl fmt::Debug for Wtf8 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(&self.0))
    }
}

/// An entry of a code object's constants.
#[derive(Clone, Debug)]
pub enum Const {
    /// `None`
    None,
    /// `True`
    True,
    /// `False`
    False,
    /// `...`
    Ellipsis,
    /// An int of 64 bits.
    Int(i64),
    /// A larger int.
    BigInt {
        /// The sign.
        negative: bool,
        /// The magnitude, little-endian, without leading zeros at the end.
        magnitude: Arc<[u8]>,
    },
    /// A float.
    Float(f64),
    /// A complex number.
    Complex(f64, f64),
    /// A string.
    Str(Wtf8),
    /// Bytes.
    Bytes(Arc<[u8]>),
    /// A tuple of constants.
    Tuple(Arc<[Const]>),
    /// A frozenset of constants (of a membership test).
    FrozenSet(Arc<[Const]>),
    /// A slice of constants: start, stop, step.
    Slice(Arc<[Const; 3]>),
    /// The code of an inner function.
    Code(Arc<Code>),
}

impl PartialEq for Const {
    /// Same type and indistinguishable value: `0.0` differs from `-0.0`, `1` from `True`.
    fn eq(&self, other: &Const) -> bool {
        use Const::*;
        match (self, other) {
            (None, None) | (True, True) | (False, False) | (Ellipsis, Ellipsis) => true,
            (Int(a), Int(b)) => a == b,
            (BigInt { negative: a, magnitude: m }, BigInt { negative: b, magnitude: n }) => a == b && m == n,
            (Float(a), Float(b)) => a.to_bits() == b.to_bits(),
            (Complex(a, b), Complex(c, d)) => a.to_bits() == c.to_bits() && b.to_bits() == d.to_bits(),
            (Str(a), Str(b)) => a == b,
            (Bytes(a), Bytes(b)) => a == b,
            (Tuple(a), Tuple(b)) | (FrozenSet(a), FrozenSet(b)) => a == b,
            (Slice(a), Slice(b)) => a == b,
            (Code(a), Code(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}

impl Eq for Const {}

impl std::hash::Hash for Const {
    fn hash<H: std::hash::Hasher>(&self, h: &mut H) {
        use Const::*;
        std::mem::discriminant(self).hash(h);
        match self {
            None | True | False | Ellipsis => {}
            Int(n) => n.hash(h),
            BigInt { negative, magnitude } => (negative, magnitude).hash(h),
            Float(x) => x.to_bits().hash(h),
            Complex(x, y) => (x.to_bits(), y.to_bits()).hash(h),
            Str(s) => s.hash(h),
            Bytes(b) => b.hash(h),
            Tuple(t) | FrozenSet(t) => t.hash(h),
            Slice(t) => t.hash(h),
            Code(c) => Arc::as_ptr(c).hash(h),
        }
    }
}

/// An entry of the exception table: an exception raised in `start..end` goes to `r[reg]`, execution to `target`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Handler {
    /// First word covered.
    pub start: u32,
    /// First word no longer covered.
    pub end: u32,
    /// Word index of the handler.
    pub target: u32,
    /// Register that receives the exception.
    pub reg: u16,
}

/// A compiled module, class body, function, ...
#[derive(Clone)]
pub struct Code {
    /// `co_name`
    pub name: Arc<str>,
    /// `co_qualname`
    pub qualname: Arc<str>,
    /// `co_filename`
    pub filename: Arc<str>,
    /// `co_firstlineno`
    pub firstlineno: u32,
    /// `co_flags`
    pub flags: CodeFlags,
    /// Positional parameters, positional-only ones included.
    pub argcount: u16,
    /// Positional-only parameters.
    pub posonlyargcount: u16,
    /// Keyword-only parameters.
    pub kwonlyargcount: u16,
    /// Registers that are named locals: positional, keyword-only, `*args`, `**kwargs`, then the others (see
    /// [`Code::gathers`] for very many parameters). In code without `OPTIMIZED` register 0 is the namespace (named `.namespace`), passed by whoever runs the code.
    pub nlocals: u16,
    /// From this register on the named locals are variables of inlined comprehensions, which `locals()` does not show.
    pub hidden_from: u16,
    /// Size of the register window; every register operand, with its whole span, is below it.
    pub nregs: u16,
    /// Names of the `nlocals` registers.
    pub varnames: Box<[Arc<str>]>,
    /// Cell variables and their registers.
    pub cellvars: Box<[(Arc<str>, u16)]>,
    /// Free variables, in the closure's order.
    pub freevars: Box<[Arc<str>]>,
    /// Names of the locals in the array of `make_big`; usually empty.
    pub big_locals: Box<[Arc<str>]>,
    /// The register of that array (meaningless if there is none).
    pub big_register: u16,
    /// Constants.
    pub consts: Box<[Const]>,
    /// Names of attributes, globals, ...
    pub names: Box<[Arc<str>]>,
    /// The instructions.
    pub instrs: Box<[u32]>,
    /// Exception table, innermost first: the first entry that covers the word counts.
    pub exceptions: Box<[Handler]>,
    /// Source positions.
    pub positions: PositionTable,
}

impl Code {
    /// Number of arguments' registers: positional, keyword-only, `*args`, `**kwargs`.
    pub fn arg_registers(&self) -> u16 {
        self.argcount
            + self.kwonlyargcount
            + self.flags.has(CodeFlags::VARARGS) as u16
            + self.flags.has(CodeFlags::VARKEYWORDS) as u16
    }

    /// Whether the parameters are so many that a call's arguments move from the window to the array of locals first: named
    /// registers then are others, and the names of the parameters are the first of `big_locals`.
    pub fn gathers(&self) -> bool {
        self.arg_registers() > self.nlocals
    }

    /// Names that begin with those of the parameters, in the order in which a call binds them.
    pub fn parameters(&self) -> &[Arc<str>] {
        if self.gathers() { &self.big_locals } else { &self.varnames }
    }

    /// The handler of an exception raised at this word.
    pub fn handler_at(&self, word: u32) -> Option<&Handler> {
        self.exceptions.iter().find(|h| h.start <= word && word < h.end)
    }

    /// The docstring, if it has one.
    pub fn docstring(&self) -> Option<&Const> {
        if self.flags.has(CodeFlags::HAS_DOCSTRING) { self.consts.first() } else { None }
    }
}

/// The code under another file name, with what is inside it and has the same one as it.
pub fn renamed(code: &Code, filename: &Arc<str>) -> Arc<Code> {
    let inner = |value: &Const| match value {
        Const::Code(child) if child.filename == code.filename => Const::Code(renamed(child, filename)),
        value => value.clone(),
    };
    let consts = code.consts.iter().map(inner).collect();
    Arc::new(Code { filename: filename.clone(), consts, ..code.clone() })
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<code {} at {}:{}>", self.qualname, self.filename, self.firstlineno)
    }
}

/// A source range: lines from 1, columns in UTF-8 bytes from 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Position {
    /// First line, 0 if there is none (synthetic instruction).
    pub line: u32,
    /// Last line.
    pub end_line: u32,
    /// Column of the first character in the first line.
    pub col: u32,
    /// Column after the last character in the last line.
    pub end_col: u32,
}

/// Positions of all instructions: runs of `(words, position)`, as variable-length numbers.
///
/// A run is: number of words; then zigzag of the line's difference to the previous run's line, `end_line - line`, `col`,
/// `end_col`. A position without line is written as line 0.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct PositionTable(pub Box<[u8]>);

impl PositionTable {
    /// Encodes runs of words with the same position.
    pub fn encode(runs: impl IntoIterator<Item = (u32, Position)>) -> PositionTable {
        let mut out = Vec::new();
        let mut line = 0u32;
        let mut pending: Option<(u32, Position)> = None;
        let mut flush = |run: (u32, Position)| {
            let (words, p) = run;
            put(&mut out, words);
            let delta = p.line as i64 - line as i64;
            put(&mut out, ((delta << 1) ^ (delta >> 63)) as u32);
            put(&mut out, p.end_line.saturating_sub(p.line));
            put(&mut out, p.col);
            put(&mut out, p.end_col);
            line = p.line;
        };
        for (words, position) in runs {
            match &mut pending {
                Some((n, last)) if *last == position => *n += words,
                _ => {
                    if let Some(run) = pending.take() {
                        flush(run);
                    }
                    pending = Some((words, position));
                }
            }
        }
        if let Some(run) = pending {
            flush(run);
        }
        PositionTable(out.into_boxed_slice())
    }

    /// The runs, in order. Stops at malformed data.
    pub fn runs(&self) -> Runs<'_> {
        Runs { bytes: &self.0, line: 0 }
    }

    /// Position of the instruction that covers this word.
    pub fn at(&self, word: u32) -> Option<Position> {
        let mut end = 0u32;
        for (words, position) in self.runs() {
            end = end.checked_add(words)?;
            if word < end {
                return (position.line != 0).then_some(position);
            }
        }
        None
    }

    /// Line of the instruction that covers this word.
    pub fn line_at(&self, word: u32) -> Option<u32> {
        self.at(word).map(|p| p.line)
    }
}

/// The lines of a [`PositionTable`], for who asks again and again: each run of words with the same line, by where it ends.
pub struct LineIndex(Box<[(u32, u32)]>);

impl LineIndex {
    /// Decodes the lines of a table.
    pub fn new(positions: &PositionTable) -> LineIndex {
        let mut runs: Vec<(u32, u32)> = Vec::new();
        let mut end = 0u32;
        for (words, position) in positions.runs() {
            let Some(next) = end.checked_add(words) else { break };
            end = next;
            match runs.last_mut() {
                Some(last) if last.1 == position.line => last.0 = end,
                _ => runs.push((end, position.line)),
            }
        }
        LineIndex(runs.into())
    }

    /// As [`PositionTable::line_at`].
    pub fn line_at(&self, word: u32) -> Option<u32> {
        let (_, line) = self.0.get(self.0.partition_point(|run| run.0 <= word))?;
        (*line != 0).then_some(*line)
    }
}

impl fmt::Debug for PositionTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.runs()).finish()
    }
}

/// Iterator over the runs of a [`PositionTable`].
pub struct Runs<'a> {
    bytes: &'a [u8],
    line: u32,
}

impl Iterator for Runs<'_> {
    type Item = (u32, Position);
    fn next(&mut self) -> Option<(u32, Position)> {
        let words = take(&mut self.bytes)?;
        let zigzag = take(&mut self.bytes)?;
        let delta = (zigzag >> 1) as i32 ^ -((zigzag & 1) as i32);
        self.line = self.line.wrapping_add_signed(delta);
        let lines = take(&mut self.bytes)?;
        let col = take(&mut self.bytes)?;
        let end_col = take(&mut self.bytes)?;
        Some((words, Position { line: self.line, end_line: self.line.wrapping_add(lines), col, end_col }))
    }
}

fn put(out: &mut Vec<u8>, mut n: u32) {
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

fn take(bytes: &mut &[u8]) -> Option<u32> {
    let mut n = 0u32;
    let mut shift = 0;
    loop {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        n |= ((byte & 0x7F) as u32).checked_shl(shift)?;
        if byte < 0x80 {
            return Some(n);
        }
        shift += 7;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_of_lines_says_what_the_table_says() {
        let position = |line, col| Position { line, end_line: line, col, end_col: col };
        let runs =
            [(1, position(3, 0)), (2, position(3, 4)), (4, position(0, 0)), (1, position(2, 1)), (3, position(9, 1))];
        let table = PositionTable::encode(runs);
        let index = LineIndex::new(&table);
        let lines: Vec<_> = (0..12).map(|word| index.line_at(word)).collect();
        assert_eq!(lines, (0..12).map(|word| table.line_at(word)).collect::<Vec<_>>());
        assert_eq!(lines[0..4], [Some(3), Some(3), Some(3), None]);
        assert_eq!(lines[10..], [Some(9), None]);
        assert_eq!(LineIndex::new(&PositionTable::default()).line_at(0), None);
    }
}
