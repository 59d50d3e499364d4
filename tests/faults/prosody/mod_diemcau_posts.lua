-- Posts one event over each line as Jitsi's event module does: again after 5xx and where nobody
-- answers, up to three times; writes the last code and the number of tries, one JSON object a line.
local http = require "net.http";
local json = require "util.json";
local timer = require "util.timer";

local secret = module:get_option_string("lab_secret");
local told = assert(io.open(module:get_option_string("lab_told"), "a"));

local function post(name, url, body, tries)
	http.request(url .. "/events/room/created", {
		method = "POST";
		headers = { ["Authorization"] = "Bearer " .. secret; ["Content-Type"] = "application/json" };
		body = body;
	}, function(_, code)
		if (code == 0 or code >= 500) and tries < 4 then
			timer.add_task(1, function() post(name, url, body, tries + 1); end);
			return;
		end
		told:write(json.encode({ name = name; code = code; tries = tries }), "\n");
		told:flush();
	end);
end

for name, line in pairs(module:get_option("lab_lines")) do
	local event = { room_name = "r-" .. name; created_at = 1795462682; pad = ("x"):rep(line.bytes) };
	post(name, line.url, json.encode(event), 1);
end
