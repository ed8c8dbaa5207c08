# libFuzzer targets (-DPTL_FUZZ=ON, clang only): tests/fuzz/fuzz_X.c, a program each, without LLVM.
# tests/fuzz/run-libfuzzer runs them.
if(NOT CMAKE_C_COMPILER_ID STREQUAL "Clang")
  message(FATAL_ERROR "PTL_FUZZ needs clang: -DCMAKE_C_COMPILER=clang")
endif()

include(kernel_btf)

function(ptl_fuzz_target name)
  add_executable(fuzz_${name} "${CMAKE_SOURCE_DIR}/tests/fuzz/fuzz_${name}.c")
  target_link_libraries(fuzz_${name} PRIVATE ptl_flags)
  target_compile_definitions(fuzz_${name} PRIVATE PTL_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
    TEST_BTF="${CMAKE_BINARY_DIR}/btf")
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
endfunction()

ptl_fuzz_target(frontend)
target_sources(fuzz_frontend PRIVATE ${ptl_compile_sources})
target_link_libraries(fuzz_frontend PRIVATE
  ptl_semantic ptl_parser ptl_lexer ptl_stdlib ptl_ir ptl_abi ptl_base)

foreach(target meta binary)
  ptl_fuzz_target(${target})
  target_link_libraries(fuzz_${target} PRIVATE ptl_runtime ptl_abi ptl_base)
endforeach()
