//! Images: compiled modules as bytes, decoded one module at a time straight from a mapped file or embedded data.
//!
//! ```text
//! magic "PPIM", version u32, number of modules u32, checksum of the index u64
//! index: per module, sorted by name: name, is_package, offset and length of its blob, checksum of the blob
//! blobs: string table, then the module's code object
//! ```
//!
//! Numbers inside are variable-length unless noted. Bad bytes give an [`ImageError`], never a panic; code of unknown origin
//! is to be loaded with [`Image::load_verified`].

use std::fmt;
use std::sync::Arc;

use crate::code::{Code, CodeFlags, Const, Handler, PositionTable, Wtf8};
use crate::opcodes::OP_COUNT;
use crate::verify::{VerifyError, verify};

const MAGIC: &[u8; 4] = b"PPIM";
/// Format version; the number of opcodes stands for the instruction set's.
const VERSION: u32 = 3 << 16 | OP_COUNT as u32;
const HEADER: usize = 20;
/// Nesting of constants and code that is read or written.
const MAX_DEPTH: u32 = 200;

/// Why an image could not be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ImageError {
    /// Not an image, or of another version.
    NotAnImage,
    /// A checksum does not match.
    Checksum,
    /// The bytes make no sense.
    Malformed(&'static str),
    /// The code does not verify.
    Invalid(VerifyError),
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ImageError::NotAnImage => f.write_str("not an image of this version"),
            ImageError::Checksum => f.write_str("image is damaged (checksum)"),
            ImageError::Malformed(what) => write!(f, "malformed image: {what}"),
            ImageError::Invalid(e) => e.fmt(f),
        }
    }
}

impl std::error::Error for ImageError {}

type Result<T> = std::result::Result<T, ImageError>;

/// An opened image.
#[derive(Clone, Debug)]
pub struct Image {
    bytes: &'static [u8],
    modules: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    name: &'static str,
    is_package: bool,
    start: usize,
    end: usize,
    checksum: u64,
}

/// A module of an image.
#[derive(Clone, Debug)]
pub struct Module {
    /// Whether it is a package (its code is that of `__init__`).
    pub is_package: bool,
    /// Its code.
    pub code: Arc<Code>,
}

impl Image {
    /// Reads the header and the index.
    pub fn open(bytes: &'static [u8]) -> Result<Image> {
        let header = bytes.get(..HEADER).ok_or(ImageError::NotAnImage)?;
        if &header[..4] != MAGIC || word(&header[4..]) != VERSION {
            return Err(ImageError::NotAnImage);
        }
        let count = word(&header[8..]) as usize;
        let sum = word(&header[12..]) as u64 | (word(&header[16..]) as u64) << 32;
        let mut reader = Reader { bytes: &bytes[HEADER..] };
        let mut modules: Vec<Entry> = Vec::new();
        for _ in 0..count {
            let length = reader.number()?;
            let name = std::str::from_utf8(reader.take(length)?).map_err(|_| ImageError::Malformed("name"))?;
            let is_package = reader.byte()? != 0;
            let (start, length) = (reader.number()?, reader.number()?);
            let checksum = reader.u64()?;
            let end = start.checked_add(length).ok_or(ImageError::Malformed("index"))?;
            if modules.last().is_some_and(|last| last.name >= name) {
                return Err(ImageError::Malformed("index order"));
            }
            modules.push(Entry { name, is_package, start, end, checksum });
        }
        let blobs = bytes.len() - reader.bytes.len();
        if checksum(&bytes[HEADER..blobs]) != sum {
            return Err(ImageError::Checksum);
        }
        for entry in &mut modules {
            // Offsets count from the end of the index.
            entry.start = entry.start.checked_add(blobs).ok_or(ImageError::Malformed("index"))?;
            entry.end = entry.end.checked_add(blobs).ok_or(ImageError::Malformed("index"))?;
            if entry.end > bytes.len() {
                return Err(ImageError::Malformed("truncated"));
            }
        }
        Ok(Image { bytes, modules })
    }

