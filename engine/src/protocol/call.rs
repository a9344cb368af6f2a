//! Calls from native code.

use crate::interp;
use crate::native::def::Leaf;
use crate::native::{CallArgs, call_native, with_prefix, with_words};
use crate::objects::{Dict, Method, Str, Tuple};
use crate::types::{Type, type_name, type_of};
use crate::{Ctx, PyResult, Raised};
use proto_core::{Kind, RootVec, Value};

/// `f(*args)`.
#[inline]
pub fn call(cx: &mut Ctx, f: Value, args: &[Value]) -> PyResult {
    call_args(cx, f, CallArgs::pos(args))
}

/// Calls anything with arguments in their general form.
pub fn call_args(cx: &mut Ctx, f: Value, args: CallArgs) -> PyResult {
    super::guard(cx, " while calling a Python object")?;
    match f.kind() {
        Some(Kind::Function) => interp::call_function(cx, f, args),
        Some(Kind::Native) => call_native(cx, f, args),
        Some(Kind::Method) => match Method::of(f) {
            Some(m) => with_prefix(cx, m.self_(), args, |cx, args| call_args(cx, m.func(), args)),
            None => Err(not_callable(cx, f)),
        },
        _ => {
            let ty = type_of(cx, f);
            if let Some(quick) = ty.data().def().and_then(|def| def.quick_call) {
                let r = call_quickly(cx, quick, f, args);
                if !r.is_empty() {
                    return Ok(r);
                }
            }
            match ty.slots().call() {
                Some(slot) => slot.call(cx, f, args),
                None => Err(not_callable(cx, f)),
            }
        }
    }
}

/// Tries the quick form of an instance's call. Out of line: the caller stays on the stack while Python code runs, and what its frame
/// has room for may be words of long ago, which collections take for roots.
#[inline(never)]
fn call_quickly(cx: &Ctx, quick: Leaf, f: Value, args: CallArgs) -> Value {
    match *args.values {
        [v] if args.kwnames.is_empty() => quick(cx, &[f, v]),
        _ => Value::EMPTY,
    }
}

/// `'int' object is not callable`.
#[cold]
pub fn not_callable(cx: &mut Ctx, f: Value) -> Raised {
    let name = type_name(cx, f);
    cx.type_error(format!("'{name}' object is not callable"))
}

/// `f(*args, **keywords)` with keywords named by interned strings.
pub fn call_kw(cx: &mut Ctx, f: Value, args: &[Value], keywords: &[(Value, Value)]) -> PyResult {
    if keywords.is_empty() {
        return call(cx, f, args);
    }
    let names = Tuple::build(cx, keywords.len(), |i| keywords[i].0);
    with_words(cx, args.len() + keywords.len(), |cx, words| {
        words[..args.len()].copy_from_slice(args);
        for (word, (_, value)) in words[args.len()..].iter_mut().zip(keywords) {
            *word = *value;
        }
        call_args(cx, f, CallArgs::with_names(words, names))
    })
}

/// `o.name(*args)`.
pub fn call_method(cx: &mut Ctx, o: Value, name: Value, args: &[Value]) -> PyResult {
    match super::load_method(cx, o, name)? {
        (f, true) => with_prefix(cx, o, CallArgs::pos(args), |cx, args| call_args(cx, f, args)),
        (f, false) => call(cx, f, args),
    }
}

/// `o.name(*args, **keywords)`.
pub fn call_method_kw(cx: &mut Ctx, o: Value, name: Value, args: &[Value], keywords: &[(Value, Value)]) -> PyResult {
    let f = super::getattr(cx, o, name)?;
    call_kw(cx, f, args, keywords)
}

/// `o.name(*args)`, None when there is no such attribute.
pub fn call_method_opt(cx: &mut Ctx, o: Value, name: Value, args: &[Value]) -> PyResult<Option<Value>> {
    match super::getattr_opt(cx, o, name)? {
        Some(f) => call(cx, f, args).map(Some),
        None => Ok(None),
    }
}

/// `module.qualname()` of a callable, for messages about its arguments.
pub fn function_text(cx: &mut Ctx, f: Value) -> String {
    let names = cx.names;
    let qualname = match super::getattr_opt(cx, f, names.__qualname__) {
        Ok(Some(q)) => super::str_lossy(cx, q),
        Ok(None) => return super::str_lossy(cx, f),
        Err(r) => {
            cx.clear(r);
            return super::str_lossy(cx, f);
        }
    };
    match super::getattr_opt(cx, f, names.__module__) {
        Ok(Some(m)) if m != Value::NONE && Str::of(m).is_none_or(|s| s.as_bytes() != b"builtins") => {
            format!("{}.{qualname}()", super::str_lossy(cx, m))
        }
        Ok(_) => format!("{qualname}()"),
        Err(r) => {
            cx.clear(r);
            format!("{qualname}()")
        }
    }
}

