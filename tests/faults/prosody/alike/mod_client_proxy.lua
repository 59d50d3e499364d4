-- Hands questions to the focus, whichever its connection is, and its answers back.
local jid = require "util.jid";

local target = module:get_option_string("target_address");
local there;

local function pass(event)
	local stanza = event.stanza;
	local _, _, asker = jid.split(stanza.attr.to);
	if jid.bare(stanza.attr.from) == target then
		if stanza.name == "presence" then
			there = stanza.attr.type == nil and stanza.attr.from or nil;
		elseif stanza.name == "iq" and asker then
			stanza.attr.from, stanza.attr.to = module.host, asker;
			module:send(stanza);
		end
	elseif stanza.name == "iq" and there then
		stanza.attr.from, stanza.attr.to = module.host .. "/" .. stanza.attr.from, there;
		module:send(stanza);
	end
	return true;
end

for _, kind in ipairs({ "iq", "presence", "message" }) do
	for _, part in ipairs({ "host", "bare", "full" }) do
		module:hook(kind .. "/" .. part, pass, -1);
	end
end
