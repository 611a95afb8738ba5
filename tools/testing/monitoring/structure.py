# SPDX-License-Identifier: GPL-2.0
"""structure.py DASHBOARD: fails, and says where, if the dashboard isn't what Grafana
documents as its JSON model (the classic one, which every Grafana since 7 imports)."""
import json
import re
import sys

COLUMNS = 24
wrong = []


def expect(fine, where, what):
    if not fine:
        wrong.append(f"{where}: {what}")


def is_number(value, least, most=2**32 - 1):
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def cells(pos):
    return {(x, y) for x in range(pos["x"], pos["x"] + pos["w"])
            for y in range(pos["y"], pos["y"] + pos["h"])}


def check_frame(board):
    expect(re.fullmatch(r"[\w-]{8,40}", board["uid"], re.ASCII), "uid", "not 8 to 40 of A-Za-z0-9_-")
    expect(board["title"], "title", "empty")
    # 36: panels name their data source by type and uid.
    expect(is_number(board["schemaVersion"], 36, 2**16 - 1), "schemaVersion", "no version from 36 on")
    expect(re.fullmatch(r"\d+[smhd]", board["refresh"]), "refresh", "no interval")
    expect(set(board["time"]) == {"from", "to"}, "time", "not from and to")
    # The database gives it.
    expect(board.get("id") is None, "id", "a dashboard to import has none")


def check_variable(variable, where):
    expect(variable["type"] in ("query", "datasource", "constant", "interval", "textbox", "custom"),
           where, "no type of variables")
    expect(re.fullmatch(r"\w+", variable["name"]), where, "no name")
    if variable["type"] == "query":
        expect(variable["refresh"] in (0, 1, 2), where, "refresh is not 0, 1, 2")
        check_source(variable["datasource"], where)


def check_source(source, where):
    expect(source == {"type": "prometheus", "uid": "${datasource}"}, where,
           "the data source is not the one chosen")


def check_panel(panel, where, variables):
    pos = panel["gridPos"]
    expect(is_number(panel["id"], 1), where, "no id")
    expect(panel["type"] == "timeseries" and panel["title"], where, "no type or title")
    expect(is_number(pos["x"], 0, COLUMNS - 1) and is_number(pos["w"], 1, COLUMNS - pos["x"]) and
           is_number(pos["y"], 0) and is_number(pos["h"], 1), where, f"not in the grid: {pos}")
    expect(panel["fieldConfig"]["defaults"]["unit"] in ("ops", "percentunit", "s"), where, "unit")
    expect(isinstance(panel["fieldConfig"]["overrides"], list), where, "no overrides")
    check_source(panel["datasource"], where)
    refs = [target["refId"] for target in panel["targets"]]
    expect(refs and len(set(refs)) == len(refs), where, "targets need a refId each")
    for target in panel["targets"]:
        used = set(re.findall(r"\$\{?(\w+)", target["expr"])) - {"__rate_interval"}
        expect(used <= variables, where, f"no such variables: {used - variables}")
        labels = re.findall(r"{{(\w+)}}", target["legendFormat"])
        expect(labels and all(re.search(rf"by \([^)]*\b{label}\b|{label}=", target["expr"])
                              for label in labels), where, "the legend has labels that no series has")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        board = json.load(file)
    try:
        check_frame(board)
        variables = board["templating"]["list"]
        for variable in variables:
            check_variable(variable, f"variable {variable.get('name')}")
        taken, ids = set(), set()
        for panel in board["panels"]:
            where = f"panel {panel.get('title')}"
            check_panel(panel, where, {variable["name"] for variable in variables})
            expect(panel["id"] not in ids, where, "another panel's id")
            expect(not taken & cells(panel["gridPos"]), where, "lies on another panel")
            ids.add(panel["id"])
            taken |= cells(panel["gridPos"])
    except (KeyError, TypeError) as error:
        wrong.append(f"missing, or not what it should be: {error!r}")
    print("\n".join(wrong) or f"{len(board['panels'])} panels")
    return bool(wrong)


sys.exit(main())
