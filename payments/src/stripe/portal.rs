//! Stripe's own page for customers.
//!
//! What can be done there is decided here and nowhere else: cards, addresses, invoices, and the end of the plan with its
//! period. Not the number of seats, which follows the members, and not the plan, whose change is quoted. So its
//! configuration is ours: found again by what is in it, made when it is not there, never the account's default.

use std::collections::{BTreeMap, HashMap};
use std::sync::{PoisonError, RwLock};

use serde::Deserialize;
use stripe_billing::billing_portal_configuration::ListBillingPortalConfiguration;
use stripe_billing::billing_portal_session::{
    CreateBillingPortalSession, CreateBillingPortalSessionFlowData as Flow,
    CreateBillingPortalSessionFlowDataAfterCompletion as After,
    CreateBillingPortalSessionFlowDataAfterCompletionRedirect as Redirect,
    CreateBillingPortalSessionFlowDataAfterCompletionType as AfterType,
    CreateBillingPortalSessionFlowDataSubscriptionCancel as FlowCancel,
    CreateBillingPortalSessionFlowDataType as FlowType,
};
use stripe_client_core::{RequestBuilder, StripeMethod, StripeRequest as _};

use super::client::{Client, refused};
use super::mapping::meta;
use super::objects::{List, Named};
use crate::PaymentError;
use crate::provider::course::{NewPortal, PortalFlow};

/// Where configurations are made; one of them is set right at its name below it.
pub(super) const PATH: &str = "/billing_portal/configurations";
/// Counts up with every change of what is below.
const EDITION: &str = "2";
/// What somebody can say about why they go.
const REASONS: [&str; 8] = [
    "too_expensive",
    "missing_features",
    "switched_service",
    "unused",
    "customer_service",
    "too_complex",
    "low_quality",
    "other",
];

/// The configuration that was found or made, once it was.
#[derive(Debug, Default)]
pub(super) struct Portal(RwLock<Option<String>>);

#[derive(Debug, Deserialize)]
struct Configuration {
    id: String,
    #[serde(default)]
    metadata: Option<HashMap<String, String>>,
}

#[derive(Debug, Deserialize)]
struct Session {
    url: String,
}

/// Opens it, and says where it is. A page is opened for each visit and ends by itself, so a second one is no harm.
pub(super) async fn open(client: &Client, portal: &Portal, new: &NewPortal) -> Result<String, PaymentError> {
    let configuration = ensure(client, portal).await?;
    let flow = match (new.flow, &new.subscription) {
        (PortalFlow::Home, _) => None,
        (PortalFlow::PaymentMethod, _) => Some(Flow::new(FlowType::PaymentMethodUpdate)),
        (PortalFlow::Cancel, Some(id)) => {
            let mut flow = Flow::new(FlowType::SubscriptionCancel);
            flow.subscription_cancel = Some(FlowCancel::new(id.as_str()));
            Some(flow)
        }
        (PortalFlow::Cancel, None) => {
            let what = "the end of a plan, and no subscription is named".to_owned();
            return Err(refused("usher_request", what, "-".to_owned()));
        }
    };
    let mut request = CreateBillingPortalSession::new()
        .customer(new.customer.as_str())
        .configuration(configuration)
        .return_url(&*new.return_url);
    if let Some(mut flow) = flow {
        // Who came to do one thing is back when it is done, instead of standing on a front page that was not asked for.
        let mut after = After::new(AfterType::Redirect);
        after.redirect = Some(Redirect::new(&*new.return_url));
        flow.after_completion = Some(after);
        request = request.flow_data(flow);
    }
    let opened = client.call::<Session>(request.build(), None).await;
    if let Err(PaymentError::Refused { .. }) = opened {
        // Perhaps somebody has switched our configuration off; look again next time.
        *portal.0.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
    Ok(opened?.url)
}

async fn ensure(client: &Client, portal: &Portal) -> Result<String, PaymentError> {
    if let Some(known) = portal.0.read().unwrap_or_else(PoisonError::into_inner).clone() {
        return Ok(known);
    }
    let id = match find(client).await? {
        Some(id) => id,
        // Two processes that do this at once make two that are alike, and each is found by the next one.
        None => client.call::<Named>(RequestBuilder::new(StripeMethod::Post, PATH).form(&form()), None).await?.id,
    };
    *portal.0.write().unwrap_or_else(PoisonError::into_inner) = Some(id.clone());
    Ok(id)
}

async fn find(client: &Client) -> Result<Option<String>, PaymentError> {
    let mut after: Option<String> = None;
    loop {
        let mut request = ListBillingPortalConfiguration::new().active(true).limit(100_i64);
        if let Some(last) = after.take() {
            request = request.starting_after(last);
        }
        let page: List<Configuration> = client.call(request.build(), None).await?;
        if let Some(found) = page.data.iter().find(|one| one.metadata.as_ref().is_some_and(is_of_this_edition)) {
            return Ok(Some(found.id.clone()));
        }
        after = page.data.last().map(|last| last.id.clone());
        if !page.has_more || after.is_none() {
            return Ok(None);
        }
    }
}

/// Whether a configuration with these marks is as it is made here.
pub(super) fn is_of_this_edition(marks: &HashMap<String, String>) -> bool {
    marks.get(meta::PORTAL).is_some_and(|edition| edition == EDITION)
}

/// The configuration, to make one or to set one right. Seats and plans are not left to it: Usher knows who sits where,
/// and says before what a change costs. Nor is the address for letters, which the company says in Usher.
pub(super) fn form() -> BTreeMap<String, String> {
    let mut form: BTreeMap<String, String> = [
        ("features[customer_update][enabled]", "true"),
        ("features[customer_update][allowed_updates][0]", "address"),
        ("features[customer_update][allowed_updates][1]", "tax_id"),
        ("features[customer_update][allowed_updates][2]", "phone"),
        ("features[invoice_history][enabled]", "true"),
        ("features[payment_method_update][enabled]", "true"),
        ("features[subscription_cancel][enabled]", "true"),
        ("features[subscription_cancel][mode]", "at_period_end"),
        ("features[subscription_cancel][cancellation_reason][enabled]", "true"),
        ("features[subscription_update][enabled]", "false"),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect();
    let reasons = "features[subscription_cancel][cancellation_reason][options]";
    form.extend(REASONS.iter().enumerate().map(|(at, reason)| (format!("{reasons}[{at}]"), (*reason).to_owned())));
    form.insert(format!("metadata[{}]", meta::PORTAL), EDITION.to_owned());
    form
}
