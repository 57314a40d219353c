# What the scripts beside it share. To be sourced: it goes to the top of the checkout.

set -euo pipefail
unset CDPATH
script="${BASH_SOURCE[1]}"
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root="$(pwd -P)"
script="script/$(basename "$script")"
python=.venv/bin/python
began_script=${EPOCHREALTIME//[.,]/}

# The comment at the top of a script is its help.
case "${1:-}" in
    -h | --help)
        sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$script"
        exit 0
        ;;
esac

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

seconds_since() {
    local tenths=$(((${EPOCHREALTIME//[.,]/} - $1 + 50000) / 100000))
    printf '%d.%d s' $((tenths / 10)) $((tenths % 10))
}

# step "What is done" command...: says what is done and how long it took; what the command said, only when it fails.
step() {
    local what=$1 began=${EPOCHREALTIME//[.,]/} output code=0
    shift
    printf '%s ... ' "$what"
    output=$("$@" 2>&1) || code=$?
    if ((code)); then
        printf 'failed after %s\n%s\n' "$(seconds_since "$began")" "$output"
    else
        seconds_since "$began"
        printf '\n'
    fi
    return "$code"
}

total() {
    printf '%s: %s in all.\n' "$1" "$(seconds_since "$began_script")"
}

# templates [--check]: the form of the templates, in place or only checked.
templates() {
    git ls-files -z 'templates/*.html' | xargs -0 --no-run-if-empty .venv/bin/djade --target-version 5.2 "$@"
}
