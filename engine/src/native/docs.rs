//! Documentation of functions, methods and types whose declaration has none: CPython's texts, kept out of the tables because
//! nothing but `help` asks for them. An entry is a line `@@ MODULE.NAME` and the text; the line end before the next entry is not part of it.

const TEXTS: [&str; 3] = [include_str!("docs/posix.txt"), include_str!("docs/sys.txt"), include_str!("docs/rest.txt")];

const MARK: &str = "@@ ";

/// The documentation of `module.name`.
pub fn of(module: &str, name: &str) -> Option<&'static str> {
    let head = format!("{MARK}{module}.{name}\n");
    TEXTS.iter().find_map(|text| {
        let at = text.match_indices(&head).map(|(at, _)| at).find(|&at| at == 0 || text[..at].ends_with('\n'))?;
        let rest = &text[at + head.len()..];
        let end = rest.find(&format!("\n{MARK}")).unwrap_or(rest.len() - usize::from(rest.ends_with('\n')));
        Some(&rest[..end])
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn entries_are_found_whole() {
        let first = super::of("posix", "access").unwrap_or_default();
        assert!(first.starts_with("Use the real uid/gid") && !first.contains("@@"), "{first}");
        assert_eq!(super::of("sys", "intern_"), None);
        assert!(super::TEXTS.iter().all(|text| text.starts_with(super::MARK) && text.ends_with('\n')));
    }
}
