//! Keys and signatures. The only module that names a curve.
//!
//! Every actor has a key that follows from its name, so that its signatures are the same in every process.

use alloy_primitives::{Address, B256, Bytes, keccak256};
use k256::ecdsa::SigningKey;

/// Somebody's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key(SigningKey);

impl Key {
    /// The key of the actor called `name`.
    pub fn of(name: &str) -> Self {
        let secret = keccak256(format!("slashproof actor {name}"));
        Self(SigningKey::from_slice(secret.as_slice()).expect("a hash is below the order of the curve"))
    }

    /// Its address.
    pub fn address(&self) -> Address {
        let point = self.0.verifying_key().to_encoded_point(false);
        // The first byte says that both coordinates follow.
        Address::from_slice(&keccak256(&point.as_bytes()[1..])[12..])
    }

    /// What it signs `digest` with: r, s and v.
    pub fn sign(&self, digest: B256) -> Bytes {
        let signed = self.0.sign_prehash_recoverable(digest.as_slice());
        let (signature, recovery) = signed.expect("a digest of 32 bytes can be signed");
        let mut bytes = signature.to_bytes().to_vec();
        bytes.push(27 + recovery.to_byte());
        bytes.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use k256::ecdsa::{RecoveryId, Signature, VerifyingKey};

    #[test]
    fn a_signature_leads_back_to_its_signer() {
        let digest = keccak256("something to sign");
        let key = Key::of("staker A");
        let bytes = key.sign(digest);
        assert_eq!(bytes, Key::of("staker A").sign(digest), "signing is deterministic");
        let signature = Signature::from_slice(&bytes[..64]).unwrap();
        assert!(signature.normalize_s().is_none(), "contracts refuse the other of the two signatures");
        let recovery = RecoveryId::from_byte(bytes[64] - 27).unwrap();
        let signer = VerifyingKey::recover_from_prehash(digest.as_slice(), &signature, recovery).unwrap();
        let point = signer.to_encoded_point(false);
        assert_eq!(Address::from_slice(&keccak256(&point.as_bytes()[1..])[12..]), key.address());
        assert_ne!(key.address(), Key::of("staker B").address());
    }
}
