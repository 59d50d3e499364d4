-- Drafts that wait for halls to become free, and the offers made to them.
CREATE TABLE waiting (
    conference_id BIGINT PRIMARY KEY REFERENCES conferences ON DELETE CASCADE,
    put_by      TEXT NOT NULL,
    since       TIMESTAMPTZ NOT NULL,
    rank        INT NOT NULL,                     -- urgency and level of the host: more goes first
    offers      INT NOT NULL DEFAULT 0,           -- who let offers pass goes behind who had none
    offer_until TIMESTAMPTZ,                      -- NULL: nothing is offered
    ended_at    TIMESTAMPTZ                       -- booked, left, or too late
);
CREATE INDEX waiting_in_order ON waiting (offers, rank DESC, since) WHERE ended_at IS NULL;  -- whose turn it is
