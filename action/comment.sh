#!/bin/bash
# Puts the report into the pull request: one comment, written anew each time.
set -euo pipefail

mark="<!-- slashproof $COMMAND -->"
# The longest that GitHub takes is 65,536 characters.
body=$(printf '%s\n%s' "$mark" "$(head -c 60000 "$REPORT")")
comments="repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments"
earlier=$(gh api --paginate "$comments" --jq ".[] | select(.body | startswith(\"$mark\")) | .id" | head -n 1)
if [ -n "$earlier" ]; then
    gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$earlier" --raw-field body="$body" > /dev/null
else
    gh api --method POST "$comments" --raw-field body="$body" > /dev/null
fi
