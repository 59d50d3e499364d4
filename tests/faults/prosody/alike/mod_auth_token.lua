-- Lets in by a token of HS256 in the address of the websocket, as Jitsi's module of that name does.
local formdecode = require "util.http".formdecode;
local jwt = require "util.jwt";
local sasl = require "util.sasl";
local uuid = require "util.uuid".generate;

local secret = module:get_option_string("app_secret");
local issuers = module:get_option_set("asap_accepted_issuers", {});
local audiences = module:get_option_set("asap_accepted_audiences", {});

module:hook_global("websocket-session", function(event)
	local query = event.request.url.query;
	event.session.lab_token = query and formdecode(query).token;
end);

local function read(token)
	if not token then return nil; end
	local verify = jwt.new_verifier and jwt.new_verifier("HS256", secret)
		or function(told) return jwt.verify(secret, told); end
	local good, claims = verify(token);
	return good and type(claims) == "table" and claims;
end

local function fits(claims)
	local now = os.time();
	return type(claims.exp) == "number" and now < claims.exp and now >= (claims.nbf or 0)
		and issuers:contains(claims.iss) and audiences:contains(claims.aud)
		and claims.room ~= nil and claims.sub ~= nil;
end

local function sign_in(session)
	local claims = read(session.lab_token);
	if not claims or not fits(claims) then
		return false, "not-allowed", "no good token";
	end
	session.lab_claims = claims;
	session.lab_user = claims.context and claims.context.user or {};
	return true;
end

module:provides("auth", {
	get_sasl_handler = function(session)
		return sasl.new(module.host, { anonymous = function() return sign_in(session); end });
	end;
	user_exists = function() return nil; end;
});

sasl.registerMechanism("ANONYMOUS", { "anonymous" }, function(self)
	local name = uuid();
	local good, condition, text = self.profile.anonymous(self, name, self.realm);
	if not good then return "failure", condition, text; end
	self.username = name;
	return "success";
end);
