//! Writing objects: the dispatch, and the types that have instructions of their own.

use std::collections::HashSet;

use engine::objects::set::Set;
use engine::prelude::*;

use super::errors::{noted, noted_key, pickling};
use super::memo::Memo;
use super::opcodes::*;
use super::output::Output;
use super::plain::PlainClasses;
use super::state::{self, State};

/// Depth from which the pickler without a memo looks for cycles.
const FAST_NESTING_LIMIT: usize = 50;

/// What a pickler's user may supply; EMPTY where nothing is.
#[derive(Copy, Clone)]
pub struct Hooks {
    /// `persistent_id`
    pub persistent_id: Value,
    /// `reducer_override`
    pub reducer_override: Value,
    /// `dispatch_table`
    pub dispatch_table: Value,
    /// `buffer_callback`
    pub buffer_callback: Value,
}

impl Hooks {
    /// None.
    pub const NONE: Hooks = Hooks {
        persistent_id: Value::EMPTY,
        reducer_override: Value::EMPTY,
        dispatch_table: Value::EMPTY,
        buffer_callback: Value::EMPTY,
    };
}

/// How to write.
#[derive(Copy, Clone)]
pub struct Format {
    /// The protocol.
    pub proto: u8,
    /// Whether instructions are binary.
    pub bin: bool,
    /// Whether there is no memo.
    pub fast: bool,
    /// Whether modules get their names of Python 2.
    pub fix_imports: bool,
}

/// One run of a pickler. It lives on the native stack, where the collector sees its values.
pub struct Saver {
    pub(super) out: Output,
    pub(super) memo: Memo,
    pub(super) format: Format,
    pub(super) hooks: Hooks,
    pub(super) state: State,
    pub(super) plain: PlainClasses,
    /// Names and values of attributes that are being written.
    pub(super) attributes: RootVec,
    nesting: usize,
    /// The objects on the way, in a pickler without memo, beyond a certain depth.
    on_the_way: HashSet<u64>,
}

impl Saver {
    /// Ready to write.
    pub fn new(cx: &mut Ctx, out: Output, memo: Memo, format: Format, hooks: Hooks) -> Res<Saver> {
        let state = state::get(cx)?;
        let plain = PlainClasses::default();
        let attributes = RootVec::new(cx);
        Ok(Saver { out, memo, format, hooks, state, plain, attributes, nesting: 0, on_the_way: HashSet::new() })
    }

    /// Writes a whole pickle.
    pub fn dump(&mut self, cx: &mut Ctx, v: Value) -> Res<()> {
        let proto = self.format.proto;
        if proto >= 2 {
            self.out.put(&[PROTO, proto]);
        }
        self.out.framing = proto >= 4;
        self.save(cx, v)?;
        self.out.byte(STOP);
        self.out.finish(cx)
    }

    /// Writes one object.
    #[inline]
    pub fn save(&mut self, cx: &mut Ctx, v: Value) -> Res<()> {
        self.out.boundary(cx)?;
        if !self.hooks.persistent_id.is_empty() && self.save_persistent(cx, v)? {
            return Ok(());
        }
        self.save_by_value(cx, v)
    }

    /// Asks the user for a persistent id; whether there was one.
    #[cold]
    fn save_persistent(&mut self, cx: &mut Ctx, v: Value) -> Res<bool> {
        let id = protocol::call(cx, self.hooks.persistent_id, &[v])?;
        if id.is_none() {
            return Ok(false);
        }
        if self.format.bin {
            self.out.boundary(cx)?;
            self.save_by_value(cx, id)?;
            self.out.byte(BINPERSID);
            return Ok(true);
        }
        let text = protocol::str(cx, id)?;
        match Str::of_sub(cx, text) {
            Some(s) if s.is_ascii() => self.out.line(PERSID, s.as_bytes()),
            _ => return Err(pickling(cx, "persistent IDs in protocol 0 must be ASCII strings")),
        }
        Ok(true)
    }

