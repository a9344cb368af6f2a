//! `pyexpat.xmlparser`: handlers around [`core::Parser`](crate::core::Parser).
//!
//! The parser's state is locked only while it advances by one event; handlers run without the lock. Two threads that feed
//! one parser take turns by events, as with expat under its lock.

use std::sync::Arc;

use engine::prelude::*;
use parking_lot::Mutex;

use crate::chars::Encoding;
use crate::core::Parser;
use crate::dtd::Model;
use crate::errors;
use crate::events::{Event, Fault, Next, Place, What};
use crate::module::EXPAT_ERROR;

macro_rules! handlers {
    ($($slot:ident $name:literal;)*) => {
        #[allow(non_camel_case_types)]
        #[derive(Copy, Clone)]
        #[repr(u16)]
        enum Handler { State, Intern, Base, $($slot),* }
        const HANDLERS: usize = [$(Handler::$slot),*].len();
        /// Native slots: 0 the state (a Rust value), 1 the dict of interned names, 2 the base, then the handlers.
        const MEMBERS: &[Member] = &[
            Member::ro("intern", Handler::Intern as u16, ""),
            $(Member::rw($name, Handler::$slot as u16, "")),*
        ];
    };
}

handlers! {
    StartElement "StartElementHandler";
    EndElement "EndElementHandler";
    ProcessingInstruction "ProcessingInstructionHandler";
    CharacterData "CharacterDataHandler";
    UnparsedEntityDecl "UnparsedEntityDeclHandler";
    NotationDecl "NotationDeclHandler";
    StartNamespaceDecl "StartNamespaceDeclHandler";
    EndNamespaceDecl "EndNamespaceDeclHandler";
    Comment "CommentHandler";
    StartCdataSection "StartCdataSectionHandler";
    EndCdataSection "EndCdataSectionHandler";
    Default "DefaultHandler";
    DefaultExpand "DefaultHandlerExpand";
    NotStandalone "NotStandaloneHandler";
    ExternalEntityRef "ExternalEntityRefHandler";
    StartDoctypeDecl "StartDoctypeDeclHandler";
    EndDoctypeDecl "EndDoctypeDeclHandler";
    EntityDecl "EntityDeclHandler";
    XmlDecl "XmlDeclHandler";
    ElementDecl "ElementDeclHandler";
    AttlistDecl "AttlistDeclHandler";
    SkippedEntity "SkippedEntityHandler";
}

/// The options of a parser, and where it is.
struct Options {
    buffer_text: bool,
    buffer_size: usize,
    ordered_attributes: bool,
    specified_attributes: bool,
    deferral: bool,
    /// Text that was not given to the handler yet.
    buffered: String,
    /// Of the event whose handler runs.
    place: Option<Place>,
    fault: Option<Fault>,
    started: bool,
    finished: bool,
    /// A `Parse` is running.
    busy: bool,
}

struct Shared {
    core: Mutex<Parser>,
    options: Mutex<Options>,
}

struct State(Arc<Shared>);

