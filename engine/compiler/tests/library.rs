//! Python's own library compiles, verifies, and survives a trip through an image.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use engine_code::image::{Image, encode, write_image};
use engine_compiler::{CompileFlags, Mode, compile};

fn sources() -> Vec<PathBuf> {
    fn walk(dir: &Path, out: &mut Vec<PathBuf>) {
        let Ok(entries) = std::fs::read_dir(dir) else { return };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|e| e == "py") {
                out.push(path);
            }
        }
    }
    let mut out = Vec::new();
    walk(Path::new(rustpython_pylib::LIB_PATH), &mut out);
    out.sort();
    out
}

#[test]
fn whole_library() {
    let files = sources();
    assert!(files.len() > 500, "library not found");
    let mut modules = Vec::new();
    for path in &files {
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        let name = path.display().to_string();
        let code = compile(&text, &name, Mode::Exec, CompileFlags::default())
            .unwrap_or_else(|e| panic!("{name}:{}:{}: {}", e.line, e.col, e.msg));
        engine_code::verify(&code).unwrap_or_else(|e| panic!("{name}: {e}"));
        modules.push((name, code));
    }
    let list: Vec<(&str, bool, Arc<_>)> = modules.iter().map(|(n, c)| (n.as_str(), false, c.clone())).collect();
    let bytes: &'static [u8] = write_image(&list).leak();
    let image = Image::open(bytes).unwrap();
    assert_eq!(image.modules().count(), modules.len());
    for (name, code) in &modules {
        let module = image.load_verified(name).unwrap().unwrap();
        assert_eq!(encode(&module.code), encode(code), "{name}");
    }
    assert!(image.load("no such module").is_none());
}

/// No damage of an image may do more than give an error or another valid program.
#[test]
fn damaged_images() {
    let source =
        "def f(a, *b, c=1):\n  try:\n    for i in range(a): yield i + c\n  finally: print(b)\nclass C: x: int = 1\n";
    let code = compile(source, "f", Mode::Exec, CompileFlags::default()).unwrap();
    let bytes = write_image(&[("m", true, code.clone())]);
    let blob = encode(&code);
    let mut seed = 0x9E37_79B9_7F4A_7C15u64;
    let mut random = move |n: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 11) as usize % n
    };
    for _ in 0..20_000 {
        let mut damaged = blob.clone();
        for _ in 0..1 + random(3) {
            let at = random(damaged.len());
            damaged[at] = random(256) as u8;
        }
        if random(8) == 0 {
            damaged.truncate(random(damaged.len()));
        }
        let _ = engine_code::image::decode_verified(&damaged);
    }
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x41;
        let damaged: &'static [u8] = damaged.leak();
        let loaded = Image::open(damaged).ok().and_then(|i| i.load_verified("m")).and_then(Result::ok);
        assert!(loaded.is_none(), "damage at {at} went unnoticed");
    }
}
