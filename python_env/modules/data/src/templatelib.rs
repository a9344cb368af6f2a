//! The types of template strings, which the library's `string.templatelib` finds through a literal.

use engine::objects::{List, Str, StrBuilder, Tuple};
use engine::prelude::*;
use engine::protocol;

use crate::instances::{self, slot};

/// Slots: 0 value, 1 expression, 2 conversion, 3 format specification.
pub static INTERPOLATION: TypeDef = TypeDef {
    doc: "Interpolation object",
    nnative: 4,
    new: Some(NativeDef::new(
        "__new__",
        "($type, /, value, expression='', conversion=None, format_spec='')",
        interpolation_new,
        "",
    )),
    slots: Slots { repr: Some(interpolation_repr), ..Slots::NONE },
    methods: &[NativeDef::new("__reduce__", "($self, /)", interpolation_reduce, "")],
    class_methods: &[NativeDef::new("__class_getitem__", "($type, object, /)", native::class_getitem, "See PEP 585")],
    members: &[
        Member::ro("value", 0, "Value"),
        Member::ro("expression", 1, "Expression"),
        Member::ro("conversion", 2, "Conversion"),
        Member::ro("format_spec", 3, "Format specifier"),
    ],
    attrs: &[("__match_args__", Const::StrTuple(&["value", "expression", "conversion", "format_spec"]))],
    ..TypeDef::new("string.templatelib", "Interpolation")
};

/// Slots: 0 the strings, 1 the interpolations between them.
pub static TEMPLATE: TypeDef = TypeDef {
    doc: "Template object",
    nnative: 2,
    new: Some(NativeDef::new("__new__", "($type, *args, **kwargs)", template_new, "").hide_sig()),
    slots: Slots { repr: Some(template_repr), iter: Some(template_iter), add: Some(template_add), ..Slots::NONE },
    methods: &[NativeDef::new("__reduce__", "($self, /)", template_reduce, "")],
    class_methods: &[NativeDef::new("__class_getitem__", "($type, object, /)", native::class_getitem, "See PEP 585")],
    getsets: &[GetSet::ro("values", values, "Values of interpolations")],
    members: &[Member::ro("strings", 0, "Strings"), Member::ro("interpolations", 1, "Interpolations")],
    ..TypeDef::new("string.templatelib", "Template")
};

/// Slots: 0 an iterator over the non-empty strings and the interpolations.
static TEMPLATE_ITER: TypeDef = TypeDef {
    doc: "Template iterator object",
    nnative: 1,
    flags: TypeFlags::NO_NEW,
    slots: Slots {
        iter: Some(slots::self_iter),
        next: Some(|cx, v| {
            let parts = slot(cx, v, 0);
            Ok(protocol::next(cx, parts)?.unwrap_or(Value::EMPTY))
        }),
        ..Slots::NONE
    },
    ..TypeDef::new("string.templatelib", "TemplateIter")
};

static MAKE_INTERPOLATION: NativeDef = NativeDef::new(
    "Interpolation",
    "(value, expression, conversion, format_spec, /)",
    |cx, a| Ok(cx.new_object(&INTERPOLATION, a.from(0))),
    "",
);
static MAKE_TEMPLATE: NativeDef =
    NativeDef::new("Template", "(strings, interpolations, /)", |cx, a| Ok(cx.new_object(&TEMPLATE, a.from(0))), "");

/// Tells the interpreter which callables make the parts of a template string.
///
/// # Errors
/// None that a start-up should see.
pub fn register(cx: &mut Ctx) -> Res<()> {
    cx.add_type(&INTERPOLATION);
    cx.add_type(&TEMPLATE);
    for (key, def) in [("templatelib.Interpolation", &MAKE_INTERPOLATION), ("templatelib.Template", &MAKE_TEMPLATE)] {
        let module = instances::name(cx, "string.templatelib");
        let f = cx.new_function(def, module);
        let key = instances::name(cx, key);
        let state = cx.rt.state(cx);
        state.set_str(cx, key, f);
    }
    Ok(())
}

fn interpolation_new(cx: &mut Ctx, args: Args) -> PyResult {
    let empty = instances::text(cx, "");
    if args.get(2).is_some() {
        args.str(cx, 2)?;
    }
    if args.get(4).is_some() {
        args.str(cx, 4)?;
    }
    if let Some(conversion) = args.some(3) {
        let Some(s) = Str::of_sub(cx, conversion) else { return Err(args.wrong(cx, 3, "str")) };
        if !matches!(s.as_bytes(), b"s" | b"r" | b"a") {
            return Err(cx.value_error("Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'"));
        }
    }
    instances::instance(cx, args[0], &[args[1], args.or(2, empty), args.or_none(3), args.or(4, empty)])
}

fn interpolation_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let mut out = StrBuilder::new();
    out.push_str(&types::type_of(cx, v).name_str());
    for i in 0..4 {
        out.push_str(if i == 0 { "(" } else { ", " });
        let r = protocol::repr(cx, slot(cx, v, i))?;
        if let Some(s) = Str::of_sub(cx, r) {
            out.push(s);
        }
    }
    out.push_str(")");
    out.wish(cx)
}

fn interpolation_reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let v = args[0];
    let parts = [slot(cx, v, 0), slot(cx, v, 1), slot(cx, v, 2), slot(cx, v, 3)];
    let parts = Tuple::new(cx, &parts);
    let class = instances::class_of(cx, v);
    Ok(Tuple::new(cx, &[class, parts]))
}

