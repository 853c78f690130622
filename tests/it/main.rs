//! The real programs, end to end. One module a topic.

mod corpus;
