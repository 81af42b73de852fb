# SPDX-License-Identifier: GPL-3.0-or-later
# Every file of definitions as bytes in built_in.c, so that the command works from anywhere.
# The order is the order of the rows of classification.csv.
set(definition_ids ewgsop1 ewgsop2 awgs2014 awgs2019 awgs2025 fnih fnih_alt iwgs sdoc scwd seed
                   who iscd qct_spine os_strict os_broad seed_literal)
set(definition_files)
set(built_in_bytes)
set(built_in_rows)
foreach(id IN LISTS definition_ids)
  set(file ${CMAKE_CURRENT_SOURCE_DIR}/definitions/${id}.json)
  list(APPEND definition_files ${file})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND built_in_bytes "static const unsigned char BYTES_${id}[] = {${bytes}};\n")
  string(APPEND built_in_rows "    {\"${id}.json\", BYTES_${id}, sizeof(BYTES_${id})},\n")
endforeach()
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/built_in.c @ONLY CONTENT
"#include \"definitions.h\"

@built_in_bytes@
const osi_built_in osi_built_ins[] = {
@built_in_rows@};
const size_t osi_built_in_count = sizeof(osi_built_ins) / sizeof(osi_built_ins[0]);
")
