//! Program status register and processor modes.

use serde::{Deserialize, Serialize};

/// Processor mode: the low five bits of the status register.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Mode {
    /// Unprivileged.
    User = 0x10,
    /// Fast interrupt.
    Fiq = 0x11,
    /// Interrupt.
    Irq = 0x12,
    /// Supervisor.
    Supervisor = 0x13,
    /// Secure monitor (Security Extensions only).
    Monitor = 0x16,
    /// Abort.
    Abort = 0x17,
    /// Undefined instruction.
    Undefined = 0x1B,
    /// Privileged with the user registers.
    System = 0x1F,
}

impl Mode {
    /// The mode that five bits name, or `None` for the reserved patterns.
    #[must_use]
    pub fn from_bits(bits: u32) -> Option<Self> {
        Some(match bits & 0x1F {
            0x10 => Self::User,
            0x11 => Self::Fiq,
            0x12 => Self::Irq,
            0x13 => Self::Supervisor,
            0x16 => Self::Monitor,
            0x17 => Self::Abort,
            0x1B => Self::Undefined,
            0x1F => Self::System,
            _ => return None,
        })
    }

    /// The five mode bits.
    #[must_use]
    pub fn bits(self) -> u32 {
        self as u32
    }

    /// Every mode but User.
    #[must_use]
    pub fn is_privileged(self) -> bool {
        self != Self::User
    }

    /// True when the mode has a saved status register.
    #[must_use]
    pub fn has_spsr(self) -> bool {
        !matches!(self, Self::User | Self::System)
    }
}

/// The current status register, with its fields split for the engines.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Psr {
    /// Negative.
    pub n: bool,
    /// Zero.
    pub z: bool,
    /// Carry.
    pub c: bool,
    /// Overflow.
    pub v: bool,
    /// Sticky saturation.
    pub q: bool,
    /// Jazelle or ThumbEE bit; stored, no such state is entered.
    pub j: bool,
    /// Greater-or-equal flags of the parallel instructions, four bits.
    pub ge: u8,
    /// If-Then state, eight bits in the order of the architecture's ITSTATE.
    pub it: u8,
    /// Big-endian data.
    pub e: bool,
    /// Asynchronous aborts masked.
    pub a: bool,
    /// IRQ masked.
    pub i: bool,
    /// FIQ masked.
    pub f: bool,
    /// Thumb state.
    pub t: bool,
    /// Processor mode.
    pub mode: Mode,
}

impl Psr {
    /// Supervisor mode, ARM state, interrupts masked: the state after reset.
    #[must_use]
    pub fn reset() -> Self {
        Self::from_bits(0xD3, Mode::Supervisor)
    }

    /// Splits a register value. A reserved mode pattern becomes `otherwise`: writing one is UNPREDICTABLE, and the
    /// choice here is that the mode stays.
    #[must_use]
    pub fn from_bits(bits: u32, otherwise: Mode) -> Self {
        let bit = |n: u32| bits >> n & 1 != 0;
        Self {
            n: bit(31),
            z: bit(30),
            c: bit(29),
            v: bit(28),
            q: bit(27),
            j: bit(24),
            ge: (bits >> 16 & 0xF) as u8,
            it: (bits >> 25 & 3 | bits >> 8 & 0xFC) as u8,
            e: bit(9),
            a: bit(8),
            i: bit(7),
            f: bit(6),
            t: bit(5),
            mode: Mode::from_bits(bits).unwrap_or(otherwise),
        }
    }

    /// The register as the guest reads it.
    #[must_use]
    pub fn bits(&self) -> u32 {
        let bit = |flag: bool, n: u32| u32::from(flag) << n;
        let it = u32::from(self.it);
        self.nzcv() << 28
            | bit(self.q, 27)
            | (it & 3) << 25
            | bit(self.j, 24)
            | u32::from(self.ge) << 16
            | (it >> 2) << 10
            | bit(self.e, 9)
            | bit(self.a, 8)
            | bit(self.i, 7)
            | bit(self.f, 6)
            | bit(self.t, 5)
            | self.mode.bits()
    }

    /// The four condition flags as a number, N highest.
    #[must_use]
    pub fn nzcv(&self) -> u32 {
        u32::from(self.n) << 3 | u32::from(self.z) << 2 | u32::from(self.c) << 1 | u32::from(self.v)
    }

    /// Sets the four condition flags from a number, N highest.
    pub fn set_nzcv(&mut self, flags: u32) {
        self.n = flags & 8 != 0;
        self.z = flags & 4 != 0;
        self.c = flags & 2 != 0;
        self.v = flags & 1 != 0;
    }
}
