-- Halls' pages say every ten seconds that they are in.  A row is half an hour of one hall's beats by one link: each bit a
-- second, the latest on the left.  Whoever writes a beat adds its bit, so that it counts once however often it comes.
-- Beats of before stay in `evidence` and count as well (docs/decisions/0190); new ones are there only if no room was known.

CREATE TABLE beat_strips (
    conference_id BIGINT NOT NULL REFERENCES conferences,
    site_id       BIGINT NOT NULL,                -- no reference, as in evidence: what a hall told is kept in any case
    begins_at     TIMESTAMPTZ NOT NULL,           -- full or half hours
    bridge_id     BIGINT NOT NULL REFERENCES bridges,   -- where the room was, as the page knew
    generation    INT NOT NULL,                   -- of the hall's link
    seconds       BIT(1800) NOT NULL,
    PRIMARY KEY (conference_id, site_id, begins_at, bridge_id, generation)
) WITH (fillfactor = 70);                         -- a strip grows where it lies, without new entries in the index
