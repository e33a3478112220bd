#!/bin/bash
# Makes a tiny, real guest from Debian's own packages, and speaks to it: Linux, busybox, dropbear, a serial shell.
# SPDX-License-Identifier: GPL-3.0-or-later
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CACHE=${CTYS_GUEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ctys-tests}

usage() {
  cat <<'USAGE'
Usage:
  guest.sh packages                   the Debian packages that building needs, one a line
  guest.sh build [--agent]            builds what is missing (1 s; the first time a download of 12 MB), prints the folder:
                                        vmlinuz, initrd.img, id_ed25519 (key of root in the guest), known_hosts
                                      --agent: with the QEMU guest agent inside
  guest.sh xml --name NAME [OPTION]   a libvirt domain for it on stdout
      --uuid UUID  --mac MAC          fixed identity (libvirt makes one up otherwise; the MAC is made from the name)
      --ssh-port PORT                 the guest's SSH on 127.0.0.1:PORT of this machine
      --agent                         the image with the agent, and its channel
      --type qemu|kvm                 qemu (emulation) is the default and works everywhere
      --machine pc|q35   --memory MB  pc, 192
      --append WORDS                  more words for the kernel command line; guest.ip=A/N guest.gw=A set its address
  guest.sh ssh PORT [COMMAND...]      runs a command in the guest, host key checked

The guest answers SSH, ACPI's power button and reset, and has a shell on its serial console. Everything it is made of is
kept below ${XDG_CACHE_HOME:-~/.cache}/ctys-tests (or $CTYS_GUEST_CACHE), named after its content: the same packages give the
same folder. The keys are made once for each cache and never leave it. Packages are unpacked, not installed.
A system libvirtd runs guests as another user: give it a cache that this user can reach, CTYS_GUEST_CACHE=/var/tmp/NAME.
USAGE
}
die() { printf 'guest.sh: %s\n' "$*" >&2; exit 1; }

PACKAGES=(busybox-static dropbear-bin cpio openssh-client python3)

# What apt knows, asked once for each state of its lists: the question alone takes a second.
ask_apt() { # NAME QUESTION, a function that prints one word
  local state answers
  state=$(stat -c '%n %Y' /var/lib/apt/lists /var/lib/dpkg/status /etc/apt /etc/apt/preferences.d 2>/dev/null | sha256sum | cut -c1-16)
  answers=$CACHE/apt-$state
  if ! awk -v question="$2 $1" '$1 " " $2 == question { print $3; found = 1 } END { exit !found }' "$answers" 2>/dev/null; then
    local answer
    answer=$("$2" "$1")
    [ -n "$answer" ] || die "apt knows no package $1: run 'apt-get update' as root"
    echo "$2 $1 $answer" >>"$answers"
    echo "$answer"
  fi
}
version_of() { apt-cache show --no-all-versions "$1" 2>/dev/null | awk '/^Version: / { print $2; exit }' || true; }
kernel_of() { apt-cache depends "$1" 2>/dev/null | awk '/Depends: linux-image/ { print $2; exit }' || true; }

