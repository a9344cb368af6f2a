//! `re.Pattern`. Native slots: 0 the pattern, 1 flags, 2 number of groups, 3 names to groups (a dict), 4 groups to names (a
//! tuple), 5 the program (a Rust value).

use super::drive::{Found, Mode, Subject, is_short, run, run_short};
use super::{matching, scanner, template, validate};
use engine::objects::{Bytes, List};
use engine::prelude::*;
use std::sync::{Arc, OnceLock};

const SOURCE: usize = 0;
const FLAGS: usize = 1;
const GROUPS: usize = 2;
const GROUP_INDEX: usize = 3;
const INDEX_GROUP: usize = 4;
const PROGRAM: usize = 5;

/// `re.Pattern`.
pub static PATTERN: TypeDef = TypeDef {
    doc: "Compiled regular expression object.",
    flags: TypeFlags::NO_NEW.with(TypeFlags::HAS_WEAKREF),
    nnative: 6,
    slots: Slots { repr: Some(repr), hash: Some(hash), richcmp: Some(richcmp), ..Slots::NONE },
    methods: &[
        NativeDef::new(
            "match",
            "($self, /, string, pos=0, endpos=sys.maxsize)",
            |cx, args| find(cx, args, Mode::Match),
            "Matches zero or more characters at the beginning of the string.",
        ).leaf(|cx, args| find_leaf(cx, args, Mode::Match)),
        NativeDef::new(
            "fullmatch",
            "($self, /, string, pos=0, endpos=sys.maxsize)",
            |cx, args| find(cx, args, Mode::Full),
            "Matches against all of the string.",
        ).leaf(|cx, args| find_leaf(cx, args, Mode::Full)),
        NativeDef::new(
            "search",
            "($self, /, string, pos=0, endpos=sys.maxsize)",
            |cx, args| find(cx, args, Mode::Search),
            "Scan through string looking for a match, and return a corresponding match object instance.\n\nReturn None if no position in the string matches.",
        ).leaf(|cx, args| find_leaf(cx, args, Mode::Search)),
        NativeDef::new(
            "findall",
            "($self, /, string, pos=0, endpos=sys.maxsize)",
            find_all,
            "Return a list of all non-overlapping matches of pattern in string.",
        ),
        NativeDef::new(
            "finditer",
            "($self, /, string, pos=0, endpos=sys.maxsize)",
            scanner::find_iter,
            "Return an iterator over all non-overlapping matches for the RE pattern in string.\n\nFor each match, the iterator returns a match object.",
        ),
        NativeDef::new("scanner", "($self, /, string, pos=0, endpos=sys.maxsize)", scanner::make, ""),
        NativeDef::new("split", "($self, /, string, maxsplit=0)", split, "Split string by the occurrences of pattern."),
        NativeDef::new(
            "sub",
            "($self, /, repl, string, count=0)",
            |cx, args| Ok(substitute(cx, args)?.0),
            "Return the string obtained by replacing the leftmost non-overlapping occurrences of pattern in string by the replacement repl.",
        ),
        NativeDef::new(
            "subn",
            "($self, /, repl, string, count=0)",
            |cx, args| {
                let (text, n) = substitute(cx, args)?;
                let pair = [text, int::from_usize(cx, n)];
                Ok(Tuple::new(cx, &pair))
            },
            "Return the tuple (new_string, number_of_subs_made) found by replacing the leftmost non-overlapping occurrences of pattern with the replacement repl.",
        ),
        NativeDef::new("__copy__", "($self, /)", |_, args| Ok(args[0]), ""),
        NativeDef::new("__deepcopy__", "($self, memo, /)", |_, args| Ok(args[0]), ""),
    ],
    class_methods: &[NativeDef::new(
        "__class_getitem__",
        "($type, object, /)",
        native::class_getitem,
        "Patterns are generic over the type of string they handle (str or bytes)",
    )],
    getsets: &[GetSet::ro(
        "groupindex",
        |cx, v| {
            let p = Pattern::this(cx, v)?;
            let names = p.0.slot(cx, GROUP_INDEX);
            Ok(types::mappingproxy::new_proxy(cx, names))
        },
        "A dictionary mapping group names to group numbers.",
    )],
    members: &[
        Member::ro("pattern", SOURCE as u16, "The pattern string from which the RE object was compiled."),
        Member::ro("flags", FLAGS as u16, "The regex matching flags."),
        Member::ro("groups", GROUPS as u16, "The number of capturing groups in the pattern."),
    ],
    ..TypeDef::new("re", "Pattern")
};

