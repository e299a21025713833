from __future__ import annotations

from trimtab.registry.bill_of_materials.packages import Package, read_packages

ENVIRONMENT = "# Python 3.11.2, Linux x86_64\nnumpy==2.3.1\nTyping_Extensions==4.16.0\nmine==1.0+local\n"
A, B, C = ("a" * 64, "b" * 64, "c" * 64)
LOCK = f"""\
# made by uv
numpy==2.3.1 \\
    --hash=sha256:{A} \\
    --hash=sha256:{B}
    # via pandas
typing-extensions==4.15.0 \\
    --hash=sha256:{C}
"""


def test_packages_have_the_hashes_of_their_version_in_the_lock_files():
    assert read_packages(ENVIRONMENT, [LOCK]) == (
        Package("mine", "1.0+local"),
        Package("numpy", "2.3.1", (f"sha256:{A}", f"sha256:{B}")),
        Package("typing-extensions", "4.16.0"),
    )


def test_hashes_of_several_lock_files_are_merged_in_one_order():
    other = f"numpy==2.3.1 --hash=sha256:{C} --hash=sha256:{A}\n"
    (_, numpy, _) = read_packages(ENVIRONMENT, [LOCK, other])
    assert numpy.hashes == tuple(f"sha256:{each}" for each in (A, B, C))
    assert read_packages(ENVIRONMENT, [other, LOCK]) == read_packages(ENVIRONMENT, [LOCK, other])


def test_lock_file_of_another_tool_gives_no_hash():
    poetry = '[[package]]\nname = "numpy"\nversion = "2.3.1"\n'
    assert all(not package.hashes for package in read_packages(ENVIRONMENT, [poetry, "", "\0"]))


def test_environment_that_was_not_published_has_no_package():
    assert read_packages("", [LOCK]) == ()
