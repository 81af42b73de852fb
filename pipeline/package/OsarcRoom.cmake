# SPDX-License-Identifier: GPL-3.0-or-later
# osarc_room(<name> SOURCES file... [USES room...] [LIBS target...])
#
# A room is an OBJECT library. USES is both its link list and its permission to include:
# a header of a room that is not named there is not found by the compiler.
# LIBS are third-party libraries; their headers stay inside the room.
function(osarc_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;USES;LIBS" ${ARGN})
  if(NOT ROOM_SOURCES)
    message(FATAL_ERROR "room ${name} has no sources")
  endif()
  add_library(osarc_${name} OBJECT ${ROOM_SOURCES})
  set_target_properties(osarc_${name} PROPERTIES
    POSITION_INDEPENDENT_CODE ON C_EXTENSIONS OFF CXX_EXTENSIONS OFF)
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/include)
    target_include_directories(osarc_${name} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR}/include)
  endif()
  # private headers, seen by the room itself and by its own tests
  target_include_directories(osarc_${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  list(TRANSFORM ROOM_USES PREPEND osarc_ OUTPUT_VARIABLE uses)
  foreach(use IN LISTS uses)
    target_include_directories(osarc_${name} PUBLIC
      $<TARGET_PROPERTY:${use},INTERFACE_INCLUDE_DIRECTORIES>)
  endforeach()
  target_link_libraries(osarc_${name} PRIVATE osarc_flags ${ROOM_LIBS})
  set_property(GLOBAL APPEND PROPERTY OSARC_ROOMS ${name})
  set_property(GLOBAL APPEND PROPERTY OSARC_ROOM_LIBS ${ROOM_LIBS})
endfunction()
