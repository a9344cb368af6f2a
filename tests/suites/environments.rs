//! Virtual environments made by `-m venv`, pip in them, and what the interpreter learns from `pyvenv.cfg`.
//!
//! Nothing is fetched: pip is in the binary, and the packages are made here.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use protopython_tests::process::{Outcome, run};
use protopython_tests::{binary, scripts};

const LIMIT: Duration = Duration::from_secs(300);

/// Writes a wheel: NAME VERSION TAG, with a module, a file of data and a console script.
const MAKE_WHEEL: &str = r#"
import sys, zipfile
name, version, tag, requires = sys.argv[1:]
info = f'{name}-{version}.dist-info'
files = {
    f'{name}/__init__.py': f'from importlib import metadata, resources\nVERSION = metadata.version({name!r})\n'
        f'def main():\n    import sys\n    print({name!r}, VERSION, sys.argv[1:], resources.files({name!r}).joinpath("data.txt").read_text())\n',
    f'{name}/data.txt': 'data',
    f'{info}/METADATA': f'Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n' + (f'Requires-Dist: {requires}\n' if requires else ''),
    f'{info}/WHEEL': f'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n',
    f'{info}/entry_points.txt': f'[console_scripts]\n{name}-tool = {name}:main\n',
}
files[f'{info}/RECORD'] = ''.join(f'{f},,\n' for f in [*files, f'{info}/RECORD'])
with zipfile.ZipFile(f'{name}-{version}-{tag}.whl', 'w') as z:
    for file, text in files.items():
        z.writestr(file, text)
"#;

/// A build backend without requirements: it makes the wheel of a project.
const BACKEND: &str = r#"
import os, shutil, subprocess, sys
def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    subprocess.run([sys.executable, 'make.py', 'built', '2.0', 'py3-none-any', ''], check=True)
    shutil.move('built-2.0-py3-none-any.whl', os.path.join(wheel_directory, 'built-2.0-py3-none-any.whl'))
    return 'built-2.0-py3-none-any.whl'
"#;

fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("environments").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder can be made");
    folder
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
    fs::write(path, text).expect("a file can be written");
}

/// Runs a program with a home of its own, without settings of pip's.
fn start(program: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Outcome {
    let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("environments-home");
    fs::create_dir_all(&home).expect("a folder can be made");
    let mut command = Command::new(program);
    scripts::isolate(&mut command, "0");
    command.args(arguments).env("HOME", &home).env("PIP_CONFIG_FILE", "/dev/null").current_dir(&home);
    command.env("PIP_DISABLE_PIP_VERSION_CHECK", "1").env("PIP_NO_INDEX", "1").env_remove("PIP_FIND_LINKS");
    for name in ["XDG_CACHE_HOME", "VIRTUAL_ENV", "PYTHONUSERBASE"] {
        command.env_remove(name);
    }
    command.envs(variables.iter().copied());
    run(&mut command, b"", LIMIT).expect("the program starts")
}

/// The standard output of a program that must succeed.
fn output(program: &Path, arguments: &[&str]) -> String {
    let outcome = start(program, arguments, &[]);
    assert!(outcome.success(), "{arguments:?}: {}\n{}{}", outcome.end, outcome.stdout, outcome.stderr);
    outcome.stdout
}

fn base() -> &'static Path {
    binary::protopython().expect("the interpreter builds")
}

/// Makes an environment with the options.
fn make(env: &Path, options: &[&str]) {
    let env = env.to_str().expect("text");
    let arguments: Vec<&str> = ["-m", "venv"].into_iter().chain(options.iter().copied()).chain([env]).collect();
    output(base(), &arguments);
}

/// An environment with pip that the tests share; each installs what no other does.
fn shared() -> &'static Path {
    static ENV: OnceLock<PathBuf> = OnceLock::new();
    ENV.get_or_init(|| {
        let env = folder("shared");
        make(&env, &[]);
        env
    })
}

fn wheel(at: &Path, name: &str, version: &str, tag: &str, requires: &str) {
    write(&at.join("make.py"), MAKE_WHEEL);
    let code = format!("import os; os.chdir({:?}); exec(open('make.py').read())", at.to_str().expect("text"));
    output(base(), &["-c", &code, name, version, tag, requires]);
}

/// What `python` prints for an expression.
fn eval(python: &Path, expression: &str) -> String {
    output(python, &["-c", &format!("import os, site, sys, sysconfig; print({expression})")]).trim_end().to_owned()
}

