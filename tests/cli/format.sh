# --fmt and --fmt-in-place. Sourced by run.
# covers: opt:fmt opt:fmt-in-place
# shellcheck shell=bash disable=SC2154

good='BEGIN{exit();}'
formatted=('BEGIN {' '    exit();' '}')
printf '%s\n' "${formatted[@]}" >formatted

run "$tool" --fmt "$good"
says fmt 0 "" '^    exit\(\);$'
run "$tool" --fmt -e "$good"
prints fmt-text "${formatted[@]}"
echo "$good" >script.pt
run "$tool" --fmt script.pt
prints fmt-file "${formatted[@]}"
verdict fmt-only-prints "$(grep -qxF "$good" script.pt || echo 'the file was written to')"
run bash -c "'$tool' --fmt - <script.pt"
prints fmt-stdin "${formatted[@]}"
run "$tool" --fmt -o saved script.pt
same fmt-output saved formatted
run "$compiler" --fmt script.pt
prints fmt-compiler "${formatted[@]}"
run "$tool" --fmt 'BEGIN { exit( }'
says fmt-broken 1 'expected expression \[E110\]$'
verdict fmt-broken-prints-nothing "$(cat out)"

# In place: through links, mode kept, at once.
chmod 750 script.pt
mkdir -p linked
ln -sf ../script.pt linked/link.pt
run "$tool" --fmt-in-place linked/link.pt
says fmt-in-place 0 ""
verdict fmt-in-place-silent "$(cat out)"
same fmt-in-place-content script.pt formatted
mode fmt-in-place-mode 750 script.pt
verdict fmt-in-place-link "$([ -L linked/link.pt ] || echo 'the link is gone')"
verdict fmt-in-place-leaves-nothing "$(find . -name '.ptl.*')"
mkdir -p closed
printf 'BEGIN{%100sexit();}\n' '' >closed/script.pt
chmod 555 closed
run "$tool" --fmt-in-place closed/script.pt
says fmt-in-place-closed-folder 0 ""
same fmt-in-place-closed-folder-content closed/script.pt formatted
chmod 755 closed
touch -d '2001-01-01' script.pt
run "$tool" --fmt-in-place script.pt
says fmt-in-place-again 0 ""
verdict fmt-in-place-unchanged "$([[ $(stat -c %y script.pt) == 2001-* ]] || echo 'it was written again')"
echo 'BEGIN { exit( }' >broken.pt
cp broken.pt before.pt
run "$tool" --fmt-in-place broken.pt
says fmt-in-place-broken 1 '^broken\.pt:1:15-16: ERROR: syntax: expected expression \[E110\]$'
same fmt-in-place-untouched broken.pt before.pt
for where in - "$good" "-e $good"; do
    # shellcheck disable=SC2086
    run "$tool" --fmt-in-place $where
    says "fmt-in-place-no-file" 1 '^ERROR: --fmt-in-place writes to the FILE that it reads'
done
run "$tool" --fmt-in-place -o saved script.pt
says fmt-in-place-output 1 '^ERROR: --fmt-in-place writes to the FILE that it reads'
run "$tool" --fmt-in-place missing.pt
says fmt-in-place-missing 1 '^ERROR: cannot open missing\.pt: No such file or directory$'
