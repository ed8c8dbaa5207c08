/* mangled N [MS]: calls functions N times each whose symbols are as C++ and Rust make them:
 *
 *   demo::add(int), demo::add(double), mycrate::twice
 *
 * At the end it sleeps MS milliseconds (default 0). It has the section by which Go programs are
 * known.
 */
#include <stdio.h>
#include <unistd.h>

#include "args.h"

int add_int(int n) __asm__("_ZN4demo3addEi");
double add_double(double n) __asm__("_ZN4demo3addEd");
int twice(int n) __asm__("_RNvC7mycrate5twice");

static const char go_build[] __attribute__((section(".go.buildinfo"), used)) = "go";

__attribute__((noinline)) int add_int(int n)
{
    __asm__ volatile("" : "+r"(n));
    return n + 1;
}

__attribute__((noinline)) double add_double(double n)
{
    __asm__ volatile("" : "+x"(n));
    return n + 1;
}

__attribute__((noinline)) int twice(int n)
{
    __asm__ volatile("" : "+r"(n));
    return n * 2;
}

int main(int argc, char **argv)
{
    long count = 0;
    long linger_ms = 0;

    if (argc < 2 || argc > 3 || !number_parse(argv[1], 1000000, &count) ||
        (argc == 3 && !number_parse(argv[2], 60000, &linger_ms))) {
        (void)fprintf(stderr, "usage: mangled N [MS]\n");
        return 2;
    }
    for (long i = 0; i < count; i++) {
        if (add_int(1) != 2 || add_double(1) != 2 || twice(1) != 2)
            return 1;
    }
    if (linger_ms > 0)
        (void)usleep((useconds_t)linger_ms * 1000); // nothing interrupts it
    return 0;
}
