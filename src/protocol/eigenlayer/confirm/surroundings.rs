//! What those around the protocol answer: accounts and registrars that call back, and the example AVSs.

use alloy_primitives::U256;
use alloy_sol_types::sol;

use super::Answers;
use crate::ledger::{CommitmentStatus, Fund, Ledger, Market, Purse, Registry};

sol! {
    function attempts() returns (uint256);
    function entered(address target) returns (uint256);

    function comings() returns (uint256);
    function leavings() returns (uint256);
    function successes() returns (uint256);
    function lastOperator() returns (address);
    function lastAvs() returns (address);
    function lastIds() returns (bytes32);

    function held() returns (uint256);
    function inFlight() returns (uint256[]);

    function totalShares() returns (uint256);
    function lent() returns (uint256);
    function receivable() returns (uint256);
    function sharesOf(address lender) returns (uint256);
    function loans(address borrower) returns (uint256 principal, uint256 since);

    function coverOf(address holder) returns (uint256);
    function incidentCount() returns (uint256);
    function incidents(uint256 id) returns (uint256 losses, uint256 payout, uint256 claimed, uint256 paid, bool settled);
    function lossOf(uint256 id, address holder) returns (uint256);

    function epoch() returns (uint256);
    function epochs(uint256 number)
        returns (uint256 deadline, uint256 open, uint256 weight, uint256 pot, uint256 rewarded, uint256 paid);
    function commitments(uint256 number, address operator)
        returns (bytes32 digest, uint256 wad, uint256 weight, uint8 status);
}

impl Answers<'_> {
    /// Who called back, and was let in.
    pub(super) fn callers(&mut self, ledger: &Ledger) {
        for caller in &ledger.callers {
            self.says(caller.address, &attemptsCall {}, Some(&U256::from(caller.attempts)));
            for (target, times) in &caller.entered {
                self.says(caller.address, &enteredCall { target: *target }, Some(&U256::from(*times)));
            }
        }
    }

    /// What registrars were told.
    pub(super) fn registrars(&mut self, ledger: &Ledger) {
        for registrar in &ledger.registrars {
            let at = registrar.address;
            self.says(at, &comingsCall {}, Some(&U256::from(registrar.comings)));
            self.says(at, &leavingsCall {}, Some(&U256::from(registrar.leavings)));
            self.says(at, &attemptsCall {}, Some(&U256::from(registrar.attempts)));
            self.says(at, &successesCall {}, Some(&U256::from(registrar.entered)));
            self.says(at, &lastOperatorCall {}, Some(&registrar.notice.operator));
            self.says(at, &lastAvsCall {}, Some(&registrar.notice.avs));
            self.says(at, &lastIdsCall {}, Some(&registrar.notice.ids));
        }
    }

    /// What the example AVSs hold, and for whom.
    pub(super) fn examples(&mut self, ledger: &Ledger) {
        let Some(examples) = &ledger.examples else { return };
        for Purse { set, held, in_flight, .. } in examples.purses() {
            self.says(set.avs, &heldCall {}, Some(held));
            let shown = in_flight.iter().copied().map(U256::from).collect();
            self.says(set.avs, &inFlightCall {}, Some(&shown));
        }
        self.market(&examples.market);
        self.fund(&examples.fund);
        self.registry(&examples.registry);
    }

    fn market(&mut self, market: &Market) {
        let at = market.purse.set.avs;
        self.says(at, &totalSharesCall {}, Some(&market.total_shares));
        self.says(at, &lentCall {}, Some(&market.lent));
        self.says(at, &receivableCall {}, Some(&market.receivable));
        for (lender, shares) in &market.lenders {
            self.says(at, &sharesOfCall { lender: *lender }, Some(shares));
        }
        for loan in &market.loans {
            let shown = loansReturn { principal: loan.principal, since: U256::from(loan.since) };
            self.says(at, &loansCall { borrower: loan.borrower }, Some(&shown));
        }
    }

    fn fund(&mut self, fund: &Fund) {
        let at = fund.purse.set.avs;
        for (holder, cover) in &fund.covers {
            self.says(at, &coverOfCall { holder: *holder }, Some(cover));
        }
        self.says(at, &incidentCountCall {}, Some(&U256::from(fund.last_incident())));
        for (number, incident) in fund.incidents.iter().enumerate().skip(1) {
            let id = U256::from(number);
            let shown = incidentsReturn {
                losses: incident.losses,
                payout: incident.payout,
                claimed: incident.claimed,
                paid: incident.paid,
                settled: incident.settled,
            };
            self.says(at, &incidentsCall { id }, Some(&shown));
            for (holder, loss) in &incident.unclaimed {
                self.says(at, &lossOfCall { id, holder: *holder }, Some(loss));
            }
        }
    }

    fn registry(&mut self, registry: &Registry) {
        let at = registry.purse.set.avs;
        self.says(at, &epochCall {}, Some(&U256::from(registry.number())));
        for (number, epoch) in registry.epochs.iter().enumerate() {
            let number = U256::from(number);
            let shown = epochsReturn {
                deadline: U256::from(epoch.deadline),
                open: U256::from(epoch.open),
                weight: epoch.weight,
                pot: epoch.pot,
                rewarded: epoch.rewarded,
                paid: epoch.paid,
            };
            self.says(at, &epochsCall { number }, Some(&shown));
            for commitment in &epoch.commitments {
                let (digest, status) = (commitment.digest, commitment.status);
                let shown =
                    commitmentsReturn { digest, wad: commitment.wad, weight: commitment.weight, status: status as u8 };
                let is_known = status != CommitmentStatus::Unknown;
                let question = commitmentsCall { number, operator: commitment.operator };
                self.says(at, &question, is_known.then_some(&shown));
            }
        }
    }
}
