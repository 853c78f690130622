//! `GET /operator/health`: queue, memory, disk, version.

use actix_web::{HttpRequest, HttpResponse, web};
use flx_pages::{HealthPage, Moment, Section};

use crate::dashboard::answer::{Stop, page as answer};
use crate::dashboard::visitor::Visitor;
use crate::state::State;

/// How the service does at this moment.
pub(crate) async fn page(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    let state = state.into_inner();
    let visitor = Visitor::of(&request, &state).await?;
    visitor.operator(&request)?;
    let (store, folder) = (state.store().clone(), state.settings().data_dir().to_owned());
    let asked = state.blocking(move || (store.ping().is_ok(), rustix::fs::statvfs(&folder).ok()));
    let (database_ok, disk) = asked.await?;
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let engines = flx_core::engines().into_iter();
    let page = HealthPage {
        frame: visitor.frame(&state, Section::Health, None),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        engines: engines
            .map(|engine| (engine.format.extension().to_owned(), engine.name.to_owned()))
            .collect(),
        started_at: Moment(state.started_at_ms()),
        database_ok,
        pictures_inside: count(state.admission().inside()),
        queue_limit: count(state.settings().limits().queue()),
        busy_threads: count(state.pool().busy()),
        threads: count(state.settings().limits().workers()),
        memory_taken: state.admission().memory_taken(),
        memory_limit: state.admission().memory_limit(),
        disk_free: disk.as_ref().map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize)),
        disk_total: disk.as_ref().map(|disk| disk.f_blocks.saturating_mul(disk.f_frsize)),
    };
    answer(&visitor, &page)
}
