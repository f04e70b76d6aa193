-- Up Migration

-- How far the log of each shard is in these tables. Written in the transaction that writes the rows.
CREATE TABLE log_positions (
  shard integer PRIMARY KEY,
  sequence bigint NOT NULL,
  at timestamptz NOT NULL,
  entries_hash text NOT NULL
);

-- ---- What there is: a row for each, as it is now ----------------------------------------------

CREATE TABLE assets (
  asset text PRIMARY KEY,
  decimals integer NOT NULL
);

CREATE TABLE instruments (
  symbol text PRIMARY KEY,
  base text NOT NULL,
  quote text NOT NULL,
  base_units_per_lot bigint NOT NULL,
  quote_units_per_tick_lot bigint NOT NULL,
  maker_fee_basis_points integer NOT NULL,
  taker_fee_basis_points integer NOT NULL,
  trading jsonb NOT NULL,
  listed_at timestamptz NOT NULL
);

CREATE TABLE accounts (
  account text PRIMARY KEY,
  participant text NOT NULL,
  shard integer NOT NULL,
  is_blocked boolean NOT NULL,
  opened_at timestamptz NOT NULL
);

CREATE TABLE orders (
  order_id bigint PRIMARY KEY,
  account text NOT NULL,
  symbol text NOT NULL,
  client_order_id text NOT NULL,
  side text NOT NULL,
  type text NOT NULL,
  time_in_force text NOT NULL,
  status text NOT NULL,
  price bigint NOT NULL,
  quantity bigint NOT NULL,
  executed bigint NOT NULL,
  executed_notional bigint NOT NULL,
  reject_reason text NOT NULL,
  close_reason text NOT NULL,
  revision bigint NOT NULL,
  reported_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  shard integer NOT NULL,
  sequence bigint NOT NULL
);
CREATE INDEX orders_by_account ON orders (account, order_id);

CREATE TABLE balances (
  account text NOT NULL,
  asset text NOT NULL,
  available bigint NOT NULL,
  reserved bigint NOT NULL,
  at timestamptz NOT NULL,
  shard integer NOT NULL,
  sequence bigint NOT NULL,
  PRIMARY KEY (account, asset)
);

CREATE TABLE positions (
  account text NOT NULL,
  symbol text NOT NULL,
  quantity bigint NOT NULL,
  cost numeric NOT NULL,
  realized numeric NOT NULL,
  fees numeric NOT NULL,
  bought numeric NOT NULL,
  sold numeric NOT NULL,
  fills bigint NOT NULL,
  last_price bigint NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (account, symbol)
);

CREATE TABLE candles (
  symbol text NOT NULL,
  span text NOT NULL,
  start_at timestamptz NOT NULL,
  open bigint NOT NULL,
  high bigint NOT NULL,
  low bigint NOT NULL,
  close bigint NOT NULL,
  volume numeric NOT NULL,
  notional numeric NOT NULL,
  trades bigint NOT NULL,
  first_trade_id bigint NOT NULL,
  last_trade_id bigint NOT NULL,
  PRIMARY KEY (symbol, span, start_at)
);

-- ---- What happened, seldom ----------------------------------------------------------------------

CREATE TABLE phases (
  shard integer NOT NULL,
  sequence bigint NOT NULL,
  index integer NOT NULL,
  at timestamptz NOT NULL,
  symbol text NOT NULL,
  phase text NOT NULL,
  PRIMARY KEY (shard, sequence, index)
);
CREATE INDEX phases_by_symbol ON phases (symbol, at);

CREATE TABLE admin_actions (
  shard integer NOT NULL,
  sequence bigint NOT NULL,
  index integer NOT NULL,
  at timestamptz NOT NULL,
  command text NOT NULL,
  author text NOT NULL,
  reason text NOT NULL,
  details jsonb NOT NULL,
  reject_reason text NOT NULL,
  PRIMARY KEY (shard, sequence, index)
);

