//! The development mailbox: letters to anybody, for whoever develops.

use domain::Timestamp;
use domain::ids::MailId;
use domain::view::Letter;
use sqlx::{query, query_as};

use crate::outbox::Mail;
use crate::{StoreError, System, parse};

statements! {
    DELIVER = "
        insert into letters (id, recipient, subject, body, written_at)
        values ($1, $2, $3, $4, $5)
        on conflict (id) do nothing";

    LETTERS = "
        select id, recipient, subject, body, written_at
        from letters
        order by written_at desc, id desc
        limit $1";
}

impl System<'_> {
    /// Puts a letter into the mailbox; the same id again changes nothing.
    pub async fn deliver_to_dev_mailbox(self, id: MailId, mail: &Mail, now: Timestamp) -> Result<(), StoreError> {
        on!(self.store.db.writer(), |c| {
            query(DELIVER)
                .bind(id.to_string())
                .bind(mail.to.as_str())
                .bind(mail.subject.as_str())
                .bind(mail.text.as_str())
                .bind(now.micros())
                .execute(c)
                .await?;
        });
        Ok(())
    }

    /// The latest letters, the newest first; at most `limit`.
    pub async fn letters(self, limit: u32) -> Result<Vec<Letter>, StoreError> {
        let rows: Vec<(String, String, String, String, i64)> =
            on!(self.store.db.reader(), |c| query_as(LETTERS).bind(i64::from(limit)).fetch_all(c).await?);
        rows.into_iter()
            .map(|(id, to, subject, text, written_at)| {
                let written_at = Timestamp::from_micros(written_at);
                Ok(Letter { id: parse::text("letter id", &id)?, to, subject, text, written_at })
            })
            .collect()
    }
}
