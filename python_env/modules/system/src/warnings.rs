//! The module `_warnings`, and warnings from native code.
//!
//! The filters are the lists that Python sees: those of the module `warnings` once it is imported, of a
//! `catch_warnings` block through its context variable, else the module's own.

use std::sync::atomic::{AtomicI64, Ordering};

use engine::prelude::*;

use crate::convert::type_name;
use crate::os::signals::pthread_self;
use crate::thread::lock::Recursive;

static VERSION: AtomicI64 = AtomicI64::new(1);

fn module_attr(cx: &mut Ctx, name: &str) -> PyResult<Option<Value>> {
    // `warnings.filters` may have been reassigned; it counts as soon as that module exists.
    for module in ["warnings", "_warnings"] {
        if let Some(m) = crate::import::loaded(cx, module) {
            let v = protocol::getattr_opt(cx, m, cx.intern(name.as_bytes()))?;
            if v.is_some() {
                return Ok(v);
            }
        }
    }
    Ok(None)
}

fn filters(cx: &mut Ctx) -> PyResult<Option<Value>> {
    if let Some(context) = context(cx)? {
        return protocol::getattr_opt(cx, context, cx.intern(b"_filters"));
    }
    module_attr(cx, "filters")
}

/// The `_Context` of the innermost `catch_warnings` block of this thread or task.
fn context(cx: &mut Ctx) -> PyResult<Option<Value>> {
    let Some(m) = crate::import::loaded(cx, "warnings") else { return Ok(None) };
    let Some(var) = protocol::getattr_opt(cx, m, cx.intern(b"_warnings_context"))? else { return Ok(None) };
    let v = protocol::call_method(cx, var, cx.names.get, &[Value::NONE])?;
    Ok(Some(v).filter(|&v| v != Value::NONE))
}

/// Whether `pattern` (None, a str, or a compiled expression) matches `text`.
fn matches(cx: &mut Ctx, pattern: Value, text: Value) -> Res<bool> {
    if pattern == Value::NONE {
        return Ok(true);
    }
    if let (Some(p), Some(t)) = (Str::of(pattern), Str::of_sub(cx, text)) {
        return Ok(p.as_bytes() == t.as_bytes());
    }
    let found = protocol::call_method(cx, pattern, cx.names.match_, &[text])?;
    protocol::truth(cx, found)
}

/// The action for a warning, and the filter that says so.
fn find_action(cx: &mut Ctx, category: Value, text: Value, module: Value, line: i64) -> Res<(String, Value)> {
    let list = filters(cx)?;
    let Some(list) = list.and_then(|l| List::of_sub(cx, l)) else {
        return Err(cx.value_error("warnings.filters must be a list"));
    };
    let mut i = 0;
    while let Some(item) = list.get(i) {
        i += 1;
        let Some(t) = Tuple::of_sub(cx, item).filter(|t| t.len() == 5) else {
            return Err(cx.value_error(format!("warnings.filters item {} isn't a 5-tuple", i - 1)));
        };
        let at = protocol::index(cx, t.get(4))?;
        if (at == 0 || at == line)
            && protocol::is_subclass(cx, category, t.get(2))?
            && matches(cx, t.get(1), text)?
            && matches(cx, t.get(3), module)?
        {
            let Some(action) = Str::of_sub(cx, t.get(0)) else {
                let ty = type_name(cx, t.get(0));
                return Err(cx.type_error(format!("action must be a string, not '{ty}'")));
            };
            return Ok((action.to_string_lossy().into_owned(), item));
        }
    }
    let default = module_attr(cx, "defaultaction")?;
    let default = match default {
        Some(v) => Some(v),
        None => module_attr(cx, "_defaultaction")?,
    };
    let name = default.and_then(|v| Str::of_sub(cx, v)).map(|s| s.to_string_lossy().into_owned());
    Ok((name.unwrap_or_else(|| "default".into()), Value::NONE))
}

