//! Decimal numbers of 34 digits, as AWS IoT SQL counts: exact where 34 digits are enough, rounded half to even where
//! they are not. Magnitudes reach from 1E-999 to 9.99…E999. Knows no SQL.

mod text;

use std::cmp::Ordering;

const DIGITS: u32 = 34;
/// The first coefficient that has a digit too many.
const LIMIT: u128 = 10_u128.pow(DIGITS);
const MAX_EXPONENT: i32 = 999;

#[derive(Clone, Copy, Debug)]
pub(super) struct Decimal {
    negative: bool,
    coefficient: u128,
    exponent: i32,
    /// Written or made as an Int, which AWS IoT SQL tells apart from a Decimal with the same value.
    int: bool,
}

impl Decimal {
    pub(super) const ZERO: Self = Self {
        negative: false,
        coefficient: 0,
        exponent: 0,
        int: true,
    };

    pub(super) fn int(number: i128) -> Option<Self> {
        fit(number < 0, number.unsigned_abs(), 0, false).map(|it| Self { int: true, ..it })
    }

    /// At most 34 digits: None beyond, and where a fraction would be cut off.
    pub(super) fn as_int(self) -> Option<i128> {
        let whole = self.rescaled()?;
        let number = i128::try_from(whole.coefficient).ok()?;
        Some(if whole.negative { -number } else { number })
    }

    pub(super) fn is_int(self) -> bool {
        self.int
    }

    pub(super) fn as_decimal(self) -> Self {
        Self { int: false, ..self }
    }

    pub(super) fn is_zero(self) -> bool {
        self.coefficient == 0
    }

    /// -1, 0 or 1.
    pub(super) fn sign(self) -> i8 {
        match (self.coefficient, self.negative) {
            (0, _) => 0,
            (_, true) => -1,
            _ => 1,
        }
    }

    pub(super) fn abs(self) -> Self {
        Self {
            negative: false,
            ..self
        }
    }

    pub(super) fn neg(self) -> Self {
        Self {
            negative: !self.negative && self.coefficient != 0,
            ..self
        }
    }

    /// As an Int, where it is a whole number of 34 digits at most; without trailing zeros otherwise.
    pub(super) fn simplest(self) -> Self {
        self.rescaled().unwrap_or_else(|| self.stripped())
    }

    pub(super) fn plus(self, other: Self) -> Option<Self> {
        let int = self.int && other.int;
        let (high, low) = match self.exponent >= other.exponent {
            true => (self, other),
            false => (other, self),
        };
        if high.coefficient == 0 || low.coefficient == 0 {
            let sum = if high.coefficient == 0 { low } else { high };
            return Some(Self { int, ..sum });
        }
        let apart = high.exponent.abs_diff(low.exponent);
        // Two digits more than are kept, so that what is cut off below them only says "a little more".
        let up = apart.min(DIGITS + 2 - digits(high.coefficient));
        let down = apart - up;
        let large = high.coefficient * ten_to(up);
        let (small, rest) = match down <= DIGITS {
            true => (
                low.coefficient / ten_to(down),
                low.coefficient % ten_to(down),
            ),
            false => (0, low.coefficient),
        };
        let exponent = high.exponent - up as i32;
        let sticky = rest != 0;
        let sum = if high.negative == low.negative {
            fit(high.negative, large + small, exponent, sticky)
        } else if large >= small {
            let borrow = u128::from(sticky);
            fit(high.negative, large - small - borrow, exponent, sticky)
        } else {
            fit(low.negative, small - large, exponent, false)
        };
        sum.map(|sum| Self { int, ..sum })
    }

    pub(super) fn minus(self, other: Self) -> Option<Self> {
        self.plus(other.neg())
    }

    pub(super) fn times(self, other: Self) -> Option<Self> {
        const HALF: u128 = 10_u128.pow(DIGITS / 2);
        let split = |number: u128| (number / HALF, number % HALF);
        let ((a1, a0), (b1, b0)) = (split(self.coefficient), split(other.coefficient));
        let middle = a1 * b0 + a0 * b1;
        let low = a0 * b0 + middle % HALF * HALF;
        let high = a1 * b1 + middle / HALF + low / LIMIT;
        let low = low % LIMIT;
        let more = if high == 0 { 0 } else { digits(high) };
        // One digit stays for rounding, and what stands below it only says "a little more".
        let cut = more.saturating_sub(1);
        let coefficient = high * ten_to(DIGITS - cut) + low / ten_to(cut);
        let sticky = !low.is_multiple_of(ten_to(cut));
        let exponent = self.exponent + other.exponent + cut as i32;
        let negative = self.negative != other.negative;
        let product = fit(negative, coefficient, exponent, sticky)?;
        let int = self.int && other.int;
        Some(Self { int, ..product })
    }

    /// Of two Ints an Int, cut off towards zero. None for a division by zero.
    pub(super) fn over(self, other: Self) -> Option<Self> {
        if other.coefficient == 0 {
            return None;
        }
        let mut quotient = self.coefficient / other.coefficient;
        let mut rest = self.coefficient % other.coefficient;
        let mut exponent = self.exponent - other.exponent;
        while rest != 0 && quotient < LIMIT {
            rest *= 10;
            quotient = quotient * 10 + rest / other.coefficient;
            rest %= other.coefficient;
            exponent -= 1;
        }
        let negative = self.negative != other.negative;
        let quotient = fit(negative, quotient, exponent, rest != 0)?;
        match self.int && other.int {
            true => quotient.cut(0).rescaled(),
            false => Some(Self {
                int: false,
                ..quotient
            }),
        }
    }

