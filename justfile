# Commands of this repository. Needs just 1.x; `just` alone lists them.

set positional-arguments

export FLX_DATA_DIR := env("FLX_DATA_DIR", "./flx-data")
target := env("CARGO_TARGET_DIR", justfile_directory() / "target")
export FLX_TEST_PYTHON := target / "tools" / "python" / "bin" / "python"
cargo_deny_version := "0.20"
cargo_fuzz_version := "0.13"

# Shell: whether this machine can build the hand-written SIMD of the AV1 encoder and decoder. On
# x86 that takes nasm 2.15 or later; on ARM the C compiler does it; elsewhere there is none.
can_build_asm := '''
can_build_asm() {
    case "$(uname -m)" in
        aarch64 | arm64) return 0 ;;
        x86_64 | amd64) ;;
        *) return 1 ;;
    esac
    nasm -v 2>/dev/null | awk '
        /^NASM version/ { split($3, v, "."); found = v[1] > 2 || (v[1] == 2 && v[2] + 0 >= 15) }
        END { exit !found }'
}
'''

# Shell: whether it can build libaom and jpegli as well, which stand in for rav1e and mozjpeg. That
# takes cmake 3.16 or later and a C++ compiler besides.
can_build_engines := can_build_asm + '''
can_build_engines() {
    can_build_asm && command -v c++ >/dev/null || return 1
    cmake --version 2>/dev/null | awk '
        /^cmake version/ { split($3, v, "."); found = v[1] > 3 || (v[1] == 3 && v[2] + 0 >= 16) }
        END { exit !found }'
}

# The fastest engines this machine can build, as a flag for cargo: engines [PACKAGE/]
engines() {
    if can_build_engines; then
        echo "--features ${1:-}engines"
    elif can_build_asm; then
        echo "--features ${1:-}asm"
    fi
}
'''

# Shell: installs Debian packages where this machine lets it; says nothing of what it cannot.
# need PROGRAM PACKAGE notes a package whose program is missing, install_needed installs them.
debian_packages := '''
needed=
need() { command -v "$1" >/dev/null || needed="$needed $2"; }
install_needed() {
    [ -n "$needed" ] && command -v apt-get >/dev/null || return 0
    as_root=
    if [ "$(id -u)" != 0 ]; then as_root="sudo -n"; fi
    install() {
        $as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install --yes --no-install-recommends $needed >&2
    }
    install || { $as_root apt-get update >&2 && install; } || true
}
'''

# Shell: FLX_CORPUS may be relative to the folder that just was called from.
find_corpus := '''
if [ -n "${FLX_CORPUS:-}" ]; then
    FLX_CORPUS=$(cd ''' + quote(invocation_directory()) + ''' && cd "$FLX_CORPUS" && pwd)
    export FLX_CORPUS
fi
'''

# Shell: runs experiments in their long form against the release programs, one after the other,
# and shows what they print.
long_form := can_build_engines + '''
long_form() {
    FLX_CHAOS=long \
    FLX_TEST_SERVER=''' + quote(target / "release" / "flx-server") + ''' \
    FLX_TEST_ADMIN=''' + quote(target / "release" / "flx-admin") + ''' \
        cargo test --locked --package flx-tests --test it $(engines flx-core/) \
        -- --nocapture --test-threads 1 "$1"
}
'''

# Shell: runs a program of flx-benches.
measuring := can_build_engines + find_corpus + '''
features=$(engines)
measure() {
    name=$1
    shift
    cargo run --quiet --release --locked --package flx-benches $features --bin "$name" -- "$@"
}
'''

# Lists the commands
[private]
default:
    @{{ quote(just_executable()) }} --justfile {{ quote(justfile()) }} --list

# Installs the Debian packages that make the build faster at run time; never needed for a portable one
setup:
    #!/bin/sh
    set -eu
    {{ can_build_engines }}
    say() { printf '%s\n' "just setup: $*" >&2; }
    if ! command -v cc >/dev/null; then
        say "there is no C compiler; install one, on Debian: apt-get install gcc libc6-dev make"
        exit 1
    fi
    if can_build_engines; then exit 0; fi
    wanted=cmake
    case "$(uname -m)" in
        x86_64 | amd64) wanted="$wanted nasm" ;;
        aarch64 | arm64) ;;
        *) exit 0 ;;
    esac
    command -v c++ >/dev/null || wanted="$wanted g++"
    portable="until then the build takes portable engines (AVIF slower, JPEG larger)"
    if ! command -v apt-get >/dev/null; then
        say "install nasm 2.15, cmake 3.16 and a C++ compiler for the fastest engines; $portable"
        exit 0
    fi
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        as_root=sudo
    else
        say "for the fastest engines run: sudo apt-get install $wanted; $portable"
        exit 0
    fi
    install() {
        $as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install --yes --no-install-recommends $wanted >&2
    }
    say "installing $wanted"
    install || { $as_root apt-get update >&2 && install; } || true
    can_build_engines || say "$wanted could not be installed, or too old a version; $portable"

