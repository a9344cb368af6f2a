//! `make_encoder`: objects to JSON text. Native slots 0 to 8 are the constructor's arguments in order.

use engine::prelude::*;
use pytext::json;

const FAST: usize = 9;

/// `_json.Encoder`.
pub static ENCODER: TypeDef = TypeDef {
    doc: "Encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)",
    nnative: 10,
    new: Some(NativeDef::new(
        "__new__",
        "($type, markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)",
        new,
        "",
    )),
    slots: Slots { call: Some(call), ..Slots::NONE },
    members: &[
        Member::ro("markers", 0, "markers"),
        Member::ro("default", 1, "default"),
        Member::ro("encoder", 2, "encoder"),
        Member::ro("indent", 3, "indent"),
        Member::ro("key_separator", 4, "key_separator"),
        Member::ro("item_separator", 5, "item_separator"),
        Member::ro("sort_keys", 6, "sort_keys"),
        Member::ro("skipkeys", 7, "skipkeys"),
    ],
    ..TypeDef::new("_json", "Encoder")
};

fn new(cx: &mut Ctx, args: Args) -> PyResult {
    let o = cx.alloc_instance(args[0])?;
    for i in [5, 6] {
        if Str::of_sub(cx, args[i]).is_none() {
            let name = type_name(cx, args[i]);
            return Err(cx.type_error(format!("make_encoder() argument {i} must be str, not {name}")));
        }
    }
    if args[1] != Value::NONE && Dict::of_sub(cx, args[1]).is_none() {
        let name = type_name(cx, args[1]);
        return Err(cx.type_error(format!("make_encoder() argument 1 must be dict or None, not {name}")));
    }
    for i in 0..9 {
        let mut v = args[i + 1];
        if i >= 6 {
            v = Value::bool(protocol::truth(cx, v)?);
        }
        o.set_slot(cx, i, v);
    }
    // The two encoders of this module need no call.
    let mut fast = Value::NONE;
    for (name, ascii) in [("encode_basestring_ascii", true), ("encode_basestring", false)] {
        if protocol::import_attr(cx, "_json", name)? == args[3] {
            fast = Value::bool(ascii);
        }
    }
    o.set_slot(cx, FAST, fast);
    Ok(o.value())
}

/// `encoder(obj, level)`: a tuple of pieces of text.
static CALL: NativeDef = NativeDef::new("__call__", "($self, obj, _current_indent_level)", encode, "");

fn call(cx: &mut Ctx, callee: Value, args: CallArgs) -> PyResult {
    let f = cx.new_bound_function(&CALL, callee);
    protocol::call_args(cx, f, args)
}

fn encode(cx: &mut Ctx, args: Args) -> PyResult {
    let level = args.index(cx, 2)?;
    let o = crate::arguments::this(cx, args[0])?;
    let text = |slot: usize| Str::of_sub(cx, o.slot(cx, slot)).map(|s| s.as_bytes().to_vec());
    let mut run = Run {
        markers: Dict::of_sub(cx, o.slot(cx, 0)),
        default: o.slot(cx, 1),
        encoder: o.slot(cx, 2),
        fast: match o.slot(cx, FAST) {
            Value::TRUE => Some(true),
            Value::FALSE => Some(false),
            _ => None,
        },
        indent: text(3),
        key_separator: text(4).unwrap_or_default(),
        item_separator: text(5).unwrap_or_default(),
        sort_keys: o.slot(cx, 6) == Value::TRUE,
        skip_keys: o.slot(cx, 7) == Value::TRUE,
        allow_nan: o.slot(cx, 8) == Value::TRUE,
        out: Vec::new(),
    };
    run.value(cx, args[1], usize::try_from(level).unwrap_or(0))?;
    let text = Str::wish(cx, &run.out)?;
    Ok(Tuple::new(cx, &[text]))
}

/// One call of an encoder.
struct Run {
    markers: Option<Dict>,
    default: Value,
    encoder: Value,
    /// Strings are written natively, ASCII only when true.
    fast: Option<bool>,
    indent: Option<Vec<u8>>,
    key_separator: Vec<u8>,
    item_separator: Vec<u8>,
    sort_keys: bool,
    skip_keys: bool,
    allow_nan: bool,
    out: Vec<u8>,
}

