//! A field of a form: label, input, hint and error belong together by their ids.

use domain::Refusal;
use leptos::prelude::*;

/// A field of a form.
#[component]
pub fn Field(
    /// The name in the form, and the id.
    name: &'static str,
    /// The id, where a page has the same field twice.
    #[prop(optional, into)]
    id: Option<String>,
    /// What goes in.
    #[prop(into)]
    label: String,
    /// The type of the input.
    #[prop(default = "text")]
    kind: &'static str,
    /// What the browser may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// What stands in it at first.
    #[prop(optional, into)]
    value: String,
    /// One sentence on what is taken.
    #[prop(optional, into)]
    hint: String,
    /// What is wrong with what was sent or typed.
    #[prop(optional, into)]
    error: Signal<Option<Refusal>>,
    /// Must be filled in.
    #[prop(optional)]
    required: bool,
    /// The most characters.
    #[prop(optional)]
    maxlength: Option<u32>,
    /// The fewest characters.
    #[prop(optional)]
    minlength: Option<u32>,
    /// The smallest number.
    #[prop(optional)]
    min: Option<u32>,
    /// The largest number.
    #[prop(optional)]
    max: Option<u32>,
    /// An example, shown while nothing is typed.
    #[prop(optional, into)]
    placeholder: Signal<String>,
    /// The field that a page is for has the focus at once.
    #[prop(optional)]
    autofocus: bool,
    /// Told on every keystroke.
    #[prop(optional, into)]
    typed: Option<Callback<String>>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.to_owned());
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let has_hint = !hint.is_empty();
    let described = {
        let (hint_id, error_id) = (hint_id.clone(), error_id.clone());
        move || match (error.read().is_some(), has_hint) {
            (true, _) => Some(error_id.clone()),
            (false, true) => Some(hint_id.clone()),
            (false, false) => None,
        }
    };
    let on_input = move |event| {
        if let Some(typed) = typed {
            typed.run(event_target_value(&event));
        }
    };
    view! {
        <div class="field" class:field-wrong=move || error.read().is_some()>
            <label for=id.clone()>{label}</label>
            <input
                id=id
                name=name
                type=kind
                value=value
                autocomplete=autocomplete
                required=required
                maxlength=maxlength
                minlength=minlength
                min=min
                max=max
                autofocus=autofocus
                placeholder=move || Some(placeholder.get()).filter(|text| !text.is_empty())
                aria-invalid=move || error.read().is_some().then_some("true")
                aria-describedby=described
                on:input=on_input
            />
            <p class="field-error" id=error_id aria-live="polite">
                {move || error.get().map(|refusal| format!("{} {}", refusal.what, refusal.next))}
            </p>
            {has_hint.then(|| view! { <p class="field-hint" id=hint_id>{hint}</p> })}
        </div>
    }
}
