//! What stands around every page: title, navigation, who is signed in.

/// The room of the house that a page belongs to; marked in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// Overview, batches and jobs.
    Sheets,
    /// Upload.
    Upload,
    /// Builds.
    Builds,
    /// Cameras.
    Cameras,
    /// ROM sets.
    RomSets,
    /// Scenarios.
    Scenarios,
    /// Workers.
    Workers,
    /// Login and error pages.
    Nowhere,
}

impl Room {
    /// Whether this is `other`.
    pub fn is(self, other: &Self) -> bool {
        self == *other
    }

    /// Navigation: room, address, label.
    pub const NAVIGATION: [(Self, &'static str, &'static str); 7] = [
        (Self::Sheets, "/", "Sheets"),
        (Self::Upload, "/upload", "Upload"),
        (Self::Builds, "/builds", "Builds"),
        (Self::Cameras, "/cameras", "Cameras"),
        (Self::RomSets, "/rom-sets", "ROM sets"),
        (Self::Scenarios, "/scenarios", "Scenarios"),
        (Self::Workers, "/workers", "Workers"),
    ];
}

/// Frame of a page.
#[derive(Debug, Clone)]
pub struct Shell {
    /// Title of the page, without the product's name.
    pub title: String,
    /// Its room.
    pub room: Room,
    /// Name of the token that is signed in.
    pub user: Option<String>,
}

impl Shell {
    /// A frame.
    pub fn new(title: impl Into<String>, room: Room, user: Option<String>) -> Self {
        Self { title: title.into(), room, user }
    }

    /// Whether the page shows a way to sign in: the login page is one itself.
    pub fn offers_sign_in(&self) -> bool {
        self.user.is_none() && self.room != Room::Nowhere
    }
}
