//! The binder: from the arguments of a call to the words that a native function was declared to receive.
//!
//! The fast path (positional arguments, exact arity) passes the caller's words on; everything else goes through a
//! buffer on the native stack. Errors are worded as CPython's argument parsers word them.

use super::args::{Args, CallArgs, with_words};
use super::def::NativeDef;
use super::sig::{Sig, Style};
use crate::exceptions::suggest;
use crate::objects::{Dict, Str, Tuple};
use crate::{Ctx, PyResult, Raised};
use proto_core::Value;

/// Calls `def`; `args` starts with the receiver when the definition has one. `owner` qualifies the name in messages.
#[inline]
pub fn call_def(cx: &mut Ctx, def: &'static NativeDef, owner: Owner, args: CallArgs) -> PyResult {
    let receiver = def.has_self as usize;
    let given = args.values.len() - receiver;
    if args.kwnames == Value::EMPTY && def.sig.nwords() == def.sig.npos as usize {
        if given == def.sig.npos as usize {
            let result = (def.func)(cx, Args(args.values));
            return if result.is_err() { complete(cx, def, def.name, result) } else { result };
        }
        if given >= def.sig.min as usize && given < def.sig.npos as usize && receiver + def.sig.nwords() <= FEW {
            return call_few(cx, def, args.values);
        }
    }
    call_general(cx, def, def.name, owner, args)
}

/// Words that the binder keeps on the native stack for calls without optional arguments.
const FEW: usize = 6;

/// Calls a function with positional parameters only, of which optional ones at the end are missing.
#[inline(never)]
fn call_few(cx: &mut Ctx, def: &'static NativeDef, given: &[Value]) -> PyResult {
    let mut words = [Value::EMPTY; FEW];
    for (word, v) in words.iter_mut().zip(given) {
        *word = *v;
    }
    let total = def.has_self as usize + def.sig.nwords();
    let result = (def.func)(cx, Args(&words[..total.min(FEW)]));
    if result.is_err() { complete(cx, def, def.name, result) } else { result }
}

/// Calls `def` under another name: constructors appear in messages as their class.
#[inline]
pub fn call_def_named(cx: &mut Ctx, def: &'static NativeDef, name: &str, owner: Owner, args: CallArgs) -> PyResult {
    let given = args.values.len() - def.has_self as usize;
    if args.kwnames == Value::EMPTY && given == def.sig.npos as usize && def.sig.nwords() == given {
        let result = (def.func)(cx, Args(args.values));
        return if result.is_err() { complete(cx, def, name, result) } else { result };
    }
    call_general(cx, def, name, owner, args)
}

/// Completes the message of [`Args::wrong`] with the function's name and the argument's place.
#[cold]
fn complete(cx: &mut Ctx, def: &'static NativeDef, name: &str, result: PyResult) -> PyResult {
    let Some(wrong) = cx.tcache.wrong_argument.take() else { return result };
    let Err(raised) = result else { return result };
    let sig = &def.sig;
    let word = wrong.word.wrapping_sub(def.has_self as usize);
    let param = if sig.varargs && word > sig.npos as usize { word - 1 } else { word };
    let place = if param >= sig.nparams() || param < sig.nposonly as usize {
        if sig.style() == Style::One { "argument".to_owned() } else { format!("argument {}", param.wrapping_add(1)) }
    } else {
        format!("argument '{}'", sig.name(param))
    };
    cx.clear(raised);
    Err(cx.type_error(format!("{name}() {place} {}", wrong.rest)))
}

/// What a function's name is qualified with in some messages: a class or a module.
#[derive(Copy, Clone)]
pub enum Owner {
    /// Nothing is known.
    None,
    /// A module's name or a type (EMPTY: nothing).
    Value(Value),
}

