//! The modules `_md5`, `_sha1`, `_sha2`, `_sha3` and `_blake2`: hash objects with one state behind a lock (native slot 0).

mod blake2;
pub mod derive;
mod state;

use blake2::{Blake2b, Blake2s, Params};
use engine::objects::Bytes;
use engine::prelude::*;
use proto_core::sync::Latch;
use state::State;

/// Inputs of at least so many bytes are hashed in a blocking region.
const LONG: usize = 64 << 10;

/// So many bytes are hashed between two looks for signals.
const PIECE: usize = 1 << 20;

/// The state, and how often it has changed.
struct Hash(Latch<(State, u64)>);

fn state_of(cx: &mut Ctx, v: Value) -> Res<State> {
    let o = crate::arguments::this(cx, v)?;
    match o.payload::<Hash>(cx, 0) {
        Some(h) => Ok(h.0.lock().0.clone()),
        None => Err(cx.type_error("hash object expected")),
    }
}

fn facts(cx: &mut Ctx, v: Value) -> Res<(&'static str, usize, usize)> {
    Ok(state_of(cx, v)?.facts())
}

/// The bytes to hash.
fn data(cx: &mut Ctx, v: Value) -> Res<Vec<u8>> {
    if Str::of_sub(cx, v).is_some() {
        return Err(cx.type_error("Strings must be encoded before hashing"));
    }
    if Bytes::of_sub(cx, v).is_none() && !protocol::buffer::has_buffer(cx, v) {
        return Err(cx.type_error("object supporting the buffer API required"));
    }
    protocol::to_bytes(cx, v)
}

/// The data among the arguments `data` (at `i`) and `string` (at `i + 2`).
fn initial(cx: &mut Ctx, args: Args, i: usize, j: usize) -> Res<Vec<u8>> {
    match (args.get(i), args.some(j)) {
        (Some(_), Some(_)) => Err(cx.type_error(
            "'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is slated for removal in a future version.",
        )),
        (Some(v), None) | (None, Some(v)) => data(cx, v),
        (None, None) => Ok(Vec::new()),
    }
}

/// Hashes data, which a signal may end.
fn feed(cx: &mut Ctx, state: &mut State, data: &[u8]) -> Res<()> {
    if data.len() < LONG {
        state.update(data);
        return Ok(());
    }
    let mut pieces = data.chunks(PIECE);
    cx.blocking_pieces(|woken| {
        while !woken() {
            match pieces.next() {
                Some(piece) => state.update(piece),
                None => return Some(()),
            }
        }
        None
    })
}

fn make(cx: &mut Ctx, def: &'static TypeDef, mut state: State, data: &[u8]) -> PyResult {
    feed(cx, &mut state, data)?;
    let v = cx.new_object(def, &[Value::EMPTY]);
    let o = crate::arguments::this(cx, v)?;
    o.set_payload(cx, 0, Hash(Latch::new((state, 0))));
    Ok(v)
}

fn update(cx: &mut Ctx, args: Args) -> PyResult {
    let data = data(cx, args[1])?;
    let o = crate::arguments::this(cx, args[0])?;
    if o.payload::<Hash>(cx, 0).is_none() {
        return Err(cx.type_error("hash object expected"));
    }
    if data.len() < LONG {
        o.payload::<Hash>(cx, 0).iter().for_each(|h| {
            let mut h = h.0.lock();
            h.0.update(&data);
            h.1 += 1;
        });
        return Ok(Value::NONE);
    }
    // Nobody waits for the lock while much is hashed: whoever changed the state meanwhile came first.
    loop {
        let Some((mut state, version)) = o.payload::<Hash>(cx, 0).map(|h| h.0.lock().clone()) else {
            return Ok(Value::NONE);
        };
        feed(cx, &mut state, &data)?;
        let done = o.payload::<Hash>(cx, 0).is_none_or(|h| {
            let mut h = h.0.lock();
            let first = h.1 == version;
            if first {
                *h = (state, version + 1);
            }
            first
        });
        if done {
            return Ok(Value::NONE);
        }
    }
}

