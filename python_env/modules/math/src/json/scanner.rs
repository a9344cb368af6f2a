//! `make_scanner`: JSON text to objects. Native slots 0 to 5 are the context's attributes.

use super::{decode_error, scan_failed, scanned};
use engine::prelude::*;
use pytext::json::{self, skip_space};

const STRICT: usize = 0;

/// `_json.Scanner`.
pub static SCANNER: TypeDef = TypeDef {
    doc: "JSON scanner object",
    nnative: 6,
    new: Some(NativeDef::new("__new__", "($type, context)", new, "")),
    slots: Slots { call: Some(call), ..Slots::NONE },
    members: &[
        Member::ro("strict", STRICT as u16, "strict"),
        Member::ro("object_hook", 1, "object_hook"),
        Member::ro("object_pairs_hook", 2, ""),
        Member::ro("parse_float", 3, "parse_float"),
        Member::ro("parse_int", 4, "parse_int"),
        Member::ro("parse_constant", 5, "parse_constant"),
    ],
    ..TypeDef::new("_json", "Scanner")
};

fn new(cx: &mut Ctx, args: Args) -> PyResult {
    let o = cx.alloc_instance(args[0])?;
    let names: [&[u8]; 6] =
        [b"strict", b"object_hook", b"object_pairs_hook", b"parse_float", b"parse_int", b"parse_constant"];
    for (i, name) in names.into_iter().enumerate() {
        let name = cx.intern(name);
        let mut v = protocol::getattr(cx, args[1], name)?;
        if i == STRICT {
            v = Value::bool(protocol::truth(cx, v)?);
        }
        o.set_slot(cx, i, v);
    }
    Ok(o.value())
}

/// `scanner(string, idx)`: the object and the index after it.
static CALL: NativeDef = NativeDef::new("__call__", "($self, string, idx)", scan_once, "");

fn call(cx: &mut Ctx, callee: Value, args: CallArgs) -> PyResult {
    let f = cx.new_bound_function(&CALL, callee);
    protocol::call_args(cx, f, args)
}

fn scan_once(cx: &mut Ctx, args: Args) -> PyResult {
    let index = args.index(cx, 2)?;
    let Some(doc) = Str::of_sub(cx, args[1]) else {
        let name = type_name(cx, args[1]);
        return Err(cx.type_error(format!("first argument must be a string, not {name}")));
    };
    let Ok(index) = usize::try_from(index) else { return Err(cx.value_error("idx cannot be negative")) };
    if index >= doc.len_chars() {
        let index = int::from_usize(cx, index);
        return Err(cx.stop_iteration(index));
    }
    let start = doc.byte_of_char(cx, index);
    let o = crate::arguments::this(cx, args[0])?;
    let hook = |slot: usize| o.slot(cx, slot).non_empty().filter(|&v| v != Value::NONE);
    let (float_type, int_type) = (cx.types.float.value(), cx.types.int.value());
    let parser = Parser {
        doc,
        strict: o.slot(cx, STRICT) == Value::TRUE,
        object_hook: hook(1),
        pairs_hook: hook(2),
        parse_float: hook(3).filter(|&f| f != float_type),
        parse_int: hook(4).filter(|&f| f != int_type),
        parse_constant: o.slot(cx, 5),
        keys: Dict::new(cx),
    };
    let (v, end) = parser.value(cx, start)?;
    let pair = [v, int::from_usize(cx, doc.char_near(cx, end, (start, index)))];
    Ok(Tuple::new(cx, &pair))
}

/// A run over one document. Positions are byte offsets.
struct Parser {
    doc: Str,
    strict: bool,
    object_hook: Option<Value>,
    pairs_hook: Option<Value>,
    parse_float: Option<Value>,
    parse_int: Option<Value>,
    parse_constant: Value,
    /// Equal keys become one string.
    keys: Dict,
}

type Scan = Res<(Value, usize)>;

impl Parser {
    fn at(&self, i: usize) -> Option<u8> {
        self.doc.as_bytes().get(i).copied()
    }

    #[cold]
    fn nothing(&self, cx: &mut Ctx, i: usize) -> Raised {
        let i = int::from_usize(cx, self.doc.char_of_byte(i));
        cx.stop_iteration(i)
    }

    #[cold]
    fn fail(&self, cx: &mut Ctx, message: &str, i: usize) -> Raised {
        decode_error(cx, self.doc, message, i)
    }

    fn value(&self, cx: &mut Ctx, i: usize) -> Scan {
        let Some(c) = self.at(i) else { return Err(self.nothing(cx, i)) };
        match c {
            b'"' => self.string(cx, i + 1),
            b'{' => {
                protocol::guard(cx, " while decoding a JSON object from a unicode string")?;
                self.object(cx, i + 1)
            }
            b'[' => {
                protocol::guard(cx, " while decoding a JSON array from a unicode string")?;
                self.array(cx, i + 1)
            }
            _ => self.word(cx, i),
        }
    }

