//! Whatever is done to a chain behind Usher's back is found.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

const TENANT: &str = "org_00000000000000000000000000000001";

/// Lines with their hashes, and what the organization's row says of them.
#[derive(Clone, Debug)]
struct Log {
    lines: Vec<(Line, Vec<u8>)>,
    chain: Chain,
}

impl Log {
    fn write(lines: Vec<Line>) -> Self {
        let mut log = Self { lines: Vec::new(), chain: Chain { count: 0, head: None, dropped: 0, anchor: None } };
        for mut line in lines {
            log.chain.count += 1;
            line.seq = log.chain.count;
            line.id = format!("aud_{}", line.seq);
            let hash = line.hash(TENANT, log.chain.head.as_deref()).to_vec();
            log.chain.head = Some(hash.clone());
            log.lines.push((line, hash));
        }
        log
    }

    /// As retention does it.
    fn drop_first(&mut self, n: usize) {
        let gone: Vec<_> = self.lines.drain(..n).collect();
        if let Some((line, hash)) = gone.last() {
            self.chain.dropped = line.seq;
            self.chain.anchor = Some(hash.clone());
        }
    }

    /// As the database would give them.
    fn verify(&self) -> Result<(), Break> {
        let mut lines: Vec<_> = self.lines.iter().collect();
        lines.sort_by_key(|(line, _)| line.seq);
        let mut walk = Walk::begin(TENANT, &self.chain)?;
        for (line, hash) in lines {
            walk.step(line, Some(hash))?;
        }
        walk.end()
    }
}

fn line() -> impl Strategy<Value = Line> {
    let text = "[a-z.:\"{}0-9]{0,6}";
    let maybe = || option::of(text);
    (any::<i64>(), text, text, maybe(), maybe(), maybe(), maybe(), maybe(), maybe(), maybe()).prop_map(
        |(at, action, entity, before, after, actor_user, actor_member, actor_note, ip, user_agent)| Line {
            seq: 0,
            id: String::new(),
            at,
            action,
            entity,
            before,
            after,
            actor: "member".to_owned(),
            actor_user,
            actor_member,
            actor_note,
            ip,
            user_agent,
        },
    )
}

/// A log of some lines, of which some of the first are gone by age.
fn log() -> impl Strategy<Value = Log> {
    (vec(line(), 2..12), any::<Index>()).prop_map(|(lines, gone)| {
        let mut log = Log::write(lines);
        // At least two stay, so that there is something to reorder.
        let gone = gone.index(log.lines.len() - 1);
        log.drop_first(gone);
        log
    })
}

/// Another value in one column.
fn edit(line: &mut Line, column: usize, text: &str) {
    let flip = |value: &mut Option<String>| {
        *value = match value.take() {
            Some(old) if old == text => None,
            _ => Some(text.to_owned()),
        };
    };
    match column {
        0 => line.id.push('x'),
        1 => line.at = line.at.wrapping_add(1),
        2 => line.action.push('x'),
        3 => line.entity.insert(0, 'x'),
        4 => flip(&mut line.before),
        5 => flip(&mut line.after),
        6 => line.actor = "system".to_owned(),
        7 => flip(&mut line.actor_user),
        8 => flip(&mut line.actor_member),
        9 => flip(&mut line.actor_note),
        10 => flip(&mut line.ip),
        _ => flip(&mut line.user_agent),
    }
}

