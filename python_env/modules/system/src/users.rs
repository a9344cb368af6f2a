//! The modules `pwd` and `grp`.

use engine::prelude::*;

use crate::convert::{fs_decode, fs_encode, id_arg, io_error, type_name};
use crate::os::user;
use crate::structseq;
use crate::structseq::make;

const fn def(name: &'static str, sig: &'static str, f: NativeFn) -> NativeDef {
    NativeDef::new(name, sig, f, "")
}

structseq!(StructPasswd, STRUCT_PASSWD, "pwd", "struct_passwd" = "pwd.struct_passwd: Results from getpw*() routines.\n\nThis object may be accessed either as a tuple of\n  (pw_name,pw_passwd,pw_uid,pw_gid,pw_gecos,pw_dir,pw_shell)\nor via the object attributes as named in the above tuple.", new, visible 7,
    all ["pw_name", "pw_passwd", "pw_uid", "pw_gid", "pw_gecos", "pw_dir", "pw_shell"],
    shown ["pw_name", "pw_passwd", "pw_uid", "pw_gid", "pw_gecos", "pw_dir", "pw_shell"],
    [0 "pw_name", 1 "pw_passwd", 2 "pw_uid", 3 "pw_gid", 4 "pw_gecos", 5 "pw_dir", 6 "pw_shell"]);

fn passwd(cx: &mut Ctx, u: &user::User) -> Value {
    let fields = [
        fs_decode(cx, &u.name),
        fs_decode(cx, &u.passwd),
        int::from_i64(cx, u.ids[0].into()),
        int::from_i64(cx, u.ids[1].into()),
        fs_decode(cx, &u.gecos),
        fs_decode(cx, &u.dir),
        fs_decode(cx, &u.shell),
    ];
    make::<StructPasswd>(cx, &fields)
}

fn getpwuid(cx: &mut Ctx, args: Args) -> PyResult {
    let uid = match id_arg(cx, args[0], "uid") {
        Ok(uid) => uid,
        // Numbers that are no user's at all.
        Err(r) if cx.matches(&r, Exc::OverflowError) => {
            cx.clear(r);
            return not_found(cx, "getpwuid(): uid not found");
        }
        Err(r) => return Err(r),
    };
    match user::user_by_id(uid) {
        Ok(Some(u)) => Ok(passwd(cx, &u)),
        Ok(None) => not_found(cx, &format!("getpwuid(): uid not found: {}", shown_id(uid))),
        Err(e) => Err(io_error(cx, &e)),
    }
}

fn getpwnam(cx: &mut Ctx, args: Args) -> PyResult {
    let name = name_arg(cx, args[0], "getpwnam() argument")?;
    match user::user_by_name(&name) {
        Ok(Some(u)) => Ok(passwd(cx, &u)),
        Ok(None) => {
            let shown = protocol::repr_lossy(cx, args[0]);
            not_found(cx, &format!("getpwnam(): name not found: {shown}"))
        }
        Err(e) => Err(io_error(cx, &e)),
    }
}

/// The number of a user or group as messages have it: the last one is -1.
fn shown_id(id: u32) -> i64 {
    if id == u32::MAX { -1 } else { i64::from(id) }
}

/// The bytes of a name to look up.
fn name_arg(cx: &mut Ctx, v: Value, what: &str) -> Res<Vec<u8>> {
    if Str::of_sub(cx, v).is_none() {
        let ty = type_name(cx, v);
        return Err(cx.type_error(format!("{what} must be str, not {ty}")));
    }
    let name = fs_encode(cx, v)?;
    if name.contains(&0) {
        return Err(cx.value_error("embedded null byte"));
    }
    Ok(name)
}

fn not_found(cx: &mut Ctx, text: &str) -> PyResult {
    let text = Str::new(cx, text);
    Err(cx.key_error(text))
}

