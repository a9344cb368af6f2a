//! The programs on disk: `programs/programs.tsv` says which there are and how each is run.

use crate::kernels::folder;

/// A program: more code than a kernel, mostly other people's.
#[derive(Debug, Clone)]
pub struct Program {
    pub name: String,
    /// Its file, from `benches/`.
    pub file: String,
    /// Times that it does its work.
    pub loops: u64,
    /// Its command line.
    pub arguments: Vec<String>,
}

/// All programs, in the order of the table.
pub fn list() -> Result<Vec<Program>, String> {
    let path = folder().join("programs/programs.tsv");
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let rows = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    rows.map(|line| read(line).ok_or_else(|| format!("{}: not a row: {line}", path.display()))).collect()
}

fn read(line: &str) -> Option<Program> {
    let mut fields = line.split('\t');
    let (name, file, loops) = (fields.next()?, fields.next()?, fields.next()?);
    let arguments = fields.next().unwrap_or("").split_whitespace().map(str::to_owned).collect();
    Some(Program { name: name.to_owned(), file: format!("programs/{file}"), loops: loops.parse().ok()?, arguments })
}

#[cfg(test)]
mod tests {
    use super::{list, read};

    #[test]
    fn the_table_names_files_that_exist() {
        let programs = list().expect("a table");
        assert!(programs.len() >= 30, "{}", programs.len());
        for program in programs {
            assert!(crate::kernels::folder().join(&program.file).is_file(), "{}", program.file);
        }
    }

    #[test]
    fn rows() {
        assert!(read("name\tfile").is_none());
        assert!(read("name\tfile\tmany").is_none());
        assert_eq!(read("name\tfile\t3\t-a b").expect("a row").arguments, ["-a", "b"]);
    }
}
