//! f-strings and t-strings.

use std::borrow::Cow;

use engine_code::{Const, Instruction as I, Wtf8};
use ruff_python_ast::{self as ast, ConversionFlag, InterpolatedStringElement};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::codegen::Compiler;
use crate::errors::Result;
use crate::literal;
use crate::source::Source;
use crate::unit::Reg;

/// Pieces joined by one instruction.
const CHUNK: usize = 40;

/// A piece of an f-string.
enum Piece<'a> {
    Text(Vec<u8>),
    Field(&'a ast::InterpolatedElement),
}

/// Pieces of an f-string, adjacent texts joined.
#[derive(Default)]
struct Pieces<'a>(Vec<Piece<'a>>);

impl<'a> Pieces<'a> {
    fn text(&mut self, text: &[u8]) {
        if text.is_empty() {
            return;
        }
        match self.0.last_mut() {
            Some(Piece::Text(last)) => last.extend_from_slice(text),
            _ => self.0.push(Piece::Text(text.to_vec())),
        }
    }

    fn elements(&mut self, c: &Compiler<'a>, elements: &'a ast::InterpolatedStringElements, raw: bool) {
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(s) => {
                    self.text(&literal::interpolated_part(c.source, s, raw).0);
                }
                InterpolatedStringElement::Interpolation(i) => {
                    if let Some(debug) = &i.debug_text {
                        self.text(without_comments(debug.as_str()).as_bytes());
                    }
                    self.0.push(Piece::Field(i));
                }
            }
        }
    }
}

/// The operand for a conversion.
fn conversion(i: &ast::InterpolatedElement) -> u8 {
    match i.conversion {
        ConversionFlag::None if i.debug_text.is_some() && i.format_spec.is_none() => 2,
        ConversionFlag::None => 0,
        ConversionFlag::Str => 1,
        ConversionFlag::Repr => 2,
        ConversionFlag::Ascii => 3,
    }
}

impl<'a> Compiler<'a> {
    /// An f-string expression.
    pub fn fstring(&mut self, e: &'a ast::ExprFString, dst: Reg) -> Result {
        let mut pieces = Pieces::default();
        for part in e.value.iter() {
            match part {
                ast::FStringPart::Literal(s) => pieces.text(&literal::string_part(self.source, s).0),
                ast::FStringPart::FString(f) => pieces.elements(self, &f.elements, f.flags.prefix().is_raw()),
            }
        }
        self.join(pieces, dst)
    }

    fn join(&mut self, pieces: Pieces<'a>, dst: Reg) -> Result {
        let range = self.range;
        match &pieces.0[..] {
            [] => {
                self.load_str(dst, "");
                return Ok(());
            }
            [Piece::Field(i)] => return self.field(i, dst),
            [Piece::Text(text)] => {
                self.load_const(dst, Const::Str(Wtf8(text.as_slice().into())));
                return Ok(());
            }
            _ => {}
        }
        let mark = self.mark();
        let base = self.mark() as Reg;
        let mut count = 0;
        for piece in pieces.0 {
            if count == CHUNK {
                // So far joined, it is the first piece of the next round.
                self.emit(I::BuildString, (base, base, count as u8));
                self.free_to(base as u16 + 1);
                count = 1;
            }
            let t = self.alloc();
            match piece {
                Piece::Text(text) => self.load_const(t, Const::Str(Wtf8(text.into()))),
                Piece::Field(i) => self.field(i, t)?,
            }
            self.range = range;
            count += 1;
        }
        self.emit(I::BuildString, (dst, base, count as u8));
        self.free_to(mark);
        Ok(())
    }

    /// A replacement field.
    fn field(&mut self, i: &'a ast::InterpolatedElement, dst: Reg) -> Result {
        let saved = self.at(i.range);
        let mark = self.mark();
        let hint = self.hint(dst);
        let c = conversion(i);
        let r = self.operand(&i.expression, hint, &[])?;
        match &i.format_spec {
            Some(spec) if !spec.elements.is_empty() => {
                let value = if c != 0 {
                    let t = self.alloc();
                    self.emit(I::ConvertValue, (t, r, c));
                    t
                } else {
                    r
                };
                let s = self.alloc();
                self.spec(spec, s)?;
                self.range = i.range;
                self.emit(I::FormatWithSpec, (dst, value, s));
            }
            _ => self.emit(I::FormatValue, (dst, r, c)),
        }
        self.free_to(mark);
        self.range = saved;
        Ok(())
    }

    fn spec(&mut self, spec: &'a ast::InterpolatedStringFormatSpec, dst: Reg) -> Result {
        let saved = self.at(spec.range);
        let mut pieces = Pieces::default();
        pieces.elements(self, &spec.elements, false);
        self.deeper(|c| c.join(pieces, dst))?;
        self.range = saved;
        Ok(())
    }

