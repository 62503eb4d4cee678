#!/usr/bin/env bash
# Builds the fuzz targets as OSS-Fuzz and ClusterFuzzLite want them: programs, seed corpora, options
# and dictionaries in $OUT, working from any folder. .clusterfuzzlite/build.sh and oss-fuzz/build.sh
# call it in their containers, ci/build-fuzzers without.
# usage: fuzz/ossfuzz.sh        with CC CXX CFLAGS CXXFLAGS LIB_FUZZING_ENGINE SANITIZER OUT WORK set
set -euo pipefail
source=$(cd "$(dirname "$0")/.." && pwd)
: "${CC:?}" "${CXX:?}" "${LIB_FUZZING_ENGINE:?}" "${SANITIZER:?}" "${OUT:?}" "${WORK:?}"

# The canary is not among them: it is a bug that is found by design.
targets=(fuzz_accumulator fuzz_parser fuzz_framing fuzz_scenario_text fuzz_profile fuzz_schedule)
# Need the sockets of a real kernel, which MemorySanitizer's libraries do not follow into a fiber.
if [[ ${SANITIZER} != memory ]]; then targets+=(fuzz_schedule_kernel fuzz_kernel_parity); fi

options=()
# Only the server's edges guide the search through schedules. MemorySanitizer must see all that
# writes, and a report on coverage shows the harness, too.
if [[ ${SANITIZER} == address || ${SANITIZER} == undefined ]]; then options+=(-DE3_PLAIN_HARNESS=ON); fi
if [[ ${SANITIZER} == memory ]]; then options+=(-DE3_SANITIZERS=memory); fi

# No build type: the optimisation is the builder's, in CXXFLAGS.
cmake -G Ninja -S "${source}" -B "${WORK}/e3" -DCMAKE_BUILD_TYPE=None -DE3_BUILD_TESTS=OFF \
  -DE3_INSTALL=OFF -DE3_WERROR=OFF -DE3_FUZZING_ENGINE="${LIB_FUZZING_ENGINE}" "${options[@]}"
cmake --build "${WORK}/e3" --target "${targets[@]}"

for target in "${targets[@]}"; do
  cp "${WORK}/e3/bin/${target}" "${source}/fuzz/${target}.options" "${OUT}/"
  # Seeds of the whole server's schedules serve both of its targets.
  seeds=${source}/corpus/${target/fuzz_schedule_kernel/fuzz_schedule}
  rm -f "${OUT}/${target}_seed_corpus.zip"
  (cd "${seeds}" && python3 -m zipfile -c "${OUT}/${target}_seed_corpus.zip" ./*)
done
cp "${source}"/fuzz/*.dict "${OUT}/"
