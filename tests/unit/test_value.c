/* Values of C types and of shapes: their text, their order, and metadata that lies about them. */
#include <errno.h>

#include "abi/record.h"
#include "runtime/value.h"
#include "tests/unit/check.h"
#include "tests/unit/runtime_kit.h"

/* A type with fields; gives its index. */
static u64 with_fields(struct kit *k, struct meta_type type, const struct meta_field *fields, u32 n)
{
    type.first_field = k->meta.fields.n;
    type.n_fields = n;
    for (u32 i = 0; i < n; i++)
        *vec_push(&k->arena, &k->meta.fields) = fields[i];
    return kit_type(k, type);
}

static u64 word(struct kit *k, u64 kind, u64 size)
{
    return kit_type(k, (struct meta_type){.kind = kind, .size = size});
}

static u64 array(struct kit *k, u64 of, u64 n, u64 size)
{
    struct meta_field field = {.type = of};

    return with_fields(k, (struct meta_type){.kind = ABI_ARRAY, .size = size, .num0 = n}, &field,
                       1);
}

static u64 shape(struct kit *k, enum shape_id id, const char *text)
{
    return kit_type(
        k, (struct meta_type){
               .kind = ABI_SHAPE, .size = shape_size(id), .num0 = id, .text = str_of(text)});
}

/* The value as text, as a view that lives until the next one. */
static struct str shown(struct kit *k, u64 type, const void *bytes)
{
    (void)kit_shown(k);
    value_format(&k->env, type, bytes, &k->sink.text);
    return kit_shown(k);
}

static struct str shown_key(struct kit *k, u64 type, const void *bytes)
{
    (void)kit_shown(k);
    value_format_key(&k->env, type, bytes, &k->sink.text);
    return kit_shown(k);
}

static void test_enums(void)
{
    static const struct meta_field items[] = {
        {.name = {"ONE", 3}, .offset = 1, .type = META_NO_REF},
        {.name = {"MINUS", 5}, .offset = (u64)-2, .type = META_NO_REF},
    };
    struct kit k;
    u64 wide = 0;
    u64 small = 0;

    kit_init(&k);
    wide =
        with_fields(&k, (struct meta_type){.kind = ABI_ENUM, .size = 8, .is_signed = 1}, items, 2);
    small =
        with_fields(&k, (struct meta_type){.kind = ABI_ENUM, .size = 4, .is_signed = 1}, items, 2);
    CHECK_STR(shown(&k, wide, (const u64[]){1}), "ONE");
    CHECK_STR(shown(&k, wide, (const u64[]){(u64)-2}), "MINUS");
    CHECK_STR(shown(&k, wide, (const u64[]){(u64)-3}), "-3");
    CHECK_STR(shown(&k, small, (const u32[]){(u32)-2}), "MINUS");
    CHECK_STR(shown(&k, small, (const u32[]){7}), "7");
    k.meta.types.items[small].is_signed = 0;
    CHECK_STR(shown(&k, small, (const u32[]){(u32)-2}), "4294967294");
    CHECK(value_compare(&k.meta, wide, (const u8 *)(const u64[]){(u64)-2},
                        (const u8 *)(const u64[]){1}) < 0);
    kit_done(&k);
}

/* struct { s32 a; u8 flag:1, :2, kind:5; union { u16 half; u8 bytes[2]; }; struct { bool on; } in;
 * char name[4]; s16 few:4; } */
