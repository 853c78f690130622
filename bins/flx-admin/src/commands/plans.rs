//! `flx-admin plans`

use clap::Args;

use crate::context::Context;
use crate::error::Error;
use crate::table::Table;
use crate::views::PlanView;

#[derive(Debug, Args)]
pub(crate) struct PlansCommand {
    /// Prints them as a file that --plans accepts
    #[arg(long, conflicts_with = "json")]
    toml: bool,
}

impl PlansCommand {
    pub(crate) fn run(self, context: &Context) -> Result<(), Error> {
        let plans = context.plans()?;
        if self.toml {
            return context.output().text(&plans.to_toml());
        }
        let views: Vec<_> = plans.iter().map(|(tier, plan)| PlanView::new(tier, plan)).collect();
        context.output().result(&views, &text(&views))
    }
}

fn text(views: &[PlanView]) -> String {
    let mut table = Table::with_header(&[
        "PLAN",
        "COMPRESSIONS",
        "AI CREDITS",
        "REQUESTS/MIN",
        "FILES",
        "FILE BYTES",
        "API KEY",
        "WATERMARK",
    ]);
    for view in views {
        let compressions = match (view.compressions_per_period, view.anti_abuse_cap) {
            (Some(limit), _) => limit.to_string(),
            (None, Some(cap)) => format!("unlimited (cap {cap})"),
            (None, None) => "unlimited".to_owned(),
        };
        table.row(&[
            view.plan,
            &compressions,
            &view.ai_credits_per_period.to_string(),
            &view.requests_per_minute.to_string(),
            &view.max_files_per_request.to_string(),
            &view.max_file_bytes.to_string(),
            yes_or_no(view.api_key),
            yes_or_no(view.watermark),
        ]);
    }
    table.render()
}

fn yes_or_no(included: bool) -> &'static str {
    if included { "yes" } else { "no" }
}

#[cfg(test)]
mod tests {
    use flx_plans::Plans;

    use super::*;

    #[test]
    fn the_table_shows_every_tier() {
        let plans = Plans::default();
        let views: Vec<_> = plans.iter().map(|(tier, plan)| PlanView::new(tier, plan)).collect();
        let shown = text(&views);
        let words = |line: &str| {
            shown
                .lines()
                .any(|shown| shown.split_whitespace().collect::<Vec<_>>().join(" ") == line)
        };
        assert!(words("free 20 0 0 1 20971520 no no"), "{shown}");
        assert!(words("agency unlimited (cap 50000) 10000 600 20 20971520 yes yes"), "{shown}");
    }
}
