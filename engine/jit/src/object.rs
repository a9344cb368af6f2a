//! Attributes, globals, cells, items, iterators.

use engine::interp::jit::facts::{self, Attr};
use engine::interp::jit::helpers::{Helper, UNKNOWN};
use engine::interp::jit::profile::{Seen, sort};
use engine::objects::layout;
use proto_core::{Kind, Value, header};

use crate::asm::{Block, Icc, Ty, V};
use crate::state::{Reg, State, T};
use crate::unit::{Flow, Unit};

/// The only kind of object that was seen, if nothing else was.
fn only_kind(seen: &Seen) -> Option<Kind> {
    let kinds = seen.sorts >> 8;
    (seen.sorts & 255 == 0 && kinds.count_ones() == 1).then(|| Kind::from_index(kinds.trailing_zeros() as u8))
}

impl Unit<'_, '_> {
    // --- the rare way beside a quick one ---

    /// Ends the block by letting the handler do the instruction, and goes on in `done` with the register that it wrote, if any.
    fn by_handler(&mut self, s: &State, next: u32, dst: Option<usize>, done: Block) {
        let mut s = s.clone();
        let status = self.step(&mut s, next, None);
        let (on, away) = (self.asm.block(), self.away());
        let is_next = self.asm.is_zero(status);
        self.asm.branch(is_next, on, away);
        self.asm.at(on);
        match dst {
            Some(dst) => {
                let v = self.asm.load(self.base, 8 * s.index(dst) as i32);
                self.asm.jump(done, &[v]);
            }
            None => self.asm.jump(done, &[]),
        }
    }

    /// A word that a helper gave, or what the handler makes if that is EMPTY.
    pub fn or_handler(&mut self, s: &State, v: V, dst: usize, next: u32) -> V {
        let (slow, done) = (self.asm.cold_block(), self.asm.block());
        let result = self.asm.param(done, Ty::Word);
        let empty = self.same(v, Value::EMPTY.bits());
        self.asm.branch_with(empty, (slow, &[]), (done, &[v]));
        self.asm.at(slow);
        self.by_handler(s, next, Some(dst), done);
        self.asm.at(done);
        result
    }

    /// Leaves if the word is EMPTY.
    fn full(&mut self, s: &State, v: V) {
        let empty = self.same(v, Value::EMPTY.bits());
        self.guard_not(empty, s);
    }

    // --- globals and cells ---

    /// A global or builtin.
    pub fn load_global(&mut self, s: &mut State, dst: usize, next: u32) -> Flow {
        let (code, like) = (s.top().code, s.top().like);
        let fact = facts::site(code, s.at).and_then(|entry| facts::global(like, entry));
        let Some(fact) = fact else { return self.generic(s) };
        let Some((_, globals, _)) = facts::function_parts(like) else { return self.generic(s) };
        // The frame's function has these globals, so they live. A version is given to one set of keys only.
        let dict = self.asm.k(globals.bits());
        let table = self.asm.load(dict, facts::word_at(Kind::Dict, facts::DICT_TABLE));
        self.version(s, table, fact.version);
        let holder = if fact.builtin {
            let function = s.top().function;
            let function = self.word_of(function);
            let dict = self.asm.load(function, facts::word_at(Kind::Function, layout::FUNCTION_BUILTINS));
            let is_dict = self.is_kind(dict, Kind::Dict);
            self.guard(is_dict, s);
            let holder = self.asm.load(dict, facts::word_at(Kind::Dict, facts::DICT_TABLE));
            self.version(s, holder, fact.holder_version);
            holder
        } else {
            table
        };
        let v = self.asm.load(holder, facts::word_at(Kind::Internal, fact.word));
        // What is called is worth to be known.
        if matches!(fact.now.kind(), Some(Kind::Function | Kind::Type | Kind::Native)) {
            let ok = self.same(v, fact.now.bits());
            self.guard(ok, s);
            self.name(fact.now);
            self.put(s, dst, Reg::known(fact.now));
        } else {
            self.full(s, v);
            self.set(s, dst, T::Any, v);
        }
        s.at = next;
        Flow::On
    }