/// `pyexpat.xmlparser`.
pub static XMLPARSER: TypeDef = TypeDef {
    doc: "XML parser",
    flags: TypeFlags::NO_NEW,
    nnative: 3 + HANDLERS as u16,
    members: MEMBERS,
    methods: &[
        NativeDef::new(
            "Parse",
            "($self, data, isfinal=False, /)",
            parse,
            "Parse XML data.\n\n'isfinal' should be true at end of input.",
        ),
        NativeDef::new("ParseFile", "($self, file, /)", parse_file, "Parse XML data from file-like object."),
        NativeDef::new(
            "SetBase",
            "($self, base, /)",
            |cx, args| {
                args.str(cx, 1)?;
                set(cx, args[0], Handler::Base, args[1]);
                Ok(Value::NONE)
            },
            "Set the base URL for the parser.",
        ),
        NativeDef::new(
            "GetBase",
            "($self, /)",
            |cx, args| Ok(handler(cx, args[0], Handler::Base).unwrap_or(Value::NONE)),
            "Return base URL string for the parser.",
        ),
        NativeDef::new(
            "GetInputContext",
            "($self, /)",
            |_, _| Ok(Value::NONE),
            "Return the untranslated text of the input that caused the current event.",
        ),
        NativeDef::new(
            "ExternalEntityParserCreate",
            "($self, context, encoding=None, /)",
            subparser,
            "Create a parser for parsing an external entity based on the information passed to the ExternalEntityRefHandler.",
        ),
        NativeDef::new(
            "SetParamEntityParsing",
            "($self, flag, /)",
            |cx, args| {
                let flag = args.index(cx, 1)?;
                let shared = state(cx, args[0])?;
                let started = shared.options.lock().started;
                if let (Ok(flag @ 0..=2), false) = (u8::try_from(flag), started) {
                    shared.core.lock().parameters = flag;
                }
                Ok(Value::small((!started).into()))
            },
            "Controls parsing of parameter entities (including the external DTD subset).",
        ),
        NativeDef::new(
            "UseForeignDTD",
            "($self, flag=True, /)",
            |cx, args| {
                let flag = args.truth_or(cx, 1, true)?;
                let shared = state(cx, args[0])?;
                if shared.options.lock().started {
                    return Err(raise(
                        cx,
                        Fault { code: errors::CANT_CHANGE_FEATURE_ONCE_PARSING, place: shared.core.lock().place() },
                    ));
                }
                shared.core.lock().use_foreign_dtd(flag);
                Ok(Value::NONE)
            },
            "Allows the application to provide an artificial external subset if one is not specified as part of the document instance.",
        ),
        NativeDef::new(
            "SetBillionLaughsAttackProtectionActivationThreshold",
            "($self, threshold, /)",
            |cx, args| {
                let n = protocol::index_value(cx, args[1])?;
                if int::sign(n) < 0 {
                    return Err(cx.value_error("Cannot convert negative int"));
                }
                let Some(threshold) = int::to_i128(n).and_then(|n| u64::try_from(n).ok()) else {
                    return Err(cx.overflow_error("Python int too large for C unsigned long long"));
                };
                root_parser(cx, args[0])?.core.lock().threshold = threshold;
                Ok(Value::NONE)
            },
            "Sets the number of output bytes needed to activate protection against billion laughs attacks.",
        ),
        NativeDef::new(
            "SetBillionLaughsAttackProtectionMaximumAmplification",
            "($self, max_factor, /)",
            |cx, args| {
                let factor = protocol::to_f64(cx, args[1])? as f32;
                let shared = root_parser(cx, args[0])?;
                if factor.is_nan() || factor < 1.0 {
                    return Err(invalid(cx, &shared, "'max_factor' must be at least 1.0"));
                }
                shared.core.lock().max_factor = factor;
                Ok(Value::NONE)
            },
            "Sets the maximum tolerated amplification factor for protection against billion laughs attacks.",
        ),
        NativeDef::new(
            "SetReparseDeferralEnabled",
            "($self, enabled, /)",
            |cx, args| {
                let on = protocol::truth(cx, args[1])?;
                state(cx, args[0])?.options.lock().deferral = on;
                Ok(Value::NONE)
            },
            "Enable/Disable reparse deferral; enabled by default with Expat >=2.6.0.",
        ),
        NativeDef::new(
            "GetReparseDeferralEnabled",
            "($self, /)",
            |cx, args| Ok(Value::bool(state(cx, args[0])?.options.lock().deferral)),
            "Retrieve reparse deferral enabled status; always returns false with Expat <2.6.0.",
        ),
    ],
    getsets: &[
        GetSet::ro(
            "ErrorCode",
            |cx, v| {
                let code = state(cx, v)?.options.lock().fault.map_or(0, |f| f.code);
                Ok(Value::small(code.into()))
            },
            "",
        ),
        GetSet::ro("ErrorLineNumber", |cx, v| place(cx, v, |p| p.line), ""),
        GetSet::ro("ErrorColumnNumber", |cx, v| place(cx, v, |p| p.column), ""),
        GetSet::ro("ErrorByteIndex", byte_index, ""),
        GetSet::ro("CurrentLineNumber", |cx, v| place(cx, v, |p| p.line), ""),
        GetSet::ro("CurrentColumnNumber", |cx, v| place(cx, v, |p| p.column), ""),
        GetSet::ro("CurrentByteIndex", byte_index, ""),
        GetSet::rw(
            "buffer_text",
            |cx, v| option(cx, v, |o| o.buffer_text),
            |cx, v, x| {
                let on = flag(cx, x)?;
                if !on {
                    flush(cx, v)?;
                }
                state(cx, v)?.options.lock().buffer_text = on;
                Ok(())
            },
            "",
        ),
        GetSet::rw(
            "buffer_size",
            |cx, v| {
                let n = state(cx, v)?.options.lock().buffer_size;
                Ok(int::from_usize(cx, n))
            },
            set_buffer_size,
            "",
        ),
        GetSet::ro(
            "buffer_used",
            |cx, v| {
                let n = state(cx, v)?.options.lock().buffered.len();
                Ok(int::from_usize(cx, n))
            },
            "",
        ),
        GetSet::rw(
            "namespace_prefixes",
            |cx, v| Ok(Value::bool(state(cx, v)?.core.lock().triplets)),
            |cx, v, x| {
                let on = flag(cx, x)?;
                state(cx, v)?.core.lock().triplets = on;
                Ok(())
            },
            "",
        ),
        GetSet::rw(
            "ordered_attributes",
            |cx, v| option(cx, v, |o| o.ordered_attributes),
            |cx, v, x| {
                let on = flag(cx, x)?;
                state(cx, v)?.options.lock().ordered_attributes = on;
                Ok(())
            },
            "",
        ),
        GetSet::rw(
            "specified_attributes",
            |cx, v| option(cx, v, |o| o.specified_attributes),
            |cx, v, x| {
                let on = flag(cx, x)?;
                state(cx, v)?.options.lock().specified_attributes = on;
                Ok(())
            },
            "",
        ),
    ],
    ..TypeDef::new("pyexpat", "xmlparser")
};

