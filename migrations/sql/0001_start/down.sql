-- Back to an empty database. Extensions stay: others may use them.
drop table audit, job, lease, relay, event, quarantine, receipt, template, read_mark, assignment, status_report,
    delivery_attempt, delivery, message, conversation, identity, contact, channel_secret, channel, presence, queue_skill,
    queue_team, queue_member, queue, person_skill, skill, team_member, team, sign_in_failure, one_time_link, session,
    person, role_permission, role;
drop sequence thread_position;
drop function audit_is_append_only();
