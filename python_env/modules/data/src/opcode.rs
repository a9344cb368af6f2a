//! The module `_opcode`: facts about CPython 3.14's instructions, whose numbers the library's `opcode` lists, and the table
//! of this runtime's own, which `lib/_code_listing.py` shows to `dis`. Those that CPython does not know by name have the
//! numbers from [`OWN`] on.

use engine::objects::{List, Str, Tuple};
use engine::prelude::*;
use engine::protocol;
use engine_code::opcodes::OPS;
use engine_code::{OpInfo, Role};

/// The same constant stands in `lib/_code_listing.py`.
const OWN: i64 = 1024;

/// The own instruction with this public number.
fn own(number: i64) -> Option<&'static OpInfo> {
    OPS.get(usize::try_from(number - OWN).ok()?).map(|op| op.info())
}

fn has(info: &OpInfo, role: Role) -> bool {
    info.operand(role).is_some()
}

/// Name, length in words and operands of each instruction, by its number in the code. An operand has a name, a role, and the
/// bits that it has of both words: the first one and how many.
fn instructions(cx: &mut Ctx, _: Args) -> PyResult {
    let list = List::new(cx);
    for info in OPS.iter().map(|op| op.info()) {
        let mut operands = Vec::with_capacity(info.operands.len());
        for o in info.operands {
            let names = [Str::new(cx, o.name), Str::new(cx, &format!("{:?}", o.role))];
            let bits = [o.place.first_bit(), o.place.bits()].map(|n| Value::small(n as i32));
            operands.push(Tuple::new(cx, &[names[0], names[1], bits[0], bits[1]]));
        }
        let operands = Tuple::new(cx, &operands);
        let row = [Str::new(cx, &info.name.to_uppercase()), Value::from_usize(info.words), operands];
        list.push(cx, Tuple::new(cx, &row));
    }
    Ok(list.value())
}

/// Sets of instruction numbers, as inclusive ranges.
type Ranges = &'static [(i64, i64)];

const VALID: Ranges = &[(0, 120), (128, 211), (234, 266)];
const HAS_ARG: Ranges = &[
    (44, 120),
    (128, 128),
    (143, 153),
    (155, 195),
    (197, 197),
    (200, 200),
    (209, 211),
    (237, 237),
    (239, 239),
    (241, 245),
    (247, 251),
    (253, 253),
    (255, 255),
    (257, 261),
    (263, 266),
];
const HAS_CONST: Ranges = &[(82, 82), (190, 191)];
const HAS_EXC: Ranges = &[(263, 265)];
const HAS_FREE: Ranges = &[(62, 62), (90, 90), (97, 97), (111, 111)];
const HAS_JUMP: Ranges =
    &[(68, 68), (70, 70), (75, 77), (100, 103), (106, 106), (172, 176), (237, 237), (248, 248), (257, 260)];
const HAS_LOCAL: Ranges = &[(3, 3), (63, 63), (83, 89), (112, 114), (261, 261), (266, 266)];
const HAS_NAME: Ranges = &[
    (61, 61),
    (64, 65),
    (72, 73),
    (80, 80),
    (91, 93),
    (96, 96),
    (110, 110),
    (115, 116),
    (179, 179),
    (189, 189),
    (194, 195),
    (200, 200),
    (249, 249),
];

/// What instructions do to the depth of the stack: (constant, times the argument, times its lowest bit, instructions).
const EFFECTS: &[(i64, i64, i64, Ranges)] = &[
    (-1, -1, 0, &[(52, 52), (250, 250)]),
    (-1, 0, -1, &[(45, 45)]),
    (
        -1,
        0,
        0,
        &[
            (2, 2),
            (7, 7),
            (9, 11),
            (13, 13),
            (20, 20),
            (29, 31),
            (44, 44),
            (54, 54),
            (56, 57),
            (61, 61),
            (66, 67),
            (73, 74),
            (78, 79),
            (100, 103),
            (105, 105),
            (107, 109),
            (111, 112),
            (115, 116),
            (234, 236),
            (241, 244),
            (266, 266),
        ],
    ),
    (-1, 1, 0, &[(119, 119)]),
    (-2, -1, 0, &[(55, 55), (251, 251)]),
    (-2, 0, 0, &[(1, 1), (8, 8), (68, 68), (98, 99), (110, 110), (114, 114), (248, 248)]),
    (-2, 0, 1, &[(96, 96), (249, 249)]),
    (-3, 0, 0, &[(4, 4), (38, 38), (252, 252)]),
    (-4, 0, 0, &[(37, 37)]),
    (0, -1, 0, &[(104, 104)]),
    (
        0,
        0,
        0,
        &[
            (0, 0),
            (5, 6),
            (12, 12),
            (14, 14),
            (16, 17),
            (19, 19),
            (23, 23),
            (27, 28),
            (35, 36),
            (39, 42),
            (53, 53),
            (58, 58),
            (60, 60),
            (62, 65),
            (69, 69),
            (71, 71),
            (75, 77),
            (90, 91),
            (97, 97),
            (106, 106),
            (113, 113),
            (117, 117),
            (120, 120),
            (128, 128),
            (238, 240),
            (245, 247),
            (253, 260),
            (262, 262),
        ],
    ),
    (0, 0, 1, &[(80, 80)]),
    (1, -1, 0, &[(46, 46), (48, 51)]),
    (1, -2, 0, &[(47, 47)]),
    (
        1,
        0,
        0,
        &[
            (15, 15),
            (18, 18),
            (21, 22),
            (24, 26),
            (32, 34),
            (43, 43),
            (59, 59),
            (70, 70),
            (72, 72),
            (81, 86),
            (88, 88),
            (93, 95),
            (237, 237),
            (261, 261),
        ],
    ),
    (1, 0, 1, &[(92, 92)]),
    (2, 0, 0, &[(87, 87), (89, 89)]),
];
const UNPACK_EX: i64 = 118;
const SETUP_CLEANUP: i64 = 263;
const SETUP_WITH: i64 = 265;

