"""Ctrl-C waits until the current item is done, and no longer."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from flatsort.sources.read_thread import Stopped
from flatsort.tracking.interrupt import Interruption, ThreadInterruption


@pytest.fixture(autouse=True)
def own_handlers():
    """Set Python's own handlers: the shell may have told the tests to ignore interrupts."""
    handlers = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


def send(number=signal.SIGINT):
    os.kill(os.getpid(), number)


def test_without_an_interrupt_all_items_come():
    with Interruption() as interruption:
        assert list(interruption.until(iter("abc"))) == ["a", "b", "c"]
    assert interruption.signal is None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_current_item_is_finished(number):
    done = []
    with Interruption() as interruption:
        for item in interruption.until(iter(range(9))):
            if item == 3:
                send(number)
            done.append(item)
        # The code after the loop runs, too.
        done.append("end")
    assert done == [0, 1, 2, 3, "end"]
    assert interruption.signal == number


def test_an_interrupt_ends_the_wait_for_the_next_item():
    def items():
        yield 1
        threading.Timer(0.05, send).start()
        # The test would time out if the interrupt waited for this item.
        time.sleep(60)
        yield 2

    with Interruption() as interruption:
        assert list(interruption.until(items())) == [1]
    assert interruption.signal == signal.SIGINT


def test_a_second_interrupt_takes_effect_at_once():
    done = []
    with pytest.raises(KeyboardInterrupt), Interruption() as interruption:
        for item in interruption.until(iter(range(9))):
            send()
            send()
            done.append(item)
    assert done == []


def test_an_interrupt_before_the_first_item():
    with Interruption() as interruption:
        send()
        assert list(interruption.until(iter(range(9)))) == []


def test_the_handlers_are_restored():
    with Interruption():
        assert signal.getsignal(signal.SIGINT) != signal.default_int_handler
    assert signal.getsignal(signal.SIGINT) == signal.default_int_handler
    with pytest.raises(KeyboardInterrupt):
        send()
        time.sleep(1)


def test_other_errors_pass():
    def items():
        yield 1
        raise KeyError("of the source")

    with pytest.raises(KeyError), Interruption() as interruption:
        list(interruption.until(items()))


def test_another_thread_sets_no_handlers():
    seen = []

    def run():
        with Interruption() as interruption:
            seen.extend(interruption.until(iter(range(3))))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert seen == [0, 1, 2]


def test_a_background_job_still_ignores_interrupts():
    code = (
        "import os, signal\nfrom flatsort.tracking.interrupt import Interruption\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "with Interruption() as interruption:\n"
        "    for n in interruption.until(iter(range(3))):\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "print(n, interruption.signal)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "2 None\n"


def followed(main, items):
    """Return the items that a thread sees, and the signal that ended its loop."""
    with ThreadInterruption(main) as interruption:
        seen = list(interruption.until(items))
    return seen, interruption.signal


def test_a_thread_follows_the_main_thread():
    main = Interruption()
    assert followed(main, iter("abc")) == (["a", "b", "c"], None)

    def items():
        yield 1
        main.signal = signal.SIGTERM
        # The loop has asked for this item before the signal came.
        yield 2
        yield 3

    assert followed(main, items()) == ([1, 2], signal.SIGTERM)
    assert followed(main, iter("abc")) == ([], signal.SIGTERM)


def test_a_stopped_wait_ends_a_threads_loop():
    main = Interruption()

    def items():
        yield 1
        main.signal = signal.SIGINT
        raise Stopped

    assert followed(main, items()) == ([1], signal.SIGINT)


def test_a_second_interrupt_ends_a_threads_loop_with_an_error():
    with Interruption() as main:
        send()
        with pytest.raises(KeyboardInterrupt):
            send(signal.SIGTERM)
        assert main.is_repeated
        with pytest.raises(KeyboardInterrupt):
            followed(main, iter("abc"))
