//! `IsoCalendarDate`, what `isocalendar()` returns: a tuple with names.

use engine::prelude::*;

pub static ISO_CALENDAR_DATE: TypeDef = TypeDef {
    doc: "The result of date.isocalendar() or datetime.isocalendar()\n\nThis object may be accessed either as a tuple of\n  ((year, week, weekday))\nor via the object attributes as named in the above tuple.",
    bases: &[BaseRef::Core(|t| t.tuple)],
    new: Some(
        NativeDef::new(
            "__new__",
            "($type, /, year, week, weekday)",
            |cx, args| {
                let items = Tuple::new(cx, args.from(1));
                cx.wrap_subclass(args[0], items)
            },
            "",
        )
        .hide_sig(),
    ),
    slots: Slots { repr: Some(repr), ..Slots::NONE },
    methods: &[NativeDef::new("__reduce__", "($self, /)", reduce, "")],
    getsets: &[
        GetSet::ro("year", |cx, v| Ok(item(cx, v, 0)), ""),
        GetSet::ro("week", |cx, v| Ok(item(cx, v, 1)), ""),
        GetSet::ro("weekday", |cx, v| Ok(item(cx, v, 2)), ""),
    ],
    ..TypeDef::new("datetime", "IsoCalendarDate")
};

/// One with these numbers.
pub fn make(cx: &mut Ctx, (year, week, day): (i64, i64, i64)) -> PyResult {
    let items = Tuple::new(cx, &[year, week, day].map(|n| Value::small(n as i32)));
    let class = cx.type_of_def(&ISO_CALENDAR_DATE).value();
    cx.wrap_subclass(class, items)
}

fn item(cx: &Ctx, v: Value, i: usize) -> Value {
    Tuple::of_sub(cx, v).filter(|t| i < t.len()).map_or(Value::NONE, |t| t.get(i))
}

fn repr(cx: &mut Ctx, v: Value) -> PyResult {
    let mut out = StrBuilder::new();
    out.push_str(&type_name(cx, v));
    for (i, name) in ["(year=", ", week=", ", weekday="].into_iter().enumerate() {
        out.push_str(name);
        let shown = protocol::str(cx, item(cx, v, i))?;
        if let Some(s) = Str::of_sub(cx, shown) {
            out.push(s);
        }
    }
    out.push_str(")");
    out.wish(cx)
}

/// It is pickled as a plain tuple.
fn reduce(cx: &mut Ctx, args: Args) -> PyResult {
    let items = objects::base_value(cx, args[0]);
    let class = cx.types.tuple.value();
    let inner = Tuple::new(cx, &[items]);
    Ok(Tuple::new(cx, &[class, inner]))
}
