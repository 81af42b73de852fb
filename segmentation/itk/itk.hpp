/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTATION_ITK_HPP
#define SEGMENTATION_ITK_HPP

/* Our pixels as ITK images without a copy, and ITK's failures as ours. */

#include <cstdint>

#include <itkImage.h>
#include <itkImportImageFilter.h>
#include <itkMacro.h>

#include <osi/guard.hpp>

namespace osi
{

using plane_image = itk::Image<std::int16_t, 2>;

/* One axial plane; the pixels stay the caller's and are only read. */
inline itk::ImportImageFilter<std::int16_t, 2>::Pointer
import_plane(const std::int16_t *pixels, std::size_t width, std::size_t height)
{
    auto importer = itk::ImportImageFilter<std::int16_t, 2>::New();
    plane_image::RegionType region;
    region.SetSize({{width, height}});
    importer->SetRegion(region);
    importer->SetImportPointer(const_cast<std::int16_t *>(pixels), width * height, false);
    return importer;
}

/* ITK's own text names headers, lines and addresses: said in our words instead. */
template <class Body> void translate(Body &&body)
{
    try {
        body();
    } catch (const itk::MemoryAllocationError &) {
        throw std::bad_alloc();
    } catch (const itk::ExceptionObject &) {
        throw failure{OSARC_ERR_INTERNAL, "the image library failed"};
    }
}

} // namespace osi

#endif
