#!/bin/sh
# Before the package goes. The record in /var/lib/marsad stays. An upgrade stops
# nothing: what follows it does.
set -e
case "$1" in upgrade) exit 0 ;; esac
[ -d /run/systemd/system ] || exit 0
systemctl --no-reload disable --now marsad.service
