-- Calls with the rooms of a host, as soon as they are there.
return function(muc_host, follow)
	local function begin() follow(module:context(muc_host)); end
	if prosody.hosts[muc_host] then
		begin();
	else
		prosody.events.add_handler("host-activated", function(host)
			if host == muc_host then begin(); end
		end);
	end
end
