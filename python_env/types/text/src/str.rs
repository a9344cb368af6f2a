//! The type `str`: constructor, operators, and the table of methods.

use engine::objects::{Slice, Tuple, iter};
use engine::prelude::*;
use engine::protocol;

use crate::arguments::{self, repeat_count, type_name};
use crate::str_methods as m;
use crate::{leaf, str_format, str_percent};

/// The string behind `self`, also for instances of subclasses.
pub fn this(cx: &mut Ctx, v: Value) -> Res<Str> {
    match Str::of_sub(cx, v) {
        Some(s) => Ok(s),
        None => {
            let name = type_name(cx, v);
            Err(cx.type_error(format!("descriptor requires a 'str' object but received a '{name}'")))
        }
    }
}

pub static STR: TypeDef = TypeDef {
    doc: "str(object='') -> str\nstr(bytes_or_buffer[, encoding[, errors]]) -> str\n\nCreate a new string object from the given object. If encoding or\nerrors is specified, then the object must expose a data buffer\nthat will be decoded using the given encoding and error handler.\nOtherwise, returns the result of object.__str__() (if defined)\nor repr(object).\nencoding defaults to 'utf-8'.\nerrors defaults to 'strict'.",
    flags: TypeFlags::BASETYPE,
    new: Some(
        NativeDef::new("__new__", "($type, object='', encoding='utf-8', errors='strict')", str_new, "")
            .hide_sig()
            .counted()
            .leaf(leaf::str_new),
    ),
    new_of_one: Some(protocol::str),
    slots: Slots {
        repr: Some(str_repr),
        str: Some(|cx, v| Ok(this(cx, v)?.value())),
        hash: Some(|cx, v| Ok(this(cx, v)?.hash())),
        richcmp: Some(str_richcmp),
        iter: Some(str_iter),
        len: Some(|cx, v| Ok(this(cx, v)?.len_chars())),
        getitem: Some(str_getitem),
        contains: Some(str_contains),
        add: Some(str_add),
        mul: Some(str_mul),
        mod_: Some(str_mod),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new(
            "capitalize",
            "($self, /)",
            m::capitalize,
            "Return a capitalized version of the string.\n\nMore specifically, make the first character have upper case and the rest lower\ncase.",
        ),
        NativeDef::new(
            "casefold",
            "($self, /)",
            m::casefold,
            "Return a version of the string suitable for caseless comparisons.",
        ).leaf(leaf::lower),
        NativeDef::new(
            "center",
            "($self, width, fillchar=' ', /)",
            m::center,
            "Return a centered string of length width.\n\nPadding is done using the specified fill character (default is a space).",
        ).leaf(leaf::center),
        NativeDef::new(
            "count",
            "($self, sub, start=None, end=None, /)",
            m::count,
            "Return the number of non-overlapping occurrences of substring sub in string S[start:end].\n\nOptional arguments start and end are interpreted as in slice notation.",
        ).leaf(leaf::count),
        NativeDef::new(
            "encode",
            "($self, /, encoding='utf-8', errors='strict')",
            m::encode,
            "Encode the string using the codec registered for encoding.\n\n  encoding\n    The encoding in which to encode the string.\n  errors\n    The error handling scheme to use for encoding errors.\n    The default is 'strict' meaning that encoding errors raise a\n    UnicodeEncodeError.  Other possible values are 'ignore', 'replace' and\n    'xmlcharrefreplace' as well as any other name registered with\n    codecs.register_error that can handle UnicodeEncodeErrors.",
        ).leaf(leaf::encode),
        NativeDef::new(
            "endswith",
            "($self, suffix, start=None, end=None, /)",
            m::endswith,
            "Return True if the string ends with the specified suffix, False otherwise.\n\n  suffix\n    A string or a tuple of strings to try.\n  start\n    Optional start position. Default: start of the string.\n  end\n    Optional stop position. Default: end of the string.",
        ).leaf(leaf::endswith),
        NativeDef::new(
            "expandtabs",
            "($self, /, tabsize=8)",
            m::expandtabs,
            "Return a copy where all tab characters are expanded using spaces.\n\nIf tabsize is not given, a tab size of 8 characters is assumed.",
        ),
        NativeDef::new(
            "find",
            "($self, sub, start=None, end=None, /)",
            m::find,
            "Return the lowest index in S where substring sub is found, such that sub is contained within S[start:end].\n\nOptional arguments start and end are interpreted as in slice notation.\nReturn -1 on failure.",
        ).leaf(leaf::find),
        NativeDef::new(
            "format",
            "($self, /, *args, **kwargs)",
            str_format::format,
            "Return a formatted version of the string, using substitutions from args and kwargs.\n\nThe substitutions are identified by braces ('{' and '}').",
        ).leaf(leaf::format),
        NativeDef::new(
            "format_map",
            "($self, mapping, /)",
            str_format::format_map,
            "Return a formatted version of the string, using substitutions from mapping.\n\nThe substitutions are identified by braces ('{' and '}').",
        ),
        NativeDef::new(
            "index",
            "($self, sub, start=None, end=None, /)",
            m::index,
            "Return the lowest index in S where substring sub is found, such that sub is contained within S[start:end].\n\nOptional arguments start and end are interpreted as in slice notation.\nRaises ValueError when the substring is not found.",
        ).leaf(leaf::index),
        NativeDef::new(
            "isalnum",
            "($self, /)",
            m::isalnum,
            "Return True if the string is an alpha-numeric string, False otherwise.\n\nA string is alpha-numeric if all characters in the string are alpha-numeric and\nthere is at least one character in the string.",
        ).leaf(leaf::isalnum),
        NativeDef::new(
            "isalpha",
            "($self, /)",
            m::isalpha,
            "Return True if the string is an alphabetic string, False otherwise.\n\nA string is alphabetic if all characters in the string are alphabetic and there\nis at least one character in the string.",
        ).leaf(leaf::isalpha),
        NativeDef::new(
            "isascii",
            "($self, /)",
            m::isascii,
            "Return True if all characters in the string are ASCII, False otherwise.\n\nASCII characters have code points in the range U+0000-U+007F.\nEmpty string is ASCII too.",
        ).leaf(leaf::isascii),
        NativeDef::new(
            "isdecimal",
            "($self, /)",
            m::isdecimal,
            "Return True if the string is a decimal string, False otherwise.\n\nA string is a decimal string if all characters in the string are decimal and\nthere is at least one character in the string.",
        ).leaf(leaf::isdecimal),
        NativeDef::new(
            "isdigit",
            "($self, /)",
            m::isdigit,
            "Return True if the string is a digit string, False otherwise.\n\nA string is a digit string if all characters in the string are digits and there\nis at least one character in the string.",
        ).leaf(leaf::isdigit),
        NativeDef::new(
            "isidentifier",
            "($self, /)",
            m::isidentifier,
            "Return True if the string is a valid Python identifier, False otherwise.\n\nCall keyword.iskeyword(s) to test whether string s is a reserved identifier,\nsuch as \"def\" or \"class\".",
        ).leaf(leaf::isidentifier),
        NativeDef::new(
            "islower",
            "($self, /)",
            m::islower,
            "Return True if the string is a lowercase string, False otherwise.\n\nA string is lowercase if all cased characters in the string are lowercase and\nthere is at least one cased character in the string.",
        ).leaf(leaf::islower),
        NativeDef::new(
            "isnumeric",
            "($self, /)",
            m::isnumeric,
            "Return True if the string is a numeric string, False otherwise.\n\nA string is numeric if all characters in the string are numeric and there is at\nleast one character in the string.",
        ).leaf(leaf::isnumeric),
        NativeDef::new(
            "isprintable",
            "($self, /)",
            m::isprintable,
            "Return True if all characters in the string are printable, False otherwise.\n\nA character is printable if repr() may use it in its output.",
        ),
        NativeDef::new(
            "isspace",
            "($self, /)",
            m::isspace,
            "Return True if the string is a whitespace string, False otherwise.\n\nA string is whitespace if all characters in the string are whitespace and there\nis at least one character in the string.",
        ).leaf(leaf::isspace),
        NativeDef::new(
            "istitle",
            "($self, /)",
            m::istitle,
            "Return True if the string is a title-cased string, False otherwise.\n\nIn a title-cased string, upper- and title-case characters may only\nfollow uncased characters and lowercase characters only cased ones.",
        ),
        NativeDef::new(
            "isupper",
            "($self, /)",
            m::isupper,
            "Return True if the string is an uppercase string, False otherwise.\n\nA string is uppercase if all cased characters in the string are uppercase and\nthere is at least one cased character in the string.",
        ).leaf(leaf::isupper),
        NativeDef::new(
            "join",
            "($self, iterable, /)",
            m::join,
            "Concatenate any number of strings.\n\nThe string whose method is called is inserted in between each given string.\nThe result is returned as a new string.\n\nExample: '.'.join(['ab', 'pq', 'rs']) -> 'ab.pq.rs'",
        ).leaf(leaf::join),
        NativeDef::new(
            "ljust",
            "($self, width, fillchar=' ', /)",
            m::ljust,
            "Return a left-justified string of length width.\n\nPadding is done using the specified fill character (default is a space).",
        ).leaf(leaf::ljust),
        NativeDef::new("lower", "($self, /)", m::lower, "Return a copy of the string converted to lowercase.").leaf(leaf::lower),
        NativeDef::new(
            "lstrip",
            "($self, chars=None, /)",
            m::lstrip,
            "Return a copy of the string with leading whitespace removed.\n\nIf chars is given and not None, remove characters in chars instead.",
        ).leaf(leaf::lstrip),
        NativeDef::new(
            "partition",
            "($self, sep, /)",
            m::partition,
            "Partition the string into three parts using the given separator.\n\nThis will search for the separator in the string.  If the separator is found,\nreturns a 3-tuple containing the part before the separator, the separator\nitself, and the part after it.\n\nIf the separator is not found, returns a 3-tuple containing the original string\nand two empty strings.",
        ).leaf(leaf::partition),
        NativeDef::new(
            "removeprefix",
            "($self, prefix, /)",
            m::removeprefix,
            "Return a str with the given prefix string removed if present.\n\nIf the string starts with the prefix string, return string[len(prefix):].\nOtherwise, return a copy of the original string.",
        ).leaf(leaf::removeprefix),
        NativeDef::new(
            "removesuffix",
            "($self, suffix, /)",
            m::removesuffix,
            "Return a str with the given suffix string removed if present.\n\nIf the string ends with the suffix string and that suffix is not empty,\nreturn string[:-len(suffix)]. Otherwise, return a copy of the original\nstring.",
        ).leaf(leaf::removesuffix),
        NativeDef::new(
            "replace",
            "($self, old, new, /, count=-1)",
            m::replace,
            "Return a copy with all occurrences of substring old replaced by new.\n\n  count\n    Maximum number of occurrences to replace.\n    -1 (the default value) means replace all occurrences.\n\nIf the optional argument count is given, only the first count occurrences are\nreplaced.",
        ).leaf(leaf::replace),
        NativeDef::new(
            "rfind",
            "($self, sub, start=None, end=None, /)",
            m::rfind,
            "Return the highest index in S where substring sub is found, such that sub is contained within S[start:end].\n\nOptional arguments start and end are interpreted as in slice notation.\nReturn -1 on failure.",
        ).leaf(leaf::rfind),
        NativeDef::new(
            "rindex",
            "($self, sub, start=None, end=None, /)",
            m::rindex,
            "Return the highest index in S where substring sub is found, such that sub is contained within S[start:end].\n\nOptional arguments start and end are interpreted as in slice notation.\nRaises ValueError when the substring is not found.",
        ).leaf(leaf::rindex),
        NativeDef::new(
            "rjust",
            "($self, width, fillchar=' ', /)",
            m::rjust,
            "Return a right-justified string of length width.\n\nPadding is done using the specified fill character (default is a space).",
        ).leaf(leaf::rjust),
        NativeDef::new(
            "rpartition",
            "($self, sep, /)",
            m::rpartition,
            "Partition the string into three parts using the given separator.\n\nThis will search for the separator in the string, starting at the end. If\nthe separator is found, returns a 3-tuple containing the part before the\nseparator, the separator itself, and the part after it.\n\nIf the separator is not found, returns a 3-tuple containing two empty strings\nand the original string.",
        ).leaf(leaf::rpartition),
        NativeDef::new(
            "rsplit",
            "($self, /, sep=None, maxsplit=-1)",
            m::rsplit,
            "Return a list of the substrings in the string, using sep as the separator string.\n\n  sep\n    The separator used to split the string.\n\n    When set to None (the default value), will split on any whitespace\n    character (including \\n \\r \\t \\f and spaces) and will discard\n    empty strings from the result.\n  maxsplit\n    Maximum number of splits.\n    -1 (the default value) means no limit.\n\nSplitting starts at the end of the string and works to the front.",
        ),
        NativeDef::new(
            "rstrip",
            "($self, chars=None, /)",
            m::rstrip,
            "Return a copy of the string with trailing whitespace removed.\n\nIf chars is given and not None, remove characters in chars instead.",
        ).leaf(leaf::rstrip),
        NativeDef::new(
            "split",
            "($self, /, sep=None, maxsplit=-1)",
            m::split,
            "Return a list of the substrings in the string, using sep as the separator string.\n\n  sep\n    The separator used to split the string.\n\n    When set to None (the default value), will split on any whitespace\n    character (including \\n \\r \\t \\f and spaces) and will discard\n    empty strings from the result.\n  maxsplit\n    Maximum number of splits.\n    -1 (the default value) means no limit.\n\nSplitting starts at the front of the string and works to the end.",
        ).leaf(leaf::split),
        NativeDef::new(
            "splitlines",
            "($self, /, keepends=False)",
            m::splitlines,
            "Return a list of the lines in the string, breaking at line boundaries.\n\nLine breaks are not included in the resulting list unless keepends is given and\ntrue.",
        ).leaf(leaf::splitlines),
        NativeDef::new(
            "startswith",
            "($self, prefix, start=None, end=None, /)",
            m::startswith,
            "Return True if the string starts with the specified prefix, False otherwise.\n\n  prefix\n    A string or a tuple of strings to try.\n  start\n    Optional start position. Default: start of the string.\n  end\n    Optional stop position. Default: end of the string.",
        ).leaf(leaf::startswith),
        NativeDef::new(
            "strip",
            "($self, chars=None, /)",
            m::strip,
            "Return a copy of the string with leading and trailing whitespace removed.\n\nIf chars is given and not None, remove characters in chars instead.",
        ).leaf(leaf::strip),
        NativeDef::new(
            "swapcase",
            "($self, /)",
            m::swapcase,
            "Convert uppercase characters to lowercase and lowercase characters to uppercase.",
        ),
        NativeDef::new(
            "title",
            "($self, /)",
            m::title,
            "Return a version of the string where each word is titlecased.\n\nMore specifically, words start with uppercased characters and all remaining\ncased characters have lower case.",
        ),
        NativeDef::new(
            "translate",
            "($self, table, /)",
            m::translate,
            "Replace each character in the string using the given translation table.\n\n  table\n    Translation table, which must be a mapping of Unicode ordinals to\n    Unicode ordinals, strings, or None.\n\nThe table must implement lookup/indexing via __getitem__, for instance a\ndictionary or list.  If this operation raises LookupError, the character is\nleft untouched.  Characters mapped to None are deleted.",
        ),
        NativeDef::new("upper", "($self, /)", m::upper, "Return a copy of the string converted to uppercase.").leaf(leaf::upper),
        NativeDef::new(
            "zfill",
            "($self, width, /)",
            m::zfill,
            "Pad a numeric string with zeros on the left, to fill a field of the given width.\n\nThe string is never truncated.",
        ).leaf(leaf::zfill),
        NativeDef::new(
            "__format__",
            "($self, format_spec, /)",
            dunder_format,
            "Return a formatted version of the string as described by format_spec.",
        ),
        NativeDef::new("__getnewargs__", "($self, /)", getnewargs, ""),
        NativeDef::new("__sizeof__", "($self, /)", sizeof, "Return the size of the string in memory, in bytes."),
    ],
    static_methods: &[NativeDef::new(
        "maketrans",
        "(x, y=<unrepresentable>, z=<unrepresentable>, /)",
        m::maketrans,
        "Return a translation table usable for str.translate().\n\nIf there is only one argument, it must be a dictionary mapping Unicode\nordinals (integers) or characters to Unicode ordinals, strings or None.\nCharacter keys will be then converted to ordinals.\nIf there are two arguments, they must be strings of equal length, and\nin the resulting dictionary, each character in x will be mapped to the\ncharacter at the same position in y. If there is a third argument, it\nmust be a string, whose characters will be mapped to None in the result.",
    )],
    ..TypeDef::new("builtins", "str")
};

