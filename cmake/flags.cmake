# Flags of all our own code, as the interface library ptl_flags; ptl_flags_generated is the same for
# what flex and bison write. The traced programs of the tests use neither.

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  if(PTL_SANITIZE)
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

# What flex and bison generate does not shadow, but compares signed with unsigned and leaves
# functions unused.
add_library(ptl_flags_generated INTERFACE)
target_compile_options(ptl_flags_generated INTERFACE
  $<$<COMPILE_LANGUAGE:C>:-Wall;-Werror;-Wno-unused-function;-Wno-sign-compare>)
target_compile_definitions(ptl_flags_generated INTERFACE PTL_VERSION="${PROJECT_VERSION}")
target_include_directories(ptl_flags_generated INTERFACE
  "${CMAKE_SOURCE_DIR}" "${CMAKE_BINARY_DIR}/generated")
target_link_options(ptl_flags_generated INTERFACE -Wl,--gc-sections -Wl,--as-needed -Wl,-z,relro
  -Wl,-z,now)

add_library(ptl_flags INTERFACE)
target_link_libraries(ptl_flags INTERFACE ptl_flags_generated)
target_compile_options(ptl_flags INTERFACE
  -ffunction-sections -fdata-sections -Wall -Wextra -Wshadow -Wstrict-prototypes
  -Wmissing-prototypes -Wold-style-definition -Wvla -Wformat=2 -Wundef -Wwrite-strings
  -Wpointer-arith -Wimplicit-fallthrough -Werror)

if(PTL_SANITIZE)
  set(sanitize -fsanitize=address,undefined -fno-sanitize-recover=undefined)
  target_compile_options(ptl_flags_generated INTERFACE ${sanitize})
  target_link_options(ptl_flags_generated INTERFACE ${sanitize})
endif()
