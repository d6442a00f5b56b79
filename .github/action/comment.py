"""Keep one comment on a pull request: write it, change it, or take it away where there is nothing to say.

usage: comment.py FILE

The environment says which: GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_TOKEN, NUMBER. The comment is known again by a
mark in it.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MARK = "<!-- lstmlint: what changed in the models of this pull request -->"
TITLE = "## Models"

#: Comments on a page of the listing, the most that GitHub gives.
PAGE = 100


def ask(method: str, address: str, content: Any = None) -> Any:
    data = None if content is None else json.dumps(content).encode()
    headers = {
        "Authorization": f"Bearer {os.environ['GITHUB_TOKEN']}",
        "Accept": "application/vnd.github+json",
        "Content-Type": "application/json",
    }
    with urllib.request.urlopen(urllib.request.Request(address, data, headers, method=method), timeout=60) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def comments(base: str, number: str) -> Iterator[Any]:
    """Every comment of a pull request, oldest first."""
    page = 1
    while True:
        found = ask("GET", f"{base}/issues/{number}/comments?per_page={PAGE}&page={page}")
        yield from found
        if len(found) < PAGE:
            return
        page += 1


def keep(base: str, number: str, review: str) -> str:
    """Bring the comment in line with a review; says what was done."""
    own = next((one["id"] for one in comments(base, number) if (one.get("body") or "").startswith(MARK)), None)
    if not review.strip():
        if own is None:
            return "no model changed"
        ask("DELETE", f"{base}/issues/comments/{own}")
        return "no model changed any more; the comment is gone"
    body = {"body": f"{MARK}\n{TITLE}\n\n{review}"}
    if own is None:
        ask("POST", f"{base}/issues/{number}/comments", body)
        return "commented"
    ask("PATCH", f"{base}/issues/comments/{own}", body)
    return "changed the comment"


def main() -> None:
    review = Path(sys.argv[1]).read_text(encoding="utf-8")
    base = f"{os.environ['GITHUB_API_URL']}/repos/{os.environ['GITHUB_REPOSITORY']}"
    try:
        print(keep(base, os.environ["NUMBER"], review))
    except urllib.error.HTTPError as error:
        # A pull request from a fork has a token that may not comment; the check itself has been done.
        print(f"::warning::lstmlint could not comment: {error.code} {error.reason}")


if __name__ == "__main__":
    main()
