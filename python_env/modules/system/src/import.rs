//! Imports from native code, and the start of the import system.

use engine::prelude::*;

use crate::imp;
use crate::library;

/// The module `name`, imported if necessary.
pub fn import(cx: &mut Ctx, name: &str) -> PyResult {
    protocol::import_module(cx, name)
}

/// The module `name` if it is in `sys.modules`.
pub fn loaded(cx: &mut Ctx, name: &str) -> Option<Value> {
    let key = cx.intern(name.as_bytes());
    cx.rt.modules(cx).get_str(key).filter(|&m| m != Value::NONE)
}

/// Puts a module into `sys.modules`.
pub fn add(cx: &mut Ctx, name: &str, module: Value) {
    let key = cx.intern(name.as_bytes());
    cx.rt.modules(cx).set_str(cx, key, module);
}

/// Runs a frozen module before there is an importer.
fn run_frozen(cx: &mut Ctx, name: &'static str) -> PyResult {
    let module = cx.new_empty_module(name, "");
    add(cx, name, module);
    let original = Str::new(cx, imp::original_name(name));
    cx.set_module_attr(module, "__origname__", original);
    let code = imp::frozen_code(cx, name)?;
    if let Some(dict) = module_dict(module) {
        engine::interp::ensure_builtins(cx, dict);
        engine::interp::exec_code(cx, code, dict.value(), Value::EMPTY, Value::EMPTY)?;
    }
    Ok(module)
}

/// Sets up `importlib`: the importers of built-in and frozen modules, of paths, and of the embedded library.
pub fn start(cx: &mut Ctx) -> Res<()> {
    let bootstrap = run_frozen(cx, "_frozen_importlib")?;
    engine::interp::set_import_machinery(cx, bootstrap);
    let imp = cx.new_module(&imp::IMP)?;
    let sys = loaded(cx, "sys").unwrap_or(Value::NONE);
    protocol::call_method(cx, bootstrap, cx.intern(b"_install"), &[sys, imp])?;
    protocol::call_method(cx, bootstrap, cx.intern(b"_install_external_importers"), &[])?;
    if library::get().is_some() {
        let importer = run_frozen(cx, "_image_importer")?;
        protocol::call_method(cx, importer, cx.intern(b"_install"), &[])?;
    }
    Ok(())
}

/// `-X importtime`, once there is a stream to tell of imports.
pub fn time_imports(cx: &mut Ctx) -> Res<()> {
    let level = crate::sys::config::get().import_time;
    if level > 0
        && let Some(importer) = loaded(cx, "_image_importer")
    {
        protocol::call_method(cx, importer, cx.intern(b"_time_imports"), &[Value::small(level.into())])?;
    }
    Ok(())
}
