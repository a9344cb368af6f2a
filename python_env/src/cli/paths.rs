//! Where the program is and what it belongs to: `sys.executable`, `sys.prefix` and the virtual environment around them.
//!
//! The library is in the binary, so unlike CPython no landmark is looked for: a prefix is the folder that holds `bin`.

use std::ffi::OsStr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use modules_system::sys::config::Config;

/// The file that makes a folder a virtual environment.
const LANDMARK: &str = "pyvenv.cfg";

/// What was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Paths {
    /// `sys.executable`: the name that the program was started by, links not followed, so that an environment is seen.
    pub executable: PathBuf,
    /// `sys._base_executable`: the program that an environment was made with.
    pub base_executable: PathBuf,
    /// `sys.prefix` and `sys.exec_prefix`.
    pub prefix: [PathBuf; 2],
    /// `sys.base_prefix` and `sys.base_exec_prefix`.
    pub base_prefix: [PathBuf; 2],
}

impl Paths {
    /// From the running process. `ignore`: PYTHONHOME is not read.
    pub fn find(ignore: bool) -> Paths {
        let real = std::env::current_exe().unwrap_or_default();
        let search = std::env::var_os("PATH").unwrap_or_default();
        let executable = match std::env::args_os().next() {
            Some(name) => started_as(&name, &search, &real),
            None => real.clone(),
        };
        let home = std::env::var_os("PYTHONHOME").filter(|h| !ignore && !h.is_empty());
        Paths::of(executable, &real, home.as_deref())
    }

    fn of(executable: PathBuf, real: &Path, home: Option<&OsStr>) -> Paths {
        if let Some(home) = home {
            let mut halves = home.as_bytes().splitn(2, |&b| b == b':').map(|h| PathBuf::from(OsStr::from_bytes(h)));
            let prefix = halves.next().unwrap_or_default();
            let exec_prefix = halves.next().unwrap_or_else(|| prefix.clone());
            let both = [prefix, exec_prefix];
            return Paths { base_executable: executable.clone(), executable, prefix: both.clone(), base_prefix: both };
        }
        let Some((venv, home)) = environment(&executable) else {
            let prefix = prefix_of(real.parent().unwrap_or(Path::new("/")));
            let both = [prefix.clone(), prefix];
            return Paths { base_executable: executable.clone(), executable, prefix: both.clone(), base_prefix: both };
        };
        let base = prefix_of(&home);
        Paths {
            base_executable: base_executable(&executable, &home),
            executable,
            prefix: [venv.clone(), venv],
            base_prefix: [base.clone(), base],
        }
    }

    /// Writes what was found to the settings.
    pub fn store(self, config: &mut Config) {
        let bytes = |path: PathBuf| path.into_os_string().into_vec();
        config.executable = bytes(self.executable);
        config.base_executable = bytes(self.base_executable);
        config.prefix = self.prefix.map(bytes);
        config.base_prefix = self.base_prefix.map(bytes);
    }
}

/// The absolute path that a program's first argument means; `real` if that is another file, as who starts a program
/// may pass any text.
fn started_as(name: &OsStr, search: &OsStr, real: &Path) -> PathBuf {
    let same = |path: &Path| path.canonicalize().is_ok_and(|p| p == real || real.canonicalize().is_ok_and(|r| r == p));
    let found = if name.as_bytes().contains(&b'/') {
        Some(PathBuf::from(name)).filter(|p| same(p))
    } else {
        std::env::split_paths(search).map(|folder| folder.join(name)).find(|p| same(p))
    };
    found.and_then(|p| std::path::absolute(p).ok()).unwrap_or_else(|| real.to_path_buf())
}

/// The folder of the virtual environment that the executable lies in, and its `home`.
fn environment(executable: &Path) -> Option<(PathBuf, PathBuf)> {
    let folder = executable.parent()?;
    let (venv, text) = [folder.parent(), Some(folder)]
        .into_iter()
        .flatten()
        .find_map(|at| Some((at, std::fs::read(at.join(LANDMARK)).ok()?)))?;
    let home = text.split(|&b| b == b'\n').find_map(|line| {
        let at = line.iter().position(|&b| b == b'=')?;
        let (key, value) = (line[..at].trim_ascii(), line[at + 1..].trim_ascii());
        key.eq_ignore_ascii_case(b"home").then(|| PathBuf::from(OsStr::from_bytes(value)))
    })?;
    Some((venv.to_path_buf(), home))
}

/// `/usr/bin` belongs to the prefix `/usr`; any other folder is its own.
fn prefix_of(folder: &Path) -> PathBuf {
    let prefix = if folder.ends_with("bin") { folder.parent().unwrap_or(folder) } else { folder };
    prefix.to_path_buf()
}

