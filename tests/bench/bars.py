# SPDX-License-Identifier: MIT
"""Measured figures beside the bars that they must clear."""

import typing


class Figure(typing.NamedTuple):
    name: str
    value: float | None  # None: could not be measured, which misses any bar
    bar: float | None  # None: shown only
    more_is_better: bool = True

    @property
    def met(self):
        if self.bar is None:
            return True
        return self.value is not None and (
            self.value >= self.bar if self.more_is_better else self.value <= self.bar
        )


def show(figures):
    """Prints the table and returns how many bars are missed."""
    width = max(len(figure.name) for figure in figures)
    print(f"\n{'figure':<{width}} {'measured':>14} {'bar':>14}")
    for figure in figures:
        value = "-" if figure.value is None else f"{figure.value:,.1f}"
        sign = "≥" if figure.more_is_better else "≤"
        bar = "" if figure.bar is None else f"{sign} {figure.bar:,.0f}"
        verdict = "" if figure.bar is None else "met" if figure.met else "missed"
        print(f"{figure.name:<{width}} {value:>14} {bar:>14} {verdict}".rstrip())
    return sum(not figure.met for figure in figures)
