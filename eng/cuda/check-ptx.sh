#!/usr/bin/env bash
# Compiles every kernel to PTX for sm_80 and sm_90 with clang, without a CUDA SDK, into OUT. Writes OUT/entries.txt (kernel,
# bytes of its parameters, file), which a test compares with the C# side, and fails when a kernel needs an instruction that
# eng/cuda/mnemonics.txt does not list. Nothing here runs on a GPU: it shows that the text lowers, not that it is right.
set -euo pipefail

[ $# -ge 1 ] || { echo "usage: check-ptx.sh OUT [kernel.cu ...]" >&2; exit 2; }
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
shift
clang=${ARGENT_CLANG:-clang-19}
command -v "$clang" >/dev/null || { echo "check-ptx.sh: $clang was not found" >&2; exit 3; }

# PTX 7.8 is the first that knows sm_90; drivers from 11.8 on read it.
flags=(-x cuda --cuda-device-only -nocudainc -nocudalib -std=c++17 -O3 -ffp-contract=off -Wall -Wextra -Werror
    -Wno-unused-function -Xclang -target-feature -Xclang +ptx78 -S
    -I "$root/eng/cuda/clang" -I "$root/src/Argent.Kernels/Cuda")

if [ $# -gt 0 ]; then
    sources=("$@")
else
    mapfile -t sources < <(find "$root/src/Argent.Kernels" -name '*.cu' | sort)
fi
# The emulator's own kernels use every wrapper of the prelude.
selftest=$root/eng/cuda/emulator/self-test.cu
[ ${#sources[@]} -gt 0 ] || { echo "check-ptx.sh: no kernels" >&2; exit 1; }
rm -f "$out"/*.ptx
for source in "${sources[@]}" "$selftest"; do
    for architecture in sm_80 sm_90; do
        printf '%q ' "$clang" "${flags[@]}" --cuda-gpu-arch=$architecture "$source" \
            -o "$out/$(basename "$source" .cu).$architecture.ptx"
        echo
    done
done | xargs -P "${ARGENT_BUILD_JOBS:-2}" -d '\n' -I{} bash -c '{}'

# Functions that nobody defines would fail only when the driver links the module.
if grep -Hn '^\.extern \.func' "$out"/*.ptx; then
    echo "check-ptx.sh: a kernel calls a function that does not exist on a device" >&2
    exit 1
fi

# Entry names and the bytes of their parameters, from ".entry name(" and the ".param" lines that follow it.
for source in "${sources[@]}"; do
    awk -v file="$(basename "$source")" '
        /\.entry/ { match($0, /\.entry [A-Za-z0-9_$]+/); name = substr($0, RSTART + 7, RLENGTH - 7); bytes = 0; inside = 1 }
        inside && /\.param/ {
            if (match($0, /\.b8 [A-Za-z0-9_$]+\[[0-9]+\]/)) {
                text = substr($0, RSTART, RLENGTH); sub(/.*\[/, "", text); bytes += text + 0
            } else if (match($0, /\.[busf][0-9]+ /)) bytes += substr($0, RSTART + 2, RLENGTH - 3) / 8
        }
        inside && /^\{|\)$/ && name != "" { if ($0 ~ /\)/) { print name, bytes, file; inside = 0; name = "" } }
    ' "$out/$(basename "$source" .cu).sm_90.ptx"
done | sort >"$out/entries.txt"
[ -s "$out/entries.txt" ] || { echo "check-ptx.sh: no entries" >&2; exit 1; }

# Static shared memory of a kernel: what no launch can ask for more than. clang writes it as _ZZ<length><kernel>E<variable>[bytes].
too_large=$(sed -nE 's/^\s*\.shared .*_ZZ[0-9]+([A-Za-z0-9_]+)E[A-Za-z0-9_]+\[([0-9]+)\];/\1 \2/p' "$out"/*.sm_90.ptx |
    awk '{ bytes[$1] += $2 } END { for (name in bytes) if (bytes[name] > 49152) print name, bytes[name] }')
if [ -n "$too_large" ]; then
    echo "check-ptx.sh: more than 49152 bytes of static shared memory (use ARGENT_DYNAMIC_SHARED): $too_large" >&2
    exit 1
fi

# Instructions with their modifiers, without labels, predicates and directives.
sed -E 's/^[[:space:]]*(\{[[:space:]]*)?(@!?%p[0-9]+[[:space:]]+)?//' "$out"/*.ptx |
    grep -oE '^[a-z][a-z0-9_]*(\.[A-Za-z0-9_:]+)*[[:space:];]' | tr -d ' \t;' | sort -u >"$out/mnemonics.txt"
unknown=$(comm -23 "$out/mnemonics.txt" <(grep -v '^#' "$root/eng/cuda/mnemonics.txt" | awk 'NF { print $1 }' | sort -u))
if [ -n "$unknown" ]; then
    echo "check-ptx.sh: instructions that eng/cuda/mnemonics.txt does not list (add them as 'unproven'):" >&2
    echo "$unknown" >&2
    exit 1
fi
echo "$(wc -l <"$out/entries.txt") kernels in ${#sources[@]} files lower to PTX for sm_80 and sm_90"