    /// Names of the modules, sorted, with whether they are packages.
    pub fn modules(&self) -> impl Iterator<Item = (&'static str, bool)> + '_ {
        self.modules.iter().map(|e| (e.name, e.is_package))
    }

    /// Whether a module is there, and if so, whether it is a package.
    pub fn find(&self, name: &str) -> Option<bool> {
        self.entry(name).map(|e| e.is_package)
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        let i = self.modules.binary_search_by(|e| e.name.cmp(name)).ok()?;
        Some(&self.modules[i])
    }

    /// Decodes a module of a trusted image (one made by this build). `None` if there is no such module.
    pub fn load(&self, name: &str) -> Option<Result<Module>> {
        let entry = self.entry(name)?;
        let decoded = decode(&self.bytes[entry.start..entry.end]);
        Some(decoded.map(|code| Module { is_package: entry.is_package, code }))
    }

    /// Decodes a module of an image of unknown origin: checks the checksum and verifies the code.
    pub fn load_verified(&self, name: &str) -> Option<Result<Module>> {
        let entry = self.entry(name)?;
        let blob = &self.bytes[entry.start..entry.end];
        if checksum(blob) != entry.checksum {
            return Some(Err(ImageError::Checksum));
        }
        Some(decode_verified(blob).map(|code| Module { is_package: entry.is_package, code }))
    }
}

/// Writes an image of modules: name, whether it is a package, code.
pub fn write_image(modules: &[(&str, bool, Arc<Code>)]) -> Vec<u8> {
    let mut sorted: Vec<_> = modules.iter().collect();
    sorted.sort_by_key(|m| m.0);
    sorted.dedup_by_key(|m| m.0);
    let mut index = Vec::new();
    let mut blobs = Vec::new();
    for (name, is_package, code) in &sorted {
        let blob = encode(code);
        put(&mut index, name.len());
        index.extend_from_slice(name.as_bytes());
        index.push(*is_package as u8);
        put(&mut index, blobs.len());
        put(&mut index, blob.len());
        index.extend_from_slice(&checksum(&blob).to_le_bytes());
        blobs.extend_from_slice(&blob);
    }
    let mut out = MAGIC.to_vec();
    out.extend_from_slice(&VERSION.to_le_bytes());
    out.extend_from_slice(&(sorted.len() as u32).to_le_bytes());
    out.extend_from_slice(&checksum(&index).to_le_bytes());
    out.extend_from_slice(&index);
    out.extend_from_slice(&blobs);
    out
}

/// Encodes one code object (also the payload of `marshal` and cached bytecode files).
pub fn encode(code: &Code) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.code(code);
    let mut out = Vec::new();
    put(&mut out, writer.strings.len());
    for text in &writer.strings {
        put(&mut out, text.len());
        out.extend_from_slice(text);
    }
    out.extend_from_slice(&writer.out);
    out
}

/// Decodes trusted bytes of [`encode`].
pub fn decode(blob: &[u8]) -> Result<Arc<Code>> {
    let mut reader = Reader { bytes: blob };
    let count = reader.count(1)?;
    let mut strings = Vec::with_capacity(count);
    for _ in 0..count {
        let length = reader.number()?;
        let bytes = reader.take(length)?;
        strings.push(match std::str::from_utf8(bytes) {
            Ok(text) => Text::Str(Arc::from(text)),
            Err(_) => Text::Wtf8(Arc::from(bytes)),
        });
    }
    let mut decoder = Decoder { reader, strings };
    let code = decoder.code(0)?;
    if !decoder.reader.bytes.is_empty() {
        return Err(ImageError::Malformed("bytes left over"));
    }
    Ok(code)
}

/// Decodes bytes of unknown origin.
pub fn decode_verified(blob: &[u8]) -> Result<Arc<Code>> {
    let code = decode(blob)?;
    verify(&code).map_err(ImageError::Invalid)?;
    Ok(code)
}

fn word(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).enumerate().fold(0, |n, (i, b)| n | (*b as u32) << (8 * i))
}

