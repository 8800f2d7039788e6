//! Who may do what, to which conversations. The one access rule: pages, lists, counts, sockets and media ask it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{ConversationState, PersonId, QueueId, words::words};

words! {
    /// What can be permitted (security.md §1). A role gives each with a [`Scope`].
    Permission {
        /// Read conversations and their messages.
        ConversationRead = "conversation.read",
        /// Answer customers.
        ConversationReply = "conversation.reply",
        /// Write internal notes.
        ConversationNote = "conversation.note",
        /// Take an unassigned conversation.
        ConversationClaim = "conversation.claim",
        /// Give a conversation to a person.
        ConversationAssign = "conversation.assign",
        /// Move a conversation to a queue.
        ConversationTransfer = "conversation.transfer",
        /// Close conversations.
        ConversationClose = "conversation.close",
        /// Open closed conversations again.
        ConversationReopen = "conversation.reopen",
        /// Put conversations aside until a time or an answer, and fetch them back.
        ConversationSnooze = "conversation.snooze",
        /// Give conversations tags that are in use, and take tags away.
        ConversationTag = "conversation.tag",
        /// Say how urgent a conversation is.
        ConversationPriority = "conversation.priority",
        /// Do one thing to many conversations; each is within the reach of what is done.
        ConversationBulk = "conversation.bulk",
        /// Make tags that are not in use yet.
        TagManage = "tag.manage",
        /// Send a message again whose fate is unknown or bad.
        MessageResend = "message.resend",
        /// See a contact's full phone and addresses.
        ContactPiiReveal = "contact.pii.reveal",
        /// Write on a contact: name, VIP, owner, language, fields.
        ContactUpdate = "contact.update",
        /// Join two contacts that are one person, and take that back.
        ContactMerge = "contact.merge",
        /// Keep a contact's messages from asking anybody for anything.
        ContactBlock = "contact.block",
        /// See what a customer deleted.
        MessageOriginal = "message.original",
        /// See messages of unknown kinds as they came.
        MessageRaw = "message.raw",
        /// See queues and their figures.
        QueueRead = "queue.read",
        /// See who is at work.
        PresenceRead = "presence.read",
        /// Change a colleague's presence.
        PresenceSetOther = "presence.set_other",
        /// See the names of people.
        UserRead = "user.read",
        /// Create people and one-time links.
        UserInvite = "user.invite",
        /// See how conversations are routed, and rehearse it.
        RoutingRead = "routing.read",
        /// Change, publish and roll back how conversations are routed.
        RoutingManage = "routing.manage",
        /// See channels, without secrets.
        ChannelRead = "channel.read",
        /// Connect and change channels.
        ChannelManage = "channel.manage",
        /// See templates and what the vendor thinks of them.
        TemplateRead = "template.read",
        /// Write, submit, change and delete templates.
        TemplateManage = "template.manage",
        /// See what was quarantined.
        QuarantineRead = "quarantine.read",
        /// Apply receipts of the ledger again.
        ReceiptReplay = "receipt.replay",
        /// Decide which fields contacts have.
        AttributeManage = "attribute.manage",
        /// Decide with what conversations are closed.
        OutcomeManage = "outcome.manage",
        /// Write macros: own ones, a team's, everybody's.
        MacroManage = "macro.manage",
        /// Keep views of lists for everybody.
        ViewShare = "view.share",
        /// Read the audit.
        AuditRead = "audit.read",
    }
}

words! {
    /// How far a permission reaches. Each contains the one before.
    Scope {
        /// What is assigned to me.
        Own = "own",
        /// Own, and what is unassigned in queues I serve.
        Queue = "queue",
        /// All in the queues of my teams.
        Team = "team",
        /// Everything.
        All = "all",
    }
}

/// A signed-in person and what they may do, as read from the database a few seconds ago at most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    /// Who.
    pub person: PersonId,
    /// What the role gives.
    pub grants: BTreeMap<Permission, Scope>,
    /// Queues the person serves as an agent.
    pub serves: BTreeSet<QueueId>,
    /// Queues of the person's teams.
    pub team_queues: BTreeSet<QueueId>,
    /// Of the queues the person serves, those in which colleagues answer for each other.
    pub shares: BTreeSet<QueueId>,
}