fn digest(cx: &mut Ctx, args: Args) -> PyResult {
    let bytes = state_of(cx, args[0])?.digest(0);
    Bytes::wish(cx, &bytes)
}

fn hexdigest(cx: &mut Ctx, args: Args) -> PyResult {
    let bytes = state_of(cx, args[0])?.digest(0);
    Ok(Str::ascii(cx, &pytext::binascii::hexlify(&bytes, None, 0)))
}

/// The digest of a function of any length.
fn shake(cx: &mut Ctx, args: Args) -> Res<Vec<u8>> {
    let length = protocol::index(cx, args[1])?;
    match usize::try_from(length) {
        Ok(n) if n < 1 << 29 => {
            // And its digits.
            cx.make_room_beside(n.saturating_mul(5))?;
            Ok(state_of(cx, args[0])?.digest(n))
        }
        Ok(_) => Err(cx.value_error("length is too large")),
        Err(_) => Err(cx.value_error("Cannot convert negative int")),
    }
}

macro_rules! methods {
    ($def:ident, $update:literal, $update_doc:literal) => {
        methods!($def, $update, $update_doc, [
            NativeDef::new("digest", "($self, /)", digest, "Return the digest value as a bytes object."),
            NativeDef::new("hexdigest", "($self, /)", hexdigest, "Return the digest value as a string of hexadecimal digits.")
        ])
    };
    ($def:ident, $update:literal, $update_doc:literal, [$($digest:expr),*]) => {
        &[
            NativeDef::new("copy", "($self, /)", |cx, args| {
                let state = state_of(cx, args[0])?;
                make(cx, &$def, state, &[])
            }, "Return a copy of the hash object."),
            $($digest,)*
            NativeDef::new("update", $update, update, $update_doc),
        ]
    };
}

const GETSETS: &[GetSet] = &[
    GetSet::ro(
        "block_size",
        |cx, v| {
            let n = facts(cx, v)?.2;
            Ok(int::from_usize(cx, n))
        },
        "",
    ),
    GetSet::ro(
        "digest_size",
        |cx, v| {
            let n = facts(cx, v)?.1;
            Ok(int::from_usize(cx, n))
        },
        "",
    ),
    GetSet::ro(
        "name",
        |cx, v| {
            let name = facts(cx, v)?.0;
            Ok(Str::new(cx, name))
        },
        "",
    ),
];

macro_rules! simple {
    ($($def:ident $new:ident $module:literal $type_name:literal;)*) => {$(
        static $def: TypeDef = TypeDef {
            flags: TypeFlags::NO_NEW,
            nnative: 1,
            methods: methods!($def, "($self, obj, /)", "Update this hash object's state with the provided string."),
            getsets: GETSETS,
            ..TypeDef::new($module, $type_name)
        };

        fn $new(cx: &mut Ctx, args: Args) -> PyResult {
            let data = initial(cx, args, 0, 2)?;
            make(cx, &$def, State::$new(), &data)
        }
    )*};
}

simple! {
    MD5_TYPE md5 "_md5" "md5";
    SHA1_TYPE sha1 "_sha1" "sha1";
    SHA224_TYPE sha224 "_sha2" "SHA224Type";
    SHA256_TYPE sha256 "_sha2" "SHA256Type";
    SHA384_TYPE sha384 "_sha2" "SHA384Type";
    SHA512_TYPE sha512 "_sha2" "SHA512Type";
}

const SIGNATURE: &str = "($module, /, data=b'', *, usedforsecurity=True, string=None)";
const GIL_MINSIZE: (&str, Const) = ("_GIL_MINSIZE", Const::Int(2048));

fn add_as(cx: &mut Ctx, module: Value, name: &str, def: &'static TypeDef) -> Res<()> {
    let ty = cx.add_type(def).value();
    cx.set_module_attr(module, name, ty);
    Ok(())
}