    /// Leaves unless a dict's table has a set of keys; EMPTY is the table of a dict that never had any.
    fn version(&mut self, s: &State, table: V, version: u64) {
        self.full(s, table);
        let there = self.asm.load(table, facts::word_at(Kind::Internal, facts::TABLE_VERSION));
        let ok = self.same(there, version);
        self.guard(ok, s);
    }

    /// What a cell of the closure holds.
    pub fn load_free(&mut self, s: &mut State, dst: usize, cell: usize, next: u32) -> Flow {
        let function = s.top().function;
        let function = self.word_of(function);
        let closure = self.asm.load(function, facts::word_at(Kind::Function, layout::FUNCTION_CLOSURE));
        let cell = self.asm.load(closure, facts::word_at(Kind::Tuple, layout::TUPLE_ITEMS + cell));
        self.load_contents(s, dst, cell, next)
    }

    /// What the cell in a register holds.
    pub fn load_cell(&mut self, s: &mut State, dst: usize, r: usize, next: u32) -> Flow {
        let Some(cell) = self.object(s, r, Kind::Cell) else { return Flow::Ended };
        self.load_contents(s, dst, cell, next)
    }

    fn load_contents(&mut self, s: &mut State, dst: usize, cell: V, next: u32) -> Flow {
        let v = self.asm.load(cell, facts::word_at(Kind::Cell, layout::CELL_VALUE));
        self.full(s, v);
        self.set(s, dst, T::Any, v);
        s.at = next;
        Flow::On
    }

    // --- attributes ---

    /// What is known of the attribute for each shape that was seen; None: not enough.
    fn attrs(&mut self, s: &State, seen: &Seen, store: bool) -> Option<Vec<(u32, Attr)>> {
        let entry = facts::site(s.top().code, s.at)?;
        if seen.many_shapes || only_kind(seen) != Some(Kind::Object) {
            return None;
        }
        let shapes = seen.shapes.into_iter().filter(|&shape| shape != 0);
        shapes.map(|shape| Some((shape, facts::attr(self.cx, entry, shape, store)?))).collect()
    }

    fn shape(&mut self, object: V) -> V {
        self.names_shapes = true;
        self.asm.load_half(object, facts::word_at(Kind::Object, 0))
    }

    /// The word of an object of a shape.
    fn attr_word(&mut self, s: &State, object: V, attr: Attr) -> Option<V> {
        match attr {
            Attr::Slot(word) => {
                let v = self.asm.load(object, facts::word_at(Kind::Object, word));
                self.full(s, v);
                Some(v)
            }
            Attr::Value(v) => {
                self.name(v);
                Some(self.asm.k(v.bits()))
            }
            _ => None,
        }
    }

    /// An attribute.
    pub fn load_attr(&mut self, s: &mut State, dst: usize, r: usize, next: u32) -> Flow {
        let seen = self.site(s).operands[1];
        let Some(attrs) = self.attrs(s, &seen, false) else { return self.generic(s) };
        if attrs.is_empty() || attrs.iter().any(|(_, a)| !matches!(a, Attr::Slot(_) | Attr::Value(_))) {
            return self.generic(s);
        }
        self.get(s, r);
        let Some(object) = self.object(s, r, Kind::Object) else { return Flow::Ended };
        let shape = self.shape(object);
        if let [(only, attr)] = attrs[..] {
            let ok = self.asm.is(Icc::Equal, shape, only as i64);
            self.guard(ok, s);
            if let Attr::Value(v) = attr {
                self.name(v);
                self.put(s, dst, Reg::known(v));
            } else {
                let Some(v) = self.attr_word(s, object, attr) else { return self.generic(s) };
                self.set(s, dst, T::Any, v);
            }
            s.at = next;
            return Flow::On;
        }
        let done = self.asm.block();
        let result = self.asm.param(done, Ty::Word);
        for (one, attr) in attrs {
            let (yes, no) = (self.asm.block(), self.asm.block());
            let is = self.asm.is(Icc::Equal, shape, one as i64);
            self.asm.branch(is, yes, no);
            self.asm.at(yes);
            match self.attr_word(s, object, attr) {
                Some(v) => self.asm.jump(done, &[v]),
                None => self.leave(s),
            }
            self.asm.at(no);
        }
        self.leave(s);
        self.asm.at(done);
        self.set(s, dst, T::Any, result);
        s.at = next;
        Flow::On
    }

