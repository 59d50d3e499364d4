-- Asks whether a room may be made, before the focus is asked for it; tells when it is gone.
local array = require "util.array";
local datetime = require "util.datetime";
local http = require "net.http";
local formencode = require "util.http".formencode;
local jid = require "util.jid";
local json = require "util.json";
local st = require "util.stanza";
local timer = require "util.timer";

local FOCUS = "http://jitsi.org/protocol/focus";
local prefix = module:get_option_string("reservations_api_prefix");
local headers = module:get_option("reservations_api_headers", {});
local heeds_seats = module:get_option_boolean("reservations_enable_max_occupants", false);
local muc_host = module:get_option_string("main_muc");
local tries = module:get_option_number("reservations_api_retry_count", 3) + 1;
local PAUSE, PATIENCE, REMEMBERED = 3, 20, 30;
local known = {};

local function call(path, options, told, try)
	local done = false;
	options.headers = headers;
	http.request(prefix .. path, options, function(body, code)
		if done then return; end
		done = true;
		if (code == 0 or code >= 500) and (try or 1) < tries then
			timer.add_task(PAUSE, function() call(path, options, told, (try or 1) + 1); end);
		else
			told(body, code);
		end
	end);
	timer.add_task(PATIENCE, function()
		if not done then done = true; told(nil, 500); end
	end);
end

local function refuse(event, code, text)
	event.origin.send(st.error_reply(event.stanza, "cancel", "service-unavailable", text)
		:tag("reservation-error", { xmlns = FOCUS; ["error-code"] = tostring(code) }));
end

local function settle(room)
	for _, event in ipairs(room.waiting) do
		if room.ends and os.time() <= room.ends then
			prosody.core_post_stanza(event.origin, event.stanza, false);
		else
			refuse(event, room.code, room.text);
		end
	end
	room.waiting = array();
end

local function learn(room, node, body, code)
	local answer = type(body) == "string" and json.decode(body) or {};
	local begins = type(answer.start_time) == "string" and datetime.parse(answer.start_time);
	local lasts = tonumber(answer.duration);
	if (code == 200 or code == 201) and answer.id and answer.mail_owner and begins and lasts
		and tostring(answer.name):lower() == node then
		room.id, room.ends, room.seats = answer.id, begins + lasts, tonumber(answer.max_occupants);
	else
		room.text = answer.message or "Rejected";
		room.code, room.forget_at = code, os.time() + REMEMBERED;
	end
	settle(room);
end

local function ask(address, room, owner)
	local node = jid.node(address);
	local form = { name = node; start_time = datetime.datetime(); mail_owner = owner };
	call("/conference", { method = "POST"; body = formencode(form) }, function(body, code)
		learn(room, node, body, code);
	end);
end

module:hook("pre-iq/host", function(event)
	local stanza = event.stanza;
	local asked = stanza:get_child("conference", FOCUS);
	if not asked or stanza.attr.type ~= "set" then return; end
	local address = jid.prep(asked.attr.room);
	if prosody.hosts[muc_host].modules.muc.get_room_from_jid(address) then return; end
	local room = known[address];
	if not room or (room.forget_at and os.time() > room.forget_at) then
		room = { waiting = array() };
		known[address] = room;
		room.waiting:push(event);
		ask(address, room, jid.bare(stanza.attr.from));
	else
		room.waiting:push(event);
		if room.ends or room.code then settle(room); end
	end
	return true;
end);

module:require("rooms")(muc_host, function(rooms)
	rooms:hook("muc-room-created", function(event)
		local room = known[event.room.jid];
		if room and heeds_seats then event.room._data.max_occupants = room.seats; end
	end);
	rooms:hook("muc-room-destroyed", function(event)
		local room = known[event.room.jid];
		known[event.room.jid] = nil;
		if room and room.id then
			call("/conference/" .. room.id, { method = "DELETE" }, function() end);
		end
	end, -1);
end);
