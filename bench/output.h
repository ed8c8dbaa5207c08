/* What output.bpf.c and output.c agree on. */
#pragma once

#define COMM_BYTES 16
#define RING_BYTES (1 << 20)
#define KEYS_MAX   1000010

struct open {
    unsigned int pid;
    char comm[COMM_BYTES];
};