    /// A method, to be called.
    pub fn load_method(&mut self, s: &mut State, window: usize, r: usize, next: u32) -> Flow {
        let seen = self.site(s).operands[1];
        if let Some(kind) = only_kind(&seen).filter(|&k| k != Kind::Object && k != Kind::Type) {
            // The main type of a kind has the kind's number for a shape.
            let entry = facts::site(s.top().code, s.at);
            let attr = entry.and_then(|entry| facts::attr(self.cx, entry, kind as u32, false));
            let Some(Attr::Function(f)) = attr else { return self.generic(s) };
            if !self.may_be(s, r, kind) {
                return self.generic(s);
            }
            if self.object(s, r, kind).is_none() {
                return Flow::Ended;
            }
            self.found_method(s, window, r, f);
            s.at = next;
            return Flow::On;
        }
        let Some(attrs) = self.attrs(s, &seen, false) else { return self.generic(s) };
        let fits = |a: &Attr| matches!(a, Attr::Slot(_) | Attr::Value(_) | Attr::Function(_));
        if attrs.is_empty() || !attrs.iter().all(|(_, a)| fits(a)) || !self.may_be(s, r, Kind::Object) {
            return self.generic(s);
        }
        let Some(object) = self.object(s, r, Kind::Object) else { return Flow::Ended };
        let shape = self.shape(object);
        // For each shape a version of what follows.
        for (one, attr) in attrs {
            let (yes, no) = (self.asm.block(), self.asm.block());
            let is = self.asm.is(Icc::Equal, shape, one as i64);
            self.asm.branch(is, yes, no);
            self.asm.at(yes);
            let mut t = s.clone();
            match attr {
                Attr::Function(f) => self.found_method(&mut t, window, r, f),
                _ => {
                    let Some(v) = self.attr_word(s, object, attr) else {
                        self.leave(s);
                        self.asm.at(no);
                        continue;
                    };
                    let reg = match attr {
                        Attr::Value(v) => Reg::known(v),
                        _ => Reg::new(T::Any, v),
                    };
                    self.put(&mut t, window, reg);
                    self.put(&mut t, window + 2, Reg::known(Value::EMPTY));
                }
            }
            self.go_to(&t, next);
            self.asm.at(no);
        }
        self.leave(s);
        Flow::Ended
    }

    /// The method is this function of the class of what register `r` holds.
    fn found_method(&mut self, s: &mut State, window: usize, r: usize, f: Value) {
        self.name(f);
        let receiver = self.get(s, r);
        self.put(s, window, Reg::known(f));
        self.put(s, window + 2, receiver);
    }

    /// Whether what is known of a register lets it refer to an object of this kind.
    fn may_be(&mut self, s: &mut State, r: usize, kind: Kind) -> bool {
        match self.get(s, r).t {
            T::Any => true,
            T::Ref(k) => k == kind as u8,
            T::Const(bits) => bits & 63 == facts::tag(kind),
            _ => false,
        }
    }

    /// A store to an attribute.
    pub fn store_attr(&mut self, s: &mut State, r: usize, value: usize, next: u32) -> Flow {
        let seen = self.site(s).operands[0];
        let Some(attrs) = self.attrs(s, &seen, true) else { return self.generic(s) };
        let [(only, attr)] = attrs[..] else { return self.generic(s) };
        let (word, becomes) = match attr {
            Attr::Slot(word) => (word, None),
            Attr::New(word, shape) => (word, Some(shape)),
            _ => return self.generic(s),
        };
        if !self.may_be(s, r, Kind::Object) {
            return self.generic(s);
        }
        let Some(object) = self.object(s, r, Kind::Object) else { return Flow::Ended };
        let shape = self.shape(object);
        let ok = self.asm.is(Icc::Equal, shape, only as i64);
        self.guard(ok, s);
        self.store_word(s, (object, Kind::Object), Ok(word), value, becomes, next);
        s.at = next;
        Flow::On
    }

