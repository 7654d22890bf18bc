//! What needs somebody's signature: the EIP-712 digests (`docs/protocol.md` section 2), signed with actors' own keys.

use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use alloy_sol_types::{SolCall, SolValue};

use super::{Encoded, Encoder};
use crate::{
    call::{Approval, Consent, Operation, SignedOperation},
    evm::CHAIN_ID,
    ledger::DepositRequest,
    protocol::eigenlayer::abi,
};

const DOMAIN: &str = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
const APPROVAL: &str =
    "DelegationApproval(address delegationApprover,address staker,address operator,bytes32 salt,uint256 expiry)";
const DEPOSIT: &str =
    "Deposit(address staker,address strategy,address token,uint256 amount,uint256 nonce,uint256 expiry)";

impl Encoder<'_> {
    pub(super) fn signed(&self, operation: &Operation) -> Option<Encoded> {
        let Operation::Signed(operation) = operation else { return None };
        Some(match operation {
            SignedOperation::Delegate { operator, approval } => {
                let (approval, salt) = self.approval(*operator, approval);
                let call = abi::DelegationManager::delegateToCall {
                    operator: *operator,
                    approverSignatureAndExpiry: approval,
                    approverSalt: salt,
                };
                (self.protocol.contracts.delegation_manager, call.abi_encode())
            }
            SignedOperation::Redelegate { operator, approval } => {
                let (approval, salt) = self.approval(*operator, approval);
                let call = abi::DelegationManager::redelegateCall {
                    newOperator: *operator,
                    newOperatorApproverSig: approval,
                    approverSalt: salt,
                };
                (self.protocol.contracts.delegation_manager, call.abi_encode())
            }
            SignedOperation::Deposit { staker, strategy, token, amount, consent } => {
                let request = DepositRequest { staker: *staker, strategy: *strategy, amount: *amount };
                (self.protocol.contracts.strategy_manager, self.deposit_for(&request, *token, consent))
            }
        })
    }

    fn approval(&self, operator: Address, approval: &Approval) -> (abi::DelegationManager::SignatureWithExpiry, B256) {
        let approver = self.before.operator(operator).map_or(Address::ZERO, |operator| operator.approver);
        let expiry = U256::from(approval.expiry.at(self.before.timestamp));
        let salt = B256::from(U256::from(approval.salt));
        let message = (keccak256(APPROVAL), approver, approval.staker, approval.operator, salt, expiry);
        let digest = self.digest(self.protocol.contracts.delegation_manager, &message.abi_encode());
        let signature = self.signed_by(approval.signer, digest);
        (abi::DelegationManager::SignatureWithExpiry { signature, expiry }, salt)
    }

    fn deposit_for(&self, request: &DepositRequest, token: Address, consent: &Consent) -> Vec<u8> {
        let current = self.before.staker(request.staker).map_or(U256::ZERO, |staker| staker.nonce);
        let nonce = consent.nonce.of(current);
        let expiry = U256::from(consent.expiry.at(self.before.timestamp));
        let message = (keccak256(DEPOSIT), request.staker, consent.strategy, token, consent.amount, nonce, expiry);
        let digest = self.digest(self.protocol.contracts.strategy_manager, &message.abi_encode());
        abi::StrategyManager::depositIntoStrategyWithSignatureCall {
            strategy: request.strategy,
            token,
            amount: request.amount,
            staker: request.staker,
            expiry,
            signature: self.signed_by(consent.signer, digest),
        }
        .abi_encode()
    }

    /// The digest of a message for a contract.
    fn digest(&self, contract: Address, message: &[u8]) -> B256 {
        let version = keccak256(self.protocol.release.signing_version);
        let domain = (keccak256(DOMAIN), keccak256("EigenLayer"), version, U256::from(CHAIN_ID), contract);
        let (domain, message) = (keccak256(domain.abi_encode()), keccak256(message));
        keccak256([&[0x19, 0x01], domain.as_slice(), message.as_slice()].concat())
    }

    /// A contract has no key; what it cannot sign is left empty.
    fn signed_by(&self, signer: Address, digest: B256) -> Bytes {
        self.protocol.book.key(signer).map_or_else(Bytes::new, |key| key.sign(digest))
    }
}
