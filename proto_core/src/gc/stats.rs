//! What collections did, for `PROTOPYTHON_DEBUG=gc`, programs that ask, and the benchmarks.

use std::fmt;

/// Buckets per power of two: a quantile is at most an eighth too high.
const SUB: u32 = 3;
/// Enough for pauses of up to nine minutes.
const BUCKETS: usize = 36 << SUB;

/// Counts of durations, in buckets whose width is an eighth of their size.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    /// The buckets that are not empty and their counts, shortest durations first: every thread has five of these, and most threads
    /// few pauses.
    buckets: Vec<(u16, u32)>,
    /// How many there were.
    pub count: u64,
    /// The longest, in nanoseconds.
    pub max_ns: u64,
    /// All together, in nanoseconds.
    pub total_ns: u64,
}

/// The bucket of a duration: its exponent and its next three bits.
fn bucket(ns: u64) -> usize {
    let ns = ns.max(1 << SUB);
    let exponent = ns.ilog2();
    let sub = (ns >> (exponent - SUB)) as usize & ((1 << SUB) - 1);
    ((((exponent - SUB) as usize) << SUB) + sub).min(BUCKETS - 1)
}

/// One past the longest duration of a bucket.
fn bucket_end(i: usize) -> u64 {
    let (exponent, sub) = ((i >> SUB) as u32, i as u64 & ((1 << SUB) - 1));
    ((1 << SUB) + sub + 1) << exponent
}

impl Histogram {
    pub(crate) fn add(&mut self, ns: u64) {
        self.count_in(bucket(ns) as u16, 1);
        self.count += 1;
        self.max_ns = self.max_ns.max(ns);
        self.total_ns += ns;
    }

    fn count_in(&mut self, bucket: u16, n: u32) {
        match self.buckets.binary_search_by_key(&bucket, |b| b.0) {
            Ok(at) => self.buckets[at].1 = self.buckets[at].1.saturating_add(n),
            Err(at) => self.buckets.insert(at, (bucket, n)),
        }
    }

    /// Adds the counts of another one.
    pub fn merge(&mut self, other: &Histogram) {
        for &(bucket, n) in &other.buckets {
            self.count_in(bucket, n);
        }
        self.count += other.count;
        self.max_ns = self.max_ns.max(other.max_ns);
        self.total_ns += other.total_ns;
    }

    /// Upper bound in nanoseconds of the given quantile (0.0 to 1.0), at most an eighth too high.
    pub fn quantile_ns(&self, q: f64) -> u64 {
        let want = (self.count as f64 * q).ceil() as u64;
        let mut seen = 0;
        for &(i, n) in &self.buckets {
            seen += u64::from(n);
            if seen >= want && seen > 0 {
                return bucket_end(i.into()).min(self.max_ns);
            }
        }
        0
    }

    /// The counts that are not zero, each with one past the longest duration that it counts, in nanoseconds.
    pub fn counts(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.buckets.iter().map(|&(i, n)| (bucket_end(i.into()), u64::from(n)))
    }

    /// Counts by powers of two: entry i holds durations of `2^i` to `2^(i+1)` microseconds, the first one shorter ones
    /// too. Ends with the longest.
    pub fn by_power(&self) -> Vec<u64> {
        let mut powers = vec![0; 28];
        for &(i, n) in &self.buckets {
            let i = usize::from(i);
            // The middle of the bucket decides.
            let us = (bucket_end(i) + bucket_end(i.saturating_sub(1))) / 2000;
            powers[us.checked_ilog2().unwrap_or(0).min(27) as usize] += u64::from(n);
        }
        while powers.last() == Some(&0) {
            powers.pop();
        }
        powers
    }
}

impl fmt::Display for Histogram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.count == 0 {
            return write!(f, "none");
        }
        let us = |q| self.quantile_ns(q) as f64 / 1000.0;
        write!(
            f,
            "{} pauses, p50 {:.1} us, p99 {:.1} us, p99.9 {:.1} us, max {:.1} us, total {:.1} ms",
            self.count,
            us(0.5),
            us(0.99),
            us(0.999),
            self.max_ns as f64 / 1e3,
            self.total_ns as f64 / 1e6
        )
    }
}

/// How long the parts of a global collection took, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GlobalParts {
    /// Until all contexts had stopped.
    pub handshake: u64,
    /// Closing windows, scanning stacks, naming the space's roots.
    pub roots: u64,
    /// Marking.
    pub mark: u64,
    /// Weak references and finalizers.
    pub weak: u64,
    /// Sweeping, which also flips the bitmaps.
    pub sweep: u64,
}

