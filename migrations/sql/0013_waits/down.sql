drop index event_waits;