/// `_md5`.
pub static MD5: ModuleDef = ModuleDef {
    functions: &[NativeDef::new(
        "md5",
        SIGNATURE,
        md5,
        "Return a new MD5 hash object; optionally initialized with a string.",
    )],
    constants: &[GIL_MINSIZE],
    init: Some(|cx, module| add_as(cx, module, "MD5Type", &MD5_TYPE)),
    ..ModuleDef::new("_md5")
};

/// `_sha1`.
pub static SHA1: ModuleDef = ModuleDef {
    functions: &[NativeDef::new(
        "sha1",
        SIGNATURE,
        sha1,
        "Return a new SHA1 hash object; optionally initialized with a string.",
    )],
    constants: &[GIL_MINSIZE],
    init: Some(|cx, module| add_as(cx, module, "SHA1Type", &SHA1_TYPE)),
    ..ModuleDef::new("_sha1")
};

/// `_sha2`.
pub static SHA2: ModuleDef = ModuleDef {
    functions: &[
        NativeDef::new(
            "sha224",
            SIGNATURE,
            sha224,
            "Return a new SHA-224 hash object; optionally initialized with a string.",
        ),
        NativeDef::new(
            "sha256",
            SIGNATURE,
            sha256,
            "Return a new SHA-256 hash object; optionally initialized with a string.",
        ),
        NativeDef::new(
            "sha384",
            SIGNATURE,
            sha384,
            "Return a new SHA-384 hash object; optionally initialized with a string.",
        ),
        NativeDef::new(
            "sha512",
            SIGNATURE,
            sha512,
            "Return a new SHA-512 hash object; optionally initialized with a string.",
        ),
    ],
    constants: &[GIL_MINSIZE],
    types: &[&SHA224_TYPE, &SHA256_TYPE, &SHA384_TYPE, &SHA512_TYPE],
    ..ModuleDef::new("_sha2")
};

macro_rules! sha3 {
    ($($def:ident $python:literal $state:ident $suffix:literal [$($digest:expr),*];)*) => {$(
        static $def: TypeDef = TypeDef {
            doc: concat!($python, "([data], *, usedforsecurity=True) -> SHA3 object\n\nReturn a new SHA3 hash object."),
            nnative: 1,
            new: Some(NativeDef::new("__new__", "($type, data=b'', *, usedforsecurity=True, string=None)", |cx, args| {
                let data = initial(cx, args, 1, 3)?;
                make(cx, &$def, State::$state(), &data)
            }, "")),
            methods: methods!($def, "($self, data, /)", "Update this hash object's state with the provided bytes-like object.", [$($digest),*]),
            getsets: &[
                GetSet::ro("block_size", |cx, v| {
                    let n = facts(cx, v)?.2;
                    Ok(int::from_usize(cx, n))
                }, ""),
                GetSet::ro("digest_size", |cx, v| {
                    let n = facts(cx, v)?.1;
                    Ok(int::from_usize(cx, n))
                }, ""),
                GetSet::ro("name", |cx, v| {
                    let name = facts(cx, v)?.0;
                    Ok(Str::new(cx, name))
                }, ""),
                GetSet::ro("_rate_bits", |cx, v| {
                    let block = facts(cx, v)?.2;
                    Ok(int::from_usize(cx, 8 * block))
                }, ""),
                GetSet::ro("_capacity_bits", |cx, v| {
                    let block = facts(cx, v)?.2;
                    Ok(int::from_usize(cx, 1600 - 8 * block))
                }, ""),
                GetSet::ro("_suffix", |cx, _| Ok(Bytes::new(cx, &[$suffix])), ""),
            ],
            ..TypeDef::new("_sha3", $python)
        };
    )*};
}

const FIXED_DIGEST: NativeDef =
    NativeDef::new("digest", "($self, /)", digest, "Return the digest value as a bytes object.");
const FIXED_HEX: NativeDef =
    NativeDef::new("hexdigest", "($self, /)", hexdigest, "Return the digest value as a string of hexadecimal digits.");