fn state(cx: &mut Ctx, v: Value) -> Res<Arc<Shared>> {
    let found = Obj::of(v).and_then(|o| o.payload::<State>(cx, Handler::State as usize)).map(|s| Arc::clone(&s.0));
    found.ok_or_else(|| cx.type_error("an xmlparser is required"))
}

fn handler(cx: &mut Ctx, v: Value, which: Handler) -> Option<Value> {
    let found = Obj::of(v).map_or(Value::EMPTY, |o| o.slot(cx, which as usize));
    (!found.is_empty() && !found.is_none()).then_some(found)
}

fn set(cx: &mut Ctx, v: Value, which: Handler, x: Value) {
    if let Some(o) = Obj::of(v) {
        o.set_slot(cx, which as usize, x);
    }
}

fn flag(cx: &mut Ctx, x: Value) -> Res<bool> {
    if x.is_empty() {
        return Err(cx.raise(Exc::RuntimeError, "Cannot delete attribute"));
    }
    protocol::truth(cx, x)
}

fn option(cx: &mut Ctx, v: Value, f: impl Fn(&Options) -> bool) -> PyResult {
    let shared = state(cx, v)?;
    let on = f(&shared.options.lock());
    Ok(Value::bool(on))
}

fn set_buffer_size(cx: &mut Ctx, v: Value, x: Value) -> Res<()> {
    let size = match int::to_i64(x) {
        Some(n) => n,
        None if x.is_empty() => return Err(cx.raise(Exc::RuntimeError, "Cannot delete attribute")),
        None if int::of(x).is_some() => {
            return Err(cx.value_error(format!("buffer_size must not be greater than {}", i32::MAX)));
        }
        None => return Err(cx.type_error("buffer_size must be an integer")),
    };
    if size <= 0 {
        return Err(cx.value_error("buffer_size must be greater than zero"));
    }
    if size > i32::MAX.into() {
        return Err(cx.value_error(format!("buffer_size must not be greater than {}", i32::MAX)));
    }
    flush(cx, v)?;
    state(cx, v)?.options.lock().buffer_size = size as usize;
    Ok(())
}

/// Where the last fault is, or the event that is being handled, or the parser.
fn now(shared: &Shared) -> Place {
    let options = shared.options.lock();
    options.fault.map(|f| f.place).or(options.place).unwrap_or_else(|| shared.core.lock().place())
}

