#!/usr/bin/env bash
# Tests publish.sh with the mock, driven by curl and jq.
set -euo pipefail
cd "$(dirname "$0")"
at_two="0 0 2 * * ?"
folder=$(mktemp -d)

# The mock ends when nobody holds its standard input any more: with this shell, however that ends.
mkfifo "$folder/stdin"
ips-contract serve --exit-with-stdin --ready-file "$folder/ready.json" \
  --clock 2014-04-03T00:00:00Z <"$folder/stdin" >/dev/null &
exec 9>"$folder/stdin"
trap 'exec 9>&-; wait; rm -r "$folder"' EXIT
until [ -e "$folder/ready.json" ]; do
  kill -0 $! || { echo "the mock did not start" >&2; exit 1; }
  sleep 0.02
done
endpoint=$(jq --raw-output .endpoint "$folder/ready.json")
control=$(jq --raw-output .control "$folder/ready.json")

# ask METHOD PATH [JSON]: asks the control interface, and prints what it says.
ask() {
  curl --silent --show-error --request "$1" --header "Content-Type: application/json" \
    "$control$2" ${3:+--data "$3"}
}

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# The job runs each night.
./publish.sh "$endpoint" Nightly "$at_two" | grep --quiet "|Nightly|" || fail "no handle"
ask POST clock/advance '{"hours": 3}' >/dev/null
ask GET "jobs?job_name=Nightly" |
  jq --exit-status '[.jobs[] | select(.state == "ended") | [.started[:16], .outcome]]
    == [["2014-04-03T02:00", "success"]]' >/dev/null || fail "it did not run at two"

# A refusal is told to the caller.
ask POST scripts '{"fault": 20003}' >/dev/null # For the next submission.
if ./publish.sh "$endpoint" Nightly "$at_two" >"$folder/answer.xml" 2>/dev/null; then
  fail "the refusal was not noticed"
fi
grep --quiet 20003 "$folder/answer.xml" || fail "another fault"

# What was submitted is what was meant.
ask POST verify '{"submitted": {"job_name": "Nightly", "execSchedule": "0 0 2 * * ?"}}' |
  jq --exit-status '.exchanges | length > 0' >/dev/null || fail "something else was submitted"
ask POST verify '{"submitted": {"job_name": "Weekly"}}' |
  jq --exit-status '.status == 409 and (.detail | contains("Nightly"))' >/dev/null ||
  fail "there is no Weekly"
echo "all passed"
