//! The pickle machine: a stack, marks on it, and a memo.

use engine::objects::set::Set;
use engine::prelude::*;

use super::build;
use super::errors::unpickling;
use super::find::{self, Names};
use super::input::Input;
use super::opcodes::*;
use super::state::{self, State};
use super::unmemo::Memo;

/// What an unpickler's user may supply; EMPTY where nothing is.
#[derive(Copy, Clone)]
pub struct Hooks {
    /// The unpickler, if Python sees one.
    pub unpickler: Value,
    /// `persistent_load`
    pub persistent_load: Value,
    /// `find_class`
    pub find_class: Value,
    /// An iterator over out-of-band buffers.
    pub buffers: Value,
    /// The encoding of strings of Python 2.
    pub encoding: Value,
    /// What to do about errors in them.
    pub errors: Value,
}

/// One run of an unpickler. It lives on the native stack, where the collector sees its values.
pub struct Loader {
    input: Input,
    stack: RootVec,
    marks: Vec<usize>,
    /// What lies below the topmost mark is out of reach.
    fence: usize,
    memo: Memo,
    hooks: Hooks,
    names: Names,
    state: State,
}

impl Loader {
    /// Ready to read.
    pub fn new(cx: &mut Ctx, input: Input, memo: Memo, hooks: Hooks, fix_imports: bool) -> Res<Loader> {
        let state = state::get(cx)?;
        let stack = RootVec::new(cx);
        let names = Names { proto: 0, fix_imports };
        Ok(Loader { input, stack, marks: Vec::new(), fence: 0, memo, hooks, names, state })
    }

    /// Reads one pickle.
    pub fn load(&mut self, cx: &mut Ctx) -> PyResult {
        loop {
            let op = self.input.opcode(cx)?;
            if op == STOP {
                break;
            }
            self.step(cx, op)?;
            cx.poll()?;
        }
        let v = self.pop(cx)?;
        self.input.skip_consumed(cx)?;
        Ok(v)
    }

    // --- the stack ---

    #[cold]
    fn underflow(&self, cx: &mut Ctx) -> Raised {
        let text = if self.marks.is_empty() { "unpickling stack underflow" } else { "unexpected MARK found" };
        unpickling(cx, text)
    }

    #[inline]
    fn pop(&mut self, cx: &mut Ctx) -> PyResult {
        if self.stack.len() <= self.fence {
            return Err(self.underflow(cx));
        }
        Ok(self.stack.pop().unwrap_or(Value::NONE))
    }

    #[inline]
    fn top(&self, cx: &mut Ctx) -> PyResult {
        match self.stack.last() {
            Some(&v) if self.stack.len() > self.fence => Ok(v),
            _ => Err(self.underflow(cx)),
        }
    }

    fn set_top(&mut self, v: Value) {
        let last = self.stack.len() - 1;
        self.stack.set(last, v);
    }

    /// Takes the topmost mark: the height it stands for.
    fn pop_mark(&mut self, cx: &mut Ctx) -> Res<usize> {
        match self.marks.pop() {
            Some(at) => {
                self.fence = self.marks.last().copied().unwrap_or(0);
                Ok(at)
            }
            None => Err(unpickling(cx, "could not find MARK")),
        }
    }

    /// Takes the mark that a container lies right below.
    fn pop_mark_of_container(&mut self, cx: &mut Ctx) -> Res<(usize, Value)> {
        let at = self.pop_mark(cx)?;
        if at <= self.fence {
            return Err(self.underflow(cx));
        }
        Ok((at, self.stack[at - 1]))
    }

    /// Replaces all from `at` on by one object.
    fn collapse(&mut self, at: usize, v: Value) {
        self.stack.truncate(at);
        self.stack.push(v);
    }

    // --- the instructions ---

