//! The farm under test, and the fakes that use it.

pub(crate) mod farm;
pub(crate) mod samples;
pub(crate) mod worker;

pub(crate) use farm::{Farm, code_of};
pub(crate) use worker::{Attempt, FakeWorker};