fn place(cx: &mut Ctx, v: Value, f: impl Fn(Place) -> u64) -> PyResult {
    let shared = state(cx, v)?;
    Ok(int::from_u64(cx, f(now(&shared))))
}

fn byte_index(cx: &mut Ctx, v: Value) -> PyResult {
    let shared = state(cx, v)?;
    if !shared.options.lock().started {
        return Ok(Value::small(-1));
    }
    Ok(int::from_u64(cx, now(&shared).index))
}

fn create(cx: &mut Ctx, core: Parser, intern: Value) -> Value {
    let ty = cx.type_of_def(&XMLPARSER);
    let v = types::instance::new_with_slots(cx, ty, &[Value::EMPTY, intern]);
    let options = Options {
        buffer_text: false,
        buffer_size: 8192,
        ordered_attributes: false,
        specified_attributes: false,
        deferral: true,
        buffered: String::new(),
        place: None,
        fault: None,
        started: false,
        finished: false,
        busy: false,
    };
    if let Some(o) = Obj::of(v) {
        o.set_payload(
            cx,
            Handler::State as usize,
            State(Arc::new(Shared { core: Mutex::new(core), options: Mutex::new(options) })),
        );
    }
    v
}

/// `ParserCreate(encoding=None, namespace_separator=None, intern=<new dict>)`.
pub fn parser_create(cx: &mut Ctx, args: Args) -> PyResult {
    let encoding = match args.str_opt(cx, 0)? {
        Some(name) => Some(encoding_named(cx, &name.to_string_lossy(), START)?),
        None => None,
    };
    let separator = args.str_opt(cx, 1)?.map(|s| s.to_string_lossy().into_owned());
    if separator.as_ref().is_some_and(|s| s.chars().count() > 1) {
        return Err(cx.value_error("namespace_separator must be at most one character, omitted, or None"));
    }
    let intern = match args.get(2) {
        None => Dict::new(cx).value(),
        Some(v) if v.is_none() => Value::EMPTY,
        Some(v) if Dict::of_sub(cx, v).is_some() => v,
        Some(_) => return Err(cx.type_error("intern must be a dictionary")),
    };
    Ok(create(cx, Parser::new(encoding, separator), intern))
}

fn subparser(cx: &mut Ctx, args: Args) -> PyResult {
    let shared = state(cx, args[0])?;
    let encoding = match args.str_opt(cx, 2)? {
        Some(name) => Some(encoding_named(cx, &name.to_string_lossy(), START)?),
        None => None,
    };
    let subset = args.get(1).is_none_or(Value::is_none);
    let core = shared.core.lock().for_entity(subset, encoding);
    let intern = Obj::of(args[0]).map_or(Value::EMPTY, |o| o.slot(cx, Handler::Intern as usize));
    let v = create(cx, core, intern);
    let Some((from, to)) = Obj::of(args[0]).zip(Obj::of(v)) else { return Ok(v) };
    for i in 2..3 + HANDLERS {
        let x = from.slot(cx, i);
        to.set_slot(cx, i, x);
    }
    let new = state(cx, v)?;
    let (old, mut options) = (shared.options.lock(), new.options.lock());
    options.buffer_text = old.buffer_text;
    options.buffer_size = old.buffer_size;
    options.ordered_attributes = old.ordered_attributes;
    options.specified_attributes = old.specified_attributes;
    options.deferral = old.deferral;
    Ok(v)
}

fn encoding_named(cx: &mut Ctx, name: &str, place: Place) -> Res<Encoding> {
    match encoding_of(cx, name)? {
        Some(known) => Ok(known),
        None => Err(raise(cx, Fault { code: errors::UNKNOWN_ENCODING, place })),
    }
}