/// Adds a note to the exception that `r` stands for.
#[cold]
fn noted(cx: &mut Ctx, r: Raised, note: impl FnOnce(&mut Ctx) -> String) -> Raised {
    // Nothing that may fail runs before the exception is in hands: it would take its place.
    let exc = cx.take(r);
    let note = note(cx);
    let name = cx.names.add_note;
    let note = Str::from_text(cx, &note);
    // Without stack for a note the exception goes on as it is.
    if let Err(r) = protocol::call_method(cx, exc, name, &[note]) {
        cx.clear(r);
    }
    cx.restore(exc)
}

impl Run {
    fn newline(&mut self, level: usize) {
        if let Some(indent) = &self.indent {
            self.out.push(b'\n');
            for _ in 0..level {
                self.out.extend_from_slice(indent);
            }
        }
    }

    fn value(&mut self, cx: &mut Ctx, v: Value, level: usize) -> Res<()> {
        match v {
            Value::NONE => self.out.extend_from_slice(b"null"),
            Value::TRUE => self.out.extend_from_slice(b"true"),
            Value::FALSE => self.out.extend_from_slice(b"false"),
            _ if Str::of_sub(cx, v).is_some() => self.string(cx, v)?,
            _ if int::is_sub(cx, v) => self.integer(cx, v)?,
            _ => {
                let base = objects::base_value(cx, v);
                if let Some(x) = float::of(base) {
                    let text = self.float(cx, x)?;
                    self.out.extend_from_slice(text.as_bytes());
                } else if List::of(base).is_some() || Tuple::of(base).is_some() {
                    protocol::guard(cx, " while encoding a JSON object")?;
                    self.sequence(cx, v, level)?;
                } else if Dict::of(base).is_some() {
                    protocol::guard(cx, " while encoding a JSON object")?;
                    self.mapping(cx, v, level)?;
                } else {
                    self.other(cx, v, level)?;
                }
            }
        }
        Ok(())
    }

    fn string(&mut self, cx: &mut Ctx, v: Value) -> Res<()> {
        if let (Some(ascii), Some(s)) = (self.fast, Str::of_sub(cx, v)) {
            json::push_string(&mut self.out, s.as_bytes(), ascii);
            return Ok(());
        }
        let text = protocol::call(cx, self.encoder, &[v])?;
        match Str::of_sub(cx, text) {
            Some(s) => {
                self.out.extend_from_slice(s.as_bytes());
                Ok(())
            }
            None => {
                let name = type_name(cx, text);
                Err(cx.type_error(format!("encoder() must return a string, not {name}")))
            }
        }
    }

    fn integer(&mut self, cx: &mut Ctx, v: Value) -> Res<()> {
        let base = objects::base_value(cx, v);
        if let Some(i) = int::to_i64(base) {
            self.out.extend_from_slice(i.to_string().as_bytes());
            return Ok(());
        }
        let text = protocol::repr(cx, base)?;
        if let Some(s) = Str::of(text) {
            self.out.extend_from_slice(s.as_bytes());
        }
        Ok(())
    }

