//! `posix_spawn` and `posix_spawnp`.

use engine::prelude::*;

use super::process::{environment, strings};
use crate::convert::{Accept, c_int, os_error_at, path, type_name};
use crate::descriptors;
use crate::os::signals::SignalSet;
use crate::os::spawn::{self, Action, Attributes};

const OPEN: i32 = 0;
const CLOSE: i32 = 1;
const DUP2: i32 = 2;
const CLOSEFROM: i32 = 3;

/// The numbers of file actions.
pub const CONSTANTS: &[(&str, i32)] = &[
    ("POSIX_SPAWN_OPEN", OPEN),
    ("POSIX_SPAWN_CLOSE", CLOSE),
    ("POSIX_SPAWN_DUP2", DUP2),
    ("POSIX_SPAWN_CLOSEFROM", CLOSEFROM),
];

fn file_actions(cx: &mut Ctx, v: Value) -> Res<Vec<Action>> {
    let mut out = Vec::new();
    let list = protocol::list_of(cx, v)?;
    for i in 0..list.len() {
        let item = list.get(i).unwrap_or(Value::NONE);
        let Some(t) = Tuple::of_sub(cx, item).filter(|t| t.len() > 0) else {
            return Err(cx.type_error("Each file_actions element must be a non-empty tuple"));
        };
        let tag = c_int(cx, t.get(0))?;
        let (name, n) = match tag {
            OPEN => ("open", 5),
            CLOSE => ("close", 2),
            DUP2 => ("dup2", 3),
            CLOSEFROM => ("closefrom", 2),
            _ => return Err(cx.type_error("Unknown file_actions identifier")),
        };
        if t.len() != n {
            return Err(cx.type_error(format!("A {name} file_action tuple must have {n} elements")));
        }
        let fd = c_int(cx, t.get(1))?;
        out.push(match tag {
            OPEN => {
                let file = path(cx, t.get(2), "posix_spawn", "path", Accept::Names)?;
                let (flags, mode) = (c_int(cx, t.get(3))?, c_int(cx, t.get(4))?);
                Action::Open { fd, path: file.c_str(), flags, mode: mode as u32 }
            }
            DUP2 => Action::Dup2(fd, c_int(cx, t.get(2))?),
            CLOSE => Action::Close(fd),
            _ => Action::CloseFrom(fd),
        });
    }
    Ok(out)
}

fn signal_set(cx: &mut Ctx, v: Value) -> Res<SignalSet> {
    let mut set = SignalSet::new();
    protocol::for_each(cx, v, |cx, item| {
        let n = c_int(cx, item)?;
        if !set.add(n) {
            return Err(cx.value_error(format!("signal number {n} out of range [1; 64]")));
        }
        Ok(())
    })?;
    Ok(set)
}

fn scheduler(cx: &mut Ctx, v: Value, name: &str) -> Res<Option<(Option<i32>, i32)>> {
    if Tuple::of_sub(cx, v).is_none() {
        return Err(cx.type_error(format!("{name}: scheduler must be a tuple or None")));
    }
    let Some(t) = Tuple::of_sub(cx, v).filter(|t| t.len() == 2) else {
        return Err(cx.type_error("A scheduler tuple must have two elements"));
    };
    let policy = if t.get(0) == Value::NONE { None } else { Some(c_int(cx, t.get(0))?) };
    Ok(Some((policy, super::rare_calls::priority(cx, t.get(1))?)))
}

fn start(cx: &mut Ctx, args: Args, name: &str, search: bool) -> PyResult {
    let program = path(cx, args[0], name, "path", Accept::Names)?;
    if Tuple::of_sub(cx, args[1]).is_none() && List::of_sub(cx, args[1]).is_none() {
        return Err(cx.type_error(format!("{name}: argv must be a tuple or list")));
    }
    let argv = strings(cx, args[1], name)?;
    if argv.is_empty() {
        return Err(cx.value_error(format!("{name}: argv must not be empty")));
    }
    if argv[0].is_empty() {
        return Err(cx.value_error(format!("{name}: argv first element cannot be empty")));
    }
    let env = if args[2] == Value::NONE {
        None
    } else {
        if types::type_of(cx, args[2]).slots().getitem().is_none() {
            let _ = type_name(cx, args[2]);
            return Err(cx.type_error(format!("{name}: environment must be a mapping object or None")));
        }
        Some(environment(cx, args[2])?)
    };
    let actions = match args.get(3).filter(|&v| v != Value::NONE) {
        Some(v) => file_actions(cx, v)?,
        None => Vec::new(),
    };
    let mut attributes = Attributes::default();
    if let Some(v) = args.get(4).filter(|&v| v != Value::NONE) {
        attributes.group = Some(c_int(cx, v)?);
    }
    attributes.reset_ids = args.truth_or(cx, 5, false)?;
    attributes.session = args.truth_or(cx, 6, false)?;
    if let Some(v) = args.get(7) {
        attributes.mask = Some(signal_set(cx, v)?);
    }
    if let Some(v) = args.get(8) {
        attributes.default = Some(signal_set(cx, v)?);
    }
    if let Some(v) = args.get(9).filter(|&v| v != Value::NONE) {
        attributes.scheduler = scheduler(cx, v, name)?;
    }
    let c_program = program.c_str();
    crate::lifecycle::before_look(cx);
    let spawned =
        descriptors::passing(cx, || spawn::spawn(&c_program, &argv, env.as_deref(), &actions, &attributes, search))?;
    match spawned {
        Ok(pid) => Ok(Value::small(pid)),
        Err(e) => Err(os_error_at(cx, e, &program)),
    }
}

/// `posix_spawn(path, argv, env, /, *, ...)`
pub fn posix_spawn(cx: &mut Ctx, args: Args) -> PyResult {
    start(cx, args, "posix_spawn", false)
}

/// `posix_spawnp(path, argv, env, /, *, ...)`
pub fn posix_spawnp(cx: &mut Ctx, args: Args) -> PyResult {
    start(cx, args, "posix_spawnp", true)
}
