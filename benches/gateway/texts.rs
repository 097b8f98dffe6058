//! Texts per second through the worker: rows that are due, drained by one node and by two, with a Twilio
//! that answers at once and one that takes 300 ms. Then a backlog, with the memory of a node near its
//! beginning and at its end. `GATEWAY_BENCH_BACKLOG` (100000) is how long that is.

use std::error::Error;
use std::io::Write;
use std::time::{Duration, Instant};

use tokio_postgres::Client;

use crate::place::{Place, connect};

/// How long Twilio takes.
const DELAYS: [Duration; 2] = [Duration::ZERO, Duration::from_millis(300)];

/// Enough for several batches of each node.
const ROWS: i64 = 1_500;

/// How often it is looked how many are left.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

pub(crate) async fn run(place: &Place, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let client = connect(&place.database_url).await?;
    for delay in DELAYS {
        place.stand_in.delay_all(delay);
        for nodes in [1, 2] {
            let other = if nodes == 2 { Some(place.start_node().await?) } else { None };
            owe(&client, ROWS).await?;
            let began = Instant::now();
            wait_until_left(&client, 0).await?;
            let per_second = rate(ROWS, began.elapsed());
            drop(other);
            let delay = delay.as_millis();
            writeln!(
                out,
                "texts, Twilio answering after {delay} ms, {nodes} nodes: {per_second:.0} per second"
            )?;
        }
    }
    place.stand_in.delay_all(Duration::ZERO);
    let backlog = backlog();
    // All appointments can be told of a change once more.
    client
        .batch_execute("UPDATE sms_messages SET kind = 'cancellation' WHERE kind = 'change'")
        .await?;
    owe(&client, backlog).await?;
    let began = Instant::now();
    wait_until_left(&client, backlog - backlog / 10).await?;
    let early = place.memory_mib("VmRSS")?;
    wait_until_left(&client, 0).await?;
    let (late, per_second) = (place.memory_mib("VmRSS")?, rate(backlog, began.elapsed()));
    writeln!(
        out,
        "backlog of {backlog} texts, one node: {per_second:.0} per second; memory after a tenth {early:.1} MiB, \
         at the end {late:.1} MiB"
    )?;
    Ok(())
}

/// Owes a text about so many appointments that lie ahead and have not been told of a change. Not a reminder:
/// those wait for the morning.
async fn owe(client: &Client, rows: i64) -> Result<(), Box<dyn Error>> {
    client
        .batch_execute(&format!(
            "INSERT INTO sms_messages (org_id, id, appointment_id, kind, to_phone, sms_status)
               SELECT a.org_id, gen_random_uuid(), a.id, 'change', p.phone, 'sending'
               FROM appointments a JOIN patients p ON p.org_id = a.org_id AND p.id = a.patient_id
               WHERE a.starts_at > now() + interval '1 day' AND NOT EXISTS (
                   SELECT FROM sms_messages m WHERE m.org_id = a.org_id AND m.appointment_id = a.id
                   AND m.kind = 'change')
               LIMIT {rows};
             ANALYZE sms_messages"
        ))
        .await?;
    Ok(())
}

async fn wait_until_left(client: &Client, most: i64) -> Result<(), Box<dyn Error>> {
    // Not those that a booking left to the worker: they wait for their leases to end.
    let left = "SELECT count(*) FROM sms_messages WHERE sms_status = 'sending' AND kind = 'change'";
    while client.query_one(left, &[]).await?.get::<_, i64>(0) > most {
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    Ok(())
}

fn rate(rows: i64, took: Duration) -> f64 {
    f64::from(u32::try_from(rows).unwrap_or(u32::MAX)) / took.as_secs_f64()
}

#[expect(clippy::disallowed_methods, reason = "how much to measure is no setting of the gateway")]
fn backlog() -> i64 {
    let set = std::env::var("GATEWAY_BENCH_BACKLOG").ok();
    set.and_then(|text| text.parse().ok()).unwrap_or(100_000)
}
