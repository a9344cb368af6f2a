//! A fingerprint of everything that decides what code a source text becomes: this crate, the crate of the instruction set
//! and the parser's version. Code in files carries it, so that what another build has written is compiled again.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo"));
    let mut files = Vec::new();
    for folder in [here.join("src"), here.join("../code/src")] {
        println!("cargo:rerun-if-changed={}", folder.display());
        collect(&folder, &mut files);
    }
    let manifest = here.join("../../Cargo.toml");
    println!("cargo:rerun-if-changed={}", manifest.display());
    files.push(manifest);
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    for file in files {
        // FNV-1a, the name's end and the text's end marked.
        let name = file.file_name().map(|n| n.as_encoded_bytes().to_vec()).unwrap_or_default();
        let text = fs::read(&file).expect("a source file can be read");
        for byte in name.into_iter().chain([0xFF]).chain(text).chain([0xFF]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }
    println!("cargo:rustc-env=PROTOPYTHON_CODE_FINGERPRINT={hash}");
}

/// The files below a folder, in the order of their names.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).expect("a source folder can be read");
    let mut paths: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}
