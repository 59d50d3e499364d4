-- When a bridge's Prosody last asked whether a room may be made: with its secret, and with another one.
CREATE TABLE bridge_calls (
    bridge_id    BIGINT PRIMARY KEY REFERENCES bridges ON DELETE CASCADE,
    asked_at     TIMESTAMPTZ,
    refused_at   TIMESTAMPTZ,
    refused_from TEXT NOT NULL DEFAULT ''        -- the address from which another secret came
);
