"""Cards to rehearse the severity matrix with: what a responder knew some minutes in, told in own words.

The facts are those of public incidents, told without the names of those they happened to, so that nobody classifies by
what became known later; `source` says which it was. Some of low impact are made up, as nobody publishes those.
"""

from __future__ import annotations

import msgspec


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One situation. It has no right answer: that people differ is what a rehearsal is for."""

    id: str
    title: str
    text: str
    source: str = ""


def _card(name: str, title: str, source: str, *lines: str) -> Card:
    return Card(id=name, title=title, source=source, text=" ".join(lines))


MADE_UP = "made up"
CARDS: tuple[Card, ...] = (
    _card(
        "rate-limit", "Nearly every request is told to slow down", "PostHog, 2025-10-24",
        "Forty minutes ago a rate limit was deployed for the endpoint that tells client apps which features are",
        "on. Seven customers write that no feature loads. Your log shows answer 429 for nearly all requests of the",
        "last half hour; apps fall back to their defaults, which hides paid features from their users.",
    ),
    _card(
        "wrong-database", "A directory was removed on the wrong host", "GitLab, 2017-01-31",
        "While repairing replication, an engineer emptied the data directory of a database host and noticed after",
        "a second that it was the primary. The site is down. The newest copy that anybody is sure of is six hours",
        "old.",
    ),
    _card(
        "split", "Two data centres each took writes", "GitHub, 2018-10-21",
        "A link between two sites was gone for less than a minute. Since then each side holds some writes that the",
        "other lacks. The site answers, old data is shown in places, web hooks and page builds are stopped to",
        "prevent more.",
    ),
    _card(
        "expression", "Every edge node is at full load", "Cloudflare, 2019-07-02",
        "Three minutes after a rule for filtering web traffic went out everywhere, all processors of all sites are",
        "busy. Visitors of most customers' pages see error 502. The console for customers is as slow as the rest.",
    ),
    _card(
        "names-gone", "Your names no longer resolve", "Facebook, 2021-10-04",
        "After work on the backbone none of your domains resolves anywhere. All products are unreachable, and so",
        "are the tools and badge readers that you would use to repair it. Nobody knows yet how long that will",
        "take.",
    ),
    _card(
        "one-customer-setting", "Errors at most edges after a valid change", "Fastly, 2021-06-08",
        "One customer changed a setting, which was allowed. A fault that shipped weeks ago now breaks 85 % of the",
        "network: pages of most customers answer 503. A minute ago monitoring named the setting; turning it off",
        "may be enough.",
    ),
    _card(
        "sites-deleted", "A clean-up script removed whole sites", "Atlassian, 2022-04-05",
        "A script that was to remove an old app removed the sites of about 400 customers, of some 200,000. Theirs",
        "are gone completely, everybody else notices nothing. Backups exist; restoring one site takes hours of",
        "manual work.",
    ),
    _card(
        "stolen-session", "A laptop's session was used by somebody else", "CircleCI, 2023-01-04",
        "A customer reports a use of a key that they keep in your service only. You find that somebody took over",
        "an employee's session and could read the store of customers' secrets, also while it was running. All",
        "works as usual.",
    ),
    _card(
        "supply-chain", "A library that you use can be made to run code", "Log4Shell, 2021-12-10",
        "A weakness in a logging library was published this morning; sending a line of text is enough. Eleven of",
        "your services load it, three face the internet. Scanners try it on you already; nobody has found a",
        "success so far.",
    ),
    _card(
        "certificate", "Sign-in fails for those who start the app now", "Microsoft Teams, 2020-02-03",
        "A certificate ran out an hour ago. Whoever is signed in works on; whoever starts the app cannot get in.",
        "It is Monday morning in the largest region.",
    ),
    _card(
        "slow-start", "Too few servers after the holidays", "Slack, 2021-01-04",
        "On the first working day, messages take ten seconds or more for most, and one in five requests fails.",
        "Automatic scaling added servers that do not become ready, and it is now removing those that work.",
    ),
    _card(
        "reissue", "Certificates were issued without a check", "Let's Encrypt, 2020-02-29",
        "A fault let three million valid certificates be issued although one rule was not checked again. Nothing",
        "is broken for anybody. By the rules of the trade they have to be revoked within five days.",
    ),
    _card(
        "orders", "Old code trades on one of eight servers", "Knight Capital, 2012-08-01",
        "For ten minutes one of eight servers has sent orders by code that should have been gone for years. Every",
        "second costs money. No customer has noticed anything; stopping all trading would be noticed at once.",
    ),
    _card(
        "region-power", "Cooling fails in one of three zones", "a cloud provider, 2022-07-19",
        "One of the three zones that you run in loses cooling, its machines are being turned off. Your services",
        "moved to the other two as planned and answer as usual. If a second zone fails, nothing is left.",
    ),
    _card(
        "replica", "The standby does not follow", MADE_UP,
        "Since last night the standby database is 9 hours behind and does not catch up. Everything works. The",
        "nightly backup is taken from the standby.",
    ),
    _card(
        "export", "A monthly export has an empty column", MADE_UP,
        "Four of your 900 customers use the monthly export; one reports that the column with their own order",
        "numbers is empty. The numbers are on the invoices as well.",
    ),
    _card(
        "wrong-logo", "The old logo is shown in mails", MADE_UP,
        "Since the deploy of noon, mails to customers carry the logo of last year. Marketing asks for it to be put",
        "right before tomorrow's campaign to 40,000 recipients.",
    ),
    _card(
        "neighbour", "Somebody sees a name that is not theirs", MADE_UP,
        "A customer sends a picture of their account page: at the top stands another customer's first name. A",
        "reload shows the right one. You cannot reproduce it. A cache was put in front of the page yesterday.",
    ),
)  # fmt: skip
