//! The dashboard over HTTP: who gets in, what other sites may send, how blobs leave. The pages themselves are tested in
//! `web-ui` and, in a real browser, in `tests/browser`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod blobs;
mod doors;
mod house;

/// The farm, or a word about why there is none.
macro_rules! house_or_skip {
    () => {
        match crate::house::House::open().await {
            Ok(house) => house,
            Err(missing) => return println!("skipped: {missing}"),
        }
    };
}
pub(crate) use house_or_skip;
