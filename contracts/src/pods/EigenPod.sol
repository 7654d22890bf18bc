// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Initializable} from "@openzeppelin/contracts-upgradeable/proxy/utils/Initializable.sol";
import {ReentrancyGuardUpgradeable} from "@openzeppelin/contracts-upgradeable/security/ReentrancyGuardUpgradeable.sol";
import {IEigenPod} from "../interfaces/IEigenPod.sol";
import {IEigenPodManager} from "../interfaces/IEigenPodManager.sol";
import {IETHPOSDeposit} from "../interfaces/IETHPOSDeposit.sol";
import {SemVer} from "../utils/SemVer.sol";
import {EigenPodStorage} from "./EigenPodStorage.sol";

/// @title EigenPod
/// @notice See {IEigenPod}.
contract EigenPod is Initializable, ReentrancyGuardUpgradeable, EigenPodStorage, SemVer {
    using SafeCast for uint256;

    /* CONSTRUCTOR */

    constructor(IETHPOSDeposit depositContract, IEigenPodManager manager, uint64 genesisTime, string memory version)
        EigenPodStorage(depositContract, manager, genesisTime)
        SemVer(version)
    {
        _disableInitializers();
    }

    /// @inheritdoc IEigenPod
    function initialize(address owner) external initializer {
        require(owner != address(0), InputAddressZero());
        podOwner = owner;
    }

    /// @notice Takes ETH. It counts once a checkpoint finds it.
    receive() external payable {
        emit NonBeaconChainETHReceived(msg.value);
    }

    /* MODIFIERS */

    modifier onlyEigenPodManager() {
        require(msg.sender == address(eigenPodManager), OnlyEigenPodManager());
        _;
    }

    /// @dev The one whom the manager's owner trusts with the time of the beacon chain is trusted with its balances too.
    modifier onlyBalanceReporter() {
        require(msg.sender == eigenPodManager.proofTimestampSetter(), OnlyBalanceReporter());
        _;
    }

    modifier onlyWhenNotPaused(uint8 index) {
        require(!eigenPodManager.paused(index), CurrentlyPaused());
        _;
    }

    /* BALANCE REPORTS */

    /// @inheritdoc IEigenPod
    /// @dev What is new cannot be a loss, so there is nothing that it would be a loss of.
    function reportNewValidators(uint64 balanceGwei)
        external
        onlyBalanceReporter
        onlyWhenNotPaused(PAUSED_VERIFY_CREDENTIALS)
        nonReentrant
    {
        restakedValidatorsGwei += balanceGwei;
        eigenPodManager.recordBeaconChainETHBalanceUpdate(podOwner, 0, _toWei(int256(uint256(balanceGwei))));
    }

    /// @inheritdoc IEigenPod
    /// @dev What came back is accounted for here even when the validators lost more than that: the difference is one
    /// number, and the manager sees nothing else.
    function reportCheckpoint(uint64 balanceGwei)
        external
        payable
        onlyBalanceReporter
        onlyWhenNotPaused(PAUSED_START_CHECKPOINT)
        onlyWhenNotPaused(PAUSED_CHECKPOINT_PROOFS)
        nonReentrant
    {
        uint64 cameBackGwei = (address(this).balance / GWEI_TO_WEI).toUint64() - restakedExecutionLayerGwei;
        int256 validatorsDeltaGwei = int256(uint256(balanceGwei)) - int256(uint256(restakedValidatorsGwei));
        int256 deltaWei = _toWei(int256(uint256(cameBackGwei)) + validatorsDeltaGwei);
        uint256 prevWei = (uint256(restakedExecutionLayerGwei) + restakedValidatorsGwei) * GWEI_TO_WEI;

        restakedExecutionLayerGwei += cameBackGwei;
        restakedValidatorsGwei = balanceGwei;
        lastCheckpointTimestamp = uint64(block.timestamp);
        eigenPodManager.recordBeaconChainETHBalanceUpdate(podOwner, prevWei, deltaWei);
        emit CheckpointFinalized(uint64(block.timestamp), deltaWei);
    }

    /* EIGENPOD MANAGER */

    /// @inheritdoc IEigenPod
    function stake(bytes calldata pubkey, bytes calldata signature, bytes32 depositDataRoot)
        external
        payable
        onlyEigenPodManager
    {
        require(msg.value == 32 ether, MsgValueNot32ETH());
        ethPOS.deposit{value: 32 ether}(pubkey, _withdrawalCredentials(), signature, depositDataRoot);
        // As the beacon chain has it: the key, padded to 64 bytes.
        emit EigenPodStaked(sha256(abi.encodePacked(pubkey, bytes16(0))));
    }

    /// @inheritdoc IEigenPod
    function withdrawRestakedBeaconChainETH(address recipient, uint256 amountWei) external onlyEigenPodManager {
        // The cast is EigenLayer's: it cuts off what no pod has.
        uint64 amountGwei = uint64(amountWei / GWEI_TO_WEI);
        require(amountGwei <= restakedExecutionLayerGwei, InsufficientWithdrawableBalance());
        restakedExecutionLayerGwei -= amountGwei;
        uint256 paidWei = uint256(amountGwei) * GWEI_TO_WEI;
        emit RestakedBeaconChainETHWithdrawn(recipient, paidWei);
        Address.sendValue(payable(recipient), paidWei);
    }

    /* INTERNALS */

    function _toWei(int256 gweiAmount) internal pure returns (int256) {
        return gweiAmount * int256(GWEI_TO_WEI);
    }

    /// @dev Withdrawals of the validator come here.
    function _withdrawalCredentials() internal view returns (bytes memory) {
        return abi.encodePacked(bytes1(uint8(1)), bytes11(0), address(this));
    }

    /* VIEWS */

    /// @inheritdoc IEigenPod
    function withdrawableRestakedExecutionLayerGwei() external view returns (uint64) {
        return restakedExecutionLayerGwei;
    }
}