    /// Writes an object that has no persistent id.
    fn save_by_value(&mut self, cx: &mut Ctx, v: Value) -> Res<()> {
        if let Some(i) = v.as_int() {
            return self.save_int(cx, v, i);
        }
        match v {
            Value::NONE => {
                self.out.byte(NONE);
                return Ok(());
            }
            Value::TRUE | Value::FALSE => {
                self.save_bool(v == Value::TRUE);
                return Ok(());
            }
            _ => {}
        }
        if let Some(f) = v.as_float() {
            self.save_float(f);
            return Ok(());
        }
        if v.is_kind(Kind::BigInt) {
            return self.save_big(cx, v);
        }
        if let Some(index) = self.memo.get(cx, v) {
            return self.write_get(cx, index);
        }
        if let Some(s) = Str::of(v) {
            return self.save_str(cx, s);
        }
        if let Some(b) = Bytes::of(v) {
            return self.save_bytes(cx, b);
        }
        protocol::guard(cx, " while pickling an object")?;
        match v.kind() {
            Some(Kind::Dict) => self.save_dict(cx, v),
            Some(Kind::List) => self.save_list(cx, v),
            Some(Kind::Tuple) => self.save_tuple(cx, v),
            Some(Kind::Set) => self.save_set(cx, v),
            _ => self.save_other(cx, v),
        }
    }

    // --- the memo ---

    /// Writes that an object of the memo comes here.
    #[inline]
    pub(super) fn write_get(&mut self, cx: &mut Ctx, index: u64) -> Res<()> {
        if !self.format.bin {
            self.out.line(GET, index.to_string().as_bytes());
        } else if let Ok(i) = u8::try_from(index) {
            self.out.put(&[BINGET, i]);
        } else if let Ok(i) = u32::try_from(index) {
            self.out.op(LONG_BINGET, i.to_le_bytes());
        } else {
            return Err(pickling(cx, "memo id too large for LONG_BINGET"));
        }
        Ok(())
    }

    /// Puts the object that was just written into the memo.
    #[inline]
    pub(super) fn memoize(&mut self, cx: &mut Ctx, v: Value) -> Res<()> {
        if self.format.fast {
            return Ok(());
        }
        let index = self.memo.add(cx, v);
        self.write_put(cx, index)
    }

    /// Writes that the memo gets what was just written.
    #[inline]
    pub(super) fn write_put(&mut self, cx: &mut Ctx, index: u64) -> Res<()> {
        if self.format.proto >= 4 {
            self.out.byte(MEMOIZE);
        } else if !self.format.bin {
            self.out.line(PUT, index.to_string().as_bytes());
        } else if let Ok(i) = u8::try_from(index) {
            self.out.put(&[BINPUT, i]);
        } else if let Ok(i) = u32::try_from(index) {
            self.out.op(LONG_BINPUT, i.to_le_bytes());
        } else {
            return Err(pickling(cx, "memo id too large for LONG_BINPUT"));
        }
        Ok(())
    }

    /// Without a memo a cycle would never end: deep down the objects on the way are noted.
    fn enter(&mut self, cx: &mut Ctx, v: Value) -> Res<()> {
        if !self.format.fast {
            return Ok(());
        }
        if self.nesting + 1 >= FAST_NESTING_LIMIT && !self.on_the_way.insert(v.bits()) {
            let (class, id) = (super::errors::class_name(cx, v), v.bits());
            return Err(cx.value_error(format!(
                "fast mode: can't pickle cyclic objects including object type {class} at {id:#x}"
            )));
        }
        self.nesting += 1;
        Ok(())
    }

    fn leave(&mut self, v: Value) {
        if self.format.fast {
            self.nesting -= 1;
            self.on_the_way.remove(&v.bits());
        }
    }

    // --- numbers ---

    fn save_bool(&mut self, b: bool) {
        match (self.format.proto >= 2, b) {
            (true, true) => self.out.byte(NEWTRUE),
            (true, false) => self.out.byte(NEWFALSE),
            (false, true) => self.out.line(INT, b"01"),
            (false, false) => self.out.line(INT, b"00"),
        }
    }