/// Whether `key` was seen before; remembers it if asked.
fn already(cx: &mut Ctx, registry: Option<Dict>, key: Value, remember: bool) -> Res<bool> {
    let Some(registry) = registry else { return Ok(false) };
    let version_key = cx.names.version;
    let now = VERSION.load(Ordering::SeqCst);
    let same = registry.get_str(version_key).and_then(int::to_i64) == Some(now);
    if !same {
        registry.clear(cx);
        let now = int::from_i64(cx, now);
        registry.set_str(cx, version_key, now);
    } else if let Some(v) = registry.get(cx, key)?
        && protocol::truth(cx, v)?
    {
        return Ok(true);
    }
    if remember {
        registry.set(cx, key, Value::TRUE)?;
    }
    Ok(false)
}

/// A warning on its way.
pub struct Warning {
    /// Text or warning instance.
    pub message: Value,
    /// Class.
    pub category: Value,
    /// Where.
    pub filename: Value,
    /// Where.
    pub line: i64,
    /// Module name, `None` to derive it from the file name.
    pub module: Value,
    /// `__warningregistry__`, or None.
    pub registry: Value,
    /// The object that caused it (for ResourceWarning), or None.
    pub source: Value,
    /// The text of the line, or None.
    pub text: Value,
}

/// `warn_explicit`
pub fn explicit(cx: &mut Ctx, w: Warning) -> Res<()> {
    let registry = match w.registry {
        v if v == Value::NONE || v.is_empty() => None,
        v => match Dict::of_sub(cx, v) {
            Some(d) => Some(d),
            None => return Err(cx.type_error("'registry' must be a dict or None")),
        },
    };
    let mut module = w.module;
    if module == Value::NONE || module.is_empty() {
        let name = Str::of_sub(cx, w.filename).map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        let name = if name.is_empty() { "<unknown>" } else { name.strip_suffix(".py").unwrap_or(&name) };
        module = Str::new(cx, name);
    }
    let warning = cx.types.exc(Exc::Warning).value();
    let is_instance = protocol::is_instance(cx, w.message, warning)?;
    let (text, message, category) = if is_instance {
        let category = types::type_of(cx, w.message).value();
        (protocol::str(cx, w.message)?, w.message, category)
    } else {
        (w.message, protocol::call(cx, w.category, &[w.message])?, w.category)
    };
    let line = int::from_i64(cx, w.line);
    let key = Tuple::new(cx, &[text, category, line]);
    if already(cx, registry, key, false)? {
        return Ok(());
    }
    let (action, item) = find_action(cx, category, text, module, w.line)?;
    let seen = match action.as_str() {
        "error" => return Err(cx.raise_exc(message)),
        "ignore" => return Ok(()),
        "always" | "all" => false,
        "once" => {
            if let Some(r) = registry {
                r.set(cx, key, Value::TRUE)?;
            }
            let once = match module_attr(cx, "onceregistry")? {
                Some(v) => {
                    // It stays in force when the program deletes the attribute.
                    if let Some(module) = crate::import::loaded(cx, "_warnings") {
                        cx.set_module_attr(module, "_onceregistry", v);
                    }
                    Some(v)
                }
                None => module_attr(cx, "_onceregistry")?,
            };
            let once = once.and_then(|v| Dict::of_sub(cx, v));
            let short = Tuple::new(cx, &[text, category]);
            already(cx, once, short, true)?
        }
        "module" => {
            if let Some(r) = registry {
                r.set(cx, key, Value::TRUE)?;
            }
            let short = Tuple::new(cx, &[text, category, Value::small(0)]);
            already(cx, registry, short, true)?
        }
        "default" => {
            if let Some(r) = registry {
                r.set(cx, key, Value::TRUE)?;
            }
            false
        }
        other => {
            let shown = protocol::repr(cx, item)?;
            let shown = Str::of_sub(cx, shown).map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
            return Err(cx.runtime_error(format!("Unrecognized action ('{other}') in warnings.filters:\n {shown}")));
        }
    };
    if seen { Ok(()) } else { show(cx, message, text, category, &w, line) }
}

