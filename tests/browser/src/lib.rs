//! The dashboard in a real browser, over a real farm: see `tests/`.
