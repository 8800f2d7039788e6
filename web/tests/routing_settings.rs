//! Admins change how conversations are routed: queues, rules, people, hours; what they publish decides at once.

use reqwest::StatusCode;

use crate::{
    clinic::{Clinic, Person, one, until},
    helpers::Answer,
};

/// Somebody at the settings of the routing.
pub struct Desk {
    who: Person,
}

impl Desk {
    async fn admin(clinic: &Clinic, name: &str) -> Self {
        let who = clinic.ground.world.admin(name).await;
        Self::of(clinic.ground.welcome(&clinic.node.url, name, who).await)
    }

    pub const fn of(who: Person) -> Self {
        Self { who }
    }

    pub async fn rolls_back_to(&mut self, version: u32) -> Answer {
        let page = self.sees("").await;
        self.posts(&page, &format!("/versions/{version}"), &[]).await
    }

    async fn sees(&mut self, path: &str) -> String {
        let page = self.who.get(&format!("/admin/routing{path}")).await.is(StatusCode::OK).body;
        assert!(!page.contains(">routing-") && !page.contains("{ $"), "a word is missing: {page}");
        page
    }

    /// Posts with the token and the revision of a page.
    async fn posts(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let (csrf, revision) = (value(page, "csrf"), value(page, "revision"));
        let mut form = vec![("csrf", csrf.as_str()), ("revision", revision.as_str())];
        form.extend(fields);
        self.who.browser.post(&format!("/admin/routing{path}"), &form).await
    }

    /// Opens a form, changes these fields and saves the rest as it is.
    async fn saves(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.sees(path).await;
        self.posts(&page, path, fields).await
    }

    async fn publishes(&mut self, note: &str) -> Answer {
        let page = self.sees("").await;
        self.posts(&page, "/publish", &[("note", note)]).await
    }
}

/// The value of the page's first field of this name in a form.
fn value(page: &str, name: &str) -> String {
    let found =
        page.split_once(&format!("name=\"{name}\" value=\"")).and_then(|(_, rest)| rest.split_once('"'));
    found.map(|(value, _)| value.to_owned()).unwrap_or_default()
}