# Builds flx-server and flx-admin for release, with the fastest engines this machine can build
build: setup
    #!/bin/sh
    set -eu
    {{ can_build_engines }}
    cargo build --release --locked --package flx-server --package flx-admin $(engines flx-server/)

# Builds and runs the server with a demo account; the data folder is ./flx-data
[no-exit-message]
demo *ARGS: build
    @exec {{ quote(target / "release" / "flx-server") }} --demo "$@"

# Runs flx-admin on the same data folder: just admin roll-key --email demo@localhost --yes
[no-exit-message]
admin *ARGS:
    #!/bin/sh
    set -eu
    admin={{ quote(target / "release" / "flx-admin") }}
    [ -x "$admin" ] || {{ quote(just_executable()) }} --justfile {{ quote(justfile()) }} build
    exec "$admin" "$@"

# Everything that must hold before a change goes in
test: test-style test-code test-features test-embedding test-dependencies test-fuzz

# Formatting and lints
test-style: _components
    cargo fmt --all --check
    # The fuzz targets' lock file follows by hand, and every command that reads it comes much later.
    cargo metadata --locked --format-version 1 --manifest-path tests/fuzz/Cargo.toml >/dev/null
    cargo clippy --workspace --all-targets --locked -- --deny warnings

# Unit tests, documentation examples, and the real binaries end to end; the codec with portable engines too
test-code: _tools
    #!/bin/sh
    set -eu
    {{ can_build_engines }}
    features=$(engines flx-server/)
    # What CI says of a change is about the change, not about luck.
    if [ -n "${CI:-}" ]; then export PROPTEST_RNG_SEED=1; fi
    cargo build --workspace --locked $features
    cargo test --workspace --locked --no-fail-fast $features
    if [ -z "$features" ]; then exit 0; fi
    cargo test --package flx-core --locked --no-fail-fast
    # What the portable engines write, in the programs of others.
    cp {{ quote(target / "debug" / "examples" / "compress_file") }} {{ quote(target / "debug" / "compress_file-portable") }}
    FLX_TEST_PORTABLE={{ quote(target / "debug" / "compress_file-portable") }} \
        cargo test --workspace --locked $features --test it -- readers::everybody

# The end-to-end tests alone: just test-e2e [FILTER]
test-e2e *FILTER: _tools
    #!/bin/sh
    set -eu
    {{ can_build_engines }}
    cargo build --locked --package flx-server --package flx-admin $(engines flx-server/)
    cargo test --locked --package flx-tests --test it $(engines flx-core/) -- "$@"

# Every cargo feature of flx-core alone, and none
test-features: _components
    #!/bin/sh
    set -eu
    {{ can_build_engines }}
    check() {
        printf 'flx-core with features: %s\n' "${1:-none}"
        cargo clippy --quiet --locked --package flx-core --lib --no-default-features \
            --features "$1" -- --deny warnings --allow dead_code
    }
    check ""
    for feature in jpeg png webp avif gif bmp tiff serde; do check "$feature"; done
    if can_build_asm; then check avif,asm; fi
    if can_build_engines; then
        for feature in avif-aom jpeg-jpegli engines; do check "$feature"; done
    fi

