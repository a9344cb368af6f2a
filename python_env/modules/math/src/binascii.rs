//! The module `binascii`, and the small module `_statistics`.

use crate::arguments::{ascii_or_bytes, real, word32};
use engine::objects::Bytes;
use engine::prelude::*;
use pytext::binascii::{self as ba, DataError};

/// `binascii`.
pub static BINASCII: ModuleDef = ModuleDef {
    doc: "Conversion between binary data and ASCII",
    functions: &[
        NativeDef::new(
            "a2b_uu",
            "($module, data, /)",
            |cx, args| {
                let data = ascii_or_bytes(cx, args[0])?;
                finish(cx, ba::uu_decode(&data))
            },
            "Decode a line of uuencoded data.",
        ),
        NativeDef::new(
            "b2a_uu",
            "($module, data, /, *, backtick=False)",
            |cx, args| {
                let backtick = args.truth_or(cx, 1, false)?;
                let data = protocol::to_bytes(cx, args[0])?;
                finish(cx, ba::uu_encode(&data, backtick))
            },
            "Uuencode line of data.",
        ),
        NativeDef::new(
            "a2b_base64",
            "($module, data, /, *, strict_mode=False)",
            |cx, args| {
                let strict = args.truth_or(cx, 1, false)?;
                let data = ascii_or_bytes(cx, args[0])?;
                finish(cx, ba::base64_decode(&data, strict))
            },
            "Decode a line of base64 data.\n\n  strict_mode\n    When set to True, bytes that are not in the base64 standard are not allowed.\n    The same applies to excess data after padding (= / ==).",
        ),
        NativeDef::new(
            "b2a_base64",
            "($module, data, /, *, newline=True)",
            |cx, args| {
                let newline = args.truth_or(cx, 1, true)?;
                let data = protocol::to_bytes(cx, args[0])?;
                Bytes::wish(cx, &ba::base64_encode(&data, newline))
            },
            "Base64-code line of data.",
        ),
        NativeDef::new(
            "b2a_hex",
            "($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)",
            hexlify,
            "Hexadecimal representation of binary data.",
        ),
        NativeDef::new(
            "hexlify",
            "($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)",
            hexlify,
            "Hexadecimal representation of binary data.",
        ),
        NativeDef::new("a2b_hex", "($module, hexstr, /)", unhexlify, "Binary data of hexadecimal representation."),
        NativeDef::new("unhexlify", "($module, hexstr, /)", unhexlify, "Binary data of hexadecimal representation."),
        NativeDef::new(
            "crc_hqx",
            "($module, data, crc, /)",
            |cx, args| {
                let start = word32(cx, args[1])?;
                let data = protocol::to_bytes(cx, args[0])?;
                Ok(Value::small(i32::from(ba::crc_hqx(&data, start as u16))))
            },
            "Compute CRC-CCITT incrementally.",
        ),
        NativeDef::new(
            "crc32",
            "($module, data, crc=0, /)",
            |cx, args| {
                let start = match args.get(1) {
                    Some(v) => word32(cx, v)?,
                    None => 0,
                };
                let data = protocol::to_bytes(cx, args[0])?;
                Ok(int::from_u64(cx, u64::from(ba::crc32(&data, start))))
            },
            "Compute CRC-32 incrementally.",
        ),
        NativeDef::new(
            "a2b_qp",
            "($module, /, data, header=False)",
            |cx, args| {
                let header = args.truth_or(cx, 1, false)?;
                let data = ascii_or_bytes(cx, args[0])?;
                Bytes::wish(cx, &ba::qp_decode(&data, header))
            },
            "Decode a string of qp-encoded data.",
        ),
        NativeDef::new(
            "b2a_qp",
            "($module, /, data, quotetabs=False, istext=True, header=False)",
            |cx, args| {
                let (tabs, text) = (args.truth_or(cx, 1, false)?, args.truth_or(cx, 2, true)?);
                let header = args.truth_or(cx, 3, false)?;
                let data = protocol::to_bytes(cx, args[0])?;
                Bytes::wish(cx, &ba::qp_encode(&data, tabs, text, header))
            },
            "Encode a string using quoted-printable encoding.",
        ),
    ],
    types: &[&ERROR, &INCOMPLETE],
    ..ModuleDef::new("binascii")
};

/// `binascii.Error`.
pub static ERROR: TypeDef = TypeDef {
    flags: TypeFlags::BASETYPE.with(TypeFlags::MUTABLE),
    bases: &[BaseRef::Exc(Exc::ValueError)],
    ..TypeDef::new("binascii", "Error")
};

/// `binascii.Incomplete`.
pub static INCOMPLETE: TypeDef = TypeDef {
    flags: TypeFlags::BASETYPE.with(TypeFlags::MUTABLE),
    bases: &[BaseRef::Exc(Exc::Exception)],
    ..TypeDef::new("binascii", "Incomplete")
};

fn finish(cx: &mut Ctx, done: Result<Vec<u8>, DataError>) -> PyResult {
    match done {
        Ok(bytes) => Bytes::wish(cx, &bytes),
        Err(e) => {
            let class = cx.type_of_def(&ERROR).value();
            Err(cx.raise_of(class, e.to_string()))
        }
    }
}

fn unhexlify(cx: &mut Ctx, args: Args) -> PyResult {
    let data = ascii_or_bytes(cx, args[0])?;
    finish(cx, ba::unhexlify(&data))
}

fn hexlify(cx: &mut Ctx, args: Args) -> PyResult {
    let group = args.c_int_or(cx, 2, 1)?;
    let sep = match args.get(1) {
        None => None,
        Some(v) => Some(protocol::hex_separator(cx, v)?),
    };
    let data = protocol::to_bytes(cx, args[0])?;
    Bytes::wish(cx, &ba::hexlify(&data, sep, group as isize))
}

/// `_statistics`.
pub static STATISTICS: ModuleDef = ModuleDef {
    doc: "Accelerators for the statistics module.\n",
    functions: &[NativeDef::new(
        "_normal_dist_inv_cdf",
        "($module, p, mu, sigma, /)",
        |cx, args| {
            let (p, mu, sigma) = (real(cx, args[0])?, real(cx, args[1])?, real(cx, args[2])?);
            match pynumeric::random::normal_inv_cdf(p, mu, sigma) {
                Some(x) => Ok(float::new(cx, x)),
                None => Err(cx.value_error("inv_cdf undefined for these parameters")),
            }
        },
        "",
    )],
    ..ModuleDef::new("_statistics")
};
