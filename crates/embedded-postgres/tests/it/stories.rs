use std::{
    fs,
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _},
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use embedded_postgres::{DataDir, Error, Server, Settings};

use crate::{
    helper::{Folder, ORDINARY, Other, is_root},
    sql::query,
};

pub fn kill_9(pid: i32) {
    assert!(Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap().success());
}

pub fn ends(pid: i32) -> bool {
    let gone = || {
        // A zombie has ended; nobody may be there to reap it.
        fs::read_to_string(format!("/proc/{pid}/stat")).map_or(true, |stat| stat.contains(") Z "))
    };
    let deadline = Instant::now() + Duration::from_secs(30);
    while !gone() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(10));
    }
    gone()
}

#[test]
fn a_second_start_finds_the_rows_of_the_first() {
    let folder = Folder::new();
    let server = folder.start();
    query(&server.url("bandeja"), "CREATE TABLE kept (word text)");
    query(&server.url("bandeja"), "INSERT INTO kept VALUES ('hola')");
    assert_eq!(query(&server.url("bandeja"), "SHOW fsync"), ["on"]);
    assert_eq!(query(&server.url("bandeja"), "SHOW data_checksums"), ["on"]);
    server.stop().unwrap();

    let server = folder.start();
    assert_eq!(query(&server.url("bandeja"), "SELECT word FROM kept"), ["hola"]);
}

