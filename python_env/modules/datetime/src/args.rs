//! Arguments of the constructors, which CPython binds without knowing a name for them, and conversions.

use engine::prelude::*;

/// The parameters of a constructor.
pub struct Params {
    /// What errors about their number call the constructor.
    pub function: &'static str,
    /// What an error about an unknown one calls it.
    pub this: &'static str,
    /// Their names.
    pub names: &'static [&'static str],
    /// How many are required.
    pub required: usize,
    /// How many may be passed by position.
    pub positional: usize,
    /// How many of them are ints; what follows is passed on as it is, but for a fold at the end.
    pub ints: usize,
    /// Whether the last one is an int, too.
    pub fold: bool,
}

/// The most parameters that one has.
pub const MOST: usize = 9;

impl Params {
    /// Binds the arguments of a call; EMPTY where one is missing.
    pub fn bind(&self, cx: &mut Ctx, args: CallArgs) -> Res<[Value; MOST]> {
        let mut words = [Value::EMPTY; MOST];
        let given = args.positional();
        if args.nkw() == 0 && (self.required..=self.positional).contains(&given.len()) {
            for (i, (word, &v)) in words.iter_mut().zip(given).enumerate() {
                *word = if small(v) { v } else { self.convert(cx, i, v)? };
            }
            return Ok(words);
        }
        self.bind_names(cx, args, &mut words)?;
        Ok(words)
    }

    fn convert(&self, cx: &mut Ctx, i: usize, v: Value) -> PyResult {
        if i < self.ints || self.fold && i + 1 == self.names.len() {
            let n = c_long_int(cx, v)?;
            return Ok(int::from_i64(cx, n));
        }
        Ok(v)
    }

    #[inline(never)]
    fn bind_names(&self, cx: &mut Ctx, args: CallArgs, words: &mut [Value; MOST]) -> Res<()> {
        let (given, nkw, total, f) = (args.positional(), args.nkw(), self.names.len(), self.function);
        if given.len() + nkw > total {
            let keyword = if given.is_empty() { "keyword " } else { "" };
            let n = given.len() + nkw;
            return Err(cx.type_error(format!("{f} takes at most {total} {keyword}arguments ({n} given)")));
        }
        if given.len() > self.positional {
            let (most, n) = (self.positional, given.len());
            return Err(cx.type_error(format!("{f} takes at most {most} positional arguments ({n} given)")));
        }
        let mut used = 0;
        for (i, name) in self.names.iter().enumerate() {
            let mut found = given.get(i).copied();
            if found.is_none() {
                found = (0..nkw).map(|k| args.keyword(k)).find(|&(k, _)| is_name(cx, k, name)).map(|(_, v)| v);
                used += usize::from(found.is_some());
            }
            match found {
                Some(v) => words[i] = self.convert(cx, i, v)?,
                None if i < self.required => {
                    return Err(cx.type_error(format!("{f} missing required argument '{name}' (pos {})", i + 1)));
                }
                None => {}
            }
        }
        if used == nkw {
            return Ok(());
        }
        for (i, name) in self.names.iter().enumerate().take(given.len()) {
            if (0..nkw).any(|k| is_name(cx, args.keyword(k).0, name)) {
                let text = format!("argument for {f} given by name ('{name}') and position ({})", i + 1);
                return Err(cx.type_error(text));
            }
        }
        let unknown = (0..nkw).map(|k| args.keyword(k).0).find(|&k| !self.names.iter().any(|n| is_name(cx, k, n)));
        let shown = unknown.map_or(String::new(), |k| protocol::text(cx, k));
        Err(cx.type_error(format!("{} got an unexpected keyword argument '{shown}'", self.this)))
    }
}

/// Whether it is an int of 32 bits.
fn small(v: Value) -> bool {
    v.as_int().is_some_and(|n| i32::try_from(n).is_ok())
}

fn is_name(cx: &Ctx, key: Value, name: &str) -> bool {
    Str::of_sub(cx, key).is_some_and(|k| k.as_bytes() == name.as_bytes())
}

/// An int of 32 bits by way of a C long, whose errors differ.
pub fn c_long_int(cx: &mut Ctx, v: Value) -> Res<i64> {
    let n = protocol::index_value(cx, v)?;
    match int::to_i64(n) {
        None => Err(cx.overflow_error("Python int too large to convert to C long")),
        Some(n) if n > i64::from(i32::MAX) => Err(cx.overflow_error("signed integer is greater than maximum")),
        Some(n) if n < i64::from(i32::MIN) => Err(cx.overflow_error("signed integer is less than minimum")),
        Some(n) => Ok(n),
    }
}

/// An int of 32 bits.
pub fn c_int(cx: &mut Ctx, v: Value) -> Res<i64> {
    protocol::c_int(cx, v).map(i64::from)
}

/// The class that a `__new__` makes an instance of.
pub fn class(cx: &mut Ctx, class: Value) -> Res<Type> {
    match Type::of(class) {
        Some(ty) => Ok(ty),
        None => Err(cx.type_error("a class is needed")),
    }
}

/// Whether `v` is an instance of the declared type or of a class derived from it.
#[inline]
pub fn is(cx: &mut Ctx, v: Value, def: &'static TypeDef) -> bool {
    cx.is_exactly(v, def) || Obj::of(v).is_some() && cx.is_def(v, def)
}

/// Native slot `i`, one of the first.
#[inline]
pub fn slot(v: Value, i: usize) -> Value {
    Obj::of(v).map_or(Value::EMPTY, |o| o.at(i))
}

/// Raises a TypeError `f() argument N must be WANTED, not GOT`.
#[cold]
pub fn wrong(cx: &mut Ctx, function: &str, position: usize, wanted: &str, got: Value) -> Raised {
    let got = if got.is_none() { "None".to_owned() } else { type_name(cx, got) };
    cx.type_error(format!("{function}() argument {position} must be {wanted}, not {got}"))
}

/// An argument that is text.
pub fn text(cx: &mut Ctx, function: &str, position: usize, v: Value) -> Res<Str> {
    match Str::of_sub(cx, v) {
        Some(s) => Ok(s),
        None => Err(wrong(cx, function, position, "str", v)),
    }
}

/// A constant attribute of a native class, made once the class is there.
pub fn set_class_attr(cx: &mut Ctx, def: &'static TypeDef, name: &str, v: Value) {
    let ty = cx.type_of_def(def);
    let name = cx.intern(name.as_bytes());
    ty.dict().set_str(cx, name, v);
}
