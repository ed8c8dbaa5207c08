/* namer NAME [N]: takes the exact bytes of NAME as its comm, then calls getppid(2) N times (default
 * 1); for what a tracer does with names that are not plain text.
 *
 * NAME may use the escapes of C: \n \t \r \a \b \f \v \e \\ \' \" \xH or \xHH (two digits at most,
 * unlike C) and \O to \OOO. At most 15 bytes, none of them NUL, which would end the name.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "args.h"

#define NAME_SIZE 16 /* TASK_COMM_LEN, with the NUL */

/* Read up to `max_digits` digits of base 8 or 16 at `*text` and step over them; -1 if none. */
static int digits_read(const char **text, int base, int max_digits)
{
    static const char digits[] = "0123456789abcdef";
    int value = -1;

    for (int i = 0; i < max_digits && **text != '\0'; i++) {
        const char *digit = strchr(digits, tolower((unsigned char)**text));

        if (digit == NULL || digit - digits >= base)
            break;
        value = (value < 0 ? 0 : value * base) + (int)(digit - digits);
        (*text)++;
    }
    return value;
}

/* Read the escape after a backslash at `*text` and step over it; -1 if there is no such escape. */
static int escape_read(const char **text)
{
    static const char letters[] = "ntrabfve\\'\"";
    static const char bytes[] = "\n\t\r\a\b\f\v\033\\'\"";

    if (**text == 'x') {
        (*text)++;
        return digits_read(text, 16, 2);
    }
    const char *letter = **text != '\0' ? strchr(letters, **text) : NULL;
    if (letter == NULL)
        return digits_read(text, 8, 3);
    (*text)++;
    return bytes[letter - letters];
}

static bool name_decode(const char *text, char name[NAME_SIZE])
{
    size_t size = 0;

    while (*text != '\0') {
        int byte = (unsigned char)*text++;

        if (byte == '\\')
            byte = escape_read(&text);
        if (byte <= 0 || byte > 255 || size == NAME_SIZE - 1)
            return false;
        name[size++] = (char)byte;
    }
    name[size] = '\0';
    return true;
}

int main(int argc, char **argv)
{
    char name[NAME_SIZE] = {0};
    long count = 1;

    if (argc < 2 || argc > 3 || !name_decode(argv[1], name) ||
        (argc == 3 && !number_parse(argv[2], 1000000000, &count))) {
        (void)fprintf(stderr, "usage: namer NAME [N]\n");
        return 2;
    }
    if (prctl(PR_SET_NAME, name) != 0)
        return 1;
    for (long i = 0; i < count; i++)
        if (syscall(SYS_getppid) < 0)
            return 1;
    return 0;
}
