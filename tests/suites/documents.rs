//! The book in `docs` and what is packed beside the binary: links lead somewhere, and what they tell of options is what there is.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use protopython_tests::process::run;
use protopython_tests::{binary, scripts};

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn root(name: &str) -> PathBuf {
    binary::workspace().join(name)
}

/// The pages of a folder.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut pages: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    pages.retain(|p| p.extension().is_some_and(|e| e == "md"));
    pages.sort();
    pages
}

/// The text without blocks of code and quoted code.
fn prose(text: &str) -> String {
    let mut out = String::new();
    let mut in_block = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        } else if !in_block {
            // Every other part is between backquotes.
            out.extend(line.split('`').step_by(2));
            out.push('\n');
        }
    }
    out
}

/// The targets of a page's links.
fn links(text: &str) -> Vec<String> {
    let prose = prose(text);
    let starts = prose.match_indices("](").map(|(i, _)| &prose[i + 2..]);
    starts.filter_map(|rest| rest.split_once(')')).map(|(target, _)| target.trim().to_owned()).collect()
}

/// The names of a page's headings, as links write them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|l| l.starts_with('#')).map(|l| l.trim_start_matches('#').trim());
    headings
        .map(|h| {
            let kept = h.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
            kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
        })
        .collect()
}

#[test]
fn links_lead_to_pages_and_headings() {
    let mut all = pages(&root("docs"));
    all.extend(pages(binary::workspace()));
    let mut checked = 0;
    for page in &all {
        let text = read(page);
        for link in links(&text) {
            if link.starts_with("http://") || link.starts_with("https://") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = if file.is_empty() { page.clone() } else { page.parent().expect("a folder").join(file) };
            assert!(target.exists(), "{}: no {file}", page.display());
            if !anchor.is_empty() {
                assert!(anchors(&read(&target)).contains(anchor), "{}: no heading {link}", page.display());
            }
            checked += 1;
        }
    }
    assert!(checked >= 20, "{checked} links");
}

#[test]
fn the_book_has_every_page_once() {
    let listed = links(&read(&root("docs/SUMMARY.md")));
    let there: BTreeSet<String> = pages(&root("docs"))
        .iter()
        .filter_map(|p| Some(p.file_name()?.to_str()?.to_owned()))
        .filter(|name| name != "SUMMARY.md")
        .collect();
    assert_eq!(listed.iter().cloned().collect::<BTreeSet<_>>(), there);
    assert_eq!(listed.len(), there.len(), "{listed:?}");
    // Files that the text names by their place in the repository.
    for page in pages(&root("docs")) {
        for part in read(&page).split('`').skip(1).step_by(2) {
            let word = part.split(' ').next().unwrap_or_default();
            if ["packaging/", "benches/", "tests/", "examples/"].iter().any(|f| word.starts_with(f)) {
                assert!(root(word).exists(), "{}: {word}", page.display());
            }
        }
    }
}

fn help(option: &str) -> String {
    let mut command = Command::new(binary::protopython().expect("the interpreter builds"));
    scripts::isolate(&mut command, "0");
    let outcome = run(command.arg(option), b"", Duration::from_secs(60)).expect("the interpreter starts");
    assert!(outcome.success(), "{outcome:?}");
    outcome.stdout
}

#[test]
fn the_page_of_settings_is_what_help_prints() {
    let page = read(&root("docs/settings.md"));
    // The first line has the program's path.
    let options = help("-h");
    let (_, options) = options.split_once('\n').expect("lines");
    for (what, text) in
        [("-h", options), ("--help-xoptions", &help("--help-xoptions")), ("--help-env", &help("--help-env"))]
    {
        assert!(page.contains(text), "docs/settings.md does not have what {what} prints:\n{text}");
    }
    // The words of PROTOPYTHON_DEBUG, by the place that reads them.
    let source = read(&root("proto_core/src/space/mod.rs"));
    let (_, arms) = source.split_once("match word.trim() {").expect("the words");
    let arms = arms.split_once("other if").expect("what follows them").0.lines();
    let arms = arms.filter_map(|l| l.trim().strip_prefix('"')?.split_once("\" => ").map(|(word, _)| word));
    let words: Vec<&str> = arms.filter(|w| !w.is_empty()).collect();
    assert!(words.len() >= 9 && words.contains(&"locks") && words.contains(&"gc"), "{words:?}");
    for word in words {
        assert!(page.contains(&format!("`{word}`")), "docs/settings.md says nothing of {word}");
    }
}

