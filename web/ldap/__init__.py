"""The directory service (LDAP, Active Directory): whom it knows, whether a password is right."""
