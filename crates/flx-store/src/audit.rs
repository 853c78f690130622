//! The audit log: who changed what, when.

use diesel::prelude::*;
use flx_keys::Actor;

use crate::connection::Connection;
use crate::ids::uuid_text;
use crate::schema::audit_log;
use crate::{Result, Store};

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
#[non_exhaustive]
pub struct AuditEntry {
    /// Its id; later entries sort later.
    pub id: String,
    /// When, in Unix milliseconds.
    pub at_ms: i64,
    /// Who did it.
    pub actor: String,
    /// What was done: `account.create`, `key.roll`, …
    pub action: String,
    /// To what, usually an account's e-mail address.
    pub subject: String,
    /// More about it, without secrets; may be empty.
    pub detail: String,
}

/// What the store itself logs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Deed {
    CreateAccount,
    SetPlan,
    DisableAccount,
    EnableAccount,
    DeleteAccount,
    GenerateKey,
    RollKey,
    RevokeKey,
    AddAiCredits,
    MakeOperator,
    EndOperator,
    IssueLink,
    SetPassword,
    SignIn,
    EndSessions,
    RotateLinkSecret,
}

impl Deed {
    fn as_str(self) -> &'static str {
        match self {
            Self::CreateAccount => "account.create",
            Self::SetPlan => "account.set-plan",
            Self::DisableAccount => "account.disable",
            Self::EnableAccount => "account.enable",
            Self::DeleteAccount => "account.delete",
            Self::GenerateKey => "key.generate",
            Self::RollKey => "key.roll",
            Self::RevokeKey => "key.revoke",
            Self::AddAiCredits => "credits.add-ai",
            Self::MakeOperator => "operator.make",
            Self::EndOperator => "operator.end",
            Self::IssueLink => "link.issue",
            Self::SetPassword => "password.set",
            Self::SignIn => "session.begin",
            Self::EndSessions => "session.end",
            Self::RotateLinkSecret => "link-secret.rotate",
        }
    }
}

impl Store {
    /// Logs something that the store does not log by itself (changes of accounts, keys and credits
    /// it does). `detail` must hold no secret.
    ///
    /// # Errors
    /// Only outages.
    pub fn record_audit(
        &self,
        by: &Actor,
        action: &str,
        subject: &str,
        detail: &str,
        now_ms: i64,
    ) -> Result<()> {
        self.write(|connection| insert(connection, by, action, subject, detail, now_ms))
    }

    /// At most `limit` entries, newest first; only those about `subject` when it is given.
    ///
    /// # Errors
    /// Only outages.
    pub fn audit_entries(&self, subject: Option<&str>, limit: u32) -> Result<Vec<AuditEntry>> {
        self.read(|connection| {
            let mut query = audit_log::table
                .order((audit_log::at_ms.desc(), audit_log::id.desc()))
                .limit(limit.into())
                .into_boxed();
            if let Some(subject) = subject {
                query = query.filter(audit_log::subject.eq(subject));
            }
            Ok(query.load(connection)?)
        })
    }
}

/// Logs a deed in the transaction that does it.
pub(crate) fn note(
    connection: &mut Connection,
    by: &Actor,
    deed: Deed,
    subject: &str,
    detail: &str,
    now_ms: i64,
) -> Result<()> {
    insert(connection, by, deed.as_str(), subject, detail, now_ms)
}

fn insert(
    connection: &mut Connection,
    by: &Actor,
    action: &str,
    subject: &str,
    detail: &str,
    now_ms: i64,
) -> Result<()> {
    diesel::insert_into(audit_log::table)
        .values((
            audit_log::id.eq(uuid_text(now_ms)),
            audit_log::at_ms.eq(now_ms),
            audit_log::actor.eq(by.as_str()),
            audit_log::action.eq(action),
            audit_log::subject.eq(subject),
            audit_log::detail.eq(detail),
        ))
        .execute(connection)?;
    Ok(())
}