/// What is run.
pub struct Program {
    /// What the library's compiler made.
    code: Arc<[u32]>,
    groups: usize,
    /// The same, lowered when it first runs: many a pattern never does.
    lowered: OnceLock<Option<Arc<pytext::regex::Program>>>,
    /// Whether the pattern is for bytes; None: for either.
    is_bytes: Option<bool>,
}

impl Program {
    /// The code to run; None if it is malformed in a way that only lowering finds.
    #[inline]
    pub fn lowered(&self) -> Option<&Arc<pytext::regex::Program>> {
        let lower = || pytext::regex::Program::new(&self.code, self.groups).map(Arc::new);
        self.lowered.get_or_init(lower).as_ref()
    }
}

/// A compiled pattern.
#[derive(Clone, Copy)]
pub struct Pattern(pub Obj);

impl Pattern {
    /// The handle, or a TypeError.
    pub fn this(cx: &mut Ctx, v: Value) -> Res<Pattern> {
        match Obj::of(v).filter(|_| cx.is_def(v, &PATTERN)) {
            Some(o) => Ok(Pattern(o)),
            None => Err(cx.type_error("re.Pattern expected")),
        }
    }

    /// What is run.
    #[inline]
    pub fn program(self, heap: &Heap) -> Option<&Program> {
        self.0.payload::<Program>(heap, PROGRAM)
    }

    /// Whether the pattern is for bytes; None: for either.
    pub fn is_bytes(self, heap: &Heap) -> Option<bool> {
        self.program(heap)?.is_bytes
    }

    /// Number of groups.
    pub fn groups(self, heap: &Heap) -> usize {
        int::to_usize(self.0.slot(heap, GROUPS)).unwrap_or(0)
    }

    /// Names to group numbers.
    pub fn group_index(self, heap: &Heap) -> Option<Dict> {
        Dict::of(self.0.slot(heap, GROUP_INDEX))
    }

    /// The name of group `i`, or None.
    pub fn group_name(self, heap: &Heap, i: usize) -> Value {
        Tuple::of(self.0.slot(heap, INDEX_GROUP)).and_then(|t| t.get(i).non_empty()).unwrap_or(Value::NONE)
    }
}

/// `_sre.compile`
pub fn compile(cx: &mut Ctx, args: Args) -> PyResult {
    let flags = args.index(cx, 1)?;
    if i32::try_from(flags).is_err() {
        return Err(cx.overflow_error("Python int too large to convert to C int"));
    }
    let Some(list) = List::of_sub(cx, args[2]) else { return Err(args.wrong(cx, 2, "list")) };
    let groups = args.index(cx, 3)?;
    let Some(names) = Dict::of_sub(cx, args[4]) else { return Err(args.wrong(cx, 4, "dict")) };
    let Some(index) = Tuple::of_sub(cx, args[5]) else { return Err(args.wrong(cx, 5, "tuple")) };
    let mut codes = Vec::with_capacity(list.len());
    for v in list.items() {
        let Some(word) = int::of_sub(cx, v).map(|_| objects::base_value(cx, v)) else {
            return Err(cx.type_error("an integer is required"));
        };
        match int::to_i64(word).and_then(|w| u32::try_from(w).ok()) {
            Some(w) => codes.push(w),
            None => return Err(cx.overflow_error("regular expression code size limit exceeded")),
        }
    }
    let is_bytes = if args[0] == Value::NONE {
        None
    } else if Str::of_sub(cx, args[0]).is_some() {
        Some(false)
    } else {
        protocol::to_bytes(cx, args[0])?;
        Some(true)
    };
    let known = usize::try_from(groups).ok().filter(|&g| g as u64 <= super::MAX_GROUPS && validate::valid(&codes, g));
    let Some(n) = known else { return Err(malformed(cx)) };
    let (flags, groups) = (int::from_i64(cx, flags), int::from_i64(cx, groups));
    let v = cx.new_object(&PATTERN, &[args[0], flags, groups, names.value(), index.value(), Value::EMPTY]);
    let p = Pattern::this(cx, v)?;
    p.0.set_payload(cx, PROGRAM, Program { code: codes.into(), groups: n, lowered: OnceLock::new(), is_bytes });
    Ok(v)
}

