//! Strings: generalized UTF-8 (lone surrogates occur in Python), immediate up to 7 bytes.
//!
//! A heap string has two forms. *Inline*: the bytes follow the header words. *External* (`aux` bit `EXT`): they lie at
//! the start of a buffer that several strings may share. A buffer with spare room serves concatenation: who appends to a
//! string that ends where the buffer's used part ends claims the room by compare-and-swap and copies only the new
//! part, so a loop of `s += x` is linear and every string stays flat. Long strings that are not ASCII are external too,
//! since that form has room for the index of code points, which is built when first needed.
//!
//! Words: 1 byte length, 2 hash memo (0: not computed), 3 number of code points as an int; inline: bytes from word 4;
//! external: 4 buffer, 5 index or `EMPTY`. Buffer: 1 bytes used, 2 capacity, bytes from word 3. Index: 1 number of
//! entries, then the byte offset of every 64th code point.

use super::list::Seq;
use super::{hashing, raw, shapes};
use crate::ctx::{Ctx, PyResult};
use proto_core::{Heap, Kind, RawWord, RawWords, STR_EXTERNAL, STR_INDEX_WORDS, Value, sub};
use std::borrow::Cow;
use std::cmp::Ordering;

const LEN: RawWord = RawWord::of_kind(Kind::Str, 1);
const HASH: RawWord = RawWord::of_kind(Kind::Str, 2);
const CHARS: RawWord = RawWord::of_kind(Kind::Str, 3);
const BYTES: usize = 4;
const BUFFER: usize = 4;
const INDEX: usize = 5;

/// Size of the external form. Two cells although six words would do: the collector looks for values only in strings
/// of at least this size, so that it never touches the many small ones.
const EXT_WORDS: usize = STR_INDEX_WORDS;

const BUF_USED: RawWord = RawWord::of_internal(sub::RAW, 1);
const BUF_CAP: RawWord = RawWord::of_internal(sub::RAW, 2);
const BUF_BYTES: usize = 3;
/// Of an index: the number of entries, and those.
const INDEX_WORDS: RawWords = RawWords::of_internal(sub::RAW, 1);

/// `aux`: the bytes lie in a buffer.
const EXT: u16 = STR_EXTERNAL;
/// `aux`: lone surrogates may occur.
const SURROGATES: u16 = 2;

/// Results of a concatenation at least this long get a buffer with spare room when the left side dominates.
const GROW_FROM: usize = 256;
/// Strings that are not ASCII and longer than this are external, so that they can have an index.
const INDEX_FROM: usize = 256;
/// Code points between two entries of an index.
const STRIDE: usize = 64;

const EMPTY_STR: Value = match Value::short_str(b"") {
    Some(v) => v,
    None => Value::EMPTY,
};

/// A `str`.
#[derive(Copy, Clone)]
pub struct Str(Value);

impl std::fmt::Debug for Str {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Str({:?})", self.to_string_lossy())
    }
}

impl Str {
    /// The handle, if `v` is exactly a string.
    #[inline(always)]
    pub fn of(v: Value) -> Option<Str> {
        if v.is_str() { Some(Str(v)) } else { None }
    }

    /// The string in `v`, also when it is an instance of a subclass.
    #[inline]
    pub fn of_sub(heap: &Heap, v: Value) -> Option<Str> {
        Str::of(v).or_else(|| Str::of(super::base_value(heap, v)))
    }

    /// The value.
    #[inline(always)]
    pub fn value(self) -> Value {
        self.0
    }

    #[inline(always)]
    fn is_imm(self) -> bool {
        !self.0.is_ptr()
    }

    #[inline(always)]
    fn aux(self) -> u16 {
        // SAFETY: called on heap strings only.
        unsafe { raw::aux(self.0) }
    }

    /// Makes a string of text.
    #[inline]
    #[allow(clippy::new_ret_no_self)]
    pub fn new(heap: &Heap, s: &str) -> Value {
        let b = s.as_bytes();
        if let Some(v) = Value::short_str(b) {
            return v;
        }
        make(heap, b, bytecount(b), false)
    }

