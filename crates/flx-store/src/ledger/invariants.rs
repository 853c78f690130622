//! The invariants, each as the query that finds the rows which break it. Standard SQL without
//! parameters; every query gives account_id, period_index, expected, found.

pub(super) struct Invariant {
    pub(super) words: &'static str,
    pub(super) broken_rows: &'static str,
}

pub(super) const INVARIANTS: [Invariant; 9] = [
    Invariant {
        words: "compressions used = charged + reserved",
        broken_rows: "
            SELECT p.account_id, p.period_index, p.compressions AS found,
                   CAST(COALESCE(SUM(e.amount), 0) AS BIGINT) AS expected
            FROM usage_periods p LEFT JOIN (
                SELECT account_id, period_index, amount FROM ledger
                WHERE kind = 'compression' AND entry = 'settle'
                UNION ALL
                SELECT account_id, period_index, amount FROM reservations
                WHERE kind = 'compression' AND state = 'reserved'
            ) e ON e.account_id = p.account_id AND e.period_index = p.period_index
            GROUP BY p.account_id, p.period_index, p.compressions
            HAVING p.compressions <> COALESCE(SUM(e.amount), 0)",
    },
    Invariant {
        words: "AI credits used of the month's own = charged + reserved",
        broken_rows: "
            SELECT p.account_id, p.period_index, p.ai AS found,
                   CAST(COALESCE(SUM(e.amount), 0) AS BIGINT) AS expected
            FROM usage_periods p LEFT JOIN (
                SELECT account_id, period_index, amount - from_topup AS amount FROM ledger
                WHERE kind = 'ai' AND entry = 'settle'
                UNION ALL
                SELECT account_id, period_index, amount - from_topup AS amount FROM reservations
                WHERE kind = 'ai' AND state = 'reserved'
            ) e ON e.account_id = p.account_id AND e.period_index = p.period_index
            GROUP BY p.account_id, p.period_index, p.ai
            HAVING p.ai <> COALESCE(SUM(e.amount), 0)",
    },
    Invariant {
        words: "AI top-up balance = granted - charged - reserved",
        broken_rows: "
            SELECT a.id AS account_id, CAST(NULL AS BIGINT) AS period_index, a.ai_topup AS found,
                   CAST(COALESCE(SUM(e.amount), 0) AS BIGINT) AS expected
            FROM accounts a LEFT JOIN (
                SELECT account_id, amount FROM ledger WHERE kind = 'ai' AND entry = 'topup'
                UNION ALL
                SELECT account_id, -from_topup AS amount FROM ledger
                WHERE kind = 'ai' AND entry = 'settle'
                UNION ALL
                SELECT account_id, -from_topup AS amount FROM reservations
                WHERE kind = 'ai' AND state = 'reserved'
            ) e ON e.account_id = a.id
            GROUP BY a.id, a.ai_topup
            HAVING a.ai_topup <> COALESCE(SUM(e.amount), 0)",
    },
    Invariant {
        words: "a closed reservation has one ledger entry of what it was charged, an open one none",
        broken_rows: "
            SELECT r.account_id, r.period_index, COALESCE(l.amount, -1) AS found,
                   CAST(CASE WHEN r.state = 'reserved' THEN -1 ELSE r.charged END AS BIGINT) AS expected
            FROM reservations r LEFT JOIN ledger l ON l.reservation_id = r.id
            WHERE COALESCE(l.amount, -1)
                  <> CASE WHEN r.state = 'reserved' THEN -1 ELSE r.charged END
               OR (l.id IS NOT NULL AND l.entry <> CASE r.state
                       WHEN 'settled' THEN 'settle' WHEN 'released' THEN 'release'
                       WHEN 'expired' THEN 'expire' ELSE '' END)",
    },
    Invariant {
        words: "a reservation is open until it has a time of closing",
        broken_rows: "
            SELECT account_id, period_index,
                   CAST(CASE WHEN closed_at_ms IS NULL THEN 1 ELSE 0 END AS BIGINT) AS expected,
                   CAST(CASE WHEN state = 'reserved' THEN 1 ELSE 0 END AS BIGINT) AS found
            FROM reservations
            WHERE (closed_at_ms IS NULL AND state <> 'reserved')
               OR (closed_at_ms IS NOT NULL AND state = 'reserved')",
    },
    Invariant {
        words: "every charge and every open reservation lies in a period that has a row",
        broken_rows: "
            SELECT e.account_id, e.period_index, CAST(1 AS BIGINT) AS expected,
                   CAST(0 AS BIGINT) AS found
            FROM (
                SELECT account_id, period_index FROM ledger
                UNION
                SELECT account_id, period_index FROM reservations
            ) e LEFT JOIN usage_periods p
                ON p.account_id = e.account_id AND p.period_index = e.period_index
            WHERE p.account_id IS NULL",
    },
    Invariant {
        words: "an account's current period is its highest",
        broken_rows: "
            SELECT a.id AS account_id, CAST(NULL AS BIGINT) AS period_index, a.period_index AS expected,
                   CAST(COALESCE(MAX(p.period_index), -1) AS BIGINT) AS found
            FROM accounts a LEFT JOIN usage_periods p ON p.account_id = a.id
            GROUP BY a.id, a.period_index
            HAVING a.period_index <> COALESCE(MAX(p.period_index), -1)",
    },
    Invariant {
        words: "an account has at most one active key",
        broken_rows: "
            SELECT account_id, CAST(NULL AS BIGINT) AS period_index, CAST(1 AS BIGINT) AS expected,
                   COUNT(*) AS found
            FROM api_keys WHERE state = 'active'
            GROUP BY account_id HAVING COUNT(*) > 1",
    },
    Invariant {
        words: "a key is active until it has a time of ending",
        broken_rows: "
            SELECT account_id, CAST(NULL AS BIGINT) AS period_index,
                   CAST(CASE WHEN ended_at_ms IS NULL THEN 1 ELSE 0 END AS BIGINT) AS expected,
                   CAST(CASE WHEN state = 'active' THEN 1 ELSE 0 END AS BIGINT) AS found
            FROM api_keys
            WHERE (ended_at_ms IS NULL AND state <> 'active')
               OR (ended_at_ms IS NOT NULL AND state = 'active')",
    },
];
