//! Tests of the tab.