    /// Makes a string of bytes known to be ASCII.
    pub fn ascii(heap: &Heap, b: &[u8]) -> Value {
        debug_assert!(b.is_ascii());
        if let Some(v) = Value::short_str(b) {
            return v;
        }
        make(heap, b, b.len(), false)
    }

    /// Makes a string of valid generalized UTF-8.
    pub fn from_wtf8(heap: &Heap, b: &[u8]) -> Value {
        if let Some(v) = Value::short_str(b) {
            return v;
        }
        let chars = bytecount(b);
        make(heap, b, chars, chars != b.len() && pytext::wtf8::has_surrogates(b))
    }

    /// As [`Str::from_wtf8`], of a size that input chooses: `MemoryError` where there is no room.
    #[inline]
    pub fn wish(cx: &mut Ctx, b: &[u8]) -> PyResult {
        cx.make_room(b.len())?;
        Ok(Str::from_wtf8(cx, b))
    }

    /// The string that [`Str::to_text`] made `text` of; any other text is itself.
    pub fn from_text(heap: &Heap, text: &str) -> Value {
        match pytext::wtf8::uncarry(text) {
            Some(bytes) => Str::from_wtf8(heap, &bytes),
            None => Str::new(heap, text),
        }
    }

    /// Makes the string of one code point.
    #[inline]
    pub fn from_char(_heap: &Heap, cp: u32) -> Value {
        let mut b = [0u8; 4];
        let n = encode(cp, &mut b);
        Value::short_str(&b[..n]).unwrap_or(Value::EMPTY)
    }

    /// The bytes.
    #[inline(always)]
    pub fn as_bytes(&self) -> &[u8] {
        if self.is_imm() {
            return self.0.short_content();
        }
        // SAFETY: a heap string; its first `len` bytes are immutable in either form, and the handle keeps it alive.
        unsafe {
            let len = raw::load_raw(self.0, LEN) as usize;
            let p = if self.aux() & EXT == 0 {
                raw::bytes_at(self.0, BYTES)
            } else {
                raw::bytes_at(raw::load(self.0, BUFFER), BUF_BYTES)
            };
            std::slice::from_raw_parts(p, len)
        }
    }

    /// The text, unless it has lone surrogates.
    pub fn as_str(&self) -> Option<&str> {
        let b = self.as_bytes();
        if self.has_surrogates() {
            return None;
        }
        // SAFETY: generalized UTF-8 without surrogates is UTF-8.
        Some(unsafe { std::str::from_utf8_unchecked(b) })
    }

    /// Whether lone surrogates occur.
    pub fn has_surrogates(self) -> bool {
        if self.is_imm() {
            let b = self.0.short_content();
            return !b.is_ascii() && pytext::wtf8::has_surrogates(b);
        }
        self.aux() & SURROGATES != 0 && pytext::wtf8::has_surrogates(self.as_bytes())
    }

