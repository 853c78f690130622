//! Passwords, browser sessions and one-time links.

use flx_keys::{HashCost, Password, PasswordHash, Token};
use flx_plans::Tier;
use flx_store::{
    Account, Email, LinkPurpose, NewWebSession, Store, StoreError, WebSession, WebSessionId,
};

use crate::harness::{DAY, MINUTE, T0, account, on_every_backend, tester};

fn hash(text: &str) -> PasswordHash {
    PasswordHash::of(&presented(text), HashCost::CHEAPEST).unwrap()
}

fn presented(text: &str) -> Password {
    Password::presented(text.to_owned()).unwrap()
}

fn opens(store: &Store, email: &Email, text: &str) -> bool {
    let found = store.find_sign_in(email).unwrap().unwrap();
    found.password.is_some_and(|hash| hash.matches(&presented(text)).unwrap())
}

fn session(store: &Store, account: &Account, digest: [u8; 32]) -> WebSession {
    let new = NewWebSession {
        digest,
        browser: "a browser".into(),
        address: "192.0.2.1".into(),
        expires_at_ms: T0 + DAY,
    };
    store.begin_web_session(&account.id, &new, &tester(), T0).unwrap()
}

#[test]
fn a_password_is_set_replaced_and_gone_with_its_account() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Free);
        assert!(store.find_sign_in(&account.email).unwrap().unwrap().password.is_none());
        store.set_password(&account.id, &hash("one"), None, &tester(), T0).unwrap();
        assert!(opens(&store, &account.email, "one"));
        store.set_password(&account.id, &hash("two"), None, &tester(), T0).unwrap();
        assert!(!opens(&store, &account.email, "one") && opens(&store, &account.email, "two"));
        let log = store.audit_entries(Some(account.email.as_str()), 10).unwrap();
        assert_eq!(log.iter().filter(|entry| entry.action == "password.set").count(), 2);
        store.delete_account(&account.id, &tester(), T0).unwrap();
        assert_eq!(db.count("passwords"), 0);
        assert!(store.find_sign_in(&account.email).unwrap().is_none());
    });
}

#[test]
fn a_session_is_found_by_its_token_until_it_ends() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Free);
        let begun = session(&store, &account, [1; 32]);
        let (found, owner) = store.find_web_session(&[1; 32], T0 + DAY - 1).unwrap().unwrap();
        assert_eq!((&found, &owner), (&begun, &account));
        assert!(store.find_web_session(&[1; 32], T0 + DAY).unwrap().is_none(), "it has expired");
        assert!(store.find_web_session(&[2; 32], T0).unwrap().is_none());

        store.note_web_session(&begun.id, "192.0.2.9", T0 + MINUTE).unwrap();
        let listed = store.web_sessions(&account.id, T0).unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].address, "192.0.2.9");
        assert_eq!(listed[0].last_seen_at_ms, T0 + MINUTE);

        assert_eq!(store.forget_web_sessions(T0 + DAY - 1).unwrap(), 0);
        assert_eq!(store.forget_web_sessions(T0 + DAY).unwrap(), 1);
        assert!(store.find_web_session(&[1; 32], T0).unwrap().is_none());
    });
}

#[test]
fn a_replaced_token_is_believed_for_a_minute_and_replaced_once() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Free);
        let id = session(&store, &account, [1; 32]).id;
        assert!(store.replace_web_token(&id, &[1; 32], &[2; 32], T0).unwrap());
        assert!(!store.replace_web_token(&id, &[1; 32], &[3; 32], T0).unwrap(), "the second loses");
        assert!(store.find_web_session(&[2; 32], T0).unwrap().is_some());
        assert!(store.find_web_session(&[1; 32], T0 + MINUTE - 1).unwrap().is_some());
        assert!(store.find_web_session(&[1; 32], T0 + MINUTE).unwrap().is_none());
        assert!(store.find_web_session(&[3; 32], T0).unwrap().is_none());
    });
}

#[test]
fn sessions_are_ended_one_by_one_all_at_once_and_by_a_new_password() {
    on_every_backend(|db| {
        let store = db.store();
        let (mine, yours) = (account(&store, Tier::Free), account(&store, Tier::Free));
        let ids: Vec<WebSessionId> = (1..=4).map(|n| session(&store, &mine, [n; 32]).id).collect();
        let other = session(&store, &yours, [9; 32]).id;
        assert!(!store.end_web_session(&mine.id, &other).unwrap(), "somebody else's");
        assert!(store.end_web_session(&mine.id, &ids[0]).unwrap());
        assert!(store.find_web_session(&[1; 32], T0).unwrap().is_none());

        store.set_password(&mine.id, &hash("new"), Some(&ids[1]), &tester(), T0).unwrap();
        let left: Vec<_> = store.web_sessions(&mine.id, T0).unwrap();
        assert_eq!(left.iter().map(|session| &session.id).collect::<Vec<_>>(), [&ids[1]]);

        assert_eq!(store.end_web_sessions(&mine.id, &tester(), T0).unwrap(), 1);
        assert!(store.web_sessions(&mine.id, T0).unwrap().is_empty());
        assert_eq!(store.web_sessions(&yours.id, T0).unwrap().len(), 1);
        let nobody = flx_store::AccountId::new(T0);
        let refused = store.end_web_sessions(&nobody, &tester(), T0);
        assert!(matches!(refused, Err(StoreError::NotFound { what: "account" })));
    });
}

