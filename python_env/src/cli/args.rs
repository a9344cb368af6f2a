//! The command line, in CPython's form.

use modules_system::sys::config::{Config, Flags};

use super::help::{ENVIRONMENT, OPTIONS, USAGE, WORDS};
use super::switches::{self, variable};

/// What is to be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Program {
    /// `-c command`
    Command(Vec<u8>),
    /// `-m module`
    Module(Vec<u8>),
    /// A file, directory or archive.
    File(Vec<u8>),
    /// Standard input: `-` or nothing.
    Stdin,
}

/// The parsed command line.
#[derive(Clone, Debug)]
pub struct Options {
    /// What to run.
    pub program: Program,
    /// `-i`
    pub interactive: bool,
    /// `-x`
    pub skip_first_line: bool,
    /// What was asked for and has no effect: sentences for standard error.
    pub notes: Vec<String>,
    /// The settings for `sys`, except for paths.
    pub config: Config,
}

/// What the command line asks for instead of running something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Print to standard output and leave with status 0.
    Say(String),
    /// Print to standard error and leave with status 2.
    Fail(String),
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Reads the arguments, the program's own name first.
pub fn parse(args: Vec<Vec<u8>>) -> Result<Options, Stop> {
    let name = args.first().map(|a| text(a)).unwrap_or_else(|| "protopython".into());
    let mut config = Config { orig_argv: args.clone(), ..Config::default() };
    let (mut inspect, mut unbuffered, mut skip_first_line, mut versions) = (0, false, false, 0);
    let mut warnings = Vec::new();
    let mut program = None;
    let mut i = 1;
    let usage = |message: String| {
        Stop::Fail(format!("{message}\nusage: {name} {USAGE}\nTry `python -h' for more information.\n"))
    };
    let help = |parts: &[&str]| Stop::Say(format!("usage: {name} {USAGE}\n{}", parts.join("\n")));
    'arguments: while i < args.len() {
        let arg = args[i].clone();
        if arg == b"-" || !arg.starts_with(b"-") {
            break;
        }
        i += 1;
        match arg.as_slice() {
            b"--" => break,
            b"--help" => return Err(help(&[OPTIONS])),
            b"--help-env" => return Err(Stop::Say(ENVIRONMENT.into())),
            b"--help-xoptions" => return Err(Stop::Say(WORDS.into())),
            b"--help-all" => return Err(help(&[OPTIONS, ENVIRONMENT, WORDS])),
            b"--version" => {
                versions += 1;
                continue;
            }
            b"--check-hash-based-pycs" => {
                let Some(value) = args.get(i) else {
                    return Err(usage("Argument expected for the --check-hash-based-pycs option".into()));
                };
                i += 1;
                config.check_hash_pycs = Some(match value.as_slice() {
                    b"default" => "default",
                    b"always" => "always",
                    b"never" => "never",
                    _ => {
                        let text = "--check-hash-based-pycs must be one of 'default', 'always', or 'never'";
                        return Err(usage(text.into()));
                    }
                });
                continue;
            }
            _ if arg.starts_with(b"--") => return Err(usage(format!("Unknown option: {}", text(&arg)))),
            _ => {}
        }
        let mut at = 1;
        while at < arg.len() {
            let letter = arg[at];
            at += 1;
            let f = &mut config.flags;
            match letter {
                b'b' => f.bytes_warning += 1,
                b'B' => f.dont_write_bytecode = 1,
                b'd' => f.debug += 1,
                b'E' => f.ignore_environment = 1,
                b'i' => inspect += 1,
                b'I' => {
                    f.isolated = 1;
                    f.ignore_environment = 1;
                    f.no_user_site = 1;
                    f.safe_path = true;
                }
                b'O' => f.optimize += 1,
                b'P' => f.safe_path = true,
                b'q' => f.quiet += 1,
                b'R' => config.random_hashes = true,
                b's' => f.no_user_site = 1,
                b'S' => f.no_site = 1,
                b't' => {}
                b'u' => unbuffered = true,
                b'v' => f.verbose += 1,
                b'V' => versions += 1,
                b'x' => skip_first_line = true,
                b'h' | b'?' => return Err(help(&[OPTIONS])),
                b'c' | b'm' | b'W' | b'X' => {
                    // The value is the rest of this argument, or the next one.
                    let value = if at < arg.len() {
                        arg[at..].to_vec()
                    } else if i < args.len() {
                        i += 1;
                        args[i - 1].clone()
                    } else {
                        return Err(usage(format!("Argument expected for the -{} option", letter as char)));
                    };
                    match letter {
                        b'c' => {
                            let mut source = value;
                            source.push(b'\n');
                            program = Some(Program::Command(source));
                            break 'arguments;
                        }
                        b'm' => {
                            program = Some(Program::Module(value));
                            break 'arguments;
                        }
                        b'W' => warnings.push(text(&value)),
                        _ => {
                            let value = text(&value);
                            let (name, v) = match value.split_once('=') {
                                Some((n, v)) => (n.to_string(), Some(v.to_string())),
                                None => (value, None),
                            };
                            config.xoptions.push((name, v));
                        }
                    }
                    continue 'arguments;
                }
                _ => return Err(usage(format!("Unknown option: -{}", letter as char))),
            }
        }
    }
    if versions > 0 {
        let version = modules_system::sys::info::VERSION_TEXT;
        let short = version.split(' ').next().unwrap_or_default();
        return Err(Stop::Say(format!("Python {}\n", if versions > 1 { version } else { short })));
    }
    let rest = &args[i.min(args.len())..];
    let mut argv = Vec::new();
    let program = match program {
        Some(p) => {
            argv.push(if matches!(p, Program::Command(_)) { b"-c".to_vec() } else { b"-m".to_vec() });
            argv.extend_from_slice(rest);
            p
        }
        None => {
            argv.extend_from_slice(rest);
            match rest.first() {
                Some(first) if first != b"-" => Program::File(first.clone()),
                Some(_) => Program::Stdin,
                None => {
                    argv.push(Vec::new());
                    Program::Stdin
                }
            }
        }
    };
    config.argv = argv;
    // A prompt is forced by the option only.
    let interactive = inspect;
    environment(&mut config, &mut inspect, &mut unbuffered);
    let mut notes = Vec::new();
    switches::apply(&mut config, &mut notes).map_err(|e| Stop::Fail(format!("Fatal Python error: {e}\n")))?;
    warn_options(&mut config, warnings);
    config.flags.inspect = inspect;
    config.flags.interactive = interactive;
    config.flags.unbuffered = unbuffered;
    Ok(Options { program, interactive: interactive > 0, skip_first_line, notes, config })
}

