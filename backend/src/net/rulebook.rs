//! Rules that somebody wrote: their SQL and templates are read, which may take its time, before anybody's turn at the
//! backend; only then it is asked to take them.

use super::hub::Hub;
use crate::api::control::RuleCall;
use crate::api::{ApiError, Call, ControlCall, Outcome};
use crate::rules::Rule;
use crate::things::Principal;

pub(super) async fn carry_out(
    hub: &Hub,
    principal: &Principal,
    call: RuleCall,
) -> Result<Outcome, ApiError> {
    let asked = Call::Control(ControlCall::Rule(call.clone()));
    let (name, definition, is_new) = match call {
        RuleCall::Create { name, definition } => (name, definition, true),
        RuleCall::Replace { name, definition } => (name, definition, false),
        _ => return hub.call(principal, asked).await,
    };
    hub.check(principal, &asked)?;
    let (now, limits) = (hub.now().wall, hub.limits());
    let rule = Box::new(Rule::read(&name, definition, now, &limits)?);
    let put = ControlCall::Rule(RuleCall::Put { rule, is_new });
    hub.call(principal, Call::Control(put)).await
}
