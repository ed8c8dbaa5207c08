/* prober N: runs into its own probes (sys/sdt.h) N times each.
 *
 *   demo:loop      i (8 bytes), -i (4), a constant 7 (4), a byte of 200, a short of -3: in
 * registers and as constants demo:memory    a variable of the stack, one of the program
 * (position-independent or not) demo:guarded   1; only while its semaphore is raised demo:real a
 * floating-point number other:loop     nothing
 *
 * demo:loop is in two places of the binary.
 */
#define _SDT_HAS_SEMAPHORES 1
#include <stdint.h>
#include <stdio.h>
#include <sys/sdt.h>

#include "args.h"

#define SEMAPHORE(name) volatile unsigned short name __attribute__((section(".probes")))

extern SEMAPHORE(demo_loop_semaphore);
extern SEMAPHORE(demo_memory_semaphore);
extern SEMAPHORE(demo_guarded_semaphore);
extern SEMAPHORE(demo_real_semaphore);
extern SEMAPHORE(other_loop_semaphore);
SEMAPHORE(demo_loop_semaphore);
SEMAPHORE(demo_memory_semaphore);
SEMAPHORE(demo_guarded_semaphore);
SEMAPHORE(demo_real_semaphore);
SEMAPHORE(other_loop_semaphore);

static volatile int counter;

__attribute__((noinline)) static void fire(long i)
{
    int negative = (int)-i;
    unsigned char byte = 200;
    short small = -3;
    volatile long on_stack = i * 10;

    __asm__ volatile("" : "+r"(negative), "+r"(byte), "+r"(small));
    DTRACE_PROBE5(demo, loop, i, negative, 7, byte, small);
    counter = (int)i + 1000;
    DTRACE_PROBE2(demo, memory, on_stack, counter);
    if (demo_guarded_semaphore != 0)
        DTRACE_PROBE1(demo, guarded, 1);
    DTRACE_PROBE1(demo, real, (double)i);
    DTRACE_PROBE(other, loop);
}

int main(int argc, char **argv)
{
    long count = 0;

    if (argc != 2 || !number_parse(argv[1], 1000000000, &count)) {
        (void)fprintf(stderr, "usage: prober N\n");
        return 2;
    }
    for (long i = 0; i < count; i++)
        fire(i);
    DTRACE_PROBE5(demo, loop, count, 0, 7, (unsigned char)1, (short)1);
    return 0;
}