    fn step(&mut self, cx: &mut Ctx, op: u8) -> Res<()> {
        match op {
            NONE => self.stack.push(Value::NONE),
            NEWTRUE => self.stack.push(Value::TRUE),
            NEWFALSE => self.stack.push(Value::FALSE),
            BININT1 => {
                let [b] = self.input.array(cx)?;
                self.stack.push(Value::small(i32::from(b)));
            }
            BININT2 => {
                let n = u16::from_le_bytes(self.input.array(cx)?);
                self.stack.push(Value::small(i32::from(n)));
            }
            BININT => {
                let n = i32::from_le_bytes(self.input.array(cx)?);
                self.stack.push(Value::small(n));
            }
            BINFLOAT => {
                let f = f64::from_be_bytes(self.input.array(cx)?);
                let v = float::new(cx, f);
                self.stack.push(v);
            }
            SHORT_BINUNICODE => {
                let [n] = self.input.array(cx)?;
                self.load_str(cx, usize::from(n))?;
            }
            BINUNICODE => {
                let n = u32::from_le_bytes(self.input.array(cx)?);
                self.load_str(cx, n as usize)?;
            }
            SHORT_BINBYTES => {
                let [n] = self.input.array(cx)?;
                self.load_bytes(cx, usize::from(n))?;
            }
            BINBYTES => {
                let n = u32::from_le_bytes(self.input.array(cx)?);
                self.load_bytes(cx, n as usize)?;
            }
            MEMOIZE => {
                let v = self.top(cx)?;
                let next = self.memo.len();
                self.memo.put(cx, next, v)?;
            }
            BINPUT => {
                let [i] = self.input.array(cx)?;
                self.put(cx, usize::from(i))?;
            }
            LONG_BINPUT => {
                let i = u32::from_le_bytes(self.input.array(cx)?);
                self.put(cx, i as usize)?;
            }
            BINGET => {
                let [i] = self.input.array(cx)?;
                self.get(cx, usize::from(i))?;
            }
            LONG_BINGET => {
                let i = u32::from_le_bytes(self.input.array(cx)?);
                self.get(cx, i as usize)?;
            }
            MARK => {
                self.fence = self.stack.len();
                self.marks.push(self.fence);
            }
            EMPTY_TUPLE => {
                let v = Tuple::empty(cx);
                self.stack.push(v);
            }
            EMPTY_LIST => {
                let v = List::new(cx).value();
                self.stack.push(v);
            }
            EMPTY_DICT => {
                let v = Dict::new(cx).value();
                self.stack.push(v);
            }
            EMPTY_SET => {
                let v = Set::new(cx).value();
                self.stack.push(v);
            }
            TUPLE1 => self.load_tuple(cx, 1)?,
            TUPLE2 => self.load_tuple(cx, 2)?,
            TUPLE3 => self.load_tuple(cx, 3)?,
            TUPLE => {
                let at = self.pop_mark(cx)?;
                let v = Tuple::new(cx, &self.stack[at..]);
                self.collapse(at, v);
            }
            LIST => {
                let at = self.pop_mark(cx)?;
                let v = List::from_slice(cx, &self.stack[at..]).value();
                self.collapse(at, v);
            }
            DICT => self.load_dict(cx)?,
            FROZENSET => {
                let at = self.pop_mark(cx)?;
                let set = Set::new_frozen(cx);
                for i in at..self.stack.len() {
                    set.add(cx, self.stack[i])?;
                }
                self.collapse(at, set.value());
            }
            APPEND => {
                let at = self.stack.len().wrapping_sub(1);
                if self.stack.is_empty() || at <= self.fence {
                    return Err(self.underflow(cx));
                }
                build::append(cx, self.stack[at - 1], &self.stack[at..])?;
                self.stack.truncate(at);
            }
            APPENDS => {
                let (at, list) = self.pop_mark_of_container(cx)?;
                build::append(cx, list, &self.stack[at..])?;
                self.stack.truncate(at);
            }
            SETITEM => {
                let n = self.stack.len();
                if n < 3 || n - 2 <= self.fence {
                    return Err(self.underflow(cx));
                }
                build::set_items(cx, self.stack[n - 3], &self.stack[n - 2..])?;
                self.stack.truncate(n - 2);
            }
            SETITEMS => {
                let (at, dict) = self.pop_mark_of_container(cx)?;
                if !(self.stack.len() - at).is_multiple_of(2) {
                    return Err(unpickling(cx, "odd number of items for SETITEMS"));
                }
                build::set_items(cx, dict, &self.stack[at..])?;
                self.stack.truncate(at);
            }
            ADDITEMS => {
                let (at, set) = self.pop_mark_of_container(cx)?;
                build::add_items(cx, set, &self.stack[at..])?;
                self.stack.truncate(at);
            }
            BUILD => {
                let n = self.stack.len();
                if n < 2 || n - 2 < self.fence {
                    return Err(self.underflow(cx));
                }
                let state = self.pop(cx)?;
                build::set_state(cx, self.stack[n - 2], state)?;
            }
            NEWOBJ => self.load_newobj(cx, false)?,
            NEWOBJ_EX => self.load_newobj(cx, true)?,
            REDUCE => {
                let args = self.pop(cx)?;
                let f = self.pop(cx)?;
                let Some(args) = Tuple::of_sub(cx, args) else {
                    return Err(cx.type_error("argument list must be a tuple"));
                };
                let v = protocol::call(cx, f, args.as_slice())?;
                self.stack.push(v);
            }
            STACK_GLOBAL => {
                let name = self.pop(cx)?;
                let module = self.pop(cx)?;
                if !name.is_str() || !module.is_str() {
                    return Err(unpickling(cx, "STACK_GLOBAL requires str"));
                }
                let v = self.find(cx, module, name)?;
                self.stack.push(v);
            }
            PROTO => {
                let [n] = self.input.array(cx)?;
                if n > HIGHEST_PROTOCOL {
                    return Err(cx.value_error(format!("unsupported pickle protocol: {n}")));
                }
                self.names.proto = n;
                if let Some(o) = Obj::of(self.hooks.unpickler) {
                    super::unpickler::set_protocol(cx, o, n);
                }
            }
            FRAME => {
                let n = self.length(cx, "FRAME length exceeds system's maximum of")?;
                self.input.begin_frame(cx, n)?;
            }
            LONG1 => {
                let [n] = self.input.array(cx)?;
                self.load_long(cx, usize::from(n))?;
            }
            POP => {
                if self.marks.last() == Some(&self.stack.len()) {
                    self.pop_mark(cx)?;
                } else {
                    self.pop(cx)?;
                }
            }
            POP_MARK => {
                let at = self.pop_mark(cx)?;
                self.stack.truncate(at);
            }
            DUP => {
                let v = self.top(cx)?;
                self.stack.push(v);
            }
            _ => self.rare_step(cx, op)?,
        }
        Ok(())
    }

