//! The command line.

/// The help text.
pub const USAGE: &str = "usage: compare [OPTIONS]
  --kernels A,B      only these single-thread kernels
  --programs[=A,B]   only the programs (or some of them)
  --threads[=A,B]    only the scaling kernels (or some of them)
  --only S,S         only these sections: kernels, programs, threads, startup, memory, pauses
  --rounds N         interleaved rounds (default 5)
  --n N              threads of the scaling kernels (default 2)
  --scale F          share of each kernel's or program's normal size (default 1.0)
  --peer PATH        an interpreter to compare with; may be repeated (default python3.14)
  --no-peer          our own figures only
  --binary PATH      this protopython instead of the workspace's
  --check            exit code 1 if a target is missed";

/// A part of the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Kernels,
    Programs,
    Threads,
    Startup,
    Memory,
    Pauses,
}

const SECTIONS: [(&str, Section); 6] = [
    ("kernels", Section::Kernels),
    ("programs", Section::Programs),
    ("threads", Section::Threads),
    ("startup", Section::Startup),
    ("memory", Section::Memory),
    ("pauses", Section::Pauses),
];

/// The parsed command line.
#[derive(Debug)]
pub struct Options {
    pub sections: Vec<Section>,
    /// Names of kernels; empty means all.
    pub kernels: Vec<String>,
    pub rounds: usize,
    pub threads: usize,
    pub scale: f64,
    pub peers: Vec<String>,
    pub no_peer: bool,
    pub binary: Option<String>,
    pub check: bool,
}

impl Options {
    /// Parses the arguments; `None` if only help was asked for.
    pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Option<Self>, String> {
        let mut options = Self {
            sections: SECTIONS.map(|(_, section)| section).to_vec(),
            kernels: Vec::new(),
            rounds: 5,
            threads: 2,
            scale: 1.0,
            peers: Vec::new(),
            no_peer: false,
            binary: None,
            check: false,
        };
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            let (name, inline) = match argument.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (argument, None),
            };
            let flag = matches!(name.as_str(), "--programs" | "--threads" | "--no-peer" | "--check" | "--help" | "-h");
            let value = match inline {
                None if !flag => arguments.next().ok_or_else(|| format!("{name} needs a value"))?,
                inline => inline.unwrap_or_default(),
            };
            match name.as_str() {
                "--kernels" => {
                    options.sections = vec![Section::Kernels];
                    options.kernels = words(&value);
                }
                "--threads" => {
                    options.sections = vec![Section::Threads];
                    options.kernels = words(&value);
                }
                "--programs" => {
                    options.sections = vec![Section::Programs];
                    options.kernels = words(&value);
                }
                "--only" => options.sections = sections(&value)?,
                "--rounds" => options.rounds = number(&name, &value)?,
                "--n" => options.threads = number(&name, &value)?,
                "--scale" => options.scale = number(&name, &value)?,
                "--peer" => options.peers.push(value),
                "--no-peer" => options.no_peer = true,
                "--binary" => options.binary = Some(value),
                "--check" => options.check = true,
                "--help" | "-h" => {
                    println!("{USAGE}");
                    return Ok(None);
                }
                _ => return Err(format!("unknown option {name}")),
            }
        }
        options.rounds = options.rounds.max(1);
        options.threads = options.threads.max(1);
        Ok(Some(options))
    }

    /// Whether a kernel was asked for.
    pub fn wants(&self, kernel: &str) -> bool {
        self.kernels.is_empty() || self.kernels.iter().any(|k| k == kernel)
    }
}

fn words(list: &str) -> Vec<String> {
    list.split(',').filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

fn sections(list: &str) -> Result<Vec<Section>, String> {
    let find = |word: String| {
        SECTIONS.iter().find(|(name, _)| *name == word).map(|(_, s)| *s).ok_or(format!("no section {word}"))
    };
    words(list).into_iter().map(find).collect()
}

fn number<T: std::str::FromStr>(name: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("{name}: {value} is no number"))
}