#[test]
fn a_link_sets_one_password_once_and_signs_every_browser_out() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        let (first, second) = (Token::generate().unwrap(), Token::generate().unwrap());
        let issue = |token: &Token| {
            store.issue_link(&account.id, &token.digest(), T0 + DAY, &tester(), T0).unwrap()
        };
        assert_eq!(issue(&first), LinkPurpose::Invite);
        assert_eq!(issue(&second), LinkPurpose::Invite);
        assert!(store.find_link(&first.digest(), T0).unwrap().is_none(), "the newer one counts");
        let link = store.find_link(&second.digest(), T0).unwrap().unwrap();
        assert_eq!(link.account.as_ref(), Some(&account));
        assert!(store.find_link(&second.digest(), T0 + DAY).unwrap().is_none(), "it has ended");
        let late = store.redeem_link(&second.digest(), &hash("x"), T0 + DAY);
        assert!(matches!(late, Err(StoreError::NotFound { what: "link" })));

        session(&store, &account, [1; 32]);
        let owner = store.redeem_link(&second.digest(), &hash("mine"), T0 + 1).unwrap();
        assert_eq!(owner, account);
        assert!(opens(&store, &account.email, "mine"));
        assert!(store.find_web_session(&[1; 32], T0 + 1).unwrap().is_none());
        let again = store.redeem_link(&second.digest(), &hash("yours"), T0 + 2);
        assert!(matches!(again, Err(StoreError::NotFound { what: "link" })));
        assert!(opens(&store, &account.email, "mine"));
        assert_eq!(issue(&first), LinkPurpose::Reset);
    });
}

#[test]
fn an_empty_installation_is_set_up_once_by_the_latest_link() {
    on_every_backend(|db| {
        let store = db.store();
        let email: Email = "ada@example.org".parse().unwrap();
        assert!(store.issue_set_up_link(&[1; 32], T0 + DAY, T0).unwrap());
        assert!(store.issue_set_up_link(&[2; 32], T0 + DAY, T0).unwrap());
        let set_up = |digest: &[u8; 32]| {
            store.redeem_set_up_link(digest, &email, Tier::Agency, &hash("mine"), T0)
        };
        assert!(matches!(set_up(&[1; 32]), Err(StoreError::NotFound { .. })));
        let link = store.find_link(&[2; 32], T0).unwrap().unwrap();
        assert_eq!((link.purpose, link.account), (LinkPurpose::SetUp, None));
        assert!(store.redeem_link(&[2; 32], &hash("x"), T0).is_err(), "it has no account");
        let owner = set_up(&[2; 32]).unwrap();
        assert!(owner.is_operator() && owner.tier == Tier::Agency);
        assert!(opens(&store, &email, "mine"));
        assert!(!store.issue_set_up_link(&[3; 32], T0 + DAY, T0).unwrap(), "it is set up");
    });
}

#[test]
fn a_set_up_link_is_of_no_use_once_there_is_an_account() {
    on_every_backend(|db| {
        let store = db.store();
        assert!(store.issue_set_up_link(&[1; 32], T0 + DAY, T0).unwrap());
        account(&store, Tier::Free);
        let email: Email = "thief@example.org".parse().unwrap();
        let refused = store.redeem_set_up_link(&[1; 32], &email, Tier::Agency, &hash("x"), T0);
        assert!(matches!(refused, Err(StoreError::NotFound { what: "link" })));
        assert!(store.find_account_by_email(&email).unwrap().is_none());
    });
}

#[test]
fn an_operator_is_made_and_unmade() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Free);
        let set = |operator, now| store.set_operator(&account.id, operator, &tester(), now);
        assert_eq!(set(true, T0 + 4).unwrap().operator_since_ms, Some(T0 + 4));
        assert_eq!(set(true, T0 + 5).unwrap().operator_since_ms, Some(T0 + 4), "as it was");
        assert!(!set(false, T0 + 6).unwrap().is_operator());
        let log = store.audit_entries(Some(account.email.as_str()), 10).unwrap();
        let actions: Vec<_> = log.iter().map(|entry| entry.action.as_str()).collect();
        assert_eq!(actions[..2], ["operator.end", "operator.make"]);
    });
}
