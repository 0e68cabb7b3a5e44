"""What somebody would try who means us harm, over the wire, and where it is tried.

| what | where |
|---|---|
| somebody else's things, on every path | tests/matrix, test_reach, test_affairs |
| cross-site requests and sockets, cookies without an origin, tokens of another session | test_browsers |
| replay of an act, a session, a one-time code | test_browsers, tests/registry/test_otp.py |
| fixation: a session that was brought along | test_browsers (`takes_no_session_that_was_brought_along`) |
| brute force on passwords, codes, PINs | test_guessing, tests/registry/test_keys.py |
| guessing of links, tokens and badges | test_guessing, tests/registry/test_roster_badges.py |
| one id for two acts, in one hall and in two | test_reach (`an_id_seen_elsewhere`, `one_id_is_one_act`), tests/laws/test_street.py |
| mass assignment: fields that nobody asked for | tests/matrix/test_bodies.py, test_reach (`cannot_say_who_did_it`) |
| paths that lead out of the house | test_bytes |
| headers and lines of the log split by what is asked | tests/matrix/test_bodies.py, test_arrivals, test_secrets |
| formulas and markup in every name | test_words, test_files |
| hostile and broken files | test_files, tests/load/hostile.py |
| spoilt bodies and frames | tests/fuzz, test_bytes |
| floods, slow readers and slow senders, too many of everything | test_floods, test_doorstep |
| hosts, proxies and addresses that are made up | test_arrivals |
| sockets of whoever may no longer be there | test_floods, test_guessing |
| secrets and names in logs | test_secrets, tests/matrix |
"""
