/* What the pages hold: numbers of all sizes, text, and addresses of their own. */
#include "tests/fuzz/known.h"

#include <sys/mman.h>

enum {
    POINTED_BYTES =
        PAGES_BYTES - 1024, /* addresses lead to this part, so that most reads end well */
};

static u64 mixed(u64 z)
{
    z += 0x9e3779b97f4a7c15u; /* splitmix64 */
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* Letters, with a NUL now and then. */
static u64 text_word(u64 random)
{
    u64 word = 0;

    for (u32 i = 0; i < 8; i++) {
        u64 byte = random >> i * 8 & 0xff;

        word |= (byte < 20 ? 0 : 'a' + byte % 26) << i * 8;
    }
    return word;
}

static u64 word_at(u64 i)
{
    u64 random = mixed(i);

    switch (random % 8) {
    case 0:
    case 1:
    case 2:
        return PAGES_ADDRESS + (mixed(random) % POINTED_BYTES & ~(u64)7);
    case 3:
        return random >> 8;
    case 4:
        return mixed(random) % 300; /* small numbers */
    case 5:
        return mixed(random) & 0x0101010103030303; /* of the size of enumerators */
    default:
        return text_word(mixed(random));
    }
}

static u8 byte_at(u64 i)
{
    return (u8)(word_at(i / 8) >> i % 8 * 8);
}

bool known_map(void)
{
    static const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the address is what the scripts know
    void *wanted = (void *)(uintptr_t)PAGES_ADDRESS;
    u8 *p = mmap(wanted, PAGES_BYTES, PROT_READ | PROT_WRITE, flags, -1, 0);

    if (p == MAP_FAILED)
        return false;
    for (u64 i = 0; i < PAGES_BYTES; i++)
        p[i] = byte_at(i);
    return mlock(p, PAGES_BYTES) == 0;
}

bool known_read(u64 address, void *out, u64 size)
{
    u64 from = address - PAGES_ADDRESS;
    u8 *bytes = out;

    memset(out, 0, size);
    if (from > PAGES_BYTES || size > PAGES_BYTES - from)
        return false;
    for (u64 i = 0; i < size; i++)
        bytes[i] = byte_at(from + i);
    return true;
}

int known_read_string(u64 address, char *out, u64 size)
{
    u64 n = 0;

    memset(out, 0, size);
    for (; n + 1 < size; n++) {
        if (address + n - PAGES_ADDRESS >= PAGES_BYTES) {
            memset(out, 0, size);
            return -1;
        }
        out[n] = (char)byte_at(address + n - PAGES_ADDRESS);
        if (out[n] == '\0')
            break;
    }
    return (int)n;
}
