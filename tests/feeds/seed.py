#!/usr/bin/env python3
"""Puts published messages with awkward words into a lake's operational state, and prints what a reader of the portal must find.

usage: seed.py HOME

The rows are written by SQL and not by the program, so that what the portal shows is held against what lies in the database.
"""

import json
import sqlite3
import sys
import time

MICROS = 1_000_000
NOW = int(time.time()) * MICROS
MESSAGES = [
    # kind, Hindi, English, id of the message it corrects
    ("awareness", "दोपहिया वाहन पर हेलमेट पहनें। सुरक्षित रहें <b>हमेशा</b> & हर जगह।", "Wear a helmet.", None),
    ("notice", "", "Fines \"on the spot\" & other <script>alert('1')</script> stories ]]> are false.", None),
    ("achievement", "खोया बच्चा एक घंटे में मिला 🎉👮🏽‍♀️", "", None),
    ("alert", "पंक्ति एक\n\nपंक्ति दो \x0b\x01 अदृश्य अक्षरों के साथ", "Two lines.", None),
    ("statement", "शांति बनाए रखें। " + "यह एक लंबा संदेश है। " * 60, "Stay calm.", None),
    ("correction", "समय 9 बजे है, 8 बजे नहीं।", "The time is nine, not eight.", 1),
]


def uuid(n):
    return f"01990000-0000-7000-8000-{n:012d}"