#[test]
fn an_environment_has_programs_scripts_and_pip() {
    let env = shared();
    let bin = env.join("bin");
    for name in ["python", "python3", "python3.14"] {
        let python = bin.join(name);
        assert_eq!(eval(&python, "sys.executable"), python.to_str().expect("text"));
        assert_eq!(eval(&python, "sys.prefix"), env.to_str().expect("text"));
        assert_eq!(eval(&python, "sys.prefix == sys.exec_prefix != sys.base_prefix == sys.base_exec_prefix"), "True");
    }
    for name in ["activate", "activate.csh", "activate.fish", "Activate.ps1"] {
        let text = fs::read_to_string(bin.join(name)).expect(name);
        assert!(!text.contains("__VENV_"), "{name}: {text}");
        // The one for PowerShell finds out itself where it lies.
        assert!(name == "Activate.ps1" || text.contains(env.to_str().expect("text")), "{name}: {text}");
    }
    for name in ["pip", "pip3", "pip3.14"] {
        assert!(output(&bin.join(name), &["--version"]).contains(env.to_str().expect("text")), "{name}");
    }
    assert!(eval(&bin.join("python"), "sysconfig.get_path('stdlib') == os.path.dirname(os.__file__)") == "True");
    assert!(
        fs::read_to_string(env.join("pyvenv.cfg")).expect("it exists").contains("include-system-site-packages = false")
    );
    // An environment made in an environment belongs to the same base.
    let second = folder("second");
    let python = bin.join("python");
    output(&python, &["-m", "venv", "--without-pip", second.to_str().expect("text")]);
    let facts = "(sys.base_prefix, sys._base_executable)";
    assert_eq!(eval(&second.join("bin/python"), facts), eval(&python, facts));
}

