//! Lines for whoever runs the process. Knows neither their meaning nor whether anybody reads them.

use std::fmt::Display;
use std::io::Write;

/// Writes a line, in one piece. That its reader has gone (`| head -3`) is no reason to end, as it is for `println!`.
pub fn tell(mut to: impl Write, line: impl Display) {
    let _ = to.write_all(format!("{line}\n").as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_has_gone_is_no_matter() {
        let (reader, mut writer) = std::io::pipe().unwrap();
        drop(reader);
        assert!(writer.write_all(b"x").is_err());
        tell(writer, "nobody hears this");
    }
}
