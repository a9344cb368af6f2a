//! The files under `_thread`'s types as they ship, over the checker's futex and clock.

/// The gate of the locks' queues: nobody forks in their models. The gate itself is a model of its own (`fork.rs`).
mod fork_gate {
    pub fn enter() {}
}

#[path = "../../../python_env/modules/system/src/os/lock.rs"]
#[allow(dead_code)]
pub mod lock;
#[path = "../../../python_env/modules/system/src/os/parker.rs"]
#[allow(dead_code)]
pub mod parker;

#[path = "../../../python_env/modules/system/src/os/rlock.rs"]
#[allow(dead_code)]
pub mod rlock;

/// In place of the system's.
mod futex {
    use proto_core::sync::AtomicU32;
    pub use proto_core::sync::model::futex_wake as wake;
    use proto_core::sync::model::{futex_wait, is_late};
    use std::time::{Duration, Instant};

    pub fn wait(word: &AtomicU32, seen: u32, left: Option<Duration>) {
        futex_wait(word, seen, left.is_some());
    }

    pub fn left(_: Instant) -> Option<Duration> {
        (!is_late()).then_some(Duration::from_secs(1))
    }
}

/// In place of a wait that hopes: one look.
mod spin {
    pub enum For {
        Event,
        Holder,
    }

    pub fn spin_until(_: For, mut ready: impl FnMut() -> bool) -> bool {
        ready()
    }
    #[allow(dead_code)]
    pub fn parks() {}
}
