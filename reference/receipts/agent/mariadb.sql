-- What the agent asks a MariaDB or MySQL, as its own account. First: may it write? Once a second at
-- most. Where not, why, and what a person does about it. The settings are the whole server's: the
-- agent can't set them for itself.

SELECT concat(@@global.read_only) NOT IN ('0', 'OFF'), connection_id(), @@max_user_connections,
       @@max_allowed_packet, CASE
    WHEN concat(@@global.innodb_flush_log_at_trx_commit) NOT IN ('1', '3') THEN concat(
        'innodb_flush_log_at_trx_commit is ', @@global.innodb_flush_log_at_trx_commit,
        ': rows that were committed may be lost, and their messages are deleted; ',
        'SET GLOBAL innodb_flush_log_at_trx_commit = 1, and so in the server''s file')
    WHEN concat(@@global.log_bin) NOT IN ('0', 'OFF') AND @@global.sync_binlog <> 1 THEN concat(
        'sync_binlog is ', @@global.sync_binlog, ' and the binary log is on: after a crash the ',
        'server takes back what that log lacks, and the messages are deleted; ',
        'SET GLOBAL sync_binlog = 1, and so in the server''s file')
    WHEN engine <> 'InnoDB' THEN concat('receipts_inbox.receipt is of ', engine, ': it has no ',
        'transactions; run ALTER TABLE receipts_inbox.receipt ENGINE = InnoDB')
    WHEN coalesce((SELECT max(version) FROM receipts_inbox.schema_version), 0) <> {version}
        THEN concat('receipts_inbox has schema version ',
        coalesce((SELECT max(version) FROM receipts_inbox.schema_version), 'none'),
        '; this agent writes version {version}: run what the last lines of its inbox file say')
    END
FROM (SELECT 1) AS one
LEFT JOIN information_schema.tables ON table_schema = 'receipts_inbox' AND table_name = 'receipt';

-- May it insert? Planned and not run.

EXPLAIN INSERT INTO receipts_inbox.receipt (receipt_id) VALUES ('');

-- Then, once a session: what did the inbox's file not make so? A sentence each, with names alone.
-- Constraints and triggers are not shown to an account with so few rights: a control row meets them.

WITH col AS (
    SELECT column_name AS name, column_type AS type, is_nullable = 'NO' AND column_default IS NULL
               AND extra NOT LIKE '%DEFAULT_GENERATED%' AS required,
           CASE
               WHEN column_name IN ('subtotal', 'tax', 'total', 'paid', 'change') THEN 'decimal(14,4)'
               WHEN column_name IN ('date', 'time') THEN column_name
               WHEN column_name IN ('line_items', 'taxes', 'confidence') THEN 'json'
               WHEN column_name IN ('receipt_id', 'batch_id', 'image_sha256') THEN 'varchar(64)'
               WHEN column_name = 'customer_reference' THEN 'varchar(100)'
               WHEN column_name = 'duplicate_of' THEN 'varchar(64)'
               WHEN column_name = 'currency' THEN 'varchar(3)'
               WHEN column_name = 'needs_review' THEN 'tinyint(1)'
               WHEN column_name = 'position' THEN 'int'
               WHEN column_name = 'read_at' THEN 'datetime(6)'
               WHEN column_name IN ('name', 'merchant', 'address', 'payment_method',
                                    'image_bucket', 'image_key', 'engine') THEN 'text'
           END AS ours
    FROM information_schema.columns
    WHERE table_schema = 'receipts_inbox' AND table_name = 'receipt'
)
SELECT concat('column ', name, ' is ', type, ', not ', ours, ': it may round or refuse values')
FROM col WHERE type <> ours AND (ours, type) NOT IN (('int', 'int(11)'), ('json', 'longtext'))
UNION ALL
SELECT concat('column ', name, ' is NOT NULL without a default: rows without it are refused')
FROM col WHERE required AND (ours IS NULL OR name IN ('merchant', 'address', 'date', 'time',
    'currency', 'subtotal', 'tax', 'total', 'paid', 'change', 'payment_method', 'duplicate_of'))
UNION ALL
SELECT concat('unique index ', index_name, ' is not of the inbox''s file: it may refuse rows')
FROM information_schema.statistics
WHERE table_schema = 'receipts_inbox' AND table_name = 'receipt' AND seq_in_index = 1
      AND NOT non_unique AND index_name <> 'PRIMARY';

-- A stand-by asks: since when is the writer silent? Other logins' sessions are not shown to it.

SELECT CASE WHEN is_used_lock('receipts_inbox') IS NULL THEN ''
    WHEN time IS NULL THEN 'another login holds the agents'' lock, and is no agent: end its session'
    ELSE concat('the writer''s session has been silent for ', time, ' s') END
FROM (SELECT 1) AS one
LEFT JOIN information_schema.processlist ON id = is_used_lock('receipts_inbox')
