-- How many are in each room, the focus not counted.
local json = require "util.json";
local array = require "util.array";

module:depends("http");
module:provides("http", {
	default_path = "/";
	route = { ["GET room-census"] = function()
		local rooms = array();
		local muc = prosody.hosts[module:get_option_string("main_muc")].modules.muc;
		for room in muc.all_rooms() do
			local inside = -1;
			for _ in room:each_occupant() do inside = inside + 1; end
			rooms:push({ room_name = room.jid; participants = inside });
		end
		return json.encode({ room_census = #rooms > 0 and rooms or {} });
	end };
});
