//! `XMLParser`: gives the events of [`core::Parser`](crate::core::Parser) to a target, without Python calls where that is a
//! `TreeBuilder` itself.

use std::collections::HashMap;
use std::sync::Arc;

use engine::prelude::*;
use parking_lot::Mutex;

use super::builder::{self, TREEBUILDER};
use super::element::has_iter;
use crate::chars::Encoding;
use crate::core::Parser;
use crate::errors;
use crate::events::{Event, Fault, Next, What};
use crate::parser::encoding_of;

/// Native slots: the state (a Rust value), the target, the dict of entities, the list of names, then the target's methods.
const STATE: usize = 0;
const TARGET: usize = 1;
const ENTITY: usize = 2;
const NAMES: usize = 3;
const HANDLERS: usize = 4;
const METHODS: [&str; 9] = ["start", "data", "end", "comment", "pi", "close", "doctype", "start_ns", "end_ns"];
const START: usize = 0;
const DATA: usize = 1;
const END: usize = 2;
const COMMENT: usize = 3;
const PI: usize = 4;
const CLOSE: usize = 5;
const DOCTYPE: usize = 6;
const START_NS: usize = 7;
const END_NS: usize = 8;

/// What the parser knows besides Values.
struct Inner {
    core: Parser,
    /// The target is a `TreeBuilder` itself.
    plain: bool,
    /// Text for it that was not given yet.
    text: String,
    /// Where names are in the list of names.
    names: HashMap<String, usize>,
    fault: Option<Fault>,
    /// The encoding that was given, until it is known.
    named: Option<String>,
    finished: bool,
    busy: bool,
}

struct State(Arc<Mutex<Inner>>);

pub static XMLPARSER: TypeDef = TypeDef {
    flags: TypeFlags::BASETYPE,
    nnative: HANDLERS as u16 + METHODS.len() as u16,
    new: Some(
        NativeDef::new("__new__", "($type, /, *args, **kwargs)", |cx, a| Ok(cx.alloc_instance(a[0])?.value()), "")
            .hide_sig(),
    ),
    init: Some(NativeDef::new("__init__", "($self, *, target=None, encoding=None)", init, "").hide_sig()),
    methods: &[
        NativeDef::new("feed", "($self, data, /)", feed_method, ""),
        NativeDef::new("flush", "($self, /)", flush_method, ""),
        NativeDef::new("close", "($self, /)", close, ""),
        NativeDef::new("_parse_whole", "($self, file, /)", parse_whole, ""),
        NativeDef::new("_setevents", "($self, events_queue, events_to_report=None, /)", set_events, ""),
    ],
    members: &[Member::ro("entity", ENTITY as u16, ""), Member::ro("target", TARGET as u16, "")],
    getsets: &[GetSet::ro("version", |cx, _| Ok(Str::new(cx, "Expat 2.7.3")), "")],
    ..TypeDef::new("xml.etree.ElementTree", "XMLParser")
};

type Shared = Arc<Mutex<Inner>>;

fn state(cx: &mut Ctx, v: Value) -> Res<Shared> {
    let found = Obj::of(v).and_then(|o| o.payload::<State>(cx, STATE)).map(|s| Arc::clone(&s.0));
    found.ok_or_else(|| cx.value_error("XMLParser.__init__() wasn't called"))
}

fn init(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(o) = Obj::of(args[0]) else { return Ok(Value::NONE) };
    // A name that nobody knows is found wrong when there is something to read.
    let name = args.str_opt(cx, 2)?.map(|name| name.to_string_lossy().into_owned());
    let encoding = name.as_deref().and_then(Encoding::named);
    // What only a codec can tell waits for bytes.
    let named = name.filter(|_| encoding.is_none());
    let target = match args.some(1) {
        Some(v) => v,
        None => builder::plain(cx),
    };
    let plain = cx.is_exactly(target, &TREEBUILDER);
    let (entity, names) = (Dict::new(cx).value(), List::new(cx).value());
    for (i, name) in METHODS.into_iter().enumerate() {
        let name = cx.intern(name.as_bytes());
        let method = if plain { None } else { protocol::getattr_opt(cx, target, name)? };
        o.set_slot(cx, HANDLERS + i, method.unwrap_or(Value::EMPTY));
    }
    o.set_slot(cx, TARGET, target);
    o.set_slot(cx, ENTITY, entity);
    o.set_slot(cx, NAMES, names);
    let core = Parser::new(encoding, Some("}".to_owned()));
    let inner = Inner {
        core,
        plain,
        text: String::new(),
        names: HashMap::new(),
        fault: None,
        named,
        finished: false,
        busy: false,
    };
    o.set_payload(cx, STATE, State(Arc::new(Mutex::new(inner))));
    Ok(Value::NONE)
}

