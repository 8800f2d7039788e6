//! One queue.

use domain::QueueId;
use routing::{
    Policy, Promise,
    check::Field as Spot,
    policy::{
        AgentSilence, CalendarId, CustomerSilence, LapsedOffer, Late, LateAction, Messages, Mode, Overflow,
        Queue, Relaxation, Relaxed, SilentAgent, Sticky, StickyTo, Targets, Thresholds,
    },
};
use views::routing::{
    Typed,
    form::{Control, Maker, Part, queues, skills},
};

use super::{Reader, calendars, people, teams};
use crate::pages::routing::Company;

const STICKY: [(&str, &str, StickyTo); 3] = [
    ("owner", "routing-sticky-owner", StickyTo::Owner),
    ("last_agent", "routing-sticky-last", StickyTo::LastAgent),
    ("owner_or_last_agent", "routing-sticky-both", StickyTo::OwnerOrLastAgent),
];

pub fn fill(policy: &Policy, id: QueueId) -> Typed {
    let queue = policy.queue(id);
    let mut typed = Typed::default();
    typed.set("name", &queue.name);
    typed.set("priority", queue.priority);
    if let Some(calendar) = queue.calendar {
        typed.set("calendar", calendar.0);
    }
    queue.members.iter().for_each(|one| typed.add("members", one));
    queue.served_by.iter().for_each(|one| typed.add("served_by", one));
    queue.teams.iter().for_each(|one| typed.add("teams", one));
    typed.set_levels("skills", &queue.skills);
    typed.set("mode", "push");
    // Offers are short: nobody means minutes.
    typed.set("offer.unit", "s");
    match queue.mode {
        Mode::Push => {}
        Mode::Pull => typed.set("mode", "pull"),
        Mode::Offer { seconds, lapsed } => {
            typed.set("mode", "offer");
            typed.set_span("offer", Some(seconds));
            typed.set("pause_after", lapsed.pause_after);
        }
    }
    if let Some(sticky) = queue.sticky {
        let word = STICKY.iter().find(|(.., to)| *to == sticky.to).map_or("", |(word, ..)| *word);
        typed.set("sticky", word);
        typed.set_span("sticky_wait", Some(sticky.wait));
    }
    typed.set_span("wrap_up", Some(queue.wrap_up));
    typed.set_span("vip", queue.vip_head_start);
    for promise in Promise::ALL {
        typed.set_span(&format!("target_{}", promise.code()), queue.targets.of(promise));
    }
    if queue.shared {
        typed.set("shared", 1);
    }
    typed.set_span("amber", Some(queue.thresholds.amber));
    typed.set_span("red", Some(queue.thresholds.red));
    for (at, step) in queue.relaxation.iter().enumerate() {
        let name = |part: &str| format!("relaxation.{at}.{part}");
        typed.set_span(&name("after"), Some(step.after));
        match &step.relaxed {
            Relaxed::Lower { levels } => {
                typed.set(&name("relaxed"), "lower");
                typed.set(&name("levels"), levels);
            }
            Relaxed::Drop { skill } => {
                typed.set(&name("relaxed"), "drop");
                typed.set(&name("skill"), skill);
            }
            Relaxed::Widen { teams } => {
                typed.set(&name("relaxed"), "widen");
                teams.iter().for_each(|team| typed.add(&name("teams"), team));
            }
        }
    }
    if let Some(overflow) = queue.overflow {
        typed.set("overflow", overflow.to);
        typed.set_span("overflow_after", Some(overflow.after));
    }
    for (at, late) in queue.late.iter().enumerate() {
        let name = |part: &str| format!("late.{at}.{part}");
        typed.set_span(&name("after"), Some(late.after));
        match &late.action {
            LateAction::Tell { message } => {
                typed.set(&name("action"), "tell");
                typed.set_words(&name("message"), Some(message));
            }
            LateAction::Tag { tag } => {
                typed.set(&name("action"), "tag");
                typed.set(&name("tag"), tag);
            }
            LateAction::Alert => typed.set(&name("action"), "alert"),
            LateAction::Move { to } => {
                typed.set(&name("action"), "move");
                typed.set(&name("to"), to);
            }
        }
    }
    typed.set_words("welcome", queue.messages.welcome.as_ref());
    typed.set_words("closed", queue.messages.closed.as_ref());
    typed.set_words("expected_wait", queue.messages.expected_wait.as_ref());
    if let Some(silence) = queue.agent_silence {
        typed.set_span("warn", Some(silence.warn_after));
        if silence.leave_after > 0 {
            typed.set_span("leave", Some(silence.leave_after));
        }
        typed.set("then", if silence.then == SilentAgent::Supervisor { "supervisor" } else { "queue" });
        if silence.pause {
            typed.set("pause", 1);
        }
    }
    if let Some(silence) = &queue.customer_silence {
        typed.set_span("remind", silence.remind_after);
        typed.set_words("reminder", Some(&silence.reminder));
        typed.set_span("close", silence.close_after);
        typed.set("outcome", &silence.outcome);
    }
    typed
}

