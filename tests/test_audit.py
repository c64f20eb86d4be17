"""`make audit` knows whether the list of vulnerabilities was within reach."""

import pytest

from tests.audit import is_audited


@pytest.mark.parametrize(
    ("answer", "audited"),
    [
        ('{"dependencies": [{"name": "pip", "version": "25.0", "vulns": []}]}', True),
        ('{"dependencies": [{"name": "pip", "vulns": [{"id": "PYSEC-1"}]}]}', True),
        # What pip-audit prints where a server has the package but not the list.
        ('{"dependencies": [{"name": "pip", "skip_reason": "not found"}], "fixes": []}', False),
        # Without a connection it ends in a traceback, on the other stream.
        ("", False),
        ("[]", False),
    ],
)
def test_only_a_package_that_was_looked_up_counts(answer, audited):
    assert is_audited(answer) is audited