    #[inline]
    fn save_int(&mut self, cx: &mut Ctx, v: Value, i: i64) -> Res<()> {
        let Ok(small) = i32::try_from(i) else { return self.save_big(cx, v) };
        if !self.format.bin {
            self.out.line(INT, small.to_string().as_bytes());
        } else if let Ok(b) = u8::try_from(small) {
            self.out.put(&[BININT1, b]);
        } else if let Ok(w) = u16::try_from(small) {
            self.out.op(BININT2, w.to_le_bytes());
        } else {
            self.out.op(BININT, small.to_le_bytes());
        }
        Ok(())
    }

    /// An int of more than 32 bits.
    fn save_big(&mut self, cx: &mut Ctx, v: Value) -> Res<()> {
        if self.format.proto < 2 {
            let text = protocol::repr(cx, v)?;
            let text = protocol::text(cx, text);
            self.out.line(LONG, format!("{text}L").as_bytes());
            return Ok(());
        }
        let small;
        let big;
        let bytes: &[u8] = match int::to_i64(v) {
            Some(i) => {
                small = i.to_le_bytes();
                // As few bytes as leave the sign readable.
                let sign = if i < 0 { 0xff } else { 0 };
                let mut n = 8;
                while n > 1 && small[n - 1] == sign && (small[n - 2] ^ sign) & 0x80 == 0 {
                    n -= 1;
                }
                &small[..n]
            }
            None => {
                big = int::to_big(v).map(|n| n.to_signed_bytes_le()).unwrap_or_default();
                &big
            }
        };
        if let Ok(n) = u8::try_from(bytes.len()) {
            self.out.put(&[LONG1, n]);
        } else if let Ok(n) = i32::try_from(bytes.len()) {
            self.out.op(LONG4, n.to_le_bytes());
        } else {
            return Err(cx.overflow_error("int too large to pickle"));
        }
        self.out.put(bytes);
        Ok(())
    }

    fn save_float(&mut self, f: f64) {
        if self.format.bin {
            self.out.op(BINFLOAT, f.to_be_bytes());
        } else {
            self.out.line(FLOAT, pynumeric::floatfmt::repr(f).as_bytes());
        }
    }

    // --- text and bytes ---

    pub(super) fn save_str(&mut self, cx: &mut Ctx, s: Str) -> Res<()> {
        let bytes = s.as_bytes();
        if !self.format.bin {
            self.out.line(UNICODE, &escaped(s));
        } else if bytes.len() <= 0xff && self.format.proto >= 4 {
            self.out.put(&[SHORT_BINUNICODE, bytes.len() as u8]);
            self.out.put(bytes);
        } else if let Ok(n) = u32::try_from(bytes.len()) {
            self.out.payload(cx, &header(BINUNICODE, n), bytes, None)?;
        } else if self.format.proto >= 4 {
            self.out.payload(cx, &long_header(BINUNICODE8, bytes.len()), bytes, None)?;
        } else {
            return Err(
                cx.overflow_error("serializing a string larger than 4 GiB requires pickle protocol 4 or higher")
            );
        }
        self.memoize(cx, s.value())
    }

    fn save_bytes(&mut self, cx: &mut Ctx, b: Bytes) -> Res<()> {
        if self.format.proto >= 3 {
            self.write_bytes(cx, b.as_slice(), Some(b.value()))?;
            return self.memoize(cx, b.value());
        }
        // Python 2 has no such type: a call that makes it.
        let made = if b.len() == 0 {
            let none = Tuple::empty(cx);
            Tuple::new(cx, &[cx.types.bytes.value(), none])
        } else {
            let text: String = b.as_slice().iter().map(|&b| char::from(b)).collect();
            let (text, encoding) = (Str::new(cx, &text), cx.intern(b"latin1"));
            let args = Tuple::new(cx, &[text, encoding]);
            Tuple::new(cx, &[self.state.encode(), args])
        };
        self.save_reduce(cx, made, Some(b.value()))
    }