/// An encoding that expat knows, or a table made by the codec of that name; None where markup is not what it is in ASCII.
pub fn encoding_of(cx: &mut Ctx, name: &str) -> Res<Option<Encoding>> {
    if let Some(known) = Encoding::named(name) {
        return Ok(Some(known));
    }
    let all: Vec<u8> = (0..=255).collect();
    let bytes = Bytes::wish(cx, &all)?;
    let (decode, name, errors) = (cx.names.decode, Str::new(cx, name), Str::new(cx, "replace"));
    let text = protocol::call_method(cx, bytes, decode, &[name, errors])?;
    let text = protocol::text(cx, text);
    let mut table = Box::new([None; 256]);
    if text.chars().count() != 256 {
        return Err(cx.value_error("multi-byte encodings are not supported"));
    }
    for (slot, c) in table.iter_mut().zip(text.chars()) {
        *slot = Some(c).filter(|&c| c != '\u{FFFD}');
    }
    // What markup is made of must be the same as in ASCII, and nothing else may mean it.
    let markup = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\x7E') && !"$@\\^`{}~".contains(c);
    for (i, c) in table.iter().enumerate() {
        let own = (i < 128).then_some(i as u8 as char).filter(|&c| markup(c));
        if own.is_some() && *c != own || c.is_some_and(|c| markup(c) && own != Some(c)) {
            return Ok(None);
        }
    }
    Ok(Some(Encoding::Table(table)))
}

/// The state of a parser that is no external one.
fn root_parser(cx: &mut Ctx, v: Value) -> Res<Arc<Shared>> {
    let shared = state(cx, v)?;
    if shared.core.lock().external {
        return Err(invalid(cx, &shared, "parser must be a root parser"));
    }
    Ok(shared)
}

fn invalid(cx: &mut Ctx, shared: &Shared, message: &str) -> Raised {
    raise_as(cx, Fault { code: errors::INVALID_ARGUMENT, place: now(shared) }, message)
}

/// Raises `ExpatError`.
fn raise(cx: &mut Ctx, fault: Fault) -> Raised {
    let text = errors::text(fault.code.into()).unwrap_or("unknown error");
    raise_as(cx, fault, &format!("{text}: line {}, column {}", fault.place.line, fault.place.column))
}

fn raise_as(cx: &mut Ctx, fault: Fault, message: &str) -> Raised {
    let (class, message) = (cx.type_of_def(&EXPAT_ERROR).value(), Str::new(cx, message));
    let made = protocol::call(cx, class, &[message]).and_then(|exc| {
        for (name, n) in [("code", fault.code.into()), ("lineno", fault.place.line), ("offset", fault.place.column)] {
            let (name, n) = (cx.intern(name.as_bytes()), int::from_u64(cx, n));
            protocol::setattr(cx, exc, name, n)?;
        }
        Ok(exc)
    });
    match made {
        Ok(exc) => cx.raise_exc(exc),
        Err(raised) => raised,
    }
}

const START: Place = Place { line: 1, column: 0, index: 0 };

fn parse(cx: &mut Ctx, args: Args) -> PyResult {
    let last = args.truth_or(cx, 2, false)?;
    let shared = state(cx, args[0])?;
    if let Some(text) = Str::of_sub(cx, args[1]) {
        let data = text.to_string_lossy().into_owned();
        shared.core.lock().fix_utf8();
        return feed(cx, args[0], &shared, data.as_bytes(), last);
    }
    let data = protocol::to_bytes(cx, args[1])?;
    feed(cx, args[0], &shared, &data, last)
}

fn parse_file(cx: &mut Ctx, args: Args) -> PyResult {
    const SIZE: i32 = 2048;
    let shared = state(cx, args[0])?;
    if shared.options.lock().busy {
        return Err(cx.raise(Exc::RuntimeError, "cannot call ParseFile() from within a handler"));
    }
    let read = protocol::getattr_opt(cx, args[1], cx.names.read)?;
    let Some(read) = read else { return Err(cx.type_error("argument must have 'read' attribute")) };
    loop {
        let piece = protocol::call(cx, read, &[Value::small(SIZE)])?;
        if Bytes::of_sub(cx, piece).is_none() && Str::of_sub(cx, piece).is_some() {
            let name = type_name(cx, piece);
            return Err(cx.type_error(format!("read() did not return a bytes object (type={name})")));
        }
        let data = protocol::to_bytes(cx, piece)?;
        if data.len() > SIZE as usize {
            return Err(cx.value_error(format!(
                "read() returned too much data: {SIZE} bytes requested, {} returned",
                data.len()
            )));
        }
        let done = feed(cx, args[0], &shared, &data, data.is_empty())?;
        if data.is_empty() {
            return Ok(done);
        }
    }
}

