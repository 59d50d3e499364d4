-- A room takes as many as its grant says.
local st = require "util.stanza";
local jid = require "util.jid";

local most = module:get_option_number("muc_max_occupants", 0);
local uncounted = module:get_option_set("muc_access_whitelist", {});

module:hook("muc-occupant-pre-join", function(event)
	if uncounted:contains(jid.bare(event.stanza.attr.from)) then return; end
	local inside = 0;
	for _, occupant in event.room:each_occupant() do
		if not uncounted:contains(occupant.bare_jid) then inside = inside + 1; end
	end
	if inside >= (event.room._data.max_occupants or most) then
		event.origin.send(st.error_reply(event.stanza, "cancel", "service-unavailable"));
		return true;
	end
end, 10);
