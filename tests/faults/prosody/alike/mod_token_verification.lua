-- A token opens its own room and no other; whoever administers the rooms needs none.
local jid = require "util.jid";
local st = require "util.stanza";

local admins = module:get_option_set("admins", {});

local function check(event)
	local stanza, claims = event.stanza, event.origin.lab_claims;
	if admins:contains(jid.bare(stanza.attr.from)) then return; end
	local room, host = jid.split(stanza.attr.to);
	if claims and claims.room:lower() == room and "conference." .. claims.sub:lower() == host then
		return;
	end
	event.origin.send(st.error_reply(stanza, "cancel", "not-allowed", "not this token's room"));
	return true;
end

module:hook("muc-room-pre-create", check, 99);
module:hook("muc-occupant-pre-join", check, 99);
