# SPDX-License-Identifier: GPL-2.0
"""queries.py DASHBOARD PROMETHEUS: a result line for each query of the dashboard: that
Prometheus answers it with data."""
import json
import math
import sys
import urllib.parse
import urllib.request

VARIABLES = {"$instance": ".*", "$__rate_interval": "10s"}


def ask(prometheus, path, **parameters):
    url = f"http://{prometheus}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)["data"]


def evidence(prometheus, expression):
    """What is wrong with the answer; nothing if nothing is."""
    for name, value in VARIABLES.items():
        expression = expression.replace(name, value)
    rows = ask(prometheus, "query", query=expression)["result"]
    if not rows:
        return "no data"
    values = [float(row["value"][1]) for row in rows]
    if not all(math.isfinite(value) and value >= 0 for value in values) or not any(values):
        return f"no sensible values: {values}"
    if any(row["metric"].get("reason", "").lower() == "hlt" for row in rows):
        return "idle halts are in it"
    return None


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        dashboard = json.load(file)
    prometheus = sys.argv[2]
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            wrong = evidence(prometheus, target["expr"])
            print(f"{'not ok' if wrong else 'ok'} monitoring: query of \"{panel['title']}\"")
            if wrong:
                print(f"    {target['expr']}\n    {wrong}")
    guests = ask(prometheus, "label/instance/values", **{"match[]": "kvm_guest_vcpus"})
    print(f"{'ok' if len(guests) == 1 else 'not ok'} monitoring: the list of guests has the one")
    rules = ask(prometheus, "rules")["groups"]
    healthy = [rule["health"] for group in rules for rule in group["rules"]] == ["ok", "ok"]
    print(f"{'ok' if healthy else 'not ok'} monitoring: Prometheus evaluates the alerts")


main()
