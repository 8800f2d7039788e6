//! Asking the server whether it takes connections, with the first two messages of its protocol.

use std::{
    io::{self, Read as _, Write as _},
    os::unix::net::UnixStream,
    path::Path,
    time::Duration,
};

use crate::DATABASE;

/// A server busy with recovery answers at once; one that doesn't is taken for not ready.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the socket answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Signed in: the server serves.
    Ready,
    /// Somebody listens but can't serve: starting, recovering, shutting down or full.
    NotYet,
    /// Nobody listens.
    Nobody,
}

/// Signs in to the server at this socket folder and leaves.
pub fn ask(socket_folder: &Path) -> Answer {
    let Ok(mut stream) = UnixStream::connect(socket_folder.join(".s.PGSQL.5432")) else {
        return Answer::Nobody;
    };
    match sign_in(&mut stream) {
        // The role is trusted, so a ready server greets with `R`. `E` is an error.
        Ok(b'R') => Answer::Ready,
        _ => Answer::NotYet,
    }
}

fn sign_in(stream: &mut UnixStream) -> io::Result<u8> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(&startup_message())?;
    let mut kind = [0];
    stream.read_exact(&mut kind)?;
    // Terminate, so that the server doesn't log a lost connection. It may have hung up already.
    let _ = stream.write_all(&[b'X', 0, 0, 0, 4]);
    Ok(kind[0])
}

/// Length, protocol 3.0, and pairs of names and values each ending in NUL.
fn startup_message() -> Vec<u8> {
    let pairs = format!("user\0{DATABASE}\0database\0postgres\0\0");
    let length = u8::try_from(pairs.len() + 8).unwrap_or(u8::MAX);
    let mut message = vec![0, 0, 0, length, 0, 3, 0, 0];
    message.extend(pairs.as_bytes());
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_listens_where_there_is_no_socket() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(ask(folder.path()), Answer::Nobody);
    }

    #[test]
    fn the_startup_message_states_its_own_length() {
        let message = startup_message();
        assert_eq!(usize::from(message[3]), message.len());
    }
}