/// Raises `ParseError`.
fn raise(cx: &mut Ctx, fault: Fault, message: &str) -> Raised {
    let (line, column) = (fault.place.line, fault.place.column);
    let (class, text) =
        (cx.type_of_def(&super::PARSE_ERROR).value(), format!("{message}: line {line}, column {column}"));
    let text = Str::new(cx, &text);
    let made = protocol::call(cx, class, &[text]).and_then(|exc| {
        let position = Tuple::new(cx, &[int::from_u64(cx, line), int::from_u64(cx, column)]);
        for (name, v) in [("code", Value::small(fault.code.into())), ("position", position)] {
            let name = cx.intern(name.as_bytes());
            protocol::setattr(cx, exc, name, v)?;
        }
        Ok(exc)
    });
    match made {
        Ok(exc) => cx.raise_exc(exc),
        Err(raised) => raised,
    }
}

fn raise_fault(cx: &mut Ctx, fault: Fault) -> Raised {
    raise(cx, fault, errors::text(fault.code.into()).unwrap_or("unknown error"))
}

/// Reads more of the document and tells the target.
fn feed(cx: &mut Ctx, v: Value, shared: &Shared, data: &[u8], last: bool, deferral: bool) -> Res<()> {
    {
        let mut inner = shared.lock();
        if inner.busy {
            drop(inner);
            return Err(cx.raise(Exc::RuntimeError, "cannot call feed() from within a handler"));
        }
        let known = match (inner.fault, inner.finished) {
            (Some(fault), _) => Some(fault),
            (None, true) => Some(Fault { code: errors::FINISHED, place: inner.core.place() }),
            _ => None,
        };
        if let Some(fault) = known {
            drop(inner);
            return Err(raise_fault(cx, fault));
        }
        inner.busy = true;
        inner.core.feed(data, last, deferral);
    }
    let done = pump(cx, v, shared);
    let done = match give_text(cx, v, shared) {
        Ok(()) => done,
        Err(r) => done.and(Err(r)),
    };
    let mut inner = shared.lock();
    inner.busy = false;
    inner.finished |= last || done.is_err();
    done
}

fn pump(cx: &mut Ctx, v: Value, shared: &Shared) -> Res<()> {
    loop {
        cx.poll()?;
        let next = {
            let mut inner = shared.lock();
            let mut next = inner.core.next();
            // Pieces of text need no look at anything else.
            while inner.plain
                && let Ok(Next::Event(Event { what: What::Text(text), .. })) = &next
            {
                inner.text.push_str(text);
                next = inner.core.next();
                if inner.text.len() > 1 << 16 {
                    break;
                }
            }
            next
        };
        match next {
            Ok(Next::Event(event)) => dispatch(cx, v, shared, event)?,
            Ok(Next::More | Next::End) => return Ok(()),
            Ok(Next::Encoding(name, place)) => {
                let Some(encoding) = encoding_of(cx, &name)? else {
                    let fault = Fault { code: errors::UNKNOWN_ENCODING, place };
                    shared.lock().fault = Some(fault);
                    return Err(raise_fault(cx, fault));
                };
                shared.lock().core.set_encoding(encoding);
            }
            Err(fault) => {
                shared.lock().fault = Some(fault);
                return Err(raise_fault(cx, fault));
            }
        }
    }
}

/// Gives collected text to the builder.
fn give_text(cx: &mut Ctx, v: Value, shared: &Shared) -> Res<()> {
    let text = {
        let mut inner = shared.lock();
        if inner.text.is_empty() {
            return Ok(());
        }
        let text = Str::new(cx, &inner.text);
        inner.text.clear();
        text
    };
    let target = slot(cx, v, TARGET);
    builder::data(cx, target, text)?;
    Ok(())
}

fn slot(cx: &mut Ctx, v: Value, i: usize) -> Value {
    Obj::of(v).map_or(Value::EMPTY, |o| o.slot(cx, i))
}

fn handler(cx: &mut Ctx, v: Value, i: usize) -> Option<Value> {
    slot(cx, v, HANDLERS + i).non_empty()
}

/// The string of a name, with a brace before its namespace.
fn name(cx: &mut Ctx, v: Value, shared: &Shared, text: &str) -> Value {
    let Some(list) = List::of(slot(cx, v, NAMES)) else { return Str::new(cx, text) };
    let known = shared.lock().names.get(text).copied();
    if let Some(found) = known.and_then(|i| list.get(i)) {
        return found;
    }
    let made = if text.contains('}') { Str::new(cx, &format!("{{{text}")) } else { Str::new(cx, text) };
    // Whoever feeds is alone here (`busy`): the place is the name's own.
    let at = list.len();
    list.push(cx, made);
    shared.lock().names.insert(text.to_owned(), at);
    made
}

