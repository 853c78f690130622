//! What is shown of the store's things: the members of the JSON output, all in one place.

use flx_keys::{ApiKey, KeyRecord};
use flx_plans::{AiCredits, Allowance, Plan, Tier};
use flx_store::{Account, AuditEntry, Usage};
use jiff::Timestamp;
use serde::Serialize;

/// An instant in RFC 3339, UTC, to the millisecond; the bare number for one that no calendar has.
pub(crate) fn time(at_ms: i64) -> String {
    Timestamp::from_millisecond(at_ms).map_or_else(|_| at_ms.to_string(), |at| format!("{at:.3}"))
}

/// An account.
#[derive(Serialize)]
pub(crate) struct AccountView {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) plan: &'static str,
    pub(crate) disabled: bool,
    pub(crate) created_at: String,
    pub(crate) disabled_at: Option<String>,
    pub(crate) billing_anchor: String,
    pub(crate) operator: bool,
}

impl From<&Account> for AccountView {
    fn from(account: &Account) -> Self {
        Self {
            id: account.id.to_string(),
            email: account.email.to_string(),
            plan: account.tier.as_str(),
            disabled: account.is_disabled(),
            created_at: time(account.created_at_ms),
            disabled_at: account.disabled_at_ms.map(time),
            billing_anchor: time(account.anchor_ms),
            operator: account.is_operator(),
        }
    }
}

/// A key, masked.
#[derive(Serialize)]
pub(crate) struct KeyView {
    pub(crate) masked: String,
    pub(crate) state: &'static str,
    pub(crate) generation: u32,
    pub(crate) created_at: String,
    pub(crate) created_by: String,
    pub(crate) last_used_at: Option<String>,
    pub(crate) ended_at: Option<String>,
    pub(crate) ended_by: Option<String>,
}

impl From<&KeyRecord> for KeyView {
    fn from(key: &KeyRecord) -> Self {
        Self {
            masked: key.masked.to_string(),
            state: key.state.as_str(),
            generation: key.generation,
            created_at: time(key.created_at_ms),
            created_by: key.created_by.to_string(),
            last_used_at: key.last_used_at_ms.map(time),
            ended_at: key.ended_at_ms.map(time),
            ended_by: key.ended_by.as_ref().map(ToString::to_string),
        }
    }
}

/// A one-time link. It borrows it and has no `Debug`.
#[derive(Serialize)]
pub(crate) struct LinkView<'a> {
    email: &'a str,
    link: &'a str,
    expires_at: String,
}

impl<'a> LinkView<'a> {
    pub(crate) fn new(account: &'a Account, link: &'a str, expires_at_ms: i64) -> Self {
        Self { email: account.email.as_str(), link, expires_at: time(expires_at_ms) }
    }
}

/// A new key: the only view that holds a raw key. It borrows it and has no `Debug`.
#[derive(Serialize)]
pub(crate) struct NewKeyView<'a> {
    email: &'a str,
    key: &'a str,
    #[serde(flatten)]
    record: KeyView,
}

impl<'a> NewKeyView<'a> {
    pub(crate) fn new(account: &'a Account, key: &'a ApiKey, record: &KeyRecord) -> Self {
        Self { email: account.email.as_str(), key: key.expose(), record: record.into() }
    }
}

/// What an account has used: the members of `GET /api/usage`, the period, and the keys.
#[derive(Serialize)]
pub(crate) struct UsageView {
    pub(crate) email: String,
    pub(crate) plan: &'static str,
    pub(crate) compressor_used: u32,
    pub(crate) compressor_limit: u32,
    pub(crate) ia_credits_used: u32,
    pub(crate) ia_credits_monthly: u32,
    pub(crate) ia_topup_credits: u32,
    pub(crate) ia_credits_remaining: u32,
    #[serde(rename = "canCompress")]
    pub(crate) can_compress: bool,
    pub(crate) period: PeriodView,
    pub(crate) keys: Vec<KeyView>,
}

/// The billing period that usage is counted in.
#[derive(Serialize)]
pub(crate) struct PeriodView {
    pub(crate) index: i64,
    pub(crate) starts_at: String,
    pub(crate) resets_at: String,
}

impl UsageView {
    pub(crate) fn new(account: &Account, plan: &Plan, usage: &Usage, keys: &[KeyRecord]) -> Self {
        let compressions = plan.compressions_per_period();
        let monthly = plan.ai_credits_per_period();
        let left = compressions.left(usage.compressions_used).get();
        Self {
            email: account.email.to_string(),
            plan: account.tier.as_str(),
            compressor_used: usage.compressions_used.get(),
            compressor_limit: compressions.shown().get(),
            ia_credits_used: usage.ai_used.get(),
            ia_credits_monthly: monthly.get(),
            ia_topup_credits: usage.ai_topup.get(),
            ia_credits_remaining: AiCredits::new(monthly, usage.ai_used, usage.ai_topup)
                .remaining()
                .get(),
            can_compress: left > 0 && !account.is_disabled(),
            period: PeriodView {
                index: usage.period_index,
                starts_at: time(usage.starts_at_ms),
                resets_at: time(usage.resets_at_ms),
            },
            keys: keys.iter().map(KeyView::from).collect(),
        }
    }
}

/// A plan.
#[derive(Serialize)]
pub(crate) struct PlanView {
    pub(crate) plan: &'static str,
    /// `null` when unlimited.
    pub(crate) compressions_per_period: Option<u32>,
    pub(crate) anti_abuse_cap: Option<u32>,
    pub(crate) ai_credits_per_period: u32,
    pub(crate) requests_per_minute: u32,
    pub(crate) max_files_per_request: u32,
    pub(crate) max_file_bytes: u64,
    pub(crate) api_key: bool,
    pub(crate) watermark: bool,
}

impl PlanView {
    pub(crate) fn new(tier: Tier, plan: &Plan) -> Self {
        let (limit, cap) = match plan.compressions_per_period() {
            Allowance::Limited(limit) => (Some(limit.get()), None),
            Allowance::Unlimited { cap } => (None, Some(cap.get())),
        };
        Self {
            plan: tier.as_str(),
            compressions_per_period: limit,
            anti_abuse_cap: cap,
            ai_credits_per_period: plan.ai_credits_per_period().get(),
            requests_per_minute: plan.requests_per_minute(),
            max_files_per_request: plan.max_files_per_request(),
            max_file_bytes: plan.max_file_bytes(),
            api_key: plan.api_key().is_included(),
            watermark: plan.watermark().is_included(),
        }
    }
}

/// A line of the audit log.
#[derive(Serialize)]
pub(crate) struct AuditView {
    pub(crate) at: String,
    pub(crate) actor: String,
    pub(crate) action: String,
    pub(crate) subject: String,
    pub(crate) detail: String,
}

impl From<AuditEntry> for AuditView {
    fn from(entry: AuditEntry) -> Self {
        Self {
            at: time(entry.at_ms),
            actor: entry.actor,
            action: entry.action,
            subject: entry.subject,
            detail: entry.detail,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rfc_3339_in_utc_with_milliseconds() {
        assert_eq!(time(1_801_353_600_050), "2027-01-31T00:00:00.050Z");
        assert_eq!(time(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(time(i64::MAX), i64::MAX.to_string());
    }
}
