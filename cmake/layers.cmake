# ptl_layer(FOLDER [MAY_INCLUDE...]): the static library ptl_FOLDER of all *.c, *.l and *.y of a
# folder. x.l becomes generated/FOLDER/x.c; y.y becomes generated/FOLDER/y.c and y.h, to be included
# as "FOLDER/y.h". x.pt becomes generated/FOLDER/x.c with a function x_text(), which FOLDER/x.h
# declares.

function(ptl_layer folder)
  set(dir "${CMAKE_SOURCE_DIR}/${folder}")
  set(generated_dir "${CMAKE_BINARY_DIR}/generated/${folder}")
  file(GLOB sources CONFIGURE_DEPENDS "${dir}/*.c")
  file(GLOB scanners CONFIGURE_DEPENDS "${dir}/*.l")
  file(GLOB grammars CONFIGURE_DEPENDS "${dir}/*.y")
  file(GLOB texts CONFIGURE_DEPENDS "${dir}/*.pt")

  set(generated)
  if(scanners OR grammars OR texts)
    file(MAKE_DIRECTORY "${generated_dir}")
  endif()
  foreach(source IN LISTS scanners)
    get_filename_component(name "${source}" NAME_WE)
    find_program(PTL_FLEX flex REQUIRED)
    add_custom_command(
      OUTPUT "${generated_dir}/${name}.c"
      COMMAND "${PTL_FLEX}" -o "${generated_dir}/${name}.c" "${source}"
      DEPENDS "${source}" COMMENT "flex ${folder}/${name}.l" VERBATIM)
    list(APPEND generated "${generated_dir}/${name}.c")
  endforeach()
  foreach(source IN LISTS grammars)
    get_filename_component(name "${source}" NAME_WE)
    find_program(PTL_BISON bison REQUIRED)
    add_custom_command(
      OUTPUT "${generated_dir}/${name}.c" "${generated_dir}/${name}.h"
      COMMAND "${PTL_BISON}" -Werror --header=${generated_dir}/${name}.h
              -o "${generated_dir}/${name}.c" "${source}"
      DEPENDS "${source}" COMMENT "bison ${folder}/${name}.y" VERBATIM)
    list(APPEND generated "${generated_dir}/${name}.c")
    # Whoever includes the header waits for it.
    set_source_files_properties(${sources} PROPERTIES OBJECT_DEPENDS "${generated_dir}/${name}.h")
  endforeach()

  foreach(text IN LISTS texts)
    get_filename_component(name "${text}" NAME_WE)
    add_custom_command(
      OUTPUT "${generated_dir}/${name}.c"
      COMMAND "${CMAKE_COMMAND}" "-DIN=${text}" "-DOUT=${generated_dir}/${name}.c" -DNAME=${name}
              "-DFOLDER=${folder}"
              -P "${CMAKE_SOURCE_DIR}/cmake/embed.cmake"
      DEPENDS "${text}" "${CMAKE_SOURCE_DIR}/cmake/embed.cmake"
      COMMENT "text of ${folder}/${name}.pt" VERBATIM)
    list(APPEND generated "${generated_dir}/${name}.c")
  endforeach()

  add_library(ptl_${folder} STATIC ${sources})
  target_link_libraries(ptl_${folder} PRIVATE ptl_flags)
  if(generated)
    add_library(ptl_${folder}_generated OBJECT ${generated})
    target_link_libraries(ptl_${folder}_generated PRIVATE ptl_flags_generated)
    target_sources(ptl_${folder} PRIVATE $<TARGET_OBJECTS:ptl_${folder}_generated>)
  endif()
  foreach(lower IN LISTS ARGN)
    target_link_libraries(ptl_${folder} PUBLIC ptl_${lower})
  endforeach()
endfunction()