const INTRINSICS_1: &[&str] = &[
    "INTRINSIC_1_INVALID",
    "INTRINSIC_PRINT",
    "INTRINSIC_IMPORT_STAR",
    "INTRINSIC_STOPITERATION_ERROR",
    "INTRINSIC_ASYNC_GEN_WRAP",
    "INTRINSIC_UNARY_POSITIVE",
    "INTRINSIC_LIST_TO_TUPLE",
    "INTRINSIC_TYPEVAR",
    "INTRINSIC_PARAMSPEC",
    "INTRINSIC_TYPEVARTUPLE",
    "INTRINSIC_SUBSCRIPT_GENERIC",
    "INTRINSIC_TYPEALIAS",
];
const INTRINSICS_2: &[&str] = &[
    "INTRINSIC_2_INVALID",
    "INTRINSIC_PREP_RERAISE_STAR",
    "INTRINSIC_TYPEVAR_WITH_BOUND",
    "INTRINSIC_TYPEVAR_WITH_CONSTRAINTS",
    "INTRINSIC_SET_FUNCTION_TYPE_PARAMS",
    "INTRINSIC_SET_TYPEPARAM_DEFAULT",
];
const SPECIAL: &[&str] = &["__enter__", "__exit__", "__aenter__", "__aexit__"];
const NB_OPS: &[(&str, &str)] = &[
    ("NB_ADD", "+"),
    ("NB_AND", "&"),
    ("NB_FLOOR_DIVIDE", "//"),
    ("NB_LSHIFT", "<<"),
    ("NB_MATRIX_MULTIPLY", "@"),
    ("NB_MULTIPLY", "*"),
    ("NB_REMAINDER", "%"),
    ("NB_OR", "|"),
    ("NB_POWER", "**"),
    ("NB_RSHIFT", ">>"),
    ("NB_SUBTRACT", "-"),
    ("NB_TRUE_DIVIDE", "/"),
    ("NB_XOR", "^"),
    ("NB_INPLACE_ADD", "+="),
    ("NB_INPLACE_AND", "&="),
    ("NB_INPLACE_FLOOR_DIVIDE", "//="),
    ("NB_INPLACE_LSHIFT", "<<="),
    ("NB_INPLACE_MATRIX_MULTIPLY", "@="),
    ("NB_INPLACE_MULTIPLY", "*="),
    ("NB_INPLACE_REMAINDER", "%="),
    ("NB_INPLACE_OR", "|="),
    ("NB_INPLACE_POWER", "**="),
    ("NB_INPLACE_RSHIFT", ">>="),
    ("NB_INPLACE_SUBTRACT", "-="),
    ("NB_INPLACE_TRUE_DIVIDE", "/="),
    ("NB_INPLACE_XOR", "^="),
    ("NB_SUBSCR", "[]"),
];

macro_rules! set {
    ($name:literal, $ranges:expr, $own:expr, $doc:literal) => {
        NativeDef::new(
            $name,
            "($module, /, opcode)",
            |cx, a| {
                let op = protocol::index(cx, a[0])?;
                let listed = $ranges.iter().any(|&(from, to)| (from..=to).contains(&op));
                Ok(Value::bool(listed || own(op).is_some_and($own)))
            },
            $doc,
        )
    };
}

