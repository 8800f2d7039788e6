//! Stands before every handler: who is asking, may they, and did our own page ask.

use std::{
    future::{Future, Ready, ready},
    pin::Pin,
    rc::Rc,
};

use actix_web::{
    Error, HttpMessage,
    body::{EitherBody, MessageBody},
    dev::{Payload, Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
    http::header::{self, HeaderMap},
    web::{Bytes, Data},
};

use super::{Access, Route};
use crate::{
    auth::{
        Auth, SignedIn, csrf,
        pages::{self, sign_in::PATH as SIGN_IN},
    },
    error::{PageError, wants_page},
};

/// What a route asks of a request.
#[derive(Debug, Clone, Copy)]
struct Rule {
    access: Access,
    body_bytes: usize,
    activity: bool,
    paced: bool,
}

/// Middleware of one route.
pub(super) struct Guard(Rule);

impl Guard {
    pub(super) fn new(route: &Route) -> Self {
        Self(Rule {
            access: route.access,
            body_bytes: route.body_bytes,
            activity: route.activity,
            paced: route.paced,
        })
    }
}

impl<S, B> Transform<S, ServiceRequest> for Guard
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = GuardService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(GuardService { inner: Rc::new(inner), rule: self.0 }))
    }
}

pub(super) struct GuardService<S> {
    inner: Rc<S>,
    rule: Rule,
}

impl<S, B> Service<ServiceRequest> for GuardService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    forward_ready!(inner);

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let (inner, rule) = (self.inner.clone(), self.rule);
        Box::pin(async move {
            match admit(&mut request, rule).await {
                Ok(admitted) => {
                    let mut response = inner.call(request).await?;
                    if let Some(cookie) = admitted {
                        response.response_mut().add_cookie(&cookie)?;
                    }
                    Ok(response.map_into_left_body())
                }
                Err(PageError::SignedOut) if wants_page(request.request()) => {
                    let answer = pages::sign_in::ask(request.request());
                    Ok(request.into_response(answer).map_into_right_body())
                }
                Err(PageError::StaleForm)
                    if wants_page(request.request()) && request.path().starts_with(SIGN_IN) =>
                {
                    let answer = pages::sign_in::renew(request.request());
                    Ok(request.into_response(answer).map_into_right_body())
                }
                Err(refusal) => Ok(request.error_response(refusal).map_into_right_body()),
            }
        })
    }
}

/// Lets the request through, perhaps with a renewed cookie for the answer, or refuses it.
async fn admit(
    request: &mut ServiceRequest,
    rule: Rule,
) -> Result<Option<actix_web::cookie::Cookie<'static>>, PageError> {
    if announced_length(request.headers()).is_some_and(|length| length > rule.body_bytes) {
        return Err(PageError::TooLarge);
    }
    if rule.access == Access::Signed {
        return Ok(None);
    }
    let auth = request
        .app_data::<Data<Auth>>()
        .cloned()
        .ok_or_else(|| PageError::Fault(anyhow::anyhow!("the app was built without its sign-in")))?;
    let (expected, cookie) = match rule.access {
        Access::Public | Access::Signed => (None, None),
        Access::SignedIn | Access::Permission(_) => {
            let (who, cookie) =
                auth.authenticate(request.request(), rule.activity).await?.ok_or(PageError::SignedOut)?;
            if let Access::Permission(permission) = rule.access
                && !who.principal.holds(permission)
            {
                return Err(PageError::Forbidden);
            }
            if rule.paced && !auth.pace.admits(who.principal.person) {
                return Err(PageError::TooFast);
            }
            let token = who.csrf.clone();
            request.extensions_mut().insert::<SignedIn>(who);
            (Some(token), cookie)
        }
    };
    if request.headers().contains_key(header::UPGRADE) {
        auth.origins.check_socket(request.headers()).map_err(|_| PageError::Forbidden)?;
    } else if !request.method().is_safe() {
        auth.origins.check(request.headers()).map_err(|_| PageError::Forbidden)?;
        let given = given_token(request, rule.body_bytes).await?;
        let genuine = match expected {
            Some(expected) => csrf::equal(&given, &expected),
            None => auth.forms.is_genuine(request.request(), &given),
        };
        if !genuine {
            return Err(PageError::StaleForm);
        }
    }
    Ok(cookie)
}

/// The token of the header, or else of the form's field. The body is put back for the handler.
async fn given_token(request: &mut ServiceRequest, limit: usize) -> Result<String, PageError> {
    if let Some(token) = request.headers().get(csrf::HEADER) {
        return Ok(token.to_str().unwrap_or_default().to_owned());
    }
    if request.content_type() != "application/x-www-form-urlencoded" {
        return Ok(String::new());
    }
    let body = request.extract::<Bytes>().await.map_err(|_| PageError::TooLarge)?;
    if body.len() > limit {
        return Err(PageError::TooLarge);
    }
    let token = url::form_urlencoded::parse(&body)
        .find(|(name, _)| name == csrf::FIELD)
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default();
    request.set_payload(Payload::from(body));
    Ok(token)
}

fn announced_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
