//! `import` statements, and what `__import__` does.

use engine_code::CodeFlags;
use proto_core::Value;

use super::dispatch::*;
use super::entry;
use super::fnptr;
use super::names::namespace_get;
use super::shadow::Facts;
use crate::ctx::{Ctx, PyResult, Raised};
use crate::exceptions::{self, Exc};
use crate::frames;
use crate::native::module_dict;
use crate::objects::{Dict, Function, Str, Tuple};
use crate::protocol::{self, audit};
use crate::types;

ops! {
    import_name(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let r = import_statement(cxr, function(base), pc.site().name(), get(base, pc.object()), pc.how());
        finish!(r, pc.dst(), pc, base, cx, table)
    }

    import_from(pc, base, cx, table) {
        let cxr = publish(pc, base, cx);
        let r = from_import(cxr, get(base, pc.object()), pc.site().name());
        finish!(r, pc.dst(), pc, base, cx, table)
    }

    import_star(pc, base, cx, table) {
        let namespace = get(base, 0);
        let namespace = if namespace.is_empty() { fnptr::globals(function(base)) } else { namespace };
        let cxr = publish(pc, base, cx);
        let r = star(cxr, get(base, pc.value()), namespace);
        finish_unit!(r, pc, base, cx, table)
    }
}

/// Calls `builtins.__import__`.
#[inline(never)]
fn import_statement(cx: &mut Ctx, function: Value, name: Value, fromlist: Value, level: usize) -> PyResult {
    let Some(f) = Function::of(function) else { return Err(cx.system_error("frame without function")) };
    let import = cx.names.__import__;
    let Some(import) = entry::builtin(cx, f.builtins(), import)? else {
        return Err(cx.import_error("__import__ not found", name));
    };
    let globals = f.globals();
    // A function has no namespace to show.
    let optimized = frames::innermost(cx).is_none_or(|frame| frame.code().code.flags.has(CodeFlags::OPTIMIZED));
    let locals = if optimized { Value::NONE } else { entry::current_locals(cx)? };
    protocol::call(cx, import, &[name, globals, locals, fromlist, Value::from_usize(level)])
}

/// `__import__(name, globals, fromlist=fromlist, level=level)`, the function's whole semantics.
#[inline(never)]
pub fn import(cx: &mut Ctx, name: Value, globals: Value, fromlist: Value, level: i64) -> PyResult {
    let Some(text) = Str::of_sub(cx, name) else {
        return Err(cx.type_error("module name must be a string"));
    };
    // What follows knows plain strings.
    let name = text.value();
    if level < 0 {
        return Err(cx.value_error("level must be >= 0"));
    }
    let absolute = if level > 0 {
        resolve(cx, name, globals, level)?
    } else {
        if text.is_empty() {
            return Err(cx.value_error("Empty module name"));
        }
        text.intern(cx)
    };
    let module = find_and_load(cx, absolute)?;
    let from = !fromlist.is_empty() && !fromlist.is_none() && protocol::truth(cx, fromlist)?;
    if from {
        let path = cx.names.__path__;
        if has_all(module, fromlist) || protocol::getattr_opt(cx, module, path)?.is_none() {
            return Ok(module);
        }
        let builtins = entry::current_builtins(cx);
        let import = cx.names.__import__;
        let import = namespace_get(cx, builtins, import)?.unwrap_or(Value::NONE);
        return bootstrap(cx, b"_handle_fromlist", &[module, fromlist, import]);
    }
    if level == 0 || text.is_empty() {
        // `import a.b.c` binds `a`.
        let bytes = text.as_bytes();
        let Some(dot) = bytes.iter().position(|&b| b == b'.') else { return Ok(module) };
        if level == 0 {
            let front = cx.intern(&bytes[..dot]);
            return find_and_load(cx, front);
        }
        return Ok(module);
    }
    // A relative import without a list gives the package that the first part of the name stands for.
    let bytes = text.as_bytes();
    let Some(dot) = bytes.iter().position(|&b| b == b'.') else { return Ok(module) };
    let cut = bytes.len() - dot;
    let Some(whole) = Str::of(absolute) else { return Ok(module) };
    let whole = whole.as_bytes();
    let front = cx.intern(&whole[..whole.len().saturating_sub(cut)]);
    let modules = cx.rt.modules(cx);
    match modules.get_str(front) {
        Some(m) => Ok(m),
        None => {
            let text = format!("'{}' not in sys.modules as expected", protocol::str_lossy(cx, front));
            let text = Str::from_text(cx, &text);
            Err(cx.key_error(text))
        }
    }
}

