//! The number types: `int`, `bool`, `float`, `complex`.
#![forbid(unsafe_code)]

pub mod complex;
pub mod float;
pub mod int;
pub mod leaf;
pub mod results;

use engine::prelude::*;

/// Gives the core number types their methods.
///
/// # Errors
/// Whatever making a type raises; at start-up nothing should.
pub fn register(cx: &mut Ctx) -> Res<()> {
    let t = cx.types;
    for (ty, def) in
        [(t.int, &int::INT), (t.bool, &int::BOOL), (t.float, &float::FLOAT), (t.complex, &complex::COMPLEX)]
    {
        cx.fill_type(ty, def);
    }
    Ok(())
}
