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

/// What is left out: programs and toolkits that need native code which ProtoPython does not have.
const LEFT_OUT: &[&str] = &["idlelib", "tkinter", "turtledemo", "turtle", "ctypes", "_dummy_os", "_ios_support"];

/// Folders of packages whose files are read at run time: what is no module in them is packed beside the sources.
const DATA: &[&str] = &["ensurepip/_bundled", "pydoc_data", "venv/scripts/common", "venv/scripts/posix"];

/// Modules under a second name, run before there is an import system: (name, source, file name).
const FROZEN: &[(&str, &str, &str)] = &[
    ("_frozen_importlib", "importlib._bootstrap", "<frozen importlib._bootstrap>"),
    ("_frozen_importlib_external", "importlib._bootstrap_external", "<frozen importlib._bootstrap_external>"),
];

/// Places in the library that speak of another implementation or rely on reference counts: (module, text, replacement).
/// Each must be found.
const PATCHES: &[(&str, &str, &str)] = &[
    ("sysconfig", "return 'RustPython'  # XXX: RUSTPYTHON; For site-packages", "return 'ProtoPython'"),
    ("sysconfig", "f'_sysconfigdata_{sys.abiflags}_{sys.platform}_{multiarch}',", "'_sysconfigdata',"),
    // The library does not lie below the prefix.
    (
        "sysconfig",
        "    'posix_prefix': {\n        'stdlib': '{installed_base}/{platlibdir}/{implementation_lower}{py_version_short}{abi_thread}',\n        'platstdlib': '{platbase}/{platlibdir}/{implementation_lower}{py_version_short}{abi_thread}',",
        "    'posix_prefix': {\n        'stdlib': sys._stdlib_dir,\n        'platstdlib': sys._stdlib_dir,",
    ),
    (
        "sysconfig",
        "    'posix_venv': {\n        'stdlib': '{installed_base}/{platlibdir}/{implementation_lower}{py_version_short}{abi_thread}',\n        'platstdlib': '{platbase}/{platlibdir}/{implementation_lower}{py_version_short}{abi_thread}',",
        "    'posix_venv': {\n        'stdlib': sys._stdlib_dir,\n        'platstdlib': sys._stdlib_dir,",
    ),
    // Files that are no modules lie in no folder.
    (
        "venv",
        "        path = os.path.abspath(os.path.dirname(__file__))\n        path = os.path.join(path, 'scripts')\n        self.install_scripts(context, path)\n",
        "        from importlib import resources\n        with resources.as_file(resources.files('venv') / 'scripts') as path:\n            self.install_scripts(context, os.fspath(path))\n",
    ),
    // A file's copy gets a name of its own, those in a folder's copy keep theirs.
    (
        "ensurepip",
        "    return resources.as_file(\n        resources.files('ensurepip')\n        / '_bundled'\n        / f'pip-{_PIP_VERSION}-py3-none-any.whl'\n    )\n",
        "    return _bundled_wheel(f'pip-{_PIP_VERSION}-py3-none-any.whl')\n\n\n@contextmanager\ndef _bundled_wheel(name):\n    with resources.as_file(resources.files('ensurepip') / '_bundled') as folder:\n        yield folder / name\n",
    ),
    ("ensurepip", "from contextlib import nullcontext\n", "from contextlib import contextmanager, nullcontext\n"),
    (
        "pydoc",
        "        path_here = os.path.dirname(os.path.realpath(__file__))\n        css_path = os.path.join(path_here, url)\n        with open(css_path) as fp:\n            return ''.join(fp.readlines())\n",
        "        package, _, name = url.rpartition('/')\n        return pkgutil.get_data(package, name).decode()\n",
    ),
    ("site", "return 'RustPython' # XXX: RUSTPYTHON; for site-packages", "return 'ProtoPython'"),
    (
        "site",
        "    # XXX: RUSTPYTHON\n    return f'{userbase}/lib/rustpython",
        "    return f'{userbase}/lib/protopython",
    ),
    (
        "platform",
        "        # XXX: RUSTPYTHON support\n        if \"RustPython\" in sys_version:\n            name = \"RustPython\"",
        "        if \"ProtoPython\" in sys_version:\n            name = \"ProtoPython\"",
    ),
    (
        "_compat_pickle",
        "# NOTE: RUSTPYTHON exceptions\ntry:\n    JitError\nexcept NameError:\n    pass\nelse:\n    PYTHON2_EXCEPTIONS += (\"JitError\",)\n\n",
        "",
    ),
    // A view that nothing holds any more would keep the buffer's size fixed until it is collected.
    ("asyncio.streams", "bytes(memoryview(self._buffer)[:n])", "bytes(self._buffer[:n])"),
    // The sets of tasks belong to their loops (`lib/_asyncio_tasks.py`).
    (
        "asyncio.tasks",
        "\n_py_current_task = current_task\n",
        "\nfrom _asyncio_tasks import *\n_py_current_task = current_task\n",
    ),
    ("hashlib", "    from _hashlib import pbkdf2_hmac\n", "    from _derive import pbkdf2_hmac\n"),
    ("hashlib", "    from _hashlib import scrypt ", "    from _derive import scrypt "),
    // Mended in later releases of 3.14: times that the field of the header cannot hold,
    ("gzip", "        write32u(self.fileobj, int(mtime))", "        write32u(self.fileobj, _header_time(mtime))"),
    ("gzip", "gzip_data, int(mtime), gzip_data", "gzip_data, _header_time(mtime), gzip_data"),
    (
        "gzip",
        "def write32u(output, value):",
        "def _header_time(mtime):\n    seconds = int(mtime)\n    return seconds if 0 <= seconds < 2**32 else 0\n\ndef write32u(output, value):",
    ),
    // exit codes that are no ints,
    (
        "subprocess",
        "        if self.returncode and self.returncode < 0:\n            try:\n                return \"Command '%s' died",
        "        if isinstance(self.returncode, int) and self.returncode < 0:\n            try:\n                return \"Command '%s' died",
    ),
    (
        "subprocess",
        "return \"Command '%s' returned non-zero exit status %d.\" % (",
        "return \"Command '%s' returned non-zero exit status %s.\" % (",
    ),
    // hashes without a block size, keys that are views,
    (
        "hmac",
        "    blocksize = getattr(inner, 'block_size', 64)\n    if len(key) > blocksize:",
        "    blocksize = _block_size(inner, 2)\n    if isinstance(key, memoryview):\n        raise TypeError(\"key must be bytes or bytearray, not memoryview\")\n    if len(key) > blocksize:",
    ),
    (
        "hmac",
        "def _compute_digest_fallback(key, msg, digest):",
        "def _block_size(inner, depth):\n    import warnings\n    size = getattr(inner, 'block_size', None)\n    if size is None:\n        warnings.warn(\"No block_size attribute on given digest object; Assuming 64.\", RuntimeWarning, depth + 1)\n        return 64\n    if size < 16:\n        warnings.warn(f\"block_size of {size} seems too small; using our default of 64.\", RuntimeWarning, depth + 1)\n        return 64\n    return size\n\n\ndef _compute_digest_fallback(key, msg, digest):",
    ),
    // blanks that are no white space in XML,
    ("xml.dom.minidom", "        if self.data.strip():", "        if self.data.strip(\" \\t\\r\\n\"):"),
    ("xml.dom.expatbuilder", "not child.data.strip()", "not child.data.strip(\" \\t\\r\\n\")"),
    // and names of namespaces that need quotes.
    (
        "xml.sax.saxutils",
        "self._write(' xmlns:%s=\"%s\"' % (prefix, uri))",
        "self._write(' xmlns:%s=%s' % (prefix, quoteattr(uri)))",
    ),
    ("xml.sax.saxutils", "self._write(' xmlns=\"%s\"' % uri)", "self._write(' xmlns=%s' % quoteattr(uri))"),
];