    /// The text with surrogates replaced by U+FFFD.
    #[allow(clippy::wrong_self_convention)] // The text of a short string lies in the handle itself.
    pub fn to_string_lossy(&self) -> Cow<'_, str> {
        match self.as_str() {
            Some(s) => Cow::Borrowed(s),
            None => {
                let mut out = String::new();
                for cp in pytext::wtf8::code_points(self.as_bytes()) {
                    out.push(char::from_u32(cp).unwrap_or('\u{fffd}'));
                }
                Cow::Owned(out)
            }
        }
    }

    /// The text, for messages and the like; what is made of it by [`Str::from_text`] has its lone surrogates again.
    #[allow(clippy::wrong_self_convention)] // The text of a short string lies in the handle itself.
    pub fn to_text(&self) -> Cow<'_, str> {
        pytext::wtf8::carry(self.as_bytes())
    }

    /// Length in bytes.
    #[inline(always)]
    pub fn byte_len(self) -> usize {
        if self.is_imm() {
            self.0.short_len()
        } else {
            // SAFETY: a heap string.
            unsafe { raw::load_raw(self.0, LEN) as usize }
        }
    }

    /// Length in code points: Python's `len`.
    #[inline(always)]
    pub fn len_chars(self) -> usize {
        if self.is_imm() {
            imm_chars(self.0)
        } else {
            // SAFETY: a heap string.
            unsafe { (raw::load_raw(self.0, CHARS) >> 2) as usize }
        }
    }

    /// Whether the string is `""`.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.byte_len() == 0
    }

    /// Whether all code points are below 128.
    #[inline(always)]
    pub fn is_ascii(self) -> bool {
        if self.is_imm() {
            (self.0.bits() >> 8) & 0x0080_8080_8080_8080 == 0
        } else {
            self.byte_len() == self.len_chars()
        }
    }

    /// `hash(s)`, memoized.
    #[inline(always)]
    pub fn hash(self) -> i64 {
        if self.is_imm() {
            return hashing::hash_word(self.0.bits());
        }
        // SAFETY: a heap string; the memo is idempotent, racing writers store the same word.
        unsafe {
            let h = raw::load_raw(self.0, HASH);
            if h != 0 {
                return h as i64;
            }
        }
        self.hash_slow()
    }

    #[cold]
    fn hash_slow(self) -> i64 {
        let h = hashing::hash_bytes(self.as_bytes());
        // SAFETY: as in `hash`.
        unsafe { raw::store_raw(self.0, HASH, h as u64) };
        h
    }

    /// `a == b`.
    #[inline(always)]
    #[allow(clippy::should_implement_trait)]
    pub fn eq(self, other: Str) -> bool {
        if self.0 == other.0 {
            return true;
        }
        // What fits an immediate is always one.
        if self.is_imm() || other.is_imm() {
            return false;
        }
        self.eq_slow(other)
    }

    fn eq_slow(self, other: Str) -> bool {
        // SAFETY: two heap strings.
        unsafe {
            if raw::load_raw(self.0, LEN) != raw::load_raw(other.0, LEN) {
                return false;
            }
            let (a, b) = (raw::load_raw(self.0, HASH), raw::load_raw(other.0, HASH));
            if a != b && a != 0 && b != 0 {
                return false;
            }
        }
        let (x, y) = (self.as_bytes(), other.as_bytes());
        // Most keys have 8 to 16 bytes: two overlapping words.
        match (x.first_chunk::<8>(), y.first_chunk::<8>(), x.last_chunk::<8>(), y.last_chunk::<8>()) {
            (Some(p), Some(q), Some(r), Some(s)) if x.len() <= 16 => {
                u64::from_ne_bytes(*p) == u64::from_ne_bytes(*q) && u64::from_ne_bytes(*r) == u64::from_ne_bytes(*s)
            }
            _ => x == y,
        }
    }

    /// Order by code points (bytes of generalized UTF-8 order alike).
    #[inline]
    #[allow(clippy::should_implement_trait)]
    pub fn cmp(self, other: Str) -> Ordering {
        if self.is_imm() && other.is_imm() {
            return hashing::cmp_short(self.0, other.0);
        }
        self.as_bytes().cmp(other.as_bytes())
    }

    /// The canonical string of this content: equal interned strings are one value.
    pub fn intern(self, heap: &Heap) -> Value {
        if self.is_imm() {
            return self.0;
        }
        // An atom keeps its bytes inline.
        if self.aux() & EXT != 0 {
            return heap.intern(self.as_bytes());
        }
        heap.intern_value(self.0).unwrap_or(self.0)
    }

    /// Whether `needle` occurs.
    pub fn contains(self, needle: Str) -> bool {
        pytext::search::find(self.as_bytes(), needle.as_bytes()).is_some()
    }

    /// The code points.
    pub fn chars(&self) -> pytext::wtf8::CodePoints<'_> {
        pytext::wtf8::code_points(self.as_bytes())
    }

    /// `a + b`; None where it cannot be allocated.
    pub fn concat(self, heap: &Heap, other: Str) -> Option<Value> {
        let (a, b) = (self.as_bytes(), other.as_bytes());
        if a.is_empty() {
            return Some(other.0);
        }
        if b.is_empty() {
            return Some(self.0);
        }
        let total = a.len() + b.len();
        if total <= 7 {
            // Both are immediates: the sum of their lengths, and their contents one after the other.
            let (v, w) = (self.0.bits(), other.0.bits());
            let length = EMPTY_STR.bits() + ((total as u64) << 5);
            // SAFETY: the tag and the length are those of an immediate string.
            return Some(unsafe { Value::from_bits(length | v >> 8 << 8 | (w >> 8) << (8 + 8 * a.len())) });
        }
        let chars = self.len_chars() + other.len_chars();
        let aux = self.surrogate_bit() | other.surrogate_bit();
        if total < GROW_FROM {
            let (v, p) = alloc_inline(heap, total, chars, aux);
            // SAFETY: `p` has room for `total` bytes, rounded up to whole words, and belongs to a fresh object.
            unsafe {
                let end = p.add(total.next_multiple_of(8));
                put(other, put(self, p, end), end);
            }
            return Some(v);
        }
        self.concat_long(heap, b, total, chars, aux)
    }

    fn concat_long(self, heap: &Heap, b: &[u8], total: usize, chars: usize, aux: u16) -> Option<Value> {
        let a = self.as_bytes();
        if !self.is_imm() && self.aux() & EXT != 0 {
            // SAFETY: an external string; the swap gives this thread the bytes `a.len()..total` of the buffer alone,
            // and no reader looks beyond the length of its own string.
            unsafe {
                let buf = raw::load(self.0, BUFFER);
                let used = raw::load_raw(buf, BUF_USED) as usize;
                let cap = raw::load_raw(buf, BUF_CAP) as usize;
                if used == a.len() && total <= cap && raw::cas_raw(buf, BUF_USED, used as u64, total as u64).is_ok() {
                    let p = raw::bytes_at(buf, BUF_BYTES);
                    std::ptr::copy_nonoverlapping(b.as_ptr(), p.add(used), b.len());
                    return Some(alloc_external(heap, buf, total, chars, aux));
                }
            }
        }
        // A left side that dominates looks like a loop of `+=`: leave room for more.
        let growing = a.len() >= 4 * b.len();
        if !growing && (chars == total || total <= INDEX_FROM) {
            let (v, p) = try_alloc_inline(heap, total, chars, aux)?;
            // SAFETY: as in `concat`.
            unsafe {
                std::ptr::copy_nonoverlapping(a.as_ptr(), p, a.len());
                std::ptr::copy_nonoverlapping(b.as_ptr(), p.add(a.len()), b.len());
            }
            return Some(v);
        }
        let room = if growing { total + total / 2 } else { total };
        let buf = try_alloc_buffer(heap, total, room).or_else(|| try_alloc_buffer(heap, total, total))?;
        // SAFETY: a fresh buffer with room for `total` bytes.
        unsafe {
            let p = raw::bytes_at(buf, BUF_BYTES);
            std::ptr::copy_nonoverlapping(a.as_ptr(), p, a.len());
            std::ptr::copy_nonoverlapping(b.as_ptr(), p.add(a.len()), b.len());
        }
        Some(alloc_external(heap, buf, total, chars, aux))
    }

    #[inline]
    fn surrogate_bit(self) -> u16 {
        if !self.is_imm() {
            return self.aux() & SURROGATES;
        }
        if !self.is_ascii() && self.has_surrogates() { SURROGATES } else { 0 }
    }

    /// The concatenation of values that are strings, of subclasses, too: `__str__` and `__format__` may give those. `None` when it
    /// cannot be allocated.
    pub fn concat_values(heap: &Heap, values: &[Value]) -> Option<Value> {
        let text = |v: Value| Str::of(v).or_else(|| Str::of_sub(heap, v));
        Str::glue(heap, Str(EMPTY_STR), values.len(), |i| text(values[i]).unwrap_or(Str(EMPTY_STR)))
    }

    /// `sep.join(seq)`: the first item that is no exact string, by its index, is an error. `None` when the result cannot be allocated.
    pub fn join(heap: &Heap, sep: Str, seq: Seq) -> Result<Option<Value>, usize> {
        // What another thread cannot change has the same strings in each round below.
        let seq = seq.stable(heap);
        let n = seq.len();
        if let Some(i) = (0..n).find(|&i| seq.get(i).and_then(Str::of).is_none()) {
            return Err(i);
        }
        if n == 1 {
            return Ok(seq.get(0));
        }
        Ok(Str::glue(heap, sep, n, |i| seq.get(i).and_then(Str::of).unwrap_or(Str(EMPTY_STR))))
    }

    /// The strings `part(0)` to `part(n - 1)`, the same ones at each call, with `sep` between them.
    #[inline(always)]
    fn glue(heap: &Heap, sep: Str, n: usize, part: impl Fn(usize) -> Str) -> Option<Value> {
        let seams = n.saturating_sub(1);
        let mut total = sep.byte_len().checked_mul(seams)?;
        let mut chars = sep.len_chars() * seams;
        let mut aux = sep.surrogate_bit();
        for i in 0..n {
            let s = part(i);
            total = total.checked_add(s.byte_len())?;
            chars += s.len_chars();
            aux |= s.surrogate_bit();
        }
        let mut short = [0u8; 8];
        let (v, p, room) = if total <= 7 {
            (Value::EMPTY, short.as_mut_ptr(), 8)
        } else {
            let (v, p) = try_alloc_text(heap, total, chars, aux)?;
            (v, p, total.next_multiple_of(8))
        };
        // SAFETY: `room` bytes at `p`, of a fresh object or of `short`, are enough: strings do not change.
        unsafe {
            let (mut at, end) = (p, p.add(room));
            for i in 0..n {
                if i > 0 {
                    at = put(sep, at, end);
                }
                at = put(part(i), at, end);
            }
        }
        if total <= 7 { Value::short_str(&short[..total]) } else { Some(v) }
    }

    /// A string of `len` ASCII bytes, which `fill` writes over zeros.
    pub fn ascii_with(heap: &Heap, len: usize, fill: impl FnOnce(&mut [u8])) -> Value {
        if len <= 7 {
            let mut bytes = [0; 7];
            fill(&mut bytes[..len]);
            return Str::ascii(heap, &bytes[..len]);
        }
        let (v, p) = alloc_inline(heap, len, len, 0);
        // SAFETY: `p` has room for `len` bytes of a fresh object, which nobody else knows.
        let bytes = unsafe {
            std::ptr::write_bytes(p, 0, len);
            std::slice::from_raw_parts_mut(p, len)
        };
        fill(bytes);
        debug_assert!(bytes.is_ascii());
        v
    }

    /// `s * n`; `None` when the result cannot be allocated.
    pub fn repeat(self, heap: &Heap, n: usize) -> Option<Value> {
        let b = self.as_bytes();
        if n == 0 || b.is_empty() {
            return Value::short_str(b"");
        }
        if n == 1 {
            return Some(self.0);
        }
        let total = b.len().checked_mul(n).filter(|t| *t < isize::MAX as usize / 2)?;
        if total <= 7 {
            return Value::short_str(&b.repeat(n));
        }
        let chars = self.len_chars() * n;
        let aux = self.surrogate_bit();
        let (v, p) = try_alloc_text(heap, total, chars, aux)?;
        // SAFETY: `p` has room for `total` bytes of a fresh object; each round copies what the rounds before wrote.
        unsafe {
            if b.len() == 1 {
                std::ptr::write_bytes(p, b[0], total);
            } else {
                std::ptr::copy_nonoverlapping(b.as_ptr(), p, b.len());
                let mut done = b.len();
                while done < total {
                    let k = done.min(total - done);
                    std::ptr::copy_nonoverlapping(p, p.add(done), k);
                    done += k;
                }
            }
        }
        Some(v)
    }

    /// The string of code point `i`; `None` when out of range.
    #[inline]
    pub fn char_at(self, heap: &Heap, i: usize) -> Option<Value> {
        if self.is_ascii() {
            let b = self.as_bytes();
            return b.get(i).map(|c| short1(*c));
        }
        self.cp_at(heap, i).map(|cp| Str::from_char(heap, cp))
    }

    /// Code point `i`; `None` when out of range.
    pub fn cp_at(self, heap: &Heap, i: usize) -> Option<u32> {
        if i >= self.len_chars() {
            return None;
        }
        if self.is_ascii() {
            return self.as_bytes().get(i).map(|c| u32::from(*c));
        }
        pytext::wtf8::decode(self.as_bytes(), self.byte_of_char(heap, i)).map(|(cp, _)| cp)
    }

    /// Byte offset of code point `i` (the length, if `i` is past the end).
    pub fn byte_of_char(self, heap: &Heap, i: usize) -> usize {
        let b = self.as_bytes();
        if self.is_ascii() {
            return i.min(b.len());
        }
        if i >= self.len_chars() {
            return b.len();
        }
        if i < STRIDE || self.is_imm() || self.aux() & EXT == 0 {
            return pytext::wtf8::offset(b, i);
        }
        let behind = self.len_chars() - i;
        if behind < STRIDE {
            // The end of a text that grows is asked for after each step.
            return pytext::wtf8::offset_back(b, behind);
        }
        let index = self.index(heap);
        // SAFETY: the index has an entry for every 64th code point, and `i` is in range.
        let start = unsafe { raw::load_raw(index, 2 + i / STRIDE) } as usize;
        start + pytext::wtf8::offset(&b[start..], i % STRIDE)
    }

    /// Code-point index of byte offset `b`, which lies between code points.
    pub fn char_of_byte(self, b: usize) -> usize {
        if self.is_ascii() { b } else { bytecount(&self.as_bytes()[..b.min(self.byte_len())]) }
    }

    /// As [`Str::char_of_byte`]. `near` is a place before `b`, in bytes and in code points: no more is counted than what lies between
    /// them, or what lies between two entries of the index, if the string has one.
    pub fn char_near(self, heap: &Heap, b: usize, near: (usize, usize)) -> usize {
        if self.is_ascii() {
            return b;
        }
        let count = |(at, chars): (usize, usize)| chars + bytecount(&self.as_bytes()[at..b.min(self.byte_len())]);
        if b - near.0 <= 4 * STRIDE || self.is_imm() || self.aux() & EXT == 0 {
            return count(near);
        }
        // SAFETY: an external string: word 5 is a value.
        if near.0 == 0 && unsafe { raw::load(self.0, INDEX) }.is_empty() {
            // Counting is faster than making the index, which one search is not worth.
            return count(near);
        }
        let index = self.index(heap);
        // SAFETY: the index has an entry for every 64th code point.
        let entry = |i: usize| unsafe { raw::load_raw(index, 2 + i) } as usize;
        let (mut low, mut high) = (near.1 / STRIDE, self.len_chars().div_ceil(STRIDE));
        // The last entry at or before `b`.
        while high - low > 1 {
            let middle = (low + high) / 2;
            if entry(middle) <= b { low = middle } else { high = middle }
        }
        count((entry(low), low * STRIDE))
    }

    /// The index of an external string, built when missing.
    fn index(self, heap: &Heap) -> Value {
        // SAFETY: an external string: word 5 is a value, written at most once per thread with equal content.
        let have = unsafe { raw::load(self.0, INDEX) };
        if have != Value::EMPTY {
            return have;
        }
        let n = self.len_chars().div_ceil(STRIDE);
        let index = heap.alloc_internal(sub::RAW, 2 + n);
        let bytes = self.as_bytes();
        // SAFETY: a fresh raw object of `2 + n` words.
        unsafe {
            raw::store_raw(index, INDEX_WORDS.at(0), n as u64);
            let (mut chars, mut entry) = (0usize, 0usize);
            for (at, b) in bytes.iter().enumerate() {
                if b & 0xC0 != 0x80 {
                    if chars % STRIDE == 0 {
                        raw::store_raw(index, INDEX_WORDS.at(1 + entry), at as u64);
                        entry += 1;
                    }
                    chars += 1;
                }
            }
            // A memo: allowed on shared objects; the index is promoted before it is published.
            raw::promote_for(heap, self.0, index);
            heap.store(self.0, INDEX, index);
        }
        index
    }

    /// `s[start:end]` in code points, bounds clamped.
    pub fn substr(self, heap: &Heap, start: usize, end: usize) -> Value {
        let chars = self.len_chars();
        let end = end.min(chars);
        if start >= end {
            return Value::short_str(b"").unwrap_or(Value::EMPTY);
        }
        if start == 0 && end == chars {
            return self.0;
        }
        let bytes = self.as_bytes();
        if self.is_ascii() {
            let b = &bytes[start..end];
            return Value::short_str(b).unwrap_or_else(|| make(heap, b, b.len(), false));
        }
        let b0 = self.byte_of_char(heap, start);
        let b1 = if end - start < STRIDE {
            b0 + pytext::wtf8::offset(&bytes[b0..], end - start)
        } else {
            self.byte_of_char(heap, end)
        };
        let b = &bytes[b0..b1];
        Value::short_str(b).unwrap_or_else(|| make(heap, b, end - start, self.surrogate_bit() != 0))
    }

    /// The bytes `b0..b1`, which lie between code points, as a string.
    pub fn slice_bytes(self, heap: &Heap, b0: usize, b1: usize) -> Value {
        let bytes = self.as_bytes();
        let b = &bytes[b0.min(bytes.len())..b1.min(bytes.len())];
        if b.len() == bytes.len() {
            return self.0;
        }
        if let Some(v) = Value::short_str(b) {
            return v;
        }
        let chars = if self.is_ascii() { b.len() } else { bytecount(b) };
        make(heap, b, chars, self.surrogate_bit() != 0)
    }

    /// The extended slice of `count` code points from `start` in steps of `step`; all indices valid.
    pub fn slice_step(self, heap: &Heap, start: usize, step: isize, count: usize) -> Value {
        if step == 1 {
            return self.substr(heap, start, start + count);
        }
        if self.is_ascii() {
            let b = self.as_bytes();
            let mut out = Vec::with_capacity(count);
            let mut i = start as isize;
            for _ in 0..count {
                out.push(b[i as usize]);
                i = i.wrapping_add(step);
            }
            return Str::ascii(heap, &out);
        }
        Str::from_wtf8(heap, &pytext::wtf8::slice_step(self.as_bytes(), start, step, count))
    }
}

