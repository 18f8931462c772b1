#!/bin/sh
# Makes the secrets that compose.yaml hands to the services, each in a file of its
# own. Those that are there stay as they are. The folder is this user's alone; the
# files are readable, since each service has a user of its own.
set -eu
cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets
for name in web_token influx_token influx_password grafana_password; do
  [ -s "secrets/$name" ] && continue
  od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"secrets/$name"
  chmod 644 "secrets/$name"
  echo "made secrets/$name"
done
