#!/bin/bash
# prepare.sh OUT: makes the test machine's files from Debian packages: the kernel, the modules the tests need and busybox. gpio-sim, irq_sim, gpio-pca953x,
# ina2xx and iio-trig-sysfs are left out by Debian and built here from its kernel source. Run as root on Debian; 30 s; seen with bookworm (6.1).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); out=$1; mkdir -p "$out"; work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; chmod 755 "$work"; cd "$work"
apt-get update -qq
if ! command -v qemu-system-x86_64 >/dev/null; then
  echo "installing qemu-system-x86"
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends qemu-system-x86 >/dev/null
fi
kernel=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: linux-image-\(.*\)-amd64.*/\1/p' | head -1)  # 6.1.0-53
series=$(echo "$kernel" | cut -d. -f1,2)
version=$(apt-cache policy "linux-headers-$kernel-common" | sed -n 's/.*Candidate: //p')  # image, headers and source must match
tools=$(apt-cache depends "linux-headers-$kernel-amd64" | sed -n 's/.*Depends: \(linux-kbuild-.*\|linux-compiler-.*\)/\1/p')
packages="linux-image-$kernel-amd64 linux-headers-$kernel-amd64=$version linux-headers-$kernel-common=$version $tools linux-source-$series=$version busybox-static"
echo "fetching $packages"
# shellcheck disable=SC2086  # a list of names
apt-get download -qq -o APT::Sandbox::User=root $packages
for deb in linux-image* linux-headers* linux-kbuild* linux-compiler* busybox*; do dpkg -x "$deb" root; done
dpkg-deb --fsys-tarfile linux-source*.deb | tar -xO "./usr/src/linux-source-$series.tar.xz" | tar -xJ --strip-components=1 \
  "linux-source-$series"/{drivers/gpio/gpio-sim.c,drivers/gpio/gpiolib.h,drivers/gpio/gpio-pca953x.c,kernel/irq/irq_sim.c,drivers/hwmon/ina2xx.c,drivers/iio/trigger/iio-trig-sysfs.c}

headers=$work/root/usr/src/linux-headers-$kernel
kbuild=$(echo "$work"/root/usr/lib/linux-kbuild-*)
for flavour in amd64 common; do for link in scripts tools; do ln -sfn "$kbuild/$link" "$headers-$flavour/$link"; done; done
echo "include $headers-common/Makefile" >"$headers-amd64/Makefile"
mkdir mod; cp drivers/gpio/*.[ch] drivers/hwmon/ina2xx.c drivers/iio/trigger/iio-trig-sysfs.c mod/
# irq_to_desc is not exported to modules; the same descriptor is reached through irq_data
sed 's/irq_to_desc(irqnum)/irq_data_to_desc(irq_get_irq_data(irqnum))/; s/#include <linux\/slab.h>/&\n#include <linux\/module.h>\n#include <linux\/irqdesc.h>\n#include <linux\/irqdomain.h>/' \
  kernel/irq/irq_sim.c >mod/irq_sim.c; echo 'MODULE_LICENSE("GPL");' >>mod/irq_sim.c
echo 'obj-m := irq_sim.o gpio-sim.o ina2xx.o gpio-pca953x.o iio-trig-sysfs.o' >mod/Makefile
make -s -C "$headers-amd64" M="$work/mod" -j2 modules >make.log 2>&1 || { tail -20 make.log; exit 1; }

mkdir -p "$out/modules"
while read -r module; do
  file=$(find mod root/lib/modules -name "$module.ko*" | head -1)
  case $file in
    *.ko) cp "$file" "$out/modules/$module.ko" ;;
    *.ko.xz) xz -dc "$file" >"$out/modules/$module.ko" ;;
    *) echo "module $module is not in this kernel"; exit 1 ;;
  esac
  objcopy --strip-debug "$out/modules/$module.ko"
done <"$here/modules"
cp root/boot/vmlinuz-* "$out/vmlinuz"; cp root/bin/busybox "$out/busybox"
echo "$kernel ($version)" >"$out/complete"
