-- For Debian's prosody with the package jitsi-meet: copy this to /etc/prosody/diemcau.cfg.lua, and put
--     Include "/etc/prosody/diemcau.cfg.lua"
-- as the last line into /etc/prosody/conf.avail/meet.example.gov.vn.cfg.lua.  What stands here goes over what
-- the package wrote, what does not stays; a list takes the place of the package's whole list.
-- Change: meet.example.gov.vn, hop.example.gov.vn, tinh, 10.1.0.4, RESERVATION_SECRET, EVENT_SECRET.
-- event_sync_component, frozen_nick and token_lobby_bypass are of jitsi-contrib/prosody-plugins, diemcau_access
-- is ours (modules/): copy them into the second folder.
-- No modules_enabled may stand above the first VirtualHost: it would take the place of the list in
-- /etc/prosody/prosody.cfg.lua, without which nobody signs in, neither halls nor Jicofo.

plugin_paths = { "/usr/share/jitsi-meet/prosody-plugins/", "/usr/share/jitsi-contrib/prosody-plugins/" }
muc_mapper_domain_base = "meet.example.gov.vn"
-- Whoever asks port 5280 by another name, as by its number, means this host.
http_default_host = "meet.example.gov.vn"
-- By itself port 5280 is open to this machine alone; 10.1.0.4 is its address in the management network, never the
-- public one: what listens there asks nobody for a password.
http_interfaces = { "127.0.0.1", "::1", "10.1.0.4" }
-- Where the key of commands is, by a name that no hall's token bears: without it no room is ended, nobody sent
-- out and no number called.
prosody_password_public_key_repo_url = "https://hop.example.gov.vn/bridges/tinh/keys/commands"

VirtualHost "meet.example.gov.vn"
    -- Only who has a token of ours enters.
    authentication = "token"
    app_id = "diemcau"
    -- RS256: the private key never leaves diemcau.
    asap_key_server = "https://hop.example.gov.vn/bridges/tinh/keys"
    -- HS256, by which halls come in and no command is taken: in place of asap_key_server
    -- app_secret = "TOKEN_SECRET"
    asap_accepted_issuers = { "diemcau" }
    asap_accepted_audiences = { "jitsi" }
    asap_require_room_claim = true
    allow_empty_token = false
    enable_domain_verification = true
    -- A room is made only when diemcau says so.
    -- The second line is the package's own of 2026, without muc_breakout_rooms; an older package has more.
    modules_enabled = {
        "reservations"; "muc_size"; "muc_census"; "muc_kick_participant"; "muc_jigasi_invite"; "muc_end_meeting"; "frozen_nick"; "diemcau_access";
        "bosh"; "websocket"; "smacks"; "ping"; "external_services"; "features_identity"; "conference_duration"; "muc_lobby_rooms";
    }
    -- Who was removed does not come back with a token of before.
    diemcau_access_url = "https://hop.example.gov.vn/bridges/tinh/access"
    main_muc = "conference.meet.example.gov.vn"
    focus_component = "focus.meet.example.gov.vn"
    reservations_api_prefix = "https://hop.example.gov.vn/bridges/tinh/reservations"
    reservations_api_headers = { ["Authorization"] = "Bearer RESERVATION_SECRET" }
    -- By default a hall is refused, for up to 90 s, once we have been away for nine; this outlives a restart of ours.
    reservations_api_retry_count = 9
    -- No room takes more than its conference's seats, which the grant says.
    reservations_enable_max_occupants = true
    -- A token of another domain is refused where a room's size is asked for, too.
    enable_roomsize_token_verification = true

Component "conference.meet.example.gov.vn" "muc"
    -- Jicofo opens the rooms: only an administrator of them may do so without a token.
    admins = { "focus@auth.meet.example.gov.vn" }
    -- Roles come from the token, never from who was first; with the lobby on, invited halls still come straight in.
    -- The second line is the package's own without muc_rate_limit: at its three a second, 45 halls that come back
    -- after a failure need 26 s in place of 12.  Where you keep it, set muc_rate_joins = 20.
    modules_enabled = {
        "token_verification"; "token_affiliation"; "token_lobby_bypass"; "muc_max_occupants"; "muc_resource_validate";
        "muc_hide_all"; "muc_meeting_id"; "muc_domain_mapper"; "muc_password_whitelist";
    }
    -- Of rooms without a grant; without it the module does nothing.  Who is listed takes no seat.
    muc_max_occupants = "20000"
    muc_access_whitelist = { "focus@auth.meet.example.gov.vn"; "recorder@recorder.meet.example.gov.vn" }
    restrict_room_creation = true
    storage = "memory"
    muc_room_locking = false
    muc_room_default_public_jids = true
    -- Recorders and gateways have no token.
    token_verification_allowlist = { "recorder.meet.example.gov.vn"; "jigasi.meet.example.gov.vn" }

Component "esync.meet.example.gov.vn" "event_sync_component"
    muc_component = "conference.meet.example.gov.vn"
    api_prefix = "https://hop.example.gov.vn/bridges/tinh"
    api_headers = { ["Authorization"] = "Bearer EVENT_SECRET" }
    -- By default an event is given up after four seconds; this outlives a restart of the receiver.
    api_retry_count = 20
    api_retry_delay = 15
