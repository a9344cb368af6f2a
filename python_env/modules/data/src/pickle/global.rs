//! Writing what is found by its name: classes, functions, and what says so itself.

use engine::prelude::*;

use super::errors::{pickling, pickling_from};
use super::opcodes::*;
use super::save::Saver;
use super::state;

/// A name with dots, as the attributes to follow.
pub fn path(cx: &Ctx, name: Str) -> RootVec {
    let mut out = RootVec::new(cx);
    for part in name.as_bytes().split(|&b| b == b'.') {
        let part = Str::from_wtf8(cx, part);
        out.push(Str::of(part).map_or(part, |s| s.intern(cx)));
    }
    out
}

/// Follows attributes.
pub fn follow(cx: &mut Ctx, object: Value, path: &[Value]) -> PyResult {
    let mut v = object;
    for &name in path {
        v = protocol::getattr(cx, v, name)?;
    }
    Ok(v)
}

/// [`follow`] for somebody who only wants to know.
fn follow_opt(cx: &mut Ctx, object: Value, path: &[Value]) -> Res<Option<Value>> {
    let mut v = object;
    for &name in path {
        match protocol::getattr_opt(cx, v, name)? {
            Some(next) => v = next,
            None => return Ok(None),
        }
    }
    Ok(Some(v))
}

/// Whether somebody is importing the module: `__import__` waits for them.
fn is_initializing(cx: &mut Ctx, module: Value) -> Res<bool> {
    let names = cx.names;
    let Some(spec) = module_dict(module).and_then(|d| d.get_str(names.__spec__)).filter(|s| !s.is_none()) else {
        return Ok(false);
    };
    match protocol::getattr_opt(cx, spec, names._initializing)? {
        Some(flag) => protocol::truth(cx, flag),
        None => Ok(false),
    }
}

/// The module of that name, imported when necessary.
pub fn import(cx: &mut Ctx, name: Value) -> PyResult {
    if let Some(module) = cx.rt.modules(cx).get(cx, name)?
        && !module.is_none()
        && !is_initializing(cx, module)?
    {
        return Ok(module);
    }
    let names = cx.names;
    let Some(import) = cx.builtins_dict().get_str(names.__import__) else {
        return Err(cx.import_error("__import__ not found", name));
    };
    protocol::call(cx, import, &[name])?;
    match cx.rt.modules(cx).get(cx, name)? {
        Some(module) => Ok(module),
        None => Err(cx.key_error(name)),
    }
}

impl Saver {
    /// Writes `v` as the global `name`, or the one that its own name says.
    pub(super) fn save_global(&mut self, cx: &mut Ctx, v: Value, name: Option<Value>) -> Res<()> {
        let names = cx.names;
        let name = match name {
            Some(n) => n,
            None => match protocol::getattr_opt(cx, v, names.__qualname__)? {
                Some(n) => n,
                None => protocol::getattr(cx, v, names.__name__)?,
            },
        };
        let Some(text) = Str::of_sub(cx, name) else {
            let got = type_name(cx, name);
            return Err(cx.type_error(format!("must be str, not {got}")));
        };
        let path = path(cx, text);
        let module = module_of(cx, v, text, &path)?;
        let name = text.intern(cx);
        if self.format.proto >= 2 && self.save_extension(cx, module, name)? {
            return Ok(());
        }
        if self.format.proto >= 4 {
            self.save(cx, module)?;
            self.save(cx, name)?;
            self.out.byte(STACK_GLOBAL);
            return self.memoize(cx, v);
        }
        // Older protocols have plain names only: getattr(getattr(global, a), b).
        let mark = self.format.proto < 2;
        for _ in &path[1..] {
            self.save(cx, self.state.getattr())?;
            if mark {
                self.out.byte(MARK);
            }
        }
        self.write_global(cx, module, path[0])?;
        for &attribute in &path[1..] {
            self.save(cx, attribute)?;
            self.out.put(&[if mark { TUPLE } else { TUPLE2 }, REDUCE]);
        }
        self.memoize(cx, v)
    }

    /// Writes a global that `copyreg` has a code for; whether it has.
    fn save_extension(&mut self, cx: &mut Ctx, module: Value, name: Value) -> Res<bool> {
        let key = Tuple::new(cx, &[module, name]);
        let Some(code) = state::lookup(cx, self.state.extension_registry(), key)? else { return Ok(false) };
        let code = protocol::index_value(cx, code)?;
        let Some(n) = int::to_i64(code) else {
            return Err(cx.overflow_error("Python int too large to convert to C long"));
        };
        match n {
            1..=0xff => self.out.put(&[EXT1, n as u8]),
            0x100..=0xffff => self.out.op(EXT2, (n as u16).to_le_bytes()),
            0x1_0000..=0x7fff_ffff => self.out.op(EXT4, (n as u32).to_le_bytes()),
            _ => return Err(cx.runtime_error(format!("extension code {n} is out of range"))),
        }
        Ok(true)
    }

