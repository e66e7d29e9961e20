"""What is kept by key: so many, those asked for last, and dropped when it is over."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tracegraph.kept import Kept


def test_so_many_are_kept_and_those_asked_for_last() -> None:
    kept: Kept[int, str] = Kept(3)
    for number in range(3):
        assert kept.put(number, str(number)) == []
    assert kept.get(0) == "0"
    assert kept.put(3, "3") == ["1"]  # 0 was asked for after it
    assert [kept.get(number) for number in range(4)] == ["0", None, "2", "3"]
    assert kept.put(0, "new") == []
    assert kept.put(4, "4") == ["2"]
    assert (kept.get(0), len(kept)) == ("new", 3)


def test_what_is_over_is_dropped_and_told() -> None:
    kept: Kept[tuple[str, int], int] = Kept(10)
    for number in range(6):
        kept.put(("even" if number % 2 == 0 else "odd", number), number)
    assert kept.drop(lambda key: key[0] == "odd") == [1, 3, 5]
    assert kept.drop(lambda key: key[0] == "odd") == []
    kept.forget(("even", 2))
    kept.forget(("even", 2))
    assert [kept.get(("even", number)) for number in (0, 2, 4)] == [0, None, 4]


def test_threads_share_it() -> None:
    kept: Kept[int, int] = Kept(5)

    def use(thread: int) -> bool:
        for number in range(2_000):
            kept.put(number % 11, number)
            kept.get(number % 7)
            kept.drop(lambda key: key == thread)
        return len(kept) <= 5

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(use, range(4)))
