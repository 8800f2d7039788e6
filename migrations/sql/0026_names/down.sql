drop statistics contact_name_words;
