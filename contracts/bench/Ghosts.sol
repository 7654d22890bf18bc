// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

/// @notice What the last call was, if it succeeded and some invariant is about it.
enum Kind {
    Other,
    Slash,
    Clear
}

/// @notice A withdrawal when it was queued. Staker and operator by their places.
struct Queued {
    bytes32 root;
    uint8 staker;
    /// {Handler-NOBODY} for none.
    uint8 operator;
    uint32 startBlock;
    bool completed;
    /// By strategy.
    uint256[3] scaledShares;
}

/// @notice What happened in one strategy.
struct StrategyHistory {
    /// Shares there must be: those deposited less those withdrawn, burned and redistributed.
    uint256 shares;
    /// Times that a slash took from it.
    uint64 slashes;
    /// Entries of the withdrawal queue by delegated stakers.
    uint64 queued;
    /// Of those, the ones whose worth was not a whole number of shares.
    uint64 queuedInexactly;
}

/// @notice A slash in one strategy that was paid out: the shares it took, and those that left the strategy for it.
struct Cleared {
    uint256 recorded;
    uint256 paid;
}

/// @notice The last slash, and what it was about just before it.
struct Slashed {
    uint8 operator;
    uint8 set;
    uint32 atBlock;
    /// Whether the caller could act for the AVS.
    bool permitted;
    /// By strategy; zero where nothing was slashed.
    uint256[3] wads;
    /// By strategy, of the operator to the set, as stored.
    uint256[3] allocations;
    uint256[3] encumbered;
    uint256[3] operatorShares;
    /// Of the operator's allocations to the other sets.
    bytes32 othersHash;
    /// Of every balance.
    bytes32 holdingsHash;
}

/// @notice The last call: what invariants about calls compare with what is now.
struct Last {
    Kind kind;
    /// By strategy, just before the call.
    uint256[3] totalShares;
    uint256[3] balances;
    Slashed slashed;
    /// The set whose slash was cleared, and every balance just before.
    uint256 clearedSet;
    uint256[] holdings;
}

/// @notice History of a run, the last call included.
struct Ghosts {
    /// By set: successful slashes.
    uint256[12] slashes;
    /// By set: the recipient it was created with.
    address[12] recipients;
    /// By operator, then strategy: the maximum magnitude before the last call.
    uint64[3][6] maxMagnitudes;
    StrategyHistory[3] strategies;
    Cleared[] cleared;
    Queued[] withdrawals;
    Last last;
}
