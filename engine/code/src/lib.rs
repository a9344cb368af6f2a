//! The instruction set and the code objects of ProtoPython: what the compiler emits, the interpreter runs, and images store.
//!
//! Nothing here knows the heap, so that build scripts can use it.

#![forbid(unsafe_code)]

pub mod code;
pub mod dis;
pub mod effects;
pub mod formats;
pub mod image;
pub mod instruction;
pub mod liveness;
pub mod opcodes;
pub mod verify;

pub use code::{Code, CodeFlags, Const, Handler, LineIndex, Position, PositionTable, Wtf8};
pub use dis::dis;
pub use formats::{Format, Operand, Place, Role};
pub use instruction::{DecodeError, Instruction};
pub use opcodes::{Drain, Flags, Intrinsic, Op, OpInfo, Span, Special};
pub use verify::{VerifyError, verify};
