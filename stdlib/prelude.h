/* The text of stdlib/prelude.pt, which the build puts into the program. */
#pragma once

#include "base/str.h"

/* The whole text; static. */
struct str prelude_text(void);
