"""Archives that are unpacked completely or refused."""

import random
import shutil
import stat
import zipfile
from collections import namedtuple

import pytest

from flatsort.errors import InputError
from flatsort.files import archive
from flatsort.files.archive import unpack_archive

GOOD = {"train/MOT16-02/seqinfo.ini": "[Sequence]", "train/MOT16-02/gt/gt.txt": "1,1,2,3" * 50}
INSIDE = ("train", "test")


def pack(path, members, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as file:
        for name, text in members.items():
            file.writestr(name, text)
    return path


@pytest.fixture
def unpack(tmp_path, files_under):
    """Unpack an archive; if it is refused, no other file may be left anywhere."""

    def call(path):
        folder = tmp_path / "data" / "MOT16"
        try:
            unpack_archive(path, folder, INSIDE)
        except InputError:
            assert files_under(tmp_path) == [path.name]
            assert not folder.exists()
            raise
        return {name: (folder / name).read_text() for name in files_under(folder)}

    return call


@pytest.mark.parametrize("top", ["", "MOT16/", "some/where/"])
def test_a_top_folder_makes_no_difference(tmp_path, unpack, top):
    members = {top + name: text for name, text in GOOD.items()}
    assert unpack(pack(tmp_path / "a.zip", members)) == GOOD
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["MOT16"]
    assert stat.S_IMODE((tmp_path / "data" / "MOT16").stat().st_mode) == 0o755


def test_files_of_macos_are_left_out_and_empty_folders_are_made(tmp_path, unpack):
    extra = {"__MACOSX/MOT16/._train": "", "MOT16/.DS_Store": "", "MOT16/test/": ""}
    members = {"MOT16/" + name: text for name, text in GOOD.items()}
    assert unpack(pack(tmp_path / "a.zip", {**extra, **members})) == GOOD
    assert (tmp_path / "data" / "MOT16" / "test").is_dir()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../evil.txt", "leads out"),
        ("train/../../evil.txt", "leads out"),
        ("/tmp/evil.txt", "not a relative path"),
        ("C:/evil.txt", "not a relative path"),
        ("..\\evil.txt", "not a relative path"),
        ("train/mot16-02/SEQINFO.ini", "occurs twice"),
        ("train/./MOT16-02//seqinfo.ini", "occurs twice"),
        ("train/MOT16-02/seqinfo.ini/evil.txt", "needs a folder where a file lies"),
        ("train/MOT16-02/seqinfo.ini/", "needs a folder where a file lies"),
    ],
)
def test_names_that_are_refused(tmp_path, unpack, name, reason):
    with pytest.raises(InputError, match=rf"a\.zip: refused: .*{reason}"):
        unpack(pack(tmp_path / "a.zip", {**GOOD, name: "evil"}))


def test_the_same_name_twice(tmp_path, unpack):
    path = pack(tmp_path / "a.zip", GOOD)
    with zipfile.ZipFile(path, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("train/MOT16-02/gt/gt.txt", "other")
    with pytest.raises(InputError, match=r"gt\.txt' occurs twice"):
        unpack(path)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFBLK])
def test_links_and_devices_are_refused(tmp_path, unpack, kind):
    link = zipfile.ZipInfo("train/link")
    link.external_attr = (kind | 0o777) << 16
    path = pack(tmp_path / "a.zip", GOOD)
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(link, "/etc")
    with pytest.raises(InputError, match="'train/link' is a link or a device"):
        unpack(path)


def test_encrypted_members_are_refused(tmp_path, unpack):
    path = pack(tmp_path / "a.zip", GOOD)
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the first flag in the central directory
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"seqinfo\.ini' is encrypted"):
        unpack(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compressions_are_refused(tmp_path, unpack, method):
    with pytest.raises(InputError, match="has a compression other than deflate"):
        unpack(pack(tmp_path / "a.zip", GOOD, method))


def test_an_archive_that_declares_too_many_bytes_is_refused(tmp_path, unpack, monkeypatch):
    monkeypatch.setattr(archive, "MAX_BYTES", 1_000_000)
    path = pack(tmp_path / "a.zip", {"train/big": b"\0" * 1_000_001})
    assert path.stat().st_size < 2000
    with pytest.raises(InputError, match="refused: it declares"):
        unpack(path)


def test_a_member_cannot_unpack_to_more_bytes_than_it_declares(tmp_path, unpack):
    path = pack(tmp_path / "a.zip", {"train/big": b"\0" * 1_000_000})
    size = (1_000_000).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (10).to_bytes(4, "little")))
    with pytest.raises(InputError, match=r"not a complete zip archive \(Bad CRC-32"):
        unpack(path)


def test_too_many_members(tmp_path, unpack, monkeypatch):
    monkeypatch.setattr(archive, "MAX_MEMBERS", 1)
    with pytest.raises(InputError, match="declares 2 members"):
        unpack(pack(tmp_path / "a.zip", GOOD))


def test_a_full_disk_is_noticed_before_unpacking(tmp_path, unpack, monkeypatch):
    usage = namedtuple("usage", "total used free")(0, 0, 300)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(InputError, match=r"only 0\.0 GB free: make room .* archive stays"):
        unpack(pack(tmp_path / "a.zip", GOOD))


def test_a_disk_that_fills_up_while_unpacking(tmp_path, unpack, monkeypatch):
    def full(source):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive, "_pieces", full)
    with pytest.raises(InputError, match=r"\(No space left on device\): the archive stays"):
        unpack(pack(tmp_path / "a.zip", GOOD))


def test_neither_train_nor_test(tmp_path, unpack):
    for members in ({"a/x": "", "b/y": ""}, {"readme": ""}, {}):
        with pytest.raises(InputError, match="it has no folder train or test"):
            unpack(pack(tmp_path / "a.zip", members))


def test_an_archive_cut_short_or_damaged_anywhere(tmp_path, unpack):
    """Damage anywhere ends in one sentence and no files, or does not change the files."""
    whole = pack(tmp_path / "a.zip", GOOD).read_bytes()
    path, dice, refused = tmp_path / "a.zip", random.Random(1), 0
    for case in range(60):
        data = bytearray(whole)
        if case % 3 == 0:
            data = data[: dice.randrange(len(data))]
        else:
            data[dice.randrange(len(data))] = dice.randrange(256)
        path.write_bytes(data)
        try:
            unpack(path)
        except InputError:
            refused += 1
        else:
            shutil.rmtree(tmp_path / "data")
    assert refused > 30


def test_a_folder_that_is_not_empty_stays_as_it_is(tmp_path, files_under):
    folder = tmp_path / "MOT16"
    folder.mkdir()
    path = pack(tmp_path / "a.zip", GOOD)
    unpack_archive(path, folder, INSIDE)
    (folder / "mine").write_text("precious")
    before = files_under(tmp_path)
    with pytest.raises(InputError, match="Directory not empty"):
        unpack_archive(path, folder, INSIDE)
    assert files_under(tmp_path) == before


def test_an_interrupt_leaves_nothing(tmp_path, files_under):
    def stop(done, total):
        assert 0 < done <= total == sum(map(len, GOOD.values()))
        raise KeyboardInterrupt

    path = pack(tmp_path / "a.zip", GOOD)
    with pytest.raises(KeyboardInterrupt):
        unpack_archive(path, tmp_path / "MOT16", INSIDE, stop)
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.zip"]