#[inline(never)]
fn call_general(cx: &mut Ctx, def: &'static NativeDef, name: &str, owner: Owner, args: CallArgs) -> PyResult {
    let receiver = def.has_self as usize;
    let sig = &def.sig;
    let nkw = args.nkw();
    let npos_given = args.values.len() - nkw - receiver;
    check_arity(cx, def, name, owner, npos_given, nkw)?;
    let total = receiver + sig.nwords();
    with_words(cx, total, |cx, words| {
        words[..receiver].copy_from_slice(&args.values[..receiver]);
        let positional = &args.values[receiver..receiver + npos_given];
        let direct = positional.len().min(sig.npos as usize);
        words[receiver..receiver + direct].copy_from_slice(&positional[..direct]);
        // Delivered order: positional parameters, *args, keyword-only parameters, **kwargs.
        let star = receiver + sig.npos as usize;
        if sig.varargs {
            words[star] = Tuple::wish(cx, &positional[direct..])?;
        }
        if nkw > 0 {
            bind_keywords(cx, def, name, args, &mut words[receiver..], npos_given)?;
        }
        check_required(cx, def, name, &words[receiver..], npos_given)?;
        let result = (def.func)(cx, Args(words));
        if result.is_err() { complete(cx, def, name, result) } else { result }
    })
}

/// The word (after the receiver) in which parameter `i` is delivered.
fn word_of(sig: &Sig, i: usize) -> usize {
    if i < sig.npos as usize { i } else { i + sig.varargs as usize }
}

/// Finds the parameter that `name` (a str Value) names, positional-only ones excluded.
fn find_param(sig: &Sig, name: Str) -> Option<usize> {
    let bytes = name.as_bytes();
    (sig.nposonly as usize..sig.nparams()).find(|&i| sig.name(i).as_bytes() == bytes)
}

fn bind_keywords(
    cx: &mut Ctx,
    def: &'static NativeDef,
    fname: &str,
    args: CallArgs,
    words: &mut [Value],
    npos_given: usize,
) -> PyResult<()> {
    let sig = &def.sig;
    let mut rest: Option<Dict> = None;
    // A required parameter that is missing is reported before an unexpected keyword is.
    let mut unexpected = Value::EMPTY;
    for k in 0..args.nkw() {
        let (name, value) = args.keyword(k);
        let Some(text) = Str::of_sub(cx, name) else {
            return Err(cx.type_error("keywords must be strings"));
        };
        match find_param(sig, text) {
            Some(i) => {
                if i < npos_given.min(sig.npos as usize) {
                    return Err(cx.type_error(format!(
                        "argument for {fname}() given by name ('{}') and position ({})",
                        sig.name(i),
                        i + 1
                    )));
                }
                words[word_of(sig, i)] = value;
            }
            None if sig.varkw => {
                let dict = *rest.get_or_insert_with(|| Dict::new(cx));
                dict.set(cx, name, value)?;
            }
            None if unexpected == Value::EMPTY => unexpected = name,
            None => {}
        }
    }
    if unexpected != Value::EMPTY {
        check_required(cx, def, fname, words, npos_given)?;
        return Err(unexpected_keyword(cx, def, fname, unexpected));
    }
    if let Some(dict) = rest {
        words[sig.nwords() - 1] = dict.value();
    }
    Ok(())
}

#[cold]
fn unexpected_keyword(cx: &mut Ctx, def: &'static NativeDef, fname: &str, name: Value) -> Raised {
    let sig = &def.sig;
    // `sorted` hands its keywords to `list.sort`.
    let fname = if def.name == "sorted" { "sort" } else { fname };
    let given = Str::of_sub(cx, name).map_or(String::new(), |s| s.to_text().into_owned());
    let params = (sig.nposonly as usize..sig.nparams()).map(|i| sig.name(i));
    if def.name == "__new__" && fname == "enumerate" {
        // Its own parser of keywords words this in its own way.
        return cx.type_error(format!("'{given}' is an invalid keyword argument for enumerate()"));
    }
    let mut message = format!("{fname}() got an unexpected keyword argument '{given}'");
    if let Some(better) = suggest::closest(&given, params) {
        message.push_str(&format!(". Did you mean '{better}'?"));
    }
    cx.type_error(message)
}

fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