# flx-core from a new crate outside the workspace, as `cargo add` gives it, with nothing but cargo and a C compiler
test-embedding:
    #!/bin/sh
    set -eu
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    cargo new --quiet --vcs none --name embedding "$folder/embedding"
    cd "$folder/embedding"
    cargo add --quiet --path {{ quote(justfile_directory() / "crates" / "flx-core") }}
    cp {{ quote(justfile_directory() / "crates" / "flx-core" / "examples" / "compress_file.rs") }} src/main.rs
    export CARGO_TARGET_DIR={{ quote(target / "embedding") }}
    # What the portable engines must not need is out of reach.
    for tool in nasm cmake c++ g++; do
        printf '#!/bin/sh\necho "flx-core asked for %s" >&2\nexit 1\n' "$tool" >"$folder/$tool"
        chmod +x "$folder/$tool"
    done
    PATH="$folder:$PATH" cargo build --quiet
    # A grey BMP of 8 × 8 px: two headers, then samples.
    {
        printf 'BM\366\0\0\0\0\0\0\0\066\0\0\0'
        printf '\050\0\0\0\010\0\0\0\010\0\0\0\001\0\030\0\0\0\0\0\300\0\0\0'
        head -c 16 /dev/zero
        head -c 192 /dev/zero | tr '\0' '\200'
    } >"$folder/grey.bmp"
    for format in webp avif jpg png; do
        "$CARGO_TARGET_DIR/debug/embedding" "$folder/grey.bmp" "$folder/smaller.$format"
        test -s "$folder/smaller.$format"
    done

# Licences, sources, and which crate may depend on which; advisories where their database is reachable
test-dependencies: _cargo-deny
    #!/bin/sh
    set -eu
    PATH={{ quote(target / "tools" / "bin") }}:$PATH
    if ! command -v cargo-deny >/dev/null; then
        echo "NOT CHECKED: licences, bans, sources and advisories, as cargo-deny could not be installed" >&2
        [ -z "${CI:-}" ]
        exit
    fi
    # The fuzz targets are a workspace of their own, with a lock file of its own.
    deny() {
        cargo deny --locked check "$@"
        cargo deny --locked --manifest-path tests/fuzz/Cargo.toml --config deny.toml check "$@"
    }
    deny bans licenses sources
    if cargo deny fetch db >/dev/null 2>&1; then
        deny advisories
    else
        echo "NOT CHECKED: advisories, as their database cannot be reached" >&2
    fi

# Every fuzz target for twenty seconds; in CI one that finds something, or cannot run, fails
test-fuzz: (fuzz "all" "20")