/// Copies the bytes of `s` to `p`; where they end.
///
/// # Safety
/// There is room for them before `end`, and nothing to keep between them and `end`.
#[inline(always)]
unsafe fn put(s: Str, p: *mut u8, end: *mut u8) -> *mut u8 {
    // SAFETY: the caller's; an immediate's word is written whole only where a word fits.
    unsafe {
        let n = s.byte_len();
        if s.is_imm() && p.add(8) <= end {
            p.cast::<u64>().write_unaligned(s.0.bits() >> 8);
        } else {
            std::ptr::copy_nonoverlapping(s.as_bytes().as_ptr(), p, n);
        }
        p.add(n)
    }
}

/// The immediate string of one ASCII byte.
#[inline(always)]
pub fn short1(b: u8) -> Value {
    debug_assert!(b < 128);
    Value::short_str(&[b]).unwrap_or(Value::EMPTY)
}

#[inline]
fn imm_chars(v: Value) -> usize {
    let n = v.short_len();
    let w = v.bits() >> 8;
    // Bytes of the form 10xxxxxx continue a code point; bytes beyond the length are zero.
    let cont = (w >> 7) & !(w >> 6) & 0x0001_0101_0101_0101;
    n - cont.count_ones() as usize
}

/// Number of code points.
#[inline]
fn bytecount(b: &[u8]) -> usize {
    if b.is_ascii() { b.len() } else { pytext::wtf8::count(b) }
}

