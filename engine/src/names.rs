//! Well-known interned names: one field each, made once per space and reachable as `cx.names.__init__`.
//!
//! Two interned names are equal iff their bits are equal, so a comparison with one of these is one word compare.

use proto_core::{Heap, Value};

macro_rules! names {
    ($($field:ident $(= $text:literal)?),* $(,)?) => {
        /// The table of well-known names.
        #[allow(non_snake_case, missing_docs)]
        pub struct Names { $(pub $field: Value),* }

        impl Names {
            /// Interns every name of the table.
            pub fn new(heap: &Heap) -> Names {
                Names { $($field: heap.intern(names!(@text $field $($text)?).as_bytes())),* }
            }

            /// Shows each reference to `f` (the names are roots of the space).
            pub fn visit(&self, f: &mut dyn FnMut(Value)) {
                $(f(self.$field);)*
            }
        }
    };
    (@text $field:ident $text:literal) => { $text };
    (@text $field:ident) => { stringify!($field) };
}

names! {
    // Type and object protocol.
    __abstractmethods__, __annotate__, __annotations__, __annotate_func__, __annotations_cache__, __base__, __bases__, __basicsize__, __build_class__, __builtins__,
    __call__, __class__, __class_getitem__, __classcell__, __classdict__, __classdictcell__, __code__, __closure__,
    __conditional_annotations__, __copy__, __deepcopy__, __defaults__, __del__, __delattr__, __delete__, __delitem__,
    __delslice__, __dict__, __dictoffset__, __dir__, __doc__, __firstlineno__, __flags__, __func__, __get__, __getattr__, __getattribute__,
    __getinitargs__, __getnewargs__, __getnewargs_ex__, __getstate__, __globals__, __init__, __init_subclass__,
    __instancecheck__, __isabstractmethod__, __itemsize__, __kwdefaults__, __len__, __length_hint__, __match_args__,
    __missing__, __module__, __mro__, __mro_entries__, __name__, __new__, __notes__, __objclass__, __orig_bases__, __orig_class__,
    __parameters__, __prepare__, __qualname__, __reduce__, __reduce_ex__, __repr__, __reversed__, __self__,
    __self_class__, __set__, __set_name__, __setattr__, __setitem__, __setstate__, __signature__, __sizeof__, __slotnames__, __slots__,
    __static_attributes__, __str__, __subclasscheck__, __subclasses__, __subclasshook__, __suppress_context__,
    __text_signature__, __thisclass__, __traceback__, __cause__, __context__, __type_params__, __typing_is_unpacked_typevartuple__,
    __typing_prepare_subst__, __typing_subst__, __typing_unpacked_tuple_args__, __unpacked__, __weakref__, __weakrefoffset__, __wrapped__,
    // Operators and conversions.
    __abs__, __add__, __aenter__, __aexit__, __aiter__, __and__, __anext__, __await__, __bool__, __buffer__, __bytes__,
    __ceil__, __complex__, __contains__, __divmod__, __enter__, __eq__, __exit__, __float__, __floor__, __floordiv__,
    __format__, __fspath__, __ge__, __getitem__, __gt__, __hash__, __iadd__, __iand__, __ifloordiv__, __ilshift__,
    __imatmul__, __imod__, __imul__, __index__, __int__, __invert__, __ior__, __ipow__, __irshift__, __isub__,
    __iter__, __itruediv__, __ixor__, __le__, __lshift__, __lt__, __matmul__, __mod__, __mul__, __ne__, __neg__,
    __next__, __or__, __pos__, __pow__, __radd__, __rand__, __rdivmod__, __release_buffer__, __rfloordiv__,
    __rlshift__, __rmatmul__, __rmod__, __rmul__, __ror__, __round__, __rpow__, __rrshift__, __rshift__, __rsub__,
    __rtruediv__, __rxor__, __sub__, __truediv__, __trunc__, __xor__,
    // Modules and import.
    __all__, __cached__, __debug__, __file__, __import__, __loader__, __main__, __package__, __path__, __spec__,
    __lazy_import__, __future__,
    _initializing, builtins, sys, os, copyreg, _reduce_ex, _slotnames, __newobj__, __newobj_ex__, _abc, abc, types, typing, warnings, collections, io,
    // Exceptions.
    add_note, args, characters_written, code, derive, encoding, end, end_lineno, end_offset, errno, exceptions,
    filename, filename2, lineno, message, msg, name, name_from, obj, object, offset, path, print_file_and_line,
    reason, start, strerror, subgroup, split, text, value, with_traceback, winerror,
    // Methods and attributes called by name.
    acquire, append, cancel, clear, close, copy, count, decode, default, discard, doc, encode, endswith, error, excepthook,
    extend, fdel, fget, find, fileno, flush, format, fromkeys, fset, gi_frame, get, getattr, get_source, index, insert, isatty, items, iter, join, key, keys,
    lower, maxlen, metaclass, mode, modules, mro, namespace, newline, next, open, pop, popitem, print, property, put, read, readall, readinto, readline,
    release, remove, replace, reset, reverse, reversed, result, seek, send, sep, set, setdefault, setstate, setter, shutdown, sort, stderr, stdin, stdout,
    step, stop, strict, strip, sub, tell, threading, throw, timeout, tb_frame, tb_next, truncate, union, unraisablehook, update, upper,
    values, version, wait, warn, writable, write, writelines, ignore, surrogateescape, displayhook, ps1, ps2, argv, last_exc,
    fast, fold, exc_type, exc_value, exc_traceback, err_msg, category, stacklevel, source, module, registry, origin, bases, dict, kwargs, func, keywords,
    default_factory, iterable, function, initial, self_ = "self", cls, type_ = "type", empty = "", dot = ".", dict_comp = "<dictcomp>", lambda = "<lambda>",
    listcomp = "<listcomp>", module_name = "<module>", string_name = "<string>", unknown = "<unknown>", locals_name = "<locals>",
    _asyncio_future_blocking, call_soon, context, get_debug, add_done_callback,
    _abc_impl, closed, is_running, match_ = "match", signal_handlers, source_traceback, splitlines, threading_local, threading_local_seen,
    weakref_references = "weakref references", weakref_proxies = "weakref proxies",
    utf_8 = "utf-8", underscore = "_", return_ = "return",
}
