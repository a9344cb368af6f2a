//! What pickling needs of the library: the registries of `copyreg`, the names of Python 2, a few functions. Looked up when the
//! module is made, and kept in the runtime's state.

use engine::prelude::*;

/// Where one object comes from: module and name.
type Source = (&'static str, &'static str);

macro_rules! state {
    ($($field:ident = $module:literal, $name:literal;)*) => {
        #[allow(non_camel_case_types)]
        #[derive(Copy, Clone)]
        enum Field { $($field),* }

        const SOURCES: &[Source] = &[$(($module, $name)),*];

        impl State {
            $(#[doc = concat!("`", $module, ".", $name, "`")]
            pub fn $field(self) -> Value {
                self.0.get(Field::$field as usize)
            })*
        }
    };
}

/// The objects, in a tuple.
#[derive(Copy, Clone)]
pub struct State(Tuple);

state! {
    dispatch_table = "copyreg", "dispatch_table";
    extension_registry = "copyreg", "_extension_registry";
    inverted_registry = "copyreg", "_inverted_registry";
    extension_cache = "copyreg", "_extension_cache";
    name_mapping = "_compat_pickle", "NAME_MAPPING";
    import_mapping = "_compat_pickle", "IMPORT_MAPPING";
    reverse_name_mapping = "_compat_pickle", "REVERSE_NAME_MAPPING";
    reverse_import_mapping = "_compat_pickle", "REVERSE_IMPORT_MAPPING";
    encode = "codecs", "encode";
    partial = "functools", "partial";
    getattr = "builtins", "getattr";
    bytearray = "builtins", "bytearray";
    memoryview = "builtins", "memoryview";
    picklebuffer = "_pickle", "PickleBuffer";
}

const KEY: &[u8] = b"_pickle.state";

/// Looks everything up, for the module that is being made.
pub fn init(cx: &mut Ctx, module: Value) -> Res<()> {
    let found = List::new(cx);
    for &(from, name) in SOURCES {
        let v = if from == "_pickle" {
            let name = cx.intern(name.as_bytes());
            protocol::getattr(cx, module, name)?
        } else {
            protocol::import_attr(cx, from, name)?
        };
        found.push(cx, v);
    }
    let key = cx.intern(KEY);
    let tuple = found.to_tuple(cx);
    cx.rt.state(cx).set_str(cx, key, tuple);
    Ok(())
}

/// The state. The module exists, or nobody could ask.
pub fn get(cx: &mut Ctx) -> Res<State> {
    let key = cx.intern(KEY);
    match cx.rt.state(cx).get_str(key).and_then(Tuple::of) {
        Some(t) => Ok(State(t)),
        None => Err(cx.runtime_error("the module _pickle is not initialized")),
    }
}

/// An entry of a registry that ought to be a dict.
pub fn lookup(cx: &mut Ctx, registry: Value, key: Value) -> Res<Option<Value>> {
    match Dict::of_sub(cx, registry) {
        Some(d) if d.len() == 0 => Ok(None),
        Some(d) => d.get(cx, key),
        None => Ok(None),
    }
}
