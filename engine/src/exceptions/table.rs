//! The hierarchy of built-in exceptions, as one table.

use super::{base, fields, group, os, syntax, unicode};
use crate::native::def::{BaseRef, TypeDef, TypeFlags};
use crate::native::{GetSet, Member, NativeDef};
use crate::types::slots::Slots;

/// One built-in exception.
pub struct Row {
    /// Its number.
    pub exc: Exc,
    /// Its declaration.
    pub def: &'static TypeDef,
}

/// Exceptions can be subclassed and have a `__dict__`; classes made of them add weak references.
pub(super) const FLAGS: TypeFlags = TypeFlags::BASETYPE.with(TypeFlags::HAS_DICT).with(TypeFlags::EXCEPTION);

macro_rules! exceptions {
    ($($name:ident ($($base:ident),+) $doc:literal $({ $($field:ident : $value:expr),* $(,)? })? ;)*) => {
        /// Names a built-in exception.
        #[derive(Copy, Clone, PartialEq, Eq, Debug)]
        #[repr(u8)]
        #[allow(missing_docs)]
        pub enum Exc { BaseException, $($name),* }

        /// All built-in exceptions, bases first, in the order of [`Exc`].
        pub static EXCEPTIONS: &[Row] = &[
            Row { exc: Exc::BaseException, def: &base::BASE_EXCEPTION },
            $( Row {
                exc: Exc::$name,
                def: {
                    static DEF: TypeDef = TypeDef {
                        doc: $doc,
                        bases: &[$(BaseRef::Exc(Exc::$base)),+],
                        $($($field: $value,)*)?
                        ..TypeDef { flags: FLAGS, ..TypeDef::new("builtins", stringify!($name)) }
                    };
                    &DEF
                },
            } ),*
        ];
    };
}

