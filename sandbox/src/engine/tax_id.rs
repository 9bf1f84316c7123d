//! Tax ids of customers. They are kept and not checked with any office.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ApiError;
use super::params::Params;
use super::table::row;
use super::{Answer, Engine, customer, list};

/// The kinds that Stripe knows and this sandbox takes: those of most of its sellers.
const KINDS: &[&str] = &[
    "ae_trn",
    "au_abn",
    "au_arn",
    "br_cnpj",
    "br_cpf",
    "ca_bn",
    "ca_gst_hst",
    "ch_uid",
    "ch_vat",
    "cl_tin",
    "cn_tin",
    "co_nit",
    "de_stn",
    "es_cif",
    "eu_oss_vat",
    "eu_vat",
    "gb_vat",
    "ge_vat",
    "hk_br",
    "hu_tin",
    "id_npwp",
    "il_vat",
    "in_gst",
    "is_vat",
    "jp_cn",
    "jp_rn",
    "jp_trn",
    "ke_pin",
    "kr_brn",
    "li_uid",
    "li_vat",
    "mx_rfc",
    "my_itn",
    "my_sst",
    "ng_tin",
    "no_vat",
    "no_voec",
    "nz_gst",
    "pe_ruc",
    "ph_tin",
    "pl_nip",
    "ro_tin",
    "rs_pib",
    "ru_inn",
    "sa_vat",
    "sg_gst",
    "sg_uen",
    "si_tin",
    "sv_nit",
    "th_vat",
    "tr_tin",
    "tw_vat",
    "ua_vat",
    "us_ein",
    "uy_ruc",
    "ve_rif",
    "vn_tin",
    "za_vat",
];

/// One number.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TaxId {
    pub id: String,
    pub created: i64,
    pub customer: String,
    pub kind: String,
    pub value: String,
}
row!(TaxId);

impl TaxId {
    pub fn render(&self) -> Value {
        // A European number begins with its country, others are named after theirs.
        let of_number = self.kind == "eu_vat" && self.value.is_char_boundary(2) && self.value.len() > 2;
        let country = if of_number { &self.value[..2] } else { self.kind.split('_').next().unwrap_or_default() };
        json!({
            "id": self.id,
            "object": "tax_id",
            "country": if country == "eu" { Value::Null } else { json!(country.to_uppercase()) },
            "created": self.created,
            "customer": self.customer,
            "customer_account": null,
            "livemode": false,
            "owner": { "customer": self.customer, "type": "customer" },
            "type": self.kind,
            "value": self.value,
            "verification": { "status": "unavailable", "verified_address": null, "verified_name": null },
        })
    }
}

/// `POST /v1/customers/{id}/tax_ids`.
pub fn create(engine: &mut Engine, customer: &str, mut params: Params) -> Answer {
    customer::named(engine, customer, "id").map_err(|_| ApiError::no_such("customer", customer))?;
    let kind = params.word("type", KINDS)?.ok_or_else(|| ApiError::required("type"))?;
    let value = params.required("value")?;
    params.finish()?;
    let count = engine.state.tax_ids.iter().filter(|id| id.customer == customer).count();
    if count >= 5 {
        return Err(ApiError::bad("You can have up to 5 tax IDs for each customer.").code("customer_max_tax_ids"));
    }
    if kind == "eu_vat" && !(value.len() > 4 && value.bytes().take(2).all(|byte| byte.is_ascii_alphabetic())) {
        return Err(ApiError::bad("Invalid value for eu_vat.").code("tax_id_invalid").param("value"));
    }
    let row = TaxId {
        id: engine.state.ids.next("txi_", 24),
        created: engine.now,
        customer: customer.to_owned(),
        kind: kind.to_owned(),
        value,
    };
    let rendered = row.render();
    engine.state.tax_ids.insert(row);
    engine.emit("customer.tax_id.created", rendered.clone(), None);
    Ok(rendered)
}

fn find<'a>(engine: &'a Engine, customer: &str, id: &str) -> Result<&'a TaxId, ApiError> {
    let known = engine.state.tax_ids.get(id).filter(|known| known.customer == customer);
    known.ok_or_else(|| ApiError::no_such("tax_id", id))
}

pub fn get(engine: &Engine, customer: &str, id: &str) -> Answer {
    find(engine, customer, id).map(TaxId::render)
}

pub fn delete(engine: &mut Engine, customer: &str, id: &str, params: Params) -> Answer {
    params.finish()?;
    let last = find(engine, customer, id)?.render();
    engine.state.tax_ids.remove(id);
    engine.emit("customer.tax_id.deleted", last, None);
    Ok(json!({ "id": id, "object": "tax_id", "deleted": true }))
}

pub fn list(engine: &Engine, customer: &str, mut params: Params) -> Answer {
    if engine.state.customers.get(customer).is_none() {
        return Err(ApiError::no_such("customer", customer));
    }
    let page = list::Page::read(&mut params)?;
    params.finish()?;
    let url = format!("/v1/customers/{customer}/tax_ids");
    page.of(&engine.state.tax_ids, &url, |id| id.customer == customer, TaxId::render)
}

/// As an invoice shows them.
pub fn on_invoice(engine: &Engine, customer: &str) -> Vec<Value> {
    let theirs = engine.state.tax_ids.iter().filter(|id| id.customer == customer);
    theirs.map(|id| json!({ "type": id.kind, "value": id.value })).collect()
}
