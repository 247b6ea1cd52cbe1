//! The film strip: which pictures of the screen are worth keeping.
//!
//! The screen is looked at on a fixed grid of guest time. A new picture is kept once it has stayed the same for
//! [`STABLE`], so that half-drawn screens do not fill the strip; screenshots and checks keep theirs at once.

use std::time::Duration;

use darkroom_emu_core::clock::GuestTime;
use darkroom_emu_core::frame::Frame;

/// Guest time between two looks at the screen.
pub(super) const PERIOD: Duration = Duration::from_millis(50);
/// Guest time for which a new picture must stay the same to be kept.
pub(super) const STABLE: Duration = Duration::from_millis(100);

/// What the screen has shown so far.
#[derive(Debug)]
pub(super) struct Film {
    cap: u32,
    taken: u32,
    capped: bool,
    shown: Frame,
    since: GuestTime,
    looked: GuestTime,
    kept: Frame,
}

/// Whether a frame is chosen by the film itself or asked for by the scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Anywhere in the strip.
    Strip,
    /// The run's last picture, for which a place is held free.
    Last,
}

impl Film {
    /// A strip of at most `cap` frames; `first` is the screen at power-on, which is not worth a frame.
    pub(super) fn new(cap: u32, now: GuestTime, first: Frame) -> Self {
        Self { cap, taken: 0, capped: false, kept: first.clone(), shown: first, since: now, looked: now }
    }

    /// Takes a look. True when the screen shows something new that has settled.
    pub(super) fn look(&mut self, now: GuestTime, picture: Frame) -> bool {
        if picture != self.shown {
            self.shown = picture;
            self.since = now;
        }
        self.looked = now;
        self.age() >= STABLE && self.shown != self.kept
    }

    /// What the screen showed at the last look.
    pub(super) fn shown(&self) -> &Frame {
        &self.shown
    }

    /// How long the screen had looked like that at the last look.
    pub(super) fn age(&self) -> Duration {
        self.looked.since(self.since)
    }

    /// Takes a place in the strip for `picture`; none when the strip is full.
    pub(super) fn place(&mut self, picture: &Frame, place: Place) -> Option<u32> {
        let held_free = u32::from(place == Place::Strip);
        if picture != &self.kept {
            self.kept = picture.clone();
        }
        if self.taken + held_free >= self.cap {
            self.capped = true;
            return None;
        }
        self.taken += 1;
        Some(self.taken - 1)
    }

    /// Whether frames were dropped because the strip was full.
    pub(super) fn capped(&self) -> bool {
        self.capped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(level: u8) -> Frame {
        let mut frame = Frame::black(1, 1);
        frame.set_pixel(0, 0, [level; 3]);
        frame
    }

    fn at(millis: u64) -> GuestTime {
        GuestTime::from_millis(millis)
    }

    #[test]
    fn only_a_settled_new_picture_is_kept_and_only_once() {
        let mut film = Film::new(10, at(0), plain(0));
        assert!(!film.look(at(150), plain(0)), "the power-on screen is nothing new");
        assert!(!film.look(at(200), plain(1)));
        assert!(!film.look(at(250), plain(2)), "changed again before it settled");
        assert!(film.look(at(350), plain(2)));
        assert_eq!(film.place(&plain(2), Place::Strip), Some(0));
        assert!(!film.look(at(400), plain(2)));
    }

    #[test]
    fn a_full_strip_still_has_room_for_the_last_picture() {
        let mut film = Film::new(2, at(0), plain(0));
        assert_eq!(film.place(&plain(1), Place::Strip), Some(0));
        assert_eq!(film.place(&plain(2), Place::Strip), None);
        assert!(film.capped());
        assert_eq!(film.place(&plain(3), Place::Last), Some(1));
    }
}