fn feed(cx: &mut Ctx, v: Value, shared: &Shared, data: &[u8], last: bool) -> PyResult {
    {
        let mut options = shared.options.lock();
        if options.busy {
            drop(options);
            return Err(cx.raise(Exc::RuntimeError, "cannot call Parse() from within a handler"));
        }
        if let Some(fault) = options.fault {
            drop(options);
            return Err(raise(cx, fault));
        }
        if options.finished {
            let fault = Fault { code: errors::FINISHED, place: shared.core.lock().place() };
            drop(options);
            return Err(raise(cx, fault));
        }
        options.busy = true;
        options.started = true;
    }
    let deferral = shared.options.lock().deferral;
    shared.core.lock().feed(data, last, deferral);
    let done = pump(cx, v, shared);
    let done = match done {
        Ok(()) => flush(cx, v),
        Err(r) => Err(r),
    };
    let mut options = shared.options.lock();
    options.busy = false;
    options.place = None;
    options.finished |= last;
    if done.is_err() && options.fault.is_none() {
        options.finished = true;
    }
    drop(options);
    done.map(|()| Value::small(1))
}

/// Calls the handlers of everything that can be parsed.
fn pump(cx: &mut Ctx, v: Value, shared: &Shared) -> Res<()> {
    loop {
        cx.poll()?;
        let (plain, expand) = (handler(cx, v, Handler::Default), handler(cx, v, Handler::DefaultExpand));
        let doctype = handler(cx, v, Handler::StartDoctypeDecl).is_some();
        let next = {
            let mut core = shared.core.lock();
            core.raw = plain.is_some() || expand.is_some();
            core.raw_doctype = core.raw && !doctype;
            core.keep_references = plain.is_some() && expand.is_none();
            core.next()
        };
        match next {
            Ok(Next::Event(event)) => {
                shared.options.lock().place = Some(event.place);
                dispatch(cx, v, shared, event)?;
            }
            Ok(Next::More | Next::End) => return Ok(()),
            Ok(Next::Encoding(name, place)) => match encoding_named(cx, &name, place) {
                Ok(encoding) => shared.core.lock().set_encoding(encoding),
                Err(r) => return Err(r),
            },
            Err(fault) => return Err(fail(cx, v, shared, fault)),
        }
    }
}

fn fail(cx: &mut Ctx, v: Value, shared: &Shared, fault: Fault) -> Raised {
    if let Err(r) = flush(cx, v) {
        return r;
    }
    shared.options.lock().fault = Some(fault);
    raise(cx, fault)
}

/// Gives buffered text to its handler.
fn flush(cx: &mut Ctx, v: Value) -> Res<()> {
    let shared = state(cx, v)?;
    let text = std::mem::take(&mut shared.options.lock().buffered);
    if text.is_empty() {
        return Ok(());
    }
    call_text(cx, v, &text)
}

fn call_text(cx: &mut Ctx, v: Value, text: &str) -> Res<()> {
    if let Some(f) = handler(cx, v, Handler::CharacterData) {
        let text = Str::new(cx, text);
        protocol::call(cx, f, &[text])?;
    }
    Ok(())
}

fn text_event(cx: &mut Ctx, v: Value, shared: &Shared, text: &str) -> Res<()> {
    let (buffering, size, used) = {
        let o = shared.options.lock();
        (o.buffer_text, o.buffer_size, o.buffered.len())
    };
    if !buffering {
        return call_text(cx, v, text);
    }
    if used + text.len() > size {
        flush(cx, v)?;
        if text.len() > size {
            return call_text(cx, v, text);
        }
    }
    shared.options.lock().buffered.push_str(text);
    Ok(())
}