    /// Stores a register into a word of an object (or of one whose number is given), as `Heap::store` does. The object gets a new
    /// shape after that, if there is one. What is shared is left to the handler, and what is old and gets a shape.
    fn store_word(
        &mut self,
        s: &mut State,
        (object, kind): (V, Kind),
        word: Result<usize, V>,
        value: usize,
        becomes: Option<u32>,
        next: u32,
    ) {
        self.get(s, value);
        let v = self.word(s, value);
        let flags = self.asm.load_byte(object, facts::flags_at(kind));
        let (plain, done) = (self.asm.block(), self.asm.block());
        let slow = self.asm.cold_block();
        // Immediates, too: a marker wants to know what they replace.
        let bits = self.asm.and(flags, header::BARRIER as i64);
        let is_plain = self.asm.is_zero(bits);
        self.asm.branch(is_plain, plain, slow);
        self.asm.at(slow);
        if becomes.is_none() {
            let (old, shared) = (self.asm.block(), self.asm.block());
            let bit = self.asm.and(flags, header::SHARED as i64);
            let is_old = self.asm.is_zero(bit);
            self.asm.branch(is_old, old, shared);
            self.asm.at(old);
            let index = match word {
                Ok(word) => self.asm.k(word as u64),
                Err(index) => index,
            };
            self.asm.call(Helper::Store, &[self.context, object, index, v]);
            self.asm.jump(done, &[]);
            self.asm.at(shared);
        }
        self.by_handler(s, next, None, done);
        self.asm.at(plain);
        match word {
            Ok(word) => self.asm.store(v, object, facts::word_at(kind, word)),
            Err(index) => {
                let offset = self.asm.shl(index, 3);
                let p = self.asm.iadd(object, offset);
                self.asm.store(v, p, facts::word_at(kind, 0));
            }
        }
        self.becomes(object, becomes);
        self.asm.jump(done, &[]);
        self.asm.at(done);
    }

    fn becomes(&mut self, object: V, shape: Option<u32>) {
        if let Some(shape) = shape {
            let shape = self.asm.k(shape.into());
            self.asm.store_half(shape, object, facts::word_at(Kind::Object, 0));
        }
    }

    // --- items ---

    /// The buffer of a list and its length.
    fn list_items(&mut self, s: &State, list: V) -> (V, V) {
        let buffer = self.asm.load(list, facts::word_at(Kind::List, layout::LIST_BUFFER));
        self.full(s, buffer);
        let len = self.asm.load_half(buffer, facts::word_at(Kind::Internal, layout::LISTBUF_LEN));
        (buffer, len)
    }

    /// The number of an item as an index into `len` items; leaves if there is none.
    fn index_of(&mut self, s: &mut State, key: Result<usize, i8>, len: V) -> Option<V> {
        let i = match key {
            Ok(r) => {
                let v = self.int(s, r)?;
                self.asm.sar(v, 2)
            }
            Err(n @ 0..) => self.asm.k(n as u64),
            Err(n) => self.asm.add(len, n.into()),
        };
        let ok = self.asm.icmp(Icc::UnsignedLessThan, i, len);
        self.guard(ok, s);
        Some(i)
    }

    /// Whether a key is a small int, as far as is known.
    fn is_index(&mut self, s: &mut State, key: Result<usize, i8>, seen: &Seen) -> bool {
        let Ok(r) = key else { return true };
        match self.get(s, r).t {
            T::Int => true,
            T::Any => seen.only(sort::INT),
            T::Const(bits) => bits & 3 == 0,
            _ => false,
        }
    }

    /// An item of a container. The key is in a register, or a small int.
    pub fn load_item(&mut self, s: &mut State, dst: usize, r: usize, key: Result<usize, i8>, next: u32) -> Flow {
        let seen = self.site(s).operands;
        let Some(kind) = only_kind(&seen[1]) else { return self.generic(s) };
        if !self.may_be(s, r, kind) {
            return self.generic(s);
        }
        let v = match (kind, key) {
            (Kind::List | Kind::Tuple, _) if self.is_index(s, key, &seen[2]) => {
                let Some(object) = self.object(s, r, kind) else { return Flow::Ended };
                let (items, len, first) = if kind == Kind::List {
                    let (buffer, len) = self.list_items(s, object);
                    (buffer, len, facts::word_at(Kind::Internal, layout::LISTBUF_ITEMS))
                } else {
                    let len = self.asm.load(object, facts::word_at(Kind::Tuple, layout::TUPLE_LEN));
                    (object, len, facts::word_at(Kind::Tuple, layout::TUPLE_ITEMS))
                };
                let Some(i) = self.index_of(s, key, len) else { return Flow::Ended };
                let offset = self.asm.shl(i, 3);
                let p = self.asm.iadd(items, offset);
                let v = self.asm.load(p, first);
                // Somebody else may just have removed it from a list.
                self.full(s, v);
                v
            }
            (Kind::Dict, Ok(key)) => {
                let Some(dict) = self.object(s, r, Kind::Dict) else { return Flow::Ended };
                let key = self.word(s, key);
                let v = self.asm.call(Helper::DictItem, &[dict, key]);
                self.or_handler(s, v, dst, next)
            }
            _ => return self.generic(s),
        };
        self.set(s, dst, T::Any, v);
        s.at = next;
        Flow::On
    }

