-- The receipts inbox in MariaDB or MySQL: all that the receipts app needs in the client's server.
--
-- For the client's DBA to review and to run once, as an account that may create databases and users:
--     mariadb --abort-source-on-error < inbox_mariadb.sql
-- Nothing outside the database `receipts_inbox` is written or changed. Tried on MariaDB 10.11;
-- needs 10.6, or MySQL 8.0.16, which CHECKs (an older one reads them and passes over them).
-- To take it all back: see the last lines.

-- 1. Tables --------------------------------------------------------------------------------------
-- Whatever its sessions say: strict, or a CREATE that the server can't do becomes another one.

SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,NO_ENGINE_SUBSTITUTION';

CREATE DATABASE receipts_inbox CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;  -- every letter, and A is not a

CREATE TABLE receipts_inbox.receipt (
    receipt_id         varchar(64)   NOT NULL PRIMARY KEY,  -- batch and place in it: a repeated delivery is no new row
    batch_id           varchar(64)   NOT NULL,
    position           int           NOT NULL,  -- place in the batch
    customer_reference varchar(100)  NOT NULL,     -- the client's own name for its customer
    name               text          NOT NULL,     -- the image's file name, as the customer sent it
    merchant           text,
    address            text,
    `date`             date,
    `time`             time,
    currency           varchar(3),  -- ISO 4217
    subtotal           decimal(14,4),                -- four places: some currencies have three
    tax                decimal(14,4),
    total              decimal(14,4),
    paid               decimal(14,4),
    `change`           decimal(14,4),
    payment_method     text,
    line_items         json          NOT NULL,
    taxes              json          NOT NULL,
    confidence         json          NOT NULL,  -- 0 to 1 a field
    needs_review       boolean       NOT NULL,  -- a person should look before it is filed
    image_sha256       varchar(64)   NOT NULL,
    duplicate_of       varchar(64),                  -- the receipt that had this very image before
    image_bucket       text          NOT NULL,
    image_key          text          NOT NULL,
    engine             text          NOT NULL,     -- what read it
    read_at            datetime(6)   NOT NULL,     -- UTC, as stored_at: these types have no zone
    stored_at          datetime(6)   NOT NULL DEFAULT (utc_timestamp(6)),
    CONSTRAINT receipt_position_check CHECK (position >= 1),
    CONSTRAINT receipt_currency_check CHECK (currency REGEXP '^[A-Z]{3}$'),
    CONSTRAINT receipt_line_items_check CHECK (json_type(line_items) = 'ARRAY'),
    CONSTRAINT receipt_taxes_check CHECK (json_type(taxes) = 'ARRAY'),
    CONSTRAINT receipt_confidence_check CHECK (json_type(confidence) = 'OBJECT'),
    CONSTRAINT receipt_needs_review_check CHECK (needs_review IN (0, 1)),
    CONSTRAINT receipt_image_sha256_check CHECK (image_sha256 REGEXP '^[0-9a-f]{64}$'),
    -- Each index costs a little at every insert; these two are what the inbox is asked for.
    KEY receipt_customer (customer_reference, stored_at),
    KEY receipt_stored (stored_at)                   -- for purging, oldest first
) ENGINE = InnoDB COMMENT 'One row a receipt; written by the pull agent, never changed by it';

-- What persons put right of a receipt; its row stays as it was read. No foreign key: queues keep no
-- order, so a correction may be here before its receipt is.
CREATE TABLE receipts_inbox.correction (
    correction_id      varchar(64)   NOT NULL PRIMARY KEY,  -- receipt and number: a repeated delivery is no new row
    receipt_id         varchar(64)   NOT NULL,
    number             int           NOT NULL,     -- of this receipt's corrections; a field's last one holds
    customer_reference varchar(100)  NOT NULL,
    old                json          NOT NULL,     -- what stood there before, by column
    new                json          NOT NULL,     -- what stands there now; null: the receipt doesn't say
    corrected_by       text          NOT NULL,
    corrected_at       datetime(6)   NOT NULL,     -- UTC
    stored_at          datetime(6)   NOT NULL DEFAULT (utc_timestamp(6)),
    CONSTRAINT correction_number_check CHECK (number >= 1),
    CONSTRAINT correction_old_check CHECK (json_type(old) = 'OBJECT'),
    CONSTRAINT correction_new_check CHECK (json_type(new) = 'OBJECT'),
    KEY correction_receipt (receipt_id),
    KEY correction_stored (stored_at)
) ENGINE = InnoDB COMMENT 'One row a correction; written by the pull agent, never changed by it';

-- The agent refuses to start on a version that it wasn't made for.
CREATE TABLE receipts_inbox.schema_version (version int PRIMARY KEY) ENGINE = InnoDB;
INSERT INTO receipts_inbox.schema_version VALUES (3);

-- 2. The agent's account -------------------------------------------------------------------------
-- It may add receipts and nothing else: not read them, not change them, not delete them. With key and
-- digest it tells a repeated delivery from another receipt under the same key. Two connections: the
-- agent that writes and the one that stands by. Name its host instead of '%', and give it a password:
--     ALTER USER receipts_agent@'%' IDENTIFIED BY '...';
-- The other limits can't be set for an account: the agent sets them in each of its sessions.

-- --8<-- [start:caps]
CREATE USER receipts_agent@'%' WITH MAX_USER_CONNECTIONS 2;
/*M! ALTER USER receipts_agent@'%' WITH MAX_USER_CONNECTIONS 2 MAX_STATEMENT_TIME 5 */;  -- seconds; MariaDB's alone
-- --8<-- [end:caps]
-- --8<-- [start:grants]
GRANT INSERT, SELECT (receipt_id, image_sha256) ON receipts_inbox.receipt TO receipts_agent@'%';
GRANT INSERT, SELECT (correction_id) ON receipts_inbox.correction TO receipts_agent@'%';
GRANT SELECT ON receipts_inbox.schema_version TO receipts_agent@'%';
-- --8<-- [end:grants]
-- The app that files the expenses reads:
--     GRANT SELECT ON receipts_inbox.receipt TO the_app@'its host';
--     GRANT SELECT ON receipts_inbox.correction TO the_app@'its host';

-- 3. Retention -----------------------------------------------------------------------------------
-- To be run by the DBA's scheduler once the rows are filed, again until it deletes none. Not before the
-- last message about a receipt is gone, for the row is what makes a repeated delivery harmless: 10 days
-- on the write queue, 14 on its dead-letter queue, and a redrive makes a new message, which lives for
-- another 10. So never less than 35 days:
--     DELETE FROM receipts_inbox.receipt WHERE stored_at < utc_timestamp() - INTERVAL 400 DAY
--     ORDER BY stored_at LIMIT 1000;
-- and the same of receipts_inbox.correction.

-- From version 2 to 3: run CREATE TABLE of `correction` and its GRANT, and
--     UPDATE receipts_inbox.schema_version SET version = 3;

-- To take it all back:
--     DROP DATABASE receipts_inbox;
--     DROP USER receipts_agent@'%';
