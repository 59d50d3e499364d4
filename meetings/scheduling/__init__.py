"""From a wish to a promise: claimed, judged, refused with ways out, or booked."""
