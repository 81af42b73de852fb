/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osi/threads.h>

#include <omp.h>

int osi_threads(int wanted)
{
    int count = wanted > 0 ? wanted : omp_get_num_procs();
    if (count < 1)
        count = 1;
    return count > 256 ? 256 : count;
}