const SHAKE_DIGEST: NativeDef = NativeDef::new(
    "digest",
    "($self, /, length)",
    |cx, args| {
        let bytes = shake(cx, args)?;
        Bytes::wish(cx, &bytes)
    },
    "Return the digest value as a bytes object.",
);
const SHAKE_HEX: NativeDef = NativeDef::new(
    "hexdigest",
    "($self, /, length)",
    |cx, args| {
        let bytes = shake(cx, args)?;
        Ok(Str::ascii(cx, &pytext::binascii::hexlify(&bytes, None, 0)))
    },
    "Return the digest value as a string of hexadecimal digits.",
);

sha3! {
    SHA3_224 "sha3_224" sha3_224 0x06 [FIXED_DIGEST, FIXED_HEX];
    SHA3_256 "sha3_256" sha3_256 0x06 [FIXED_DIGEST, FIXED_HEX];
    SHA3_384 "sha3_384" sha3_384 0x06 [FIXED_DIGEST, FIXED_HEX];
    SHA3_512 "sha3_512" sha3_512 0x06 [FIXED_DIGEST, FIXED_HEX];
    SHAKE_128 "shake_128" shake_128 0x1f [SHAKE_DIGEST, SHAKE_HEX];
    SHAKE_256 "shake_256" shake_256 0x1f [SHAKE_DIGEST, SHAKE_HEX];
}

/// `_sha3`.
pub static SHA3: ModuleDef = ModuleDef {
    constants: &[GIL_MINSIZE, ("implementation", Const::Str("RustCrypto"))],
    types: &[&SHA3_224, &SHA3_256, &SHA3_384, &SHA3_512, &SHAKE_128, &SHAKE_256],
    ..ModuleDef::new("_sha3")
};

/// Sizes that a BLAKE2 function allows.
struct Limits {
    name: &'static str,
    digest: usize,
    salt: usize,
    node_offset: u64,
}

const BLAKE2B_LIMITS: Limits = Limits { name: "Blake2b", digest: 64, salt: 16, node_offset: u64::MAX };
const BLAKE2S_LIMITS: Limits = Limits { name: "Blake2s", digest: 32, salt: 8, node_offset: (1 << 48) - 1 };

const BLAKE2_SIGNATURE: &str = "($type, data=b'', *, digest_size=64, key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, node_offset=0, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True, string=None)";

/// An unsigned argument: `Ok(Err(()))` when it is too large for a word.
fn unsigned(cx: &mut Ctx, args: Args, i: usize) -> Res<Option<u64>> {
    let Some(v) = args.get(i) else { return Ok(Some(0)) };
    let v = protocol::index_value(cx, v)?;
    if int::sign(v) < 0 {
        return Err(cx.value_error("Cannot convert negative int"));
    }
    Ok(int::to_big(v).and_then(|n| u64::try_from(n).ok()))
}

fn ranged(cx: &mut Ctx, args: Args, i: usize, name: &str, default: i64, least: i64) -> Res<u8> {
    let n = args.index_or(cx, i, default)?;
    if n < least || n > 255 {
        return Err(cx.value_error(format!("{name} must be between {least} and 255")));
    }
    Ok(n as u8)
}

fn limited(cx: &mut Ctx, args: Args, i: usize, name: &str, most: usize) -> Res<Vec<u8>> {
    let Some(v) = args.get(i) else { return Ok(Vec::new()) };
    let bytes = protocol::to_bytes(cx, v)?;
    if bytes.len() > most {
        return Err(cx.value_error(format!("maximum {name} length is {most} bytes")));
    }
    Ok(bytes)
}

