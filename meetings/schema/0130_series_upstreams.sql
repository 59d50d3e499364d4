-- What every coming date of a series relays, dates that are yet to be made too.
CREATE TABLE series_upstreams (
    series_id     BIGINT PRIMARY KEY REFERENCES series ON DELETE CASCADE,
    name          TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    address       TEXT NOT NULL CHECK (length(address) BETWEEN 1 AND 300),
    relay_site_id BIGINT NOT NULL REFERENCES sites,
    during        INT4RANGE CHECK (NOT isempty(during))    -- in minutes from the start; NULL: all of it
);
