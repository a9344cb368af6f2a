//! The formats of instructions: which operands one has, what each means and where it stands.
//!
//! A row of the [opcode table](crate::opcodes) names its format; length, decoder and encoder of an instruction, what a handler
//! of the interpreter may ask it for, what the compiler must give, what the verifier checks and `dis` shows all come from here.
//!
//! # Words
//!
//! An instruction is one little 32-bit word `op:8 (low) | a:8 | b:8 | c:8`, for formats with an operand at `X` or `XX` followed
//! by a second word. The idea of declaring formats apart from instructions is that of assembler tables, such as LLVM's.
//!
//! Jump distances count words **from the instruction after the jump** (after its second word, if it has one).

/// Calls `$callback! { rows }` with the table of formats: `Name { PLACE operand: Role, ... };`, see [`Place`] and [`Role`].
#[macro_export]
macro_rules! for_each_format {
    ($callback:ident) => {
        $callback! {
            /// Nothing.
            Plain {};

            // ---- data movement -------------------------------------------------------------------------------------
            /// Makes a value of nothing else.
            Make { A dst: W };
            /// One value of another.
            Unary { A dst: W, B src: R };
            /// One value of another, in one of several ways.
            UnaryHow { A dst: W, B src: R, C how: N };
            /// As [`Unary`], of what may be EMPTY.
            MoveAny { A dst: W, B src: M };
            /// Empties a register.
            Empty { A dst: E };
            /// Uses a value.
            Use { A value: R };
            /// Uses two values.
            UseTwo { A value: R, B other: R };
            /// Looks at a local variable, which may be EMPTY.
            Local { A local: M };
            /// Puts the contents of a register into a new cell.
            NewCell { A cell: C };
            /// Fills a group of registers.
            Fill { A first: S, B count: N };
            /// A constant.
            LoadConst { A dst: W, BC value: Const };
            /// A constant whose number is too large for [`LoadConst`].
            LoadConstWide { A dst: W, XX value: Const };
            /// A small int.
            LoadInt { A dst: W, BC value: Int };
            /// Uses a constant.
            UseConst { BC value: Const };
            /// The array of locals beyond the registers.
            NewArray { A dst: W, B arguments: N, X slots: Count };
            /// Reads a slot of that array.
            LoadBig { A dst: W, B array: R, X slot: Count };
            /// Writes one.
            StoreBig { A array: R, B value: R, X slot: Count };
            /// Empties one.
            DeleteBig { A array: R, X slot: Count };
            /// Reads a cell of the closure, or the cell's contents.
            LoadFree { A dst: W, BC cell: Free };
            /// Writes to a cell of the closure.
            StoreFree { A value: R, BC cell: Free };
            /// Empties a cell of the closure.
            DeleteFree { BC cell: Free };

            // ---- names and attributes ------------------------------------------------------------------------------
            /// Makes a value of a name.
            LoadName { A dst: W, X site: Site };
            /// Uses a value and a name.
            UseName { A value: R, X site: Site };
            /// Uses a name.
            Name { X site: Site };
            /// A name looked up in an object.
            LoadAttr { A dst: W, B object: R, X site: Site };
            /// As [`LoadAttr`], with a number: a cell of the closure, the level of an import.
            LoadNameHow { A dst: W, B object: R, C how: N, X site: Site };
            /// Stores into an object by name.
            StoreAttr { A object: R, B value: R, X site: Site };
            /// Prepares the call of a method.
            LoadMethod { A window: S, B object: R, X site: Site };
            /// The same by way of `super`.
            LoadSuper { A window: S, C arguments: N, X site: Site };
            /// Prepares the call of a special method.
            LoadSpecial { A window: S, B object: R, C method: N };

            // ---- items ---------------------------------------------------------------------------------------------
            /// Reads an item.
            LoadItem { A dst: W, B container: R, C key: R };
            /// Reads the item of a small int.
            LoadItemI { A dst: W, B container: R, C key: Imm };
            /// Reads the item of a constant.
            LoadItemK { A dst: W, B container: R, X key: Const };
            /// Writes an item.
            StoreItem { A container: R, B key: R, C value: R };
            /// Writes the item of a small int.
            StoreItemI { A container: R, B key: Imm, C value: R };

            // ---- operators -----------------------------------------------------------------------------------------
            /// A binary operator; with `in_place` the slot of augmented assignment is tried first.
            Binary { A dst: W, B left: R, C right: R, X in_place: Flag };
            /// The same with a small int on the right.
            BinaryI { A dst: W, B left: R, C right: Imm, X in_place: Flag };
            /// A comparison.
            Compare { A dst: W, B left: R, C right: R };
            /// Makes one value of two.
            Combine { A dst: W, B left: R, C right: R };

            // ---- jumps ---------------------------------------------------------------------------------------------
            /// An unconditional jump.
            Jump { ABC target: Jump };
            /// A jump that depends on one value.
            JumpIf { A value: R, BC target: Jump };
            /// A jump that depends on two.
            JumpCompare { A left: R, B right: R, X target: Jump };
            /// A jump that depends on which of some known values one is.
            JumpUnless { A value: R, B which: N, X target: Jump };
            /// A jump that depends on a value and a small int.
            JumpCompareI { A left: R, B right: Imm, X target: Jump };

            // ---- iteration -----------------------------------------------------------------------------------------
            /// The step of a loop.
            Loop { A item: L, B iterator: R, X body: Jump };
            /// The step of a loop over pairs.
            PairLoop { A item: L, B iterator: R, C second: L, X body: Jump };
            /// The step of a loop over a range.
            RangeLoop { A item: L, B state: S, X body: Jump };
            /// Looks whether a call is one of `range`.
            RangePrep { A window: S, B arguments: N, X ready: Jump };

            // ---- calls ---------------------------------------------------------------------------------------------
            /// A call with positional arguments.
            Call { A window: S, B arguments: N, C dst: D, X spare: Spare };
            /// A call with names for the last arguments.
            CallNames { A window: S, B arguments: N, C dst: D, X names: Const };
            /// A call with a tuple and a dict of arguments.
            CallEx { A window: S, C dst: D, X unchecked: Flag };
            /// Makes a function.
            MakeFunction { A window: S, BC code: Const, X parts: Flags };

            // ---- generators and coroutines -------------------------------------------------------------------------
            /// Sends to an iterator.
            Send { A iterator: R, B value: B, X done: Jump };
            /// Suspends while an iterator is delegated to.
            Delegate { A iterator: R, B value: B };
            /// Takes the result out of an exception.
            CleanupThrow { A exception: R, B dst: W };

            // ---- building ------------------------------------------------------------------------------------------
            /// Makes one value of a group of registers.
            Gather { A dst: W, B first: S, C count: N };
            /// As [`Gather`], of two.
            GatherTwo { A dst: W, B first: S };
            /// Puts a value into a container.
            Put { A container: R, B value: R };
            /// The same, in one of two ways.
            PutHow { A container: R, B value: R, C how: N };
            /// Puts a pair into a container.
            PutPair { A container: R, B key: R, C value: R };
            /// Takes a sequence apart.
            Unpack { A first: S, B src: R, C count: N };
            /// The same with a list of what is in the middle.
            UnpackEx { A first: S, B src: R, C before: N, X after: Count };

            // ---- exceptions ----------------------------------------------------------------------------------------
            /// Makes an exception the one that is handled.
            PushExc { A exception: R, B saved: H };
            /// Splits a group of exceptions.
            SplitGroup { A exception: B, B types: B };
            /// The arguments of `__exit__`.
            ExcInfo { A first: S, B exception: R };
        }
    };
}

