//! Keys and signatures. The only module that names a curve.
//!
//! Every actor has a key that follows from its name, so that its signatures are the same in every process.

use alloy_primitives::{Address, B256, Bytes, keccak256};
use k256::{
    ProjectivePoint, Scalar, U256,
    ecdsa::SigningKey,
    elliptic_curve::{ops::Reduce, point::AffineCoordinates, scalar::IsHigh},
};

/// Somebody's key, which is no secret: neither are the numbers that must be fresh for each signature with one that is. Here they are
/// always the same, and a signature is a multiplication and an addition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    signer: SigningKey,
    /// The `r` of all signatures.
    r: Scalar,
    /// The point with this `r` has an odd `y`.
    is_odd: bool,
    /// Of a digest `z`, `s` is `slope z + offset`.
    slope: Scalar,
    offset: Scalar,
}

impl Key {
    /// The key of the actor called `name`.
    pub fn of(name: &str) -> Self {
        let secret = keccak256(format!("slashproof actor {name}"));
        let signer = SigningKey::from_slice(secret.as_slice()).expect("a hash is below the order of the curve");
        let nonce = scalar(keccak256(format!("slashproof nonce {name}")));
        let point = (ProjectivePoint::GENERATOR * nonce).to_affine();
        let r = <Scalar as Reduce<U256>>::reduce_bytes(&point.x());
        let slope = nonce.invert().expect("a hash is not zero");
        let offset = slope * r * signer.as_nonzero_scalar().as_ref();
        Self { signer, r, is_odd: point.y_is_odd().into(), slope, offset }
    }

    /// Its address.
    pub fn address(&self) -> Address {
        let point = self.signer.verifying_key().to_encoded_point(false);
        // The first byte says that both coordinates follow.
        Address::from_slice(&keccak256(&point.as_bytes()[1..])[12..])
    }

    /// What it signs `digest` with: r, s and v.
    pub fn sign(&self, digest: B256) -> Bytes {
        let s = self.slope * scalar(digest) + self.offset;
        // Contracts accept the lower of two; the other belongs to the point with the other `y`.
        let is_high = bool::from(s.is_high());
        let lower = if is_high { -s } else { s };
        let v = 27 + u8::from(self.is_odd != is_high);
        [&self.r.to_bytes()[..], &lower.to_bytes()[..], &[v]].concat().into()
    }
}

/// A hash as a number of the curve, modulo its order.
fn scalar(hash: B256) -> Scalar {
    <Scalar as Reduce<U256>>::reduce_bytes(&hash.0.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use k256::ecdsa::{RecoveryId, Signature, VerifyingKey};

    #[test]
    fn a_signature_leads_back_to_its_signer() {
        let key = Key::of("staker A");
        for digest in (0..64u8).map(|number| keccak256([number])).chain([B256::ZERO, B256::repeat_byte(0xff)]) {
            leads_back(&key, digest);
        }
        assert_ne!(key.address(), Key::of("staker B").address());
    }

    fn leads_back(key: &Key, digest: B256) {
        let bytes = key.sign(digest);
        assert_eq!(bytes, Key::of("staker A").sign(digest), "signing is deterministic");
        let signature = Signature::from_slice(&bytes[..64]).unwrap();
        assert!(signature.normalize_s().is_none(), "contracts refuse the other of the two signatures");
        let recovery = RecoveryId::from_byte(bytes[64] - 27).unwrap();
        let signer = VerifyingKey::recover_from_prehash(digest.as_slice(), &signature, recovery).unwrap();
        let point = signer.to_encoded_point(false);
        assert_eq!(Address::from_slice(&keccak256(&point.as_bytes()[1..])[12..]), key.address());
    }
}
