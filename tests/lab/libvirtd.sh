#!/bin/bash
# A private libvirtd without systemd: own configuration, own domains, own sockets, everything below one folder.
# SPDX-License-Identifier: GPL-3.0-or-later
set -euo pipefail

usage() {
  cat <<'USAGE'
Usage (as root; DIR is a short path, sockets have room for 107 characters):
  libvirtd.sh packages          the Debian packages it needs, one a line
  libvirtd.sh start DIR [--net] starts libvirtd in a mount namespace of its own, and with --net in a network namespace,
                                waits until it answers, prints its URI; makes the user libvirt-qemu when there is none
  libvirtd.sh exec DIR COMMAND  runs a command where qemu:///system is that libvirtd
  libvirtd.sh pid DIR           the process id of libvirtd
  libvirtd.sh stop DIR          ends its guests, then libvirtd; DIR is left to the caller
USAGE
}
die() { printf 'libvirtd.sh: %s\n' "$*" >&2; exit 1; }

# libvirtd resolves the name even when the configuration says root.
make_user() {
  getent group kvm >/dev/null || groupadd --system kvm
  getent group libvirt-qemu >/dev/null || groupadd --system libvirt-qemu
  getent passwd libvirt-qemu >/dev/null ||
    useradd --system -g kvm -G libvirt-qemu -d /var/lib/libvirt -s /usr/sbin/nologin libvirt-qemu
}

configure() {
  # Displays of its own: another libvirtd that looks for a free port at the same moment would find the same one.
  local displays=$((6000 + $$ % 250 * 100))
  mkdir -p "$DIR"/{etc/libvirt/qemu,lib/libvirt/qemu,lib/libvirt/images,log/libvirt/qemu,cache/libvirt,run/libvirt}
  chmod 755 "$DIR" "$DIR/run" "$DIR/run/libvirt"
  cat >"$DIR/etc/libvirt/qemu.conf" <<CONF
user = "root"
group = "root"
dynamic_ownership = 0
remember_owner = 0
security_driver = "none"
security_default_confined = 0
namespaces = [ ]
cgroup_controllers = [ ]
stdio_handler = "file"
vnc_listen = "127.0.0.1"
remote_display_port_min = $displays
remote_display_port_max = $((displays + 99))
CONF
  cat >"$DIR/etc/libvirt/libvirtd.conf" <<CONF
auth_unix_rw = "none"
auth_unix_ro = "none"
unix_sock_group = "root"
unix_sock_rw_perms = "0770"
log_outputs = "2:file:$DIR/libvirtd.log"
host_uuid = "$(cat /proc/sys/kernel/random/uuid)"
CONF
}

alive() { [ -e "$DIR/pid" ] && kill -0 "$(cat "$DIR/pid")" 2>/dev/null; }

start() {
  local net=() tries
  case ${1:-} in '') ;; --net) net=(--net) ;; *) die "start: unknown option $1" ;; esac
  [ "$(id -u)" = 0 ] || die "start: only root may"
  command -v libvirtd >/dev/null || PATH=$PATH:/usr/sbin
  command -v libvirtd >/dev/null || die "libvirtd is missing: apt-get install libvirt-daemon libvirt-daemon-driver-qemu"
  ! alive || die "start: one is running in $DIR"
  make_user
  mkdir -p "$DIR"
  DIR=$(cd "$DIR" && pwd)
  [ ${#DIR} -le 60 ] || die "start: $DIR is too long for a socket"
  configure
  # shellcheck disable=SC2016  # the inner shell expands these
  setsid unshare --mount "${net[@]}" --propagation private bash -c '
    for pair in etc:/etc lib:/var/lib log:/var/log cache:/var/cache run:/run; do
      mkdir -p "${pair#*:}/libvirt"
      mount --bind "$1/${pair%%:*}/libvirt" "${pair#*:}/libvirt" || exit
    done
    ip link set lo up
    exec libvirtd -f /etc/libvirt/libvirtd.conf -p /run/libvirt/libvirtd.pid' _ "$DIR" </dev/null >"$DIR/out.log" 2>&1 9>&- &
  echo $! >"$DIR/pid"
  URI="qemu+unix:///system?socket=$DIR/run/libvirt/libvirt-sock"
  for ((tries = 0; tries < 600; tries++)); do
    if [ -S "$DIR/run/libvirt/libvirt-sock" ] && virsh -q -c "$URI" version >/dev/null 2>&1; then
      echo "$URI"
      return
    fi
    alive || break
    sleep 0.1
  done
  tail -n 5 "$DIR/out.log" "$DIR/libvirtd.log" >&2 || true
  die "start: libvirtd does not answer"
}

end_process() { # PID: asks, then insists
  local tries
  kill "$1" 2>/dev/null || return 0
  kill -CONT "$1" 2>/dev/null || true
  for ((tries = 0; tries < 100; tries++)); do
    kill -0 "$1" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -9 "$1" 2>/dev/null || true
}

stop() {
  local file
  for file in "$DIR"/run/libvirt/qemu/*.pid; do
    [ ! -e "$file" ] || end_process "$(cat "$file")"
  done
  ! alive || end_process "$(cat "$DIR/pid")"
  rm -f "$DIR/pid"
}

command=${1:-}
DIR=${2:-}
case $command in
  packages) printf '%s\n' qemu-system-x86 seabios libvirt-daemon libvirt-daemon-driver-qemu libvirt-clients iproute2 ;;
  -h | --help | help) usage ;;
  start | exec | pid | stop)
    [ -n "$DIR" ] || die "$command: the folder is missing"
    shift 2
    case $command in
      start) start "$@" ;;
      exec) exec nsenter --target "$(cat "$DIR/pid")" --mount --net -- "$@" ;;
      pid) cat "$DIR/pid" ;;
      stop) stop ;;
    esac ;;
  *) usage >&2; exit 2 ;;
esac