    pub(super) fn write_bytes(&mut self, cx: &mut Ctx, bytes: &[u8], object: Option<Value>) -> Res<()> {
        if let Ok(n) = u8::try_from(bytes.len()) {
            self.out.put(&[SHORT_BINBYTES, n]);
            self.out.put(bytes);
        } else if let Ok(n) = u32::try_from(bytes.len()) {
            self.out.payload(cx, &header(BINBYTES, n), bytes, object)?;
        } else if self.format.proto >= 4 {
            self.out.payload(cx, &long_header(BINBYTES8, bytes.len()), bytes, object)?;
        } else {
            return Err(
                cx.overflow_error("serializing a bytes object larger than 4 GiB requires pickle protocol 4 or higher")
            );
        }
        Ok(())
    }

    pub(super) fn write_bytearray(&mut self, cx: &mut Ctx, bytes: &[u8]) -> Res<()> {
        self.out.payload(cx, &long_header(BYTEARRAY8, bytes.len()), bytes, None)
    }

    // --- containers ---

    fn save_tuple(&mut self, cx: &mut Ctx, v: Value) -> Res<()> {
        let Some(t) = Tuple::of(v) else { return Ok(()) };
        let n = t.len();
        if n == 0 {
            if self.format.bin {
                self.out.byte(EMPTY_TUPLE);
            } else {
                self.out.put(&[MARK, TUPLE]);
            }
            return Ok(());
        }
        let short = n <= 3 && self.format.proto >= 2;
        if !short {
            self.out.byte(MARK);
        }
        for i in 0..n {
            if let Err(r) = self.save(cx, t.get(i)) {
                return Err(noted(cx, r, v, &format!("item {i}")));
            }
            cx.poll()?;
        }
        // The items have written the tuple itself: it is recursive. What is on the stack goes, the memo has it.
        if let Some(index) = self.memo.get(cx, v) {
            match (short, self.format.bin) {
                (true, _) => (0..n).for_each(|_| self.out.byte(POP)),
                (false, true) => self.out.byte(POP_MARK),
                (false, false) => (0..=n).for_each(|_| self.out.byte(POP)),
            }
            return self.write_get(cx, index);
        }
        self.out.byte(match (short, n) {
            (true, 1) => TUPLE1,
            (true, 2) => TUPLE2,
            (true, _) => TUPLE3,
            (false, _) => TUPLE,
        });
        self.memoize(cx, v)
    }

    fn save_list(&mut self, cx: &mut Ctx, v: Value) -> Res<()> {
        let Some(list) = List::of(v) else { return Ok(()) };
        self.enter(cx, v)?;
        if self.format.bin {
            self.out.byte(EMPTY_LIST);
        } else {
            self.out.put(&[MARK, LIST]);
        }
        self.memoize(cx, v)?;
        // What other threads may change is written as it was at one moment.
        let items = if cx.is_shared(v) { list.wish_copy(cx)? } else { list };
        if self.format.bin {
            self.save_items(cx, items, v)?;
        } else {
            let mut i = 0;
            while let Some(x) = items.get(i) {
                self.save_item(cx, x, v, i)?;
                self.out.byte(APPEND);
                i += 1;
                cx.poll()?;
            }
        }
        self.leave(v);
        Ok(())
    }

    #[inline]
    fn save_item(&mut self, cx: &mut Ctx, x: Value, of: Value, i: usize) -> Res<()> {
        match self.save(cx, x) {
            Ok(()) => Ok(()),
            Err(r) => Err(noted(cx, r, of, &format!("item {i}"))),
        }
    }

    /// The items of a list, in batches.
    fn save_items(&mut self, cx: &mut Ctx, items: List, of: Value) -> Res<()> {
        if items.len() == 1
            && let Some(x) = items.get(0)
        {
            self.save_item(cx, x, of, 0)?;
            self.out.byte(APPEND);
            return Ok(());
        }
        let mut i = 0;
        while i < items.len() {
            self.out.byte(MARK);
            let end = i + BATCH;
            while i < end
                && let Some(x) = items.get(i)
            {
                self.save_item(cx, x, of, i)?;
                i += 1;
                cx.poll()?;
            }
            self.out.byte(APPENDS);
        }
        Ok(())
    }

