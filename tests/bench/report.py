# SPDX-License-Identifier: MIT
"""The figures as a table for people, as JSON for programs, and as a section of a document."""

import datetime
import json
import os
import pathlib
import platform
import re
import tempfile

SERVERS = ("floor", "e3", "nginx", "lighttpd", "haproxy", "evhttp", "http_parser")
COLUMNS = ("figure", *SERVERS, "e3/floor", "e3/nginx", "bar", "")
FIGURE_WIDTH = 58
BEGIN = "<!-- begin of what bench.py --update writes -->"
END = "<!-- end of what bench.py --update writes -->"


def machine_class():
    cpu_info = pathlib.Path("/proc/cpuinfo").read_text()
    model = re.search(r"^model name\s*: (.+)$", cpu_info, re.M)
    return f"{os.cpu_count()} cores, {model[1] if model else platform.machine()}, Linux {platform.release()}"


def number(value):
    return "" if value is None else f"{value:.0f}" if value >= 1000 else f"{value:.2f}"


def ratio(figure, reference):
    """None where the reference was not measured, or is nothing: the floor keeps nothing per connection."""
    value = figure.values.get(reference)
    return figure.values["e3"] / value if value else None


def cells(figure):
    values = figure.values
    by_floor = ratio(figure, "floor")
    by_nginx = ratio(figure, "nginx") if figure.of_nginx is None else figure.of_nginx
    bar = f"≤ {figure.bar:g}" + (" of nginx" if figure.of_nginx is not None else "")
    measured = (number(values.get(name)) for name in SERVERS)
    return [figure.name, *measured, number(by_floor), number(by_nginx), bar, "" if figure.met else "NOT MET"]


def line(texts):
    first, *numbers = texts
    return f"{first:{FIGURE_WIDTH}}" + "".join(
        f" {text:>{max(8, len(column))}}" for text, column in zip(numbers, COLUMNS[1:])
    )


def as_json(figures):
    return json.dumps(
        {
            "schema_version": 1,
            "date": datetime.date.today().isoformat(),
            "machine": machine_class(),
            "figures": [
                {
                    "figure": figure.name,
                    "values": figure.values,
                    "e3_of_nginx": figure.of_nginx,
                    "bar": figure.bar,
                    "met": figure.met,
                }
                for figure in figures
            ],
        },
        indent=2,
        ensure_ascii=False,
    ) + "\n"


def as_markdown(figures):
    rows = [
        f"As last measured, on {datetime.date.today().isoformat()} ({machine_class()}):",
        "",
        "| " + " | ".join(COLUMNS) + " |",
        "|---|" + "---:|" * (len(COLUMNS) - 1),
    ]
    rows += ["| " + " | ".join(cells(figure)) + " |" for figure in figures]
    return "\n".join(rows)


def write(path, text):
    """The whole file or none of it."""
    with tempfile.NamedTemporaryFile("w", dir=path.resolve().parent, delete=False) as file:
        file.write(text)
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)


def has_section(path):
    text = path.read_text() if path.is_file() else ""
    return text.count(BEGIN) == 1 and text.count(END) == 1 and text.index(BEGIN) < text.index(END)


def update_section(path, figures):
    before, rest = path.read_text().split(BEGIN)
    after = rest.split(END)[1]
    write(path, f"{before}{BEGIN}\n{as_markdown(figures)}\n{END}{after}")
