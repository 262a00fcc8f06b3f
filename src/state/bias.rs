//! The Bias tab: the source, what is measured, and the measurement.

use serde::{Deserialize, Serialize};

use super::Outbox;
use crate::message::Outcome;
use crate::message::bias::{BiasEvent, BiasSource, Measurement};
use crate::model::JobId;

/// What is kept over restarts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BiasSession {}

/// The tab's state.
#[derive(Debug, Default)]
pub struct BiasState {}

impl BiasState {
    pub(super) fn restore(&mut self, _session: BiasSession) {}
    pub(super) fn session(&self) -> BiasSession {
        BiasSession::default()
    }
    pub(super) fn connected(&mut self, _outbox: &mut Outbox) {}
    pub(super) fn apply(&mut self, _job: JobId, _event: BiasEvent, _outbox: &mut Outbox) {}
    pub(super) fn ended(&mut self, _job: JobId, _outcome: &Outcome, _outbox: &mut Outbox) -> bool {
        false
    }
    pub(super) fn lab_measured(&mut self, _balanced: bool, _measurement: Measurement) {}
    pub(super) fn measure(&mut self, _outbox: &mut Outbox) {}
    pub(super) fn choose_source(&mut self, _source: BiasSource, _outbox: &mut Outbox) {}
}
