/* How long types of BTF are. See Documentation/bpf/btf.rst of the kernel. */
#include "abi/btf_size.h"

u32 btf_tail_size(const struct btf_type *t)
{
    u32 n = BTF_INFO_VLEN(t->info);

    switch (BTF_INFO_KIND(t->info)) {
    case BTF_KIND_PTR:
    case BTF_KIND_FWD:
    case BTF_KIND_TYPEDEF:
    case BTF_KIND_VOLATILE:
    case BTF_KIND_CONST:
    case BTF_KIND_RESTRICT:
    case BTF_KIND_FUNC:
    case BTF_KIND_FLOAT:
    case BTF_KIND_TYPE_TAG:
        return 0;
    case BTF_KIND_INT:
        return sizeof(u32);
    case BTF_KIND_ARRAY:
        return sizeof(struct btf_array);
    case BTF_KIND_STRUCT:
    case BTF_KIND_UNION:
        return n * (u32)sizeof(struct btf_member);
    case BTF_KIND_ENUM:
        return n * (u32)sizeof(struct btf_enum);
    case BTF_KIND_ENUM64:
        return n * (u32)sizeof(struct btf_enum64);
    case BTF_KIND_FUNC_PROTO:
        return n * (u32)sizeof(struct btf_param);
    case BTF_KIND_VAR:
        return sizeof(struct btf_var);
    case BTF_KIND_DATASEC:
        return n * (u32)sizeof(struct btf_var_secinfo);
    case BTF_KIND_DECL_TAG:
        return sizeof(struct btf_decl_tag);
    default:
        return UINT32_MAX;
    }
}