    fn float(&self, cx: &mut Ctx, x: f64) -> Res<String> {
        if x.is_finite() {
            return Ok(pynumeric::floatfmt::repr(x));
        }
        if !self.allow_nan {
            let text = pynumeric::floatfmt::repr(x);
            return Err(cx.value_error(format!("Out of range float values are not JSON compliant: {text}")));
        }
        let text = if x.is_nan() {
            "NaN"
        } else if x > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        };
        Ok(text.to_owned())
    }

    /// Notes that `v` is being written; refuses one that is already.
    fn enter(&self, cx: &mut Ctx, v: Value) -> Res<Value> {
        let Some(markers) = self.markers else { return Ok(Value::NONE) };
        let id = protocol::id(cx, v);
        if markers.contains(cx, id)? {
            return Err(cx.value_error("Circular reference detected"));
        }
        markers.set(cx, id, v)?;
        Ok(id)
    }

    fn leave(&self, cx: &mut Ctx, id: Value) -> Res<()> {
        if let Some(markers) = self.markers {
            markers.remove(cx, id)?;
        }
        Ok(())
    }

    fn other(&mut self, cx: &mut Ctx, v: Value, level: usize) -> Res<()> {
        let id = self.enter(cx, v)?;
        let made = protocol::call(cx, self.default, &[v])?;
        protocol::guard(cx, " while encoding a JSON object")?;
        if let Err(r) = self.value(cx, made, level) {
            return Err(noted(cx, r, |cx| {
                let name = type_name(cx, v);
                format!("when serializing {name} object")
            }));
        }
        self.leave(cx, id)
    }

    fn sequence(&mut self, cx: &mut Ctx, v: Value, level: usize) -> Res<()> {
        // Iterated as a list, of which the default function may change nothing.
        let base = objects::base_value(cx, v);
        let exact = type_of(cx, v).value() == cx.types.list.value() || Tuple::of(v).is_some();
        let items = if exact { base } else { protocol::list_of(cx, v)?.value() };
        let item = |i: usize| match (List::of(items), Tuple::of(items)) {
            (Some(list), _) => list.get(i),
            (None, Some(t)) => t.get(i).non_empty(),
            (None, None) => None,
        };
        if item(0).is_none() {
            self.out.extend_from_slice(b"[]");
            return Ok(());
        }
        let id = self.enter(cx, v)?;
        self.out.push(b'[');
        self.newline(level + 1);
        let mut i = 0;
        while let Some(x) = item(i) {
            if i > 0 {
                self.out.extend_from_slice(&self.item_separator);
                self.newline(level + 1);
            }
            if let Err(r) = self.value(cx, x, level + 1) {
                return Err(noted(cx, r, |cx| {
                    let name = type_name(cx, v);
                    format!("when serializing {name} item {i}")
                }));
            }
            i += 1;
            cx.poll()?;
        }
        self.leave(cx, id)?;
        self.newline(level);
        self.out.push(b']');
        Ok(())
    }

    fn mapping(&mut self, cx: &mut Ctx, v: Value, level: usize) -> Res<()> {
        if protocol::length(cx, v)? == 0 {
            self.out.extend_from_slice(b"{}");
            return Ok(());
        }
        let id = self.enter(cx, v)?;
        self.out.push(b'{');
        let mut first = true;
        match Dict::of(v).filter(|_| !self.sort_keys) {
            Some(dict) => {
                let mut pos = 0;
                while let Some((next, key, value)) = dict.next_entry(pos) {
                    self.entry(cx, v, key, value, level, &mut first)?;
                    pos = next;
                    cx.poll()?;
                }
            }
            None => {
                let name = cx.names.items;
                let items = protocol::call_method(cx, v, name, &[])?;
                let items = protocol::list_of(cx, items)?;
                if self.sort_keys {
                    objects::sort::sort(cx, items, Value::NONE, false)?;
                }
                for item in items.items() {
                    match Tuple::of(item).filter(|t| t.len() == 2) {
                        Some(pair) => self.entry(cx, v, pair.get(0), pair.get(1), level, &mut first)?,
                        None => return Err(cx.value_error("items must return 2-tuples")),
                    }
                    cx.poll()?;
                }
            }
        }
        self.leave(cx, id)?;
        if !first {
            self.newline(level);
        }
        self.out.push(b'}');
        Ok(())
    }

    fn entry(&mut self, cx: &mut Ctx, dict: Value, key: Value, v: Value, level: usize, first: &mut bool) -> Res<()> {
        let base = objects::base_value(cx, key);
        let text = match key {
            Value::NONE => "null".to_owned(),
            Value::TRUE => "true".to_owned(),
            Value::FALSE => "false".to_owned(),
            _ if Str::of(base).is_some() => String::new(),
            _ if float::of(base).is_some() => self.float(cx, float::of(base).unwrap_or(0.0))?,
            _ if int::of(base).is_some() => {
                let shown = protocol::repr(cx, base)?;
                protocol::text(cx, shown)
            }
            _ if self.skip_keys => return Ok(()),
            _ => {
                let name = type_name(cx, key);
                return Err(cx.type_error(format!("keys must be str, int, float, bool or None, not {name}")));
            }
        };
        if !std::mem::take(first) {
            self.out.extend_from_slice(&self.item_separator);
        }
        self.newline(level + 1);
        if Str::of(base).is_some() {
            self.string(cx, key)?;
        } else {
            let key = Str::new(cx, &text);
            self.string(cx, key)?;
        }
        self.out.extend_from_slice(&self.key_separator);
        if let Err(r) = self.value(cx, v, level + 1) {
            return Err(noted(cx, r, |cx| {
                let (name, shown) = (type_name(cx, dict), protocol::repr_lossy(cx, key));
                format!("when serializing {name} item {shown}")
            }));
        }
        Ok(())
    }
}
