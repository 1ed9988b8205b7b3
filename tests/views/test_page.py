"""What pages are made with."""

import base64
import hashlib

import jinja2
import pytest

from bench.views.page import breakable, environment, own_text, policy


def test_texts_are_escaped_and_control_characters_shown():
    made = environment().from_string("{{ text }} {{ text | breakable }}").render(text="<b>\x1b=1")
    assert made == "&lt;b&gt;\\x1b=1 &lt;b&gt;\\x1b=<wbr>1"


def test_a_name_that_is_missing_is_an_error():
    with pytest.raises(jinja2.UndefinedError):
        environment().from_string("{{ nobody }}").render()


def test_the_policy_names_the_digests():
    digest = base64.b64encode(hashlib.sha256(b"p {}").digest()).decode()
    assert f"style-src 'sha256-{digest}'; script-src 'none'" in policy("p {}")
    assert f"script-src 'sha256-{digest}'" in policy("", "p {}")
    assert "unsafe" not in policy("a", "b")


def test_own_files_one_after_the_other():
    assert own_text("card.css", "leaderboard.css") == own_text("card.css") + own_text("leaderboard.css")
    assert str(breakable("a<b")) == "a&lt;b"
