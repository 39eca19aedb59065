# The three kinds of target this tree is made of. Includes are written from the root of the tree:
# #include "libs/base/status.h".

# One precompiled header for all: what nearly every file includes anyway.
file(WRITE "${CMAKE_BINARY_DIR}/pch/pch.cc" "")
add_library(waymark_pch OBJECT "${CMAKE_BINARY_DIR}/pch/pch.cc")
target_precompile_headers(waymark_pch PRIVATE
  <algorithm> <cstdint> <functional> <map> <memory> <optional> <set> <string> <string_view>
  <utility> <variant> <vector>
  <absl/status/status.h> <absl/status/statusor.h> <absl/strings/str_cat.h> <absl/time/time.h>)

function(_waymark_common target)
  target_include_directories(${target} PUBLIC "${CMAKE_SOURCE_DIR}")
  target_precompile_headers(${target} REUSE_FROM waymark_pch)
endfunction()

# waymark_library(NAME crypto SOURCES a.cc DEPS waymark::base OpenSSL::Crypto)
function(waymark_library)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;DEPS" ${ARGN})
  add_library(waymark_${ARG_NAME} STATIC ${ARG_SOURCES})
  add_library(waymark::${ARG_NAME} ALIAS waymark_${ARG_NAME})
  _waymark_common(waymark_${ARG_NAME})
  target_link_libraries(waymark_${ARG_NAME} PUBLIC ${ARG_DEPS})
endfunction()

# waymark_binary(NAME waymark SOURCES main.cc DEPS ...)
function(waymark_binary)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;DEPS" ${ARGN})
  add_executable(${ARG_NAME} ${ARG_SOURCES})
  _waymark_common(${ARG_NAME})
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_DEPS} ${WAYMARK_ALLOCATOR})
  set_target_properties(${ARG_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
endfunction()

include(GoogleTest)

# Seconds a test may take. Sanitizers cost ten times as much and more.
set(WAYMARK_TEST_TIMEOUT 120)
if(CMAKE_BUILD_TYPE MATCHES "^(Sanitize|Threads)$")
  set(WAYMARK_TEST_TIMEOUT 1500)
endif()

# waymark_test(NAME base_test LABEL unit SOURCES a_test.cc b_test.cc DEPS waymark::base)
# One executable for each folder's tests; every case shows in ctest by its own name.
function(waymark_test)
  cmake_parse_arguments(ARG "" "NAME;LABEL" "SOURCES;DEPS" ${ARGN})
  if(NOT ARG_LABEL MATCHES "^(unit|contract|integration|e2e|robustness)$")
    message(FATAL_ERROR "${ARG_NAME}: LABEL must be unit, contract, integration, e2e or robustness")
  endif()
  add_executable(${ARG_NAME} ${ARG_SOURCES})
  _waymark_common(${ARG_NAME})
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_DEPS} GTest::gmock_main)
  gtest_discover_tests(${ARG_NAME}
    DISCOVERY_MODE PRE_TEST
    WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}"
    PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${WAYMARK_TEST_TIMEOUT})
endfunction()
