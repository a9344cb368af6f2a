//! `re.Match`. Native slots: 0 the pattern, 1 the string, 2 and 3 the bounds of the search, 4 the spans (a tuple of two ints
//! per group, -1 for a group that took no part), 5 the last group (absent: none).

use super::drive::{Found, Subject};
use super::pattern::Pattern;
use super::template;
use engine::prelude::*;

const RE: usize = 0;
const STRING: usize = 1;
const SPANS: usize = 4;
const LAST: usize = 5;

/// `re.Match`.
pub static MATCH: TypeDef = TypeDef {
    doc: "The result of re.match() and re.search().\nMatch objects always have a boolean value of True.",
    flags: TypeFlags::NO_NEW,
    nnative: 6,
    slots: Slots {
        repr: Some(repr),
        getitem: Some(|cx, m, key| {
            let m = Match::this(cx, m)?;
            let i = m.group_number(cx, key)?;
            m.group(cx, i, Value::NONE)
        }),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new("group", "($self, *groups)", group, "group([group1, ...]) -> str or tuple.\n    Return subgroup(s) of the match by indices or names.\n    For 0 returns the entire match.").hide_sig().leaf(group_leaf),
        NativeDef::new("start", "($self, group=0, /)", |cx, args| Ok(span_of(cx, args)?.0), "Return index of the start of the substring matched by group.").leaf(|cx, args| span_leaf(cx, args, |a, _| a)),
        NativeDef::new("end", "($self, group=0, /)", |cx, args| Ok(span_of(cx, args)?.1), "Return index of the end of the substring matched by group.").leaf(|cx, args| span_leaf(cx, args, |_, b| b)),
        NativeDef::new("span", "($self, group=0, /)", |cx, args| {
            let (a, b) = span_of(cx, args)?;
            Ok(Tuple::new(cx, &[a, b]))
        }, "For match object m, return the 2-tuple (m.start(group), m.end(group)).").leaf(|cx, args| span_leaf(cx, args, |a, b| Tuple::new(cx, &[a, b]))),
        NativeDef::new("groups", "($self, /, default=None)", groups, "Return a tuple containing all the subgroups of the match, from 1.\n\n  default\n    Is used for groups that did not participate in the match.").leaf(groups_leaf),
        NativeDef::new("groupdict", "($self, /, default=None)", groupdict, "Return a dictionary containing all the named subgroups of the match, keyed by the subgroup name.\n\n  default\n    Is used for groups that did not participate in the match."),
        NativeDef::new("expand", "($self, /, template)", expand, "Return the string obtained by doing backslash substitution on the string template, as done by the sub() method."),
        NativeDef::new("__copy__", "($self, /)", |_, args| Ok(args[0]), ""),
        NativeDef::new("__deepcopy__", "($self, memo, /)", |_, args| Ok(args[0]), ""),
    ],
    class_methods: &[NativeDef::new("__class_getitem__", "($type, object, /)", native::class_getitem, "Matches are generic over the type of string which was matched (str or bytes)")],
    getsets: &[
        GetSet::ro("lastindex", |cx, v| {
            let m = Match::this(cx, v)?;
            Ok(m.0.slot(cx, LAST).non_empty().unwrap_or(Value::NONE))
        }, "The integer index of the last matched capturing group."),
        GetSet::ro("lastgroup", |cx, v| {
            let m = Match::this(cx, v)?;
            let p = m.pattern(cx)?;
            Ok(match int::to_usize(m.0.slot(cx, LAST)) {
                Some(i) => p.group_name(cx, i),
                None => Value::NONE,
            })
        }, "The name of the last matched capturing group."),
        GetSet::ro("regs", regs, ""),
    ],
    members: &[
        Member::ro("re", RE as u16, "The regular expression object."),
        Member::ro("string", STRING as u16, "The string passed to match() or search()."),
        Member::ro("pos", 2, "The index into the string at which the RE engine started looking for a match."),
        Member::ro("endpos", 3, "The index into the string beyond which the RE engine will not go."),
    ],
    ..TypeDef::new("re", "Match")
};

/// Makes the match object of `found`.
pub fn new_match(
    cx: &mut Ctx,
    pattern: Pattern,
    string: Value,
    subject: &Subject,
    found: &Found,
    bounds: (usize, usize),
) -> Value {
    let slots = slots_of(cx, pattern, string, subject, found, bounds);
    cx.new_object(&MATCH, &slots)
}

/// As [`new_match`], once the type has been made.
pub fn new_match_of_known(
    cx: &Ctx,
    pattern: Pattern,
    string: Value,
    subject: &Subject,
    found: &Found,
    bounds: (usize, usize),
) -> Option<Value> {
    cx.new_object_of_known(&MATCH, &slots_of(cx, pattern, string, subject, found, bounds))
}

