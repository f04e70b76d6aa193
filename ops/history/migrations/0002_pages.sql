-- Up Migration

-- An account's rows are asked for page by page, by time.
DROP INDEX orders_by_account;
CREATE INDEX orders_by_account ON orders (account, reported_at);
DROP INDEX ledger_entries_by_account;
CREATE INDEX ledger_entries_by_account ON ledger_entries (account, at);

-- Down Migration

DROP INDEX ledger_entries_by_account;
CREATE INDEX ledger_entries_by_account ON ledger_entries (account, asset, at);
DROP INDEX orders_by_account;
CREATE INDEX orders_by_account ON orders (account, order_id);