# The package file of one package, downloaded when it is not there yet.
package_file() {
  local name=$1 version file
  version=$(ask_apt "$name" version_of)
  file=$CACHE/packages/${name}_${version//:/%3a}_amd64.deb
  if [ ! -e "$file" ]; then
    mkdir -p "$CACHE/packages"
    local fresh
    fresh=$(mktemp -d "$CACHE/packages/new.XXXXXX")
    (cd "$fresh" && apt-get download "$name=$version" >download.log 2>&1) ||
      { cat "$fresh/download.log" >&2; rm -rf "$fresh"; die "cannot download $name $version: run 'apt-get update' as root"; }
    mv "$fresh"/*.deb "$file"
    rm -rf "$fresh"
  fi
  printf '%s\n' "$file"
}

make_keys() {
  local keys=$CACHE/keys
  [ -e "$keys/known_hosts" ] && return
  rm -rf "$keys.new"
  (umask 077 && mkdir -p "$keys.new")
  ssh-keygen -q -t ed25519 -N '' -C ctys-guest -f "$keys.new/id_ed25519"
  dropbearkey -t ed25519 -f "$keys.new/host_key" >/dev/null 2>&1
  dropbearkey -y -f "$keys.new/host_key" | awk '/^ssh-ed25519/ { print "ctys-guest", $1, $2 }' >"$keys.new/known_hosts"
  mv "$keys.new" "$keys"
}

# Programs with the libraries they need.
copy_program() {
  local root=$1 program=$2 target=$3 library
  install -D -m 755 "$program" "$root$target"
  ! ldd "$program" | grep -q 'not found' || die "$program: $(ldd "$program" | grep 'not found' | head -1 | xargs)"
  for library in $(ldd "$program" | grep -o '/[^ ]*'); do
    [ -e "$root$library" ] || install -D -m 755 "$library" "$root$library"
  done
}

pack() { # ROOT FILE: a cpio archive that depends on nothing but names, modes and content
  (cd "$1" && find . -exec touch -h -d @0 {} + && find . -print0 | LC_ALL=C sort -z |
    cpio --null --create --format=newc --owner=0:0 --reproducible --quiet) >"$2"
}

build_base() { # UNPACKED-KERNEL FOLDER
  local modules root=$2/root
  modules=$(echo "$1"/lib/modules/*/kernel)
  mkdir -p "$root"/{bin,sbin,dev,proc,sys,run,tmp,m,root/.ssh,etc/dropbear,etc/acpi/PWRF,var/log}
  install -m 755 /bin/busybox "$root/bin/busybox"
  ln -s busybox "$root/bin/sh"
  copy_program "$root" "$(command -v dropbear || echo /usr/sbin/dropbear)" /sbin/dropbear
  python3 "$HERE/modules.py" "$modules" "$root/m" early virtio_pci virtio_net
  python3 "$HERE/modules.py" "$modules" "$root/m" late button evdev virtio_blk virtio_console
  install -m 600 "$CACHE/keys/host_key" "$root/etc/dropbear/dropbear_ed25519_host_key"
  install -m 600 "$CACHE/keys/id_ed25519.pub" "$root/root/.ssh/authorized_keys"
  chmod 700 "$root/root" "$root/root/.ssh"
  echo 'root::0:0:root:/root:/bin/sh' >"$root/etc/passwd"
  echo 'root:x:0:' >"$root/etc/group"
  echo /bin/sh >"$root/etc/shells"
  install -m 755 "$HERE/guest-init" "$root/init"
  printf '#!/bin/sh\nexec /bin/busybox poweroff -f\n' >"$root/etc/acpi/PWRF/00000080"
  # What an agent or an administrator calls: at once, there is nothing to shut down in an initramfs.
  printf '#!/bin/sh\ncase " $* " in *" -r "*) exec /bin/busybox reboot -f ;; *) exec /bin/busybox poweroff -f ;; esac\n' \
    >"$root/sbin/shutdown"
  # shellcheck disable=SC2016  # the guest's shell expands this
  printf '#!/bin/sh\ncase $1 in 0) exec /bin/busybox poweroff -f ;; 6) exec /bin/busybox reboot -f ;; esac\necho "$1" >/run/level\n' \
    >"$root/sbin/telinit"
  chmod 755 "$root/etc/acpi/PWRF/00000080" "$root/sbin/shutdown" "$root/sbin/telinit"
  pack "$root" "$2/initrd.img"
}

build_agent() { # FOLDER: the agent as a second archive, which the kernel unpacks over the first
  local package root=$1/agent
  package=$(package_file qemu-guest-agent)
  dpkg-deb -x "$package" "$1/agent-package"
  mkdir -p "$root"
  copy_program "$root" "$1/agent-package/usr/sbin/qemu-ga" /sbin/qemu-ga
  pack "$root" "$1/agent.img"
  cat "$1/agent.img" >>"$1/initrd.img"
  rm -rf "$root" "$1/agent-package" "$1/agent.img"
}

build() {
  local agent=${1:-} kernel package folder fresh
  [ "$(dpkg --print-architecture)" = amd64 ] || die "the guest is built from amd64 packages only"
  { ldd /bin/busybox 2>&1 || true; } | grep -q -e 'not a dynamic' -e 'statically' ||
    die "busybox-static is missing: apt-get install ${PACKAGES[*]}"
  local program
  for program in dropbearkey cpio ssh-keygen python3; do
    command -v "$program" >/dev/null || die "$program is missing: apt-get install ${PACKAGES[*]}"
  done
  mkdir -p "$CACHE"
  exec 9>"$CACHE/lock"
  flock 9
  make_keys
  kernel=$(ask_apt linux-image-cloud-amd64 kernel_of)
  local inputs=("$HERE/guest.sh" "$HERE/guest-init" "$HERE/modules.py" "$CACHE/keys/host_key" "$CACHE/keys/id_ed25519.pub"
    /bin/busybox "$(command -v dropbear || echo /usr/sbin/dropbear)")
  package=$(package_file "$kernel")
  [ -z "$agent" ] || inputs+=("$(package_file qemu-guest-agent)")
  folder=$CACHE/guest${agent:+-agent}-$(cat "${inputs[@]}" <(echo "$package") | sha256sum | cut -c1-16)
  if [ ! -e "$folder/vmlinuz" ]; then
    fresh=$(mktemp -d "$CACHE/new.XXXXXX")
    # shellcheck disable=SC2064  # the name as it is now
    trap "rm -rf '$fresh'" EXIT
    dpkg-deb -x "$package" "$fresh/kernel"
    build_base "$fresh/kernel" "$fresh"
    [ -z "$agent" ] || build_agent "$fresh"
    cp "$CACHE/keys/id_ed25519" "$CACHE/keys/known_hosts" "$fresh"
    cp "$fresh"/kernel/boot/vmlinuz-* "$fresh/vmlinuz"
    rm -rf "$fresh/kernel" "$fresh/root"
    chmod 755 "$fresh"
    chmod 644 "$fresh/vmlinuz" "$fresh/initrd.img"
    rm -rf "$folder"
    mv "$fresh" "$folder"
  fi
  printf '%s\n' "$folder"
}

