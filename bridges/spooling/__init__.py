"""Records on local disk: acknowledged after fsync, read by place, forgotten when drained."""
