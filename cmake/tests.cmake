# Unit tests (CTest label unit: no privileges, no kernel), the suites that need only the programs
# (label suite), and the programs that tests trace.

include(kernel_btf)

# A locale with another decimal point, for test_replay. glibc has C.UTF-8 itself.
set(locales_dir "${CMAKE_BINARY_DIR}/locales")
add_custom_command(
  OUTPUT "${locales_dir}/fr_FR.UTF-8/LC_NUMERIC"
  COMMAND "${CMAKE_COMMAND}" -E make_directory "${locales_dir}"
  COMMAND localedef --no-archive -i fr_FR -f UTF-8 "${locales_dir}/fr_FR.UTF-8"
  COMMENT "locale fr_FR.UTF-8" VERBATIM)
add_custom_target(locales DEPENDS "${locales_dir}/fr_FR.UTF-8/LC_NUMERIC")

# tests/unit/test_X.c: a program each. LLVM is linked only to those that need it: it is 30 MB.
file(GLOB unit_tests CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/unit/test_*.c")
foreach(source IN LISTS unit_tests)
  get_filename_component(name "${source}" NAME_WE)
  add_executable(${name} "${source}")
  target_link_libraries(${name} PRIVATE ptl_flags)
  if(name MATCHES "^test_codegen")
    target_link_libraries(${name} PRIVATE ptl_codegen)
    set_target_properties(${name} PROPERTIES LINKER_LANGUAGE CXX)
  endif()
  target_link_libraries(${name} PRIVATE ptl_cli ptl_semantic ptl_parser ptl_lexer ptl_stdlib ptl_ir
    ptl_runtime ptl_abi ptl_base ptl_bpf)
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/unit")
  target_compile_definitions(${name} PRIVATE TEST_BTF="${CMAKE_BINARY_DIR}/btf"
    TEST_LOCALES="${locales_dir}" TEST_PTLC="$<TARGET_FILE:ptlc>")
  add_dependencies(${name} kernel_btf locales ptlc)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
  set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 120)
endforeach()

foreach(suite golden cli)
  add_test(NAME ${suite} COMMAND "${CMAKE_SOURCE_DIR}/tests/${suite}/run" -B "${CMAKE_BINARY_DIR}")
  set_tests_properties(${suite} PROPERTIES LABELS suite TIMEOUT 600)
endforeach()

# Static, so that they do the calls that the tests count and no others while they start.
file(GLOB traced_programs CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/programs/*.c")
find_package(Threads REQUIRED)
foreach(source IN LISTS traced_programs)
  get_filename_component(name "${source}" NAME_WE)
  add_executable(program_${name} "${source}")
  target_compile_options(program_${name} PRIVATE -O2 -g -fno-omit-frame-pointer -Wall -Wextra -Werror)
  target_link_options(program_${name} PRIVATE -static)
  target_link_libraries(program_${name} PRIVATE Threads::Threads)
  set_target_properties(program_${name} PROPERTIES
    OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/programs"
    C_VISIBILITY_PRESET default)
endforeach()

# build/static/ptrace-lite: what PTL_STATIC makes, for tests/check/static.sh and tests/vm/cases/static.case.
if(PTL_STATIC_DEPS AND NOT PTL_SANITIZE)
  ptl_runner(ptrace-lite-static ON)
  set_target_properties(ptrace-lite-static PROPERTIES
    OUTPUT_NAME ptrace-lite RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/static")
endif()

# A ptrace-lite that writes down what it gets from the kernel (tests/replay/record).
add_executable(ptl-record tools/ptrace-lite.c tests/replay/recorder.c)
target_link_libraries(ptl-record PRIVATE ptl_flags ptl_cli)
foreach(call meta_decode events_record table_begin table_add table_sort sink_map sink_end run_errors_book)
  target_link_options(ptl-record PRIVATE -Wl,--wrap=${call})
endforeach()
set_target_properties(ptl-record PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}")

# tests/fuzz: fuzz-make writes random scripts, their objects, and what two other readers of a script
# say that it prints (ptl_answers); load-many loads the objects in a guest.
add_library(ptl_answers STATIC tests/fuzz/evaluator.c tests/fuzz/eval_call.c tests/fuzz/eval_expr.c
  tests/fuzz/eval_map.c tests/fuzz/eval_place.c tests/fuzz/eval_text.c tests/fuzz/eval_word.c tests/fuzz/interp.c tests/fuzz/interp_call.c
  tests/fuzz/interp_out.c tests/fuzz/known.c)
target_link_libraries(ptl_answers PRIVATE ptl_flags PUBLIC ptl_semantic ptl_runtime)
target_link_libraries(test_answers PRIVATE ptl_answers)
add_executable(fuzz-make tests/fuzz/make.c tests/fuzz/cover.c tests/fuzz/generate.c tests/fuzz/gen_stmt.c
  tests/fuzz/gen_expr.c tests/fuzz/gen_value.c tests/fuzz/gen_type.c tests/fuzz/gen_head.c
  tests/fuzz/gen_kernel.c
  tests/fuzz/gen_call.c ${ptl_compile_sources})
target_link_libraries(fuzz-make PRIVATE ptl_flags ptl_answers ptl_semantic ptl_codegen ptl_parser
  ptl_lexer ptl_stdlib ptl_ir ptl_runtime ptl_abi ptl_base)
set_target_properties(fuzz-make PROPERTIES LINKER_LANGUAGE CXX)
add_executable(load-many tests/fuzz/load-many.c tests/fuzz/known.c)
target_link_libraries(load-many PRIVATE ptl_flags ptl_cli)
set_target_properties(fuzz-make load-many PROPERTIES
  RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/fuzz")
