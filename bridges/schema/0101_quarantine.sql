-- What receivers hold back, and what administrators want done with it.

-- One row for each receiver's spool, written by its feeder every few seconds.
CREATE TABLE receivers (
    spool      TEXT PRIMARY KEY,
    seen_at    TIMESTAMPTZ NOT NULL,
    depth      BIGINT NOT NULL,              -- bytes of events on disk that may not be drained yet
    quarantine JSONB  NOT NULL               -- {bridge: {"records": n, "since": Unix seconds}}
);

-- An order concerns what was held back before it was given; each receiver carries it out once.
CREATE TABLE quarantine_orders (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bridge     TEXT NOT NULL REFERENCES bridges (name),
    action     TEXT NOT NULL CHECK (action IN ('replay', 'discard')),
    ordered_at TIMESTAMPTZ NOT NULL
);
CREATE TABLE quarantine_done (
    order_id BIGINT NOT NULL REFERENCES quarantine_orders,
    spool    TEXT   NOT NULL,
    records  INT    NOT NULL,
    PRIMARY KEY (order_id, spool)
);