    /// A t-string expression.
    pub fn tstring(&mut self, e: &'a ast::ExprTString, dst: Reg) -> Result {
        let range = self.range;
        let mut pieces = Pieces::default();
        for part in e.value.iter() {
            pieces.elements(self, &part.elements, part.flags.prefix().is_raw());
        }
        // One string more than interpolations, empty ones in between.
        let mut strings = vec![Vec::new()];
        let mut fields = Vec::new();
        for piece in pieces.0 {
            match piece {
                Piece::Text(text) => {
                    if let Some(last) = strings.last_mut() {
                        *last = text;
                    }
                }
                Piece::Field(i) => {
                    fields.push(i);
                    strings.push(Vec::new());
                }
            }
        }
        let base = self.alloc();
        let tuple = self.alloc();
        let strings: Vec<Const> = strings.into_iter().map(|s| Const::Str(Wtf8(s.into()))).collect();
        self.load_const(base, Const::Tuple(strings.into()));
        let many = fields.len() > CHUNK;
        if many {
            self.emit(I::BuildList, (tuple, tuple, 0));
        }
        let first = self.mark() as Reg;
        let count = fields.len();
        for i in fields {
            self.range = i.range;
            let value = self.push(&i.expression)?;
            let text = self.alloc();
            let spec = self.alloc();
            let written = self.source.tree.and_then(|t| t.constant(&i.node_index));
            match written {
                Some(written) => self.load_const(text, written.clone()),
                None => self.load_str(text, &field_text(self.source, i)),
            }
            match &i.format_spec {
                Some(s) => self.spec(s, spec)?,
                None => self.load_str(spec, ""),
            }
            self.range = i.range;
            self.emit(I::BuildInterpolation, (value, value, conversion(i)));
            if many {
                self.emit(I::ListAppend, (tuple, value));
                self.free_to(first);
            } else {
                self.free_to(value as u16 + 1);
            }
        }
        self.range = range;
        if many {
            self.emit(I::ListToTuple, (tuple, tuple));
        } else {
            self.emit(I::BuildTuple, (tuple, first, count as u8));
        }
        self.emit(I::BuildTemplate, (dst, base));
        Ok(())
    }
}

/// What an interpolation says its expression is.
pub fn field_text<'s>(source: &Source<'s>, i: &'s ast::InterpolatedElement) -> Cow<'s, str> {
    match &i.debug_text {
        Some(debug) => without_comments(debug.as_str().rsplit_once('=').map_or("", |(text, _)| text)),
        None => expression_text(source, i),
    }
}

/// Source of a replacement field's expression, with the blanks around it and without comments.
pub fn expression_text<'s>(source: &Source<'s>, i: &ast::InterpolatedElement) -> Cow<'s, str> {
    let end = match (&i.format_spec, i.conversion) {
        (_, ConversionFlag::Str | ConversionFlag::Repr | ConversionFlag::Ascii) => {
            // The conversion's `!` is the last one before the specification or the brace.
            let stop = i.format_spec.as_ref().map_or(i.range.end(), |s| s.range.start());
            let text = source.slice(TextRange::new(i.expression.end(), stop));
            i.expression.end() + TextSize::new(text.rfind('!').unwrap_or(0) as u32)
        }
        (Some(spec), _) => {
            let text = source.slice(TextRange::new(i.expression.end(), spec.range.start()));
            i.expression.end() + TextSize::new(text.rfind(':').unwrap_or(text.len()) as u32)
        }
        (None, _) => i.range.end() - TextSize::new(1),
    };
    without_comments(source.slice(TextRange::new(i.range.start() + TextSize::new(1), end)))
}

/// Source text of an expression without its comments.
pub fn without_comments(text: &str) -> Cow<'_, str> {
    if !text.contains('#') {
        return text.into();
    }
    let mut out = String::new();
    let mut rest = text;
    // The quotes of the string around.
    let mut quote = "";
    while let Some(c) = rest.chars().next() {
        let mut n = c.len_utf8();
        if !quote.is_empty() {
            if c == '\\' {
                n += rest[n..].chars().next().map_or(0, char::len_utf8);
            } else if rest.starts_with(quote) {
                n = quote.len();
                quote = "";
            }
        } else if matches!(c, '"' | '\'') {
            let triple = if c == '"' { "\"\"\"" } else { "\'\'\'" };
            quote = if rest.starts_with(triple) { triple } else { &triple[..1] };
            n = quote.len();
        } else if c == '#' {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
            continue;
        }
        out.push_str(&rest[..n]);
        rest = &rest[n..];
    }
    out.into()
}
