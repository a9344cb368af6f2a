//! The program `protopython`.

fn main() {
    std::process::exit(python_env::cli::main());
}
