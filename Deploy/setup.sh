#!/bin/sh
# Installs the system libraries and tools that building and testing creditnode need. Does nothing, and says
# nothing, when all are there. The Swift toolchain itself is expected: https://www.swift.org/install/linux/
set -eu

# Whether something is usable says more than whether a package is installed: toolchain images carry some of
# these without dpkg knowing.
header() {
    for directory in /usr/include /usr/local/include "/usr/include/$(uname -m)-linux-gnu"; do
        [ -e "$directory/$1" ] && return 0
    done
    return 1
}

command_exists() { command -v "$1" >/dev/null 2>&1; }

missing=""
need() { missing="$missing $1"; }

header sqlite3.h || need libsqlite3-dev
header nghttp2/nghttp2.h || need libnghttp2-dev
header openssl/ssl.h || need libssl-dev
header zlib.h || need zlib1g-dev
header zstd.h || need libzstd-dev
header zip.h || need libzip-dev
header expat.h || need libexpat1-dev
header freexl.h || need libfreexl-dev
command_exists pkg-config || need pkg-config
command_exists openssl || need openssl
command_exists curl || need curl
# The independent verifier of exports (Tests/Verifier) needs any python3 with this one library.
python_with_cryptography() {
    for python in /usr/bin/python3 python3; do
        "$python" -c 'from cryptography.hazmat.primitives.asymmetric import ed25519' >/dev/null 2>&1 && return 0
    done
    return 1
}
python_with_cryptography || need python3-cryptography

if ! command_exists swift; then
    echo "setup: 未找到 Swift 工具链 / the Swift toolchain is missing: https://www.swift.org/install/linux/" >&2
    exit 1
fi

[ -n "$missing" ] || exit 0

manual() {
    echo "setup: 缺少系统软件包 / missing packages:$missing" >&2
    echo "setup: 请执行 / run:  sudo apt-get update && sudo apt-get install -y --no-install-recommends$missing" >&2
    exit 1
}

command_exists apt-get || manual
if [ "$(id -u)" -eq 0 ]; then
    as_root=""
elif command_exists sudo && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    manual
fi

echo "setup: 安装 / installing:$missing" >&2
# Word splitting is wanted: a list of package names, and an optional prefix.
# shellcheck disable=SC2086
{
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2 || manual
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2 || manual
}
