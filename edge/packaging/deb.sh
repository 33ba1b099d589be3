#!/bin/sh
# deb.sh BINARY VERSION ARCHITECTURE OUT.deb: packs the agent's binary for Debian (and Ubuntu, Raspberry Pi OS). The same inputs give the same bytes: times are SOURCE_DATE_EPOCH's
# (reproducible-builds.org), files belong to root. Needs dpkg-deb and readelf.
set -eu
binary=$1 version=$2 architecture=$3 out=$4
here=$(cd "$(dirname "$0")" && pwd)
repository=$here/../..
: "${SOURCE_DATE_EPOCH:=$(git -C "$here" log -1 --format=%ct 2>/dev/null || stat -c %Y "$here/deb.sh")}"
export SOURCE_DATE_EPOCH
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
umask 022
chmod 755 "$root"

put() { install -D -m "$1" "$2" "$root/$3"; }
put 0755 "$binary" usr/bin/iot-edge
put 0644 "$here/iot-edge.service" usr/lib/systemd/system/iot-edge.service
put 0644 "$here/60-iot-edge.rules" usr/lib/udev/rules.d/60-iot-edge.rules
put 0644 "$here/modules-load.conf" usr/lib/modules-load.d/iot-edge.conf
put 0640 "$here/edge.json" etc/iot-edge/edge.json
put 0640 "$here/secrets.env" etc/iot-edge/secrets.env
put 0644 "$here/debian/copyright" usr/share/doc/iot-edge/copyright
for example in "$repository"/hardware-docs/boards/*.json "$repository"/hardware-docs/simulated/*.json; do
    put 0644 "$example" "usr/share/doc/iot-edge/examples/$(basename "$example")"
done
schema=$here/../IotTelemetry.Edge/Configuration/iot-edge.schema.json
[ ! -f "$schema" ] || put 0644 "$schema" usr/share/iot-edge/iot-edge.schema.json

mkdir -p "$root/usr/share/man/man8"
sed "s/@VERSION@/$version/" "$here/iot-edge.8" | gzip -9n >"$root/usr/share/man/man8/iot-edge.8.gz"
commit=$(git -C "$here" rev-parse --short HEAD 2>/dev/null || echo "an archive")
printf 'iot-edge (%s) unstable; urgency=medium\n\n  * Built from %s.\n\n -- IotTelemetry <packages@iottelemetry.invalid>  %s\n' \
    "$version" "$commit" "$(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")" | gzip -9n >"$root/usr/share/doc/iot-edge/changelog.gz"

# What the binary is linked with; OpenSSL is loaded by name when it runs, so no linker knows of it.
libraries=$(readelf -d "$binary" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
for library in $libraries; do
    case $library in
    libc.so.6 | libm.so.6 | ld-linux-*) ;;
    *) echo "deb.sh: $binary needs $library, whose package is not known here" >&2 && exit 1 ;;
    esac
done
glibc=$(readelf -W --version-info "$binary" | grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -1)

mkdir "$root/DEBIAN"
cp "$here/debian/conffiles" "$root/DEBIAN/"
for script in postinst prerm postrm; do
    install -m 0755 "$here/debian/$script" "$root/DEBIAN/$script"
done
cat >"$root/DEBIAN/control" <<CONTROL
Package: iot-edge
Version: $version
Architecture: $architecture
Maintainer: IotTelemetry <packages@iottelemetry.invalid>
Installed-Size: $(du -k -s --apparent-size --exclude=DEBIAN "$root" | cut -f1)
Depends: libc6 (>= ${glibc#GLIBC_}), libssl3 | libssl3t64, adduser
Recommends: ca-certificates, tzdata
Suggests: gpiod, i2c-tools
Section: net
Priority: optional
Description: agent of a telemetry gateway
 Samples GPIO lines, I2C chips and kernel sensors, keeps what it reads in a
 durable outbox, and publishes it over MQTT 5 until the cloud has stored it.
 Takes commands for its outputs and brings them to safe values when it ends.
CONTROL
(cd "$root" && find usr etc -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum | grep -v ' etc/' >DEBIAN/md5sums)
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group --build -Zxz "$root" "$out" >/dev/null
