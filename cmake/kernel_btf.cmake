# The kernel's types that tests see: tests/btf/kernel.c as build/btf/vmlinux.
find_program(PTL_CLANG NAMES clang REQUIRED)
ptl_llvm_config(llvm_bin_dir --bindir)
find_program(PTL_OBJCOPY NAMES llvm-objcopy PATHS "${llvm_bin_dir}" NO_DEFAULT_PATH REQUIRED)
set(btf_dir "${CMAKE_BINARY_DIR}/btf")
file(MAKE_DIRECTORY "${btf_dir}")
add_custom_command(
  OUTPUT "${btf_dir}/vmlinux"
  COMMAND "${PTL_CLANG}" -target bpf -g -O2 -c "${CMAKE_SOURCE_DIR}/tests/btf/kernel.c"
          -o "${CMAKE_BINARY_DIR}/kernel.bpf.o"
  COMMAND "${PTL_OBJCOPY}" "--dump-section=.BTF=${btf_dir}/vmlinux"
          "${CMAKE_BINARY_DIR}/kernel.bpf.o"
  DEPENDS "${CMAKE_SOURCE_DIR}/tests/btf/kernel.c" COMMENT "BTF of the tests' kernel" VERBATIM)
add_custom_target(kernel_btf ALL DEPENDS "${btf_dir}/vmlinux")