-- ---- What happened, often: a partition for each month -------------------------------------------

CREATE TABLE events (
  at timestamptz NOT NULL,
  shard integer NOT NULL,
  sequence bigint NOT NULL,
  index integer NOT NULL,
  account text NOT NULL,
  symbol text NOT NULL,
  order_id bigint NOT NULL,
  event text NOT NULL,
  status text NOT NULL,
  price bigint NOT NULL,
  quantity bigint NOT NULL,
  executed bigint NOT NULL,
  trade_id bigint NOT NULL,
  reason text NOT NULL,
  revision bigint NOT NULL,
  PRIMARY KEY (shard, sequence, index, at)
) PARTITION BY RANGE (at);
CREATE INDEX events_by_order ON events (order_id);

CREATE TABLE refusals (
  at timestamptz NOT NULL,
  shard integer NOT NULL,
  sequence bigint NOT NULL,
  index integer NOT NULL,
  command text NOT NULL,
  account text NOT NULL,
  symbol text NOT NULL,
  order_name text NOT NULL,
  reason text NOT NULL,
  PRIMARY KEY (shard, sequence, index, at)
) PARTITION BY RANGE (at);
CREATE INDEX refusals_by_account ON refusals (account, at);

CREATE TABLE fills (
  at timestamptz NOT NULL,
  shard integer NOT NULL,
  sequence bigint NOT NULL,
  index integer NOT NULL,
  trade_id bigint NOT NULL,
  order_id bigint NOT NULL,
  account text NOT NULL,
  symbol text NOT NULL,
  side text NOT NULL,
  liquidity text NOT NULL,
  price bigint NOT NULL,
  quantity bigint NOT NULL,
  notional bigint NOT NULL,
  fee bigint NOT NULL,
  PRIMARY KEY (shard, sequence, index, at)
) PARTITION BY RANGE (at);
CREATE INDEX fills_by_account ON fills (account, at);

CREATE TABLE ledger_entries (
  at timestamptz NOT NULL,
  shard integer NOT NULL,
  sequence bigint NOT NULL,
  index integer NOT NULL,
  account text NOT NULL,
  asset text NOT NULL,
  amount bigint NOT NULL,
  cause text NOT NULL,
  trade_id bigint NOT NULL,
  order_id bigint NOT NULL,
  PRIMARY KEY (shard, sequence, index, at)
) PARTITION BY RANGE (at);
CREATE INDEX ledger_entries_by_account ON ledger_entries (account, asset, at);

CREATE TABLE trades (
  at timestamptz NOT NULL,
  shard integer NOT NULL,
  sequence bigint NOT NULL,
  index integer NOT NULL,
  trade_id bigint NOT NULL,
  symbol text NOT NULL,
  price bigint NOT NULL,
  quantity bigint NOT NULL,
  taker_side text NOT NULL,
  buyer text NOT NULL,
  seller text NOT NULL,
  buy_order_id bigint NOT NULL,
  sell_order_id bigint NOT NULL,
  PRIMARY KEY (shard, sequence, index, at)
) PARTITION BY RANGE (at);
CREATE INDEX trades_by_symbol ON trades (symbol, at);

-- What went in and out of every account comes to what it has. No row where that is so.
CREATE VIEW ledger_differences AS
  SELECT account, asset, coalesce(held, 0) AS held, coalesce(booked, 0) AS booked
  FROM (SELECT account, asset, available::numeric + reserved AS held FROM balances) AS balance
  FULL JOIN (
    SELECT account, asset, sum(amount) AS booked FROM ledger_entries GROUP BY account, asset
  ) AS ledger USING (account, asset)
  WHERE coalesce(held, 0) <> coalesce(booked, 0);

-- Down Migration

DROP VIEW ledger_differences;
DROP TABLE events, refusals, fills, ledger_entries, trades;
DROP TABLE log_positions, assets, instruments, accounts, orders, balances, positions,
  candles, phases, admin_actions;
