-- The name shown is the token's, whatever a client says.
local NICK = "http://jabber.org/protocol/nick";

local function freeze(event)
	local user = event.origin and event.origin.lab_user;
	if not user or not user.name then return; end
	event.stanza:remove_children("nick", NICK);
	event.stanza:text_tag("nick", user.name, { xmlns = NICK });
end

module:hook("pre-presence/bare", freeze);
module:hook("pre-presence/full", freeze);
