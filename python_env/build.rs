//! Compiles Python's library to an image and packs its sources; both are embedded in the binary.
//!
//! The library is the crate `rustpython-pylib`; files in `lib/` replace or add modules. Cargo runs this script again
//! only if the compiler, the library or the overlay changed.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::{env, fs, process, thread};

use engine_code::Code;
use engine_compiler::{CompileFlags, Mode};

/// Where the library seems to lie. The same constant stands in `modules_system::library`.
const ROOT: &str = "/protopython/lib/python3.14";

/// What is left out: programs and toolkits that need native code which ProtoPython does not have, and modules that
/// CPython's library does not have.
const LEFT_OUT: &[&str] = &[
    "idlelib",
    "tkinter",
    "turtledemo",
    "turtle",
    "_dummy_os",
    "_dummy_thread",
    "_ios_support",
    "_pycodecs",
    "dummy_threading",
];

/// Folders of packages whose files are read at run time: what is no module in them is packed beside the sources.
const DATA: &[&str] = &["ensurepip/_bundled", "pydoc_data", "venv/scripts/common", "venv/scripts/posix"];

/// Modules under a second name, run before there is an import system: (name, source, file name).
const FROZEN: &[(&str, &str, &str)] = &[
    ("_frozen_importlib", "importlib._bootstrap", "<frozen importlib._bootstrap>"),
    ("_frozen_importlib_external", "importlib._bootstrap_external", "<frozen importlib._bootstrap_external>"),
];

/// What the library lacks here or mends in later releases: `lib/fixes/MODULE.diff`, by the file of the library that it names.
/// The lines before the diff say why.
struct Fixes(BTreeMap<PathBuf, String>);

impl Fixes {
    fn read(folder: &Path) -> Fixes {
        let entries = fs::read_dir(folder).unwrap_or_else(|e| fail(&format!("{}: {e}", folder.display())));
        let mut fixes = BTreeMap::new();
        for path in entries.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "diff")) {
            let text = fs::read_to_string(&path).unwrap_or_else(|e| fail(&format!("{}: {e}", path.display())));
            let Some((reason, diff)) = text.split_once("--- a/") else {
                fail(&format!("{} has no line that begins with --- a/", path.display()))
            };
            if reason.trim().is_empty() {
                fail(&format!("{} does not say why", path.display()));
            }
            let target = Path::new(rustpython_pylib::LIB_PATH).join(diff.lines().next().unwrap_or_default());
            if !target.is_file() {
                fail(&format!("{} is for a file that is not in the library", path.display()));
            }
            if fixes.insert(target, format!("--- a/{diff}")).is_some() {
                fail(&format!("{}: another file mends the same module", path.display()));
            }
        }
        Fixes(fixes)
    }

    /// Mends the text of the file at `path`. A fix that does not fit is an error: the library has changed.
    fn apply(&self, text: &mut String, path: &Path) {
        let Some(diff) = self.0.get(path) else { return };
        let mended = diffy::Patch::from_str(diff)
            .map_err(|e| e.to_string())
            .and_then(|patch| diffy::apply(text, &patch).map_err(|e| e.to_string()));
        match mended {
            Ok(mended) => *text = mended,
            Err(e) => fail(&format!("the fix of {} does not fit: {e}", path.display())),
        }
    }
}

struct Source {
    name: String,
    is_package: bool,
    path: PathBuf,
    filename: String,
}

struct Built {
    name: String,
    is_package: bool,
    code: Arc<Code>,
    /// Absent for second names.
    source: Option<Packed>,
}

/// A module's source, or a file that is no module (its name has slashes), deflated.
struct Packed {
    name: String,
    deflated: Vec<u8>,
    /// Length of the plain text.
    plain: usize,
}

impl Packed {
    fn new(name: &str, bytes: &[u8]) -> Packed {
        Packed { name: name.into(), deflated: deflate(bytes), plain: bytes.len() }
    }
}

fn main() {
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("set by cargo"));
    let overlay = manifest.join("lib");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={}", overlay.display());
    println!("cargo:rerun-if-changed={}", rustpython_pylib::LIB_PATH);

    let fixes = Fixes::read(&overlay.join("fixes"));
    let mut sources = BTreeMap::new();
    collect(Path::new(rustpython_pylib::LIB_PATH), "", LEFT_OUT, &mut sources);
    collect(&overlay, "", &[], &mut sources);
    for (name, from, filename) in FROZEN {
        let path = sources.get(*from).map(|s: &Source| s.path.clone());
        let Some(path) = path else { fail(&format!("{from} is not in the library")) };
        let source = Source { name: (*name).into(), is_package: false, path, filename: (*filename).into() };
        sources.insert((*name).into(), source);
    }
    let sources: Vec<Source> = sources.into_values().collect();
    let built = build_all(&sources, &fixes);

    let modules: Vec<(&str, bool, Arc<Code>)> =
        built.iter().map(|b| (b.name.as_str(), b.is_package, b.code.clone())).collect();
    write(&out.join("library.image"), &engine_code::image::write_image(&modules));
    let mut packed: Vec<Packed> = built.into_iter().filter_map(|b| b.source).collect();
    packed.extend(DATA.iter().flat_map(|folder| data_files(Path::new(rustpython_pylib::LIB_PATH), folder, &fixes)));
    packed.extend(stand_ins(&overlay).iter().flat_map(|folder| data_files(&overlay, folder, &fixes)));
    packed.sort_by(|a, b| a.name.cmp(&b.name));
    write(&out.join("library.sources"), &pack(&packed));
}