fn str_new(cx: &mut Ctx, args: Args) -> PyResult {
    let text = match (args.get(1), args.get(2).or(args.get(3))) {
        (None, _) => Str::new(cx, ""),
        (Some(v), None) => {
            let s = protocol::str(cx, v)?;
            match Str::of_sub(cx, s) {
                // str(x) of a subclass instance may be a subclass instance, but the base value must be exact.
                Some(exact) if args[0] != cx.types.str.value() => exact.value(),
                _ => s,
            }
        }
        (Some(v), Some(_)) => {
            for (given, what) in [(args.get(2), "encoding"), (args.get(3), "errors")] {
                if let Some(name) = given.filter(|&name| Str::of_sub(cx, name).is_none()) {
                    let got = type_name(cx, name);
                    return Err(cx.type_error(format!("str() argument '{what}' must be str, not {got}")));
                }
            }
            if Str::of_sub(cx, v).is_some() {
                return Err(cx.type_error("decoding str is not supported"));
            }
            if let Some(bytes) = Bytes::of(v) {
                let text = crate::codec::decode_args(cx, "str", bytes.as_slice(), args.get(2), args.get(3))?;
                return if args[0] == cx.types.str.value() { Ok(text) } else { cx.wrap_subclass(args[0], text) };
            }
            let Some(bytes) = protocol::buffer_bytes(cx, v)? else {
                let name = type_name(cx, v);
                return Err(cx.type_error(format!("decoding to str: need a bytes-like object, {name} found")));
            };
            crate::codec::decode_args(cx, "str", &bytes, args.get(2), args.get(3))?
        }
    };
    if args[0] == cx.types.str.value() { Ok(text) } else { cx.wrap_subclass(args[0], text) }
}

