//! Numbers that only make sense together. Each time-out must strike inside the one around it, or the
//! outer one hides what happened; a lease that ends before its sender gives up would let two send.

use std::time::Duration;

use super::{Config, ConfigFaults};

/// `smaller` must be less than `larger`, or at most equal where `may_equal`.
struct Rule {
    smaller: (&'static str, Duration),
    larger: (&'static str, Duration),
    may_equal: bool,
    because: &'static str,
}

pub(super) fn check(config: &Config, faults: &mut ConfigFaults) {
    let broken = rules(config).into_iter().filter(|rule| {
        let holds =
            rule.smaller.1 < rule.larger.1 || (rule.may_equal && rule.smaller.1 == rule.larger.1);
        !holds && !faults.concern(rule.smaller.0) && !faults.concern(rule.larger.0)
    });
    let broken: Vec<_> = broken.collect();
    for Rule { smaller, larger, may_equal, because } in broken {
        let (key, value) = (larger.0, larger.1.as_millis());
        let bound = if may_equal { "not be more than" } else { "be less than" };
        faults.add(smaller.0, format!("must {bound} {key}, which is {value}: {because}"));
    }
    check_lease(config, faults);
}

fn rules(config: &Config) -> [Rule; 7] {
    let Config { database, vapi, sms, twilio, .. } = config;
    let pool_wait = ("database.pool_wait_ms", database.pool_wait);
    let lock_timeout = ("database.lock_timeout_ms", database.lock_timeout);
    let statement_timeout = ("database.statement_timeout_ms", database.statement_timeout);
    let budget = ("database.budget_ms", database.budget);
    let deadline = ("vapi.reply_deadline_ms", vapi.reply_deadline);
    let less = |smaller, larger, because| Rule { smaller, larger, may_equal: false, because };
    let at_most = |smaller, larger, because| Rule { smaller, larger, may_equal: true, because };
    [
        less(pool_wait, lock_timeout, "a full pool must show before a held row does"),
        less(
            lock_timeout,
            statement_timeout,
            "a wait for a row must end before its statement does",
        ),
        at_most(statement_timeout, budget, "no statement may outlast what a tool call may spend"),
        less(budget, deadline, "the database must be done before the sentence is due"),
        less(
            ("sms.reply_deadline_ms", sms.reply_deadline),
            deadline,
            "waiting for Twilio must end before the sentence is due",
        ),
        less(
            ("twilio.connect_timeout_ms", twilio.connect_timeout),
            ("twilio.timeout_ms", twilio.timeout),
            "connecting is part of the request",
        ),
        at_most(
            ("vapi.credential_fresh_ms", vapi.credential_fresh),
            ("vapi.credential_stale_ms", vapi.credential_stale),
            "a credential is fresh before it is stale",
        ),
    ]
}

/// The lease runs by the database's clock from before the request is written; the margin of half a
/// time-out covers recording what came of it and a clock that runs differently.
fn check_lease(config: &Config, faults: &mut ConfigFaults) {
    let needed = config.twilio.timeout + config.twilio.timeout / 2;
    let concerned = faults.concern("sms.lease_ms") || faults.concern("twilio.timeout_ms");
    if config.sms.lease <= needed && !concerned {
        let needed = needed.as_millis();
        faults.add(
            "sms.lease_ms",
            format!(
                "must be more than {needed}, which is twilio.timeout_ms and half of it again: \
                 a text still being sent must not be free for another sender"
            ),
        );
    }
}
