//! Which family of vector instructions the kernels use, found at run time. Reads no environment.

use crate::KernelError;

/// A family of kernels. All of them give the same bits from quantised products; see [`crate`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Isa {
    /// Portable Rust, the twin that every other family is tested against.
    Scalar,
    /// x86-64 with AVX2, FMA and F16C (2013 and later).
    Avx2,
    /// As [`Self::Avx2`], with 256-bit `vpdpbusd` (AVX-VNNI: Alder Lake, Zen 5).
    AvxVnni,
    /// x86-64 with AVX-512 F, BW, VL, DQ and VNNI (Cascade Lake, Zen 4 and later).
    Avx512Vnni,
    /// 64-bit ARM with the dot-product extension (most cores since 2018; all of Apple's).
    Neon,
}

impl Isa {
    const ALL: [Self; 5] = [Self::Scalar, Self::Avx2, Self::AvxVnni, Self::Avx512Vnni, Self::Neon];

    /// The fastest family that this processor has.
    pub fn detect() -> Self {
        Self::available().pop().unwrap_or(Self::Scalar)
    }

    /// Every family that this processor has, slowest first.
    pub fn available() -> Vec<Self> {
        Self::ALL.into_iter().filter(|isa| isa.is_available()).collect()
    }

    /// The family of that name, if this processor has it.
    ///
    /// # Errors
    /// When the name is unknown, or names what this processor lacks.
    pub fn parse(name: &str) -> Result<Self, KernelError> {
        let wanted = name.trim().to_ascii_lowercase();
        let available = Self::available();
        available.iter().copied().find(|isa| isa.name() == wanted).ok_or_else(|| KernelError::UnknownIsa {
            name: name.to_owned(),
            available: available.iter().map(|isa| isa.name()).collect::<Vec<_>>().join(", "),
        })
    }

    /// Name in lower case, as [`Self::parse`] takes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Avx2 => "avx2",
            Self::AvxVnni => "avxvnni",
            Self::Avx512Vnni => "avx512vnni",
            Self::Neon => "neon",
        }
    }

    /// Rows or tokens whose sums the registers hold beside what is multiplied: how many share a load at best.
    pub(crate) const fn rows_at_once(self) -> usize {
        match self {
            Self::Scalar => 1,
            Self::Avx2 | Self::AvxVnni | Self::Neon => 4,
            Self::Avx512Vnni => 8,
        }
    }

    /// Tokens that pass together through packed codes, with activations in so many planes. With AVX2 more than have their
    /// sums in registers: the codes of half a tile's rows are there instead, and a token's sums come and go.
    pub(crate) const fn few_at_once(self, planes: usize) -> usize {
        match self {
            Self::Avx2 | Self::AvxVnni if planes == 1 => 8,
            _ => self.rows_at_once(),
        }
    }

    #[cfg(target_arch = "x86_64")]
    fn is_available(self) -> bool {
        use std::arch::is_x86_feature_detected as has;
        let avx2 = has!("avx2") && has!("fma") && has!("f16c") && has!("popcnt");
        match self {
            Self::Scalar => true,
            Self::Avx2 => avx2,
            Self::AvxVnni => avx2 && has!("avxvnni"),
            Self::Avx512Vnni => {
                avx2 && has!("avx512f")
                    && has!("avx512bw")
                    && has!("avx512vl")
                    && has!("avx512dq")
                    && has!("avx512vnni")
            }
            Self::Neon => false,
        }
    }

    #[cfg(target_arch = "aarch64")]
    fn is_available(self) -> bool {
        match self {
            Self::Scalar => true,
            Self::Neon => std::arch::is_aarch64_feature_detected!("dotprod"),
            _ => false,
        }
    }

    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    fn is_available(self) -> bool {
        self == Self::Scalar
    }
}

impl std::fmt::Display for Isa {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_available_family_is_found_by_its_name() {
        for isa in Isa::available() {
            assert_eq!(Isa::parse(isa.name()), Ok(isa));
        }
        assert_eq!(Isa::parse(" Scalar "), Ok(Isa::Scalar));
    }

    #[test]
    fn an_unknown_name_is_answered_with_those_that_work() {
        let error = Isa::parse("avx9000").unwrap_err().to_string();
        assert!(error.contains("avx9000") && error.contains("scalar"), "{error}");
    }
}