fn dispatch(cx: &mut Ctx, v: Value, shared: &Shared, event: Event) -> Res<()> {
    let raw = event.raw;
    if let What::Text(text) = &event.what {
        if handler(cx, v, Handler::CharacterData).is_some() {
            return text_event(cx, v, shared, text);
        }
        return default(cx, v, &raw);
    }
    let which = match &event.what {
        What::XmlDecl { .. } => Handler::XmlDecl,
        What::StartDoctype { .. } => Handler::StartDoctypeDecl,
        What::EndDoctype => Handler::EndDoctypeDecl,
        What::ElementDecl { .. } => Handler::ElementDecl,
        What::AttlistDecl { .. } => Handler::AttlistDecl,
        What::EntityDecl { .. } => Handler::EntityDecl,
        What::Unparsed { .. } if handler(cx, v, Handler::UnparsedEntityDecl).is_some() => Handler::UnparsedEntityDecl,
        What::Unparsed { .. } => Handler::EntityDecl,
        What::Notation { .. } => Handler::NotationDecl,
        What::StartNamespace { .. } => Handler::StartNamespaceDecl,
        What::EndNamespace { .. } => Handler::EndNamespaceDecl,
        What::Start { .. } => Handler::StartElement,
        What::End { .. } => Handler::EndElement,
        What::StartCdata => Handler::StartCdataSection,
        What::EndCdata => Handler::EndCdataSection,
        What::Comment(_) => Handler::Comment,
        What::Pi { .. } => Handler::ProcessingInstruction,
        What::Skipped { .. } => Handler::SkippedEntity,
        What::External { .. } => Handler::ExternalEntityRef,
        What::NotStandalone => Handler::NotStandalone,
        What::Text(_) | What::Markup(_) => Handler::Default,
    };
    if let What::Markup(text) = &event.what {
        return default(cx, v, text);
    }
    let Some(f) = handler(cx, v, which) else {
        return if matches!(event.what, What::StartDoctype { .. } | What::EndDoctype | What::NotStandalone) {
            Ok(())
        } else {
            default(cx, v, &raw)
        };
    };
    flush(cx, v)?;
    // The text's handler may have taken this one away.
    let Some(f) = handler(cx, v, which).map(|_| f) else { return Ok(()) };
    let args = arguments(cx, v, shared, event.what)?;
    let result = protocol::call(cx, f, &args)?;
    let code = match which {
        Handler::ExternalEntityRef => errors::EXTERNAL_ENTITY_HANDLING,
        Handler::NotStandalone => errors::NOT_STANDALONE,
        _ => return Ok(()),
    };
    let n = protocol::index_value(cx, result)?;
    let Some(n) = int::to_i64(n) else {
        return Err(cx.overflow_error("Python int too large to convert to C long"));
    };
    if n == 0 {
        return Err(fail(cx, v, shared, Fault { code, place: event.place }));
    }
    Ok(())
}

/// Gives markup that has no handler of its own to the default handler.
fn default(cx: &mut Ctx, v: Value, raw: &str) -> Res<()> {
    if raw.is_empty() {
        return Ok(());
    }
    let f = handler(cx, v, Handler::DefaultExpand).or_else(|| handler(cx, v, Handler::Default));
    if let Some(f) = f {
        flush(cx, v)?;
        let text = Str::new(cx, raw);
        protocol::call(cx, f, &[text])?;
    }
    Ok(())
}

/// A name, from the dict of interned ones.
fn name(cx: &mut Ctx, v: Value, text: &str) -> PyResult {
    let text = Str::new(cx, text);
    let intern = Obj::of(v).map_or(Value::EMPTY, |o| o.slot(cx, Handler::Intern as usize));
    let Some(names) = Dict::of_sub(cx, intern) else { return Ok(text) };
    if let Some(known) = names.get(cx, text)? {
        return Ok(known);
    }
    protocol::setitem(cx, intern, text, text)?;
    Ok(text)
}

fn optional(cx: &mut Ctx, text: Option<&str>) -> Value {
    text.map_or(Value::NONE, |t| Str::new(cx, t))
}

