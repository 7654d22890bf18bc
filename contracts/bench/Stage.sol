// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {AcceptingRegistrar} from "../mocks/AcceptingRegistrar.sol";
import {Recipient} from "../mocks/Recipient.sol";
import {Token} from "../mocks/Token.sol";
import {AllocationManager} from "../src/redistribution/AllocationManager.sol";
import {DelegationManager} from "../src/redistribution/DelegationManager.sol";
import {StrategyManager} from "../src/redistribution/StrategyManager.sol";
import {IAllocationManagerTypes} from "../src/interfaces/IAllocationManager.sol";
import {IPausable} from "../src/interfaces/IPausable.sol";
import {IStrategy} from "../src/interfaces/IStrategy.sol";
import {OperatorSet} from "../src/libraries/OperatorSetLib.sol";
import {World} from "../test/utils/World.sol";
import {vm} from "../test/utils/Vm.sol";

/// @notice Who and what invariants speak of. Everything else names them by their place in these lists.
struct Setting {
    AllocationManager allocationManager;
    DelegationManager delegationManager;
    StrategyManager strategyManager;
    address[] operators;
    address[] stakers;
    OperatorSet[] sets;
    IStrategy[] strategies;
    Token[] tokens;
    address[] holders;
}

/// @title The world of the campaign, with everybody in it
/// @notice Four operators of which three are registered, six stakers of which two may become operators, three AVSs with
/// a burning and a redistributing set each. Everybody has tokens, nobody has deposited.
abstract contract Stage is World {
    /* CONSTANTS */

    uint256 internal constant OPERATORS = 6;
    uint256 internal constant SETS = 12;
    uint256 internal constant STRATEGIES = 3;

    /// @dev Whole tokens that everybody gets of each.
    uint256 internal constant FUNDS = 1e9;

    /* PEOPLE */

    /// @dev Operators, and stakers who may become operators.
    address[] internal operators;
    /// @dev Everybody who holds tokens: stakers, then operators.
    address[] internal stakers;
    address[] internal avss;
    address[] internal recipients;
    /// @dev Those who ever may pause.
    address[] internal pausers;
    /// @dev Everybody who sends transactions.
    address[] internal actors;
    /// @dev Accounts that can share their rights.
    address[] internal principals;
    /// @dev Everybody whose balances are watched.
    address[] internal holders;

    /* THINGS */

    /// @dev The sets that exist or may be created.
    OperatorSet[] internal sets;
    AcceptingRegistrar[] internal registrars;
    IPausable[] internal pausable;

    /// @notice Deploys the protocol and brings everybody in. Ends when the operators' allocation delays are in force.
    function _bootstrap() internal {
        _deploy();
        _cast();
        _things();
        _watch();
        _fund();
        for (uint256 i = 0; i < 3; ++i) {
            uint32 delay = [0, 5, 20][i];
            vm.prank(operators[i]);
            delegationManager.registerAsOperator(address(0), delay, "");
        }
        _createSets(0, _chosen(true, true, false), _chosen(true, false, false));
        _createSets(1, _chosen(true, false, true), _chosen(false, true, true));
        _createSets(2, _chosen(true, true, true), _chosen(true, true, false));
        _pass(CONFIGURATION_DELAY + 5);
    }

    function _cast() private {
        actors = [owner, whitelister, unpauser, stranger];
        pausers = [pauser, _actor("pauser B"), stranger, owner];
        vm.prank(unpauser);
        pauserRegistry.setIsPauser(pausers[1], true);
        for (uint256 i = 0; i < 6; ++i) {
            stakers.push(_actor(string.concat("staker ", _letter(i))));
        }
        for (uint256 i = 0; i < 4; ++i) {
            operators.push(_actor(string.concat("operator ", _letter(i))));
            stakers.push(operators[i]);
        }
        operators.push(stakers[4]);
        operators.push(stakers[5]);
        for (uint256 i = 0; i < 3; ++i) {
            avss.push(_actor(string.concat("avs ", _letter(i))));
        }
        for (uint256 i = 0; i < 2; ++i) {
            actors.push(pausers[i]);
        }
        for (uint256 i = 0; i < stakers.length; ++i) {
            actors.push(stakers[i]);
        }
        for (uint256 i = 0; i < operators.length; ++i) {
            principals.push(operators[i]);
        }
        for (uint256 i = 0; i < avss.length; ++i) {
            actors.push(avss[i]);
            principals.push(avss[i]);
        }
    }

    function _things() private {
        for (uint256 i = 0; i < avss.length; ++i) {
            sets.push(OperatorSet(avss[i], 1));
            sets.push(OperatorSet(avss[i], 2));
            sets.push(OperatorSet(avss[i], 3));
            sets.push(OperatorSet(avss[i], type(uint32).max));
        }
        registrars = [registrar, new AcceptingRegistrar()];
        recipients = [address(new Recipient()), address(new Recipient())];
        pausable = [IPausable(allocationManager), delegationManager, IPausable(address(strategyManager))];
        for (uint256 i = 0; i < strategies.length; ++i) {
            pausable.push(strategies[i]);
        }
    }

    function _watch() private {
        for (uint256 i = 0; i < stakers.length; ++i) {
            holders.push(stakers[i]);
        }
        for (uint256 i = 0; i < strategies.length; ++i) {
            holders.push(address(strategies[i]));
        }
        for (uint256 i = 0; i < recipients.length; ++i) {
            holders.push(recipients[i]);
        }
        holders.push(BURN_ADDRESS);
        holders.push(address(allocationManager));
        holders.push(address(delegationManager));
        holders.push(address(strategyManager));
        holders.push(stranger);
        holders.push(address(0));
        for (uint256 i = 0; i < avss.length; ++i) {
            holders.push(avss[i]);
        }
    }

    function _fund() private {
        for (uint256 i = 0; i < stakers.length; ++i) {
            for (uint256 j = 0; j < tokens.length; ++j) {
                tokens[j].mint(stakers[i], FUNDS * 10 ** tokens[j].decimals());
                vm.prank(stakers[i]);
                tokens[j].approve(address(strategyManager), type(uint256).max);
            }
        }
    }

    /// @dev Set 1 burns, set 2 redistributes.
    function _createSets(uint256 which, IStrategy[] memory burning, IStrategy[] memory redistributing) private {
        address avs = avss[which];
        IAllocationManagerTypes.CreateSetParams[] memory params = new IAllocationManagerTypes.CreateSetParams[](1);
        address[] memory recipient = new address[](1);
        recipient[0] = recipients[which % recipients.length];
        vm.startPrank(avs);
        allocationManager.updateAVSMetadataURI(avs, "");
        allocationManager.setAVSRegistrar(avs, registrars[0]);
        params[0] = IAllocationManagerTypes.CreateSetParams(1, burning);
        allocationManager.createOperatorSets(avs, params);
        params[0] = IAllocationManagerTypes.CreateSetParams(2, redistributing);
        allocationManager.createRedistributingOperatorSets(avs, params, recipient);
        vm.stopPrank();
    }

    function _chosen(bool first, bool second, bool third) private view returns (IStrategy[] memory chosen) {
        bool[3] memory wanted = [first, second, third];
        chosen = new IStrategy[]((first ? 1 : 0) + (second ? 1 : 0) + (third ? 1 : 0));
        uint256 count = 0;
        for (uint256 i = 0; i < wanted.length; ++i) {
            if (wanted[i]) chosen[count++] = strategies[i];
        }
    }

    function _letter(uint256 index) private pure returns (string memory) {
        return string(abi.encodePacked(bytes1(uint8(65 + index))));
    }

    function _listed() internal view returns (IStrategy[] memory all) {
        all = new IStrategy[](strategies.length);
        for (uint256 i = 0; i < all.length; ++i) {
            all[i] = strategies[i];
        }
    }

    function _setting() internal view returns (Setting memory) {
        return Setting({
            allocationManager: allocationManager,
            delegationManager: delegationManager,
            strategyManager: strategyManager,
            operators: operators,
            stakers: stakers,
            sets: sets,
            strategies: _listed(),
            tokens: tokens,
            holders: holders
        });
    }
}
