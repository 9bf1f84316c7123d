//! Organizations: making one, finding it, and not finding somebody else's.

use domain::Role;
use domain::ids::{InvitationId, MemberId, SeatRequestId};
use domain::view::TeamQuery;
use service::{Error, Invite, RequestSeat, StartCheckout};

use crate::stand::{Stand, code};

claims! {
    who_makes_an_organization_owns_it;
    a_slug_is_suggested_and_a_taken_one_gets_a_number;
    a_written_slug_that_is_taken_reserved_or_malformed_is_refused;
    a_free_mailbox_makes_no_company_domain;
    a_stranger_and_a_missing_organization_get_the_same_answer_everywhere;
    twenty_at_once_get_twenty_organizations_or_refusals_and_one_slug_each;
}

async fn who_makes_an_organization_owns_it(stand: Stand) {
    let owner = stand.acme().await;
    let desk = service::desk(&stand.s, &owner, "acme").await.unwrap();
    assert_eq!((desk.role, desk.plan.as_str(), desk.name.as_str()), (Role::Owner, "Free", "Acme"));
    assert_eq!(desk.domain.unwrap().as_str(), "acme.test");
    assert_eq!((desk.seats.count.active, desk.seats.limit.cap()), (1, Some(3)));
    let mine = service::organizations(&stand.s, &owner).await.unwrap();
    assert_eq!(mine, desk.organizations);
    assert_eq!(mine.len(), 1);
}

async fn a_slug_is_suggested_and_a_taken_one_gets_a_number(stand: Stand) {
    let owner = stand.sign_up("owner@acme.test").await;
    for expected in ["acme-soehne", "acme-soehne-2", "acme-soehne-3"] {
        let slug = stand.create(&owner, "  Acme & Soehne ", "").await.unwrap();
        assert_eq!(slug.as_str(), expected);
    }
    assert_eq!(code(stand.create(&owner, "東京", "").await), "slug-missing");
}

async fn a_written_slug_that_is_taken_reserved_or_malformed_is_refused(stand: Stand) {
    let owner = stand.acme().await;
    for (slug, why) in
        [("acme", "slug-taken"), ("admin", "slug-reserved"), ("Acme", "slug-characters"), ("a", "slug-length")]
    {
        assert_eq!(code(stand.create(&owner, "Other", slug).await), why);
    }
    assert_eq!(code(stand.create(&owner, " ", "other").await), "name-length");
    assert_eq!(code(stand.create(&owner, "a\nb", "other").await), "name-characters");
    assert_eq!(service::organizations(&stand.s, &owner).await.unwrap().len(), 1);
}

async fn a_free_mailbox_makes_no_company_domain(stand: Stand) {
    let owner = stand.sign_up("somebody@gmail.com").await;
    stand.create(&owner, "Acme", "acme").await.unwrap();
    let desk = service::desk(&stand.s, &owner, "acme").await.unwrap();
    assert_eq!(desk.domain, None);
    assert_eq!(code(stand.start(&owner, "all_access", "year", 1).await), "no-company-domain");
    assert!(stand.till.inside().customers.is_empty(), "nothing is asked of the provider for that");
}

async fn a_stranger_and_a_missing_organization_get_the_same_answer_everywhere(stand: Stand) {
    stand.acme().await;
    let stranger = stand.sign_up("stranger@other.test").await;
    let (s, now) = (&stand.s, stand.s.now());
    let (invitation, member) = (InvitationId::new(now, [0; 10]), MemberId::new(now, [0; 10]));
    let request = SeatRequestId::new(now, [0; 10]);
    for slug in ["acme", "nowhere", "NOT A SLUG", ""] {
        let buy =
            StartCheckout { plan: "all_access".to_owned(), interval: "year".to_owned(), seats: 1, currency: None };
        let ask = Invite { email: "x@other.test".to_owned(), role: "member".to_owned() };
        let seat = RequestSeat { email: "x".to_owned(), role: String::new(), note: None };
        let answers: Vec<Option<Error>> = vec![
            service::desk(s, &stranger, slug).await.err(),
            service::billing(s, &stranger, slug).await.err(),
            service::team(s, &stranger, slug, TeamQuery::default()).await.err(),
            service::start_checkout(s, &stranger, slug, buy).await.err(),
            service::finish_checkout(s, &stranger, slug, "cs_0").await.err(),
            service::abandon_checkout(s, &stranger, slug).await.err(),
            service::invite(s, &stranger, slug, ask).await.err(),
            service::cancel_invitation(s, &stranger, slug, invitation, None).await.err(),
            service::change_invitation_role(s, &stranger, slug, invitation, "king".to_owned()).await.err(),
            service::resend_invitation(s, &stranger, slug, invitation).await.err(),
            service::invitation_link(s, &stranger, slug, invitation).await.err(),
            service::invitations(s, &stranger, slug, 1).await.err(),
            service::invite_several(s, &stranger, slug, Vec::new()).await.err(),
            service::invite_csv(s, &stranger, slug, String::new()).await.err(),
            service::remove_member(s, &stranger, slug, member).await.err(),
            service::suspend_member(s, &stranger, slug, member, None, Some("never".to_owned())).await.err(),
            service::reactivate_member(s, &stranger, slug, member).await.err(),
            service::change_role(s, &stranger, slug, member, "king".to_owned()).await.err(),
            service::requests(s, &stranger, slug).await.err(),
            service::request_seat(s, &stranger, slug, seat).await.err(),
            service::approve_request(s, &stranger, slug, request).await.err(),
            service::decline_request(s, &stranger, slug, request, None).await.err(),
            service::withdraw_request(s, &stranger, slug, request).await.err(),
            service::set_join_requests(s, &stranger, slug, true).await.err(),
            service::reclaim(s, &stranger, slug, 30).await.err(),
            service::leave(s, &stranger, slug).await.err(),
        ];
        for (n, answer) in answers.into_iter().enumerate() {
            assert!(matches!(answer, Some(Error::NotFound)), "{slug} {n}: {answer:?}");
        }
    }
}

async fn twenty_at_once_get_twenty_organizations_or_refusals_and_one_slug_each(stand: Stand) {
    let owner = stand.sign_up("owner@acme.test").await;
    let made = futures::future::join_all((0..20).map(|_| stand.create(&owner, "Acme", "acme"))).await;
    assert_eq!(made.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert!(made.into_iter().filter(Result::is_err).all(|answer| code(answer) == "slug-taken"));
    assert_eq!(service::organizations(&stand.s, &owner).await.unwrap().len(), 1);
}