/// `f(*args, **kwargs)`; `kwargs` EMPTY for none.
pub fn call_ex(cx: &mut Ctx, f: Value, args: Value, kwargs: Value) -> PyResult {
    if let Some(dict) = Dict::of(kwargs) {
        let positional = positional_tuple(cx, f, args)?;
        // The words, and what becomes of them.
        cx.make_room_for(positional.len() + 8 * dict.len(), 16)?;
        return call_with_dict(cx, f, positional, dict);
    }
    if kwargs == Value::EMPTY {
        let positional = positional_tuple(cx, f, args)?;
        cx.make_room_for(positional.len(), 16)?;
        return with_words(cx, positional.len(), |cx, words| {
            positional.copy_to(words);
            call_args(cx, f, CallArgs::pos(words))
        });
    }
    let mut keys = RootVec::new(cx);
    let mut values = RootVec::new(cx);
    keyword_pairs(cx, f, kwargs, &mut keys, &mut values)?;
    let positional = positional_tuple(cx, f, args)?;
    let n = positional.len();
    cx.make_room_for(n + 8 * values.len(), 16)?;
    let kwnames = if keys.is_empty() { Value::EMPTY } else { Tuple::new(cx, &keys) };
    with_words(cx, n + values.len(), |cx, words| {
        positional.copy_to(&mut words[..n]);
        words[n..].copy_from_slice(&values);
        call_args(cx, f, CallArgs::with_names(words, kwnames))
    })
}

/// What stands after `*` in a call, as a tuple.
fn positional_tuple(cx: &mut Ctx, f: Value, args: Value) -> PyResult<Tuple> {
    if let Some(t) = Tuple::of(args) {
        return Ok(t);
    }
    if type_of(cx, args).slots().iter().is_none() && !super::is_sequence(cx, args) {
        let (text, got) = (function_text(cx, f), type_name(cx, args));
        return Err(cx.type_error(format!("{text} argument after * must be an iterable, not {got}")));
    }
    super::tuple_of(cx, args)
}

/// The common case: keywords in an exact dict.
fn call_with_dict(cx: &mut Ctx, f: Value, positional: Tuple, dict: Dict) -> PyResult {
    let (n, k) = (positional.len(), dict.len());
    with_words(cx, n + 2 * k, |cx, words| {
        positional.copy_to(&mut words[..n]);
        let (values, keys) = words[n..].split_at_mut(k);
        let (mut count, mut pos) = (0, 0);
        while let Some((next, key, value)) = dict.next_entry(pos)
            && count < k
        {
            if Str::of_sub(cx, key).is_none() {
                return Err(cx.type_error("keywords must be strings"));
            }
            (keys[count], values[count]) = (key, value);
            count += 1;
            pos = next;
        }
        let kwnames = if count == 0 { Value::EMPTY } else { Tuple::new(cx, &keys[..count]) };
        call_args(cx, f, CallArgs::with_names(&words[..n + count], kwnames))
    })
}

fn keyword_pairs(cx: &mut Ctx, f: Value, kwargs: Value, keys: &mut RootVec, values: &mut RootVec) -> PyResult<()> {
    let names = cx.names;
    let check = |cx: &mut Ctx, key: Value| match Str::of_sub(cx, key) {
        Some(_) => Ok(()),
        None => Err(cx.type_error("keywords must be strings")),
    };
    let Some(list) = super::call_method_opt(cx, kwargs, names.keys, &[])? else {
        let (text, got) = (function_text(cx, f), type_name(cx, kwargs));
        return Err(cx.type_error(format!("{text} argument after ** must be a mapping, not {got}")));
    };
    super::for_each(cx, list, |cx, key| {
        check(cx, key)?;
        let value = super::getitem(cx, kwargs, key)?;
        if keys.iter().any(|&k| crate::objects::simple_eq(k, key) == Some(true)) {
            let (text, key) = (function_text(cx, f), super::text(cx, key));
            return Err(cx.type_error(format!("{text} got multiple values for keyword argument '{key}'")));
        }
        keys.push(key);
        values.push(value);
        Ok(())
    })
}

/// Calls a type: `Type(*args)`.
pub fn call_type(cx: &mut Ctx, ty: Type, args: &[Value]) -> PyResult {
    call(cx, ty.value(), args)
}
