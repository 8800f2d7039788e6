//! The throw-away server that test programs share.

use std::{
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

use embedded_postgres::{Settings, Shared};

use crate::{
    helper::{Folder, is_root},
    sql::query,
    stories::{ends, kill_9},
};

const IDLE: Duration = Duration::from_secs(1);

fn join(folder: &Folder) -> Shared {
    Shared::join(&folder.dir(), &Settings::throw_away(), IDLE).unwrap()
}

fn data(folder: &Folder) -> PathBuf {
    folder.path().join("postgres/data")
}

fn postmaster(folder: &Folder) -> i32 {
    let file = std::fs::read_to_string(data(folder).join("postmaster.pid")).unwrap();
    file.lines().next().unwrap().parse().unwrap()
}

fn is_removed(folder: &Folder) -> bool {
    let deadline = Instant::now() + Duration::from_secs(30);
    while data(folder).exists() && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(20));
    }
    !data(folder).exists()
}

#[test]
fn everybody_gets_the_same_server() {
    let folder = Folder::new();
    let users: Vec<_> = thread::scope(|scope| {
        let joining: Vec<_> = (0..4).map(|_| scope.spawn(|| join(&folder))).collect();
        joining.into_iter().map(|one| one.join().unwrap()).collect()
    });
    query(&users[0].url("bandeja"), "CREATE TABLE seen ()");
    for user in &users {
        assert_eq!(query(&user.url("bandeja"), "SELECT count(*) FROM seen"), ["0"]);
    }
}

#[test]
fn the_server_stays_while_it_is_used_and_goes_with_its_data_soon_after() {
    let folder = Folder::new();
    let user = join(&folder);
    let server = postmaster(&folder);
    thread::sleep(IDLE * 3);
    assert_eq!(query(&user.url("bandeja"), "SELECT 1"), ["1"]);
    drop(user);
    assert!(ends(server));
    assert!(is_removed(&folder));
}

#[test]
fn a_newcomer_while_it_is_ending_gets_a_new_one() {
    let folder = Folder::new();
    for _ in 0..3 {
        drop(join(&folder));
        thread::sleep(IDLE + Duration::from_millis(300));
        let user = join(&folder);
        assert_eq!(query(&user.url("bandeja"), "SELECT 1"), ["1"]);
    }
}

#[test]
fn a_killed_server_is_replaced() {
    let folder = Folder::new();
    let user = join(&folder);
    let server = postmaster(&folder);
    query(&user.url("bandeja"), "CREATE TABLE old ()");
    kill_9(server);
    assert!(ends(server));
    let other = join(&folder);
    assert_eq!(query(&other.url("bandeja"), "SELECT to_regclass('old') IS NULL"), ["t"]);
}

#[test]
#[cfg(target_os = "linux")]
fn a_killed_keeper_takes_the_server_with_it() {
    let folder = Folder::new();
    let _user = join(&folder);
    let server = postmaster(&folder);
    let stat = std::fs::read_to_string(format!("/proc/{server}/stat")).unwrap();
    let keeper: i32 = stat.rsplit_once(") ").unwrap().1.split(' ').nth(1).unwrap().parse().unwrap();
    assert_ne!(keeper, 1);
    if is_root() {
        // It gave up root with the server.
        let status = std::fs::read_to_string(format!("/proc/{keeper}/status")).unwrap();
        assert!(!status.contains("Uid:\t0\t"), "{status}");
    }
    kill_9(keeper);
    assert!(ends(server));
    let again = join(&folder);
    assert_eq!(query(&again.url("bandeja"), "SELECT 1"), ["1"]);
}