    /// Instructions of old protocols, and those that are seldom.
    #[inline(never)]
    fn rare_step(&mut self, cx: &mut Ctx, op: u8) -> Res<()> {
        match op {
            BINUNICODE8 => {
                let n = self.length(cx, "BINUNICODE exceeds system's maximum size of")?;
                self.load_str(cx, n)
            }
            BINBYTES8 => {
                let n = self.length(cx, "BINBYTES exceeds system's maximum size of")?;
                self.load_bytes(cx, n)
            }
            BYTEARRAY8 => {
                let n = self.length(cx, "BYTEARRAY8 exceeds system's maximum size of")?;
                self.load_bytes(cx, n)?;
                let bytes = self.pop(cx)?;
                let v = protocol::call(cx, self.state.bytearray(), &[bytes])?;
                self.stack.push(v);
                Ok(())
            }
            NEXT_BUFFER => {
                if self.hooks.buffers.is_empty() {
                    return Err(unpickling(
                        cx,
                        "pickle stream refers to out-of-band data but no *buffers* argument was given",
                    ));
                }
                match protocol::next(cx, self.hooks.buffers)? {
                    Some(v) => {
                        self.stack.push(v);
                        Ok(())
                    }
                    None => Err(unpickling(cx, "not enough out-of-band buffers")),
                }
            }
            READONLY_BUFFER => {
                let v = self.top(cx)?;
                if let Some(view) = build::readonly(cx, self.state.memoryview(), v)? {
                    self.set_top(view);
                }
                Ok(())
            }
            INT => {
                let line = self.input.line(cx)?;
                let text = line.trim_ascii();
                let v = match line {
                    b"00\n" => Some(Value::FALSE),
                    b"01\n" => Some(Value::TRUE),
                    [_] => return Err(unpickling(cx, "pickle data was truncated")),
                    _ => build::parse_int(cx, text),
                };
                match v {
                    Some(v) => self.stack.push(v),
                    None => return Err(cx.value_error("could not convert string to int")),
                }
                Ok(())
            }
            LONG => {
                let line = self.input.line(cx)?;
                let text = line.strip_suffix(b"L\n").unwrap_or(line);
                let v = match build::parse_int(cx, text.trim_ascii()).filter(|_| text.len() < 4000) {
                    Some(v) => v,
                    None => build::int_of_text(cx, text)?,
                };
                self.stack.push(v);
                Ok(())
            }
            LONG4 => {
                let n = i32::from_le_bytes(self.input.array(cx)?);
                match usize::try_from(n) {
                    Ok(n) => self.load_long(cx, n),
                    Err(_) => Err(unpickling(cx, "LONG pickle has negative byte count")),
                }
            }
            FLOAT => {
                let line = self.input.line(cx)?;
                let text = &line[..line.len() - 1];
                if text.is_empty() {
                    return Err(unpickling(cx, "pickle data was truncated"));
                }
                let Some(f) = pynumeric::parse::float(text) else {
                    let shown = String::from_utf8_lossy(line).into_owned();
                    return Err(cx.value_error(format!("could not convert string to float: '{shown}'")));
                };
                let v = float::new(cx, f);
                self.stack.push(v);
                Ok(())
            }
            UNICODE => {
                let line = self.input.line(cx)?;
                let v = build::raw_unicode(cx, &line[..line.len() - 1])?;
                self.stack.push(v);
                Ok(())
            }
            STRING => {
                let line = self.input.line(cx)?;
                let (Some((&first, _)), Some((&last, body))) =
                    (line.split_first(), line[..line.len() - 1].split_last())
                else {
                    return Err(unpickling(cx, "the STRING opcode argument must be quoted"));
                };
                if body.is_empty() || first != last || !matches!(first, b'"' | b'\'') {
                    return Err(unpickling(cx, "the STRING opcode argument must be quoted"));
                }
                let quoted = Bytes::wish(cx, &body[1..])?;
                let bytes = build::unescape(cx, quoted)?;
                self.push_decoded(cx, bytes)
            }
            BINSTRING => {
                let n = i32::from_le_bytes(self.input.array(cx)?);
                match usize::try_from(n) {
                    Ok(n) => self.load_old_string(cx, n),
                    Err(_) => Err(unpickling(cx, "BINSTRING pickle has negative byte count")),
                }
            }
            SHORT_BINSTRING => {
                let [n] = self.input.array(cx)?;
                self.load_old_string(cx, usize::from(n))
            }
            GET => {
                let i = self.line_index(cx)?;
                match usize::try_from(i) {
                    Ok(i) => self.get(cx, i),
                    Err(_) => Err(unpickling(cx, format!("Memo value not found at index {i}"))),
                }
            }
            PUT => {
                let i = self.line_index(cx)?;
                match usize::try_from(i) {
                    Ok(i) => self.put(cx, i),
                    Err(_) => Err(cx.value_error("negative PUT argument")),
                }
            }
            GLOBAL => {
                let module = self.line_str(cx, "utf-8")?;
                let name = self.line_str(cx, "utf-8")?;
                let v = self.find(cx, module, name)?;
                self.stack.push(v);
                Ok(())
            }
            INST => {
                let at = self.pop_mark(cx)?;
                let module = self.line_str(cx, "ascii")?;
                let name = self.line_str(cx, "ascii")?;
                let class = self.find(cx, module, name)?;
                let v = build::instantiate(cx, class, &self.stack[at..])?;
                self.collapse(at, v);
                Ok(())
            }
            OBJ => {
                let at = self.pop_mark(cx)?;
                if self.stack.len() <= at {
                    return Err(self.underflow(cx));
                }
                let v = build::instantiate(cx, self.stack[at], &self.stack[at + 1..])?;
                self.collapse(at, v);
                Ok(())
            }
            EXT1 => {
                let [n] = self.input.array(cx)?;
                self.load_extension(cx, i64::from(n))
            }
            EXT2 => {
                let n = u16::from_le_bytes(self.input.array(cx)?);
                self.load_extension(cx, i64::from(n))
            }
            EXT4 => {
                let n = i32::from_le_bytes(self.input.array(cx)?);
                self.load_extension(cx, i64::from(n))
            }
            PERSID => {
                let line = self.input.line(cx)?;
                let text = &line[..line.len() - 1];
                if !text.is_ascii() {
                    return Err(unpickling(cx, "persistent IDs in protocol 0 must be ASCII strings"));
                }
                let id = Str::ascii(cx, text);
                self.load_persistent(cx, id)
            }
            BINPERSID => {
                let id = self.pop(cx)?;
                self.load_persistent(cx, id)
            }
            0x20..=0x7e if op != b'\'' && op != b'\\' => {
                Err(unpickling(cx, format!("invalid load key, '{}'.", char::from(op))))
            }
            _ => Err(unpickling(cx, format!("invalid load key, '\\x{op:02x}'."))),
        }
    }

