//! One PostgreSQL for the whole test binary, and a database per test, cloned from a migrated template.
//! The server is a private cluster that goes with this process, or the one that `TEST_DATABASE_URL`
//! names (a superuser's address). A database is dropped with its [`TestDatabase`].

use std::future::Future;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;

use tokio::runtime;
use tokio::sync::{OnceCell, mpsc, oneshot};
use tokio_postgres::{Client, NoTls};
use vapi_gateway::cli::demo::cluster::{Cluster, ClusterOptions};

/// Sixty-four racers over two processes, and other tests beside them.
const SETTINGS: [(&str, &str); 4] = [
    ("max_connections", "300"),
    ("shared_buffers", "64MB"),
    ("max_wal_size", "4GB"),
    ("autovacuum", "off"),
];

/// A database of one test's own.
pub(crate) struct TestDatabase {
    pub(crate) url: String,
    pub(crate) name: String,
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // Nobody waits for it, and at the end of the process nobody is there to do it.
        let drop = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        server().wishes.send(Wish { statement: drop, done: None }).unwrap_or_default();
    }
}

/// A new database with everything that `migrate` made in the template, which it makes once per process.
/// `migrate` gets the template's address and must have closed its connections when it returns. It runs
/// on a multi-threaded runtime of its own, whatever the test's is.
pub(crate) async fn fresh_database<M, F>(migrate: M) -> TestDatabase
where
    M: FnOnce(String) -> F + Send + 'static,
    F: Future<Output = ()>,
{
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    static DATABASES: AtomicU32 = AtomicU32::new(0);
    let template = TEMPLATE.get_or_init(|| make_template(migrate)).await;
    let number = DATABASES.fetch_add(1, Ordering::Relaxed);
    let name = format!("gateway_test_{}_{number}", std::process::id());
    server().run(format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    TestDatabase { url: server().url(&name), name }
}

async fn make_template<M, F>(migrate: M) -> String
where
    M: FnOnce(String) -> F + Send + 'static,
    F: Future<Output = ()>,
{
    // Starting the server blocks.
    let server = tokio::task::spawn_blocking(server).await.expect("a server to test on");
    let name = format!("gateway_template_{}", std::process::id());
    server.run(format!("CREATE DATABASE {name}")).await;
    let url = server.url(&name);
    let migrated = move || runtime::Runtime::new().unwrap().block_on(migrate(url));
    tokio::task::spawn_blocking(|| thread::spawn(migrated).join())
        .await
        .expect("a thread to migrate on")
        .expect("the migrations run");
    // A template that nobody can connect to can be cloned at any moment.
    server.run(format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")).await;
    name
}

enum At {
    /// With its log.
    Private(Cluster, PathBuf),
    Named(String),
}

/// The server, and a thread that passes wishes on over connections of its own: a test's runtime ends
/// with the test.
struct Server {
    at: At,
    wishes: mpsc::UnboundedSender<Wish>,
}

struct Wish {
    statement: String,
    /// `None`: nobody waits for it.
    done: Option<oneshot::Sender<Result<(), tokio_postgres::Error>>>,
}

/// Started by whoever asks first.
fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        let at = find_server();
        let (wishes, heard) = mpsc::unbounded_channel();
        let url = at.url("postgres");
        thread::spawn(|| fulfil(url, heard));
        Server { at, wishes }
    })
}

#[expect(clippy::disallowed_methods, reason = "where the tests run is no setting of the gateway")]
fn find_server() -> At {
    match std::env::var("TEST_DATABASE_URL") {
        Ok(url) if !url.is_empty() => At::Named(url),
        _ => private_cluster(),
    }
}

fn private_cluster() -> At {
    let name = format!("vapi-gateway-test-{}", uuid::Uuid::new_v4().simple());
    let settings = SETTINGS.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let data_dir = std::env::temp_dir().join(name);
    let log = data_dir.join("postgres.log");
    let started = Cluster::start(ClusterOptions {
        data_dir,
        durable: false,
        ephemeral: true,
        settings: settings.to_vec(),
    });
    let cluster = started.unwrap_or_else(|error| panic!("no server to test on: {error}"));
    At::Private(cluster, log)
}

impl At {
    fn url(&self, database: &str) -> String {
        match self {
            Self::Private(cluster, _) => cluster.url(database),
            Self::Named(url) => with_database(url, database),
        }
    }
}

impl Server {
    fn url(&self, database: &str) -> String {
        self.at.url(database)
    }

    async fn run(&self, statement: String) {
        let (done, answer) = oneshot::channel();
        self.wishes.send(Wish { statement, done: Some(done) }).expect("the server's thread");
        answer.await.expect("the server's thread").expect("the statement succeeds");
    }
}

/// The same server, another database.
fn with_database(url: &str, database: &str) -> String {
    let (address, parameters) = url.split_once('?').unwrap_or((url, ""));
    let server: Vec<&str> = address.split('/').take(3).collect();
    format!("{}/{database}?{parameters}", server.join("/"))
}

fn fulfil(url: String, mut wishes: mpsc::UnboundedReceiver<Wish>) {
    let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        // A drop waits for the clients that it cuts off: nobody else should wait behind it.
        let (makes, drops) = (connect(&url).await, Arc::new(connect(&url).await));
        while let Some(Wish { statement, done }) = wishes.recv().await {
            let Some(done) = done else {
                let drops = Arc::clone(&drops);
                tokio::spawn(async move { drops.batch_execute(&statement).await });
                continue;
            };
            // A test that ended meanwhile does not listen.
            done.send(makes.batch_execute(&statement).await).unwrap_or_default();
        }
    });
}

/// What the server has logged so far; `None` where it is not ours to read.
pub(crate) fn server_log() -> Option<String> {
    match &server().at {
        At::Private(_, log) => Some(std::fs::read_to_string(log).expect("the server's log")),
        At::Named(_) => None,
    }
}

/// A connection without an application around it.
pub(crate) async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("a connection");
    tokio::spawn(connection);
    client
}