def main(home):
    db = sqlite3.connect(f"{home}/state.sqlite", timeout=20)
    unit = "INSERT INTO social_unit (code, parent, name_en, name_hi, kind, constituencies, numbers) VALUES (?, ?, ?, ?, ?, '', ?)"
    db.execute(unit, ("HQ", None, "Headquarters & Control", "मुख्यालय", "headquarters", "112"))
    db.execute(unit, ("T1", "HQ", "Thana One", "थाना एक", "thana", "0000-100"))
    db.execute(
        "INSERT INTO social_account (id, unit, network, handle, remote, address, app, state, secret, secret_version, blocked_until, failures, "
        "connected_by, confirmed_by, created_at) VALUES ('a1', 'T1', 'x', '@thana1', '1', 'https://api.x.com', 'x', 'connected', '', 1, 0, 0, 'sp', 'igp', 0)"
    )
    told = []
    for n, (kind, hindi, english, corrects) in enumerate(MESSAGES):
        post, at = uuid(n), NOW - (len(MESSAGES) - n) * 3600 * MICROS
        body = json.dumps({"kind": kind, "hindi": hindi, "english": english, "media": [{"alt": "एक पोस्टर & \"map\""}] if n == 0 else []})
        db.execute(
            "INSERT INTO social_post (id, unit, kind, state, version, author, corrects, created_at, changed_at) VALUES (?, 'T1', ?, 'scheduled', 1, 'asha', ?, ?, ?)",
            (post, kind, None if corrects is None else uuid(corrects), at, at),
        )
        db.execute("INSERT INTO social_version (post, version, body, sha256, author, at) VALUES (?, 1, ?, '', 'asha', ?)", (post, body, at))
        db.execute(
            "INSERT INTO social_delivery (id, post, version, kind, unit, account, network, app, part, parts, body, sha256, key, due_at, state, owner, fence, "
            "beat, attempt, tries, next_at, remote, url, settled_at) VALUES (?, ?, 1, ?, 'T1', 'a1', 'x', 'x', 0, 1, '{}', ?, ?, ?, 'live', '', 1, 0, 1, 0, 0, ?, ?, ?)",
            (f"d{n}", post, kind, f"s{n}", f"k{n}", at, f"r{n}", f"https://x.com/thana1/status/{n}?a=1&b=2", at),
        )
        told.append({"id": post, "kind": kind, "hindi": hindi, "english": english, "at": at // MICROS, "updated": at // MICROS})
    # The second message was edited half an hour later, after it had stood with other words on two networks, of which one edits nothing.
    post, edited = uuid(1), NOW - (len(MESSAGES) - 1) * 3600 * MICROS + 1800 * MICROS
    db.execute("INSERT INTO social_version (post, version, body, sha256, author, at) SELECT post, 2, body, '', 'asha', at FROM social_version WHERE post = ?", (post,))
    db.execute("UPDATE social_version SET body = ? WHERE post = ? AND version = 1", (json.dumps({"kind": "notice", "english": "Fines <on the spot> are true."}), post))
    copy = (
        "INSERT INTO social_delivery (id, post, version, kind, unit, account, network, app, part, parts, body, sha256, key, due_at, state, owner, fence, beat, attempt, "
        "tries, next_at, remote, url, settled_at, revises, replaced, edited_at) SELECT ?, post, ?, kind, unit, account, ?, app, part, parts, body, ?, ?, due_at, ?, '', 1, 0, "
        "1, 0, 0, ?, ?, ?, ?, ?, ? FROM social_delivery WHERE id = 'd1'"
    )
    db.execute(copy, ("d1f", 2, "facebook", "s1f", "k1f", "live", "r1f", "https://www.facebook.com/thana1/posts/1", edited - 1, None, None, edited))
    db.execute(copy, ("d1e", 2, "facebook", "s1e", "k1e", "edited", "r1e", None, edited, "d1f", 1, None))
    told[1]["updated"] = edited // MICROS
    # Answers to people, drafts and what was withdrawn are not for the public.
    for n, (kind, state, delivery) in enumerate([("reply", "scheduled", "live"), ("notice", "draft", None), ("notice", "withdrawn", "live")], 100):
        post = uuid(n)
        db.execute(
            "INSERT INTO social_post (id, unit, kind, state, version, author, created_at, changed_at) VALUES (?, 'T1', ?, ?, 1, 'asha', ?, ?)",
            (post, kind, state, NOW, NOW),
        )
        db.execute("INSERT INTO social_version (post, version, body, sha256, author, at) VALUES (?, 1, ?, '', 'asha', ?)", (post, json.dumps({"english": "NOT FOR THE PUBLIC"}), NOW))
        if delivery:
            db.execute(
                "INSERT INTO social_delivery (id, post, version, kind, unit, account, network, app, part, parts, body, sha256, key, due_at, state, owner, fence, "
                "beat, attempt, tries, next_at, remote, settled_at) VALUES (?, ?, 1, ?, 'T1', 'a1', 'x', 'x', 0, 1, '{}', '', '', ?, ?, '', 1, 0, 1, 0, 0, ?, ?)",
                (f"d{n}", post, kind, NOW, delivery, f"r{n}", NOW),
            )
    campaign = uuid(500)
    db.execute(
        "INSERT INTO social_campaign (id, unit, name_hi, name_en, about_hi, about_en, audience, hashtag, from_at, until_at, goal, public, principal, at, theme, part_hi, part_en) "
        "VALUES (?, 'HQ', 'बाल सुरक्षा & सप्ताह', 'Child <safety> week', 'एक सप्ताह।', 'One week.', 'children', '#BalSuraksha', ?, ?, 5, 1, 'sp', ?, 'awareness', 'थाने आएँ।', 'Come to the station.')",
        (campaign, NOW - 86400 * MICROS, NOW + 86400 * MICROS, NOW),
    )
    db.execute("INSERT INTO social_campaign_post (campaign, post) VALUES (?, ?)", (campaign, uuid(0)))
    db.execute(
        "INSERT INTO social_praise (id, unit, url, by_whom, source, about_hi, about_en, public, principal, at) "
        "VALUES ('w1', 'T1', 'https://example.org/thanks?a=1&b=2', 'A test institution', 'institution', 'धन्यवाद', 'Thanks & regards', 1, 'sp', ?)",
        (NOW,),
    )
    db.commit()
    db.close()
    print(json.dumps({"messages": told, "campaign": campaign}))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
