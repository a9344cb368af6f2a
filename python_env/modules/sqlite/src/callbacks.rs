//! What SQLite calls back: Python functions, aggregates, collations and hooks.
//!
//! SQLite knows a callable by its place in a list of the connection, so a connection that its own callables refer to is collected.

use std::ffi::c_int;

use engine::Outside;
use engine::prelude::*;
use proto_core::sync::{AtomicBool, Ordering};

use crate::conn::Conn;
use crate::connection::{self, slot};
use crate::errors::{self, misuse};
use crate::raw::{Answer, Host, Item, Params, Part, SQLITE_DENY};

static TRACEBACKS: AtomicBool = AtomicBool::new(false);

/// `enable_callback_tracebacks`
pub fn set_tracebacks(on: bool) {
    TRACEBACKS.store(on, Ordering::Relaxed);
}

/// Answers for a connection's object, in a call that was made for it.
pub struct Caller<'a> {
    pub outside: &'a Outside,
    pub object: Value,
}

/// Tells of an exception that nobody will see, if that was asked for.
fn dropped(cx: &mut Ctx, raised: Raised, callable: Value) {
    if TRACEBACKS.load(Ordering::Relaxed) {
        let exc = cx.take(raised);
        let text = format!("Exception ignored on sqlite3 callback {}", protocol::repr_lossy(cx, callable));
        let raised = cx.raise_exc(exc);
        engine::exceptions::unraisable(cx, raised, &text, Value::NONE);
    } else {
        cx.clear(raised);
    }
}

/// The exception that a collation left with the connection.
pub fn left_over(cx: &mut Ctx, object: Value) -> Res<()> {
    let Some(o) = Obj::of(object) else { return Ok(()) };
    let exc = o.slot(cx, slot::LEFT);
    if exc.is_empty() {
        return Ok(());
    }
    o.set_slot(cx, slot::LEFT, Value::EMPTY);
    Err(cx.restore(exc))
}

/// A Python value of an item. Text that is no UTF-8 is an error.
pub fn value_of(cx: &mut Ctx, item: Item) -> PyResult {
    match item {
        Item::Null => Ok(Value::NONE),
        Item::Int(n) => Ok(int::from_i64(cx, n)),
        Item::Float(n) => Ok(float::new(cx, n)),
        Item::Text(b) => text_of(cx, b),
        Item::Blob(b) => Bytes::wish(cx, b),
    }
}

/// A string of UTF-8.
pub fn text_of(cx: &mut Ctx, b: &[u8]) -> PyResult {
    if std::str::from_utf8(b).is_ok() {
        return Str::wish(cx, b);
    }
    let bytes = Bytes::wish(cx, b)?;
    let decode = cx.intern(b"decode");
    let utf8 = Str::new(cx, "utf-8");
    protocol::call_method(cx, bytes, decode, &[utf8])
}

/// Calls `f` with the arguments of a function as Python values.
fn with_params<R>(cx: &mut Ctx, params: Params, f: impl FnOnce(&mut Ctx, &[Value]) -> Res<R>) -> Res<R> {
    native::with_words(cx, params.len(), |cx, words| {
        for (i, word) in words.iter_mut().enumerate() {
            *word = match params.get(i) {
                Some(item) => value_of(cx, item)?,
                None => return Err(cx.memory_error()),
            };
        }
        f(cx, words)
    })
}

/// Gives SQLite what a function returned.
fn answer_with(cx: &mut Ctx, answer: Answer, v: Value) -> Res<()> {
    if v.is_none() {
        answer.set(Item::Null);
    } else if int::is_sub(cx, v) {
        let n = crate::args::sqlite_int(cx, v)?;
        answer.set(Item::Int(n));
    } else if let Some(n) = float_of(cx, v)? {
        answer.set(Item::Float(n));
    } else if let Some(text) = Str::of_sub(cx, v) {
        crate::args::check_utf8(cx, text)?;
        if c_int::try_from(text.as_bytes().len()).is_err() {
            return Err(cx.overflow_error("string is longer than INT_MAX bytes"));
        }
        answer.set(Item::Text(text.as_bytes()));
    } else if protocol::buffer::has_buffer(cx, v) {
        let data = protocol::to_bytes(cx, v)?;
        if c_int::try_from(data.len()).is_err() {
            return Err(cx.overflow_error("BLOB longer than INT_MAX bytes"));
        }
        answer.set(Item::Blob(&data));
    } else {
        let name = types::type_name(cx, v);
        return Err(misuse(cx, &format!("User-defined functions cannot return '{name}' values to SQLite")));
    }
    Ok(())
}

