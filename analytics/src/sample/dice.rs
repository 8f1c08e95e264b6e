//! Chance without floating point: the same on every machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The exponential distribution with mean 1, in 1/1000: the means of 128 equally likely parts.
const EXPONENTIAL: [u32; 128] = [
    4, 12, 20, 28, 36, 44, 52, 60, 69, 77, 86, 94, 103, 111, 120, 129, 138, 147, 156, 165, 175, 184, 193,
    203, 212, 222, 232, 242, 252, 262, 272, 282, 293, 303, 314, 325, 336, 347, 358, 369, 380, 392, 404, 415,
    427, 439, 451, 464, 476, 489, 502, 515, 528, 541, 555, 568, 582, 596, 611, 625, 640, 655, 670, 685, 701,
    717, 733, 749, 766, 783, 800, 818, 836, 854, 872, 891, 910, 930, 950, 970, 991, 1013, 1034, 1057, 1079,
    1103, 1126, 1151, 1176, 1201, 1228, 1255, 1283, 1311, 1341, 1371, 1402, 1434, 1468, 1502, 1538, 1575,
    1613, 1653, 1695, 1739, 1784, 1832, 1882, 1934, 1990, 2049, 2111, 2178, 2250, 2327, 2410, 2501, 2601,
    2713, 2838, 2981, 3149, 3350, 3603, 3942, 4466, 5852,
];

/// The gamma distribution of shape 0.9 and mean 1, in 1/1000: the means of 32 equally likely parts. Most
/// customers buy seldom, a few very often.
const GAMMA: [u32; 32] = [
    11, 36, 64, 95, 128, 162, 198, 237, 277, 319, 364, 411, 461, 514, 571, 631, 695, 764, 837, 917, 1004,
    1099, 1205, 1321, 1454, 1606, 1784, 1999, 2268, 2636, 3202, 4709,
];

/// One stream of chance.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream `stream` of a seed; streams of one seed are independent.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut chacha = ChaCha8Rng::seed_from_u64(seed);
        chacha.set_stream(stream);
        Self(chacha)
    }

    /// 0 to `bound` − 1; the bias of the multiplication is below 2⁻³² × bound.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        let wide = u64::from(self.0.next_u32()) * u64::from(bound);
        u32::try_from(wide >> 32).unwrap_or_default()
    }

    /// From `low` to `high`, both included.
    pub(super) fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high - low + 1)
    }

    /// Whether something happens that happens `per_mille` times in a thousand.
    pub(super) fn chance(&mut self, per_mille: u32) -> bool {
        self.below(1000) < per_mille
    }

    /// One of them, all alike.
    pub(super) fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        // A table is never empty; its length is small.
        let bound = u32::try_from(all.len()).unwrap_or(u32::MAX);
        &all[self.below(bound) as usize]
    }

    /// One of several words.
    pub(super) fn word(&mut self, words: &[&'static str]) -> &'static str {
        let word: &&'static str = self.pick(words);
        word
    }

    /// The position of one of them, by weight.
    pub(super) fn weighted(&mut self, weights: &[u32]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (at, weight) in weights.iter().enumerate() {
            if left < *weight {
                return at;
            }
            left -= weight;
        }
        0
    }

    /// A waiting time with mean 1000.
    pub(super) fn waiting(&mut self) -> u32 {
        *self.pick(&EXPONENTIAL)
    }

    /// How busy a customer is, with mean 1000.
    pub(super) fn busyness(&mut self) -> u32 {
        *self.pick(&GAMMA)
    }
}
