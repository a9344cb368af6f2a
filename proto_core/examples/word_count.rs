//! Counts words on several threads into maps that all of them share, and checks the result against a count by one thread.
//!
//! `cargo run --release -p proto_core --example word_count -- [FILE...]` (without files: text that is made up)
//!
//! Each thread counts a part of its text in a map of its own, which nobody else sees and its own collections look after, then adds
//! it to the shared counts. These are persistent maps, one for each share of the hashes: whoever changes one makes a new one under
//! the lock of the array that holds it, and whoever reads one keeps what was there when he looked.

use proto_core::persistent::trie::{Entry, MapTrie, spread};
use proto_core::{Attached, Config, Heap, Root, Shared, Space, Value};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::hash::{DefaultHasher, Hasher};
use std::thread;
use std::time::Instant;

/// Maps that the counts are divided over, so that threads seldom wait for each other.
const SHARDS: usize = 64;

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty())
}

fn hash(word: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(word.as_bytes());
    spread(hasher.finish() as i64)
}

/// The entry whose key `same` knows. Looking for it cannot fail.
fn find(map: MapTrie, hash: u64, mut same: impl FnMut(Value) -> bool) -> Option<Entry> {
    let Ok(found) = map.find(hash, |key| Ok::<_, Infallible>(same(key)));
    found
}

fn each(map: MapTrie, mut f: impl FnMut(Entry)) {
    let Ok(()) = map.for_each(|e| {
        f(e);
        Ok::<_, Infallible>(())
    });
}

fn number(count: Value) -> i64 {
    count.as_int().expect("a count")
}

fn count(n: i64) -> Value {
    Value::int(n).expect("2^61 words are more than any disk holds")
}

/// The map that a slot holds.
fn map_in(slot: Value) -> MapTrie {
    MapTrie::of(slot).expect("a map")
}

/// The shared counts: an array of arrays of one slot, each with a map and a lock of its own.
struct Counts(Shared);

impl Counts {
    fn new(heap: &Heap) -> Counts {
        let shards = heap.new_array(SHARDS);
        for i in 0..SHARDS {
            assert!(heap.set_slot(shards, i, heap.new_array(1)));
        }
        Counts(Shared::new(heap, shards))
    }

    /// Adds what a thread has counted, which it still holds.
    fn add(&self, cx: &mut Attached, batch: MapTrie) {
        let shards = self.0.get(cx);
        each(batch, |counted| {
            let heap: &Heap = cx;
            // Equal strings become one atom, so keys that are shared are compared by their bits.
            let key = heap.intern_value(counted.key).expect("a string");
            let shard = heap.slot(shards, (counted.hash >> 58) as usize);
            let added = heap.update_slot(shard, 0, |heap, old| {
                let map = map_in(old);
                let found = find(map, counted.hash, |k| k == key);
                let n = found.map_or(0, |e| number(e.value)) + number(counted.value);
                map.with(heap, Entry { key, value: count(n), ..counted }, found.map(|e| e.key)).value()
            });
            assert!(added);
            // No long work without polls: others may be waiting for one.
            cx.poll();
        });
    }

    fn to_map(&self, heap: &Heap) -> BTreeMap<String, i64> {
        let mut all = BTreeMap::new();
        for i in 0..SHARDS {
            let shard = heap.slot(self.0.get(heap), i);
            each(map_in(heap.slot(shard, 0)), |e| {
                let word = heap.text(&e.key).expect("a string");
                all.insert(String::from_utf8_lossy(word).into_owned(), number(e.value));
            });
        }
        all
    }
}

