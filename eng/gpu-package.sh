#!/usr/bin/env bash
# Makes the folder that eng/gpu-check.sh needs on a machine with a GPU and without .NET: one archive of the runtime, of the
# command line and of the tests that run kernels, and the script itself. Refused above 64 MiB.
#   eng/gpu-package.sh OUT
set -euo pipefail

[ $# -eq 1 ] || { echo "usage: gpu-package.sh OUT" >&2; exit 2; }
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
most=$((64 << 20))
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

commit=$(git -C "$root" rev-parse HEAD 2>/dev/null || echo unknown)
[ -z "$(git -C "$root" status --porcelain 2>/dev/null)" ] || commit="$commit, with changes"
printf '%s\n' "$commit" >"$work/commit"

# Framework-dependent, each project in a folder of its own: their dependencies differ.
publish() {
    dotnet publish "$root/$1" -c Release -o "$work/$2" --no-self-contained -v q --nologo
}
publish src/Argent.Cli argent
for tests in Argent.Cuda.Tests Argent.Kernels.Tests Argent.Kernels.Cuda.Tests; do publish "tests/$tests" "tests/$tests"; done
# What measures coverage, for every system that there is.
rm -rf "$work"/tests/*/Microsoft.CodeCoverage
find "$work" \( -name '*.pdb' -o -name '*.xml' \) -delete

# The newest runtime of this machine's .NET, without what only debuggers load.
dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
newest() { find "$1" -mindepth 1 -maxdepth 1 -type d -name '10.*' | sort -V | tail -n 1; }
mkdir -p "$work/runtime"
cp "$dotnet/dotnet" "$work/runtime/"
for part in host/fxr shared/Microsoft.NETCore.App shared/Microsoft.AspNetCore.App; do
    from=$(newest "$dotnet/$part")
    [ -n "$from" ] || { echo "gpu-package.sh: $dotnet/$part has no version 10" >&2; exit 1; }
    mkdir -p "$work/runtime/$part"
    cp -r "$from" "$work/runtime/$part/"
done
find "$work/runtime" \( -name 'libmscordbi.so' -o -name 'libmscordaccore.so' -o -name 'libcoreclrtraceptprovider.so' \) -delete

tar -C "$work" -czf "$out/argent-gpu.tar.gz" commit argent tests runtime
cp "$root/eng/gpu-check.sh" "$out/"
bytes=$(cat "$out/argent-gpu.tar.gz" "$out/gpu-check.sh" | wc -c)
echo "$out: $bytes bytes of $most, commit $commit"
if [ "$bytes" -gt "$most" ]; then
    rm "$out/argent-gpu.tar.gz"
    echo "gpu-package.sh: that is too much to carry; the archive was removed" >&2
    exit 1
fi
