# embed_files(TARGET NAME FILE...): makes `sagactl::embedded::NAME()`, a list of {file name, text}, from
# files of the source tree, declared in "embedded/NAME.hpp".
# `embedded` makes all of them, for tools that read sources without compiling them.
add_custom_target(embedded)

function(embed_files target name)
  set(directory ${CMAKE_BINARY_DIR}/embedded/embedded)
  set(inputs)
  foreach(file ${ARGN})
    list(APPEND inputs ${CMAKE_SOURCE_DIR}/${file})
  endforeach()
  add_custom_command(
    OUTPUT ${directory}/${name}.cpp ${directory}/${name}.hpp
    COMMAND ${CMAKE_COMMAND} -DNAME=${name} -DOUT=${directory}/${name} "-DFILES=${inputs}"
            -P ${CMAKE_SOURCE_DIR}/cmake/embed_script.cmake
    DEPENDS ${inputs} ${CMAKE_SOURCE_DIR}/cmake/embed_script.cmake
    VERBATIM)
  # The target may have been made in another folder, where the command's outputs are not known by themselves.
  add_custom_target(embed_${name} DEPENDS ${directory}/${name}.cpp ${directory}/${name}.hpp)
  add_dependencies(${target} embed_${name})
  add_dependencies(embedded embed_${name})
  target_sources(${target} PRIVATE ${directory}/${name}.cpp)
  set_source_files_properties(${directory}/${name}.cpp TARGET_DIRECTORY ${target} PROPERTIES GENERATED TRUE)
  target_include_directories(${target} PUBLIC ${CMAKE_BINARY_DIR}/embedded)
endfunction()