fn dispatch(cx: &mut Ctx, v: Value, shared: &Shared, event: Event) -> Res<()> {
    let plain = shared.lock().plain;
    if plain {
        give_text(cx, v, shared)?;
    }
    let target = slot(cx, v, TARGET);
    match event.what {
        What::Start { name: tag, attributes, .. } => {
            let f = handler(cx, v, START);
            if !plain && f.is_none() {
                return Ok(());
            }
            let tag = name(cx, v, shared, &tag);
            let attrib = if attributes.is_empty() { Value::EMPTY } else { Dict::new(cx).value() };
            if let Some(d) = Dict::of(attrib) {
                for (key, value) in &attributes {
                    let key = name(cx, v, shared, key);
                    let value = Str::new(cx, value);
                    d.set_str(cx, key, value);
                }
            }
            match f {
                Some(f) => {
                    let attrib = if attrib.is_empty() { Dict::new(cx).value() } else { attrib };
                    protocol::call(cx, f, &[tag, attrib])?;
                }
                None => {
                    builder::start(cx, target, tag, attrib)?;
                }
            }
        }
        What::End { name: tag } => {
            if plain {
                builder::end(cx, target)?;
            } else if let Some(f) = handler(cx, v, END) {
                let tag = name(cx, v, shared, &tag);
                protocol::call(cx, f, &[tag])?;
            }
        }
        What::Text(text) => {
            let text = Str::new(cx, &text);
            tell_text(cx, v, plain, text)?;
        }
        What::Comment(text) => {
            if plain {
                let text = Str::new(cx, &text);
                builder::comment(cx, target, text)?;
            } else if let Some(f) = handler(cx, v, COMMENT) {
                let text = Str::new(cx, &text);
                protocol::call(cx, f, &[text])?;
            }
        }
        What::Pi { target: what, data } => {
            let f = handler(cx, v, PI);
            if plain || f.is_some() {
                let (what, data) = (Str::new(cx, &what), Str::new(cx, &data));
                match f {
                    Some(f) => protocol::call(cx, f, &[what, data])?,
                    None => builder::pi(cx, target, what, data)?,
                };
            }
        }
        What::StartNamespace { prefix, uri } => {
            let f = handler(cx, v, START_NS);
            if f.is_some() || plain && builder::asks(cx, target, builder::START_NS).is_some() {
                let prefix = Str::new(cx, &prefix.unwrap_or_default());
                let uri = Str::new(cx, &uri.unwrap_or_default());
                match f {
                    Some(f) => {
                        protocol::call(cx, f, &[prefix, uri])?;
                    }
                    None => {
                        let pair = Tuple::new(cx, &[prefix, uri]);
                        builder::event(cx, target, builder::START_NS, pair)?;
                    }
                }
            }
        }
        What::EndNamespace { prefix } => match handler(cx, v, END_NS) {
            Some(f) => {
                let prefix = Str::new(cx, &prefix.unwrap_or_default());
                protocol::call(cx, f, &[prefix])?;
            }
            None if plain => builder::event(cx, target, builder::END_NS, Value::NONE)?,
            None => {}
        },
        What::StartDoctype { name: n, system, public, .. } => {
            let optional = |text: Option<String>| text.map_or(Value::NONE, |t| Str::new(cx, &t));
            let (n, system, public) = (optional(Some(n)), optional(system), optional(public));
            if let Some(f) = handler(cx, v, DOCTYPE) {
                protocol::call(cx, f, &[n, public, system])?;
            } else if protocol::hasattr(cx, v, cx.intern(b"doctype"))? {
                engine::exceptions::warn(
                    cx,
                    Exc::RuntimeWarning,
                    "The doctype() method of XMLParser is ignored.  Define doctype() method on the TreeBuilder target.",
                    1,
                )?;
            }
        }
        What::Skipped { name: n } | What::External { name: Some(n), .. } => {
            let key = Str::new(cx, &n);
            let entity = slot(cx, v, ENTITY);
            match Dict::of(entity).map(|d| d.get(cx, key)).transpose()?.flatten() {
                Some(text) => tell_text(cx, v, plain, text)?,
                None => {
                    let fault = Fault { code: errors::UNDEFINED_ENTITY, place: event.place };
                    return Err(raise(cx, fault, &format!("undefined entity &{n};")));
                }
            }
        }
        _ => {}
    }
    Ok(())
}

