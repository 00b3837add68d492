#!/usr/bin/env bash
# Builds a Debian package of a wheel in the directory OUT: a virtual environment at /opt/incidentd that holds every dependency as it
# is pinned, the units, the groups, and the examples as configuration. `make deb` runs it as: build.sh WHEEL OUT PYTHON PIP...
# PYTHON is that of the Debian release which the package is for (its compiled modules fit that minor version only), PIP a
# command that runs pip 22.3 or newer.
set -euo pipefail
wheel=$1 out=$2 python=$3
shift 3
here=$(cd "$(dirname "$0")" && pwd)
source=$(dirname "$here")
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
venv=$root/opt/incidentd
version=$(basename "$wheel" | cut -d- -f2)
minor=$("$python" -c 'import sys; print(sys.version_info.minor)')
arch=$(dpkg --print-architecture)

mkdir -p "$root"/DEBIAN "$root"/etc "$root"/usr/{bin,lib/sysusers.d,lib/systemd/system,lib/tmpfiles.d,share/doc/incidentd}
"$python" -m venv --without-pip "$venv"
install() { "$@" --python "$venv/bin/python" install -q --no-deps --no-compile "${what[@]}"; }
what=(--require-hashes -r "$source/requirements/run.txt") && install "$@"
what=("$wheel") && install "$@"

# It was made in one place and lives in another: interpreters, and the names of files in tracebacks.
rm -f "$venv"/bin/[Aa]ctivate*
sed -i '/^command = /d' "$venv/pyvenv.cfg"
ln -sfn "/usr/bin/python3.$minor" "$venv/bin/python3"
find "$venv/bin" -type f -exec sed -i '1s|^#!.*/bin/python[0-9.]*$|#!/opt/incidentd/bin/python3|' {} +
"$python" -m compileall -q -s "$root" -p / "$venv/lib"

share=$venv/share/incidentd
cp "$share"/systemd/incidentd* "$root/usr/lib/systemd/system/"
cp "$share/systemd/sysusers.conf" "$root/usr/lib/sysusers.d/incidentd.conf"
cp "$share/systemd/tmpfiles.conf" "$root/usr/lib/tmpfiles.d/incidentd.conf"
mkdir "$root/etc/incidentd"
cp "$share"/config/*.toml "$root/etc/incidentd/"
for name in incidentd incidentctl incidentd-tui; do ln -s "/opt/incidentd/bin/$name" "$root/usr/bin/$name"; done
cp "$source/LICENSE" "$root/usr/share/doc/incidentd/copyright"

cp "$here"/{postinst,prerm,postrm} "$root/DEBIAN/"
(cd "$root" && find etc -type f -printf '/%p\n') >"$root/DEBIAN/conffiles"
cat >"$root/DEBIAN/control" <<END
Package: incidentd
Version: $version
Architecture: $arch
Maintainer: the incidentd project
Section: admin
Priority: optional
Depends: python3 (>= 3.$minor), python3 (<< 3.$((minor + 1))), systemd (>= 247)
Installed-Size: $(du -sk --exclude=DEBIAN "$root" | cut -f1)
Description: incident-response daemon with a terminal UI
 Alerts in, the right person paged, incidents coordinated and learned from.
 Nothing is started by the installation: edit /etc/incidentd first.
END
chmod -R u=rwX,go=rX "$root"
chmod 755 "$root"/DEBIAN/{postinst,prerm,postrm}
dpkg-deb --root-owner-group -Zgzip --build "$root" "$out/incidentd_${version}_${arch}.deb"