static u64 sample(struct kit *k)
{
    u64 u8_type = word(k, ABI_UINT, 1);
    struct meta_field united[] = {{.name = STR("half"), .type = word(k, ABI_UINT, 2)},
                                  {.name = STR("bytes"), .type = array(k, u8_type, 2, 2)}};
    struct meta_field inner[] = {{.name = STR("on"), .type = word(k, ABI_BOOL, 1)}};
    u64 s16_type = word(k, ABI_INT, 2);
    u64 s32_type = word(k, ABI_INT, 4);
    u64 union_type = with_fields(k, (struct meta_type){.kind = ABI_STRUCT, .size = 2}, united, 2);
    u64 inner_type = with_fields(k, (struct meta_type){.kind = ABI_STRUCT, .size = 1}, inner, 1);
    struct meta_field fields[] = {
        {.name = STR("a"), .type = s32_type},
        {.name = STR("flag"), .offset = 4, .bit_offset = 32, .bit_size = 1, .type = u8_type},
        {.offset = 4, .bit_offset = 33, .bit_size = 2, .type = u8_type},
        {.name = STR("kind"), .offset = 4, .bit_offset = 35, .bit_size = 5, .type = u8_type},
        {.offset = 5, .type = union_type},
        {.name = STR("in"), .offset = 7, .type = inner_type},
        {.name = STR("name"), .offset = 8, .type = kit_string(k, 4)},
        {.name = STR("few"), .offset = 15, .bit_offset = 124, .bit_size = 4, .type = s16_type},
    };

    return with_fields(k, (struct meta_type){.kind = ABI_STRUCT, .size = 16}, fields,
                       ARRAY_SIZE(fields));
}

static void test_structs(void)
{
    /* flag 1, kind 21; half 0x0201; few -3 */
    static const u8 bytes[16] = {0xfe, 0xff, 0xff, 0xff, 0xa9, 1, 2, 1,
                                 'a',  'b',  'c',  'd',  0,    0, 0, 0xd0};
    static const char text[] = "{ .a = -2, .flag = 1, .kind = 21, .half = 513, .bytes = [1,2], "
                               ".in = { .on = true }, .name = abcd, .few = -3 }";
    struct kit k;
    const char *why = "";
    u64 type = 0;
    u64 key = 0;
    u8 other[16];

    kit_init(&k);
    *vec_push(&k.arena, &k.meta.infos) = (struct meta_info){.arch_tag = 1};
    type = sample(&k);
    CHECK(meta_check(&k.meta, &why) == 0);
    CHECK_STR(shown(&k, type, bytes), text);
    CHECK_STR(shown_key(&k, type, bytes), text);
    key = kit_tuple(&k, (const u64[]){type}, 1);
    CHECK_STR(shown_key(&k, key, bytes), text);
    CHECK_STR(shown(&k, with_fields(&k, (struct meta_type){.kind = ABI_STRUCT, .size = 8}, NULL, 0),
                    bytes),
              "{}");
    memcpy(other, bytes, sizeof(other));
    CHECK(value_compare(&k.meta, key, bytes, other) == 0);
    other[15] = 0x20; /* few 2 */
    CHECK(value_compare(&k.meta, key, bytes, other) < 0);
    other[4] = 0xa1; /* kind 20 */
    CHECK(value_compare(&k.meta, key, bytes, other) > 0);
    kit_done(&k);
}

static void test_records(void)
{
    static const u64 words[] = {1, 0x78};
    struct kit k;
    struct meta_field fields[2] = {{.name = STR("a")}, {.name = STR("b"), .offset = 8}};
    u64 record = 0;

    kit_init(&k);
    fields[0].type = kit_int(&k);
    fields[1].type = kit_string(&k, 8);
    record = with_fields(&k, (struct meta_type){.kind = ABI_TUPLE, .size = 16}, fields, 2);
    CHECK_STR(shown(&k, record, words), "{ .a = 1, .b = x }");
    CHECK_STR(shown_key(&k, record, words), "{ .a = 1, .b = x }");
    kit_done(&k);
}

static void test_arrays_and_buffers(void)
{
    static const s16 numbers[] = {-1, 2, 3, 0};
    static const s16 greater[] = {-1, 2, 4, 0};

    struct {
        u64 n;
        char bytes[16];
    } buffer = {5, "ab\x02\\c\xff"}, huge = {~(u64)0, "xy"};
    struct kit k;
    u64 of = 0;
    u64 type = 0;

    kit_init(&k);
    of = array(&k, word(&k, ABI_INT, 2), 3, 8);
    CHECK_STR(shown(&k, of, numbers), "[-1,2,3]");
    CHECK(value_compare(&k.meta, of, (const u8 *)numbers, (const u8 *)greater) < 0);
    of = array(&k, array(&k, word(&k, ABI_UINT, 2), 2, 4), 2, 8);
    CHECK_STR(shown(&k, of, numbers), "[[65535,2],[3,0]]");
    type = word(&k, ABI_BUFFER, 24);
    CHECK_STR(shown(&k, type, &buffer), "ab\\x02\\c");
    CHECK_STR(shown(&k, type, &huge),
              "xy\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00");
    CHECK(value_compare(&k.meta, type, (const u8 *)&buffer, (const u8 *)&huge) < 0);
    kit_done(&k);
}

