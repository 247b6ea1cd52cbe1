//! Web, API, queue, fleet.
