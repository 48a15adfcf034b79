#!/usr/bin/env bash
# Runs everything that needs a GPU, on a machine that has one and no .NET, from what eng/gpu-package.sh made:
#   gpu-check.sh PACKAGE OUT [PART ...]
# Without parts all of them, in this order: doctor, kernels, contracts, driver, rows, memcheck, racecheck, bench-20m, bench-80m.
# Each part ends within ARGENT_PART_SECONDS, 570 if not set. A part whose file OUT/parts/NAME.json exists is left out, so a run
# that was cut short goes on where it stopped; removing the file runs the part again. OUT/report.json and OUT/report.txt hold
# what every part found so far. Ends with 1 where a part failed. ARGENT_BENCH_OPTIONS holds more options of the benchmarks, all
# but --items and --out.
set -euo pipefail

[ $# -ge 2 ] || { sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
all=(doctor kernels contracts driver rows memcheck racecheck bench-20m bench-80m)
package=$(cd "$1" && pwd)
mkdir -p "$2/parts"
out=$(cd "$2" && pwd)
shift 2
wanted=("$@")
[ $# -gt 0 ] || wanted=("${all[@]}")
for part in "${wanted[@]}"; do
    case " ${all[*]} " in *" $part "*) ;; *) echo "gpu-check.sh: no part is called $part; known are ${all[*]}" >&2; exit 2 ;; esac
done

# Unpacked once; a package of another commit is unpacked anew.
home=${ARGENT_GPU_HOME:-${TMPDIR:-/tmp}/argent-gpu}
stamp=$(cksum <"$package/argent-gpu.tar.gz")
if [ "$(cat "$home/stamp" 2>/dev/null)" != "$stamp" ]; then
    rm -rf "$home"
    mkdir -p "$home"
    tar -C "$home" -xzf "$package/argent-gpu.tar.gz"
    printf '%s\n' "$stamp" >"$home/stamp"
fi
commit=$(cat "$home/commit")
export DOTNET_ROOT=$home/runtime DOTNET_CLI_TELEMETRY_OPTOUT=1 ARGENT_CUDA_TESTS=device
export ARGENT_CUDA_CACHE=${ARGENT_CUDA_CACHE:-$home/cache}
dotnet=$home/runtime/dotnet
# No part on one half of the results of another commit.
if [ -f "$out/parts/commit" ] && [ "$(cat "$out/parts/commit")" != "$commit" ]; then
    echo "gpu-check.sh: $out has results of commit $(cat "$out/parts/commit"), and this is $commit; name another folder" >&2
    exit 2
fi
printf '%s\n' "$commit" >"$out/parts/commit"

argent() { "$dotnet" "$home/argent/argent.dll" "$@"; }
suite() { local project=$1; shift; "$dotnet" "$home/tests/$project/$project.dll" -noColor "$@"; }
sanitize() {
    local tool
    tool=$(command -v compute-sanitizer || ls /usr/local/cuda/bin/compute-sanitizer 2>/dev/null) ||
        { echo "compute-sanitizer was not found"; return 77; }
    "$tool" --tool "$1" --error-exitcode 9 --target-processes all \
        "$dotnet" "$home/tests/Argent.Kernels.Tests/Argent.Kernels.Tests.dll" -noColor -namespace 'Argent.Kernels.Tests.Cuda'
}
bench() {
    # shellcheck disable=SC2086
    argent bench gpu --device cuda --out "$out/parts/$1" --items "$2" --quiet ${ARGENT_BENCH_OPTIONS:-}
}

run_part() {
    case $1 in
        doctor) argent doctor --device cuda --port 0 ;;
        # A cache that is empty: every kernel is compiled here and now.
        kernels) ARGENT_CUDA_CACHE=$(mktemp -d) suite Argent.Cuda.Tests -class '*ModulesTests' -class '*GatherRowsTests' ;;
        contracts) suite Argent.Kernels.Cuda.Tests ;;
        driver) suite Argent.Cuda.Tests ;;
        rows) suite Argent.Kernels.Tests -namespace 'Argent.Kernels.Tests.Cuda' ;;
        memcheck | racecheck) sanitize "$1" ;;
        bench-20m) bench "$1" 20000000 ;;
        bench-80m) bench "$1" 80000000 ;;
    esac
}

# A text as a JSON string, without what JSON forbids.
quote() { printf '"%s"' "$(tr -d '\000-\010\013-\037' | sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/\t/ /g' | sed -e ':a' -e 'N' -e '$!ba' -e 's/\n/\\n/g')"; }

# What the machine is, whether or not the product runs there.
machine() { nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2>/dev/null || echo "nvidia-smi was not found"; }

write_report() {
    {
        printf '{\n  "commit": %s,\n  "machine": %s,\n  "parts": [' "$(printf '%s' "$commit" | quote)" "$(machine | quote)"
        local separator=""
        for part in "${all[@]}"; do
            [ -f "$out/parts/$part.json" ] || continue
            printf '%s\n' "$separator"
            cat "$out/parts/$part.json"
            separator=","
        done
        printf '\n  ]\n}\n'
    } >"$out/report.json"
    {
        echo "commit $commit"
        machine
        for part in "${all[@]}"; do
            if [ -f "$out/parts/$part.json" ]; then sed -n 's/^    "line": "\(.*\)",$/\1/p' "$out/parts/$part.json"; else echo "$part: not run"; fi
        done
        for part in "${all[@]}"; do
            [ -f "$out/parts/$part.txt" ] || continue
            printf '\n== %s\n' "$part"
            tail -c 20000 "$out/parts/$part.txt"
        done
    } >"$out/report.txt"
}

export -f argent suite sanitize bench run_part
export dotnet home out
for part in "${wanted[@]}"; do
    if [ -f "$out/parts/$part.json" ]; then echo "$part: was run before"; continue; fi
    started=$SECONDS code=0
    timeout -k 10 "${ARGENT_PART_SECONDS:-570}" bash -c 'set -euo pipefail; run_part "$1"' part "$part" >"$out/parts/$part.txt" 2>&1 || code=$?
    case $code in
        0) outcome=passed ;;
        77) outcome="left out" ;;
        124 | 137) outcome="out of time" ;;
        *) outcome=failed ;;
    esac
    line="$part: $outcome (exit $code) in $((SECONDS - started)) s"
    {
        printf '    {\n    "part": "%s",\n    "outcome": "%s",\n    "exitCode": %d,\n    "seconds": %d,\n' \
            "$part" "$outcome" "$code" $((SECONDS - started))
        printf '    "line": "%s",\n    "log": %s' "$line" "$(tail -c 20000 "$out/parts/$part.txt" | quote)"
        if [ -f "$out/parts/$part/results.json" ]; then printf ',\n    "results": '; cat "$out/parts/$part/results.json"; fi
        printf '\n    }'
    } >"$out/parts/$part.json.new"
    mv "$out/parts/$part.json.new" "$out/parts/$part.json"
    echo "$line"
    write_report
done
write_report
echo "report in $out/report.txt and $out/report.json"
! grep -lqE '"outcome": "(failed|out of time)"' "$out"/parts/*.json
