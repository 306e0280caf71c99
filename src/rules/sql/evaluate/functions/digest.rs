//! Digests in hexadecimal digits.

use md5::Md5;
use sha1::Sha1;
use sha2::digest::Digest;
use sha2::{Sha224, Sha256, Sha384, Sha512};

use crate::rules::sql::function::Function;

pub(super) fn of(function: Function) -> Option<fn(&[u8]) -> String> {
    Some(match function {
        Function::Md2 => |bytes| hex(&md2(bytes)),
        Function::Md5 => |bytes| hex(&Md5::digest(bytes)),
        Function::Sha1 => |bytes| hex(&Sha1::digest(bytes)),
        Function::Sha224 => |bytes| hex(&Sha224::digest(bytes)),
        Function::Sha256 => |bytes| hex(&Sha256::digest(bytes)),
        Function::Sha384 => |bytes| hex(&Sha384::digest(bytes)),
        Function::Sha512 => |bytes| hex(&Sha512::digest(bytes)),
        _ => return None,
    })
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

/// The numbers below 256 as the digits of pi shuffle them (RFC 1319).
const PI: [u8; 256] = [
    41, 46, 67, 201, 162, 216, 124, 1, 61, 54, 84, 161, 236, 240, 6, 19, 98, 167, 5, 243, 192, 199,
    115, 140, 152, 147, 43, 217, 188, 76, 130, 202, 30, 155, 87, 60, 253, 212, 224, 22, 103, 66,
    111, 24, 138, 23, 229, 18, 190, 78, 196, 214, 218, 158, 222, 73, 160, 251, 245, 142, 187, 47,
    238, 122, 169, 104, 121, 145, 21, 178, 7, 63, 148, 194, 16, 137, 11, 34, 95, 33, 128, 127, 93,
    154, 90, 144, 50, 39, 53, 62, 204, 231, 191, 247, 151, 3, 255, 25, 48, 179, 72, 165, 181, 209,
    215, 94, 146, 42, 172, 86, 170, 198, 79, 184, 56, 210, 150, 164, 125, 182, 118, 252, 107, 226,
    156, 116, 4, 241, 69, 157, 112, 89, 100, 113, 135, 32, 134, 91, 207, 101, 230, 45, 168, 2, 27,
    96, 37, 173, 174, 176, 185, 246, 28, 70, 97, 105, 52, 64, 126, 15, 85, 71, 163, 35, 221, 81,
    175, 58, 195, 92, 249, 206, 186, 197, 234, 38, 44, 83, 13, 110, 133, 40, 132, 9, 211, 223, 205,
    244, 65, 129, 77, 82, 106, 220, 55, 200, 108, 193, 171, 250, 36, 225, 123, 8, 12, 189, 177, 74,
    120, 136, 149, 139, 227, 99, 232, 109, 233, 203, 213, 254, 59, 0, 29, 57, 242, 239, 183, 14,
    102, 88, 208, 228, 166, 119, 114, 248, 235, 117, 75, 10, 49, 68, 80, 180, 143, 237, 31, 26,
    219, 153, 141, 51, 159, 17, 131, 20,
];

/// MD2 (RFC 1319), which no library here has.
fn md2(bytes: &[u8]) -> [u8; 16] {
    let mut state = [0; 48];
    let mut sum = [0; 16];
    let padding = 16 - bytes.len() % 16;
    let padding = std::iter::repeat_n(padding as u8, padding);
    let all: Vec<u8> = bytes.iter().copied().chain(padding).collect();
    for block in all.chunks_exact(16) {
        let mut last = sum[15];
        for (sum, byte) in sum.iter_mut().zip(block) {
            *sum ^= PI[usize::from(byte ^ last)];
            last = *sum;
        }
        absorb(&mut state, block);
    }
    absorb(&mut state, &sum);
    let mut out = [0; 16];
    out.copy_from_slice(&state[..16]);
    out
}

fn absorb(state: &mut [u8; 48], block: &[u8]) {
    for (index, byte) in block.iter().enumerate() {
        state[16 + index] = *byte;
        state[32 + index] = byte ^ state[index];
    }
    let mut turn = 0_u8;
    for round in 0..18_u8 {
        for byte in state.iter_mut() {
            *byte ^= PI[usize::from(turn)];
            turn = *byte;
        }
        turn = turn.wrapping_add(round);
    }
}
