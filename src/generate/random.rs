//! random: a small generator of numbers from a seed (splitmix64), and the shapes cases are drawn from.
//!
//! Only + - * / and square roots, which every processor rounds alike: the same seed gives the same bytes everywhere.

pub struct Random(u64);

impl Random {
    /// One stream per thing drawn, so that a case does not depend on how many numbers the case before it took.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut random = Self(seed ^ stream.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        random.next();
        random
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Strictly between 0 and 1.
    pub fn unit(&mut self) -> f64 {
        ((self.next() >> 12) as f64 + 0.5) / (1u64 << 52) as f64
    }

    pub fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    /// Both ends included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.unit() * (high - low + 1) as f64) as i64
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[(self.unit() * from.len() as f64) as usize]
    }

    /// An index, by weight.
    pub fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.unit() * weights.iter().sum::<f64>();
        for (at, weight) in weights.iter().enumerate() {
            if left < *weight {
                return at;
            }
            left -= weight;
        }
        weights.len() - 1
    }

    /// A duration with a long tail (log-logistic, shape 4): one in ten above 1.7 times the median, one in a hundred above 3.2.
    pub fn duration(&mut self, median: f64) -> f64 {
        let unit = self.unit();
        median * (unit / (1.0 - unit)).sqrt().sqrt()
    }

    /// How many arrive where `expected` are expected.
    pub fn arrivals(&mut self, expected: f64) -> u64 {
        if expected < 8.0 {
            return (0..16).filter(|_| self.chance(expected / 16.0)).count() as u64;
        }
        let spread: f64 = (0..12).map(|_| self.unit()).sum::<f64>() - 6.0;
        (expected + expected.sqrt() * spread + 0.5).max(0.0) as u64
    }
}
