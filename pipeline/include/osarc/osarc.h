/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OSARC_OSARC_H
#define OSARC_OSARC_H

/**
 * @file osarc.h
 * All public headers.
 */

#include <osarc/attenuation.h>
#include <osarc/base.h>
#include <osarc/beam.h>
#include <osarc/bmd.h>
#include <osarc/calibrate.h>
#include <osarc/calibration.h>
#include <osarc/classify.h>
#include <osarc/density.h>
#include <osarc/dicom.h>
#include <osarc/dicom_masks.h>
#include <osarc/dual_energy.h>
#include <osarc/dxa.h>
#include <osarc/dxa_calibration.h>
#include <osarc/dxa_forearm.h>
#include <osarc/dxa_maps.h>
#include <osarc/dxa_phantom.h>
#include <osarc/dxa_regions.h>
#include <osarc/dxa_report.h>
#include <osarc/femur_part.h>
#include <osarc/findings.h>
#include <osarc/forearm_region.h>
#include <osarc/hip.h>
#include <osarc/hip_region.h>
#include <osarc/hu_windows.h>
#include <osarc/image.h>
#include <osarc/limb.h>
#include <osarc/limb_part.h>
#include <osarc/marrow_fat.h>
#include <osarc/mask.h>
#include <osarc/measure.h>
#include <osarc/measure_dxa.h>
#include <osarc/measure_femur.h>
#include <osarc/measure_forearm.h>
#include <osarc/measure_hip.h>
#include <osarc/measure_limb.h>
#include <osarc/measure_muscles.h>
#include <osarc/measure_spine.h>
#include <osarc/measure_torso.h>
#include <osarc/notes.h>
#include <osarc/patient_report.h>
#include <osarc/phantom.h>
#include <osarc/reference.h>
#include <osarc/report.h>
#include <osarc/rod_phantom.h>
#include <osarc/run.h>
#include <osarc/scale.h>
#include <osarc/scan.h>
#include <osarc/segmentation.h>
#include <osarc/selftest.h>
#include <osarc/side.h>
#include <osarc/spine.h>
#include <osarc/tbs.h>
#include <osarc/torso.h>
#include <osarc/validate.h>
#include <osarc/vertebra.h>

#endif
