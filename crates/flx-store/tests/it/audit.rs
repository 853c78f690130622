//! The audit log.

use flx_keys::Actor;
use flx_plans::Tier;

use crate::harness::{T0, account, keyring, on_every_backend, tester};

#[test]
fn every_change_is_in_the_log_newest_first() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Free);
        let (ring, owner, by) = (keyring(), account.id.owner(), Actor::new("root@console"));
        store.set_tier(&account.id, Tier::Pro, &by, T0 + 1).unwrap();
        let issued = ring.generate(&store, &owner, &by, T0 + 2).unwrap();
        let rolled = ring.roll(&store, &owner, &by, T0 + 3).unwrap();
        ring.revoke(&store, &owner, &by, T0 + 4).unwrap();
        store.add_ai_credits(&account.id, flx_plans::Credits(7), &by, T0 + 5).unwrap();
        store.disable_account(&account.id, &by, T0 + 6).unwrap();
        store.enable_account(&account.id, &by, T0 + 7).unwrap();
        store.record_audit(&by, "database.backup", "flx.db", "", T0 + 8).unwrap();

        let log = store.audit_entries(None, 100).unwrap();
        let told: Vec<_> = log.iter().map(|e| (e.action.as_str(), e.detail.as_str())).collect();
        assert_eq!(
            told,
            [
                ("database.backup", ""),
                ("account.enable", ""),
                ("account.disable", ""),
                ("credits.add-ai", "7"),
                ("key.revoke", rolled.record.masked.as_str()),
                ("key.roll", rolled.record.masked.as_str()),
                ("key.generate", issued.record.masked.as_str()),
                ("account.set-plan", "free to pro"),
                ("account.create", "free"),
            ]
        );
        assert_eq!((log[1].at_ms, log[1].actor.as_str()), (T0 + 7, "root@console"));
        let about = store.audit_entries(Some(account.email.as_str()), 3).unwrap();
        assert_eq!(about.len(), 3);
        assert_eq!(about[0].action, "account.enable");
    });
}

#[test]
fn a_change_that_fails_is_not_in_the_log() {
    on_every_backend(|db| {
        let store = db.store();
        let first = account(&store, Tier::Free);
        assert!(store.create_account(&first.email, Tier::Pro, &tester(), T0).is_err());
        let nothing_changed = store.enable_account(&first.id, &tester(), T0).unwrap();
        assert_eq!(nothing_changed, first);
        assert_eq!(db.count("audit_log"), 1);
    });
}