/// The program behind the environment's: what a link leads to, or, for a copy, the one in `home`.
fn base_executable(executable: &Path, home: &Path) -> PathBuf {
    match executable.canonicalize() {
        Ok(real) if real != executable && !is_in_environment(&real) => real,
        real => {
            let name = real.as_deref().unwrap_or(executable).file_name().unwrap_or_default().to_os_string();
            let version = format!("python3.{}", modules_system::sys::info::VERSION[1]);
            let names = [name.as_os_str(), OsStr::new("protopython"), OsStr::new("python3"), OsStr::new(&version)];
            let found = names.iter().map(|n| home.join(n)).find(|p| p.is_file());
            found.unwrap_or_else(|| home.join(&name))
        }
    }
}

/// Whether a link led to a file that is a copy inside an environment (`python` beside `protopython`, made by `--copies`).
fn is_in_environment(real: &Path) -> bool {
    environment(real).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    /// A folder that goes away with the test.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Folder {
            let path = std::env::temp_dir().join(format!("protopython-paths-{}-{name}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            for sub in ["usr/bin", "env/bin"] {
                fs::create_dir_all(path.join(sub)).expect("a folder can be made");
            }
            fs::write(path.join("usr/bin/protopython"), "").expect("a file can be written");
            Folder(path.canonicalize().expect("it exists"))
        }

        fn at(&self, name: &str) -> PathBuf {
            self.0.join(name)
        }

        fn configure(&self, text: &str) {
            fs::write(self.at("env/pyvenv.cfg"), text).expect("a file can be written");
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn both(path: PathBuf) -> [PathBuf; 2] {
        [path.clone(), path]
    }

    #[test]
    fn a_plain_program_belongs_to_the_folder_above_bin() {
        let f = Folder::new("plain");
        let real = f.at("usr/bin/protopython");
        let paths = Paths::of(real.clone(), &real, None);
        assert_eq!(paths.prefix, both(f.at("usr")));
        assert_eq!((&paths.executable, &paths.base_executable, &paths.base_prefix), (&real, &real, &paths.prefix));
    }

    #[test]
    fn a_link_in_an_environment() {
        let f = Folder::new("link");
        let real = f.at("usr/bin/protopython");
        symlink(&real, f.at("env/bin/python")).expect("a link can be made");
        f.configure(&format!("include-system-site-packages = false\nHOME = {}\n", f.at("usr/bin").display()));
        let executable = started_as(f.at("env/bin/python").as_os_str(), OsStr::new(""), &real);
        let paths = Paths::of(executable, &real, None);
        assert_eq!(paths.executable, f.at("env/bin/python"));
        assert_eq!(paths.base_executable, real);
        assert_eq!((paths.prefix, paths.base_prefix), (both(f.at("env")), both(f.at("usr"))));
    }

    #[test]
    fn a_copy_in_an_environment_finds_its_original_by_home() {
        let f = Folder::new("copy");
        for name in ["protopython", "python"] {
            fs::write(f.at("env/bin").join(name), "").expect("a file can be written");
        }
        f.configure(&format!("home = {}\n", f.at("usr/bin").display()));
        for name in ["protopython", "python"] {
            let real = f.at("env/bin").join(name);
            let paths = Paths::of(real.clone(), &real, None);
            assert_eq!(paths.base_executable, f.at("usr/bin/protopython"), "{name}");
            assert_eq!((paths.prefix, paths.base_prefix), (both(f.at("env")), both(f.at("usr"))));
        }
    }

    #[test]
    fn a_file_without_home_is_no_environment_and_pythonhome_comes_first() {
        let f = Folder::new("home");
        let real = f.at("usr/bin/protopython");
        symlink(&real, f.at("env/bin/python")).expect("a link can be made");
        f.configure("include-system-site-packages = false\nhomes = /x\n");
        let paths = Paths::of(f.at("env/bin/python"), &real, None);
        assert_eq!(paths.prefix, both(f.at("usr")));
        f.configure(&format!("home = {}\n", f.at("usr/bin").display()));
        let paths = Paths::of(f.at("env/bin/python"), &real, Some(OsStr::new("/a:/b")));
        assert_eq!(paths.prefix, [PathBuf::from("/a"), PathBuf::from("/b")]);
        assert_eq!(paths.base_prefix, paths.prefix);
    }

    #[test]
    fn a_first_argument_that_names_another_file_is_not_believed() {
        let f = Folder::new("name");
        let real = f.at("usr/bin/protopython");
        fs::write(f.at("env/bin/python"), "").expect("a file can be written");
        assert_eq!(started_as(f.at("env/bin/python").as_os_str(), OsStr::new(""), &real), real);
        assert_eq!(started_as(OsStr::new("-sh"), OsStr::new("/bin"), &real), real);
        let search = std::env::join_paths([f.at("env/bin"), f.at("usr/bin")]).expect("no colon");
        assert_eq!(started_as(OsStr::new("protopython"), &search, &real), real);
    }
}
