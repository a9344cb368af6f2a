//! Inputs for the entry functions where nothing guides by coverage: the seeds as they are, then random changes of them. The same
//! number gives the same inputs.

use std::path::{Path, PathBuf};

/// xorshift64*: good enough to pick places.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize).checked_rem(n).unwrap_or(0)
    }

    /// A number below two to a power below `n`: small ones are likely.
    fn small(&mut self, n: usize) -> usize {
        let power = self.below(n);
        self.below(1 << power)
    }
}

/// What a target's inputs are made from.
pub struct Corpus {
    seeds: Vec<Vec<u8>>,
    /// Words that the target's language knows.
    words: Vec<Vec<u8>>,
}

impl Corpus {
    /// `fuzz/seeds/TARGET/*` and `fuzz/dictionaries/TARGET.dict`; `fuzz` is the folder of that name.
    pub fn read(fuzz: &Path, target: &str) -> Result<Corpus, String> {
        let folder = fuzz.join("seeds").join(target);
        let entries = std::fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let mut files: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
        files.sort();
        let mut seeds = Vec::new();
        for file in &files {
            seeds.push(std::fs::read(file).map_err(|e| format!("{}: {e}", file.display()))?);
        }
        if seeds.is_empty() {
            return Err(format!("{} has no seeds", folder.display()));
        }
        // Not every target's input has words.
        let text = std::fs::read(fuzz.join("dictionaries").join(format!("{target}.dict"))).unwrap_or_default();
        let words = text.split(|&b| b == b'\n').filter_map(word).collect();
        Ok(Corpus { seeds, words })
    }

    /// The inputs: the seeds, then `rounds` changed ones.
    pub fn inputs(&self, seed: u64, rounds: usize) -> impl Iterator<Item = Vec<u8>> + '_ {
        let mut random = Random::new(seed);
        let changed = (0..rounds).map(move |_| self.changed(&mut random));
        self.seeds.iter().cloned().chain(changed)
    }

    fn changed(&self, random: &mut Random) -> Vec<u8> {
        let mut input = self.seeds[random.below(self.seeds.len())].clone();
        for _ in 0..1 + random.small(5) {
            self.change(&mut input, random);
        }
        input
    }

    fn change(&self, input: &mut Vec<u8>, random: &mut Random) {
        let at = random.below(input.len() + 1);
        let end = (at + 1 + random.small(6)).min(input.len());
        match random.below(11) {
            0 if at < input.len() => input[at] ^= 1 << random.below(8),
            1 if at < input.len() => input[at] = random.below(256) as u8,
            2 if at < input.len() => input[at] = [0, 1, 0x7F, 0x80, 0xFF, b'0', b'-', b' '][random.below(8)],
            3 if at < input.len() => input[at] = input[at].wrapping_add(random.below(9) as u8).wrapping_sub(4),
            4 => drop(input.drain(at..end)),
            5 => {
                let part = input[at..end].to_vec();
                let to = random.below(input.len() + 1);
                input.splice(to..to, part);
            }
            6 if end > at => {
                let part = input[at..end].repeat(1 + random.small(8));
                if input.len() + part.len() < 1 << 14 {
                    input.splice(at..at, part);
                }
            }
            7 => {
                // The rest of another seed, from any of its places.
                let other = &self.seeds[random.below(self.seeds.len())];
                let from = random.below(other.len() + 1);
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            8 => {
                let other = &self.seeds[random.below(self.seeds.len())];
                let from = random.below(other.len() + 1);
                let to = (from + random.below(16)).min(other.len());
                input.splice(at..end, other[from..to].iter().copied());
            }
            9 if !self.words.is_empty() => {
                let word = &self.words[random.below(self.words.len())];
                input.splice(at..at, word.iter().copied());
            }
            _ => input.insert(at, random.below(256) as u8),
        }
    }
}

/// A line of a dictionary of libFuzzer: `name="text"`, with `\xAB`, `\\` and `\"`.
fn word(line: &[u8]) -> Option<Vec<u8>> {
    let start = line.iter().position(|&b| b == b'"').filter(|_| !line.starts_with(b"#"))? + 1;
    let end = line.iter().rposition(|&b| b == b'"').filter(|&end| end >= start)?;
    let mut out = Vec::new();
    let mut rest = &line[start..end];
    while let Some((&b, after)) = rest.split_first() {
        rest = after;
        match (b, rest) {
            (b'\\', [b'x', high, low, ..]) => {
                let digits = [*high, *low];
                out.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
                rest = &rest[3..];
            }
            (b'\\', [c, ..]) => {
                out.push(*c);
                rest = &rest[1..];
            }
            _ => out.push(b),
        }
    }
    Some(out)
}

/// A number from the environment.
pub fn number(variable: &str, default: usize) -> usize {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}
