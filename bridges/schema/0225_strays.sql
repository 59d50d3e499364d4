-- Calls of a bridge's Prosody to addresses where nothing of ours is: the last one of each bridge and setting.
CREATE TABLE strays (
    bridge  TEXT NOT NULL,                -- its name; '' where nobody can tell whose the call is
    setting TEXT NOT NULL,                -- of Prosody, '' where the path does not tell
    sure    BOOLEAN NOT NULL,             -- its secret or address tells whose it is, not its words alone
    at      TIMESTAMPTZ NOT NULL,
    method  TEXT NOT NULL,
    url     TEXT NOT NULL,                -- host and path as they were asked for, without a query
    address TEXT NOT NULL,                -- from where it came
    PRIMARY KEY (bridge, setting)
);
