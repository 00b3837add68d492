"""`incidentctl keys`: when they were exchanged, and exchanging them."""

from datetime import timedelta

from incidentd.wire.keys import OldSigningKey, SigningKeys


def test_it_says_until_when_older_keys_hold(api, run, canned):
    api.on("GET", "/v1/keys", SigningKeys(since=None, before=()))
    shown = run("keys", "show")
    assert (shown.code, "the first key" in shown.out, "No older key holds." in shown.out) == (0, True, True)
    old = OldSigningKey(
        replaced_at=canned.at, links_until=canned.at + timedelta(days=7), addresses_until=canned.at + timedelta(days=90)
    )
    api.on("GET", "/v1/keys", SigningKeys(since=canned.at, before=(old,)))
    assert "a key of 20" in run("keys", "show").out
    api.on("POST", "/v1/keys/rotate", SigningKeys(since=canned.at, before=(old,)))
    done = run("keys", "rotate")
    assert (done.code, "links that are out hold until" in done.out) == (0, True)
    api.on("POST", "/v1/keys/rotate", SigningKeys(since=canned.at, before=()))
    assert "what older keys signed is void" in run("keys", "rotate", "--at-once").out