fn arguments(cx: &mut Ctx, v: Value, shared: &Shared, what: What) -> PyResult<RootVec> {
    let mut args = RootVec::new(cx);
    let base = handler(cx, v, Handler::Base).unwrap_or(Value::NONE);
    match what {
        What::XmlDecl { version, encoding, standalone } => {
            args.push(Str::new(cx, &version));
            args.push(optional(cx, encoding.as_deref()));
            args.push(Value::small(standalone.into()));
        }
        What::StartDoctype { name: n, system, public, subset } => {
            args.push(name(cx, v, &n)?);
            args.push(optional(cx, system.as_deref()));
            args.push(optional(cx, public.as_deref()));
            args.push(Value::small(subset.into()));
        }
        What::ElementDecl { name: n, model } => {
            args.push(name(cx, v, &n)?);
            let Some(model) = model else {
                return Err(cx.raise(Exc::RecursionError, "maximum recursion depth exceeded"));
            };
            let model = model_tuple(cx, v, &model)?;
            args.push(model);
        }
        What::AttlistDecl { element, name: n, kind, default, required } => {
            args.push(name(cx, v, &element)?);
            args.push(name(cx, v, &n)?);
            args.push(Str::new(cx, &kind));
            args.push(optional(cx, default.as_deref()));
            args.push(Value::small(required.into()));
        }
        What::EntityDecl { name: n, parameter, value, system, public } => {
            args.push(name(cx, v, &n)?);
            args.push(Value::small(parameter.into()));
            args.push(optional(cx, value.as_deref()));
            args.push(base);
            args.push(optional(cx, system.as_deref()));
            args.push(optional(cx, public.as_deref()));
            args.push(Value::NONE);
        }
        What::Unparsed { name: n, system, public, notation } => {
            let declared = handler(cx, v, Handler::UnparsedEntityDecl).is_none();
            args.push(name(cx, v, &n)?);
            if declared {
                args.push(Value::small(0));
                args.push(Value::NONE);
            }
            args.push(base);
            args.push(optional(cx, system.as_deref()));
            args.push(optional(cx, public.as_deref()));
            args.push(name(cx, v, &notation)?);
        }
        What::Notation { name: n, system, public } => {
            args.push(name(cx, v, &n)?);
            args.push(base);
            args.push(optional(cx, system.as_deref()));
            args.push(optional(cx, public.as_deref()));
        }
        What::StartNamespace { prefix, uri } => {
            args.push(optional(cx, prefix.as_deref()));
            args.push(optional(cx, uri.as_deref()));
        }
        What::EndNamespace { prefix } => args.push(optional(cx, prefix.as_deref())),
        What::Start { name: n, attributes, specified } => {
            let (ordered, only) = {
                let o = shared.options.lock();
                (o.ordered_attributes, o.specified_attributes)
            };
            args.push(name(cx, v, &n)?);
            let shown = if only { specified } else { attributes.len() };
            let (list, dict) = (List::new(cx), Dict::new(cx));
            args.push(if ordered { list.value() } else { dict.value() });
            for (key, value) in &attributes[..shown] {
                let key = name(cx, v, key)?;
                let value = Str::new(cx, value);
                if ordered {
                    list.push(cx, key);
                    list.push(cx, value);
                } else {
                    protocol::setitem(cx, dict.value(), key, value)?;
                }
            }
        }
        What::End { name: n } => args.push(name(cx, v, &n)?),
        What::Comment(text) => args.push(Str::new(cx, &text)),
        What::Pi { target, data } => {
            args.push(name(cx, v, &target)?);
            args.push(Str::new(cx, &data));
        }
        What::Skipped { name: n } => {
            args.push(Str::new(cx, &n));
            args.push(Value::small(0));
        }
        What::External { name: n, system, public } => {
            args.push(optional(cx, n.as_deref()));
            args.push(base);
            args.push(optional(cx, system.as_deref()));
            args.push(optional(cx, public.as_deref()));
        }
        What::EndDoctype
        | What::NotStandalone
        | What::StartCdata
        | What::EndCdata
        | What::Text(_)
        | What::Markup(_) => {}
    }
    Ok(args)
}

fn model_tuple(cx: &mut Ctx, v: Value, model: &Model) -> PyResult {
    let n = match &model.name {
        Some(n) => name(cx, v, n)?,
        None => Value::NONE,
    };
    let children = List::new(cx);
    for child in &model.children {
        let child = model_tuple(cx, v, child)?;
        children.push(cx, child);
    }
    let children = children.to_tuple(cx);
    let (kind, quantifier) = (Value::small(model.kind.into()), Value::small(model.quantifier.into()));
    Ok(Tuple::new(cx, &[kind, quantifier, n, children]))
}
