//! Binding of arguments to the parameters of a Python function, with CPython's messages.

use proto_core::{Kind, Value};

use super::call_slow::ensure_room_for;
use super::fnptr;
use crate::code_rt::RuntimeCode;
use crate::ctx::{Ctx, PyResult, Raised};
use crate::exceptions::suggest::closest;
use crate::native::CallArgs;
use crate::objects::{Dict, FnField, Function, Str, Tuple};
use engine_code::CodeFlags;

/// Binds the `n` values at `callee` (the last ones named by `kwnames`) to the parameters of `f`, whose registers begin there
/// too.
///
/// # Safety
/// `f` is a function; the stack has room for its window and `n` words above.
pub(super) unsafe fn bind_in_place(
    cx: &mut Ctx,
    f: Value,
    callee: *mut Value,
    n: usize,
    kwnames: Value,
) -> PyResult<()> {
    // SAFETY: by the caller.
    unsafe {
        let code = fnptr::code(f);
        if kwnames.is_empty() && code.fast_args != crate::code_rt::NO_FAST_ARGS && n < code.fast_args as usize {
            // Only defaults are missing.
            let nargs = code.fast_args as usize;
            if let Some(defaults) = Function::of(f).and_then(|f| Tuple::of(f.defaults())) {
                let missing = nargs - n;
                if defaults.len() >= missing {
                    for i in 0..missing {
                        *callee.add(n + i) = defaults.get(defaults.len() - missing + i);
                    }
                    clear(callee, nargs, code);
                    return Ok(());
                }
            }
        }
        if !kwnames.is_empty()
            && let Some(names) = Tuple::of(kwnames)
            && bind_named(f, code, callee, n - names.len(), names.as_slice())
        {
            return Ok(());
        }
        // The arguments move out of the way.
        let scratch = callee.add((code.nregs as usize).max(n));
        copy(callee, scratch, n);
        if scratch.add(n) > cx.top() {
            cx.set_top(scratch.add(n));
        }
        let values = std::slice::from_raw_parts(scratch, n);
        bind(cx, f, callee, CallArgs { values, kwnames })
    }
}

/// Copies a few words upward in memory: a loop, since a call costs more.
#[inline(always)]
unsafe fn copy(from: *const Value, to: *mut Value, n: usize) {
    let mut i = n;
    while i > 0 {
        i -= 1;
        // SAFETY: by the callers.
        unsafe { to.add(i).write_volatile(*from.add(i)) };
    }
}

/// Binds keywords in place behind `given` positional arguments at `callee`, if the code takes neither `*args` nor `**kwargs`
/// and all is in order; false, with the arguments as they were, if not.
#[inline(never)]
unsafe fn bind_named(f: Value, rt: &RuntimeCode, callee: *mut Value, given: usize, names: &[Value]) -> bool {
    let code = &*rt.code;
    let (argcount, posonly) = (code.argcount as usize, code.posonlyargcount as usize);
    let total = argcount + code.kwonlyargcount as usize;
    let n = names.len();
    if !rt.is_fixed() || given > argcount || n > 8 {
        return false;
    }
    // SAFETY: by the caller, the window and as many words above it are there.
    unsafe {
        let scratch = callee.add((rt.nregs as usize).max(given + n));
        copy(callee.add(given), scratch, n);
        for i in given..rt.nlocals as usize {
            *callee.add(i) = Value::EMPTY;
        }
        let parameters = &rt.parameters()[posonly..total];
        let mut fine = true;
        for (i, name) in names.iter().enumerate() {
            match parameters.iter().position(|p| p == name) {
                Some(at) if (*callee.add(posonly + at)).is_empty() => *callee.add(posonly + at) = *scratch.add(i),
                _ => {
                    fine = false;
                    break;
                }
            }
        }
        let window = std::slice::from_raw_parts_mut(callee, total);
        fine = fine && fill_defaults(f, rt, window, given);
        if !fine {
            copy(scratch, callee.add(given), n);
        }
        fine
    }
}

