# What comes from outside, as interface libraries: ptl_llvm (for codegen/), ptl_bpf, ptl_iberty and ptl_seccomp (for
# runtime/) and ptl_elf (for both). Static by default: loading the shared libLLVM costs 17 ms and 60 MB in every run.

# A library by name, its archive if PTL_STATIC_DEPS and one is installed.
function(ptl_find_library out name)
  if(PTL_STATIC_DEPS)
    find_library(PTL_${name}_LIBRARY NAMES lib${name}.a ${name})
  else()
    find_library(PTL_${name}_LIBRARY NAMES ${name})
  endif()
  if(NOT PTL_${name}_LIBRARY)
    message(FATAL_ERROR "lib${name} is missing: scripts/setup.sh installs what is needed")
  endif()
  set(${out} "${PTL_${name}_LIBRARY}" PARENT_SCOPE)
endfunction()

ptl_find_library(bpf_library bpf)
ptl_find_library(elf_library elf)
ptl_find_library(z_library z)
ptl_find_library(zstd_library zstd)

ptl_find_library(iberty_library iberty)
ptl_find_library(seccomp_library seccomp)

# Imported and not just named, so that CMake knows their order.
add_library(ptl_z UNKNOWN IMPORTED)
set_target_properties(ptl_z PROPERTIES IMPORTED_LOCATION "${z_library}")
add_library(ptl_elf UNKNOWN IMPORTED)
set_target_properties(ptl_elf PROPERTIES
  IMPORTED_LOCATION "${elf_library}"
  # zstd: newer archives of libelf need it; an archive that nothing needs adds nothing.
  INTERFACE_LINK_LIBRARIES "${zstd_library};ptl_z")
add_library(ptl_bpf UNKNOWN IMPORTED)
set_target_properties(ptl_bpf PROPERTIES
  IMPORTED_LOCATION "${bpf_library}" INTERFACE_LINK_LIBRARIES ptl_elf)
add_library(ptl_iberty UNKNOWN IMPORTED)
set_target_properties(ptl_iberty PROPERTIES IMPORTED_LOCATION "${iberty_library}")
add_library(ptl_seccomp UNKNOWN IMPORTED)
set_target_properties(ptl_seccomp PROPERTIES IMPORTED_LOCATION "${seccomp_library}")

find_program(PTL_LLVM_CONFIG NAMES llvm-config-19 llvm-config REQUIRED)

function(ptl_llvm_config out)
  execute_process(COMMAND "${PTL_LLVM_CONFIG}" ${ARGN} OUTPUT_VARIABLE text
    OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE "\n" " " text "${text}")
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

ptl_llvm_config(llvm_version --version)
if(NOT llvm_version MATCHES "^19\\.")
  message(FATAL_ERROR "LLVM 19 is needed, ${PTL_LLVM_CONFIG} is of ${llvm_version}")
endif()
ptl_llvm_config(llvm_include_dir --includedir)
ptl_llvm_config(llvm_lib_dir --libdir)

add_library(ptl_llvm INTERFACE)
target_include_directories(ptl_llvm SYSTEM INTERFACE "${llvm_include_dir}")
if(PTL_LLVM_SHARED)
  find_library(PTL_LLVM_LIBRARY NAMES LLVM-19 PATHS "${llvm_lib_dir}" NO_DEFAULT_PATH REQUIRED)
  target_link_libraries(ptl_llvm INTERFACE "${PTL_LLVM_LIBRARY}")
else()
  ptl_llvm_config(llvm_libraries --link-static --libfiles
    bpfcodegen bpfdisassembler passes core target)
  separate_arguments(llvm_libraries UNIX_COMMAND "${llvm_libraries}")
  # Of what llvm-config names as system libraries, z3 and libxml2 serve parts that are not linked.
  target_link_libraries(ptl_llvm INTERFACE
    ${llvm_libraries} "${zstd_library}" "${z_library}" rt dl m)
  if(NOT PTL_SANITIZE AND NOT PTL_FUZZ)
    target_link_options(ptl_llvm INTERFACE -static-libstdc++ -static-libgcc)
  endif()
endif()
