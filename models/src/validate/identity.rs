//! Names, dates and slots.

use std::collections::BTreeMap;

use super::Check;
use crate::camera::{Camera, CardSlot};
use crate::catalog::{fold, names};
use crate::error::DataError;

const MAX_NAME: usize = 64;

pub(super) fn check(check: &mut Check<'_>, stem: &str) {
    let camera = check.camera;
    check.rule(
        camera.id.as_str() == stem,
        "id",
        format_args!("{:?} differs from the file's name {stem:?}", camera.id.as_str()),
    );
    name(check, "name", &camera.name);
    for alias in &camera.aliases {
        name(check, "aliases", alias);
    }
    let date = is_year_and_month(&camera.announced);
    check.rule(
        date,
        "announced",
        format_args!("{:?} is not a year and month like 2010-08", camera.announced),
    );
    slots(check);
}

fn name(check: &mut Check<'_>, key: &str, text: &str) {
    let plain = text.chars().all(|c| c.is_alphanumeric() || c == ' ' || c == '-');
    let named = text.len() <= MAX_NAME && !fold(text).is_empty();
    check.rule(
        plain && named,
        key,
        format_args!("{text:?} must be letters, digits, spaces and dashes, at most {MAX_NAME} bytes"),
    );
}

fn is_year_and_month(text: &str) -> bool {
    let Some((year, month)) = text.split_once('-') else { return false };
    let digits = |part: &str, len: usize| part.len() == len && part.bytes().all(|b| b.is_ascii_digit());
    digits(year, 4) && digits(month, 2) && ("01"..="12").contains(&month)
}

fn slots(check: &mut Check<'_>) {
    let camera = check.camera;
    check.rule(!camera.card_slots.is_empty(), "card_slots", "a camera needs at least one slot");
    let mut sorted = camera.card_slots.clone();
    sorted.sort();
    sorted.dedup();
    check.rule(sorted.len() == camera.card_slots.len(), "card_slots", "a slot is named twice");
    let orphan = camera.cf.is_some() && !camera.has_slot(CardSlot::Cf);
    check.rule(!orphan, "cf", "interrupts of a CF controller, but card_slots has no CF");
}

/// Faults of names that two cameras share.
pub(crate) fn names_are_unique(cameras: &[Camera]) -> Vec<DataError> {
    let mut owners: BTreeMap<String, &Camera> = BTreeMap::new();
    let mut faults = Vec::new();
    for camera in cameras {
        for name in names(camera) {
            let owner = *owners.entry(fold(name)).or_insert(camera);
            if owner.id != camera.id {
                let file = format!("cameras/{}.toml", camera.id);
                let reason = format!("{name:?} is also a name of {}", owner.id);
                faults.push(DataError { file, line: None, key: "aliases".to_owned(), reason });
            }
        }
    }
    faults
}
