/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "energy_pair.h"

#include <math.h>
#include <string.h>

#include <osarc/dual_energy.h>

static int is_pair(const osarc_series *a, const osarc_series *b)
{
    const osarc_acquisition *low = &a->acquisition;
    const osarc_acquisition *high = &b->acquisition;
    if (low->kvp > high->kvp) {
        low = &b->acquisition;
        high = &a->acquisition;
    }
    return a->decision == OSARC_DECISION_USABLE && b->decision == OSARC_DECISION_USABLE &&
           low->study_uid[0] != '\0' && strcmp(low->study_uid, high->study_uid) == 0 &&
           osarc_grid_same(&a->grid, &b->grid, OSARC_ENERGY_PAIR_GRID_MM) &&
           osarc_energy_pair_check(low, high, NULL) == OSARC_OK;
}

static int is_better(const osarc_series *own, const osarc_series *b, const osarc_series *than)
{
    double gap = fabs(b->acquisition.kvp - own->acquisition.kvp);
    double best = fabs(than->acquisition.kvp - own->acquisition.kvp);
    if (gap > best || gap < best)
        return gap > best;
    return strcmp(b->acquisition.kernel, own->acquisition.kernel) == 0 &&
           strcmp(than->acquisition.kernel, own->acquisition.kernel) != 0;
}

size_t energy_pair_find(const osarc_catalogue *catalogue, size_t series)
{
    const osarc_series *own = osarc_catalogue_series(catalogue, series);
    size_t best = ENERGY_PAIR_NONE;
    for (size_t i = 0; own && i < osarc_catalogue_series_count(catalogue); i++) {
        const osarc_series *b = osarc_catalogue_series(catalogue, i);
        if (i != series && is_pair(own, b) &&
            (best == ENERGY_PAIR_NONE ||
             is_better(own, b, osarc_catalogue_series(catalogue, best))))
            best = i;
    }
    return best;
}
