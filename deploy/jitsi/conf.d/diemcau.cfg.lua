-- For docker-jitsi-meet: into ${CONFIG}/prosody/config/conf.d/, readable for everybody as the image's own are.
-- The image has event_sync_component in a folder of another name, where Prosody does not look: copy it from
-- /prosody-plugins-contrib/event_sync/ into ${CONFIG}/prosody/prosody-plugins-custom/, or no event is told.
-- Change: hop.example.gov.vn, tinh, EVENT_SECRET.

Component "esync.meet.jitsi" "event_sync_component"
    muc_component = "muc.meet.jitsi"
    api_prefix = "https://hop.example.gov.vn/bridges/tinh"
    api_headers = { ["Authorization"] = "Bearer EVENT_SECRET"; }
    -- By default an event is given up after four seconds; this outlives a restart of the receiver.
    api_retry_count = 20
    api_retry_delay = 15