    fn save_dict(&mut self, cx: &mut Ctx, v: Value) -> Res<()> {
        let Some(dict) = Dict::of(v) else { return Ok(()) };
        self.enter(cx, v)?;
        if self.format.bin {
            self.out.byte(EMPTY_DICT);
        } else {
            self.out.put(&[MARK, DICT]);
        }
        self.memoize(cx, v)?;
        let entries = if cx.is_shared(v) { dict.wish_copy(cx)? } else { dict };
        self.save_entries(cx, entries, v)?;
        self.leave(v);
        Ok(())
    }

    #[inline]
    pub(super) fn save_entry(&mut self, cx: &mut Ctx, k: Value, x: Value, of: Value) -> Res<()> {
        self.save(cx, k)?;
        match self.save(cx, x) {
            Ok(()) => Ok(()),
            Err(r) => Err(noted_key(cx, r, of, k)),
        }
    }

    /// The entries of a dict, in batches.
    fn save_entries(&mut self, cx: &mut Ctx, dict: Dict, of: Value) -> Res<()> {
        let size = dict.len();
        if size == 0 {
            return Ok(());
        }
        let batched = self.format.bin && size > 1;
        let mut pos = 0;
        loop {
            if batched {
                self.out.byte(MARK);
            }
            let mut n = 0;
            while n < BATCH
                && let Some((next, k, x)) = dict.next_entry(pos)
            {
                self.save_entry(cx, k, x, of)?;
                if !batched {
                    self.out.byte(SETITEM);
                }
                (pos, n) = (next, n + 1);
                cx.poll()?;
                if !self.format.bin && dict.len() != size {
                    break;
                }
            }
            if batched {
                self.out.byte(SETITEMS);
            }
            if dict.len() != size && (batched || !self.format.bin) {
                return Err(cx.runtime_error("dictionary changed size during iteration"));
            }
            if n < BATCH || size == 1 {
                return Ok(());
            }
        }
    }

    fn save_set(&mut self, cx: &mut Ctx, v: Value) -> Res<()> {
        let Some(set) = Set::of(v) else { return Ok(()) };
        if self.format.proto < 4 {
            let items = protocol::list_of(cx, v)?.value();
            let args = Tuple::new(cx, &[items]);
            let class = type_of(cx, v).value();
            let made = Tuple::new(cx, &[class, args]);
            return self.save_reduce(cx, made, Some(v));
        }
        let items = if cx.is_shared(v) { set.wish_copy(cx, set.is_frozen())? } else { set };
        let size = items.len();
        if set.is_frozen() {
            self.out.byte(MARK);
            self.save_elements(cx, items, 0, usize::MAX, v)?;
            if let Some(index) = self.memo.get(cx, v) {
                self.out.byte(POP_MARK);
                return self.write_get(cx, index);
            }
            self.out.byte(FROZENSET);
            return self.memoize(cx, v);
        }
        self.out.byte(EMPTY_SET);
        self.memoize(cx, v)?;
        if size == 0 {
            return Ok(());
        }
        let mut pos = 0;
        loop {
            self.out.byte(MARK);
            let (next, n) = self.save_elements(cx, items, pos, BATCH, v)?;
            self.out.byte(ADDITEMS);
            if items.len() != size {
                return Err(cx.runtime_error("set changed size during iteration"));
            }
            if n < BATCH {
                return Ok(());
            }
            pos = next;
        }
    }