# Fuzzes what reads bytes of strangers: just fuzz [TARGET [SECONDS]]; findings lie in target/fuzz-artifacts
fuzz TARGET="all" SECONDS="60": _cargo-fuzz
    #!/bin/sh
    set -eu
    {{ can_build_engines }}
    export PATH={{ quote(target / "tools" / "bin") }}:$PATH
    if ! command -v cargo-fuzz >/dev/null; then
        echo "NOT CHECKED: fuzz targets, as cargo-fuzz could not be installed" >&2
        [ -z "${CI:-}" ]
        exit
    fi
    # Instrumentation is for nightly toolchains; this lets a stable one have it.
    export RUSTC_BOOTSTRAP=1
    export LSAN_OPTIONS=suppressions={{ quote(justfile_directory() / "tests" / "fuzz" / "leaks.txt") }}:print_suppressions=0
    seeds={{ quote(target / "fuzz-seeds") }}
    found={{ quote(target / "fuzz-artifacts") }}
    known={{ quote(target / "fuzz-corpus") }}
    targets="$1"
    if [ "$1" = all ]; then targets=$(cargo fuzz list --fuzz-dir tests/fuzz); fi
    rm -rf "$seeds"
    cargo run --quiet --locked --package flx-tests --example fuzz_seeds $(engines flx-core/) -- "$seeds"
    cargo fuzz build --fuzz-dir tests/fuzz --target-dir {{ quote(target / "fuzz") }} --release \
        $([ "$1" = all ] || echo "$1")
    programs={{ quote(target / "fuzz") }}/$(rustc --version --verbose | sed -n 's/^host: //p')/release
    # Two at a time: each has one thread, and most machines have two cores.
    run() {
        mkdir -p "$known/$1" "$found/$1"
        if "$programs/$1" "$known/$1" "$seeds/$1" -max_total_time="$2" -timeout=60 \
            -rss_limit_mb=1024 -malloc_limit_mb=512 -max_len=70000 -print_final_stats=1 \
            -artifact_prefix="$found/$1/" >"$found/$1/log" 2>&1
        then
            printf '%-12s %s runs, no finding\n' "$1" \
                "$(sed -n 's/^stat::number_of_executed_units: *//p' "$found/$1/log")"
        else
            tail -50 "$found/$1/log"
            echo "$1: A FINDING, see $found/$1" >&2
            return 1
        fi
    }
    failed=
    set -- "$2" $targets
    seconds=$1
    shift
    while [ $# -gt 0 ]; do
        run "$1" "$seconds" &
        if [ $# -gt 1 ]; then
            run "$2" "$seconds" || failed=1
            shift
        fi
        wait $! || failed=1
        shift
    done
    [ -z "$failed" ]

# Every picture under FLX_CORPUS (or generated ones) through every output format, in release mode
test-corpus:
    #!/bin/sh
    set -eu
    {{ can_build_engines }}
    {{ find_corpus }}
    cargo test --release --locked --package flx-tests --test it $(engines flx-core/) \
        -- --include-ignored --nocapture --test-threads 1 corpus:: scale:: metadata::no_result_of_the_corpus

# Experiments that kill, race, starve and mislead the release server, in full: just chaos [FILTER]
chaos *FILTER: build _tools
    #!/bin/sh
    set -eu
    {{ long_form }}
    long_form "chaos::${1:-}"

# More than the release server can do, in 512 MB, in full; as root: just load [FILTER]
load *FILTER: build _tools
    #!/bin/sh
    set -eu
    {{ long_form }}
    long_form "load::${1:-}"

# Pictures of the dashboard for docs/screenshots, or with a folder every page at three widths, light and dark
screenshots *FOLDER: _tools
    #!/bin/sh
    set -eu
    {{ can_build_engines }}
    cargo build --locked --package flx-server --package flx-admin $(engines flx-server/)
    if [ $# -gt 0 ]; then set -- "$1" all; else set -- docs/screenshots; fi
    cargo run --quiet --locked --package flx-tests --example screenshots $(engines flx-core/) -- "$@"

# Codec and keys, measured by criterion, in a few minutes: just bench [FILTER]
bench *FILTER:
    #!/bin/sh
    set -eu
    {{ measuring }}
    cargo bench --locked --package flx-benches $features --benches -- "$@"

# What the release server adds to the codec for a 2 MP JPEG to WebP: just bench-server [COUNT]
bench-server COUNT="60": build
    #!/bin/sh
    set -eu
    {{ measuring }}
    measure server-overhead {{ quote(target / "release" / "flx-server") }} {{ quote(target) }} "$1"

# What processes of their own cost: throughput, processor time and memory: just bench-isolation [COUNT]
bench-isolation COUNT="200": build
    #!/bin/sh
    set -eu
    {{ measuring }}
    measure isolation {{ quote(target / "release" / "flx-server") }} {{ quote(target) }} "$1"

# Authentication and credits with 1 account in the database and with many: just bench-credits [COUNT]
bench-credits COUNT="1000000":
    #!/bin/sh
    set -eu
    {{ measuring }}
    mkdir -p {{ quote(target) }}
    folder=$(mktemp -d {{ quote(target / "bench-credits.XXXXXX") }})
    trap 'rm -rf "$folder"' EXIT
    large="$folder/$1 accounts"
    cargo run --quiet --release --locked --package flx-store --example fill -- "$large" "$1"
    measure credits "$folder" "$large"

# README's table of sizes before and after: FLX_CORPUS=… just sizes [kodak,clic]
sizes *FOLDERS:
    #!/bin/sh
    set -eu
    {{ measuring }}
    measure sizes "$@"

# What quality=auto takes and reaches: FLX_CORPUS=… just bench-auto [kodak,clic [N]]
bench-auto *FOLDERS:
    #!/bin/sh
    set -eu
    {{ measuring }}
    measure auto-quality "$@"

# Writes the table of the golden tests anew, for every engine that this machine can build
golden:
    #!/bin/sh
    set -eu
    {{ can_build_engines }}
    write() {
        cargo test --package flx-core --locked "$@" --test core \
            -- --ignored --exact golden::the_table_is_written_anew
    }
    write
    if can_build_engines; then write --features engines; fi

# Fits every engine to the quality scale: FLX_CORPUS=… just fit-quality [kodak,clic [N [EFFORTS [FORMATS]]]]
fit-quality *ARGS:
    #!/bin/sh
    set -eu
    {{ measuring }}
    measure fit-quality "$@"

# flx beside sharp, Pillow and the encoders' own tools: just bench-peers [quick|standard|full [COUNT [JOB]]]
bench-peers *ARGS: setup _peers _python
    #!/bin/sh
    set -eu
    {{ measuring }}
    home={{ quote(target / "bench-peers") }}
    worker() {
        name=$1
        shift
        cargo build --release --locked --package flx-benches --bin peer-worker "$@"
        cp {{ quote(target / "release" / "peer-worker") }} "$home/$name"
    }
    portable=
    if can_build_asm; then portable="--features asm"; fi
    worker flx-worker-portable $portable
    worker flx-worker $features
    measure bench-peers "$home" "$@"

# Instructions of one picture by function, counted by callgrind: just instructions FILE FORMAT [EFFORT]
instructions FILE FORMAT EFFORT="balanced":
    #!/bin/sh
    set -eu
    {{ debian_packages }}
    {{ measuring }}
    need valgrind valgrind
    install_needed
    folder={{ quote(target / "instructions") }}
    mkdir -p "$folder"
    cargo build --quiet --release --locked --package flx-benches $features --bin peer-worker
    input=$(cd {{ quote(invocation_directory()) }} && realpath "$1")
    task='{"input":"%s","output":"%s","format":"%s","variant":"%s","setting":82,"width":null,"threads":1}'
    task=$(printf "$task" "$input" "$folder/result.$2" "$2" "${3:-balanced}")
    valgrind --quiet --tool=callgrind --callgrind-out-file="$folder/counts" \
        {{ quote(target / "release" / "peer-worker") }} alone "$task"
    callgrind_annotate --threshold=95 "$folder/counts"

# Installs what flx is measured against, as far as this machine lets it; what is missing is named
# in the report as not measured.
_peers:
    #!/bin/sh
    set -eu
    {{ debian_packages }}
    home={{ quote(target / "bench-peers") }}
    mkdir -p "$home/node"
    need cwebp webp
    need avifenc libavif-bin
    need cjpeg libjpeg-turbo-progs
    need optipng optipng
    need vips libvips-tools
    need npm npm
    install_needed
    if ! [ -d "$home/node/node_modules/sharp" ] && command -v npm >/dev/null; then
        echo '{ "private": true }' >"$home/node/package.json"
        (cd "$home/node" && npm install --no-audit --no-fund sharp >&2) || true
    fi

# Programs of other people that the tests run results and servers against.
_tools: _python
    #!/bin/sh
    set -eu
    {{ debian_packages }}
    need ffmpeg ffmpeg
    need avifdec libavif-bin
    need vips libvips-tools
    need chromium chromium
    need chromedriver chromium-driver
    need strace strace
    need mount mount
    need prlimit util-linux
    need exiftool libimage-exiftool-perl
    install_needed

# Python with what tests and benches take from it, in a folder of its own.
_python:
    #!/bin/sh
    set -eu
    {{ debian_packages }}
    if "$FLX_TEST_PYTHON" -c "import PIL, schemathesis, axe_playwright_python" 2>/dev/null; then exit 0; fi
    python3 -c "import ensurepip" 2>/dev/null || needed=python3-venv
    install_needed
    home={{ quote(target / "tools" / "python") }}
    python3 -m venv "$home" && "$home/bin/pip" install --quiet pillow==13.0.0 \
        schemathesis==4.32.5 hypothesis==6.170.17 >&2 || true
    # For the axe-core in it alone.
    "$home/bin/pip" install --quiet --no-deps axe-playwright-python==0.1.8 >&2 || true

# A toolchain of the minimal profile lacks these two.
_components:
    #!/bin/sh
    set -eu
    if cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1; then exit 0; fi
    rustup component add rustfmt clippy || {
        echo "install rustfmt and clippy: rustup component add rustfmt clippy" >&2
        exit 1
    }

# Takes a minute or two, once: the tool stays in the target folder. Most of what it does is to
# wait, so that optimising it would take four times as long for nothing.
_cargo-deny:
    #!/bin/sh
    set -eu
    PATH={{ quote(target / "tools" / "bin") }}:$PATH
    command -v cargo-deny >/dev/null && exit 0
    cargo install --debug --locked --root {{ quote(target / "tools") }} \
        --version "^{{ cargo_deny_version }}" cargo-deny || true

# The same.
_cargo-fuzz:
    #!/bin/sh
    set -eu
    {{ debian_packages }}
    # libFuzzer is C++.
    need c++ g++
    install_needed
    PATH={{ quote(target / "tools" / "bin") }}:$PATH
    command -v cargo-fuzz >/dev/null && exit 0
    cargo install --debug --locked --root {{ quote(target / "tools") }} \
        --version "^{{ cargo_fuzz_version }}" cargo-fuzz || true