impl GlobalParts {
    /// The whole stop.
    pub fn total(&self) -> u64 {
        self.handshake + self.roots + self.mark + self.weak + self.sweep
    }

    fn add(&mut self, other: &GlobalParts) {
        self.handshake += other.handshake;
        self.roots += other.roots;
        self.mark += other.mark;
        self.weak += other.weak;
        self.sweep += other.sweep;
    }
}

impl fmt::Display for GlobalParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let us = |ns: u64| ns as f64 / 1000.0;
        write!(
            f,
            "handshake {:.1}, roots {:.1}, mark {:.1}, weak {:.1}, sweep {:.1} us",
            us(self.handshake),
            us(self.roots),
            us(self.mark),
            us(self.weak),
            us(self.sweep)
        )
    }
}

/// How long the parts of a local collection took, in nanoseconds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LocalParts {
    /// Finding roots and marking from them.
    pub mark: u64,
    /// Weak references and finalizers.
    pub weak: u64,
    /// Sweeping, and what follows it.
    pub sweep: u64,
}

impl LocalParts {
    pub(crate) fn total(&self) -> u64 {
        self.mark + self.weak + self.sweep
    }
}

impl fmt::Display for LocalParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let us = |ns: u64| ns as f64 / 1000.0;
        write!(f, "mark {:.1}, weak {:.1}, sweep {:.1} us", us(self.mark), us(self.weak), us(self.sweep))
    }
}

/// Statistics of one context, or of a space: the pauses of all its contexts, and the counters of finished ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Minor collections.
    pub minor: Histogram,
    /// Full local collections.
    pub full: Histogram,
    /// Processor time of both, if it is measured (`PROTOPYTHON_DEBUG=gc-cpu`).
    pub local_cpu: Histogram,
    /// Global collections (the whole stop, the handshake included).
    pub global: Histogram,
    /// Of a context alone: how long its thread stood still at a poll because another one had stopped the world, and
    /// the global collections that it did itself.
    pub stopped: Histogram,
    /// The parts of the last global collection.
    pub last_global: GlobalParts,
    /// The parts of all global collections, added up.
    pub all_global: GlobalParts,
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
    /// Adds the counters of a finished context; its pauses have been counted as they happened.
    pub(crate) fn merge_counters(&mut self, other: &Stats) {
        self.promoted_objects += other.promoted_objects;
        self.promoted_bytes += other.promoted_bytes;
        self.allocated_bytes += other.allocated_bytes;
    }

    pub(crate) fn add_global(&mut self, parts: &GlobalParts) {
        self.global.add(parts.total());
        self.last_global = *parts;
        self.all_global.add(parts);
    }

    /// Local collections, minor and full.
    pub fn local(&self) -> Histogram {
        let mut local = self.minor.clone();
        local.merge(&self.full);
        local
    }

    /// All pauses of a context's thread: its local collections, and the stops of the world that it sat through.
    pub fn own(&self) -> Histogram {
        let mut own = self.local();
        own.merge(&self.stopped);
        own
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "minor:  {}", self.minor)?;
        writeln!(f, "full:   {}", self.full)?;
        writeln!(f, "global: {}", self.global)?;
        if self.global.count != 0 {
            writeln!(f, "global, all together: {}", self.all_global)?;
        }
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
    fn buckets_cover_all_durations() {
        for ns in (0..2000).chain([1 << 20, u64::from(u32::MAX), 1 << 38]) {
            let i = bucket(ns);
            assert!(ns < bucket_end(i), "{ns}");
            assert!(i == 0 || bucket_end(i - 1) <= ns, "{ns}");
        }
        assert_eq!(bucket(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn quantiles_and_powers() {
        let mut h = Histogram::default();
        for ns in [0, 1100, 3000, 3000, 1_000_000] {
            h.add(ns);
        }
        assert_eq!((h.count, h.max_ns), (5, 1_000_000));
        assert!((3000..3400).contains(&h.quantile_ns(0.5)), "{}", h.quantile_ns(0.5));
        assert_eq!(h.quantile_ns(1.0), 1_000_000);
        assert_eq!(h.by_power(), [2, 2, 0, 0, 0, 0, 0, 0, 0, 1]);
    }
}
