#!/bin/sh
# Prints the first Python >= 3.11 that can make an environment, or says which package to install.
# PYTHON=/path/to/python is taken at its word.
set -u

VERSION='import sys; sys.exit(sys.version_info < (3, 11))'
MODULES='import ensurepip, venv'
unready=''

for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
    # Tried, not only looked up: some systems have a launcher for versions they have not.
    "$candidate" -c "$VERSION" 2>/dev/null || continue
    if "$candidate" -c "$MODULES" 2>/dev/null; then
        command -v "$candidate"
        exit 0
    fi
    unready=${unready:-$candidate}
done

if [ -n "$unready" ]; then
    number=$("$unready" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "$unready cannot make an environment: its venv and pip parts are missing." >&2
    echo "On Debian or Ubuntu, type: sudo apt-get install python$number-venv" >&2
elif [ -n "${PYTHON:-}" ]; then
    echo "PYTHON=$PYTHON is not a Python 3.11 or newer:" >&2
    "$PYTHON" --version >&2
else
    echo "La Trousse needs Python 3.11 or newer; found: $(python3 --version 2>&1 || echo none)." >&2
    echo "On Debian 12 or Ubuntu 24.04, type: sudo apt-get install python3 python3-venv" >&2
    echo "If one is installed elsewhere: make run PYTHON=/path/to/python3" >&2
fi
exit 1
