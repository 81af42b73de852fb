/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <zlib.h>

#include <expect.h>
#include <osi/alloc.h>
#include <osi/gzip.h>

#define MILLION ((size_t) 1000000)

/* What is in a buffer: nothing to find, labels in runs, or one value only. */
enum {
    NOISE,
    RUNS,
    ZEROS,
    KINDS
};

static uint8_t *make_bytes(int kind, size_t size)
{
    osarc_error err = OSARC_ERROR_INIT;
    uint8_t *bytes = osi_alloc(size, 1, &err);
    cr_assert(bytes != NULL);
    uint32_t x = 12345;
    for (size_t i = 0; i < size && kind != ZEROS; i++) {
        x = x * 1664525u + 1013904223u;
        bytes[i] =
            kind == NOISE ? (uint8_t) (x >> 24) : (uint8_t) ((i / 97 + (x >> 30 == 0 ? 1 : 0)) % 7);
    }
    return bytes;
}

/* zlib's own reader is the judge of what osi_gzip writes. */
static void expect_zlib_reads(const uint8_t *packed, size_t packed_size, const uint8_t *bytes,
                              size_t size, int gzip)
{
    osarc_error err = OSARC_ERROR_INIT;
    uint8_t *back = osi_alloc(size + 1, 1, &err);
    z_stream stream;
    memset(&stream, 0, sizeof(stream));
    cr_assert(eq(int, inflateInit2(&stream, gzip ? 15 + 16 : 15), Z_OK));
    stream.next_in = (Bytef *) packed;
    stream.avail_in = (uInt) packed_size;
    stream.next_out = back;
    stream.avail_out = (uInt) size + 1;
    cr_expect(eq(int, inflate(&stream, Z_FINISH), Z_STREAM_END));
    cr_expect(eq(sz, stream.total_out, size));
    cr_expect(eq(sz, stream.total_in, packed_size)); /* one member, nothing after it */
    cr_expect(memcmp(back, bytes, size) == 0);
    inflateEnd(&stream);
    osi_free(back);
}

Test(base_gzip, writes_one_member_that_zlib_reads_back)
{
    static const size_t SIZES[] = {0,         1,       1000,        1 << 16,  (1 << 16) + 1,
                                   (2 << 16), 1 << 20, 5 * MILLION, 300 * 301};
    osarc_error err = OSARC_ERROR_INIT;
    for (int kind = 0; kind < KINDS; kind++) {
        for (size_t s = 0; s < sizeof(SIZES) / sizeof(SIZES[0]); s++) {
            uint8_t *bytes = make_bytes(kind, SIZES[s]);
            uint8_t *packed = NULL;
            uint8_t *back = NULL;
            size_t packed_size = 0;
            size_t back_size = 0;
            EXPECT_OK(osi_gzip(&packed, &packed_size, bytes, SIZES[s], 2, &err));
            expect_zlib_reads(packed, packed_size, bytes, SIZES[s], 1);
            EXPECT_OK(osi_gunzip(&back, &back_size, packed, packed_size, SIZES[s] + 1, &err));
            cr_expect(eq(sz, back_size, SIZES[s]));
            cr_expect(memcmp(back, bytes, back_size) == 0);
            osi_free(packed);
            osi_free(back);
            EXPECT_OK(osi_zlib(&packed, &packed_size, bytes, SIZES[s], 2, &err));
            expect_zlib_reads(packed, packed_size, bytes, SIZES[s], 0);
            osi_free(packed);
            osi_free(bytes);
        }
    }
}

Test(base_gzip, gives_the_same_bytes_for_any_number_of_threads)
{
    osarc_error err = OSARC_ERROR_INIT;
    size_t size = 5 * MILLION;
    uint8_t *bytes = make_bytes(RUNS, size);
    uint8_t *one = NULL;
    size_t one_size = 0;
    EXPECT_OK(osi_gzip(&one, &one_size, bytes, size, 1, &err));
    for (int threads = 2; threads < 8; threads += 2) {
        uint8_t *many = NULL;
        size_t many_size = 0;
        EXPECT_OK(osi_gzip(&many, &many_size, bytes, size, threads, &err));
        cr_expect(eq(sz, many_size, one_size));
        cr_expect(memcmp(many, one, one_size) == 0);
        osi_free(many);
    }
    osi_free(one);
    osi_free(bytes);
}

