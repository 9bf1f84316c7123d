//! What goes along with a changed address, and what does not.

use domain::view::AddressConfirmed;
use service::{Caller, Error, Visit};

use crate::stand::{PASSWORD, Stand, code};

claims! {
    nobody_carries_a_same_domain_seat_to_another_domain;
    a_verified_way_out_is_asked_for_again_when_the_second_yes_comes;
    a_request_goes_along_with_its_persons_address;
}

async fn want(stand: &Stand, me: &Caller, new: &str) -> Result<(), Error> {
    service::change_address(&stand.s, me, new, PASSWORD.to_owned()).await
}

async fn yes(stand: &Stand, address: &str) -> Result<AddressConfirmed, Error> {
    let link = stand.link(address, "/address").await;
    service::confirm_address(&stand.s, &link, Visit::default()).await
}

async fn nobody_carries_a_same_domain_seat_to_another_domain(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    let second = stand.join(&owner, "second@acme.test", "member").await;
    for who in [&owner, &second] {
        assert_eq!(code(want(&stand, who, "me@elsewhere.test").await), "seats-stay");
    }
    assert_eq!(code(want(&stand, &second, "another@acme.test").await), "-", "within the company it may be changed");
    service::leave(&stand.s, &second, "acme").await.unwrap();
    assert_eq!(code(want(&stand, &second, "me@elsewhere.test").await), "-", "who has left may go anywhere");
}

async fn a_verified_way_out_is_asked_for_again_when_the_second_yes_comes(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    // Signed up elsewhere, and wants to be somebody at Acme; then thinks better of it, with both letters in hand.
    let guest = stand.sign_up("guest@acme.test").await;
    want(&stand, &guest, "guest@elsewhere.test").await.unwrap();
    assert!(matches!(yes(&stand, "guest@acme.test").await, Ok(AddressConfirmed::Waiting { .. })));
    let invited = stand.invite(&owner, "guest@acme.test").await.unwrap();
    service::accept(&stand.s, &guest, &crate::stand::token(&invited)).await.unwrap();
    assert_eq!(code(yes(&stand, "guest@elsewhere.test").await), "seats-stay");
    let team = stand.team(&owner).await;
    assert!(team.members.iter().all(|member| member.email.domain().as_str() == "acme.test"), "{:?}", team.members);
}

async fn a_request_goes_along_with_its_persons_address(stand: Stand) {
    let owner = stand.acme_with_all_access(1).await;
    let newcomer = stand.sign_up("new@acme.test").await;
    service::ask_to_join(&stand.s, &newcomer, None).await.unwrap();
    stand.settle().await;
    want(&stand, &newcomer, "new@elsewhere.test").await.unwrap();
    yes(&stand, "new@acme.test").await.unwrap();
    yes(&stand, "new@elsewhere.test").await.unwrap();
    let asked = service::requests(&stand.s, &owner, "acme").await.unwrap().asked;
    let answer = service::approve_request(&stand.s, &owner, "acme", asked[0].id).await;
    assert_eq!(code(answer), "other-domain", "a request is of the address that its person has now");
    assert_eq!(stand.seats(&owner).await, (1, 0));
}
