/* Programs and libraries: where a file is, and what its symbol tables say.
 *
 * The files are anybody's: libelf checks their structure, and nothing is taken from them that is
 * not checked here. */
#pragma once

#include "base/str.h"

struct binary;

struct binary_symbol {
    struct str name; /* borrowed from the binary */
    u64 address;     /* as the file says it */
    u64 size;        /* bytes; 0: not told */
    u64 offset;      /* of its first byte in the file */
    bool is_global;
};

/* Open an ELF file for its symbols. Free it with binary_close().
 * Returns 0; -ENOENT, -EACCES, ... of open(); -ENOEXEC: it is no ELF file for this machine;
 * -ENODATA: it is one of which the end is missing; -ENOMEM. */
int binary_open(const char *path, struct binary **out);

/* The same for an open file. fd: borrowed. */
int binary_open_fd(int fd, struct binary **out);

/* Free; NULL is fine. */
void binary_close(struct binary **binary);

/* The function of this name: of .symtab, else of .dynsym. Returns 0 or -ENOENT. */
int binary_find(struct binary *binary, struct str name, struct binary_symbol *out);

/* Offset in the file of what is loaded at the address. Returns 0, or -EFAULT: nothing is. */
int binary_offset(const struct binary *binary, u64 address, u64 *out);

/* Read n bytes at an offset in the file. Returns 0, or -EIO: they are not there. */
int binary_read(const struct binary *binary, u64 offset, void *bytes, size_t n);

/* Call fn for each function that has a place in the file, until it returns other than 0, which is
 * then the result. A function that both tables have comes twice. */
int binary_each(struct binary *binary, int (*fn)(void *data, const struct binary_symbol *symbol),
                void *data);

/* Address of a variable: of .symtab, else of .dynsym. Returns 0 or -ENOENT. */
int binary_object(struct binary *binary, struct str name, u64 *address_out);

/* Address of the section of this name; 0 if there is none. */
u64 binary_section_address(struct binary *binary, const char *name);

/* Call fn for each note, until it returns other than 0, which is then the result. owner, bytes:
 * borrowed from the binary. */
int binary_notes(struct binary *binary,
                 int (*fn)(void *data, u32 type, struct str owner, struct str bytes), void *data);

/* Append the name of the function that is nearest to one that does not exist; false if none is
 * near.
 */
bool binary_nearest(struct binary *binary, struct str name, struct buf *out);

/* Look for a program in the folders of search_path (separated by ':', an empty one is the current
 * folder; NULL: the system's default). A name with '/' is a path.
 * Returns 0 with a heap string, -ENOENT, -EACCES (there is a file, but none to run), -ENOMEM. */
int program_find(const char *name, const char *search_path, char **out);

/* The path of a binary as a script names it: a path is itself; `ls` is looked up in $PATH (search:
 * its value), `libc` and `libc.so.6` among the libraries that the dynamic loader knows. pid: of the
 * process in whose root all of this is looked for (a path that does not begin at the root is ours),
 * 0: in ours; an empty name is its program. Writes at most size bytes. Returns 0, -ENOENT, -EACCES
 * (there is a file, but no program), another error of root_path(), -ENOMEM or -ENAMETOOLONG. */
int binary_path(struct str name, const char *search, int pid, char *path, size_t size);
