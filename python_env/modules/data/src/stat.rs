//! The module `_stat`: the bits of `st_mode`.

use engine::prelude::*;
use engine::protocol;

use crate::instances;

const S_IFMT: u32 = 0o170_000;
const S_IFDIR: u32 = 0o040_000;
const S_IFCHR: u32 = 0o020_000;
const S_IFBLK: u32 = 0o060_000;
const S_IFREG: u32 = 0o100_000;
const S_IFIFO: u32 = 0o010_000;
const S_IFLNK: u32 = 0o120_000;
const S_IFSOCK: u32 = 0o140_000;

macro_rules! is_kind {
    ($name:literal, $kind:expr, $doc:literal) => {
        NativeDef::new(
            $name,
            "($module, object, /)",
            |cx, a| {
                let mode = mode(cx, a)?;
                Ok(Value::bool($kind != 0 && mode & S_IFMT == $kind))
            },
            $doc,
        )
    };
}

macro_rules! ints {
    ($($name:literal = $value:expr),* $(,)?) => { &[$(($name, Const::Int($value as i64))),*] };
}

pub static STAT: ModuleDef = ModuleDef {
    doc: "File types, permission bits and file flags of the operating system.",
    functions: &[
        is_kind!("S_ISDIR", S_IFDIR, "S_ISDIR(mode) -> bool\n\nReturn True if mode is from a directory."),
        is_kind!(
            "S_ISCHR",
            S_IFCHR,
            "S_ISCHR(mode) -> bool\n\nReturn True if mode is from a character special device file."
        ),
        is_kind!(
            "S_ISBLK",
            S_IFBLK,
            "S_ISBLK(mode) -> bool\n\nReturn True if mode is from a block special device file."
        ),
        is_kind!("S_ISREG", S_IFREG, "S_ISREG(mode) -> bool\n\nReturn True if mode is from a regular file."),
        is_kind!("S_ISFIFO", S_IFIFO, "S_ISFIFO(mode) -> bool\n\nReturn True if mode is from a FIFO (named pipe)."),
        is_kind!("S_ISLNK", S_IFLNK, "S_ISLNK(mode) -> bool\n\nReturn True if mode is from a symbolic link."),
        is_kind!("S_ISSOCK", S_IFSOCK, "S_ISSOCK(mode) -> bool\n\nReturn True if mode is from a socket."),
        is_kind!("S_ISDOOR", 0, "S_ISDOOR(mode) -> bool\n\nReturn True if mode is from a door."),
        is_kind!("S_ISPORT", 0, "S_ISPORT(mode) -> bool\n\nReturn True if mode is from an event port."),
        is_kind!("S_ISWHT", 0, "S_ISWHT(mode) -> bool\n\nReturn True if mode is from a whiteout."),
        NativeDef::new(
            "S_IMODE",
            "($module, object, /)",
            |cx, a| Ok(Value::from_usize((mode(cx, a)? & 0o7777) as usize)),
            "Return the portion of the file's mode that can be set by os.chmod().",
        ),
        NativeDef::new(
            "S_IFMT",
            "($module, object, /)",
            |cx, a| Ok(Value::from_usize((mode(cx, a)? & S_IFMT) as usize)),
            "Return the portion of the file's mode that describes the file type.",
        ),
        NativeDef::new(
            "filemode",
            "($module, object, /)",
            filemode,
            "Convert a file's mode to a string of the form '-rwxrwxrwx'",
        ),
    ],
    constants: ints! {
        "S_IFDIR" = S_IFDIR, "S_IFCHR" = S_IFCHR, "S_IFBLK" = S_IFBLK, "S_IFREG" = S_IFREG, "S_IFIFO" = S_IFIFO,
        "S_IFLNK" = S_IFLNK, "S_IFSOCK" = S_IFSOCK, "S_IFDOOR" = 0, "S_IFPORT" = 0, "S_IFWHT" = 0,
        "S_ISUID" = 0o4000, "S_ISGID" = 0o2000, "S_ISVTX" = 0o1000, "S_ENFMT" = 0o2000,
        "S_IREAD" = 0o400, "S_IWRITE" = 0o200, "S_IEXEC" = 0o100,
        "S_IRWXU" = 0o700, "S_IRUSR" = 0o400, "S_IWUSR" = 0o200, "S_IXUSR" = 0o100,
        "S_IRWXG" = 0o070, "S_IRGRP" = 0o040, "S_IWGRP" = 0o020, "S_IXGRP" = 0o010,
        "S_IRWXO" = 0o007, "S_IROTH" = 0o004, "S_IWOTH" = 0o002, "S_IXOTH" = 0o001,
        "UF_SETTABLE" = 0xffff, "UF_NODUMP" = 1, "UF_IMMUTABLE" = 2, "UF_APPEND" = 4, "UF_OPAQUE" = 8, "UF_NOUNLINK" = 16,
        "UF_COMPRESSED" = 32, "UF_TRACKED" = 64, "UF_DATAVAULT" = 128, "UF_HIDDEN" = 0x8000,
        "SF_SETTABLE" = 0xffff_0000u32, "SF_ARCHIVED" = 0x1_0000, "SF_IMMUTABLE" = 0x2_0000, "SF_APPEND" = 0x4_0000,
        "SF_NOUNLINK" = 0x10_0000, "SF_SNAPSHOT" = 0x20_0000, "SF_FIRMLINK" = 0x80_0000, "SF_DATALESS" = 0x4000_0000,
        "ST_MODE" = 0, "ST_INO" = 1, "ST_DEV" = 2, "ST_NLINK" = 3, "ST_UID" = 4, "ST_GID" = 5, "ST_SIZE" = 6,
        "ST_ATIME" = 7, "ST_MTIME" = 8, "ST_CTIME" = 9,
    },
    ..ModuleDef::new("_stat")
};

fn mode(cx: &mut Ctx, args: Args) -> Res<u32> {
    let n = protocol::index(cx, args[0])?;
    match u32::try_from(n) {
        Ok(n) => Ok(n),
        Err(_) if n < 0 => Err(cx.overflow_error("can't convert negative value to unsigned int")),
        Err(_) => Err(cx.overflow_error("mode out of range")),
    }
}

fn filemode(cx: &mut Ctx, args: Args) -> PyResult {
    let mode = mode(cx, args)?;
    let kind = match mode & S_IFMT {
        S_IFREG => '-',
        S_IFDIR => 'd',
        S_IFLNK => 'l',
        S_IFBLK => 'b',
        S_IFCHR => 'c',
        S_IFIFO => 'p',
        S_IFSOCK => 's',
        _ => '?',
    };
    let mut text = String::from(kind);
    // Each triple: shift of its bits, the special bit that shows in its third place, and that bit's letters.
    for (shift, special, letters) in [(6, 0o4000, "sS"), (3, 0o2000, "sS"), (0, 0o1000, "tT")] {
        let bits = mode >> shift;
        text.push(if bits & 4 != 0 { 'r' } else { '-' });
        text.push(if bits & 2 != 0 { 'w' } else { '-' });
        let (with, without) = letters.split_at(1);
        text.push_str(match (mode & special != 0, bits & 1 != 0) {
            (true, true) => with,
            (true, false) => without,
            (false, true) => "x",
            (false, false) => "-",
        });
    }
    Ok(instances::text(cx, &text))
}