    /// What a division to whole numbers leaves, with the sign of the dividend. None for a division by zero.
    pub(super) fn remainder(self, other: Self) -> Option<Self> {
        if other.coefficient == 0 {
            return None;
        }
        let int = self.int && other.int;
        if self.exponent >= other.exponent {
            let mut rest = self.coefficient % other.coefficient;
            for _ in other.exponent..self.exponent {
                rest = rest * 10 % other.coefficient;
            }
            let rest = fit(self.negative, rest, other.exponent, false)?;
            return Some(Self { int, ..rest });
        }
        let apart = other.exponent.abs_diff(self.exponent);
        if digits(other.coefficient) + apart > 38 {
            return Some(Self { int, ..self });
        }
        let divisor = other.coefficient * ten_to(apart);
        let rest = fit(
            self.negative,
            self.coefficient % divisor,
            self.exponent,
            false,
        )?;
        Some(Self { int, ..rest })
    }

    pub(super) fn floor(self) -> Option<Self> {
        let cut = self.cut(0);
        match self.negative && cut.compare(self).is_ne() {
            true => cut.minus(Self::int(1)?)?.rescaled(),
            false => cut.rescaled(),
        }
    }

    pub(super) fn ceil(self) -> Option<Self> {
        Some(self.neg().floor()?.neg())
    }

    /// To the nearest whole number; from the middle between two away from zero.
    pub(super) fn round(self) -> Option<Self> {
        let half = Self {
            negative: false,
            coefficient: 5,
            exponent: -1,
            int: false,
        };
        let cut = self.cut(0);
        if self.minus(cut)?.abs().compare(half).is_lt() {
            return cut.rescaled();
        }
        let one = Self::int(if self.negative { -1 } else { 1 })?;
        cut.plus(one)?.rescaled()
    }

    /// Without the decimals beyond so many.
    pub(super) fn cut(self, places: u32) -> Self {
        let extra = i64::from(-self.exponent) - i64::from(places);
        if extra <= 0 {
            return self;
        }
        let extra = u32::try_from(extra).unwrap_or(u32::MAX);
        let coefficient = match extra <= DIGITS {
            true => self.coefficient / ten_to(extra),
            false => 0,
        };
        Self {
            negative: self.negative && coefficient != 0,
            coefficient,
            exponent: -(places as i32),
            int: self.int,
        }
    }

    pub(super) fn compare(self, other: Self) -> Ordering {
        let order = self.sign().cmp(&other.sign());
        if order.is_ne() || self.coefficient == 0 {
            return order;
        }
        let (a, b) = (self.stripped(), other.stripped());
        let order = a.magnitude().cmp(&b.magnitude());
        let full = |it: Self| it.coefficient * ten_to(DIGITS - digits(it.coefficient));
        let order = order.then_with(|| full(a).cmp(&full(b)));
        if self.negative {
            order.reverse()
        } else {
            order
        }
    }

    /// The whole number at or below it, held within what an index can be.
    pub(super) fn index(self) -> i64 {
        let whole = self.floor().and_then(Self::as_int);
        let bound = if self.negative { i64::MIN } else { i64::MAX };
        whole.map_or(bound, |it| i64::try_from(it).unwrap_or(bound))
    }

    /// The exponent of its first digit.
    fn magnitude(self) -> i32 {
        self.exponent + digits(self.coefficient) as i32 - 1
    }

    fn stripped(mut self) -> Self {
        while self.coefficient != 0 && self.coefficient.is_multiple_of(10) {
            self.coefficient /= 10;
            self.exponent += 1;
        }
        self
    }

    /// The same number as an Int.
    fn rescaled(self) -> Option<Self> {
        if self.coefficient == 0 {
            return Some(Self::ZERO);
        }
        let it = self.stripped();
        let up = u32::try_from(it.exponent).ok()?;
        if up + digits(it.coefficient) > DIGITS {
            return None;
        }
        Some(Self {
            coefficient: it.coefficient * ten_to(up),
            exponent: 0,
            int: true,
            ..it
        })
    }
}

/// Rounds to 34 digits. `sticky`: there is a little more than the coefficient says. None: too large.
fn fit(negative: bool, coefficient: u128, exponent: i32, sticky: bool) -> Option<Decimal> {
    let (mut coefficient, mut exponent) = (coefficient, exponent);
    let extra = digits(coefficient).saturating_sub(DIGITS);
    if extra > 0 {
        let unit = ten_to(extra);
        let (kept, rest) = (coefficient / unit, coefficient % unit);
        let up = match rest.cmp(&(unit / 2)) {
            Ordering::Less => false,
            Ordering::Equal => sticky || kept % 2 == 1,
            Ordering::Greater => true,
        };
        coefficient = kept + u128::from(up);
        exponent += extra as i32;
        if coefficient == LIMIT {
            coefficient /= 10;
            exponent += 1;
        }
    }
    let decimal = Decimal {
        negative: negative && coefficient != 0,
        coefficient,
        exponent,
        int: false,
    };
    if coefficient == 0 || decimal.magnitude() < -MAX_EXPONENT {
        return Some(Decimal::ZERO.as_decimal());
    }
    (decimal.magnitude() <= MAX_EXPONENT).then_some(decimal)
}

/// At least one.
fn digits(number: u128) -> u32 {
    number.checked_ilog10().unwrap_or(0) + 1
}

/// `power` is 38 at most.
fn ten_to(power: u32) -> u128 {
    10_u128.pow(power.min(38))
}

#[cfg(test)]
mod tests;
