//! Name servers over the network: those of this machine, or one that the operator names.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use async_trait::async_trait;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{RData, RecordType};

use super::{NoAnswer, TxtLookup};

/// How long one of them may take. A person waits for the answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// More texts than any name has that somebody means to be read.
const MOST: usize = 100;

/// Name servers over the network.
pub struct NameServers(TokioResolver);

impl NameServers {
    /// Those that this machine is told to ask.
    ///
    /// # Errors
    /// When the machine's settings cannot be read.
    pub fn of_this_machine() -> anyhow::Result<Self> {
        Self::build(TokioResolver::builder_tokio().context("reading which name servers this machine asks")?)
    }

    /// This one.
    ///
    /// # Errors
    /// When the resolver cannot be made.
    pub fn at(server: SocketAddr) -> anyhow::Result<Self> {
        let mut config = NameServerConfig::udp_and_tcp(server.ip());
        for connection in &mut config.connections {
            connection.port = server.port();
        }
        let config = ResolverConfig::from_name_servers(vec![config]);
        Self::build(TokioResolver::builder_with_config(config, TokioRuntimeProvider::default()))
    }

    fn build(mut builder: hickory_resolver::ResolverBuilder<TokioRuntimeProvider>) -> anyhow::Result<Self> {
        let options = builder.options_mut();
        options.timeout = PATIENCE;
        options.attempts = 1;
        // Who has just written the record wants to know whether it is there, not that it was not a minute ago.
        options.cache_size = 0;
        options.use_hosts_file = ResolveHosts::Never;
        Ok(Self(builder.build().context("making the resolver")?))
    }
}

#[async_trait]
impl TxtLookup for NameServers {
    async fn txt(&self, name: &str) -> Result<Vec<String>, NoAnswer> {
        // The dot at the end: this name, and none below the machine's own domain.
        let found = match self.0.lookup(format!("{name}."), RecordType::TXT).await {
            Ok(found) => found,
            Err(no) if no.is_no_records_found() => return Ok(Vec::new()),
            Err(no) => return Err(NoAnswer(no.to_string())),
        };
        let texts = found.answers().iter().filter_map(|record| match &record.data {
            RData::TXT(text) => Some(text.txt_data.concat()),
            _ => None,
        });
        Ok(texts.take(MOST).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect())
    }
}
