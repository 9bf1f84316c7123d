//! A company's e-mail domains besides the one it was created with, and how far each is proved.

use domain::email::proof::{Failure, Proof};
use domain::ids::DomainId;
use domain::{EmailDomain, Timestamp};
use sqlx::{FromRow, query, query_as, query_scalar};

use crate::{StoreError, TenantRead, TenantTx, parse};

statements! {
    DOMAINS = "
        select id, domain, subdomains, challenge, created_at, verified_at, checked_at, failure, failures, look_at
        from domains
        where tenant_id = $1 and removed_at is null
        order by created_at, id";

    IS_OURS = "
        select count(*)
        from domains
        where tenant_id = $1 and domain = $2 and removed_at is null";

    ADD_DOMAIN = "
        insert into domains (tenant_id, id, domain, challenge, created_at, look_at)
        values ($1, $2, $3, $4, $5, $6)";

    LOOKED = "
        update domains
        set verified_at = $3, checked_at = $4, failure = $5, failures = $6, look_at = $7
        where tenant_id = $1 and id = $2 and removed_at is null";

    REMOVE_DOMAIN = "
        update domains
        set removed_at = $3
        where tenant_id = $1 and id = $2 and removed_at is null";

    SET_SUBDOMAINS = "
        update domains
        set subdomains = $3
        where tenant_id = $1 and id = $2 and removed_at is null";

    SET_OWN_SUBDOMAINS = "
        update organizations
        set subdomains = $2
        where tenant_id = $1 and domain is not null";
}

/// A domain to be proved.
#[derive(Clone, Debug)]
pub struct NewDomain {
    /// Its id.
    pub id: DomainId,
    /// Which.
    pub domain: EmailDomain,
    /// What the record has to say. No secret: it is there for everybody to read.
    pub challenge: String,
}

/// A domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainRecord {
    /// Its id.
    pub id: DomainId,
    /// Which.
    pub domain: EmailDomain,
    /// Whether people of its subdomains count as its people.
    pub subdomains: bool,
    /// What the record has to say.
    pub challenge: String,
    /// How far it is proved.
    pub proof: Proof,
}

#[derive(FromRow)]
struct Row {
    id: String,
    domain: String,
    subdomains: bool,
    challenge: String,
    created_at: i64,
    verified_at: Option<i64>,
    checked_at: Option<i64>,
    failure: Option<String>,
    failures: i64,
    look_at: Option<i64>,
}

impl Row {
    fn record(self) -> Result<DomainRecord, StoreError> {
        let at = |micros: Option<i64>| micros.map(Timestamp::from_micros);
        Ok(DomainRecord {
            id: parse::text("domain id", &self.id)?,
            domain: parse::text("domain", &self.domain)?,
            subdomains: self.subdomains,
            challenge: self.challenge,
            proof: Proof {
                created_at: Timestamp::from_micros(self.created_at),
                verified_at: at(self.verified_at),
                checked_at: at(self.checked_at),
                failure: self.failure.as_deref().map(failure).transpose()?,
                failures: parse::count("failures", self.failures)?,
                look_at: at(self.look_at),
            },
        })
    }
}

impl TenantRead {
    /// The company's domains besides its own, the oldest first, proved or not.
    pub async fn domains(&mut self) -> Result<Vec<DomainRecord>, StoreError> {
        let (conn, tenant) = self.parts();
        let rows: Vec<Row> = on!(conn, |c| query_as(DOMAINS).bind(tenant).fetch_all(c).await?);
        rows.into_iter().map(Row::record).collect()
    }
}

impl TenantTx {
    /// Writes a domain down, to be proved; `false` if it is there already.
    pub async fn add_domain(&mut self, new: &NewDomain) -> Result<bool, StoreError> {
        self.at_the_gate().await?;
        let proof = Proof::new(self.now());
        let (conn, tenant) = self.parts();
        let there: i64 =
            on!(conn, |c| query_scalar(IS_OURS).bind(tenant).bind(new.domain.as_str()).fetch_one(c).await?);
        if there > 0 {
            return Ok(false);
        }
        let (conn, tenant) = self.parts();
        on!(conn, |c| {
            query(ADD_DOMAIN)
                .bind(tenant)
                .bind(new.id.to_string())
                .bind(new.domain.as_str())
                .bind(new.challenge.as_str())
                .bind(proof.created_at.micros())
                .bind(proof.look_at.map(Timestamp::micros))
                .execute(c)
                .await?;
        });
        Ok(true)
    }

    /// The domain as it is now, with nobody else changing it until the end of the transaction.
    pub async fn domain(&mut self, id: DomainId) -> Result<Option<DomainRecord>, StoreError> {
        self.at_the_gate().await?;
        Ok(self.domains().await?.into_iter().find(|domain| domain.id == id))
    }

    /// Notes what a look has found.
    pub async fn looked(&mut self, id: DomainId, proof: &Proof) -> Result<(), StoreError> {
        let (conn, tenant) = self.parts();
        on!(conn, |c| {
            query(LOOKED)
                .bind(tenant)
                .bind(id.to_string())
                .bind(proof.verified_at.map(Timestamp::micros))
                .bind(proof.checked_at.map(Timestamp::micros))
                .bind(proof.failure.map(failure_word))
                .bind(i64::from(proof.failures))
                .bind(proof.look_at.map(Timestamp::micros))
                .execute(c)
                .await?;
        });
        Ok(())
    }

    /// Takes a domain away; `false` if it is not there.
    pub async fn remove_domain(&mut self, id: DomainId) -> Result<bool, StoreError> {
        self.at_the_gate().await?;
        let now = self.now().micros();
        let (conn, tenant) = self.parts();
        let gone = on!(conn, |c| {
            query(REMOVE_DOMAIN).bind(tenant).bind(id.to_string()).bind(now).execute(c).await?.rows_affected()
        });
        Ok(gone == 1)
    }

    /// Sets whether people of a domain's subdomains count as its people; `false` if it is not there.
    pub async fn set_subdomains(&mut self, id: DomainId, open: bool) -> Result<bool, StoreError> {
        self.at_the_gate().await?;
        let (conn, tenant) = self.parts();
        let set = on!(conn, |c| {
            query(SET_SUBDOMAINS).bind(tenant).bind(id.to_string()).bind(open).execute(c).await?.rows_affected()
        });
        Ok(set == 1)
    }

    /// Sets the same for the domain that the company was created with; `false` if it was created from a free mailbox.
    pub async fn set_own_subdomains(&mut self, open: bool) -> Result<bool, StoreError> {
        self.at_the_gate().await?;
        let (conn, tenant) = self.parts();
        let set = on!(conn, |c| query(SET_OWN_SUBDOMAINS).bind(tenant).bind(open).execute(c).await?.rows_affected());
        Ok(set == 1)
    }
}

const fn failure_word(failure: Failure) -> &'static str {
    match failure {
        Failure::Missing => "missing",
        Failure::Other => "other",
        Failure::Unanswered => "unanswered",
    }
}

fn failure(word: &str) -> Result<Failure, StoreError> {
    [Failure::Missing, Failure::Other, Failure::Unanswered]
        .into_iter()
        .find(|failure| failure_word(*failure) == word)
        .ok_or_else(|| StoreError::inconsistent("failure", format!("`{word}` is none")))
}