pub static OPCODE: ModuleDef = ModuleDef {
    doc: "Opcode support module.",
    functions: &[
        set!("is_valid", VALID, |_| true, "Return True if opcode is valid, False otherwise."),
        set!(
            "has_arg",
            HAS_ARG,
            |info| !info.operands.is_empty(),
            "Return True if the opcode uses its oparg, False otherwise."
        ),
        set!(
            "has_const",
            HAS_CONST,
            |info| has(info, Role::Const),
            "Return True if the opcode accesses a constant, False otherwise."
        ),
        set!("has_exc", HAS_EXC, |_| false, "Return True if the opcode sets an exception handler, False otherwise."),
        set!(
            "has_free",
            HAS_FREE,
            |info| has(info, Role::Free),
            "Return True if the opcode accesses a free variable, False otherwise."
        ),
        set!(
            "has_jump",
            HAS_JUMP,
            |info| has(info, Role::Jump),
            "Return True if the opcode has a jump target, False otherwise."
        ),
        set!(
            "has_local",
            HAS_LOCAL,
            |_| false,
            "Return True if the opcode accesses a local variable, False otherwise."
        ),
        set!(
            "has_name",
            HAS_NAME,
            |info| has(info, Role::Site),
            "Return True if the opcode accesses an attribute by name, False otherwise."
        ),
        NativeDef::new(
            "stack_effect",
            "($module, opcode, oparg=None, /, *, jump=None)",
            stack_effect,
            "Compute the stack effect of the opcode.",
        ),
        NativeDef::new("_instructions", "($module, /)", instructions, "The instructions of this runtime."),
        NativeDef::new(
            "get_executor",
            "($module, /, *, code, offset)",
            |_, _| Ok(Value::NONE),
            "Return the executor object at offset in code if exists, None otherwise.",
        ),
        NativeDef::new(
            "get_specialization_stats",
            "($module, /)",
            |_, _| Ok(Value::NONE),
            "Return the specialization stats",
        ),
        NativeDef::new(
            "get_intrinsic1_descs",
            "($module, /)",
            |cx, _| Ok(names(cx, INTRINSICS_1)),
            "Return a list of names of the unary intrinsics.",
        ),
        NativeDef::new(
            "get_intrinsic2_descs",
            "($module, /)",
            |cx, _| Ok(names(cx, INTRINSICS_2)),
            "Return a list of names of the binary intrinsics.",
        ),
        NativeDef::new(
            "get_special_method_names",
            "($module, /)",
            |cx, _| Ok(names(cx, SPECIAL)),
            "Return a list of special method names.",
        ),
        NativeDef::new(
            "get_nb_ops",
            "($module, /)",
            nb_ops,
            "Return array of symbols of binary ops.\n\nIndexed by the BINARY_OP oparg value.",
        ),
    ],
    constants: &[("ENABLE_SPECIALIZATION", Const::Int(0)), ("ENABLE_SPECIALIZATION_FT", Const::Int(0))],
    ..ModuleDef::new("_opcode")
};

fn stack_effect(cx: &mut Ctx, args: Args) -> PyResult {
    let op = protocol::index(cx, args[0])?;
    let arg = match args.or(1, Value::NONE) {
        Value::NONE => 0,
        v => match i32::try_from(protocol::index(cx, v)?) {
            Ok(n) => i64::from(n),
            Err(_) => return Err(cx.overflow_error("signed integer is greater than maximum")),
        },
    };
    let jump = match args.or(2, Value::NONE) {
        Value::NONE | Value::TRUE => true,
        Value::FALSE => false,
        _ => return Err(cx.value_error("stack_effect: jump must be False, True or None")),
    };
    let holds = |ranges: Ranges| ranges.iter().any(|&(from, to)| (from..=to).contains(&op));
    let effect = match op {
        UNPACK_EX => (arg & 0xFF) + (arg >> 8),
        // What a handler finds on the stack.
        SETUP_CLEANUP if jump => 2,
        SETUP_CLEANUP..=SETUP_WITH => i64::from(jump),
        _ => match EFFECTS.iter().find(|e| holds(e.3)) {
            Some(&(constant, per_arg, per_bit, _)) => constant + per_arg * arg + per_bit * (arg & 1),
            None => return Err(cx.value_error("invalid opcode or oparg")),
        },
    };
    Ok(int::from_i64(cx, effect))
}

fn names(heap: &Heap, all: &[&str]) -> Value {
    let list = List::new(heap);
    for name in all {
        list.push(heap, Str::new(heap, name));
    }
    list.value()
}

fn nb_ops(cx: &mut Ctx, _: Args) -> PyResult {
    let list = List::new(cx);
    for (name, symbol) in NB_OPS {
        let pair = [Str::new(cx, name), Str::new(cx, symbol)];
        list.push(cx, Tuple::new(cx, &pair));
    }
    Ok(list.value())
}
