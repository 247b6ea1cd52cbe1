//! Pages of the dashboard.
