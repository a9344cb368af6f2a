//! Signatures of native functions, parsed at compile time from Argument-Clinic text.
//!
//! `"($self, value, start=0, stop=sys.maxsize, /)"` becomes a [`Sig`]: counts for the binder's fast path and the places of
//! the names in the text for its slow path. A malformed text does not compile.

/// The most parameters that a native function may declare (`$self`, `*args` and `**kwargs` aside).
pub const MAX_PARAMS: usize = 28;

/// How CPython would parse the arguments; decides the wording of errors.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Style {
    /// No parameters (METH_NOARGS).
    NoArgs,
    /// Exactly one required positional-only parameter (METH_O).
    One,
    /// Positional-only parameters (`_PyArg_CheckPositional`).
    Positional,
    /// Parameters that have names (`_PyArg_UnpackKeywords`).
    Keywords,
}

/// A parsed signature. Parameters are numbered in declared order; `$self` is not counted.
#[derive(Copy, Clone)]
pub struct Sig {
    text: &'static str,
    /// Number of positional parameters, positional-only ones included.
    pub npos: u8,
    /// Number of positional-only parameters.
    pub nposonly: u8,
    /// Number of required positional parameters.
    pub min: u8,
    /// Number of keyword-only parameters.
    pub nkwonly: u8,
    /// Bit i: parameter i is optional.
    optional: u32,
    /// Has `*args` (delivered after the positional parameters).
    pub varargs: bool,
    /// Has `**kwargs` (delivered last).
    pub varkw: bool,
    /// Starts with `$self`, `$type` (delivered) or `$module` (not delivered; see `NativeDef`).
    pub first: First,
    spans: [(u16, u8); MAX_PARAMS],
}

/// The implicit first parameter.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum First {
    /// None.
    None,
    /// `$self` or `$type` or `$cls`.
    Receiver,
    /// `$module`.
    Module,
}

const fn is_space(b: u8) -> bool {
    b == b' ' || b == b'\n'
}

const fn is_name(b: u8) -> bool {
    b == b'_' || b.is_ascii_alphanumeric()
}

impl Sig {
    /// Parses `text`; panics (at compile time) when it is no signature.
    pub const fn parse(text: &'static str) -> Sig {
        let s = text.as_bytes();
        let mut sig = Sig {
            text,
            npos: 0,
            nposonly: 0,
            min: 0,
            nkwonly: 0,
            optional: 0,
            varargs: false,
            varkw: false,
            first: First::None,
            spans: [(0, 0); MAX_PARAMS],
        };
        assert!(s.len() >= 2 && s[0] == b'(', "a signature starts with `(`");
        let mut i = 1;
        let mut count = 0usize;
        let mut kwonly = false;
        loop {
            while i < s.len() && (is_space(s[i]) || s[i] == b',') {
                i += 1;
            }
            assert!(i < s.len(), "a signature ends with `)`");
            match s[i] {
                b')' => break,
                b'/' => {
                    sig.nposonly = sig.npos;
                    i += 1;
                }
                b'*' if i + 1 < s.len() && s[i + 1] == b'*' => {
                    sig.varkw = true;
                    i += 2;
                    while is_name(s[i]) {
                        i += 1;
                    }
                }
                b'*' => {
                    kwonly = true;
                    i += 1;
                    sig.varargs = is_name(s[i]);
                    while is_name(s[i]) {
                        i += 1;
                    }
                }
                b'$' => {
                    sig.first = if s[i + 1] == b'm' { First::Module } else { First::Receiver };
                    i += 1;
                    while is_name(s[i]) {
                        i += 1;
                    }
                    // `($self, /, ...)`: the slash that follows the receiver says nothing about the parameters.
                    let mut j = i;
                    while is_space(s[j]) || s[j] == b',' {
                        j += 1;
                    }
                    if s[j] == b'/' {
                        i = j + 1;
                    }
                }
                _ => {
                    let start = i;
                    while is_name(s[i]) {
                        i += 1;
                    }
                    assert!(i > start, "a parameter has a name");
                    assert!(count < MAX_PARAMS, "too many parameters");
                    sig.spans[count] = (start as u16, (i - start) as u8);
                    while is_space(s[i]) {
                        i += 1;
                    }
                    let optional = s[i] == b'=';
                    if optional {
                        i = skip_default(s, i + 1);
                        sig.optional |= 1 << count;
                    }
                    if kwonly {
                        sig.nkwonly += 1;
                    } else {
                        sig.npos += 1;
                        if !optional {
                            sig.min += 1;
                        }
                    }
                    count += 1;
                }
            }
        }
        sig
    }

    /// The text, for `__text_signature__`.
    pub const fn text(&self) -> &'static str {
        self.text
    }

    /// The name of parameter `i`.
    pub fn name(&self, i: usize) -> &'static str {
        let (start, len) = self.spans[i];
        &self.text[start as usize..start as usize + len as usize]
    }

    /// Whether parameter `i` may be left out.
    pub const fn is_optional(&self, i: usize) -> bool {
        self.optional & (1 << i) != 0
    }

    /// Number of named parameters, positional and keyword-only.
    pub const fn nparams(&self) -> usize {
        self.npos as usize + self.nkwonly as usize
    }

    /// Number of words that a bound call delivers (without the receiver).
    pub const fn nwords(&self) -> usize {
        self.nparams() + self.varargs as usize + self.varkw as usize
    }

    /// Whether arguments can be passed by name at all.
    pub const fn takes_keywords(&self) -> bool {
        self.varkw || self.nkwonly > 0 || self.npos > self.nposonly
    }

    /// The wording of errors.
    pub const fn style(&self) -> Style {
        if self.takes_keywords() {
            Style::Keywords
        } else if self.npos == 0 && !self.varargs {
            Style::NoArgs
        } else if self.npos == 1 && self.min == 1 && !self.varargs {
            Style::One
        } else {
            Style::Positional
        }
    }
}

/// Skips a default value: up to a comma or the closing parenthesis at depth zero, over strings and brackets.
const fn skip_default(s: &[u8], mut i: usize) -> usize {
    let mut depth = 0;
    loop {
        assert!(i < s.len(), "a default value ends");
        match s[i] {
            b'(' | b'[' | b'{' => depth += 1,
            b')' if depth == 0 => return i,
            b')' | b']' | b'}' => depth -= 1,
            b',' if depth == 0 => return i,
            q @ (b'\'' | b'"') => {
                i += 1;
                while s[i] != q {
                    if s[i] == b'\\' {
                        i += 1;
                    }
                    i += 1;
                }
            }
            _ => {}
        }
        i += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_names() {
        const S: Sig = Sig::parse("($self, value, start=0, stop=sys.maxsize, /)");
        assert_eq!((S.npos, S.nposonly, S.min, S.nkwonly), (3, 3, 1, 0));
        assert_eq!(S.name(2), "stop");
        assert!(S.first == First::Receiver && S.style() == Style::Positional);
    }

    #[test]
    fn keywords_and_defaults() {
        const S: Sig = Sig::parse("($module, /, a, b=',)', *args, key=(1, 2), **kw)");
        assert_eq!((S.npos, S.nposonly, S.min, S.nkwonly), (2, 0, 1, 1));
        assert!(S.varargs && S.varkw && S.first == First::Module);
        assert_eq!(S.name(2), "key");
        assert_eq!(S.nwords(), 5);
    }

    #[test]
    fn styles() {
        assert!(Sig::parse("()").style() == Style::NoArgs);
        assert!(Sig::parse("($self, x, /)").style() == Style::One);
        assert!(Sig::parse("(*, reverse=False)").style() == Style::Keywords);
    }
}