/// The error of code that the library's compiler does not make.
#[cold]
pub fn malformed(cx: &mut Ctx) -> Raised {
    cx.runtime_error("invalid SRE code")
}

/// Subject and bounds of a search method: `(self, string, pos, endpos)`.
pub struct Search {
    /// The pattern.
    pub pattern: Pattern,
    /// What is searched.
    pub subject: Subject,
    /// First character.
    pub start: usize,
    /// The character after the last.
    pub end: usize,
    /// The offset of the first character.
    pub from: usize,
    /// The offset of the end.
    pub to: usize,
}

impl Search {
    /// Reads the arguments.
    pub fn new(cx: &mut Ctx, args: Args) -> Res<Search> {
        let (pos, end) = (args.index_or(cx, 2, 0)?, args.index_or(cx, 3, i64::MAX)?);
        let pattern = Pattern::this(cx, args[0])?;
        let subject = Subject::checked(cx, pattern, args[1])?;
        let len = subject.chars();
        let (start, end) = (crate::arguments::clip(pos, len), crate::arguments::clip(end, len));
        let to = if end == len { subject.len() } else { subject.offset(cx, end) };
        let from = if start == 0 { 0 } else { subject.offset(cx, start) };
        Ok(Search { pattern, start, end, from, to, subject })
    }
}

fn find(cx: &mut Ctx, args: Args, mode: Mode) -> PyResult {
    let s = Search::new(cx, args)?;
    match run(cx, s.pattern, &s.subject, s.from, s.to, mode, false)? {
        Some(found) => Ok(matching::new_match(cx, s.pattern, args[1], &s.subject, &found, (s.start, s.end))),
        None => Ok(Value::NONE),
    }
}

/// The quick form of the search methods: of an exact str or bytes object that is not long.
fn find_leaf(cx: &Ctx, args: &[Value], mode: Mode) -> Value {
    fn quick(cx: &Ctx, args: &[Value], mode: Mode) -> Option<Value> {
        let (v, string, pos, end) = match *args {
            [v, string] => (v, string, 0, i64::MAX),
            [v, string, pos] => (v, string, pos.as_int()?, i64::MAX),
            [v, string, pos, end] => (v, string, pos.as_int()?, end.as_int()?),
            _ => return None,
        };
        let pattern = Pattern(Obj::of(v)?);
        pattern.program(cx)?;
        let subject = Subject::exact(cx, pattern, string).filter(is_short)?;
        let len = subject.chars();
        let (start, end) = (crate::arguments::clip(pos, len), crate::arguments::clip(end, len));
        let to = if end == len { subject.len() } else { subject.offset(cx, end) };
        let from = if start == 0 { 0 } else { subject.offset(cx, start) };
        match run_short(cx, pattern, &subject, (from, to), mode).ok()? {
            Some(found) => matching::new_match_of_known(cx, pattern, string, &subject, &found, (start, end)),
            None => Some(Value::NONE),
        }
    }
    quick(cx, args, mode).unwrap_or(Value::EMPTY)
}

/// Calls `f` for every match in turn, until it returns false.
fn each(
    cx: &mut Ctx,
    pattern: Pattern,
    subject: &Subject,
    start: usize,
    end: usize,
    mut f: impl FnMut(&mut Ctx, &Found) -> Res<bool>,
) -> Res<()> {
    let mut next = (start, false);
    while let Some(found) = run(cx, pattern, subject, next.0, end, Mode::Search, next.1)? {
        if !f(cx, &found)? {
            break;
        }
        next = found.next();
        cx.poll()?;
    }
    Ok(())
}

fn find_all(cx: &mut Ctx, args: Args) -> PyResult {
    let s = Search::new(cx, args)?;
    let groups = s.pattern.groups(cx);
    let out = List::new(cx);
    each(cx, s.pattern, &s.subject, s.from, s.to, |cx, found| {
        let group = |i: usize| {
            let (a, b) = found.group(i).unwrap_or((0, 0));
            s.subject.slice(cx, a, b)
        };
        let item = match groups {
            0 => group(0),
            1 => group(1),
            _ => Tuple::build(cx, groups, |i| group(i + 1)),
        };
        out.push(cx, item);
        Ok(true)
    })?;
    Ok(out.value())
}

