export XDG_CACHE_HOME=/tmp/c; mkdir -p /tmp/c
p='config = { max_probes = 8192 } BEGIN { exit(); } kprobe:[sv]* { @ = count(); }'
for s in "$p" ; do
ptrace-lite -q "$s" >/dev/null
time ptrace-lite -q "$s" >/dev/null
time strace -f -c -w ptrace-lite -q "$s" 2>&1 >/dev/null | head -20
strace -r ptrace-lite -q "$s" 2>&1 >/dev/null | awk '$1 > 0.003' | cut -c1-150 
done
