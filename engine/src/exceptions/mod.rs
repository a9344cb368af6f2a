//! Exceptions: the built-in hierarchy, raising, matching, chaining, groups.

pub mod base;
pub mod fields;
pub mod group;
pub mod group_match;
pub mod matching;
pub mod os;
pub mod raise;
pub mod suggest;
pub mod syntax;
pub mod table;
pub mod unicode;

use proto_core::Value;

use crate::ctx::{Ctx, Raised};

/// What reports an exception that cannot be raised anywhere, with a message and an object.
pub type Report = fn(&mut Ctx, Value, &str, Value);

static REPORT: std::sync::OnceLock<Report> = std::sync::OnceLock::new();

/// Says who reports exceptions that cannot be raised.
pub fn set_report(report: Report) {
    let _ = REPORT.set(report);
}

/// Reports an exception that cannot be raised here.
pub fn unraisable(cx: &mut Ctx, raised: Raised, message: &str, object: Value) {
    let exception = cx.take(raised);
    if let Some(report) = REPORT.get() {
        report(cx, exception, message, object);
    }
}

pub use base::{get_tb_of as get_tb, get_traceback, set_traceback, set_traceback as set_tb};
pub use group_match::{eg_match, prep_reraise_star};
pub use matching::{
    check_exc_match, is_exc, is_exception, is_exception_class, is_instance_of, raise_stmt, set_cause_and_context,
    stop_iteration_value,
};
pub use raise::{bytes_warning, new_exception, set_bytes_warning, set_context, warn, warn_deprecated};
pub use table::{EXCEPTIONS, Exc};