/// The number, if the value is a float or an instance of a subclass.
pub fn float_of(cx: &mut Ctx, v: Value) -> Res<Option<f64>> {
    if let Some(n) = float::of(v) {
        return Ok(Some(n));
    }
    let class = cx.types.float;
    if types::type_of(cx, v).is_subtype(class) { protocol::to_f64(cx, v).map(Some) } else { Ok(None) }
}

/// Makes the failure of a callable one of SQLite's.
fn failed(cx: &mut Ctx, answer: Answer, raised: Raised, callable: Value, message: &str) {
    if cx.matches(&raised, Exc::MemoryError) {
        answer.no_memory();
    } else if cx.matches(&raised, Exc::OverflowError) {
        answer.too_big();
    } else {
        answer.error(message);
    }
    dropped(cx, raised, callable);
}

fn message(part: Part, what: &str) -> String {
    let name = match part {
        Part::Scalar => return "user-defined function raised exception".to_owned(),
        Part::Step => "step",
        Part::Inverse => "inverse",
        Part::Value => "value",
        Part::Final => "finalize",
    };
    format!("user-defined aggregate's '{name}' method {what}")
}

impl Caller<'_> {
    /// Runs `f`, with an exception of a collation put aside.
    fn inside<R>(&self, f: impl FnOnce(&mut Ctx) -> R) -> Option<R> {
        self.outside.inside(|cx| {
            let handled = cx.handled_exc();
            let r = f(cx);
            cx.set_handled_exc(handled);
            r
        })
    }

    fn callable(&self, cx: &Ctx, place: usize) -> Value {
        Obj::of(self.object).and_then(|o| o.slot(cx, place).non_empty()).unwrap_or(Value::NONE)
    }

    fn scalar(&self, cx: &mut Ctx, callable: Value, params: Params, answer: Answer) {
        let r = with_params(cx, params, |cx, words| protocol::call(cx, callable, words))
            .and_then(|v| answer_with(cx, answer, v));
        if let Err(raised) = r {
            failed(cx, answer, raised, callable, &message(Part::Scalar, ""));
        }
    }

    /// The object of this run of an aggregate.
    fn instance(&self, cx: &mut Ctx, conn: &Conn, refs: List, class: Value, answer: Answer) -> Option<Value> {
        let Some(number) = answer.instance(true) else {
            answer.no_memory();
            return None;
        };
        if number.get() == 0 {
            match protocol::call(cx, class, &[]) {
                Ok(v) => number.set(conn.pin(cx, refs, v) as u64 + 1),
                Err(raised) => {
                    failed(cx, answer, raised, class, "user-defined aggregate's '__init__' method raised error");
                    return None;
                }
            }
        }
        refs.get(number.get() as usize - 1)
    }

    fn aggregate(&self, cx: &mut Ctx, refs: List, class: Value, part: Part, params: Params, answer: Answer) {
        let Ok(conn) = connection::conn(cx, self.object) else { return };
        let number = answer.instance(false).map_or(0, |n| n.get());
        let instance = match part {
            Part::Step => self.instance(cx, &conn, refs, class, answer),
            // No row came, or there was an error when the object was made.
            _ if number == 0 => return,
            _ => refs.get(number as usize - 1),
        };
        let Some(instance) = instance else { return };
        let name = cx.intern(match part {
            Part::Inverse => &b"inverse"[..],
            Part::Value => b"value",
            Part::Final => b"finalize",
            _ => b"step",
        });
        let method = protocol::getattr(cx, instance, name);
        if part == Part::Final {
            conn.unpin(cx, refs, number as usize - 1);
        }
        let method = match method {
            Ok(method) => method,
            Err(raised) => {
                let what = if cx.matches(&raised, Exc::AttributeError) { "not defined" } else { "raised error" };
                return failed(cx, answer, raised, class, &message(part, what));
            }
        };
        let r = with_params(cx, params, |cx, words| protocol::call(cx, method, words)).and_then(|v| match part {
            Part::Value | Part::Final => answer_with(cx, answer, v),
            _ => Ok(()),
        });
        if let Err(raised) = r {
            let what = match part {
                Part::Value | Part::Final if cx.matches(&raised, Exc::AttributeError) => "not defined",
                _ => "raised error",
            };
            failed(cx, answer, raised, class, &message(part, what));
        }
    }

    fn compare(&self, cx: &mut Ctx, callable: Value, a: &[u8], b: &[u8]) -> Res<c_int> {
        let a = text_of(cx, a)?;
        let b = text_of(cx, b)?;
        let v = protocol::call(cx, callable, &[a, b])?;
        if !int::is_sub(cx, v) {
            // As CPython has it, which takes no offence.
            return match protocol::index_value(cx, v) {
                Ok(n) => Ok(int::sign(n)),
                Err(raised) => {
                    cx.clear(raised);
                    Ok(0)
                }
            };
        }
        let n = protocol::index_value(cx, v)?;
        Ok(int::sign(n))
    }
}