/// Binds arguments that are unpacked from a tuple or list `args` and an exact dict `kwargs` (or EMPTY) to the function `f`,
/// preceded by `receiver` unless that is EMPTY. Gives false, with nothing done, if they are of other types.
///
/// # Safety
/// `f` is a function and its window at `callee` is the topmost one. What `callee` holds is overwritten.
pub(super) unsafe fn bind_spread(
    cx: &mut Ctx,
    f: Value,
    callee: *mut Value,
    receiver: Value,
    args: Value,
    kwargs: Value,
) -> PyResult<bool> {
    let Some(positional) = Tuple::of(args) else { return Ok(false) };
    let keywords = Dict::of(kwargs);
    if keywords.is_none() && !kwargs.is_empty() {
        return Ok(false);
    }
    // SAFETY: by the caller; the room is checked before anything is written.
    unsafe {
        let code = fnptr::code(f);
        let first = !receiver.is_empty() as usize;
        let (n, k) = (first + positional.len(), keywords.map_or(0, |d| d.len()));
        // The operands stand in the first two registers.
        let scratch = callee.wrapping_add((code.nregs as usize).max(2));
        ensure_room_for(cx, scratch.wrapping_add(n + 2 * k), n, k)?;
        if first == 1 {
            *scratch = receiver;
        }
        copy(positional.as_slice().as_ptr(), scratch.add(first), n - first);
        let (values, names) = (scratch.add(n), scratch.add(n + k));
        let (mut count, mut pos) = (0, 0);
        while let Some((next, name, v)) = keywords.and_then(|d| d.next_entry(pos))
            && count < k
        {
            if !cx.is_interned(name) {
                return Ok(false);
            }
            *values.add(count) = v;
            *names.add(count) = name;
            count += 1;
            pos = next;
        }
        let top = names.add(k);
        if top > cx.top() {
            cx.set_top(top);
        }
        let values = std::slice::from_raw_parts(scratch, n + count);
        let names = std::slice::from_raw_parts(names, count);
        let window = std::slice::from_raw_parts_mut(callee, (code.nlocals as usize).max(code.nargs as usize));
        if !bind_known(cx, f, code, window, values, names) {
            let kwnames = if count == 0 { Value::EMPTY } else { Tuple::new(cx, names) };
            bind_window(cx, f, code, window, CallArgs { values, kwnames })?;
        }
        Ok(true)
    }
}

/// Binds arguments whose keywords are atoms, if all is in order; false, with nothing but `window` changed, if an argument is
/// missing or too many or the code takes none.
#[inline]
fn bind_known(cx: &Ctx, f: Value, rt: &RuntimeCode, window: &mut [Value], values: &[Value], names: &[Value]) -> bool {
    let code = &*rt.code;
    let flags = code.flags;
    let (argcount, kwonly) = (code.argcount as usize, code.kwonlyargcount as usize);
    let (total, posonly) = (argcount + kwonly, code.posonlyargcount as usize);
    let (positional, keywords) = values.split_at(values.len() - names.len());
    let given = positional.len().min(argcount);
    if !flags.has(CodeFlags::OPTIMIZED) || positional.len() > argcount && !flags.has(CodeFlags::VARARGS) {
        return false;
    }
    for (w, v) in window.iter_mut().zip(&positional[..given]) {
        *w = *v;
    }
    for w in &mut window[given..] {
        *w = Value::EMPTY;
    }
    let mut next = total;
    if flags.has(CodeFlags::VARARGS) {
        window[next] = Tuple::new(cx, &positional[given..]);
        next += 1;
    }
    let mut extra = None;
    if flags.has(CodeFlags::VARKEYWORDS) {
        let dict = Dict::new(cx);
        window[next] = dict.value();
        extra = Some(dict);
    }
    let parameters = &rt.parameters()[posonly..total];
    for (name, v) in names.iter().zip(keywords) {
        match (parameters.iter().position(|p| p == name), extra) {
            (Some(i), _) if window[posonly + i].is_empty() => window[posonly + i] = *v,
            (None, Some(extra)) => extra.set_str(cx, *name, *v),
            _ => return false,
        }
    }
    fill_defaults(f, rt, window, given)
}

/// Gives the parameters without argument their defaults; false if one has none. The first `given` are bound.
#[inline]
fn fill_defaults(f: Value, rt: &RuntimeCode, window: &mut [Value], given: usize) -> bool {
    let argcount = rt.code.argcount as usize;
    let total = argcount + rt.code.kwonlyargcount as usize;
    let function = Function::of(f);
    if given < argcount {
        let defaults = function.and_then(|f| Tuple::of(f.defaults()));
        let defaults = defaults.as_ref().map_or(&[][..], |d| d.as_slice());
        let Some(required) = argcount.checked_sub(defaults.len()) else { return false };
        for i in given..argcount {
            if window[i].is_empty() {
                if i < required {
                    return false;
                }
                window[i] = defaults[i - required];
            }
        }
    }
    for (slot, &name) in window[argcount..total].iter_mut().zip(&rt.parameters()[argcount..total]) {
        if slot.is_empty() {
            let Some(defaults) = function.and_then(|f| Dict::of(f.kwdefaults())) else { return false };
            let Some(v) = defaults.get_str(name) else { return false };
            *slot = v;
        }
    }
    true
}