#[test]
fn pip_installs_shows_and_removes_wheels() {
    let (env, links) = (shared(), folder("links"));
    wheel(&links, "needed", "1.5", "py3-none-any", "");
    wheel(&links, "needed", "3.0", "py3-none-any", "");
    wheel(&links, "needing", "1.0", "py2.py3-none-any", "needed<2");
    let (pip, find) = (env.join("bin/pip"), format!("--find-links={}", links.display()));
    output(&pip, &["install", &find, "needing"]);
    assert_eq!(output(&env.join("bin/needing-tool"), &["a", "b c"]), "needing 1.0 ['a', 'b c'] data\n");
    assert_eq!(output(&env.join("bin/needed-tool"), &[]), "needed 1.5 [] data\n");
    let frozen = output(&pip, &["freeze"]);
    assert!(frozen.contains("needed==1.5\nneeding==1.0"), "{frozen}");
    let listed = output(&pip, &["list", "--format=json"]);
    assert!(listed.contains(r#"{"name": "needing", "version": "1.0"}"#), "{listed}");
    let shown = output(&pip, &["show", "--files", "needing"]);
    assert!(shown.contains("Requires: needed") && shown.contains("needing/data.txt"), "{shown}");
    assert_eq!(output(&pip, &["check"]), "No broken requirements found.\n");
    output(&pip, &["install", &find, "--upgrade", "needed"]);
    let broken = start(&pip, &["check"], &[]);
    assert!(!broken.success() && broken.stdout.contains("needing 1.0 has requirement needed<2"), "{}", broken.stdout);
    output(&pip, &["uninstall", "-y", "needing", "needed"]);
    assert!(!env.join("bin/needing-tool").exists());
    assert_eq!(eval(&env.join("bin/python"), "__import__('importlib.util').util.find_spec('needing')"), "None");
    output(&pip, &["cache", "info"]);
}

#[test]
fn pip_builds_projects_in_isolation() {
    let (env, project) = (shared(), folder("project"));
    write(
        &project.join("pyproject.toml"),
        "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n",
    );
    write(&project.join("backend.py"), BACKEND);
    write(&project.join("make.py"), MAKE_WHEEL);
    output(&env.join("bin/pip"), &["install", project.to_str().expect("text")]);
    assert_eq!(output(&env.join("bin/built-tool"), &["x"]), "built 2.0 ['x'] data\n");
    output(&env.join("bin/python"), &["-m", "pip", "uninstall", "-y", "built"]);
}

/// Extension modules cannot be loaded, so no wheel that may hold one is taken, be it for CPython or for its stable interface.
#[test]
fn wheels_of_other_implementations_are_refused() {
    let (env, links) = (shared(), folder("foreign"));
    let machine = format!("linux_{}", std::env::consts::ARCH);
    for tag in ["cp314-cp314", "cp314-cp314t", "cp314-abi3", "cp313-none"] {
        let tag = format!("{tag}-{machine}");
        wheel(&links, "foreign", "1.0", &tag, "");
        let file = links.join(format!("foreign-1.0-{tag}.whl"));
        let outcome = start(&env.join("bin/pip"), &["install", file.to_str().expect("text")], &[]);
        assert!(
            !outcome.success() && outcome.stderr.contains("is not a supported wheel on this platform"),
            "{tag}: {}",
            outcome.stderr
        );
    }
    // Programs packed for the machine are welcome.
    wheel(&links, "programs", "1.0", &format!("py3-none-{machine}"), "");
    let file = links.join(format!("programs-1.0-py3-none-{machine}.whl"));
    output(
        &env.join("bin/pip"),
        &["install", "--target", links.join("t").to_str().expect("text"), file.to_str().expect("text")],
    );
}

#[test]
fn options() {
    let env = folder("copies");
    make(&env, &["--without-pip", "--copies", "--prompt", "a 'quoted' prompt"]);
    let python = env.join("bin/python");
    let kind = fs::symlink_metadata(&python).expect("it exists");
    assert!(kind.is_file() && kind.permissions().mode() & 0o111 != 0);
    let real = base().canonicalize().expect("it exists");
    assert_eq!(
        eval(&python, "(sys.executable, sys._base_executable, sys.prefix)"),
        eval(
            base(),
            &format!(
                "({:?}, {:?}, {:?})",
                python.to_str().expect("text"),
                real.to_str().expect("text"),
                env.to_str().expect("text")
            ),
        )
    );
    assert!(!env.join("bin/pip").exists());
    let configured = fs::read_to_string(env.join("pyvenv.cfg")).expect("it exists");
    assert!(configured.contains("prompt = \"a 'quoted' prompt\"\n"), "{configured}");
    // --clear empties it.
    write(&env.join("left/over"), "");
    make(&env, &["--without-pip", "--clear"]);
    assert!(!env.join("left").exists());

    let outcome = start(base(), &["-m", "venv", "--upgrade", "--clear", env.to_str().expect("text")], &[]);
    assert!(!outcome.success() && outcome.stderr.contains("you cannot supply --upgrade and --clear together"));
}

#[test]
fn activation_and_deactivation() {
    let env = folder("activated");
    make(&env, &["--without-pip", "--prompt", "it's"]);
    let script = env.join("run.sh");
    write(
        &script,
        "PS1='$ '; before=$PATH\n. \"$1/bin/activate\"\ncommand -v python; echo \"$VIRTUAL_ENV|$VIRTUAL_ENV_PROMPT|$PS1\"\n\
         python -c 'import sys; print(sys.prefix)'\ndeactivate; [ \"$PATH\" = \"$before\" ] && echo \"same|$PS1|$VIRTUAL_ENV\"\n",
    );
    let at = env.to_str().expect("text");
    let printed = output(Path::new("/bin/bash"), &[script.to_str().expect("text"), at]);
    assert_eq!(printed, format!("{at}/bin/python\n{at}|it's|(it's) $ \n{at}\nsame|$ |\n"));
}

#[test]
fn site_packages_and_their_files() {
    let env = folder("site");
    make(&env, &["--without-pip"]);
    let python = env.join("bin/python");
    let packages = PathBuf::from(eval(&python, "sysconfig.get_path('purelib')"));
    assert_eq!(eval(&python, "site.getsitepackages()"), format!("['{}']", packages.display()));
    assert_eq!(eval(&python, "sys.path[-1]"), packages.to_str().expect("text"));
    write(&packages.join("extra/from_pth.py"), "X = 1");
    write(&packages.join("a.pth"), "# a comment\nextra\nmissing\nimport sys; sys.from_pth = 'yes'\n");
    write(&packages.join("sitecustomize.py"), "import sys; sys.customized = 'by the site'");
    assert_eq!(eval(&python, "__import__('from_pth').X, sys.from_pth, sys.customized"), "1 yes by the site");
    assert_eq!(
        output(&python, &["-I", "-S", "-c", "import sys; print(hasattr(sys, 'customized'), sys.prefix)"]),
        format!("False {}\n", env.display())
    );

    // The user's packages are seen outside of environments, and in those that see the base's.
    let user = folder("user");
    let at = user.to_str().expect("text");
    let home = [("PYTHONUSERBASE", at)];
    let code = "import site, sys; print(getattr(sys, 'user', None), site.ENABLE_USER_SITE)";
    let packages = start(base(), &["-c", "import site; print(site.getusersitepackages())"], &home).stdout;
    assert!(packages.starts_with(at), "{packages}");
    write(&Path::new(packages.trim_end()).join("usercustomize.py"), "import sys; sys.user = 'customized'");
    assert_eq!(start(base(), &["-c", code], &home).stdout, "customized True\n");
    assert_eq!(start(base(), &["-s", "-c", code], &home).stdout, "None False\n");
    assert_eq!(start(&python, &["-c", code], &home).stdout, "None False\n");
    let open = folder("open");
    make(&open, &["--without-pip", "--system-site-packages"]);
    assert_eq!(start(&open.join("bin/python"), &["-c", code], &home).stdout, "customized True\n");
    assert_eq!(eval(&open.join("bin/python"), "len(site.getsitepackages())"), "2");
}

#[test]
fn links_and_homes() {
    let at = folder("linked");
    symlink(base(), at.join("python")).expect("a link can be made");
    let linked = at.join("python");
    assert_eq!(eval(&linked, "sys.executable"), linked.to_str().expect("text"));
    // A link that is in no environment belongs where it leads to.
    assert_eq!(eval(&linked, "(sys.prefix, sys.base_prefix)"), eval(base(), "(sys.prefix, sys.base_prefix)"));
    let code = "import os, sys; print(sys.prefix, sys.exec_prefix, sys.base_prefix, os.__file__.endswith('/os.py'))";
    for (home, printed) in [("/a", "/a /a /a True\n"), ("/a:/b", "/a /b /a True\n")] {
        assert_eq!(start(&linked, &["-c", code], &[("PYTHONHOME", home)]).stdout, printed);
        let ignoring = start(&linked, &["-E", "-c", code], &[("PYTHONHOME", home)]).stdout;
        assert!(!ignoring.contains("/a"), "{ignoring}");
    }
    // Found by way of PATH, and by a relative name.
    let path = [("PATH", at.to_str().expect("text"))];
    let outcome = start(Path::new("/bin/sh"), &["-c", "python -c 'import sys; print(sys.executable)'"], &path);
    assert_eq!(outcome.stdout.trim_end(), linked.to_str().expect("text"), "{}", outcome.stderr);
    let relative = format!("cd '{}/..' && linked/python -c 'import sys; print(sys.executable)'", at.display());
    assert_eq!(output(Path::new("/bin/sh"), &["-c", &relative]).trim_end(), linked.to_str().expect("text"));
}

/// `python pip.whl/pip` is how pip runs itself from its wheel.
#[test]
fn a_folder_in_an_archive_is_run() {
    let at = folder("archive");
    let code = "import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1], 'w') as z:\n    z.writestr('pkg/__main__.py', 'import sys; print(__name__, sys.argv, sys.path[0])')\n    z.writestr('other.txt', '')";
    let archive = at.join("x.whl");
    let name = archive.to_str().expect("text");
    output(base(), &["-c", code, name]);
    let inner = format!("{name}/pkg");
    assert_eq!(output(base(), &[&inner, "1"]), format!("__main__ ['{inner}', '1'] {inner}\n"));
    for missing in [name.to_owned(), format!("{name}/nothing")] {
        let outcome = start(base(), &[&missing], &[]);
        assert!(
            outcome.stderr.ends_with(&format!("can't find '__main__' module in '{missing}'\n")),
            "{}",
            outcome.stderr
        );
    }
    write(&at.join("plain.txt"), "print('no archive, and long enough to be one')");
    let below = at.join("plain.txt/x");
    let outcome = start(base(), &[below.to_str().expect("text")], &[]);
    assert!(
        outcome.stderr.contains("can't open file") && outcome.stderr.contains("Not a directory"),
        "{}",
        outcome.stderr
    );
}

/// Runs the compiler that `sysconfig` names, as a build of an extension does.
fn compile(variable: &str, arguments: &[&str], at: &Path) -> Outcome {
    let python = base();
    let words = eval(python, &format!("' '.join(__import__('sysconfig').get_config_var({variable:?}).split())"));
    let words: Vec<&str> = words.trim().split(' ').chain(arguments.iter().copied()).collect();
    assert!(words.contains(&"_extension_compiler"), "{words:?}");
    let mut command = Command::new(words[0]);
    scripts::isolate(&mut command, "0");
    run(command.args(&words[1..]).current_dir(at), b"", LIMIT).expect("the compiler starts")
}

#[test]
fn extensions_are_stood_in_for_left_out_or_refused() {
    let at = folder("extensions");
    let headers = eval(base(), "__import__('sysconfig').get_path('include')");
    let include = format!("-I{}", headers.trim());
    write(&at.join("_part.c"), "#include <Python.h>\n");
    // Nothing is compiled against Python's headers.
    let part = compile("CC", &["-O2", &include, "-c", "_part.c", "-o", "build/temp.x/_part.o"], &at);
    assert!(part.success(), "{}", part.stderr);
    let link = |output: &str| compile("LDSHARED", &["build/temp.x/_part.o", "-o", output], &at);
    let ending = eval(base(), "__import__('sysconfig').get_config_var('EXT_SUFFIX')");
    let ending = ending.trim();
    for dispensable in ["build/lib.x/psutil/_psutil_linux", "build/lib.x/msgpack/_cmsgpack", "src/msgpack/_cmsgpack"] {
        let linked = link(&format!("{dispensable}{ending}"));
        assert!(linked.success(), "{dispensable}: {}", linked.stderr);
        assert!(at.join(format!("{dispensable}{ending}")).exists());
    }
    let refused = link(&format!("build/lib.x/fast/_core{ending}"));
    assert!(!refused.success());
    let sentence = "error: 'fast._core' is an extension module, which protopython cannot load: use a release of its package \
                    that has the same in Python, or another package\n";
    assert_eq!(refused.stderr, sentence);
    assert!(!at.join(format!("build/lib.x/fast/_core{ending}")).exists());
    // What is no extension is the real compiler's: a source that is not there is its error, not ours.
    assert!(!compile("CC", &["-c", "missing.c", "-o", "missing.o"], &at).success());
    assert!(!at.join("missing.o").exists());

    // An extension that lies there is missed in a sentence; the name of one that is stood in for is enough.
    write(&at.join("fast/__init__.py"), "");
    write(&at.join("fast/_core.cpython-314-x86_64-linux-gnu.so"), "");
    write(&at.join("psutil/__init__.py"), "__version__ = '7.2.2'\nfrom . import _psutil_linux as cext\n");
    let program = "import sys\n\
                   for name in 'fast._core', 'fast._other', 'psutil._other':\n    \
                   try:\n        __import__(name)\n    \
                   except ModuleNotFoundError as e:\n        print(e)\n\
                   import psutil, socket\n\
                   c = psutil.cext\n\
                   print(c.__name__, c.version, c.disk_partitions('mounts'))\n\
                   total, free, *_, unit = c.linux_sysinfo()\n\
                   print(total >= free > 0, unit)\n\
                   names = {name for name, *_ in c.net_if_addrs()}\n\
                   print(names <= {name for _, name in socket.if_nameindex()})\n\
                   for name in names:\n    assert c.net_if_mtu(name) > 0 and c.net_if_duplex_speed(name)[1] >= 0\n    \
                   c.net_if_flags(name)\n\
                   for call in lambda: c.net_if_mtu('nothing0'), lambda: c.check_pid_range(2**31), lambda: c.disk_partitions('none'):\n    \
                   try:\n        call()\n    except (OSError, OverflowError) as e:\n        print(type(e).__name__, e)\n";
    write(&at.join("mounts"), "# none\n/dev/a\\040b /mnt/\\134 ext4 rw,noatime 0 0\nbroken\n");
    write(&at.join("use.py"), program);
    let mut command = Command::new(base());
    scripts::isolate(&mut command, "0");
    let used = run(command.arg("use.py").current_dir(&at), b"", LIMIT).expect("the program starts");
    assert_eq!(used.stderr, "");
    let shown = format!(
        "No module named 'fast._core'; {}/fast/_core.cpython-314-x86_64-linux-gnu.so is an extension module, which \
         protopython cannot load\nNo module named 'fast._other'\nNo module named 'psutil._other'\n\
         psutil._psutil_linux 722 [('/dev/a b', '/mnt/\\\\', 'ext4', 'rw,noatime')]\nTrue 1\nTrue\n\
         OSError [Errno 19] No such device\n\
         OverflowError Python int too large to convert to C int\n\
         FileNotFoundError [Errno 2] No such file or directory: 'none'\n",
        at.display()
    );
    assert_eq!(used.stdout, shown);
}

/// Installers take what the library stands in for as installed, and leave it where it is.
#[test]
fn distributions_of_the_library_are_known() {
    let program = "import importlib.metadata as m, rpds\n\
                   d = m.distribution('rpds-py')\n\
                   print(d.metadata['Name'], d.version == m.version('rpds_py'), rpds.List([1]).first)";
    assert_eq!(output(base(), &["-c", program]), "rpds-py True 1\n");
}