fn show(cx: &mut Ctx, message: Value, text: Value, category: Value, w: &Warning, line: Value) -> Res<()> {
    let (filename, source) = (w.filename, w.source);
    let loaded = if source == Value::NONE || source.is_empty() {
        crate::import::loaded(cx, "warnings")
    } else {
        Some(crate::import::import(cx, "warnings")?)
    };
    let Some(module) = loaded else { return show_plain(cx, text, category, filename, line) };
    let Some(function) = protocol::getattr_opt(cx, module, cx.intern(b"_showwarnmsg"))? else {
        return show_plain(cx, text, category, filename, line);
    };
    let class = protocol::getattr(cx, module, cx.intern(b"WarningMessage"))?;
    let source = if source.is_empty() { Value::NONE } else { source };
    let all = [message, category, filename, line, Value::NONE, w.text, source];
    let entry = protocol::call(cx, class, &all)?;
    protocol::call(cx, function, &[entry])?;
    Ok(())
}

/// Prints `file:line: Category: text` and the source line, without the module `warnings`.
fn show_plain(cx: &mut Ctx, text: Value, category: Value, filename: Value, line: Value) -> Res<()> {
    let shown = |cx: &mut Ctx, v: Value| -> Res<String> {
        let s = protocol::str(cx, v)?;
        Ok(Str::of_sub(cx, s).map(|s| s.to_string_lossy().into_owned()).unwrap_or_default())
    };
    let category = Type::of(category).map(|t| t.name_str()).unwrap_or_default();
    let (file, text) = (shown(cx, filename)?, shown(cx, text)?);
    let n = int::to_i64(line).unwrap_or(0);
    let mut out = format!("{file}:{n}: {category}: {text}\n");
    if let Some(source) = crate::traceback::source_line(&file, n) {
        out.push_str(&format!("  {}\n", source.trim()));
    }
    crate::hooks::write_stderr(cx, &out);
    Ok(())
}

/// Where a warning with a stack level belongs: (file name, line, module name, registry).
fn place(cx: &mut Ctx, level: i64, skip: Option<Tuple>) -> Res<(Value, i64, Value, Value)> {
    let frame = crate::sys::frames::warning_frame(cx, level, skip)?;
    let (globals, filename, line) = match frame {
        Some(f) => f,
        None => {
            let globals = crate::sys::dict(cx).map_or(Value::NONE, |d| d.value());
            (globals, Str::new(cx, "<sys>"), 0)
        }
    };
    let Some(dict) = Dict::of_sub(cx, globals) else { return Ok((filename, line, Value::NONE, Value::NONE)) };
    let module = dict.get_str(cx.names.__name__).unwrap_or_else(|| Str::new(cx, "<string>"));
    let key = cx.intern(b"__warningregistry__");
    let registry = match dict.get_str(key) {
        Some(r) => r,
        None => {
            let r = Dict::new(cx).value();
            dict.set_str(cx, key, r);
            r
        }
    };
    Ok((filename, line, module, registry))
}

/// Warns as if from the running Python code, `level` frames up.
pub fn warn_at(
    cx: &mut Ctx,
    category: Value,
    message: Value,
    level: i64,
    source: Value,
    skip: Option<Tuple>,
) -> Res<()> {
    let (filename, line, module, registry) = place(cx, level, skip)?;
    explicit(cx, Warning { message, category, filename, line, module, registry, source, text: Value::NONE })
}

/// Warns with a built-in category.
pub fn warn_category(cx: &mut Ctx, category: Exc, text: Value, level: i64) -> Res<()> {
    let category = cx.types.exc(category).value();
    warn_at(cx, category, text, level, Value::NONE, None)
}

/// Says that nobody closed what `object` holds, the `kind` of thing that it is; `source` is what the program used it through.
/// What filters make an error of cannot be raised.
pub fn unclosed(cx: &mut Ctx, kind: &str, source: Value, object: Value) {
    let handled = cx.handled_exc();
    let warned = (|| {
        let shown = protocol::repr(cx, source)?;
        let shown = protocol::text(cx, shown);
        let kind = if kind == "socket" { String::new() } else { format!("{kind} ") };
        let text = Str::from_text(cx, &format!("unclosed {kind}{shown}"));
        let category = cx.types.exc(Exc::ResourceWarning).value();
        warn_at(cx, category, text, 1, source, None)
    })();
    if let Err(r) = warned {
        match cx.matches(&r, Exc::Warning) {
            true => {
                let exc = cx.take(r);
                crate::hooks::unraisable(cx, exc, &format!("Exception ignored while finalizing {kind}"), object);
            }
            false => cx.clear(r),
        }
    }
    cx.set_handled_exc(handled);
}

