//! Built-in types and modules of this group; see `register`.
