//! Who still needs the lake: open connections, queries, crawls. A lake that serves until idle ends when there is nobody left.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

/// How long nobody must have needed the lake before it counts as idle: time for a client that is restarting.
const GRACE: Duration = Duration::from_secs(10);

/// A counter of those who need the lake. Clones count together.
#[derive(Debug, Clone)]
pub struct Activity {
    busy: Arc<watch::Sender<usize>>,
}

/// Keeps the lake awake for as long as it lives.
#[derive(Debug)]
pub struct Busy {
    busy: Arc<watch::Sender<usize>>,
}

impl Activity {
    /// A counter at zero.
    pub fn new() -> Self {
        Self { busy: Arc::new(watch::Sender::new(0)) }
    }

    /// Counts one more until the guard is dropped.
    pub fn busy(&self) -> Busy {
        self.busy.send_modify(|count| *count += 1);
        Busy { busy: Arc::clone(&self.busy) }
    }

    /// How many need the lake now.
    pub fn count(&self) -> usize {
        *self.busy.borrow()
    }

    /// Waits until somebody needs the lake.
    pub async fn wait(&self) {
        // The sender lives as long as this does: there is no other end to the wait.
        drop(self.busy.subscribe().wait_for(|count| *count > 0).await);
    }

    /// Waits until nobody has needed the lake for ten seconds.
    pub async fn idle(&self) {
        self.idle_for(GRACE).await;
    }

    async fn idle_for(&self, grace: Duration) {
        let mut changes = self.busy.subscribe();
        loop {
            if changes.wait_for(|count| *count == 0).await.is_err() {
                return;
            }
            match tokio::time::timeout(grace, changes.wait_for(|count| *count > 0)).await {
                Ok(_) => {}
                Err(_) => return,
            }
        }
    }
}

impl Default for Activity {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.busy.send_modify(|count| *count = count.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn idle_waits_for_the_last_guard_and_starts_anew_with_every_one() {
        let activity = Activity::new();
        let first = activity.busy();
        let second = activity.busy();
        assert_eq!(activity.count(), 2);
        let waiting = tokio::spawn({
            let activity = activity.clone();
            async move { activity.idle_for(Duration::from_millis(300)).await }
        });
        drop(first);
        drop(second);
        tokio::time::sleep(Duration::from_millis(100)).await;
        let third = activity.busy();
        tokio::time::sleep(Duration::from_millis(400)).await;
        assert!(!waiting.is_finished(), "a guard within the grace keeps the lake awake");
        drop(third);
        tokio::time::timeout(Duration::from_secs(5), waiting).await.unwrap().unwrap();
    }
}
