//! Where the private server keeps its files and its socket.

use super::EmbeddedError;
use super::account::Account;
use darkroom_protocol::Digest;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Longest path of a Unix socket (`sun_path` without its NUL).
const MAX_SOCKET_PATH: usize = 107;
/// What Postgres adds to the socket's folder.
const SOCKET_FILE: &str = "/.s.PGSQL.5432";
/// A log above this size is started anew.
const MAX_LOG: u64 = 16 << 20;
const LOG_TAIL: u64 = 2000;

/// Folders of one server.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    base: PathBuf,
    socket: PathBuf,
}

impl Folder {
    /// Makes the folders, owned by the server's user.
    pub(super) fn prepare(dir: &Path, account: Option<&Account>) -> Result<Self, EmbeddedError> {
        fs::create_dir_all(dir).map_err(EmbeddedError::file(dir))?;
        let dir = dir.canonicalize().map_err(EmbeddedError::file(dir))?;
        let base = home_of(&dir, account);
        make_private(&base, account)?;
        let socket = socket_folder(&base);
        make_private(&socket, account)?;
        Ok(Self { base, socket })
    }

    /// Takes the folder for this process, until the file is dropped.
    pub(super) fn lock(&self) -> Result<File, EmbeddedError> {
        let path = self.base.join("lock");
        let options = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path);
        let file = options.map_err(EmbeddedError::file(&path))?;
        file.try_lock().map_err(|_| EmbeddedError::InUse(self.base.clone()))?;
        Ok(file)
    }

    pub(super) fn data(&self) -> PathBuf {
        self.base.join("data")
    }

    pub(super) fn socket_dir(&self) -> &Path {
        &self.socket
    }

    pub(super) fn log(&self) -> PathBuf {
        self.base.join("postgres.log")
    }

    pub(super) fn is_initialised(&self) -> bool {
        self.data().join("PG_VERSION").is_file()
    }

    /// A place for a new database; what an interrupted attempt left there is removed.
    pub(super) fn fresh_data(&self) -> Result<PathBuf, EmbeddedError> {
        let path = self.base.join("data.new");
        if path.exists() {
            fs::remove_dir_all(&path).map_err(EmbeddedError::file(&path))?;
        }
        Ok(path)
    }

    /// Makes the finished new database the one that is used.
    pub(super) fn adopt(&self, fresh: &Path) -> Result<(), EmbeddedError> {
        fs::rename(fresh, self.data()).map_err(EmbeddedError::file(fresh))
    }

    pub(super) fn open_log(&self) -> Result<File, EmbeddedError> {
        let path = self.log();
        let large = path.metadata().is_ok_and(|about| about.len() > MAX_LOG);
        let mut options = OpenOptions::new();
        options.create(true).mode(0o600);
        let options = if large { options.write(true).truncate(true) } else { options.append(true) };
        options.open(&path).map_err(EmbeddedError::file(&path))
    }

    /// The last lines that the server wrote.
    pub(super) fn log_tail(&self) -> String {
        let mut tail = Vec::new();
        let read = File::open(self.log()).and_then(|mut file| {
            let length = file.seek(SeekFrom::End(0))?;
            file.seek(SeekFrom::Start(length.saturating_sub(LOG_TAIL)))?;
            file.read_to_end(&mut tail)
        });
        match read {
            Ok(_) => String::from_utf8_lossy(&tail).trim().to_owned(),
            Err(error) => format!("and its log cannot be read: {error}"),
        }
    }
}

/// `postgres` in the data folder; unless the server's user cannot get there (a data folder below `/root`): then a
/// folder of that name under `/var/lib/darkroom`.
fn home_of(dir: &Path, account: Option<&Account>) -> PathBuf {
    let wanted = dir.join("postgres");
    let Some(account) = account else { return wanted };
    if account.reaches(&wanted) {
        return wanted;
    }
    let name = &Digest::of(dir.as_os_str().as_bytes()).to_string()[..16];
    let other = Path::new("/var/lib/darkroom").join(name);
    tracing::info!(
        folder = %other.display(),
        "the database's user cannot reach {}: its files are kept elsewhere", dir.display()
    );
    other
}

/// The socket's folder: with the data if its path is short enough.
fn socket_folder(base: &Path) -> PathBuf {
    let near = base.join("socket");
    if near.as_os_str().len() + SOCKET_FILE.len() <= MAX_SOCKET_PATH {
        return near;
    }
    let name = &Digest::of(base.as_os_str().as_bytes()).to_string()[..16];
    std::env::temp_dir().join(format!("darkroom-{name}"))
}

fn make_private(path: &Path, account: Option<&Account>) -> Result<(), EmbeddedError> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(EmbeddedError::file(parent))?;
    }
    match fs::DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => refuse_foreign(path, account)?,
        made => made.map_err(EmbeddedError::file(path))?,
    }
    if let Some(account) = account {
        let owner = (Some(account.uid), Some(account.gid));
        std::os::unix::fs::lchown(path, owner.0, owner.1).map_err(EmbeddedError::file(path))?;
    }
    Ok(())
}

/// In a shared folder such as `/tmp` somebody else may have made the name first.
fn refuse_foreign(path: &Path, account: Option<&Account>) -> Result<(), EmbeddedError> {
    use std::os::unix::fs::MetadataExt;
    let about = path.symlink_metadata().map_err(EmbeddedError::file(path))?;
    let own = nix::unistd::geteuid().as_raw();
    let ours = about.uid() == own || account.is_some_and(|account| account.uid == about.uid());
    if about.is_dir() && ours {
        return Ok(());
    }
    let error = std::io::Error::new(std::io::ErrorKind::PermissionDenied, "belongs to somebody else");
    Err(EmbeddedError::File { path: path.to_owned(), error })
}
