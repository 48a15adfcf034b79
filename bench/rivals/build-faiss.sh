#!/bin/sh
# Builds Debian's Faiss source package with AVX2, FMA and the compiler's full optimisation, outside this repository.
#
#   bench/rivals/build-faiss.sh [FOLDER]       default: ${XDG_CACHE_HOME:-~/.cache}/argent/faiss-avx2
#
# Debian's own binary package has neither AVX2 nor FMA and is two to three times slower, which would flatter us.
# Needs root for apt-get (build tools, OpenBLAS, SWIG) and a deb-src line, which it adds when there is none.
# Takes about five minutes on two cores. The last line printed is the folder to put on PYTHONPATH.
set -eu

target=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/argent/faiss-avx2}
if [ -f "$target/faiss/_swigfaiss.so" ]; then
    echo "$target"
    exit 0
fi

log() { echo "build-faiss: $*" >&2; }

add_sources() {
    list=/etc/apt/sources.list.d/debian.sources
    if [ -f "$list" ] && ! grep -rqs '^Types:.*deb-src' /etc/apt/sources.list.d; then
        log "adding source packages to apt"
        sed 's/^Types: deb$/Types: deb-src/' "$list" > /etc/apt/sources.list.d/argent-bench-src.sources
    fi
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
add_sources
apt-get update -qq >&2
apt-get install -y -qq dpkg-dev g++ cmake swig python3-dev python3-numpy libopenblas-dev >&2
cd "$work"
log "fetching Debian's source package"
apt-get source -qq faiss >&2
cd faiss-*/

# The flags are those of Faiss's own AVX2 build. Tests and the GPU half are not needed.
log "compiling"
cmake -S . -B build -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_CXX_FLAGS="-O3 -mavx2 -mfma -mf16c -mpopcnt" -DCMAKE_CXX_FLAGS_RELEASE="-DNDEBUG" \
    -DFAISS_ENABLE_GPU=OFF -DFAISS_ENABLE_PYTHON=ON -DBUILD_TESTING=OFF -DFAISS_OPT_LEVEL=generic \
    -DBLA_VENDOR=OpenBLAS -DPython_EXECUTABLE=/usr/bin/python3 > "$work/cmake.log" 2>&1 || { cat "$work/cmake.log" >&2; exit 1; }
cmake --build build --target swigfaiss -j "$(nproc)" > "$work/make.log" 2>&1 || { tail -50 "$work/make.log" >&2; exit 1; }

mkdir -p "$target/faiss"
cp build/faiss/python/_swigfaiss.so build/faiss/python/swigfaiss.py "$target/faiss/"
cp faiss/python/*.py "$target/faiss/"
for library in build/faiss/libfaiss.so*; do
    [ -e "$library" ] && cp "$library" "$target/faiss/"
done
PYTHONPATH=$target /usr/bin/python3 -c 'import faiss; faiss.IndexFlatIP(8)' >&2
echo "$target"
