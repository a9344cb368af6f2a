//! The module `_random`: the Mersenne Twister behind `random`.

use engine::prelude::*;
use proto_core::sync::Latch;
use pynumeric::int::BigInt;
use pynumeric::random::Mt19937;

/// `_random`.
pub static RANDOM_MODULE: ModuleDef = ModuleDef {
    doc: "Module implements the Mersenne Twister random number generator.",
    types: &[&RANDOM],
    ..ModuleDef::new("_random")
};

/// Native slot 0: the generator's state behind a lock (a Rust value).
pub static RANDOM: TypeDef = TypeDef {
    doc: "Random() -> create a random number generator with its own internal state.",
    flags: TypeFlags::BASETYPE,
    nnative: 1,
    new: Some(NativeDef::new("__new__", "($type, *args, **kwargs)", new, "").hide_sig()),
    init: Some(
        NativeDef::new(
            "__init__",
            "($self, seed=None, /)",
            seed,
            "Initialize self.  See help(type(self)) for accurate signature.",
        )
        .hide_sig(),
    ),
    methods: &[
        NativeDef::new(
            "random",
            "($self, /)",
            |cx, args| {
                let x = with(cx, args[0], Mt19937::random)?;
                Ok(float::new(cx, x))
            },
            "random() -> x in the interval [0, 1).",
        ),
        NativeDef::new(
            "seed",
            "($self, n=None, /)",
            seed,
            "seed([n]) -> None.\n\nDefaults to use urandom and falls back to a combination\nof the current time and the process identifier.",
        ),
        NativeDef::new(
            "getrandbits",
            "($self, k, /)",
            getrandbits,
            "getrandbits(k) -> x.  Generates an int with k random bits.",
        ),
        NativeDef::new("getstate", "($self, /)", getstate, "getstate() -> tuple containing the current state."),
        NativeDef::new(
            "setstate",
            "($self, state, /)",
            setstate,
            "setstate(state) -> None.  Restores generator state.",
        ),
    ],
    ..TypeDef::new("_random", "Random")
};

struct State(Latch<Mt19937>);

/// The first state of an object that nobody has seeded yet.
const UNSEEDED: [u32; 1] = [0];

fn new(cx: &mut Ctx, args: Args) -> PyResult {
    let o = cx.alloc_instance(args[0])?;
    o.set_payload(cx, 0, State(Latch::new(Mt19937::from_key(&UNSEEDED))));
    Ok(o.value())
}

fn with<R>(cx: &mut Ctx, v: Value, f: impl FnOnce(&mut Mt19937) -> R) -> Res<R> {
    let o = crate::arguments::this(cx, v)?;
    match o.payload::<State>(cx, 0) {
        Some(state) => Ok(f(&mut state.0.lock())),
        None => Err(cx.type_error("Random object expected")),
    }
}

/// `Random.__init__` and `Random.seed`.
fn seed(cx: &mut Ctx, args: Args) -> PyResult {
    let fresh = seeded(cx, args.or_none(1))?;
    replace(cx, args[0], fresh)
}

fn replace(cx: &mut Ctx, v: Value, fresh: Mt19937) -> PyResult {
    with(cx, v, |state| *state = fresh)?;
    Ok(Value::NONE)
}

fn seeded(cx: &mut Ctx, seed: Value) -> Res<Mt19937> {
    if seed == Value::NONE {
        return Ok(Mt19937::from_key(&entropy(cx)?));
    }
    let n = if int::is_sub(cx, seed) {
        let base = objects::base_value(cx, seed);
        int::to_big(base).unwrap_or_default()
    } else {
        let h = protocol::hash(cx, seed)?;
        BigInt::from(h as u64)
    };
    Ok(Mt19937::from_int(&n))
}

/// A full key from the system.
fn entropy(cx: &mut Ctx) -> Res<Vec<u32>> {
    let mut bytes = [0u8; 624 * 4];
    let mut filled = 0;
    while filled < bytes.len() {
        match rustix::rand::getrandom(&mut bytes[filled..], rustix::rand::GetRandomFlags::empty()) {
            Ok(n) => filled += n,
            Err(rustix::io::Errno::INTR) => {}
            Err(e) => return Err(cx.os_error(e.raw_os_error(), None)),
        }
    }
    Ok(bytes.chunks_exact(4).map(|c| u32::from_ne_bytes([c[0], c[1], c[2], c[3]])).collect())
}

fn getrandbits(cx: &mut Ctx, args: Args) -> PyResult {
    let k = protocol::index_value(cx, args[1])?;
    if int::sign(k) < 0 {
        return Err(cx.value_error("Cannot convert negative int"));
    }
    let Some(k) = int::to_big(k).and_then(|k| u64::try_from(k).ok()) else {
        return Err(cx.overflow_error("Python int too large for C uint64_t"));
    };
    match k {
        0 => Ok(Value::small(0)),
        1..=64 => {
            let n = with(cx, args[0], |s| s.bits_u64(k as u32))?;
            Ok(int::from_u64(cx, n))
        }
        _ => {
            // The words, the number made of them, and the object.
            cx.make_room_for((k / 8) as usize, 3)?;
            let n = with(cx, args[0], |s| s.bits(k))?;
            Ok(int::from_big(cx, n.into()))
        }
    }
}

fn getstate(cx: &mut Ctx, args: Args) -> PyResult {
    let (words, index) = with(cx, args[0], |s| {
        let (words, index) = s.state();
        (words.to_vec(), index)
    })?;
    Ok(Tuple::build(cx, words.len() + 1, |i| match words.get(i) {
        Some(&w) => int::from_u64(cx, u64::from(w)),
        None => int::from_usize(cx, index),
    }))
}

fn setstate(cx: &mut Ctx, args: Args) -> PyResult {
    let Some(state) = Tuple::of_sub(cx, args[1]) else { return Err(cx.type_error("state vector must be a tuple")) };
    if state.len() != 625 {
        return Err(cx.value_error("state vector is the wrong size"));
    }
    let mut words = Vec::with_capacity(624);
    for i in 0..624 {
        let w = protocol::index_value(cx, state.get(i))?;
        match int::to_i64(w) {
            Some(w) if w >= 0 => words.push(w as u32),
            Some(_) => return Err(cx.overflow_error("can't convert negative value to unsigned int")),
            None => return Err(cx.overflow_error("Python int too large to convert to C unsigned long")),
        }
    }
    let index = protocol::index(cx, state.get(624))?;
    let fresh = usize::try_from(index).ok().filter(|&i| i <= 624).and_then(|i| Mt19937::from_state(&words, i));
    match fresh {
        Some(fresh) => replace(cx, args[0], fresh),
        None => Err(cx.value_error("invalid state")),
    }
}