/// FNV-1a over 8-byte groups: detects damage, nothing more.
pub fn checksum(bytes: &[u8]) -> u64 {
    let step = |h: u64, n: u64| (h ^ n).wrapping_mul(0x0000_0100_0000_01B3).rotate_left(23);
    let mut groups = bytes.chunks_exact(8);
    let mut h = 0xCBF2_9CE4_8422_2325 ^ bytes.len() as u64;
    for group in &mut groups {
        h = step(h, word(group) as u64 | (word(&group[4..]) as u64) << 32);
    }
    groups.remainder().iter().fold(h, |h, &b| step(h, b as u64))
}

fn put(out: &mut Vec<u8>, mut n: usize) {
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

// ---- writing ---------------------------------------------------------------------------------------------------------

#[derive(Default)]
struct Writer {
    out: Vec<u8>,
    strings: Vec<Vec<u8>>,
    index: std::collections::HashMap<Vec<u8>, usize>,
}

// Tags of constants.
const T_NONE: u8 = 0;
const T_TRUE: u8 = 1;
const T_FALSE: u8 = 2;
const T_ELLIPSIS: u8 = 3;
const T_INT: u8 = 4;
const T_BIG_INT: u8 = 5;
const T_FLOAT: u8 = 6;
const T_COMPLEX: u8 = 7;
const T_STR: u8 = 8;
const T_BYTES: u8 = 9;
const T_TUPLE: u8 = 10;
const T_FROZENSET: u8 = 11;
const T_SLICE: u8 = 12;
const T_CODE: u8 = 13;

impl Writer {
    fn number(&mut self, n: usize) {
        put(&mut self.out, n);
    }

    fn string(&mut self, bytes: &[u8]) {
        let i = match self.index.get(bytes) {
            Some(&i) => i,
            None => {
                let i = self.strings.len();
                self.strings.push(bytes.to_vec());
                self.index.insert(bytes.to_vec(), i);
                i
            }
        };
        self.number(i);
    }

    fn names(&mut self, names: &[Arc<str>]) {
        self.number(names.len());
        for name in names {
            self.string(name.as_bytes());
        }
    }

    fn code(&mut self, code: &Code) {
        let Code {
            name,
            qualname,
            filename,
            firstlineno,
            flags,
            argcount,
            posonlyargcount,
            kwonlyargcount,
            nlocals,
            hidden_from,
            nregs,
            varnames,
            cellvars,
            freevars,
            big_locals,
            big_register,
            consts,
            names,
            instrs,
            exceptions,
            positions,
        } = code;
        for text in [name, qualname, filename] {
            self.string(text.as_bytes());
        }
        self.number(*firstlineno as usize);
        self.number(flags.0 as usize);
        let numbers = [argcount, posonlyargcount, kwonlyargcount, nlocals, hidden_from, nregs, big_register];
        for n in numbers {
            self.number(*n as usize);
        }
        self.names(varnames);
        self.number(cellvars.len());
        for (name, reg) in cellvars {
            self.string(name.as_bytes());
            self.number(*reg as usize);
        }
        self.names(freevars);
        self.names(big_locals);
        self.names(names);
        self.constants(consts);
        self.number(instrs.len());
        for word in instrs {
            self.out.extend_from_slice(&word.to_le_bytes());
        }
        self.number(exceptions.len());
        for Handler { start, end, target, reg } in exceptions {
            for n in [*start, *end, *target, *reg as u32] {
                self.number(n as usize);
            }
        }
        self.number(positions.0.len());
        self.out.extend_from_slice(&positions.0);
    }

    fn constants(&mut self, values: &[Const]) {
        self.number(values.len());
        for value in values {
            self.constant(value);
        }
    }

    fn constant(&mut self, value: &Const) {
        let out = &mut self.out;
        match value {
            Const::None => out.push(T_NONE),
            Const::True => out.push(T_TRUE),
            Const::False => out.push(T_FALSE),
            Const::Ellipsis => out.push(T_ELLIPSIS),
            Const::Int(n) => {
                out.push(T_INT);
                out.extend_from_slice(&n.to_le_bytes());
            }
            Const::BigInt { negative, magnitude } => {
                out.extend_from_slice(&[T_BIG_INT, *negative as u8]);
                self.number(magnitude.len());
                self.out.extend_from_slice(magnitude);
            }
            Const::Float(x) => {
                out.push(T_FLOAT);
                out.extend_from_slice(&x.to_bits().to_le_bytes());
            }
            Const::Complex(x, y) => {
                out.push(T_COMPLEX);
                out.extend_from_slice(&x.to_bits().to_le_bytes());
                out.extend_from_slice(&y.to_bits().to_le_bytes());
            }
            Const::Str(s) => {
                out.push(T_STR);
                self.string(&s.0);
            }
            Const::Bytes(b) => {
                out.push(T_BYTES);
                self.number(b.len());
                self.out.extend_from_slice(b);
            }
            Const::Tuple(items) => {
                out.push(T_TUPLE);
                self.constants(items);
            }
            Const::FrozenSet(items) => {
                out.push(T_FROZENSET);
                self.constants(items);
            }
            Const::Slice(items) => {
                out.push(T_SLICE);
                self.constants(&items[..]);
            }
            Const::Code(code) => {
                out.push(T_CODE);
                self.code(code);
            }
        }
    }
}

// ---- reading ---------------------------------------------------------------------------------------------------------

struct Reader<'b> {
    bytes: &'b [u8],
}

