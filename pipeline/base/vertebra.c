/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <osarc/vertebra.h>

#include <string.h>

#include <osarc/mask.h>

const char *osarc_vertebra_name(uint8_t label)
{
    static const char PREFIX[] = "vertebrae_";
    size_t count;
    const osarc_label *labels = osarc_structure_labels(&count);
    for (size_t i = 0; i < count; i++)
        if (labels[i].number == label && strncmp(labels[i].name, PREFIX, sizeof(PREFIX) - 1) == 0)
            return labels[i].name + sizeof(PREFIX) - 1;
    return "";
}
