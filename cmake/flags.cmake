# Flags of all our own code, as the interface library ptl_flags; ptl_flags_generated is the same for
# what flex and bison write. The traced programs of the tests use neither.

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  if(PTL_SANITIZE OR PTL_FUZZ)
    set(CMAKE_BUILD_TYPE Debug)
  else()
    set(CMAKE_BUILD_TYPE Release)
  endif()
endif()

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
# Without NDEBUG: a broken invariant in a program that runs as root is to stop it.
set(CMAKE_C_FLAGS_RELEASE "-O2")
set(CMAKE_C_FLAGS_DEBUG "-O1 -g -fno-omit-frame-pointer")

# Common to both kinds.
add_library(ptl_flags_common INTERFACE)
# _GNU_SOURCE is empty and not 1, so that a file may define it too.
target_compile_definitions(ptl_flags_common INTERFACE
  _GNU_SOURCE= PTL_VERSION="${PROJECT_VERSION}")
target_include_directories(ptl_flags_common INTERFACE
  "${CMAKE_SOURCE_DIR}" "${CMAKE_BINARY_DIR}/generated")
target_compile_options(ptl_flags_common INTERFACE -ffunction-sections -fdata-sections -Werror)
target_link_options(ptl_flags_common INTERFACE
  -Wl,--gc-sections -Wl,--as-needed -Wl,-z,relro -Wl,-z,now)
if(PTL_SANITIZE OR PTL_FUZZ)
  set(sanitize -fsanitize=address,undefined -fno-sanitize-recover=undefined)
  if(PTL_FUZZ)
    list(APPEND sanitize -fsanitize=fuzzer-no-link)
  endif()
  target_compile_options(ptl_flags_common INTERFACE ${sanitize})
  target_link_options(ptl_flags_common INTERFACE ${sanitize})
endif()

# flex and bison compare signed with unsigned, and leave functions unused.
add_library(ptl_flags_generated INTERFACE)
target_link_libraries(ptl_flags_generated INTERFACE ptl_flags_common)
target_compile_options(ptl_flags_generated INTERFACE
  -Wall -Wno-unused-function -Wno-sign-compare)

add_library(ptl_flags INTERFACE)
target_link_libraries(ptl_flags INTERFACE ptl_flags_common)
target_compile_options(ptl_flags INTERFACE
  -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wvla
  -Wformat=2 -Wundef -Wwrite-strings -Wpointer-arith -Wimplicit-fallthrough)
