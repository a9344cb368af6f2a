//! The modules about communication: `_socket` and `select`.
//!
//! Whatever may wait does so in a blocking region, so that collectors go on, and looks at pending signals when a
//! system call was interrupted.
#![forbid(unsafe_code)]

pub mod select;
pub mod socket;
pub mod wait;

use engine::prelude::*;

/// The native modules of this crate.
pub const MODULES: &[&ModuleDef] = &[&socket::SOCKET_MODULE, &select::SELECT];
