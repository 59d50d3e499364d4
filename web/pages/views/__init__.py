"""The schedule from every side: day, week, month, hall, leader, and on paper."""
