-- Up Migration

-- Rows of before know nothing of this: whoever writes begins anew (see rowsForm in history-writer.ts).
ALTER TABLE log_positions ADD COLUMN form integer NOT NULL DEFAULT 1;
ALTER TABLE log_positions ALTER COLUMN form DROP DEFAULT;

ALTER TABLE orders RENAME COLUMN reported_at TO placed_at;
-- What was asked for beyond what most orders do, under the names of order entry; NULL for nothing.
ALTER TABLE orders ADD COLUMN instructions jsonb;
ALTER TABLE orders ADD COLUMN fees bigint NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN gateway text NOT NULL DEFAULT '';
-- The order of which and this one only one may trade; 0 for none.
ALTER TABLE orders ADD COLUMN linked_order_id bigint NOT NULL DEFAULT 0;
-- The order that was filled or canceled before this one was placed; 0 for none.
ALTER TABLE orders ADD COLUMN parent_order_id bigint NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN trace_id text NOT NULL DEFAULT '';

-- 0 where there is no such order.
ALTER TABLE refusals ADD COLUMN order_id bigint NOT NULL DEFAULT 0;

CREATE VIEW participants AS
  SELECT participant, count(*) AS accounts, count(*) FILTER (WHERE is_blocked) AS blocked_accounts,
    min(opened_at) AS first_opened_at
  FROM accounts GROUP BY participant;

-- Down Migration

DROP VIEW participants;
ALTER TABLE refusals DROP COLUMN order_id;
ALTER TABLE orders DROP COLUMN trace_id, DROP COLUMN parent_order_id, DROP COLUMN linked_order_id,
  DROP COLUMN gateway, DROP COLUMN fees, DROP COLUMN instructions;
ALTER TABLE orders RENAME COLUMN placed_at TO reported_at;
ALTER TABLE log_positions DROP COLUMN form;