/// Whether the module has all names of the list, so that nothing need be loaded for them.
fn has_all(module: Value, fromlist: Value) -> bool {
    let (Some(dict), Some(names)) = (module_dict(module), Tuple::of(fromlist)) else { return false };
    let has = |name: &Value| Str::of(*name).is_some_and(|s| s.as_bytes() != b"*") && dict.get_str(*name).is_some();
    names.as_slice().iter().all(has)
}

/// The module with this absolute name, loaded if it is not there yet.
#[inline(never)]
fn find_and_load(cx: &mut Ctx, name: Value) -> PyResult {
    let modules = cx.rt.modules(cx);
    match modules.get_str(name) {
        Some(module) if !module.is_none() => {
            wait_until_loaded(cx, module, name)?;
            Ok(module)
        }
        Some(_) => {
            let text = format!("import of {} halted; None in sys.modules", protocol::str_lossy(cx, name));
            Err(cx.import_error_of(Exc::ModuleNotFoundError, text, name, Value::NONE))
        }
        None => {
            if audit::is_on() {
                tell_of_import(cx, name)?;
            }
            let builtins = entry::current_builtins(cx);
            let import = cx.names.__import__;
            let import = namespace_get(cx, builtins, import)?.unwrap_or(Value::NONE);
            bootstrap(cx, b"_find_and_load", &[name, import])
        }
    }
}

/// Tells audit hooks of a module that will be looked for.
#[cold]
fn tell_of_import(cx: &mut Ctx, name: Value) -> PyResult<()> {
    let mut parts = [name, Value::NONE, Value::NONE, Value::NONE, Value::NONE];
    let sys = cx.rt.modules(cx).get_str(cx.names.sys);
    for (part, attribute) in parts[2..].iter_mut().zip(["path", "meta_path", "path_hooks"]) {
        if let Some(sys) = sys {
            *part = protocol::getattr_opt(cx, sys, cx.intern(attribute.as_bytes()))?.unwrap_or(Value::NONE);
        }
    }
    audit::tell(cx, "import", &parts)
}

/// Another thread may be loading the module.
#[inline(never)]
fn wait_until_loaded(cx: &mut Ctx, module: Value, name: Value) -> PyResult<()> {
    let key = cx.names.__spec__;
    let Some(spec) = module_dict(module).and_then(|d| d.get_str(key)).filter(|s| !s.is_none()) else { return Ok(()) };
    let initializing = cx.names._initializing;
    match protocol::getattr_opt(cx, spec, initializing)? {
        Some(Value::TRUE) => bootstrap(cx, b"_lock_unlock_module", &[name]).map(drop),
        _ => Ok(()),
    }
}

/// `importlib._bootstrap`, whatever `sys.modules` says of it.
pub fn machinery(cx: &mut Ctx) -> Option<Value> {
    let name = cx.intern(b"importlib._bootstrap");
    cx.rt.state(cx).get_str(name)
}

/// Makes a module the one that `import` asks.
pub fn set_machinery(cx: &mut Ctx, bootstrap: Value) {
    let name = cx.intern(b"importlib._bootstrap");
    cx.rt.state(cx).set_str(cx, name, bootstrap);
}

/// Calls a function of `importlib._bootstrap`.
#[inline(never)]
fn bootstrap(cx: &mut Ctx, function: &[u8], args: &[Value]) -> PyResult {
    let Some(module) = machinery(cx) else {
        let name = args.first().copied().unwrap_or(Value::NONE);
        let text = format!("No module named '{}'", protocol::str_lossy(cx, name));
        return Err(cx.import_error_of(Exc::ModuleNotFoundError, text, name, Value::NONE));
    };
    let name = cx.intern(function);
    let f = protocol::getattr(cx, module, name)?;
    match protocol::call(cx, f, args) {
        Err(raised) => {
            let exception = cx.take(raised);
            trim_traceback(cx, exception);
            Err(cx.restore(exception))
        }
        r => r,
    }
}