/* Some compressors take the address of a buffer into their tables. */
Test(base_gzip, gives_the_same_bytes_wherever_the_input_lies)
{
    osarc_error err = OSARC_ERROR_INIT;
    size_t size = MILLION;
    uint8_t *bytes = make_bytes(RUNS, size);
    memset(bytes + size / 2, 0, size / 4); /* whole pieces of zeros */
    uint8_t *first = NULL;
    size_t first_size = 0;
    EXPECT_OK(osi_gzip(&first, &first_size, bytes, size, 1, &err));
    for (size_t shift = 1; shift < 40; shift++) {
        uint8_t *moved = osi_alloc(size + 5000 * shift, 1, &err);
        uint8_t *again = NULL;
        size_t again_size = 0;
        memcpy(moved + 4097 * shift, bytes, size);
        EXPECT_OK(osi_gzip(&again, &again_size, moved + 4097 * shift, size, 1, &err));
        cr_assert(eq(sz, again_size, first_size));
        cr_expect(memcmp(again, first, first_size) == 0);
        osi_free(again);
        osi_free(moved);
    }
    osi_free(first);
    osi_free(bytes);
}

Test(base_gzip, writes_no_time_and_no_system_into_the_header)
{
    osarc_error err = OSARC_ERROR_INIT;
    uint8_t *packed = NULL;
    size_t size = 0;
    EXPECT_OK(osi_gzip(&packed, &size, (const uint8_t *) "x", 1, 1, &err));
    static const uint8_t HEADER[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255};
    cr_expect(memcmp(packed, HEADER, sizeof(HEADER)) == 0);
    osi_free(packed);
}

Test(base_gzip, reads_several_members_whose_last_size_says_little)
{
    osarc_error err = OSARC_ERROR_INIT;
    size_t size = MILLION;
    uint8_t *bytes = make_bytes(RUNS, size);
    uint8_t *packed = NULL;
    size_t packed_size = 0;
    EXPECT_OK(osi_gzip(&packed, &packed_size, bytes, size, 1, &err));
    uint8_t *tail = NULL;
    size_t tail_size = 0;
    EXPECT_OK(osi_gzip(&tail, &tail_size, bytes, 10, 1, &err));
    uint8_t *both = osi_alloc(packed_size + tail_size, 1, &err);
    memcpy(both, packed, packed_size);
    memcpy(both + packed_size, tail, tail_size);

    uint8_t *back = NULL;
    size_t back_size = 0;
    EXPECT_OK(osi_gunzip(&back, &back_size, both, packed_size + tail_size, size + 10, &err));
    cr_expect(eq(sz, back_size, size + 10));
    cr_expect(memcmp(back, bytes, size) == 0);
    cr_expect(memcmp(back + size, bytes, 10) == 0);
    osi_free(back);

    EXPECT_REFUSED(osi_gunzip(&back, &back_size, both, packed_size + tail_size, size + 9, &err),
                   OSARC_ERR_MEMORY);
    EXPECT_REFUSED(osi_gunzip(&back, &back_size, both, packed_size + tail_size - 3, 2 * size, &err),
                   OSARC_ERR_FORMAT);
    osi_free(both);
    osi_free(tail);
    osi_free(packed);
    osi_free(bytes);
}

Test(base_gzip, refuses_data_cut_off_anywhere)
{
    osarc_error err = OSARC_ERROR_INIT;
    uint8_t *bytes = make_bytes(RUNS, 3000);
    uint8_t *packed = NULL;
    size_t size = 0;
    EXPECT_OK(osi_gzip(&packed, &size, bytes, 3000, 1, &err));
    for (size_t cut = 0; cut < size; cut++) {
        uint8_t *back = (uint8_t *) -1;
        size_t back_size = 1;
        EXPECT_REFUSED(osi_gunzip(&back, &back_size, packed, cut, 1 << 20, &err), OSARC_ERR_FORMAT);
        cr_expect(eq(ptr, back, NULL));
        cr_expect(eq(sz, back_size, 0));
    }
    osi_free(packed);
    osi_free(bytes);
}

