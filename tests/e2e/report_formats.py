# SPDX-License-Identifier: MIT
"""What makes a file a valid report of its format: one function each, which fails with the reason."""

import html.parser
import json
import pathlib
import re
import xml.etree.ElementTree

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "harness/report/report.schema.json").read_text())

# The elements of Jenkins' junit-10.xsd: required attributes, optional ones, children, text allowed.
SUREFIRE_TIME = re.compile(r"(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?")
PROBLEM = (set(), {"type", "message"}, set(), True)
JUNIT = {
    "testsuites": (set(), {"name", "time", "tests", "failures", "errors"}, {"testsuite"}, False),
    "testsuite": (
        {"name", "tests", "failures", "errors"},
        set("group time skipped timestamp hostname id package file log url".split()),
        {"testsuite", "properties", "testcase", "system-out", "system-err"},
        False,
    ),
    "properties": (set(), set(), {"property"}, False),
    "property": ({"name", "value"}, set(), set(), False),
    "testcase": (
        {"name"},
        {"time", "classname", "group"},
        set("skipped error failure system-out system-err flakyFailure".split()),
        False,
    ),
    "failure": PROBLEM,
    "error": PROBLEM,
    "skipped": PROBLEM,
    "system-out": (set(), set(), set(), True),
}


def check_junit_element(element):
    required, optional, children, text = JUNIT[element.tag]
    names = set(element.keys())
    assert required <= names <= required | optional, f"<{element.tag}> has {names}"
    if element.tag in ("testsuites", "testsuite") and "time" in names:
        assert SUREFIRE_TIME.fullmatch(element.get("time"))
    assert text or not (element.text or "").strip(), f"<{element.tag}> has text"
    for child in element:
        assert child.tag in children, f"<{child.tag}> in <{element.tag}>"
        check_junit_element(child)


def check_junit(path):
    root = xml.etree.ElementTree.parse(path).getroot()
    assert root.tag == "testsuites"
    check_junit_element(root)
    for suite in root:
        cases = suite.findall("testcase")
        for count, tag in [("failures", "failure"), ("errors", "error"), ("skipped", "skipped")]:
            seen = sum(case.find(tag) is not None for case in cases)
            assert int(suite.get(count)) == seen, f"{count} of {suite.get('name')}"
        assert int(suite.get("tests")) == len(cases)
    for count in ("tests", "failures", "errors"):
        assert int(root.get(count)) == sum(int(suite.get(count)) for suite in root)
    return root


def check_json(path):
    document = json.loads(path.read_bytes().decode())
    jsonschema.validate(document, SCHEMA)
    return document


def check_ndjson(path):
    lines = path.read_bytes().decode().split("\n")
    assert lines.pop() == "", "the last line is not ended"
    objects = [json.loads(line) for line in lines]
    types = [each.pop("type") for each in objects]
    assert types[0] == "begin" and types.count("begin") == 1
    assert types.count("end") <= 1 and ("end" not in types or types[-1] == "end")
    for kind, each in zip(types, objects):
        definition = "check" if kind == "check" else "run"
        jsonschema.validate(each, {**SCHEMA, "$ref": f"#/definitions/{definition}"})
    return objects


def check_sarif(path):
    """The properties that SARIF 2.1.0 requires, and that code scanning asks for beyond them."""
    log = json.loads(path.read_bytes().decode())
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "e3"
    assert len({rule["id"] for rule in driver["rules"]}) == len(driver["rules"])
    assert isinstance(run["invocations"][0]["executionSuccessful"], bool)
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert isinstance(result["message"]["text"], str)
        assert result["partialFingerprints"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] and place["region"]["startLine"] >= 1
    return run


# Of one line: "not ", number, description, directive and its reason. A bare # begins a directive.
TAP_TEST = re.compile(r"(not )?ok (\d+) - ((?:\\[\\#]|[^\\#])*?)(?: # (TODO|SKIP)(?: (\S.*))?)?")


def check_tap(path):
    """TAP 14: the plan, then each test in order, YAML blocks indented, a bail-out at most last."""
    lines = path.read_bytes().decode().split("\n")
    assert lines.pop() == "", "the last line is not ended"
    assert lines[0] == "TAP version 14"
    planned = int(re.fullmatch(r"1\.\.(\d+)", lines[1])[1])
    number, in_block, tests, bailed = 0, False, [], False
    for line in lines[2:]:
        assert not bailed, "text after Bail out!"
        if in_block:
            assert line.startswith("  ")
            in_block = line != "  ..."
        elif line == "  ---":
            in_block = True
        elif line.startswith("Bail out!"):
            bailed = True
        elif not line.startswith("#"):
            number += 1
            test = TAP_TEST.fullmatch(line)
            assert test and int(test[2]) == number, line
            assert test[4] != "SKIP" or not test[1], f"neither run nor well: {line}"
            tests.append(test)
    assert not in_block
    assert bailed or number == planned
    return tests


def check_github(path):
    text = path.read_bytes().decode()
    commands = []
    for line in text.splitlines():
        match = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line)
        assert match, f"not one workflow command: {line!r}"
        properties = dict(each.split("=", 1) for each in match[2].split(","))
        assert set(properties) <= {"title", "file", "line"}
        commands.append((match[1], properties, match[3]))
    return commands


class Page(html.parser.HTMLParser):
    """Every element closed in order, no element that could come from a server's bytes."""

    VOID = {"meta"}

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.scripts, self.text = [], [], [], 0, ""

    def handle_starttag(self, tag, attributes):
        names = dict(attributes)
        assert not [name for name in names if name.startswith("on")], "an event handler"
        assert not {"src", "srcset", "background"} & set(names), "asks the network"
        assert tag not in ("link", "img", "iframe", "object", "base", "form")
        self.scripts += tag == "script"
        if "id" in names:
            self.ids.append(names["id"])
        if tag == "a":
            self.links.append(names["href"])
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("script", "style"):
            self.text += data


def check_html(path):
    page = Page()
    text = path.read_bytes().decode()
    page.feed(text)
    page.close()
    assert page.open == [] and page.scripts == 1
    assert len(set(page.ids)) == len(page.ids), "two elements of one id"
    for link in page.links:
        assert link[1:] in page.ids if link.startswith("#") else link.startswith("https://github.com/")
    assert not re.search(r"@import|url\(", text)
    return page


CHECKS = {
    "junit": check_junit,
    "json": check_json,
    "ndjson": check_ndjson,
    "tap": check_tap,
    "github": check_github,
    "sarif": check_sarif,
    "html": check_html,
}