fn slots_of(
    heap: &Heap,
    pattern: Pattern,
    string: Value,
    subject: &Subject,
    found: &Found,
    (pos, endpos): (usize, usize),
) -> [Value; 6] {
    let n = pattern.groups(heap);
    let spans = Tuple::build(heap, 2 * (n + 1), |i| match found.group(i / 2) {
        Some((a, b)) => int::from_usize(heap, subject.index(if i % 2 == 0 { a } else { b })),
        None => Value::small(-1),
    });
    let last = found.last_index().map_or(Value::EMPTY, |i| int::from_usize(heap, i));
    let (pos, endpos) = (int::from_usize(heap, pos), int::from_usize(heap, endpos));
    [pattern.0.value(), string, pos, endpos, spans, last]
}

/// The spans of an exact match object, and the group that `key` names.
fn known_group(cx: &Ctx, m: Value, key: Option<Value>) -> Option<(Obj, Tuple, usize)> {
    if !cx.is_exactly(m, &MATCH) {
        return None;
    }
    let o = Obj::of(m)?;
    let spans = Tuple::of(o.slot(cx, SPANS))?;
    let i = match key {
        None => 0,
        Some(key) => match key.as_int() {
            Some(i) => usize::try_from(i).ok()?,
            None => {
                Str::of(key)?;
                let names = Pattern(Obj::of(o.slot(cx, RE))?).group_index(cx)?;
                usize::try_from(names.get_str(key)?.as_int()?).ok()?
            }
        },
    };
    (i < spans.len() / 2).then_some((o, spans, i))
}

/// The quick form of `group`: at most one group of a match in a str.
fn group_leaf(cx: &Ctx, args: &[Value]) -> Value {
    let key = match *args {
        [_] => None,
        [_, key] => Some(key),
        _ => return Value::EMPTY,
    };
    let Some((o, spans, i)) = known_group(cx, args[0], key) else { return Value::EMPTY };
    let Some(s) = Str::of(o.slot(cx, STRING)) else { return Value::EMPTY };
    match (int::to_usize(spans.get(2 * i)), int::to_usize(spans.get(2 * i + 1))) {
        (Some(a), Some(b)) => s.substr(cx, a, b),
        _ => Value::NONE,
    }
}

/// The quick form of `start`, `end` and `span`: what `f` makes of the two ends.
fn span_leaf(cx: &Ctx, args: &[Value], f: impl Fn(Value, Value) -> Value) -> Value {
    let key = match *args {
        [_] => None,
        [_, key] => Some(key),
        _ => return Value::EMPTY,
    };
    known_group(cx, args[0], key).map_or(Value::EMPTY, |(_, spans, i)| f(spans.get(2 * i), spans.get(2 * i + 1)))
}

/// The quick form of `groups()` of a match in a str.
fn groups_leaf(cx: &Ctx, args: &[Value]) -> Value {
    let [m] = *args else { return Value::EMPTY };
    let Some((o, spans, _)) = known_group(cx, m, None) else { return Value::EMPTY };
    let Some(s) = Str::of(o.slot(cx, STRING)) else { return Value::EMPTY };
    Tuple::build(cx, spans.len() / 2 - 1, |i| {
        match (int::to_usize(spans.get(2 * i + 2)), int::to_usize(spans.get(2 * i + 3))) {
            (Some(a), Some(b)) => s.substr(cx, a, b),
            _ => Value::NONE,
        }
    })
}

#[derive(Clone, Copy)]
struct Match(Obj);

impl Match {
    fn this(cx: &mut Ctx, v: Value) -> Res<Match> {
        match Obj::of(v) {
            Some(o) => Ok(Match(o)),
            None => Err(cx.type_error("re.Match expected")),
        }
    }

    fn pattern(self, cx: &mut Ctx) -> Res<Pattern> {
        let p = self.0.slot(cx, RE);
        Pattern::this(cx, p)
    }

    fn spans(self, cx: &mut Ctx) -> Res<Tuple> {
        Tuple::of(self.0.slot(cx, SPANS)).ok_or_else(|| cx.system_error("match without spans"))
    }

    /// The number of the group that `key` names; it exists.
    fn group_number(self, cx: &mut Ctx, key: Value) -> Res<usize> {
        let count = self.spans(cx)?.len() / 2;
        let found = if type_of(cx, key).slots().index().is_some() || int::is(key) {
            Some(protocol::index_clip(cx, key)?)
        } else {
            let names = self.pattern(cx)?.group_index(cx);
            match names {
                Some(names) => match names.get(cx, key) {
                    Ok(v) => v.and_then(int::to_i64),
                    Err(r) if cx.matches(&r, Exc::TypeError) => {
                        cx.clear(r);
                        None
                    }
                    Err(r) => return Err(r),
                },
                None => None,
            }
        };
        match found.and_then(|i| usize::try_from(i).ok()).filter(|&i| i < count) {
            Some(i) => Ok(i),
            None => Err(cx.index_error("no such group")),
        }
    }

