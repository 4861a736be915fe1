# Run by `cmake --install`, with `program` and `sources`, and below the prefix `programs`, `manuals` and `data`.
function(installed_path variable file)
  if(NOT IS_ABSOLUTE "${file}")
    set(file "${CMAKE_INSTALL_PREFIX}/${file}")
  endif()
  set(${variable} "${file}" PARENT_SCOPE)
endfunction()

function(install_printed file)
  installed_path(path "${file}")
  set(path "$ENV{DESTDIR}${path}")
  get_filename_component(folder "${path}" DIRECTORY)
  file(MAKE_DIRECTORY "${folder}")
  message(STATUS "Installing: ${path}")
  execute_process(COMMAND "${program}" ${ARGN} OUTPUT_FILE "${path}" COMMAND_ERROR_IS_FATAL ANY)
endfunction()

install_printed(${manuals}/man1/sagactl.1 man)
install_printed(${data}/bash-completion/completions/sagactl completion bash)
install_printed(${data}/zsh/site-functions/_sagactl completion zsh)
install_printed(${data}/fish/vendor_completions.d/sagactl.fish completion fish)

# The unit names the program by the path that it has when everything is in its place.
installed_path(unit_program "${programs}/sagactl")
installed_path(unit lib/systemd/system/sagactl@.service)
message(STATUS "Installing: $ENV{DESTDIR}${unit}")
file(READ "${sources}/packaging/systemd/sagactl@.service.in" text)
string(REPLACE "PROGRAM" "${unit_program}" text "${text}")
file(WRITE "$ENV{DESTDIR}${unit}" "${text}")