    /// A store to an item of a list.
    pub fn store_item(&mut self, s: &mut State, r: usize, key: Result<usize, i8>, value: usize, next: u32) -> Flow {
        let seen = self.site(s).operands;
        let known = only_kind(&seen[0]) == Some(Kind::List) && self.may_be(s, r, Kind::List);
        if !known || !self.is_index(s, key, &seen[1]) {
            return self.generic(s);
        }
        let Some(list) = self.object(s, r, Kind::List) else { return Flow::Ended };
        // The value's word is made first: a float may have to be boxed, and nothing may come between buffer and store.
        let (buffer, len) = self.list_items(s, list);
        let Some(i) = self.index_of(s, key, len) else { return Flow::Ended };
        let word = self.asm.add(i, layout::LISTBUF_ITEMS as i64);
        self.store_word(s, (buffer, Kind::Internal), Err(word), value, None, next);
        s.at = next;
        Flow::On
    }

    /// The items of a tuple.
    pub fn unpack(&mut self, s: &mut State, first: usize, r: usize, count: usize, next: u32) -> Flow {
        let seen = self.site(s).operands[1];
        if only_kind(&seen) != Some(Kind::Tuple) || !self.may_be(s, r, Kind::Tuple) {
            return self.generic(s);
        }
        let Some(tuple) = self.object(s, r, Kind::Tuple) else { return Flow::Ended };
        let len = self.asm.load(tuple, facts::word_at(Kind::Tuple, layout::TUPLE_LEN));
        let ok = self.asm.is(Icc::Equal, len, count as i64);
        self.guard(ok, s);
        for i in 0..count {
            let v = self.asm.load(tuple, facts::word_at(Kind::Tuple, layout::TUPLE_ITEMS + i));
            self.set(s, first + i, T::Any, v);
        }
        s.at = next;
        Flow::On
    }

    // --- iterators ---

    /// An iterator.
    pub fn get_iter(&mut self, s: &mut State, dst: usize, r: usize, next: u32) -> Flow {
        let seen = self.site(s).operands[1];
        if seen.sorts & sort::of_kind(Kind::Generator) != 0 {
            return self.generic(s);
        }
        let v = self.word(s, r);
        let it = self.asm.call(Helper::Iter, &[self.context, v]);
        let it = self.or_handler(s, it, dst, next);
        self.set(s, dst, T::Any, it);
        s.at = next;
        Flow::On
    }

    /// A step of a loop.
    pub fn for_iter(&mut self, s: &mut State, item: usize, r: usize, (next, target): (u32, u32)) -> Flow {
        let seen = self.site(s).operands[1];
        // The core's iterators have the first shapes.
        let core = seen.shapes.iter().all(|&shape| shape < 64) && !seen.many_shapes;
        if only_kind(&seen) != Some(Kind::Object) || !core {
            return self.generic(s);
        }
        let it = self.word(s, r);
        let v = self.asm.call(Helper::NextItem, &[self.context, it]);
        // No guard, which might fail on purpose: the item would be lost.
        let unknown = self.asm.is(Icc::Equal, v, UNKNOWN as i64);
        let (known, exit) = (self.asm.block(), self.exit(s, true));
        self.asm.branch(unknown, exit, known);
        self.asm.at(known);
        let (more, end) = (self.asm.block(), self.asm.block());
        let empty = self.same(v, Value::EMPTY.bits());
        self.asm.branch(empty, end, more);
        self.asm.at(end);
        self.go_to(s, next);
        self.asm.at(more);
        self.set(s, item, T::Any, v);
        self.take(s, target);
        Flow::Ended
    }
}
