//! `replay`: sends recorded bodies through a gateway's front door, as Vapi would, and prints what the
//! agent would have been told. A folder is one conversation in the order of its file names: an id that
//! stands in several bodies stays one id, and a body may book the time that an earlier one was offered.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use serde_json::Value;

use crate::cli::conversation::{Conversation, sentences};

/// Vapi's own limit for a tool.
const TIMEOUT: Duration = Duration::from_secs(20);

#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    #[error("cannot read {path}: {source}")]
    Read { path: PathBuf, source: io::Error },
    #[error("there is no .json file in {0}")]
    Nothing(PathBuf),
    #[error("the secret has characters that a header cannot carry")]
    Secret,
    #[error("the HTTP client cannot be built")]
    Client(#[source] reqwest::Error),
    #[error("cannot print: {0}")]
    Print(#[source] io::Error),
}

/// Sends the file, or every `.json` file under the folder in order of their names, to `url` and prints
/// a line for each. Whether all were answered with 200. `fresh_ids` gives the conversations and tool
/// calls new ids, so that the gateway does not recognize them.
pub async fn replay(
    path: &Path,
    url: &str,
    secret: &str,
    fresh_ids: bool,
    out: &mut impl Write,
) -> Result<bool, ReplayError> {
    let files = files_under(path)?;
    let mut secret = HeaderValue::from_str(secret).map_err(|_invalid| ReplayError::Secret)?;
    secret.set_sensitive(true);
    // Fails where a provider is installed already, which is as good.
    rustls::crypto::ring::default_provider().install_default().ok();
    let client =
        reqwest::Client::builder().timeout(TIMEOUT).build().map_err(ReplayError::Client)?;
    let mut conversation = Conversation::new(fresh_ids);
    let mut all_ok = true;
    for file in files {
        let recorded = std::fs::read(&file)
            .map_err(|source| ReplayError::Read { path: file.clone(), source })?;
        let sent = client
            .post(url)
            .header("x-vapi-secret", secret.clone())
            .header(CONTENT_TYPE, "application/json")
            .body(conversation.rewrite(recorded))
            .send()
            .await;
        let line = match sent {
            Ok(response) => {
                let status = response.status();
                all_ok &= status == StatusCode::OK;
                let reply: Value = response.json().await.unwrap_or_default();
                conversation.remember(&reply);
                format!("{} {}", status.as_u16(), sentences(&reply).join(" | "))
            }
            Err(error) => {
                all_ok = false;
                let why = if error.is_timeout() { "no answer in time" } else { "not reachable" };
                format!("--- {why}")
            }
        };
        let name =
            file.strip_prefix(path).ok().filter(|n| !n.as_os_str().is_empty()).unwrap_or(&file);
        writeln!(out, "{}  {}", name.display(), line.trim_end()).map_err(ReplayError::Print)?;
    }
    Ok(all_ok)
}

fn files_under(path: &Path) -> Result<Vec<PathBuf>, ReplayError> {
    let failed = |source| ReplayError::Read { path: path.to_owned(), source };
    if !std::fs::metadata(path).map_err(failed)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?.path();
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|e| e == "json") {
                files.push(entry);
            }
        }
    }
    files.sort();
    if files.is_empty() { Err(ReplayError::Nothing(path.to_owned())) } else { Ok(files) }
}
