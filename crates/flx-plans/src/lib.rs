//! Plans as data: limits, features, credits and billing periods.
