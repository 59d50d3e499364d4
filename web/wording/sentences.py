"""What a person reads for each stable code: errors of requests and of single fields.

English is the msgid; Vietnamese stands in the catalogue.  `%(name)s` is filled from the
problem's values.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from aiohttp import web

from web.i18n import N_, translate
from web.wording.bridge_sentences import BRIDGES
from web.wording.clearer_sentences import clearer
from web.wording.file_sentences import FILES
from web.wording.use_sentences import USES

SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        # requests
        "bad-request": N_("The request cannot be read."),
        "not-signed-in": N_("Please sign in first."),
        "forbidden": N_("Your role does not allow this."),
        "too-many-to-show": N_("These are too many to show. Choose a unit or a shorter time."),
        "not-found": N_("There is nothing at this address."),
        "method-not-allowed": N_("This address does not take such a request."),
        "not-acceptable": N_("This cannot be given in the wanted format."),
        "too-large": N_("The request is too large."),
        "unsupported-media-type": N_("The body of the request is of a kind that is not read here."),
        "cross-site": N_("The form is too old or came from another site. Open the page again."),
        "directory-person": N_("This person signs in with the password of the directory service."),
        "bad-credentials": N_("The login or the password is not right."),
        "wrong-secret": N_("The bridge does not know our secret. Please tell the technicians."),
        "too-many-tries": N_("Too many failed tries. Please wait a little and try again."),
        "too-busy": N_("Too many people sign in at this moment. Please try again."),
        "directory-down": N_(
            "The directory service of your office does not answer, so your password cannot be"
            " checked now. Please try again in a while."
        ),
        "database-down": N_("The service is interrupted for a moment. Please try again."),
        "unavailable": N_("This part of the service is not available now."),
        "internal": N_("Something went wrong on our side. It has been recorded."),
        "link-used": N_("This one-time link is no longer valid. Ask for a new one."),
        "link-void": N_(
            "Your roles were changed after this link was made, so it is no longer valid. Ask for a"
            " new one."
        ),
        "weak-password": N_("Choose a password of 10 to 128 characters that is not well known."),
        "bad-form": N_("Some fields need another look."),
        "precondition-required": N_("Say which version you change (If-Match)."),
        # meetings
        "conference-not-found": N_("There is no such conference."),
        "sites-not-found": N_("Some halls do not exist on that day."),
        "officials-not-found": N_("Some officials are not in office on that day."),
        "already-there": N_("The unit has one of that name already."),
        "official-busy": N_("Somebody who is wanted is taken at that time."),
        "line-busy": N_("A shared line is taken at that time."),
        "blacked-out": N_("Something that is wanted cannot be had at that time."),
        "quota-reached": N_("The host has as many open conferences as it may have."),
        "beyond-horizon": N_("Nothing is booked so far ahead."),
        "unit-not-found": N_("There is no such unit on that day."),
        "group-not-found": N_("There is no such group of halls."),
        "site-busy": N_("Some halls are already taken at that time."),
        "no-seats": N_("The bridges cannot carry so many halls at that time."),
        "illegal-move": N_("The conference can no longer be changed in this way."),
        "stale-version": N_("Somebody else has changed it meanwhile. Look at it again."),
        "stale-entry": N_("Somebody else has changed it meanwhile. Look at it again."),
        "in-the-past": N_("The time lies in the past."),
        "idempotency-key-reused": N_("The idempotency key was used for another request."),
        "in-progress": N_("The same request is still at work."),
        "contended": N_("Others book the same halls at this moment. Please try again."),
        "directory-not-found": N_("There is no such directory of units."),
        "login-taken": N_("Somebody has this login already."),
        "roles-led": N_("The directory service says what this person may do."),
        "not-oneself": N_("Nobody takes their own rights away."),
        "last-admin": N_("Nobody would be left who administers everything and can sign in."),
        "person-not-found": N_("There is no such person."),
        "province-not-found": N_("There is no province of that code."),
        "provinces-unavailable": N_("The lists of other provinces are not installed."),
        "bad-rows": N_("Some rows of the file are wrong."),
        "group-exists": N_("There is a group of that code already."),
        "correction-not-found": N_("There is no such correction."),
        "correction-decided": N_("Somebody has decided about this already."),
        "stale-correction": N_(
            "The record was changed after this was proposed. Refuse it, or let it be proposed anew."
        ),
        "hall-name-taken": N_("Another hall of the unit has this name."),
        "nothing-to-correct": N_("Nothing would be different."),
        "contact-not-found": N_("There is no such contact."),
        "stale-record": N_("Somebody else has changed the record meanwhile. Look at it again."),
        "bad-reform-date": N_("The unit cannot change on that day."),
        "unit-has-become": N_("That unit has ended: what it became is on record and stays."),
        "unit-code-taken": N_("Another unit has this code then."),
        "headcount": N_("A hall cannot hold so many people."),
        "line-test-not-found": N_("The conference has no line test."),
        "line-test-exists": N_("The conference has a line test already."),
        "line-test-of-a-test": N_("Only conferences that are still to come have a line test."),
        "poll-not-found": N_("There is no such poll."),
        "poll-over": N_("This poll is over."),
        "template-not-found": N_("There is no such template."),
        "template-taken": N_("The office has a template of this name."),
        "sites-retired": N_("Some halls are no longer in use on that day."),
        "document-not-found": N_("There is no such document."),
        "document-missing": N_("The file is not on this machine. Ask the administrator."),
        "too-many-documents": N_("A conference holds at most 200 documents."),
        "uploads-off": N_("Files are not taken here. Add a link to the document system."),
        "lying-file": N_(
            "The content of the file is not what its name says, or of a kind that is not taken."
        ),
        "disk-full": N_("There is no room for the file on the server. Tell the administrator."),
        "file-too-large": N_("The file is larger than 50 MB."),
        "empty-file": N_("There is nothing in the file."),
        "foreign-host": N_("Only addresses of the document system are taken."),
        "bad-segments": N_(
            "The parts must follow each other without a gap, inside the conference."
        ),
        "secret-content": N_(
            "This carries a mark of state secrecy. Secret content must not enter this system:"
            " hold such a conference as the rules on state secrets say, over a protected line."
        ),
        "secrecy-unconfirmed": N_("Confirm that nothing of it is a state secret."),
        "only-not-secret": N_(
            "Only “khong-mat” (không mật) is taken: nothing secret is held here."
        ),
        # series
        "series-not-found": N_("There is no such series."),
        "series-clash": N_("Dates of the series cannot be held; nothing was booked."),
        "series-moves-one": N_(
            "Only one date can be moved to another day here; the series' own page moves all."
        ),
        "date-not-skipped": N_("The series has not left out this date."),
        "bad-rule": N_("This rule cannot be read."),
        "rule-too-often": N_("A series repeats by days, weeks, months or years."),
        "rule-without-end": N_("Say how often or until when it repeats."),
        "rule-too-long": N_("A series has 2,610 dates at most and ends within ten years."),
        "series-too-large": N_(
            "Dates times halls are 30,000 at most: end the series earlier, or book it in parts."
        ),
        "rule-without-dates": N_("This rule gives no date."),
        "bad-zone": N_("There is no such time zone."),
        # office calendar
        "calendar-day-not-found": N_("There is no such entry in the office calendar."),
        "calendar-day-taken": N_("This day stands in the office calendar already."),
        "not-worked": N_("Offices are closed on Saturdays and Sundays anyhow."),
        "no-weekend": N_("Only a Saturday or Sunday can be worked in exchange."),
        "bad-day-of-year": N_("Type a day of the year up to the 28th, such as 16/04."),
        "not-your-turn": N_("Somebody else is to answer this request now."),
        "displacement-unseen": N_("Look first at which conferences would give way."),
        "not-displaceable": N_("A conference in the way does not give way to this one."),
        "not-waiting": N_("This does not stand on the waiting list."),
        "stale-chain": N_("Somebody else has changed the chain meanwhile. Look at it again."),
        "deputy-not-found": N_("There is no such deputy any more."),
        "not-yours-to-lend": N_("You can only lend a role that you hold there yourself."),
        "not-fit-as-deputy": N_("This person cannot stand in for you."),
        "days-over": N_(
            "These days are over, end before they begin, or end more than a year ahead."
        ),
        "submission-not-found": N_("There is no such submission."),
        "submission-closed": N_("This submission waits no more. Look at it again."),
        "hand-over-waits": N_("This is offered to somebody already; take that offer back first."),
        "no-hand-over": N_("Nothing is offered to you here any more."),
        "not-fit-to-own": N_("This person does not book for the host."),
        "chain-not-found": N_("There is no such chain of approval."),
        "chain-exists": N_("The unit has a chain for that kind already."),
        # monitoring
        "device-not-found": N_("There is no such device."),
        "device-exists": N_("The hall has a device of that name already."),
        "target-not-found": N_("There is no such target."),
        "unseen": N_("The address cannot be looked at from here."),
        "no-answer": N_("The address does not answer."),
        "bad-target": N_("This cannot be looked at."),
        # fields
        "bad-gateway": N_("This is no address of a room system, such as sip:hall@gw.example.vn."),
        "unknown-logins": N_("Nobody who may sign in has these logins: %(logins)s."),
        "bad-network": N_("This is no network such as 10.20.0.0/16."),
        "bad-secret": N_("This cannot be such a secret: see the rules beside the field."),
        "required": N_("This field is needed."),
        "bad-number": N_("Type a telephone number of 3 to 20 digits."),
        "unknown-field": N_("This field is not known here."),
        "repeated": N_("This name is given twice."),
        "too-long": N_("At most %(most)s characters fit here."),
        "too-many": N_("At most %(most)s can be chosen."),
        "not-a-choice": N_("This is none of the choices."),
        "out-of-range": N_("This number is out of range."),
        "bad-form-of-text": N_("This is not written as it must be."),
        "bad-characters": N_("This holds characters that cannot be shown."),
        "not-a-text": N_("This must be a text."),
        "not-a-number": N_("This must be a whole number."),
        "not-yes-or-no": N_("This must be true or false."),
        "not-a-list": N_("This must be a list."),
        "not-an-object": N_("The body must be a JSON object."),
        "wrong": N_("This cannot be right."),
        "bad-date": N_("Type a day such as 25/11/2026."),
        "far-date": N_("Days from 01/01/2000 to 31/12/2099 are taken."),
        "bad-clock-time": N_("Type a time such as 8h, 08:00 or 8 giờ 30."),
        "bad-time": N_("This is no time such as 2026-11-25T08:00:00+07:00."),
        "naive-time": N_("The time must say its offset, such as +07:00."),
        "end-before-start": N_("The end must come after the start."),
        "next-day-not-ticked": N_(
            "The end must come after the start; if it ends on the next day, please tick that."
        ),
        "too-long-a-time": N_("A conference lasts 24 hours at most."),
        "one-of-three": N_("Name one hall, one official or one line."),
        "too-long-a-black-out": N_("A black-out lasts 366 days at most."),
        "bad-cursor": N_("This place in the list is not known."),
        "bad-key": N_("A key has 1 to 255 visible ASCII characters."),
        "bad-address": N_("This is no address that can be used."),
        "too-short": N_("At least %(least)s characters are needed."),
        "bad-host": N_("This is no name or address of a machine."),
        "forbidden-address": N_("Machines at this address may not be looked at."),
        "bad-port": N_("This way of looking needs a port from 1 to 65535."),
        "no-port-for-icmp": N_("A ping has no port."),
        "bad-path": N_("A path begins with / and has no blanks."),
        "bad-name": N_("A name has 1 to 100 visible characters."),
        "passwords-differ": N_("The two passwords are not the same."),
        **BRIDGES,
        **USES,
    }
)


def say(request: web.Request, code: str, **values: object) -> str:
    """Return the sentence of a code in the request's language, or an unknown code itself."""
    sentence = clearer(code, values) or SENTENCES.get(code) or FILES.get(code)
    return translate(request, sentence) % values if sentence else code