/// What one thread does, in a context of its own. It counts so many different words before it adds them to the shared counts.
fn count_words(space: &'static Space, counts: &Counts, most: usize, text: &str) {
    let mut cx = Attached::new(space);
    // Locals are roots, too, but this one changes all the time and is what the whole count hangs on: a handle says so.
    let batch = Root::new(&cx, MapTrie::EMPTY.value());
    let mut different = 0;
    for word in words(text) {
        let (hash, map) = (hash(word), map_in(batch.get()));
        let found = find(map, hash, |key| cx.text(&key) == Some(word.as_bytes()));
        different += usize::from(found.is_none());
        let key = found.map_or_else(|| cx.new_str(word.as_bytes()), |e| e.key);
        let value = count(1 + found.map_or(0, |e| number(e.value)));
        batch.set(map.with(&cx, Entry { hash, key, value }, found.map(|e| e.key)).value());
        if different == most {
            counts.add(&mut cx, map_in(batch.get()));
            batch.set(MapTrie::EMPTY.value());
            different = 0;
        }
        // Collects when it is time to, and lets others.
        cx.poll();
    }
    counts.add(&mut cx, map_in(batch.get()));
}

/// Parts of about equal size that end where a line does.
fn parts(text: &str, n: usize) -> Vec<&str> {
    let (mut rest, mut parts) = (text, Vec::new());
    for left in (1..=n).rev() {
        let wanted = rest.len() / left;
        let end = rest.as_bytes()[wanted..].iter().position(|&b| b == b'\n').map_or(rest.len(), |i| wanted + i + 1);
        let (part, more) = rest.split_at(end);
        parts.push(part);
        rest = more;
    }
    parts
}

/// Text of so many made-up words, some far more frequent than others.
pub fn made_up(n: usize) -> String {
    const SYLLABLES: [&str; 16] =
        ["ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "vé"];
    let (mut text, mut state) = (String::new(), 0x9e37_79b9_7f4a_7c15_u64);
    for i in 0..n {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        // Shifted by another number: the smaller one is, the more frequent.
        let mut word = (state >> 44) >> (state % 21);
        loop {
            text.push_str(SYLLABLES[word as usize & 15]);
            word >>= 4;
            if word == 0 {
                break;
            }
        }
        text.push(if i % 12 == 11 { '\n' } else { ' ' });
    }
    text
}

/// Counts the words of a text on so many threads, `most` different ones at a time, and checks the counts.
pub fn run(config: Config, threads: usize, most: usize, text: &str) {
    let space = Space::new(config);
    let mut cx = Attached::new(space);
    // Before the first thread starts, so that its attaching need not wait for this one.
    cx.start_sharing();
    let counts = Counts::new(&cx);
    let start = Instant::now();
    let (counts, parts) = (&counts, parts(text, threads));
    // Waiting is no safepoint by itself: a thread that waits says so, and others collect meanwhile.
    cx.blocking(|| {
        thread::scope(|s| {
            for part in parts {
                s.spawn(move || count_words(space, counts, most, part));
            }
        });
    });
    let shared = start.elapsed();
    cx.collect(true);
    let found = counts.to_map(&cx);

    let mut expected = BTreeMap::new();
    let start = Instant::now();
    words(text).for_each(|w| *expected.entry(w.to_owned()).or_insert(0) += 1);
    let alone = start.elapsed();
    assert_eq!(found, expected);

    let total: i64 = found.values().sum();
    println!("{total} words, {} different ones", found.len());
    let mut most: Vec<_> = found.iter().collect();
    most.sort_by_key(|&(word, n)| (-n, word));
    most.iter().take(10).for_each(|(word, n)| println!("{n:10} {word}"));
    println!("{threads} threads: {shared:.1?}; one with a map of the standard library: {alone:.1?}");
    println!("{}", space.stats());
}

#[allow(dead_code, reason = "the tests include this file")]
fn main() -> std::io::Result<()> {
    let mut text = String::new();
    for path in std::env::args_os().skip(1) {
        text.push_str(&String::from_utf8_lossy(&std::fs::read(path)?));
        text.push('\n');
    }
    if text.is_empty() {
        text = made_up(2_000_000);
    }
    run(Config::from_env(), thread::available_parallelism()?.get().max(2), 1 << 15, &text);
    Ok(())
}