fn encode(cp: u32, b: &mut [u8; 4]) -> usize {
    match cp {
        0..0x80 => {
            b[0] = cp as u8;
            1
        }
        0x80..0x800 => {
            b[0] = 0xC0 | (cp >> 6) as u8;
            b[1] = 0x80 | (cp & 0x3F) as u8;
            2
        }
        0x800..0x1_0000 => {
            b[0] = 0xE0 | (cp >> 12) as u8;
            b[1] = 0x80 | (cp >> 6 & 0x3F) as u8;
            b[2] = 0x80 | (cp & 0x3F) as u8;
            3
        }
        _ => {
            b[0] = 0xF0 | (cp >> 18) as u8;
            b[1] = 0x80 | (cp >> 12 & 0x3F) as u8;
            b[2] = 0x80 | (cp >> 6 & 0x3F) as u8;
            b[3] = 0x80 | (cp & 0x3F) as u8;
            4
        }
    }
}

/// A heap string of more than 7 bytes.
fn make(heap: &Heap, b: &[u8], chars: usize, surrogates: bool) -> Value {
    let aux = if surrogates { SURROGATES } else { 0 };
    if chars != b.len() && b.len() > INDEX_FROM {
        let buf = alloc_buffer(heap, b.len(), b.len());
        // SAFETY: a fresh buffer with room for `b`.
        unsafe { std::ptr::copy_nonoverlapping(b.as_ptr(), raw::bytes_at(buf, BUF_BYTES), b.len()) };
        return alloc_external(heap, buf, b.len(), chars, aux);
    }
    let (v, p) = alloc_inline(heap, b.len(), chars, aux);
    // SAFETY: `p` has room for `b` in a fresh object.
    unsafe { std::ptr::copy_nonoverlapping(b.as_ptr(), p, b.len()) };
    v
}

