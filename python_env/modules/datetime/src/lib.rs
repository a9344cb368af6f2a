//! `_datetime`: dates, times, durations and time zones.
//!
//! [`calendar`], [`fields`], [`iso`] and [`text`] are plain Rust without Values; the other files are a type each, or what several
//! types share. All objects are immutable, so threads share them without locks.
#![forbid(unsafe_code)]

mod args;
mod calendar;
mod clock;
mod date;
mod datetime;
mod datetime_ops;
mod delta;
mod fields;
mod iso;
mod isocalendar;
mod strftime;
mod text;
mod time;
mod zone;

use engine::prelude::*;

/// The native modules of this crate.
pub const MODULES: &[&ModuleDef] = &[&DATETIME_MODULE];

static DATETIME_MODULE: ModuleDef = ModuleDef {
    doc: "Fast implementation of the datetime module.",
    constants: &[("MINYEAR", Const::Int(calendar::MIN_YEAR)), ("MAXYEAR", Const::Int(calendar::MAX_YEAR))],
    types: &[&date::DATE, &datetime::DATETIME, &time::TIME, &delta::TIMEDELTA, &zone::TZINFO, &zone::TIMEZONE],
    init: Some(|cx, module| {
        cx.add_type(&isocalendar::ISO_CALENDAR_DATE);
        delta::init(cx);
        zone::init(cx)?;
        date::init(cx);
        time::init(cx);
        datetime::init(cx);
        let utc = zone::utc(cx);
        cx.set_module_attr(module, "UTC", utc);
        Ok(())
    }),
    ..ModuleDef::new("_datetime")
};
