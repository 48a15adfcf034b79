#!/bin/sh
# Compiles hnswlib's headers, as Debian packages them, for this very machine, outside this repository.
#
#   bench/rivals/build-hnswlib.sh [FOLDER]     default: ${XDG_CACHE_HOME:-~/.cache}/argent/hnswlib-native
#
# Debian's Python module is compiled without AVX, which would flatter us. Needs root for apt-get (compiler, headers).
# Takes some seconds. The last line printed is the folder with the library.
set -eu

target=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/argent/hnswlib-native}
here=$(cd "$(dirname "$0")" && pwd)
if [ -f "$target/libhnsw.so" ] && [ "$target/libhnsw.so" -nt "$here/hnsw.cpp" ]; then
    echo "$target"
    exit 0
fi

if [ ! -f /usr/include/hnswlib/hnswlib.h ] || ! command -v g++ > /dev/null; then
    apt-get update -qq >&2
    apt-get install -y -qq libhnswlib-dev g++ >&2
fi
mkdir -p "$target"
g++ -std=c++17 -O3 -march=native -DNDEBUG -fPIC -shared -pthread -w "$here/hnsw.cpp" -o "$target/libhnsw.so.partial"
mv "$target/libhnsw.so.partial" "$target/libhnsw.so"
echo "$target"