#[tokio::test]
async fn what_an_admin_publishes_decides_about_the_next_message_and_can_be_taken_back() {
    let clinic = Clinic::open().await;
    let mut alonso = Desk::admin(&clinic, "Alonso").await;
    let citas = clinic.ground.world.citas.to_string();

    // A queue for emergencies, and a rule that leads to it.
    let urgencias = uuid::Uuid::now_v7().to_string();
    let queue = format!("/queues/{urgencias}");
    let saved = alonso
        .saves(
            &queue,
            &[("name", "Urgencias"), ("priority", "3"), ("target_first", "2"), ("target_first.unit", "m")],
        )
        .await;
    assert_eq!(saved.is(StatusCode::SEE_OTHER).location(), format!("/admin/routing{queue}?done=saved"));
    let rule = format!("/rules/{}", uuid::Uuid::now_v7());
    let fields =
        [("name", "Dolor"), ("on", "1"), ("keywords", "me duele\nurgente"), ("queue", urgencias.as_str())];
    alonso.saves(&rule, &fields).await.is(StatusCode::SEE_OTHER);
    let page = alonso.sees("").await;
    assert!(page.contains("Borrador: 2 cambios sin publicar"), "{page}");
    assert!(page.contains("Cola «Urgencias»: nueva") && page.contains("Regla «Dolor»: nueva"), "{page}");
    assert_eq!(clinic.count("select count(*) from queue where name = 'Urgencias'").await, 0);

    // Trying it out says why, before anything is published.
    let page = alonso.sees("/try").await;
    let tried =
        alonso.posts(&page, "/try", &[("text", "Hola, ME DUELE una muela")]).await.is(StatusCode::OK).body;
    assert!(tried.contains("Decide «Dolor»: va a Urgencias."), "{tried}");
    assert!(tried.contains("El mensaje dice «me duele»."), "{tried}");
    let tried = alonso.posts(&page, "/try", &[("text", "Quiero una cita")]).await.is(StatusCode::OK).body;
    assert!(tried.contains("Ninguna regla se cumple: va a Citas"), "{tried}");

    // Published, it decides about the next message.
    alonso.publishes("Urgencias primero").await.is(StatusCode::SEE_OTHER);
    let page = alonso.sees("").await;
    assert!(page.contains("Urgencias primero") && page.contains("Sin cambios por publicar"), "{page}");
    clinic.vendor().lucia_writes("Me duele mucho una muela").await;
    let sql = "select q.name from conversation c join queue q on q.id = c.queue_id";
    let went: String = until("the conversation", || one(&clinic.ground.db, sql)).await;
    assert_eq!(went, "Urgencias");

    // A second version, and back to the first.
    alonso.saves(&format!("/queues/{citas}"), &[("name", "Turnos")]).await.is(StatusCode::SEE_OTHER);
    alonso.publishes("").await.is(StatusCode::SEE_OTHER);
    assert_eq!(clinic.count("select count(*) from queue where name = 'Turnos'").await, 1);
    let page = alonso.sees("").await;
    alonso.posts(&page, "/versions/1", &[]).await.is(StatusCode::SEE_OTHER);
    assert_eq!(clinic.count("select count(*) from queue where name = 'Citas'").await, 1);
    let versions = "select max(version)::bigint from routing_policy";
    assert_eq!(clinic.count(versions).await, 3, "rolling back is a version of its own");
    alonso.posts(&page, "/versions/9", &[]).await.is(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_does_not_hold_together_stays_in_the_form_and_says_why_in_place() {
    let clinic = Clinic::open().await;
    let mut alonso = Desk::admin(&clinic, "Alonso").await;
    let (citas, ventas) = (clinic.ground.world.citas.to_string(), clinic.ground.world.ventas.to_string());
    let (one_queue, other) = (format!("/queues/{citas}"), format!("/queues/{ventas}"));
    let fields = [("name", "Ventas"), ("overflow", citas.as_str()), ("overflow_after", "10")];
    alonso.saves(&other, &fields).await.is(StatusCode::SEE_OTHER);

    // A circle of overflows.
    let fields = [("name", "Citas del centro"), ("overflow", ventas.as_str()), ("overflow_after", "5")];
    let page = alonso.saves(&one_queue, &fields).await.is(StatusCode::UNPROCESSABLE_ENTITY).body;
    assert!(page.contains("estas colas se pasan conversaciones en círculo"), "{page}");
    assert!(page.contains("value=\"Citas del centro\""), "what was typed is still there");
    // What is no number.
    let fields = [("name", ""), ("offer", "pronto"), ("mode", "offer")];
    let page = alonso.saves(&one_queue, &fields).await.is(StatusCode::UNPROCESSABLE_ENTITY).body;
    assert!(page.contains("Escribe un número entero.") && page.contains("value=\"pronto\""), "{page}");
    assert!(page.contains("(nombre): falta escribirlo."), "everything that is wrong is told at once: {page}");
    // Hours that overlap, and hours that are none.
    let hours = format!("/hours/{}", uuid::Uuid::now_v7());
    let fields = [("name", "Lima"), ("zone", "America/Lima"), ("day_0", "09:00-14:00, 13:00-18:00")];
    let page = alonso.saves(&hours, &fields).await.is(StatusCode::UNPROCESSABLE_ENTITY).body;
    assert!(page.contains("Horario «Lima» (Lunes): las horas se cruzan."), "{page}");
    let fields = [("name", "Lima"), ("zone", "America/Lima"), ("day_0", "todo el día")];
    let page = alonso.saves(&hours, &fields).await.is(StatusCode::UNPROCESSABLE_ENTITY).body;
    assert!(page.contains("Escribe las horas así"), "{page}");
    // A rule that leads nowhere.
    let rule = format!("/rules/{}", uuid::Uuid::now_v7());
    let page = alonso.saves(&rule, &[("name", "Dolor")]).await.is(StatusCode::UNPROCESSABLE_ENTITY).body;
    assert!(page.contains("Elige una opción."), "{page}");

    // A skill that is still asked for can't go.
    alonso.saves("/skills", &[("row.0.name", "Endodoncia")]).await.is(StatusCode::SEE_OTHER);
    let page = alonso.sees("/skills").await;
    let skill = value(&page, "row.0.id");
    let level = format!("skills.{skill}");
    alonso.saves(&one_queue, &[("name", "Citas"), (&level, "3")]).await.is(StatusCode::SEE_OTHER);
    let fields = [("row.0.name", "Endodoncia"), ("row.0.id", &skill), ("row.0.gone", "1")];
    let page = alonso.saves("/skills", &fields).await.is(StatusCode::UNPROCESSABLE_ENTITY).body;
    assert!(page.contains("Cola «Citas» (habilidades): la habilidad «Endodoncia» ya no existe."), "{page}");
    let kept = "select count(*) from routing_draft where document->'skills'->0->>'name' = 'Endodoncia'";
    assert_eq!(clinic.count(kept).await, 1, "nothing was half saved");
    // Nor a queue that another leads to.
    let page = alonso.sees(&one_queue).await;
    let refused = alonso.posts(&page, &format!("{one_queue}/remove"), &[]).await;
    let page = refused.is(StatusCode::UNPROCESSABLE_ENTITY).body;
    assert!(page.contains("la cola «Citas» ya no existe"), "{page}");
}

#[tokio::test]
async fn two_admins_at_once_keep_both_their_words() {
    let clinic = Clinic::open().await;
    let mut alonso = Desk::admin(&clinic, "Alonso").await;
    let mut renata = Desk::admin(&clinic, "Renata").await;
    let path = format!("/queues/{}", clinic.ground.world.citas);
    let before = alonso.sees(&path).await;
    renata.saves(&path, &[("name", "Turnos")]).await.is(StatusCode::SEE_OTHER);
    let page = alonso.posts(&before, &path, &[("name", "Agenda")]).await.is(StatusCode::CONFLICT).body;
    assert!(page.contains("Alguien cambió el borrador hace un momento") && page.contains("Renata"), "{page}");
    assert!(page.contains("value=\"Agenda\"") && page.contains("En el borrador dice: Turnos"), "{page}");
    // Publishing what one has not seen is refused too.
    let old = alonso.posts(&before, "/publish", &[]).await.is(StatusCode::CONFLICT).body;
    assert!(old.contains("Alguien cambió el borrador"), "{old}");
    // Sent again from the page that shows both, it counts.
    alonso.posts(&page, &path, &[("name", "Agenda")]).await.is(StatusCode::SEE_OTHER);
    assert!(renata.sees(&path).await.contains("value=\"Agenda\""));
    let page = renata.sees("").await;
    renata.posts(&page, "/discard", &[]).await.is(StatusCode::SEE_OTHER);
    assert!(renata.sees(&path).await.contains("value=\"Citas\""));
}

#[tokio::test]
async fn a_supervisor_sees_it_all_and_changes_nothing() {
    let clinic = Clinic::open().await;
    let mut gabriela = Desk { who: clinic.supervisor("Gabriela").await };
    let valeria = clinic.agent("Valeria").await;
    let queue = format!("/queues/{}", clinic.ground.world.citas);
    let agent = format!("/agents/{}", valeria.id);
    for path in [
        "", "/queues", "/rules", "/try", "/agents", "/skills", "/hours", "/pauses", "/general", &queue,
        &agent,
    ] {
        let page = gabriela.sees(path).await;
        assert!(
            !page.contains("Guardar en el borrador") && !page.contains("/admin/routing/publish"),
            "{page}"
        );
    }
    let page = gabriela.sees("/try").await;
    gabriela.posts(&page, &queue, &[("name", "Mía")]).await.is(StatusCode::FORBIDDEN);
    gabriela.posts(&page, "/publish", &[]).await.is(StatusCode::FORBIDDEN);
    gabriela
        .who
        .get(&format!("/admin/routing/agents/{}", uuid::Uuid::now_v7()))
        .await
        .is(StatusCode::NOT_FOUND);
    gabriela.who.get("/admin/routing/nothing").await.is(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_form_gives_back_what_was_saved_in_it() {
    let clinic = Clinic::open().await;
    let mut alonso = Desk::admin(&clinic, "Alonso").await;
    let valeria = clinic.agent("Valeria").await;
    let (ventas, lima) = (clinic.ground.world.ventas.to_string(), clinic.ground.world.lima.to_string());
    let saved = |answer: Answer| drop(answer.is(StatusCode::SEE_OTHER));

    let page = alonso.who.get("/admin/attributes").await.body;
    let csrf = value(&page, "csrf");
    let plan = [("csrf", csrf.as_str()), ("name", "Plan"), ("kind", "text")];
    saved(alonso.who.browser.post("/admin/attributes", &plan).await);
    saved(alonso.saves("/skills", &[("row.0.name", "Portugués"), ("row.0.language", "PT")]).await);
    let skill = value(&alonso.sees("/skills").await, "row.0.id");
    let hours = uuid::Uuid::now_v7().to_string();
    let fields = [
        ("name", "Lima"),
        ("zone", "America/Lima"),
        ("day_0", "9-13, 15:00-24:00"),
        ("holiday.0.date", "2026-12-25"),
        ("holiday.0.name", "Navidad"),
    ];
    saved(alonso.saves(&format!("/hours/{hours}"), &fields).await);
    let level = format!("skills.{skill}");
    let queue = format!("/queues/{}", clinic.ground.world.citas);
    let person = valeria.id.to_string();
    let fields = [
        ("name", "Citas"),
        ("calendar", hours.as_str()),
        ("members", person.as_str()),
        ("served_by", lima.as_str()),
        (level.as_str(), "3"),
        ("mode", "offer"),
        ("offer", "20"),
        ("offer.unit", "s"),
        ("pause_after", "2"),
        ("sticky", "owner_or_last_agent"),
        ("sticky_wait", "1"),
        ("sticky_wait.unit", "m"),
        ("late.0.action", "tag"),
        ("late.0.after", "20"),
        ("late.0.after.unit", "m"),
        ("late.0.tag", "demora"),
        ("late.1.action", "tell"),
        ("late.1.after", "5"),
        ("late.1.after.unit", "m"),
        ("late.1.message.es", "Ya te atendemos"),
        ("relaxation.0.relaxed", "drop"),
        ("relaxation.0.after", "3"),
        ("relaxation.0.after.unit", "m"),
        ("relaxation.0.skill", skill.as_str()),
        ("overflow", ventas.as_str()),
        ("overflow_after", "1"),
        ("overflow_after.unit", "h"),
        ("closed.es", "Abrimos {opens}"),
        ("warn", "5"),
        ("warn.unit", "m"),
        ("remind", "2"),
        ("remind.unit", "h"),
        ("reminder.es", "¿Sigues ahí?"),
    ];
    saved(alonso.saves(&queue, &fields).await);
    let page = alonso.sees(&queue).await;
    for shown in ["Abrimos {opens}", "Ya te atendemos", "¿Sigues ahí?", "value=\"demora\""] {
        assert!(page.contains(shown), "{shown} in {page}");
    }
    let told = page.find("Ya te atendemos").unwrap();
    assert!(told < page.find("value=\"demora\"").unwrap(), "steps stand in the order of time");
    saved(alonso.saves(&format!("/agents/{person}"), &[("capacity", "5"), (&level, "4")]).await);
    assert!(!alonso.sees(&queue).await.contains(&format!("value=\"{person}\" checked")), "unticked there");
    let at_once = format!("row.0.at_once.{}", clinic.ground.world.citas);
    let fields = [
        ("row.0.name", "Almuerzo"),
        ("row.0.code", "lunch"),
        ("row.0.longest", "45"),
        ("row.0.longest.unit", "m"),
        (&at_once, "2"),
    ];
    saved(alonso.saves("/pauses", &fields).await);
    assert!(alonso.sees("/pauses").await.contains("value=\"lunch\""));
    saved(
        alonso.saves("/general", &[("target", "5"), ("target.unit", "m"), ("weight.twilio_sms", "2")]).await,
    );
    let rule = format!("/rules/{}", uuid::Uuid::now_v7());
    let fields = [
        ("name", "Noche"),
        ("on", "1"),
        ("hours", hours.as_str()),
        ("open", "no"),
        ("languages", "pt"),
        ("languages", "es"),
        ("attribute.0.name", "plan"),
        ("attribute.0.values", "Oro, platino"),
        ("queue", ventas.as_str()),
        ("speaks_language", "1"),
        ("tags", "noche"),
    ];
    saved(alonso.saves(&rule, &fields).await);
    let second = format!("/rules/{}", uuid::Uuid::now_v7());
    saved(alonso.saves(&second, &[("name", "Todo"), ("on", "1"), ("queue", &ventas)]).await);
    let page = alonso.sees("/rules").await;
    saved(alonso.posts(&page, &format!("{second}/move"), &[("to", "up")]).await);
    let page = alonso.sees("/rules").await;
    saved(alonso.posts(&page, &format!("{second}/move"), &[("to", "off")]).await);
    saved(alonso.publishes("Todo junto").await);

    let document: serde_json::Value =
        one(&clinic.ground.db, "select document from routing_policy").await.unwrap();
    let first = &document["queues"][0];
    assert_eq!(
        first["mode"],
        serde_json::json!({"mode": "offer", "seconds": 20, "lapsed": {"pause_after": 2}})
    );
    assert_eq!((&first["late"][0]["after"], &first["overflow"]["after"]), (&300.into(), &3600.into()));
    assert_eq!(first["sticky"], serde_json::json!({"to": "owner_or_last_agent", "wait": 60}));
    assert_eq!(first["customer_silence"]["remind_after"], 7200);
    assert_eq!(document["calendars"][0]["week"][0][1]["to"], "00:00:00");
    assert_eq!(document["skills"][0]["language"], "pt");
    assert_eq!(document["agents"][&person]["skills"][&skill], 4);
    assert_eq!(document["pauses"][0]["longest"], 2700);
    assert_eq!((&document["order"]["target"], &document["weights"]["twilio_sms"]), (&300.into(), &2.into()));
    assert_eq!((&document["rules"][0]["name"], &document["rules"][0]["on"]), (&"Todo".into(), &false.into()));
    assert_eq!(document["rules"][1]["tests"].as_array().unwrap().len(), 3);
}
