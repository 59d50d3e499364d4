-- For docker-jitsi-meet: into prosody/config/conf.d/.  event_sync_component comes with the image.
-- Where Prosody does not find it, copy it from /prosody-plugins-contrib/event_sync/ of the image into
-- the folder that is mounted as /prosody-plugins-custom/.
-- Change: hop.example.gov.vn, tinh, EVENT_SECRET.

Component "esync.meet.jitsi" "event_sync_component"
    muc_component = "muc.meet.jitsi"
    api_prefix = "https://hop.example.gov.vn/bridges/tinh"
    api_headers = { ["Authorization"] = "Bearer EVENT_SECRET"; }
    -- By default an event is given up after four seconds; this outlives a restart of the receiver.
    api_retry_count = 20
    api_retry_delay = 15