/// Where an operand stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(clippy::upper_case_acronyms)] // they are the letters of the fields
pub enum Place {
    /// The second byte of the first word.
    A,
    /// The third byte.
    B,
    /// The fourth byte.
    C,
    /// The upper half of the first word.
    BC,
    /// The upper three bytes of the first word.
    ABC,
    /// The lower half of the second word.
    X,
    /// The second word.
    XX,
}

/// What an operand means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// There is none.
    No,
    /// A register that is read and holds a value (never EMPTY).
    R,
    /// A register that is read and may be EMPTY.
    M,
    /// A register that is written with a value.
    W,
    /// A register that is written with EMPTY.
    E,
    /// A register that is read and written with values.
    B,
    /// A register that is written only if the jump is taken.
    L,
    /// A register that is read (EMPTY allowed) and written with a cell.
    C,
    /// A register that is written with a saved handled exception.
    H,
    /// The destination of a call.
    D,
    /// First register of a group described by the [`Span`](crate::Span).
    S,
    /// An unsigned 8-bit number.
    N,
    /// A signed 8-bit int.
    Imm,
    /// Index into `consts`.
    Const,
    /// Index into the closure.
    Free,
    /// A signed 16-bit int.
    Int,
    /// A signed jump distance.
    Jump,
    /// Index into `names`; the running instruction has an inline cache instead, which knows the name.
    Site,
    /// 0 or 1.
    Flag,
    /// A set of flags.
    Flags,
    /// A count or an index.
    Count,
    /// Always 0.
    Spare,
}

