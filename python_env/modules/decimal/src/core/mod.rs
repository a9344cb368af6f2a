//! General decimal arithmetic on plain Rust values: [`nat`] has the digits, [`number`] numbers and contexts, [`fast`] the usual
//! case of the operations that [`arith`] has in general.

pub mod arith;
pub mod fast;
pub mod functions;
pub mod nat;
pub mod number;
pub mod power;
pub mod text;
pub mod word;