/// Whether a frame belongs to the import machinery.
fn is_machinery(tb: Value) -> Option<&'static str> {
    let code = frames::frame::code(frames::traceback::frame_of(tb))?;
    let file = &*code.code.filename;
    let inside = file.starts_with("<frozen importlib._bootstrap") || file.ends_with("_image_importer.py");
    inside.then_some(&*code.code.name)
}

/// Takes the import machinery's frames out of a traceback: all of them for an ImportError, else those that led to the code
/// of the module.
fn trim_traceback(cx: &mut Ctx, exception: Value) {
    let always = super::exc::is_exc(cx, exception, Exc::ImportError);
    let mut first = exceptions::get_traceback(cx, exception);
    // Entry before the chunk of machinery entries, and the last entry kept; EMPTY: none.
    let (mut outer, mut kept, mut inside) = (Value::EMPTY, Value::EMPTY, false);
    let mut tb = first;
    while !tb.is_none() && !tb.is_empty() {
        let next = frames::traceback::next(tb);
        let machinery = is_machinery(tb);
        if machinery.is_some() && !inside {
            outer = kept;
        }
        inside = machinery.is_some();
        if machinery.is_some_and(|name| always || name == "_call_with_frames_removed") {
            if outer.is_empty() {
                first = next;
            } else {
                frames::traceback::link(cx, outer, next);
            }
            kept = outer;
        } else {
            kept = tb;
        }
        tb = next;
    }
    exceptions::set_traceback(cx, exception, first);
}

/// The absolute name of a relative import.
#[inline(never)]
fn resolve(cx: &mut Ctx, name: Value, globals: Value, level: i64) -> PyResult {
    let package = package_of(cx, globals)?;
    let Some(package) = Str::of(package) else {
        return Err(cx.type_error("package must be a string"));
    };
    let mut base = package.as_bytes();
    if base.is_empty() {
        return Err(cx.raise(Exc::ImportError, "attempted relative import with no known parent package"));
    }
    for _ in 1..level {
        match base.iter().rposition(|&b| b == b'.') {
            Some(dot) => base = &base[..dot],
            None => return Err(cx.raise(Exc::ImportError, "attempted relative import beyond top-level package")),
        }
    }
    let Some(name) = Str::of(name).filter(|n| !n.is_empty()) else { return Ok(cx.intern(base)) };
    let whole = [base, b".", name.as_bytes()].concat();
    Ok(cx.intern(&whole))
}

/// `__package__` as the globals tell it.
#[inline(never)]
fn package_of(cx: &mut Ctx, globals: Value) -> PyResult {
    let names = cx.names;
    let Some(dict) = Dict::of_sub(cx, globals) else {
        return Err(cx.raise(Exc::KeyError, "'__name__' not in globals"));
    };
    if let Some(package) = dict.get_str(names.__package__).filter(|p| !p.is_none()) {
        if Str::of(package).is_none() {
            return Err(cx.type_error("package must be a string"));
        }
        if let Some(spec) = dict.get_str(names.__spec__).filter(|s| !s.is_none()) {
            let parent = cx.intern(b"parent");
            let parent = protocol::getattr(cx, spec, parent)?;
            if !protocol::eq(cx, package, parent)? {
                exceptions::warn(cx, Exc::DeprecationWarning, "__package__ != __spec__.parent", 1)?;
            }
        }
        return Ok(package);
    }
    if let Some(spec) = dict.get_str(names.__spec__).filter(|s| !s.is_none()) {
        let parent = cx.intern(b"parent");
        let parent = protocol::getattr(cx, spec, parent)?;
        if Str::of(parent).is_none() {
            return Err(cx.type_error("__spec__.parent must be a string"));
        }
        return Ok(parent);
    }
    let text = "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__";
    exceptions::warn(cx, Exc::ImportWarning, text, 1)?;
    let Some(name) = dict.get_str(names.__name__) else {
        return Err(cx.raise(Exc::KeyError, "'__name__' not in globals"));
    };
    let Some(text) = Str::of(name) else {
        return Err(cx.type_error("__name__ must be a string"));
    };
    if dict.get_str(names.__path__).is_some() {
        return Ok(name);
    }
    match text.as_bytes().iter().rposition(|&b| b == b'.') {
        Some(dot) => Ok(cx.intern(&text.as_bytes()[..dot])),
        None => Err(cx.raise(Exc::ImportError, "attempted relative import with no known parent package")),
    }
}

