/* Objects that change the machine they run on are told from those that only look. */
#pragma once

#include "runtime/elf.h"

/* Does some code of the object call a helper that changes what traced programs do? What the
 * metadata says of it is only its word. */
bool unsafe_calls(const struct elf_view *elf);

/* Does some code of the object call the helper that ends a traced function? */
bool unsafe_overrides(const struct elf_view *elf);
