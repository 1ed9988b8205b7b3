import json
import re

import pytest

from bench.base.finding import CODES, Finding


def test_a_finding_comes_back_from_json():
    finding = Finding("FB001", "The speaker 's1' stands on both sides of fold 03.", stops=True)
    assert Finding(**json.loads(json.dumps(finding.as_json()))) == finding
    assert finding.as_json() == {"code": "FB001", "message": finding.message, "stops": True}


def test_a_finding_does_not_stop_a_run_unless_it_says_so():
    assert not Finding("FB009", "2 clips are excluded.").stops


@pytest.mark.parametrize("code", ["FB999", "fb001", ""])
def test_a_code_that_nobody_explains_is_refused(code):
    with pytest.raises(ValueError, match=re.escape(f"no finding has the code {code!r}")):
        Finding(code, "Something.")


def test_codes_are_numbered_without_gaps_and_each_is_explained_once():
    assert list(CODES) == [f"FB{number:03d}" for number in range(1, len(CODES) + 1)]
    assert len(set(CODES.values())) == len(CODES)
    assert all(CODES.values())