fn getpwall(cx: &mut Ctx, _args: Args) -> PyResult {
    let list = List::new(cx);
    for u in user::all_users() {
        let entry = passwd(cx, &u);
        list.push(cx, entry);
    }
    Ok(list.value())
}

/// `pwd`
pub static PWD: ModuleDef = ModuleDef {
    doc: "The user database.",
    functions: &[
        def("getpwuid", "($module, uidobj, /)", getpwuid),
        def("getpwnam", "($module, name, /)", getpwnam),
        def("getpwall", "($module, /)", getpwall),
    ],
    types: &[&STRUCT_PASSWD],
    ..ModuleDef::new("pwd")
};

// --- grp ---

structseq!(StructGroup, STRUCT_GROUP, "grp", "struct_group" = "grp.struct_group: Results from getgr*() routines.\n\nThis object may be accessed either as a tuple of\n  (gr_name,gr_passwd,gr_gid,gr_mem)\nor via the object attributes as named in the above tuple.\n", new, visible 4,
    all ["gr_name", "gr_passwd", "gr_gid", "gr_mem"], shown ["gr_name", "gr_passwd", "gr_gid", "gr_mem"],
    [0 "gr_name", 1 "gr_passwd", 2 "gr_gid", 3 "gr_mem"]);

/// A group of the local file: name, password, number, members.
type Group = (Vec<u8>, Vec<u8>, u32, Vec<Vec<u8>>);

fn groups() -> Vec<Group> {
    let text = std::fs::read("/etc/group").unwrap_or_default();
    text.split(|&b| b == b'\n')
        .filter_map(|line| {
            let mut fields = line.split(|&b| b == b':').map(<[u8]>::to_vec);
            let (name, passwd) = (fields.next().filter(|n| !n.is_empty())?, fields.next()?);
            let gid = std::str::from_utf8(&fields.next()?).ok()?.parse().ok()?;
            let members = fields.next().unwrap_or_default();
            let members = members.split(|&b| b == b',').filter(|m| !m.is_empty()).map(<[u8]>::to_vec).collect();
            Some((name, passwd, gid, members))
        })
        .collect()
}

fn group(cx: &mut Ctx, g: &Group) -> Value {
    let members = List::new(cx);
    for m in &g.3 {
        let m = fs_decode(cx, m);
        members.push(cx, m);
    }
    let fields = [fs_decode(cx, &g.0), fs_decode(cx, &g.1), int::from_i64(cx, g.2.into()), members.value()];
    make::<StructGroup>(cx, &fields)
}

fn getgrgid(cx: &mut Ctx, args: Args) -> PyResult {
    let gid = id_arg(cx, args[0], "gid")?;
    match groups().iter().find(|g| g.2 == gid) {
        Some(g) => Ok(group(cx, g)),
        None => not_found(cx, &format!("getgrgid(): gid not found: {}", shown_id(gid))),
    }
}

fn getgrnam(cx: &mut Ctx, args: Args) -> PyResult {
    let name = name_arg(cx, args[0], "getgrnam() argument 'name'")?;
    match groups().iter().find(|g| g.0 == name) {
        Some(g) => Ok(group(cx, g)),
        None => {
            let shown = protocol::repr_lossy(cx, args[0]);
            not_found(cx, &format!("getgrnam(): name not found: {shown}"))
        }
    }
}

fn getgrall(cx: &mut Ctx, _args: Args) -> PyResult {
    let list = List::new(cx);
    for g in groups() {
        let entry = group(cx, &g);
        list.push(cx, entry);
    }
    Ok(list.value())
}

/// `grp`
pub static GRP: ModuleDef = ModuleDef {
    doc: "The group database.",
    functions: &[
        def("getgrgid", "($module, /, id)", getgrgid),
        def("getgrnam", "($module, /, name)", getgrnam),
        def("getgrall", "($module, /)", getgrall),
    ],
    types: &[&STRUCT_GROUP],
    ..ModuleDef::new("grp")
};
