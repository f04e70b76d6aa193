-- Up Migration

-- Who has approved of an administrator's command: a list of {approver, untilUs, signature}.
ALTER TABLE admin_actions ADD COLUMN approvals jsonb NOT NULL DEFAULT '[]';

-- Down Migration

ALTER TABLE admin_actions DROP COLUMN approvals;
