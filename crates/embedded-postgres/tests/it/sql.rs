//! Just enough of a Postgres client to ask one question. This crate needs none outside its tests.

use std::{
    io::{Read as _, Write as _},
    os::unix::net::UnixStream,
};

/// Runs one statement and returns the first column of its rows.
pub fn query(url: &str, statement: &str) -> Vec<String> {
    let folder = url.split_once("host=").unwrap().1.replace("%2F", "/");
    let mut stream = UnixStream::connect(format!("{folder}/.s.PGSQL.5432")).unwrap();
    let mut hello = vec![0, 3, 0, 0];
    hello.extend(b"user\0bandeja\0database\0bandeja\0\0");
    stream.write_all(&u32::try_from(hello.len() + 4).unwrap().to_be_bytes()).unwrap();
    stream.write_all(&hello).unwrap();
    read_until_ready(&mut stream);

    stream.write_all(b"Q").unwrap();
    stream.write_all(&u32::try_from(statement.len() + 5).unwrap().to_be_bytes()).unwrap();
    stream.write_all(statement.as_bytes()).unwrap();
    stream.write_all(b"\0").unwrap();
    read_until_ready(&mut stream)
}

fn read_until_ready(stream: &mut UnixStream) -> Vec<String> {
    let mut rows = Vec::new();
    loop {
        let mut head = [0; 5];
        stream.read_exact(&mut head).unwrap();
        let length = u32::from_be_bytes(head[1..].try_into().unwrap()) as usize;
        let mut body = vec![0; length - 4];
        stream.read_exact(&mut body).unwrap();
        match head[0] {
            b'Z' => return rows,
            b'D' => {
                // Count of columns (2 bytes), then length (4) and text of the first.
                let end = 6 + u32::from_be_bytes(body[2..6].try_into().unwrap()) as usize;
                rows.push(String::from_utf8(body[6..end].to_vec()).unwrap());
            }
            b'E' => panic!("{}", String::from_utf8_lossy(&body)),
            _ => {}
        }
    }
}
