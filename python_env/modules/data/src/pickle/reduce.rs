//! Writing all other objects: what `__reduce_ex__` and its relatives say of them.

use engine::prelude::*;
use engine::protocol::buffer;

use super::errors::{class_name, noted, pickling};
use super::opcodes::*;
use super::save::Saver;
use super::state;

impl Saver {
    /// Writes an object whose type has no instruction of its own.
    pub(super) fn save_other(&mut self, cx: &mut Ctx, v: Value) -> Res<()> {
        let ty = type_of(cx, v);
        let class = ty.value();
        if class == self.state.bytearray() {
            return self.save_bytearray(cx, v);
        }
        if class == self.state.picklebuffer() {
            return self.save_picklebuffer(cx, v);
        }
        if !self.hooks.reducer_override.is_empty() {
            let made = protocol::call(cx, self.hooks.reducer_override, &[v])?;
            if made != Value::NOT_IMPLEMENTED {
                return self.save_reduced(cx, made, v);
            }
        }
        if ty == cx.types.type_ {
            return self.save_type(cx, v);
        }
        if v.is_kind(Kind::Function) {
            return self.save_global(cx, v, None);
        }
        let made = match self.registered(cx, class)? {
            Some(f) => protocol::call(cx, f, &[v])?,
            None if v.is_kind(Kind::Type) => return self.save_global(cx, v, None),
            None if self.save_plain(cx, v)? => return Ok(()),
            None => self.reduced(cx, v)?,
        };
        self.save_reduced(cx, made, v)
    }

    /// The function that a dispatch table has for the class.
    fn registered(&self, cx: &mut Ctx, class: Value) -> Res<Option<Value>> {
        let own = self.hooks.dispatch_table;
        if own.is_empty() {
            return state::lookup(cx, self.state.dispatch_table(), class);
        }
        if let Some(d) = Dict::of(own) {
            return d.get(cx, class);
        }
        match protocol::getitem(cx, own, class) {
            Ok(f) => Ok(Some(f)),
            Err(r) if cx.matches(&r, Exc::KeyError) => {
                cx.clear(r);
                Ok(None)
            }
            Err(r) => Err(r),
        }
    }

    /// `v.__reduce_ex__(protocol)`, or `v.__reduce__()`.
    fn reduced(&self, cx: &mut Ctx, v: Value) -> PyResult {
        let names = cx.names;
        if let Some(f) = protocol::getattr_opt(cx, v, names.__reduce_ex__)? {
            return protocol::call(cx, f, &[Value::small(i32::from(self.format.proto))]);
        }
        if let Some(f) = protocol::getattr_opt(cx, v, names.__reduce__)? {
            return protocol::call(cx, f, &[]);
        }
        let class = class_name(cx, v);
        Err(pickling(cx, format!("Can't pickle {class} object")))
    }

    /// Writes what a reduction gave: the name of a global, or a tuple.
    fn save_reduced(&mut self, cx: &mut Ctx, made: Value, v: Value) -> Res<()> {
        if Str::of_sub(cx, made).is_some() {
            return self.save_global(cx, v, Some(made));
        }
        match self.save_reduce(cx, made, Some(v)) {
            Ok(()) => Ok(()),
            Err(r) => Err(noted(cx, r, v, "object")),
        }
    }

    /// `type`, whose instances are found by name; three have none.
    fn save_type(&mut self, cx: &mut Ctx, v: Value) -> Res<()> {
        for only in [Value::NONE, Value::NOT_IMPLEMENTED, Value::ELLIPSIS] {
            if type_of(cx, only).value() == v {
                let args = Tuple::new(cx, &[only]);
                let made = Tuple::new(cx, &[cx.types.type_.value(), args]);
                return self.save_reduce(cx, made, Some(v));
            }
        }
        self.save_global(cx, v, None)
    }

    fn save_bytearray(&mut self, cx: &mut Ctx, v: Value) -> Res<()> {
        let bytes = buffer::to_bytes(cx, v)?;
        if self.format.proto >= 5 {
            self.write_bytearray(cx, &bytes)?;
            return self.memoize(cx, v);
        }
        let args = if bytes.is_empty() {
            Tuple::empty(cx)
        } else {
            let bytes = Bytes::wish(cx, &bytes)?;
            Tuple::new(cx, &[bytes])
        };
        let made = Tuple::new(cx, &[self.state.bytearray(), args]);
        self.save_reduce(cx, made, Some(v))
    }

