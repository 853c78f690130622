//! The HTTP surface of flx as a library.