fn category_of(cx: &mut Ctx, message: Value, category: Value) -> PyResult {
    let warning = cx.types.exc(Exc::Warning).value();
    let category = if protocol::is_instance(cx, message, warning)? {
        types::type_of(cx, message).value()
    } else if category == Value::NONE || category.is_empty() {
        cx.types.exc(Exc::UserWarning).value()
    } else {
        category
    };
    let fine = Type::of(category).is_some() && protocol::is_subclass(cx, category, warning)?;
    if fine {
        return Ok(category);
    }
    let shown = type_name(cx, category);
    Err(cx.type_error(format!("category must be a Warning subclass, not '{shown}'")))
}

fn warn(cx: &mut Ctx, args: Args) -> PyResult {
    let category = category_of(cx, args[0], args.or_none(1))?;
    let mut level = args.index_or(cx, 2, 1)?;
    let skip = match args.get(4) {
        None => None,
        Some(v) => match Tuple::of_sub(cx, v) {
            Some(t) => {
                for i in 0..t.len() {
                    if Str::of_sub(cx, t.get(i)).is_none() {
                        let ty = type_name(cx, t.get(i));
                        return Err(cx.type_error(format!("Found non-str '{ty}' in skip_file_prefixes.")));
                    }
                }
                Some(t).filter(|t| t.len() > 0)
            }
            None => {
                let ty = type_name(cx, v);
                return Err(cx.type_error(format!("warn() argument 'skip_file_prefixes' must be tuple, not {ty}")));
            }
        },
    };
    if skip.is_some() {
        level = level.max(2);
    }
    warn_at(cx, category, args[0], level, args.or_none(3), skip)?;
    Ok(Value::NONE)
}

/// A line of a module's source, from its loader; None where there is none.
fn loaders_line(cx: &mut Ctx, globals: Dict, line: i64) -> PyResult {
    let bootstrap = crate::import::import(cx, "_frozen_importlib_external")?;
    let bless = protocol::getattr(cx, bootstrap, cx.intern(b"_bless_my_loader"))?;
    let loader = protocol::call(cx, bless, &[globals.value()])?;
    let Some(name) = globals.get_str(cx.names.__name__).filter(|_| loader != Value::NONE) else {
        return Ok(Value::NONE);
    };
    let Some(get_source) = protocol::getattr_opt(cx, loader, cx.names.get_source)? else { return Ok(Value::NONE) };
    let source = match protocol::call(cx, get_source, &[name]) {
        // The loader of a program given on the command line knows no such module.
        Err(r) if cx.matches(&r, Exc::ImportError) => {
            cx.clear(r);
            Value::NONE
        }
        found => found?,
    };
    if source == Value::NONE {
        return Ok(source);
    }
    let lines = protocol::call_method(cx, source, cx.names.splitlines, &[])?;
    let lines = List::of_sub(cx, lines);
    Ok(lines.zip(usize::try_from(line - 1).ok()).and_then(|(lines, i)| lines.get(i)).unwrap_or(Value::NONE))
}

fn warn_explicit(cx: &mut Ctx, args: Args) -> PyResult {
    args.str(cx, 2)?;
    let category = category_of(cx, args[0], args[1])?;
    let line = protocol::index(cx, args[3])?;
    let globals = args.or_none(6);
    if globals != Value::NONE && Dict::of_sub(cx, globals).is_none() {
        let ty = type_name(cx, globals);
        return Err(cx.type_error(format!("module_globals must be a dict, not '{ty}'")));
    }
    let text = match Dict::of_sub(cx, globals) {
        Some(globals) => loaders_line(cx, globals, line)?,
        None => Value::NONE,
    };
    explicit(
        cx,
        Warning {
            message: args[0],
            category,
            filename: args[2],
            line,
            module: args.or_none(4),
            registry: args.or_none(5),
            source: args.or_none(7),
            text,
        },
    )?;
    Ok(Value::NONE)
}

