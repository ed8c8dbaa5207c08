/* Maps that are declared as array: integer keys from 0 to one less than their size, and no search.
 *
 * All elements of a BPF array exist always; so each has a mark behind its value that says whether
 * the script has it: {value, is_set}, as the element of a map without key. What a key of 0 .. N-1
 * means is as in a hash map, then. Any other key is none of the array's: reading gives 0, writing
 * does nothing, and both are a run-time warning. */
#pragma once

#include "stdlib/lower.h"

/* Is the map one? */
bool lower_is_array(const struct map_info *map);
/* Memory of the 4-byte index that stands for a key; out of the array's range where the key is. */
ir_val lower_array_index(struct lowering *lo, const struct map_info *map, ir_val key);

/* As the functions of lower.h whose names have `map` in place of `array`; `index` is what
 * lower_array_index() gave. */
ir_val lower_array_read(struct lowering *lo, struct map_info *map, ir_val index);
void lower_array_write(struct lowering *lo, struct map_info *map, ir_val index,
                       struct operand value);
ir_val lower_array_add(struct lowering *lo, struct map_info *map, ir_val index, ir_val delta);
ir_val lower_array_find(struct lowering *lo, struct map_info *map, ir_val index,
                        struct operand dst);
ir_val lower_array_has(struct lowering *lo, struct map_info *map, ir_val index);
ir_val lower_array_delete(struct lowering *lo, struct map_info *map, ir_val index);
/* Number of elements that are set. */
ir_val lower_array_len(struct lowering *lo, struct map_info *map);
