//! Methods of `list`.

use engine::objects::{Dict, List, Obj, Range, Seq, Set, Slice, hashing, sort};
use engine::prelude::*;
use engine::protocol;

use crate::leaf;

use crate::sequence::{self, clip_range, richcmp_seq};

/// The list behind `self`, also for instances of subclasses.
pub fn this(cx: &mut Ctx, v: Value) -> Res<List> {
    match List::of_sub(cx, v) {
        Some(list) => Ok(list),
        None => Err(sequence::wrong_self(cx, "list", v)),
    }
}

pub static LIST: TypeDef = TypeDef {
    doc: "Built-in mutable sequence.\n\nIf no argument is given, the constructor creates a new empty list.\nThe argument must be an iterable if specified.",
    flags: TypeFlags::BASETYPE.with(TypeFlags::SEQUENCE),
    new: Some(NativeDef::new("__new__", "($type, *args, **kwargs)", list_new, "").leaf(leaf::list_new)),
    new_of_one: Some(|cx, iterable| {
        let list = List::new(cx);
        extend(cx, list, iterable)?;
        Ok(list.value())
    }),
    init: Some(NativeDef::new("__init__", "($self, iterable=(), /)", list_init, "Initialize self.")),
    slots: Slots {
        repr: Some(list_repr),
        len: Some(list_len),
        getitem: Some(list_getitem),
        setitem: Some(list_setitem),
        iter: Some(list_iter),
        contains: Some(list_contains),
        add: Some(list_add),
        mul: Some(list_mul),
        iadd: Some(list_iadd),
        imul: Some(list_imul),
        richcmp: Some(list_richcmp),
        hash: Some(slots::hash_not_implemented),
        ..Slots::NONE
    },
    methods: &[
        NativeDef::new("append", "($self, object, /)", list_append, "Append object to the end of the list.").leaf(leaf::list_append),
        NativeDef::new("clear", "($self, /)", list_clear, "Remove all items from list."),
        NativeDef::new("copy", "($self, /)", list_copy, "Return a shallow copy of the list."),
        NativeDef::new("count", "($self, value, /)", list_count, "Return number of occurrences of value."),
        NativeDef::new(
            "extend",
            "($self, iterable, /)",
            list_extend,
            "Extend list by appending elements from the iterable.",
        ).leaf(leaf::list_extend),
        NativeDef::new(
            "index",
            "($self, value, start=0, stop=sys.maxsize, /)",
            list_index,
            "Return first index of value.\n\nRaises ValueError if the value is not present.",
        ),
        NativeDef::new("insert", "($self, index, object, /)", list_insert, "Insert object before index.").leaf(leaf::list_insert),
        NativeDef::new(
            "pop",
            "($self, index=-1, /)",
            list_pop,
            "Remove and return item at index (default last).\n\nRaises IndexError if list is empty or index is out of range.",
        ).leaf(leaf::list_pop),
        NativeDef::new(
            "remove",
            "($self, value, /)",
            list_remove,
            "Remove first occurrence of value.\n\nRaises ValueError if the value is not present.",
        ),
        NativeDef::new("reverse", "($self, /)", list_reverse, "Reverse *IN PLACE*."),
        NativeDef::new(
            "sort",
            "($self, /, *, key=None, reverse=False)",
            list_sort,
            "Sort the list in ascending order and return None.\n\nThe sort is in-place (i.e. the list itself is modified) and stable (i.e. the\norder of two equal elements is maintained).\n\nIf a key function is given, apply it once to each list item and sort them,\nascending or descending, according to their function values.\n\nThe reverse flag can be set to sort in descending order.",
        ),
        NativeDef::new("__reversed__", "($self, /)", list_reversed, "Return a reverse iterator over the list."),
        NativeDef::new("__sizeof__", "($self, /)", list_sizeof, "Return the size of the list in memory, in bytes."),
    ],
    class_methods: &[NativeDef::new("__class_getitem__", "($type, object, /)", native::class_getitem, "See PEP 585")],
    ..TypeDef::new("builtins", "list")
};

fn list_new(cx: &mut Ctx, args: Args) -> PyResult {
    let list = List::new(cx);
    cx.wrap_subclass(args[0], list.value())
}

fn list_init(cx: &mut Ctx, args: Args) -> PyResult {
    let list = this(cx, args[0])?;
    if list.len() > 0 {
        list.clear(cx);
    }
    if let Some(iterable) = args.get(1) {
        extend(cx, list, iterable)?;
    }
    Ok(Value::NONE)
}

/// More items than any list can hold.
const MOST: i64 = 1 << 40;

/// Items that are copied between two polls.
const LONG: i64 = 1 << 14;