#[test]
fn what_is_packed_knows_all_options() {
    let options: BTreeSet<String> = help("-h")
        .lines()
        .filter(|l| l.starts_with('-'))
        .filter_map(|l| l.split([' ', ':']).next().map(str::to_owned))
        .filter(|o| o != "-")
        .collect();
    let words: BTreeSet<String> = help("--help-xoptions")
        .lines()
        .filter_map(|l| l.strip_prefix("-X "))
        .filter_map(|l| l.split(['=', '[', ' ', ':', ',']).next().map(str::to_owned))
        .collect();
    assert!(options.len() >= 25 && words.len() >= 20, "{options:?} {words:?}");
    let manual = read(&root("packaging/protopython.1")).replace("\\-", "-");
    for option in &options {
        assert!(manual.contains(option.as_str()), "the manual has no {option}");
    }
    for name in ["protopython.bash", "_protopython", "protopython.fish"] {
        let text = read(&root("packaging/completions").join(name));
        for word in &words {
            assert!(text.contains(word.as_str()), "{name} has no {word}");
        }
        for option in &options {
            // fish names letters and words apart, zsh counts repeated letters.
            let bare = option.trim_start_matches('-');
            let known = text.contains(option.as_str())
                || text.contains(&format!("-s {bare} "))
                || text.contains(&format!("-l {bare} "))
                || ["bb", "OO"].contains(&bare);
            assert!(known, "{name} has no {option}");
        }
    }
}

#[test]
fn an_archive_and_a_package_hold_what_they_should() {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("packed");
    let _ = std::fs::remove_dir_all(&out);
    let mut command = Command::new(root("packaging/package"));
    command.arg(&out).env("PROTOPYTHON_BIN", binary::protopython().expect("the interpreter builds"));
    let outcome = run(&mut command, b"", Duration::from_secs(240)).expect("the script starts");
    assert!(outcome.success(), "{outcome:?}");
    let archive = outcome.stdout.lines().find(|l| l.ends_with(".tar.gz")).expect("an archive");
    let listed = run(Command::new("tar").args(["-tzf", archive]), b"", Duration::from_secs(60)).expect("tar");
    let has = |text: &str, end: &str| text.lines().any(|l| l.contains(end));
    for file in
        ["/bin/protopython", "/bin/python3.14", "/man1/protopython.1.gz", "/completions/protopython", "/_protopython"]
    {
        assert!(has(&listed.stdout, file), "{file}: {}", listed.stdout);
    }
    // As a user would: unpacked elsewhere, it runs under either name.
    let unpack = run(
        Command::new("tar").args(["-xzf", archive, "--strip-components=1", "-C"]).arg(&out),
        b"",
        Duration::from_secs(60),
    );
    assert!(unpack.expect("tar").success());
    for name in ["protopython", "python3.14"] {
        let mut command = Command::new(out.join("bin").join(name));
        scripts::isolate(&mut command, "0");
        let ran = run(command.args(["-c", "import json; print(json.dumps([1]))"]), b"", Duration::from_secs(60));
        assert_eq!(ran.expect("it starts").stdout, "[1]\n", "{name}");
    }
    if let Some(package) = outcome.stdout.lines().find(|l| l.ends_with(".deb")) {
        let listed =
            run(Command::new("dpkg-deb").args(["-c", package]), b"", Duration::from_secs(60)).expect("dpkg-deb");
        for file in ["./usr/bin/protopython", "./usr/share/man/man1/protopython.1.gz"] {
            assert!(has(&listed.stdout, file), "{file}: {}", listed.stdout);
        }
        let told = run(Command::new("dpkg-deb").args(["-f", package, "Depends"]), b"", Duration::from_secs(60))
            .expect("dpkg-deb");
        assert!(told.stdout.starts_with("libc6 (>= 2."), "{}", told.stdout);
    }
}
