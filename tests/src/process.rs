//! Running one child process within limits of time, processor time and memory.

use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// More output than this is cut off, so that a runaway script cannot fill the memory.
const OUTPUT_LIMIT: u64 = 16 << 20;
/// A child that grows beyond this is killed: a leak must not take the machine along.
const MEMORY_LIMIT: u64 = 3 << 30;

/// How a child ended and what it wrote.
#[derive(Debug)]
pub struct Outcome {
    pub stdout: String,
    pub stderr: String,
    pub end: End,
    pub wall: Duration,
    /// The largest resident set of the child, in bytes.
    pub max_rss: u64,
}

/// The way a child ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Exited(i32),
    Signalled(i32),
    TimedOut,
    OutOfMemory,
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            End::Exited(code) => write!(f, "exit code {code}"),
            End::Signalled(signal) => write!(f, "killed by signal {signal}"),
            End::TimedOut => f.write_str("time limit exceeded"),
            End::OutOfMemory => write!(f, "more than {} MiB of memory", MEMORY_LIMIT >> 20),
        }
    }
}

impl Outcome {
    /// Whether it exited with code 0.
    pub fn success(&self) -> bool {
        self.end == End::Exited(0)
    }
}

/// How long a child may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub wall: Duration,
    /// Of the processor, by the child and those of its children that it has waited for: what a loaded machine does not change.
    pub cpu: Option<Duration>,
}

/// Runs `command` with `input` on its standard input and waits at most `limit`.
pub fn run(command: &mut Command, input: &[u8], limit: Duration) -> Result<Outcome, String> {
    run_limited(command, input, Limits { wall: limit, cpu: None })
}

/// As [`run`], with a limit of processor time, too.
pub fn run_limited(command: &mut Command, input: &[u8], limits: Limits) -> Result<Outcome, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let start = Instant::now();
    // SAFETY: `signal` may be called between fork and exec.
    unsafe { command.pre_exec(interruptible) };
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(|e| format!("{program}: {e}"))?;
    if let Some(mut stdin) = child.stdin.take() {
        let input = input.to_vec();
        // A child that never reads closes the pipe at its end: the error is of no interest.
        thread::spawn(move || stdin.write_all(&input));
    }
    let stdout = reader(child.stdout.take());
    let stderr = reader(child.stderr.take());
    let (end, max_rss) = wait(&mut child, start, limits).map_err(|e| format!("{program}: {e}"))?;
    let wall = start.elapsed();
    // What the child left behind would keep the pipes open.
    kill_group(&child);
    Ok(Outcome { stdout: collect(stdout), stderr: collect(stderr), end, wall, max_rss })
}

/// Lets SIGINT do what it does by default: a background job of a shell inherits that it is ignored.
fn interruptible() -> std::io::Result<()> {
    // SAFETY: the default action is no pointer to code.
    unsafe { libc::signal(libc::SIGINT, libc::SIG_DFL) };
    Ok(())
}

/// Lets the child have that many descriptors at most.
pub fn limit_descriptors(command: &mut Command, n: u64) {
    limit(command, libc::RLIMIT_NOFILE, n);
}

/// Lets the child have that many bytes of addresses at most.
pub fn limit_addresses(command: &mut Command, n: u64) {
    limit(command, libc::RLIMIT_AS, n);
}

fn limit(command: &mut Command, resource: libc::__rlimit_resource_t, n: u64) {
    let limit = move || {
        // SAFETY: all zeros is a valid structure.
        let mut limits: libc::rlimit = unsafe { std::mem::zeroed() };
        // SAFETY: a whole structure, written and read; both calls are allowed between fork and exec.
        let rc = unsafe {
            libc::getrlimit(resource, &raw mut limits);
            limits.rlim_cur = n.min(limits.rlim_max);
            libc::setrlimit(resource, &raw const limits)
        };
        if rc < 0 { Err(std::io::Error::last_os_error()) } else { Ok(()) }
    };
    // SAFETY: the closure makes two system calls and allocates nothing.
    unsafe { command.pre_exec(limit) };
}

fn reader(source: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut source) = source {
            let _ = source.by_ref().take(OUTPUT_LIMIT).read_to_end(&mut bytes);
            let _ = std::io::copy(&mut source, &mut std::io::sink());
        }
        bytes
    })
}

fn collect(reader: thread::JoinHandle<Vec<u8>>) -> String {
    String::from_utf8_lossy(&reader.join().unwrap_or_default()).into_owned()
}

/// Polls until the child ends; a poll costs microseconds, and most scripts end within some of them.
fn wait(child: &mut Child, start: Instant, limits: Limits) -> std::io::Result<(End, u64)> {
    let mut pause = Duration::from_micros(200);
    let mut forced = None;
    loop {
        if let Some((status, max_rss)) = try_wait(child)? {
            let end = match (forced, status.code()) {
                (Some(end), _) => end,
                (None, Some(code)) => End::Exited(code),
                (None, None) => End::Signalled(status.signal().unwrap_or(0)),
            };
            return Ok((end, max_rss));
        }
        let spent = |limit| processor_time(child.id()).is_some_and(|time| time > limit);
        if forced.is_none() && (start.elapsed() > limits.wall || limits.cpu.is_some_and(spent)) {
            forced = Some(End::TimedOut);
            kill_group(child);
        }
        if forced.is_none() && resident(child.id()).is_some_and(|bytes| bytes > MEMORY_LIMIT) {
            forced = Some(End::OutOfMemory);
            kill_group(child);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(10));
    }
}

/// `wait4` without blocking: the exit status and the largest resident set.
fn try_wait(child: &Child) -> std::io::Result<Option<(ExitStatus, u64)>> {
    let mut status = 0;
    // SAFETY: an all-zero `rusage` is a valid value of that plain C struct.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: both pointers refer to live locals; the pid is our own child, not yet reaped.
    let pid = unsafe { libc::wait4(child.id() as libc::pid_t, &mut status, libc::WNOHANG, &mut usage) };
    match pid {
        0 => Ok(None),
        -1 => Err(std::io::Error::last_os_error()),
        _ => Ok(Some((ExitStatus::from_raw(status), usage.ru_maxrss as u64 * 1024))),
    }
}

fn kill_group(child: &Child) {
    // SAFETY: `kill` touches no memory; the group was created for this child alone.
    unsafe { libc::kill(-(child.id() as libc::pid_t), libc::SIGKILL) };
}

/// The resident set of a process, where `/proc` tells it.
fn resident(pid: u32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/statm")).ok()?;
    let pages: u64 = text.split(' ').nth(1)?.parse().ok()?;
    Some(pages * 4096)
}

/// The processor time of a process and of its children that ended, where `/proc` tells it.
fn processor_time(pid: u32) -> Option<Duration> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, the second field, may hold anything but ends with the last parenthesis.
    let fields = text.rsplit_once(") ")?.1.split(' ').skip(11).take(4);
    let ticks: u64 = fields.map(|field| field.parse().unwrap_or(0)).sum();
    // The kernel tells `/proc` of hundredths of a second, whatever its clock.
    Some(Duration::from_millis(ticks * 10))
}