/// What the access rule needs to know about a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationFacts {
    /// Its holder.
    pub assignee: Option<PersonId>,
    /// Its queue.
    pub queue: QueueId,
    /// Its state.
    pub state: ConversationState,
    /// Who held it last: put aside it is theirs, and closed they may read it.
    pub last_holder: Option<PersonId>,
    /// Once it is closed: who holds an open conversation of the same contact, unless its queue is confidential.
    pub holders_beside: Vec<PersonId>,
}

/// The set of conversations a permission reaches, in a form that memory and SQL can both apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visibility {
    /// None at all.
    Nothing,
    /// Everything.
    Everything,
    /// Held by the person, or unassigned and open in `unassigned_in`, or in `all_in`; closed and snoozed ones that the
    /// person held last, and, if `beside`, closed ones of contacts whom they serve now. What was put aside by whoever
    /// held it is theirs and not the whole queue's.
    Some {
        /// The person.
        person: PersonId,
        /// Queues whose unassigned conversations are seen.
        unassigned_in: BTreeSet<QueueId>,
        /// Queues seen whole.
        all_in: BTreeSet<QueueId>,
        /// Whether holding a contact's open conversation opens their closed ones.
        beside: bool,
    },
}

impl Visibility {
    /// Whether one conversation is in the set.
    #[must_use]
    pub fn contains(&self, facts: &ConversationFacts) -> bool {
        match self {
            Self::Nothing => false,
            Self::Everything => true,
            Self::Some { person, unassigned_in, all_in, beside } => {
                facts.assignee == Some(*person)
                    || all_in.contains(&facts.queue)
                    || match facts.state {
                        ConversationState::Closed => {
                            facts.last_holder == Some(*person)
                                || (*beside && facts.holders_beside.contains(person))
                        }
                        ConversationState::Snoozed if facts.last_holder.is_some() => {
                            facts.last_holder == Some(*person)
                        }
                        _ => facts.assignee.is_none() && unassigned_in.contains(&facts.queue),
                    }
            }
        }
    }
}

impl Principal {
    /// The scope of a permission; `None` when the role does not give it.
    #[must_use]
    pub fn scope(&self, permission: Permission) -> Option<Scope> {
        self.grants.get(&permission).copied()
    }

    /// Whether the role gives the permission at all, with whatever scope.
    #[must_use]
    pub fn holds(&self, permission: Permission) -> bool {
        self.grants.contains_key(&permission)
    }

    /// The conversations a permission reaches.
    #[must_use]
    pub fn reach(&self, permission: Permission) -> Visibility {
        let none = BTreeSet::new();
        // Who answers for a colleague reads what was said, and leaves them a note; what becomes of it stays the holder's.
        let shares = match permission {
            Permission::ConversationRead | Permission::ConversationReply | Permission::ConversationNote => {
                &self.shares
            }
            _ => &none,
        };
        let some = |unassigned_in: &BTreeSet<QueueId>, all_in: &BTreeSet<QueueId>| Visibility::Some {
            person: self.person,
            unassigned_in: unassigned_in.clone(),
            all_in: all_in | shares,
            beside: permission == Permission::ConversationRead,
        };
        match self.scope(permission) {
            None => Visibility::Nothing,
            Some(Scope::Own) => some(&none, &none),
            Some(Scope::Queue) => some(&self.serves, &none),
            Some(Scope::Team) => some(&self.serves, &self.team_queues),
            Some(Scope::All) => Visibility::Everything,
        }
    }

    /// Whether the person may do this to that conversation.
    #[must_use]
    pub fn can(&self, permission: Permission, facts: &ConversationFacts) -> bool {
        self.reach(permission).contains(facts)
    }

    /// Whether the person may see that conversation. Pushes, pages and searches ask this one question.
    #[must_use]
    pub fn can_see(&self, facts: &ConversationFacts) -> bool {
        self.can(Permission::ConversationRead, facts)
    }

    /// Whether the person sees that conversation only because they see everything. Such a look leaves an audit line.
    #[must_use]
    pub fn sees_as_an_outsider(&self, facts: &ConversationFacts) -> bool {
        self.scope(Permission::ConversationRead) == Some(Scope::All)
            && facts.assignee != Some(self.person)
            && !self.serves.contains(&facts.queue)
            && !self.team_queues.contains(&facts.queue)
    }