    // --- parts of instructions ---

    /// A length of eight bytes.
    fn length(&mut self, cx: &mut Ctx, too_much: &str) -> Res<usize> {
        let n = u64::from_le_bytes(self.input.array(cx)?);
        match isize::try_from(n) {
            Ok(n) => Ok(n.unsigned_abs()),
            Err(_) => Err(cx.overflow_error(format!("{too_much} {} bytes", isize::MAX))),
        }
    }

    #[inline]
    fn load_str(&mut self, cx: &mut Ctx, n: usize) -> Res<()> {
        let bytes = self.input.read(cx, n)?;
        let v = if bytes.is_ascii() { Str::ascii(cx, bytes) } else { build::utf8(cx, bytes)? };
        self.stack.push(v);
        Ok(())
    }

    #[inline]
    fn load_bytes(&mut self, cx: &mut Ctx, n: usize) -> Res<()> {
        let bytes = self.input.read(cx, n)?;
        let v = Bytes::wish(cx, bytes)?;
        self.stack.push(v);
        Ok(())
    }

    fn load_long(&mut self, cx: &mut Ctx, n: usize) -> Res<()> {
        let bytes = self.input.read(cx, n)?;
        let v = build::int_of_bytes(cx, bytes);
        self.stack.push(v);
        Ok(())
    }

