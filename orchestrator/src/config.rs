//! Settings, from the command line or the environment.

use crate::auth::Anonymous;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Caps of uploads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes of an uploaded build or bundle.
    pub upload_bytes: u64,
    /// Most bytes of one ROM file.
    pub rom_bytes: u64,
    /// Most bytes of a reference PNG.
    pub reference_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { upload_bytes: 256 << 20, rom_bytes: 64 << 20, reference_bytes: 4 << 20 }
    }
}

/// Where the database is.
#[derive(Debug, Clone, clap::Args)]
pub struct DatabaseArgs {
    /// URL of a Postgres server; absent: a private server under the data folder.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// Folder for the private server and everything else that stays.
    #[arg(long, env = "DARKROOM_DATA", default_value = "darkroom-data")]
    pub data: PathBuf,
}

/// How the server listens and what it allows.
#[derive(Debug, Clone, clap::Args)]
pub struct ServeArgs {
    /// Database.
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// Address and port, several if need be; port 0 takes a free one. Anything but loopback should stand behind a TLS
    /// proxy.
    #[arg(long, env = "DARKROOM_LISTEN", default_value = "127.0.0.1:8640", value_delimiter = ',')]
    pub listen: Vec<SocketAddr>,
    /// What callers without a token may do.
    #[arg(long, env = "DARKROOM_ANONYMOUS", value_enum, default_value_t)]
    pub anonymous: Anonymous,
    /// Cookies for https only: set it when a TLS proxy stands in front.
    #[arg(long, env = "DARKROOM_SECURE_COOKIES")]
    pub secure_cookies: bool,
}