/// The parameters among the constructor's arguments, and the key.
fn blake2_params(cx: &mut Ctx, args: Args, limits: &Limits) -> Res<(Params, Vec<u8>)> {
    let size = args.index_or(cx, 2, limits.digest as i64)?;
    let Some(digest_size) = usize::try_from(size).ok().filter(|n| (1..=limits.digest).contains(n)) else {
        return Err(cx.value_error(format!(
            "digest_size for {} must be between 1 and {} bytes, here it is {size}",
            limits.name, limits.digest
        )));
    };
    let salt = limited(cx, args, 4, "salt", limits.salt)?;
    let person = limited(cx, args, 5, "person", limits.salt)?;
    let fanout = ranged(cx, args, 6, "fanout", 1, 0)?;
    let depth = ranged(cx, args, 7, "depth", 1, 1)?;
    let Some(leaf_size) = unsigned(cx, args, 8)?.and_then(|n| u32::try_from(n).ok()) else {
        return Err(cx.overflow_error("leaf_size is too large"));
    };
    let node_offset = match unsigned(cx, args, 9)? {
        None => return Err(cx.overflow_error("Python int too large for C unsigned long long")),
        Some(n) if n > limits.node_offset => return Err(cx.overflow_error("node_offset is too large")),
        Some(n) => n,
    };
    let node_depth = ranged(cx, args, 10, "node_depth", 0, 0)?;
    let inner = args.index_or(cx, 11, 0)?;
    let Some(inner_size) = u8::try_from(inner).ok().filter(|&n| usize::from(n) <= limits.digest) else {
        return Err(cx.value_error(format!("inner_size must be between 0 and is {}", limits.digest)));
    };
    let last_node = args.truth_or(cx, 12, false)?;
    let key = limited(cx, args, 3, "key", limits.digest)?;
    let p =
        Params { digest_size, salt, person, fanout, depth, leaf_size, node_offset, node_depth, inner_size, last_node };
    Ok((p, key))
}

macro_rules! blake2_type {
    ($def:ident $python:literal $state:ident $limits:ident $size:literal $salt:literal $doc:literal) => {
        static $def: TypeDef = TypeDef {
            doc: $doc,
            nnative: 1,
            new: Some(NativeDef::new(
                "__new__",
                BLAKE2_SIGNATURE,
                |cx, args| {
                    let data = initial(cx, args, 1, 14)?;
                    let (params, key) = blake2_params(cx, args, &$limits)?;
                    make(cx, &$def, State::$state(Box::new($state::new(&params, &key))), &data)
                },
                "",
            )),
            methods: methods!(
                $def,
                "($self, data, /)",
                "Update this hash object's state with the provided bytes-like object."
            ),
            getsets: GETSETS,
            attrs: &[
                ("SALT_SIZE", Const::Int($salt)),
                ("PERSON_SIZE", Const::Int($salt)),
                ("MAX_KEY_SIZE", Const::Int($size)),
                ("MAX_DIGEST_SIZE", Const::Int($size)),
            ],
            ..TypeDef::new("_blake2", $python)
        };
    };
}
blake2_type!(BLAKE2B_TYPE "blake2b" Blake2b BLAKE2B_LIMITS 64 16 "Return a new BLAKE2b hash object.");
blake2_type!(BLAKE2S_TYPE "blake2s" Blake2s BLAKE2S_LIMITS 32 8 "Return a new BLAKE2s hash object.");

/// `_blake2`.
pub static BLAKE2: ModuleDef = ModuleDef {
    doc: "BLAKE2b and BLAKE2s for hashlib\n",
    constants: &[
        GIL_MINSIZE,
        ("BLAKE2B_SALT_SIZE", Const::Int(16)),
        ("BLAKE2B_PERSON_SIZE", Const::Int(16)),
        ("BLAKE2B_MAX_KEY_SIZE", Const::Int(64)),
        ("BLAKE2B_MAX_DIGEST_SIZE", Const::Int(64)),
        ("BLAKE2S_SALT_SIZE", Const::Int(8)),
        ("BLAKE2S_PERSON_SIZE", Const::Int(8)),
        ("BLAKE2S_MAX_KEY_SIZE", Const::Int(32)),
        ("BLAKE2S_MAX_DIGEST_SIZE", Const::Int(32)),
    ],
    types: &[&BLAKE2B_TYPE, &BLAKE2S_TYPE],
    ..ModuleDef::new("_blake2")
};
