//! The template language of `str.format`: literals, replacement fields and field names.

use crate::wtf8;
use std::fmt;
use std::ops::Range;

/// What is wrong with a template: all are `ValueError`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // The messages below say it.
pub enum TemplateError {
    SingleClose,
    SingleOpen,
    OpenInFieldName,
    EndInConversion,
    ExpectedColon,
    UnmatchedOpen,
    ExpectedClose,
    TooManyDigits,
    EmptyAttribute,
    MissingBracket,
    AfterBracket,
    ManualToAutomatic,
    AutomaticToManual,
    RecursionExceeded,
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TemplateError::SingleClose => "Single '}' encountered in format string",
            TemplateError::SingleOpen => "Single '{' encountered in format string",
            TemplateError::OpenInFieldName => "unexpected '{' in field name",
            TemplateError::EndInConversion => "end of string while looking for conversion specifier",
            TemplateError::ExpectedColon => "expected ':' after conversion specifier",
            TemplateError::UnmatchedOpen => "unmatched '{' in format spec",
            TemplateError::ExpectedClose => "expected '}' before end of string",
            TemplateError::TooManyDigits => "Too many decimal digits in format string",
            TemplateError::EmptyAttribute => "Empty attribute in format string",
            TemplateError::MissingBracket => "Missing ']' in format string",
            TemplateError::AfterBracket => "Only '.' or '[' may follow ']' in format field specifier",
            TemplateError::ManualToAutomatic => {
                "cannot switch from manual field specification to automatic field numbering"
            }
            TemplateError::AutomaticToManual => {
                "cannot switch from automatic field numbering to manual field specification"
            }
            TemplateError::RecursionExceeded => "Max string recursion exceeded",
        })
    }
}

/// A replacement field, as byte ranges of the template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Field {
    /// The field's name.
    pub name: Range<usize>,
    /// The format spec (may be empty).
    pub spec: Range<usize>,
    /// Whether the spec has fields of its own.
    pub nested: bool,
    /// The conversion character, if there is one.
    pub conversion: Option<u32>,
}

/// Literal text followed by a field, or by nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Markup {
    /// The text before the field, escapes resolved.
    pub literal: Range<usize>,
    /// The field.
    pub field: Option<Field>,
}

/// Iterator over a template.
#[derive(Clone, Debug)]
pub struct MarkupIterator<'a> {
    template: &'a [u8],
    pos: usize,
}

impl<'a> MarkupIterator<'a> {
    /// Parses `template`; ranges refer to it.
    pub fn new(template: &'a [u8]) -> Self {
        MarkupIterator { template, pos: 0 }
    }

    fn bump(&mut self) -> Option<u8> {
        let b = self.template.get(self.pos).copied();
        self.pos += usize::from(b.is_some());
        b
    }

    fn markup(&mut self) -> Result<Markup, TemplateError> {
        let start = self.pos;
        let Some(n) = memchr::memchr2(b'{', b'}', &self.template[start..]) else {
            self.pos = self.template.len();
            return Ok(Markup { literal: start..self.pos, field: None });
        };
        let at = start + n;
        let brace = self.template[at];
        self.pos = at + 1;
        if self.template.get(self.pos) == Some(&brace) {
            // An escaped brace: the literal keeps the first of the two.
            self.pos += 1;
            return Ok(Markup { literal: start..at + 1, field: None });
        }
        if brace == b'}' {
            return Err(TemplateError::SingleClose);
        }
        if self.pos >= self.template.len() {
            return Err(TemplateError::SingleOpen);
        }
        Ok(Markup { literal: start..at, field: Some(self.field()?) })
    }

    fn field(&mut self) -> Result<Field, TemplateError> {
        let start = self.pos;
        let stop = loop {
            match self.bump() {
                Some(b'{') => return Err(TemplateError::OpenInFieldName),
                Some(b'[') => {
                    while self.template.get(self.pos).is_some_and(|&b| b != b']') {
                        self.pos += 1;
                    }
                }
                Some(b @ (b'}' | b':' | b'!')) => break b,
                Some(_) => {}
                None => return Err(TemplateError::ExpectedClose),
            }
        };
        let mut field = Field { name: start..self.pos - 1, spec: self.pos..self.pos, nested: false, conversion: None };
        if stop == b'}' {
            return Ok(field);
        }
        if stop == b'!' {
            let (c, w) = wtf8::decode(self.template, self.pos).ok_or(TemplateError::EndInConversion)?;
            self.pos += w;
            field.conversion = Some(c);
            match self.bump() {
                Some(b'}') => {
                    field.spec = self.pos - 1..self.pos - 1;
                    return Ok(field);
                }
                Some(b':') => {}
                Some(_) => return Err(TemplateError::ExpectedColon),
                None => return Err(TemplateError::UnmatchedOpen),
            }
        }
        let spec = self.pos;
        let mut depth = 1;
        while let Some(b) = self.bump() {
            match b {
                b'{' => {
                    field.nested = true;
                    depth += 1;
                }
                b'}' => {
                    depth -= 1;
                    if depth == 0 {
                        field.spec = spec..self.pos - 1;
                        return Ok(field);
                    }
                }
                _ => {}
            }
        }
        Err(TemplateError::UnmatchedOpen)
    }
}

impl Iterator for MarkupIterator<'_> {
    type Item = Result<Markup, TemplateError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.pos >= self.template.len() {
            return None;
        }
        let found = self.markup();
        if found.is_err() {
            self.pos = self.template.len();
        }
        Some(found)
    }
}

/// The first part of a field's name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum First<'a> {
    /// Nothing: automatic numbering.
    Auto,
    /// A positional argument.
    Index(usize),
    /// A keyword argument.
    Name(&'a [u8]),
}

