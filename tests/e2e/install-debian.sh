#!/usr/bin/env bash
# Installs the Debian packages that the e2e tests drive, when they are missing and this is root on Debian.
# Otherwise it says so and succeeds: the tests that need a missing program skip, and say which.
# No service is started: a policy-rc.d that refuses stands in during the installation and is taken away after it.
set -euo pipefail

declare -A programs=(
  [prometheus]=prometheus
  [prometheus-alertmanager]=prometheus-alertmanager
  [nagios4]=nagios4-core
  [icinga2]=icinga2-bin
  [chromium]=chromium
  [chromedriver]=chromium-driver
  [sshd]=openssh-server
  [ssh]=openssh-client
)
missing=()
for program in "${!programs[@]}"; do
  command -v "$program" >/dev/null 2>&1 || missing+=("${programs[$program]}")
done
if ((${#missing[@]} == 0)); then
  exit 0
fi

skip() {
  echo "NOT INSTALLED: ${missing[*]} ($1). The e2e tests that need them will be skipped." >&2
  exit 0
}
[[ $(id -u) -eq 0 ]] || skip "not root; as root run: apt-get install --no-install-recommends ${missing[*]}"
command -v apt-get >/dev/null 2>&1 || skip "no apt-get here"

policy=/usr/sbin/policy-rc.d
kept=
restore() {
  if [[ -n $kept ]]; then mv -f "$kept" "$policy"; else rm -f "$policy"; fi
}
if [[ -e $policy || -L $policy ]]; then
  kept=$(mktemp "$policy.XXXXXX")
  mv -f "$policy" "$kept"
fi
trap restore EXIT
printf '#!/bin/sh\nexit 101\n' >"$policy"
chmod 755 "$policy"

export DEBIAN_FRONTEND=noninteractive
apt-get update -q || echo "apt-get update failed; trying with the lists that are there" >&2
apt-get install -q -y --no-install-recommends "${missing[@]}" || skip "apt-get install failed"
