//! The module `termios`: settings of terminals.

use engine::prelude::*;
use rustix::termios as rt;

use crate::convert::{c_int, waiting};
use crate::fcntl::fileno;
use crate::os::fd::borrow;
use crate::os::tty::{self, NCCS};

/// `termios.error`
pub static ERROR: TypeDef =
    TypeDef { bases: &[BaseRef::Exc(Exc::Exception)], flags: TypeFlags::BASETYPE, ..TypeDef::new("termios", "error") };

fn checked<T>(cx: &mut Ctx, r: Result<T, rustix::io::Errno>) -> Res<T> {
    match r {
        Ok(v) => Ok(v),
        Err(e) => {
            let class = cx.type_of_def(&ERROR).value();
            let number = e.raw_os_error();
            let text = Str::new(cx, &crate::os::user::strerror(number));
            Err(cx.raise_call(class, &[Value::small(number), text]))
        }
    }
}

/// `tcgetattr(fd)`
fn tcgetattr(cx: &mut Ctx, args: Args) -> PyResult {
    let fd = fileno(cx, args[0])?;
    let r = tty::settings(fd);
    let s = checked(cx, r)?;
    let canonical = s.c_lflag & libc::ICANON != 0;
    let chars = List::new(cx);
    for (i, &c) in s.c_cc.iter().enumerate() {
        let number = !canonical && (i == libc::VMIN || i == libc::VTIME);
        let item = if number { Value::small(i32::from(c)) } else { Bytes::new(cx, &[c]) };
        chars.push(cx, item);
    }
    let [input, output] = tty::speeds(&s);
    let list = List::new(cx);
    for n in [s.c_iflag, s.c_oflag, s.c_cflag, s.c_lflag, input, output] {
        let n = int::from_u64(cx, n.into());
        list.push(cx, n);
    }
    list.push(cx, chars.value());
    Ok(list.value())
}

/// `tcsetattr(fd, when, attributes)`
fn tcsetattr(cx: &mut Ctx, args: Args) -> PyResult {
    let fd = fileno(cx, args[0])?;
    let when = c_int(cx, args[1])?;
    let Some(list) = List::of_sub(cx, args[2]).filter(|l| l.len() == 7) else {
        return Err(cx.type_error("tcsetattr, arg 3: must be 7 element list"));
    };
    let at = |i: usize| list.get(i).unwrap_or(Value::NONE);
    let r = tty::settings(fd);
    let mut s = checked(cx, r)?;
    let Some(chars) = List::of_sub(cx, at(6)).filter(|l| l.len() == NCCS) else {
        return Err(cx.type_error(format!("tcsetattr: attributes[6] must be {NCCS} element list")));
    };
    let mut numbers = [0u32; 6];
    for (i, n) in numbers.iter_mut().enumerate() {
        *n = protocol::index(cx, at(i))? as u32;
    }
    [s.c_iflag, s.c_oflag, s.c_cflag, s.c_lflag, _, _] = numbers;
    for i in 0..NCCS {
        let v = chars.get(i).unwrap_or(Value::NONE);
        let byte = match Bytes::of_sub(cx, v).map(|b| b.as_slice().to_vec()) {
            Some(b) if b.len() == 1 => b[0],
            None if int::is_sub(cx, v) => protocol::index(cx, v)? as u8,
            _ => {
                let text = "tcsetattr: elements of attributes must be characters or integers";
                return Err(cx.type_error(text));
            }
        };
        s.c_cc[i] = byte;
    }
    let r = tty::set_speeds(&mut s, [numbers[4], numbers[5]]);
    checked(cx, r)?;
    let r = waiting(cx, || tty::set_settings(fd, when, &s))?;
    checked(cx, r)?;
    Ok(Value::NONE)
}

/// `tcsendbreak(fd, duration)`
fn tcsendbreak(cx: &mut Ctx, args: Args) -> PyResult {
    let (fd, n) = (fileno(cx, args[0])?, c_int(cx, args[1])?);
    let r = waiting(cx, || tty::send_break(fd, n))?;
    checked(cx, r)?;
    Ok(Value::NONE)
}