impl Role {
    /// Whether the operand names one register.
    pub const fn is_register(self) -> bool {
        use Role::*;
        matches!(self, R | M | W | E | B | L | C | H | D | S)
    }
}

/// An operand of a format.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Operand {
    /// Its name.
    pub name: &'static str,
    /// Where it stands.
    pub place: Place,
    /// What it means.
    pub role: Role,
}

/// The operands of instructions of one format.
pub trait Format: Copy {
    /// All operands.
    const OPERANDS: &'static [Operand];
    /// Length of an instruction in words, 1 or 2.
    const WORDS: usize = words(Self::OPERANDS);

    /// The words, the opcode left 0; the second one is 0 for formats without.
    fn encode(self) -> [u32; 2];
    /// Operands of an instruction.
    fn decode(words: [u32; 2]) -> Self;
}

/// Length in words of an instruction with these operands.
pub const fn words(operands: &[Operand]) -> usize {
    let mut i = 0;
    while i < operands.len() {
        if matches!(operands[i].place, Place::X | Place::XX) {
            return 2;
        }
        i += 1;
    }
    1
}

/// What the operand at this place means.
pub const fn role_at(operands: &[Operand], place: Place) -> Role {
    let mut i = 0;
    while i < operands.len() {
        if operands[i].place as u8 == place as u8 {
            return operands[i].role;
        }
        i += 1;
    }
    Role::No
}

impl Place {
    /// The bits of an operand, not extended.
    pub const fn read(self, words: [u32; 2]) -> u32 {
        let both = words[0] as u64 | (words[1] as u64) << 32;
        (both >> self.first_bit()) as u32 & (u32::MAX >> (32 - self.bits()))
    }

    /// As [`Place::read`], for signed numbers.
    pub const fn read_signed(self, words: [u32; 2]) -> i32 {
        let bits = self.bits();
        (self.read(words) << (32 - bits)) as i32 >> (32 - bits)
    }

    /// Writes an operand, of whose number the lower bits count, over zeros.
    pub const fn write(self, words: [u32; 2], operand: u32) -> [u32; 2] {
        let operand = (operand & (u32::MAX >> (32 - self.bits()))) as u64;
        let both = words[0] as u64 | (words[1] as u64) << 32 | operand << self.first_bit();
        [both as u32, (both >> 32) as u32]
    }

    /// Its lowest bit, the second word standing above the first.
    pub const fn first_bit(self) -> u32 {
        match self {
            Place::A | Place::ABC => 8,
            Place::B | Place::BC => 16,
            Place::C => 24,
            Place::X | Place::XX => 32,
        }
    }

    /// How many bits it has.
    pub const fn bits(self) -> u32 {
        match self {
            Place::A | Place::B | Place::C => 8,
            Place::BC | Place::X => 16,
            Place::ABC => 24,
            Place::XX => 32,
        }
    }
}

