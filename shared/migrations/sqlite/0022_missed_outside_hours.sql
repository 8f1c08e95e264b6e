-- Whether a missed call came outside the line's opening hours: then it is due when they begin again.
ALTER TABLE missed_call ADD COLUMN outside_hours INTEGER NOT NULL DEFAULT 0;
