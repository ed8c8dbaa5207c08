/* printf of a script: its pieces and a record's payload make text. */
#pragma once

#include "runtime/value.h"

/* Append the text of a printf site. payload: borrowed, site->payload_size bytes. */
void format_printf(const struct value_env *env, const struct meta_site *site, const u8 *payload,
                   struct buf *out);