unsafe fn clear(callee: *mut Value, from: usize, code: &RuntimeCode) {
    for i in from..code.nlocals as usize {
        // SAFETY: a register of the window, by the callers.
        unsafe { *callee.add(i) = Value::EMPTY };
    }
}

/// Binds arguments that stand elsewhere.
///
/// # Safety
/// `f` is a function; the stack has room for its window at `callee`; `args` does not overlap it.
pub(super) unsafe fn bind(cx: &mut Ctx, f: Value, callee: *mut Value, args: CallArgs) -> PyResult<()> {
    // SAFETY: by the caller.
    unsafe {
        let code = fnptr::code(f);
        let window = std::slice::from_raw_parts_mut(callee, (code.nlocals as usize).max(code.nargs as usize));
        let names = Tuple::of(args.kwnames);
        let names = names.as_ref().map_or(&[][..], |t| t.as_slice());
        if names.iter().all(|name| cx.is_interned(*name)) && bind_known(cx, f, code, window, args.values, names) {
            return Ok(());
        }
        bind_window(cx, f, code, window, args)
    }
}

fn bind_window(cx: &mut Ctx, f: Value, rt: &'static RuntimeCode, window: &mut [Value], args: CallArgs) -> PyResult<()> {
    let code = &rt.code;
    let flags = code.flags;
    let argcount = code.argcount as usize;
    let total = argcount + code.kwonlyargcount as usize;
    let positional = args.positional();
    let n = positional.len();
    window.fill(Value::EMPTY);
    if !flags.has(CodeFlags::OPTIMIZED) {
        // Module and class code takes nothing: whoever runs it sets the namespace.
        return if args.values.is_empty() { Ok(()) } else { Err(cx.type_error("code takes no arguments")) };
    }
    let given = n.min(argcount);
    window[..given].copy_from_slice(&positional[..given]);
    let mut next = total;
    if flags.has(CodeFlags::VARARGS) {
        window[next] = if n > argcount { Tuple::new(cx, &positional[argcount..]) } else { Tuple::empty(cx) };
        next += 1;
    }
    let mut extra = None;
    if flags.has(CodeFlags::VARKEYWORDS) {
        let dict = Dict::new(cx);
        window[next] = dict.value();
        extra = Some(dict);
    }
    for i in 0..args.nkw() {
        bind_keyword(cx, f, rt, window, extra, args, i)?;
    }
    if n > argcount && !flags.has(CodeFlags::VARARGS) {
        return Err(too_many(cx, f, rt, window, n));
    }
    let function = Function::of(f);
    if n < argcount {
        let defaults = function.and_then(|f| Tuple::of(f.defaults()));
        let ndefaults = defaults.map_or(0, |d| d.len()).min(argcount);
        let required = argcount - ndefaults;
        if window[n.min(required)..required].iter().any(|v| v.is_empty()) {
            return Err(missing(cx, f, rt, &window[..required], 0, "positional"));
        }
        if let Some(defaults) = defaults {
            let skip = defaults.len() - ndefaults;
            let first = n.max(required);
            for (i, v) in window[first..argcount].iter_mut().enumerate().filter(|(_, v)| v.is_empty()) {
                *v = defaults.get(skip + first + i - required);
            }
        }
    }
    if code.kwonlyargcount > 0 {
        let defaults = function.and_then(|f| Dict::of(f.kwdefaults()));
        for (v, &name) in window[argcount..total].iter_mut().zip(&rt.parameters()[argcount..total]) {
            if v.is_empty()
                && let Some(default) = defaults.and_then(|d| d.get_str(name))
            {
                *v = default;
            }
        }
        if window[argcount..total].iter().any(|v| v.is_empty()) {
            return Err(missing(cx, f, rt, &window[..total], argcount, "keyword-only"));
        }
    }
    Ok(())
}