exceptions! {
    Exception (BaseException) "Common base class for all non-exit exceptions.";
    GeneratorExit (BaseException) "Request that a generator exit.";
    KeyboardInterrupt (BaseException) "Program interrupted by user.";
    SystemExit (BaseException) "Request to exit from the interpreter." {
        nnative: 1,
        slots: Slots { init: Some(fields::system_exit_init), ..Slots::NONE },
        members: &[Member::rw("code", fields::FIRST as u16, "exception code")],
    };
    BaseExceptionGroup (BaseException) "A combination of multiple unrelated exceptions." {
        nnative: 3,
        slots: Slots { new: Some(group::group_new), init: Some(group::group_init), str: Some(group::group_str), repr: Some(group::group_repr), ..Slots::NONE },
        members: &[Member::ro("message", group::MESSAGE as u16, "exception message"), Member::ro("exceptions", group::EXCEPTIONS as u16, "nested exceptions")],
        methods: group::METHODS,
        class_methods: &[NativeDef::new("__class_getitem__", "($type, object, /)", crate::native::class_getitem, "See PEP 585")],
    };
    ExceptionGroup (BaseExceptionGroup, Exception) "" { flags: FLAGS.with(TypeFlags::HAS_WEAKREF) };
    StopIteration (Exception) "Signal the end from iterator.__next__()." {
        nnative: 1,
        slots: Slots { init: Some(fields::stop_iteration_init), ..Slots::NONE },
        members: &[Member::rw("value", fields::FIRST as u16, "generator return value")],
    };
    StopAsyncIteration (Exception) "Signal the end from iterator.__anext__().";
    ArithmeticError (Exception) "Base class for arithmetic errors.";
    FloatingPointError (ArithmeticError) "Floating-point operation failed.";
    OverflowError (ArithmeticError) "Result too large to be represented.";
    ZeroDivisionError (ArithmeticError) "Second argument to a division or modulo operation was zero.";
    AssertionError (Exception) "Assertion failed.";
    AttributeError (Exception) "Attribute not found." {
        nnative: 2,
        slots: Slots { init: Some(fields::attribute_error_init), ..Slots::NONE },
        members: &[Member::rw("name", fields::FIRST as u16, "attribute name"), Member::rw("obj", fields::FIRST as u16 + 1, "object")],
        methods: fields::ATTRIBUTE_ERROR_METHODS,
    };
    BufferError (Exception) "Buffer error.";
    EOFError (Exception) "Read beyond end of file.";
    ImportError (Exception) "Import can't find module, or can't find name in module." {
        nnative: 4,
        slots: Slots { init: Some(fields::import_error_init), str: Some(fields::import_error_str), ..Slots::NONE },
        members: &[
            Member::rw("msg", fields::FIRST as u16, "exception message"),
            Member::rw("name", fields::FIRST as u16 + 1, "module name"),
            Member::rw("path", fields::FIRST as u16 + 2, "module path"),
            Member::rw("name_from", fields::FIRST as u16 + 3, "name imported from module"),
        ],
        methods: fields::IMPORT_ERROR_METHODS,
    };
    ModuleNotFoundError (ImportError) "Module not found.";
    LookupError (Exception) "Base class for lookup errors.";
    IndexError (LookupError) "Sequence index out of range.";
    KeyError (LookupError) "Mapping key not found." {
        slots: Slots { str: Some(fields::key_error_str), ..Slots::NONE },
    };
    MemoryError (Exception) "Out of memory.";
    NameError (Exception) "Name not found globally." {
        nnative: 1,
        slots: Slots { init: Some(fields::name_error_init), ..Slots::NONE },
        members: &[Member::rw("name", fields::FIRST as u16, "name")],
    };
    UnboundLocalError (NameError) "Local name referenced but not bound to a value.";
    OSError (Exception) "Base class for I/O related errors." {
        nnative: 5,
        slots: Slots { new: Some(os::os_error_new), init: Some(os::os_error_init), str: Some(os::os_error_str), ..Slots::NONE },
        members: &[
            Member::rw("errno", os::ERRNO as u16, "POSIX exception code"),
            Member::rw("strerror", os::STRERROR as u16, "exception strerror"),
            Member::rw("filename", os::FILENAME as u16, "exception filename"),
            Member::rw("filename2", os::FILENAME2 as u16, "second exception filename"),
        ],
        getsets: &[GetSet::rw("characters_written", os::get_written, os::set_written, "")],
        methods: os::METHODS,
    };
    BlockingIOError (OSError) "I/O operation would block.";
    ChildProcessError (OSError) "Child process error.";
    ConnectionError (OSError) "Connection error.";
    BrokenPipeError (ConnectionError) "Broken pipe.";
    ConnectionAbortedError (ConnectionError) "Connection aborted.";
    ConnectionRefusedError (ConnectionError) "Connection refused.";
    ConnectionResetError (ConnectionError) "Connection reset.";
    FileExistsError (OSError) "File already exists.";
    FileNotFoundError (OSError) "File not found.";
    InterruptedError (OSError) "Interrupted by signal.";
    IsADirectoryError (OSError) "Operation doesn't work on directories.";
    NotADirectoryError (OSError) "Operation only works on directories.";
    PermissionError (OSError) "Not enough permissions.";
    ProcessLookupError (OSError) "Process not found.";
    TimeoutError (OSError) "Timeout expired.";
    ReferenceError (Exception) "Weak ref proxy used after referent went away.";
    RuntimeError (Exception) "Unspecified run-time error.";
    NotImplementedError (RuntimeError) "Method or function hasn't been implemented yet.";
    PythonFinalizationError (RuntimeError) "Operation blocked during Python finalization.";
    RecursionError (RuntimeError) "Recursion limit exceeded.";
    SyntaxError (Exception) "Invalid syntax." {
        nnative: 9,
        slots: Slots { init: Some(syntax::syntax_error_init), str: Some(syntax::syntax_error_str), ..Slots::NONE },
        members: syntax::MEMBERS,
    };
    _IncompleteInputError (SyntaxError) "incomplete input.";
    IndentationError (SyntaxError) "Improper indentation.";
    TabError (IndentationError) "Improper mixture of spaces and tabs.";
    SystemError (Exception) "Internal error in the Python interpreter.\n\nPlease report this to the Python maintainer, along with the traceback,\nthe Python version, and the hardware/OS platform and version.";
    TypeError (Exception) "Inappropriate argument type.";
    ValueError (Exception) "Inappropriate argument value (of correct type).";
    UnicodeError (ValueError) "Unicode related error.";
    UnicodeDecodeError (UnicodeError) "Unicode decoding error." {
        nnative: 5,
        slots: Slots { init: Some(unicode::decode_init), str: Some(unicode::decode_str), ..Slots::NONE },
        members: unicode::MEMBERS,
    };
    UnicodeEncodeError (UnicodeError) "Unicode encoding error." {
        nnative: 5,
        slots: Slots { init: Some(unicode::encode_init), str: Some(unicode::encode_str), ..Slots::NONE },
        members: unicode::MEMBERS,
    };
    UnicodeTranslateError (UnicodeError) "Unicode translation error." {
        nnative: 5,
        slots: Slots { init: Some(unicode::translate_init), str: Some(unicode::translate_str), ..Slots::NONE },
        members: unicode::TRANSLATE_MEMBERS,
    };
    Warning (Exception) "Base class for warning categories.";
    BytesWarning (Warning) "Base class for warnings about bytes and buffer related problems, mostly\nrelated to conversion from str or comparing to str.";
    DeprecationWarning (Warning) "Base class for warnings about deprecated features.";
    EncodingWarning (Warning) "Base class for warnings about encodings.";
    FutureWarning (Warning) "Base class for warnings about constructs that will change semantically\nin the future.";
    ImportWarning (Warning) "Base class for warnings about probable mistakes in module imports";
    PendingDeprecationWarning (Warning) "Base class for warnings about features which will be deprecated\nin the future.";
    ResourceWarning (Warning) "Base class for warnings about resource usage.";
    RuntimeWarning (Warning) "Base class for warnings about dubious runtime behavior.";
    SyntaxWarning (Warning) "Base class for warnings about dubious syntax.";
    UnicodeWarning (Warning) "Base class for warnings about Unicode related problems, mostly\nrelated to conversion problems.";
    UserWarning (Warning) "Base class for warnings generated by user code.";
}
