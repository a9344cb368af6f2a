//! The instructions of the pickle machine, each declared once.

macro_rules! opcodes {
    ($($name:ident = $code:literal, $what:literal;)*) => {
        $(#[doc = $what] pub const $name: u8 = $code;)*
    };
}

opcodes! {
    MARK = b'(', "Remembers the height of the stack.";
    STOP = b'.', "The top of the stack is the result.";
    POP = b'0', "Drops the top of the stack, or the topmost mark.";
    POP_MARK = b'1', "Drops all above the topmost mark.";
    DUP = b'2', "Pushes the top once more.";
    FLOAT = b'F', "A float as a line of text.";
    INT = b'I', "An int or bool as a line of text.";
    BININT = b'J', "A signed int of four bytes.";
    BININT1 = b'K', "An unsigned int of one byte.";
    LONG = b'L', "An int as a line of text.";
    BININT2 = b'M', "An unsigned int of two bytes.";
    NONE = b'N', "None.";
    PERSID = b'P', "A persistent object whose id is a line of text.";
    BINPERSID = b'Q', "A persistent object whose id is on the stack.";
    REDUCE = b'R', "Calls a function with a tuple of arguments.";
    STRING = b'S', "A string of Python 2 as a quoted line.";
    BINSTRING = b'T', "A string of Python 2 with a length of four bytes.";
    SHORT_BINSTRING = b'U', "A string of Python 2 with a length of one byte.";
    UNICODE = b'V', "A str as a line with escapes.";
    BINUNICODE = b'X', "A str with a length of four bytes.";
    APPEND = b'a', "Appends the top to the list below it.";
    BUILD = b'b', "Gives an object its state.";
    GLOBAL = b'c', "A global whose module and name are lines of text.";
    DICT = b'd', "A dict of the pairs above the mark.";
    EMPTY_DICT = b'}', "An empty dict.";
    APPENDS = b'e', "Extends a list by all above the mark.";
    GET = b'g', "An object of the memo; its index is a line of text.";
    BINGET = b'h', "An object of the memo; index of one byte.";
    INST = b'i', "An instance of a class named by two lines of text.";
    LONG_BINGET = b'j', "An object of the memo; index of four bytes.";
    LIST = b'l', "A list of all above the mark.";
    EMPTY_LIST = b']', "An empty list.";
    OBJ = b'o', "An instance of the class that is first above the mark.";
    PUT = b'p', "Keeps the top in the memo; the index is a line of text.";
    BINPUT = b'q', "Keeps the top in the memo; index of one byte.";
    LONG_BINPUT = b'r', "Keeps the top in the memo; index of four bytes.";
    SETITEM = b's', "Stores a pair to a dict.";
    TUPLE = b't', "A tuple of all above the mark.";
    EMPTY_TUPLE = b')', "The empty tuple.";
    SETITEMS = b'u', "Stores the pairs above the mark to a dict.";
    BINFLOAT = b'G', "A float of eight bytes, most significant first.";

    PROTO = 0x80, "Protocol 2: names the protocol.";
    NEWOBJ = 0x81, "An object made by its class's `__new__`.";
    EXT1 = 0x82, "A registered extension; code of one byte.";
    EXT2 = 0x83, "A registered extension; code of two bytes.";
    EXT4 = 0x84, "A registered extension; code of four bytes.";
    TUPLE1 = 0x85, "A tuple of one.";
    TUPLE2 = 0x86, "A tuple of two.";
    TUPLE3 = 0x87, "A tuple of three.";
    NEWTRUE = 0x88, "True.";
    NEWFALSE = 0x89, "False.";
    LONG1 = 0x8a, "An int in two's complement; length of one byte.";
    LONG4 = 0x8b, "An int in two's complement; length of four bytes.";

    BINBYTES = b'B', "Protocol 3: bytes with a length of four bytes.";
    SHORT_BINBYTES = b'C', "Bytes with a length of one byte.";

    SHORT_BINUNICODE = 0x8c, "Protocol 4: a str with a length of one byte.";
    BINUNICODE8 = 0x8d, "A str with a length of eight bytes.";
    BINBYTES8 = 0x8e, "Bytes with a length of eight bytes.";
    EMPTY_SET = 0x8f, "An empty set.";
    ADDITEMS = 0x90, "Adds all above the mark to a set.";
    FROZENSET = 0x91, "A frozenset of all above the mark.";
    NEWOBJ_EX = 0x92, "NEWOBJ with keyword arguments.";
    STACK_GLOBAL = 0x93, "A global whose module and name are on the stack.";
    MEMOIZE = 0x94, "Keeps the top in the memo under the next index.";
    FRAME = 0x95, "The length of the frame that follows.";

    BYTEARRAY8 = 0x96, "Protocol 5: a bytearray with a length of eight bytes.";
    NEXT_BUFFER = 0x97, "The next out-of-band buffer.";
    READONLY_BUFFER = 0x98, "Makes the buffer on top read-only.";
}

/// The protocol that is written unless another is asked for.
pub const DEFAULT_PROTOCOL: u8 = 5;
/// The newest protocol.
pub const HIGHEST_PROTOCOL: u8 = 5;
/// How many items one APPENDS, SETITEMS or ADDITEMS takes.
pub const BATCH: usize = 1000;
