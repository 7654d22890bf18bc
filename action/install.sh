#!/bin/sh
# Puts slashproof on the path: the one of this action's own revision, built once and kept by the cache.
set -eu

root="$INSTALL_ROOT"
if [ ! -x "$root/bin/slashproof" ]; then
    cargo install --locked --path "$ACTION_PATH" --root "$root"
fi
echo "$root/bin" >> "$GITHUB_PATH"