    /// A string of Python 2.
    fn load_old_string(&mut self, cx: &mut Ctx, n: usize) -> Res<()> {
        let bytes = self.input.read(cx, n)?;
        let bytes = Bytes::wish(cx, bytes)?;
        self.push_decoded(cx, bytes)
    }

    fn push_decoded(&mut self, cx: &mut Ctx, bytes: Value) -> Res<()> {
        let as_bytes = Str::of(self.hooks.encoding).is_some_and(|s| s.as_bytes() == b"bytes");
        let names = cx.names;
        let v = if as_bytes {
            bytes
        } else {
            protocol::call_method(cx, bytes, names.decode, &[self.hooks.encoding, self.hooks.errors])?
        };
        self.stack.push(v);
        Ok(())
    }

    fn load_tuple(&mut self, cx: &mut Ctx, n: usize) -> Res<()> {
        match self.stack.len().checked_sub(n) {
            Some(at) if at >= self.fence => {
                let v = Tuple::new(cx, &self.stack[at..]);
                self.collapse(at, v);
                Ok(())
            }
            _ => Err(self.underflow(cx)),
        }
    }

    fn load_dict(&mut self, cx: &mut Ctx) -> Res<()> {
        let at = self.pop_mark(cx)?;
        if !(self.stack.len() - at).is_multiple_of(2) {
            return Err(unpickling(cx, "odd number of items for DICT"));
        }
        let dict = Dict::new(cx);
        build::set_items(cx, dict.value(), &self.stack[at..])?;
        self.collapse(at, dict.value());
        Ok(())
    }