static struct str inet(struct kit *k, u64 family, const void *address, size_t n)
{
    u8 bytes[24] = {0};

    memcpy(bytes, &family, sizeof(family));
    memcpy(bytes + sizeof(family), address, n);
    return shown(k, shape(k, SHAPE_INET, ""), bytes);
}

static void test_shapes(void)
{
    static const u8 v6[16] = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, [15] = 1};
    static const u8 two_runs[16] = {0x20, 1, 0, 0, 0, 0, 0, 1, [11] = 1, [15] = 1};
    static const u8 mac[8] = {0, 0x1a, 0xff, 3, 4, 5};
    static const u64 later = 86400 * 1000000000ULL + 123456789;
    struct kit k;

    kit_init(&k);
    k.env.boot_time_ns = (s64)365 * 86400 * 1000000000;
    CHECK_STR(inet(&k, 2, "\x7f\0\0\x01", 4), "127.0.0.1");
    CHECK_STR(inet(&k, 10, v6, 16), "2001:db8:0:1::1");
    CHECK_STR(inet(&k, 10, two_runs, 16), "2001::1:0:1:0:1");
    CHECK_STR(inet(&k, 10, "", 1), "::");
    CHECK_STR(inet(&k, 99, v6, 16), "");
    CHECK_STR(shown(&k, shape(&k, SHAPE_MAC, ""), mac), "00:1A:FF:03:04:05");
    CHECK_STR(shown(&k, shape(&k, SHAPE_TIMESTAMP, "%Y %f %k %l %%f %"), &later),
              "1971 123456 123456789 123 %f %");
    k.env.boot_time_ns = INT64_MIN; /* whatever an object says, it is only a wrong time */
    (void)shown(&k, shape(&k, SHAPE_TIMESTAMP, "%Y %f"), &later);
    (void)shown(&k, shape(&k, SHAPE_TIMESTAMP, ""), (const u64[]){~(u64)0});
    kit_done(&k);
}

/* Is metadata with these types refused? */
static bool is_refused(const struct kit *k)
{
    const char *why = NULL;
    int rc = meta_check(&k->meta, &why);

    CHECK(rc == 0 || (rc == -EPROTO && why != NULL));
    return rc != 0;
}

#define REFUSED_WITH(k, member, wrong)        \
    do {                                      \
        __typeof__(member) right_ = (member); \
        (member) = (wrong);                   \
        CHECK(is_refused(k));                 \
        (member) = right_;                    \
        CHECK(!is_refused(k));                \
    } while (0)

static void test_hostile_structs(void)
{
    struct kit k;
    struct meta_type *type = NULL;
    struct meta_field *fields = NULL;

    kit_init(&k);
    (void)sample(&k);
    type = &k.meta.types.items[k.meta.types.n - 1];
    fields = &k.meta.fields.items[type->first_field];
    REFUSED_WITH(&k, type->size, 15);                 /* the last bit-field */
    REFUSED_WITH(&k, fields[0].offset, 13);           /* behind the end */
    REFUSED_WITH(&k, fields[0].offset, ~(u64)0);      /* overflow */
    REFUSED_WITH(&k, fields[1].bit_size, 9);          /* wider than its type */
    REFUSED_WITH(&k, fields[1].bit_offset, 128);      /* behind the end */
    REFUSED_WITH(&k, fields[1].bit_offset, ~(u64)0);  /* overflow */
    REFUSED_WITH(&k, fields[6].bit_size, 4);          /* of a string */
    REFUSED_WITH(&k, fields[0].type, META_NO_REF);    /* none */
    REFUSED_WITH(&k, fields[0].name, STR("\x1b[2J")); /* for the terminal */
    REFUSED_WITH(&k, fields[0].name, STR("a b"));
    kit_done(&k);
}

