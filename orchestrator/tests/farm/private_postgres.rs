//! The private Postgres server.

use crate::support::farm::postgres;
use darkroom_orchestrator::embedded::{self, Durability, EmbeddedError};
use sqlx::{Connection, PgConnection, Row};
use std::os::unix::fs::PermissionsExt;

#[tokio::test]
async fn it_keeps_its_data_and_listens_on_a_socket_only() {
    let (_dir, mut server) = postgres().await;
    let mut client = PgConnection::connect_with(&server.options()).await.unwrap();
    sqlx::query("create table kept (n integer)").execute(&mut client).await.unwrap();
    sqlx::query("insert into kept values (7)").execute(&mut client).await.unwrap();
    let addresses: String = sqlx::query("show listen_addresses").fetch_one(&mut client).await.unwrap().get(0);
    assert_eq!(addresses, "");
    server.restart().await.unwrap();
    let mut client = PgConnection::connect_with(&server.options()).await.unwrap();
    let kept: i32 = sqlx::query_scalar("select n from kept").fetch_one(&mut client).await.unwrap();
    assert_eq!(kept, 7);
}

#[tokio::test]
async fn two_farms_cannot_use_one_folder() {
    let (dir, _server) = postgres().await;
    let second = embedded::start(dir.path(), Durability::Fast).await;
    assert!(matches!(second, Err(EmbeddedError::InUse(_))), "{second:?}");
}

#[tokio::test]
async fn a_server_that_a_killed_orchestrator_left_behind_is_replaced() {
    let (dir, server) = postgres().await;
    let left = server.id().unwrap();
    // As after SIGKILL: nothing is dropped but the lock, which goes with the process.
    let lock = dir.path().join("postgres/lock");
    std::mem::forget(server);
    std::fs::remove_file(lock).unwrap();
    let second = embedded::start(dir.path(), Durability::Fast).await.unwrap();
    assert_ne!(second.id(), Some(left));
    assert!(PgConnection::connect_with(&second.options()).await.is_ok());
}

#[tokio::test]
async fn a_note_of_a_process_that_is_somebody_else_is_ignored() {
    let (dir, mut server) = postgres().await;
    server.stop();
    let note = dir.path().join("postgres/data/postmaster.pid");
    std::fs::write(&note, format!("{}\n/elsewhere\n", std::process::id())).unwrap();
    drop(server);
    assert!(embedded::start(dir.path(), Durability::Fast).await.is_ok());
}

#[tokio::test]
async fn a_path_too_long_for_a_socket_is_fine() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o711)).unwrap();
    let long = dir.path().join("a-folder-with-a-long-name".repeat(6));
    std::fs::create_dir_all(&long).unwrap();
    let server = embedded::start(&long, Durability::Fast).await.unwrap();
    assert!(PgConnection::connect_with(&server.options()).await.is_ok());
}

#[tokio::test]
async fn a_broken_database_says_why_it_does_not_start() {
    let (dir, mut server) = postgres().await;
    server.stop();
    drop(server);
    std::fs::write(dir.path().join("postgres/data/PG_VERSION"), "7\n").unwrap();
    let error = embedded::start(dir.path(), Durability::Fast).await.unwrap_err();
    assert!(error.to_string().contains("version 7"), "{error}");
}

#[tokio::test]
async fn a_server_that_is_killed_is_started_again() {
    let (_dir, server) = postgres().await;
    let (options, id) = (server.options(), server.id().unwrap());
    let started = async || {
        let mut client = PgConnection::connect_with(&options).await?;
        sqlx::query_scalar::<_, String>("select pg_postmaster_start_time()::text")
            .fetch_one(&mut client)
            .await
    };
    let first = started().await.unwrap();
    let keeper = server.keep_alive();
    let killed = std::process::Command::new("kill").args(["-KILL", &id.to_string()]).status().unwrap();
    assert!(killed.success());
    let back = async {
        while !started().await.is_ok_and(|time| time != first) {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), back).await.unwrap();
    keeper.stop().await;
    assert!(started().await.is_err());
}
