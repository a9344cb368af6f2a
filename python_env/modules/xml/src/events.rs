//! What the parser tells of a document.

use std::collections::HashSet;

use crate::dtd::Model;

/// A position in the document.
#[derive(Clone, Copy)]
pub struct Place {
    /// From 1.
    pub line: u64,
    /// In characters, from 0.
    pub column: u64,
    /// In bytes of the document as UTF-8.
    pub index: u64,
}

/// Where the document is not well-formed.
#[derive(Clone, Copy)]
pub struct Fault {
    pub code: u8,
    pub place: Place,
}

/// What a handler is called with.
pub enum What {
    XmlDecl {
        version: String,
        encoding: Option<String>,
        standalone: i8,
    },
    StartDoctype {
        name: String,
        system: Option<String>,
        public: Option<String>,
        subset: bool,
    },
    EndDoctype,
    /// Without a model that nests too deep.
    ElementDecl {
        name: String,
        model: Option<Model>,
    },
    AttlistDecl {
        element: String,
        name: String,
        kind: String,
        default: Option<String>,
        required: bool,
    },
    EntityDecl {
        name: String,
        parameter: bool,
        value: Option<String>,
        system: Option<String>,
        public: Option<String>,
    },
    Unparsed {
        name: String,
        system: Option<String>,
        public: Option<String>,
        notation: String,
    },
    Notation {
        name: String,
        system: Option<String>,
        public: Option<String>,
    },
    StartNamespace {
        prefix: Option<String>,
        uri: Option<String>,
    },
    EndNamespace {
        prefix: Option<String>,
    },
    /// The attributes that the document gives, then those that have defaults.
    Start {
        name: String,
        attributes: Vec<(String, String)>,
        specified: usize,
    },
    End {
        name: String,
    },
    Text(String),
    StartCdata,
    EndCdata,
    Comment(String),
    Pi {
        target: String,
        data: String,
    },
    Skipped {
        name: String,
    },
    /// Without a name: the external subset of the document type.
    External {
        name: Option<String>,
        system: Option<String>,
        public: Option<String>,
    },
    /// There is an external subset or a parameter entity that is not read.
    NotStandalone,
    /// For the default handler alone.
    Markup(String),
}

/// An event, its text in the document (where that is asked for) and its place.
pub struct Event {
    pub what: What,
    pub raw: String,
    pub place: Place,
}

/// What the parser has to say next.
pub enum Next {
    Event(Event),
    /// Everything that was fed is used up.
    More,
    /// The document is complete.
    End,
    /// The document names an encoding that only the caller can know: to be answered by `set_encoding`.
    Encoding(String, Place),
}

/// The names of a tag's attributes: seldom so many that looking through them takes long.
#[derive(Default)]
pub struct Names<'a> {
    few: Vec<&'a str>,
    many: HashSet<&'a str>,
}

impl<'a> Names<'a> {
    const FEW: usize = 16;

    pub fn has(&self, name: &str) -> bool {
        self.few.contains(&name) || self.many.contains(name)
    }

    /// False if it is there.
    pub fn insert(&mut self, name: &'a str) -> bool {
        if self.has(name) {
            return false;
        }
        if self.few.len() < Names::FEW {
            self.few.push(name)
        } else {
            self.many.extend([name])
        }
        true
    }
}