#[inline]
fn alloc_inline(heap: &Heap, len: usize, chars: usize, aux: u16) -> (Value, *mut u8) {
    let v = heap.alloc(Kind::Str, shapes::STR, BYTES + len.div_ceil(8));
    // SAFETY: a fresh object of the asked size.
    unsafe { (v, init_inline(v, len, chars, aux)) }
}

/// # Safety
/// `v` is a fresh string object with room for `len` bytes.
#[inline]
unsafe fn init_inline(v: Value, len: usize, chars: usize, aux: u16) -> *mut u8 {
    // SAFETY: the caller's.
    unsafe {
        raw::store_raw(v, LEN, len as u64);
        raw::store_raw(v, HASH, 0);
        raw::store_raw(v, CHARS, Value::from_usize(chars).bits());
        raw::set_aux(v, aux);
        raw::bytes_at(v, BYTES)
    }
}

/// Room for a string of `len` bytes in the form that suits it.
fn try_alloc_text(heap: &Heap, len: usize, chars: usize, aux: u16) -> Option<(Value, *mut u8)> {
    if chars != len && len > INDEX_FROM {
        let buf = heap.try_alloc_internal(sub::RAW, BUF_BYTES + len.div_ceil(8))?;
        // SAFETY: a fresh buffer.
        unsafe {
            raw::store_raw(buf, BUF_USED, len as u64);
            raw::store_raw(buf, BUF_CAP, len as u64);
            return Some((alloc_external(heap, buf, len, chars, aux), raw::bytes_at(buf, BUF_BYTES)));
        }
    }
    try_alloc_inline(heap, len, chars, aux)
}

