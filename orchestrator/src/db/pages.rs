//! Queries of the web pages.
