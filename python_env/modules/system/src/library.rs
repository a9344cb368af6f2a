//! The library that the executable carries: compiled modules and their packed sources.

use std::io::Read;
use std::sync::{Arc, OnceLock};

use engine_code::Code;
use engine_code::image::Image;

/// The directory in which the library seems to lie. The build script of `python_env` uses the same.
pub const ROOT: &str = "/protopython/lib/python3.14";

static LIBRARY: OnceLock<Library> = OnceLock::new();

/// The opened library.
pub struct Library {
    image: Image,
    sources: &'static [u8],
    /// Name, offset into `sources`, packed and plain length; sorted by name.
    index: Vec<(&'static str, usize, usize, usize)>,
}

/// Opens the embedded library. Says what is wrong with it otherwise.
pub fn install(image: &'static [u8], sources: &'static [u8]) -> Result<(), String> {
    let image = Image::open(image).map_err(|e| e.to_string())?;
    let (index, sources) = read_index(sources).ok_or("damaged source index")?;
    let _ = LIBRARY.set(Library { image, sources, index });
    Ok(())
}

/// The library, once installed.
pub fn get() -> Option<&'static Library> {
    LIBRARY.get()
}

type Index = Vec<(&'static str, usize, usize, usize)>;

fn read_index(bytes: &'static [u8]) -> Option<(Index, &'static [u8])> {
    let mut rest = bytes;
    let number = |rest: &mut &'static [u8]| -> Option<usize> {
        let (head, tail) = rest.split_at_checked(4)?;
        *rest = tail;
        Some(u32::from_le_bytes(head.try_into().ok()?) as usize)
    };
    let count = number(&mut rest)?;
    let mut index = Vec::with_capacity(count.min(1 << 16));
    for _ in 0..count {
        let n = number(&mut rest)?;
        let (name, tail) = rest.split_at_checked(n)?;
        rest = tail;
        let name = std::str::from_utf8(name).ok()?;
        index.push((name, number(&mut rest)?, number(&mut rest)?, number(&mut rest)?));
    }
    Some((index, rest))
}

impl Library {
    /// Whether the module exists, and whether it is a package.
    pub fn find(&self, name: &str) -> Option<bool> {
        self.image.find(name)
    }

    /// A module's code.
    pub fn code(&self, name: &str) -> Option<Result<Arc<Code>, String>> {
        self.image.load(name).map(|r| r.map(|m| m.code).map_err(|e| e.to_string()))
    }

    /// Names and whether they are packages.
    pub fn modules(&self) -> impl Iterator<Item = (&'static str, bool)> + '_ {
        self.image.modules()
    }

    /// A module's source text.
    pub fn source(&self, name: &str) -> Option<String> {
        String::from_utf8(self.data(name)?).ok()
    }

    /// The bytes of a packed file: a module's source, or, with slashes in its name, a file that is no module.
    pub fn data(&self, name: &str) -> Option<Vec<u8>> {
        let i = self.index.binary_search_by(|e| e.0.cmp(name)).ok()?;
        let (_, offset, packed, plain) = self.index[i];
        let data = self.sources.get(offset..offset.checked_add(packed)?)?;
        let mut bytes = Vec::with_capacity(plain);
        flate2::read::DeflateDecoder::new(data).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    /// The names of the modules with a source.
    pub fn source_names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.index.iter().map(|e| e.0).filter(|n| !n.contains('/'))
    }

    /// The names of the files that are no modules, with slashes, relative to the library.
    pub fn data_names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.index.iter().map(|e| e.0).filter(|n| n.contains('/'))
    }
}

/// The source of a module of the library by its file name.
pub fn source_of_file(filename: &str) -> Option<String> {
    let name = match filename {
        "<frozen importlib._bootstrap>" => "importlib._bootstrap".to_string(),
        "<frozen importlib._bootstrap_external>" => "importlib._bootstrap_external".to_string(),
        _ => {
            let tail = filename.strip_prefix(ROOT)?.strip_prefix('/')?.strip_suffix(".py")?;
            tail.strip_suffix("/__init__").unwrap_or(tail).replace('/', ".")
        }
    };
    get()?.source(&name)
}