/// Longer strings are iterated over in steps between which signals are heard.
const FEW_CHARACTERS: usize = 1000;

/// Appends what `iterable` yields.
pub fn extend(cx: &mut Ctx, list: List, iterable: Value) -> Res<()> {
    append_all(cx, list, iterable, true)
}

/// As [`extend`]; `asks` the iterable for its length where CPython does: a program may notice, as each question may be a query.
fn append_all(cx: &mut Ctx, list: List, iterable: Value, asks: bool) -> Res<()> {
    // A list of a subclass, too, takes itself as it is now: its iterator would follow its growth.
    let itself = List::of_sub(cx, iterable).filter(|&l| l.value() == list.value()).map(Seq::List);
    if let Some(seq) = Seq::of(iterable).or(itself) {
        list.make_room(cx, seq.len())?;
        list.extend(cx, seq);
        return Ok(());
    }
    // What says beforehand that it will not fit memory is not begun.
    if let Some(r) = Range::of(iterable)
        && r.len_i64().is_none_or(|n| n > MOST)
    {
        return Err(if r.len_i64().is_some() {
            cx.memory_error()
        } else {
            cx.overflow_error("Python int too large to convert to C ssize_t")
        });
    }
    // Dicts and sets are taken as of one moment, whatever other threads do to them.
    if let Some(moment) = snapshot(cx, iterable)? {
        list.make_room(cx, moment.len())?;
        list.extend_from_list(cx, moment);
        return Ok(());
    }
    if let Some(s) = Str::of(iterable).filter(|s| s.len_chars() <= FEW_CHARACTERS) {
        s.chars().for_each(|c| list.push(cx, Str::from_char(cx, c)));
        return Ok(());
    }
    if let Some(quick) = types::quick_items(cx, iterable) {
        let mut i = 0;
        loop {
            match (quick.get)(cx, iterable, i) {
                Value::EMPTY => return Ok(()),
                v => list.push(cx, v),
            }
            i += 1;
            if i % LONG == 0 {
                cx.poll()?;
            }
        }
    }
    let iterator = protocol::iter(cx, iterable)?;
    if asks {
        protocol::check_length(cx, iterable)?;
    }
    protocol::each_of(cx, iterator, |cx, v| {
        if !list.push_quick(cx, v) {
            list.make_room_to_push(cx)?;
            list.push(cx, v);
        }
        Ok(())
    })
}

/// `owner.extend(iterable)`; a list that is to have its own items once more, of a subclass, too, is taken as it is now.
fn extend_by(cx: &mut Ctx, list: List, owner: Value, iterable: Value) -> Res<()> {
    if iterable == owner {
        // And a copy of what is there.
        list.make_room(cx, list.len().saturating_mul(2))?;
        list.extend_from_list(cx, list);
        return Ok(());
    }
    extend(cx, list, iterable)
}

/// The items of an exact dict, set or dict view at one moment; None for anything else.
fn snapshot(cx: &mut Ctx, v: Value) -> Res<Option<List>> {
    if let Some(d) = Dict::of(v) {
        cx.make_room_for(d.len(), 8)?;
        return Ok(Some(d.keys_list(cx)));
    }
    if let Some(s) = Set::of(v) {
        cx.make_room_for(s.len(), 8)?;
        return Ok(Some(s.items_list(cx)));
    }
    let ty = type_of(cx, v);
    let pairs = ty == cx.types.dict_items;
    if !(pairs || ty == cx.types.dict_keys || ty == cx.types.dict_values) {
        return Ok(None);
    }
    let Some(d) = Obj::of(v).and_then(|o| Dict::of(o.slot(cx, 0))) else { return Ok(None) };
    // A pair is an object of its own.
    cx.make_room_for(d.len(), if pairs { 72 } else { 8 })?;
    Ok(Some(match () {
        () if pairs => d.items_list(cx),
        () if ty == cx.types.dict_keys => d.keys_list(cx),
        () => d.values_list(cx),
    }))
}

/// A new list of what `iterable` yields.
pub fn collect(cx: &mut Ctx, iterable: Value) -> Res<List> {
    let list = List::new(cx);
    extend(cx, list, iterable)?;
    Ok(list)
}

/// As [`collect`], of an iterable that is not asked for its length.
pub fn collect_unasked(cx: &mut Ctx, iterable: Value) -> Res<List> {
    let list = List::new(cx);
    append_all(cx, list, iterable, false)?;
    Ok(list)
}

fn list_repr(cx: &mut Ctx, v: Value) -> PyResult {
    let list = this(cx, v)?;
    if list.len() == 0 {
        return Ok(Str::new(cx, "[]"));
    }
    sequence::repr_seq(cx, v, Seq::List(list), "[", "]", "[...]")
}

