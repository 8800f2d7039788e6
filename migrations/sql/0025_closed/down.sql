drop index conversation_closed_in;