/// Collects the parts of a template: adjacent strings join, and between two interpolations there is always a string.
struct Parts {
    strings: List,
    interpolations: List,
    open: bool,
}

impl Parts {
    fn new(heap: &Heap) -> Parts {
        Parts { strings: List::new(heap), interpolations: List::new(heap), open: false }
    }

    fn string(&mut self, cx: &mut Ctx, s: Str) -> Res<()> {
        let heap: &Heap = cx;
        if self.open
            && let Some(last) = self.strings.pop(heap)
            && let Some(last) = Str::of_sub(heap, last)
        {
            let both = cx.attempt(|heap| last.concat(heap, s))?;
            self.strings.push(cx, both);
        } else {
            self.strings.push(heap, s.value());
        }
        self.open = true;
        Ok(())
    }

    fn interpolation(&mut self, heap: &Heap, v: Value) {
        if !self.open {
            self.strings.push(heap, Str::new(heap, ""));
        }
        self.interpolations.push(heap, v);
        self.open = false;
    }

    fn finish(self, cx: &mut Ctx, class: Value) -> PyResult {
        if !self.open {
            self.strings.push(cx, Str::new(cx, ""));
        }
        let (strings, interpolations) = (self.strings.to_tuple(cx), self.interpolations.to_tuple(cx));
        instances::instance(cx, class, &[strings, interpolations])
    }
}

fn template_new(cx: &mut Ctx, args: Args) -> PyResult {
    if instances::kwargs(args[2]).is_some() {
        return Err(cx.type_error("Template.__new__ only accepts *args arguments"));
    }
    let mut parts = Parts::new(cx);
    for v in instances::varargs(cx, args[1]).items() {
        if let Some(s) = Str::of_sub(cx, v) {
            parts.string(cx, s)?;
        } else if cx.is_def(v, &INTERPOLATION) {
            parts.interpolation(cx, v);
        } else {
            let name = instances::class_text(cx, v);
            return Err(cx.type_error(format!(
                "Template.__new__ *args need to be of type 'str' or 'Interpolation', got {name}"
            )));
        }
    }
    parts.finish(cx, args[0])
}

/// Adds the parts of template `t`.
fn add_template(cx: &mut Ctx, parts: &mut Parts, t: Value) -> Res<()> {
    let (strings, interpolations) = (slot(cx, t, 0), slot(cx, t, 1));
    let interpolations = instances::varargs(cx, interpolations);
    for (i, s) in instances::varargs(cx, strings).items().enumerate() {
        if let Some(s) = Str::of_sub(cx, s) {
            parts.string(cx, s)?;
        }
        if i < interpolations.len() {
            parts.interpolation(cx, interpolations.get(i));
        }
    }
    Ok(())
}

fn template_add(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let (x, y) = (cx.is_def(a, &TEMPLATE), cx.is_def(b, &TEMPLATE));
    if x && y {
        let mut parts = Parts::new(cx);
        add_template(cx, &mut parts, a)?;
        add_template(cx, &mut parts, b)?;
        let class = instances::class_of(cx, a);
        return parts.finish(cx, class);
    }
    if !x {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let name = instances::class_text(cx, b);
    Err(cx.type_error(format!(
        "can only concatenate string.templatelib.Template (not \"{name}\") to string.templatelib.Template"
    )))
}

fn template_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let (strings, interpolations) = (slot(cx, v, 0), slot(cx, v, 1));
    let (strings, interpolations) = (protocol::repr(cx, strings)?, protocol::repr(cx, interpolations)?);
    let mut out = StrBuilder::new();
    out.push_str("Template(strings=");
    if let Some(s) = Str::of_sub(cx, strings) {
        out.push(s);
    }
    out.push_str(", interpolations=");
    if let Some(s) = Str::of_sub(cx, interpolations) {
        out.push(s);
    }
    out.push_str(")");
    out.wish(cx)
}

fn template_iter(cx: &mut Ctx, v: Value) -> PyResult {
    let (strings, interpolations) = (slot(cx, v, 0), slot(cx, v, 1));
    let interpolations = instances::varargs(cx, interpolations);
    let parts = List::new(cx);
    for (i, s) in instances::varargs(cx, strings).items().enumerate() {
        if Str::of_sub(cx, s).is_some_and(|s| !s.is_empty()) {
            parts.push(cx, s);
        }
        if i < interpolations.len() {
            parts.push(cx, interpolations.get(i));
        }
    }
    let parts = protocol::iter(cx, parts.value())?;
    Ok(cx.new_object(&TEMPLATE_ITER, &[parts]))
}

fn values(cx: &mut Ctx, v: Value) -> PyResult {
    let interpolations = slot(cx, v, 1);
    let interpolations = instances::varargs(cx, interpolations);
    let heap: &Heap = cx;
    Ok(Tuple::build(heap, interpolations.len(), |i| slot(heap, interpolations.get(i), 0)))
}

fn template_reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let unpickle = protocol::import_attr(cx, "string.templatelib", "_template_unpickle")?;
    let parts = [slot(cx, args[0], 0), slot(cx, args[0], 1)];
    let parts = Tuple::new(cx, &parts);
    Ok(Tuple::new(cx, &[unpickle, parts]))
}