fn split(cx: &mut Ctx, args: Args) -> PyResult {
    let maxsplit = args.index_or(cx, 2, 0)?;
    let pattern = Pattern::this(cx, args[0])?;
    let subject = Subject::checked(cx, pattern, args[1])?;
    let groups = pattern.groups(cx);
    let out = List::new(cx);
    let (mut last, mut n) = (0, 0i64);
    let len = subject.len();
    if maxsplit >= 0 {
        each(cx, pattern, &subject, 0, len, |cx, found| {
            let part = subject.slice(cx, last, found.start);
            out.push(cx, part);
            for i in 1..=groups {
                let part = match found.group(i) {
                    Some((a, b)) => subject.slice(cx, a, b),
                    None => Value::NONE,
                };
                out.push(cx, part);
            }
            last = found.end;
            n += 1;
            Ok(maxsplit == 0 || n < maxsplit)
        })?;
    }
    let rest = subject.slice(cx, last, len);
    out.push(cx, rest);
    Ok(out.value())
}

/// What replaces a match.
enum Replacement {
    /// The same text always.
    Literal(Vec<u8>),
    /// A template with groups.
    Template(Value),
    /// What a function returns.
    Function(Value),
    /// An object that is no text: an error, should there be a match.
    Wrong(Value),
}

fn replacement(cx: &mut Ctx, pattern: Value, repl: Value, text: bool) -> Res<Replacement> {
    if protocol::is_callable(cx, repl) {
        return Ok(Replacement::Function(repl));
    }
    let literal = match (Str::of_sub(cx, repl), Bytes::of_sub(cx, repl)) {
        (Some(s), _) => Some((s.as_bytes().to_vec(), true)),
        (None, Some(b)) => Some((b.as_slice().to_vec(), false)),
        (None, None) => protocol::buffer_bytes(cx, repl)?.map(|b| (b, false)),
    };
    if let Some((bytes, is_text)) = literal
        && !bytes.contains(&b'\\')
    {
        return Ok(if is_text == text { Replacement::Literal(bytes) } else { Replacement::Wrong(repl) });
    }
    let compile = protocol::import_attr(cx, "re", "_compile_template")?;
    let made = protocol::call(cx, compile, &[pattern, repl])?;
    if cx.is_def(made, &template::TEMPLATE) {
        return Ok(match template::literal(cx, made) {
            Some(v) => literal_of(cx, v, text),
            None => Replacement::Template(made),
        });
    }
    if protocol::is_callable(cx, made) {
        return Ok(Replacement::Function(made));
    }
    Ok(literal_of(cx, made, text))
}

fn literal_of(cx: &mut Ctx, v: Value, text: bool) -> Replacement {
    match (Str::of_sub(cx, v), Bytes::of_sub(cx, v)) {
        (Some(s), _) if text => Replacement::Literal(s.as_bytes().to_vec()),
        (None, Some(b)) if !text => Replacement::Literal(b.as_slice().to_vec()),
        _ => Replacement::Wrong(v),
    }
}

/// `sequence item 1: expected str instance, int found`
#[cold]
fn bad_item(cx: &mut Ctx, text: bool, index: usize, v: Value) -> Raised {
    let name = type_name(cx, v);
    let expected = if text { "str instance" } else { "a bytes-like object" };
    cx.type_error(format!("sequence item {index}: expected {expected}, {name} found"))
}

/// The bytes of what a replacement function returned.
fn push_item(cx: &mut Ctx, out: &mut Vec<u8>, text: bool, index: usize, v: Value) -> Res<()> {
    if text {
        return match Str::of_sub(cx, v) {
            Some(s) => {
                out.extend_from_slice(s.as_bytes());
                Ok(())
            }
            None => Err(bad_item(cx, text, index, v)),
        };
    }
    match protocol::buffer_bytes(cx, v)? {
        Some(b) => {
            out.extend_from_slice(&b);
            Ok(())
        }
        None => Err(bad_item(cx, text, index, v)),
    }
}

