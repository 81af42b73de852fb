/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "median.h"

#include <algorithm>

#include <itkMedianImageFilter.h>

#include "itk.hpp"

extern "C" osarc_status median_plane(int16_t *out, const int16_t *pixels, size_t width,
                                     size_t height, size_t radius, osarc_error *err)
{
    return osi::guard(err, "median of a plane", [&] {
        if (!out || !pixels || width == 0 || height == 0)
            throw osi::failure{OSARC_ERR_ARGUMENT, "no pixels"};
        osi::translate([&] {
            auto importer = osi::import_plane(pixels, width, height);
            auto median = itk::MedianImageFilter<osi::plane_image, osi::plane_image>::New();
            median->SetInput(importer->GetOutput());
            median->SetRadius(radius);
            median->SetNumberOfWorkUnits(1); /* planes run in parallel instead */
            median->Update();
            const int16_t *from = median->GetOutput()->GetBufferPointer();
            std::copy(from, from + width * height, out);
        });
    });
}