proptest! {
    #[test]
    fn what_nobody_has_touched_holds_together(log in log()) {
        prop_assert_eq!(log.verify(), Ok(()));
    }

    #[test]
    fn an_edited_line_is_found_whichever_column_it_is(
        mut log in log(), at in any::<Index>(), column in 0..12_usize, text in "[a-z]{0,4}"
    ) {
        let at = at.index(log.lines.len());
        let was = log.lines[at].0.clone();
        edit(&mut log.lines[at].0, column, &text);
        prop_assume!(log.lines[at].0 != was);
        let line = &log.lines[at].0;
        prop_assert_eq!(log.verify(), Err(Break::Changed { number: line.seq, id: line.id.clone() }));
    }

    #[test]
    fn an_edited_line_with_a_hash_to_match_is_found_by_the_next(
        mut log in log(), at in any::<Index>(), column in 0..12_usize
    ) {
        let at = at.index(log.lines.len());
        let before = at.checked_sub(1).map_or(log.chain.anchor.clone(), |at| Some(log.lines[at].1.clone()));
        let (line, hash) = &mut log.lines[at];
        edit(line, column, "forged");
        *hash = line.hash(TENANT, before.as_deref()).to_vec();
        let expected = log.lines.get(at + 1).map_or(Break::Head, |(next, _)| Break::Changed {
            number: next.seq,
            id: next.id.clone(),
        });
        prop_assert_eq!(log.verify(), Err(expected));
    }

    #[test]
    fn a_removed_line_is_found(mut log in log(), at in any::<Index>()) {
        let at = at.index(log.lines.len());
        let (gone, _) = log.lines.remove(at);
        prop_assert_eq!(log.verify(), Err(Break::Missing { number: gone.seq }));
    }

    #[test]
    fn a_removed_line_is_found_even_if_the_rest_moves_up(mut log in log(), at in any::<Index>()) {
        let at = at.index(log.lines.len());
        log.lines.remove(at);
        for (line, _) in log.lines.iter_mut().skip(at) {
            line.seq -= 1;
        }
        prop_assert!(log.verify().is_err());
    }

    #[test]
    fn lines_in_another_order_are_found(mut log in log(), one in any::<Index>(), other in any::<Index>()) {
        let (one, other) = (one.index(log.lines.len()), other.index(log.lines.len()));
        prop_assume!(one != other);
        let (a, b) = (log.lines[one].0.seq, log.lines[other].0.seq);
        log.lines[one].0.seq = b;
        log.lines[other].0.seq = a;
        let found = log.verify();
        prop_assert!(matches!(found, Err(Break::Changed { number, .. }) if number == a.min(b)), "{:?}", found);
    }

    #[test]
    fn an_added_line_is_found_wherever_it_is(mut log in log(), at in any::<Index>(), forged in line()) {
        let at = at.index(log.lines.len() + 1);
        let before = at.checked_sub(1).map_or(log.chain.anchor.clone(), |at| Some(log.lines[at].1.clone()));
        let seq = log.chain.dropped + 1 + i64::try_from(at).unwrap();
        let forged = Line { seq, id: "aud_forged".to_owned(), ..forged };
        let hash = forged.hash(TENANT, before.as_deref()).to_vec();
        for (line, _) in log.lines.iter_mut().skip(at) {
            line.seq += 1;
        }
        log.lines.insert(at, (forged, hash));
        prop_assert!(log.verify().is_err());
    }

    #[test]
    fn a_shortened_log_is_found_at_both_ends(log in log(), n in any::<Index>()) {
        let n = 1 + n.index(log.lines.len());
        let mut head = log.clone();
        head.lines.drain(..n);
        prop_assert_eq!(head.verify(), Err(Break::Missing { number: log.chain.dropped + 1 }));
        let mut tail = log.clone();
        tail.lines.truncate(tail.lines.len() - n);
        let last = tail.lines.last().map_or(log.chain.dropped, |(line, _)| line.seq);
        prop_assert_eq!(tail.verify(), Err(Break::Missing { number: last + 1 }));
        // Even if the number of lines is lowered with them.
        tail.chain.count = last;
        prop_assert!(tail.verify().is_err());
    }

    #[test]
    fn a_line_of_another_organization_does_not_fit(log in log()) {
        let mut walk = Walk::begin("org_00000000000000000000000000000002", &log.chain).unwrap();
        let (line, hash) = &log.lines[0];
        prop_assert!(walk.step(line, Some(hash)).is_err());
    }

    #[test]
    fn no_two_lines_are_hashed_alike(one in line(), other in line()) {
        prop_assert_eq!(one == other, one.hash(TENANT, None) == other.hash(TENANT, None));
    }
}

#[test]
fn the_encoding_does_not_change_by_accident() {
    let line = Line {
        seq: 1,
        id: "aud_1".to_owned(),
        at: 1_800_000_000_000_000,
        action: "member.invited".to_owned(),
        entity: "inv_1".to_owned(),
        before: None,
        after: Some("{}".to_owned()),
        actor: "system".to_owned(),
        actor_user: None,
        actor_member: None,
        actor_note: Some("a test".to_owned()),
        ip: None,
        user_agent: None,
    };
    let first = parse::hexadecimal(&line.hash(TENANT, None));
    assert_eq!(first, "80818fdbe5ee4e456518c64b5e0cd6bad354a74d570db88b145f00da1ad70ea2");
    assert_ne!(first, parse::hexadecimal(&line.hash(TENANT, Some(&[0; 32]))));
}