pub fn tidy(typed: &mut Typed) {
    typed.rows("relaxation", "relaxed", Some("after"));
    typed.rows("late", "action", Some("after"));
}

pub fn parts(make: Maker<'_>, policy: &Policy, company: &Company, id: QueueId) -> Vec<Part> {
    let tx = make.tx;
    let (others, skills) = (queues(policy, Some(id)), skills(policy));
    let count = |name: &str, mark: &str| {
        (0..).take_while(|at| !make.typed.get(&format!("{name}.{at}.{mark}")).is_empty()).count()
    };
    let span = |name: &str, key: &str| make.field(name, key, Control::Span);
    let words = |name: &str, key: &str| make.field(name, key, Control::Words);
    let relaxed = make.keyed(&[
        ("lower", "routing-relaxed-lower"),
        ("drop", "routing-relaxed-drop"),
        ("widen", "routing-relaxed-widen"),
    ]);
    let actions = make.keyed(&[
        ("tell", "routing-late-tell"),
        ("tag", "routing-late-tag"),
        ("alert", "routing-late-alert"),
        ("move", "routing-late-move"),
    ]);
    let modes = make.keyed(&[
        ("push", "routing-mode-push"),
        ("offer", "routing-mode-offer"),
        ("pull", "routing-mode-pull"),
    ]);
    let sticky = make.keyed(&STICKY.map(|(word, key, _)| (word, key)));
    let then = make.keyed(&[("queue", "routing-then-queue"), ("supervisor", "routing-then-supervisor")]);
    vec![
        make.part(
            "basics",
            "routing-part-basics",
            vec![
                make.field("name", "routing-name", Control::Text),
                make.field("priority", "routing-priority", Control::Number(-10, 10))
                    .hint(tx.t("routing-priority-hint")),
                make.field(
                    "calendar",
                    "routing-calendar",
                    make.or_none("routing-always-open", calendars(policy)),
                ),
            ],
        ),
        make.part(
            "people",
            "routing-part-people",
            vec![
                make.field("members", "routing-members", Control::Checks(people(company))),
                make.field("served_by", "routing-served-by", Control::Checks(teams(company)))
                    .hint(tx.t("routing-served-by-hint")),
                make.field("teams", "routing-teams", Control::Checks(teams(company)))
                    .hint(tx.t("routing-teams-hint")),
                make.field("skills", "routing-skills", Control::Levels(skills.clone()))
                    .hint(tx.t("routing-skills-hint")),
                make.field("shared", "routing-shared", Control::Flag).hint(tx.t("routing-shared-hint")),
            ],
        ),
        make.part(
            "mode",
            "routing-part-mode",
            vec![
                make.field("mode", "routing-mode", Control::Choice(modes)),
                span("offer", "routing-offer").when("offer"),
                make.field("pause_after", "routing-pause-after", Control::Number(0, 100))
                    .hint(tx.t("routing-pause-after-hint"))
                    .when("offer"),
                make.field("sticky", "routing-sticky", make.or_none("routing-sticky-nobody", sticky)),
                span("sticky_wait", "routing-sticky-wait").hint(tx.t("routing-sticky-wait-hint")),
                span("wrap_up", "routing-wrap-up").hint(tx.t("routing-wrap-up-hint")),
            ],
        ),
        make.part(
            "targets",
            "routing-part-targets",
            vec![
                span("target_first", "routing-target-first"),
                span("target_next", "routing-target-next"),
                span("target_resolution", "routing-target-resolution"),
                span("vip", "routing-vip").hint(tx.t("routing-vip-hint")),
                span("amber", "routing-amber"),
                span("red", "routing-red"),
            ],
        ),
        Part {
            rows: make.rows("relaxation", count("relaxation", "relaxed"), |name| {
                vec![
                    span(&format!("{name}.after"), "routing-after"),
                    make.field(
                        &format!("{name}.relaxed"),
                        "routing-relaxed",
                        make.or_none("routing-nothing", relaxed.clone()),
                    ),
                    make.field(&format!("{name}.levels"), "routing-relaxed-levels", Control::Number(1, 5))
                        .when("lower"),
                    make.field(
                        &format!("{name}.skill"),
                        "routing-skill",
                        make.or_none("routing-choose", skills.clone()),
                    )
                    .when("drop"),
                    make.field(
                        &format!("{name}.teams"),
                        "routing-relaxed-teams",
                        Control::Checks(teams(company)),
                    )
                    .when("widen"),
                ]
            }),
            about: Some(tx.t("routing-part-relaxation-about")),
            add: Some(tx.t("routing-add-step")),
            ..make.part("relaxation", "routing-part-relaxation", Vec::new())
        },
        Part {
            rows: make.rows("late", count("late", "action"), |name| {
                vec![
                    span(&format!("{name}.after"), "routing-after"),
                    make.field(
                        &format!("{name}.action"),
                        "routing-late",
                        make.or_none("routing-nothing", actions.clone()),
                    ),
                    make.field(&format!("{name}.tag"), "routing-late-tag-name", Control::Text).when("tag"),
                    make.field(
                        &format!("{name}.to"),
                        "routing-queue",
                        make.or_none("routing-choose", others.clone()),
                    )
                    .when("move"),
                    words(&format!("{name}.message"), "routing-message").when("tell"),
                ]
            }),
            about: Some(tx.t("routing-part-late-about")),
            add: Some(tx.t("routing-add-step")),
            ..make.part(
                "late",
                "routing-part-late",
                vec![
                    make.field(
                        "overflow",
                        "routing-overflow",
                        make.or_none("routing-overflow-none", others.clone()),
                    ),
                    span("overflow_after", "routing-after"),
                ],
            )
        },
        Part {
            about: Some(tx.t("routing-part-messages-about")),
            ..make.part(
                "messages",
                "routing-part-messages",
                vec![
                    words("welcome", "routing-welcome").hint(tx.t("routing-welcome-hint")),
                    words("closed", "routing-closed").hint(tx.t("routing-closed-hint")),
                    words("expected_wait", "routing-expected-wait").hint(tx.t("routing-expected-wait-hint")),
                ],
            )
        },
        make.part(
            "silence",
            "routing-part-silence",
            vec![
                span("warn", "routing-warn").hint(tx.t("routing-warn-hint")),
                span("leave", "routing-leave").hint(tx.t("routing-leave-hint")),
                make.field("then", "routing-then", Control::Choice(then)),
                make.field("pause", "routing-pause", Control::Flag),
            ],
        ),
        make.part(
            "customer",
            "routing-part-customer",
            vec![
                span("remind", "routing-remind").hint(tx.t("routing-remind-hint")),
                span("close", "routing-close").hint(tx.t("routing-close-hint")),
                make.field("outcome", "routing-outcome", Control::Text),
                words("reminder", "routing-reminder"),
            ],
        ),
    ]
}