    fn save_picklebuffer(&mut self, cx: &mut Ctx, v: Value) -> Res<()> {
        if self.format.proto < 5 {
            return Err(pickling(cx, "PickleBuffer can only be pickled with protocol >= 5"));
        }
        // Held until the end: the callback may release the object.
        let Some(view) = super::buffer::raw_view(cx, v)? else {
            return Err(pickling(cx, "PickleBuffer can not be pickled when pointing to a non-contiguous buffer"));
        };
        let readonly = view.readonly;
        let mut in_band = true;
        if !self.hooks.buffer_callback.is_empty() {
            let answer = protocol::call(cx, self.hooks.buffer_callback, &[v])?;
            in_band = protocol::truth(cx, answer)?;
        }
        if !in_band {
            self.out.byte(NEXT_BUFFER);
            if readonly {
                self.out.byte(READONLY_BUFFER);
            }
            return Ok(());
        }
        let bytes = view.to_vec();
        view.release(cx);
        if readonly {
            self.write_bytes(cx, &bytes, None)?;
        } else {
            self.write_bytearray(cx, &bytes)?;
        }
        self.memoize(cx, v)
    }

    /// Writes a part of a reduction; `what` it is of `of`.
    fn save_part(&mut self, cx: &mut Ctx, v: Value, of: Option<Value>, what: &str) -> Res<()> {
        match (self.save(cx, v), of) {
            (Err(r), Some(of)) => Err(noted(cx, r, of, what)),
            (result, _) => result,
        }
    }

    /// Writes a reduction: function, arguments, and what else the tuple has. `obj` is the object it makes.
    pub(super) fn save_reduce(&mut self, cx: &mut Ctx, made: Value, obj: Option<Value>) -> Res<()> {
        let Some(t) = Tuple::of_sub(cx, made) else {
            let got = class_name(cx, made);
            return Err(pickling(cx, format!("__reduce__ must return a string or tuple, not {got}")));
        };
        if !(2..=6).contains(&t.len()) {
            return Err(pickling(cx, "tuple returned by __reduce__ must contain 2 through 6 elements"));
        }
        let (function, args) = (t.get(0), t.get(1));
        let wrong = |cx: &mut Ctx, which: &str, wanted: &str, v: Value| {
            let got = class_name(cx, v);
            pickling(cx, format!("{which} item of the tuple returned by __reduce__ must be {wanted}, not {got}"))
        };
        if !protocol::is_callable(cx, function) {
            return Err(wrong(cx, "first", "callable", function));
        }
        let Some(arguments) = Tuple::of_sub(cx, args) else { return Err(wrong(cx, "second", "a tuple", args)) };
        let item = |i: usize| if i < t.len() { t.get(i).non_empty().filter(|v| !v.is_none()) } else { None };
        let (state, items, entries, setter) = (item(2), item(3), item(4), item(5));
        for (which, it) in [("fourth", items), ("fifth", entries)] {
            if let Some(it) = it
                && type_of(cx, it).slots().next().is_none()
            {
                return Err(wrong(cx, which, "an iterator", it));
            }
        }
        if let Some(f) = setter
            && !protocol::is_callable(cx, f)
        {
            return Err(wrong(cx, "sixth", "callable", f));
        }
        self.save_construction(cx, function, arguments, obj)?;
        if let Some(v) = obj {
            match self.memo.get(cx, v) {
                // Recursive: what was just made goes, the memo has the object.
                Some(index) => {
                    self.out.byte(POP);
                    self.write_get(cx, index)?;
                }
                None => self.memoize(cx, v)?,
            }
        }
        let of = obj.unwrap_or(made);
        if let Some(it) = items {
            self.save_iterated_items(cx, it, of)?;
        }
        if let Some(it) = entries {
            self.save_iterated_entries(cx, it, of)?;
        }
        let Some(state) = state else { return Ok(()) };
        let Some(setter) = setter else {
            self.save_part(cx, state, obj, "state")?;
            self.out.byte(BUILD);
            return Ok(());
        };
        self.save_part(cx, setter, obj, "state setter")?;
        self.save(cx, of)?;
        self.save_part(cx, state, obj, "state")?;
        self.out.put(&[TUPLE2, REDUCE, POP]);
        Ok(())
    }

