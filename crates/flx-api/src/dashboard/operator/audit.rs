//! `GET /operator/audit?subject=…`

use actix_web::{HttpRequest, HttpResponse, web};
use flx_pages::{AuditPage, Section};
use serde::Deserialize;

use super::account::audit_row;
use crate::dashboard::answer::{Stop, page as answer};
use crate::dashboard::visitor::Visitor;
use crate::refuse;
use crate::state::State;

/// Lines on the page.
const LINES: u32 = 200;

#[derive(Debug, Deserialize)]
pub(crate) struct Filter {
    #[serde(default)]
    subject: String,
}

/// Who changed what, newest first.
pub(crate) async fn page(
    request: HttpRequest,
    query: web::Query<Filter>,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    let visitor = Visitor::of(&request, &state).await?;
    visitor.operator(&request)?;
    let subject: String = query.subject.trim().to_lowercase().chars().take(254).collect();
    let (store, asked) = (state.store().clone(), subject.clone());
    let found = state.blocking(move || {
        store.audit_entries(Some(asked.as_str()).filter(|subject| !subject.is_empty()), LINES)
    });
    let entries = found.await?.map_err(|error| refuse::store(&error))?;
    let page = AuditPage {
        frame: visitor.frame(&state, Section::Audit, None),
        subject,
        entries: entries.into_iter().map(audit_row).collect(),
    };
    answer(&visitor, &page)
}