static void test_hostile_kinds(void)
{
    struct kit k;
    struct meta_type *types = NULL;
    struct meta_field item = {.name = STR("ONE"), .offset = 1, .type = META_NO_REF};

    kit_init(&k);
    (void)array(&k, word(&k, ABI_UINT, 2), 3, 8);                                     /* 0, 1 */
    (void)word(&k, ABI_BUFFER, 24);                                                   /* 2 */
    (void)shape(&k, SHAPE_INET, "");                                                  /* 3 */
    (void)with_fields(&k, (struct meta_type){.kind = ABI_ENUM, .size = 4}, &item, 1); /* 4 */
    (void)kit_type(&k, (struct meta_type){.kind = ABI_TUPLE, .first_field = 2});      /* 5 */
    types = k.meta.types.items;
    CHECK(!is_refused(&k));
    REFUSED_WITH(&k, types[0].size, 3);
    REFUSED_WITH(&k, types[0].kind, ABI_BUFFER);
    REFUSED_WITH(&k, types[1].num0, 5);
    REFUSED_WITH(&k, types[1].num0, 0);
    REFUSED_WITH(&k, types[1].num0, ~(u64)0);
    REFUSED_WITH(&k, types[1].n_fields, 0);
    REFUSED_WITH(&k, types[2].size, 8);
    REFUSED_WITH(&k, types[2].size, 23);
    REFUSED_WITH(&k, types[3].size, 8);
    REFUSED_WITH(&k, types[3].num0, SHAPE_COUNT_);
    REFUSED_WITH(&k, types[4].size, 16);
    REFUSED_WITH(&k, types[4].kind, ABI_INT); /* with fields */
    REFUSED_WITH(&k, k.meta.fields.items[1].type, 0);
    REFUSED_WITH(&k, types[5].size, 4);
    REFUSED_WITH(&k, types[5].kind, 99);
    kit_done(&k);
}

/* What lies on C's boundaries alone is no value: of a map, of print(), of a tuple. */
static void test_hostile_places(void)
{
    struct kit k;
    u64 small = 0;
    u64 number = 0;

    kit_init(&k);
    small = word(&k, ABI_INT, 4);
    number = kit_int(&k);
    (void)kit_map(&k, "@m", number, number);
    *vec_push(&k.arena, &k.meta.sites) = (struct meta_site){
        .kind = SITE_PRINT, .payload_size = 8, .type = number, .map = META_NO_REF};
    (void)kit_tuple(&k, (const u64[]){number}, 1);
    CHECK(!is_refused(&k));
    REFUSED_WITH(&k, k.meta.maps.items[0].key, small);
    REFUSED_WITH(&k, k.meta.maps.items[0].value, small);
    REFUSED_WITH(&k, k.meta.sites.items[0].type, small);
    REFUSED_WITH(&k, k.meta.fields.items[0].type, small);
    kit_done(&k);
}

/* Unions of unions, with two members each: few bytes, and a text without end. */
static void test_hostile_unions(void)
{
    struct kit k;
    u64 below = 0;

    kit_init(&k);
    below = word(&k, ABI_UINT, 1);
    for (u32 i = 0; i < 64; i++) {
        struct meta_field fields[] = {{.name = STR("a"), .type = below},
                                      {.name = STR("b"), .type = below}};

        below = with_fields(&k, (struct meta_type){.kind = ABI_STRUCT, .size = 1}, fields, 2);
        CHECK(is_refused(&k) == (i >= 19));
    }
    kit_done(&k);
}

int main(void)
{
    test_enums();
    test_structs();
    test_records();
    test_arrays_and_buffers();
    test_shapes();
    test_hostile_structs();
    test_hostile_kinds();
    test_hostile_places();
    test_hostile_unions();
    return check_result();
}
