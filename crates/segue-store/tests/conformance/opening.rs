//! Opening what can and what cannot be opened.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

use segue_store::{StoreError, testkit::TestPg};

use crate::{Place, killed, story::conversations};

async fn refusal(address: &str) -> StoreError {
    segue_store::open(address)
        .await
        .err()
        .expect("it must not open")
}

pub(crate) async fn a_newer_schema_is_refused(place: Place) {
    place.open().await.append(conversations(1)).await.unwrap();
    place.run("UPDATE schema_version SET version = 4711").await;
    let error = refusal(&place.address).await;
    assert!(
        matches!(error, StoreError::Newer { found: 4711, .. }),
        "{error}"
    );
    assert!(
        error.to_string().ends_with("start a newer build of segue"),
        "{error}"
    );
    place.run("UPDATE schema_version SET version = 2").await;
    assert_eq!(place.open().await.head().await.unwrap(), 2);
}

pub(crate) async fn a_store_is_healthy_until_its_database_is_gone(place: Place) {
    let store = place.open().await;
    store.health().await.unwrap();
    place.run("DROP TABLE schema_version").await;
    assert!(store.health().await.is_err());
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_by_name() {
    let place = Place::sqlite();
    let file = format!("{}/segue.db", place.address);
    fs::write(&file, "these are not the bytes of a database, ".repeat(500)).unwrap();
    let error = refusal(&place.address).await;
    assert!(matches!(error, StoreError::NotOurs { .. }), "{error:?}");
    assert!(error.to_string().contains(&file), "{error}");
    assert!(
        fs::read_to_string(&file).unwrap().starts_with("these are"),
        "it is left alone"
    );
}

#[tokio::test]
async fn a_database_of_another_program_is_left_alone() {
    let place = Place::sqlite();
    place.run("CREATE TABLE recipes (name TEXT)").await;
    let error = refusal(&place.address).await;
    assert!(
        error.to_string().contains("it belongs to another program"),
        "{error}"
    );
    assert_eq!(place.dump("recipes").await.len(), 0);
    assert_eq!(place.dump("sqlite_master").await.len(), 1);
}

#[tokio::test]
async fn a_directory_that_cannot_be_made_is_named() {
    let place = Place::sqlite();
    let file = format!("{}/taken", place.address);
    fs::write(&file, "").unwrap();
    let error = refusal(&format!("{file}/data")).await;
    assert!(matches!(error, StoreError::CannotOpen { .. }), "{error:?}");
    assert!(error.to_string().contains(&file), "{error}");
    assert!(error.to_string().contains("--data"), "{error}");
}

#[tokio::test]
async fn a_new_directory_is_readable_for_its_owner_only() {
    let place = Place::sqlite();
    let directory = format!("{}/a/b", place.address);
    segue_store::open(&directory).await.unwrap();
    let mode = fs::metadata(&directory).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

/// Another user, or the owner without the right to write, gets a sentence and no panic.
#[tokio::test]
async fn a_place_without_the_right_to_write_is_refused() {
    let place = Place::sqlite();
    place.open().await.append(conversations(1)).await.unwrap();
    let directory = Path::new(&place.address);
    let program = directory.join("append_until_killed");
    fs::copy(killed::program(), &program).unwrap();
    for (path, mode) in [
        (directory.join("segue.db"), 0o444),
        (program.clone(), 0o755),
        (directory.into(), 0o555),
    ] {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
    let mut command = Command::new(&program);
    if fs::metadata(directory).is_ok_and(|found| std::os::unix::fs::MetadataExt::uid(&found) == 0) {
        // Root may write everywhere.
        std::os::unix::process::CommandExt::uid(&mut command, 65_534);
    }
    let said = command.arg(&place.address).output().unwrap();
    fs::set_permissions(directory, fs::Permissions::from_mode(0o755)).unwrap();
    let error = String::from_utf8(said.stderr).unwrap();
    assert!(!said.status.success());
    assert!(
        error.contains("cannot be") && error.contains("the right to write"),
        "{error}"
    );
    assert!(error.contains(&place.address), "{error}");
}

#[tokio::test]
async fn a_database_that_may_only_be_read_says_so() {
    let place = Place::postgres().await;
    place.open().await.append(conversations(1)).await.unwrap();
    let database = place.address.rsplit('/').next().unwrap();
    let only = format!("ALTER DATABASE {database} SET default_transaction_read_only = on");
    TestPg::shared().run("postgres", &only).await;
    let error = refusal(&place.address).await;
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error:?}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_without_the_password() {
    let error = refusal("postgres://me:pass-word@127.0.0.1:1/none").await;
    assert!(matches!(error, StoreError::CannotOpen { .. }), "{error:?}");
    let said = error.to_string();
    assert!(
        said.contains("postgres://127.0.0.1/none") && said.contains("--database-url"),
        "{said}"
    );
    assert!(!said.contains("pass-word"), "{said}");
    let missing = refusal(&TestPg::shared().address("nowhere")).await;
    assert!(
        missing.to_string().contains("\"nowhere\" does not exist"),
        "{missing}"
    );
}

/// A real `SQLITE_FULL`: the file may not grow beyond a number of pages.
#[tokio::test]
async fn a_full_disk_refuses_a_batch_whole_and_goes_on_reading() {
    let place = Place::sqlite();
    let store = segue_store::testkit::open_small(Path::new(&place.address), 120)
        .await
        .unwrap();
    let mut after = 0;
    let error = loop {
        let mut batch = conversations(10);
        batch.after = after;
        for (line, position) in batch.lines.iter_mut().zip(after + 1..) {
            line.position = position;
        }
        for body in &mut batch.bodies {
            body.position += after;
            body.text = "x".repeat(4_000);
        }
        match store.append(batch).await {
            Ok(()) => after += 20,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
    assert!(error.to_string().contains(&place.address), "{error}");
    assert!(after > 0);
    assert_eq!(store.head().await.unwrap(), after);
    assert_eq!(store.read(0, 10_000).await.unwrap().len() as u64, after);
    let rows = u64::try_from(place.dump("bodies").await.len()).unwrap();
    assert_eq!(rows, after / 2);
    assert_eq!(place.dump("messages").await.len() as u64, after / 2);

    drop(store);
    let roomy = place.open().await;
    assert_eq!(roomy.head().await.unwrap(), after);
    roomy.save_setting("space", "again").await.unwrap();
}