/// `from module import name`.
#[inline(never)]
fn from_import(cx: &mut Ctx, module: Value, name: Value) -> PyResult {
    if let Some(v) = protocol::getattr_opt(cx, module, name)? {
        return Ok(v);
    }
    // A circular import may have put the submodule into sys.modules before it became an attribute.
    let key = cx.names.__name__;
    let own = protocol::getattr_opt(cx, module, key)?;
    if let (Some(package), Some(part)) = (own.and_then(Str::of), Str::of(name)) {
        let full = [package.as_bytes(), b".", part.as_bytes()].concat();
        let full = cx.intern(&full);
        let modules = cx.rt.modules(cx);
        if let Some(v) = modules.get_str(full) {
            return Ok(v);
        }
    }
    Err(cannot_import(cx, module, name, own))
}

#[inline(never)]
fn cannot_import(cx: &mut Ctx, module: Value, name: Value, own: Option<Value>) -> Raised {
    let (what, package) = (protocol::str_lossy(cx, name), own.unwrap_or(Value::NONE));
    let shown = match Str::of_sub(cx, package) {
        Some(s) => format!("'{}'", s.to_text()),
        None => "'<unknown module name>'".to_owned(),
    };
    let (file, spec) = (cx.names.__file__, cx.names.__spec__);
    let facts = protocol::getattr_opt(cx, module, file)
        .and_then(|path| Ok((path, protocol::getattr_opt(cx, module, spec)?)))
        .and_then(|(path, spec)| Ok((path, Facts::of(cx, spec, own)?)));
    let (path, facts) = match facts {
        Ok((path, facts)) => (path.filter(|v| v.is_str()), facts),
        Err(raised) => return raised,
    };
    let location = path.map_or("unknown location".to_owned(), |p| protocol::str_lossy(cx, p));
    let text = if let Some(advice) = facts.advice(shown.trim_matches('\'')) {
        format!("cannot import name '{what}' from {shown} ({advice})")
    } else if facts.initializing {
        format!(
            "cannot import name '{what}' from partially initialized module {shown} (most likely due to a circular import) ({location})"
        )
    } else {
        format!("cannot import name '{what}' from {shown} ({location})")
    };
    let raised = cx.import_error_of(Exc::ImportError, text, package, path.unwrap_or(Value::NONE));
    let exception = cx.take(raised);
    let attribute = cx.names.name_from;
    match protocol::setattr(cx, exception, attribute, name) {
        Ok(()) => cx.restore(exception),
        Err(raised) => raised,
    }
}

/// `from module import *`.
#[inline(never)]
fn star(cx: &mut Ctx, module: Value, namespace: Value) -> PyResult<()> {
    let all = cx.names.__all__;
    let (names, skip) = match protocol::getattr_opt(cx, module, all)? {
        Some(names) => (names, false),
        None => {
            let dict = cx.names.__dict__;
            let Some(dict) = protocol::getattr_opt(cx, module, dict)? else {
                return Err(cx.raise(Exc::ImportError, "from-import-* object has no __dict__ and no __all__"));
            };
            let keys = match Dict::of(dict) {
                Some(d) => d.keys_list(cx).value(),
                None => {
                    let keys = cx.names.keys;
                    protocol::call_method(cx, dict, keys, &[])?
                }
            };
            (keys, true)
        }
    };
    let names = protocol::list_of(cx, names)?;
    let mut i = 0;
    while let Some(name) = names.get(i) {
        i += 1;
        let Some(text) = Str::of(name) else {
            let key = cx.names.__name__;
            let own = protocol::getattr_opt(cx, module, key)?.map_or(String::new(), |n| protocol::str_lossy(cx, n));
            let got = types::type_name(cx, name);
            let text = if skip {
                format!("Key in {own}.__dict__ must be str, not {got}")
            } else {
                format!("Item in {own}.__all__ must be str, not {got}")
            };
            return Err(cx.type_error(text));
        };
        if skip && text.as_bytes().first() == Some(&b'_') {
            continue;
        }
        let atom = text.intern(cx);
        let v = protocol::getattr(cx, module, atom)?;
        match Dict::of(namespace) {
            Some(d) => d.set_str(cx, atom, v),
            None => protocol::setitem(cx, namespace, atom, v)?,
        }
    }
    Ok(())
}