/// What the environment variables add.
fn environment(config: &mut Config, inspect: &mut i64, unbuffered: &mut bool) {
    let f = &mut config.flags;
    let number = |f: &Flags, name: &str| variable(f, name).map_or(0, |v| v.parse::<i64>().unwrap_or(1).max(0));
    f.optimize = f.optimize.max(number(f, "PYTHONOPTIMIZE"));
    f.verbose = f.verbose.max(number(f, "PYTHONVERBOSE"));
    f.debug = f.debug.max(number(f, "PYTHONDEBUG"));
    f.dont_write_bytecode = f.dont_write_bytecode.max(i64::from(number(f, "PYTHONDONTWRITEBYTECODE") > 0));
    if variable(f, "PYTHONNOUSERSITE").is_some() {
        f.no_user_site = 1;
    }
    if variable(f, "PYTHONSAFEPATH").is_some() {
        f.safe_path = true;
    }
    if variable(f, "PYTHONINSPECT").is_some() && *inspect == 0 {
        *inspect = 1;
    }
    if variable(f, "PYTHONUNBUFFERED").is_some() {
        *unbuffered = true;
    }
    config.pycache_prefix = match config.xoptions.iter().rev().find(|(name, _)| name == "pycache_prefix") {
        Some((_, value)) => value.clone().map(String::into_bytes),
        None if f.ignore_environment != 0 => None,
        None => std::env::var_os("PYTHONPYCACHEPREFIX").map(std::ffi::OsString::into_encoded_bytes),
    }
    .filter(|folder| !folder.is_empty());
}

/// `sys.warnoptions`
fn warn_options(config: &mut Config, warnings: Vec<String>) {
    let f = &config.flags;
    let mut options = Vec::new();
    if f.dev_mode {
        options.push("default".to_string());
    }
    if let Some(list) = variable(f, "PYTHONWARNINGS") {
        options.extend(list.split(',').map(str::to_string));
    }
    options.extend(warnings);
    if f.bytes_warning > 0 {
        options.push(if f.bytes_warning > 1 { "error::BytesWarning" } else { "default::BytesWarning" }.to_string());
    }
    config.warnoptions = options;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(args: &[&str]) -> Options {
        let all = ["python"].iter().chain(args).map(|a| a.as_bytes().to_vec()).collect();
        parse(all).unwrap()
    }

    #[test]
    fn a_script_gets_the_rest() {
        let o = options(&["-Bu", "-W", "error", "s.py", "-c", "x"]);
        assert_eq!(o.program, Program::File(b"s.py".to_vec()));
        assert_eq!(o.config.argv, [b"s.py".to_vec(), b"-c".to_vec(), b"x".to_vec()]);
        assert_eq!(o.config.warnoptions.last().map(String::as_str), Some("error"));
        assert!(o.config.flags.unbuffered);
    }

    #[test]
    fn a_command_ends_the_options() {
        let o = options(&["-Icpass", "-h"]);
        assert_eq!(o.program, Program::Command(b"pass\n".to_vec()));
        assert_eq!(o.config.argv, [b"-c".to_vec(), b"-h".to_vec()]);
        assert_eq!(o.config.flags.isolated, 1);
    }

    #[test]
    fn nothing_means_standard_input() {
        assert_eq!(options(&[]).program, Program::Stdin);
        assert_eq!(options(&["-i", "-", "a"]).config.argv, [b"-".to_vec(), b"a".to_vec()]);
    }

    #[test]
    fn mistakes_are_told() {
        let parse = |args: &[&str]| parse(args.iter().map(|a| a.as_bytes().to_vec()).collect());
        assert!(
            matches!(parse(&["p", "-c"]), Err(Stop::Fail(m)) if m.starts_with("Argument expected for the -c option"))
        );
        assert!(matches!(parse(&["p", "-z"]), Err(Stop::Fail(_))));
        assert!(matches!(parse(&["p", "-V"]), Err(Stop::Say(m)) if m == "Python 3.14.10\n"));
    }
}
