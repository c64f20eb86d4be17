"""The process in which a Dask worker runs one unit: python -m flatsort.distribution.unit_process.

A process of its own has its own main thread, which a signal can interrupt; it gives all memory back
at its end; and if it crashes, the worker goes on. Its only argument is a folder with the file
`order`; it writes the file `reply` there.
"""

import os
import pickle
import signal
import sys
import traceback
from functools import partial
from pathlib import Path
from threading import Thread

from flatsort.distribution.carried_files import files_in, fingerprint, unpack
from flatsort.distribution.remote_unit import Order, Reply, read_order
from flatsort.distribution.units import Outcome, run_unit
from flatsort.errors import failure_text
from flatsort.messages import LOGGER

ORDER, REPLY = "order", "reply"


def main() -> None:
    """Run the unit of the folder, and write the reply."""
    Thread(target=_end_with_worker, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    folder = Path(sys.argv[1])
    try:
        reply = answer(read_order((folder / ORDER).read_bytes()), folder)
    except Exception as error:
        failure = failure_text(error)
        # Of a bug, only the text survives the way to the client.
        reply = Reply(error="".join(traceback.format_exception(error)))
        if failure is not None:
            reply = Reply(Outcome("", failure=failure))
    unfinished = folder / f"{REPLY}.tmp"
    unfinished.write_bytes(pickle.dumps(reply))
    unfinished.rename(folder / REPLY)


def answer(order: Order, folder: Path) -> Reply:
    """Find the unit's files, and run the unit."""
    LOGGER.setLevel(order.level)
    places, missing = {}, set()
    for number, (each, mark) in enumerate(order.inputs):
        if each.root in order.carried:
            place = unpack(each, order.carried[each.root], folder / f"input-{number}")
            places[each.root] = place
        elif fingerprint(each) == mark:
            places[each.root] = each.root
        else:
            missing.add(each.root)
    if missing:
        return Reply(missing=frozenset(missing))
    results = folder / "results"
    results.mkdir()
    outcome = run_unit(order.unit.name, partial(order.unit.work, places, results))
    return Reply(outcome, files_in(results) if outcome.failure is None else {})


def _end_with_worker() -> None:
    """End this process when its worker ends: the worker holds the other end of stdin."""
    while os.read(0, 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
