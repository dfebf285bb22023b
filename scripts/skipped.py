"""Names the tests of a nextest report that passed without trying anything: they print a line `skipped: WHY`.

usage: scripts/skipped.py JUNIT.XML
"""

import sys
import xml.etree.ElementTree as tree

for case in tree.parse(sys.argv[1]).iter("testcase"):
    for output in (*case.iter("system-out"), *case.iter("system-err")):
        for line in (output.text or "").splitlines():
            if line.strip().startswith("skipped: "):
                print(f"{case.get('classname')} {case.get('name')}: {line.strip().removeprefix('skipped: ')}")
