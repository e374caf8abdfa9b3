"""Getting paid, on a chain: `python -m examples.settlement`, or `make demo-settle`.

A consumer orders training of the digits classifier, workers bid, the best one trains and proves, a
contract verifies, and the worker is paid for the key of the trained weights. Then everything goes
wrong that can: a worker disappears, proofs are invalid or of another order, a consumer does not
answer, a validator is silent. All commands are those that a user would type. What they leave is
in out/settlement. In the end every transaction is done again by another machine for contracts.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from examples.settlement import story, trouble
from examples.settlement.accounts import settle_up
from examples.settlement.again import send_again
from examples.settlement.chain import Chain
from examples.settlement.model import bring_model
from examples.settlement.town import Town

OUT = Path(__file__).resolve().parents[2] / "out"


def main() -> None:
    """Tells it."""
    house = OUT / "settlement"
    shutil.rmtree(house, ignore_errors=True)
    started = time.monotonic()
    with Chain.started() as chain:
        # Keys of the circuit are kept: they are the same the next time, and take minutes.
        town = Town.built(house, OUT / "settlement-keys", chain)
        bring_model(town)
        front = town.put_front()
        story.pays_for_training(town, front)
        trouble.with_proofs(town, front)
        trouble.with_a_worker(town)
        trouble.with_a_validator(town, front)
        settle_up(town)
        send_again(chain)
    print(f"\nall of it: {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
