//! Running other programs.

use std::{
    env,
    io::{BufRead as _, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

/// How a program ended and what it wrote, its two outputs one after the other.
pub struct Ended {
    pub success: bool,
    pub text: String,
}

/// The checkout's root, wherever the command was typed.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).map_or_else(|| ".".into(), Path::to_path_buf)
}

/// Where cargo puts what it builds.
pub fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |path| root().join(path))
}

/// The cargo that runs this, in the checkout.
pub fn cargo() -> Command {
    program(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// A program in the checkout. It can't ask questions.
pub fn program(name: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root()).stdin(Stdio::null());
    // `cargo run` sets these for us alone; a cargo below us would take them for its own package's.
    for (name, _) in env::vars_os() {
        if name
            .to_str()
            .is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"))
        {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a program, showing what it writes while it does.
pub fn stream(command: &mut Command) -> Result<Ended, String> {
    let name = shown(command);
    println!("$ {name}");
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("could not run `{name}`: {error}"))?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let (out, err) = thread::scope(|scope| {
        let err = scope.spawn(|| err.map_or_else(String::new, |err| tee(err, std::io::stderr())));
        let out = out.map_or_else(String::new, |out| tee(out, std::io::stdout()));
        (out, err.join().unwrap_or_default())
    });
    let status = child.wait().map_err(|error| format!("could not wait for `{name}`: {error}"))?;
    Ok(Ended { success: status.success(), text: format!("{out}\n{err}") })
}

/// Runs a program, keeping what it writes to itself.
pub fn capture(command: &mut Command) -> Result<Ended, String> {
    let output = command.output().map_err(|error| format!("could not run `{}`: {error}", shown(command)))?;
    let text =
        format!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Ok(Ended { success: output.status.success(), text })
}

/// Runs a program that has to succeed; shows its output only when it doesn't.
pub fn must(command: &mut Command) -> Result<String, String> {
    println!("$ {}", shown(command));
    let ended = capture(command)?;
    if ended.success {
        Ok(ended.text)
    } else {
        Err(format!("`{}` failed:\n{}", shown(command), ended.text.trim()))
    }
}

/// Whether a program is there and answers.
pub fn works(name: &str, arguments: &[&str]) -> bool {
    capture(program(name).args(arguments)).is_ok_and(|ended| ended.success)
}

fn shown(command: &Command) -> String {
    let name = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    std::iter::once(name)
        .chain(command.get_args())
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Copies lines as they come, and keeps them.
fn tee(from: impl Read, mut to: impl Write) -> String {
    let mut all = String::new();
    let mut lines = BufReader::new(from);
    let mut line = Vec::new();
    // A line that isn't UTF-8, or a closed terminal, is no reason to stop listening.
    while lines.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        let _ = to.write_all(&line);
        all.push_str(&String::from_utf8_lossy(&line));
        line.clear();
    }
    all
}
