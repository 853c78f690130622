//! API keys: generate, parse, mask, hash, verify, roll and revoke.