/// A further step of a field's name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step<'a> {
    /// `.name`
    Attribute(&'a [u8]),
    /// `[3]`
    Index(usize),
    /// `[key]`
    Key(&'a [u8]),
}

/// Digits only, of any script: the number. `None` when it is a name.
fn integer(s: &[u8]) -> Result<Option<usize>, TemplateError> {
    if s.is_empty() {
        return Ok(None);
    }
    let mut n = 0usize;
    for c in wtf8::code_points(s) {
        let digit = crate::format::digit(c);
        let Some(d) = digit else { return Ok(None) };
        n = n
            .checked_mul(10)
            .and_then(|n| n.checked_add(d as usize))
            .filter(|&n| n <= isize::MAX as usize)
            .ok_or(TemplateError::TooManyDigits)?;
    }
    Ok(Some(n))
}

/// Splits a field's name into its first part and an iterator over the steps.
pub fn split_field_name(name: &[u8]) -> Result<(First<'_>, Steps<'_>), TemplateError> {
    let end = memchr::memchr2(b'.', b'[', name).unwrap_or(name.len());
    let (first, rest) = name.split_at(end);
    let first_part = match integer(first)? {
        Some(n) => First::Index(n),
        None if first.is_empty() => First::Auto,
        None => First::Name(first),
    };
    Ok((first_part, Steps { rest }))
}

/// Iterator over the steps of a field's name.
#[derive(Clone, Debug)]
pub struct Steps<'a> {
    rest: &'a [u8],
}

impl<'a> Steps<'a> {
    fn step(&mut self) -> Result<Step<'a>, TemplateError> {
        let body = &self.rest[1..];
        if self.rest[0] == b'.' {
            let end = memchr::memchr2(b'.', b'[', body).unwrap_or(body.len());
            let (name, rest) = body.split_at(end);
            self.rest = rest;
            return if name.is_empty() { Err(TemplateError::EmptyAttribute) } else { Ok(Step::Attribute(name)) };
        }
        if self.rest[0] != b'[' {
            return Err(TemplateError::AfterBracket);
        }
        let end = memchr::memchr(b']', body).ok_or(TemplateError::MissingBracket)?;
        let key = &body[..end];
        self.rest = &body[end + 1..];
        if key.is_empty() {
            return Err(TemplateError::EmptyAttribute);
        }
        Ok(integer(key)?.map_or(Step::Key(key), Step::Index))
    }
}

impl<'a> Iterator for Steps<'a> {
    type Item = Result<Step<'a>, TemplateError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let step = self.step();
        if step.is_err() {
            self.rest = &[];
        }
        Some(step)
    }
}

/// Numbers fields that have no name, and refuses a mixture with numbered ones.
#[derive(Clone, Copy, Default, Debug)]
pub struct AutoNumber {
    manual: Option<bool>,
    next: usize,
}

impl AutoNumber {
    /// The index of a field: `None` for a keyword.
    pub fn resolve(&mut self, first: First<'_>) -> Result<Option<usize>, TemplateError> {
        match first {
            First::Name(_) => Ok(None),
            First::Index(n) => {
                if self.manual == Some(false) {
                    return Err(TemplateError::AutomaticToManual);
                }
                self.manual = Some(true);
                Ok(Some(n))
            }
            First::Auto => {
                if self.manual == Some(true) {
                    return Err(TemplateError::ManualToAutomatic);
                }
                self.manual = Some(false);
                self.next += 1;
                Ok(Some(self.next - 1))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(t: &str) -> Option<TemplateError> {
        MarkupIterator::new(t.as_bytes()).find_map(Result::err)
    }

    #[test]
    fn templates() {
        let t = "a{{b}}{0.x[y}]!r:>{w}}z";
        let got: Vec<_> = MarkupIterator::new(t.as_bytes()).map(Result::unwrap).collect();
        assert_eq!(got.iter().map(|m| &t[m.literal.clone()]).collect::<Vec<_>>(), ["a{", "b}", "", "z"]);
        let f = got[2].field.clone().unwrap();
        assert_eq!((&t[f.name], &t[f.spec], f.nested, f.conversion), ("0.x[y}]", ">{w}", true, Some(114)));
        for (t, e) in [
            ("}", TemplateError::SingleClose),
            ("{", TemplateError::SingleOpen),
            ("{a", TemplateError::ExpectedClose),
            ("{a{", TemplateError::OpenInFieldName),
            ("{!", TemplateError::EndInConversion),
            ("{!rx}", TemplateError::ExpectedColon),
            ("{:{}", TemplateError::UnmatchedOpen),
        ] {
            assert_eq!(error(t), Some(e), "{t}");
        }
    }

    #[test]
    fn names() {
        let (first, steps) = split_field_name(b"12.a[3][k].b").unwrap();
        assert_eq!(first, First::Index(12));
        let steps: Vec<_> = steps.map(Result::unwrap).collect();
        assert_eq!(steps, [Step::Attribute(b"a"), Step::Index(3), Step::Key(b"k"), Step::Attribute(b"b")]);
        let fail = |n: &'static str| split_field_name(n.as_bytes()).unwrap().1.find_map(Result::err);
        assert_eq!(fail("a."), Some(TemplateError::EmptyAttribute));
        assert_eq!(fail("a[b"), Some(TemplateError::MissingBracket));
        assert_eq!(fail("a[b]c"), Some(TemplateError::AfterBracket));
        let mut auto = AutoNumber::default();
        assert_eq!(auto.resolve(First::Auto), Ok(Some(0)));
        assert_eq!(auto.resolve(First::Index(3)), Err(TemplateError::AutomaticToManual));
    }
}