fn list_len(cx: &mut Ctx, v: Value) -> Res<usize> {
    Ok(this(cx, v)?.len())
}

fn list_getitem(cx: &mut Ctx, v: Value, key: Value) -> PyResult {
    let list = this(cx, v)?;
    if let Some(slice) = Slice::of(key) {
        // The length counts as it is when the items are taken.
        let bounds = slice.bounds(cx)?;
        cx.make_room_for(bounds.on(list.len()).count, 8)?;
        return Ok(list.slice_where(cx, |len| bounds.on(len)).value());
    }
    let i = sequence::key_index(cx, key, list.len(), "list")?;
    match i.and_then(|i| list.get(i)) {
        Some(item) => Ok(item),
        None => Err(cx.index_error("list index out of range")),
    }
}

fn list_setitem(cx: &mut Ctx, v: Value, key: Value, item: Value) -> Res<()> {
    let list = this(cx, v)?;
    let delete = item == Value::EMPTY;
    if let Some(slice) = Slice::of(key) {
        return set_slice(cx, list, slice, item);
    }
    let i = sequence::key_int(cx, key, "list")?;
    let done = if delete { list.pop_index(cx, i).is_some() } else { list.set_index(cx, i, item) };
    if done { Ok(()) } else { Err(cx.index_error("list assignment index out of range")) }
}

/// The items to assign: not the iterable is asked how many there are, but its iterator.
fn collect_for_slice(cx: &mut Ctx, item: Value) -> Res<List> {
    if !type_of(cx, item).is_heap() {
        return collect(cx, item);
    }
    let iterator = protocol::iter(cx, item)?;
    collect(cx, iterator)
}

fn set_slice(cx: &mut Ctx, list: List, slice: Slice, item: Value) -> Res<()> {
    if item == Value::EMPTY {
        let bounds = slice.bounds(cx)?;
        list.remove_slice(cx, |len| bounds.on(len));
        return Ok(());
    }
    // The source is taken as a whole first: it may be the list itself or run Python code.
    let src = match Seq::of(item) {
        Some(Seq::List(l)) if l.value() == list.value() => Seq::List(l.wish_copy(cx)?),
        Some(seq) => seq,
        None => match collect_for_slice(cx, item) {
            Ok(l) => Seq::List(l),
            Err(r) if cx.matches(&r, Exc::TypeError) && !is_iterable(cx, item) => {
                cx.clear(r);
                return Err(cx.type_error("must assign iterable to extended slice"));
            }
            Err(r) => return Err(r),
        },
    };
    let bounds = slice.bounds(cx)?;
    list.make_room(cx, src.len())?;
    if bounds.is_plain() {
        list.splice_where(cx, src, |len| {
            let idx = bounds.on(len);
            (idx.start as usize, idx.start as usize + idx.count)
        });
        return Ok(());
    }
    list.assign_slice(cx, src, |len| bounds.on(len)).map_err(|count| {
        let given = src.len();
        cx.value_error(format!("attempt to assign sequence of size {given} to extended slice of size {count}"))
    })
}

fn is_iterable(cx: &mut Ctx, v: Value) -> bool {
    match protocol::iter(cx, v) {
        Ok(_) => true,
        Err(r) => {
            cx.clear(r);
            false
        }
    }
}

fn list_iter(cx: &mut Ctx, v: Value) -> PyResult {
    let list = this(cx, v)?;
    Ok(engine::objects::iter::list_iter(cx, list))
}

fn list_reversed(cx: &mut Ctx, args: Args) -> PyResult {
    let list = this(cx, args[0])?;
    Ok(engine::objects::iter::list_rev_iter(cx, list))
}

fn list_contains(cx: &mut Ctx, v: Value, item: Value) -> Res<bool> {
    let list = this(cx, v)?;
    Ok(sequence::find(cx, Seq::List(list), item, 0, usize::MAX)?.is_some())
}

fn list_add(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let Some(left) = List::of_sub(cx, a) else { return Ok(Value::NOT_IMPLEMENTED) };
    let Some(right) = List::of_sub(cx, b) else { return Ok(Value::NOT_IMPLEMENTED) };
    cx.make_room_for(left.len() + right.len(), size_of::<Value>())?;
    Ok(left.concat(cx, right).value())
}

fn list_mul(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let (list, n) = match List::of_sub(cx, a) {
        Some(list) => (list, b),
        None => (this(cx, b)?, a),
    };
    let Some(n) = sequence::repeat_count(cx, n)? else { return Ok(Value::NOT_IMPLEMENTED) };
    cx.attempt(|heap| list.repeat(heap, n)).map(List::value)
}