Test(base_gzip, refuses_damage_and_garbage_after_the_end)
{
    osarc_error err = OSARC_ERROR_INIT;
    uint8_t *bytes = make_bytes(RUNS, 3000);
    uint8_t *packed = NULL;
    size_t size = 0;
    EXPECT_OK(osi_gzip(&packed, &size, bytes, 3000, 1, &err));
    uint8_t *changed = osi_alloc(size + 5, 1, &err);
    uint8_t *back = NULL;
    size_t back_size = 0;
    memcpy(changed, packed, size);
    EXPECT_REFUSED(osi_gunzip(&back, &back_size, changed, size + 5, 1 << 20, &err),
                   OSARC_ERR_FORMAT);
    size_t refused = 0;
    for (size_t at = 10; at < size; at++) {
        memcpy(changed, packed, size);
        changed[at] ^= 0x10;
        osarc_status status = osi_gunzip(&back, &back_size, changed, size, 1 << 20, &err);
        if (status == OSARC_OK) /* in a run, a changed distance may mean the same bytes */
            cr_expect(back_size == 3000 && memcmp(back, bytes, 3000) == 0);
        else
            cr_expect(status == OSARC_ERR_FORMAT || status == OSARC_ERR_MEMORY);
        refused += status != OSARC_OK;
        osi_free(back);
    }
    cr_expect(gt(sz, refused, (size - 10) * 9 / 10));
    osi_free(changed);
    osi_free(packed);
    osi_free(bytes);
}

Test(base_gzip, refuses_more_than_the_limit_even_when_the_size_field_lies)
{
    osarc_error err = OSARC_ERROR_INIT;
    uint8_t *bytes = make_bytes(ZEROS, 8 * MILLION);
    uint8_t *packed = NULL;
    size_t size = 0;
    EXPECT_OK(osi_gzip(&packed, &size, bytes, 8 * MILLION, 1, &err));
    uint8_t *back = NULL;
    size_t back_size = 0;
    EXPECT_REFUSED(osi_gunzip(&back, &back_size, packed, size, 8 * MILLION - 1, &err),
                   OSARC_ERR_MEMORY);
    memset(packed + size - 4, 0, 4);
    EXPECT_REFUSED(osi_gunzip(&back, &back_size, packed, size, MILLION, &err), OSARC_ERR_MEMORY);
    memset(packed + size - 4, 0xff, 4);
    EXPECT_REFUSED(osi_gunzip(&back, &back_size, packed, size, 9 * MILLION, &err),
                   OSARC_ERR_FORMAT);
    osi_free(packed);
    osi_free(bytes);
}

Test(base_gzip, refuses_what_is_not_there_and_gives_back_memory_when_it_runs_out)
{
    osarc_error err = OSARC_ERROR_INIT;
    uint8_t *out = NULL;
    size_t size = 0;
    EXPECT_REFUSED(osi_gzip(NULL, &size, (const uint8_t *) "x", 1, 1, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osi_gzip(&out, &size, NULL, 1, 1, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osi_zlib(&out, NULL, NULL, 0, 1, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osi_gunzip(&out, NULL, (const uint8_t *) "x", 1, 1, &err), OSARC_ERR_ARGUMENT);
    EXPECT_REFUSED(osi_gunzip(&out, &size, NULL, 1, 1, &err), OSARC_ERR_ARGUMENT);
    for (long n = 1; n <= 4; n++) {
        osi_alloc_fail_at(n);
        EXPECT_REFUSED(osi_gzip(&out, &size, (const uint8_t *) "x", 1, 1, &err), OSARC_ERR_MEMORY);
        cr_expect(eq(ptr, out, NULL));
    }
    osi_alloc_fail_at(0);
}
