//! Indices and slices as Python means them, applied to a length.

/// A slice applied to a length: `start, start + step, ...`, `count` indices, all inside.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct SliceIdx {
    /// The first index (where an empty slice would insert).
    pub start: i64,
    /// The bound, exclusive, as clipped.
    pub stop: i64,
    /// The distance, not 0.
    pub step: i64,
    /// How many.
    pub count: usize,
}

impl SliceIdx {
    /// The index of item `i` of the slice.
    pub fn at(self, i: usize) -> usize {
        (self.start + self.step.wrapping_mul(i as i64)) as usize
    }
}

/// Clips the parts of a slice to a sequence of `len` items; `None` is the end that the direction implies.
pub fn normalize(len: usize, start: Option<i64>, stop: Option<i64>, step: i64) -> SliceIdx {
    let len = len as i64;
    let (lowest, highest) = if step < 0 { (-1, len - 1) } else { (0, len) };
    let clip = |i: i64| {
        let i = if i < 0 { i.saturating_add(len) } else { i };
        i.clamp(lowest, highest)
    };
    let start = start.map_or(if step < 0 { highest } else { lowest }, clip);
    let stop = stop.map_or(if step < 0 { lowest } else { highest }, clip);
    let count = if step > 0 && start < stop {
        (stop - start - 1) / step + 1
    } else if step < 0 && start > stop {
        (start - stop - 1) / -step + 1
    } else {
        0
    };
    SliceIdx { start, stop, step, count: count as usize }
}

/// An index counted from the start; it may lie outside.
pub fn from_start(i: i64, len: usize) -> i64 {
    if i < 0 { i.saturating_add(len as i64) } else { i }
}

/// The bounds of a slice within `len` items.
pub fn clamped(a: usize, b: usize, len: usize) -> (usize, usize) {
    let a = a.min(len);
    (a, b.min(len).max(a))
}