    /// Whether a queue's figures are within a permission's reach.
    #[must_use]
    pub fn reaches_queue(&self, permission: Permission, queue: QueueId) -> bool {
        match self.scope(permission) {
            None | Some(Scope::Own) => false,
            Some(Scope::Queue) => self.serves.contains(&queue),
            Some(Scope::Team) => self.serves.contains(&queue) || self.team_queues.contains(&queue),
            Some(Scope::All) => true,
        }
    }
}

/// The roles every installation starts with: name and grants (security.md §1).
#[must_use]
pub fn ready_made_roles() -> [(&'static str, BTreeMap<Permission, Scope>); 3] {
    use Permission as P;
    use Scope::{All, Own, Queue, Team};
    let agent = BTreeMap::from([
        (P::ConversationRead, Queue),
        (P::ConversationReply, Own),
        (P::ConversationNote, Own),
        (P::ConversationClaim, Queue),
        (P::ConversationTransfer, Own),
        (P::ConversationClose, Own),
        (P::ConversationReopen, Own),
        (P::ConversationSnooze, Own),
        (P::ConversationTag, Own),
        (P::ConversationPriority, Own),
        (P::ConversationBulk, Queue),
        (P::MessageResend, Own),
        (P::ContactPiiReveal, Own),
        (P::ContactUpdate, Own),
        (P::QueueRead, Queue),
        (P::PresenceRead, Queue),
        (P::UserRead, Queue),
        (P::TemplateRead, All),
        (P::MacroManage, Own),
    ]);
    let mut supervisor: BTreeMap<P, Scope> = agent.keys().map(|permission| (*permission, Team)).collect();
    supervisor.extend([
        (P::ContactMerge, Team),
        (P::ContactBlock, Team),
        (P::TagManage, Team),
        (P::MessageRaw, Team),
        (P::ConversationAssign, Team),
        (P::PresenceSetOther, Team),
        (P::ChannelRead, Team),
        // Routing is one document for the whole company.
        (P::RoutingRead, All),
        // Templates belong to an account, not to a team.
        (P::TemplateRead, All),
        (P::ViewShare, All),
    ]);
    let admin = P::ALL.iter().map(|permission| (*permission, All)).collect();
    [("agent", agent), ("supervisor", supervisor), ("admin", admin)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person_with(role: &str, serves: &[QueueId], team_queues: &[QueueId]) -> Principal {
        let grants = ready_made_roles().into_iter().find(|(name, _)| *name == role).unwrap().1;
        Principal {
            person: PersonId::new(),
            grants,
            serves: serves.iter().copied().collect(),
            team_queues: team_queues.iter().copied().collect(),
            shares: BTreeSet::new(),
        }
    }

    fn held_by(assignee: Option<PersonId>, queue: QueueId) -> ConversationFacts {
        let state = if assignee.is_some() { ConversationState::Assigned } else { ConversationState::Queued };
        ConversationFacts { assignee, queue, state, last_holder: assignee, holders_beside: Vec::new() }
    }

    fn closed(last_holder: PersonId, queue: QueueId) -> ConversationFacts {
        ConversationFacts {
            assignee: None,
            queue,
            state: ConversationState::Closed,
            last_holder: Some(last_holder),
            holders_beside: Vec::new(),
        }
    }

    #[test]
    fn a_closed_conversation_is_its_last_holders_and_not_the_whole_queues() {
        let citas = QueueId::new();
        let (valeria, mateo) = (person_with("agent", &[citas], &[]), person_with("agent", &[citas], &[]));
        let gabriela = person_with("supervisor", &[], &[citas]);
        let done = closed(valeria.person, citas);
        assert!(valeria.can_see(&done));
        assert!(gabriela.can_see(&done));
        assert!(!mateo.can_see(&done));
    }

    #[test]
    fn what_was_put_aside_is_its_last_holders_and_not_the_whole_queues() {
        let (citas, ventas) = (QueueId::new(), QueueId::new());
        let (valeria, mateo) = (person_with("agent", &[ventas], &[]), person_with("agent", &[citas], &[]));
        let gabriela = person_with("supervisor", &[], &[citas]);
        let aside = ConversationFacts { state: ConversationState::Snoozed, ..closed(valeria.person, citas) };
        assert!(valeria.can_see(&aside), "in whatever queue");
        assert!(valeria.can(Permission::ConversationSnooze, &aside));
        assert!(gabriela.can_see(&aside));
        assert!(!mateo.can_see(&aside));
        let nobodys = ConversationFacts { last_holder: None, ..aside };
        assert!(mateo.can_see(&nobodys) && !valeria.can_see(&nobodys));
    }

    #[test]
    fn whoever_serves_a_contact_now_reads_their_closed_ones_and_does_nothing_with_them() {
        let (citas, ventas) = (QueueId::new(), QueueId::new());
        let mateo = person_with("agent", &[ventas], &[]);
        let mut done = closed(PersonId::new(), citas);
        assert!(!mateo.can_see(&done));
        done.holders_beside.push(mateo.person);
        assert!(mateo.can_see(&done));
        assert!(!mateo.can(Permission::ConversationTransfer, &done));
    }

    #[test]
    fn an_agent_sees_her_own_and_the_unassigned_of_her_queues_and_nothing_of_colleagues() {
        let (citas, ventas) = (QueueId::new(), QueueId::new());
        let valeria = person_with("agent", &[citas], &[]);
        let mateo = PersonId::new();
        assert!(valeria.can_see(&held_by(Some(valeria.person), ventas)), "her own, in any queue");
        assert!(valeria.can_see(&held_by(None, citas)));
        assert!(!valeria.can_see(&held_by(None, ventas)));
        assert!(!valeria.can_see(&held_by(Some(mateo), citas)));
        assert!(
            !valeria.can(Permission::ConversationReply, &held_by(None, citas)),
            "reads it, but does not hold it"
        );
    }

    #[test]
    fn where_a_queue_shares_colleagues_read_answer_and_note_and_leave_the_rest_to_the_holder() {
        let (citas, ventas) = (QueueId::new(), QueueId::new());
        let mut valeria = person_with("agent", &[citas, ventas], &[]);
        valeria.shares.insert(citas);
        let mateos = held_by(Some(PersonId::new()), citas);
        for may in [Permission::ConversationRead, Permission::ConversationReply, Permission::ConversationNote]
        {
            assert!(valeria.can(may, &mateos), "{may:?}");
            assert!(!valeria.can(may, &held_by(mateos.assignee, ventas)), "{may:?} where nothing is shared");
        }
        for not in
            [Permission::ConversationClose, Permission::ConversationTransfer, Permission::ContactPiiReveal]
        {
            assert!(!valeria.can(not, &mateos), "{not:?}");
        }
        valeria.grants.remove(&Permission::ConversationReply);
        assert!(!valeria.can(Permission::ConversationReply, &mateos), "a role that can't answer still can't");
    }

    #[test]
    fn a_supervisor_sees_the_queues_of_her_teams_and_no_others() {
        let (citas, otra) = (QueueId::new(), QueueId::new());
        let gabriela = person_with("supervisor", &[], &[citas]);
        assert!(gabriela.can(Permission::ConversationAssign, &held_by(Some(PersonId::new()), citas)));
        assert!(!gabriela.can_see(&held_by(Some(PersonId::new()), otra)));
        assert!(gabriela.reaches_queue(Permission::QueueRead, citas));
        assert!(!gabriela.reaches_queue(Permission::QueueRead, otra));
    }

    #[test]
    fn an_admin_is_an_outsider_where_neither_team_nor_queue_nor_conversation_is_theirs() {
        let (citas, otra) = (QueueId::new(), QueueId::new());
        let alonso = person_with("admin", &[], &[citas]);
        assert!(alonso.sees_as_an_outsider(&held_by(None, otra)));
        assert!(!alonso.sees_as_an_outsider(&held_by(None, citas)));
        assert!(!alonso.sees_as_an_outsider(&held_by(Some(alonso.person), otra)));
        let gabriela = person_with("supervisor", &[], &[citas]);
        assert!(!gabriela.sees_as_an_outsider(&held_by(None, citas)));
    }

    #[test]
    fn scopes_contain_the_ones_before() {
        assert!(Scope::Own < Scope::Queue && Scope::Queue < Scope::Team && Scope::Team < Scope::All);
    }

    #[test]
    fn without_the_permission_nothing_is_reached() {
        let queue = QueueId::new();
        let mut nobody = person_with("agent", &[queue], &[queue]);
        nobody.grants.clear();
        assert!(!nobody.can_see(&held_by(Some(nobody.person), queue)));
    }
}
