//! What collections did, for `PROTOPYTHON_DEBUG=gc` and the benchmarks.

use std::fmt;

/// Counts per power-of-two microseconds: bucket i holds durations below `2^i` us.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    /// The counts.
    pub buckets: [u64; 32],
    /// Their number.
    pub count: u64,
    /// The longest, in nanoseconds.
    pub max_ns: u64,
    /// All together, in nanoseconds.
    pub total_ns: u64,
}

impl Histogram {
    pub(crate) fn add(&mut self, ns: u64) {
        let us = ns / 1000;
        self.buckets[(64 - us.leading_zeros() as usize).min(31)] += 1;
        self.count += 1;
        self.max_ns = self.max_ns.max(ns);
        self.total_ns += ns;
    }

    pub(crate) fn merge(&mut self, other: &Histogram) {
        for (a, b) in self.buckets.iter_mut().zip(other.buckets) {
            *a += b;
        }
        self.count += other.count;
        self.max_ns = self.max_ns.max(other.max_ns);
        self.total_ns += other.total_ns;
    }

    /// Upper bound in microseconds of the given quantile (0.0 to 1.0).
    pub fn quantile_us(&self, q: f64) -> u64 {
        let want = (self.count as f64 * q).ceil() as u64;
        let mut seen = 0;
        for (i, n) in self.buckets.iter().enumerate() {
            seen += n;
            if seen >= want && seen > 0 {
                return 1 << i;
            }
        }
        0
    }
}

impl fmt::Display for Histogram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} pauses, median < {} us, 99% < {} us, max {} us, total {} ms",
            self.count,
            self.quantile_us(0.5),
            self.quantile_us(0.99),
            self.max_ns / 1000,
            self.total_ns / 1_000_000
        )
    }
}

/// Statistics of one context, or of a space (finished contexts and global collections).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Minor collections.
    pub minor: Histogram,
    /// Full local collections.
    pub full: Histogram,
    /// Global collections (the whole stop).
    pub global: Histogram,
    /// Bytes in objects that survived the last collection.
    pub live_bytes: u64,
    /// Bytes in blocks held, by all contexts of the process.
    pub held_bytes: u64,
    /// Objects promoted.
    pub promoted_objects: u64,
    /// Bytes in them.
    pub promoted_bytes: u64,
    /// Bytes allocated (in units of claimed windows).
    pub allocated_bytes: u64,
}

impl Stats {
    pub(crate) fn merge(&mut self, other: &Stats) {
        self.minor.merge(&other.minor);
        self.full.merge(&other.full);
        self.global.merge(&other.global);
        self.promoted_objects += other.promoted_objects;
        self.promoted_bytes += other.promoted_bytes;
        self.allocated_bytes += other.allocated_bytes;
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "minor:  {}", self.minor)?;
        writeln!(f, "full:   {}", self.full)?;
        writeln!(f, "global: {}", self.global)?;
        write!(
            f,
            "live {} KiB, held {} KiB, allocated {} MiB, promoted {} objects ({} KiB)",
            self.live_bytes >> 10,
            self.held_bytes >> 10,
            self.allocated_bytes >> 20,
            self.promoted_objects,
            self.promoted_bytes >> 10
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn histogram() {
        let mut h = Histogram::default();
        for us in [0, 1, 3, 3, 1000] {
            h.add(us * 1000);
        }
        assert_eq!((h.count, h.max_ns, h.buckets[2]), (5, 1_000_000, 2));
        assert_eq!(h.quantile_us(0.5), 4);
        assert_eq!(h.quantile_us(1.0), 1024);
    }
}
