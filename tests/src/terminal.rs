//! A child on a pseudo terminal: keys go in, what it shows comes out without its control sequences.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// A child that shows nothing new for so long hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// The child and its terminal.
pub struct Terminal {
    keys: File,
    output: Receiver<Vec<u8>>,
    raw: Vec<u8>,
    /// How much of the text has been waited for.
    seen: usize,
    child: Child,
}

impl Terminal {
    /// Starts the command on a terminal of 80 columns and 24 lines.
    pub fn start(command: &mut Command) -> std::io::Result<Terminal> {
        let (master, slave) = open()?;
        let (stdin, stdout) = (slave.try_clone()?, slave.try_clone()?);
        // SAFETY: `setsid`, `ioctl` and `signal` may be called between fork and exec.
        unsafe { command.pre_exec(own_session) };
        let child = command.stdin(stdin).stdout(stdout).stderr(Stdio::from(slave)).spawn()?;
        // The command holds the child's ends: what is written is at an end when the child is.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let (sender, output) = channel();
        let keys = File::from(master);
        let mut source = keys.try_clone()?;
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(n @ 1..) = source.read(&mut bytes) {
                if sender.send(bytes[..n].to_vec()).is_err() {
                    break;
                }
            }
        });
        let mut terminal = Terminal { keys, output, raw: Vec::new(), seen: 0, child };
        terminal.resize(24, 80)?;
        Ok(terminal)
    }

    /// Another size of the window; the child is told.
    pub fn resize(&mut self, rows: u16, columns: u16) -> std::io::Result<()> {
        let size = libc::winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        // SAFETY: the request reads one `winsize`.
        match unsafe { libc::ioctl(self.keys.as_raw_fd(), libc::TIOCSWINSZ, &size) } {
            0 => Ok(()),
            _ => Err(std::io::Error::last_os_error()),
        }
    }

    /// Types keys.
    pub fn send(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("the terminal takes keys");
    }

    /// Waits until the child shows the text behind what was waited for before.
    pub fn expect(&mut self, text: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            let shown = self.text();
            if let Some(at) = shown[self.seen..].find(text) {
                self.seen += at + text.len();
                return;
            }
            match self.output.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.raw.extend(bytes),
                Err(RecvTimeoutError::Timeout) => panic!("no {text:?} within a minute; shown:\n{shown}"),
                Err(RecvTimeoutError::Disconnected) => panic!("no {text:?} before the end; shown:\n{shown}"),
            }
        }
    }

    /// Types keys and waits for what they bring.
    pub fn type_and_expect(&mut self, keys: &str, text: &str) {
        self.send(keys);
        self.expect(text);
    }

    /// Waits until the last thing that the child shows is this text: it is ready for keys then.
    pub fn settle(&mut self, text: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.text().ends_with(text) {
            match self.output.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.raw.extend(bytes),
                Err(_) => panic!("no {text:?} at the end; shown:\n{}", self.text()),
            }
        }
        self.seen = self.text().len();
    }

    /// Waits for the child's end: its exit code (None: a signal), and all that it showed.
    pub fn finish(mut self) -> (Option<i32>, String) {
        let end = Instant::now() + PATIENCE;
        while let Ok(bytes) = self.output.recv_timeout(end.saturating_duration_since(Instant::now())) {
            self.raw.extend(bytes);
        }
        assert!(Instant::now() < end, "the child does not end; shown:\n{}", self.text());
        let status = self.child.wait().expect("the child ends");
        (status.code(), self.text())
    }

    /// What was shown so far, with its control sequences.
    pub fn raw(&self) -> String {
        String::from_utf8_lossy(&self.raw).into_owned()
    }

    /// What was shown so far, without them.
    pub fn text(&self) -> String {
        plain(&self.raw)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Text without control sequences. A sequence that is not complete yet is left out, too.
fn plain(raw: &[u8]) -> String {
    let text = String::from_utf8_lossy(raw);
    let (mut out, mut chars) = (String::new(), text.chars());
    while let Some(c) = chars.next() {
        match c {
            '\x1b' => {
                if chars.next() == Some('[') {
                    let _ = chars.by_ref().find(|c| ('\x40'..='\x7e').contains(c));
                }
            }
            '\r' => {}
            c => out.push(c),
        }
    }
    out
}

fn open() -> std::io::Result<(OwnedFd, OwnedFd)> {
    let (mut master, mut slave) = (0, 0);
    let none = std::ptr::null_mut();
    // SAFETY: the two numbers are live locals, the other arguments may be null.
    if unsafe { libc::openpty(&mut master, &mut slave, none, std::ptr::null(), std::ptr::null()) } != 0 {
        return Err(std::io::Error::last_os_error());
    }
    // The child gets the terminal as its standard streams only.
    // SAFETY: both descriptors were just opened and belong to nobody else.
    let ends = unsafe { (OwnedFd::from_raw_fd(master), OwnedFd::from_raw_fd(slave)) };
    for end in [&ends.0, &ends.1] {
        // SAFETY: sets a flag of an open descriptor.
        unsafe { libc::fcntl(end.as_raw_fd(), libc::F_SETFD, libc::FD_CLOEXEC) };
    }
    Ok(ends)
}

/// The terminal on standard input becomes the child's own, so that Ctrl-C reaches it.
fn own_session() -> std::io::Result<()> {
    // SAFETY: neither call touches memory; the default action is no pointer to code.
    unsafe {
        libc::signal(libc::SIGINT, libc::SIG_DFL);
        libc::setsid();
        libc::ioctl(0, libc::TIOCSCTTY, 0);
    }
    Ok(())
}
