-- Who leads the room says the token.
module:hook("muc-occupant-pre-join", function(event)
	local user = event.origin.lab_user;
	if not user then return; end
	local owns = user.affiliation == "owner" or user.moderator == "true" or user.moderator == true;
	event.room:set_affiliation(true, event.occupant.bare_jid, owns and "owner" or "member");
	if owns then event.occupant.role = "moderator"; end
end, -3.5);
