-- What is closed, by queue: who sees a quiet one among many finds its last without reading those of all others.
create index conversation_closed_in on conversation (queue_id, closed_at desc) where state = 'closed';
