//! Several invitations at once, and what becomes of them.

use domain::ids::InvitationId;
use domain::view::{BatchOutcome, InvitationStanding};
use service::{Error, Invite, Visit};
use std::fmt::Write as _;
use std::time::Duration;

use crate::people::outcomes;
use crate::stand::{PASSWORD, Stand, code, token};

claims! {
    a_file_of_fifty_rows_with_seven_bad_ones_reports_exactly_those_seven;
    the_cap_counts_for_the_batch_as_a_whole;
    the_same_file_sent_twice_changes_nothing_and_sends_no_second_letter;
    an_address_that_stands_twice_is_marked_on_both_rows;
    a_form_keeps_the_places_of_its_rows;
    a_batch_has_an_end_and_a_beginning;
    many_batches_at_once_take_no_seat_twice;
    a_row_above_ones_own_role_is_refused_alone;
    sending_again_gives_a_link_more_and_seven_days_more;
    an_invitation_is_sent_at_most_once_a_minute_also_by_a_double_click;
    a_copied_link_works_and_sends_nothing;
    a_list_of_invitations_shows_how_each_stands_and_no_link;
    a_long_list_comes_in_pages;
    two_mailboxes_of_one_person_are_two_people;
    without_mail_the_link_is_there_all_the_same;
}

async fn a_file_of_fifty_rows_with_seven_bad_ones_reports_exactly_those_seven(stand: Stand) {
    let owner = stand.acme().await;
    stand.buy(&owner, "enterprise", "month").await;
    stand.join(&owner, "member@acme.test", "member").await;
    let bad = [
        (4, "nobody", "email-form"),
        (9, "person9@acme.test,king", "role-unknown"),
        (17, "MEMBER@acme.test", "already-member"),
        (23, "person23@", "email-domain"),
        (31, "twice@acme.test", "batch-twice"),
        (42, "Twice@Acme.test,admin", "batch-twice"),
        (50, "\"a b\"@acme.test", "email-form"),
    ];
    let mut file = "\u{feff}email,role\r\n".to_owned();
    for line in 2..=51 {
        let row = bad.iter().find(|(at, ..)| *at == line);
        let row = row.map_or_else(|| format!("person{line}@acme.test,member"), |(_, row, _)| (*row).to_owned());
        write!(file, "{row}\r\n").unwrap();
    }
    let report = stand.csv(&owner, &file).await;
    assert_eq!(report.rows.len(), 50);
    let refused: Vec<String> = outcomes(&report).into_iter().filter(|row| !row.ends_with(" invited")).collect();
    let expected: Vec<String> = bad.iter().map(|(line, _, why)| format!("{line} {why}")).collect();
    assert_eq!(refused, expected, "exactly those seven");
    assert_eq!(report.rows[2].email, "nobody", "as it was written");
    let count = stand.team(&owner).await.desk.seats.count;
    assert_eq!((count.active, count.reserved), (2, 43), "and nothing is lost of the others");
    stand.settle().await;
    let letters = service::letters(&stand.s).await.unwrap();
    let to = |email: &str| letters.iter().filter(|letter| letter.to == email).count();
    assert_eq!((to("person2@acme.test"), to("person51@acme.test"), to("twice@acme.test")), (1, 1, 0));
}

async fn the_cap_counts_for_the_batch_as_a_whole(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    let report = stand.csv(&owner, "a@acme.test\nb@other.test\nc@acme.test\nd@acme.test\ne@acme.test").await;
    assert_eq!(outcomes(&report), ["1 invited", "2 other-domain", "3 invited", "4 seats-full", "5 seats-full"]);
    assert_eq!(stand.seats(&owner).await, (1, 2));
}

async fn the_same_file_sent_twice_changes_nothing_and_sends_no_second_letter(stand: Stand) {
    let owner = stand.acme().await;
    let file = "email;role\na@acme.test;admin\nb@acme.test;\nnobody;";
    assert_eq!(outcomes(&stand.csv(&owner, file).await), ["2 invited", "3 invited", "4 email-form"]);
    assert_eq!(outcomes(&stand.csv(&owner, file).await), ["2 already", "3 already", "4 email-form"]);
    assert_eq!(outcomes(&stand.csv(&owner, "a@acme.test,viewer").await), ["1 invited-as"]);
    assert_eq!(stand.seats(&owner).await, (1, 2));
    assert_eq!(stand.subjects_to("a@acme.test").await.len(), 1);
}

async fn an_address_that_stands_twice_is_marked_on_both_rows(stand: Stand) {
    let owner = stand.acme().await;
    let report = stand.csv(&owner, "a@acme.test\nb@acme.test\n A@ACME.test ,admin").await;
    assert_eq!(outcomes(&report), ["1 batch-twice", "2 invited", "3 batch-twice"]);
    let BatchOutcome::Refused(why) = &report.rows[2].outcome else { panic!("refused") };
    assert!(why.what.contains("rows 1 and 3"), "{why}");
    assert_eq!(stand.seats(&owner).await, (1, 1));
}

