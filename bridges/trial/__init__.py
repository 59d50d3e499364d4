"""The trial bridge: Jitsi's wire surfaces and peer-to-peer pictures, built in.

It stands where a Jitsi deployment stands and is spoken to only by HTTP and WebSocket, so every
way through the house that works on it works on real Jitsi.  It imports nothing of the house.

`model`, `tokens`, `events`, `reservations`, `wire`, `rooms` and `surfaces` decide and do no I/O;
`config` is what the program gives, `sending` makes the requests, `asking` and `admission` let
people in, `sockets`, `pages` and `control` answer HTTP, `app` puts them together.  `simulate` and
`past` are the other side: halls made of software.
"""
