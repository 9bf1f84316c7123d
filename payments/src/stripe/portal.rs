//! Stripe's own page for customers.
//!
//! What can be done there is decided here and nowhere else: cards, addresses, invoices, and the end of the plan with its
//! period. Not the number of seats, which follows the members, and not the plan, whose change is quoted. So its
//! configuration is ours: found again by what is in it, made when it is not there, never the account's default.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use serde::Deserialize;
use stripe_billing::billing_portal_configuration::{
    CreateBillingPortalConfiguration, CreateBillingPortalConfigurationFeatures,
    CreateBillingPortalConfigurationFeaturesCustomerUpdate as CustomerUpdate,
    CreateBillingPortalConfigurationFeaturesCustomerUpdateAllowedUpdates as Allowed,
    CreateBillingPortalConfigurationFeaturesSubscriptionCancel as Cancel,
    CreateBillingPortalConfigurationFeaturesSubscriptionCancelCancellationReason as CancelReason,
    CreateBillingPortalConfigurationFeaturesSubscriptionCancelCancellationReasonOptions as Asked,
    CreateBillingPortalConfigurationFeaturesSubscriptionCancelMode as CancelMode,
    CreateBillingPortalConfigurationFeaturesSubscriptionUpdate as Update, InvoiceListParam,
    ListBillingPortalConfiguration, PaymentMethodUpdateParam,
};
use stripe_billing::billing_portal_session::{
    CreateBillingPortalSession, CreateBillingPortalSessionFlowData as Flow,
    CreateBillingPortalSessionFlowDataSubscriptionCancel as FlowCancel,
    CreateBillingPortalSessionFlowDataType as FlowType,
};
use stripe_client_core::StripeRequest as _;

use super::client::{Client, refused};
use super::objects::{List, Named};
use crate::PaymentError;
use crate::provider::course::{NewPortal, PortalFlow};

/// On the configuration: which edition of it.
const MARK: &str = "usher_portal";
/// Counts up with every change of what is below.
const EDITION: &str = "1";

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
    if let Some(flow) = flow {
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
        None => client.call::<Named>(configuration().build(), None).await?.id,
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
        let ours = |one: &&Configuration| {
            one.metadata.as_ref().and_then(|marks| marks.get(MARK)).is_some_and(|edition| edition == EDITION)
        };
        if let Some(found) = page.data.iter().find(ours) {
            return Ok(Some(found.id.clone()));
        }
        after = page.data.last().map(|last| last.id.clone());
        if !page.has_more || after.is_none() {
            return Ok(None);
        }
    }
}

fn configuration() -> CreateBillingPortalConfiguration {
    let mut cancel = Cancel::new(true);
    cancel.mode = Some(CancelMode::AtPeriodEnd);
    cancel.cancellation_reason = Some(CancelReason::new(
        true,
        vec![
            Asked::TooExpensive,
            Asked::MissingFeatures,
            Asked::SwitchedService,
            Asked::Unused,
            Asked::CustomerService,
            Asked::TooComplex,
            Asked::LowQuality,
            Asked::Other,
        ],
    ));
    let mut about = CustomerUpdate::new(true);
    about.allowed_updates = Some(vec![Allowed::Address, Allowed::TaxId, Allowed::Phone]);
    let features = CreateBillingPortalConfigurationFeatures {
        customer_update: Some(about),
        invoice_history: Some(InvoiceListParam::new(true)),
        payment_method_update: Some(PaymentMethodUpdateParam::new(true)),
        subscription_cancel: Some(cancel),
        subscription_update: Some(Update::new(false)),
    };
    CreateBillingPortalConfiguration::new(features).metadata(HashMap::from([(MARK.to_owned(), EDITION.to_owned())]))
}
