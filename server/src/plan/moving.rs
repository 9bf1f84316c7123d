//! `usher plan move`: what it does to whom, and doing it.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use anyhow::bail;
use service::{Error, Fate, MovePlan, MoveRow, Services};

use crate::cli::PlanMove;

/// Shows it, asks, and does it one by one; fails if somebody is left who should have been moved.
pub(super) async fn moving(s: &Services, deed: &PlanMove) -> anyhow::Result<()> {
    let said = MovePlan { from: deed.from.clone(), to: deed.to.clone(), organization: deed.organization.clone() };
    let how = match service::plan_move(s, &said).await {
        Err(Error::NotFound) => bail!("no organization has that slug; it is the part after /app/"),
        Err(Error::Refused(why)) => bail!("{} {}", why.what, why.next),
        other => other?,
    };
    println!("From {} to {}:", deed.from, how.to);
    let wide = how.rows.iter().map(|row| row.slug.as_str().len()).max().unwrap_or(0);
    for row in &how.rows {
        println!("{}", line(row, wide));
        for more in details(row) {
            println!("{:wide$}  {more}", "");
        }
    }
    let count = |is: fn(&Fate) -> bool| how.rows.iter().filter(|row| is(&row.fate)).count();
    let (now, later) = (count(|it| *it == Fate::AtOnce), count(|it| matches!(it, Fate::At(_))));
    let blocked = count(|it| matches!(it, Fate::Blocked(_)));
    let done = count(|it| matches!(it, Fate::Arranged(_) | Fate::There));
    println!(
        "{later} with their next period, {now} at once, {done} arranged or done already, {blocked} not now, {} with nothing \
         that runs.",
        count(|it| *it == Fate::Over)
    );
    if deed.dry_run {
        return Ok(());
    }
    if now + later > 0 {
        if !deed.yes && !agreed(now + later)? {
            bail!("nothing was changed; do it with --yes");
        }
        act(s, &how).await?;
    }
    if blocked > 0 {
        bail!("{blocked} cannot be moved now; what is in the way stands above");
    }
    Ok(())
}

/// One after the other. What goes wrong with one is said, and the others are moved.
async fn act(s: &Services, how: &service::PlanMove) -> anyhow::Result<()> {
    let mut failed = 0;
    for row in how.rows.iter().filter(|row| matches!(row.fate, Fate::AtOnce | Fate::At(_))) {
        match service::move_subscriber(s, how, row).await {
            Ok(fate) => println!("{}: {}", row.slug, done(&fate)),
            Err(error) => {
                failed += 1;
                println!("{}: FAILED, {error}", row.slug);
            }
        }
    }
    if failed > 0 {
        bail!("{failed} were not moved; run it again, whoever is moved is left alone");
    }
    Ok(())
}

/// Whether who sits there says yes; nobody sits there: no.
fn agreed(many: usize) -> anyhow::Result<bool> {
    let input = std::io::stdin();
    if !input.is_terminal() {
        return Ok(false);
    }
    print!("Move {many}? Their owners get a letter. [y/N] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    input.lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

fn line(row: &MoveRow, wide: usize) -> String {
    let MoveRow { slug, from, fate, .. } = row;
    let price = match row.price {
        Some((now, then, interval)) if now == then => format!(", {now} a {interval} as before"),
        Some((now, then, interval)) => format!(", {now} to {then} a {interval}"),
        None => String::new(),
    };
    let fate = match fate {
        Fate::AtOnce => "at once".to_owned(),
        Fate::At(at) => format!("on {}", at.date()),
        Fate::Arranged(at) => format!("arranged already for {}", at.date()),
        Fate::There => "has it already".to_owned(),
        Fate::Over => "has nothing that runs".to_owned(),
        Fate::Blocked(why) => format!("NOT NOW: {} {}", why.what, why.next),
    };
    format!("{:wide$}  {from}  {fate}{price}", slug.as_str())
}

fn details(row: &MoveRow) -> Vec<String> {
    let names = |people: &[domain::EmailAddress]| people.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let mut all = Vec::new();
    if !row.differences.is_empty() {
        let words: Vec<_> = row.differences.iter().map(|difference| difference.words.as_str()).collect();
        all.push(words.join("; "));
    }
    if !row.rest.is_empty() {
        all.push(format!("seats that rest then: {}", names(&row.rest)));
    }
    if !row.uninvited.is_empty() {
        all.push(format!("invitations taken back then: {}", names(&row.uninvited)));
    }
    all
}

fn done(fate: &Fate) -> String {
    match fate {
        Fate::AtOnce => "moved.".to_owned(),
        Fate::At(at) => format!("changes on {}; its owners know.", at.date()),
        Fate::Arranged(at) => format!("was arranged already, for {}.", at.date()),
        Fate::There => "had it already.".to_owned(),
        Fate::Over | Fate::Blocked(_) => "left alone.".to_owned(),
    }
}