impl<'b> Reader<'b> {
    fn take(&mut self, n: usize) -> Result<&'b [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(n).ok_or(ImageError::Malformed("truncated"))?;
        self.bytes = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8> {
        self.take(1).map(|b| b[0])
    }

    fn u64(&mut self) -> Result<u64> {
        let b = self.take(8)?;
        Ok(word(b) as u64 | (word(&b[4..]) as u64) << 32)
    }

    fn number(&mut self) -> Result<usize> {
        let mut n = 0u64;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            n |= ((byte & 0x7F) as u64) << shift;
            if byte < 0x80 {
                return usize::try_from(n).map_err(|_| ImageError::Malformed("number"));
            }
        }
        Err(ImageError::Malformed("number"))
    }

    fn u32(&mut self) -> Result<u32> {
        u32::try_from(self.number()?).map_err(|_| ImageError::Malformed("number"))
    }

    fn u16(&mut self) -> Result<u16> {
        u16::try_from(self.number()?).map_err(|_| ImageError::Malformed("number"))
    }

    /// A number of things that take `size` bytes each at least: never more than there are bytes.
    fn count(&mut self, size: usize) -> Result<usize> {
        let n = self.number()?;
        if n.checked_mul(size).is_none_or(|total| total > self.bytes.len()) {
            return Err(ImageError::Malformed("count"));
        }
        Ok(n)
    }
}

/// An entry of the string table.
enum Text {
    Str(Arc<str>),
    Wtf8(Arc<[u8]>),
}

struct Decoder<'b> {
    reader: Reader<'b>,
    strings: Vec<Text>,
}

