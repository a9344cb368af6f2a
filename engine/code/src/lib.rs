//! The instruction set and the code objects of ProtoPython: what the compiler emits, the interpreter runs, and images store.
//!
//! Nothing here knows the heap, so that build scripts can use it.

pub mod code;
pub mod dis;
pub mod effects;
pub mod image;
pub mod liveness;
pub mod opcodes;
pub mod verify;

pub use code::{Code, CodeFlags, Const, Handler, LineIndex, Position, PositionTable, Wtf8};
pub use dis::dis;
pub use opcodes::{Flags, Intrinsic, NO_CACHE, Op, OpInfo, Role, Second, Span, Special, Word};
pub use verify::{VerifyError, verify};
