#!/usr/bin/env bash
# Keep the comment on pull request NUMBER that says what changed in its models since BASE.
set -euo pipefail

# A checkout of depth 1 does not have the base.
git cat-file -e "$BASE^{commit}" 2>/dev/null || git fetch --quiet --depth=1 origin "$BASE"

review="$RUNNER_TEMP/lstmlint-review.md"
python "$GITHUB_ACTION_PATH/.github/action/review.py" "$BASE" >"$review"
python "$GITHUB_ACTION_PATH/.github/action/comment.py" "$review"
