-- Asks diemcau of everybody who signs in by a token, and turns away whom it names: who was removed
-- from a room does not come back with a token of before.  Who was sent out and comes back by the
-- same connection is asked about again.  What is not answered in time is a yes.
-- Jitsi's own mod_muc_auth_ban asks for tenants of JaaS alone since February 2026, for nobody here.
-- Load it on the host with authentication = "token", with diemcau_access_url and main_muc.
local async = require "util.async";
local http = require "net.http";
local json = require "util.json";
local st = require "util.stanza";

local url = module:get_option_string("diemcau_access_url");
local patience = module:get_option_number("diemcau_access_timeout", 3);
local rooms = module:get_option_string("main_muc", "conference." .. module.host);

if not url then
	module:log("error", "diemcau_access_url is not set: nobody is kept out");
	return;
end

local function ask(token, tell)
	http.request(url, { headers = { ["Authorization"] = "Bearer " .. token } }, function (body, code)
		local told = code == 200 and json.decode(body);
		if code ~= 200 then
			module:log("warn", "%s answers %s: everybody is let in", url, tostring(code));
		end
		tell(type(told) == "table" and told.access == false);
	end);
end

local function is_kept_out(token)
	local wait, done = async.waiter();
	local kept_out, over = false, false;
	local function tell(answer)
		if not over then
			kept_out, over = answer, true;
			done();
		end
	end
	ask(token, tell);
	module:add_timer(patience, function () tell(false); end);
	wait();
	return kept_out;
end

module:hook_global("jitsi-access-ban-check", function (session)
	if session.auth_token and is_kept_out(session.auth_token) then
		module:log("info", "kept out: a token of %s", tostring(session.jitsi_meet_room));
		return false;
	end
end, 10);

-- Who leaves by himself says so in a stanza; who was sent out did not.
local function note_sent_out(event)
	if event.stanza then return; end
	for real_jid in event.occupant:each_session() do
		local session = prosody.full_sessions[real_jid];
		if session then
			session.diemcau_sent_out = true;
		end
	end
end

local function ask_again(event)
	local session = event.origin;
	if not session.diemcau_sent_out or not session.auth_token or not async.ready() then return; end
	if not is_kept_out(session.auth_token) then
		session.diemcau_sent_out = nil;
		return;
	end
	module:log("info", "kept out of %s by the same connection", event.room.jid);
	session.send(st.error_reply(event.stanza, "auth", "forbidden", nil, event.room.jid));
	return true;
end

local function watch(host)
	if host == rooms then
		local context = module:context(host);
		context:hook("muc-occupant-left", note_sent_out);
		context:hook("muc-occupant-pre-join", ask_again, 100);
	end
end

if prosody.hosts[rooms] then
	watch(rooms);
else
	module:hook_global("host-activated", watch);
end
