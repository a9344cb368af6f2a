//! Raising and catching from native code: methods of [`Ctx`].

use super::base::{CAUSE, CONTEXT, SUPPRESS, set_slot, slot};
use super::{Exc, fields, unicode};
use crate::objects::{Bytes, Str, Tuple, int};
use crate::types::{Type, type_name, type_of};
use crate::{Ctx, PyResult, Raised, protocol};
use proto_core::Value;
use std::borrow::Cow;

/// A new exception of a native type from its arguments, without running Python code.
pub fn new_exception(cx: &mut Ctx, ty: Type, args: &[Value]) -> Value {
    let args = Tuple::new(cx, args);
    crate::types::instance::new_with_slots(cx, ty, &[args])
}

/// Makes `context` the context of `exc`, breaking a cycle that this would close.
pub fn set_context(cx: &mut Ctx, exc: Value, context: Value) {
    if context == Value::NONE || context == Value::EMPTY || context == exc {
        return;
    }
    // Walk the chain; `slow` moves at half speed, so that a cycle that exists already ends the walk.
    let (mut o, mut slow, mut turn) = (context, context, false);
    while let Some(next) = slot(cx, o, CONTEXT).non_empty().filter(|&v| v != Value::NONE) {
        if next == exc {
            set_slot(cx, o, CONTEXT, Value::EMPTY);
            break;
        }
        o = next;
        if o == slow {
            break;
        }
        if turn {
            slow = slot(cx, slow, CONTEXT);
        }
        turn = !turn;
    }
    set_slot(cx, exc, CONTEXT, context);
}

/// Sets the cause and with it that the context is not shown. None: no cause.
pub fn set_cause(cx: &mut Ctx, exc: Value, cause: Value) {
    set_slot(cx, exc, CAUSE, if cause == Value::NONE { Value::EMPTY } else { cause });
    set_slot(cx, exc, SUPPRESS, Value::TRUE);
}

/// `warnings.warn(text, category, stacklevel)`; an error of the machinery itself is dropped, a warning turned into an
/// exception is raised.
pub fn warn(cx: &mut Ctx, category: Exc, text: &str, stacklevel: i32) -> PyResult<()> {
    let f = match protocol::import_attr(cx, "warnings", "warn") {
        Ok(f) => f,
        Err(r) => {
            cx.clear(r);
            return Ok(());
        }
    };
    let message = Str::from_text(cx, text);
    let class = cx.types.exc(category).value();
    protocol::call(cx, f, &[message, class, Value::small(stacklevel)])?;
    Ok(())
}

/// A DeprecationWarning.
pub fn warn_deprecated(cx: &mut Ctx, text: &str) -> PyResult<()> {
    warn(cx, Exc::DeprecationWarning, text, 1)
}

/// `-b`: bytes that are taken for text get a BytesWarning.
static BYTES_WARNING: proto_core::sync::AtomicBool = proto_core::sync::AtomicBool::new(false);

/// Switches BytesWarnings on.
pub fn set_bytes_warning() {
    BYTES_WARNING.store(true, proto_core::sync::Ordering::Relaxed);
}

/// Whether bytes that are taken for text get a warning.
#[inline]
pub fn bytes_warning() -> bool {
    BYTES_WARNING.load(proto_core::sync::Ordering::Relaxed)
}

impl Ctx {
    /// Raises an exception object: chains it to the one being handled.
    pub fn raise_exc(&mut self, exc: Value) -> Raised {
        let handled = self.handled_exc();
        if handled != Value::NONE {
            set_context(self, exc, handled);
        }
        self.restore(exc)
    }

    /// Makes `exc` the exception in flight as it is (to raise again what [`Ctx::take`] gave).
    #[inline]
    pub fn restore(&mut self, exc: Value) -> Raised {
        self.pending = exc;
        Raised::token()
    }

    /// Catches: the exception object, which is no longer in flight.
    #[inline]
    pub fn take(&mut self, raised: Raised) -> Value {
        let _ = raised;
        let exc = self.pending;
        self.pending = Value::EMPTY;
        exc
    }

    /// The same as [`Ctx::take`].
    #[inline]
    pub fn take_raised(&mut self, raised: Raised) -> Value {
        self.take(raised)
    }

    /// Catches and drops.
    #[inline]
    pub fn clear(&mut self, raised: Raised) {
        let _ = self.take(raised);
    }

    /// The exception in flight.
    #[inline]
    pub fn peek(&self, _: &Raised) -> Value {
        self.pending
    }