#[test]
fn rows_survive_the_application_being_killed_twice() {
    let folder = Folder::new();
    for round in 1..=2 {
        let app = Other::start(&folder, None);
        query(&app.url, "CREATE TABLE IF NOT EXISTS kept (round int)");
        query(&app.url, &format!("INSERT INTO kept VALUES ({round})"));
        app.kill();
        // At once, while the old server may still be shutting down.
        let server = folder.start();
        let expected: Vec<_> = (1..=round).map(|round| round.to_string()).collect();
        assert_eq!(query(&server.url("bandeja"), "SELECT round FROM kept ORDER BY round"), expected);
        assert!(server.is_owner());
        server.stop().unwrap();
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_killed_application_leaves_no_server_behind() {
    let folder = Folder::new();
    let app = Other::start(&folder, None);
    let server = app.server_pid.unwrap();
    app.kill();
    assert!(ends(server));
}

#[test]
fn a_killed_server_is_revived_with_its_rows() {
    let folder = Folder::new();
    let mut server = folder.start();
    assert!(!server.revive().unwrap(), "it hasn't died yet");
    query(&server.url("bandeja"), "CREATE TABLE kept (word text)");
    for _ in 0..2 {
        query(&server.url("bandeja"), "INSERT INTO kept VALUES ('hola')");
        let pid = server.pid().unwrap().cast_signed();
        kill_9(pid);
        assert!(ends(pid));
        assert!(server.revive().unwrap());
    }
    assert_eq!(query(&server.url("bandeja"), "SELECT count(*) FROM kept"), ["2"]);
}

#[test]
fn application_and_server_both_killed_is_no_harm() {
    let folder = Folder::new();
    let app = Other::start(&folder, None);
    query(&app.url, "CREATE TABLE kept (word text)");
    kill_9(app.server_pid.unwrap());
    app.kill();
    let server = folder.start();
    assert_eq!(query(&server.url("bandeja"), "SELECT count(*) FROM kept"), ["0"]);
}

#[test]
fn a_second_process_shares_the_server_and_leaves_it_running() {
    let folder = Folder::new();
    let owner = Other::start(&folder, None);
    let guest = folder.start();
    assert!(!guest.is_owner());
    assert_eq!(guest.url("bandeja"), owner.url);
    guest.stop().unwrap();
    assert_eq!(query(&owner.url, "SELECT 1"), ["1"]);
}

#[test]
fn an_old_pid_file_naming_some_other_program_does_not_stop_a_start() {
    let folder = Folder::new();
    folder.start().stop().unwrap();
    let data = folder.path().join("postgres/data");
    let mut bystander = Command::new("sleep").arg("600").spawn().unwrap();
    fs::write(
        data.join("postmaster.pid"),
        format!("{}\n{}\n1\n5432\n\n\nready\n", bystander.id(), data.display()),
    )
    .unwrap();
    let server = folder.start();
    assert_eq!(query(&server.url("bandeja"), "SELECT 1"), ["1"]);
    assert!(bystander.try_wait().unwrap().is_none(), "the bystander is left alone");
    bystander.kill().unwrap();
    bystander.wait().unwrap();
}

#[test]
fn a_first_start_that_was_killed_half_way_is_made_anew() {
    let folder = Folder::new();
    let server = folder.start();
    server.stop().unwrap();
    let cluster = folder.path().join("postgres");
    fs::rename(cluster.join("data"), cluster.join("data.init")).unwrap();
    fs::remove_file(cluster.join("data.init/global/pg_control")).unwrap();
    assert_eq!(query(&folder.start().url("bandeja"), "SELECT 1"), ["1"]);
    assert!(!cluster.join("data.init").exists());
}

#[test]
fn a_throw_away_server_takes_the_callers_settings() {
    let folder = Folder::new();
    let server = Server::start(&folder.dir(), &Settings::throw_away().with("max_connections", "20")).unwrap();
    assert_eq!(query(&server.url("bandeja"), "SHOW fsync"), ["off"]);
    assert_eq!(query(&server.url("bandeja"), "SHOW max_connections"), ["20"]);
}

#[test]
fn a_setting_postgres_refuses_is_reported_in_its_words() {
    let folder = Folder::new();
    let refused = Server::start(&folder.dir(), &Settings::default().with("shared_buffers", "plenty"));
    let message = refused.unwrap_err().to_string();
    assert!(message.contains("shared_buffers"), "{message}");
}

#[test]
fn a_very_long_path_still_gets_a_socket() {
    let folder = Folder::new();
    let dir = DataDir::resolve(&folder.path().join("x".repeat(120))).unwrap();
    let server = Server::start(&dir, &Settings::throw_away()).unwrap();
    assert_eq!(query(&server.url("bandeja"), "SELECT 1"), ["1"]);
    server.stop().unwrap();
    dir.remove().unwrap();
}

#[test]
fn nobody_else_can_enter_and_an_open_folder_is_refused() {
    let folder = Folder::new();
    let server = folder.start();
    let socket = folder.path().join("postgres/socket");
    assert_eq!(fs::metadata(&socket).unwrap().mode() & 0o777, 0o700);
    server.stop().unwrap();

    fs::set_permissions(&socket, fs::Permissions::from_mode(0o777)).unwrap();
    assert!(matches!(Server::start(&folder.dir(), &Settings::default()), Err(Error::SocketFolder { .. })));
}

#[test]
fn root_hands_over_to_another_account_and_moves_what_that_cannot_reach() {
    if !is_root() {
        return;
    }
    let folder = Folder::new();
    let server = folder.start();
    assert_ne!(fs::metadata(folder.path().join("postgres/data")).unwrap().uid(), 0);
    drop(server);

    let private = Folder::new();
    fs::DirBuilder::new().mode(0o700).create(private.path()).unwrap();
    let dir = DataDir::resolve(&private.path().join("deeper")).unwrap();
    assert!(dir.moved());
    assert_eq!(dir.path(), Path::new("/var/lib/bandeja"));
}

#[test]
fn an_ordinary_user_runs_it_as_themselves_and_root_may_look_in() {
    if !is_root() {
        return;
    }
    let folder = Folder::of_ordinary_user();
    let theirs = Other::start(&folder, Some(ORDINARY));
    assert_eq!(fs::metadata(folder.path().join("postgres/data")).unwrap().uid(), ORDINARY);
    query(&theirs.url, "CREATE TABLE kept (word text)");
    assert_eq!(folder.dir().url("bandeja"), theirs.url);
    theirs.kill();

    // Root starts it as its owner, and after that the owner still can.
    let server = folder.start();
    assert_eq!(query(&server.url("bandeja"), "SELECT count(*) FROM kept"), ["0"]);
    server.stop().unwrap();
    let theirs = Other::start(&folder, Some(ORDINARY));
    assert_eq!(query(&theirs.url, "SELECT count(*) FROM kept"), ["0"]);
}
