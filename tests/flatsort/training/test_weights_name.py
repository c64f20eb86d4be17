"""The names that new weights may and may not have."""

import pytest

from flatsort.descriptors.registry import _BUILT_IN
from flatsort.errors import InputError
from flatsort.training.weights_name import RESERVED, check_name


@pytest.mark.parametrize("name", ["mine", "site-2", "v1.0+b", "straße"])
def test_words_of_letters_digits_and_signs(name):
    check_name("--name", name)


@pytest.mark.parametrize("name", ["", "a/b", "-a", ".a", "a b", "onnx", "crops", "adapt", "none"])
def test_other_characters_and_reserved_words_are_refused(name):
    with pytest.raises(InputError, match=r"--name '.*': take letters, digits, - and _, and none"):
        check_name("--name", name)


def test_the_built_in_descriptors_are_reserved():
    assert _BUILT_IN.keys() < RESERVED
