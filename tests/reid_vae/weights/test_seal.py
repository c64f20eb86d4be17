"""Files that hold their own digest."""

import pytest

from flatsort.reid_vae.weights.seal import OPEN, SEAL, is_whole, seal

CONTENT = b"before" + f'{{"a": 1, "{SEAL}": "{OPEN}"}}'.encode() + bytes(range(256))


def test_any_changed_bit_breaks_the_seal() -> None:
    sealed = seal(CONTENT)
    start = sealed.index(b'"file": "') + 9
    digest = sealed[start : start + 64].decode()
    assert len(sealed) == len(CONTENT)
    assert is_whole(sealed, digest)
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        found = bytes(changed)[start : start + 64].decode()
        assert not is_whole(bytes(changed), found), place
    assert not is_whole(sealed[:-1], digest)


@pytest.mark.parametrize("content", [b"", CONTENT * 2, seal(CONTENT)])
def test_a_file_has_one_place_for_its_digest(content: bytes) -> None:
    with pytest.raises(ValueError, match="one place"):
        seal(content)