fn str_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let s = this(cx, v)?;
    let bytes = s.as_bytes();
    if bytes.iter().all(|b| matches!(b, 32..=126) && !matches!(b, b'\'' | b'\\')) {
        return Ok(Str::ascii_with(cx, bytes.len() + 2, |out| {
            out.fill(b'\'');
            out[1..=bytes.len()].copy_from_slice(bytes);
        }));
    }
    let text = pytext::repr::str_repr(bytes);
    Str::wish(cx, &text)
}

fn str_richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    let (Some(x), Some(y)) = (Str::of_sub(cx, a), Str::of_sub(cx, b)) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    Ok(Value::bool(match op {
        CmpOp::Eq => x.eq(y),
        CmpOp::Ne => !x.eq(y),
        CmpOp::Lt => x.cmp(y).is_lt(),
        CmpOp::Le => x.cmp(y).is_le(),
        CmpOp::Gt => x.cmp(y).is_gt(),
        CmpOp::Ge => x.cmp(y).is_ge(),
    }))
}

fn str_iter(cx: &mut Ctx, v: Value) -> PyResult {
    let s = this(cx, v)?;
    Ok(iter::str_iter(cx, s))
}

fn str_getitem(cx: &mut Ctx, v: Value, key: Value) -> PyResult {
    let s = this(cx, v)?;
    let len = s.len_chars();
    if let Some(slice) = Slice::of(key) {
        let idx = slice.indices(cx, len)?;
        return Ok(if idx.step == 1 {
            cx.make_room(s.byte_len().min(4 * idx.count))?;
            s.substr(cx, idx.start as usize, idx.start as usize + idx.count)
        } else {
            cx.make_room_for(s.byte_len().min(4 * idx.count), 2)?;
            s.slice_step(cx, idx.start as usize, idx.step as isize, idx.count)
        });
    }
    if key.as_int().is_none() && types::type_of(cx, key).slots().index().is_none() {
        let name = type_name(cx, key);
        return Err(cx.type_error(format!("string indices must be integers, not '{name}'")));
    }
    match arguments::key_index(cx, key, len, "string")? {
        Some(i) => match s.char_at(cx, i) {
            Some(c) => Ok(c),
            None => Err(cx.index_error("string index out of range")),
        },
        None => Err(cx.index_error("string index out of range")),
    }
}

