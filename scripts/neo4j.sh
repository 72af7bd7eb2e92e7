#!/usr/bin/env bash
# A Neo4j server for tests and trials, run from its published Maven artifact: no container, no system service.
#
#   scripts/neo4j.sh install DIR        resolve the jars into DIR/lib; a no-op when they are complete
#   scripts/neo4j.sh warm DIR           optional: write a class archive beside the jars, which halves the start
#   scripts/neo4j.sh start DIR [PORT]   start on 127.0.0.1:PORT (7687), wait for Bolt, print the URI on standard output
#   scripts/neo4j.sh stop DIR           checkpoint and end
#
# DIR holds one server: its data in DIR/server (remove that for an empty store), its process id in DIR/neo4j.pid.
# Sign-in is off unless NEO4J_PASSWORD is set (8 characters or more; user neo4j; taken by the first start of an empty store).
#   NEO4J_LIB         folder of jars that several DIRs share instead of DIR/lib
#   NEO4J_VERSION     5.26.30
#   NEO4J_HEAP        512m
#   NEO4J_PAGECACHE   256m
#   NEO4J_JVM         more JVM options; unset: -XX:TieredStopAtLevel=1, best for a server that lives minutes
# Neo4j Community is under the GPL: it runs as a process of its own and is no part of what the project ships.
set -euo pipefail

VERSION=${NEO4J_VERSION:-5.26.30}

log() { printf 'neo4j: %s\n' "$*" >&2; }
fail() { log "$*"; exit 1; }
usage() { sed -n '4,7s/^# *//p' "$0" >&2; exit 64; }