fn filters_mutated(_cx: &mut Ctx, _args: Args) -> PyResult {
    VERSION.fetch_add(1, Ordering::SeqCst);
    Ok(Value::NONE)
}

static LOCK: std::sync::OnceLock<Recursive> = std::sync::OnceLock::new();

fn acquire_lock(cx: &mut Ctx, _args: Args) -> PyResult {
    LOCK.get_or_init(Recursive::default).take(cx)?;
    Ok(Value::NONE)
}

fn release_lock(cx: &mut Ctx, _args: Args) -> PyResult {
    if LOCK.get_or_init(Recursive::default).leave(pthread_self()) {
        Ok(Value::NONE)
    } else {
        Err(cx.runtime_error("cannot release un-acquired lock"))
    }
}

fn default_filters(cx: &mut Ctx) -> Value {
    let list = List::new(cx);
    let main = Str::new(cx, "__main__");
    let entries = [
        ("default", Exc::DeprecationWarning, main),
        ("ignore", Exc::DeprecationWarning, Value::NONE),
        ("ignore", Exc::PendingDeprecationWarning, Value::NONE),
        ("ignore", Exc::ImportWarning, Value::NONE),
        ("ignore", Exc::ResourceWarning, Value::NONE),
    ];
    for (action, category, module) in entries {
        let action = cx.intern(action.as_bytes());
        let category = cx.types.exc(category).value();
        let item = Tuple::new(cx, &[action, Value::NONE, category, module, Value::small(0)]);
        list.push(cx, item);
    }
    list.value()
}

/// Makes `_warnings_context` when it is first wanted: this module is loaded before others can be.
fn module_getattr(cx: &mut Ctx, args: Args) -> PyResult {
    let module = crate::import::loaded(cx, "_warnings").unwrap_or(Value::NONE);
    if Str::of_sub(cx, args[0]).is_some_and(|s| s.as_bytes() == b"_warnings_context") {
        let contextvars = crate::import::import(cx, "_contextvars")?;
        let class = protocol::getattr(cx, contextvars, cx.intern(b"ContextVar"))?;
        let name = Str::new(cx, "_warnings_context");
        let var = protocol::call(cx, class, &[name])?;
        cx.set_module_attr(module, "_warnings_context", var);
        return Ok(var);
    }
    let name = protocol::str_lossy(cx, args[0]);
    Err(cx.attribute_error_with(format!("module '_warnings' has no attribute '{name}'"), module, args[0]))
}

fn init(cx: &mut Ctx, module: Value) -> Res<()> {
    let filters = default_filters(cx);
    cx.set_module_attr(module, "filters", filters);
    let action = Str::new(cx, "default");
    cx.set_module_attr(module, "_defaultaction", action);
    let once = Dict::new(cx).value();
    cx.set_module_attr(module, "_onceregistry", once);
    Ok(())
}

/// `_warnings`
pub static WARNINGS: ModuleDef = ModuleDef {
    doc: "The native part of the module warnings.",
    functions: &[
        NativeDef::new(
            "warn",
            "($module, /, message, category=None, stacklevel=1, source=None, *, skip_file_prefixes=())",
            warn,
            "Issue a warning, or ignore it, or raise it.",
        ),
        NativeDef::new(
            "warn_explicit",
            "($module, /, message, category, filename, lineno, module=<unrepresentable>, registry=None, \
             module_globals=None, source=None)",
            warn_explicit,
            "Issue a warning for a given place.",
        ),
        NativeDef::new("_filters_mutated_lock_held", "($module, /)", filters_mutated, ""),
        NativeDef::new("_acquire_lock", "($module, /)", acquire_lock, ""),
        NativeDef::new("_release_lock", "($module, /)", release_lock, ""),
        NativeDef::new("__getattr__", "($module, name, /)", module_getattr, ""),
    ],
    init: Some(init),
    ..ModuleDef::new("_warnings")
};
