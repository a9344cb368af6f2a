//! Blocks of 64 KiB with objects of one size each, and their side table of bitmaps.
//!
//! The bitmaps of a block are not in the block but in a table beside the arena (contiguous, 1 KiB a block), so that
//! marking does not fight over the few cache sets that all block starts share.
//!
//! Who may touch which word, when:
//! - everything but `owner`, `space` and `shared`: the owning context; while the world is stopped, the collector that stopped it
//!   (the stop handshake's mutex orders the two).
//! - `shared` bits: set by the owner at promotion (release), read by anybody (acquire) about an object that they hold.
//! - `gmark`: the global collector's workers, by atomic or, while the world is stopped.
//! - `owner`, `space`: written under the pool's lock, or at attach and detach; read by anybody.

use crate::cell::header::CELL;
use crate::sync::{AtomicU32, AtomicU64, Cell};
use crate::value::Kind;

/// Bytes of a block.
pub const BLOCK: usize = 1 << BLOCK_SHIFT;
/// Log2 of [`BLOCK`].
pub const BLOCK_SHIFT: usize = if cfg!(model) { 12 } else { 16 };
/// Cells of a block.
pub const BLOCK_CELLS: usize = BLOCK / CELL;
/// Groups of 64 cells in a block.
pub const GROUPS: usize = BLOCK_CELLS / 64;

/// How long objects are expected to live. Each expectation has blocks of its own: nothing moves, so where what lasts lies among what
/// dies it stays spread over many pages (walking a tree that was made with the help of ranges took three times as long).
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Life {
    /// Instances of classes, containers and their buffers, text.
    Lasting = 0,
    /// What an expression or a loop makes for itself: iterators, ranges, bound methods, generators, boxed numbers.
    Fleeting = 1,
}

impl Life {
    /// What to expect of an object of this kind of which nothing else is known.
    #[inline(always)]
    pub const fn of(kind: Kind) -> Life {
        match kind {
            Kind::Float | Kind::BigInt | Kind::Generator | Kind::Method => Life::Fleeting,
            _ => Life::Lasting,
        }
    }
}

const SIZES_OF_LIFE: [u16; 19] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 102, 128, 170, 204, 256, 341, 512];

/// Object sizes in cells, by class: those of one [`Life`] after the other's.
pub const SIZES: [u16; CLASSES] = {
    let mut t = [0; CLASSES];
    let mut class = 0;
    while class < CLASSES {
        t[class] = SIZES_OF_LIFE[class % SIZES_OF_LIFE.len()];
        class += 1;
    }
    t
};
/// Number of classes of objects that share blocks: a size and a [`Life`].
pub const CLASSES: usize = 2 * SIZES_OF_LIFE.len();
/// Class number of a block run that holds one large object.
pub const LARGE: u8 = CLASSES as u8;
/// Largest object, in cells, that shares a block with others.
pub const MAX_SMALL: usize = SIZES[CLASSES - 1] as usize;

/// Class of an object of that many cells (1..=MAX_SMALL).
#[inline(always)]
pub const fn class_of(cells: usize, life: Life) -> usize {
    CLASS_OF[cells] as usize + life as usize * SIZES_OF_LIFE.len()
}

/// The class of lasting objects of the same size.
#[inline(always)]
pub const fn lasting(class: usize) -> usize {
    class % SIZES_OF_LIFE.len()
}

static CLASS_OF: [u8; MAX_SMALL + 1] = {
    let mut t = [0u8; MAX_SMALL + 1];
    let (mut cells, mut class) = (0, 0);
    while cells <= MAX_SMALL {
        if cells > SIZES[class] as usize {
            class += 1;
        }
        t[cells] = class as u8;
        cells += 1;
    }
    t
};

/// Per class: cells of a block that objects use, and cells of an allocation window (what is filled at once should stay
/// in the first-level cache); both whole objects.
pub static USABLE: [(u16, u16); CLASSES] = {
    const WINDOW: usize = 128;
    let mut t = [(0, 0); CLASSES];
    let mut class = 0;
    while class < CLASSES {
        let size = SIZES[class] as usize;
        let window = if size > WINDOW { size } else { WINDOW / size * size };
        t[class] = ((BLOCK_CELLS / size * size) as u16, window as u16);
        class += 1;
    }
    t
};

/// Per class: bits at which objects start.
pub static STARTS: [[u64; GROUPS]; CLASSES] = {
    let mut t = [[0; GROUPS]; CLASSES];
    let mut class = 0;
    while class < CLASSES {
        let size = SIZES[class] as usize;
        let mut at = 0;
        while at + size <= BLOCK_CELLS {
            t[class][at / 64] |= 1 << (at % 64);
            at += size;
        }
        class += 1;
    }
    t
};

