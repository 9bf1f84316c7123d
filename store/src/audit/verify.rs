//! Whether the chain of an organization still is what was written.

use domain::view::AuditHead;
use sqlx::{FromRow, query_as, query_scalar};

use super::chain::{Break, Chain, Line, Walk};
use crate::{StoreError, TenantRead, parse};

statements! {
    UNNUMBERED = "
        select id
        from audit_log
        where tenant_id = $1 and seq is null
        order by at, id
        limit 1";

    NUMBERED = "
        select seq, id, at, action, entity, before, after, actor, actor_user, actor_member, actor_note, ip, user_agent,
               hash
        from audit_log
        where tenant_id = $1 and seq > $2
        order by seq
        limit $3";
}

/// How many lines are read at once.
const AT_ONCE: i64 = 1_000;

#[derive(FromRow)]
struct Stored {
    #[sqlx(flatten)]
    line: Line,
    hash: Option<Vec<u8>>,
}

impl TenantRead {
    /// Walks along the whole chain, in one state of the database. `noted` is a head that was kept elsewhere: the line
    /// of that number must still have that hash, unless it is gone by age.
    pub async fn verify_audit(&mut self, noted: Option<&AuditHead>) -> Result<Result<Chain, Break>, StoreError> {
        let chain = self.audit_chain().await?;
        Ok(self.walk(&chain, noted).await?.map(|()| chain))
    }

    async fn walk(&mut self, chain: &Chain, noted: Option<&AuditHead>) -> Result<Result<(), Break>, StoreError> {
        let (mut conn, tenant) = self.parts();
        let mut walk = match Walk::begin(tenant, chain) {
            Ok(walk) => walk,
            Err(broken) => return Ok(Err(broken)),
        };
        // Below the first line there is nothing but what somebody has put there.
        let mut after = i64::MIN;
        loop {
            let lines: Vec<Stored> = on!(conn.again(), |c| {
                query_as(NUMBERED).bind(tenant).bind(after).bind(AT_ONCE).fetch_all(c).await?
            });
            let Some(last) = lines.last() else { break };
            after = last.line.seq;
            for stored in &lines {
                if let Err(broken) = walk.step(&stored.line, stored.hash.as_deref()) {
                    return Ok(Err(broken));
                }
                if noted.is_some_and(|noted| differs(noted, walk.here())) {
                    return Ok(Err(Break::Noted { number: stored.line.seq }));
                }
            }
        }
        if let Err(broken) = walk.end() {
            return Ok(Err(broken));
        }
        if let Some(noted) = noted.filter(|noted| noted.number > chain.count || noted.number < 1) {
            return Ok(Err(Break::Noted { number: noted.number }));
        }
        let unnumbered: Option<String> = on!(conn, |c| query_scalar(UNNUMBERED).bind(tenant).fetch_optional(c).await?);
        Ok(unnumbered.map_or(Ok(()), |id| Err(Break::Unnumbered { id })))
    }
}

fn differs(noted: &AuditHead, (number, hash): (i64, Option<&[u8]>)) -> bool {
    noted.number == number && hash.map(parse::hexadecimal).as_ref() != Some(&noted.hash)
}