    /// Whether the exception in flight is of a built-in class.
    pub fn matches(&self, _: &Raised, exc: Exc) -> bool {
        let ty = self.types.exc(exc);
        type_of(self, self.pending).is_subtype(ty)
    }

    /// Whether the exception in flight is an instance of `ty`.
    pub fn matches_type(&self, _: &Raised, ty: Type) -> bool {
        type_of(self, self.pending).is_subtype(ty)
    }

    /// Raises a built-in exception with a message.
    #[cold]
    pub fn raise<'a>(&mut self, exc: Exc, message: impl Into<Cow<'a, str>>) -> Raised {
        let text = Str::from_text(self, &message.into());
        self.raise_args(exc, &[text])
    }

    /// Raises a built-in exception with arguments.
    #[cold]
    pub fn raise_args(&mut self, exc: Exc, args: &[Value]) -> Raised {
        let ty = self.types.exc(exc);
        let e = new_exception(self, ty, args);
        match exc {
            Exc::StopIteration => set_slot(self, e, fields::FIRST, args.first().copied().unwrap_or(Value::NONE)),
            Exc::ImportError | Exc::ModuleNotFoundError => {
                if let [message] = *args {
                    set_slot(self, e, fields::FIRST, message);
                }
            }
            Exc::SystemExit => set_slot(self, e, fields::FIRST, args.first().copied().unwrap_or(Value::EMPTY)),
            _ => {}
        }
        self.raise_exc(e)
    }

    /// Raises an exception of any class with a message: the class is called.
    #[cold]
    pub fn raise_of<'a>(&mut self, class: Value, message: impl Into<Cow<'a, str>>) -> Raised {
        let text = Str::from_text(self, &message.into());
        self.raise_call(class, &[text])
    }

    /// Raises what calling `class` with `args` gives.
    #[cold]
    pub fn raise_call(&mut self, class: Value, args: &[Value]) -> Raised {
        match protocol::call(self, class, args) {
            Ok(e) if super::is_exception(self, e) => self.raise_exc(e),
            Ok(_) => self.type_error("exceptions must derive from BaseException"),
            Err(r) => r,
        }
    }

    /// StopIteration; no message for None.
    #[cold]
    pub fn stop_iteration(&mut self, value: Value) -> Raised {
        if value == Value::NONE || value == Value::EMPTY {
            return self.raise_args(Exc::StopIteration, &[]);
        }
        self.raise_args(Exc::StopIteration, &[value])
    }

    /// KeyError of a key.
    #[cold]
    pub fn key_error(&mut self, key: Value) -> Raised {
        self.raise_args(Exc::KeyError, &[key])
    }

    /// MemoryError.
    #[cold]
    pub fn memory_error(&mut self) -> Raised {
        // Who is told now is not told again at the next poll: its handler is to get somewhere.
        self.core().shortage_is_told();
        self.raise_args(Exc::MemoryError, &[])
    }

    /// `'X' object has no attribute 'y'`.
    #[cold]
    pub fn attribute_error(&mut self, obj: Value, name: Value) -> Raised {
        let text = protocol::text(self, name);
        let message = match Type::of(obj) {
            Some(ty) => format!("type object '{}' has no attribute '{text}'", ty.message_name()),
            None => match crate::types::module_type::missing_attribute(self, obj, name) {
                Some(m) => m,
                None => format!("'{}' object has no attribute '{text}'", type_name(self, obj)),
            },
        };
        self.attribute_error_with(message, obj, name)
    }

    /// AttributeError with a message of its own, and the object and name for suggestions.
    #[cold]
    pub fn attribute_error_with<'a>(&mut self, message: impl Into<Cow<'a, str>>, obj: Value, name: Value) -> Raised {
        let text = Str::from_text(self, &message.into());
        let ty = self.types.exc(Exc::AttributeError);
        let e = new_exception(self, ty, &[text]);
        set_slot(self, e, fields::FIRST, name);
        set_slot(self, e, fields::FIRST + 1, obj);
        self.raise_exc(e)
    }

    /// NameError (or a subclass) with the name for suggestions.
    #[cold]
    pub fn name_error<'a>(&mut self, exc: Exc, message: impl Into<Cow<'a, str>>, name: Value) -> Raised {
        let text = Str::from_text(self, &message.into());
        let ty = self.types.exc(exc);
        let e = new_exception(self, ty, &[text]);
        set_slot(self, e, fields::FIRST, name);
        self.raise_exc(e)
    }

    /// ImportError about module `name` (a str value or None).
    #[cold]
    pub fn import_error<'a>(&mut self, message: impl Into<Cow<'a, str>>, name: Value) -> Raised {
        self.import_error_of(Exc::ImportError, message, name, Value::EMPTY)
    }

    /// ImportError or ModuleNotFoundError with name and path.
    #[cold]
    pub fn import_error_of<'a>(
        &mut self,
        exc: Exc,
        message: impl Into<Cow<'a, str>>,
        name: Value,
        path: Value,
    ) -> Raised {
        let text = Str::from_text(self, &message.into());
        let ty = self.types.exc(exc);
        let e = new_exception(self, ty, &[text]);
        for (i, v) in [text, name, path].into_iter().enumerate() {
            set_slot(self, e, fields::FIRST + i, v);
        }
        self.raise_exc(e)
    }

    /// OSError (the subclass that the number calls for) with the system's message.
    #[cold]
    pub fn os_error(&mut self, errno: i32, filename: Option<Value>) -> Raised {
        let e = super::os::new_os_error(self, errno, filename, None);
        self.raise_exc(e)
    }

    /// OSError with two file names.
    #[cold]
    pub fn os_error2(&mut self, errno: i32, filename: Value, filename2: Value) -> Raised {
        let e = super::os::new_os_error(self, errno, Some(filename), Some(filename2));
        self.raise_exc(e)
    }

    /// OSError from a Rust I/O error.
    #[cold]
    pub fn io_error(&mut self, error: &std::io::Error, filename: Option<Value>) -> Raised {
        match error.raw_os_error() {
            Some(n) => self.os_error(n, filename),
            None => self.raise(Exc::OSError, error.to_string()),
        }
    }

    /// UnicodeDecodeError.
    #[cold]
    pub fn unicode_decode_error(
        &mut self,
        encoding: &str,
        bytes: Value,
        start: usize,
        end: usize,
        reason: &str,
    ) -> Raised {
        let args = [
            Str::new(self, encoding),
            bytes,
            int::from_usize(self, start),
            int::from_usize(self, end),
            Str::from_text(self, reason),
        ];
        self.unicode_error(Exc::UnicodeDecodeError, &args)
    }

    /// UnicodeEncodeError.
    #[cold]
    pub fn unicode_encode_error(
        &mut self,
        encoding: &str,
        text: Value,
        start: usize,
        end: usize,
        reason: &str,
    ) -> Raised {
        let args = [
            Str::new(self, encoding),
            text,
            int::from_usize(self, start),
            int::from_usize(self, end),
            Str::from_text(self, reason),
        ];
        self.unicode_error(Exc::UnicodeEncodeError, &args)
    }

    fn unicode_error(&mut self, exc: Exc, args: &[Value; 5]) -> Raised {
        let ty = self.types.exc(exc);
        let e = new_exception(self, ty, args);
        for (i, &v) in args.iter().enumerate() {
            set_slot(self, e, unicode::ENCODING + i, v);
        }
        self.raise_exc(e)
    }

    /// `bytes` as a value: for the error constructors above.
    pub fn bytes_value(&mut self, bytes: &[u8]) -> Value {
        Bytes::new(self, bytes)
    }

    /// A tuple value.
    pub fn tuple(&mut self, items: &[Value]) -> Value {
        Tuple::new(self, items)
    }

    /// A str value.
    pub fn str_value(&mut self, text: &str) -> Value {
        Str::new(self, text)
    }
}

macro_rules! helpers {
    ($($name:ident $exc:ident;)*) => {
        impl Ctx {$(
            #[doc = concat!("Raises ", stringify!($exc), ".")]
            #[cold]
            pub fn $name<'a>(&mut self, message: impl Into<Cow<'a, str>>) -> Raised {
                self.raise(Exc::$exc, message)
            }
        )*}
    };
}

helpers! {
    type_error TypeError;
    value_error ValueError;
    index_error IndexError;
    lookup_error LookupError;
    overflow_error OverflowError;
    runtime_error RuntimeError;
    recursion_error RecursionError;
    zero_division_error ZeroDivisionError;
    arithmetic_error ArithmeticError;
    assertion_error AssertionError;
    buffer_error BufferError;
    eof_error EOFError;
    not_implemented_error NotImplementedError;
    reference_error ReferenceError;
    system_error SystemError;
    syntax_error SyntaxError;
    timeout_error TimeoutError;
}
