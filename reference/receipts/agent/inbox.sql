-- The receipts inbox: all that the receipts app needs in the client's database.
--
-- For the client's DBA to review and to run once:
--     psql -d expenses -v ON_ERROR_STOP=1 -1 -f inbox.sql
-- as a superuser, or as a role with CREATEROLE that may CREATE in the database.
-- Nothing outside the schema `receipts_inbox` is written or changed; the agent reads PostgreSQL's
-- catalog. Tried on PostgreSQL 15 and 18; needs 14. To take it all back: see the last lines.

-- 1. Roles ---------------------------------------------------------------------------------------
-- Roles belong to the whole cluster, so another database of it may have them already.

DO $$
BEGIN
    IF current_setting('server_version_num')::integer < 140000 THEN
        RAISE 'PostgreSQL % is too old: the inbox needs 14 or newer', current_setting('server_version')
            USING HINT = 'idle_session_timeout replaces a suspended agent. Nothing was made or changed.';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'receipts_owner') THEN
        CREATE ROLE receipts_owner NOLOGIN;    -- owns the tables; nobody logs in as it
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'receipts_reader') THEN
        CREATE ROLE receipts_reader NOLOGIN;   -- grant it to the app that files the expenses
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'receipts_agent') THEN
        CREATE ROLE receipts_agent LOGIN;      -- the pull agent; set its password with \password
    END IF;
END
$$;

-- Without SUPERUSER, only a member of the owner may make what it owns, and purge and drop it later.
-- Where somebody else made the roles, a superuser runs this.
GRANT receipts_owner TO CURRENT_USER;

-- --8<-- [start:caps]
-- Caps that survive a bug in the agent, because the server enforces them. Two connections: the
-- agent that writes and the one that stands by. The database can't be overrun through this role.
ALTER ROLE receipts_agent CONNECTION LIMIT 2;
ALTER ROLE receipts_agent SET statement_timeout = '5s';    -- an INSERT of 20 rows takes milliseconds
ALTER ROLE receipts_agent SET lock_timeout = '1s';         -- the agent gives way, and comes again
ALTER ROLE receipts_agent SET idle_in_transaction_session_timeout = '10s';  -- a hung agent holds no lock
ALTER ROLE receipts_agent SET synchronous_commit = on;     -- a message is deleted once its row is committed
ALTER ROLE receipts_agent SET idle_session_timeout = '45s';  -- a suspended agent lets the other one write
ALTER ROLE receipts_agent SET tcp_keepalives_idle = 10;    -- a cut link frees its connection and
ALTER ROLE receipts_agent SET tcp_keepalives_interval = 5; --   the agents' lock within half a minute
ALTER ROLE receipts_agent SET tcp_keepalives_count = 3;
-- --8<-- [end:caps]

-- 2. Tables --------------------------------------------------------------------------------------

CREATE SCHEMA receipts_inbox AUTHORIZATION receipts_owner;
SET LOCAL ROLE receipts_owner;

