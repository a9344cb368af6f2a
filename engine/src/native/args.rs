//! Arguments: as a caller passes them ([`CallArgs`]) and as a native function receives them ([`Args`]).

use crate::exceptions::Exc;
use crate::objects::{Str, Tuple};
use crate::protocol;
use crate::types::type_name;
use crate::{Ctx, PyResult, Raised};
use proto_core::Value;

/// The arguments of a call: positional values, then the values of keywords; names in a tuple of strings.
///
/// The slice lies in a register window or on the native stack: both are roots and neither moves.
#[derive(Copy, Clone)]
pub struct CallArgs<'a> {
    /// Positional values followed by keyword values.
    pub values: &'a [Value],
    /// A tuple of the keywords' names, or EMPTY when there is none.
    pub kwnames: Value,
}

impl<'a> CallArgs<'a> {
    /// Positional arguments only.
    #[inline]
    pub fn pos(values: &'a [Value]) -> CallArgs<'a> {
        CallArgs { values, kwnames: Value::EMPTY }
    }

    /// With keywords; `kwnames` is a tuple of as many strings as the last values that it names.
    #[inline]
    pub fn with_names(values: &'a [Value], kwnames: Value) -> CallArgs<'a> {
        CallArgs { values, kwnames }
    }

    /// Number of keyword arguments.
    #[inline]
    pub fn nkw(&self) -> usize {
        if self.kwnames == Value::EMPTY { 0 } else { Tuple::of(self.kwnames).map_or(0, |t| t.len()) }
    }

    /// The positional arguments.
    #[inline]
    pub fn positional(&self) -> &'a [Value] {
        &self.values[..self.values.len() - self.nkw()]
    }

    /// Name and value of keyword `i`.
    pub fn keyword(&self, i: usize) -> (Value, Value) {
        let npos = self.values.len() - self.nkw();
        match Tuple::of(self.kwnames) {
            Some(names) => (names.get(i), self.values[npos + i]),
            None => (Value::EMPTY, Value::EMPTY),
        }
    }

    /// Without its first `n` positional arguments.
    pub fn skip(&self, n: usize) -> CallArgs<'a> {
        CallArgs { values: &self.values[n..], kwnames: self.kwnames }
    }

    /// Whether nothing is passed.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

/// Calls `f` with `first` put before the arguments.
pub fn with_prefix<R>(cx: &mut Ctx, first: Value, args: CallArgs, f: impl FnOnce(&mut Ctx, CallArgs) -> R) -> R {
    const SMALL: usize = 8;
    if args.values.len() < SMALL {
        let mut buffer = [Value::EMPTY; SMALL];
        buffer[0] = first;
        buffer[1..=args.values.len()].copy_from_slice(args.values);
        f(cx, CallArgs { values: &buffer[..=args.values.len()], kwnames: args.kwnames })
    } else {
        with_words(cx, args.values.len() + 1, |cx, words| {
            words[0] = first;
            words[1..].copy_from_slice(args.values);
            f(cx, CallArgs { values: words, kwnames: args.kwnames })
        })
    }
}

/// Runs `f` with `n` fresh words on the native stack (a root of the collector), EMPTY at first.
pub fn with_words<R>(cx: &mut Ctx, n: usize, f: impl FnOnce(&mut Ctx, &mut [Value]) -> R) -> R {
    #[inline(never)]
    fn sized<const N: usize, R>(cx: &mut Ctx, n: usize, f: impl FnOnce(&mut Ctx, &mut [Value]) -> R) -> R {
        let mut words = [Value::EMPTY; N];
        f(cx, &mut words[..n])
    }
    match n {
        0..=8 => sized::<8, R>(cx, n, f),
        9..=32 => sized::<32, R>(cx, n, f),
        33..=256 => sized::<256, R>(cx, n, f),
        257..=4096 => sized::<4096, R>(cx, n, f),
        _ => {
            // Beyond that the words live in a rooted buffer.
            let mut big = proto_core::RootVec::with_capacity(cx, n);
            for _ in 0..n {
                big.push(Value::EMPTY);
            }
            f(cx, big.as_mut_slice())
        }
    }
}

/// The arguments of a native function, in declared order: receiver first, EMPTY where an optional one was not given.
#[derive(Copy, Clone)]
pub struct Args<'a>(pub &'a [Value]);

impl std::ops::Index<usize> for Args<'_> {
    type Output = Value;
    #[inline]
    fn index(&self, i: usize) -> &Value {
        &self.0[i]
    }
}

