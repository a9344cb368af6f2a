use engine_compiler::*;
fn main() {
    let text = std::fs::read_to_string("/tmp/pp_snips.txt").unwrap();
    for s in text.split('\x01') {
        let s = s.replace('\x02', "\0");
        match compile(&s, "<f>", Mode::Exec, CompileFlags::default()) {
            Ok(_) => println!("OK"),
            Err(e) => println!("{:?}Error|{}|{},{},{},{}", e.kind, e.msg.replace('\n', "\\n"), e.line, e.col, e.end_line, e.end_col),
        }
    }
}
