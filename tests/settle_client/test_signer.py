"""A key is in nothing that is shown or written."""

from __future__ import annotations

import json
import pickle
import traceback
from pathlib import Path

import pytest
from eth_account import Account

from zkpot.errors import InputError
from zkpot.settle.transactions.signer import Signer, keystore_address

KEY = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"
#: Above the order of the curve.
NO_KEY = "f" * 64


def test_it_shows_its_address_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZKPOT_PRIVATE_KEY", "0x" + KEY)
    signer = Signer.from_environment()
    assert signer.address == Account.from_key(KEY).address
    assert repr(signer) == str(signer) == f"Signer({signer.address})"
    assert not hasattr(signer, "__dict__")
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="has a key, and is not written"):
            pickle.dumps(signer, protocol)


@pytest.mark.parametrize("text", [KEY[:-1], KEY + "0", "0x" + NO_KEY, "zz" * 32, f"{KEY} x"])
def test_keys_that_are_none(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZKPOT_PRIVATE_KEY", text)
    with pytest.raises(InputError, match="ZKPOT_PRIVATE_KEY: no private key") as refused:
        Signer.from_environment()
    shown = "".join(traceback.format_exception(refused.value))
    assert text.removeprefix("0x")[:16] not in shown


def test_a_keystore(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    path.write_text(json.dumps(Account.encrypt("0x" + KEY, "word", iterations=2)))
    assert Signer.from_keystore(path, lambda: "word").address == keystore_address(path)
    with pytest.raises(InputError, match="the password is wrong") as refused:
        Signer.from_keystore(path, lambda: "-".join(("secret", "word")))
    assert "secret-word" not in "".join(traceback.format_exception(refused.value))
    document = json.loads(path.read_text())
    document["crypto"]["kdf"] = "rot13"
    path.write_text(json.dumps(document))
    with pytest.raises(InputError, match="no keystore that can be read"):
        Signer.from_keystore(path, lambda: "word")


@pytest.mark.parametrize("text", ["", "[]", "{}", "[" * 10_000, '{"crypto": 1}'])
def test_files_that_are_no_keystores(text: str, tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    path.write_text(text)
    with pytest.raises(InputError, match=r"no keystore|does not say whose"):
        keystore_address(path)
    with pytest.raises(InputError, match="no keystore"):
        Signer.from_keystore(path, lambda: "word")