pub fn apply(reader: &mut Reader<'_>, policy: &mut Policy, id: QueueId) {
    let typed = reader.typed;
    let old = policy.queue(id).into_owned();
    let usual = Thresholds::default();
    let mode = match typed.get("mode") {
        "pull" => Mode::Pull,
        "offer" => Mode::Offer {
            seconds: reader.span("offer").unwrap_or(30),
            lapsed: LapsedOffer { pause_after: reader.number("pause_after").unwrap_or(0) },
        },
        _ => Mode::Push,
    };
    let to = STICKY.iter().find(|(word, ..)| *word == typed.get("sticky")).map(|(.., to)| *to);
    let sticky = to.map(|to| Sticky { to, wait: reader.span("sticky_wait").unwrap_or(0) });
    let queue = Queue {
        name: typed.get("name").to_owned(),
        priority: reader.number("priority").unwrap_or(0),
        members: typed.ids("members").collect(),
        served_by: typed.ids("served_by").collect(),
        teams: typed.ids("teams").collect(),
        skills: typed.levels("skills"),
        vip_head_start: reader.span("vip"),
        mode,
        sticky,
        relaxation: relaxation(reader),
        overflow: reader
            .id("overflow")
            .map(|to| Overflow { to, after: reader.span("overflow_after").unwrap_or(0) }),
        late: late(reader),
        targets: Targets {
            first_response: reader.span("target_first"),
            next_response: reader.span("target_next"),
            resolution: reader.span("target_resolution"),
        },
        calendar: reader.id("calendar").map(CalendarId),
        messages: Messages {
            welcome: typed.words("welcome"),
            closed: typed.words("closed"),
            expected_wait: typed.words("expected_wait"),
        },
        agent_silence: agent_silence(reader),
        customer_silence: customer_silence(reader),
        wrap_up: reader.span("wrap_up").unwrap_or(0),
        shared: reader.flag("shared"),
        thresholds: Thresholds {
            amber: reader.span("amber").unwrap_or(usual.amber),
            red: reader.span("red").unwrap_or(usual.red),
        },
        ..old
    };
    match policy.queues.iter_mut().find(|one| one.id == id) {
        Some(old) => *old = queue,
        None => {
            let position = policy.queues.iter().map(|one| one.position).max().unwrap_or(0) + 1;
            policy.queues.push(Queue { position, ..queue });
        }
    }
}

