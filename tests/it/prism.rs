//! Twilio's own API description as a server: Prism (run by npx) reads it and judges every request that we
//! write; what it answers, we must read rightly. Run where npm is: `cargo test prism -- --ignored`.
//! The description is read where it lies and is no part of the project; without it there is no judge.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use vapi_gateway::twilio::{
    RetryKind, SendOutcome, Sender, TwilioClient, TwilioSettings, UnknownKind,
};

use crate::harness::patience::until;
use crate::twilio_client::{PATIENT, SERVICE, TEXT, credentials, from_number};

const PRISM: &str = "@stoplight/prism-cli@5.14.2";
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/reference");

/// Where an attempt would be reported: with the fragment, as it is sent.
const REPORT_TO: &str = "https://gateway.example/twilio/00000000-0000-4000-8000-00000000000a/status/00000000-0000-4000-8000-00000000000b#rc=2&rp=ct,rt,5xx";

/// A running Prism; npx, its shell and node are one group, and end as one.
struct Prism {
    address: String,
    process: Child,
}

impl Prism {
    /// Serves a description, and returns once it answers.
    async fn serve(description: &str) -> Self {
        let path = Path::new(FOLDER).join(description);
        assert!(path.exists(), "there is no {}", path.display());
        // What has to be installed is, before the time to answer runs.
        let installed = Command::new("npx").args(["-y", PRISM, "--version"]).output().expect("npm");
        assert!(installed.status.success(), "{}", String::from_utf8_lossy(&installed.stderr));
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let process = Command::new("npx")
            .args(["-y", PRISM, "mock", "-h", "127.0.0.1", "-p", &free.port().to_string()])
            .arg(path)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("npx runs");
        let prism = Self { address: free.to_string(), process };
        let answers = async || TcpStream::connect(&prism.address).await.is_ok();
        until("Prism answers", answers).await;
        prism
    }
}

impl Drop for Prism {
    fn drop(&mut self) {
        let group = format!("-{}", self.process.id());
        Command::new("kill").args(["-TERM", "--", &group]).status().ok();
        self.process.wait().ok();
    }
}

/// A client with time for a server that reads nearly two megabytes of description.
fn patient_client(address: &str) -> TwilioClient {
    TwilioClient::new(&TwilioSettings {
        base_url: format!("http://{address}"),
        connect_timeout: Duration::from_secs(5),
        timeout: Duration::from_secs(30),
    })
    .unwrap()
}

/// A way to Prism that asks it for one certain answer: what our client cannot and need not say.
async fn asking_for(prism: &str, answer: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (prism, header) = (prism.to_owned(), format!("\r\nPrefer: {answer}\r\n"));
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut server = TcpStream::connect(&prism).await.unwrap();
            let header = header.clone();
            tokio::spawn(async move {
                // The request line ends at the first line break; the header comes right behind it.
                let mut line = Vec::new();
                while !line.ends_with(b"\r\n") {
                    line.push(client.read_u8().await.unwrap());
                }
                line.truncate(line.len() - 2);
                server.write_all(&line).await.unwrap();
                server.write_all(header.as_bytes()).await.unwrap();
                copy_bidirectional(&mut client, &mut server).await.ok();
            });
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs npm: `cargo test prism -- --ignored`"]
async fn what_we_send_is_as_twilio_describes_it_and_its_answers_are_read() {
    let prism = Prism::serve("twilio-openapi.json").await;
    let twilio = patient_client(&prism.address);
    let service = credentials(None, Sender::MessagingService(SERVICE.to_owned())).unwrap();
    for sender in [&from_number(), &service] {
        for report_to in [None, Some(REPORT_TO)] {
            let outcome = twilio.send(sender, PATIENT, TEXT, report_to).await;
            let SendOutcome::Accepted { sid, status } = outcome else { panic!("{outcome:?}") };
            assert!(sid.starts_with("SM") && status.is_some(), "{sid} {status:?}");
        }
    }
    let listed = twilio.list(&from_number(), PATIENT).await.unwrap();
    assert!(!listed.is_empty());
    // Also an answer in which Twilio has chosen no sender yet.
    let unsent = asking_for(&prism.address, "example=createWithMessagingService").await;
    let outcome = patient_client(&unsent).send(&service, PATIENT, TEXT, None).await;
    assert!(matches!(outcome, SendOutcome::Accepted { .. }), "{outcome:?}");
    // The judge does judge: what is no address to report to is refused, with a status and without a code.
    let outcome = twilio.send(&from_number(), PATIENT, TEXT, Some("no address")).await;
    assert_eq!(outcome, SendOutcome::Rejected { http_status: 422, code: None });
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs npm: `cargo test prism -- --ignored`"]
async fn every_described_failure_is_read_as_what_it_settles() {
    let prism = Prism::serve("twilio-messages-mock-openapi.json").await;
    let answers = [
        (400, 21211),
        (400, 21408),
        (400, 21606),
        (400, 21608),
        (400, 21610),
        (400, 21611),
        (400, 21614),
        (400, 21703),
        (401, 20003),
        (404, 20404),
        (429, 20429),
        (500, 20500),
        (503, 20503),
    ];
    for (http_status, code) in answers {
        let told = asking_for(&prism.address, &format!("code={http_status}, example={code}")).await;
        let outcome = patient_client(&told).send(&from_number(), PATIENT, TEXT, None).await;
        let expected = match http_status {
            429 => SendOutcome::RetryLater { kind: RetryKind::RateLimited, retry_after: None },
            500 | 503 => SendOutcome::Unknown { kind: UnknownKind::Status(http_status) },
            _ => SendOutcome::Rejected { http_status, code: Some(code) },
        };
        assert_eq!(outcome, expected, "{http_status} {code}");
    }
}
