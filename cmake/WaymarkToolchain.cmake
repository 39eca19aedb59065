# Compiler, warnings, build types and the libraries we take from Debian.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Release, Debug, Sanitize, Threads or Fuzz" FORCE)
endif()

# Assertions stay on in every build: a broken invariant must stop the process, not corrupt a case.
set(CMAKE_CXX_FLAGS_RELEASE "-O2")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g")
set(CMAKE_CXX_FLAGS_SANITIZE
    "-O1 -g1 -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer")
set(CMAKE_CXX_FLAGS_THREADS "-O1 -g1 -fsanitize=thread -fno-omit-frame-pointer")
# libFuzzer comes with clang alone; `./dev fuzz` configures a folder of its own with it.
set(CMAKE_CXX_FLAGS_FUZZ "${CMAKE_CXX_FLAGS_SANITIZE} -fsanitize=fuzzer-no-link")

add_compile_options(-Wall -Wextra -Wpedantic -Wno-unused-parameter)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-Werror)
  # g++ 12 reports false positives here at -O2.
  add_compile_options(-Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow
                      -Wno-array-bounds -Wno-stringop-overread)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE}")
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# An incident makes thousands of small allocations; jemalloc spares an eighth of its whole cost
# (docs/performance.md). Programs only; sanitizers bring an allocator of their own.
set(WAYMARK_ALLOCATOR "")
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  find_library(JEMALLOC jemalloc REQUIRED)
  set(WAYMARK_ALLOCATOR "${JEMALLOC}")
endif()

find_package(Threads REQUIRED)
find_package(absl REQUIRED)
find_package(Protobuf REQUIRED)
find_package(gRPC REQUIRED CONFIG)
find_package(RocksDB REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(GTest REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(spdlog REQUIRED)
