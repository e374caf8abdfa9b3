"""A real run, wrapped: two chains take its proof, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from small_step import write_small_step

import zkpot
from contracts.compile import LARGEST_CODE, Contract
from tests.contracts.chain import Chain
from tests.contracts.front import Front
from tests.contracts.gas import intrinsic
from tests.contracts.generated import compile_generated, put_generated
from tests.contracts.tampering import changed, changed_link, next_bytes, next_first
from zkpot.artifacts.evm_proof import EvmProof
from zkpot.artifacts.run_directory import RunDirectory
from zkpot.backends import wrap
from zkpot.errors import InputError, InvalidProof
from zkpot.pipeline.weights import write_weights
from zkpot.pipeline.wrapping.circuit_file import write_circuit
from zkpot.pipeline.wrapping.contract import GAS_CAP, write_contract
from zkpot.pipeline.wrapping.links import read_envelopes, read_links
from zkpot.pipeline.wrapping.opening import open_envelope
from zkpot.pipeline.wrapping.proving import wrap_run
from zkpot.pipeline.wrapping.setup import KeyOptions, set_up
from zkpot.pipeline.wrapping.verification import verify_with_circuit, verify_wrapped
from zkpot.settle.known_setup import KNOWN_POINT, is_known

#: What a transaction may cost, and the bytes that a proof may have.
MOST_GAS, MOST_BYTES = 600_000, 5_000


@dataclass(frozen=True)
class Made:
    """A run of two links, the proof of the second one, and the contract."""

    run: Path
    keys: Path
    path: Path
    proof: EvmProof
    contract: Path
    generated: Contract


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("wrapped")
    run, keys, contract = folder / "run", folder / "keys", folder / "contract"
    data = write_small_step(folder / "step.onnx")
    program = zkpot.compile(folder / "step.onnx", data)
    zkpot.Run(program, data, run, seed=1, wrapped=True, envelopes=True, link_steps=2).prove(4)
    path = folder / "proof.evm"
    wrapped = wrap_run(run, path, first=1, options=KeyOptions(keys, test_srs=True))
    assert wrapped.test_srs
    write_contract(run, contract, first=1, options=KeyOptions(keys, test_srs=True))
    return Made(run, keys, path, wrapped.proof, contract, compile_generated(contract))


@pytest.fixture(scope="session")
def front(chain: Chain, compiled: Mapping[str, Contract], made: Made) -> Front:
    return put_generated(chain, compiled, made.contract, made.generated)


def test_a_chain_takes_the_proof(front: Front, made: Made) -> None:
    last = made.proof.statements()[-1]
    assert front.verify(made.proof) == (last.digest(), last.after, 4)


def test_its_code_shows_that_everybody_knows_the_secret(made: Made) -> None:
    """By which clients refuse it on chains where money is worth something."""
    code = bytes.fromhex(made.generated.deployed)
    assert is_known(code)
    assert not is_known(code.replace(KNOWN_POINT[0], bytes(32)))


def test_it_fits_a_chain(front: Front, made: Made) -> None:
    """One of 60 bytes would be what the optimizer makes of it with its new pipeline."""
    assert 10_000 < len(made.generated.deployed) // 2 <= LARGEST_CODE
    assert len(made.proof.proof) // 2 <= MOST_BYTES
    data = front.verification(made.proof)
    receipt = front.chain.send(front.contract.address, data, gas=3_000_000)
    assert receipt["status"] == 1
    assert receipt["gasUsed"] <= MOST_GAS
    # What the verifier had left of its cap is much, but not several times what it needs.
    needed = receipt["gasUsed"] - intrinsic(data)
    assert GAS_CAP / 2 < needed < GAS_CAP * 0.9


def test_a_chain_takes_nothing_else(front: Front, made: Made) -> None:
    proof = made.proof
    content = bytes.fromhex(proof.proof)
    # A coordinate of the first point, of one in the middle, an evaluation, the last opening.
    for place in (31, len(content) // 3 | 31, len(content) // 2 | 31, len(content) - 1):
        tampered = bytearray(content)
        tampered[place] ^= 1
        assert _invalid(front.verify(proof, content=bytes(tampered)))
    assert _invalid(front.verify(proof, hash_=int(proof.hash, 16) ^ 1))
    other = {
        name: changed(proof, **{name: next_bytes})
        for name in ("first", "shard", "nonce", "contextHash", "before", "previous")
    }
    other["trained"] = changed_link(proof, 0, trained=next_bytes)
    other["scalars"] = changed_link(proof, 0, scalars=next_first)
    for field in ("ciphertext", "key"):
        other[field] = changed_link(proof, 0, **{field: lambda number: number + 1})
    other["earlierSteps"] = changed(proof, earlierSteps=lambda steps: steps + 1)
    other["firstStep"] = changed(proof, firstStep=lambda step: step + 1)
    for name, training in other.items():
        assert _invalid(front.verify(proof, training=training)), name


def _invalid(answer: tuple[object, ...]) -> bool:
    return answer[0] == "InvalidProof"


def test_what_a_chain_takes_verifies_here(made: Made) -> None:
    options = KeyOptions(made.keys, test_srs=True)
    assert verify_wrapped(made.path, options) == made.proof
    changes = {
        "hash": {"hash": f"{int(made.proof.hash, 16) ^ 1:064x}"},
        "start": {"start": replace(made.proof.start, before=made.proof.terms.shard)},
        "length": {"proof": made.proof.proof + "00"},
        "circuit": {"circuit": "00" * 32},
    }
    for name, change in changes.items():
        path = made.path.with_name(f"{name}.evm")
        replace(made.proof, **change).write(path)
        with pytest.raises(InvalidProof):
            verify_wrapped(path, options)


def test_a_circuit_file_says_the_same_without_keys(made: Made) -> None:
    options = KeyOptions(made.keys, test_srs=True)
    circuit = made.path.with_name("small.zkcirc")
    written = write_circuit(made.run, circuit, first=1, options=options)
    assert written.circuit == made.proof.circuit
    assert written.test_srs
    assert written.size == circuit.stat().st_size < 10_000
    assert verify_with_circuit(made.path, circuit, test_srs=True) == (made.proof, True)
    forged = made.path.with_name("forged.evm")
    replace(made.proof, hash=f"{int(made.proof.hash, 16) ^ 1:064x}").write(forged)
    with pytest.raises(InvalidProof):
        verify_with_circuit(forged, circuit, test_srs=True)


def test_known_keys_are_no_others_under_another_name(made: Made) -> None:
    read = read_links(made.run, 1)
    tests, others = (KeyOptions(made.keys, test_srs=test) for test in (True, False))
    others.folder(read.name).symlink_to(tests.folder(read.name))
    for use in (
        lambda: set_up(read.program, read.name, others),
        lambda: verify_wrapped(made.path, others),
    ):
        with pytest.raises(InputError, match="keys from a secret that everybody knows: make other"):
            use()


def test_who_has_the_key_has_the_states(made: Made, tmp_path: Path) -> None:
    program, out = made.run / "public" / "program.zkprog", tmp_path / "weights.safetensors"
    ciphertext = made.run / "public" / "envelopes" / "000001.envelope"
    key = made.run / "secret" / "keys" / "000001.key"
    assert key.stat().st_mode & 0o077 == 0
    opened = open_envelope(made.path, program, ciphertext, key, out)
    assert opened.commitment == made.proof.links[0].after
    write_weights(made.run, tmp_path / "own.safetensors")
    assert out.read_bytes() == (tmp_path / "own.safetensors").read_bytes()

    earlier = ciphertext.with_name("000000.envelope")
    with pytest.raises(InvalidProof, match=r"000000\.envelope: not the ciphertext that the proof"):
        open_envelope(made.path, program, earlier, key, out)
    with pytest.raises(InvalidProof, match=r"000000\.key: not the key that the proof"):
        open_envelope(made.path, program, ciphertext, key.with_name("000000.key"), out)
    other = tmp_path / "another.key"
    for content, fault in {"00" * 31: "64 hexadecimal", "ff" * 32: "below the order"}.items():
        other.write_text(content)
        with pytest.raises(InputError, match=fault):
            open_envelope(made.path, program, ciphertext, other, out)
    short = tmp_path / "short.envelope"
    short.write_bytes(ciphertext.read_bytes()[:-1])
    with pytest.raises(InputError, match=r"short.envelope: .* elements of 32 bytes"):
        open_envelope(made.path, program, short, key, out)


def test_no_proof_is_made_of_a_tampered_run(made: Made) -> None:
    """The circuit's prover says so itself: the verification that comes before it is left out."""
    read = read_links(made.run, 1)
    ready = set_up(read.program, read.name, KeyOptions(made.keys, test_srs=True))
    assert ready.seconds == 0.0
    (link,) = read.links
    (envelope,) = read_envelopes(made.run, read, 1)
    tampered = bytearray(link)
    tampered[len(link) // 2] ^= 1
    with pytest.raises(InvalidProof):
        wrap.prove(ready.circuit, ready.keys, [bytes(tampered)], [envelope], lambda _: None)
    # The states after the link before, rightly encrypted.
    other = RunDirectory(made.run).envelope(0)
    with pytest.raises(InvalidProof, match="ciphertext or key is another"):
        wrap.prove(ready.circuit, ready.keys, [link], [other], lambda _: None)
    with pytest.raises(InvalidProof, match="one for each link"):
        wrap.prove(ready.circuit, ready.keys, [link], [], lambda _: None)
    with pytest.raises(InvalidProof):
        wrap.prove(ready.circuit, ready.keys, [link, link], [envelope, envelope], lambda _: None)