include!("library_fixes.rs");

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
    println!("cargo:rerun-if-changed=library_fixes.rs");
    println!("cargo:rerun-if-changed={}", overlay.display());
    println!("cargo:rerun-if-changed={}", rustpython_pylib::LIB_PATH);

    let mut sources = BTreeMap::new();
    collect(Path::new(rustpython_pylib::LIB_PATH), "", &mut sources);
    collect(&overlay, "", &mut sources);
    for (name, from, filename) in FROZEN {
        let path = sources.get(*from).map(|s: &Source| s.path.clone());
        let Some(path) = path else { fail(&format!("{from} is not in the library")) };
        let source = Source { name: (*name).into(), is_package: false, path, filename: (*filename).into() };
        sources.insert((*name).into(), source);
    }
    let sources: Vec<Source> = sources.into_values().collect();
    let built = build_all(&sources);

    let modules: Vec<(&str, bool, Arc<Code>)> =
        built.iter().map(|b| (b.name.as_str(), b.is_package, b.code.clone())).collect();
    write(&out.join("library.image"), &engine_code::image::write_image(&modules));
    let mut packed: Vec<Packed> = built.into_iter().filter_map(|b| b.source).collect();
    packed.extend(DATA.iter().flat_map(|folder| data_files(folder)));
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
fn collect(dir: &Path, package: &str, sources: &mut BTreeMap<String, Source>) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let Some(file) = path.file_name().and_then(|n| n.to_str()) else { continue };
        let stem = file.strip_suffix(".py").unwrap_or(file);
        if package.is_empty() && LEFT_OUT.contains(&stem) {
            continue;
        }
        let qualified = if package.is_empty() { stem.to_string() } else { format!("{package}.{stem}") };
        if path.is_dir() {
            let skipped = matches!(file, "test" | "tests" | "__pycache__") || file.contains('.') || file.contains('-');
            if !skipped {
                collect(&path, &qualified, sources);
            }
        } else if file.ends_with(".py") {
            let (name, is_package) = if stem == "__init__" { (package.to_string(), true) } else { (qualified, false) };
            let tail = name.replace('.', "/");
            let filename = if is_package { format!("{ROOT}/{tail}/__init__.py") } else { format!("{ROOT}/{tail}.py") };
            sources.insert(name.clone(), Source { name, is_package, path, filename });
        }
    }
}

