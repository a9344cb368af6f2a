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
type Params = (u8, u8, u8);

thread_local! {
    static DEFLATE: Cell<Option<(Params, Box<CompressorOxide>)>> = const { Cell::new(None) };
    static INFLATE: Cell<Option<((), Box<InflateState>)>> = const { Cell::new(None) };
}

/// A state that becomes the thread's spare one when it is dropped.
pub struct Spare<S: State> {
    params: S::Params,
    /// None while it is dropped.
    state: Option<Box<S>>,
}

/// What is kept.
pub trait State: Clone + 'static {
    /// What it was made with, which stays.
    type Params: Copy + PartialEq + 'static;
    /// Where the thread keeps it.
    const KEPT: &'static LocalKey<Cell<Option<(Self::Params, Box<Self>)>>>;

    /// A state as new, from one that was used.
    fn renew(&mut self);
}

impl State for CompressorOxide {
    type Params = Params;
    const KEPT: &'static LocalKey<Cell<Option<(Params, Box<Self>)>>> = &DEFLATE;

    fn renew(&mut self) {
        self.reset();
    }
}

impl State for InflateState {
    type Params = ();
    const KEPT: &'static LocalKey<Cell<Option<((), Box<Self>)>>> = &INFLATE;

    fn renew(&mut self) {
        // With the window: what refers beyond the beginning must not find another stream's data.
        self.reset(DataFormat::Raw);
    }
}

impl Spare<CompressorOxide> {
    /// A fresh compressor of data without a frame.
    pub fn deflate(level: u8, strategy: CompressionStrategy, bits: u8) -> Self {
        Spare::take((level, strategy as u8, bits), || {
            Box::new(CompressorOxide::with_params(DataFormat::Raw, level, strategy, bits))
        })
    }
}

impl Spare<InflateState> {
    /// A fresh decompressor of data without a frame.
    pub fn inflate() -> Self {
        Spare::take((), || InflateState::new_boxed(DataFormat::Raw))
    }
}

impl<S: State> Spare<S> {
    fn take(params: S::Params, make: impl FnOnce() -> Box<S>) -> Self {
        // Who is dropped at the thread's end finds nothing.
        let kept = S::KEPT.try_with(Cell::take).ok().flatten();
        let state = match kept {
            Some((with, mut state)) if with == params => {
                state.renew();
                state
            }
            _ => make(),
        };
        Spare { params, state: Some(state) }
    }

    /// The state.
    pub fn state(&mut self) -> &mut S {
        self.state.as_mut().expect("only a drop takes it")
    }
}

impl<S: State> Clone for Spare<S> {
    fn clone(&self) -> Self {
        Spare { params: self.params, state: self.state.clone() }
    }
}

impl<S: State> Drop for Spare<S> {
    fn drop(&mut self) {
        let (params, state) = (self.params, self.state.take());
        let _ = S::KEPT.try_with(|kept| kept.set(state.map(|state| (params, state))));
    }
}