fn fail(message: &str) -> ! {
    eprintln!("building the library image: {message}");
    process::exit(1)
}

fn write(path: &Path, bytes: &[u8]) {
    if let Err(e) = fs::write(path, bytes) {
        fail(&format!("{}: {e}", path.display()));
    }
}

/// Finds the modules below `dir`; later ones replace earlier ones of the same name.
fn collect(dir: &Path, package: &str, left_out: &[&str], sources: &mut BTreeMap<String, Source>) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let Some(file) = path.file_name().and_then(|n| n.to_str()) else { continue };
        let stem = file.strip_suffix(".py").unwrap_or(file);
        if left_out.contains(&stem) && package.is_empty() {
            continue;
        }
        let qualified = if package.is_empty() { stem.to_string() } else { format!("{package}.{stem}") };
        if path.is_dir() {
            let skipped = matches!(file, "test" | "tests" | "__pycache__") || file.contains('.') || file.contains('-');
            if !skipped {
                collect(&path, &qualified, left_out, sources);
            }
        } else if file.ends_with(".py") {
            let (name, is_package) = if stem == "__init__" { (package.to_string(), true) } else { (qualified, false) };
            let tail = name.replace('.', "/");
            let filename = if is_package { format!("{ROOT}/{tail}/__init__.py") } else { format!("{ROOT}/{tail}.py") };
            sources.insert(name.clone(), Source { name, is_package, path, filename });
        }
    }
}

fn build_all(sources: &[Source], fixes: &Fixes) -> Vec<Built> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(sources.len()));
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            thread::Builder::new()
                .stack_size(64 << 20)
                .spawn_scoped(scope, || {
                    while let Some(source) = sources.get(next.fetch_add(1, Ordering::Relaxed)) {
                        if let Some(built) = build(source, fixes) {
                            done.lock().expect("no worker panics").push(built);
                        }
                    }
                })
                .expect("threads can be started");
        }
    });
    let mut done = done.into_inner().expect("no worker panics");
    done.sort_by(|a, b| a.name.cmp(&b.name));
    done
}

fn build(source: &Source, fixes: &Fixes) -> Option<Built> {
    // Files in an old encoding are test data of the library's own; nothing imports them.
    let mut text = fs::read_to_string(&source.path).ok()?;
    fixes.apply(&mut text, &source.path);
    let code = match engine_compiler::compile(&text, &source.filename, Mode::Exec, CompileFlags::default()) {
        Ok(code) => code,
        Err(e) => {
            println!("cargo:warning={} is left out: {e:?}", source.path.display());
            return None;
        }
    };
    let second_name = source.filename.starts_with('<');
    let packed = (!second_name).then(|| Packed::new(&source.name, text.as_bytes()));
    Some(Built { name: source.name.clone(), is_package: source.is_package, code, source: packed })
}

/// What installers know of packages that the library stands in for: folders `NAME-VERSION.dist-info`.
fn stand_ins(overlay: &Path) -> Vec<String> {
    let entries = fs::read_dir(overlay).unwrap_or_else(|e| fail(&format!("{}: {e}", overlay.display())));
    let names = entries.flatten().filter_map(|e| e.file_name().into_string().ok());
    names.filter(|name| name.ends_with(".dist-info")).collect()
}

/// The files of a folder of the library below `root` that are no modules.
fn data_files(root: &Path, folder: &str, fixes: &Fixes) -> Vec<Packed> {
    let dir = root.join(folder);
    let entries = fs::read_dir(&dir).unwrap_or_else(|e| fail(&format!("{}: {e}", dir.display())));
    let files = entries.flatten().map(|e| e.path()).filter(|p| p.is_file() && p.extension().is_none_or(|e| e != "py"));
    files
        .map(|path| {
            let name = format!("{folder}/{}", path.file_name().and_then(|n| n.to_str()).unwrap_or_default());
            let bytes = fs::read(&path).unwrap_or_else(|e| fail(&format!("{}: {e}", path.display())));
            match String::from_utf8(bytes) {
                Ok(mut text) => {
                    fixes.apply(&mut text, &path);
                    Packed::new(&name, text.as_bytes())
                }
                Err(e) => Packed::new(&name, e.as_bytes()),
            }
        })
        .collect()
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("writing to memory cannot fail")
}

/// Number of files, then per file: name, offset, packed and plain length (u32 each); then the packed files.
fn pack(files: &[Packed]) -> Vec<u8> {
    let mut index = (files.len() as u32).to_le_bytes().to_vec();
    let mut data: Vec<u8> = Vec::new();
    for file in files {
        index.extend((file.name.len() as u32).to_le_bytes());
        index.extend(file.name.as_bytes());
        for n in [data.len(), file.deflated.len(), file.plain] {
            index.extend((n as u32).to_le_bytes());
        }
        data.extend(&file.deflated);
    }
    index.extend(data);
    index
}
