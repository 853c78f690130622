//! `/operator/…`: all accounts, the audit log, the health of the service. Only for operators; for
//! others these pages do not exist.

mod account;
mod accounts;
mod audit;
mod health;

use actix_web::web::ServiceConfig;

use super::{form, post};
use crate::routes::{read, resource};

pub(super) fn register(config: &mut ServiceConfig) {
    config
        .service(resource("/operator", "GET, HEAD").route(read().to(accounts::page)))
        .service(form("/operator/invite").route(post(accounts::invite)))
        .service(resource("/operator/accounts/{id}", "GET, HEAD").route(read().to(account::page)))
        .service(form("/operator/accounts/{id}/plan").route(post(account::set_plan)))
        .service(form("/operator/accounts/{id}/credits").route(post(account::add_credits)))
        .service(form("/operator/accounts/{id}/disable").route(post(account::disable)))
        .service(form("/operator/accounts/{id}/enable").route(post(account::enable)))
        .service(form("/operator/accounts/{id}/reset-password").route(post(account::reset)))
        .service(resource("/operator/audit", "GET, HEAD").route(read().to(audit::page)))
        .service(resource("/operator/health", "GET, HEAD").route(read().to(health::page)));
}
