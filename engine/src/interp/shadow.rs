//! Modules of the program that stand in the way of the library's: what the errors of failed lookups in modules say of them.

use std::path::{Path, PathBuf};

use proto_core::Value;
use proto_core::sync::{Mutex, lock};

use crate::ctx::{Ctx, PyResult};
use crate::objects::{Set, Str};
use crate::protocol;

/// What the start put in front of `sys.path`.
static FIRST: Mutex<Option<PathBuf>> = Mutex::new(None);

/// Says what the start put in front of `sys.path`; the empty path is the current directory.
pub fn set_first_path(path: &Path) {
    *lock(&FIRST) = Some(path.to_path_buf());
}

/// What a module's spec tells about a lookup in it that failed.
#[derive(Default)]
pub struct Facts {
    /// The file that the module comes from.
    pub origin: Option<String>,
    /// It is still being imported.
    pub initializing: bool,
    /// It lies in the program's own folder.
    pub own: bool,
    /// It lies there and is named like a module of the library.
    pub shadows_library: bool,
}

impl Facts {
    /// The facts of the module with this name and spec.
    pub fn of(cx: &mut Ctx, spec: Option<Value>, name: Option<Value>) -> PyResult<Facts> {
        let Some(spec) = spec.filter(|s| !s.is_none()) else { return Ok(Facts::default()) };
        let mut facts = Facts::default();
        let attribute = |cx: &mut Ctx, name: &[u8]| {
            let name = cx.intern(name);
            protocol::getattr_opt(cx, spec, name)
        };
        if let Some(located) = attribute(cx, b"has_location")?
            && protocol::truth(cx, located)?
        {
            let origin = attribute(cx, b"origin")?;
            facts.origin = origin.and_then(Str::of).map(|s| s.to_string_lossy().into_owned());
        }
        if let Some(flag) = attribute(cx, b"_initializing")? {
            facts.initializing = protocol::truth(cx, flag)?;
        }
        facts.own = facts.origin.as_deref().is_some_and(in_first_path);
        if facts.own
            && let Some(name) = name.filter(|n| Str::of_sub(cx, *n).is_some())
        {
            let names = protocol::import_attr(cx, "sys", "stdlib_module_names");
            facts.shadows_library = match names {
                Ok(v) => match Set::of(v) {
                    Some(set) => set.contains(cx, name)?,
                    None => false,
                },
                Err(raised) => {
                    cx.clear(raised);
                    false
                }
            };
        }
        Ok(facts)
    }

    /// What the program may do about it, if the module stands in the way of another one.
    pub fn advice(&self, name: &str) -> Option<String> {
        let origin = self.origin.as_deref().map(quoted)?;
        if self.shadows_library {
            return Some(format!(
                "consider renaming {origin} since it has the same name as the standard library module named '{name}' and \
                 prevents importing that standard library module"
            ));
        }
        (self.initializing && self.own)
            .then(|| format!("consider renaming {origin} if it has the same name as a library you intended to import"))
    }
}

/// Whether a submodule is being imported that is no attribute of its package yet.
pub fn uninitialized_submodule(cx: &mut Ctx, spec: Option<Value>, name: Value) -> PyResult<bool> {
    let Some(spec) = spec.filter(|s| !s.is_none()) else { return Ok(false) };
    let attribute = cx.intern(b"_uninitialized_submodules");
    let Some(list) = protocol::getattr_opt(cx, spec, attribute)? else { return Ok(false) };
    protocol::contains(cx, list, name)
}

fn quoted(text: &str) -> String {
    String::from_utf8_lossy(&pytext::repr::str_repr(text.as_bytes())).into_owned()
}

/// Whether a module's file lies in the first folder of the program, as a module or as a package.
fn in_first_path(origin: &str) -> bool {
    let path = Path::new(origin);
    let Some(mut folder) = path.parent() else { return false };
    if path.file_name().is_some_and(|n| n == "__init__.py") {
        let Some(above) = folder.parent() else { return false };
        folder = above;
    }
    let first = lock(&FIRST).clone();
    match first {
        Some(first) if first.as_os_str().is_empty() => std::env::current_dir().is_ok_and(|d| d == folder),
        Some(first) => first == folder,
        None => false,
    }
}