/// `tcdrain(fd)`
fn tcdrain(cx: &mut Ctx, args: Args) -> PyResult {
    let fd = fileno(cx, args[0])?;
    let r = waiting(cx, || tty::drain(fd))?;
    checked(cx, r)?;
    Ok(Value::NONE)
}

/// `tcflush(fd, queue)`
fn tcflush(cx: &mut Ctx, args: Args) -> PyResult {
    let (fd, n) = (fileno(cx, args[0])?, c_int(cx, args[1])?);
    let r = waiting(cx, || tty::flush(fd, n))?;
    checked(cx, r)?;
    Ok(Value::NONE)
}

/// `tcflow(fd, action)`
fn tcflow(cx: &mut Ctx, args: Args) -> PyResult {
    let (fd, n) = (fileno(cx, args[0])?, c_int(cx, args[1])?);
    let r = waiting(cx, || tty::flow(fd, n))?;
    checked(cx, r)?;
    Ok(Value::NONE)
}

/// `tcgetwinsize(fd)`
fn tcgetwinsize(cx: &mut Ctx, args: Args) -> PyResult {
    let fd = fileno(cx, args[0])?;
    let r = borrow(fd).and_then(rt::tcgetwinsize);
    let size = checked(cx, r)?;
    Ok(crate::convert::int_tuple(cx, &[size.ws_row.into(), size.ws_col.into()]))
}

/// `tcsetwinsize(fd, winsize)`
fn tcsetwinsize(cx: &mut Ctx, args: Args) -> PyResult {
    let fd = fileno(cx, args[0])?;
    let list = protocol::list_of(cx, args[1])?;
    if list.len() != 2 {
        return Err(cx.type_error("tcsetwinsize, arg 2: must be a two-item sequence"));
    }
    let mut sizes = [0u16; 2];
    for (i, n) in sizes.iter_mut().enumerate() {
        let v = protocol::index(cx, list.get(i).unwrap_or(Value::NONE))?;
        let Ok(v) = u16::try_from(v) else {
            return Err(cx.overflow_error("winsize value(s) out of range."));
        };
        *n = v;
    }
    let r = borrow(fd).and_then(rt::tcgetwinsize);
    let mut size = checked(cx, r)?;
    [size.ws_row, size.ws_col] = sizes;
    let r = borrow(fd).and_then(|f| rt::tcsetwinsize(f, size));
    checked(cx, r)?;
    Ok(Value::NONE)
}

macro_rules! constants {
    ($($name:ident)*) => { &[$((stringify!($name), Const::Int(libc::$name as i64))),*] };
}

/// Numbers that the C library's headers define without a name in the crate: usual control characters and others.
const FIXED: &[(&str, i32)] = &[
    ("CDSUSP", 25),
    ("CEOF", 4),
    ("CEOL", 0),
    ("CEOT", 4),
    ("CERASE", 127),
    ("CFLUSH", 15),
    ("CINTR", 3),
    ("CKILL", 21),
    ("CLNEXT", 22),
    ("CQUIT", 28),
    ("CRPRNT", 18),
    ("CSTART", 17),
    ("CSTOP", 19),
    ("CSUSP", 26),
    ("CWERASE", 23),
    ("IOCSIZE_MASK", 1_073_676_288),
    ("IOCSIZE_SHIFT", 16),
    ("N_MOUSE", 2),
    ("N_PPP", 3),
    ("N_SLIP", 1),
    ("N_STRIP", 4),
    ("N_TTY", 0),
    ("VSWTCH", 7),
    ("B76800", 76800),
    ("TIOCPKT_DATA", 0),
    ("TIOCPKT_DOSTOP", 32),
    ("TIOCPKT_FLUSHREAD", 1),
    ("TIOCPKT_FLUSHWRITE", 2),
    ("TIOCPKT_NOSTOP", 16),
    ("TIOCPKT_START", 8),
    ("TIOCPKT_STOP", 4),
    ("TIOCSER_TEMT", 1),
];

fn init(cx: &mut Ctx, module: Value) -> Res<()> {
    for (name, n) in FIXED {
        cx.set_module_attr(module, name, Value::small(*n));
    }
    Ok(())
}