fn check_arity(
    cx: &mut Ctx,
    def: &'static NativeDef,
    fname: &str,
    owner: Owner,
    npos: usize,
    nkw: usize,
) -> PyResult<()> {
    let sig = &def.sig;
    let (min, max) = (sig.min as usize, sig.npos as usize);
    if nkw > 0 && !sig.takes_keywords() {
        let name = full_name(fname.trim_end_matches("()"), owner);
        return Err(cx.type_error(format!("{name}() takes no keyword arguments")));
    }
    match sig.style() {
        Style::NoArgs if npos != 0 => {
            let name = full_name(fname, owner);
            Err(cx.type_error(format!("{name}() takes no arguments ({npos} given)")))
        }
        // Constructors have no METH_O form.
        Style::One if npos != 1 && fname != def.name => Err(positional_count(cx, fname, npos, 1, 1, false)),
        Style::One if npos != 1 => {
            let name = full_name(fname, owner);
            Err(cx.type_error(format!("{name}() takes exactly one argument ({npos} given)")))
        }
        Style::Positional if npos < min || (npos > max && !sig.varargs) => {
            Err(positional_count(cx, fname, npos, min, max, sig.varargs))
        }
        Style::Keywords if def.counted && sig.varargs && npos == 0 => Err(positional_count(cx, fname, 0, 1, 1, true)),
        Style::Keywords
            if def.counted
                && (nkw == 0 || sig.npos == sig.nposonly)
                && !sig.varargs
                && !(min..=max).contains(&npos) =>
        {
            Err(positional_count(cx, fname, npos, min, max, false))
        }
        Style::Keywords => check_arity_keywords(cx, def, fname, npos, nkw),
        _ => Ok(()),
    }
}

/// `f expected at least 1 argument, got 0`, as `_PyArg_CheckPositional` says it.
#[cold]
pub fn positional_count(cx: &mut Ctx, name: &str, given: usize, min: usize, max: usize, unbounded: bool) -> Raised {
    let (bound, n) = if given < min {
        (if min == max && !unbounded { "" } else { "at least " }, min)
    } else {
        (if min == max { "" } else { "at most " }, max)
    };
    cx.type_error(format!("{name} expected {bound}{n} argument{}, got {given}", plural(n)))
}

fn check_arity_keywords(cx: &mut Ctx, def: &'static NativeDef, name: &str, npos: usize, nkw: usize) -> PyResult<()> {
    let sig = &def.sig;
    let (min, max) = (sig.min as usize, sig.npos as usize);
    let len = sig.nparams();
    if !sig.varargs && !sig.varkw && npos + nkw > len {
        let word = if npos == 0 { "keyword " } else { "" };
        return Err(cx.type_error(format!(
            "{name}() takes at most {len} {word}argument{} ({} given)",
            plural(len),
            npos + nkw
        )));
    }
    if !sig.varargs && npos > max {
        return Err(if max == 0 {
            cx.type_error(format!("{name}() takes no positional arguments"))
        } else {
            let bound = if min == max { "exactly" } else { "at most" };
            cx.type_error(format!("{name}() takes {bound} {max} positional argument{} ({npos} given)", plural(max)))
        });
    }
    let min_posonly = min.min(sig.nposonly as usize);
    if npos < min_posonly {
        if sig.varargs && max == 0 {
            return Err(positional_count(cx, name, npos, min, max, true));
        }
        let bound = if min_posonly < sig.nposonly as usize || max > min { "at least" } else { "exactly" };
        return Err(cx.type_error(format!(
            "{name}() takes {bound} {min_posonly} positional argument{} ({npos} given)",
            plural(min_posonly)
        )));
    }
    Ok(())
}

fn check_required(cx: &mut Ctx, def: &'static NativeDef, fname: &str, words: &[Value], npos: usize) -> PyResult<()> {
    let sig = &def.sig;
    for i in npos.min(sig.npos as usize)..sig.nparams() {
        if !sig.is_optional(i) && words[word_of(sig, i)] == Value::EMPTY {
            return Err(cx.type_error(format!(
                "{fname}() missing required argument '{}' (pos {})",
                sig.name(i),
                i + 1
            )));
        }
    }
    Ok(())
}

/// `list.append`, `math.gcd`, `len`: how CPython names a C function in errors about its arity.
fn full_name(name: &str, owner: Owner) -> String {
    let Owner::Value(v) = owner else { return name.to_owned() };
    if let Some(ty) = crate::types::Type::of(v) {
        return format!("{}.{name}", ty.qualname_str());
    }
    match Str::of(v) {
        Some(module) if module.as_bytes() != b"builtins" => format!("{}.{name}", module.to_text()),
        _ => name.to_owned(),
    }
}