/// The answer of an authorizer.
fn verdict(cx: &mut Ctx, callable: Value, action: c_int, names: [Option<&[u8]>; 4]) -> Res<c_int> {
    let mut words = [Value::small(action), Value::NONE, Value::NONE, Value::NONE, Value::NONE];
    for (word, name) in words[1..].iter_mut().zip(names) {
        if let Some(name) = name {
            *word = text_of(cx, name)?;
        }
    }
    let v = protocol::call(cx, callable, &words)?;
    if !int::is_sub(cx, v) {
        return Ok(SQLITE_DENY);
    }
    modules_system::convert::c_int(cx, v)
}

impl Host for Caller<'_> {
    fn function(&self, which: usize, part: Part, params: Params, answer: Answer) {
        self.inside(|cx| {
            let refs = connection::refs(cx, self.object);
            let callable = refs.get(which).unwrap_or(Value::NONE);
            match part {
                Part::Scalar => self.scalar(cx, callable, params, answer),
                _ => self.aggregate(cx, refs, callable, part, params, answer),
            }
        });
    }

    fn collation(&self, which: usize, a: &[u8], b: &[u8]) -> c_int {
        let r = self.inside(|cx| {
            let o = Obj::of(self.object)?;
            if !o.slot(cx, slot::LEFT).is_empty() {
                return None;
            }
            let callable = connection::refs(cx, self.object).get(which).unwrap_or(Value::NONE);
            match self.compare(cx, callable, a, b) {
                Ok(n) => Some(n),
                Err(raised) => {
                    let exc = cx.take(raised);
                    o.set_slot(cx, slot::LEFT, exc);
                    None
                }
            }
        });
        r.flatten().unwrap_or(0)
    }

    fn authorizer(&self, action: c_int, names: [Option<&[u8]>; 4]) -> c_int {
        let r = self.inside(|cx| {
            let callable = self.callable(cx, slot::AUTHORIZER);
            verdict(cx, callable, action, names).unwrap_or_else(|raised| {
                dropped(cx, raised, callable);
                SQLITE_DENY
            })
        });
        r.unwrap_or(SQLITE_DENY)
    }

    fn progress(&self) -> bool {
        let r = self.inside(|cx| {
            let callable = self.callable(cx, slot::PROGRESS);
            let r = protocol::call(cx, callable, &[]).and_then(|v| protocol::truth(cx, v));
            match r {
                Ok(stop) => !stop,
                Err(raised) => {
                    dropped(cx, raised, callable);
                    false
                }
            }
        });
        r.unwrap_or(true)
    }

    fn trace(&self, expanded: Option<&[u8]>, sql: &[u8]) {
        self.inside(|cx| {
            let callable = self.callable(cx, slot::TRACE);
            if expanded.is_none() {
                let text = "Expanded SQL string exceeds the maximum string length";
                let raised = errors::raise(cx, &errors::DATA_ERROR, text);
                dropped(cx, raised, callable);
            }
            let r = text_of(cx, expanded.unwrap_or(sql)).and_then(|text| protocol::call(cx, callable, &[text]));
            if let Err(raised) = r {
                dropped(cx, raised, callable);
            }
        });
    }
}
