"""The command line from the order to the payment, on the chain in this process and on anvil."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from eth_account import Account
from stand_in import description

from tests.settle_client.shell import FIRST, LINK_STEPS, RATE, SHARD, STEPS, Shell, new, proof
from zkpot.artifacts.program import Program
from zkpot.cli import main
from zkpot.settle.order_file import OrderFile


#: Elsewhere the chain in this process is kept open, here each command does its transactions again.
@pytest.mark.parametrize("shell", ["done again", "anvil"], indirect=True)
def test_from_the_order_to_the_payment(shell: Shell, front: str) -> None:
    made = new(shell, front)
    assert made["chunks"] == 2
    assert made["most"] == "800"
    code, _, err = shell.run("consumer", "order", "open", "order.json")
    assert (code, "not signed yet: 'zkpot order sign order.json'" in err) == (2, True)
    code, _, err = shell.run("worker", "order", "sign", "order.json")
    assert (code, f"{shell.address('consumer')} signs it" in err) == (2, True)
    shell.value("consumer", "order", "sign", "order.json")

    estimates = shell.value("consumer", "order", "open", "order.json", "--estimate")
    assert [found["call"] for found in estimates["estimates"]] == ["Token.approve"]
    assert not estimates["complete"]
    opened = shell.value("consumer", "order", "open", "order.json", "--receipt", "open.receipt")
    assert json.loads(Path("open.receipt").read_text()) == opened
    assert opened["events"][0]["event"] == "Opened"
    code, _, err = shell.run("worker", "order", "open", "order.json")
    assert (code, "is bidding already" in err) == (2, True)

    shell.value("worker", "stake", "add", "60")
    shell.value("worker", "stake", "authorise")
    bid = ("bid", "order.json", "--price", "80", "--cores", "8")
    (estimate,) = shell.value("worker", *bid, "--estimate")["estimates"]
    receipt = shell.value("worker", *bid)
    assert receipt["gas"] <= estimate["gas"] * 1.05
    code, _, err = shell.run("worker", "bid", "order.json", "--price", "70")
    assert (code, "the offer has cores 0, and the order asks for 4" in err) == (2, True)
    assert shell.value("worker", "stake", "show", shell.address("worker"))["reserved"] == "50"
    shell.pass_time(700)
    shell.value("worker", "order", "award", "order.json")

    context = ("order", "context", "order.json")
    assert shell.value("worker", *context, "--program", "p.zkprog", "--lr", str(RATE))
    assert shell.run("worker", *context, "--program", "p.zkprog", "--lr", "0.125")[1].endswith(
        f"--link-steps {LINK_STEPS} --lr 0.125\n"
    )
    code, _, err = shell.run("worker", *context, "--program", "p.zkprog", "--lr", "0.25")
    assert (code, "and the order's are 0x" in err) == (2, True)
    Program.from_description(description(batch=8)).write(Path("q.zkprog"))
    code, _, err = shell.run("worker", *context, "--program", "q.zkprog", "--lr", "0.125")
    assert (code, "q.zkprog: not program 0x" in err) == (2, True)
    code, _, err = shell.run("worker", *context, "--lr", "0.125")
    assert (code, "give --program, too" in err) == (2, True)
    first = proof(shell, 0)
    first.write(Path("0.evm"))
    settled = shell.value("worker", "settle", "0.evm", "--order", "order.json")
    assert settled["events"][0]["values"]["paid"] == str(LINK_STEPS * 80)
    code, _, err = shell.run("worker", "settle", "0.evm", "--order", "order.json")
    assert (code, "chunk 0 is settled" in err) == (2, True)
    second = proof(shell, 1, previous=first.statements()[-1].digest().hex())
    second.write(Path("1.evm"))
    last = shell.value("consumer", "settle", "1.evm", "--order", "order.json")
    assert [event["event"] for event in last["events"]].count("Completed") == 1
    found = shell.value("worker", "order", "show", "order.json")
    assert (found["state"], found["steps"], found["locked"]) == ("completed", STEPS, "0")
    claimed = shell.value("consumer", "claim", "--account", shell.address("worker"))
    assert {"account": shell.address("worker"), "amount": str(STEPS * 80)} in [
        event["values"] for event in claimed["events"]
    ]
    code, _, err = shell.run("worker", "claim")
    assert (code, "has nothing to claim" in err) == (2, True)
    text = shell.run("worker", "order", "show", "order.json")[1]
    assert re.search(r"^state +completed$", text, re.MULTILINE)


def test_a_proof_of_something_else(shell: Shell, front: str) -> None:
    from dataclasses import replace

    new(shell, front)
    shell.value("consumer", "order", "sign", "order.json")
    shell.value("consumer", "order", "open", "order.json")
    shell.value("worker", "stake", "add", "60")
    shell.value("worker", "stake", "authorise")
    shell.value("worker", "bid", "order.json", "--price", "80", "--cores", "4")
    found = proof(shell, 0)
    found.write(Path("p.evm"))
    settle = ("settle", "p.evm", "--order", "order.json")
    code, _, err = shell.run("worker", *settle)
    assert (code, "is bidding, and only an awarded one is settled" in err) == (2, True)
    shell.pass_time(700)
    shell.value("consumer", "order", "award", "order.json")
    terms, link = found.terms, found.links[0]
    others = {
        "program": replace(found, terms=replace(terms, program="01" * 32)),
        "dataset": replace(found, terms=replace(terms, shard=f"{13:064x}")),
        "nonce": replace(found, terms=replace(terms, nonce="01" * 32)),
        "context": replace(found, terms=replace(terms, context="")),
        "number of earlier steps": replace(found, terms=replace(terms, earlier_steps=1)),
        "scalars": replace(found, links=(replace(link, scalars=(1,) * LINK_STEPS),)),
        "number of steps": replace(found, terms=replace(terms, steps=2)),
        "first commitment": replace(
            found,
            terms=replace(terms, first=f"{14:064x}"),
            start=replace(found.start, before=f"{14:064x}"),
        ),
    }
    for name, other in others.items():
        other.write(Path("p.evm"))
        code, _, err = shell.run("worker", *settle)
        assert (code, f"the proof's {name} is" in err) == (1, True), err
    # The front refuses a proof of another length, and says so before anything is sent.
    replace(found, proof="11" * 63).write(Path("p.evm"))
    code, _, err = shell.run("worker", *settle)
    assert (code, "the proof has 63 bytes, and one of this front has 64" in err) == (2, True)
    assert shell.value("worker", "order", "show", "order.json")["steps"] == 0


def test_orders_that_are_changed_or_of_another_market(shell: Shell, front: str) -> None:
    new(shell, front)
    document = json.loads(Path("order.json").read_text())
    document["order"]["price_per_step"] = "1"
    Path("cheap.json").write_text(json.dumps(document))
    code, _, err = shell.run("consumer", "order", "sign", "cheap.json")
    assert (code, "its terms are those of order" in err) == (2, True)
    found = OrderFile.read(Path("order.json"))
    OrderFile(found.chain_id, front, found.order).write(Path("other.json"))
    code, _, err = shell.run("consumer", "order", "show", "other.json")
    assert (code, f"an order for book {front}" in err) == (2, True)
    code, _, err = shell.run(
        *("consumer", "order", "new", "p.zkprog", "--front", front, "--first", FIRST),
        *("--shard", SHARD, "--steps", "7", "--price", "1", "-o", "o.json"),
    )
    assert (code, "7 steps: this front needs a multiple of 4" in err) == (2, True)


def test_a_listed_order_has_a_file_of_scalars(shell: Shell, front: str) -> None:
    Path("rates").write_text("\n".join(["0.125"] * 4 + ["0.0625"] * 4))
    made = new(shell, front, "--lr", "rates")
    assert made["scalars"] == "order.json.scalars"
    assert json.loads(Path("order.json").read_text())["order"]["schedule"] == "1"


def test_a_node_whose_address_holds_a_secret(shell: Shell) -> None:
    Path("market.json").touch()
    for url in ("http://user:word@127.0.0.1:1/key", "ftp://user:word@host/key", "word"):
        code, out, err = shell.run("worker", "stake", "show", shell.address("worker"), "--rpc", url)
        assert code == 2
        assert "word" not in out + err
        assert "/key" not in out + err


def test_no_key(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = dict(shell.keys) | {"nobody": "", "broken": "12345"}
    shell.keys = {name: value or "-" * 8 for name, value in keys.items()}
    code, _, err = shell.run("broken", "claim")
    assert (code, "no private key, which has 64 hexadecimal digits" in err) == (2, True)
    monkeypatch.delenv("ZKPOT_PRIVATE_KEY")
    with pytest.raises(SystemExit) as stopped:
        main(["claim", *shell.options])
    assert stopped.value.code == 2
    assert "give --keystore FILE" in shell.capsys.readouterr().err


def test_a_keystore_and_its_password(shell: Shell, tmp_path: Path) -> None:
    secret = "correct horse"
    store = Account.encrypt(shell.keys["worker"], secret, iterations=2)
    Path("key.json").write_text(json.dumps(store))
    Path("password").write_text(secret + "\n")
    asked = ("stake", "authorise", "--keystore", "key.json")
    # Whose it is, needs no password.
    found = shell.value("consumer", *asked, "--estimate")
    assert found["estimates"][0]["gas"] > 21_000
    Path("wrong").write_text("correct house")
    code, out, err = shell.run("consumer", *asked, "--password-file", "wrong")
    assert (code, "key.json: the password is wrong" in err) == (2, True)
    assert "house" not in out + err
    found = shell.value("consumer", *asked, "--password-file", "password")
    assert found["account"] == shell.address("worker")
    shell.monkeypatch.setenv("ZKPOT_KEYSTORE_PASSWORD", secret)
    found = shell.value("consumer", *asked, "--revoke")
    assert found["account"] == shell.address("worker")
    Path("key.json").write_text("{}")
    code, _, err = shell.run("consumer", *asked)
    assert (code, "key.json: no keystore" in err) == (2, True)
