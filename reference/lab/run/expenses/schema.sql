-- The client's expenses app: the tables that the database had before there were receipts.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'expenses_app') THEN
        CREATE ROLE expenses_app LOGIN;
    END IF;
END
$$;

CREATE SCHEMA expenses;

CREATE TABLE expenses.customer (
    customer_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reference   text   NOT NULL UNIQUE,
    name        text   NOT NULL
);

CREATE TABLE expenses.expense (
    expense_id  bigint         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint         NOT NULL REFERENCES expenses.customer,
    spent_on    date           NOT NULL,
    category    text           NOT NULL,
    merchant    text           NOT NULL,
    amount      numeric(12, 2) NOT NULL,
    currency    text           NOT NULL,
    receipt_id  text,
    filed_at    timestamptz    NOT NULL DEFAULT now()
);
CREATE INDEX expense_customer ON expenses.expense (customer_id, spent_on DESC);
CREATE INDEX expense_category ON expenses.expense (category, spent_on);

CREATE TABLE expenses.tax_return (
    customer_id bigint         NOT NULL REFERENCES expenses.customer,
    year        integer        NOT NULL,
    deductible  numeric(14, 2) NOT NULL,
    filed_at    timestamptz    NOT NULL DEFAULT now(),
    PRIMARY KEY (customer_id, year)
);

GRANT USAGE ON SCHEMA expenses TO expenses_app;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA expenses TO expenses_app;
