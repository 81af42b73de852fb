/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <claims.h>
#include <expect.h>

/* Files by hand: (0008,0060) CS "CT" alone, in the ways a data set is written. */

static osarc_error err = OSARC_ERROR_INIT;

static const uint8_t EXPLICIT[] = {8, 0, 0x60, 0, 'C', 'S', 2, 0, 'C', 'T'};
static const uint8_t IMPLICIT[] = {8, 0, 0x60, 0, 2, 0, 0, 0, 'C', 'T'};
static const uint8_t BIG[] = {0, 8, 0, 0x60, 'C', 'S', 0, 2, 'C', 'T'};
static const uint8_t BIG_IMPLICIT[] = {0, 8, 0, 0x60, 0, 0, 0, 2, 'C', 'T'};
/* (0002,0010) UI "1.2.840.10008.1.2.2": big endian */
static const uint8_t META[] = {2,   0,   0x10, 0,   'U', 'I', 20,  0,   '1', '.',
                               '2', '.', '8',  '4', '0', '.', '1', '0', '0', '0',
                               '8', '.', '1',  '.', '2', '.', '2', 0};

static size_t make_file(uint8_t out[256], const uint8_t *data, size_t size)
{
    memset(out, 0, 256);
    memcpy(out + 128, "DICM", 4);
    memcpy(out + 132, META, sizeof(META));
    memcpy(out + 132 + sizeof(META), data, size);
    return 132 + sizeof(META) + size;
}

Test(dicom_claims, tell_how_a_bare_data_set_is_written)
{
    const struct {
        const uint8_t *bytes;
        size_t size;
        int explicit_vr, big_endian;
    } cases[] = {{EXPLICIT, sizeof(EXPLICIT), 1, 0},
                 {IMPLICIT, sizeof(IMPLICIT), 0, 0},
                 {BIG, sizeof(BIG), 1, 1}};
    for (size_t c = 0; c < 3; c++) {
        osi_data_set found;
        EXPECT_OK(osi_claims_check(&found, cases[c].bytes, cases[c].size, 0, &err));
        cr_expect(eq(sz, found.at, 0));
        cr_expect(eq(int, found.encoding.explicit_vr, cases[c].explicit_vr));
        cr_expect(eq(int, found.encoding.big_endian, cases[c].big_endian));
    }
}

/* What a header states and its bytes do not hold would be lengths of gigabytes. */
Test(dicom_claims, go_by_the_bytes_where_the_header_states_another_syntax)
{
    uint8_t file[256];
    osi_data_set found;
    size_t size = make_file(file, EXPLICIT, sizeof(EXPLICIT));
    EXPECT_OK(osi_claims_check(&found, file, size, 0, &err));
    cr_expect(eq(sz, found.at, 132 + sizeof(META)));
    cr_expect(eq(int, found.encoding.explicit_vr, 1));
    cr_expect(eq(int, found.encoding.big_endian, 0));
}

Test(dicom_claims, refuse_big_endian_without_representations)
{
    osi_data_set found;
    EXPECT_REFUSED(osi_claims_check(&found, BIG_IMPLICIT, sizeof(BIG_IMPLICIT), 0, &err),
                   OSARC_ERR_UNSUPPORTED);
}

Test(dicom_claims, refuse_a_length_over_the_bytes_there_are)
{
    uint8_t file[256];
    osi_data_set found;
    size_t size = make_file(file, IMPLICIT, sizeof(IMPLICIT));
    for (int byte = 0; byte < 4; byte++) {
        uint8_t *length = file + size - 6 + byte;
        uint8_t before = *length;
        *length = byte == 3 ? 0x83 : 3;
        EXPECT_REFUSED(osi_claims_check(&found, file, size, 0, &err), OSARC_ERR_FORMAT);
        *length = before;
    }
    EXPECT_REFUSED(osi_claims_check(&found, file, size - 1, 0, &err), OSARC_ERR_FORMAT);
}
