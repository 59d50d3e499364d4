-- What is asked of a room is asked once while it is under way, also by two at once; a call is ordered once.

UPDATE room_actions a SET state = 'unconfirmed', settled_at = a.asked_at
 WHERE a.state = 'asked'
   AND EXISTS (SELECT FROM room_actions b
                WHERE b.conference_id = a.conference_id AND b.action = a.action
                  AND b.subject = a.subject AND b.state = 'asked' AND b.id < a.id);
CREATE UNIQUE INDEX room_actions_once ON room_actions (conference_id, action, subject)
    WHERE state = 'asked';                                    -- the same is under way once

-- When a bridge was first told to call; NULL: not yet, or it was not reached.
ALTER TABLE room_actions ADD COLUMN ordered_at TIMESTAMPTZ;
