-- Asks diemcau of everybody who signs in by a token, and turns away whom it names: who was removed
-- from a room does not come back with a token of before.  What is not answered in time is a yes.
-- Jitsi's own mod_muc_auth_ban asks for tenants of JaaS alone since February 2026, for nobody here.
-- Load it on the host with authentication = "token", with diemcau_access_url.
local async = require "util.async";
local http = require "net.http";
local json = require "util.json";

local url = module:get_option_string("diemcau_access_url");
local patience = module:get_option_number("diemcau_access_timeout", 3);

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