impl Decoder<'_> {
    fn name(&mut self) -> Result<Arc<str>> {
        let i = self.reader.number()?;
        match self.strings.get(i) {
            Some(Text::Str(text)) => Ok(text.clone()),
            _ => Err(ImageError::Malformed("name")),
        }
    }

    fn text(&mut self) -> Result<Wtf8> {
        let i = self.reader.number()?;
        match self.strings.get(i) {
            Some(Text::Str(text)) => Ok(Wtf8(Arc::from(text.as_bytes()))),
            Some(Text::Wtf8(bytes)) if is_wtf8(bytes) => Ok(Wtf8(bytes.clone())),
            _ => Err(ImageError::Malformed("string")),
        }
    }

    fn names(&mut self) -> Result<Box<[Arc<str>]>> {
        let n = self.reader.count(1)?;
        (0..n).map(|_| self.name()).collect()
    }

    fn code(&mut self, depth: u32) -> Result<Arc<Code>> {
        if depth > MAX_DEPTH {
            return Err(ImageError::Malformed("nested too deeply"));
        }
        let (name, qualname, filename) = (self.name()?, self.name()?, self.name()?);
        let firstlineno = self.reader.u32()?;
        let flags = CodeFlags(self.reader.u32()?);
        let mut n = [0u16; 7];
        for slot in &mut n {
            *slot = self.reader.u16()?;
        }
        let [argcount, posonlyargcount, kwonlyargcount, nlocals, hidden_from, nregs, big_register] = n;
        let varnames = self.names()?;
        let count = self.reader.count(2)?;
        let cellvars = (0..count).map(|_| Ok((self.name()?, self.reader.u16()?))).collect::<Result<_>>()?;
        let freevars = self.names()?;
        let big_locals = self.names()?;
        let names = self.names()?;
        let consts = self.constants(depth + 1)?.into();
        let count = self.reader.count(4)?;
        let instrs = self.reader.take(count * 4)?.chunks_exact(4).map(word).collect();
        let count = self.reader.count(4)?;
        let exceptions = (0..count)
            .map(|_| {
                let r = &mut self.reader;
                Ok(Handler { start: r.u32()?, end: r.u32()?, target: r.u32()?, reg: r.u16()? })
            })
            .collect::<Result<_>>()?;
        let count = self.reader.count(1)?;
        let positions = PositionTable(self.reader.take(count)?.into());
        Ok(Arc::new(Code {
            name,
            qualname,
            filename,
            firstlineno,
            flags,
            argcount,
            posonlyargcount,
            kwonlyargcount,
            nlocals,
            hidden_from,
            nregs,
            varnames,
            cellvars,
            freevars,
            big_locals,
            big_register,
            consts,
            names,
            instrs,
            exceptions,
            positions,
        }))
    }

    fn constants(&mut self, depth: u32) -> Result<Vec<Const>> {
        let n = self.reader.count(1)?;
        (0..n).map(|_| self.constant(depth)).collect()
    }

    fn constant(&mut self, depth: u32) -> Result<Const> {
        if depth > MAX_DEPTH {
            return Err(ImageError::Malformed("nested too deeply"));
        }
        Ok(match self.reader.byte()? {
            T_NONE => Const::None,
            T_TRUE => Const::True,
            T_FALSE => Const::False,
            T_ELLIPSIS => Const::Ellipsis,
            T_INT => Const::Int(self.reader.u64()? as i64),
            T_BIG_INT => {
                let negative = self.reader.byte()? != 0;
                let n = self.reader.number()?;
                let magnitude: Arc<[u8]> = self.reader.take(n)?.into();
                if magnitude.last().is_none_or(|&top| top == 0) {
                    return Err(ImageError::Malformed("int"));
                }
                Const::BigInt { negative, magnitude }
            }
            T_FLOAT => Const::Float(f64::from_bits(self.reader.u64()?)),
            T_COMPLEX => {
                let x = f64::from_bits(self.reader.u64()?);
                Const::Complex(x, f64::from_bits(self.reader.u64()?))
            }
            T_STR => Const::Str(self.text()?),
            T_BYTES => {
                let n = self.reader.number()?;
                Const::Bytes(self.reader.take(n)?.into())
            }
            T_TUPLE => Const::Tuple(self.constants(depth + 1)?.into()),
            T_FROZENSET => Const::FrozenSet(self.constants(depth + 1)?.into()),
            T_SLICE => {
                let parts = self.constants(depth + 1)?;
                let parts = <[Const; 3]>::try_from(parts).map_err(|_| ImageError::Malformed("slice"))?;
                Const::Slice(Arc::new(parts))
            }
            T_CODE => Const::Code(self.code(depth + 1)?),
            _ => return Err(ImageError::Malformed("constant")),
        })
    }
}

/// Whether bytes are generalized UTF-8: UTF-8 in which surrogates may be encoded as well.
fn is_wtf8(mut bytes: &[u8]) -> bool {
    loop {
        match std::str::from_utf8(bytes) {
            Ok(_) => return true,
            Err(e) => match &bytes[e.valid_up_to()..] {
                [0xED, 0xA0..=0xBF, 0x80..=0xBF, rest @ ..] => bytes = rest,
                _ => return false,
            },
        }
    }
}
