//! All that can be done to people and invitations, in one place that pages hand down.

use leptos::html::Form;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::super::api::{
    CancelInvitation, ChangeInvitationRole, ChangeRole, Handed, InvitationLink, Invite, ReactivateMember, RemoveMember,
    ResendInvitation, SuspendMember,
};
use crate::AppError;
use crate::components::outcome::{Failure, failure};

/// All that can be done to people and invitations.
#[derive(Clone, Copy)]
pub struct Deeds {
    /// Sends an invitation.
    pub invite: ServerAction<Invite>,
    /// Sends it again.
    pub resend: ServerAction<ResendInvitation>,
    /// Makes one more link to it.
    pub link: ServerAction<InvitationLink>,
    /// Makes it one for another role.
    pub regrade: ServerAction<ChangeInvitationRole>,
    /// Takes it back.
    pub cancel: ServerAction<CancelInvitation>,
    /// Makes a member something else.
    pub change_role: ServerAction<ChangeRole>,
    /// Lets a seat rest.
    pub suspend: ServerAction<SuspendMember>,
    /// Ends that.
    pub reactivate: ServerAction<ReactivateMember>,
    /// Takes a seat.
    pub remove: ServerAction<RemoveMember>,
    /// How many of them went well, for what has to look again then. What failed changes nothing, and what was typed
    /// stays.
    pub done: RwSignal<u32>,
    /// The link that was handed out last.
    pub handed: RwSignal<Option<Handed>>,
}

impl Deeds {
    /// Nothing done yet, but what a plain form has just handed out.
    #[must_use]
    pub fn new() -> Self {
        let all = Self {
            invite: ServerAction::new(),
            resend: ServerAction::new(),
            link: ServerAction::new(),
            regrade: ServerAction::new(),
            cancel: ServerAction::new(),
            change_role: ServerAction::new(),
            suspend: ServerAction::new(),
            reactivate: ServerAction::new(),
            remove: ServerAction::new(),
            done: RwSignal::new(0),
            handed: RwSignal::new(None),
        };
        let give = move |handed: &Handed| {
            all.handed.set(Some(handed.clone()));
            all.done.update(|done| *done += 1);
        };
        let quiet = move |()| {
            all.handed.set(None);
            all.done.update(|done| *done += 1);
        };
        when_done(all.invite, give);
        when_done(all.resend, give);
        when_done(all.link, move |handed| all.handed.set(Some(handed.clone())));
        when_done(all.regrade, move |&()| quiet(()));
        when_done(all.cancel, move |&()| quiet(()));
        when_done(all.change_role, move |&()| quiet(()));
        when_done(all.suspend, move |&()| quiet(()));
        when_done(all.reactivate, move |&()| quiet(()));
        when_done(all.remove, move |&()| quiet(()));
        all
    }
}

impl Default for Deeds {
    fn default() -> Self {
        Self::new()
    }
}

/// Runs `then` each time that the deed went well.
pub fn when_done<S>(action: ServerAction<S>, then: impl Fn(&S::Output) + 'static)
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    let value = action.value();
    Effect::new(move |_| {
        if let Some(Ok(output)) = &*value.read() {
            then(output);
        }
    });
}

/// Empties a form when what it sent went well, and does the rest. What went well before the form was drawn is over.
pub fn emptied<S>(action: ServerAction<S>, form: NodeRef<Form>, rest: impl Fn() + 'static)
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    let (version, value) = (action.version(), action.value());
    Effect::new(move |before: Option<usize>| {
        let now = version.get();
        if before.is_some_and(|before| before != now) && matches!(&*value.read_untracked(), Some(Ok(_))) {
            if let Some(form) = form.get_untracked() {
                form.reset();
            }
            rest();
        }
        now
    });
}

/// What went wrong last, of all but the form that invites: that one says it itself.
#[component]
pub fn Failures(
    /// Of these.
    deeds: Deeds,
) -> impl IntoView {
    view! {
        <Failure of=failure(deeds.resend)/>
        <Failure of=failure(deeds.link)/>
        <Failure of=failure(deeds.regrade)/>
        <Failure of=failure(deeds.cancel) except=&["reason"]/>
        <Failure of=failure(deeds.change_role)/>
        <Failure of=failure(deeds.suspend) except=&["reason", "until"]/>
        <Failure of=failure(deeds.reactivate)/>
        <Failure of=failure(deeds.remove)/>
    }
}