    #[inline]
    fn get(&mut self, cx: &mut Ctx, index: usize) -> Res<()> {
        match self.memo.get(cx, index)? {
            Some(v) => {
                self.stack.push(v);
                Ok(())
            }
            None => Err(unpickling(cx, format!("Memo value not found at index {index}"))),
        }
    }

    #[inline]
    fn put(&mut self, cx: &mut Ctx, index: usize) -> Res<()> {
        let v = self.top(cx)?;
        self.memo.put(cx, index, v)
    }

    /// An index of the memo as a line of text.
    fn line_index(&mut self, cx: &mut Ctx) -> Res<i64> {
        let line = self.input.line(cx)?;
        if let [_] = line {
            return Err(unpickling(cx, "pickle data was truncated"));
        }
        let v = match build::parse_int(cx, line.trim_ascii()) {
            Some(v) => v,
            None => build::int_of_text(cx, line)?,
        };
        protocol::ssize(cx, v)
    }

    /// A line of text.
    fn line_str(&mut self, cx: &mut Ctx, encoding: &str) -> PyResult {
        let line = self.input.line(cx)?;
        let Some((_, text)) = line.split_last().filter(|(_, text)| !text.is_empty()) else {
            return Err(unpickling(cx, "pickle data was truncated"));
        };
        if text.is_ascii() {
            return Ok(Str::ascii(cx, text));
        }
        let (bytes, names) = (Bytes::new(cx, text), cx.names);
        let encoding = cx.intern(encoding.as_bytes());
        protocol::call_method(cx, bytes, names.decode, &[encoding])
    }

    fn find(&self, cx: &mut Ctx, module: Value, name: Value) -> PyResult {
        if self.hooks.find_class.is_empty() {
            return find::find_class(cx, self.state, self.names, module, name);
        }
        protocol::call(cx, self.hooks.find_class, &[module, name])
    }

    fn load_extension(&mut self, cx: &mut Ctx, code: i64) -> Res<()> {
        let key = int::from_i64(cx, code);
        if let Some(v) = state::lookup(cx, self.state.extension_cache(), key)? {
            self.stack.push(v);
            return Ok(());
        }
        let Some(pair) = state::lookup(cx, self.state.inverted_registry(), key)? else {
            return Err(if code <= 0 {
                unpickling(cx, "EXT specifies code <= 0")
            } else {
                cx.value_error(format!("unregistered extension code {code}"))
            });
        };
        let pair = Tuple::of_sub(cx, pair).filter(|t| t.len() == 2 && t.get(0).is_str() && t.get(1).is_str());
        let Some(pair) = pair else {
            return Err(cx.value_error(format!("_inverted_registry[{code}] isn't a 2-tuple of strings")));
        };
        let v = self.find(cx, pair.get(0), pair.get(1))?;
        protocol::setitem(cx, self.state.extension_cache(), key, v)?;
        self.stack.push(v);
        Ok(())
    }

    fn load_persistent(&mut self, cx: &mut Ctx, id: Value) -> Res<()> {
        if self.hooks.persistent_load.is_empty() {
            return Err(super::unpickler::no_persistent_load(cx));
        }
        let v = protocol::call(cx, self.hooks.persistent_load, &[id])?;
        self.stack.push(v);
        Ok(())
    }

    fn load_newobj(&mut self, cx: &mut Ctx, keywords: bool) -> Res<()> {
        let kwargs = if keywords { self.pop(cx)? } else { Value::EMPTY };
        let args = self.pop(cx)?;
        let class = self.pop(cx)?;
        let v = build::new_object(cx, class, args, kwargs)?;
        self.stack.push(v);
        Ok(())
    }
}