const fn def(name: &'static str, sig: &'static str, f: NativeFn) -> NativeDef {
    NativeDef::new(name, sig, f, "")
}

/// `termios`
pub static TERMIOS: ModuleDef = ModuleDef {
    doc: "This module provides an interface to the Posix calls for tty I/O control.",
    functions: &[
        def("tcgetattr", "($module, fd, /)", tcgetattr),
        def("tcsetattr", "($module, fd, when, attributes, /)", tcsetattr),
        def("tcsendbreak", "($module, fd, duration, /)", tcsendbreak),
        def("tcdrain", "($module, fd, /)", tcdrain),
        def("tcflush", "($module, fd, queue, /)", tcflush),
        def("tcflow", "($module, fd, action, /)", tcflow),
        def("tcgetwinsize", "($module, fd, /)", tcgetwinsize),
        def("tcsetwinsize", "($module, fd, winsize, /)", tcsetwinsize),
    ],
    types: &[&ERROR],
    constants: constants! {
        B0 B1000000 B110 B115200 B1152000 B1200 B134 B150 B1500000 B1800 B19200 B200 B2000000 B230400 B2400 B2500000
        B300 B3000000 B3500000 B38400 B4000000 B460800 B4800 B50 B500000 B57600 B576000 B600 B75 B921600
        B9600 BRKINT BS0 BS1 BSDLY CBAUD CBAUDEX CIBAUD CLOCAL CR0 CR1 CR2 CR3 CRDLY CREAD CRTSCTS CS5 CS6 CS7 CS8
        CSIZE CSTOPB ECHO ECHOCTL ECHOE ECHOK ECHOKE ECHONL ECHOPRT EXTA EXTB EXTPROC FF0 FF1 FFDLY FIOASYNC FIOCLEX
        FIONBIO FIONCLEX FIONREAD FLUSHO HUPCL IBSHIFT ICANON ICRNL IEXTEN IGNBRK IGNCR IGNPAR IMAXBEL INLCR INPCK
        ISIG ISTRIP IUCLC IUTF8 IXANY IXOFF IXON NCCS NL0 NL1 NLDLY NOFLSH OCRNL OFDEL OFILL OLCUC ONLCR ONLRET
        ONOCR OPOST PARENB PARMRK PARODD PENDIN TAB0 TAB1 TAB2 TAB3 TABDLY TCFLSH TCGETS TCIFLUSH TCIOFF TCIOFLUSH
        TCION TCOFLUSH TCOOFF TCOON TCSADRAIN TCSAFLUSH TCSANOW TCSBRK TCSBRKP TCSETS TCSETSF TCSETSW TCXONC
        TIOCCONS TIOCEXCL TIOCGETD TIOCGICOUNT TIOCGLCKTRMIOS TIOCGPGRP TIOCGSERIAL TIOCGSOFTCAR TIOCGWINSZ TIOCINQ
        TIOCLINUX TIOCMBIC TIOCMBIS TIOCMGET TIOCMIWAIT TIOCMSET TIOCM_CAR TIOCM_CD TIOCM_CTS TIOCM_DSR TIOCM_DTR
        TIOCM_LE TIOCM_RI TIOCM_RNG TIOCM_RTS TIOCM_SR TIOCM_ST TIOCNOTTY TIOCNXCL TIOCOUTQ TIOCPKT         TIOCSCTTY
        TIOCSERCONFIG TIOCSERGETLSR TIOCSERGETMULTI TIOCSERGSTRUCT TIOCSERGWILD TIOCSERSETMULTI TIOCSERSWILD
        TIOCSETD TIOCSLCKTRMIOS TIOCSPGRP TIOCSSERIAL TIOCSSOFTCAR TIOCSTI TIOCSWINSZ TOSTOP VDISCARD
        VEOF VEOL VEOL2 VERASE VINTR VKILL VLNEXT VMIN VQUIT VREPRINT VSTART VSTOP VSUSP VSWTC VT0 VT1 VTDLY VTIME
        VWERASE XCASE XTABS _POSIX_VDISABLE
    },
    init: Some(init),
    ..ModuleDef::new("termios")
};
