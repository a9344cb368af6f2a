//! `Element.iter` and `Element.itertext`: a walk with a stack of its own, so that depth costs no native stack.

use engine::prelude::*;

use super::element::{Elem, equal, equal_quick};

/// Native slots: the stack (a list: element, index of its next child, element, ...), the tag that is looked for (EMPTY: any),
/// what is given (True: text), the root until the walk begins, an element that only Python code can compare.
const STACK: usize = 0;
const TAG: usize = 1;
const TEXT: usize = 2;
const ROOT: usize = 3;
const PENDING: usize = 4;

pub static ITERATOR: TypeDef = TypeDef {
    flags: TypeFlags::NO_NEW,
    nnative: 5,
    slots: Slots { iter: Some(slots::self_iter), next: Some(next), ..Slots::NONE },
    step: Some(step),
    ..TypeDef::new("_elementtree", "_element_iterator")
};

/// An iterator over an element and all below it.
pub fn new(cx: &mut Ctx, root: Elem, tag: Value, text: bool) -> Value {
    let stack = List::new(cx).value();
    cx.new_object(&ITERATOR, &[stack, tag, Value::bool(text), root.value()])
}

/// Where a walk comes to.
enum Place {
    Start(Elem),
    /// The end of an element below the root.
    End(Elem),
}

/// The next place; a walk that is over stays so. The iterator is locked.
fn walk(heap: &Heap, o: Obj) -> Option<Place> {
    let stack = List::of(o.slot(heap, STACK))?;
    if let Some(root) = Elem::of_slot(o.slot(heap, ROOT)) {
        o.set_slot(heap, ROOT, Value::EMPTY);
        stack.push(heap, root.value());
        stack.push(heap, Value::small(0));
        return Some(Place::Start(root));
    }
    let top = stack.len().checked_sub(1)?;
    let parent = Elem::of_slot(stack.get(top.checked_sub(1)?)?)?;
    let i = stack.get(top)?.as_int()? as usize;
    if let Some(child) = parent.child(heap, i).and_then(Elem::of_slot) {
        stack.set(heap, top, int::from_usize(heap, i + 1));
        stack.push(heap, child.value());
        stack.push(heap, Value::small(0));
        return Some(Place::Start(child));
    }
    stack.pop(heap);
    stack.pop(heap);
    (top > 1).then_some(Place::End(parent))
}

/// The next element whose start the walk comes to. The iterator is locked.
fn next_start(heap: &Heap, o: Obj) -> Option<Elem> {
    loop {
        match walk(heap, o)? {
            Place::Start(e) => return Some(e),
            Place::End(_) => {}
        }
    }
}

/// Elements by tags that are strings. The end is left to the ordinary form.
fn step(cx: &Ctx, it: Value) -> Option<Value> {
    let o = Obj::of(it)?;
    if o.slot(cx, TEXT) == Value::bool(true) {
        return None;
    }
    let tag = o.slot(cx, TAG);
    cx.lock(it, |heap| {
        if !o.slot(heap, PENDING).is_empty() {
            return None;
        }
        // Few at a time: whoever asks polls between.
        for _ in 0..256 {
            let found = next_start(heap, o)?;
            if tag.is_empty() {
                return Some(found.value());
            }
            match equal_quick(found.tag(heap), tag) {
                Some(true) => return Some(found.value()),
                Some(false) => {}
                None => {
                    o.set_slot(heap, PENDING, found.value());
                    return None;
                }
            }
        }
        None
    })
}

/// The next element to look at.
fn next_element(heap: &Heap, o: Obj) -> Option<Elem> {
    match Elem::of_slot(o.slot(heap, PENDING)) {
        Some(pending) => {
            o.set_slot(heap, PENDING, Value::EMPTY);
            Some(pending)
        }
        None => next_start(heap, o),
    }
}

fn next(cx: &mut Ctx, it: Value) -> PyResult {
    let Some(o) = Obj::of(it) else { return Ok(Value::EMPTY) };
    if o.slot(cx, TEXT) == Value::bool(true) {
        return next_text(cx, it, o);
    }
    let tag = o.slot(cx, TAG);
    loop {
        cx.poll()?;
        let Some(found) = cx.lock(it, |heap| next_element(heap, o)) else { return Ok(Value::EMPTY) };
        if tag.is_empty() {
            return Ok(found.value());
        }
        let its = found.tag(cx);
        if equal(cx, its, tag)? {
            return Ok(found.value());
        }
    }
}

fn next_text(cx: &mut Ctx, it: Value, o: Obj) -> PyResult {
    loop {
        cx.poll()?;
        let text = match cx.lock(it, |heap| walk(heap, o)) {
            None => {
                // The root's end is the walk's.
                return Ok(Value::EMPTY);
            }
            Some(Place::Start(e)) => {
                let tag = e.tag(cx);
                if !tag.is_none() && Str::of_sub(cx, tag).is_none() {
                    // A comment or an instruction: neither its text nor what is below it counts.
                    cx.lock(it, |heap| pass(heap, o, e));
                    continue;
                }
                e.text(cx)
            }
            Some(Place::End(e)) => e.tail(cx),
        };
        if !text.is_none() && protocol::truth(cx, text)? {
            return Ok(text);
        }
    }
}

/// Leaves out what is below the element that the walk has just come to. The iterator is locked.
fn pass(heap: &Heap, o: Obj, e: Elem) {
    let Some(stack) = List::of(o.slot(heap, STACK)) else { return };
    if let Some(top) = stack.len().checked_sub(1)
        && stack.get(top.wrapping_sub(1)) == Some(e.value())
    {
        stack.set(heap, top, Value::small(i32::MAX));
    }
}
