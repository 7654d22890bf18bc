//! Values of the ledger in words.

use alloy_primitives::{Address, B256, FixedBytes, I256, U256};

use crate::{
    book::Book,
    call::{Conduct, SetId},
    ledger::{Allocation, AllocationDelay, History, Limits, Notice, Permission, QueueEnds, Quirks, Slasher},
};

/// What can be shown to somebody who knows people by name.
pub(super) trait Shown {
    /// In words.
    fn shown(&self, book: &Book) -> String;
}

macro_rules! shown_as_written {
    ($($kind:ty),*) => {
        $(impl Shown for $kind {
            fn shown(&self, _: &Book) -> String {
                self.to_string()
            }
        })*
    };
}

shown_as_written!(u16, u32, u64, usize, bool, U256, I256, B256, FixedBytes<4>);

impl<T: Shown> Shown for Option<T> {
    fn shown(&self, book: &Book) -> String {
        self.as_ref().map_or_else(|| "none".to_owned(), |value| value.shown(book))
    }
}

impl Shown for Address {
    fn shown(&self, book: &Book) -> String {
        book.name(*self)
    }
}

impl Shown for SetId {
    fn shown(&self, book: &Book) -> String {
        format!("set {} of {}", self.id, book.name(self.avs))
    }
}

impl Shown for Conduct {
    fn shown(&self, _: &Book) -> String {
        let serves = if self.serves { "serves" } else { "does not serve" };
        format!("{serves}, coming {:?}, leaving {:?}, reaction {:?}", self.coming, self.leaving, self.reaction)
    }
}

impl Shown for Notice {
    fn shown(&self, book: &Book) -> String {
        format!("{} in sets {} of {}", book.name(self.operator), self.ids, book.name(self.avs))
    }
}

impl Shown for Limits {
    fn shown(&self, _: &Book) -> String {
        format!("{} wei at once, {} in all", self.per_deposit, self.total)
    }
}

impl Shown for Permission {
    fn shown(&self, book: &Book) -> String {
        format!("{} of {}", self.selector, book.name(self.target))
    }
}

impl<T: Shown> Shown for Vec<T> {
    fn shown(&self, book: &Book) -> String {
        let items: Vec<String> = self.iter().map(|item| item.shown(book)).collect();
        format!("[{}]", items.join(", "))
    }
}

impl<A: Shown, B: Shown> Shown for (A, B) {
    fn shown(&self, book: &Book) -> String {
        format!("{}: {}", self.0.shown(book), self.1.shown(book))
    }
}

impl Shown for History {
    fn shown(&self, book: &Book) -> String {
        self.entries.shown(book)
    }
}

impl Shown for Slasher {
    fn shown(&self, book: &Book) -> String {
        let Self { slasher, pending, effect_block } = self;
        format!("({}, {} from block {effect_block})", book.name(*slasher), book.name(*pending))
    }
}

impl Shown for AllocationDelay {
    fn shown(&self, _: &Book) -> String {
        let Self { delay, is_set, pending, effect_block } = self;
        format!("(delay {delay}, set {is_set}, pending {pending} from block {effect_block})")
    }
}

impl Shown for QueueEnds {
    fn shown(&self, _: &Book) -> String {
        let Self { begin, end, leftover } = self;
        let leftover = if *leftover { ", something beside" } else { "" };
        format!("({begin} to {end}{leftover})")
    }
}

impl Shown for Allocation {
    fn shown(&self, _: &Book) -> String {
        let Self { current, pending, effect_block } = self;
        format!("(magnitude {current}, pending {pending:+} at block {effect_block})")
    }
}

impl Shown for Quirks {
    fn shown(&self, book: &Book) -> String {
        let units = self
            .units
            .as_ref()
            .map_or_else(String::new, |units| format!("rate {}, units {}", units.rate, units.held.shown(book)));
        format!("({units} barred {})", self.barred.shown(book))
    }
}
