//! The migrations and what diesel believes of them.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::harness::on_every_backend;

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    type_name: String,
    #[diesel(sql_type = BigInt)]
    not_null: i64,
}

/// `schema.rs` as text, so that a column forgotten there or there shows.
#[test]
fn the_schema_in_code_is_the_schema_of_the_migrations() {
    let code = include_str!("../../src/schema.rs");
    on_every_backend(|db| {
        let mut connection = db.connection();
        let mut table = "";
        let mut columns = 0;
        for line in code.lines() {
            let line = line.trim();
            if let Some((name, _)) = line.split_once(" (")
                && line.ends_with('{')
            {
                table = name;
            }
            let Some((column, declared)) = line.trim_end_matches(',').split_once(" -> ") else {
                continue;
            };
            if line.contains("joinable") {
                continue;
            }
            let found: Column = diesel::sql_query(
                "SELECT type AS type_name, CAST(\"notnull\" AS BIGINT) AS not_null
                 FROM pragma_table_info(?) WHERE name = ?",
            )
            .bind::<Text, _>(table)
            .bind::<Text, _>(column)
            .get_result(&mut connection)
            .unwrap_or_else(|e| panic!("{table}.{column}: {e}"));
            let inner = declared.trim_start_matches("Nullable<").trim_end_matches('>');
            let expected = match inner {
                "Text" => "TEXT",
                "BigInt" => "BIGINT",
                "Binary" => "BLOB",
                other => panic!("{other} is not portable"),
            };
            assert_eq!(found.type_name, expected, "{table}.{column}");
            assert_eq!(found.not_null == 0, declared != inner, "{table}.{column}");
            columns += 1;
        }
        assert!(columns > 50, "{columns} columns compared");
    });
}

#[test]
fn the_migrations_can_be_taken_back() {
    on_every_backend(|db| {
        for down in [
            include_str!("../../migrations/sqlite/2026-11-25-120000_dashboard/down.sql"),
            include_str!("../../migrations/sqlite/2026-11-25-000000_idempotency/down.sql"),
            include_str!("../../migrations/sqlite/2026-11-23-000000_initial/down.sql"),
        ] {
            db.connection().batch_execute(down).unwrap();
        }
        let left = "sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_\\_%' ESCAPE '\\'";
        assert_eq!(db.count(left), 0);
    });
}

#[test]
fn every_query_of_a_request_finds_its_rows_by_an_index() {
    #[derive(QueryableByName)]
    struct Plan {
        #[diesel(sql_type = Text)]
        detail: String,
    }
    on_every_backend(|db| {
        let mut connection = db.connection();
        for query in [
            "SELECT * FROM api_keys k JOIN accounts a ON a.id = k.account_id
             JOIN usage_periods p ON p.account_id = a.id
             WHERE k.lookup = 'x' AND p.period_index = a.period_index",
            "SELECT id FROM reservations WHERE closed_at_ms IS NULL AND state = 'reserved'
             AND lease_ends_ms <= 5 ORDER BY lease_ends_ms LIMIT 100",
            "SELECT * FROM results WHERE expires_at_ms <= 5 ORDER BY expires_at_ms LIMIT 100",
            "SELECT * FROM idempotent_requests WHERE account_id = 'x' AND key_digest = x'00'",
            "UPDATE idempotent_requests SET status = 200 WHERE reservation_id = 'x'",
            "SELECT * FROM idempotent_requests WHERE expires_at_ms <= 5 ORDER BY expires_at_ms
             LIMIT 100",
            "SELECT * FROM web_sessions s JOIN accounts a ON a.id = s.account_id
             WHERE s.digest = x'00' AND s.expires_at_ms > 5",
            "SELECT * FROM web_sessions s JOIN accounts a ON a.id = s.account_id
             WHERE s.digest_before = x'00' AND s.expires_at_ms > 5",
            "SELECT * FROM web_sessions WHERE expires_at_ms <= 5 ORDER BY expires_at_ms",
            "SELECT * FROM requests WHERE account_id = 'x' ORDER BY at_ms DESC, id DESC LIMIT 20",
            "SELECT * FROM requests WHERE at_ms < 5 ORDER BY at_ms LIMIT 500",
            "DELETE FROM one_time_links WHERE account_id = 'x'",
            "DELETE FROM accounts WHERE id = 'x'",
            "DELETE FROM ledger WHERE account_id = 'x'",
            "DELETE FROM reservations WHERE account_id = 'x'",
            "DELETE FROM api_keys WHERE account_id = 'x'",
            "DELETE FROM usage_periods WHERE account_id = 'x'",
            "UPDATE results SET expires_at_ms = 1 WHERE account_id = 'x'",
        ] {
            let plan: Vec<Plan> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {query}"))
                .load(&mut connection)
                .unwrap();
            for step in plan {
                assert!(!step.detail.contains("SCAN"), "{query}: {}", step.detail);
            }
        }
    });
}