async fn a_form_keeps_the_places_of_its_rows(stand: Stand) {
    let owner = stand.acme().await;
    let row = |email: &str, role: &str| Invite { email: email.to_owned(), role: role.to_owned() };
    let rows = vec![row(" ", "member"), row("a@acme.test", ""), row("", ""), row("b", "member")];
    let report = service::invite_several(&stand.s, &owner, "acme", rows).await.unwrap();
    assert_eq!(outcomes(&report), ["2 invited", "4 email-form"]);
}

async fn a_batch_has_an_end_and_a_beginning(stand: Stand) {
    let owner = stand.acme().await;
    stand.buy(&owner, "enterprise", "month").await;
    assert_eq!(code(stand.several(&owner, &["", " "]).await), "batch-empty");
    assert_eq!(code(service::invite_csv(&stand.s, &owner, "acme", "email,role\n".to_owned()).await), "batch-empty");
    let rows: Vec<String> = (0..501).map(|n| format!("person{n}@acme.test")).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    assert_eq!(code(stand.several(&owner, &rows).await), "batch-long");
    assert_eq!(stand.seats(&owner).await, (1, 0), "nobody of them");
    assert_eq!(stand.several(&owner, &rows[..500]).await.unwrap().rows.len(), 500);
    assert_eq!(stand.team(&owner).await.invited, 500);
}

async fn many_batches_at_once_take_no_seat_twice(stand: Stand) {
    let owner = stand.acme().await;
    stand.buy(&owner, "team", "month").await;
    let files: Vec<String> =
        (0..8).map(|n| (0..5).map(|m| format!("person{n}-{m}@acme.test")).collect::<Vec<_>>().join("\n")).collect();
    let reports = futures::future::join_all(files.iter().map(|file| stand.csv(&owner, file))).await;
    let invited = reports.iter().flat_map(|report| &report.rows).filter(|row| row.outcome == BatchOutcome::Invited);
    assert_eq!(invited.count(), 19);
    assert_eq!(stand.seats(&owner).await, (1, 19));
}

async fn a_row_above_ones_own_role_is_refused_alone(stand: Stand) {
    let owner = stand.acme().await;
    let admin = stand.join(&owner, "admin@acme.test", "admin").await;
    let report = stand.csv(&admin, "a@acme.test,owner\nb@acme.test,admin").await;
    assert_eq!(outcomes(&report), ["1 role-above", "2 invited"]);
}

async fn sending_again_gives_a_link_more_and_seven_days_more(stand: Stand) {
    let owner = stand.acme().await;
    let first = stand.invite(&owner, "second@acme.test").await.unwrap();
    stand.pass(Duration::from_hours(6 * 24));
    let again = service::resend_invitation(&stand.s, &owner, "acme", first.id).await.unwrap();
    assert_eq!((again.id, &again.email), (first.id, &first.email));
    assert_ne!(again.link, first.link);
    let row = &stand.team(&owner).await.invitations[0];
    assert_eq!((row.sent, row.expires_at), (2, stand.s.now().plus(Duration::from_hours(7 * 24))));
    let letters = stand.letters_to("second@acme.test").await;
    assert_eq!(letters.len(), 2);
    assert_ne!(letters[0].text, letters[1].text, "with the new link");
    stand.pass(Duration::from_hours(6 * 24));
    stand.settle().await;
    for link in [&first, &again] {
        assert_eq!(code(service::invitation(&stand.s, None, &token(link)).await), "-", "each link works");
    }
    service::accept_as_new(&stand.s, &token(&first), PASSWORD.to_owned(), Visit::default()).await.unwrap();
    assert_eq!(code(service::invitation(&stand.s, None, &token(&again)).await), "invitation-used", "and ends with it");
    assert_eq!(code(service::resend_invitation(&stand.s, &owner, "acme", first.id).await), "not-found");
    let nobody = InvitationId::new(stand.s.now(), [9; 10]);
    assert_eq!(code(service::resend_invitation(&stand.s, &owner, "acme", nobody).await), "not-found");
}

