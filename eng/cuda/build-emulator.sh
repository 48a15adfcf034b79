#!/usr/bin/env bash
# Compiles every kernel for the CPU, with the emulator and the emulated CUDA driver, into OUT/libcuda-emulated.so. The same
# library stands in for cuBLASLt and NVRTC under OUT/libcublasLt-emulated.so and OUT/libnvrtc-emulated.so.
# Only what changed is compiled again. Further sources (kernels of tests) may follow OUT.
set -euo pipefail

[ $# -ge 1 ] || { echo "usage: build-emulator.sh OUT [kernel.cu ...]" >&2; exit 2; }
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
mkdir -p "$1/objects"
out=$(cd "$1" && pwd)
shift
compiler=${CXX:-g++}
command -v "$compiler" >/dev/null || { echo "build-emulator.sh: $compiler was not found" >&2; exit 3; }

# One build at a time in a folder: test projects run beside each other.
exec 9>"$out/lock"
flock 9

# The kernels' float steps are rounded one by one; blocks share no memory that the compiler may reorder by type; thread-local
# memory is reached by descriptors, since the shared variables of all kernels together are large.
flags=(-std=c++17 -O3 -g1 -fPIC -march=x86-64-v3 -fvisibility=hidden -ffp-contract=off -fno-math-errno -fwrapv
    -fno-strict-aliasing -mtls-dialect=gnu2 -pthread -Wall -Wextra -Werror -Wno-unknown-pragmas -Wno-missing-field-initializers -DARGENT_EMULATED
    -I "$root/eng/cuda/emulator" -I "$root/src/Argent.Kernels/Cuda")
# Unaligned accesses call the emulator, and large frames touch each page, so that an overflow meets the guard page.
kernel_flags=(-fsanitize=alignment -fstack-clash-protection -Wno-unused-function)

objects=()
commands=$out/commands
: >"$commands"
compile() {
    local source=$1 object=$out/objects/$2.o kind=$3
    objects+=("$object")
    local newest=$object
    if [ -f "$object" ] && [ -f "$object.d" ] && [ "$object" -nt "${BASH_SOURCE[0]}" ]; then
        # The dependencies that the compiler wrote, one a line; the first line names the object itself.
        newest=$(sed -e 's/^[^:]*://' -e 's/\\$//' "$object.d" | tr -s ' ' '\n' | while read -r file; do
            if [ -n "$file" ] && { [ ! -f "$file" ] || [ "$file" -nt "$object" ]; }; then echo changed; break; fi
        done)
        [ -z "$newest" ] && return
    fi
    local extra=()
    [ "$kind" = kernel ] && extra=("${kernel_flags[@]}")
    printf '%q ' "$compiler" "${flags[@]}" "${extra[@]}" -MMD -MF "$object.d" -x c++ -c "$source" -o "$object" >>"$commands"
    echo >>"$commands"
}

for source in "$root"/eng/cuda/emulator/*.cpp "$root"/eng/cuda/driver/*.cpp "$root"/eng/cuda/libraries/*.cpp; do
    [ -f "$source" ] || continue
    compile "$source" "$(basename "$(dirname "$source")")-$(basename "$source" .cpp)" library
done
while IFS= read -r source; do
    compile "$source" "kernel-$(basename "$source" .cu)" kernel
done < <(find "$root/src/Argent.Kernels" -name '*.cu' | sort)
for source in "$@"; do compile "$source" "extra-$(basename "$source" .cu)" kernel; done

library=$out/libcuda-emulated.so
if [ -s "$commands" ]; then
    xargs -P "${ARGENT_BUILD_JOBS:-2}" -d '\n' -I{} bash -c '{}' <"$commands"
fi
if [ -s "$commands" ] || [ ! -f "$library" ] || [ "$(cat "$out/linked" 2>/dev/null)" != "${objects[*]}" ]; then
    "$compiler" -shared -pthread -Wl,-soname,libcuda-emulated.so -Wl,--no-undefined -o "$library.new" "${objects[@]}"
    mv "$library.new" "$library"
    printf '%s' "${objects[*]}" >"$out/linked"
fi
for name in libcublasLt-emulated.so libnvrtc-emulated.so; do ln -sf libcuda-emulated.so "$out/$name"; done
