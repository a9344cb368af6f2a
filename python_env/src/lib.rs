//! ProtoPython's environment: the runtime put together from engine, types, modules and library; the command line;
//! and an interface for programs that embed it.

#![forbid(unsafe_code)]

pub mod boot;
pub mod cli;