# The class path in one fixed order, since a class archive is valid for exactly one.
class_path() { printf '%s\n' "$LIB"/*.jar | LC_ALL=C sort | paste -sd: -; }

require_jars() { [ -s "$LIB/.version" ] || fail "no jars in $LIB: run '$0 install' first"; }

# Prints the id of this DIR's server if it lives. An id alone could by now be another process's.
server_pid() {
  local pid
  pid=$(cat "$PID_FILE" 2>/dev/null) && [ -n "$pid" ] && [ -r "/proc/$pid/cmdline" ] || return 1
  tr '\0' '\n' <"/proc/$pid/cmdline" 2>/dev/null | grep -qxF -- "--home-dir=$SERVER" || return 1
  echo "$pid"
}

configured_port() { sed -n 's/^server\.bolt\.listen_address=.*://p' "$CONF" 2>/dev/null; }

# True once the server answers a Bolt handshake: an open port comes earlier and means nothing.
answers_bolt() {
  local version
  version=$(timeout 3 bash -c '
    exec 3<>"/dev/tcp/127.0.0.1/$0" || exit 1
    printf "\x60\x60\xb0\x17\0\x08\x08\x05\0\0\x04\x04\0\0\0\0\0\0\0\0" >&3
    head -c 4 <&3 | od -An -tx1 | tr -d " \n"' "$1" 2>/dev/null) || return 1
  [ -n "$version" ] && [ "$version" != 00000000 ]
}

await_bolt() { # PORT SECONDS
  local deadline=$((SECONDS + $2))
  until answers_bolt "$1"; do
    if ! server_pid >/dev/null; then
      tail -n 20 "$SERVER/logs/console.log" >&2 2>/dev/null || true
      fail "the server ended before it answered"
    fi
    [ "$SECONDS" -lt "$deadline" ] || fail "no answer on port $1 within $2 s; see $SERVER/logs"
    sleep 0.2
  done
}

install_tools() {
  local packages=()
  command -v java >/dev/null || packages+=(openjdk-17-jre-headless)
  command -v mvn >/dev/null || packages+=(maven)
  [ ${#packages[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null || fail "needs Java 17 or 21, and Maven; install them first"
  log "installing ${packages[*]}"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}"; } >&2
}

install_jars() {
  if [ "$(cat "$LIB/.version" 2>/dev/null)" = "$VERSION" ]; then
    log "$VERSION is there already, in $LIB"
    return
  fi
  install_tools
  mkdir -p "$(dirname "$LIB")"
  WORK=$(mktemp -d "$(dirname "$LIB")/neo4j-install.XXXXXX")
  trap 'rm -rf "$WORK"' EXIT
  cat >"$WORK/pom.xml" <<POM
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>fleet</groupId>
  <artifactId>neo4j-server</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>$VERSION</version></dependency>
  </dependencies>
</project>
POM
  mvn -B -q -ntp -f "$WORK/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:2.8:copy-dependencies \
    -DincludeScope=runtime -DincludeTypes=jar -DoutputDirectory="$WORK/lib" >"$WORK/maven.log" 2>&1 ||
    { grep -m 5 ERROR "$WORK/maven.log" >&2 || true; fail "Maven could not resolve org.neo4j:neo4j:$VERSION"; }
  [ -s "$WORK/lib/neo4j-$VERSION.jar" ] || fail "Maven brought no neo4j-$VERSION.jar"
  # The version is written last and the folder moved as one, so that a broken install never looks complete.
  echo "$VERSION" >"$WORK/lib/.version"
  rm -rf "$LIB"
  mv "$WORK/lib" "$LIB"
  log "$VERSION installed in $LIB"
}

write_configuration() { # PORT
  local sign_in=false
  [ -z "${NEO4J_PASSWORD:-}" ] || sign_in=true
  mkdir -p "$SERVER/conf" "$SERVER/logs"
  # A checkpoint every minute keeps the recovery after a crash short; the internal settings keep the stop at about 2 s.
  cat >"$CONF" <<SETTINGS
server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:$1
server.http.enabled=false
server.https.enabled=false
server.memory.pagecache.size=${NEO4J_PAGECACHE:-256m}
dbms.security.auth_enabled=$sign_in
dbms.security.allow_csv_import_from_file_urls=false
dbms.usage_report.enabled=false
db.checkpoint.interval.time=60s
db.tx_log.rotation.size=32m
db.tx_log.rotation.retention_policy=64M size
internal.dbms.bolt.netty_server_shutdown_quiet_period=0
internal.server.bolt.connection_shutdown_wait_time=1s
internal.server.bolt.thread_pool_shutdown_wait_time=1s
SETTINGS
}

set_first_password() {
  [ -n "${NEO4J_PASSWORD:-}" ] && [ ! -d "$SERVER/data/databases/system" ] || return 0
  NEO4J_HOME=$SERVER NEO4J_CONF=$SERVER/conf java -XX:TieredStopAtLevel=1 -cp "$(class_path)" \
    org.neo4j.cli.AdminTool dbms set-initial-password "$NEO4J_PASSWORD" >"$SERVER/logs/password.log" 2>&1 ||
    fail "the password was not accepted; see $SERVER/logs/password.log"
}

launch() { # more JVM options
  local heap=${NEO4J_HEAP:-512m} pid
  # shellcheck disable=SC2086 # NEO4J_JVM is a list of options
  setsid nohup java -Xms"$heap" -Xmx"$heap" -XX:+UseG1GC -XX:+ExitOnOutOfMemoryError -Dfile.encoding=UTF-8 \
    --add-opens=java.base/java.nio=ALL-UNNAMED --add-opens=java.base/java.io=ALL-UNNAMED \
    --add-opens=java.base/sun.nio.ch=ALL-UNNAMED -Dio.netty.tryReflectionSetAccessible=true \
    "$@" ${NEO4J_JVM--XX:TieredStopAtLevel=1} -cp "$(class_path)" \
    org.neo4j.server.CommunityEntryPoint "--home-dir=$SERVER" "--config-dir=$SERVER/conf" \
    </dev/null >"$SERVER/logs/console.log" 2>&1 &
  pid=$!
  echo "$pid" >"$PID_FILE"
  disown "$pid"
  # Until the shell has become java, the process does not carry the server's name yet.
  for _ in $(seq 100); do
    if server_pid >/dev/null || [ ! -d "/proc/$pid" ]; then return; fi
    sleep 0.05
  done
}

start() { # PORT
  require_jars
  command -v java >/dev/null || fail "needs Java 17 or 21: run '$0 install' first"
  if server_pid >/dev/null; then
    [ "$(configured_port)" = "$1" ] || fail "already running on port $(configured_port)"
  else
    if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then fail "port $1 is in use"; fi
    write_configuration "$1"
    set_first_password
    if [ -s "$ARCHIVE" ]; then launch -XX:SharedArchiveFile="$ARCHIVE" -Xlog:cds=off -Xlog:class+path=off; else launch; fi
  fi
  # Long, since after a kill -9 the start replays the log from the last checkpoint.
  await_bolt "$1" 300
  echo "bolt://127.0.0.1:$1"
}

stop() {
  local pid deadline=$((SECONDS + 60))
  if pid=$(server_pid); then
    kill -TERM "$pid"
    while server_pid >/dev/null; do
      if [ "$SECONDS" -ge "$deadline" ]; then
        log "did not end within 60 s: killed"
        kill -KILL "$pid" 2>/dev/null || true
        break
      fi
      sleep 0.1
    done
  fi
  rm -f "$PID_FILE"
}

# One start and stop of a server that nobody uses, which writes down the classes that it loaded.
warm() {
  require_jars
  if [ -s "$ARCHIVE" ]; then
    log "the class archive is there already"
    return
  fi
  WORK=$(mktemp -d "$DIR/neo4j-warm.XXXXXX")
  trap 'stop; rm -rf "$WORK"' EXIT
  point_at "$WORK"
  local port=$((20000 + RANDOM % 10000))
  write_configuration "$port"
  launch -XX:ArchiveClassesAtExit="$WORK/neo4j.jsa" -Xlog:cds=off -Xlog:cds+dynamic=off
  await_bolt "$port" 180
  stop
  [ -s "$WORK/neo4j.jsa" ] || fail "no class archive was written"
  mv -f "$WORK/neo4j.jsa" "$ARCHIVE"
}

point_at() { # FOLDER
  SERVER=$1/server
  CONF=$SERVER/conf/neo4j.conf
  PID_FILE=$1/neo4j.pid
}

[ $# -ge 2 ] || usage
mkdir -p "$2"
DIR=$(cd "$2" && pwd)
LIB=${NEO4J_LIB:-$DIR/lib}
ARCHIVE=$LIB/neo4j.jsa
point_at "$DIR"

case $1 in
  install) install_jars ;;
  warm) warm ;;
  start) start "${3:-7687}" ;;
  stop) stop ;;
  *) usage ;;
esac
