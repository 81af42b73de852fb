/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <expect.h>

#include "material.h"

/* From xraylib 4.0.0 at 62 keV (100 kV): water 0.20282, muscle 0.20168, bone 0.30043 cm2/g. */
Test(phantom_material, reads_muscle_and_bone_as_their_attenuation_says)
{
    cr_expect(epsilon_eq(dbl, osi_effective_energy_kev(100), 62, 1e-12));
    double muscle = 1000 * (1.06 * 0.20168 / 0.20282 - 1);
    double bone = 1000 * ((0.399 * 0.20168 + 1.19 * 0.30043) / 0.20282 - 1);
    cr_expect(epsilon_eq(dbl, osi_material_hu(OSI_MUSCLE, 100), muscle, 0.5));
    cr_expect(epsilon_eq(dbl, osi_material_hu(OSI_COMPACT_BONE, 100), bone, 0.5));
}

Test(phantom_material, lies_where_tissues_lie_at_120_kv)
{
    static const struct {
        osi_material material;
        int low;
        int high;
    } RANGES[] = {
        {OSI_SUBCUTANEOUS_FAT, -115, -90},
        {OSI_INNER_FAT, -115, -90},
        {OSI_MUSCLE, 45, 65},
        {OSI_ORGAN, 35, 65},
        {OSI_KIDNEY, 25, 45},
        {OSI_BLOOD, 35, 55},
        {OSI_SKIN, 20, 45},
        {OSI_COMPACT_BONE, 900, 1100},
        {OSI_TRABECULAR_BONE, 100, 200},
        {OSI_FAT_MARROW, -90, -40},
        {OSI_GAS, -1000, -1000},
        {OSI_AIR, -1000, -1000},
    };
    for (size_t i = 0; i < sizeof(RANGES) / sizeof(RANGES[0]); i++) {
        int hu = osi_material_hu(RANGES[i].material, 120);
        cr_expect(ge(int, hu, RANGES[i].low), "%s", osi_material_name(RANGES[i].material));
        cr_expect(le(int, hu, RANGES[i].high), "%s", osi_material_name(RANGES[i].material));
    }
}

Test(phantom_material, moves_with_tube_voltage_as_calcium_and_fat_do)
{
    for (double kvp = 70; kvp < 150; kvp += 10) {
        cr_expect(gt(int, osi_material_hu(OSI_COMPACT_BONE, kvp),
                     osi_material_hu(OSI_COMPACT_BONE, kvp + 10)));
        cr_expect(gt(int, osi_material_hu(OSI_TRABECULAR_BONE, kvp),
                     osi_material_hu(OSI_TRABECULAR_BONE, kvp + 10)));
        cr_expect(lt(int, osi_material_hu(OSI_SUBCUTANEOUS_FAT, kvp),
                     osi_material_hu(OSI_SUBCUTANEOUS_FAT, kvp + 10)));
    }
}

Test(phantom_material, keeps_the_energy_table_whole_at_its_ends)
{
    cr_expect(epsilon_eq(dbl, osi_effective_energy_kev(70), 51.5, 1e-12));
    cr_expect(epsilon_eq(dbl, osi_effective_energy_kev(130), 72.5, 1e-12));
    cr_expect(epsilon_eq(dbl, osi_effective_energy_kev(150), 79.5, 1e-12));
}

Test(phantom_material, gives_every_material_a_name_and_a_label)
{
    for (int m = 0; m < OSI_MATERIAL_COUNT; m++) {
        cr_expect(ne(ptr, (void *) osi_material_name((osi_material) m), NULL));
        cr_expect(lt(int, (int) osi_material_tissue((osi_material) m), OSARC_TISSUE_COUNT));
    }
    cr_expect(eq(int, osi_material_tissue(OSI_TABLE_SHELL), OSARC_TISSUE_OUTSIDE));
    cr_expect(eq(int, osi_material_tissue(OSI_FAT_MARROW), OSARC_TISSUE_TRABECULAR_BONE));
}
