"""`make audit` knows whether the list of vulnerabilities is within reach."""

import pytest

from tests.audit import is_within_reach
from tests.flatsort.loopback import Server


@pytest.fixture
def server():
    server = Server(b"{}")
    yield server
    server.close()


def test_a_page_is_within_reach(server):
    assert is_within_reach(server.url)


def test_a_page_that_a_proxy_refuses_is_not(server):
    server.statuses = [404]
    assert not is_within_reach(server.url)


def test_a_server_that_has_ended_is_not(server):
    server.close()
    assert not is_within_reach(server.url)