CREATE TABLE receipts_inbox.receipt (
    receipt_id         text        PRIMARY KEY,  -- batch and place in it: a repeated delivery is no new row
    batch_id           text        NOT NULL,
    position           integer     NOT NULL CHECK (position >= 1),  -- place in the batch
    customer_reference text        NOT NULL,     -- the client's own name for its customer
    name               text        NOT NULL,     -- the image's file name, as the customer sent it
    merchant           text,
    address            text,
    date               date,
    time               time,
    currency           text        CHECK (currency ~ '^[A-Z]{3}$'),  -- ISO 4217
    subtotal           numeric(14, 4) CHECK (subtotal <> 'NaN'),     -- four places: some currencies have three
    tax                numeric(14, 4) CHECK (tax <> 'NaN'),
    total              numeric(14, 4) CHECK (total <> 'NaN'),
    paid               numeric(14, 4) CHECK (paid <> 'NaN'),
    change             numeric(14, 4) CHECK (change <> 'NaN'),
    payment_method     text,
    line_items         jsonb       NOT NULL CHECK (jsonb_typeof(line_items) = 'array'),
    taxes              jsonb       NOT NULL CHECK (jsonb_typeof(taxes) = 'array'),
    confidence         jsonb       NOT NULL CHECK (jsonb_typeof(confidence) = 'object'),  -- 0 to 1 a field
    needs_review       boolean     NOT NULL,     -- a person should look before it is filed
    image_sha256       text        NOT NULL CHECK (image_sha256 ~ '^[0-9a-f]{64}$'),
    duplicate_of       text,                     -- the receipt that had this very image before
    image_bucket       text        NOT NULL,
    image_key          text        NOT NULL,
    engine             text        NOT NULL,     -- what read it
    read_at            timestamptz NOT NULL,
    stored_at          timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE receipts_inbox.receipt IS 'One row a receipt; written by the pull agent, never changed by it';

-- Each index costs a little at every insert; these three are what the inbox is asked for.
CREATE INDEX receipt_customer ON receipts_inbox.receipt (customer_reference, stored_at);
CREATE INDEX receipt_review ON receipts_inbox.receipt (stored_at) WHERE needs_review;
CREATE INDEX receipt_stored ON receipts_inbox.receipt (stored_at);  -- for purging, oldest first

-- The agent refuses to start on a version that it wasn't made for.
CREATE TABLE receipts_inbox.schema_version (version integer PRIMARY KEY);
INSERT INTO receipts_inbox.schema_version VALUES (3);

-- 3. Retention -----------------------------------------------------------------------------------
-- To be called by the DBA's scheduler once the rows are filed, again until it answers 0:
--     SELECT receipts_inbox.purge(interval '400 days', 1000);
-- In small steps, so that it holds no lock for long. Not before the last message about a receipt is
-- gone, for the row is what makes a repeated delivery harmless: 10 days on the write queue, 14 on its
-- dead-letter queue, and a redrive makes a new message, which lives for another 10.

CREATE OR REPLACE FUNCTION receipts_inbox.purge(older_than interval, most integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    gone integer;
BEGIN
    IF older_than < interval '35 days' THEN
        RAISE EXCEPTION 'receipts may be delivered again for 34 days: % is too early', older_than;
    END IF;
    DELETE FROM receipts_inbox.receipt WHERE receipt_id IN (
        SELECT receipt_id FROM receipts_inbox.receipt
        WHERE stored_at < now() - older_than ORDER BY stored_at LIMIT most
    );
    GET DIAGNOSTICS gone = ROW_COUNT;
    DELETE FROM receipts_inbox.correction WHERE correction_id IN (
        SELECT correction_id FROM receipts_inbox.correction
        WHERE stored_at < now() - older_than ORDER BY stored_at LIMIT most
    );
    RETURN gone;
END
$$;

-- 4. Grants --------------------------------------------------------------------------------------
-- The agent may add receipts and nothing else: not read them, not change them, not delete them.
-- ON CONFLICT (receipt_id) needs SELECT on that column; with the image's digest the agent tells a
-- repeated delivery from another receipt under the same key.

REVOKE ALL ON FUNCTION receipts_inbox.purge FROM PUBLIC;
-- --8<-- [start:grants]
GRANT USAGE ON SCHEMA receipts_inbox TO receipts_agent, receipts_reader;
GRANT INSERT, SELECT (receipt_id, image_sha256) ON receipts_inbox.receipt TO receipts_agent;
GRANT SELECT ON receipts_inbox.schema_version TO receipts_agent;
GRANT SELECT ON receipts_inbox.receipt TO receipts_reader;
-- --8<-- [end:grants]

-- 5. Corrections ---------------------------------------------------------------------------------
-- What persons put right of a receipt; its row stays as it was read. No foreign key: queues keep no
-- order, so a correction may be here before its receipt is. It takes effect once both are.

-- --8<-- [start:corrections]
CREATE TABLE receipts_inbox.correction (
    correction_id      text        PRIMARY KEY,  -- receipt and number: a repeated delivery is no new row
    receipt_id         text        NOT NULL,
    number             integer     NOT NULL CHECK (number >= 1),  -- of this receipt's; a field's last one holds
    customer_reference text        NOT NULL,
    old                jsonb       NOT NULL CHECK (jsonb_typeof(old) = 'object'),  -- what stood there before
    new                jsonb       NOT NULL,     -- what stands there now; null: the receipt doesn't say
    corrected_by       text        NOT NULL,
    corrected_at       timestamptz NOT NULL,
    stored_at          timestamptz NOT NULL DEFAULT now(),
    -- Whatever is not a value of its column is refused here, so that the function below always answers.
    CHECK (jsonb_populate_record(NULL::receipts_inbox.receipt, new) IS DISTINCT FROM NULL),
    CHECK (new ->> 'currency' ~ '^[A-Z]{3}$'),
    CHECK (new <> '{}' AND new - '{merchant,address,date,time,currency,subtotal,total,paid,change,payment_method}'::text[] = '{}')
);
COMMENT ON TABLE receipts_inbox.correction IS 'One row a correction; written by the pull agent, never changed by it';
CREATE INDEX correction_receipt ON receipts_inbox.correction (receipt_id);
CREATE INDEX correction_stored ON receipts_inbox.correction (stored_at);  -- for purging, oldest first

-- A receipt as it stands now; its row keeps what was read. To read all of them:
--     SELECT now.* FROM receipts_inbox.receipt, receipts_inbox.corrected(receipt) AS now;
CREATE FUNCTION receipts_inbox.corrected(receipt receipts_inbox.receipt) RETURNS receipts_inbox.receipt
LANGUAGE sql STABLE AS $$
    SELECT jsonb_populate_record(receipt, coalesce(jsonb_object_agg(key, value ORDER BY number), '{}'))
    FROM receipts_inbox.correction CROSS JOIN jsonb_each(new)
    WHERE correction.receipt_id = receipt.receipt_id
$$;

GRANT INSERT, SELECT (correction_id) ON receipts_inbox.correction TO receipts_agent;
GRANT SELECT ON receipts_inbox.correction TO receipts_reader;
-- --8<-- [end:corrections]

RESET ROLE;

-- From version 1 to 2: run the ALTER ROLE lines of part 1 and CREATE OR REPLACE FUNCTION of part 3, and
--     GRANT SELECT (image_sha256) ON receipts_inbox.receipt TO receipts_agent;
--     UPDATE receipts_inbox.schema_version SET version = 2;
-- From version 2 to 3: SET ROLE receipts_owner, run part 5 and CREATE OR REPLACE FUNCTION of part 3, and
--     UPDATE receipts_inbox.schema_version SET version = 3;

-- To take it all back:
--     DROP SCHEMA receipts_inbox CASCADE;
--     DROP ROLE receipts_agent, receipts_reader, receipts_owner;
