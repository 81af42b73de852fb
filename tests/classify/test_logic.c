/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <expect.h>

#include "logic.h"

#define N OSARC_NOT_MET
#define U OSARC_UNKNOWN
#define M OSARC_MET

static const osarc_state ALL[3] = {N, U, M};

/* Kleene 1952, the strong tables; rows and columns in the order not met, unknown, met. */
Test(classify_logic, follows_the_table_of_and)
{
    static const osarc_state WANTED[3][3] = {{N, N, N}, {N, U, U}, {N, U, M}};
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++)
            cr_expect(eq(int, (int) osi_and(ALL[a], ALL[b]), (int) WANTED[a][b]));
}

Test(classify_logic, follows_the_table_of_or)
{
    static const osarc_state WANTED[3][3] = {{N, U, M}, {U, U, M}, {M, M, M}};
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++)
            cr_expect(eq(int, (int) osi_or(ALL[a], ALL[b]), (int) WANTED[a][b]));
}

Test(classify_logic, follows_the_table_of_not)
{
    cr_expect(eq(int, (int) osi_not(N), (int) M));
    cr_expect(eq(int, (int) osi_not(U), (int) U));
    cr_expect(eq(int, (int) osi_not(M), (int) N));
}

Test(classify_logic, knows_the_laws_of_de_morgan)
{
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++) {
            int left = (int) osi_not(osi_and(ALL[a], ALL[b]));
            int right = (int) osi_or(osi_not(ALL[a]), osi_not(ALL[b]));
            cr_expect(eq(int, left, right));
        }
}

Test(classify_logic, names_each_state)
{
    cr_expect(eq(str, (char *) osarc_state_name(N), "not_met"));
    cr_expect(eq(str, (char *) osarc_state_name(U), "unknown"));
    cr_expect(eq(str, (char *) osarc_state_name(M), "met"));
}

Test(classify_logic, takes_a_state_that_does_not_exist_for_unknown)
{
    cr_expect(eq(str, (char *) osarc_state_name((osarc_state) 9), "unknown"));
}
