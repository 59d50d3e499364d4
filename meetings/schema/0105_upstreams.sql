-- The higher conference that a conference relays: whose bridge, how it is dialled, through which hall.

CREATE TABLE conference_upstreams (
    conference_id BIGINT PRIMARY KEY REFERENCES conferences,
    name          TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    address       TEXT NOT NULL CHECK (length(address) BETWEEN 1 AND 300),
    relay_site_id BIGINT NOT NULL REFERENCES sites,
    during        INT4RANGE CHECK (NOT isempty(during))    -- in minutes from the start; NULL: all of it
);

-- What people say of it; what the record of the relaying hall shows is not written twice.
CREATE TABLE upstream_losses (
    id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conference_id BIGINT NOT NULL REFERENCES conferences,
    lost_at       TIMESTAMPTZ NOT NULL,
    back_at       TIMESTAMPTZ CHECK (back_at >= lost_at),
    remark        TEXT NOT NULL DEFAULT '' CHECK (length(remark) <= 500),
    told_by       TEXT NOT NULL
);
CREATE UNIQUE INDEX upstream_losses_open ON upstream_losses (conference_id) WHERE back_at IS NULL;   -- it is lost once at a time
CREATE INDEX upstream_losses_conference ON upstream_losses (conference_id, lost_at);                 -- the losses of a sheet
