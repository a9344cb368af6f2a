//! The module `_sre`: compiled patterns, matches and scanners over a matching engine.

mod drive;
mod matching;
mod pattern;
mod scanner;
mod template;
mod validate;

use engine::prelude::*;
use pytext::unicode;
use rustpython_sre_engine as sre;

/// Whether a character has another case. Where a case has several characters, the first counts: the sharp s is a cased letter.
fn is_cased(c: u32) -> bool {
    let upper = |c: char| c.to_uppercase().next() != Some(c);
    unicode::simple_lower(c) != c || char::from_u32(c).is_some_and(upper)
}

/// `_sre`.
pub static SRE: ModuleDef = ModuleDef {
    functions: &[
        NativeDef::new(
            "compile",
            "($module, /, pattern, flags, code, groups, groupindex,\n        indexgroup)",
            pattern::compile,
            "",
        ),
        NativeDef::new("template", "($module, pattern, template, /)", template::make, ""),
        NativeDef::new("getcodesize", "($module, /)", |_, _| Ok(Value::small(sre::CODESIZE as i32)), ""),
        NativeDef::new(
            "ascii_iscased",
            "($module, character, /)",
            |cx, args| {
                let c = character(cx, args)?;
                Ok(Value::bool(c.is_some_and(|c| c < 128 && (c as u8).is_ascii_alphabetic())))
            },
            "",
        ),
        NativeDef::new(
            "unicode_iscased",
            "($module, character, /)",
            |cx, args| {
                let c = character(cx, args)?;
                Ok(Value::bool(c.is_some_and(is_cased)))
            },
            "",
        ),
        NativeDef::new(
            "ascii_tolower",
            "($module, character, /)",
            |cx, args| {
                let c = character(cx, args)?;
                Ok(c.map_or(args[0], |c| Value::small(sre::string::lower_ascii(c) as i32)))
            },
            "",
        ),
        NativeDef::new(
            "unicode_tolower",
            "($module, character, /)",
            |cx, args| {
                let c = character(cx, args)?;
                Ok(c.map_or(args[0], |c| Value::small(unicode::simple_lower(c) as i32)))
            },
            "",
        ),
    ],
    constants: &[
        ("MAGIC", Const::Int(sre::SRE_MAGIC as i64)),
        ("CODESIZE", Const::Int(sre::CODESIZE as i64)),
        ("MAXREPEAT", Const::Int(sre::MAXREPEAT as i64)),
        ("MAXGROUPS", Const::Int(MAX_GROUPS as i64)),
        ("copyright", Const::Str(" SRE 2.2.2 Copyright (c) 1997-2002 by Secret Labs AB ")),
    ],
    init: Some(|cx, _| {
        for def in [&pattern::PATTERN, &matching::MATCH, &scanner::SCANNER, &template::TEMPLATE] {
            cx.add_type(def);
        }
        Ok(())
    }),
    ..ModuleDef::new("_sre")
};

/// The most groups a pattern may have.
pub const MAX_GROUPS: u64 = 1_073_741_823;

/// The code point in `args[0]`, None when it is none.
fn character(cx: &mut Ctx, args: Args) -> Res<Option<u32>> {
    let c = args.index(cx, 0)?;
    Ok(u32::try_from(c).ok().filter(|&c| c <= 0x10_FFFF))
}
