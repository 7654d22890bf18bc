//! The world around the protocol: tokens, and accounts that call back.

use alloy_sol_types::SolCall;

use super::{Encoded, Encoder};
use crate::{
    call::{Operation, WorldOperation},
    protocol::eigenlayer::abi,
};

impl Encoder<'_> {
    pub(super) fn world(&self, operation: &Operation) -> Option<Encoded> {
        let Operation::World(operation) = operation else { return None };
        Some(match operation {
            WorldOperation::SetRate { token, rate } => {
                (*token, abi::Token::setRateCall { newRate: *rate }.abi_encode())
            }
            WorldOperation::SetBarred { token, account, barred } => {
                (*token, abi::Token::setBarredCall { account: *account, barred: *barred }.abi_encode())
            }
            WorldOperation::Instruct { registrar, conduct } => {
                let call = abi::WilfulRegistrar::behaveCall {
                    newServes: conduct.serves,
                    newComing: conduct.coming as u8,
                    newLeaving: conduct.leaving as u8,
                    newReaction: conduct.reaction as u8,
                };
                (*registrar, call.abi_encode())
            }
            WorldOperation::PrepareCallback { account, operation } => {
                let (target, data) = Encoder { actor: *account, ..*self }.encode(operation)?;
                (*account, abi::CallingAccount::prepareCall { target, data: data.into() }.abi_encode())
            }
        })
    }
}
