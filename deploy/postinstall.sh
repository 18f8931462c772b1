#!/bin/sh
# After the package is installed or upgraded: a daemon that runs is started anew,
# one that does not is left to the operator, who edits its configuration first.
set -e
[ -d /run/systemd/system ] || exit 0
systemctl daemon-reload
systemctl try-restart marsad.service
if ! systemctl --quiet is-enabled marsad.service; then
  echo 'marsad: edit /etc/marsad/config.yaml, then: systemctl enable --now marsad'
fi