    /// The instruction for a global without dots.
    fn write_global(&mut self, cx: &mut Ctx, module: Value, name: Value) -> Res<()> {
        let (mut module, mut name) = (module, name);
        if self.format.fix_imports {
            let key = Tuple::new(cx, &[module, name]);
            if let Some(pair) = state::lookup(cx, self.state.reverse_name_mapping(), key)? {
                (module, name) = mapped_pair(cx, pair, "REVERSE_NAME_MAPPING")?;
            } else if let Some(old) = state::lookup(cx, self.state.reverse_import_mapping(), module)? {
                module = mapped_name(cx, old, "REVERSE_IMPORT_MAPPING")?;
            }
        }
        let module = self.encoded(cx, module, "module")?;
        let name = self.encoded(cx, name, "global")?;
        self.out.line(GLOBAL, &module);
        self.out.put(&name);
        self.out.byte(b'\n');
        Ok(())
    }

    fn encoded(&self, cx: &mut Ctx, name: Value, what: &str) -> Res<Vec<u8>> {
        let proto = self.format.proto;
        let names = cx.names;
        let encoding = cx.intern(if proto >= 3 { b"utf-8" } else { b"ascii" });
        match protocol::call_method(cx, name, names.encode, &[encoding]) {
            Ok(bytes) => protocol::buffer::to_bytes(cx, bytes),
            Err(r) if cx.matches(&r, Exc::UnicodeEncodeError) => Err(pickling_from(cx, r, |cx, _| {
                let shown = protocol::repr_lossy(cx, name);
                format!("can't pickle {what} identifier {shown} using pickle protocol {proto}")
            })),
            Err(r) => Err(r),
        }
    }
}

/// An entry of a table of names: a pair of strings.
pub fn mapped_pair(cx: &mut Ctx, pair: Value, table: &str) -> Res<(Value, Value)> {
    let Some(t) = Tuple::of_sub(cx, pair).filter(|t| t.len() == 2) else {
        let got = type_name(cx, pair);
        return Err(cx.runtime_error(format!("_compat_pickle.{table} values should be 2-tuples, not {got}")));
    };
    let (a, b) = (t.get(0), t.get(1));
    if Str::of_sub(cx, a).is_none() || Str::of_sub(cx, b).is_none() {
        let (a, b) = (type_name(cx, a), type_name(cx, b));
        return Err(cx.runtime_error(format!("_compat_pickle.{table} values should be pairs of str, not ({a}, {b})")));
    }
    Ok((a, b))
}

/// An entry of a table of module names: a string.
pub fn mapped_name(cx: &mut Ctx, name: Value, table: &str) -> PyResult {
    if Str::of_sub(cx, name).is_some() {
        return Ok(name);
    }
    let got = type_name(cx, name);
    Err(cx.runtime_error(format!("_compat_pickle.{table} values should be strings, not {got}")))
}

/// The name of the module in which `v` is found under `name`, which consists of the attributes `path`.
fn module_of(cx: &mut Ctx, v: Value, name: Str, path: &[Value]) -> PyResult {
    let names = cx.names;
    let given = protocol::getattr_opt(cx, v, names.__module__)?.filter(|m| !m.is_none());
    let locals = cx.names.locals_name;
    if path.contains(&locals) {
        let shown = protocol::repr(cx, v)?;
        let shown = protocol::text(cx, shown);
        return Err(pickling(cx, format!("Can't pickle local object {shown}")));
    }
    let module_name = match given {
        Some(m) => Str::of(m).map_or(m, |s| s.intern(cx)),
        None => match search(cx, v, path)? {
            Some(found) => return Ok(found),
            None => names.__main__,
        },
    };
    let module = match import(cx, module_name) {
        Ok(m) => m,
        Err(r)
            if cx.matches(&r, Exc::ImportError) || cx.matches(&r, Exc::ValueError) || cx.matches(&r, Exc::KeyError) =>
        {
            return Err(pickling_from(cx, r, |cx, cause| {
                let (shown, why) = (protocol::repr_lossy(cx, v), protocol::str_lossy(cx, cause));
                format!("Can't pickle {shown}: {why}")
            }));
        }
        Err(r) => return Err(r),
    };
    let place = |cx: &mut Ctx, what: &str| {
        let (shown, module) = (protocol::repr_lossy(cx, v), protocol::str_lossy(cx, module_name));
        format!("Can't pickle {shown}: {what} {module}.{}", name.to_text())
    };
    match follow(cx, module, path) {
        Ok(found) if found == v => Ok(module_name),
        Ok(_) => {
            let text = place(cx, "it's not the same object as");
            Err(pickling(cx, text))
        }
        Err(r) if cx.matches(&r, Exc::AttributeError) => {
            Err(pickling_from(cx, r, |cx, _| place(cx, "it's not found as")))
        }
        Err(r) => Err(r),
    }
}

/// The module that has `v`, of an object that does not say.
fn search(cx: &mut Ctx, v: Value, path: &[Value]) -> Res<Option<Value>> {
    // A copy: looking at modules may import others.
    let modules = cx.rt.modules(cx).copy(cx);
    let main = [cx.names.__main__, cx.intern(b"__mp_main__")];
    let mut pos = 0;
    while let Some((next, name, module)) = modules.next_entry(pos) {
        pos = next;
        if module.is_none() || main.contains(&name) {
            continue;
        }
        if follow_opt(cx, module, path)? == Some(v) {
            return Ok(Some(Str::of(name).map_or(name, |s| s.intern(cx))));
        }
        cx.poll()?;
    }
    Ok(None)
}
