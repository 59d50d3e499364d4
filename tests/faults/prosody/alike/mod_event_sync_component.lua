-- Tells who comes to a room and goes: each piece of news by itself, again and again where it fails.
local array = require "util.array";
local http = require "net.http";
local jid = require "util.jid";
local json = require "util.json";
local timer = require "util.timer";

local muc_host = module:get_option_string("muc_component");
local prefix = module:get_option_string("api_prefix");
local again = module:get_option_number("api_retry_count", 3);
local pause = module:get_option_number("api_retry_delay", 1);
local headers = { ["Content-Type"] = "application/json" };
for name, value in pairs(module:get_option("api_headers", {})) do headers[name] = value; end

local function post(path, body, left)
	http.request(prefix .. path, { method = "POST"; headers = headers; body = body }, function(_, code)
		if (code == 0 or code >= 500) and left > 0 then
			timer.add_task(pause, function() post(path, body, left - 1); end);
		end
	end);
end

local function tell(path, name, room, more)
	more.event_name, more.is_breakout = name, false;
	more.room_jid, more.room_name = room.jid, jid.node(room.jid);
	post("/events/" .. path, json.encode(more), again);
end

local function is_focus(occupant) return jid.node(occupant.jid) == "focus"; end

module:require("rooms")(muc_host, function(rooms)
	rooms:hook("muc-room-created", function(event)
		event.room.lab = { created_at = os.time(); people = {}; inside = 0 };
		tell("room/created", "muc-room-created", event.room, { created_at = os.time() });
	end, -3);
	rooms:hook("muc-occupant-joined", function(event)
		if is_focus(event.occupant) then return; end
		local lab, user = event.room.lab, event.origin.lab_user or {};
		local person = { occupant_jid = event.occupant.jid; joined_at = os.time();
			id = user.id; name = user.name; email = user.email };
		lab.people[event.occupant.jid], lab.inside = person, lab.inside + 1;
		tell("occupant/joined", "muc-occupant-joined", event.room,
			{ occupant = person; active_occupants_count = lab.inside });
	end, -2);
	rooms:hook("muc-occupant-left", function(event)
		if is_focus(event.occupant) then return; end
		local lab = event.room.lab;
		local person = lab.people[event.occupant.jid];
		person.left_at, lab.inside = os.time(), lab.inside - 1;
		tell("occupant/left", "muc-occupant-left", event.room,
			{ occupant = person; active_occupants_count = lab.inside });
	end, -2);
	rooms:hook("muc-room-destroyed", function(event)
		local people = array();
		for _, person in pairs(event.room.lab.people) do people:push(person); end
		tell("room/destroyed", "muc-room-destroyed", event.room, {
			created_at = event.room.lab.created_at; destroyed_at = os.time();
			all_occupants = #people > 0 and people or {} });
	end, -2);
end);
