-- What an administrator knows of a bridge, and the secrets that are still good while new ones spread.

ALTER TABLE bridges
    ADD COLUMN jicofo_url  TEXT   NOT NULL DEFAULT '',    -- '' = not reachable from here, as for prosody_url
    ADD COLUMN jigasi_url  TEXT   NOT NULL DEFAULT '',
    ADD COLUMN jvb_urls    TEXT[] NOT NULL DEFAULT '{}',
    ADD COLUMN jibri_urls  TEXT[] NOT NULL DEFAULT '{}',
    ADD COLUMN senders     TEXT[] NOT NULL DEFAULT '{}',  -- networks its Prosody calls from, besides the hosts of its addresses
    ADD COLUMN algorithm   TEXT   NOT NULL DEFAULT 'HS256' CHECK (algorithm IN ('HS256', 'RS256')),
    ADD COLUMN version     INT    NOT NULL DEFAULT 1;

-- The secret before the present one, of each kind: good until `ends_at`.
CREATE TABLE former_secrets (
    bridge_id BIGINT NOT NULL REFERENCES bridges,
    kind      TEXT   NOT NULL CHECK (kind IN ('jwt', 'reservation', 'event')),
    secret    BYTEA  NOT NULL,                            -- sealed with the key file
    digest    BYTEA,                                      -- SHA-256 of an event secret, for receivers
    ends_at   TIMESTAMPTZ NOT NULL,
    left_at   TIMESTAMPTZ,                                -- jwt: since when we sign with the present one
    PRIMARY KEY (bridge_id, kind)
);