fn str_contains(cx: &mut Ctx, v: Value, item: Value) -> Res<bool> {
    let s = this(cx, v)?;
    match Str::of_sub(cx, item) {
        Some(needle) => Ok(s.contains(needle)),
        None => {
            let name = type_name(cx, item);
            Err(cx.type_error(format!("'in <string>' requires string as left operand, not {name}")))
        }
    }
}

fn str_add(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let Some(x) = Str::of_sub(cx, a) else { return Ok(Value::NOT_IMPLEMENTED) };
    // The right operand is asked before an error is raised.
    let Some(y) = Str::of_sub(cx, b) else { return Ok(Value::NOT_IMPLEMENTED) };
    cx.attempt(|heap| x.concat(heap, y))
}

fn str_mul(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let (s, n) = match Str::of_sub(cx, a) {
        Some(s) => (s, b),
        None => (this(cx, b)?, a),
    };
    let Some(n) = repeat_count(cx, n)? else { return Ok(Value::NOT_IMPLEMENTED) };
    if s.len_chars() > 1 && n > isize::MAX as usize / s.len_chars() {
        return Err(cx.overflow_error("repeated string is too long"));
    }
    cx.attempt(|heap| s.repeat(heap, n))
}

fn str_mod(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    match Str::of_sub(cx, a) {
        Some(format) => str_percent::format_str(cx, a, format, b),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn dunder_format(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(spec) = Str::of_sub(cx, args[1]) else {
        let name = type_name(cx, args[1]);
        return Err(cx.type_error(format!("__format__() argument must be str, not {name}")));
    };
    if spec.is_empty() {
        return protocol::str(cx, args[0]);
    }
    let s = this(cx, args[0])?;
    let done = pytext::format::format_str(s.as_bytes(), spec.as_bytes());
    arguments::formatted(cx, done)
}

fn getnewargs(cx: &mut Ctx, args: Args) -> PyResult {
    let s = this(cx, args[0])?;
    Ok(Tuple::new(cx, &[s.value()]))
}

fn sizeof(cx: &mut Ctx, args: Args) -> PyResult {
    let s = this(cx, args[0])?;
    let n = if s.is_ascii() { 41 + s.len_chars() } else { 58 + s.byte_len() };
    Ok(int::from_usize(cx, n))
}
