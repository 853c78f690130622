//! A field whose values are listed elsewhere, and its own description and default, as one schema.

use utoipa::Modify;
use utoipa::openapi::schema::{AllOf, Object, Schema};
use utoipa::openapi::{OpenApi, RefOr};

/// The derived document says of such a field that it is a text of that list and also an object with
/// that description, which no value is. This says it in one.
pub(super) struct Merge;

impl Modify for Merge {
    fn modify(&self, document: &mut OpenApi) {
        for schema in document.components.get_or_insert_default().schemas.values_mut() {
            if let RefOr::T(Schema::Object(object)) = schema {
                object.properties.values_mut().for_each(merge);
            }
        }
    }
}

fn merge(schema: &mut RefOr<Schema>) {
    if let RefOr::T(Schema::AllOf(AllOf { items, .. })) = schema
        && let [values, RefOr::T(Schema::Object(words))] = items.as_mut_slice()
        && words.properties.is_empty()
    {
        describe(values, words);
        *schema = values.clone();
    }
    if let RefOr::T(Schema::OneOf(either)) = schema {
        either.items.iter_mut().for_each(merge);
    }
}

fn describe(values: &mut RefOr<Schema>, words: &mut Object) {
    let (description, default) = match values {
        RefOr::T(Schema::Object(object)) => (&mut object.description, &mut object.default),
        RefOr::T(Schema::OneOf(either)) => (&mut either.description, &mut either.default),
        _ => return,
    };
    *description = words.description.take().or_else(|| description.take());
    *default = words.default.take().or_else(|| default.take());
}
