# SPDX-License-Identifier: GPL-3.0-or-later
# The shared library from its rooms, a static twin for the tests, and what is installed.
get_property(rooms GLOBAL PROPERTY OSARC_ROOMS)
get_property(room_libs GLOBAL PROPERTY OSARC_ROOM_LIBS)
list(REMOVE_DUPLICATES room_libs)

add_library(osarc_whole STATIC) # hidden functions too: for tests and fuzzers only
set(public_headers)
foreach(room IN LISTS rooms)
  foreach(library osarc osarc_whole)
    target_sources(${library} PRIVATE $<TARGET_OBJECTS:osarc_${room}>)
  endforeach()
  get_target_property(dir osarc_${room} SOURCE_DIR)
  if(EXISTS ${dir}/include)
    target_include_directories(osarc PUBLIC $<BUILD_INTERFACE:${dir}/include>)
    install(DIRECTORY ${dir}/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  endif()
endforeach()
target_include_directories(osarc PUBLIC
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/pipeline/include>
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/pipeline/include/
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

set(map ${PROJECT_SOURCE_DIR}/pipeline/package/osarc.map)
target_link_libraries(osarc PRIVATE osarc_flags ${room_libs})
target_link_options(osarc PRIVATE -Wl,--version-script=${map} -Wl,--as-needed)
target_link_libraries(osarc_whole PUBLIC osarc_common ${room_libs})
set_target_properties(osarc PROPERTIES
  LINKER_LANGUAGE CXX LINK_DEPENDS ${map}
  VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
set_target_properties(osarc_whole PROPERTIES LINKER_LANGUAGE CXX)

include(CMakePackageConfigHelpers)
set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/osarc)
install(TARGETS osarc EXPORT osarc-targets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT osarc-targets NAMESPACE osarc:: DESTINATION ${config_dir})
configure_package_config_file(${PROJECT_SOURCE_DIR}/pipeline/package/osarc-config.cmake.in
  ${PROJECT_BINARY_DIR}/generated/osarc-config.cmake INSTALL_DESTINATION ${config_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/generated/osarc-config-version.cmake
  COMPATIBILITY SameMinorVersion)
configure_file(${PROJECT_SOURCE_DIR}/pipeline/package/osarc.pc.in
  ${PROJECT_BINARY_DIR}/generated/osarc.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/generated/osarc-config.cmake
              ${PROJECT_BINARY_DIR}/generated/osarc-config-version.cmake
        DESTINATION ${config_dir})
install(FILES ${PROJECT_BINARY_DIR}/generated/osarc.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