fn try_alloc_inline(heap: &Heap, len: usize, chars: usize, aux: u16) -> Option<(Value, *mut u8)> {
    let v = heap.try_alloc(Kind::Str, shapes::STR, BYTES + len.div_ceil(8))?;
    // SAFETY: a fresh object of the asked size.
    unsafe { Some((v, init_inline(v, len, chars, aux))) }
}

fn alloc_buffer(heap: &Heap, used: usize, cap: usize) -> Value {
    let words = raw::whole_cells(BUF_BYTES + cap.div_ceil(8));
    init_buffer(heap.alloc_internal(sub::RAW, words), used, words)
}

fn try_alloc_buffer(heap: &Heap, used: usize, cap: usize) -> Option<Value> {
    let words = raw::whole_cells(BUF_BYTES + cap.div_ceil(8));
    Some(init_buffer(heap.try_alloc_internal(sub::RAW, words)?, used, words))
}

fn init_buffer(buf: Value, used: usize, words: usize) -> Value {
    // SAFETY: a fresh raw object of `words` words.
    unsafe {
        raw::store_raw(buf, BUF_USED, used as u64);
        raw::store_raw(buf, BUF_CAP, ((words - BUF_BYTES) * 8) as u64);
    }
    buf
}

fn alloc_external(heap: &Heap, buf: Value, len: usize, chars: usize, aux: u16) -> Value {
    let v = heap.alloc(Kind::Str, shapes::STR, EXT_WORDS);
    // SAFETY: a fresh object of `EXT_WORDS` words.
    unsafe {
        raw::store_raw(v, LEN, len as u64);
        raw::store_raw(v, HASH, 0);
        raw::store_raw(v, CHARS, Value::from_usize(chars).bits());
        raw::init(v, BUFFER, buf);
        raw::init(v, INDEX, Value::EMPTY);
        raw::set_aux(v, aux | EXT);
    }
    v
}
