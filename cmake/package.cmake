# What is installed, and two Debian packages of it by `cpack` in the build folder: ptrace-lite, which runs objects alone,
# and ptrace-lite-compiler. Libraries that are linked as shared ones become dependencies by dpkg-shlibdeps.

set(doc_dir "${CMAKE_INSTALL_DATADIR}/doc")

install(TARGETS ptrace-lite DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT runner)
install(FILES docs/ptrace-lite.8 DESTINATION "${CMAKE_INSTALL_MANDIR}/man8" COMPONENT runner)
install(FILES cmake/package/copyright DESTINATION "${doc_dir}/ptrace-lite" COMPONENT runner)

# Completions are printed by the program itself; who builds for another machine goes without.
if(NOT CMAKE_CROSSCOMPILING)
  set(completions_dir "${CMAKE_BINARY_DIR}/completions")
  foreach(shell bash zsh fish)
    add_custom_command(
      OUTPUT "${completions_dir}/${shell}"
      COMMAND ptrace-lite -o "${completions_dir}/${shell}" --completions ${shell}
      DEPENDS ptrace-lite COMMENT "completions for ${shell}" VERBATIM)
    list(APPEND completions "${completions_dir}/${shell}")
  endforeach()
  file(MAKE_DIRECTORY "${completions_dir}")
  add_custom_target(completions ALL DEPENDS ${completions})
  install(FILES "${completions_dir}/bash" RENAME ptrace-lite
    DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions" COMPONENT runner)
  install(FILES "${completions_dir}/fish" RENAME ptrace-lite.fish
    DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d" COMPONENT runner)
  # zsh: Debian has a folder for packages; elsewhere, /usr/local included, it is another one.
  install(FILES "${completions_dir}/zsh" RENAME _ptrace-lite
    DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions"
    COMPONENT runner EXCLUDE_FROM_ALL)
  install(FILES "${completions_dir}/zsh" RENAME _ptrace-lite
    DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/site-functions" COMPONENT local)
endif()

install(TARGETS ptlc DESTINATION "${CMAKE_INSTALL_LIBEXECDIR}/ptrace-lite" COMPONENT compiler)
install(FILES docs/ptlc.1 DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" COMPONENT compiler)
install(FILES docs/reference.md docs/diagnostics.md docs/known-gaps.md cmake/package/copyright
  DESTINATION "${doc_dir}/ptrace-lite-compiler" COMPONENT compiler)
install(DIRECTORY examples DESTINATION "${doc_dir}/ptrace-lite-compiler" COMPONENT compiler)

set(CPACK_GENERATOR DEB)
set(CPACK_COMPONENTS_ALL runner compiler)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_CONTACT "ptrace-lite maintainers <maintainers@users.noreply.example>")
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_RUNNER_PACKAGE_NAME ptrace-lite)
set(CPACK_DEBIAN_RUNNER_PACKAGE_RECOMMENDS "ptrace-lite-compiler (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_RUNNER_PACKAGE_SUGGESTS "libcapstone4")
set(CPACK_COMPONENT_RUNNER_DESCRIPTION
"trace the running kernel and programs with small scripts
ptrace-lite runs programs in the tracing language of bpftrace: one-liners
that count, sum and print what happens at functions of the kernel and of
programs, at tracepoints, system calls and timers.

This package is the part that loads, attaches and prints. Alone it runs
objects that were compiled elsewhere (ptrace-lite --aot); the package
ptrace-lite-compiler compiles scripts.")

set(CPACK_DEBIAN_COMPILER_PACKAGE_NAME ptrace-lite-compiler)
set(CPACK_DEBIAN_COMPILER_PACKAGE_DEPENDS "ptrace-lite (= ${PROJECT_VERSION})")
set(CPACK_COMPONENT_COMPILER_DESCRIPTION
"compiler for the tracing scripts of ptrace-lite
ptrace-lite runs programs in the tracing language of bpftrace. This is its
compiler, which turns scripts into objects for the kernel. ptrace-lite starts
it when it is given a script; it needs no privileges, and neither clang nor
the headers of the kernel.")

include(CPack)
