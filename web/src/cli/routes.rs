//! `bandeja routes`.

use super::say;
use crate::routes;

pub(super) fn print(json: bool) -> anyhow::Result<()> {
    let lines = routes::lines();
    if json {
        say(serde_json::to_string_pretty(&lines)?)?;
    } else {
        let longest = lines.iter().map(|line| line.path.len()).max().unwrap_or_default();
        for line in &lines {
            say(format_args!("{:6} {:longest$}  {}", line.method, line.path, line.permission))?;
        }
    }
    Ok(())
}