fn relaxation(reader: &mut Reader<'_>) -> Vec<Relaxation> {
    let typed = reader.typed;
    let mut steps = Vec::new();
    for at in 0.. {
        let name = |part: &str| format!("relaxation.{at}.{part}");
        let relaxed = match typed.get(&name("relaxed")) {
            "" => break,
            "drop" => match reader.id(&name("skill")) {
                Some(skill) => Relaxed::Drop { skill },
                None => {
                    reader.wrong(&name("skill"), "routing-misread-choice");
                    continue;
                }
            },
            "widen" => Relaxed::Widen { teams: typed.ids(&name("teams")).collect() },
            _ => Relaxed::Lower { levels: reader.number(&name("levels")).unwrap_or(1) },
        };
        steps.push(Relaxation { after: reader.span(&name("after")).unwrap_or(0), relaxed });
    }
    steps
}

fn late(reader: &mut Reader<'_>) -> Vec<Late> {
    let typed = reader.typed;
    let mut steps = Vec::new();
    for at in 0.. {
        let name = |part: &str| format!("late.{at}.{part}");
        let action = match typed.get(&name("action")) {
            "" => break,
            "tell" => LateAction::Tell { message: typed.words(&name("message")).unwrap_or_default() },
            "tag" => LateAction::Tag { tag: typed.get(&name("tag")).to_owned() },
            "move" => match reader.id(&name("to")) {
                Some(to) => LateAction::Move { to },
                None => {
                    reader.wrong(&name("to"), "routing-misread-choice");
                    continue;
                }
            },
            _ => LateAction::Alert,
        };
        steps.push(Late { after: reader.span(&name("after")).unwrap_or(0), action });
    }
    steps
}

fn agent_silence(reader: &mut Reader<'_>) -> Option<AgentSilence> {
    let (warn, leave) = (reader.span("warn"), reader.span("leave"));
    (warn.is_some() || leave.is_some()).then(|| AgentSilence {
        warn_after: warn.unwrap_or(0),
        leave_after: leave.unwrap_or(0),
        then: match reader.typed.get("then") {
            "supervisor" => SilentAgent::Supervisor,
            _ => SilentAgent::BackToQueue,
        },
        pause: reader.flag("pause"),
    })
}

fn customer_silence(reader: &mut Reader<'_>) -> Option<CustomerSilence> {
    let silence = CustomerSilence {
        remind_after: reader.span("remind"),
        reminder: reader.typed.words("reminder").unwrap_or_default(),
        close_after: reader.span("close"),
        outcome: reader.typed.get("outcome").to_owned(),
    };
    let any = silence.remind_after.is_some()
        || silence.close_after.is_some()
        || !silence.reminder.0.is_empty()
        || !silence.outcome.is_empty();
    any.then_some(silence)
}

/// The name of the field for a spot of the queue.
pub fn field(spot: Spot) -> String {
    match spot {
        Spot::Relaxation { step } => format!("relaxation.{step}"),
        Spot::Late { step } => format!("late.{step}"),
        Spot::Target { promise } => format!("target_{}", promise.code()),
        Spot::Thresholds => "amber".to_owned(),
        Spot::AgentSilence => "warn".to_owned(),
        Spot::CustomerSilence => "remind".to_owned(),
        other => other.code().to_owned(),
    }
}
