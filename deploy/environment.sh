#!/bin/sh
# Makes .venv and installs requirements.lock in it, only when something changed.
#   deploy/environment.sh run     what running needs
#   deploy/environment.sh test    that, and what tests and checks need
set -eu
cd "$(dirname "$0")/.."

venv=.venv
purpose=$1
wanted="$venv/wanted-$purpose.txt"
installed="$venv/installed-$purpose.txt"

# An environment whose Python is gone (upgraded system, moved folder) is made again.
if ! "$venv/bin/python" -c 'import pip' 2>/dev/null; then
    python=$(sh deploy/find_python.sh)
    echo "Making $venv with $python"
    rm -rf "$venv"
    "$python" -m venv "$venv"
fi

case $purpose in
    run) sed '/^# ---- for tests/,$d' requirements.lock > "$wanted" ;;
    test) cp requirements.lock "$wanted" ;;
    *) echo "usage: deploy/environment.sh run|test" >&2; exit 2 ;;
esac

if ! cmp -s "$wanted" "$installed"; then
    echo "Installing what requirements.lock lists (to $purpose): a minute the first time"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
        --requirement "$wanted"
    rm -f "$venv"/installed-*.txt
    mv "$wanted" "$installed"
    if [ "$purpose" = test ]; then
        sed '/^# ---- for tests/,$d' requirements.lock > "$venv/installed-run.txt"
    fi
fi
rm -f "$wanted"
