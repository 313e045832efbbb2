-- What the agent asks its server, as its own role; it reads nobody's data. First: may it write? Once
-- a second at most. Where not, why, and what a person does about it.

SELECT current_setting('transaction_read_only') = 'on', pg_backend_pid(), CASE
    WHEN current_setting('synchronous_commit') IN ('off', 'local') THEN 'synchronous_commit is '
        || current_setting('synchronous_commit') || may_go
        || 'run ALTER ROLE receipts_agent SET synchronous_commit = on'
    WHEN current_setting('fsync') = 'off' THEN 'fsync is off' || may_go || 'set fsync = on'
    WHEN relpersistence = 'u' THEN 'receipts_inbox.receipt is UNLOGGED' || may_go
        || 'run ALTER TABLE receipts_inbox.receipt SET LOGGED'
    WHEN version IS DISTINCT FROM %(version)s THEN 'receipts_inbox has schema version '
        || coalesce(version::text, 'none') || '; this agent writes version ' || %(version)s::text
        || ': run what the last lines of its inbox.sql say'
    WHEN NOT has_table_privilege('receipts_inbox.receipt', 'INSERT')
        THEN 'the role may not INSERT into receipts_inbox.receipt: see inbox.sql'
    WHEN NOT has_table_privilege('receipts_inbox.correction', 'INSERT')
        THEN 'the role may not INSERT into receipts_inbox.correction: see inbox.sql'
    WHEN rolconnlimit <> %(connections)s::integer
        THEN '`connections` is ' || %(connections)s::text || ', but the role may open '
        || CASE WHEN rolconnlimit < 0 THEN 'any number' ELSE rolconnlimit::text END
        || ': ALTER ROLE ... CONNECTION LIMIT, or change `connections`'
    END
FROM pg_roles CROSS JOIN pg_class LEFT JOIN receipts_inbox.schema_version ON true
     CROSS JOIN (VALUES (': rows that were committed may be lost, and their messages are deleted; '))
                AS says (may_go)
WHERE rolname = current_user AND pg_class.oid = 'receipts_inbox.receipt'::regclass;

-- Then, once a session: what did inbox.sql not make so? A sentence each, with names alone.

WITH col AS (
    SELECT attname AS name, format_type(atttypid, atttypmod) AS type, %(types)s ->> attname AS ours,
           attnotnull AND NOT atthasdef AND attidentity = '' AS required
    FROM pg_attribute
    WHERE attrelid = 'receipts_inbox.receipt'::regclass AND attnum > 0 AND NOT attisdropped
), extra (kind, name, inbox) AS (
    SELECT 'constraint', conname::text, conrelid FROM pg_constraint
    WHERE contype NOT IN ('n', 't') AND conname <> ALL(%(constraints)s)
    UNION ALL SELECT 'unique index', indexrelid::regclass::text, indrelid FROM pg_index
    WHERE indisunique AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
    UNION ALL SELECT 'trigger', tgname, tgrelid FROM pg_trigger
    WHERE NOT tgisinternal AND tgenabled <> 'D'
    UNION ALL SELECT 'rule', rulename, ev_class FROM pg_rewrite
    UNION ALL SELECT 'row policy', polname, polrelid FROM pg_policy
    UNION ALL SELECT 'row security of', relname, oid FROM pg_class WHERE relrowsecurity
)
SELECT 'column ' || name || ' is ' || type || ', not ' || ours || ': it may round or refuse values'
FROM col WHERE type NOT IN (ours, ours || '(14,4)')
UNION ALL
SELECT 'column ' || name || ' is NOT NULL without a default: rows without it are refused'
FROM col WHERE required AND name <> ALL(%(filled)s)
UNION ALL
SELECT kind || ' ' || name || ' is not of inbox.sql: it may refuse or change rows'
FROM extra WHERE inbox = 'receipts_inbox.receipt'::regclass
UNION ALL
SELECT name || ' is ' || current_setting(name)
       || ', not 1 to 60 s: an agent that hangs may keep the other from writing'
FROM pg_settings WHERE name IN ('idle_session_timeout', 'statement_timeout', 'lock_timeout',
                                'idle_in_transaction_session_timeout')
                       AND setting::integer NOT BETWEEN 1 AND 60000