    /// Writes up to `limit` elements from slot `pos` on: where to go on, and how many there were.
    fn save_elements(&mut self, cx: &mut Ctx, set: Set, pos: usize, limit: usize, of: Value) -> Res<(usize, usize)> {
        let (mut pos, mut n) = (pos, 0);
        while n < limit
            && let Some((next, x)) = set.next_entry(pos)
        {
            if let Err(r) = self.save(cx, x) {
                return Err(noted(cx, r, of, "element"));
            }
            (pos, n) = (next, n + 1);
            cx.poll()?;
        }
        Ok((pos, n))
    }

    /// The items that an iterator gives, in batches.
    pub(super) fn save_iterated_items(&mut self, cx: &mut Ctx, it: Value, of: Value) -> Res<()> {
        let mut i = 0;
        if !self.format.bin {
            while let Some(x) = protocol::next(cx, it)? {
                self.save_item(cx, x, of, i)?;
                self.out.byte(APPEND);
                i += 1;
            }
            return Ok(());
        }
        loop {
            let Some(first) = protocol::next(cx, it)? else { return Ok(()) };
            let Some(mut x) = protocol::next(cx, it)? else {
                self.save_item(cx, first, of, i)?;
                self.out.byte(APPEND);
                return Ok(());
            };
            self.out.byte(MARK);
            self.save_item(cx, first, of, i)?;
            let mut n = 1;
            loop {
                self.save_item(cx, x, of, i + n)?;
                n += 1;
                if n == BATCH {
                    break;
                }
                match protocol::next(cx, it)? {
                    Some(next) => x = next,
                    None => break,
                }
            }
            self.out.byte(APPENDS);
            i += n;
            if n < BATCH {
                return Ok(());
            }
        }
    }

    /// The pairs that an iterator gives, in batches.
    pub(super) fn save_iterated_entries(&mut self, cx: &mut Ctx, it: Value, of: Value) -> Res<()> {
        if !self.format.bin {
            while let Some((k, x)) = next_pair(cx, it)? {
                self.save_entry(cx, k, x, of)?;
                self.out.byte(SETITEM);
            }
            return Ok(());
        }
        loop {
            let Some((k, x)) = next_pair(cx, it)? else { return Ok(()) };
            let Some((mut k2, mut x2)) = next_pair(cx, it)? else {
                self.save_entry(cx, k, x, of)?;
                self.out.byte(SETITEM);
                return Ok(());
            };
            self.out.byte(MARK);
            self.save_entry(cx, k, x, of)?;
            let mut n = 1;
            loop {
                self.save_entry(cx, k2, x2, of)?;
                n += 1;
                if n == BATCH {
                    break;
                }
                match next_pair(cx, it)? {
                    Some(pair) => (k2, x2) = pair,
                    None => break,
                }
            }
            self.out.byte(SETITEMS);
            if n < BATCH {
                return Ok(());
            }
        }
    }
}

/// The next key and value of an iterator over pairs.
fn next_pair(cx: &mut Ctx, it: Value) -> Res<Option<(Value, Value)>> {
    let Some(pair) = protocol::next(cx, it)? else { return Ok(None) };
    match Tuple::of_sub(cx, pair).filter(|t| t.len() == 2) {
        Some(t) => Ok(Some((t.get(0), t.get(1)))),
        None => Err(cx.type_error("dict items iterator must return 2-tuples")),
    }
}

fn header(op: u8, n: u32) -> [u8; 5] {
    let n = n.to_le_bytes();
    [op, n[0], n[1], n[2], n[3]]
}

fn long_header(op: u8, n: usize) -> [u8; 9] {
    let mut out = [op; 9];
    out[1..].copy_from_slice(&(n as u64).to_le_bytes());
    out
}

/// A string as a line: escapes for what Latin-1 or a line cannot hold.
fn escaped(s: Str) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.byte_len());
    for cp in s.chars() {
        match cp {
            0x5c | 0 | 0x0a | 0x0d | 0x1a | 0x100..=0xffff => out.extend_from_slice(format!("\\u{cp:04x}").as_bytes()),
            0..=0xff => out.push(cp as u8),
            _ => out.extend_from_slice(format!("\\U{cp:08x}").as_bytes()),
        }
    }
    out
}
