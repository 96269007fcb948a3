//! bulk/seen: the hashes of the keys of a table so far, eight bytes each. Two keys may have one hash, so a hash that is there
//! already says only that the key must be looked at.

/// Parts, so that growing copies one at a time.
const PARTS: usize = 256;

pub(super) struct Seen(Vec<Part>);

#[derive(Default)]
struct Part {
    /// Open addressing; 0 is nothing.
    slots: Vec<u64>,
    count: usize,
}

impl Seen {
    pub fn new() -> Self {
        Self((0..PARTS).map(|_| Part::default()).collect())
    }

    /// Has the places of these hashes brought near.
    pub fn touch(&self, hashes: impl Iterator<Item = u64>) {
        let place = |hash: u64| {
            let part = &self.0[(hash >> 56) as usize];
            part.slots.get(part.first(hash)).copied().unwrap_or(0)
        };
        std::hint::black_box(hashes.map(place).fold(0, |all, there| all ^ there));
    }

    /// Whether the hash is new.
    pub fn insert(&mut self, hash: u64) -> bool {
        let hash = hash.max(1);
        self.0[(hash >> 56) as usize].insert(hash)
    }
}

impl Part {
    fn insert(&mut self, hash: u64) -> bool {
        if self.count * 4 >= self.slots.len() * 3 {
            self.grow();
        }
        let new = self.place(hash);
        self.count += usize::from(new);
        new
    }

    /// The upper bits choose the part; of the others the upper ones choose the slot.
    fn first(&self, hash: u64) -> usize {
        ((u128::from(hash << 8) * self.slots.len() as u128) >> 64) as usize
    }

    fn place(&mut self, hash: u64) -> bool {
        let mut at = self.first(hash);
        loop {
            match self.slots[at] {
                0 => {
                    self.slots[at] = hash;
                    return true;
                }
                there if there == hash => return false,
                _ => {
                    at = if at + 1 == self.slots.len() {
                        0
                    } else {
                        at + 1
                    }
                }
            }
        }
    }

    fn grow(&mut self) {
        let more = (self.slots.len() * 3 / 2).max(64);
        for hash in std::mem::replace(&mut self.slots, vec![0; more]) {
            if hash != 0 {
                self.place(hash);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_new_once() {
        let mut seen = Seen::new();
        let hash = |n: u64| n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        assert!((0..200_000).all(|n| seen.insert(hash(n))));
        assert!((0..200_000).all(|n| !seen.insert(hash(n))));
        assert!((200_000..200_100).all(|n| seen.insert(hash(n))));
        // Those that fall on one slot are kept apart.
        let mut seen = Seen::new();
        assert!((1..1000).all(|n| seen.insert(n)) && (1..1000).all(|n| !seen.insert(n)));
    }
}
