"""What a later process says of a rollout, and what a webhook heard: read-back.py HISTORY EVENTS TABS BEGAN"""

import json
import sys

history, events = json.load(open(sys.argv[1])), open(sys.argv[2]).read()
tabs, began = int(sys.argv[3]), int(sys.argv[4])

(release,) = [each for each in history["releases"] if each["version"] == "build-next"]
assert release["by"] == "admin-token" and began <= release["at"], release
# The announcement ended with its server, which was killed after it had told some.
assert 0 < (release["told"] or 0) < tabs, release
print("the release is remembered:", release)

# The server was away for a moment, and right after a start nothing is kept; but what is there is true.
old, new = history["versions"]["v1"], history["versions"]["build-next"]
known = [(before, after) for before, after in zip(old, new) if before is not None and (before or after)]
assert all(before + after <= tabs for before, after in known), known
assert max(before for before, _ in known) == tabs, known
assert known[-1][0] == 0, known
straggling = [(before, after) for before, after in known if before + after == tabs and 0 < before <= tabs * 0.04]
assert straggling, f"nobody was left over: {known}"
# Who was left over in the end is who never loaded anew; a sample may be a moment older.
final = max(after for _, after in known)
assert 0 <= straggling[-1][0] - (tabs - final) <= tabs * 0.002, known
print(f"{len(known)} samples: {known[0]} at first, {straggling[-1]} with stragglers, {final} on the release in the end")

for name in ["release.announced build-next", "version.appeared build-next", "version.drained Nobody has v1", "rollout.done"]:
    assert events.count(name) == 1, f"{name}: {events.count(name)} times in\n{events}"
print(events.strip())