fn tell_text(cx: &mut Ctx, v: Value, plain: bool, text: Value) -> Res<()> {
    if plain {
        let target = slot(cx, v, TARGET);
        builder::data(cx, target, text)?;
    } else if let Some(f) = handler(cx, v, DATA) {
        protocol::call(cx, f, &[text])?;
    }
    Ok(())
}

/// Feeds text or bytes.
fn feed_value(cx: &mut Ctx, v: Value, shared: &Shared, data: Value) -> Res<()> {
    if let Some(text) = Str::of_sub(cx, data) {
        let Some(text) = text.as_str() else {
            let encode = cx.names.encode;
            protocol::call_method(cx, data, encode, &[])?;
            return Ok(());
        };
        let text = text.to_owned();
        let mut inner = shared.lock();
        inner.named = None;
        inner.core.fix_utf8();
        drop(inner);
        return feed(cx, v, shared, text.as_bytes(), false, true);
    }
    let bytes = protocol::to_bytes(cx, data)?;
    let named = shared.lock().named.clone();
    if let Some(name) = named {
        let Some(encoding) = encoding_of(cx, &name)? else {
            let fault = Fault { code: errors::UNKNOWN_ENCODING, place: shared.lock().core.place() };
            return Err(raise_fault(cx, fault));
        };
        let mut inner = shared.lock();
        inner.named = None;
        inner.core.set_encoding(encoding);
    }
    feed(cx, v, shared, &bytes, false, true)
}

fn feed_method(cx: &mut Ctx, args: Args) -> PyResult {
    let shared = state(cx, args[0])?;
    feed_value(cx, args[0], &shared, args[1])?;
    Ok(Value::NONE)
}

fn flush_method(cx: &mut Ctx, args: Args) -> PyResult {
    let shared = state(cx, args[0])?;
    feed(cx, args[0], &shared, b"", false, false)?;
    Ok(Value::NONE)
}

fn close(cx: &mut Ctx, args: Args) -> PyResult {
    let shared = state(cx, args[0])?;
    feed(cx, args[0], &shared, b"", true, true)?;
    finish(cx, args[0], &shared)
}

/// What the target has made.
fn finish(cx: &mut Ctx, v: Value, shared: &Shared) -> PyResult {
    let plain = shared.lock().plain;
    if plain {
        let target = slot(cx, v, TARGET);
        return builder::close(cx, target);
    }
    match handler(cx, v, CLOSE) {
        Some(f) => protocol::call(cx, f, &[]),
        None => Ok(Value::NONE),
    }
}

fn parse_whole(cx: &mut Ctx, args: Args) -> PyResult {
    let shared = state(cx, args[0])?;
    let name = cx.names.read;
    let read = protocol::getattr(cx, args[1], name)?;
    loop {
        let piece = protocol::call(cx, read, &[Value::small(64 * 1024)])?;
        let done = match Str::of_sub(cx, piece) {
            Some(text) => text.is_empty(),
            None => Bytes::of_sub(cx, piece).is_none_or(|b| b.as_slice().is_empty()),
        };
        if done {
            break;
        }
        feed_value(cx, args[0], &shared, piece)?;
    }
    feed(cx, args[0], &shared, b"", true, true)?;
    finish(cx, args[0], &shared)
}

fn set_events(cx: &mut Ctx, args: Args) -> PyResult {
    let shared = state(cx, args[0])?;
    if !shared.lock().plain {
        return Err(cx.type_error("event handling only supported for ElementTree.TreeBuilder targets"));
    }
    let append = cx.names.append;
    let append = protocol::getattr(cx, args[1], append)?;
    let target = slot(cx, args[0], TARGET);
    let mut found = [Value::EMPTY; builder::NAMES.len()];
    match args.some(2) {
        None => found[1] = Str::new(cx, "end"),
        Some(events) => {
            if !has_iter(cx, events) {
                return Err(cx.type_error("events must be a sequence"));
            }
            let events = protocol::list_of(cx, events)?;
            for event in events.items() {
                let text = match Str::of_sub(cx, event) {
                    Some(s) => s.to_string_lossy().into_owned(),
                    None => match Bytes::of_sub(cx, event) {
                        Some(b) => String::from_utf8_lossy(b.as_slice()).into_owned(),
                        None => return Err(cx.value_error("invalid events sequence")),
                    },
                };
                match builder::NAMES.iter().position(|&n| n == text) {
                    Some(i) => found[i] = event,
                    None => return Err(cx.value_error(format!("unknown event '{text}'"))),
                }
            }
        }
    }
    builder::set_events(cx, target, append, found)?;
    Ok(Value::NONE)
}