    fn string(&self, cx: &mut Ctx, start: usize) -> Scan {
        match json::scan_string(self.doc.as_bytes(), start, self.strict) {
            Ok((s, end)) => Ok((scanned(cx, &self.doc, start, s), end)),
            Err(e) => Err(scan_failed(cx, self.doc, &e)),
        }
    }

    fn word(&self, cx: &mut Ctx, i: usize) -> Scan {
        let rest = &self.doc.as_bytes()[i..];
        for (text, v) in [("null", Value::NONE), ("true", Value::TRUE), ("false", Value::FALSE)] {
            if rest.starts_with(text.as_bytes()) {
                return Ok((v, i + text.len()));
            }
        }
        for text in ["NaN", "Infinity", "-Infinity"] {
            if rest.starts_with(text.as_bytes()) {
                let name = Str::new(cx, text);
                return Ok((protocol::call(cx, self.parse_constant, &[name])?, i + text.len()));
            }
        }
        let Some((end, is_float)) = json::scan_number(self.doc.as_bytes(), i) else { return Err(self.nothing(cx, i)) };
        let text = &self.doc.as_bytes()[i..end];
        let parse = if is_float { self.parse_float } else { self.parse_int };
        if let Some(f) = parse {
            let text = Str::ascii(cx, text);
            return Ok((protocol::call(cx, f, &[text])?, end));
        }
        if is_float {
            let x = pynumeric::parse::float(text).unwrap_or(f64::NAN);
            return Ok((float::new(cx, x), end));
        }
        if text.len() <= 18
            && let Some(n) = std::str::from_utf8(text).ok().and_then(|t| t.parse::<i64>().ok())
        {
            return Ok((int::from_i64(cx, n), end));
        }
        // `int` knows the limit on digits.
        let text = Str::ascii(cx, text);
        let int_type = cx.types.int.value();
        Ok((protocol::call(cx, int_type, &[text])?, end))
    }

    fn array(&self, cx: &mut Ctx, start: usize) -> Scan {
        let list = List::new(cx);
        let doc = self.doc;
        let doc = doc.as_bytes();
        let mut i = skip_space(doc, start);
        if self.at(i) == Some(b']') {
            return Ok((list.value(), i + 1));
        }
        loop {
            let (v, end) = self.value(cx, i)?;
            list.push(cx, v);
            i = skip_space(doc, end);
            match self.at(i) {
                Some(b']') => return Ok((list.value(), i + 1)),
                Some(b',') => {}
                _ => return Err(self.fail(cx, "Expecting ',' delimiter", i)),
            }
            let comma = i;
            i = skip_space(doc, i + 1);
            if self.at(i) == Some(b']') {
                return Err(self.fail(cx, "Illegal trailing comma before end of array", comma));
            }
            cx.poll()?;
        }
    }

    fn object(&self, cx: &mut Ctx, start: usize) -> Scan {
        let dict = Dict::new(cx);
        let pairs = List::new(cx);
        let doc = self.doc;
        let doc = doc.as_bytes();
        let mut i = skip_space(doc, start);
        if self.at(i) == Some(b'}') {
            return self.finish(cx, dict, pairs, i + 1);
        }
        loop {
            if self.at(i) != Some(b'"') {
                return Err(self.fail(cx, "Expecting property name enclosed in double quotes", i));
            }
            let (key, end) = self.string(cx, i + 1)?;
            // Short strings are one word already.
            let key = if end - i > 9 { self.keys.set_default(cx, key, key)? } else { key };
            i = skip_space(doc, end);
            if self.at(i) != Some(b':') {
                return Err(self.fail(cx, "Expecting ':' delimiter", i));
            }
            let (v, end) = self.value(cx, skip_space(doc, i + 1))?;
            if self.pairs_hook.is_some() {
                let pair = Tuple::new(cx, &[key, v]);
                pairs.push(cx, pair);
            } else {
                dict.set_str(cx, key, v);
            }
            i = skip_space(doc, end);
            match self.at(i) {
                Some(b'}') => return self.finish(cx, dict, pairs, i + 1),
                Some(b',') => {}
                _ => return Err(self.fail(cx, "Expecting ',' delimiter", i)),
            }
            let comma = i;
            i = skip_space(doc, i + 1);
            if self.at(i) == Some(b'}') {
                return Err(self.fail(cx, "Illegal trailing comma before end of object", comma));
            }
            cx.poll()?;
        }
    }

    fn finish(&self, cx: &mut Ctx, dict: Dict, pairs: List, end: usize) -> Scan {
        if let Some(hook) = self.pairs_hook {
            return Ok((protocol::call(cx, hook, &[pairs.value()])?, end));
        }
        if let Some(hook) = self.object_hook {
            return Ok((protocol::call(cx, hook, &[dict.value()])?, end));
        }
        Ok((dict.value(), end))
    }
}
