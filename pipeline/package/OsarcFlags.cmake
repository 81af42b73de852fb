# SPDX-License-Identifier: GPL-3.0-or-later
# What every translation unit of ours is built with. Never exported.
# osarc_common: language, threads, sanitizers, line counts. osarc_flags: that and the warnings.
find_package(OpenMP REQUIRED COMPONENTS C CXX)
find_package(PkgConfig REQUIRED)

add_library(osarc_common INTERFACE)
target_compile_features(osarc_common INTERFACE c_std_11 cxx_std_17)
target_compile_definitions(osarc_common INTERFACE _GNU_SOURCE)
target_link_libraries(osarc_common INTERFACE OpenMP::OpenMP_C OpenMP::OpenMP_CXX)
# No fused multiply-add: the same numbers on every processor.
target_compile_options(osarc_common INTERFACE -ffp-contract=off -fvisibility=hidden)
if(OSARC_SANITIZE)
  target_compile_options(osarc_common INTERFACE
    -fsanitize=${OSARC_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(osarc_common INTERFACE -fsanitize=${OSARC_SANITIZE})
endif()
if(OSARC_COVERAGE)
  target_compile_options(osarc_common INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(osarc_common INTERFACE --coverage)
endif()

add_library(osarc_flags INTERFACE)
target_link_libraries(osarc_flags INTERFACE osarc_common)
target_compile_options(osarc_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes -Wmissing-prototypes>
  $<$<BOOL:${OSARC_STRICT}>:-Werror>)
