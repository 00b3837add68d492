"""The routes of what people write in a review: accounts, factors, themes, learnings, ideas; a part of `routes`."""

from __future__ import annotations

from incidentd.api import queries
from incidentd.api.handlers import review_records as records
from incidentd.api.identity import Role
from incidentd.api.route import Route, created, edited, get, post
from incidentd.wire import review_records as wire_records

_REVIEW = "/v1/incidents/{id}/review"


RECORD_ROUTES: tuple[Route, ...] = (
    created(
        f"{_REVIEW}/accounts",
        records.write_account,
        wire_records.Account,
        "Say what you saw, thought and tried, at a moment or in all",
        body=wire_records.WriteAccount,
    ),
    created(
        f"{_REVIEW}/accounts/from-notes",
        records.account_from_notes,
        wire_records.Account,
        "Make an account of your own notes",
    ),
    edited(
        f"{_REVIEW}/accounts/{{account_id}}",
        records.edit_account,
        wire_records.Account,
        "Change an account of yours",
        body=wire_records.EditAccount,
    ),
    post(
        f"{_REVIEW}/accounts/{{account_id}}/withdraw",
        records.withdraw_account,
        wire_records.Account,
        "Take an account of yours back",
        body=wire_records.Withdraw,
    ),
    post(
        f"{_REVIEW}/accounts/{{account_id}}/new",
        records.mark_new,
        wire_records.Account,
        "What another wrote is new to you, or is not",
        body=wire_records.MarkNew,
    ),
    get(
        "/v1/factors",
        records.list_factors,
        wire_records.FactorPage,
        "Contributing factors of all incidents",
        query=queries.Factors,
    ),
    get("/v1/factors/{id}", records.get_factor, wire_records.Factor, "One factor"),
    created(
        f"{_REVIEW}/factors",
        records.write_factor,
        wire_records.Factor,
        "Say what had a part in it",
        body=wire_records.WriteFactor,
    ),
    edited(
        f"{_REVIEW}/factors/{{factor_id}}",
        records.edit_factor,
        wire_records.Factor,
        "Reword a factor, merge it, give it a theme",
        body=wire_records.EditFactor,
    ),
    post(
        f"{_REVIEW}/factors/{{factor_id}}/withdraw",
        records.withdraw_factor,
        wire_records.Factor,
        "Take a factor of yours back",
        body=wire_records.Withdraw,
    ),
    post(
        f"{_REVIEW}/factors/{{factor_id}}/earlier",
        records.link_factor,
        wire_records.Factor,
        "It was so in an earlier incident already",
        body=wire_records.LinkFactor,
    ),
    Route(
        method="DELETE",
        path=f"{_REVIEW}/factors/{{factor_id}}/earlier/{{earlier_id}}",
        handler=records.unlink_factor,
        role=Role.RESPONDER,
        answer=wire_records.Factor,
        summary="It was another one after all",
    ),
    get("/v1/themes", records.list_themes, wire_records.ThemeList, "Themes of factors, with how many each has"),
    edited(
        "/v1/themes/{id}",
        records.edit_theme,
        wire_records.Theme,
        "Rename a theme, or say what it is about",
        body=wire_records.EditTheme,
        versioned=False,
    ),
    get(
        "/v1/learnings",
        records.list_learnings,
        wire_records.LearningPage,
        "Learnings of all incidents",
        query=queries.Learnings,
    ),
    created(
        f"{_REVIEW}/learnings",
        records.write_learning,
        wire_records.Learning,
        "Say what you know now, with your name or without",
        body=wire_records.WriteLearning,
    ),
    edited(
        f"{_REVIEW}/learnings/{{learning_id}}",
        records.edit_learning,
        wire_records.Learning,
        "Change a learning of yours",
        body=wire_records.EditLearning,
    ),
    post(
        f"{_REVIEW}/learnings/{{learning_id}}/withdraw",
        records.withdraw_learning,
        wire_records.Learning,
        "Take a learning of yours back; with a reason an anonymous one",
        body=wire_records.Withdraw,
    ),
    created(f"{_REVIEW}/ideas", records.write_idea, wire_records.Idea, "Park an idea", body=wire_records.WriteIdea),
    post(
        f"{_REVIEW}/ideas/{{idea_id}}/drop",
        records.drop_idea,
        wire_records.Idea,
        "Nothing comes of an idea, and why",
        body=wire_records.DropIdea,
    ),
)
