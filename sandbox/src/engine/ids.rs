//! Names like Stripe's: a prefix and letters that nobody guesses by counting, from a seed.

const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A stream of names. The same seed gives the same names in the same order.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Ids {
    seed: u64,
    drawn: u64,
}

impl Ids {
    pub const fn new(seed: u64) -> Self {
        Self { seed, drawn: 0 }
    }

    /// How much was drawn so far: grows with everything that is made.
    pub const fn drawn(&self) -> u64 {
        self.drawn
    }

    /// The next name: `prefix` and `length` letters.
    pub fn next(&mut self, prefix: &str, length: usize) -> String {
        let mut name = prefix.to_owned();
        let (mut pool, mut left) = (0, 0);
        for _ in 0..length {
            if left == 0 {
                (pool, left) = (self.draw(), 10);
            }
            // A pool of 64 bits holds ten letters with a bias far below anything that matters to a test double.
            name.push(char::from(LETTERS[usize::try_from(pool % 62).unwrap_or_default()]));
            pool /= 62;
            left -= 1;
        }
        name
    }

    fn draw(&mut self) -> u64 {
        self.drawn += 1;
        splitmix(self.seed, self.drawn)
    }
}

/// `SplitMix64`: number `place` of the stream that begins with `seed`.
pub const fn splitmix(seed: u64, place: u64) -> u64 {
    let mut z = seed.wrapping_add(place.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
