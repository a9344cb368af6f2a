//! States of streams that a thread's next stream takes over.
//!
//! They are large (some 300 KB to compress, 43 KB to decompress), and most streams are short: new memory for each would cost more than
//! the stream. One of each sort is kept, as fresh.

use std::cell::Cell;
use std::thread::LocalKey;

use miniz_oxide::DataFormat;
use miniz_oxide::deflate::core::{CompressionStrategy, CompressorOxide};
use miniz_oxide::inflate::stream::InflateState;

/// What a compressor was made with: level, strategy, bits of the window.
#[derive(Clone, Copy, PartialEq)]
pub struct Params {
    level: u8,
    strategy: CompressionStrategy,
    bits: u8,
}

thread_local! {
    static DEFLATE: Kept<CompressorOxide> = const { Cell::new(None) };
    static INFLATE: Kept<InflateState> = const { Cell::new(None) };
}

/// What a thread keeps, with what it was made with.
type Kept<S> = Cell<Option<(<S as State>::Params, Box<S>)>>;

/// A state, for as long as it is needed. Then it becomes the thread's spare one.
pub struct Spare<S: State> {
    params: S::Params,
    state: Option<Box<S>>,
}

/// What is kept.
pub trait State: Clone + 'static {
    /// What it is made with.
    type Params: Copy + PartialEq + 'static;
    /// Where the thread keeps it.
    const KEPT: &'static LocalKey<Kept<Self>>;

    /// A new one.
    fn make(params: Self::Params) -> Box<Self>;

    /// Makes one that was used like a new one.
    fn renew(&mut self);
}

impl State for CompressorOxide {
    type Params = Params;
    const KEPT: &'static LocalKey<Kept<Self>> = &DEFLATE;

    fn make(Params { level, strategy, bits }: Params) -> Box<Self> {
        Box::new(CompressorOxide::with_params(DataFormat::Raw, level, strategy, bits))
    }

    fn renew(&mut self) {
        self.reset();
    }
}

impl State for InflateState {
    type Params = ();
    const KEPT: &'static LocalKey<Kept<Self>> = &INFLATE;

    fn make((): ()) -> Box<Self> {
        InflateState::new_boxed(DataFormat::Raw)
    }

    fn renew(&mut self) {
        // With the window: what refers beyond the beginning must not find another stream's data.
        self.reset(DataFormat::Raw);
    }
}

impl Spare<CompressorOxide> {
    /// A fresh compressor of data without a frame.
    pub fn deflate(level: u8, strategy: CompressionStrategy, bits: u8) -> Self {
        Spare { params: Params { level, strategy, bits }, state: None }
    }
}

impl Spare<InflateState> {
    /// A fresh decompressor of data without a frame.
    pub fn inflate() -> Self {
        Spare { params: (), state: None }
    }
}

impl<S: State> Spare<S> {
    /// The state.
    pub fn state(&mut self) -> &mut S {
        let params = self.params;
        self.state.get_or_insert_with(|| {
            // What is dropped at the thread's end finds nothing.
            match S::KEPT.try_with(Cell::take).ok().flatten() {
                Some((with, mut state)) if with == params => {
                    state.renew();
                    state
                }
                _ => S::make(params),
            }
        })
    }

    /// The stream has ended: a later one of the thread may have the state.
    pub fn release(&mut self) {
        if let Some(state) = self.state.take() {
            let _ = S::KEPT.try_with(|kept| kept.set(Some((self.params, state))));
        }
    }
}

impl<S: State> Clone for Spare<S> {
    fn clone(&self) -> Self {
        Spare { params: self.params, state: self.state.clone() }
    }
}

impl<S: State> Drop for Spare<S> {
    fn drop(&mut self) {
        self.release();
    }
}
