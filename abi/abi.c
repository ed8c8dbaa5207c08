/* Names of the enumerations that both programs agree on, straight from their .def files. Unknown
 * ids give "?": they can come from an object that was not checked. */
#include "abi/abi.h"

static const char *const probe_names[] = {
#define PROBE(id, name, short_name) [PROBE_##id] = (name),
#include "abi/probe.def"
#undef PROBE
};

static const char *const probe_short_names[] = {
#define PROBE(id, name, short_name) [PROBE_##id] = (short_name),
#include "abi/probe.def"
#undef PROBE
};

static const char *const agg_names[] = {
#define AGG(id, name, type_name) [AGG_##id] = #name,
#include "abi/agg.def"
#undef AGG
};

static const char *const agg_type_names[] = {
#define AGG(id, name, type_name) [AGG_##id] = (type_name),
#include "abi/agg.def"
#undef AGG
};

static const struct {
    const char *name;
    u32 size;
} shapes[] = {

#define SHAPE(id, name, size) [SHAPE_##id] = {#name, size},
#include "abi/shape.def"
#undef SHAPE
};

const char *shape_name(enum shape_id id)
{
    return (u32)id < SHAPE_COUNT_ ? shapes[id].name : "?";
}

u32 shape_size(enum shape_id id)
{
    return (u32)id < SHAPE_COUNT_ ? shapes[id].size : 0;
}

u32 stack_frame_bytes(struct str mode)
{
    return str_eq_c(mode, "build_id") ? 32 /* struct bpf_stack_build_id */ : sizeof(u64);
}

const char *probe_name(enum probe_id id)
{
    return (u32)id < PROBE_COUNT_ ? probe_names[id] : "?";
}

bool probe_find(struct str name, enum probe_id *out)
{
    for (u32 i = 0; i < PROBE_COUNT_; i++) {
        *out = (enum probe_id)i;
        if (name.n > 0 && str_eq_c(name, probe_short_names[i]))
            return true;
    }
    for (u32 i = 0; i < PROBE_COUNT_; i++) {
        *out = (enum probe_id)i;
        if (str_eq_nocase(name, probe_names[i]) ||
            (name.n > 0 && str_eq_nocase(name, probe_short_names[i])))
            return true;
    }
    return false;
}

const char *probe_short_name(enum probe_id id)
{
    return (u32)id < PROBE_COUNT_ ? probe_short_names[id] : "";
}

const char *agg_name(enum agg_id id)
{
    return (u32)id < AGG_COUNT_ ? agg_names[id] : "?";
}

u64 agg_neutral(enum agg_id agg, bool is_signed)
{
    u64 largest = is_signed ? (u64)INT64_MAX : UINT64_MAX;

    return agg == AGG_MIN ? largest : ~largest;
}

const char *agg_type_name(enum agg_id id)
{
    return (u32)id < AGG_COUNT_ ? agg_type_names[id] : "?";
}
