/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <expect.h>

#include "cells.h"

static osarc_error err = OSARC_ERROR_INIT;
static char seen[4096];

/* Rows as text: cells in brackets, rows ended by a slash. */
static osarc_status take(void *payload, const osi_cells *cells)
{
    (void) payload;
    for (size_t i = 0; i < cells->count; i++) {
        size_t used = strlen(seen);
        snprintf(seen + used, sizeof(seen) - used, "[%.60s]", cells->text[i]);
    }
    size_t used = strlen(seen);
    snprintf(seen + used, sizeof(seen) - used, "/");
    return OSARC_OK;
}

static osarc_status stop(void *payload, const osi_cells *cells)
{
    (void) payload;
    (void) cells;
    snprintf(err.text, sizeof(err.text), "stopped");
    return OSARC_ERR_QUALITY;
}

static osarc_status load(const char *text)
{
    seen[0] = '\0';
    return osi_cells_read((const uint8_t *) text, strlen(text), take, NULL, &err);
}

Test(classify_cells, reads_quotes_line_ends_and_the_byte_order_mark)
{
    EXPECT_OK(load("\xef\xbb\xbf"
                   "a,\"b,\"\"c\"\"\ne\",\r\n1,2,3\r\n\r\n4,,6"));
    cr_expect(eq(str, seen, "[a][b,\"c\"\ne][]/[1][2][3]/[4][][6]/"));
}

Test(classify_cells, reads_old_line_ends)
{
    EXPECT_OK(load("a,b\r1,2\r"));
    cr_expect(eq(str, seen, "[a][b]/[1][2]/"));
}

static size_t counted[8];
static int firsts;

static osarc_status count(void *payload, const osi_cells *cells)
{
    size_t *used = payload;
    counted[(*used)++] = cells->row;
    firsts += cells->first;
    return OSARC_OK;
}

/* Rows have the numbers that a spreadsheet shows; empty ones are left out. */
Test(classify_cells, counts_rows_as_a_spreadsheet_does)
{
    static const char *const TEXTS[] = {
        "\na,b\n\n\n1,2\n,\n3,4\n\n", "\r\na,b\r\n\r\n\r\n1,2\r\n,\r\n3,4",
        "\ra,b\r\r\r1,2\r,\r3,4\r", ",\na,\"b\nc\"\n\n,\n1,2\n,\n3,4\n,,\n"};
    for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++) {
        size_t used = 0;
        firsts = 0;
        EXPECT_OK(osi_cells_read((const uint8_t *) TEXTS[i], strlen(TEXTS[i]), count, &used, &err));
        cr_assert(eq(sz, used, 3u));
        cr_expect(eq(sz, counted[0], 2u));
        cr_expect(eq(sz, counted[1], 5u));
        cr_expect(eq(sz, counted[2], 7u));
        cr_expect(eq(int, firsts, 1));
    }
}

Test(classify_cells, reads_a_cell_of_ten_million_bytes)
{
    size_t size = 10u << 20;
    char *text = malloc(size);
    memset(text, 'x', size);
    memcpy(text, "a,", 2);
    seen[0] = '\0';
    EXPECT_OK(osi_cells_read((const uint8_t *) text, size, take, NULL, &err));
    cr_expect(eq(int, strncmp(seen, "[a][xxx", 7), 0));
    free(text);
}

Test(classify_cells, reads_nothing_from_nothing)
{
    EXPECT_OK(load(""));
    cr_expect(eq(str, seen, ""));
}

Test(classify_cells, refuses_a_quote_that_does_not_end)
{
    EXPECT_REFUSED(load("a,b\n1,\"2"), OSARC_ERR_FORMAT);
    cr_expect(strstr(err.text, "row 2") != NULL, "%s", err.text);
}

Test(classify_cells, refuses_a_quote_inside_a_cell)
{
    EXPECT_REFUSED(load("a,b\n1\"2,3\n"), OSARC_ERR_FORMAT);
}

Test(classify_cells, refuses_sixteen_bit_text)
{
    EXPECT_REFUSED(osi_cells_read((const uint8_t *) "\xff\xfe"
                                                    "a\0,\0",
                                  6, take, NULL, &err),
                   OSARC_ERR_FORMAT);
    cr_expect(strstr(err.text, "UTF-8") != NULL);
}

Test(classify_cells, refuses_zero_bytes)
{
    EXPECT_REFUSED(osi_cells_read((const uint8_t *) "a,b\n\0,1", 7, take, NULL, &err),
                   OSARC_ERR_FORMAT);
}

Test(classify_cells, refuses_a_row_of_too_many_cells)
{
    char text[5001];
    memset(text, ',', 5000);
    text[5000] = '\0';
    EXPECT_REFUSED(load(text), OSARC_ERR_FORMAT);
}

Test(classify_cells, stops_when_the_taker_fails)
{
    EXPECT_REFUSED(osi_cells_read((const uint8_t *) "a\nb\n", 4, stop, NULL, &err),
                   OSARC_ERR_QUALITY);
    cr_expect(eq(str, err.text, "stopped"));
}