    fn group(self, cx: &mut Ctx, i: usize, default: Value) -> PyResult {
        let spans = self.spans(cx)?;
        match (int::to_usize(spans.get(2 * i)), int::to_usize(spans.get(2 * i + 1))) {
            (Some(a), Some(b)) => {
                let string = self.0.slot(cx, STRING);
                let subject = Subject::of(cx, string)?;
                // A mutable subject may have shrunk meanwhile.
                let len = subject.chars();
                Ok(subject.slice_chars(cx, a.min(len), b.min(len)))
            }
            _ => Ok(default),
        }
    }
}

fn group(cx: &mut Ctx, args: Args) -> PyResult {
    let m = Match::this(cx, args[0])?;
    let Some(wanted) = Tuple::of(args[1]) else { return m.group(cx, 0, Value::NONE) };
    match wanted.len() {
        0 => m.group(cx, 0, Value::NONE),
        1 => {
            let i = m.group_number(cx, wanted.get(0))?;
            m.group(cx, i, Value::NONE)
        }
        _ => {
            let out = List::new(cx);
            for key in wanted.items() {
                let i = m.group_number(cx, key)?;
                let v = m.group(cx, i, Value::NONE)?;
                out.push(cx, v);
            }
            out.wish_tuple(cx)
        }
    }
}

fn span_of(cx: &mut Ctx, args: Args) -> Res<(Value, Value)> {
    let m = Match::this(cx, args[0])?;
    let i = match args.get(1) {
        Some(key) => m.group_number(cx, key)?,
        None => 0,
    };
    let spans = m.spans(cx)?;
    Ok((spans.get(2 * i), spans.get(2 * i + 1)))
}

fn groups(cx: &mut Ctx, args: Args) -> PyResult {
    let m = Match::this(cx, args[0])?;
    let default = args.or_none(1);
    let out = List::new(cx);
    for i in 1..m.spans(cx)?.len() / 2 {
        let v = m.group(cx, i, default)?;
        out.push(cx, v);
    }
    out.wish_tuple(cx)
}

fn groupdict(cx: &mut Ctx, args: Args) -> PyResult {
    let m = Match::this(cx, args[0])?;
    let default = args.or_none(1);
    let out = Dict::new(cx);
    let Some(names) = m.pattern(cx)?.group_index(cx) else { return Ok(out.value()) };
    for name in names.keys_list(cx).items() {
        let i = m.group_number(cx, name)?;
        let v = m.group(cx, i, default)?;
        out.set(cx, name, v)?;
    }
    Ok(out.value())
}

fn regs(cx: &mut Ctx, v: Value) -> PyResult {
    let spans = Match::this(cx, v)?.spans(cx)?;
    let out = List::new(cx);
    for i in 0..spans.len() / 2 {
        let pair = Tuple::new(cx, &[spans.get(2 * i), spans.get(2 * i + 1)]);
        out.push(cx, pair);
    }
    out.wish_tuple(cx)
}

fn expand(cx: &mut Ctx, args: Args) -> PyResult {
    let m = Match::this(cx, args[0])?;
    let compile = protocol::import_attr(cx, "re", "_compile_template")?;
    let pattern = m.0.slot(cx, RE);
    let made = protocol::call(cx, compile, &[pattern, args[1]])?;
    if !cx.is_def(made, &template::TEMPLATE) {
        return Ok(made);
    }
    if let Some(literal) = template::literal(cx, made) {
        return Ok(literal);
    }
    let spans = m.spans(cx)?;
    let string = m.0.slot(cx, STRING);
    let subject = Subject::of(cx, string)?;
    let mut out = Vec::new();
    template::expand_with(cx, made, &mut out, |cx, i, out| {
        if let (Some(a), Some(b)) = (int::to_usize(spans.get(2 * i)), int::to_usize(spans.get(2 * i + 1))) {
            let (a, b) = (subject.offset(cx, a), subject.offset(cx, b));
            subject.push_to(out, a, b);
        }
    })?;
    Ok(if subject.is_text() { Str::from_wtf8(cx, &out) } else { objects::Bytes::new(cx, &out) })
}

fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    let m = Match::this(cx, v)?;
    let spans = m.spans(cx)?;
    let (a, b) = (int::to_i64(spans.get(0)).unwrap_or(-1), int::to_i64(spans.get(1)).unwrap_or(-1));
    let whole = m.group(cx, 0, Value::NONE)?;
    let shown = protocol::repr(cx, whole)?;
    let mut out = StrBuilder::new();
    out.push_str(&format!("<re.Match object; span=({a}, {b}), match="));
    if let Some(s) = Str::of(shown) {
        out.push(s);
    }
    out.push_str(">");
    out.wish(cx)
}