impl<'a> Args<'a> {
    /// Number of words delivered.
    #[inline]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no argument at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Argument `i`, if it was given.
    #[inline]
    pub fn get(&self, i: usize) -> Option<Value> {
        self.0.get(i).copied().filter(|&v| v != Value::EMPTY)
    }

    /// Argument `i`, or `default`.
    #[inline]
    pub fn or(&self, i: usize, default: Value) -> Value {
        self.get(i).unwrap_or(default)
    }

    /// Argument `i`, or None.
    #[inline]
    pub fn or_none(&self, i: usize) -> Value {
        self.or(i, Value::NONE)
    }

    /// Argument `i` unless it is missing or None.
    pub fn some(&self, i: usize) -> Option<Value> {
        self.get(i).filter(|&v| v != Value::NONE)
    }

    /// The arguments from `i` on.
    pub fn from(&self, i: usize) -> &'a [Value] {
        self.0.get(i..).unwrap_or(&[])
    }

    /// Argument `i` as a string (subclasses included).
    #[inline]
    pub fn str(&self, cx: &mut Ctx, i: usize) -> PyResult<Str> {
        match Str::of_sub(cx, self[i]) {
            Some(s) => Ok(s),
            None => Err(self.wrong(cx, i, "str")),
        }
    }

    /// Argument `i` as a string, None when it is missing or None.
    pub fn str_opt(&self, cx: &mut Ctx, i: usize) -> PyResult<Option<Str>> {
        match self.some(i) {
            None => Ok(None),
            Some(v) => match Str::of_sub(cx, v) {
                Some(s) => Ok(Some(s)),
                None => Err(self.wrong(cx, i, "str or None")),
            },
        }
    }

    /// TypeError: argument `i` ought to be `expected`. The binder completes the message with the function's name and the
    /// argument's place (`replace() argument 1 must be str, not int`).
    #[cold]
    pub fn wrong(&self, cx: &mut Ctx, i: usize, expected: &str) -> Raised {
        let got = if self[i] == Value::NONE { "None".to_owned() } else { type_name(cx, self[i]) };
        let r = cx.raise(Exc::TypeError, format!("argument must be {expected}, not {got}"));
        cx.tcache.wrong_argument = Some(WrongArgument { word: i, rest: format!("must be {expected}, not {got}") });
        r
    }

    /// Argument `i` through `__index__`, as a machine word.
    pub fn index(&self, cx: &mut Ctx, i: usize) -> PyResult<i64> {
        protocol::ssize(cx, self[i])
    }

    /// Argument `i` through `__index__`, `default` when missing.
    pub fn index_or(&self, cx: &mut Ctx, i: usize, default: i64) -> PyResult<i64> {
        match self.get(i) {
            Some(v) => protocol::ssize(cx, v),
            None => Ok(default),
        }
    }

    /// Argument `i` as a C `int`, `default` when missing.
    pub fn c_int_or(&self, cx: &mut Ctx, i: usize, default: i32) -> PyResult<i32> {
        match self.get(i) {
            Some(v) => protocol::c_int(cx, v),
            None => Ok(default),
        }
    }

    /// The truth of argument `i`, `default` when missing.
    pub fn truth_or(&self, cx: &mut Ctx, i: usize, default: bool) -> PyResult<bool> {
        match self.get(i) {
            Some(v) => protocol::truth(cx, v),
            None => Ok(default),
        }
    }

    /// Argument `i` as a float (through `__float__` or `__index__`).
    pub fn float(&self, cx: &mut Ctx, i: usize) -> PyResult<f64> {
        protocol::to_f64(cx, self[i])
    }
}

/// What [`Args::wrong`] leaves for the binder.
pub(crate) struct WrongArgument {
    /// The word that holds the argument.
    pub word: usize,
    /// The message after the argument's place.
    pub rest: String,
}

/// `f() argument 2 must be str, not int`.
#[cold]
pub fn bad_argument(cx: &mut Ctx, function: &str, position: usize, expected: &str, got: Value) -> Raised {
    bad_argument_named(cx, function, &format!("argument {position}"), expected, got)
}

/// `f() argument 'name' must be str, not int`; `place` is the text after the function's name.
#[cold]
pub fn bad_argument_named(cx: &mut Ctx, function: &str, place: &str, expected: &str, got: Value) -> Raised {
    let got = if got == Value::NONE { "None".to_owned() } else { type_name(cx, got) };
    cx.raise(Exc::TypeError, format!("{function}() {place} must be {expected}, not {got}"))
}
