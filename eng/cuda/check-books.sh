#!/usr/bin/env bash
# Answers of a books model on the emulated device beside those of the processor: they must be the same, bit for bit.
# usage: check-books.sh MODELS [REQUESTS.jsonl]
set -euo pipefail

[ $# -ge 1 ] || { echo "usage: check-books.sh MODELS [REQUESTS.jsonl]" >&2; exit 2; }
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
models=$1
requests=${2:-$root/samples/books/requests.jsonl}
emulated=$root/artifacts/cuda-emulated
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$root/eng/cuda/build-emulator.sh" "$emulated"
ask() { "$root/argent" query --model "$models" --requests "$requests" --out "$work/$1.jsonl" --batch 8 --quiet "${@:2}"; }
# What a request took is its own each time.
answers() { sed -E 's/,"timingUs":\{[^}]*\}//' "$work/$1.jsonl"; }

ask cpu
export ARGENT_CUDA_LIBRARY=$emulated/libcuda-emulated.so ARGENT_NVRTC_LIBRARY=$emulated/libnvrtc-emulated.so
export ARGENT_CUBLASLT_LIBRARY=$emulated/libcublasLt-emulated.so ARGENT_CUDA_CACHE=$work/cache
for lanes in forward reverse random:7; do
    ARGENT_EMULATED_LANES=$lanes ask device --device cuda
    cmp <(answers cpu) <(answers device) || { echo "check-books.sh: the answers differ with lanes in the order '$lanes'" >&2; exit 1; }
    echo "$(wc -l <"$requests") answers are the processor's with lanes in the order '$lanes'"
done