/// `sub` and `subn`: the text and the number of replacements.
fn substitute(cx: &mut Ctx, args: Args) -> Res<(Value, usize)> {
    let (repl, string) = (args[1], args[2]);
    let count = args.index_or(cx, 3, 0)?;
    let pattern = Pattern::this(cx, args[0])?;
    let subject = Subject::checked(cx, pattern, string)?;
    let text = subject.is_text();
    let repl = replacement(cx, args[0], repl, text)?;
    let (len, chars) = (subject.len(), subject.chars());
    let mut out = Vec::new();
    let (mut last, mut n, mut items) = (0, 0usize, 0usize);
    if count >= 0 {
        // What is searched keeps its size while functions are asked.
        let is_buffer = Str::of_sub(cx, string).is_none() && Bytes::of_sub(cx, string).is_none();
        let held = if is_buffer { Some(protocol::buffer::get_buffer(cx, string, 0)?) } else { None };
        let done = each(cx, pattern, &subject, 0, len, |cx, found| {
            if last < found.start {
                subject.push_to(&mut out, last, found.start);
                items += 1;
            }
            match &repl {
                Replacement::Literal(bytes) => out.extend_from_slice(bytes),
                Replacement::Template(t) => template::expand_into(cx, *t, &subject, found, &mut out)?,
                Replacement::Function(f) => {
                    let m = matching::new_match(cx, pattern, string, &subject, found, (0, chars));
                    let v = protocol::call(cx, *f, &[m])?;
                    if v != Value::NONE {
                        push_item(cx, &mut out, text, items, v)?;
                        items += 1;
                    }
                }
                Replacement::Wrong(v) => return Err(bad_item(cx, text, items, *v)),
            }
            last = found.end;
            n += 1;
            Ok(count == 0 || (n as i64) < count)
        });
        if let Some(view) = held {
            view.release(cx);
        }
        done?;
    }
    if n == 0 {
        return Ok((subject.slice(cx, 0, len), 0));
    }
    subject.push_to(&mut out, last, len);
    let v = if text { Str::from_wtf8(cx, &out) } else { Bytes::new(cx, &out) };
    Ok((v, n))
}

const FLAG_NAMES: &[(&str, i64)] = &[
    ("re.IGNORECASE", 2),
    ("re.LOCALE", 4),
    ("re.MULTILINE", 8),
    ("re.DOTALL", 16),
    ("re.VERBOSE", 64),
    ("re.DEBUG", 128),
    ("re.ASCII", 256),
];

fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    let p = Pattern::this(cx, v)?;
    let source = p.0.slot(cx, SOURCE);
    let shown = protocol::repr(cx, source)?;
    let shown: String = protocol::text(cx, shown).chars().take(200).collect();
    let mut flags = int::to_i64(p.0.slot(cx, FLAGS)).unwrap_or(0);
    // A string pattern is Unicode unless it says otherwise.
    if p.is_bytes(cx) != Some(true) && flags & (4 | 32 | 256) == 32 {
        flags &= !32;
    }
    let mut names = Vec::new();
    for &(name, bit) in FLAG_NAMES {
        if flags & bit != 0 {
            names.push(name.to_owned());
            flags &= !bit;
        }
    }
    if flags != 0 {
        names.push(format!("{flags:#x}"));
    }
    let text = match names.is_empty() {
        true => format!("re.compile({shown})"),
        false => format!("re.compile({shown}, {})", names.join("|")),
    };
    Ok(Str::from_text(cx, &text))
}

fn hash(cx: &mut Ctx, v: Value) -> Res<i64> {
    let p = Pattern::this(cx, v)?;
    let source = p.0.slot(cx, SOURCE);
    let h = protocol::hash(cx, source)?;
    let flags = int::to_i64(p.0.slot(cx, FLAGS)).unwrap_or(0);
    let codes = p.program(cx).map_or(0u64, |program| {
        program.code.iter().fold(0, |h, &c| h.rotate_left(5) ^ u64::from(c).wrapping_mul(0x9E37_79B9_7F4A_7C15))
    });
    let h = h ^ flags ^ codes as i64;
    Ok(if h == -1 { -2 } else { h })
}

fn richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) || !cx.is_def(b, &PATTERN) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (p, q) = (Pattern::this(cx, a)?, Pattern::this(cx, b)?);
    let alike = a == b
        || (p.0.slot(cx, FLAGS) == q.0.slot(cx, FLAGS)
            && match (p.program(cx), q.program(cx)) {
                (Some(x), Some(y)) => x.is_bytes == y.is_bytes && x.code == y.code,
                _ => false,
            });
    let equal = alike && {
        let (x, y) = (p.0.slot(cx, SOURCE), q.0.slot(cx, SOURCE));
        protocol::eq(cx, x, y)?
    };
    Ok(Value::bool(equal == (op == CmpOp::Eq)))
}