/// The type of an operand.
macro_rules! operand {
    (Imm $place:ident) => {
        i8
    };
    (Int $place:ident) => {
        i16
    };
    (Jump ABC) => {
        i32
    };
    (Jump $place:ident) => {
        i16
    };
    (Const XX) => {
        u32
    };
    (Const $place:ident) => {
        u16
    };
    (Free $place:ident) => {
        u16
    };
    (Site $place:ident) => {
        u16
    };
    (Flag $place:ident) => {
        bool
    };
    (Flags $place:ident) => {
        u16
    };
    (Count $place:ident) => {
        u16
    };
    (Spare $place:ident) => {
        ()
    };
    ($register:ident $place:ident) => {
        u8
    };
}

/// An operand as bits, and back.
trait Bits {
    fn to_bits(self) -> u32;
    fn from_bits(place: Place, words: [u32; 2]) -> Self;
}

macro_rules! bits {
    ($($signed:ident: $($ty:ty),*;)*) => { $($(
        impl Bits for $ty {
            fn to_bits(self) -> u32 {
                self as u32
            }
            fn from_bits(place: Place, words: [u32; 2]) -> $ty {
                place.$signed(words) as $ty
            }
        }
    )*)* };
}
bits! {
    read: u8, u16, u32;
    read_signed: i8, i16, i32;
}
impl Bits for bool {
    fn to_bits(self) -> u32 {
        self as u32
    }
    fn from_bits(place: Place, words: [u32; 2]) -> bool {
        place.read(words) != 0
    }
}
impl Bits for () {
    fn to_bits(self) -> u32 {
        0
    }
    fn from_bits(_: Place, _: [u32; 2]) {}
}

/// What a compiler says of an instruction: all operands in order but jump distances, which are not known yet, and spare ones.
/// One operand stands alone, others in a tuple.
pub trait Assemble: Format {
    /// Those operands.
    type Given;
    /// All operands, those that were not given zero.
    fn assemble(given: Self::Given) -> Self;
}

macro_rules! given {
    ($format:ident [$($given:ident: $ty:ty,)*] [$($rest:ident)*] Spare $place:ident $name:ident $($more:tt)*) => {
        given! { $format [$($given: $ty,)*] [$($rest)* $name] $($more)* }
    };
    ($format:ident [$($given:ident: $ty:ty,)*] [$($rest:ident)*] Jump $place:ident $name:ident $($more:tt)*) => {
        given! { $format [$($given: $ty,)*] [$($rest)* $name] $($more)* }
    };
    ($format:ident [$($given:ident: $ty:ty,)*] [$($rest:ident)*] $role:ident $place:ident $name:ident $($more:tt)*) => {
        given! { $format [$($given: $ty,)* $name: operand!($role $place),] [$($rest)*] $($more)* }
    };
    ($format:ident [$only:ident: $ty:ty,] [$($rest:ident)*]) => {
        impl Assemble for $format {
            type Given = $ty;
            fn assemble($only: $ty) -> $format {
                $format { $only, $($rest: Default::default()),* }
            }
        }
    };
    ($format:ident [$($given:ident: $ty:ty,)*] [$($rest:ident)*]) => {
        impl Assemble for $format {
            type Given = ($($ty,)*);
            fn assemble(($($given,)*): ($($ty,)*)) -> $format {
                $format { $($given,)* $($rest: Default::default()),* }
            }
        }
    };
}

macro_rules! define {
    ($($(#[$doc:meta])* $format:ident { $($place:ident $name:ident: $role:ident),* };)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub struct $format {
            $(#[doc = concat!("Operand at ", stringify!($place), ", role ", stringify!($role), ".")]
            pub $name: operand!($role $place),)*
        }

        impl Format for $format {
            const OPERANDS: &'static [Operand] = &[
                $(Operand { name: stringify!($name), place: Place::$place, role: Role::$role }),*
            ];
            fn encode(self) -> [u32; 2] {
                let words = [0; 2];
                $(let words = Place::$place.write(words, self.$name.to_bits());)*
                words
            }
            fn decode(_words: [u32; 2]) -> $format {
                $format { $($name: Bits::from_bits(Place::$place, _words)),* }
            }
        }

        given! { $format [] [] $($role $place $name)* }
    )* };
}
for_each_format!(define);