async fn an_invitation_is_sent_at_most_once_a_minute_also_by_a_double_click(stand: Stand) {
    let owner = stand.acme().await;
    let id = stand.invite(&owner, "second@acme.test").await.unwrap().id;
    let resend = || service::resend_invitation(&stand.s, &owner, "acme", id);
    stand.pass(Duration::from_secs(59));
    let Err(Error::TooMany { after }) = resend().await else { panic!("too soon") };
    assert_eq!(after, Duration::from_secs(1));
    stand.pass(Duration::from_secs(1));
    let all = futures::future::join_all((0..4).map(|_| resend())).await;
    assert_eq!(all.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert_eq!(stand.subjects_to("second@acme.test").await.len(), 2);
}

async fn a_copied_link_works_and_sends_nothing(stand: Stand) {
    let owner = stand.acme().await;
    let first = stand.invite(&owner, "second@acme.test").await.unwrap();
    let copied = service::invitation_link(&stand.s, &owner, "acme", first.id).await.unwrap();
    assert_ne!(copied.link, first.link, "nobody can read the first one again");
    assert_eq!(stand.subjects_to("second@acme.test").await.len(), 1);
    assert_eq!(stand.team(&owner).await.invitations[0].sent, 1);
    service::accept_as_new(&stand.s, &token(&copied), PASSWORD.to_owned(), Visit::default()).await.unwrap();
    assert_eq!(stand.seats(&owner).await, (2, 0));
    assert_eq!(code(service::invitation_link(&stand.s, &owner, "acme", first.id).await), "not-found");
}

async fn a_list_of_invitations_shows_how_each_stands_and_no_link(stand: Stand) {
    let owner = stand.acme().await;
    let s = &stand.s;
    let expired = stand.invite(&owner, "expired@acme.test").await.unwrap();
    stand.pass(Duration::from_hours(7 * 24 + 1));
    let listed = service::invitations(s, &owner, "acme", 1).await.unwrap();
    assert!(matches!(listed.lines[0].standing, InvitationStanding::Expired { .. }), "before the worker has come by");
    stand.settle().await;
    let cancelled = stand.invite(&owner, "cancelled@acme.test").await.unwrap();
    let reason = Some("Wrong person".to_owned());
    service::cancel_invitation(s, &owner, "acme", cancelled.id, reason).await.unwrap();
    stand.pass(Duration::from_secs(1));
    stand.join(&owner, "accepted@acme.test", "member").await;
    stand.pass(Duration::from_secs(1));
    let pending = stand.invite(&owner, "pending@acme.test").await.unwrap();
    let listed = service::invitations(s, &owner, "acme", 0).await.unwrap();
    let stands: Vec<(&str, &InvitationStanding)> =
        listed.lines.iter().map(|line| (line.row.email.as_str(), &line.standing)).collect();
    assert!(matches!(
        stands.as_slice(),
        [
            ("pending@acme.test", InvitationStanding::Pending),
            ("accepted@acme.test", InvitationStanding::Accepted { .. }),
            ("cancelled@acme.test", InvitationStanding::Cancelled { reason: Some(_), .. }),
            ("expired@acme.test", InvitationStanding::Expired { .. }),
        ]
    ));
    let shown = format!("{listed:?}{:?}", stand.team(&owner).await);
    for link in [&expired, &cancelled, &pending] {
        assert!(!shown.contains(&token(link)), "a link is shown when it is made, and never again");
    }
}

async fn a_long_list_comes_in_pages(stand: Stand) {
    let owner = stand.acme().await;
    stand.buy(&owner, "enterprise", "month").await;
    let rows: Vec<String> = (0..120).map(|n| format!("person{n:03}@acme.test")).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    stand.several(&owner, &rows).await.unwrap();
    let mut seen = std::collections::HashSet::new();
    for (page, len) in [(1, 50), (2, 50), (3, 20), (4, 0)] {
        let listed = service::invitations(&stand.s, &owner, "acme", page).await.unwrap();
        assert_eq!((listed.lines.len(), listed.found, listed.page, listed.pages), (len, 120, page, 3));
        seen.extend(listed.lines.into_iter().map(|line| line.row.id));
    }
    assert_eq!(seen.len(), 120);
    let team = stand.team(&owner).await;
    assert_eq!((team.invitations.len(), team.invited), (50, 120));
}

async fn two_mailboxes_of_one_person_are_two_people(stand: Stand) {
    let owner = stand.acme().await;
    let report = stand.csv(&owner, "first.last@acme.test\nfirst.last+tag@acme.test").await;
    assert_eq!(outcomes(&report), ["1 invited", "2 invited"], "neither dots nor what follows a plus are folded");
    assert_eq!(code(stand.invite(&owner, "First.Last@Acme.test").await), "already-invited", "but case is");
}

async fn without_mail_the_link_is_there_all_the_same(stand: Stand) {
    let owner = stand.acme().await;
    assert!(!stand.s.settings().mail_is_sent);
    let invited = stand.invite(&owner, "second@acme.test").await.unwrap();
    assert!(!stand.team(&owner).await.mail_is_sent, "and the page says that no letter leaves the house");
    let listed = service::invitations(&stand.s, &owner, "acme", 1).await.unwrap();
    assert!(!listed.mail_is_sent);
    assert_eq!(code(service::invitation(&stand.s, None, &token(&invited)).await), "-");
}
