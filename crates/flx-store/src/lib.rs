//! The database of flx: accounts, keys, credit ledger, results, audit.