    /// Writes the call that makes an object.
    fn save_construction(&mut self, cx: &mut Ctx, function: Value, args: Tuple, obj: Option<Value>) -> Res<()> {
        if self.format.proto >= 2 {
            let names = cx.names;
            let name = protocol::getattr_opt(cx, function, names.__name__)?.and_then(Str::of);
            match name.as_ref().map(Str::as_bytes) {
                Some(b"__newobj_ex__") => return self.save_newobj_ex(cx, args, obj),
                Some(b"__newobj__") => return self.save_newobj(cx, args, obj),
                _ => {}
            }
        }
        self.save_part(cx, function, obj, "reconstructor")?;
        self.save_part(cx, args.value(), obj, "reconstructor arguments")?;
        self.out.byte(REDUCE);
        Ok(())
    }

    /// `copyreg.__newobj__(cls, *args)`
    fn save_newobj(&mut self, cx: &mut Ctx, args: Tuple, obj: Option<Value>) -> Res<()> {
        let n = args.len();
        if n == 0 {
            return Err(pickling(cx, "__newobj__ expected at least 1 argument, got 0"));
        }
        let class = args.get(0);
        if !class.is_kind(Kind::Type) {
            let got = class_name(cx, class);
            return Err(pickling(cx, format!("first argument to __newobj__() must be a class, not {got}")));
        }
        if let Some(v) = obj {
            let names = cx.names;
            let own = protocol::getattr(cx, v, names.__class__)?;
            if own != class {
                let (own, got) = (protocol::repr_lossy(cx, own), protocol::repr_lossy(cx, class));
                return Err(pickling(cx, format!("first argument to __newobj__() must be {own}, not {got}")));
            }
        }
        self.save_part(cx, class, obj, "class")?;
        let rest = args.slice(cx, 1, n);
        self.save_part(cx, rest, obj, "__new__ arguments")?;
        self.out.byte(NEWOBJ);
        Ok(())
    }

    /// `copyreg.__newobj_ex__(cls, args, kwargs)`
    fn save_newobj_ex(&mut self, cx: &mut Ctx, args: Tuple, obj: Option<Value>) -> Res<()> {
        let n = args.len();
        if n != 3 {
            return Err(pickling(cx, format!("__newobj_ex__ expected 3 arguments, got {n}")));
        }
        let (class, positional, keywords) = (args.get(0), args.get(1), args.get(2));
        let wrong = |cx: &mut Ctx, which: &str, wanted: &str, v: Value| {
            let got = class_name(cx, v);
            pickling(cx, format!("{which} argument to __newobj_ex__() must be {wanted}, not {got}"))
        };
        if !class.is_kind(Kind::Type) {
            return Err(wrong(cx, "first", "a class", class));
        }
        let Some(given) = Tuple::of_sub(cx, positional) else {
            return Err(wrong(cx, "second", "a tuple", positional));
        };
        if Dict::of_sub(cx, keywords).is_none() {
            return Err(wrong(cx, "third", "a dict", keywords));
        }
        if self.format.proto >= 4 {
            self.save_part(cx, class, obj, "class")?;
            self.save_part(cx, positional, obj, "__new__ arguments")?;
            self.save_part(cx, keywords, obj, "__new__ arguments")?;
            self.out.byte(NEWOBJ_EX);
            return Ok(());
        }
        // Older protocols call a partial object.
        let names = cx.names;
        let new = protocol::getattr(cx, class, names.__new__)?;
        let mut all = RootVec::from_slice(cx, &[new, class]);
        all.extend_from_slice(given.as_slice());
        let all = Tuple::new(cx, &all);
        let partial = protocol::call::call_ex(cx, self.state.partial(), all, keywords)?;
        self.save_part(cx, partial, obj, "reconstructor")?;
        let none = Tuple::empty(cx);
        self.save(cx, none)?;
        self.out.byte(REDUCE);
        Ok(())
    }
}
