//! The module `_sqlite3`, over SQLite built in.
//!
//! [`raw`] is SQLite's interface as safe handles. A connection is used by one thread at a time (its gate, [`raw::Gate`]), and each call
//! that may take long is made in a blocking region, so separate connections run in parallel. What SQLite calls back leaves the region
//! for as long as Python code runs (`engine::Outside`). Python values stay in slots of the objects: SQLite knows callables by number.
#![deny(unsafe_code)]

mod adapt;
mod args;
mod bind;
mod blob;
mod callbacks;
mod conn;
mod connection;
mod constants;
mod cursor;
mod errors;
mod extras;
mod functions;
#[allow(unsafe_code)]
mod raw;
mod row;

use engine::prelude::*;

/// The native modules of this crate.
pub const MODULES: &[&ModuleDef] = &[&SQLITE3];

/// What calling a connection gives.
static STATEMENT: TypeDef = TypeDef { flags: TypeFlags::NO_NEW, ..TypeDef::new("sqlite3", "Statement") };

fn init(cx: &mut Ctx, module: Value) -> Res<()> {
    for def in errors::EXCEPTIONS {
        let class = cx.type_of_def(def).value();
        cx.set_module_attr(module, def.name, class);
    }
    let adapters = adapt::adapters(cx).value();
    cx.set_module_attr(module, "adapters", adapters);
    let converters = adapt::converters(cx).value();
    cx.set_module_attr(module, "converters", converters);
    constants::add(cx, module);
    let version = Str::new(cx, raw::version());
    cx.set_module_attr(module, "sqlite_version", version);
    // What the C library guarantees, in the words of PEP 249.
    let threadsafety = match raw::threadsafe() {
        0 => 0,
        1 => 3,
        _ => 1,
    };
    cx.set_module_attr(module, "threadsafety", Value::small(threadsafety));
    Ok(())
}

static SQLITE3: ModuleDef = ModuleDef {
    types: &[
        &blob::BLOB,
        &connection::CONNECTION,
        &cursor::CURSOR,
        &adapt::PREPARE_PROTOCOL,
        &row::ROW,
    ],
    functions: &[
        NativeDef::new(
            "adapt",
            "($module, obj, proto=PrepareProtocolType, alt=<unrepresentable>, /)",
            adapt::adapt_function,
            "Adapt given object to given protocol.",
        ),
        NativeDef::new(
            "complete_statement",
            "($module, /, statement)",
            |cx, a| {
                let text = args::c_string(cx, a, 0)?;
                match raw::complete(&text) {
                    Some(is_complete) => Ok(Value::bool(is_complete)),
                    None => Err(cx.memory_error()),
                }
            },
            "Checks if a string contains a complete SQL statement.",
        ),
        NativeDef::new(
            "connect",
            "($module, /, *args, **kwargs)",
            connection::connect,
            "Open a connection to the SQLite database file 'database'.\n\nYou can use \":memory:\" to open a database connection to a database that\nresides in RAM instead of on disk.\n\nNote: Passing more than 1 positional argument to _sqlite3.connect() is\ndeprecated. Parameters 'timeout', 'detect_types', 'isolation_level',\n'check_same_thread', 'factory', 'cached_statements' and 'uri' will\nbecome keyword-only parameters in Python 3.15.\n",
        )
        .hide_sig(),
        NativeDef::new(
            "enable_callback_tracebacks",
            "($module, enable, /)",
            |cx, a| {
                let on = protocol::truth(cx, a[0])?;
                callbacks::set_tracebacks(on);
                Ok(Value::NONE)
            },
            "Enable or disable callback functions throwing errors to stderr.",
        ),
        NativeDef::new(
            "register_adapter",
            "($module, type, adapter, /)",
            adapt::register_adapter,
            "Register a function to adapt Python objects to SQLite values.",
        ),
        NativeDef::new(
            "register_converter",
            "($module, typename, converter, /)",
            adapt::register_converter,
            "Register a function to convert SQLite values to Python objects.",
        ),
    ],
    constants: &[
        ("LEGACY_TRANSACTION_CONTROL", Const::Int(-1)),
        ("PARSE_COLNAMES", Const::Int(cursor::PARSE_COLNAMES)),
        ("PARSE_DECLTYPES", Const::Int(cursor::PARSE_DECLTYPES)),
    ],
    init: Some(init),
    ..ModuleDef::new("_sqlite3")
};
