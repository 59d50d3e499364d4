-- Asks for rooms as Jitsi's reservation module does, with Prosody's own HTTP client, JSON and dates,
-- and writes what it understood, one JSON object a line.
local http = require "net.http";
local json = require "util.json";
local datetime = require "util.datetime";
local formencode = require "util.http".formencode;

local prefix = module:get_option_string("lab_prefix");
local secret = module:get_option_string("lab_secret");
local told = assert(io.open(module:get_option_string("lab_told"), "a"));

local function understand(room, body, code)
	local answer = type(body) == "string" and json.decode(body) or {};
	local begins = answer.start_time and datetime.parse(answer.start_time);
	return {
		room = room; code = code; id = answer.id; name = answer.name;
		ends = begins and tonumber(answer.duration) and begins + tonumber(answer.duration);
		seats = tonumber(answer.max_occupants); message = answer.message;
	};
end

for room in module:get_option_set("lab_rooms", {}):items() do
	http.request(prefix .. "/conference", {
		method = "POST";
		headers = {
			["Authorization"] = "Bearer " .. secret;
			["Content-Type"] = "application/x-www-form-urlencoded";
		};
		body = formencode({ name = room; start_time = datetime.datetime(); mail_owner = "x@lab" });
	}, function(body, code)
		told:write(json.encode(understand(room, body, code)), "\n");
		told:flush();
	end);
end