fn build_all(sources: &[Source]) -> Vec<Built> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(sources.len()));
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            thread::Builder::new()
                .stack_size(64 << 20)
                .spawn_scoped(scope, || {
                    while let Some(source) = sources.get(next.fetch_add(1, Ordering::Relaxed)) {
                        if let Some(built) = build(source) {
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

fn build(source: &Source) -> Option<Built> {
    // Files in an old encoding are test data of the library's own; nothing imports them.
    let mut text = fs::read_to_string(&source.path).ok()?;
    mend(&mut text, &source.name, &source.path);
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

/// Replaces what `PATCHES` and `FIXES` name.
fn mend(text: &mut String, name: &str, path: &Path) {
    for (_, from, to) in PATCHES.iter().chain(FIXES).filter(|p| p.0 == name) {
        if !text.contains(from) {
            fail(&format!("{} does not contain {from:?}", path.display()));
        }
        *text = text.replace(from, to);
    }
}

/// The files of a folder of the library that are no modules.
fn data_files(folder: &str) -> Vec<Packed> {
    let dir = Path::new(rustpython_pylib::LIB_PATH).join(folder);
    let entries = fs::read_dir(&dir).unwrap_or_else(|e| fail(&format!("{}: {e}", dir.display())));
    let files = entries.flatten().map(|e| e.path()).filter(|p| p.is_file() && p.extension().is_none_or(|e| e != "py"));
    files
        .map(|path| {
            let name = format!("{folder}/{}", path.file_name().and_then(|n| n.to_str()).unwrap_or_default());
            let bytes = fs::read(&path).unwrap_or_else(|e| fail(&format!("{}: {e}", path.display())));
            match String::from_utf8(bytes) {
                Ok(mut text) => {
                    mend(&mut text, &name, &path);
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
