-- How common the words of names are. The index has them for contacts that were joined with no other alone, and of such an
-- index the planner learns nothing: it took every name for one in fifty, and a search in a big house looked for a rare one
-- among the newest contacts only.
create statistics contact_name_words on (search_words(name)) from contact;
analyze contact;
