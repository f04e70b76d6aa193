-- Up Migration

-- What makes an instrument a contract; NULL for one of goods.
ALTER TABLE instruments ADD COLUMN contract jsonb;

-- What funding has brought to a position in a contract: below zero for what it took. In a contract
-- quantity and cost are signed, as the log has them, and funding is not part of what was realized.
ALTER TABLE positions ADD COLUMN funding numeric NOT NULL DEFAULT 0;
ALTER TABLE positions ALTER COLUMN funding DROP DEFAULT;

-- Every change of a position in a contract, with what it became by it.
CREATE TABLE position_changes (
  at timestamptz NOT NULL,
  shard integer NOT NULL,
  sequence bigint NOT NULL,
  index integer NOT NULL,
  account text NOT NULL,
  symbol text NOT NULL,
  cause text NOT NULL,
  quantity bigint NOT NULL,
  cost numeric NOT NULL,
  realized numeric NOT NULL,
  PRIMARY KEY (shard, sequence, index, at)
) PARTITION BY RANGE (at);
CREATE INDEX position_changes_by_account ON position_changes (account, symbol, at);

-- Down Migration

DROP TABLE position_changes;
ALTER TABLE positions DROP COLUMN funding;
ALTER TABLE instruments DROP COLUMN contract;