mac_of() { printf '52:54:00:%s\n' "$(printf '%s' "$1" | sha256sum | sed 's/\(..\)\(..\)\(..\).*/\1:\2:\3/')"; }

xml() {
  local name='' uuid='' mac='' port='' agent='' type=qemu machine=pc memory=192 append='' folder
  while [ $# -gt 0 ]; do
    case $1 in
      --name) name=$2; shift 2 ;;
      --uuid) uuid=$2; shift 2 ;;
      --mac) mac=$2; shift 2 ;;
      --ssh-port) port=$2; shift 2 ;;
      --agent) agent=agent; shift ;;
      --type) type=$2; shift 2 ;;
      --machine) machine=$2; shift 2 ;;
      --memory) memory=$2; shift 2 ;;
      --append) append=$2; shift 2 ;;
      *) die "xml: unknown option $1" ;;
    esac
  done
  [ -n "$name" ] || die "xml: --name is missing"
  folder=$(build $agent)
  mac=${mac:-$(mac_of "$name")}
  local words="console=ttyS0 quiet random.trust_cpu=on mitigations=off tsc=reliable no_timer_check edd=off"
  local bus=pci.0 cpu="<cpu mode='maximum'/>"
  [ "$machine" = pc ] || bus=pcie.0
  [ "$type" = qemu ] || cpu="<cpu mode='host-passthrough'/>"
  cat <<XML
<domain type='$type' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>$name</name>${uuid:+
  <uuid>$uuid</uuid>}
  <memory unit='MiB'>$memory</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='$machine'>hvm</type>
    <kernel>$folder/vmlinuz</kernel>
    <initrd>$folder/initrd.img</initrd>
    <cmdline>$words guest.name=$name${append:+ $append}</cmdline>
  </os>
  <features><acpi/><apic/></features>
  $cpu
  <on_poweroff>destroy</on_poweroff><on_reboot>restart</on_reboot><on_crash>destroy</on_crash>
  <devices>
    <controller type='usb' model='none'/>
    <serial type='pty'><target port='0'/></serial>
    <console type='pty'><target type='serial' port='0'/></console>
    <graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1'/>
    <video><model type='vga' vram='16384' heads='1'/></video>
    <memballoon model='none'/>
XML
  [ -z "$agent" ] || echo "    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>"
  echo '  </devices>'
  # libvirt 9 cannot forward a port to a guest of a user network by itself: the interface is QEMU's.
  [ -z "$port" ] || cat <<XML
  <qemu:commandline>
    <qemu:arg value='-netdev'/><qemu:arg value='user,id=ssh0,hostfwd=tcp:127.0.0.1:$port-:22'/>
    <qemu:arg value='-device'/><qemu:arg value='virtio-net-pci,netdev=ssh0,mac=$mac,romfile=,bus=$bus,addr=0x10'/>
  </qemu:commandline>
XML
  echo '</domain>'
}

guest_ssh() {
  local port=$1
  shift
  [ -e "$CACHE/keys/known_hosts" ] || die "no guest was built yet: run 'guest.sh build'"
  exec ssh -F none -i "$CACHE/keys/id_ed25519" -o IdentitiesOnly=yes -o HostKeyAlias=ctys-guest -o BatchMode=yes \
    -o UserKnownHostsFile="$CACHE/keys/known_hosts" -o StrictHostKeyChecking=yes -o ConnectTimeout=10 \
    -o ServerAliveInterval=5 -o LogLevel=ERROR -p "$port" root@127.0.0.1 "$@"
}

case ${1:-} in
  packages) printf '%s\n' "${PACKAGES[@]}" ;;
  build)
    case ${2:-} in
      '') build ;;
      --agent) build agent ;;
      *) die "build: unknown option $2" ;;
    esac ;;
  xml) shift; xml "$@" ;;
  ssh) shift; [ $# -gt 0 ] || die "ssh: the port is missing"; guest_ssh "$@" ;;
  -h | --help | help) usage ;;
  *) usage >&2; exit 2 ;;
esac