/// Of a group's free starts of objects of `size` cells, those from where at least eight cells are free in the group, or one
/// larger object. The allocator works in runs: to claim each cell by itself costs more than all else about it.
#[inline(always)]
pub fn run_starts(size: usize, free: u64) -> u64 {
    match size {
        1 => {
            let four = free & free >> 1 & free >> 2 & free >> 3;
            four & four >> 4
        }
        2 => free & free >> 2 & free >> 4 & free >> 6,
        3 | 4 => free & free >> size,
        _ => free,
    }
}

/// See [`RECIP`]. Exact because `1023 * 512 < 2^20`.
pub const RECIP_SHIFT: u32 = 20;

/// Reciprocals that turn a cell's index into its object's: `index * RECIP >> RECIP_SHIFT`.
pub static RECIP: [u32; CLASSES] = {
    let mut t = [0; CLASSES];
    let mut class = 0;
    while class < CLASSES {
        t[class] = (1 << RECIP_SHIFT) / SIZES[class] as u32;
        if t[class] * (SIZES[class] as u32) < 1 << RECIP_SHIFT {
            t[class] += 1;
        }
        class += 1;
    }
    t
};

/// Bitmaps of 64 cells, interleaved so that testing an object touches one cache line.
#[derive(Debug, Default)]
#[repr(C)]
pub struct Group {
    /// Objects that exist (as of the last sweep, or in a window claimed by the allocator since).
    pub live: Cell<u64>,
    /// Local objects that survived (sticky).
    pub mark: Cell<u64>,
    /// Shared objects.
    pub shared: AtomicU64,
    /// Reached by the global collector.
    pub gmark: AtomicU64,
}

/// Side table entry of one block; all zero is a block that nobody has.
#[derive(Debug, Default)]
#[repr(C, align(64))]
pub struct Meta {
    /// Context that owns the block; 0 = pool or orphan.
    pub owner: AtomicU32,
    /// Space that the block belongs to (blocks of all spaces of the process come from one arena).
    pub space: AtomicU32,
    /// Words of each object's memory.
    pub words: Cell<u32>,
    /// Size class, or [`LARGE`].
    pub class: Cell<u8>,
    /// Whether the block is in its owner's list of blocks touched since the last collection.
    pub touched: Cell<bool>,
    /// Whether the free cells are spread so much that the allocator takes them one by one.
    pub sparse: Cell<bool>,
    /// Where the allocator goes on looking for free runs (cell index).
    pub scan: Cell<u16>,
    /// Pages without a live cell that the system has got back since the block was last allocated from.
    pub gone: Cell<u16>,
    /// Objects alive after the last sweep.
    pub live_count: Cell<u32>,
    /// Blocks in the run of a large object.
    pub run: Cell<u32>,
    _pad: [u32; 8],
    pub groups: [Group; GROUPS],
    /// Objects to be dropped when they die.
    pub drop: [Cell<u64>; GROUPS],
}

#[cfg(not(model))]
const _: () = assert!(size_of::<Meta>() <= META_STRIDE);
/// Bytes from one side table entry to the next.
#[cfg(not(model))]
pub const META_STRIDE: usize = 1024;

impl Meta {
    /// Index of the object that the cell lies in; None beyond the last whole object.
    #[inline]
    pub fn start_of(&self, cell: usize) -> Option<usize> {
        let class = self.class.get();
        if class == LARGE {
            return Some(0);
        }
        let size = SIZES[class as usize] as usize;
        let object = (cell * RECIP[class as usize] as usize) >> RECIP_SHIFT;
        let start = object * size;
        if start + size <= BLOCK_CELLS { Some(start) } else { None }
    }

    /// Whether an object starts at this cell.
    #[inline]
    pub fn is_live(&self, cell: usize) -> bool {
        self.groups[cell >> 6].live.get() >> (cell & 63) & 1 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_free_cells() {
        for size in [1, 2, 3, 4, 6] {
            let objects = (8 / size).max(1);
            for (length, from) in (0..objects + 3).flat_map(|n| (0..64 - n * size).map(move |at| (n, at))) {
                let free = (0..length).fold(0u64, |m, i| m | 1 << (from + i * size));
                let starts = run_starts(size, free);
                assert_eq!(
                    starts.count_ones() as usize,
                    (length + 1).saturating_sub(objects),
                    "{size} {length} {from}"
                );
                assert!(starts == 0 || starts.trailing_zeros() as usize == from);
            }
        }
    }

    #[test]
    fn classes_and_reciprocals() {
        for cells in 1..=MAX_SMALL {
            let [c, fleeting] = [Life::Lasting, Life::Fleeting].map(|life| class_of(cells, life));
            assert!(SIZES[c] as usize >= cells && (c == 0 || (SIZES[c - 1] as usize) < cells));
            assert!(c != fleeting && SIZES[c] == SIZES[fleeting] && lasting(c) == c && lasting(fleeting) == c);
        }
        for (class, &size) in SIZES.iter().enumerate() {
            for cell in 0..BLOCK_CELLS {
                assert_eq!((cell * RECIP[class] as usize) >> RECIP_SHIFT, cell / size as usize);
            }
        }
    }
}
