#!/bin/bash
# The two Debian packages: made by cpack, unpacked into a folder, and what works with one of them and with both.
source "$(dirname "$0")/lib.sh"

for need in cpack dpkg-deb dpkg-shlibdeps file; do
    command -v "$need" >/dev/null || fail "$need" "is missing: scripts/setup.sh installs it"
done
[ "$n_failed" -eq 0 ] || finish
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# gzip: for who waits; packages to be kept are smaller and slower to make.
if ! cpack --config "$build/CPackConfig.cmake" -B "$work" -D CPACK_DEBIAN_COMPRESSION_TYPE=gzip \
    >"$work/log" 2>&1; then
    fail cpack "$(tail -n 5 "$work/log" | tr '\n' ' ')"
    finish
fi
version=$("$build/ptrace-lite" --version | sed 's/.* v//')
arch=$(dpkg --print-architecture)
runner=$work/ptrace-lite_${version}_$arch.deb compiler=$work/ptrace-lite-compiler_${version}_$arch.deb

# holds DEB FILE...: exactly these, folders aside.
holds() {
    local deb=$1
    shift
    verdict "files of ${deb##*/}" "$(diff <(printf './usr/%s\n' "$@" | sort) \
        <(dpkg-deb -c "$deb" | sed -nE 's/^-.* (\.\/.*)/\1/p' | sed 's/examples\/.*/examples/' | sort -u))"
    verdict "owners and modes in ${deb##*/}" \
        "$(dpkg-deb -c "$deb" | grep -vE '^(drwxr-xr-x|-rwxr-xr-x|-rw-r--r--) root/root ' | head -n 3)"
}

# field DEB NAME PATTERN: a field of its control file matches.
field() {
    local value
    value=$(dpkg-deb -f "$1" "$2")
    verdict "$2 of ${1##*/}" "$(grep -qE -- "$3" <<<"$value" || echo "is: $value")"
}

doc=share/doc
holds "$runner" bin/ptrace-lite share/man/man8/ptrace-lite.8 $doc/ptrace-lite/copyright \
    share/bash-completion/completions/ptrace-lite share/zsh/vendor-completions/_ptrace-lite \
    share/fish/vendor_completions.d/ptrace-lite.fish
holds "$compiler" libexec/ptrace-lite/ptlc share/man/man1/ptlc.1 $doc/ptrace-lite-compiler/{copyright,examples} \
    $doc/ptrace-lite-compiler/{reference,diagnostics,known-gaps}.md
field "$runner" Depends '^libc6 \(>= [0-9.]+\)$'
field "$runner" Recommends "^ptrace-lite-compiler \(= $version\)$"
field "$compiler" Depends "^(.*, )?ptrace-lite \(= $version\)(,|$)"
field "$compiler" Depends 'libc6 \(>= [0-9.]+\)'
for deb in "$runner" "$compiler"; do
    field "$deb" Version "^$version$"
    field "$deb" Description '^ [a-z]'
done

# Each file in one of them: else dpkg refuses the second.
verdict "no file in both" "$(for deb in "$runner" "$compiler"; do dpkg-deb -c "$deb" | sed -nE 's/^-.* (\.\/.*)/\1/p'; done |
    sort | uniq -d)"

root_dir=$work/root
dpkg-deb -x "$runner" "$root_dir"
installed=$root_dir/usr/bin/ptrace-lite
# Without capabilities: whatever happens, nothing is loaded into this kernel.
try() {
    PATH=/usr/bin:/bin scripts/uncap "$installed" "$@" >"$work/out" 2>&1
    echo "$?"
}
# What the last one printed, where it is not what was expected.
said() { echo "it prints: $(head -n 3 "$work/out" | tr '\n' ' ')"; }
verdict "the runner alone runs" "$([ "$(try --version)" = 0 ] || said)"
verdict "the runner alone and a script" "$([ "$(try 'BEGIN { exit(); }')" = 2 ] || said)"
verdict "says what is missing" "$(grep -q '^HINT: .*ptrace-lite-compiler' "$work/out" || said)"
verdict "the bash completions are its own" \
    "$([ "$(try --completions bash)" = 0 ] || said; cmp "$work/out" "$root_dir/usr/share/bash-completion/completions/ptrace-lite")"

dpkg-deb -x "$compiler" "$root_dir"
verdict "both compile a script" "$([ "$(try --emit bpf 'BEGIN { printf("%d\n", 1); exit(); }')" = 0 ] || said)"
verdict "both made code" "$(grep -qw exit "$work/out" || echo "there is none")"
finish