fn list_iadd(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let list = this(cx, a)?;
    extend_by(cx, list, a, b)?;
    Ok(a)
}

fn list_imul(cx: &mut Ctx, a: Value, b: Value) -> PyResult {
    let list = this(cx, a)?;
    let Some(n) = sequence::repeat_count(cx, b)? else { return Ok(Value::NOT_IMPLEMENTED) };
    cx.attempt(|heap| list.repeat_in_place(heap, n).then_some(a))
}

fn list_richcmp(cx: &mut Ctx, a: Value, b: Value, op: CmpOp) -> PyResult {
    match (List::of_sub(cx, a), List::of_sub(cx, b)) {
        (Some(x), Some(y)) => richcmp_seq(cx, Seq::List(x), Seq::List(y), op),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn list_append(cx: &mut Ctx, args: Args) -> PyResult {
    let list = this(cx, args[0])?;
    list.push(cx, args[1]);
    Ok(Value::NONE)
}

fn list_clear(cx: &mut Ctx, args: Args) -> PyResult {
    let list = this(cx, args[0])?;
    list.clear(cx);
    Ok(Value::NONE)
}

fn list_copy(cx: &mut Ctx, args: Args) -> PyResult {
    let list = this(cx, args[0])?;
    Ok(list.wish_copy(cx)?.value())
}

fn list_count(cx: &mut Ctx, args: Args) -> PyResult {
    let list = this(cx, args[0])?;
    sequence::count(cx, Seq::List(list), args[1])
}

fn list_extend(cx: &mut Ctx, args: Args) -> PyResult {
    let list = this(cx, args[0])?;
    extend_by(cx, list, args[0], args[1])?;
    Ok(Value::NONE)
}

fn list_index(cx: &mut Ctx, args: Args) -> PyResult {
    let list = this(cx, args[0])?;
    let (start, stop) = clip_range(cx, args.get(2), args.get(3), list.len())?;
    match sequence::find(cx, Seq::List(list), args[1], start, stop)? {
        Some(i) => Ok(int::from_usize(cx, i)),
        None => Err(cx.value_error("list.index(x): x not in list")),
    }
}

fn list_insert(cx: &mut Ctx, args: Args) -> PyResult {
    let list = this(cx, args[0])?;
    let i = args.index(cx, 1)?;
    list.insert_at(cx, i, args[2]);
    Ok(Value::NONE)
}

fn list_pop(cx: &mut Ctx, args: Args) -> PyResult {
    let list = this(cx, args[0])?;
    let i = args.index_or(cx, 1, -1)?;
    if i == -1 {
        return match list.pop(cx) {
            Some(v) => Ok(v),
            None => Err(cx.index_error("pop from empty list")),
        };
    }
    match list.pop_index(cx, i) {
        Some(v) => Ok(v),
        None if list.len() == 0 => Err(cx.index_error("pop from empty list")),
        None => Err(cx.index_error("pop index out of range")),
    }
}

fn list_remove(cx: &mut Ctx, args: Args) -> PyResult {
    let list = this(cx, args[0])?;
    let mut met = false;
    loop {
        // Other threads may shift the items during the search: it looks through a copy.
        let seen = Seq::List(list).stable(cx);
        let Some(i) = sequence::find(cx, seen, args[1], 0, usize::MAX)? else {
            if met {
                return Ok(Value::NONE);
            }
            return Err(cx.value_error("list.remove(x): x not in list"));
        };
        let item = match seen {
            Seq::List(copy) if copy.value() != list.value() => copy.get(i),
            _ => None,
        };
        let gone = match item {
            Some(item) => !list.remove_seen(cx, i, item),
            None => {
                list.pop_at(cx, i);
                false
            }
        };
        // Somebody else removed it: there may be another.
        if !gone {
            return Ok(Value::NONE);
        }
        // The code that compared may have removed it itself; then it is no error that there is no other.
        met |= item.is_some_and(|item| hashing::simple_eq(item, args[1]).is_none());
    }
}

fn list_reverse(cx: &mut Ctx, args: Args) -> PyResult {
    let list = this(cx, args[0])?;
    list.reverse(cx);
    Ok(Value::NONE)
}

fn list_sort(cx: &mut Ctx, args: Args) -> PyResult {
    let list = this(cx, args[0])?;
    let reverse = args.truth_or(cx, 2, false)?;
    sort::sort(cx, list, args.or(1, Value::NONE), reverse)?;
    Ok(Value::NONE)
}

fn list_sizeof(cx: &mut Ctx, args: Args) -> PyResult {
    let list = this(cx, args[0])?;
    Ok(int::from_usize(cx, 56 + 8 * list.len()))
}