fn bind_keyword(
    cx: &mut Ctx,
    f: Value,
    rt: &'static RuntimeCode,
    window: &mut [Value],
    extra: Option<Dict>,
    args: CallArgs,
    i: usize,
) -> PyResult<()> {
    let (name, v) = args.keyword(i);
    let code = &rt.code;
    let total = code.argcount as usize + code.kwonlyargcount as usize;
    let posonly = code.posonlyargcount as usize;
    // Names in calls are atoms nearly always.
    if let Some(i) = rt.parameters()[posonly..total].iter().position(|&p| p == name)
        && window[posonly + i].is_empty()
    {
        window[posonly + i] = v;
        return Ok(());
    }
    let text = if name.is_str() { name } else { crate::objects::base_value(cx, name) };
    let Some(text) = Str::of(text) else {
        return Err(cx.type_error(format!("{}() keywords must be strings", qualname(f, rt))));
    };
    let atom = text.intern(cx);
    if let Some(i) = rt.parameters()[posonly..total].iter().position(|&p| p == atom) {
        let i = posonly + i;
        if !window[i].is_empty() {
            let text = text.to_text().into_owned();
            return Err(cx.type_error(format!("{}() got multiple values for argument '{text}'", qualname(f, rt))));
        }
        window[i] = v;
        return Ok(());
    }
    if let Some(extra) = extra {
        return extra.set(cx, name, v);
    }
    if rt.parameters()[..posonly].contains(&atom) {
        let given = (0..args.nkw()).map(|i| args.keyword(i).0).filter_map(Str::of).map(|s| s.intern(cx));
        let given: Vec<String> = given.filter(|n| rt.parameters()[..posonly].contains(n)).map(string).collect();
        let names = given.join(", ");
        return Err(cx.type_error(format!(
            "{}() got some positional-only arguments passed as keyword arguments: '{names}'",
            qualname(f, rt)
        )));
    }
    let text = text.to_text().into_owned();
    let hint = closest(&text, code.parameters()[posonly..total].iter().map(|p| &**p));
    let hint = hint.map_or(String::new(), |h| format!(". Did you mean '{h}'?"));
    Err(cx.type_error(format!("{}() got an unexpected keyword argument '{text}'{hint}", qualname(f, rt))))
}

fn string(v: Value) -> String {
    Str::of(v).map_or(String::new(), |s| s.to_text().into_owned())
}

/// `__qualname__` of the function, for messages.
fn qualname(f: Value, rt: &RuntimeCode) -> String {
    let own = Function::of(f).map_or(Value::EMPTY, |f| f.extra(FnField::Qualname));
    string(if own.is_str() || own.is_kind(Kind::Str) { own } else { rt.qualname })
}

#[cold]
fn missing(cx: &mut Ctx, f: Value, rt: &'static RuntimeCode, window: &[Value], from: usize, kind: &str) -> Raised {
    let names: Vec<String> = (from..window.len())
        .filter(|&i| window[i].is_empty())
        .map(|i| format!("'{}'", string(rt.parameters()[i])))
        .collect();
    let list = match names.as_slice() {
        [one] => one.clone(),
        [first, second] => format!("{first} and {second}"),
        [head @ .., last] => format!("{}, and {last}", head.join(", ")),
        [] => String::new(),
    };
    let s = if names.len() == 1 { "" } else { "s" };
    let text = format!("{}() missing {} required {kind} argument{s}: {list}", qualname(f, rt), names.len());
    cx.type_error(text)
}

#[cold]
fn too_many(cx: &mut Ctx, f: Value, rt: &'static RuntimeCode, window: &[Value], given: usize) -> Raised {
    let code = &rt.code;
    let argcount = code.argcount as usize;
    let total = argcount + code.kwonlyargcount as usize;
    let kwonly = window[argcount..total].iter().filter(|v| !v.is_empty()).count();
    let ndefaults = Function::of(f).and_then(|f| Tuple::of(f.defaults())).map_or(0, |d| d.len());
    let (takes, plural) = if ndefaults > 0 {
        (format!("from {} to {argcount}", argcount.saturating_sub(ndefaults)), true)
    } else {
        (argcount.to_string(), argcount != 1)
    };
    let s = |many: bool| if many { "s" } else { "" };
    let mut text = format!("{}() takes {takes} positional argument{} but {given}", qualname(f, rt), s(plural));
    if kwonly > 0 {
        text.push_str(&format!(
            " positional argument{} (and {kwonly} keyword-only argument{})",
            s(given != 1),
            s(kwonly != 1)
        ));
    }
    text.push_str(if given == 1 && kwonly == 0 { " was given" } else { " were given" });
    cx.type_error(text)
}
