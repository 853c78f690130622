//! The JSON form of a problem.

use serde::Serialize;
use utoipa::ToSchema;

use crate::routes::compress::Entry;

/// A refusal or failure (RFC 9457), with the member `error` for clients that read only that.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(title = "Problem")]
#[serde(rename_all = "camelCase")]
pub struct ProblemView {
    /// Kind of problem: a place on this server's `/docs` page.
    #[serde(rename = "type")]
    #[schema(example = "/docs#invalid-field")]
    pub type_uri: String,
    /// The kind in words, the same for every occurrence.
    pub title: String,
    /// HTTP status.
    #[schema(example = 422)]
    pub status: u16,
    /// What happened this time.
    #[schema(
        example = "quality is \"101\", allowed is a whole number from 40 to 100, auto, auto:low, \
                   auto:good or auto:best"
    )]
    pub detail: String,
    /// Short text; `Unauthorized` for a missing, malformed, unknown, rolled or revoked key.
    #[schema(example = "Invalid field")]
    pub error: String,
    /// The form field or header at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "quality")]
    pub field: Option<String>,
    /// The value at fault, shortened.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub value: Option<Scalar>,
    /// What is allowed: a number or words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub limit: Option<Scalar>,
    /// Where to upgrade, when the operator has named a place.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub upgrade_url: Option<String>,
    /// The smallest plan that would allow it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "agency")]
    pub required_plan: Option<String>,
    /// Id under which the request stands in the server's log; also in `X-Request-Id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub request_id: Option<String>,
    /// One entry for each `file`, in order, when every file of a batch failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, no_recursion)]
    pub results: Option<Vec<Entry>>,
}

/// A number or a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Scalar {
    /// A number.
    Number(u64),
    /// A text.
    Text(String),
}

impl From<u64> for Scalar {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Scalar {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<usize> for Scalar {
    fn from(number: usize) -> Self {
        Self::Number(number as u64)
    }
}

impl From<&str> for Scalar {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Scalar {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
